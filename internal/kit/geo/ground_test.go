// SPDX-License-Identifier: Apache-2.0

package geo_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"yuanba/internal/kit/geo"
)

// seats are five seats some kilometres apart.
var seats = []geo.Point{{103.46, 30.41}, {103.50, 30.47}, {103.33, 30.35}, {103.42, 30.38}, {103.56, 30.40}}

// laidOut is a small county of five towns with four villages each.
func laidOut(seed uint64) (g *geo.Ground, towns [][]geo.Cell, villages [][][]geo.Cell) {
	within, land := geo.Around(seats, 4000, seed)
	g = geo.NewGround(within, 200, seed, land)
	towns = g.Share(g.Cells(), seats)
	for i, t := range towns {
		villages = append(villages, g.Share(t, g.Seats(t, 4, func(p geo.Point) float64 { return 1 + 5*math.Exp(-geo.Distance(p, seats[i])/1500) })))
	}
	return g, towns, villages
}

// Whatever the seed, the outlines must be what the check of an import asks for:
// sound, one piece each without holes, without overlaps and gaps at each level.
func TestGroundIsSharedOut(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		g, towns, villages := laidOut(seed)
		var least [][]geo.Cell
		for _, vs := range villages {
			least = append(least, vs...)
		}
		b := g.Borders(least)
		whole := b.Outline(g.Cells())
		var parts []geo.Shape
		for i, cells := range towns {
			if len(cells) == 0 {
				t.Fatalf("seed %d: town %d has no ground", seed, i)
			}
			parts = append(parts, b.Outline(cells))
			var below []geo.Shape
			for _, v := range villages[i] {
				below = append(below, b.Outline(v))
			}
			fits(t, seed, parts[i], below)
		}
		fits(t, seed, whole, parts)
		var index, deep geo.Index[int]
		for i, p := range parts {
			index.Add(i, p)
		}
		for i, cells := range least {
			deep.Add(i/4, b.Outline(cells))
		}
		in, covered := geo.Index[int]{}, 0
		in.Add(0, whole)
		rnd := rand.New(rand.NewPCG(seed, 1))
		bound := whole.Bound()
		for range 3000 {
			p := geo.Point{bound.Min[0] + rnd.Float64()*(bound.Max[0]-bound.Min[0]), bound.Min[1] + rnd.Float64()*(bound.Max[1]-bound.Min[1])}
			towns, deeper, inside := hits(&index, p), hits(&deep, p), len(hits(&in, p)) == 1
			if inside {
				covered++
			}
			if inside && (len(towns) != 1 || len(deeper) != 1 || towns[0] != deeper[0]) || !inside && len(towns)+len(deeper) > 0 {
				t.Errorf("seed %d: %s is in towns %v, villages of %v, inside %v", seed, geo.Where(p), towns, deeper, inside)
			}
		}
		if covered < 500 {
			t.Errorf("seed %d: only %d of the points are on land", seed, covered)
		}
	}
}

// fits holds the parts of a whole against it.
func fits(t *testing.T, seed uint64, whole geo.Shape, parts []geo.Shape) {
	t.Helper()
	sum := 0.0
	for i, a := range append([]geo.Shape{whole}, parts...) {
		if f := geo.Check(a); len(f) > 0 || len(a) != 1 || len(a[0]) != 1 {
			t.Errorf("seed %d: outline %d has %d pieces and faults %v", seed, i, len(a), f)
		}
		if i > 0 {
			sum += geo.Area(a)
		}
	}
	if all := geo.Area(whole); math.Abs(sum-all) > 1e-6*all {
		t.Errorf("seed %d: the parts have %.0f m², the whole %.0f", seed, sum, all)
	}
	for i, a := range parts {
		for _, b := range parts[:i] {
			if p, over, err := (geo.Tolerance{}).Overlap(a, b); err != nil || over && p.Area > 1 {
				t.Errorf("seed %d: overlap of %.1f m² at %s: %v", seed, p.Area, geo.Where(p.At), err)
			}
		}
	}
	if p, gap, err := geo.Usual.Gap(whole, parts); err != nil || gap {
		t.Errorf("seed %d: gap of %.1f m² at %s: %v", seed, p.Area, geo.Where(p.At), err)
	}
}

func hits(x *geo.Index[int], p geo.Point) (in []int) {
	x.At(p, func(i int) bool { in = append(in, i); return true })
	return in
}

// The same seed makes the same outlines, another one others; a point near a seat
// is in the part of that seat.
func TestGroundFollowsSeed(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) []geo.Shape {
		g, towns, _ := laidOut(seed)
		b := g.Borders(towns)
		var out []geo.Shape
		for _, cells := range towns {
			out = append(out, b.Outline(cells))
		}
		return out
	}
	a, b, c := draw(1), draw(1), draw(2)
	for i := range a {
		if !a[i].Equal(b[i]) {
			t.Errorf("town %d is drawn otherwise the second time", i)
		}
		if a[i].Equal(c[i]) {
			t.Errorf("town %d is the same with another seed", i)
		}
		var x geo.Index[int]
		x.Add(i, a[i])
		if len(hits(&x, seats[i])) != 1 {
			t.Errorf("the seat of town %d is not in it", i)
		}
	}
}

// As many seats as cells: each gets one.
func TestGroundOneCellEach(t *testing.T) {
	t.Parallel()
	g := geo.NewGround(geo.Shape{{square(0, 0, 8)}}.Bound(), 150, 5, func(geo.Point) bool { return true })
	n := len(g.Cells())
	for i, part := range g.Share(g.Cells(), g.Seats(g.Cells(), n, func(geo.Point) float64 { return 1 })) {
		if len(part) != 1 {
			t.Errorf("part %d of %d has %d cells", i, n, len(part))
		}
	}
}

// A single part has an outline too: nothing meets another there.
func TestGroundAlone(t *testing.T) {
	t.Parallel()
	within, land := geo.Around(seats, 4000, 9)
	g := geo.NewGround(within, 300, 9, land)
	s := g.Borders([][]geo.Cell{g.Cells()}).Outline(g.Cells())
	if f := geo.Check(s); len(f) > 0 || len(s) != 1 || geo.Vertices(s) < 20 {
		t.Errorf("%d corners, faults %v", geo.Vertices(s), f)
	}
}
