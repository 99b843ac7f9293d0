// SPDX-License-Identifier: Apache-2.0

package places

import (
	"cmp"
	"context"
	"math"
	"slices"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// How invented outlines are made.
const (
	inventSide   = 120  // metres, of the cells of which all is made
	inventMargin = 5200 // metres of land around the seats of the towns
	urbanDensity = 9    // how much closer communities lie around a town's seat than villages far from it
	urbanReach   = 1600 // metres from the seat where that has gone
)

// An Invention is outlines for places of which nobody has given any.
type Invention map[id.ID]geo.Shape

// Invent makes up outlines for the city, its towns, their villages and the grids
// of these, from nothing but about where the towns have their seats and how many
// there are below each: for a demonstration, whose map has to look like one. They
// fit without gaps or overlaps, and are wrong everywhere. There are none unless
// every town has a point.
//
// The same tree and seed give the same outlines.
func Invent(t *Tree, seed uint64) Invention {
	city, ok := t.City()
	var seats []geo.Point
	towns := t.All(Town)
	for _, x := range towns {
		ok = ok && x.Accuracy != Unknown
		seats = append(seats, x.Point)
	}
	if !ok || len(towns) == 0 {
		return nil
	}
	within, land := geo.Around(seats, inventMargin, seed)
	v := inventor{tree: t, ground: geo.NewGround(within, inventSide, seed, land), cells: map[id.ID][]geo.Cell{}}
	v.give(city.ID, v.ground.Cells(), towns, seats)
	for i, x := range towns {
		v.villages(x, seats[i])
	}
	return v.draw(city.ID)
}

// inventor is Invent at work.
type inventor struct {
	tree   *Tree
	ground *geo.Ground
	cells  map[id.ID][]geo.Cell
}

// give shares out the cells of a place among those below it. Where there are too
// few cells for all they stay together.
func (v *inventor) give(d id.ID, cells []geo.Cell, below []Place, seats []geo.Point) {
	v.cells[d] = cells
	if len(below) == 0 || len(seats) != len(below) {
		return
	}
	for i, part := range v.ground.Share(cells, seats) {
		v.cells[below[i].ID] = part
	}
}

// villages gives a town's villages their cells, the urban ones nearest to its
// seat, and the grids of these theirs.
func (v *inventor) villages(town Place, seat geo.Point) {
	cells := v.cells[town.ID]
	villages := villagesOf(v.tree, town.ID)
	if len(villages) == 0 || len(villages) > len(cells) {
		return
	}
	urban := func(x Place) int {
		return slices.Index([]Community{Urban, Industrial, Rural}, x.Community)
	}
	crowd := 0.0
	if slices.ContainsFunc(villages, func(x Place) bool { return x.Community == Urban }) {
		crowd = urbanDensity
	}
	seats := v.ground.Seats(cells, len(villages), func(p geo.Point) float64 {
		return 1 + crowd*math.Exp(-math.Pow(geo.Distance(p, seat)/urbanReach, 2))
	})
	slices.SortStableFunc(seats, func(a, b geo.Point) int { return cmp.Compare(geo.Distance(a, seat), geo.Distance(b, seat)) })
	slices.SortStableFunc(villages, func(a, b Place) int { return cmp.Compare(urban(a), urban(b)) })
	v.give(town.ID, cells, villages, seats)
	for _, x := range villages {
		grids := slices.DeleteFunc(v.tree.Children(x.ID), func(g Place) bool { return g.Kind != Grid })
		if mine := v.cells[x.ID]; len(grids) > 0 && len(grids) <= len(mine) {
			v.give(x.ID, mine, grids, v.ground.Seats(mine, len(grids), func(geo.Point) float64 { return 1 }))
		}
	}
}

// draw makes outlines of the cells, along the borders of what is not shared out
// any further.
func (v *inventor) draw(city id.ID) Invention {
	var least [][]geo.Cell
	var find func(d id.ID)
	find = func(d id.ID) {
		shared := false
		for _, x := range v.tree.Children(d) {
			if v.cells[x.ID] != nil {
				shared = true
				find(x.ID)
			}
		}
		if !shared {
			least = append(least, v.cells[d])
		}
	}
	find(city)
	borders := v.ground.Borders(least)
	made := make(Invention, len(v.cells))
	for d, cells := range v.cells {
		made[d] = borders.Outline(cells)
	}
	return made
}

// Draw gives places invented outlines, all or nothing, as far back as the books
// go: outlines that are approximate, as the points inside them are, and give way
// to the first real one ([Service.ImportBoundaries]). Courtyards are put within
// their grid. Whoever administers each of the places may. It is Invalid if an
// outline is broken, Conflict if a place is closed or has a real outline, or a
// real one is there anywhere.
func (s *Service) Draw(ctx context.Context, by scope.Actor, v Invention) error {
	return s.change(ctx, by, "", func(p *plan) error {
		for _, n := range p.tree.order {
			if n.shape != nil && n.Accuracy == Exact {
				return errs.New(errs.Conflict, "place.invent.real", n.Name)
			}
		}
		for _, n := range p.tree.order {
			shape, ok := v[n.ID]
			if !ok {
				continue
			}
			x, err := p.open(n.ID, 0)
			if err != nil {
				return err
			}
			if err := checkShape(shape); err != nil {
				return err
			}
			p.reshape(x, outlineOf(shape), Approximate, "")
		}
		return p.settleYards(v)
	})
}

// disown ends every invented outline but those that this plan replaces: the
// first real one has come, and the two do not fit together. The points within
// them go too, down from the towns, whose seats are roughly known.
func (p *plan) disown() {
	for _, n := range p.tree.order {
		if _, replaced := p.at[n.ID]; replaced || !n.invented() && !p.tree.madeUp(n) {
			continue
		}
		x, act := n.Place, Shape
		if n.shape == nil {
			act = Mark
		}
		x.Point, x.Accuracy = geo.Point{}, Unknown
		if q, ok := centres[x.Code]; ok {
			x.Point, x.Accuracy = q, Approximate
		}
		p.put(act, x, "").shapeless = n.shape != nil
	}
}

// invented reports whether the place's outline is made up.
func (n *node) invented() bool { return n.shape != nil && n.Accuracy == Approximate }

// madeUp reports whether a courtyard was put within an invented outline.
func (t *Tree) madeUp(n *node) bool {
	in := t.places[n.Parent]
	return n.Kind == Courtyard && n.Accuracy == Approximate && in != nil && in.invented()
}

// settleYards puts each courtyard near the middle of what it lies in.
func (p *plan) settleYards(v Invention) error {
	next := map[id.ID]int{}
	for _, n := range p.tree.order {
		if n.Kind != Courtyard || n.Accuracy == Exact || v[n.Parent] == nil {
			continue
		}
		in, err := p.get(n.Parent)
		if err != nil {
			return err
		}
		at := within(v[n.Parent], in.Point, next[n.Parent], yardStride, chance(0, in.Code, 2))
		next[n.Parent]++
		if err := p.mark(n, Marking{at, Approximate}); err != nil {
			return err
		}
	}
	return nil
}
