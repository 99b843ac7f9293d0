// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"

	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// centres are about where the seats of Qionglai's streets and towns lie, to a
// hundredth of a degree, by division code.
var centres = map[string]geo.Point{
	"510183000000": {103.46, 30.41}, // 邛崃市
	"510183001000": {103.47, 30.40}, // 文君街道
	"510183002000": {103.46, 30.42}, // 临邛街道
	"510183003000": {103.56, 30.40}, // 固驿街道
	"510183004000": {103.68, 30.41}, // 羊安街道
	"510183005000": {103.60, 30.42}, // 高埂街道
	"510183006000": {103.42, 30.38}, // 孔明街道
	"510183103000": {103.50, 30.47}, // 桑园镇
	"510183104000": {103.33, 30.35}, // 平乐镇
	"510183105000": {103.22, 30.26}, // 夹关镇
	"510183106000": {103.20, 30.40}, // 火井镇
	"510183115000": {103.30, 30.28}, // 临济镇
	"510183118000": {103.12, 30.27}, // 天台山镇
	"510183121000": {103.16, 30.45}, // 南宝山镇
	"510183122000": {103.32, 30.42}, // 大同镇
}

// How far from one another proposed points are, in metres.
const (
	villageStride = 600
	gridStride    = 150
	yardStride    = 60
)

// A Proposal is what [Generate] would add to a tree: points for the places that
// have none, grids, and courtyards.
type Proposal struct {
	Points     map[id.ID]Marking
	Grids      []Draft
	Courtyards []Yard
}

// A Yard is a proposed courtyard. Its draft stands below the village; it goes
// into the grid of that code instead, if there is one.
type Yard struct {
	Draft Draft
	Grid  string
}

// Generate proposes grids for the villages that have none: two to six each, with
// codes after GB/T 30428.1, and a point near the village's. Towns and villages
// without outline or point get one as well. All these points are approximate: a
// map has something to show, and nothing may be decided by them. Where not even
// the town's whereabouts are known there is no point.
//
// courtyards, if not nil, names the courtyards of a village; those that are not
// there yet are proposed in its grids in turn.
//
// The same tree and seed give the same proposal, and a village's does not depend
// on the others.
func Generate(t *Tree, seed uint64, courtyards func(Place) []string) Proposal {
	pr := Proposal{Points: map[id.ID]Marking{}}
	locate := func(x Place, guess func() (geo.Point, bool)) (geo.Point, bool) {
		if x.Accuracy != Unknown {
			return x.Point, true
		}
		q, ok := guess()
		if ok {
			pr.Points[x.ID] = Marking{q, Approximate}
		}
		return q, ok
	}
	known := func(x Place) func() (geo.Point, bool) {
		return func() (geo.Point, bool) { q, ok := centres[x.Code]; return q, ok }
	}
	if city, ok := t.City(); ok {
		locate(city, known(city))
	}
	for _, town := range t.All(Town) {
		centre, ok := locate(town, known(town))
		for i, v := range villagesOf(t, town.ID) {
			around := func() (geo.Point, bool) { return t.inside(town.ID, centre, i, villageStride, seed), ok }
			q, ok := locate(v, around)
			pr.village(t, v, q, ok, seed, courtyards)
		}
	}
	return pr
}

func villagesOf(t *Tree, town id.ID) []Place {
	return slices.DeleteFunc(t.Children(town), func(x Place) bool { return x.Kind != Village })
}

