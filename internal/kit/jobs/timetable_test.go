// SPDX-License-Identifier: Apache-2.0

package jobs_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// A week in virtual time, in two processes: each turn is run once, by one of
// them, and at its moment.
func TestAWeekOfTurns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		var got []string
		note := func(name string) func(context.Context) error {
			return func(context.Context) error {
				got = append(got, name+clock.Now().Format(" 02 15:04"))
				return nil
			}
		}
		table := jobs.Timetable{
			{Name: "night", At: "03:30", Run: note("night")}, // in China: 19:30
			{Name: "noon", At: "12:00", Run: note("noon")},   // 04:00
			{Name: "half", Every: 12 * time.Hour, Run: note("half")},
		}
		qs := []*jobs.Queue{newQueue(t, db, jobs.Options{Timetable: table}), newQueue(t, db, jobs.Options{Timetable: table})}
		var want []string
		for d := 2; d < 9; d++ {
			want = append(want, fmt.Sprintf("noon %02d 04:00", d), fmt.Sprintf("half %02d 12:00", d), fmt.Sprintf("night %02d 19:30", d), fmt.Sprintf("half %02d 00:00", d+1))
		}
		end := day.Add(7*24*time.Hour - time.Hour)
		for !clock.Now().After(end) {
			for _, q := range qs {
				runDue(t, q)
			}
			next, err := qs[0].NextDue(ctx)
			if err != nil || !next.After(clock.Now()) {
				t.Fatalf("next %s at %s, %v", next, clock.Now(), err)
			}
			clock.Set(next)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

// Turns missed are made up for by one; a turn that fails comes again soon.
func TestMissedAndFailedTurns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		turns, fail := 0, false
		q := newQueue(t, db, jobs.Options{Timetable: jobs.Timetable{{Name: "x", At: "12:00", Run: func(context.Context) error {
			turns++
			if fail {
				return io.EOF
			}
			return nil
		}}}})
		state := func() (s jobs.TurnState) {
			err := db.Read(ctx, func(tx *sqldb.Tx) error {
				ss, err := q.Turns(tx)
				if err == nil {
					s = ss[0]
				}
				return err
			})
			if err != nil || s.Name != "x" {
				t.Fatalf("%+v %v", s, err)
			}
			return s
		}
		if runDue(t, q); turns != 0 {
			t.Error("run at once")
		}
		clock.Add(10 * 24 * time.Hour)
		if runDue(t, q); turns != 1 {
			t.Errorf("%d turns after ten days", turns)
		}
		fail = true
		clock.Add(24 * time.Hour)
		for i := 1; i < 5; i++ {
			runDue(t, q)
			s := state()
			if turns != 1+i || s.Faults != i || s.Fault != "EOF" || s.Runs {
				t.Fatalf("%d turns, %+v", turns, s)
			}
			if p := s.Due.Sub(clock.Now()); p > time.Duration(i*i*i*i)*1100*time.Millisecond {
				t.Errorf("again only after %s", p)
			}
			clock.Set(s.Due)
		}
		fail = false
		runDue(t, q)
		if s := state(); s.Faults != 0 || s.Fault != "" || s.Due.Sub(clock.Now()) < time.Hour {
			t.Errorf("%+v", s)
		}
	})
}

// A turn nobody wants writes nothing, and comes back with the next.
func TestUnwantedTurns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		turns, asked, wanted := 0, 0, false
		q := newQueue(t, db, jobs.Options{Timetable: jobs.Timetable{{
			Name: "x", Every: 2 * time.Second,
			Wanted: func(context.Context) (bool, error) { asked++; return wanted, nil },
			Run:    func(context.Context) error { turns++; return nil },
		}}})
		runDue(t, q)
		for range 5 {
			clock.Add(2 * time.Second)
			runDue(t, q)
			runDue(t, q)
		}
		if asked != 5 || turns != 0 {
			t.Errorf("asked %d times, run %d", asked, turns)
		}
		wanted = true
		clock.Add(2 * time.Second)
		if runDue(t, q); turns != 1 {
			t.Errorf("%d turns", turns)
		}
	})
}

// Eight queues in the background at one due turn: one runs it.
func TestOneProcessRunsATurn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		var mu sync.Mutex
		turns := 0
		ran := make(chan struct{}, 100)
		table := jobs.Timetable{{Name: "x", At: "12:00", Run: func(context.Context) error {
			mu.Lock()
			turns++
			mu.Unlock()
			ran <- struct{}{}
			return nil
		}}}
		first := newQueue(t, db, jobs.Options{Timetable: table})
		runDue(t, first) // writes the line down
		clock.Add(24 * time.Hour)
		var qs []*jobs.Queue
		for range 8 {
			q := newQueue(t, db, jobs.Options{Timetable: table})
			q.Start()
			qs = append(qs, q)
		}
		<-ran
		for _, q := range qs {
			if err := q.Stop(ctx); err != nil {
				t.Error(err)
			}
		}
		if turns != 1 {
			t.Errorf("%d turns", turns)
		}
	})
}

func TestTimetableIsChecked(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	run := func(context.Context) error { return nil }
	for name, table := range map[string]jobs.Timetable{
		"no name":    {{Every: time.Hour, Run: run}},
		"two alike":  {{Name: "a", Every: time.Hour, Run: run}, {Name: "a", At: "01:00", Run: run}},
		"no run":     {{Name: "a", Every: time.Hour}},
		"no time":    {{Name: "a", Run: run}},
		"both":       {{Name: "a", Every: time.Hour, At: "01:00", Run: run}},
		"not a time": {{Name: "a", At: "25:00", Run: run}},
		"backwards":  {{Name: "a", Every: -time.Hour, Run: run}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			jobs.New(db, jobs.Options{Timetable: table})
		}()
	}
}
