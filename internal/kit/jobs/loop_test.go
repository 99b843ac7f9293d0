// SPDX-License-Identifier: Apache-2.0

package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// Four processes' queues, sixteen writers: every job is run exactly once, and
// nobody waits for the clock, which stands still.
func TestManyQueues(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		const all = 160
		var mu sync.Mutex
		seen := map[int]int{}
		finished := make(chan struct{})
		var qs []*jobs.Queue
		for range 4 {
			q := newQueue(t, db, jobs.Options{Workers: map[string]int{jobs.DefaultQueue: 3}})
			jobs.Handle(q, remind, func(_ context.Context, _ *jobs.Job, l lamp) error {
				mu.Lock()
				defer mu.Unlock()
				if seen[l.Number]++; len(seen) == all {
					close(finished)
				}
				return nil
			})
			q.Start()
			qs = append(qs, q)
		}
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := range all / 16 {
					enqueue(t, db, qs[w%4], w*all/16+i, jobs.Opts{})
				}
			})
		}
		wg.Wait()
		<-finished
		for _, q := range qs {
			if err := q.Stop(ctx); err != nil {
				t.Error(err)
			}
		}
		for n, times := range seen {
			if times != 1 {
				t.Errorf("job %d was run %d times", n, times)
			}
		}
		if js := list(t, db, jobs.Done); len(js) != all {
			t.Errorf("%d done", len(js))
		}
	})
}

// A unique job does not run beside its like, whatever the number of workers.
func TestUniqueRunsAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		q := newQueue(t, db, jobs.Options{})
		began, end, over := make(chan int), make(chan struct{}), make(chan struct{})
		var mu sync.Mutex
		beside := 0
		jobs.Handle(q, remind, func(_ context.Context, _ *jobs.Job, l lamp) error {
			if l.Number == 3 {
				close(over)
				return nil
			}
			mu.Lock()
			beside++
			if beside > 1 {
				t.Error("two at once")
			}
			mu.Unlock()
			began <- l.Number
			<-end
			mu.Lock()
			beside--
			mu.Unlock()
			return nil
		})
		enqueue(t, db, q, 1, jobs.Opts{Unique: "x"})
		q.Start()
		<-began
		enqueue(t, db, q, 2, jobs.Opts{Unique: "x"})
		enqueue(t, db, q, 3, jobs.Opts{}) // overtakes
		<-over
		end <- struct{}{}
		if n := <-began; n != 2 {
			t.Errorf("then job %d", n)
		}
		end <- struct{}{}
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
		if n := len(list(t, db, jobs.Done)); n != 3 {
			t.Errorf("%d done", n)
		}
	})
}

// Stop waits for what runs; when it may not wait longer, jobs are told to end and
// go back to wait, and the try is not counted.
func TestStop(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		began, end := make(chan struct{}), make(chan struct{})
		q := newQueue(t, db, jobs.Options{})
		jobs.Handle(q, remind, func(ctx context.Context, _ *jobs.Job, l lamp) error {
			began <- struct{}{}
			if l.Number == 1 {
				<-end
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		enqueue(t, db, q, 1, jobs.Opts{})
		q.Start()
		<-began
		stopped := make(chan error)
		go func() { stopped <- q.Stop(ctx) }()
		close(end)
		if err := <-stopped; err != nil {
			t.Fatal(err)
		}
		if n := len(list(t, db, jobs.Done)); n != 1 {
			t.Errorf("%d done", n)
		}
		enqueue(t, db, q, 1, jobs.Opts{}) // nobody takes it any more
		if js := list(t, db, jobs.Waiting); len(js) != 1 {
			t.Errorf("%+v", js)
		}

		r := newQueue(t, db, jobs.Options{})
		jobs.Handle(r, remind, func(ctx context.Context, _ *jobs.Job, _ lamp) error {
			began <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		r.Start()
		<-began
		hurry, cancel := context.WithCancel(ctx)
		cancel()
		if err := r.Stop(hurry); err != nil {
			t.Error(err)
		}
		if js := list(t, db, jobs.Waiting); len(js) != 1 || js[0].Tries != 0 || js[0].Fault != "" {
			t.Errorf("%+v", js)
		}
		if err := newQueue(t, db, jobs.Options{}).Stop(ctx); err != nil {
			t.Errorf("stopped before it was started: %v", err)
		}
	})
}

// killedEnv names the database for the process that TestKilled kills.
const killedEnv = "YUANBA_TEST_JOBS_KILLED"

// TestBeKilled is that process: it takes a job and a turn and never ends them.
func TestBeKilled(t *testing.T) {
	dsn := os.Getenv(killedEnv)
	if dsn == "" {
		return // this is the parent's run of all tests
	}
	db, err := sqldb.Open(ctx, dsn, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	turnBegan := make(chan struct{})
	q := jobs.New(db, jobs.Options{Timetable: jobs.Timetable{{Name: "test.turn", Every: time.Millisecond, Run: func(context.Context) error {
		close(turnBegan)
		select {}
	}}}})
	jobs.Handle(q, remind, func(context.Context, *jobs.Job, lamp) error {
		<-turnBegan
		fmt.Println("began")
		select {}
	})
	q.Start()
	select {}
}

// A process is killed in the middle of a job and of a turn: another one does both
// again, once their leases have ended, and not before.
func TestKilled(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, dsn string, db *sqldb.DB, clock *sqldbtest.Clock) {
		turns := 0
		q := newQueue(t, db, jobs.Options{Timetable: jobs.Timetable{{Name: "test.turn", Every: time.Hour, Run: func(context.Context) error {
			turns++
			return nil
		}}}})
		var got []int
		jobs.Handle(q, remind, func(_ context.Context, j *jobs.Job, l lamp) error {
			got = append(got, l.Number*10+j.Tries)
			return nil
		})
		enqueue(t, db, q, 1, jobs.Opts{})
		enqueue(t, db, q, 2, jobs.Opts{MaxTries: 1})

		child := exec.Command(os.Args[0], "-test.run=^TestBeKilled$")
		child.Env = append(os.Environ(), killedEnv+"="+dsn)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 2 && lines.Scan(); n++ {
			if lines.Text() != "began" {
				t.Errorf("the child says: %s", lines.Text())
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait() // says that it was killed

		clock.Set(time.Now())
		if runDue(t, q); len(got) != 0 || turns != 0 {
			t.Errorf("taken from a process that may live: %v, %d turns", got, turns)
		}
		clock.Add(2 * time.Minute)
		runDue(t, q)
		if !slices.Equal(got, []int{12}) {
			t.Errorf("run: %v", got)
		}
		if turns != 1 {
			t.Errorf("%d turns", turns)
		}
		if js := list(t, db, jobs.Failed); len(js) != 1 || js[0].Fault == "" {
			t.Errorf("the one with a single try: %+v", js)
		}
		if s := q.Stats(); s.Rescued != 2 || s.Turns < 1 {
			t.Errorf("%+v", s)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		clock := sqldbtest.NewClock(time.Now())
		db, path := sqldbtest.SQLiteAt(t, sqldb.Options{Clock: clock.Now})
		run(t, path, db, clock)
	})
	if os.Getenv(sqldbtest.PostgresEnv) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		clock := sqldbtest.NewClock(time.Now())
		db, dsn := sqldbtest.PostgresAt(t, sqldb.Options{Clock: clock.Now})
		run(t, dsn, db, clock)
	})
}
