// SPDX-License-Identifier: Apache-2.0

package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

type lamp struct{ Number int }

const remind jobs.Kind[lamp] = "test.remind"

var (
	ctx   = context.Background()
	day   = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) // 9 o'clock in Qionglai
	quiet = slog.New(slog.DiscardHandler)
)

// each runs f on both engines, under a clock that stands still.
func each(t *testing.T, f func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		clock := sqldbtest.NewClock(day)
		f(t, sqldbtest.SQLite(t, sqldb.Options{Clock: clock.Now}), clock)
	})
	if os.Getenv(sqldbtest.PostgresEnv) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		clock := sqldbtest.NewClock(day)
		f(t, sqldbtest.Postgres(t, sqldb.Options{Clock: clock.Now}), clock)
	})
}

func newQueue(t *testing.T, db *sqldb.DB, o jobs.Options) *jobs.Queue {
	t.Helper()
	o.Log = quiet
	return jobs.New(db, o)
}

func enqueue(t testing.TB, db *sqldb.DB, q *jobs.Queue, n int, o jobs.Opts) {
	t.Helper()
	if err := db.Write(ctx, func(tx *sqldb.Tx) error { return jobs.Enqueue(q, tx, remind, lamp{n}, o) }); err != nil {
		t.Fatal(err)
	}
}

func runDue(t testing.TB, q *jobs.Queue) int {
	t.Helper()
	n, err := q.RunDue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func list(t testing.TB, db *sqldb.DB, s jobs.State) (js []*jobs.Job) {
	t.Helper()
	err := db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		js, err = jobs.List(tx, s, 0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func TestAJobIsPartOfItsTransaction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		var got []int
		jobs.Handle(q, remind, func(_ context.Context, j *jobs.Job, l lamp) error {
			if j.Tries != 1 || j.State != jobs.Running {
				t.Errorf("%+v", j)
			}
			got = append(got, l.Number)
			return nil
		})
		err := db.Write(ctx, func(tx *sqldb.Tx) error {
			if err := jobs.Enqueue(q, tx, remind, lamp{1}, jobs.Opts{}); err != nil {
				return err
			}
			return io.EOF
		})
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		enqueue(t, db, q, 2, jobs.Opts{})
		enqueue(t, db, q, 3, jobs.Opts{})
		if n := runDue(t, q); n != 2 || !slices.Equal(got, []int{2, 3}) {
			t.Errorf("%d jobs run: %v", n, got)
		}
		if n := runDue(t, q); n != 0 {
			t.Errorf("%d jobs run twice", n)
		}
		if js := list(t, db, jobs.Done); len(js) != 2 || !js[0].Due.Equal(day) {
			t.Errorf("%+v", js)
		}
		if s := q.Stats(); s.Begun != 2 || s.Done != 2 {
			t.Errorf("%+v", s)
		}
	})
}

func TestMomentAndOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		var got []int
		jobs.Handle(q, remind, func(_ context.Context, _ *jobs.Job, l lamp) error {
			got = append(got, l.Number)
			return nil
		})
		for i, at := range []time.Duration{3 * time.Hour, -time.Hour, time.Hour, 0} {
			enqueue(t, db, q, i, jobs.Opts{At: day.Add(at)})
		}
		runDue(t, q)
		if !slices.Equal(got, []int{1, 3}) {
			t.Errorf("at once: %v", got)
		}
		clock.Add(time.Hour - time.Millisecond)
		runDue(t, q)
		if len(got) != 2 {
			t.Errorf("too early: %v", got)
		}
		clock.Add(5 * time.Hour)
		runDue(t, q)
		if !slices.Equal(got, []int{1, 3, 2, 0}) {
			t.Errorf("in the end: %v", got)
		}
	})
}

