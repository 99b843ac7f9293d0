// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// A Ground is land cut into small cells, to be shared out among places whose
// outlines are not known. The cells are those of a honeycomb: wherever borders
// meet there are three, so that what is made of whole cells has outlines that
// neither cross nor touch themselves, and neighbours have their corners in
// common. The same bounds, side and seed make the same ground.
type Ground struct {
	origin     Point
	kx, ky     float64 // degrees in a metre, to the east and to the north
	side       float64 // of a cell, in metres
	cols, rows int
	seed       uint64
	land       []bool
	cells      []Cell // of the land, in order
	warped     []xy   // by cell, see warp
	scratch    []int32
}

// A Cell is a small piece of a [Ground].
type Cell int32

// xy is a position on the plane of a ground, in metres.
type xy struct{ x, y float64 }

func (a xy) off(b xy) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }

// NewGround lays cells, whose sides are so many metres, over what land says is
// land within the bounds. Islands are left out and lakes filled: the ground is
// one piece without holes. A ground is for one goroutine.
func NewGround(within orb.Bound, side float64, seed uint64, land func(Point) bool) *Ground {
	const metre = 1 / 111_320.0
	g := &Ground{origin: within.Min, side: side, seed: seed, ky: metre, kx: metre / math.Cos(within.Center()[1]*math.Pi/180)}
	w, h := (within.Max[0]-within.Min[0])/g.kx, (within.Max[1]-within.Min[1])/g.ky
	g.cols, g.rows = int(w/(math.Sqrt(3)*side))+3, int(h/(1.5*side))+3
	g.land = make([]bool, g.cols*g.rows)
	for r := 1; r < g.rows-1; r++ { // the cells around the edge stay free, so that every cell has six neighbours
		for c := 1; c < g.cols-1; c++ {
			cell := Cell(r*g.cols + c)
			g.land[cell] = land(g.Point(cell))
		}
	}
	g.keep(g.largest(true))
	sea := g.largest(false)
	for i := range g.land {
		g.land[i] = !sea[Cell(i)]
	}
	g.warped, g.scratch = make([]xy, len(g.land)), make([]int32, len(g.land))
	for i, is := range g.land {
		if is {
			g.cells = append(g.cells, Cell(i))
			g.warped[i] = g.warp(g.middle(Cell(i)))
		}
	}
	return g
}

// Cells are all cells of the land. They must not be written to.
func (g *Ground) Cells() []Cell { return g.cells }

// Point is the middle of a cell.
func (g *Ground) Point(c Cell) Point { return g.point(g.middle(c)) }

func (g *Ground) point(p xy) Point {
	return Point{g.origin[0] + p.x*g.kx, g.origin[1] + p.y*g.ky}
}

func (g *Ground) plane(p Point) xy {
	return xy{(p[0] - g.origin[0]) / g.kx, (p[1] - g.origin[1]) / g.ky}
}

func (g *Ground) middle(c Cell) xy {
	col, row := int(c)%g.cols, int(c)/g.cols
	return xy{math.Sqrt(3) * g.side * (float64(col) + .5*float64(row&1)), 1.5 * g.side * float64(row)}
}

// around are the six neighbours of a cell, against the clock from the east; -1
// beyond the edge.
func (g *Ground) around(c Cell) (n [6]Cell) {
	col, row := int(c)%g.cols, int(c)/g.cols
	odd := row & 1
	for i, d := range [6][2]int{{1, 0}, {odd, 1}, {odd - 1, 1}, {-1, 0}, {odd - 1, -1}, {odd, -1}} {
		x, y := col+d[0], row+d[1]
		if n[i] = Cell(y*g.cols + x); x < 0 || y < 0 || x >= g.cols || y >= g.rows {
			n[i] = -1
		}
	}
	return n
}

// largest is the largest piece of land, or the sea around it.
func (g *Ground) largest(land bool) map[Cell]bool {
	seen := make([]bool, len(g.land))
	var best []Cell
	for i := range g.land {
		if seen[i] || g.land[i] != land {
			continue
		}
		seen[i] = true
		piece := []Cell{Cell(i)}
		for k := 0; k < len(piece); k++ {
			for _, n := range g.around(piece[k]) {
				if n >= 0 && !seen[n] && g.land[n] == land {
					seen[n] = true
					piece = append(piece, n)
				}
			}
		}
		if len(piece) > len(best) {
			best = piece
		}
		if !land {
			break // the first cell is at the edge, and so is the sea
		}
	}
	in := make(map[Cell]bool, len(best))
	for _, c := range best {
		in[c] = true
	}
	return in
}

