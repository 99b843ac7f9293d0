// SPDX-License-Identifier: Apache-2.0

package bench

import "yuanba/internal/kit/sqldb"

// bareRow is a matter as a table without a town around it would have it.
type bareRow struct{ number, title, body, place string }

// makeRows makes the table of the bare inserts.
func makeRows(tx *sqldb.Tx) error {
	_, err := tx.Exec(`
		CREATE TABLE IF NOT EXISTS bench_bare (
			id BIGINT PRIMARY KEY, number TEXT NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
			place TEXT NOT NULL, raised_at BIGINT NOT NULL, version BIGINT NOT NULL)`)
	return err
}

func insertRow(tx *sqldb.Tx, r bareRow) error {
	return tx.One(`
		INSERT INTO bench_bare (id, number, state, title, body, place, raised_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), r.number, "received", r.title, r.body, r.place, sqldb.At(tx.Now()), 1)
}