// A job that fails is tried again after longer and longer pauses, then no more.
func TestRetries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		tries := 0
		jobs.Handle(q, remind, func(_ context.Context, j *jobs.Job, _ lamp) error {
			if tries++; tries == 2 {
				panic("no light")
			}
			return fmt.Errorf("try %d: call 13881234567 or write to zhou@example.com: %s", j.Tries, strings.Repeat("字", 400))
		})
		enqueue(t, db, q, 1, jobs.Opts{MaxTries: 4})
		for try := 1; try <= 3; try++ {
			if n := runDue(t, q); n != 1 {
				t.Fatalf("try %d: %d run", try, n)
			}
			js := list(t, db, jobs.Waiting)
			if len(js) != 1 {
				t.Fatalf("after try %d: %+v", try, js)
			}
			base := time.Duration(try*try*try*try) * time.Second
			pause := js[0].Due.Sub(clock.Now())
			if pause < base*9/10 || pause > base*11/10 {
				t.Errorf("pause %s after try %d", pause, try)
			}
			f := js[0].Fault
			if strings.Contains(f, "1388") || strings.Contains(f, "zhou") || len(f) > 500 || try != 2 && !strings.Contains(f, "try") || try == 2 && !strings.Contains(f, "no light") {
				t.Errorf("kept: %s", f)
			}
			clock.Set(js[0].Due)
		}
		runDue(t, q)
		if js := list(t, db, jobs.Failed); len(js) != 1 || js[0].Tries != 4 {
			t.Fatalf("%+v", js)
		}
		clock.Add(365 * 24 * time.Hour)
		runDue(t, q)
		if s := q.Stats(); tries != 4 || s.Retried != 3 || s.Failed != 1 || s.Begun != 4 {
			t.Errorf("%d tries, %+v", tries, s)
		}
	})
}

func TestCancelAndSnooze(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		snoozes := 0
		jobs.Handle(q, remind, func(_ context.Context, _ *jobs.Job, l lamp) error {
			if l.Number == 1 {
				return fmt.Errorf("no such lamp: %w", jobs.Cancel(io.EOF))
			}
			if snoozes++; snoozes < 20 {
				return jobs.Snooze(time.Hour)
			}
			return nil
		})
		enqueue(t, db, q, 1, jobs.Opts{})
		enqueue(t, db, q, 2, jobs.Opts{MaxTries: 1})
		runDue(t, q)
		if js := list(t, db, jobs.Failed); len(js) != 1 || js[0].Fault != "no such lamp: EOF" {
			t.Fatalf("%+v", js)
		}
		for range 19 {
			if js := list(t, db, jobs.Waiting); len(js) != 1 || js[0].Tries != 0 || js[0].Fault != "" {
				t.Fatalf("%+v", js)
			}
			clock.Add(time.Hour)
			runDue(t, q)
		}
		if js := list(t, db, jobs.Done); len(js) != 1 {
			t.Errorf("%+v", js)
		}
	})
}

func TestUnique(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		var got []int
		jobs.Handle(q, remind, func(_ context.Context, _ *jobs.Job, l lamp) error {
			got = append(got, l.Number)
			if len(got) == 1 { // what comes while it runs is not lost
				enqueue(t, db, q, 7, jobs.Opts{Unique: "lamp 1"})
				enqueue(t, db, q, 8, jobs.Opts{Unique: "lamp 1"})
				return errors.New("and this try fails: the one that waits takes its place")
			}
			return nil
		})
		enqueue(t, db, q, 1, jobs.Opts{Unique: "lamp 1", At: day.Add(2 * time.Hour)})
		enqueue(t, db, q, 2, jobs.Opts{Unique: "lamp 1", At: day.Add(time.Hour)})
		enqueue(t, db, q, 3, jobs.Opts{Unique: "lamp 1", At: day.Add(3 * time.Hour)})
		if js := list(t, db, jobs.Waiting); len(js) != 1 || !js[0].Due.Equal(day.Add(time.Hour)) {
			t.Fatalf("%+v", js)
		}
		enqueue(t, db, q, 4, jobs.Opts{Unique: "lamp 2", At: day.Add(2 * time.Hour)})
		clock.Add(90 * time.Minute)
		runDue(t, q)
		if !slices.Equal(got, []int{1, 7}) {
			t.Errorf("run: %v", got)
		}
		clock.Add(time.Hour)
		runDue(t, q)
		if !slices.Equal(got, []int{1, 7, 4}) || len(list(t, db, jobs.Waiting)) != 0 {
			t.Errorf("run: %v", got)
		}
	})
}

