// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A NewPoint is a point to be put on the way of a grid's rounds.
type NewPoint struct {
	Grid id.ID
	Kind PointKind
	Name string
	At   geo.Point // longitude first, in WGS-84
}

// MaxPoints is how many points a grid may have.
const MaxPoints = 60

// AddPoint puts a point on the way of a grid's rounds, from the next slot on. Needs
// arrange in the grid. The point must lie in the grid, where the grid has an outline.
func (s *Service) AddPoint(ctx context.Context, by scope.Actor, in NewPoint) (d id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		ps, err := s.addPoints(tx, by, []NewPoint{in})
		if err == nil {
			d = ps[0]
		}
		return err
	})
	return d, err
}

// AddPoints is AddPoint for many at once: all, or none.
func (s *Service) AddPoints(ctx context.Context, by scope.Actor, in []NewPoint) (ds []id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		ds, err = s.addPoints(tx, by, in)
		return err
	})
	return ds, err
}

func (s *Service) addPoints(tx *sqldb.Tx, by scope.Actor, in []NewPoint) (ds []id.ID, err error) {
	count := map[id.ID]int{}
	var lines []trail.Entry
	for _, n := range in {
		line, err := s.addPoint(tx, by, n, "", count)
		if err != nil {
			return nil, err
		}
		ds = append(ds, line.Record)
		lines = append(lines, line)
	}
	return ds, trail.AppendAll(tx, by, lines)
}

// addPoint puts one point on the way and returns the line for the trail. count is how many
// points the grids have that were looked at; origin is what an imported one is known by.
func (s *Service) addPoint(tx *sqldb.Tx, by scope.Actor, n NewPoint, origin string, count map[id.ID]int) (line trail.Entry, err error) {
	tree := s.places.Tree()
	g, ok := tree.Get(n.Grid)
	if !ok || !g.Open() || g.Path[scope.Grid] != g.ID {
		return line, errs.At("grid", "patrol.grid.none")
	}
	if err := refuse(tx, by, access.Arrange, scope.Target{Path: g.Path}); err != nil {
		return line, err
	}
	n.Name = strings.TrimSpace(n.Name)
	var l errs.List
	between(&l, "name", n.Name, 2, MaxName)
	if !slices.Contains(PointKinds, n.Kind) {
		l.Add("kind", "patrol.point.kind")
	}
	if !geo.InRange(n.At) || n.At == (geo.Point{}) {
		l.Add("lat", "patrol.point.where")
	} else if shape, ok := tree.Outline(g.ID); ok && !within(tree, g.ID, n.At) && geo.Away(shape, n.At) > near {
		l.Add("lat", "patrol.point.outside", g.Name)
	}
	if err := l.Err(); err != nil {
		return line, err
	}
	if _, ok := count[g.ID]; !ok {
		if count[g.ID], err = countPoints(tx, g.ID); err != nil {
			return line, err
		}
	}
	if count[g.ID] >= MaxPoints {
		return line, errs.New(errs.Conflict, "patrol.point.many", MaxPoints)
	}
	count[g.ID]++
	p := Point{ID: tx.NewID(), Path: g.Path, Kind: n.Kind, Name: n.Name, At: n.At, Since: SlotAt(tx.Now()) + 1, Version: 1, origin: origin}
	if p.Code, err = s.codeOf(p.ID); err != nil {
		return line, err
	}
	if err := insertPoint(tx, p); err != nil {
		return line, err
	}
	return trail.Entry{Noun: "patrol_point", Record: p.ID, Act: "add", Note: p.Name, Digest: p.digest()}, nil
}

// within reports whether the map has the point in the grid.
func within(tree *places.Tree, grid id.ID, p geo.Point) bool {
	at, ok := tree.Locate(p[0], p[1])
	return ok && at.Path[scope.Grid] == grid
}

func (p Point) digest() []byte {
	return trail.Digest("point/2", p.ID, whole(p.Path), string(p.Kind), p.Name, p.At[0], p.At[1], p.Code, int64(p.Since), p.EndedAt, p.origin)
}

// codeLetters are those of a printed code: none can be misread for another.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeOf is what is printed at a point: made of its number by the town's keys, so that
// it cannot be worked out by who has not been there.
func (s *Service) codeOf(point id.ID) (string, error) {
	b, err := s.seal.Index("patrol.point", point.String())
	if err != nil {
		return "", err
	}
	n := binary.BigEndian.Uint64(b)
	var code [8]byte
	for i := range code {
		code[i] = codeLetters[n%uint64(len(codeLetters))]
		n /= uint64(len(codeLetters))
	}
	return string(code[:]), nil
}

// EndPoint takes a point off the way: it is not due any more. Needs arrange in the grid.
func (s *Service) EndPoint(ctx context.Context, by scope.Actor, point id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		p, err := loadPoint(tx, point)
		if err != nil {
			return err
		}
		if err := refuse(tx, by, access.Arrange, scope.Target{Path: p.Path}); err != nil {
			return err
		}
		if !p.EndedAt.IsZero() {
			return errs.New(errs.Conflict, "patrol.point.ended")
		}
		p.EndedAt = tx.Now()
		if err := endPoint(tx, p); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_point", Record: p.ID, Act: "end", Note: p.Name, Digest: p.digest()})
	})
}

// ListPoints are the points that stand in a grid, for those who see its matters.
func (s *Service) ListPoints(ctx context.Context, by scope.Actor, grid id.ID) (ps []Point, err error) {
	g, ok := s.places.Tree().Get(grid)
	if !ok || g.Path[scope.Grid] != g.ID {
		return nil, errs.New(errs.NotFound, "patrol.grid.none")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.maySee(tx, by, g.Path); err != nil {
			return err
		}
		ps, err = pointsOf(tx, grid)
		return err
	})
	return ps, err
}

// Point is one point, for those who see the matters of its grid.
func (s *Service) Point(ctx context.Context, by scope.Actor, d id.ID) (p Point, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if p, err = loadPoint(tx, d); err != nil {
			return err
		}
		return s.maySee(tx, by, p.Path)
	})
	return p, err
}

// maySee is nil for who sees the rounds of a place: who walks or arranges them there, sees
// its matters, or audits.
func (s *Service) maySee(tx *sqldb.Tx, by scope.Actor, at scope.Path) error {
	t := scope.Target{Path: at, At: tx.Now()}
	for _, need := range []scope.Need{access.Patrol, access.Arrange, access.See, access.Audit} {
		if by.May(need, t).OK {
			return nil
		}
	}
	return refuse(tx, by, access.See, t)
}
