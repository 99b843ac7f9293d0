// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/kit/id"
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

// unitLights are how many matters wait for a unit, are late, and are soon late.
func unitLights(tx *sqldb.Tx, unit id.ID, now time.Time) (all, late, soon int, err error) {
	err = tx.Row(`
		SELECT count(*), count(*) FILTER (WHERE due_at < $2), count(*) FILTER (WHERE due_at >= $2 AND warn_at <= $2)
		FROM matter WHERE turn_unit = $1`, unit, sqldb.At(now)).Scan(&all, &late, &soon)
	return all, late, soon, err
}

// unitsWithTurns are the units for which something waits. few: there are some
// hundreds of units.
func unitsWithTurns(tx *sqldb.Tx) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `SELECT DISTINCT turn_unit FROM matter WHERE turn_unit <> 0 ORDER BY turn_unit LIMIT 2000`)
}
