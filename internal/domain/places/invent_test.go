// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// invented is Qionglai with grids, courtyards and invented outlines.
func invented(t *testing.T, db *sqldb.DB) *places.Service {
	t.Helper()
	s := qionglai(t, db)
	if err := s.Furnish(ctx, admin, places.Generate(s.Tree(), 42, yards), ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Draw(ctx, admin, places.Invent(s.Tree(), 42)); err != nil {
		t.Fatal(err)
	}
	return s
}

// Every place has ground, and a point of the county is in one grid, which lies
// where the towns and villages above it do.
func TestInvent(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	s := invented(t, db)
	tree := s.Tree()
	inside := map[id.ID]*geo.Index[int]{}
	for _, k := range []places.Kind{places.City, places.Town, places.Village, places.Grid} {
		for _, p := range tree.All(k) {
			shape, ok := tree.Outline(p.ID)
			if !ok || p.Accuracy != places.Approximate {
				t.Fatalf("%s has no outline, or one that is not said to be invented", p.Name.ZH)
			}
			inside[p.ID] = new(geo.Index[int])
			inside[p.ID].Add(1, shape)
			if at, ok := tree.Locate(p.Point.Lon(), p.Point.Lat()); !ok || at.Path[k.Level()] != p.ID {
				t.Errorf("the point of %s is in %s", p.Name.ZH, at.Name.ZH)
			}
		}
	}
	for _, y := range tree.All(places.Courtyard) {
		if at, ok := tree.Locate(y.Point.Lon(), y.Point.Lat()); !ok || at.ID != y.Parent {
			t.Errorf("%s is put into %s", y.Name.ZH, at.Name.ZH)
		}
	}
	holds := func(d id.ID, p geo.Point) (yes bool) {
		inside[d].At(p, func(int) bool { yes = true; return false })
		return yes
	}
	city, _ := tree.City()
	whole, _ := tree.Outline(city.ID)
	bound, rnd, found := whole.Bound(), rand.New(rand.NewPCG(1, 1)), 0
	for range 2000 {
		p := geo.Point{bound.Min[0] + rnd.Float64()*(bound.Max[0]-bound.Min[0]), bound.Min[1] + rnd.Float64()*(bound.Max[1]-bound.Min[1])}
		at, ok := tree.Locate(p.Lon(), p.Lat())
		if ok != holds(city.ID, p) {
			t.Errorf("%s: located %v, in the county %v", geo.Where(p), ok, !ok)
		}
		if !ok {
			continue
		}
		found++
		if at.Kind != places.Grid || !holds(at.Path[scope.Village], p) || !holds(at.Path[scope.Town], p) {
			t.Errorf("%s is in %s, but not in all above it", geo.Where(p), tree.Words(at.Path, "").ZH)
		}
	}
	if found < 800 {
		t.Errorf("only %d of 2000 points are in the county", found)
	}
	report, err := trail.Verify(t.Context(), db, trail.Options{Records: []trail.Checked{{Noun: places.Noun, Each: places.Digests()[places.Noun]}}})
	if err != nil || report.FirstFault != nil && report.FirstFault.Kind != "unsealed" {
		t.Errorf("the trail: %+v %v", report.FirstFault, err)
	}
}

// The check of imports must find nothing to say of invented outlines: they come
// in as real ones, and what was invented ends.
func TestInventedPassesTheCheck(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	s := invented(t, db)
	tree := s.Tree()
	var all []string
	for _, k := range []places.Kind{places.City, places.Town, places.Village, places.Grid} {
		for _, p := range tree.All(k) {
			shape, _ := tree.Outline(p.ID)
			all = append(all, feature(p.Code, "", shape))
		}
	}
	r := boundaries(t, s, places.BoundaryImport{}, all...)
	if r.Added != len(all) || r.Rejected > 0 || len(r.Remarks) > 0 {
		t.Fatalf("%d of %d taken\n%s%s", r.Added, len(all), said(r.Faults), said(r.Remarks))
	}
	if r := boundaries(t, s, places.BoundaryImport{}, all...); r.Unchanged != len(all) {
		t.Errorf("the second time: %+v", r)
	}
	for _, p := range s.Tree().All(places.Grid) {
		if p.Accuracy != places.Exact {
			t.Fatalf("%s is still %q", p.Name.ZH, p.Accuracy)
		}
	}
	if err := s.Draw(ctx, admin, places.Invent(s.Tree(), 1)); errs.KindOf(err) != errs.Conflict {
		t.Errorf("inventing over real outlines: %v", err)
	}
}

// One real outline ends all that were invented, whether it is imported or set.
func TestInventedGivesWay(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for _, name := range []string{"imported", "set"} {
			s := places.New(db)
			if name == "imported" {
				s = invented(t, db)
			}
			wenjun := code(t, s, "510183001")
			neighbour, _ := s.Tree().Outline(code(t, s, "510183002").ID)
			if name == "imported" { // the ground of another, which stands in nobody's way
				if r := boundaries(t, s, places.BoundaryImport{Dry: true}, feature("510183001", "", neighbour)); r.Added != 1 {
					t.Fatalf("tried: %+v", r)
				}
				if n := withOutline(s.Tree()); n < 900 {
					t.Fatalf("a trial has left %d outlines", n)
				}
				if r := boundaries(t, s, places.BoundaryImport{}, feature("510183001", "", neighbour)); r.Added != 1 || len(r.Remarks) != 1 {
					t.Fatalf("imported: %+v %s", r, said(r.Remarks))
				}
			} else if err := s.SetShape(ctx, admin, wenjun.ID, places.Shaping{Shape: square(1, 1, 2, 2)}); err != nil {
				t.Fatal(err)
			}
			tree := s.Tree()
			if n := withOutline(tree); n != 1 {
				t.Errorf("%s: %d places have outlines", name, n)
			}
			if at, _ := tree.Get(wenjun.ID); at.Accuracy != places.Exact {
				t.Errorf("%s: the real outline is %q", name, at.Accuracy)
			}
			for _, v := range tree.All(places.Courtyard) {
				if v.Accuracy != places.Unknown {
					t.Errorf("%s: %s still has a point", name, v.Name.ZH)
				}
			}
			if at, _ := tree.Get(code(t, s, "510183103").ID); at.Accuracy != places.Approximate {
				t.Errorf("%s: the seat of a town is no longer known", name)
			}
			report, err := trail.Verify(t.Context(), db, trail.Options{Records: []trail.Checked{{Noun: places.Noun, Each: places.Digests()[places.Noun]}}})
			if err != nil || report.FirstFault != nil && report.FirstFault.Kind != "unsealed" {
				t.Errorf("%s: the trail: %+v %v", name, report.FirstFault, err)
			}
		}
	})
}

func withOutline(t *places.Tree) (n int) {
	for _, k := range places.Kinds {
		for _, p := range t.All(k) {
			if _, ok := t.Outline(p.ID); ok {
				n++
			}
		}
	}
	return n
}

func TestInventNeedsSeats(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	s := qionglai(t, db)
	if v := places.Invent(s.Tree(), 1); v != nil {
		t.Errorf("%d outlines without a single seat", len(v))
	}
	if err := s.Draw(ctx, admin, places.Invention{}); err != nil {
		t.Errorf("nothing to draw: %v", err)
	}
	bad := places.Invention{code(t, s, "510183001").ID: geo.Shape{}}
	if err := s.Draw(ctx, admin, bad); errs.KindOf(err) != errs.Invalid || !strings.Contains(errs.Public(err)[0].Key, "fault") {
		t.Errorf("a broken outline: %v", err)
	}
}
