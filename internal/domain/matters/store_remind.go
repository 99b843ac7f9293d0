// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// ending are matters whose unit, one of the group, has a turn that ends in the span,
// what ends first on top, from the first behind after.
func (s *Service) ending(tx *sqldb.Tx, g group, x span, after Matter) ([]Matter, error) {
	var w sqldb.Where
	w.Add("turn_unit <> 0")
	if g.unit != 0 {
		w.Add("turn_unit = ?", g.unit)
	}
	for _, u := range g.but {
		w.Add("turn_unit <> ?", u)
	}
	return s.endingIn(tx, w, x, after)
}

// answering are matters whose reporter's days to answer end in the span, likewise.
func (s *Service) answering(tx *sqldb.Tx, x span, after Matter) ([]Matter, error) {
	var w sqldb.Where
	w.Add("state IN ('asked_intake', 'asked_handler')")
	return s.endingIn(tx, w, x, after)
}

func (s *Service) endingIn(tx *sqldb.Tx, w sqldb.Where, x span, after Matter) ([]Matter, error) {
	w.Add("due_at <= ?", sqldb.At(x.to))
	if !x.from.IsZero() {
		w.Add("due_at > ?", sqldb.At(x.from))
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

// callsFor are the matters of the actor's desks whose reporter is to be rung, since the
// days to answer run out and no message reaches them: as they were reminded of, until
// somebody acts. few: those that run out within days.
func (s *Service) callsFor(tx *sqldb.Tx, units []id.ID) ([]Called, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "m.centre", units...)
	w.Add("m.state IN ('asked_intake', 'asked_handler') AND r.what = ? AND r.due_at = m.due_at", string(Call))
	return sqldb.All(tx, s.scanCalled, `
		SELECT `+cardColumns+`, m.centre, '', '', m.moved_at, m.due_at
		FROM matter_reminder r
		JOIN matter m ON m.id = r.matter_id
		`+w.SQL()+`
		ORDER BY m.due_at, m.id
		LIMIT 200`, w.Args()...)
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
