// SPDX-License-Identifier: Apache-2.0

package geo

import "math"

// Share gives each seat the cells that are nearest to it, by ways that wander a
// little as borders do. Every cell goes to exactly one seat, every part is one
// piece and none is empty. There must be no more seats than cells, and the cells
// must hang together.
func (g *Ground) Share(cells []Cell, seats []Point) [][]Cell {
	const none, free = 0, -1
	of := g.scratch // by cell: which part has it, from 1 on
	for _, c := range cells {
		of[c] = free
	}
	var q queue
	flat, first := make([]xy, len(seats)), make([]Cell, len(seats))
	for i, p := range seats {
		c := g.nearest(cells, p)
		of[c], first[i], flat[i] = int32(i+1), c, g.warped[c]
	}
	parts := make([][]Cell, len(seats))
	grow := func(c Cell, i int32) {
		parts[i] = append(parts[i], c)
		for _, n := range g.around(c) {
			if n >= 0 && of[n] == free {
				q.push(claim{g.warped[n].off(flat[i]), n, i})
			}
		}
	}
	for i, c := range first {
		grow(c, int32(i))
	}
	for len(q) > 0 {
		if x := q.pop(); of[x.cell] == free {
			of[x.cell] = x.part + 1
			grow(x.cell, x.part)
		}
	}
	for _, c := range cells {
		of[c] = none
	}
	return parts
}

// nearest is the cell nearest to p that no part has yet.
func (g *Ground) nearest(cells []Cell, p Point) Cell {
	at := g.plane(p)
	best, away := cells[0], math.Inf(1)
	for _, c := range cells {
		if d := g.middle(c).off(at); d < away && g.scratch[c] < 0 {
			best, away = c, d
		}
	}
	return best
}

// warp moves a position a little, and its neighbours nearly as much, so that
// what is halfway between two seats is no straight line.
func (g *Ground) warp(p xy) xy {
	for i, w := range []struct{ over, by float64 }{{6000, 1100}, {1900, 330}, {520, 70}} {
		s := g.seed + 10 + 2*uint64(i)
		x, y := p.x/w.over, p.y/w.over
		p.x, p.y = p.x+w.by*noise(s, x, y), p.y+w.by*noise(s+1, x, y)
	}
	return p
}

// Seats are n points spread over the cells, closer together where weight is
// greater. There must be no fewer cells than seats.
func (g *Ground) Seats(cells []Cell, n int, weight func(Point) float64) []Point {
	total, heavy := 0.0, make(map[Cell]float64, len(cells))
	for _, c := range cells {
		w := weight(g.Point(c))
		heavy[c] = w
		total += w
	}
	seats, sum, next := make([]Point, 0, n), 0.0, total/float64(n)/2
	for _, c := range cells { // a first guess: in the order of the cells, the same weight to each
		if sum += heavy[c]; sum >= next && len(seats) < n {
			seats, next = append(seats, g.Point(c)), next+total/float64(n)
		}
	}
	for len(seats) < n {
		seats = append(seats, g.Point(cells[len(cells)-1]))
	}
	for range 12 { // each goes to the middle of its part, until they lie well
		for i, part := range g.Share(cells, seats) {
			var m xy
			w := 0.0
			for _, c := range part {
				p, h := g.middle(c), heavy[c]
				m.x, m.y, w = m.x+p.x*h, m.y+p.y*h, w+h
			}
			seats[i] = g.point(xy{m.x / w, m.y / w})
		}
	}
	return seats
}

// A claim is a part's wish for a cell next to it.
type claim struct {
	away float64
	cell Cell
	part int32
}

func (a claim) before(b claim) bool {
	if a.away != b.away {
		return a.away < b.away
	}
	return a.cell < b.cell || a.cell == b.cell && a.part < b.part
}

// A queue is a heap of claims, the nearest first.
type queue []claim

func (q *queue) push(x claim) {
	h := append(*q, x)
	for i := len(h) - 1; i > 0 && x.before(h[(i-1)/2]); i = (i - 1) / 2 {
		h[i], h[(i-1)/2] = h[(i-1)/2], x
	}
	*q = h
}

func (q *queue) pop() claim {
	h := *q
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	for i := 0; len(h) > 0; {
		k := 2*i + 1
		if k+1 < len(h) && h[k+1].before(h[k]) {
			k++
		}
		if k >= len(h) || !h[k].before(last) {
			h[i] = last
			break
		}
		h[i], i = h[k], k
	}
	*q = h
	return top
}
