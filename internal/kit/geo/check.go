// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"github.com/tidwall/rtree"
)

// A FaultKind names what is wrong with an outline.
type FaultKind string

// The faults. Each is also the end of a message key, "geo.fault.<kind>".
const (
	Few      FaultKind = "few"      // a ring of fewer than three corners, or without area
	Open     FaultKind = "open"     // a ring whose last point is not its first
	Crossing FaultKind = "crossing" // a ring that crosses or touches itself
	Rings    FaultKind = "rings"    // a hole outside its outline, in another hole, or crossing it
	Parts    FaultKind = "parts"    // two parts of one shape that overlap
)

// A Fault is something wrong with one outline, and where.
type Fault struct {
	Kind FaultKind
	At   Point
}

// Check reports what is wrong with s by itself; a shape without faults has
// closed rings that do not cross, holes inside their outlines and parts that do
// not overlap. A shape with faults must not be measured or searched.
func Check(s Shape) (faults []Fault) {
	if len(s) == 0 {
		return []Fault{{Kind: Few}}
	}
	for _, poly := range s {
		if len(poly) == 0 {
			faults = append(faults, Fault{Kind: Few})
		}
		sound := true
		for _, ring := range poly {
			if f, bad := checkRing(ring); bad {
				faults, sound = append(faults, f), false
			}
		}
		if sound && len(poly) > 0 && polygon(poly).Validate() != nil {
			faults = append(faults, Fault{Rings, poly[0][0]})
		}
	}
	if len(faults) == 0 && len(s) > 1 && multi(s).Validate() != nil {
		faults = append(faults, Fault{Parts, s[0][0][0]})
	}
	return faults
}

func checkRing(r orb.Ring) (Fault, bool) {
	if len(r) == 0 {
		return Fault{Kind: Few}, true
	}
	if r[0] != r[len(r)-1] {
		return Fault{Open, r[len(r)-1]}, true
	}
	if len(r) < 4 {
		return Fault{Few, r[0]}, true
	}
	l := line(r)
	if l.Validate() != nil || len(distinct(r)) < 4 {
		return Fault{Few, r[0]}, true
	}
	if l.IsSimple() {
		return Fault{}, false
	}
	return Fault{Crossing, crossing(r)}, true
}

// crossing finds where a ring that is not simple meets itself.
func crossing(r orb.Ring) Point {
	r = distinct(r)
	var tree rtree.RTreeG[int]
	n := len(r) - 1 // segments, the last of which ends where the first begins
	for i := range n {
		lo, hi := box(r[i], r[i+1])
		at, found := Point{}, false
		tree.Search(lo, hi, func(_, _ [2]float64, j int) bool {
			switch {
			case j == i-1: // neighbours meet in their common corner, unless one runs back on the other
				at, found = r[i], back(r[j], r[i], r[i+1])
			case i == n-1 && j == 0:
				at, found = r[0], back(r[i], r[0], r[1])
			default:
				at, found = meet(r[i], r[i+1], r[j], r[j+1])
			}
			return !found
		})
		if found {
			return at
		}
		tree.Insert(lo, hi, i)
	}
	return r[0]
}

// distinct leaves out points that repeat the one before.
func distinct(r orb.Ring) orb.Ring {
	out := r[:1:1]
	for _, p := range r[1:] {
		if p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

func box(a, b Point) (lo, hi [2]float64) {
	return [2]float64{min(a[0], b[0]), min(a[1], b[1])}, [2]float64{max(a[0], b[0]), max(a[1], b[1])}
}

func cross(o, a, b Point) float64 {
	return (a[0]-o[0])*(b[1]-o[1]) - (a[1]-o[1])*(b[0]-o[0])
}

// back reports whether the way a–b–c turns back on itself.
func back(a, b, c Point) bool {
	dot := (a[0]-b[0])*(c[0]-b[0]) + (a[1]-b[1])*(c[1]-b[1])
	return cross(a, b, c) == 0 && dot > 0
}

// meet reports whether the segments a–b and c–d have a point in common, and one.
func meet(a, b, c, d Point) (Point, bool) {
	d1, d2 := cross(c, d, a), cross(c, d, b)
	d3, d4 := cross(a, b, c), cross(a, b, d)
	if (d1 > 0) != (d2 > 0) && d1 != 0 && d2 != 0 && (d3 > 0) != (d4 > 0) && d3 != 0 && d4 != 0 {
		t := d1 / (d1 - d2)
		return Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}, true
	}
	for _, e := range []struct {
		d       float64
		p, x, y Point
	}{{d1, a, c, d}, {d2, b, c, d}, {d3, c, a, b}, {d4, d, a, b}} {
		lo, hi := box(e.x, e.y)
		if e.d == 0 && e.p[0] >= lo[0] && e.p[0] <= hi[0] && e.p[1] >= lo[1] && e.p[1] <= hi[1] {
			return e.p, true
		}
	}
	return Point{}, false
}

func line[R ~[]Point](r R) geom.LineString {
	xy := make([]float64, 0, 2*len(r))
	for _, p := range r {
		xy = append(xy, p[0], p[1])
	}
	return geom.NewLineString(geom.NewSequence(xy, geom.DimXY))
}

func polygon(p orb.Polygon) geom.Polygon {
	rings := make([]geom.LineString, len(p))
	for i, r := range p {
		rings[i] = line(r)
	}
	return geom.NewPolygon(rings)
}

func multi(s Shape) geom.MultiPolygon {
	polys := make([]geom.Polygon, len(s))
	for i, p := range s {
		polys[i] = polygon(p)
	}
	return geom.NewMultiPolygon(polys)
}
