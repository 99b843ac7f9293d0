// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

var (
	addThing = sqldb.NewInsert(`INSERT INTO thing (k, who, note, cost) VALUES`, `($1, $2, 'costs $1', $3)`)
	addLine  = sqldb.NewInsert(`INSERT INTO line (thing, at) VALUES`, `($1, $2)`)
)

func thingTables(t *testing.T, db *sqldb.DB) {
	t.Helper()
	run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY, who TEXT NOT NULL, note TEXT NOT NULL, cost DOUBLE PRECISION)`,
		`CREATE TABLE line (thing BIGINT NOT NULL REFERENCES thing (k), at BIGINT NOT NULL)`)
}

// What was added is there for whatever is asked next, and all of it after the commit.
func TestAdd(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		thingTables(t, db)
		const rows = 77 // of several sizes of statement
		write(t, db, func(tx *sqldb.Tx) error {
			for k := range rows {
				if err := tx.Add(addThing, k, fmt.Sprintf("who %d", k), nil); err != nil {
					return err
				}
				if err := tx.Add(addLine, k, sqldb.At(tx.Now())); err != nil { // refers to a row that was added before
					return err
				}
				if k == 40 {
					if n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM line`)); err != nil || n != 41 {
						t.Errorf("%d of 41 lines: %v", n, err)
					}
				}
			}
			n, err := tx.Exec(`UPDATE thing SET cost = 0.5 WHERE k >= 70`)
			if n != 7 {
				t.Errorf("%d of 7 changed", n)
			}
			return err
		})
		var ks []int64
		err := db.Read(ctx, func(tx *sqldb.Tx) error {
			return tx.Each(`SELECT t.k, t.who, t.note FROM thing t JOIN line l ON l.thing = t.k WHERE l.at > 0 ORDER BY t.k`, nil, func(r sqldb.Scanner) error {
				var k int64
				var who, note string
				err := r.Scan(&k, &who, &note)
				if who != fmt.Sprintf("who %d", k) || note != "costs $1" {
					t.Errorf("%d is %q, %q", k, who, note)
				}
				ks = append(ks, k)
				return err
			})
		})
		if err != nil || len(ks) != rows || !slices.IsSorted(ks) {
			t.Errorf("%d of %d rows: %v", len(ks), rows, err)
		}
		if err := db.Read(ctx, func(tx *sqldb.Tx) error { return tx.Add(addLine, 1, 1) }); err == nil {
			t.Error("added while reading")
		}
		if err := db.Write(ctx, func(tx *sqldb.Tx) error { _ = tx.Add(addLine, 1); return nil }); err == nil {
			t.Error("added with too few arguments")
		}
	})
}

// Of transactions that commit together, each has the fate of its own rows, whether
// the fault shows when the rows are added, when something is asked, or at the end.
func TestAddIsOnesOwn(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		thingTables(t, db)
		run(t, db, `INSERT INTO thing (k, who, note) VALUES (1000, '', '')`)
		for round, ask := range []bool{false, true} {
			var fs []func(tx *sqldb.Tx) error
			for i := range 60 {
				fs = append(fs, func(tx *sqldb.Tx) error {
					k := round*100 + i
					if i%5 == 3 {
						k = 1000 // is there already
					}
					if err := tx.Add(addThing, k, "", 1.5); err != nil {
						return err
					}
					if ask && i%7 == 0 { // writes down what others have added, too
						if _, err := sqldb.Int(tx.Row(`SELECT count(*) FROM thing`)); err != nil {
							return err
						}
					}
					if err := tx.Add(addLine, k, i); err != nil {
						return err
					}
					switch i % 5 {
					case 1:
						return errors.New("thought better of it")
					case 2:
						panic("fault")
					}
					return nil
				})
			}
			for i, err := range together(t, db, fs) {
				if good := i%5 == 0 || i%5 == 4; good != (err == nil) {
					t.Errorf("round %d, %d: %v", round, i, err)
				}
			}
		}
		if n := number(t, db, `SELECT count(*) FROM thing WHERE k < 1000 AND k % 5 IN (0, 4)`); n != 48 {
			t.Errorf("%d of the 48 good ones were kept", n)
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != 49 {
			t.Errorf("%d things in all, want 49", n)
		}
		if n := number(t, db, `SELECT count(*) FROM line`); n != 48 {
			t.Errorf("%d lines, want 48", n)
		}
	})
}

// Only to look is nobody's fault: one whose look writes down what others added,
// which fails, has neither their fate nor takes part in it.
func TestLookAmongThoseWhoAdd(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		thingTables(t, db)
		seen := int64(-1)
		fs := []func(tx *sqldb.Tx) error{
			func(tx *sqldb.Tx) error { return tx.Add(addThing, 1, "", nil) },
			func(tx *sqldb.Tx) error { return tx.Add(addLine, 2, 0) }, // of a thing that is not there
			func(tx *sqldb.Tx) (err error) { seen, err = sqldb.Int(tx.Row(`SELECT count(*) FROM line`)); return err },
		}
		faults := together(t, db, fs)
		if faults[0] != nil || faults[1] == nil || faults[2] != nil || seen != 0 {
			t.Errorf("%v, %d lines seen", faults, seen)
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != 1 {
			t.Errorf("%d things", n)
		}
	})
}

// The engine with one writer is given few statements for many rows.
func TestAddIsFewStatements(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	thingTables(t, db)
	in := sqldb.NewInsert(`INSERT INTO thing (k, who, note) VALUES`, `($1, '', '')`)
	fs := slices.Repeat([]func(tx *sqldb.Tx) error{func(tx *sqldb.Tx) error {
		k, err := tx.Next("thing")
		if err != nil {
			return err
		}
		return tx.Add(in, k)
	}}, 42)
	for _, err := range together(t, db, fs) {
		if err != nil {
			t.Error(err)
		}
	}
	if n := number(t, db, `SELECT max(k) FROM thing`); n != 42 {
		t.Errorf("%d things", n)
	}
	if got := sqldb.Sizes(in); !slices.Equal(got, []int{1, 2, 8, 32}) { // one row is what is told to whoever traces
		t.Errorf("statements for %v rows, want 32, 8 and 2", got)
	}
}
