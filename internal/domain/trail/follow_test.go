// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// appendN appends n rows about records from first on, in one transaction.
func appendN(t testing.TB, db *sqldb.DB, first id.ID, n int) {
	t.Helper()
	write(t, db, func(tx *sqldb.Tx) error {
		for i := range n {
			e := trail.Entry{Noun: "matter", Record: first + id.ID(i), Act: "receive", To: "received", Digest: trail.Digest(int(first) + i)}
			if err := trail.Append(tx, clerk, e); err != nil {
				return err
			}
		}
		return nil
	})
}

var errRolledBack = errors.New("rolled back on purpose")

// Eight writers, some of whom roll back, some of whom take long: four followers
// under two names must each, name by name, see every committed row once.
func TestFollowersMissNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		const writers, each = 8, 150
		var writing, following sync.WaitGroup
		finished := make(chan struct{})
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					rollback := i%5 == 4
					err := db.Write(context.Background(), func(tx *sqldb.Tx) error {
						for k := range 1 + i%3 {
							record := id.ID(1 + w*each*4 + i*4 + k)
							if err := trail.Append(tx, clerk, trail.Entry{Noun: "matter", Record: record, Act: "receive"}); err != nil {
								return err
							}
							if w%2 == 0 { // give others the time to overtake
								if _, err := trail.Last(tx, "matter", record); err != nil {
									return err
								}
							}
						}
						if rollback {
							return errRolledBack
						}
						return nil
					})
					if rollback != errors.Is(err, errRolledBack) {
						t.Error(err)
					}
				}
			})
		}
		var mu sync.Mutex
		seen := map[string][]int64{}
		for _, name := range []string{"search", "feed", "search", "feed"} {
			following.Go(func() {
				f := &trail.Follower{Name: name}
				for over := false; ; {
					b, err := f.Next(context.Background(), db, 7)
					if err != nil {
						t.Error(err)
						return
					}
					if b.Empty() {
						if over {
							return
						}
						select {
						case <-finished:
							over = true
						default:
						}
						continue
					}
					err = db.Write(context.Background(), func(tx *sqldb.Tx) error { return f.Done(tx, b) })
					if errs.KindOf(err) == errs.Conflict {
						continue // the other of this name was first
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, r := range b.Rows {
						seen[name] = append(seen[name], r.Seq)
					}
					mu.Unlock()
				}
			})
		}
		writing.Wait()
		close(finished)
		following.Wait()
		read(t, db, func(tx *sqldb.Tx) error {
			rows, err := trail.Since(tx, 0, 1_000_000)
			if err != nil {
				return err
			}
			var all []int64
			for _, r := range rows {
				all = append(all, r.Seq)
			}
			if len(all) == 0 {
				t.Fatal("nothing was written")
			}
			for name, got := range seen {
				slices.Sort(got)
				if !slices.Equal(got, all) {
					t.Errorf("%s saw %d rows, there are %d", name, len(got), len(all))
				}
			}
			return nil
		})
	})
}

// A transaction that was given its numbers first and commits last holds the
// followers back, and its rows come in their place.
func TestFollowerWaitsForTheSlow(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		appendN(t, db, 1, 1)
		f := &trail.Follower{Name: "search"}
		inside, commit, committed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		var once sync.Once
		go func() {
			committed <- db.Write(ctx, func(tx *sqldb.Tx) error {
				if err := trail.Append(tx, clerk, trail.Entry{Noun: "matter", Record: 2, Act: "receive"}); err != nil {
					return err
				}
				once.Do(func() { close(inside) })
				<-commit
				return nil
			})
		}()
		<-inside
		overtaken := make(chan struct{})
		go func() { // on the engine with one writer this waits for the other
			defer close(overtaken)
			appendN(t, db, 3, 1)
		}()
		if db.Engine() == sqldb.Postgres {
			<-overtaken
		}
		b, err := f.Next(ctx, db, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range b.Rows {
			if r.Record != 1 {
				t.Errorf("record %d was shown before an earlier row was settled", r.Record)
			}
		}
		write2 := func() error { return db.Write(ctx, func(tx *sqldb.Tx) error { return f.Done(tx, b) }) }
		if db.Engine() == sqldb.Postgres {
			if err := write2(); err != nil {
				t.Fatal(err)
			}
		}
		close(commit)
		if err := <-committed; err != nil {
			t.Fatal(err)
		}
		<-overtaken
		if db.Engine() == sqldb.SQLite {
			if err := write2(); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, r := range b.Rows {
			got = append(got, r.Record.String())
		}
		for b, err = f.Next(ctx, db, 10); err == nil && !b.Empty(); b, err = f.Next(ctx, db, 10) {
			for _, r := range b.Rows {
				got = append(got, r.Record.String())
			}
			if err := write2(); err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint([]id.ID{1, 2, 3}); fmt.Sprint(got) != want {
			t.Errorf("seen %v, want %s", got, want)
		}
		if lag, err := f.Lag(ctx, db); lag != 0 || err != nil {
			t.Errorf("lag %d at the end, %v", lag, err)
		}
		write(t, db, f.Restart)
		if b, err = f.Next(ctx, db, 2); err != nil || len(b.Rows) != 2 || b.Rows[0].Record != 1 {
			t.Errorf("after a restart: %+v, %v", b, err)
		}
	})
}

// A follower whose mark lies beside the database notices when the trail is not the
// one it has read.
func TestBelongs(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		f := &trail.Follower{Name: "search", Beside: true}
		belongs := func(want bool, when string) {
			t.Helper()
			if ok, err := f.Belongs(ctx, db); ok != want || err != nil {
				t.Errorf("%s: belongs %t, %v", when, ok, err)
			}
		}
		belongs(true, "at the beginning")
		for n := range 3 {
			write(t, db, func(tx *sqldb.Tx) error {
				return trail.Append(tx, clerk, trail.Entry{Noun: "matter", Record: id.ID(n + 1), Act: "raise"})
			})
		}
		b, err := f.Next(ctx, db, 10)
		if err != nil || len(b.Rows) != 3 {
			t.Fatalf("%+v, %v", b, err)
		}
		write(t, db.Beside(), func(tx *sqldb.Tx) error { return f.Done(tx, b) })
		if lag, err := f.Lag(ctx, db); lag != 0 || err != nil {
			t.Errorf("lag %d, %v", lag, err)
		}
		belongs(true, "as it was")
		if !db.Apart() {
			return // the mark is in the same database, and cannot be another's
		}
		write(t, db, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE trail SET record = 9 WHERE record = 3`)
			return err
		})
		belongs(false, "with another row there")
		write(t, db, func(tx *sqldb.Tx) error { _, err := tx.Exec(`DELETE FROM trail WHERE record = 9`); return err })
		belongs(false, "with a shorter trail")
		write(t, db.Beside(), f.Restart)
		belongs(true, "made anew")
	})
}
