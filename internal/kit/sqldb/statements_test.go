// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"fmt"
	"testing"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// More texts than a connection keeps prepared: each is still answered, also while
// rows of an earlier one are being read.
func TestManyStatements(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`, `INSERT INTO thing (k) VALUES (1), (2), (3)`)
		asked := func(tx *sqldb.Tx, n int) error {
			got, err := sqldb.Int(tx.Row(fmt.Sprintf(`SELECT %d + $1`, n), 1))
			if err == nil && int(got) != n+1 {
				err = fmt.Errorf("%d + 1 is %d", n, got)
			}
			return err
		}
		for n := range 1000 {
			way := db.Read
			if n%2 == 0 {
				way = db.Write
			}
			if err := way(ctx, func(tx *sqldb.Tx) error { return asked(tx, n%900) }); err != nil {
				t.Fatal(err)
			}
		}
		if db.Engine() == sqldb.Postgres {
			return // it has one answer under way at a time
		}
		for _, way := range []writing{db.Read, db.Write} {
			rows := 0
			if err := way(ctx, func(tx *sqldb.Tx) error {
				return tx.Each(`SELECT k FROM thing ORDER BY k`, nil, func(r sqldb.Scanner) error {
					rows++
					for n := range 500 {
						if err := asked(tx, 10_000*rows+n); err != nil {
							return err
						}
					}
					var k int
					return r.Scan(&k)
				})
			}); err != nil || rows != 3 {
				t.Errorf("%d rows, %v", rows, err)
			}
		}
	})
}
