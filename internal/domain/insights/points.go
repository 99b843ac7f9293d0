// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"context"
	"math"
	"slices"

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

// A Cluster is some matters that lie near each other on the map: one, or how many
// there are in a square of it. A matter that is not for everybody is only ever
// counted, at the middle of its square.
type Cluster struct {
	Lon, Lat float64
	Matter   id.ID // 0 for several, or for one that is not for everybody
	Lights
}

// squares is how many squares a box is wide and high.
const squares = 24

// Clusters are the matters under way in a subtree and a box, put together by
// squares of it. It is Denied as [Service.Room] is.
func (s *Service) Clusters(ctx context.Context, by scope.Actor, in scope.Scope, b Box) (cs []Cluster, err error) {
	if !s.within(MayCommand(by, s.db.Now()), in) {
		return nil, errs.New(errs.Denied, scope.DeniedNeed)
	}
	if err := b.Check(); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		since, err := s.recent(tx)
		if err != nil {
			return err
		}
		rows, err := mapRows(tx, in, b, since.touched)
		if err != nil {
			return err
		}
		for _, x := range since.rs {
			if row, ok := s.openRow(x, since.now); ok && inside(in, row.Path) && row.At != nil && b.holds(row.At.Lon, row.At.Lat) {
				rows = append(rows, row)
			}
		}
		cs = gather(b, rows, func(x openRow, c *Cluster) { c.add(x.light(tx.Now()), 1) })
		return nil
	})
	return cs, err
}

func (b Box) holds(lon, lat float64) bool {
	return lon >= b.West && lon <= b.East && lat >= b.South && lat <= b.North
}

// gather puts rows together by squares.
func gather(b Box, rows []openRow, light func(openRow, *Cluster)) []Cluster {
	type group struct {
		Cluster
		lon, lat float64
		public   int
	}
	w, h := (b.East-b.West)/squares, (b.North-b.South)/squares
	groups := map[[2]int]*group{}
	for _, x := range rows {
		at := [2]int{int((x.At.Lon - b.West) / w), int((x.At.Lat - b.South) / h)}
		g := groups[at]
		if g == nil {
			g = &group{}
			groups[at] = g
		}
		light(x, &g.Cluster)
		if x.Everybody {
			g.lon, g.lat, g.public, g.Matter = g.lon+x.At.Lon, g.lat+x.At.Lat, g.public+1, x.ID
		}
	}
	var cs []Cluster
	for at, g := range groups {
		if g.public > 0 { // the middle of those that everybody may read
			g.Lon, g.Lat = g.lon/float64(g.public), g.lat/float64(g.public)
		} else {
			g.Lon, g.Lat = b.West+(float64(at[0])+.5)*w, b.South+(float64(at[1])+.5)*h
		}
		if g.All() > 1 || g.public == 0 {
			g.Matter = 0
		}
		cs = append(cs, g.Cluster)
	}
	slices.SortFunc(cs, func(a, b Cluster) int {
		if a.Lat != b.Lat {
			return int(math.Copysign(1, b.Lat-a.Lat))
		}
		return int(math.Copysign(1, a.Lon-b.Lon))
	})
	return cs
}
