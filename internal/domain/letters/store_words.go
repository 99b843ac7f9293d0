// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const wordsColumns = `id, name, lang, words, changed_at`

func scanWords(r sqldb.Scanner) (w Words, err error) {
	var lang string
	var at sqldb.Time
	err = r.Scan(&w.ID, &w.Name, &lang, &w.Words, &at)
	w.Lang, w.ChangedAt = i18n.Lang(lang), at.Time
	return w, err
}

// allWords: few, at most one of each wording and language.
func allWords(tx *sqldb.Tx) ([]Words, error) {
	return sqldb.All(tx, scanWords, `SELECT `+wordsColumns+` FROM letter_words ORDER BY name, lang`)
}

// wordsIn: few, at most one of each wording.
func wordsIn(tx *sqldb.Tx, lang i18n.Lang) ([]Words, error) {
	return sqldb.All(tx, scanWords, `SELECT `+wordsColumns+` FROM letter_words WHERE lang = $1 ORDER BY name`, string(lang))
}

// saveWords keeps words in place of those of the same name and language, and
// returns their ID.
func saveWords(tx *sqldb.Tx, w Words) (d id.ID, err error) {
	err = tx.Row(`
		INSERT INTO letter_words (`+wordsColumns+`) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name, lang) DO UPDATE SET words = excluded.words, changed_at = excluded.changed_at
		RETURNING id`, tx.NewID(), w.Name, string(w.Lang), w.Words, sqldb.At(tx.Now())).Scan(&d)
	return d, err
}

func deleteWords(tx *sqldb.Tx, d id.ID) error {
	return tx.One(`DELETE FROM letter_words WHERE id = $1`, d)
}
