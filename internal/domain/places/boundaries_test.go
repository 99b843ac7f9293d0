// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/locale"
)

// square is a shape near Qionglai, in hundredths of a degree from 103.3, 30.3.
func square(x, y, w, h float64) geo.Shape {
	p := func(x, y float64) geo.Point { return geo.Point{103.3 + x/100, 30.3 + y/100} }
	return geo.Shape{{orb.Ring{p(x, y), p(x+w, y), p(x+w, y+h), p(x, y+h), p(x, y)}}}
}

func feature(code, name string, s geo.Shape) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q},"geometry":%s}`, code, name, geo.AppendShape(nil, s, 7))
}

func boundaries(t *testing.T, s *places.Service, in places.BoundaryImport, features ...string) places.Result {
	t.Helper()
	in.File = strings.NewReader(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`)
	if in.CRS == "" {
		in.CRS = geo.WGS84
	}
	r, err := s.ImportBoundaries(ctx, admin, in)
	if err != nil {
		t.Fatal(err)
	}
	if r.Read != r.Added+r.Unchanged+r.Rejected || len(r.Faults) != r.Rejected {
		t.Errorf("the counts do not add up: %+v", r)
	}
	return r
}

// said puts faults into words, which must name the places.
func said(faults []places.Fault) string {
	var all []string
	for _, f := range faults {
		for _, e := range errs.Public(f.Err) {
			all = append(all, locale.Words.T(i18n.ZH, e.Key, e.Args...))
		}
	}
	return strings.Join(all, "\n")
}

func TestBoundaryFaults(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := qionglai(t, db)
		const bowtie = `{"type":"Feature","properties":{"name":"平乐镇"},"geometry":{"type":"Polygon","coordinates":[[[103.3,30.3],[103.4,30.4],[103.4,30.3],[103.3,30.4],[103.3,30.3]]]}}`
		const open = `{"type":"Feature","properties":{"name":"夹关镇"},"geometry":{"type":"Polygon","coordinates":[[[103.3,30.3],[103.4,30.4],[103.4,30.3]]]}}`
		const point = `{"type":"Feature","properties":{"name":"火井镇"},"geometry":{"type":"Point","coordinates":[103.3,30.3]}}`
		r := boundaries(t, s, places.BoundaryImport{Level: places.Town},
			feature("510183001", "", square(0, 0, 2, 2)),   // 文君街道
			feature("", "临邛街道", square(1.9, 0, 2, 2)),      // overlaps 文君街道
			feature("", "羊安街道", square(10, 10, 2, 2)),      // sound
			feature("510183001", "", square(20, 20, 1, 1)), // again
			feature("", "宝塔社区", square(20, 20, 1, 1)),      // not a town
			feature("", "没有这里", square(20, 20, 1, 1)), bowtie, open, point, `{"type":"Feature","geometry":null}`)
		if r.Added != 1 || r.Rejected != 9 {
			t.Errorf("%d added, %d rejected", r.Added, r.Rejected)
		}
		keys := map[int]string{}
		for _, f := range r.Faults {
			keys[f.Row] = errs.Public(f.Err)[0].Key
		}
		for row, want := range map[int]string{
			1: "place.shape.overlap", 2: "place.shape.overlap", 4: "place.import.again", 5: "place.import.unmatched", 6: "place.import.unmatched",
			7: "geo.fault.crossing", 8: "geo.fault.open", 9: "place.import.outline", 10: "geo.empty",
		} {
			if keys[row] != want {
				t.Errorf("feature %d: %s, want %s", row, keys[row], want)
			}
		}
		words := said(r.Faults)
		for _, want := range []string{"文君街道", "临邛街道", "平方米", "30.350000, 103.350000"} {
			if !strings.Contains(words, want) {
				t.Errorf("the faults do not name %s:\n%s", want, words)
			}
		}
		area := 0.001 * 0.02 * 111_195 * 111_195 * math.Cos(30.31*math.Pi/180)
		if got := errs.Public(r.Faults[0].Err)[0].Args[2].(int64); math.Abs(float64(got)-area) > 0.01*area {
			t.Errorf("an overlap of %d m², want %.0f", got, area)
		}
		if p, ok := s.Tree().Locate(103.41, 30.41); !ok || p.Name.ZH != "羊安街道" || p.Accuracy != places.Exact || p.Area == 0 {
			t.Errorf("found %v %+v", ok, p)
		}
		if _, ok := s.Tree().Locate(103.31, 30.31); ok {
			t.Error("a rejected outline is searched")
		}
		verify(t, db)
	})
}