// Finish makes a job's work and its end one transaction.
func TestFinish(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		jobs.Handle(q, remind, func(ctx context.Context, j *jobs.Job, _ lamp) error {
			err := db.Write(ctx, func(tx *sqldb.Tx) error { return j.Finish(tx) })
			if again := db.Write(ctx, func(tx *sqldb.Tx) error { return j.Finish(tx) }); errs.KindOf(again) != errs.Conflict {
				t.Errorf("finished twice: %v", again)
			}
			return err
		})
		enqueue(t, db, q, 1, jobs.Opts{})
		runDue(t, q)
		if js := list(t, db, jobs.Done); len(js) != 1 || q.Stats().Done != 1 {
			t.Errorf("%+v %+v", js, q.Stats())
		}
	})
}

func TestAgainAndForget(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		broken := true
		jobs.Handle(q, remind, func(context.Context, *jobs.Job, lamp) error {
			if broken {
				return jobs.Cancel(io.EOF)
			}
			return nil
		})
		enqueue(t, db, q, 1, jobs.Opts{})
		enqueue(t, db, q, 2, jobs.Opts{})
		enqueue(t, db, q, 3, jobs.Opts{Unique: "x"})
		runDue(t, q)
		failed := list(t, db, jobs.Failed)
		if len(failed) != 3 {
			t.Fatalf("%+v", failed)
		}
		broken = false
		do := func(f func(tx *sqldb.Tx) error) error { return db.Write(ctx, f) }
		first := failed[2].ID
		if err := do(func(tx *sqldb.Tx) error { return q.Again(tx, first, "系统员") }); err != nil {
			t.Fatal(err)
		}
		if err := do(func(tx *sqldb.Tx) error { return q.Forget(tx, failed[1].ID) }); err != nil {
			t.Fatal(err)
		}
		enqueue(t, db, q, 4, jobs.Opts{Unique: "x"})
		if err := do(func(tx *sqldb.Tx) error { return q.Again(tx, failed[0].ID, "系统员") }); errs.KindOf(err) != errs.Conflict {
			t.Errorf("another one waits: %v", err)
		}
		if n := runDue(t, q); n != 2 {
			t.Errorf("%d run", n)
		}
		done := list(t, db, jobs.Done)
		if len(done) != 2 || done[1].ID != first || done[1].AskedBy != "系统员" || done[1].Fault != "" || done[1].Tries != 1 {
			t.Errorf("%+v", done[1])
		}
		for name, err := range map[string]error{
			"again, done":    do(func(tx *sqldb.Tx) error { return q.Again(tx, first, "x") }),
			"again, none":    do(func(tx *sqldb.Tx) error { return q.Again(tx, failed[1].ID, "x") }),
			"forget, absent": do(func(tx *sqldb.Tx) error { return q.Forget(tx, id.ID(5)) }),
		} {
			if k := errs.KindOf(err); k != errs.Conflict && k != errs.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		err := db.Read(ctx, func(tx *sqldb.Tx) error {
			n, err := jobs.Count(tx)
			if n[jobs.Done] != 2 || n[jobs.Failed] != 1 || n[jobs.Waiting] != 0 {
				t.Errorf("%v", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestPruneAndQueues(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		jobs.Handle(q, remind, func(_ context.Context, _ *jobs.Job, l lamp) error {
			if l.Number%2 == 0 {
				return jobs.Cancel(io.EOF)
			}
			return nil
		})
		for i := range 10 {
			enqueue(t, db, q, i, jobs.Opts{})
		}
		enqueue(t, db, q, 1, jobs.Opts{Queue: "mail"}) // no worker here
		if err := db.Write(ctx, func(tx *sqldb.Tx) error {
			return jobs.Enqueue(q, tx, jobs.Kind[int]("test.unknown"), 1, jobs.Opts{}) // nor a handler
		}); err != nil {
			t.Fatal(err)
		}
		if n := runDue(t, q); n != 10 {
			t.Errorf("%d run", n)
		}
		clock.Add(23 * time.Hour)
		runDue(t, q)
		if n := len(list(t, db, jobs.Done)); n != 5 {
			t.Errorf("%d kept for a day", n)
		}
		clock.Add(2 * time.Hour)
		runDue(t, q)
		if n := len(list(t, db, jobs.Done)); n != 0 {
			t.Errorf("%d kept for ever", n)
		}
		if n := len(list(t, db, jobs.Failed)); n != 5 {
			t.Errorf("%d failed jobs left", n)
		}
		err := db.Read(ctx, func(tx *sqldb.Tx) error {
			d, err := jobs.Overdue(tx)
			if d != 25*time.Hour {
				t.Errorf("overdue %s", d)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
