// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Borders are the lines between the parts of a [Ground], smoothed and without
// the corners that nobody would miss. Every outline made of whole parts is drawn
// along them, so that neighbours, and the large and the small, have the same
// corners.
type Borders struct {
	ground *Ground
	at     map[corner]xy // where the corners are that are kept
}

// A corner is where three cells meet: the upper (even) or the lower end of one.
type corner int32

// corners are the six of a cell against the clock from the lower right: the side
// from the i-th to the next is the one towards the i-th neighbour.
func (g *Ground) corners(c Cell) [6]corner {
	n := g.around(c)
	up, down := func(c Cell) corner { return corner(2 * c) }, func(c Cell) corner { return corner(2*c + 1) }
	return [6]corner{up(n[5]), down(n[1]), up(c), down(n[2]), up(n[4]), down(c)}
}

// place is where a corner is before smoothing: that of the honeycomb, shaken.
func (g *Ground) place(k corner) xy {
	p := g.middle(Cell(k / 2))
	p.y += g.side * float64(1-2*(k&1))
	shake := .5 * g.side
	return xy{p.x + shake*(unit(g.seed+31, int64(k), 0)-.5), p.y + shake*(unit(g.seed+32, int64(k), 0)-.5)}
}

// Borders draws the lines between the parts, which must be all that outlines
// will be asked of.
func (g *Ground) Borders(parts [][]Cell) *Borders {
	of := make(map[Cell]int)
	for i, part := range parts {
		for _, c := range part {
			of[c] = i + 1
		}
	}
	ends := map[corner][]corner{}
	for _, part := range parts {
		for _, c := range part {
			ks := g.corners(c)
			for i, n := range g.around(c) {
				a, b := ks[i], ks[(i+1)%6]
				if of[n] != of[c] && (of[n] == 0 || c < n) {
					ends[a], ends[b] = append(ends[a], b), append(ends[b], a)
				}
			}
		}
	}
	b := &Borders{ground: g, at: make(map[corner]xy, len(ends))}
	for k := range ends {
		b.at[k] = g.place(k)
	}
	b.smooth(ends)
	b.thin(ends)
	return b
}

// smooth moves each corner towards those it is joined to, the meeting points of
// three borders less.
func (b *Borders) smooth(ends map[corner][]corner) {
	for range 3 {
		next := make(map[corner]xy, len(b.at))
		for k, p := range b.at {
			pull := .5
			if len(ends[k]) > 2 {
				pull = .3
			}
			var m xy
			for _, e := range ends[k] {
				m.x, m.y = m.x+b.at[e].x, m.y+b.at[e].y
			}
			n := float64(len(ends[k]))
			next[k] = xy{p.x*(1-pull) + pull*m.x/n, p.y*(1-pull) + pull*m.y/n}
		}
		b.at = next
	}
}

// thin takes away corners from between the meeting points that lie nearly on the
// line without them.
func (b *Borders) thin(ends map[corner][]corner) {
	order := make([]corner, 0, len(ends))
	for k := range ends {
		order = append(order, k)
	}
	slices.Sort(order)
	done := map[corner]bool{}
	for _, meeting := range []bool{true, false} { // what is left after the first time goes round without meeting another
		for _, k := range order {
			if done[k] || meeting && len(ends[k]) < 3 {
				continue
			}
			for _, e := range ends[k] {
				if line := walk(ends, k, e); !done[line[len(line)/2]] {
					b.spare(line)
					for _, x := range line[1 : len(line)-1] {
						done[x] = true
					}
				}
			}
			done[k] = true
		}
	}
}

// walk goes from a by b to the next meeting point, or round to a again.
func walk(ends map[corner][]corner, a, b corner) []corner {
	line := []corner{a, b}
	for b != line[0] && len(ends[b]) == 2 {
		next := ends[b][0]
		if next == a {
			next = ends[b][1]
		}
		a, b = b, next
		line = append(line, b)
	}
	return line
}

// spare takes away from a line the corners that lie nearer than a seventh of a
// cell's side to the line without them.
func (b *Borders) spare(line []corner) {
	far, most := 0, -1.0
	p, q := b.at[line[0]], b.at[line[len(line)-1]]
	for i := 1; i < len(line)-1; i++ {
		if d := beyond([]xy{p, q}, b.at[line[i]]); d > most {
			far, most = i, d
		}
	}
	switch {
	case far == 0:
		return
	case most > b.ground.side/7 || line[0] == line[len(line)-1]:
		b.spare(line[:far+1])
		b.spare(line[far:])
		return
	}
	for _, k := range line[1 : len(line)-1] {
		delete(b.at, k)
	}
}

// Outline is that of one or more whole parts, to a millionth of a degree.
func (b *Borders) Outline(parts ...[]Cell) Shape {
	in := map[Cell]bool{}
	for _, part := range parts {
		for _, c := range part {
			in[c] = true
		}
	}
	next := map[corner]corner{}
	var starts []corner
	for _, part := range parts {
		for _, c := range part {
			ks := b.ground.corners(c)
			for i, n := range b.ground.around(c) {
				if !in[n] {
					next[ks[i]] = ks[(i+1)%6]
					starts = append(starts, ks[i])
				}
			}
		}
	}
	slices.Sort(starts)
	var rings []orb.Ring
	for _, s := range starts {
		var r orb.Ring
		for k, ok := s, true; ok; {
			if p, kept := b.at[k]; kept {
				q := b.ground.point(p)
				r = append(r, Point{micro(q[0]), micro(q[1])})
			}
			e, more := next[k]
			delete(next, k)
			k, ok = e, more && e != s
		}
		if len(r) > 2 {
			rings = append(rings, append(r, r[0]))
		}
	}
	return nest(rings)
}

func micro(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// nest makes a shape of rings, of which those that go with the clock are holes.
func nest(rings []orb.Ring) (s Shape) {
	for _, r := range rings {
		if r.Orientation() == orb.CCW {
			s = append(s, orb.Polygon{r})
		}
	}
	for _, r := range rings {
		if r.Orientation() == orb.CCW {
			continue
		}
		for i := range s {
			if s[i][0].Bound().Contains(r[0]) {
				s[i] = append(s[i], r)
				break
			}
		}
	}
	return s
}
