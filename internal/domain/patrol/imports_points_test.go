// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"fmt"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/scope"
)

// A file of points is taken in once, row by row; what is wrong is told beside its column,
// and a second time changes nothing, even where a point was renamed or taken off.
func TestImportPoints(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		x, y := w.grid.Point[0], w.grid.Point[1]
		outline := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":%q},"geometry":{"type":"Polygon","coordinates":[[[%f,%f],[%f,%f],[%f,%f],[%f,%f],[%f,%f]]]}}]}`,
			w.grid.Code, x-.001, y-.001, x+.001, y-.001, x+.001, y+.001, x-.001, y+.001, x-.001, y-.001)
		res, err := w.Places.ImportBoundaries(ctx, scope.Program(matters.Importer), places.BoundaryImport{File: strings.NewReader(outline), CRS: geo.WGS84})
		if err != nil || res.Added != 1 {
			t.Fatalf("outline: %+v, %v", res, err)
		}
		at := func(d float64) string { return fmt.Sprintf("%.6f,%.6f", x+d, y+d) }
		file := "\ufeff编号,网格,种类,名称,经度,纬度\n" +
			"h-1," + w.grid.Code + ",消火栓,巷口消火栓," + at(0) + "\n" +
			"h-2,,hydrant,后门消火栓," + at(0.00002) + "\n" + // the map says which grid
			"h-3," + w.grid.Code + ",喷泉,广场喷泉," + at(0) + "\n" +
			"h-4," + w.grid.Code + ",river,太远的河沟,1,1\n" +
			"h-5,没有的网格,river,河沟," + at(0) + "\n" +
			"h 6," + w.grid.Code + ",river,河沟," + at(0) + "\n" +
			"h-7," + w.grid.Code + ",river\n"
		take := func(by scope.Actor, file string, dry bool) (matters.Taken, []string) {
			t.Helper()
			var faults []string
			got, err := w.Patrol.ImportPoints(ctx, by, patrol.PointImporting{File: strings.NewReader(file), Dry: dry, Fault: func(f matters.RowFault) error {
				faults = append(faults, fmt.Sprintf("%d %s %s", f.Row, f.Field, errs.Public(f.Err)[0].Key))
				return nil
			}})
			w.must(err)
			return got, faults
		}
		standing := func() []patrol.Point {
			t.Helper()
			ps, err := w.Patrol.ListPoints(ctx, w.As("wang"), w.grid.ID)
			w.must(err)
			return ps
		}
		program := scope.Program(matters.Importer)
		got, faults := take(program, file, true)
		want := "[8  import.row.width 4 kind patrol.point.kind 5 lat patrol.point.outside 6 grid patrol.grid.none 7 id import.id]"
		if got.Read != 7 || got.Added != 2 || got.Rejected != 5 || len(standing()) != 0 || fmt.Sprint(faults) != want {
			t.Fatalf("tried: %+v, %v, %d points", got, faults, len(standing()))
		}
		if got, _ = take(program, file, false); got.Added != 2 || got.Rejected != 5 {
			t.Fatalf("taken: %+v", got)
		}
		ps := standing()
		if len(ps) != 2 || ps[0].Kind != patrol.Hydrant || ps[0].Name != "巷口消火栓" || ps[1].Grid() != w.grid.ID || len(ps[0].Code) != 8 {
			t.Fatalf("points: %+v", ps)
		}
		w.must(w.Patrol.Rename(ctx, w.As("wang"), ps[0].ID, 1, "西巷口消火栓"))
		w.must(w.Patrol.EndPoint(ctx, w.As("wang"), ps[1].ID))
		if got, _ = take(program, file, false); got.Added != 0 || got.Unchanged != 2 || len(standing()) != 1 {
			t.Errorf("again: %+v, %d points", got, len(standing()))
		}

		// Without a number all that the row says is it; JSON reads the same.
		lines := fmt.Sprintf("{\"kind\": \"river\", \"name\": \"门前河沟\", \"lon\": %f, \"lat\": %f, \"grid\": %q}\n{\"kind\": \"river\"}\n", w.grid.Point[0], w.grid.Point[1], w.grid.Code)
		if got, faults = take(w.As("wang"), lines, false); got.Added != 1 || fmt.Sprint(faults) != "[2 name import.column]" {
			t.Errorf("JSON: %+v, %v", got, faults)
		}
		if got, _ = take(w.As("wang"), lines, false); got.Added != 0 || got.Unchanged != 1 {
			t.Errorf("JSON again: %+v", got)
		}

		// Nobody adds points where they do not arrange the rounds.
		if got, faults = take(w.As("li"), strings.ReplaceAll(lines, "门前", "门后"), false); got.Added != 0 || got.Rejected != 2 || len(standing()) != 2 {
			t.Errorf("by a worker: %+v, %v", got, faults)
		}
		for _, bad := range []string{"", "kind,name\nriver,河沟\n", "\x1f\x8b damaged"} {
			_, err := w.Patrol.ImportPoints(ctx, program, patrol.PointImporting{File: strings.NewReader(bad)})
			if es := errs.Public(err); len(es) != 1 || es[0].Kind != errs.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}
