// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/kit/sqldb"
)

// ending are matters whose unit's turn ends after one moment and up to another,
// what ends first on top, from the first behind after.
func (s *Service) ending(tx *sqldb.Tx, from, to time.Time, after Matter) ([]Matter, error) {
	var w sqldb.Where
	w.Add("turn_unit <> 0 AND due_at <= ?", sqldb.At(to))
	if !from.IsZero() {
		w.Add("due_at > ?", sqldb.At(from))
	}
	if after.ID != 0 {
		w.Add("(due_at, id) > (?, ?)", sqldb.At(after.Due), after.ID)
	}
	limit := w.Arg(atOnce)
	return sqldb.All(tx, s.scanBrief, `
		SELECT `+briefColumns+` FROM matter
		`+w.SQL()+`
		ORDER BY due_at, id
		LIMIT `+limit, w.Args()...)
}

// insertReminder keeps that a reminder is said, and reports whether it is the
// first time. It is not said if the turn is no longer what it was.
func insertReminder(tx *sqldb.Tx, m Matter, what Reminder) (first bool, err error) {
	n, err := tx.Exec(`
		INSERT INTO matter_reminder (matter_id, due_at, what)
		SELECT id, due_at, CAST($4 AS TEXT) FROM matter WHERE id = $1 AND due_at = $2 AND turn_unit = $3
		ON CONFLICT DO NOTHING`, m.ID, sqldb.At(m.Due), m.TurnUnit, string(what))
	return n > 0, err
}

// dropReminders forgets the reminders of turns that ended before a moment.
func dropReminders(tx *sqldb.Tx, before time.Time) error {
	_, err := tx.Exec(`DELETE FROM matter_reminder WHERE due_at < $1`, sqldb.At(before))
	return err
}
