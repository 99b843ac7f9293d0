// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"
	"slices"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Merging says which places become one. The one is either there already, and
// may be among those merged, or it is new.
type Merging struct {
	Of   []id.ID
	Into id.ID  // the place that goes on; 0 if it is new
	New  *Draft // the new place, if Into is 0; its parent is that of the first
	On   Day
}

// Merge closes places of one kind and gives what is below them to one place,
// whose ID it returns. If all have outlines, its outline is theirs together.
// Whoever administers all of the places, and the parent of a new one, may. It is
// Invalid if the places are not of one kind or fewer than two in all, if two
// places below would have the same name, or the day does not fit; Conflict if one
// of them is closed.
func (s *Service) Merge(ctx context.Context, by scope.Actor, in Merging) (into id.ID, err error) {
	err = s.change(ctx, by, in.On, func(p *plan) error {
		into, err = p.merge(in)
		return err
	})
	if err != nil {
		return 0, err
	}
	return into, nil
}

func (p *plan) merge(in Merging) (id.ID, error) {
	if (in.Into == 0) == (in.New == nil) {
		return 0, errs.At("into", "place.merge.into")
	}
	ids := slices.Clone(in.Of)
	if in.Into != 0 {
		ids = append(ids, in.Into)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) < 2 {
		return 0, errs.At("of", "place.merge.few")
	}
	all := make([]Place, len(ids))
	for i, d := range ids {
		x, err := p.open(d, 0)
		if err != nil {
			return 0, err
		}
		if all[i] = x; x.Kind == City || x.Kind != all[0].Kind {
			return 0, errs.At("of", "place.merge.kinds")
		}
	}
	if err := p.day(all...); err != nil {
		return 0, err
	}
	target, err := p.target(in, all[0])
	if err != nil {
		return 0, err
	}
	shape, accuracy, err := p.together(ids)
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		if x.ID == target.ID {
			continue
		}
		if err := p.give(x.ID, target.ID, nil); err != nil {
			return 0, err
		}
		p.end(Merge, x, x.Name.ZH+" → "+target.Name.ZH, []id.ID{target.ID})
	}
	if shape != nil {
		p.reshape(target, shape, accuracy, target.Name.ZH)
	}
	return target.ID, nil
}

// target is the place that goes on after a merger.
func (p *plan) target(in Merging, first Place) (Place, error) {
	if in.Into != 0 {
		return p.get(in.Into)
	}
	d := *in.New
	if d.Kind = first.Kind; d.Parent == 0 {
		d.Parent = first.Parent
	}
	if d.Community == "" {
		d.Community = first.Community
	}
	return p.add(d)
}

// together is the outline of all the places, nil if one has none; it is invented
// if that of one of them is.
func (p *plan) together(ids []id.ID) (*outline, Accuracy, error) {
	var shapes []geo.Shape
	accuracy := Exact
	for _, d := range ids {
		n := p.tree.places[d]
		if n.shape == nil {
			return nil, Unknown, nil
		}
		if n.Accuracy != Exact {
			accuracy = Approximate
		}
		shapes = append(shapes, n.shape.shape)
	}
	s, err := geo.Join(shapes...)
	if err != nil {
		return nil, Unknown, err
	}
	return outlineOf(s), accuracy, nil
}

// give plans for the open places below one to stand below another from now on:
// those named, or all.
func (p *plan) give(from, to id.ID, only []id.ID) error {
	for _, n := range p.tree.places[from].children {
		if only != nil && !slices.Contains(only, n.ID) {
			continue
		}
		x := n.Place
		if err := p.day(x); err != nil {
			return err
		}
		x.Parent = to
		p.reword(Move, x, "")
	}
	return nil
}

// reshape gives a place of this plan, or of the tree, a new outline and the
// point in the middle of it, both as exact as each other.
func (p *plan) reshape(x Place, o *outline, a Accuracy, note string) {
	if i, ok := p.at[x.ID]; ok {
		c := &p.changes[i]
		c.shape, c.now.Point, c.now.Accuracy = o, geo.Inside(o.shape), a
		return
	}
	x.Point, x.Accuracy = geo.Inside(o.shape), a
	p.put(Shape, x, note).shape = o
}
