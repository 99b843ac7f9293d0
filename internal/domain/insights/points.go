// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Box is a part of the earth, in WGS-84 degrees.
type Box struct{ West, South, East, North float64 }

// Check holds a box against the earth.
func (b Box) Check() error {
	for _, v := range []float64{b.West, b.South, b.East, b.North} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errs.At("box", "insights.box")
		}
	}
	if b.West >= b.East || b.South >= b.North || b.West < -180 || b.East > 180 || b.South < -90 || b.North > 90 {
		return errs.At("box", "insights.box")
	}
	return nil
}

func (b Box) holds(lon, lat float64) bool {
	return lon >= b.West && lon <= b.East && lat >= b.South && lat <= b.North
}

// A Cluster is some matters that lie near each other on a map: one, or how many
// there are about a point.
type Cluster struct {
	Lon, Lat float64
	Matter   id.ID // if it is one alone that everybody may read; else 0
	Rough    bool  // all of them stand at the middle of their place
	Lights
}

// A Chart is what is under way in a part of the town, as a map shows it. Every
// matter under way is in it once: one that everybody may read at its own point, if
// that is known, else at the middle of its grid; one that is not for everybody is
// only counted, at the middle of its village or town, however near somebody looks.
type Chart struct {
	Clusters []Cluster
	Nowhere  int // matters of no place that lies anywhere
}

// Squares bound how many squares a box is wide: what lies in one is one cluster.
const (
	FewSquares   = 3
	ManySquares  = 24
	UsualSquares = 12
)

// Clusters are the matters under way in a subtree and a box, which is about so many
// squares wide, as many as clusters have room beside each other where it is shown. The
// same matters are put together wherever the box begins. It is Denied as
// [Service.Room] is.
func (s *Service) Clusters(ctx context.Context, by scope.Actor, in scope.Scope, b Box, squares int) (c Chart, err error) {
	if err := s.mayLook(by, in, b); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		since, err := s.recent(tx)
		if err != nil {
			return err
		}
		g := gridOf(b, min(ManySquares, max(FewSquares, squares)))
		found, err := squaresOf(tx, in, b, g, since.touched)
		if err != nil {
			return err
		}
		for _, x := range found {
			x.fold(g)
		}
		rough, err := roughly(tx, in, since.touched)
		if err != nil {
			return err
		}
		for _, x := range s.fresh(in, since) {
			if x.exact() {
				if b.holds(x.At.Lon, x.At.Lat) {
					g.add(x.At.Lon, x.At.Lat, 1, x.ID, false, x.lights(tx.Now()))
				}
				continue
			}
			rough = append(rough, x.roughly(tx.Now()))
		}
		tree := s.places.Tree()
		for _, x := range rough {
			lon, lat, ok := middle(tree, x.path, x.everybody)
			if !ok {
				c.Nowhere += x.All()
			} else if b.holds(lon, lat) {
				g.add(lon, lat, x.All(), x.matter(), true, x.Lights)
			}
		}
		c.Clusters = g.clusters()
		return nil
	})
	return c, err
}

// mayLook is Denied to who has no room for the subtree.
func (s *Service) mayLook(by scope.Actor, in scope.Scope, b Box) error {
	if err := s.mayEnter(by, in); err != nil {
		return err
	}
	return b.Check()
}

// fresh are the matters of a subtree that have been touched since the counts were
// kept, as they stand now.
func (s *Service) fresh(in scope.Scope, since recent) (rows []openRow) {
	for _, x := range since.rs {
		if row, ok := s.openRow(x, since.now); ok && inside(in, row.Path) {
			rows = append(rows, row)
		}
	}
	return rows
}

// exact reports whether the matter may stand on a map at its own point.
func (x openRow) exact() bool { return x.Everybody && x.At != nil }

func (x openRow) lights(now time.Time) (l Lights) {
	l.add(x.light(now), 1)
	return l
}

func (x openRow) roughly(now time.Time) rough {
	return rough{path: x.Path, everybody: x.Everybody, last: x.ID, Lights: x.lights(now)}
}

// rough are matters of one place whose own points are not known, or for nobody.
type rough struct {
	path      scope.Path
	everybody bool
	last      id.ID
	Lights
}

// matter is the matter if it is one alone that everybody may read.
func (x rough) matter() id.ID {
	if !x.everybody || x.All() != 1 {
		return 0
	}
	return x.last
}

// middle is the point that stands for matters of a path: that of their grid for
// those that everybody may read, of their village for others, or of the nearest
// place above that lies somewhere.
func middle(tree *places.Tree, path scope.Path, everybody bool) (lon, lat float64, ok bool) {
	level := scope.Grid
	if !everybody {
		level = scope.Village
	}
	for ; level > scope.City; level-- {
		if p, found := tree.Get(path[level]); found && path[level] != 0 && p.Accuracy != places.Unknown {
			return p.Point.Lon(), p.Point.Lat(), true
		}
	}
	return 0, 0, false
}

// A grid puts points together by squares that lie fast on the earth.
type grid struct {
	wide, high float64 // of a square, in degrees
	groups     map[[2]int64]*group
}

type group struct {
	Cluster
	lon, lat float64 // sums over n points
	n        int
	some     id.ID
}

// gridOf is the grid for a box: its squares shrink by steps, and are about as
// high as wide.
func gridOf(b Box, squares int) *grid {
	wide := 360 / math.Exp2(math.Round(2*math.Log2(360*float64(squares)/(b.East-b.West)))/2)
	return &grid{wide, wide * math.Cos(math.Round((b.South+b.North)/2)*math.Pi/180), map[[2]int64]*group{}}
}

