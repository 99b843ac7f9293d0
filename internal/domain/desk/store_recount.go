// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A sat is a booking as the slow count reads it, with columns of its own.
type sat struct {
	id, counter id.ID
	state       string
	at, ends    sqldb.Time
	made        sqldb.Time
	seat        int
}

// eachSat calls f with every booking, counter by counter, seat by seat, in the order of time.
// f must not use the transaction.
func eachSat(tx *sqldb.Tx, f func(sat) error) error {
	return tx.Each(`SELECT id, counter_id, state, slot_at, ends_at, made_at, seat FROM booking ORDER BY counter_id, seat, slot_at, id`, nil, func(r sqldb.Scanner) error {
		var b sat
		if err := r.Scan(&b.id, &b.counter, &b.state, &b.at, &b.ends, &b.made, &b.seat); err != nil {
			return err
		}
		return f(b)
	})
}

// countBegun is how many records of a kind have the act with which their story begins.
func countBegun(tx *sqldb.Tx) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(DISTINCT record_id) FROM desk_step WHERE act IN ('book', 'queue')`))
}

func everyCounter(tx *sqldb.Tx) ([]Counter, error) {
	return sqldb.All(tx, scanCounter, `SELECT `+counterColumns+` FROM desk_counter ORDER BY id`)
}
