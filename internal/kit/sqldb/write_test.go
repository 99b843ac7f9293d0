// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// held is a transaction that is under way until it is let go: on SQLite whatever
// is written meanwhile waits, and is then committed in one batch.
type held struct {
	free chan struct{}
	done chan error
}

// hold begins a transaction and waits until it runs.
func hold(db *sqldb.DB) *held {
	h := &held{make(chan struct{}), make(chan error, 1)}
	running := make(chan struct{})
	var once sync.Once
	go func() {
		h.done <- db.Write(ctx, func(*sqldb.Tx) error {
			once.Do(func() { close(running) })
			<-h.free
			return nil
		})
	}()
	<-running
	return h
}

// letGo ends the transaction.
func (h *held) letGo(t *testing.T) {
	t.Helper()
	close(h.free)
	if err := <-h.done; err != nil {
		t.Error(err)
	}
}

// until waits for something that another goroutine is about to make true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
		runtime.Gosched()
	}
}

// A writing is Write or WriteGuarded.
type writing func(context.Context, func(*sqldb.Tx) error) error

// inBothWays runs f on every engine for transactions of both kinds.
func inBothWays(t *testing.T, f func(t *testing.T, db *sqldb.DB, write writing)) {
	t.Helper()
	for _, guarded := range []bool{false, true} {
		t.Run(fmt.Sprintf("guarded=%t", guarded), func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				write := db.Write
				if guarded {
					write = db.WriteGuarded
				}
				f(t, db, write)
			})
		})
	}
}

// together runs the writes so that on SQLite all of them are one batch, and
// returns their errors.
func together(t *testing.T, db *sqldb.DB, fs []func(tx *sqldb.Tx) error) []error {
	t.Helper()
	return allAtOnce(t, db, db.Write, fs)
}

// allAtOnce is together for one of the two ways to write.
func allAtOnce(t *testing.T, db *sqldb.DB, write writing, fs []func(tx *sqldb.Tx) error) []error {
	t.Helper()
	h := hold(db)
	faults := make([]error, len(fs))
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Go(func() { faults[i] = write(ctx, f) })
	}
	if db.Engine() == sqldb.SQLite {
		until(t, "all writes wait", func() bool { return db.Queue() == len(fs) })
	}
	h.letGo(t)
	wg.Wait()
	return faults
}

// Thirty clerks act on one record at once: one wins, the others are told.
func TestThirtyWritersOnOneRow(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, db *sqldb.DB, write writing) {
		run(t, db, `CREATE TABLE matter_like (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, winner BIGINT)`,
			`CREATE TABLE line (who BIGINT NOT NULL)`, `INSERT INTO matter_like (id, version) VALUES (1, 7)`)
		var fs []func(tx *sqldb.Tx) error
		for who := range 30 {
			fs = append(fs, func(tx *sqldb.Tx) error {
				version, err := sqldb.Int(tx.Row(`SELECT version FROM matter_like WHERE id = 1`))
				if err != nil {
					return err
				}
				if version != 7 {
					return errs.New(errs.Conflict, "record.changed")
				}
				if err := tx.One(`UPDATE matter_like SET version = version + 1, winner = $1 WHERE id = 1 AND version = $2`, who, version); err != nil {
					return err
				}
				return tx.One(`INSERT INTO line (who) VALUES ($1)`, who)
			})
		}
		won := -1
		for who, err := range allAtOnce(t, db, write, fs) {
			switch {
			case err == nil && won < 0:
				won = who
			case err == nil:
				t.Errorf("%d and %d both won", won, who)
			case errs.KindOf(err) != errs.Conflict:
				t.Errorf("writer %d: %v", who, err)
			}
		}
		if n := number(t, db, `SELECT winner FROM matter_like WHERE version = 8`); int(n) != won {
			t.Errorf("%d won, the row says %d", won, n)
		}
		if n := number(t, db, `SELECT count(*) FROM line`); n != 1 {
			t.Errorf("%d lines were written", n)
		}
	})
}

// Increments by many, each read and then written, are all counted: nobody's
// reading is out of date when they write.
func TestNoLostUpdate(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, db *sqldb.DB, write writing) {
		run(t, db, `CREATE TABLE tally (k BIGINT PRIMARY KEY, n BIGINT NOT NULL)`, `INSERT INTO tally (k, n) VALUES (1, 0)`)
		fs := slices.Repeat([]func(tx *sqldb.Tx) error{func(tx *sqldb.Tx) error {
			n, err := sqldb.Int(tx.Row(`SELECT n FROM tally WHERE k = 1`))
			if err != nil {
				return err
			}
			return tx.One(`UPDATE tally SET n = $1 WHERE k = 1`, n+1)
		}}, 24)
		for _, err := range allAtOnce(t, db, write, fs) {
			if err != nil {
				t.Error(err)
			}
		}
		if n := number(t, db, `SELECT n FROM tally`); n != 24 {
			t.Errorf("24 increments make %d", n)
		}
	})
}

