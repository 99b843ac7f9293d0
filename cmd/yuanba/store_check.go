// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"yuanba/internal/kit/sqldb"
)

// damage lists what the engine itself finds wrong with a database; nothing if it
// is sound. It reads every page, so it takes a second for every gigabyte or two.
// PostgreSQL has no such check over SQL: there it makes sure that every table of
// ours can be read.
func damage(ctx context.Context, db *sqldb.DB) ([]string, error) {
	var faults []string
	err := db.Read(ctx, func(tx *sqldb.Tx) error {
		if db.Engine() == sqldb.Postgres {
			tables, err := sqldb.All(tx, sqldb.Text, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`)
			if err != nil {
				return err
			}
			for _, t := range tables {
				if _, err := sqldb.Int(tx.Row(`SELECT count(*) FROM ` + t)); err != nil {
					return err // the transaction is over with the first fault
				}
			}
			return nil
		}
		lines, err := sqldb.All(tx, sqldb.Text, `PRAGMA integrity_check(20)`)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l != "ok" {
				faults = append(faults, l)
			}
		}
		return nil
	})
	return faults, err
}
