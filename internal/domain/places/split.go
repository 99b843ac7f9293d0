// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"
	"slices"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Splitting says into what a place is split.
type Splitting struct {
	Of    id.ID
	Parts []Part
	Keep  bool // the place itself goes on with what no part takes
	On    Day
}

// A Part is one of the new places, and which of those below the old one it takes.
type Part struct {
	Draft Draft // its kind is that of the old place, its parent too if it is 0
	Takes []id.ID
}

// Split makes new places out of one and returns their IDs. The old one is closed
// unless it is kept. Whoever administers the place, and the parent of the parts,
// may. It is Invalid if there are fewer than two places afterwards, if something
// below the old place is taken twice or, where that is closed, not at all, or the
// day does not fit; Conflict if the place is closed. Outlines are set afterwards:
// the program cannot know where the new border runs.
func (s *Service) Split(ctx context.Context, by scope.Actor, in Splitting) (parts []id.ID, err error) {
	err = s.change(ctx, by, in.On, func(p *plan) error {
		parts, err = p.split(in)
		return err
	})
	if err != nil {
		return nil, err
	}
	return parts, nil
}

func (p *plan) split(in Splitting) ([]id.ID, error) {
	x, err := p.open(in.Of, 0)
	if err != nil {
		return nil, err
	}
	if x.Kind == City {
		return nil, errs.At("of", "place.split.city")
	}
	if len(in.Parts) == 0 || len(in.Parts) == 1 && !in.Keep {
		return nil, errs.At("parts", "place.split.few")
	}
	if err := p.day(x); err != nil {
		return nil, err
	}
	if err := p.taken(in); err != nil {
		return nil, err
	}
	parts, names := make([]id.ID, len(in.Parts)), ""
	for i, part := range in.Parts {
		d := part.Draft
		if d.Kind = x.Kind; d.Parent == 0 {
			d.Parent = x.Parent
		}
		if d.Community == "" {
			d.Community = x.Community
		}
		made, err := p.add(d)
		if err != nil {
			return nil, err
		}
		parts[i] = made.ID
		if names != "" {
			names += "、"
		}
		names += made.Name.ZH
		if err := p.give(x.ID, made.ID, append([]id.ID{}, part.Takes...)); err != nil {
			return nil, err
		}
	}
	if in.Keep {
		p.put(Split, x, x.Name.ZH+" → "+names).successors = parts
	} else {
		p.end(Split, x, x.Name.ZH+" → "+names, parts)
	}
	return parts, nil
}

// taken sees that the parts share out what is below the place.
func (p *plan) taken(in Splitting) error {
	below := p.tree.places[in.Of].children
	times := make(map[id.ID]int, len(below))
	for _, part := range in.Parts {
		for _, d := range part.Takes {
			if !slices.ContainsFunc(below, func(n *node) bool { return n.ID == d }) {
				return errs.At("takes", "place.split.foreign")
			}
			times[d]++
		}
	}
	for _, n := range below {
		if times[n.ID] > 1 {
			return errs.At("takes", "place.split.twice", n.Name)
		}
		if times[n.ID] == 0 && !in.Keep {
			return errs.At("takes", "place.split.left", n.Name)
		}
	}
	return nil
}
