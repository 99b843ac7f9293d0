// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// yards names two courtyards in each urban community.
func yards(v places.Place) []string {
	if v.Community != places.Urban {
		return nil
	}
	return []string{"花园小区", "东门大院"}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := qionglai(t, db)
		pr := places.Generate(s.Tree(), 42, yards)
		if d := cmp.Diff(pr, places.Generate(s.Tree(), 42, yards)); d != "" {
			t.Errorf("the same seed gives something else: %s", d)
		}
		if cmp.Equal(pr, places.Generate(s.Tree(), 43, yards)) {
			t.Error("another seed gives the same")
		}
		if err := s.Furnish(ctx, admin, pr, ""); err != nil {
			t.Fatal(err)
		}
		tree := s.Tree()
		for _, v := range tree.All(places.Village) {
			grids, towns := 0, tree.Path(v.ID)[scope.Town]
			for _, g := range tree.Children(v.ID) {
				if g.Kind == places.Grid {
					grids++
				}
				if g.Accuracy != places.Approximate || geo.Distance(g.Point, v.Point) > 2000 {
					t.Errorf("%s %s is %.0f m from its village", v.Name.ZH, g.Name.ZH, geo.Distance(g.Point, v.Point))
				}
			}
			if grids < 2 || grids > 6 {
				t.Errorf("%s has %d grids", v.Name.ZH, grids)
			}
			town, _ := tree.Get(towns)
			if d := geo.Distance(v.Point, town.Point); d > 5000 || v.Accuracy != places.Approximate {
				t.Errorf("%s is %.0f m from %s", v.Name.ZH, d, town.Name.ZH)
			}
		}
		if n := tree.Len(places.Courtyard); n != 2*72 {
			t.Errorf("%d courtyards", n)
		}
		for _, c := range tree.All(places.Courtyard) {
			if c.Path[scope.Grid] == 0 || c.Path[scope.Village] == 0 {
				t.Errorf("courtyard %s has the path %v", c.Code, c.Path)
			}
		}
		if pr := places.Generate(tree, 42, yards); len(pr.Points)+len(pr.Grids)+len(pr.Courtyards) != 0 {
			t.Errorf("a second time %d points, %d grids and %d courtyards are proposed", len(pr.Points), len(pr.Grids), len(pr.Courtyards))
		}
		near := tree.Nearest(103.47, 30.40, places.Grid, 3, 5000)
		if len(near) != 3 || near[0].Metres > near[1].Metres || near[0].Metres > 1000 {
			t.Errorf("nearest %+v", near)
		}
		verify(t, db)
	})
}

// The centres that ship lie in their towns.
func TestCentres(t *testing.T) {
	t.Parallel()
	s := qionglai(t, sqldbtest.SQLite(t))
	pr := places.Generate(s.Tree(), 1, nil)
	if _, err := s.ImportBoundaries(ctx, admin, places.BoundaryImport{File: shared(t, "towns_wgs84.geojson"), CRS: geo.WGS84}); err != nil {
		t.Fatal(err)
	}
	tree, right, all := s.Tree(), 0, 0
	for _, x := range append(tree.All(places.Town), tree.All(places.Village)...) {
		m, ok := pr.Points[x.ID]
		if !ok {
			t.Errorf("%s has no point", x.Name.ZH)
			continue
		}
		in, found := tree.Locate(m.Point[0], m.Point[1])
		if x.Kind == places.Town && in.ID != x.ID {
			t.Errorf("the centre of %s lies in %s", x.Name.ZH, in.Name.ZH)
		}
		if all++; found && in.ID == x.Path[scope.Town] {
			right++
		}
	}
	t.Logf("%d of %d guessed points lie in their town", right, all)

	inside := places.Generate(tree, 1, nil) // now the outlines are known
	for _, v := range tree.All(places.Village) {
		m := inside.Points[v.ID]
		if in, _ := tree.Locate(m.Point[0], m.Point[1]); in.ID != v.Path[scope.Town] {
			t.Errorf("%s is put into %s", v.Name.ZH, in.Name.ZH)
		}
	}
}
