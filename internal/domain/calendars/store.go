// SPDX-License-Identifier: Apache-2.0

package calendars

import "yuanba/internal/kit/sqldb"

const columns = `number, kind, unit_id, text, note, account, actor, at`

func editions(tx *sqldb.Tx) ([]Edition, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (e Edition, err error) {
		var at sqldb.Time
		err = r.Scan(&e.Number, &e.Kind, &e.Unit, &e.Text, &e.Note, &e.Account, &e.Actor, &at)
		e.At = at.Time
		return e, err
	}, `SELECT `+columns+` FROM calendar_edition ORDER BY number LIMIT 5000`)
}

// newest is the number of the newest edition, 0 if there is none.
func newest(tx *sqldb.Tx) (n int, err error) {
	err = tx.Row(`SELECT COALESCE(max(number), 0) FROM calendar_edition`).Scan(&n)
	return n, err
}

// insert writes an edition; of two at once the second breaks the key and is tried
// again by nobody: it is a conflict.
func insert(tx *sqldb.Tx, e Edition) error {
	return tx.One(`INSERT INTO calendar_edition (`+columns+`) VALUES (`+sqldb.List(8, 1)+`) ON CONFLICT DO NOTHING`,
		e.Number, string(e.Kind), e.Unit, e.Text, e.Note, e.Account, e.Actor, sqldb.At(e.At))
}
