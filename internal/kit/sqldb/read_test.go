// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func TestReadCannotWrite(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`, `INSERT INTO thing (k) VALUES (1)`)
		for _, q := range []string{
			`INSERT INTO thing (k) VALUES (2)`, `UPDATE thing SET k = 3`, `DELETE FROM thing`, `CREATE TABLE other (k BIGINT)`, `DROP TABLE thing`,
		} {
			if err := db.Read(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(q); return err }); err == nil {
				t.Errorf("%s: was done while reading", q)
			}
			err := db.Read(ctx, func(tx *sqldb.Tx) error {
				_, _ = tx.Exec(q) // even if nobody looks
				return nil
			})
			if err == nil {
				t.Errorf("%s: failed and was not noticed", q)
			}
		}
		err := db.Read(ctx, func(tx *sqldb.Tx) error {
			_, err := sqldb.Int(tx.Row(`INSERT INTO thing (k) VALUES (5) RETURNING k`))
			return err
		})
		if err == nil {
			t.Error("RETURNING wrote while reading")
		}
		if got := texts(t, db, `SELECT CAST(k AS TEXT) FROM thing`); !slices.Equal(got, []string{"1"}) {
			t.Errorf("changed by reading: %v", got)
		}
		if n := number(t, db, `SELECT k FROM thing`); n != 1 {
			t.Error("the readers are broken afterwards")
		}
	})
}

// A reader sees one state, whatever is written meanwhile, and holds up nobody.
func TestReadSeesOneState(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`, `INSERT INTO thing (k) VALUES (1)`)
		err := db.Read(ctx, func(tx *sqldb.Tx) error {
			before, err := sqldb.Int(tx.Row(`SELECT count(*) FROM thing`))
			if err != nil {
				return err
			}
			for k := 2; k < 5; k++ {
				write(t, db, func(tx *sqldb.Tx) error { return tx.One(`INSERT INTO thing (k) VALUES ($1)`, k) })
			}
			after, err := sqldb.Int(tx.Row(`SELECT count(*) FROM thing`))
			if before != 1 || after != 1 {
				t.Errorf("saw %d, then %d", before, after)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != 4 {
			t.Errorf("then %d", n)
		}
	})
}

// A reader that fails or panics gives its connection back, and more readers than
// connections take turns.
func TestReadersTakeTurns(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		fault := errors.New("mine")
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := db.Read(ctx, func(tx *sqldb.Tx) error {
					if _, err := sqldb.Int(tx.Row(`SELECT count(*) FROM counter`)); err != nil {
						return err
					}
					switch i % 3 {
					case 0:
						return fault
					case 1:
						panic("reader")
					}
					return nil
				})
				if i%3 == 0 && !errors.Is(err, fault) || i%3 == 1 && err == nil || i%3 == 2 && err != nil {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
	})
}

// An error within the loop over rows ends it, and the transaction can go on.
func TestEachEndsEarly(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`, `INSERT INTO thing (k) VALUES (1), (2), (3)`)
		enough := errors.New("enough")
		write(t, db, func(tx *sqldb.Tx) error {
			seen := 0
			err := tx.Each(`SELECT k FROM thing ORDER BY k`, nil, func(sqldb.Scanner) error {
				if seen++; seen == 2 {
					return enough
				}
				return nil
			})
			if !errors.Is(err, enough) || seen != 2 {
				t.Errorf("%v after %d", err, seen)
			}
			return tx.One(`UPDATE thing SET k = 9 WHERE k = 1`)
		})
	})
}

// All of a transaction happens at one moment, and IDs are of that moment.
func TestNow(t *testing.T) {
	t.Parallel()
	clock := sqldbtest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.FixedZone("CST", 8*3600)))
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: clock.Now})
	write(t, db, func(tx *sqldb.Tx) error {
		now := tx.Now()
		if now.Location() != time.UTC || now.Nanosecond() != 123e6 || now.Hour() != 1 {
			t.Errorf("now is %s", now)
		}
		first := tx.NewID()
		clock.Add(time.Hour)
		if second := tx.NewID(); !tx.Now().Equal(now) || !first.Time().Equal(now) || second.Time().Sub(now) > time.Millisecond || second <= first {
			t.Errorf("now moved: %s, %s, %s", tx.Now(), first.Time(), second.Time())
		}
		return nil
	})
}

