// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yuanba/internal/app"
	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/scope"
)

var importingActor = scope.Program(matters.Importer)

// takeRequests imports a city's requests.
func takeRequests(t *testing.T, town *apptest.Town, file string, dry bool) matters.Taken {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	taken, err := town.ImportMatters(t.Context(), app.Importing{Read: matters.ReadRequests, File: f, Dry: dry,
		Fault: func(f matters.RowFault) error { t.Errorf("row %d: %s: %v", f.Row, f.Field, f.Err); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

// fileSays counts in a city's file, by its own dates as texts: year, month, day, half
// of the day, time.
func fileSays(t *testing.T, file string) (rows, closed, late int, byAgency map[string]int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, n := range all[0] {
		at[n] = i
	}
	sortable := func(s string) string {
		p := strings.Fields(s)
		d, clock := strings.Split(p[0], "/"), p[1]
		if strings.HasPrefix(clock, "12:") {
			clock = "00" + clock[2:]
		}
		return d[2] + d[0] + d[1] + p[2] + clock
	}
	byAgency = map[string]int{}
	for _, r := range all[1:] {
		due, end := r[at["DueDate"]], r[at["CloseDate"]]
		rows++
		if end == "" {
			continue
		}
		closed++
		byAgency[r[at["Agency"]]]++
		if due != "" && sortable(end) > sortable(due) {
			late++
		}
	}
	return rows, closed, late, byAgency
}

// arrivedAs checks a town into which a city's requests alone were imported against
// their file.
func arrivedAs(t *testing.T, town *apptest.Town, file string) {
	t.Helper()
	ctx := t.Context()
	rows, closed, late, byAgency := fileSays(t, file)
	units, kinds := len(town.Orgs.Directory().Units()), len(town.Matters.Catalogue().Categories)
	if got := takeRequests(t, town, file, true); got.Added != rows || len(town.Orgs.Directory().Units()) != units {
		t.Errorf("the dry run says %+v, the file has %d", got, rows)
	}
	if got := takeRequests(t, town, file, false); got.Read != rows || got.Added != rows {
		t.Fatalf("%+v of %d", got, rows)
	}
	madeUnits, madeKinds := len(town.Orgs.Directory().Units()), len(town.Matters.Catalogue().Categories)
	if madeUnits == units || madeKinds == kinds {
		t.Errorf("%d units and %d categories, before %d and %d", madeUnits, madeKinds, units, kinds)
	}
	if got := takeRequests(t, town, file, false); got.Unchanged != rows || got.Added != 0 ||
		len(town.Orgs.Directory().Units()) != madeUnits || len(town.Matters.Catalogue().Categories) != madeKinds {
		t.Errorf("the second time: %+v, %d units, %d categories", got, len(town.Orgs.Directory().Units()), len(town.Matters.Catalogue().Categories))
	}
	p, err := town.Matters.Punctual(ctx, importingActor)
	if err != nil || p.Closed != closed || p.Late != late || late == 0 || late == closed {
		t.Errorf("the town has %+v (%v), the file %d closed and %d late", p, err, closed, late)
	}
	ls, err := town.Matters.Lessons(ctx, importingActor, 0, rows+1)
	if err != nil || len(ls) != closed {
		t.Fatalf("%d matters were handled, in the file %d: %v", len(ls), closed, err)
	}
	for _, l := range ls {
		u, _ := town.Orgs.Directory().Unit(l.Lead)
		byAgency[u.Name.ZH]--
		if k, ok := town.Matters.Catalogue().Get(l.Category); !ok || k.Name.ZH != l.Body {
			t.Fatalf("%q is in the category %q", l.Body, l.Category)
		}
	}
	for agency, n := range byAgency {
		if n != 0 {
			t.Errorf("%s: %d more in the file than in the town", agency, n)
		}
	}
	if rep, err := trail.Verify(ctx, town.DB, trail.Options{Records: town.Records()}); err != nil || !rep.OK {
		t.Errorf("the trail: %+v, %v", rep.FirstFault, err)
	}
}

// sentWithRules puts a file of rules in use, twice, and says how the town's own matters
// are sent.
func sentWithRules(t *testing.T, town *apptest.Town, file string) routing.Measured {
	t.Helper()
	for i := range 2 {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		rules, faults, err := routing.ReadTable(f, town.Routing.Town())
		if err = errors.Join(err, f.Close()); err != nil || len(faults) > 0 {
			t.Fatalf("%v, %v", faults, err)
		}
		if changed, err := town.Routing.Install(t.Context(), importingActor, rules, "of a test"); err != nil || changed != (i == 0) {
			t.Fatalf("time %d: changed is %v, %v", i+1, changed, err)
		}
	}
	v, err := town.Routing.Measure(t.Context(), importingActor)
	if err != nil || v.Edition != 1 {
		t.Fatalf("%+v, %v", v, err)
	}
	return v
}

func TestImportCityRequests(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		arrivedAs(t, town, filepath.Join("testdata", "requests.csv"))
		// Of 55 that were closed the newest 11; one kind has no rule.
		v := sentWithRules(t, town, filepath.Join("testdata", "requests_rules.csv"))
		if v.Matters != 55 || v.Tested != 11 || v.Written != v.Caught || v.Caught == 0 || v.Caught == v.Tested || v.Learned < v.Written {
			t.Errorf("%+v", v)
		}
	})
}

// TestImportBaltimore imports a real city's requests.
func TestImportBaltimore(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "..", "shared", "data", "requests311", "baltimore_first5000.csv")
	if _, err := os.Stat(file); err != nil {
		t.Skip("the real requests are not on this machine: " + err.Error())
	}
	town := apptest.New(t)
	arrivedAs(t, town, file)
	v := sentWithRules(t, town, filepath.Join("..", "..", "cmd", "yuanba", "testdata", "baltimore_rules.csv"))
	t.Logf("%+v", v)
	if v.Tested < 900 || v.Learned*100 < v.Tested*98 || v.Written*100 < v.Tested*95 {
		t.Errorf("%+v", v)
	}
}

func TestImportRequestFaults(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	const text = "id,type,agency,created,due,closed,lat,lon\n" +
		"1,Lamp,Works,2025-03-01 08:00:00,2025-03-02 08:00:00,2025-03-02 09:00:00,,\n" +
		"2,,,2025-03-01 08:00:00,,,,\n" +
		"3,Lamp,Works,soon,,,,\n" +
		"4,Lamp,Works,2025-03-01 08:00:00,2025-02-01 08:00:00,,,\n" +
		"5,Lamp,Works,2025-03-01 08:00:00,,,north,7\n" +
		"6,Lamp,Wo\x07rks,2025-03-01 08:00:00,,,,\n" +
		"7,La\x07mp,Works,2025-03-01 08:00:00,,,,\n"
	fields := ""
	got, err := town.ImportMatters(t.Context(), app.Importing{Read: matters.ReadRequests, File: strings.NewReader(text),
		Fault: func(f matters.RowFault) error { fields += f.ID + f.Field + " "; return nil }})
	if err != nil || got.Added != 1 || got.Rejected != 6 || fields != "2type 2agency 3created 5lat 6agency 7type 4due " {
		t.Errorf("%+v, %v: %s", got, err, fields)
	}
	if _, err := matters.ReadRequests(strings.NewReader("id,type,created\n")); err == nil {
		t.Error("a file without agencies was read")
	}
}
