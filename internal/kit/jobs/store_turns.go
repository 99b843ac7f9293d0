// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"time"

	"yuanba/internal/kit/sqldb"
)

// allTurns returns every turn: few, as many as the timetable has lines.
func allTurns(tx *sqldb.Tx) ([]*turn, error) {
	return sqldb.All(tx, func(s sqldb.Scanner) (*turn, error) {
		var t turn
		var due, lease, began, ended sqldb.Time
		err := s.Scan(&t.state.Name, &due, &t.holder, &lease, &began, &ended, &t.state.Faults, &t.state.Fault)
		t.lease = lease.Time
		t.state.Due, t.state.Began, t.state.Ended, t.state.Runs = due.Time, began.Time, ended.Time, t.holder != ""
		return &t, err
	}, `SELECT name, due, holder, lease, began, ended, faults, fault FROM job_turn`)
}

func insertTurn(tx *sqldb.Tx, name string, due time.Time) error {
	_, err := tx.Exec(`
		INSERT INTO job_turn (name, due, holder, faults, fault)
		VALUES ($1, $2, '', 0, '')
		ON CONFLICT DO NOTHING`, name, sqldb.At(due))
	return err
}

// holdTurn is a Conflict if the turn was taken since t was read.
func holdTurn(tx *sqldb.Tx, t *turn, holder string, until time.Time) error {
	return tx.One(`
		UPDATE job_turn
		SET holder = $1, lease = $2, began = $3
		WHERE name = $4 AND due = $5 AND holder = $6 AND (holder = '' OR lease <= $3)`,
		holder, sqldb.At(until), sqldb.At(tx.Now()), t.Name, sqldb.At(t.state.Due), t.holder)
}

// leaveTurn is a Conflict if the process does not hold the turn.
func leaveTurn(tx *sqldb.Tx, name, holder string, due time.Time, faults int, fault string) error {
	return tx.One(`
		UPDATE job_turn
		SET holder = '', lease = NULL, due = $1, ended = $2, faults = $3, fault = $4
		WHERE name = $5 AND holder = $6`,
		sqldb.At(due), sqldb.At(tx.Now()), faults, fault, name, holder)
}