// add puts n matters at a point; one is which, if it is one that may be named.
func (g *grid) add(lon, lat float64, n int, one id.ID, rough bool, l Lights) {
	g.put([2]int64{int64(math.Floor(lon / g.wide)), int64(math.Floor(lat / g.high))}, lon*float64(n), lat*float64(n), n, one, rough, l)
}

func (g *grid) put(at [2]int64, lon, lat float64, n int, one id.ID, rough bool, l Lights) {
	x := g.groups[at]
	if x == nil {
		x = &group{Cluster: Cluster{Rough: true}}
		g.groups[at] = x
	}
	x.take(group{Cluster: Cluster{Rough: rough, Lights: l}, lon: lon, lat: lat, n: n, some: one})
}

func (x *group) take(y group) {
	x.lon, x.lat, x.n, x.Rough = x.lon+y.lon, x.lat+y.lat, x.n+y.n, x.Rough && y.Rough
	x.Green, x.Yellow, x.Red = x.Green+y.Green, x.Yellow+y.Yellow, x.Red+y.Red
	x.some = y.some
}

// clusters are the groups, the largest first. Those whose middles come nearer to each
// other than a square is wide are put together, so that none lies upon another.
func (g *grid) clusters() []Cluster {
	kept := make([]*group, 0, len(g.groups))
	for _, x := range g.groups {
		kept = append(kept, x)
	}
	for n := 0; n != len(kept); { // putting two together moves their middle
		n = len(kept)
		kept = g.apart(kept)
	}
	cs := make([]Cluster, len(kept))
	for i, x := range kept {
		cs[i] = x.Cluster
		cs[i].Lon, cs[i].Lat = x.middle()
		if x.n == 1 {
			cs[i].Matter = x.some
		}
	}
	return cs
}

// apart puts those together that are too near to a larger one.
func (g *grid) apart(all []*group) (kept []*group) {
	slices.SortFunc(all, func(a, b *group) int {
		ax, ay := a.middle()
		bx, by := b.middle()
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(by, ay), cmp.Compare(ax, bx))
	})
next:
	for _, x := range all {
		lon, lat := x.middle()
		for _, k := range kept {
			kx, ky := k.middle()
			if math.Hypot((lon-kx)/g.wide, (lat-ky)/g.high) < tooNear {
				k.take(*x)
				continue next
			}
		}
		kept = append(kept, x)
	}
	return kept
}

func (x *group) middle() (lon, lat float64) { return x.lon / float64(x.n), x.lat / float64(x.n) }

// tooNear is how near two clusters may come, in squares.
const tooNear = .9

// Here is what is under way in a box, as the list beside a map has it.
type Here struct {
	Lights
	Private int            // of them, which are only counted
	Cards   []matters.Card // those that end first
}

// mostHere is how many matters the list beside a map shows.
const mostHere = 20

// Here are the matters of [Service.Clusters] in a list: those that everybody may
// read, as everybody reads them, and how many the others are.
func (s *Service) Here(ctx context.Context, by scope.Actor, in scope.Scope, b Box) (h Here, err error) {
	if err := s.mayLook(by, in, b); err != nil {
		return h, err
	}
	var ids []id.ID
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		since, err := s.recent(tx)
		if err != nil {
			return err
		}
		tree, now := s.places.Tree(), tx.Now()
		lights, err := exactLights(tx, in, b, since.touched)
		if err != nil {
			return err
		}
		h.Lights = lights
		groups, err := roughly(tx, in, since.touched)
		if err != nil {
			return err
		}
		stand := []scope.Path{} // of the public matters at the middle of their places
		whole := true           // all of them are in the box
		for _, x := range groups {
			lon, lat, ok := middle(tree, x.path, x.everybody)
			if !ok || !b.holds(lon, lat) {
				whole = whole && !x.everybody
				continue
			}
			h.join(x.Lights)
			if x.everybody {
				stand = append(stand, x.path)
			} else {
				h.Private += x.All()
			}
		}
		if whole {
			stand = nil
		}
		rows, err := soonest(tx, in, b, stand, since.touched)
		if err != nil {
			return err
		}
		for _, x := range s.fresh(in, since) {
			lon, lat, ok := x.stands(tree)
			if !ok || !b.holds(lon, lat) {
				continue
			}
			h.join(x.lights(now))
			if x.Everybody {
				rows = append(rows, x)
			} else {
				h.Private++
			}
		}
		slices.SortFunc(rows, sooner)
		for _, x := range rows[:min(len(rows), mostHere)] {
			ids = append(ids, x.ID)
		}
		return nil
	})
	if err != nil {
		return h, err
	}
	h.Cards, err = s.matters.CardsOf(ctx, everybody, ids)
	return h, err
}

// join adds others.
func (l *Lights) join(more Lights) {
	l.Green, l.Yellow, l.Red = l.Green+more.Green, l.Yellow+more.Yellow, l.Red+more.Red
}

// stands is where a matter stands on a map.
func (x openRow) stands(tree *places.Tree) (lon, lat float64, ok bool) {
	if x.exact() {
		return x.At.Lon, x.At.Lat, true
	}
	return middle(tree, x.Path, x.Everybody)
}

// sooner orders matters by when they end; those that do not come last.
func sooner(a, b openRow) int {
	if a.Due.IsZero() != b.Due.IsZero() {
		if a.Due.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
}
