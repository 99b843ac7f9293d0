// SPDX-License-Identifier: Apache-2.0

package sim_test

import (
	"context"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/kit/when"
	"yuanba/internal/sim"
)

var end = time.Date(2026, 6, 30, 10, 0, 0, 0, i18n.Zone)

// town makes a small simulated year on the database.
func town(t *testing.T, db *sqldb.DB, clock *sim.Clock, plan sim.Plan) sim.Town {
	t.Helper()
	ctx := context.Background()
	keys, err := seal.Forgotten()
	if err != nil {
		t.Fatal(err)
	}
	box, cal := seal.New(keys), when.Default()
	tn := sim.Town{DB: db, Places: places.New(db), Orgs: orgs.New(db, orgs.Options{Role: access.KnownRole}), People: people.New(db, box, people.Options{}), Calendar: cal, Clock: clock}
	tn.Access = access.New(db, tn.Orgs, box, access.Options{Demo: true, Random: sim.Chance(plan.Seed)})
	tn.Matters = matters.New(matters.Needs{DB: db, Places: tn.Places, Orgs: tn.Orgs, People: tn.People, Calendars: calendars.New(db), Seal: box, Bus: bus.New(), Random: sim.Chance(plan.Seed)})
	tn.Volunteers = volunteers.New(volunteers.Needs{DB: db, Places: tn.Places, Orgs: tn.Orgs, People: tn.People, Matters: tn.Matters, Seal: box})
	if err := tn.Matters.LoadCatalogue(ctx); err != nil {
		t.Fatal(err)
	}
	if err := sim.Make(ctx, tn, plan); err != nil {
		t.Fatal(err)
	}
	return tn
}

func TestYear(t *testing.T) {
	t.Parallel()
	plan := sim.Plan{Seed: 7, End: end, Solved: 120, Others: 60, Open: 56}
	clock := sim.NewClock(end.AddDate(-1, -1, 0))
	o := sqldb.Options{Clock: clock.Now, IDs: sim.IDs(plan.Seed), Relaxed: true}
	db := sqldbtest.SQLite(t, o)
	tn := town(t, db, clock, plan)

	counts := map[matters.State]int{}
	solved := 0
	var f matters.Filter
	f.Most = 200
	for {
		p, err := tn.Matters.List(t.Context(), scope.Program("test"), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Cards {
			counts[c.State]++
		}
		if !p.More {
			break
		}
		f.Before = p.Cards[len(p.Cards)-1].ID
	}
	if err := db.Read(t.Context(), func(tx *sqldb.Tx) error {
		n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM matter WHERE state = 'closed' AND solved = 'yes' AND channel = 'web'`))
		solved = int(n)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if solved < plan.Solved {
		t.Errorf("%d matters of the platform are solved, want %d; states %v", solved, plan.Solved, counts)
	}
	for _, s := range matters.Flow.States() {
		if s != matters.Joined && counts[s] == 0 {
			t.Errorf("no matter is %s: %v", s, counts)
		}
	}
	report, err := trail.Verify(t.Context(), db, trail.Options{Now: end, Records: []trail.Checked{{Noun: "matter", Each: tn.Matters.EachDigest}}})
	if err != nil {
		t.Fatal(err)
	}
	if report.FirstFault != nil && report.FirstFault.Kind != "unsealed" {
		t.Errorf("the trail of the year: %+v", report.FirstFault)
	}
}

func TestSameSeedSameTown(t *testing.T) {
	t.Parallel()
	plan := sim.Plan{Seed: 3, End: end, Solved: 20, Others: 10, Open: 14}
	sum := func() string {
		clock := sim.NewClock(end.AddDate(-1, -1, 0))
		db := sqldbtest.SQLite(t, sqldb.Options{Clock: clock.Now, IDs: sim.IDs(plan.Seed), Relaxed: true})
		tn := town(t, db, clock, plan)
		p, err := tn.Matters.List(t.Context(), scope.Program("test"), matters.Filter{Most: 60})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, c := range p.Cards {
			text += c.Number + string(c.State) + c.Title + c.MovedAt.String() + "\n"
		}
		return text
	}
	if a, b := sum(), sum(); a != b {
		t.Errorf("two towns of one seed differ:\n%s\n%s", a, b)
	}
}
