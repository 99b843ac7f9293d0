// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
	sphere "github.com/paulmach/orb/geo"
	"github.com/peterstace/simplefeatures/geom"
)

// A Tolerance says which slivers between two outlines are drawing, not fact. A
// piece counts only if it is both wider and larger; its width is twice its area
// divided by its girth.
type Tolerance struct {
	Width float64 // metres
	Area  float64 // square metres
}

// Usual is the tolerance for outlines of towns, villages and grids. Coordinates
// of six digits are a decimetre, and two surveys of one ditch differ by a metre.
var Usual = Tolerance{Width: 1, Area: 100}

// A Piece is the part of the ground that two outlines share or leave out.
type Piece struct {
	Area float64 // square metres, of all pieces that count
	At   Point   // inside the largest of them
}

// Overlap returns the ground that lies in both a and b. ok is false if what they
// share is within the tolerance. Both must be free of faults.
func (t Tolerance) Overlap(a, b Shape) (p Piece, ok bool, err error) {
	if !a.Bound().Intersects(b.Bound()) {
		return Piece{}, false, nil
	}
	g, err := geom.Intersection(multi(a).AsGeometry(), multi(b).AsGeometry())
	if err != nil {
		return Piece{}, false, fmt.Errorf("overlap: %w", err)
	}
	p, ok = t.largest(shapeOf(g))
	return p, ok, nil
}

// Gap returns the ground of whole that none of parts covers. ok is false if it
// is within the tolerance. Without an outline of the whole, only the holes that
// the parts enclose are found. All must be free of faults.
func (t Tolerance) Gap(whole Shape, parts []Shape) (p Piece, ok bool, err error) {
	all, err := Join(parts...)
	if err != nil {
		return Piece{}, false, err
	}
	if len(whole) == 0 {
		var holes Shape
		for _, poly := range all {
			for _, h := range poly[1:] {
				holes = append(holes, orb.Polygon{h})
			}
		}
		p, ok = t.largest(holes)
		return p, ok, nil
	}
	left, err := geom.Difference(multi(whole).AsGeometry(), multi(all).AsGeometry())
	if err != nil {
		return Piece{}, false, fmt.Errorf("gap: %w", err)
	}
	p, ok = t.largest(shapeOf(left))
	return p, ok, nil
}

// Outside returns the ground of part that lies beyond whole. ok is false if it
// is within the tolerance. Both must be free of faults.
func (t Tolerance) Outside(part, whole Shape) (p Piece, ok bool, err error) {
	left, err := geom.Difference(multi(part).AsGeometry(), multi(whole).AsGeometry())
	if err != nil {
		return Piece{}, false, fmt.Errorf("outside: %w", err)
	}
	p, ok = t.largest(shapeOf(left))
	return p, ok, nil
}

// Join returns the outline of all parts together. All must be free of faults.
func Join(parts ...Shape) (Shape, error) {
	gs := make([]geom.Geometry, len(parts))
	for i, s := range parts {
		gs[i] = multi(s).AsGeometry()
	}
	all, err := geom.UnionMany(gs)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	return shapeOf(all), nil
}

func (t Tolerance) largest(s Shape) (p Piece, ok bool) {
	var most float64
	for _, poly := range s {
		area, girth := sphere.Area(poly), 0.0
		for _, r := range poly {
			girth += sphere.Length(orb.LineString(r))
		}
		if area < t.Area || girth == 0 || 2*area/girth < t.Width {
			continue
		}
		p.Area += area
		if area > most {
			most, p.At = area, Inside(Shape{poly})
		}
	}
	return p, most > 0
}

// Inside returns a point inside s, far from its border: where a label goes. It
// is the zero point for an empty shape.
func Inside(s Shape) Point {
	xy, ok := multi(s).AsGeometry().PointOnSurface().XY()
	if !ok {
		return Point{}
	}
	return Point{xy.X, xy.Y}
}

// shapeOf takes the polygons out of whatever an operation has left.
func shapeOf(g geom.Geometry) (s Shape) {
	for _, one := range g.Dump() {
		p, ok := one.AsPolygon()
		if !ok || p.IsEmpty() {
			continue
		}
		var poly orb.Polygon
		for _, l := range p.DumpRings() {
			seq := l.Coordinates()
			r := make(orb.Ring, seq.Length())
			for i := range r {
				xy := seq.GetXY(i)
				r[i] = Point{xy.X, xy.Y}
			}
			poly = append(poly, r)
		}
		s = append(s, poly)
	}
	return s
}

// Away is how far p is from the border of s, in metres, near enough for saying
// which of several outlines is the nearest.
func Away(s Shape, p Point) float64 {
	best := math.Inf(1)
	kx := math.Cos(p[1] * math.Pi / 180)
	for _, poly := range s {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				ax, ay := (r[i-1][0]-p[0])*kx, r[i-1][1]-p[1]
				ux, uy := (r[i][0]-r[i-1][0])*kx, r[i][1]-r[i-1][1]
				t := 0.0
				if l := ux*ux + uy*uy; l > 0 {
					t = min(max(-(ax*ux+ay*uy)/l, 0), 1)
				}
				best = min(best, math.Hypot(ax+t*ux, ay+t*uy))
			}
		}
	}
	return best * math.Pi / 180 * orb.EarthRadius
}
