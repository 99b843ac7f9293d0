// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"errors"
	"testing"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// An UPDATE … RETURNING read row by row is undone like any other change.
func TestReturningIsUndone(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		no := errors.New("no")
		err := db.Write(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := sqldb.All(tx, sqldb.Int, `INSERT INTO mark (name, value) VALUES ('a', 1) RETURNING value`); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		if err := db.Read(t.Context(), func(tx *sqldb.Tx) error {
			n, err := sqldb.Mark(tx, "a")
			if n != 0 {
				t.Errorf("the mark is %d after an undone transaction", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
