// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"database/sql"
	"errors"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/sqldb"
)

const letterColumns = `id, COALESCE(mailbox_id, 0), channel, owner, owner_id, kind, state, urgent, made_at, due_at, tried_at, ended_at, tries, news, fault`

func scanLetter(r sqldb.Scanner) (l Letter, err error) {
	var channel, owner, kind, state string
	var made, dueAt, tried, ended sqldb.Time
	err = r.Scan(&l.ID, &l.Mailbox, &channel, &owner, &l.OwnerID, &kind, &state, &l.Urgent, &made, &dueAt, &tried, &ended, &l.Tries, &l.News, &l.Fault)
	l.Channel, l.Owner, l.Kind, l.State = notify.Channel(channel), people.Ownership(owner), Kind(kind), State(state)
	l.MadeAt, l.DueAt, l.TriedAt, l.EndedAt = made.Time, dueAt.Time, tried.Time, ended.Time
	return l, err
}

func loadLetter(tx *sqldb.Tx, d id.ID) (Letter, error) {
	return sqldb.Get(tx, scanLetter, "letter.none", `SELECT `+letterColumns+` FROM letter WHERE id = $1`, d)
}

// waitingFor is the letter that waits for a mailbox with news; false if none does.
func waitingFor(tx *sqldb.Tx, mailbox id.ID) (Letter, bool, error) {
	l, err := scanLetter(tx.Row(`
		SELECT `+letterColumns+`
		FROM letter
		WHERE mailbox_id = $1 AND state = 'waiting' AND kind = 'news'
		ORDER BY id DESC
		LIMIT 1`, mailbox))
	if errors.Is(err, sql.ErrNoRows) {
		return Letter{}, false, nil
	}
	return l, err == nil, err
}

func insertLetter(tx *sqldb.Tx, l Letter) error {
	var mailbox any // of a code none
	if l.Mailbox != 0 {
		mailbox = l.Mailbox
	}
	return tx.One(`
		INSERT INTO letter (id, mailbox_id, channel, owner, owner_id, kind, state, urgent, made_at, due_at, tried_at, ended_at, tries, news, fault, to_index, from_index)
		VALUES (`+sqldb.List(17, 1)+`)`,
		l.ID, mailbox, string(l.Channel), string(l.Owner), l.OwnerID, string(l.Kind), string(l.State), l.Urgent, sqldb.At(l.MadeAt), sqldb.At(l.DueAt),
		sqldb.At(l.TriedAt), sqldb.At(l.EndedAt), l.Tries, l.News, l.Fault, l.to, l.from)
}

func saveLetter(tx *sqldb.Tx, l Letter) error {
	return tx.One(`
		UPDATE letter
		SET state = $1, urgent = $2, due_at = $3, tried_at = $4, ended_at = $5, tries = $6, news = $7, fault = $8
		WHERE id = $9`,
		string(l.State), l.Urgent, sqldb.At(l.DueAt), sqldb.At(l.TriedAt), sqldb.At(l.EndedAt), l.Tries, l.News, l.Fault, l.ID)
}

func insertItems(tx *sqldb.Tx, letter id.ID, items []Item) error {
	for _, x := range items {
		if _, err := tx.Exec(`
			INSERT INTO letter_item (letter_id, source, ref) VALUES ($1, $2, $3)
			ON CONFLICT DO NOTHING`, letter, x.Source, x.Ref); err != nil {
			return err
		}
	}
	return nil
}

// mostItems is how many pieces of news one letter tells; who has more reads them
// on their page.
const mostItems = 100

func itemsOf(tx *sqldb.Tx, letter id.ID) ([]Item, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (x Item, err error) {
		err = r.Scan(&x.Source, &x.Ref)
		return x, err
	}, `SELECT source, ref FROM letter_item WHERE letter_id = $1 ORDER BY ref LIMIT $2`, letter, mostItems)
}

func deleteItems(tx *sqldb.Tx, letter id.ID) error {
	_, err := tx.Exec(`DELETE FROM letter_item WHERE letter_id = $1`, letter)
	return err
}

// confirmations counts those sent to an address within a day, says when the last
// was, and counts those asked for from a network address within an hour.
func confirmations(tx *sqldb.Tx, to, from []byte, now time.Time) (last time.Time, toAddress, asked int, err error) {
	var at sqldb.Time
	if err = tx.Row(`SELECT max(made_at), count(*) FROM letter WHERE to_index = $1 AND made_at > $2`, to, sqldb.At(now.Add(-24*time.Hour))).Scan(&at, &toAddress); err != nil {
		return last, 0, 0, err
	}
	err = tx.Row(`SELECT count(*) FROM letter WHERE from_index = $1 AND made_at > $2`, from, sqldb.At(now.Add(-time.Hour))).Scan(&asked)
	return at.Time, toAddress, asked, err
}

func listLetters(tx *sqldb.Tx, f Filter, before id.ID, most int) ([]Letter, error) {
	var w sqldb.Where
	w.Add("state = ?", string(f.State))
	if f.Channel != "" {
		w.Add("channel = ?", string(f.Channel))
	}
	if f.Kind != "" {
		w.Add("kind = ?", string(f.Kind))
	}
	if before != 0 {
		w.Add("id < ?", before)
	}
	return sqldb.All(tx, scanLetter, `SELECT `+letterColumns+` FROM letter `+w.SQL()+` ORDER BY id DESC LIMIT `+w.Arg(most), w.Args()...)
}

// lettersOf are the newest letters to somebody.
func lettersOf(tx *sqldb.Tx, of people.Owner, most int) ([]Letter, error) {
	return sqldb.All(tx, scanLetter, `
		SELECT `+letterColumns+`
		FROM letter
		WHERE owner = $1 AND owner_id = $2 AND owner_id <> 0
		ORDER BY id DESC
		LIMIT $3`, string(of.Kind), of.ID, most)
}

func countLetters(tx *sqldb.Tx) (map[State]int, error) {
	counts := map[State]int{}
	err := tx.Each(`SELECT state, count(*) FROM letter GROUP BY state`, nil, func(r sqldb.Scanner) error {
		var state string
		var n int
		err := r.Scan(&state, &n)
		counts[State(state)] = n
		return err
	})
	return counts, err
}

// sweepLetters forgets the indexes of confirmations made before one moment, and
// letters made before another, a few at a time; it reports how many rows changed.
func sweepLetters(tx *sqldb.Tx, indexes, fate time.Time, most int) (int64, error) {
	n, err := tx.Exec(`UPDATE letter SET to_index = NULL, from_index = NULL WHERE to_index IS NOT NULL AND made_at < $1`, sqldb.At(indexes))
	if err != nil {
		return n, err
	}
	old, err := sqldb.All(tx, sqldb.ID, `SELECT id FROM letter WHERE id < $1 ORDER BY id LIMIT $2`, id.First(fate), most)
	if err != nil || len(old) == 0 {
		return n, err
	}
	args := make([]any, len(old))
	for i, d := range old {
		args[i] = d
	}
	if _, err := tx.Exec(`DELETE FROM letter_item WHERE letter_id IN (`+sqldb.List(len(old), 1)+`)`, args...); err != nil {
		return n, err
	}
	if _, err := tx.Exec(`DELETE FROM letter WHERE id IN (`+sqldb.List(len(old), 1)+`)`, args...); err != nil {
		return n, err
	}
	return n + int64(len(old)), nil
}