func TestBoundaryGaps(t *testing.T) {
	t.Parallel()
	s := qionglai(t, sqldbtest.SQLite(t))
	town := code(t, s, "510183115") // 临济镇, five villages
	v := s.Tree().Children(town.ID)
	in := places.BoundaryImport{}
	r := boundaries(t, s, in, feature(town.Code, "", square(0, 0, 10, 10)),
		feature(v[0].Code, "", square(0, 0, 10, 2)), feature(v[1].Code, "", square(0, 2, 10, 2)),
		feature(v[2].Code, "", square(0, 4, 10, 2)), feature(v[3].Code, "", square(0, 6, 9, 2)), // leaves 1 × 2 out
		feature(v[4].Code, "", square(0, 8, 10, 3))) // 1 high beyond the town
	if r.Added != 6 {
		t.Fatalf("%+v\n%s", r, said(r.Faults))
	}
	words := said(r.Remarks)
	for _, want := range []string{"临济镇境内有", v[3].Name.ZH, v[4].Name.ZH + "有", "伸到临济镇外面"} {
		if !strings.Contains(words, want) {
			t.Errorf("the remarks do not say %s:\n%s", want, words)
		}
	}
	if p, ok := s.Tree().Locate(103.35, 30.31); !ok || p.ID != v[0].ID {
		t.Errorf("the deepest place: %v %+v", ok, p)
	}
	if p, ok := s.Tree().Locate(103.395, 30.37); !ok || p.ID != town.ID {
		t.Errorf("in the gap: %v %+v", ok, p)
	}
	if p, ok := s.Tree().Locate(103.35, 30.32); !ok || p.Code != min(v[0].Code, v[1].Code) {
		t.Errorf("on the border: %v %+v", ok, p)
	}

	wantKey(t, "an outline over a sister's", s.SetShape(ctx, admin, v[0].ID, places.Shaping{Shape: square(0, 0, 10, 3)}), "place.shape.overlap")
	wantKey(t, "a broken outline", s.SetShape(ctx, admin, v[0].ID, places.Shaping{Shape: geo.Shape{{orb.Ring{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}}), "geo.fault.crossing")
	if err := s.SetShape(ctx, admin, v[3].ID, places.Shaping{Shape: square(0, 6, 10, 2)}); err != nil {
		t.Fatal(err)
	}
	if p, _ := s.Tree().Locate(103.395, 30.37); p.ID != v[3].ID {
		t.Errorf("the gap is closed, but the point is in %s", p.Name.ZH)
	}
	into, err := s.Merge(ctx, admin, places.Merging{Of: []id.ID{v[1].ID}, Into: v[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := s.Tree().Locate(103.35, 30.33); p.ID != into {
		t.Errorf("after the merger the point is in %s", p.Name.ZH)
	}

	var drawn struct {
		Features []struct {
			Properties struct{ Name string }
			Geometry   struct{ Type string }
		}
	}
	if err := json.Unmarshal(s.Tree().GeoJSON(places.Village), &drawn); err != nil || len(drawn.Features) != 4 {
		t.Errorf("the map: %v %+v", err, drawn)
	}
}

// The towns' outlines import with each of 14 named; any point of the county lies
// in one of them; the county's outline in GCJ-02 fits around them.
func TestTownsOfQionglai(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := qionglai(t, db)
		r, err := s.ImportBoundaries(ctx, admin, places.BoundaryImport{File: shared(t, "towns_wgs84.geojson"), CRS: geo.WGS84, Level: places.Town})
		if err != nil || r.Added != 14 || len(r.Faults)+len(r.Remarks) != 0 {
			t.Fatalf("%+v %v\n%s%s", r, err, said(r.Faults), said(r.Remarks))
		}
		r, err = s.ImportBoundaries(ctx, admin, places.BoundaryImport{File: shared(t, "county_gcj02.geojson"), CRS: geo.GCJ02, Level: places.City})
		if err != nil || r.Added != 1 || r.Rejected != 0 {
			t.Fatalf("%+v %v %s", r, err, said(r.Faults))
		}
		again, err := s.ImportBoundaries(ctx, admin, places.BoundaryImport{File: shared(t, "towns_wgs84.geojson"), CRS: geo.WGS84})
		if err != nil || again.Unchanged != 14 || again.Added != 0 {
			t.Errorf("the second time: %+v %v", again, err)
		}
		if len(again.Remarks) > 0 {
			t.Logf("towns against the county: %s", said(again.Remarks))
		}
		tree := s.Tree()
		for _, town := range tree.All(places.Town) {
			p, ok := tree.Locate(town.Point[0], town.Point[1])
			if !ok || p.ID != town.ID || town.Area < 1e7 {
				t.Errorf("the middle of %s lies in %s (%v); %.0f m²", town.Name.ZH, p.Name.ZH, ok, town.Area)
			}
		}
		for name, at := range map[string]geo.Point{"平乐镇": {103.33, 30.35}, "羊安街道": {103.68, 30.41}} {
			if p, _ := tree.Locate(at[0], at[1]); p.Name.ZH != name {
				t.Errorf("%v lies in %s, not %s", at, p.Name.ZH, name)
			}
		}
		if _, ok := tree.Locate(104.06, 30.67); ok {
			t.Error("the middle of Chengdu lies in Qionglai")
		}
		verify(t, db)
	})
}

func BenchmarkLocate(b *testing.B) {
	s := qionglai(b, sqldbtest.SQLite(b))
	if _, err := s.ImportBoundaries(ctx, admin, places.BoundaryImport{File: shared(b, "towns_wgs84.geojson"), CRS: geo.WGS84}); err != nil {
		b.Fatal(err)
	}
	tree, n, in := s.Tree(), 0, 0
	for b.Loop() {
		if _, ok := tree.Locate(103.05+float64(n*7919%7000)/10_000, 30.2+float64(n*104729%3000)/10_000); ok {
			in++
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "points/s")
	b.ReportMetric(float64(in)/float64(n), "inside")
}

func BenchmarkFind(b *testing.B) {
	tree := qionglai(b, sqldbtest.SQLite(b)).Tree()
	for b.Loop() {
		if len(tree.Find("文君 宝塔", 10)) == 0 {
			b.Fatal("nothing found")
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	s := qionglai(b, sqldbtest.SQLite(b))
	if err := s.Furnish(ctx, admin, places.Generate(s.Tree(), 1, nil), ""); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Load(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever a file holds, importing it fails in words or leaves a sound tree.
func FuzzImportBoundaries(f *testing.F) {
	f.Add([]byte(feature("510183001", "文君街道", square(0, 0, 1, 1))))
	f.Add([]byte(`{"type":"FeatureCollection","features":[` + feature("", "临邛街道", square(0, 0, 1, 1)) + `,` + feature("510183004", "", square(.5, 0, 1, 1)) + `]}`))
	s := qionglai(f, sqldbtest.SQLite(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := s.ImportBoundaries(ctx, admin, places.BoundaryImport{File: strings.NewReader(string(b)), CRS: geo.GCJ02, Dry: true})
		if err != nil && errs.Public(err) == nil && !strings.Contains(err.Error(), "overlap") {
			t.Fatal(err)
		}
		if r.Read != r.Added+r.Unchanged+r.Rejected {
			t.Errorf("the counts do not add up: %+v", r)
		}
	})
}
