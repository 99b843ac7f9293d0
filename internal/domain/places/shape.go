// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Shaping is a place's new outline, in WGS-84.
type Shaping struct {
	Shape   geo.Shape
	On      Day
	Version int64
}

// SetShape gives a place an outline from a day on, and the point inside it.
// Whoever administers the place may. The outline it has already changes nothing.
// It is Invalid if a ring is open, crosses itself or is otherwise broken, if the
// outline overlaps that of a brother or sister by more than [geo.Usual] allows,
// both being named, or the day does not fit; Conflict if the place is closed or
// has changed meanwhile. Invented outlines ([Service.Draw]) end with it, in the
// whole tree.
func (s *Service) SetShape(ctx context.Context, by scope.Actor, d id.ID, in Shaping) error {
	if vs := geo.Vertices(in.Shape); vs > geo.MaxVertices {
		return errs.At("shape", "geo.vertices", geo.MaxVertices)
	}
	if err := checkShape(in.Shape); err != nil {
		return err
	}
	o := outlineOf(in.Shape)
	return s.change(ctx, by, in.On, func(p *plan) error {
		x, err := p.open(d, in.Version)
		if err != nil {
			return err
		}
		n := p.tree.places[d]
		if n.shape != nil && n.Accuracy == Exact && n.shape.geojson == o.geojson {
			return nil
		}
		if err := p.day(x); err != nil {
			return err
		}
		for _, other := range p.tree.siblings(n) {
			if other.shape == nil || other.invented() {
				continue
			}
			piece, over, err := geo.Usual.Overlap(o.shape, other.shape.shape)
			if err != nil {
				return err
			}
			if over {
				return errs.At("shape", "place.shape.overlap", x.Name, other.Name, squareMetres(piece.Area), geo.Where(piece.At))
			}
		}
		p.reshape(x, o, Exact, "")
		p.disown()
		return nil
	})
}

// siblings are the other open places of the same kind below the same parent.
func (t *Tree) siblings(n *node) (out []*node) {
	if p := t.places[n.Parent]; p != nil {
		for _, o := range p.children {
			if o != n && o.Kind == n.Kind {
				out = append(out, o)
			}
		}
	}
	return out
}

// checkShape is Invalid if the outline is broken by itself, and says where.
func checkShape(s geo.Shape) error {
	var l errs.List
	for _, f := range geo.Check(s) {
		l.Add("shape", "geo.fault."+string(f.Kind), geo.Where(f.At))
	}
	return l.Err()
}

// squareMetres is an area as a message shows it.
func squareMetres(a float64) int64 { return int64(a + 0.5) }

// A Marking puts a place on the map without an outline.
type Marking struct {
	Point    geo.Point // in WGS-84
	Accuracy Accuracy  // Exact or Approximate
}

// SetPoints puts places on the map: all or none. Whoever administers each of
// them may. Points they have already change nothing. It is Invalid if a point is
// not on the earth or a place has an outline, whose point is inside it; Conflict
// if a place is closed.
func (s *Service) SetPoints(ctx context.Context, by scope.Actor, marks map[id.ID]Marking) error {
	return s.change(ctx, by, "", func(p *plan) error {
		for _, n := range p.tree.order { // in the tree's order, so that the trail is the same each time
			if m, ok := marks[n.ID]; ok {
				if err := p.mark(n, m); err != nil {
					return err
				}
			}
		}
		for d := range marks {
			if _, err := p.open(d, 0); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *plan) mark(n *node, m Marking) error {
	x, err := p.open(n.ID, 0)
	if err != nil {
		return err
	}
	if m.Accuracy == Unknown || checkPoint(m.Point, m.Accuracy) != nil {
		return errs.At("point", "place.point")
	}
	if n.shape != nil {
		return errs.At("point", "place.point.shape", x.Name)
	}
	if x.Point == m.Point && x.Accuracy == m.Accuracy {
		return nil
	}
	x.Point, x.Accuracy = m.Point, m.Accuracy
	p.put(Mark, x, string(m.Accuracy))
	return nil
}
