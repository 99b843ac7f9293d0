// SPDX-License-Identifier: Apache-2.0

package geo_test

import (
	"math/rand/v2"
	"testing"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
)

// Published pairs of the offset, from the open implementations that agree on it.
func TestToGCJ(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		wgs, gcj geo.Point
	}{
		{"Shanghai", geo.Point{121.5272106, 31.1774276}, geo.Point{121.531541859215, 31.17530398364597}},
		{"Shenzhen", geo.Point{113.912316, 22.543847}, geo.Point{113.9171764808363, 22.540796131694766}},
		{"Beijing", geo.Point{116.377817, 39.911954}, geo.Point{116.38404722455657, 39.91334545536069}},
		{"London", geo.Point{-0.1276, 51.5072}, geo.Point{-0.1276, 51.5072}},
	} {
		if d := geo.Distance(geo.ToGCJ(c.wgs), c.gcj); d > 0.5 {
			t.Errorf("%s: %.3f m off going", c.name, d)
		}
		if d := geo.Distance(geo.ToWGS(c.gcj), c.wgs); d > 0.5 {
			t.Errorf("%s: %.3f m off coming back", c.name, d)
		}
	}
}

func TestToWGSInverts(t *testing.T) {
	t.Parallel()
	r, worst := rand.New(rand.NewPCG(1, 2)), 0.0
	for range 20_000 { // well inside the box of the offset, whose edge is a cliff
		p := geo.Point{73 + 60*r.Float64(), 3 + 50*r.Float64()}
		worst = max(worst, geo.Distance(geo.ToWGS(geo.ToGCJ(p)), p), geo.Distance(geo.ToGCJ(geo.ToWGS(p)), p))
	}
	if worst > 0.001 {
		t.Errorf("there and back again is %.4f m off", worst)
	}
}

func TestParseCRS(t *testing.T) {
	t.Parallel()
	if c, err := geo.ParseCRS("gcj02"); c != geo.GCJ02 || err != nil {
		t.Errorf("got %q, %v", c, err)
	}
	if _, err := geo.ParseCRS("bd09"); errs.KindOf(err) != errs.Invalid {
		t.Errorf("bd09: %v", err)
	}
}
