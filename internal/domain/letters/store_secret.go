// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"database/sql"
	"errors"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
)

// saveBinding keeps a code in place of the owner's earlier one.
func saveBinding(tx *sqldb.Tx, b binding, hash []byte) error {
	return tx.One(`
		INSERT INTO letter_binding (id, owner, owner_id, lang, code_hash, ends_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (owner, owner_id) DO UPDATE SET lang = excluded.lang, code_hash = excluded.code_hash, ends_at = excluded.ends_at`,
		tx.NewID(), string(b.owner.Kind), b.owner.ID, string(b.lang), hash, sqldb.At(b.ends))
}

// takeBinding is the binding of a code, which is then used up; false if there is none.
func takeBinding(tx *sqldb.Tx, hash []byte) (b binding, ok bool, err error) {
	var kind, lang string
	var ends sqldb.Time
	err = tx.Row(`DELETE FROM letter_binding WHERE code_hash = $1 RETURNING id, owner, owner_id, lang, ends_at`, hash).Scan(&b.id, &kind, &b.owner.ID, &lang, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return b, false, nil
	}
	b.owner.Kind, b.lang, b.ends = people.Ownership(kind), i18n.Lang(lang), ends.Time
	return b, err == nil, err
}

func sweepBindings(tx *sqldb.Tx) error {
	_, err := tx.Exec(`DELETE FROM letter_binding WHERE ends_at < $1`, sqldb.At(tx.Now()))
	return err
}

const feedColumns = `id, owner, owner_id, lang, made_at`

func scanFeed(r sqldb.Scanner) (f Feed, ok bool, err error) {
	var kind, lang string
	var made sqldb.Time
	err = r.Scan(&f.ID, &kind, &f.Owner.ID, &lang, &made)
	if errors.Is(err, sql.ErrNoRows) {
		return f, false, nil
	}
	f.Owner.Kind, f.Lang, f.MadeAt = people.Ownership(kind), i18n.Lang(lang), made.Time
	return f, err == nil, err
}

func insertFeed(tx *sqldb.Tx, f Feed, hash []byte) error {
	return tx.One(`INSERT INTO letter_feed (`+feedColumns+`, token_hash) VALUES ($1, $2, $3, $4, $5, $6)`,
		f.ID, string(f.Owner.Kind), f.Owner.ID, string(f.Lang), sqldb.At(f.MadeAt), hash)
}

func feedOf(tx *sqldb.Tx, of people.Owner) (Feed, bool, error) {
	return scanFeed(tx.Row(`SELECT `+feedColumns+` FROM letter_feed WHERE owner = $1 AND owner_id = $2 AND ended_at IS NULL`, string(of.Kind), of.ID))
}

func feedByHash(tx *sqldb.Tx, hash []byte) (Feed, bool, error) {
	return scanFeed(tx.Row(`SELECT `+feedColumns+` FROM letter_feed WHERE token_hash = $1 AND ended_at IS NULL`, hash))
}

func endFeed(tx *sqldb.Tx, of people.Owner) error {
	_, err := tx.Exec(`UPDATE letter_feed SET ended_at = $1 WHERE owner = $2 AND owner_id = $3 AND ended_at IS NULL`, sqldb.At(tx.Now()), string(of.Kind), of.ID)
	return err
}
