// SPDX-License-Identifier: Apache-2.0

package geo_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yuanba/internal/kit/geo"
)

// shared opens a file of the measuring data beside the checkout, or skips.
func shared(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../../shared/data/qionglai", name))
	if err != nil {
		t.Skipf("the measuring data is not here: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func features(t testing.TB, name string) []geo.Feature {
	t.Helper()
	fs, err := geo.Read(shared(t, name))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		if f.Err != nil || f.Shape == nil {
			t.Fatalf("feature %d: %v", f.Row, f.Err)
		}
	}
	return fs
}

// The county's outline, converted from GCJ-02, must lie on the towns' outlines.
// Whoever made the towns' file undid the offset in one step, without repeating,
// which leaves it 0.4 m off: that much of the distance is theirs.
func TestCountyFitsTowns(t *testing.T) {
	t.Parallel()
	towns, county := features(t, "towns_wgs84.geojson"), features(t, "county_gcj02.geojson")
	var border []geo.Point
	for _, f := range towns {
		border = append(border, f.Shape[0][0]...)
	}
	outline := geo.GCJ02.Into(county[0].Shape)[0][0]
	away := make([]float64, len(outline))
	for i, p := range outline {
		away[i] = math.Inf(1)
		for _, q := range border {
			away[i] = min(away[i], geo.Distance(p, q))
		}
	}
	slices.Sort(away)
	median := away[len(away)/2]
	t.Logf("%d points, median %.3f m, 90%% within %.3f m, worst %.1f m", len(away), median, away[len(away)*9/10], away[len(away)-1])
	if median > 1 {
		t.Errorf("the converted county is %.2f m off the towns", median)
	}
}

func TestTownsAreSound(t *testing.T) {
	t.Parallel()
	towns, county := features(t, "towns_wgs84.geojson"), features(t, "county_gcj02.geojson")
	var parts []geo.Shape
	for i, a := range towns {
		if f := geo.Check(a.Shape); len(f) > 0 {
			t.Errorf("%s: %v", a.Text("name"), f)
		}
		for _, b := range towns[:i] {
			p, ok, err := geo.Usual.Overlap(a.Shape, b.Shape)
			if err != nil || ok {
				t.Errorf("%s and %s share %.0f m² at %s: %v", a.Text("name"), b.Text("name"), p.Area, geo.Where(p.At), err)
			}
		}
		parts = append(parts, a.Shape)
	}
	for name, whole := range map[string]geo.Shape{"holes": nil, "county": geo.GCJ02.Into(county[0].Shape)} {
		p, ok, err := geo.Usual.Gap(whole, parts)
		if err != nil || ok {
			t.Errorf("%s: uncovered %.0f m² at %s: %v", name, p.Area, geo.Where(p.At), err)
		}
	}
}
