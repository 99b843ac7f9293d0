// SPDX-License-Identifier: Apache-2.0

package geo_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"yuanba/internal/kit/geo"
)

// unit is about 111 m at the equator.
const unit = 0.001

func ring(xy ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(xy); i += 2 {
		r = append(r, geo.Point{xy[i] * unit, xy[i+1] * unit})
	}
	return r
}

func square(x, y, side float64) orb.Ring {
	return ring(x, y, x+side, y, x+side, y+side, x, y+side, x, y)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		shape geo.Shape
		want  geo.FaultKind
		at    geo.Point // in units, where it must be named
	}{
		{"a square", geo.Shape{{square(0, 0, 4)}}, "", geo.Point{}},
		{"a square with a hole", geo.Shape{{square(0, 0, 4), square(1, 1, 1)}}, "", geo.Point{}},
		{"two squares", geo.Shape{{square(0, 0, 4)}, {square(5, 0, 4)}}, "", geo.Point{}},
		{"a repeated corner", geo.Shape{{ring(0, 0, 4, 0, 4, 0, 4, 4, 0, 0)}}, "", geo.Point{}},
		{"nothing", nil, geo.Few, geo.Point{}},
		{"no rings", geo.Shape{{}}, geo.Few, geo.Point{}},
		{"an empty ring", geo.Shape{{{}}}, geo.Few, geo.Point{}},
		{"two corners", geo.Shape{{ring(0, 0, 4, 0, 0, 0)}}, geo.Few, geo.Point{}},
		{"one corner four times", geo.Shape{{ring(1, 1, 1, 1, 1, 1, 1, 1)}}, geo.Few, geo.Point{1, 1}},
		{"not closed", geo.Shape{{ring(0, 0, 4, 0, 4, 4, 0, 4)}}, geo.Open, geo.Point{0, 4}},
		{"a bow-tie", geo.Shape{{ring(0, 0, 4, 4, 4, 0, 0, 4, 0, 0)}}, geo.Crossing, geo.Point{2, 2}},
		{"a pinch", geo.Shape{{ring(0, 0, 2, 2, 4, 0, 4, 4, 2, 2, 0, 4, 0, 0)}}, geo.Crossing, geo.Point{2, 2}},
		{"a spike", geo.Shape{{ring(0, 0, 4, 0, 4, 4, 4, 8, 4, 4, 0, 4, 0, 0)}}, geo.Crossing, geo.Point{4, 8}},
		{"a spike at the start", geo.Shape{{ring(8, 0, 4, 0, 4, 4, 0, 4, 0, 0, 8, 0)}}, geo.Crossing, geo.Point{8, 0}},
		{"a bow-tie hole", geo.Shape{{square(0, 0, 9), ring(1, 1, 3, 3, 3, 1, 1, 3, 1, 1)}}, geo.Crossing, geo.Point{2, 2}},
		{"a hole outside", geo.Shape{{square(0, 0, 4), square(9, 9, 1)}}, geo.Rings, geo.Point{}},
		{"a hole across the border", geo.Shape{{square(0, 0, 4), square(3, 3, 3)}}, geo.Rings, geo.Point{}},
		{"a hole in a hole", geo.Shape{{square(0, 0, 9), square(1, 1, 6), square(2, 2, 1)}}, geo.Rings, geo.Point{}},
		{"parts that overlap", geo.Shape{{square(0, 0, 4)}, {square(2, 2, 4)}}, geo.Parts, geo.Point{}},
	} {
		got := geo.Check(c.shape)
		if c.want == "" {
			if len(got) > 0 {
				t.Errorf("%s: %v", c.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Kind != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
			continue
		}
		if at := got[0].At; math.Abs(at[0]/unit-c.at[0]) > 1e-6 || math.Abs(at[1]/unit-c.at[1]) > 1e-6 {
			if c.name != "a spike" && c.name != "a spike at the start" || !onSpike(at) {
				t.Errorf("%s: named at %v", c.name, at)
			}
		}
	}
}

// onSpike allows any corner of the spike to be named.
func onSpike(p geo.Point) bool {
	x, y := math.Round(p[0]/unit), math.Round(p[1]/unit)
	return x == 4 && y >= 4 || y == 0 && x >= 4
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	side := geo.Distance(geo.Point{0, 0}, geo.Point{unit, 0})
	near := func(got, want float64) bool { return math.Abs(got-want) < 0.01*want }
	a, b := geo.Shape{{square(0, 0, 4)}}, geo.Shape{{square(3, 0, 4)}}
	p, ok, err := geo.Usual.Overlap(a, b)
	if err != nil || !ok || !near(p.Area, 4*side*side) {
		t.Errorf("overlap %v %v %v, want 4 squares of %.0f m", p, ok, err, side)
	}
	if x := p.At[0] / unit; x < 3 || x > 4 {
		t.Errorf("overlap named at %v", p.At)
	}
	if _, ok, _ := geo.Usual.Overlap(a, geo.Shape{{square(4, 0, 4)}}); ok {
		t.Error("neighbours that only touch are said to overlap")
	}
	sliver := geo.Shape{{square(4-0.005, 0, 4)}} // 0.56 m wide, 445 m long
	if _, ok, _ := geo.Usual.Overlap(a, sliver); ok {
		t.Error("a sliver within the tolerance is said to overlap")
	}
	if _, ok, _ := (geo.Tolerance{}).Overlap(a, sliver); !ok {
		t.Error("without tolerance a sliver must count")
	}

	whole := geo.Shape{{square(0, 0, 4)}}
	ringed := []geo.Shape{
		{{ring(0, 0, 4, 0, 4, 1, 0, 1, 0, 0)}}, {{ring(0, 3, 4, 3, 4, 4, 0, 4, 0, 3)}},
		{{ring(0, 1, 1, 1, 1, 3, 0, 3, 0, 1)}}, {{ring(3, 1, 4, 1, 4, 3, 3, 3, 3, 1)}},
	}
	for _, w := range []geo.Shape{whole, nil} {
		p, ok, err := geo.Usual.Gap(w, ringed)
		if err != nil || !ok || !near(p.Area, 4*side*side) {
			t.Errorf("gap %v %v %v", p, ok, err)
		}
	}
	if p, ok, _ := geo.Usual.Gap(whole, []geo.Shape{whole}); ok {
		t.Errorf("a gap of %.0f m² where all is covered", p.Area)
	}
	if p, ok, _ := geo.Usual.Outside(b, whole); !ok || !near(p.Area, 12*side*side) {
		t.Errorf("outside %v %v", p, ok)
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	var x geo.Index[string]
	x.Add("holed", geo.Shape{{square(0, 0, 9), square(3, 3, 3)}})
	x.Add("filling", geo.Shape{{square(3, 3, 3)}})
	x.Add("two", geo.Shape{{square(20, 0, 1)}, {square(30, 0, 1)}})
	for _, c := range []struct {
		x, y float64
		want string
	}{{1, 1, "holed"}, {4.5, 4.5, "filling"}, {20.5, .5, "two"}, {30.5, .5, "two"}, {25, .5, ""}} {
		got := ""
		x.At(geo.Point{c.x * unit, c.y * unit}, func(k string) bool { got += k; return true })
		if got != c.want {
			t.Errorf("at %v, %v: %q, want %q", c.x, c.y, got, c.want)
		}
	}
	if x.Len() != 3 {
		t.Errorf("%d shapes", x.Len())
	}
	if p := geo.Inside(geo.Shape{{square(0, 0, 9), square(3, 3, 3)}}); p[0] == 0 {
		t.Errorf("a point inside: %v", p)
	}
}