// Two acts on neighbouring records do not disturb each other when each is guarded
// by the version of its own.
func TestGuardedNeighbours(t *testing.T) {
	t.Parallel()
	if os.Getenv(sqldbtest.PostgresEnv) == "" {
		t.Skip("SQLite has one writer: nobody is disturbed there; PostgreSQL is not set: " + sqldbtest.PostgresEnv)
	}
	db := sqldbtest.Postgres(t)
	run(t, db, `CREATE TABLE matter_like (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)`, `INSERT INTO matter_like (id, version) VALUES (1, 7), (2, 7), (3, 7)`)
	step := func(tx *sqldb.Tx, k int) error {
		version, err := sqldb.Int(tx.Row(`SELECT version FROM matter_like WHERE id = $1`, k))
		if err != nil {
			return err
		}
		return tx.One(`UPDATE matter_like SET version = version + 1 WHERE id = $1 AND version = $2`, k, version)
	}
	runs := 0
	err := db.WriteGuarded(ctx, func(tx *sqldb.Tx) error {
		runs++
		// A neighbour reads what is written here, and writes what was read here: at
		// SERIALIZABLE one of the two would have to be run again.
		if _, err := sqldb.Int(tx.Row(`SELECT sum(version) FROM matter_like`)); err != nil {
			return err
		}
		if err := db.WriteGuarded(ctx, func(tx *sqldb.Tx) error {
			if _, err := sqldb.Int(tx.Row(`SELECT sum(version) FROM matter_like`)); err != nil {
				return err
			}
			return step(tx, 2)
		}); err != nil {
			return err
		}
		return step(tx, 1)
	})
	if n := number(t, db, `SELECT sum(version) FROM matter_like`); err != nil || runs != 1 || n != 23 {
		t.Errorf("%v: the act ran %d times, the versions make %d, want 23", err, runs, n)
	}
}

// In one batch, a third panics, a third fails after writing, a third is good:
// each has its own fate.
func TestFateIsOnesOwn(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`)
		var fs []func(tx *sqldb.Tx) error
		for k := range 60 {
			fs = append(fs, func(tx *sqldb.Tx) error {
				if err := tx.One(`INSERT INTO thing (k) VALUES ($1)`, k); err != nil {
					return err
				}
				switch k % 3 {
				case 1:
					return errs.New(errs.Invalid, "thing.odd", k)
				case 2:
					panic(fmt.Sprintf("fault %d", k))
				}
				return nil
			})
		}
		for k, err := range together(t, db, fs) {
			switch {
			case k%3 == 0 && err != nil:
				t.Errorf("%d: %v", k, err)
			case k%3 == 1 && (errs.KindOf(err) != errs.Invalid || errs.Public(err)[0].Args[0] != k):
				t.Errorf("%d has somebody else's error: %v", k, err)
			case k%3 == 2 && (err == nil || errs.KindOf(err) != errs.Internal || !strings.Contains(err.Error(), fmt.Sprintf("fault %d", k))):
				t.Errorf("%d panicked: %v", k, err)
			}
		}
		if n := number(t, db, `SELECT count(*) FROM thing WHERE k % 3 = 0`); n != 20 {
			t.Errorf("%d of the 20 good ones were kept", n)
		}
		if n := number(t, db, `SELECT count(*) FROM thing WHERE k % 3 <> 0`); n != 0 {
			t.Errorf("%d of the others were kept", n)
		}
	})
}

// A statement that fails within a batch is the fault of one.
func TestFailedStatementInABatch(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`, `INSERT INTO thing (k) VALUES (0)`)
		var fs []func(tx *sqldb.Tx) error
		for i := range 20 {
			fs = append(fs, func(tx *sqldb.Tx) error {
				if err := tx.One(`INSERT INTO thing (k) VALUES ($1)`, 100+i); err != nil {
					return err
				}
				if i%2 == 0 {
					return tx.One(`INSERT INTO thing (k) VALUES (0)`)
				}
				return nil
			})
		}
		for i, err := range together(t, db, fs) {
			if (err != nil) != (i%2 == 0) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != 11 {
			t.Errorf("%d rows, want 11", n)
		}
	})
}

// Whoever goes away while waiting writes nothing.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`)
		gone, cancel := context.WithCancel(ctx)
		ran := atomic.Bool{}
		f := func(tx *sqldb.Tx) error {
			ran.Store(true)
			_, err := tx.Exec(`INSERT INTO thing (k) VALUES (1)`)
			return err
		}
		var err error
		if db.Engine() == sqldb.SQLite {
			h := hold(db)
			done := make(chan error, 1)
			go func() { done <- db.Write(gone, f) }()
			until(t, "the write waits", func() bool { return db.Queue() == 1 })
			cancel()
			h.letGo(t)
			err = <-done
		} else {
			cancel()
			err = db.Write(gone, f)
		}
		if !errors.Is(err, context.Canceled) || ran.Load() {
			t.Errorf("%v, ran: %v", err, ran.Load())
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != 0 {
			t.Error("written all the same")
		}
		if err := db.Read(gone, func(*sqldb.Tx) error { return nil }); err == nil && db.Engine() == sqldb.Postgres {
			t.Error("read for one who has gone away")
		}
	})
}