func (g *Ground) keep(only map[Cell]bool) {
	for i := range g.land {
		g.land[i] = only[Cell(i)]
	}
}

// Around tells what lies about a group of points: in their hull, or no farther
// from it than a margin in metres that varies with the direction, as borders do.
func Around(points []Point, margin float64, seed uint64) (within orb.Bound, land func(Point) bool) {
	middle := orb.MultiPoint(points).Bound().Center()
	f := Ground{origin: middle, ky: 1 / 111_320.0, kx: 1 / 111_320.0 / math.Cos(middle[1]*math.Pi/180), seed: seed}
	flat := make([]xy, len(points))
	for i, p := range points {
		flat[i] = f.plane(p)
	}
	rim := hull(flat)
	within = orb.MultiPoint(points).Bound()
	within.Min = Point{within.Min[0] - 2*margin*f.kx, within.Min[1] - 2*margin*f.ky}
	within.Max = Point{within.Max[0] + 2*margin*f.kx, within.Max[1] + 2*margin*f.ky}
	return within, func(p Point) bool {
		q := f.plane(p)
		way := .45*noise(seed, q.x/margin/1.6, q.y/margin/1.6) + .3*noise(seed+1, q.x/margin*1.7, q.y/margin*1.7) + .12*noise(seed+2, q.x/margin*6, q.y/margin*6)
		return beyond(rim, q) < margin*(1+way)
	}
}

// hull is the convex hull of some points, against the clock.
func hull(ps []xy) []xy {
	at := func(p xy) Point { return Point{p.x, p.y} }
	start := 0
	for i, p := range ps {
		if p.x < ps[start].x || p.x == ps[start].x && p.y < ps[start].y {
			start = i
		}
	}
	var out []xy
	for i := start; len(ps) > 0; {
		out = append(out, ps[i])
		next := (i + 1) % len(ps)
		for j := range ps {
			if c := cross(at(ps[i]), at(ps[next]), at(ps[j])); c < 0 || c == 0 && ps[i].off(ps[j]) > ps[i].off(ps[next]) {
				next = j
			}
		}
		if i = next; i == start || len(out) > len(ps) {
			break
		}
	}
	return out
}

// beyond is how far p lies outside a convex ring; 0 inside it.
func beyond(ring []xy, p xy) float64 {
	best, inside := math.Inf(1), len(ring) > 2
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		ux, uy := b.x-a.x, b.y-a.y
		if ux*(p.y-a.y)-uy*(p.x-a.x) < 0 {
			inside = false
		}
		t := 0.0
		if l := ux*ux + uy*uy; l > 0 {
			t = min(max(((p.x-a.x)*ux+(p.y-a.y)*uy)/l, 0), 1)
		}
		best = min(best, p.off(xy{a.x + t*ux, a.y + t*uy}))
	}
	if inside {
		return 0
	}
	return best
}

// noise is a smooth field that wanders between -1 and 1 over a unit or so.
func noise(seed uint64, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	at := func(dx, dy float64) float64 { return unit(seed, int64(fx+dx), int64(fy+dy))*2 - 1 }
	ease := func(t float64) float64 { return t * t * (3 - 2*t) }
	u, v := ease(x-fx), ease(y-fy)
	low := at(0, 0) + u*(at(1, 0)-at(0, 0))
	return low + v*(at(0, 1)+u*(at(1, 1)-at(0, 1))-low)
}

// unit is a number from 0 up to 1 that depends on nothing but its arguments.
func unit(seed uint64, a, b int64) float64 {
	h := seed*0x9e3779b97f4a7c15 + uint64(a)*0xbf58476d1ce4e5b9 + uint64(b)*0x94d049bb133111eb
	for range 2 {
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
	}
	return float64((h^h>>31)>>11) / (1 << 53)
}
