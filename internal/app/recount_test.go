// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"yuanba/internal/app"
	"yuanba/internal/apptest"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/sim"
)

// A small year in which everybody does what they do: grids are walked, counters serve,
// people ask and help. Every slow count of it is what the town says, as many bookings and
// questions were made as were meant, and whatever somebody changes by hand in one place is
// found.
func TestRecount(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		_, path := sqldbtest.SQLiteAt(t)
		recounted(t, path)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		_, dsn := sqldbtest.PostgresAt(t)
		recounted(t, dsn)
	})
}

func recounted(t *testing.T, dsn string) {
	plan := sim.Plan{Seed: 11, End: apptest.Monday, Solved: 25, Others: 8, Open: 14, Bookings: 120, Asked: 240, Rounds: 1}
	a := played(t, dsn, plan)
	ctx := t.Context()
	count := func(want app.Expected) app.Recount {
		t.Helper()
		r, err := app.RecountDB(ctx, a.DB, want, func(int64, int64) {})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	grids := 0
	for _, g := range a.Places.Tree().All("grid") {
		if g.Open() {
			grids++
		}
	}
	r := count(app.Expected{Rounds: 2 * grids, Bookings: plan.Bookings, Questions: plan.Asked})
	if !r.OK || len(r.Faults) > 0 {
		t.Fatalf("%d faults, the first: %v", len(r.Faults), r.Faults[0])
	}
	if r.Coverage.Done == 0 || r.Coverage.Done == r.Coverage.Due || r.Seats.Seated == 0 || r.Points.Entries == 0 || r.Points.Days < 2 || r.Questions.Helped == 0 || r.Questions.Answered == 0 {
		t.Errorf("there is little to count: %+v", r)
	}
	if r := count(app.Expected{Rounds: 2*grids + 1, Bookings: plan.Bookings - 1, Questions: 0}); r.OK || len(r.Faults) != 3 {
		t.Errorf("what must be there and is not: %+v", r.Faults)
	}
	nothing := app.Expected{Rounds: -1, Bookings: -1, Questions: -1}
	before := map[string]int{}
	for _, by := range []struct{ of, hand string }{
		{"coverage", `DELETE FROM patrol_entry WHERE id = (SELECT max(id) FROM patrol_entry WHERE proof = 'code' AND duties <> '[]')`},
		{"coverage", `UPDATE patrol_entry SET proof = 'word' WHERE id = (SELECT max(id) FROM patrol_entry WHERE proof = 'code' AND duties <> '[]')`},
		{"coverage", `UPDATE patrol_round SET due = '[]' WHERE id = (SELECT min(id) FROM patrol_round)`},
		{"coverage", `UPDATE duty_giving SET given_at = given_at, ended_at = given_at WHERE id = (SELECT min(id) FROM duty_giving)`},
		{"coverage", `UPDATE patrol_point SET done = '' WHERE id = (SELECT min(id) FROM patrol_point WHERE done <> '')`},
		{"seats", `UPDATE booking SET seat = 99 WHERE id = (SELECT max(id) FROM booking WHERE seat > 0)`},
		{"seats", `UPDATE booking SET seat = 0 WHERE id = (SELECT min(id) FROM booking WHERE seat > 0)`},
		{"seats", `UPDATE booking SET slot_at = ends_at WHERE id = (SELECT min(id) FROM booking WHERE seat > 0)`},
		{"seats", `DELETE FROM booking WHERE id = (SELECT max(id) FROM booking WHERE state = 'served')`},
		{"points", `UPDATE volunteer_entry SET points = points + 1 WHERE id = (SELECT max(id) FROM volunteer_entry)`},
		{"points", `UPDATE volunteer_account SET balance = balance + 1 WHERE kind = 'member'`},
		{"points", `DELETE FROM volunteer_entry WHERE id = (SELECT min(id) FROM volunteer_entry)`},
		{"questions", `UPDATE question SET answered_at = NULL WHERE id = (SELECT max(id) FROM question WHERE answered_at IS NOT NULL)`},
	} {
		if err := a.DB.Write(ctx, func(tx *sqldb.Tx) error {
			n, err := tx.Exec(by.hand)
			if err == nil && n == 0 {
				t.Errorf("%s changes nothing", by.hand)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		now := map[string]int{}
		for _, f := range count(nothing).Faults {
			now[f.Of]++
		}
		if now[by.of] <= before[by.of] {
			t.Errorf("%s is not found: %v after %v", by.hand, now, before)
		}
		before = now
	}
}

// played is a town in which a year has passed in which everybody does what they do.
func played(t *testing.T, dsn string, plan sim.Plan) *app.App {
	t.Helper()
	dir := t.TempDir()
	clock := sim.NewClock(plan.End.AddDate(-1, -1, 0))
	a, err := app.New(t.Context(), app.Config{DB: dsn, Files: filepath.Join(dir, "files"), Keys: filepath.Join(dir, "keys.json")}, app.Options{Demo: true, Clock: clock.Now, IDs: sim.IDs(plan.Seed), Relaxed: true,
		Random: sim.Chance(plan.Seed), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := sim.Make(t.Context(), app.SimTown(a, clock), plan); err != nil {
		t.Fatal(err)
	}
	return a
}