// One goes away in the middle of its statements: its neighbours commit.
func TestCancelledInTheMiddle(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`)
		h := hold(db)
		faults := make([]error, 20)
		var wg sync.WaitGroup
		for k := range faults {
			own, cancel := context.WithCancel(ctx)
			defer cancel()
			wg.Go(func() {
				faults[k] = db.Write(own, func(tx *sqldb.Tx) error {
					for part := range 5 {
						if k%4 == 1 && part == 2 {
							cancel()
						}
						if _, err := tx.Exec(`INSERT INTO thing (k) VALUES ($1)`, k*10+part); err != nil {
							return err
						}
					}
					return nil
				})
			})
		}
		if db.Engine() == sqldb.SQLite {
			until(t, "all writes wait", func() bool { return db.Queue() == len(faults) })
		}
		h.letGo(t)
		wg.Wait()
		for k, err := range faults {
			n := number(t, db, `SELECT count(*) FROM thing WHERE k / 10 = $1`, k)
			switch {
			case k%4 != 1 && (err != nil || n != 5):
				t.Errorf("neighbour %d: %d rows, %v", k, n, err)
			case err == nil && n != 5, err != nil && n != 0:
				t.Errorf("%d has half of its rows: %d, %v", k, n, err)
			}
		}
	})
}

// One goes away while its statement runs, and writes: an engine that is stopped
// there gives up the whole batch, so it is not.
func TestCancelledWithinAStatement(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`, `CREATE TABLE long (n BIGINT NOT NULL)`)
		h := hold(db)
		faults := make([]error, 9)
		var wg sync.WaitGroup
		for k := range faults {
			wg.Go(func() {
				faults[k] = db.Write(ctx, func(tx *sqldb.Tx) error { return tx.One(`INSERT INTO thing (k) VALUES ($1)`, k) })
			})
		}
		own, cancel := context.WithCancel(ctx)
		defer cancel()
		var slow error
		wg.Go(func() {
			slow = db.Write(own, func(tx *sqldb.Tx) error {
				time.AfterFunc(30*time.Millisecond, cancel) // the statement takes some hundred
				_, err := tx.Exec(`
					INSERT INTO long (n)
					WITH RECURSIVE up (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up WHERE i < 300000)
					SELECT i FROM up`)
				return err
			})
		})
		if db.Engine() == sqldb.SQLite {
			until(t, "all writes wait", func() bool { return db.Queue() == len(faults)+1 })
		}
		h.letGo(t)
		wg.Wait()
		for k, err := range faults {
			if err != nil {
				t.Errorf("neighbour %d: %v", k, err)
			}
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != int64(len(faults)) {
			t.Errorf("%d neighbours were kept, of %d", n, len(faults))
		}
		if n := number(t, db, `SELECT count(*) FROM long`); slow == nil && n != 300000 || slow != nil && n != 0 {
			t.Errorf("half done: %d rows, %v", n, slow)
		}
	})
}

// What is to happen after the commit happens after it, in order, once, and not
// at all if there was none.
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE tally (k BIGINT PRIMARY KEY, n BIGINT NOT NULL)`, `INSERT INTO tally (k, n) VALUES (1, 0)`)
		var order []int
		write(t, db, func(tx *sqldb.Tx) error {
			for i := range 5 {
				tx.AfterCommit(func() {
					order = append(order, i)
					if n := number(t, db, `SELECT n FROM tally`); n != 9 {
						t.Errorf("the commit cannot be seen yet: %d", n)
					}
				})
			}
			return tx.One(`UPDATE tally SET n = 9 WHERE k = 1`)
		})
		if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
			t.Errorf("order: %v", order)
		}
		never := func() { t.Error("ran without a commit") }
		for what, f := range map[string]func(tx *sqldb.Tx) error{
			"error":            func(tx *sqldb.Tx) error { tx.AfterCommit(never); return errors.New("no") },
			"panic":            func(tx *sqldb.Tx) error { tx.AfterCommit(never); panic("no") },
			"failed statement": func(tx *sqldb.Tx) error { tx.AfterCommit(never); return tx.One(`UPDATE tally SET n = 1 WHERE k = 2`) },
		} {
			if err := db.Write(ctx, f); err == nil {
				t.Errorf("%s: committed", what)
			}
		}
		if err := db.Read(ctx, func(tx *sqldb.Tx) error { tx.AfterCommit(never); return nil }); err != nil {
			t.Error(err)
		}
		var hooks atomic.Int32 // transactions that are run again have one hook
		fs := slices.Repeat([]func(tx *sqldb.Tx) error{func(tx *sqldb.Tx) error {
			tx.AfterCommit(func() { hooks.Add(1) })
			return tx.One(`UPDATE tally SET n = n + 1 WHERE k = 1`)
		}}, 16)
		for _, err := range together(t, db, fs) {
			if err != nil {
				t.Error(err)
			}
		}
		if hooks.Load() != 16 || number(t, db, `SELECT n FROM tally`) != 25 {
			t.Errorf("%d hooks for 16 commits", hooks.Load())
		}
	})
}