// No number is given twice, and on SQLite none is left out, though some of the
// transactions that took one did not commit.
func TestNext(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE given (series TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (series, n))`)
		var wg sync.WaitGroup
		var mu sync.Mutex
		got := map[string][]int64{}
		for g := range 64 {
			wg.Go(func() {
				for i := range 8 {
					series := []string{"QL-2026", "QL-2027"}[(g+i)%2]
					var n int64
					err := db.Write(ctx, func(tx *sqldb.Tx) (err error) {
						if n, err = tx.Next(series); err != nil {
							return err
						}
						if (g+i)%5 == 0 {
							return errs.New(errs.Invalid, "given.up")
						}
						return tx.One(`INSERT INTO given (series, n) VALUES ($1, $2)`, series, n)
					})
					switch {
					case err == nil:
						mu.Lock()
						got[series] = append(got[series], n)
						mu.Unlock()
					case errs.KindOf(err) != errs.Invalid:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for series, ns := range got {
			slices.Sort(ns)
			for i, n := range ns {
				if i > 0 && ns[i-1] == n {
					t.Errorf("%s %d was given twice", series, n)
				}
				if n < 1 || db.Engine() == sqldb.SQLite && n != int64(i+1) {
					t.Errorf("%s: number %d at place %d", series, n, i+1)
					break
				}
			}
			if n := number(t, db, `SELECT count(*) FROM given WHERE series = $1`, series); n != int64(len(ns)) {
				t.Errorf("%s: %d rows for %d numbers", series, n, len(ns))
			}
		}
	})
}

// Two processes on one PostgreSQL take numbers from different blocks.
func TestNextOfTwoProcesses(t *testing.T) {
	t.Parallel()
	if !pg(t) {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		one, dsn := sqldbtest.PostgresAt(t)
		two, err := sqldb.Open(ctx, dsn, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer two.Close()
		seen := map[int64]bool{}
		for i := range 100 {
			write(t, []*sqldb.DB{one, two}[i%2], func(tx *sqldb.Tx) error {
				n, err := tx.Next("QL-2026")
				if seen[n] {
					t.Errorf("%d was given twice", n)
				}
				seen[n] = true
				return err
			})
		}
	})
}

// When the queue is full one is told so at once; when there is room again, served.
func TestBusy(t *testing.T) {
	t.Parallel()
	busy := func(t *testing.T, db *sqldb.DB, running int) {
		t.Helper()
		h := hold(db)
		var wg sync.WaitGroup
		var others []*held
		for range 3 - running {
			if db.Engine() == sqldb.Postgres {
				others = append(others, hold(db))
				continue
			}
			wg.Go(func() {
				if err := db.Write(ctx, func(*sqldb.Tx) error { return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		until(t, "the queue is full", func() bool { return db.Queue() == 3 })
		err := db.Write(ctx, func(*sqldb.Tx) error { t.Error("ran though the queue was full"); return nil })
		if es := errs.Public(err); len(es) != 1 || es[0].Kind != errs.Busy || es[0].Key != "db.busy" {
			t.Errorf("full: %v", err)
		}
		if n := number(t, db, `SELECT count(*) FROM counter`); n != 0 {
			t.Error("readers are not served")
		}
		h.letGo(t)
		for _, o := range others {
			o.letGo(t)
		}
		wg.Wait()
		write(t, db, func(*sqldb.Tx) error { return nil })
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		busy(t, sqldbtest.SQLite(t, sqldb.Options{Queue: 3}), 0)
	})
	if pg(t) {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			busy(t, sqldbtest.Postgres(t, sqldb.Options{Queue: 3}), 1)
		})
	}
}

// Close answers everybody who was let in.
func TestCloseAnswersAll(t *testing.T) {
	t.Parallel()
	db, path := sqldbtest.SQLiteAt(t)
	run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`)
	h := hold(db)
	faults := make([]error, 50)
	var wg sync.WaitGroup
	for k := range faults {
		wg.Go(func() {
			faults[k] = db.Write(ctx, func(tx *sqldb.Tx) error { return tx.One(`INSERT INTO thing (k) VALUES ($1)`, k) })
		})
	}
	until(t, "all writes wait", func() bool { return db.Queue() == len(faults) })
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	h.letGo(t)
	wg.Wait()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	kept := 0
	for _, err := range faults {
		if err == nil {
			kept++
		} else if errs.KindOf(err) != errs.Busy {
			t.Error(err)
		}
	}
	err := db.Write(ctx, func(*sqldb.Tx) error { return nil })
	if es := errs.Public(err); len(es) != 1 || es[0].Key != "db.closing" {
		t.Errorf("after Close: %v", err)
	}
	again, err := sqldb.Open(ctx, path, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n := number(t, again, `SELECT count(*) FROM thing`); n != int64(kept) || kept != 50 {
		t.Errorf("%d were told that they are kept, %d are, of 50", kept, n)
	}
}