// village proposes the grids and courtyards of one village.
func (pr *Proposal) village(t *Tree, v Place, centre geo.Point, located bool, seed uint64, courtyards func(Place) []string) {
	var codes []string
	var points []geo.Point
	for _, x := range t.Children(v.ID) {
		if x.Kind == Grid {
			codes, points = append(codes, x.Code), append(points, x.Point)
		}
	}
	accuracy := Unknown
	if located {
		accuracy = Approximate
	}
	if len(codes) == 0 && v.Scheme == Statistics12 {
		for i := range 2 + int(chance(seed, v.Code, 0)%5) {
			d := Draft{
				Kind: Grid, Parent: v.ID, Scheme: Grid15, Code: fmt.Sprintf("%s%03d", v.Code, i+1),
				Name: i18n.Text{ZH: "第" + strconv.Itoa(i+1) + "网格"}, Accuracy: accuracy,
			}
			if located {
				d.Point = t.inside(v.ID, centre, i, gridStride, chance(seed, v.Code, 1))
			}
			pr.Grids = append(pr.Grids, d)
			codes, points = append(codes, d.Code), append(points, d.Point)
		}
	}
	if courtyards == nil {
		return
	}
	there := map[string]bool{}
	last := 0
	for _, x := range t.order {
		if x.Kind == Courtyard && slices.Contains(x.Path[:], v.ID) {
			there[x.Name.ZH] = true
			last++
		}
	}
	for i, name := range courtyards(v) {
		if there[name] {
			continue
		}
		there[name] = true
		last++
		y := Yard{Draft: Draft{Kind: Courtyard, Parent: v.ID, Scheme: Local, Code: fmt.Sprintf("%s-Y%02d", v.Code, last), Name: i18n.Text{ZH: name}, Accuracy: accuracy}}
		at := centre
		if len(codes) > 0 {
			y.Grid = codes[i%len(codes)]
			if p := points[i%len(codes)]; p != (geo.Point{}) {
				at = p
			}
		}
		if located {
			y.Draft.Point = spiral(at, i/max(len(codes), 1), yardStride, chance(seed, v.Code, 2))
		}
		pr.Courtyards = append(pr.Courtyards, y)
	}
}

// inside is the i-th point around centre, within the outline of the place if it
// has one.
func (t *Tree) inside(d id.ID, centre geo.Point, i int, stride float64, turn uint64) geo.Point {
	s, ok := t.Outline(d)
	if !ok {
		return spiral(centre, i, stride, turn)
	}
	return within(s, centre, i, stride, turn)
}

// within is the i-th point around centre that lies in the outline.
func within(s geo.Shape, centre geo.Point, i int, stride float64, turn uint64) geo.Point {
	var x geo.Index[struct{}]
	x.Add(struct{}{}, s)
	found := 0
	for j := range 4000 { // few outlines are so narrow that the spiral misses them
		q := spiral(centre, j, stride, turn)
		hit := false
		x.At(q, func(struct{}) bool { hit = true; return false })
		if !hit {
			continue
		}
		if found == i {
			return q
		}
		found++
	}
	return centre
}

// spiral is the i-th point of a sunflower around centre: evenly spread, about
// stride metres from its neighbours. turn rotates it.
func spiral(centre geo.Point, i int, stride float64, turn uint64) geo.Point {
	r := stride * 0.9 * math.Sqrt(float64(i)+0.4)
	a := float64(i)*2.399963 + float64(turn%6283)/1000
	const metre = 1 / 111_320.0 // in degrees of latitude
	round := func(v float64) float64 { return math.Round(v*1e6) / 1e6 }
	return geo.Point{
		round(centre[0] + r*math.Cos(a)*metre/math.Cos(centre[1]*math.Pi/180)),
		round(centre[1] + r*math.Sin(a)*metre),
	}
}

// chance is a number that depends on nothing but its arguments.
func chance(seed uint64, code string, n int) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %d", seed, code, n) // a hash does not fail
	return h.Sum64() >> 7
}

// Furnish adds what was proposed, all or nothing, from a day on; an empty day is
// as far back as the books go. Whoever administers the places may. It is Invalid
// or Conflict if the tree has changed so that the proposal no longer fits.
func (s *Service) Furnish(ctx context.Context, by scope.Actor, pr Proposal, on Day) error {
	return s.change(ctx, by, on, func(p *plan) error {
		if p.on != "" {
			if err := p.day(); err != nil {
				return err
			}
		}
		for _, n := range p.tree.order {
			if m, ok := pr.Points[n.ID]; ok {
				if err := p.mark(n, m); err != nil {
					return err
				}
			}
		}
		grids := make(map[string]id.ID, len(pr.Grids))
		for _, d := range pr.Grids {
			x, err := p.add(d)
			if err != nil {
				return err
			}
			grids[d.Code] = x.ID
		}
		for _, y := range pr.Courtyards {
			d := y.Draft
			if g := grids[y.Grid]; g != 0 {
				d.Parent = g
			} else if ns := p.tree.byCode[y.Grid]; len(ns) > 0 && ns[0].Kind == Grid {
				d.Parent = ns[0].ID
			}
			if _, err := p.add(d); err != nil {
				return err
			}
		}
		return nil
	})
}
