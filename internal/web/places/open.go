// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"
	"strconv"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

const (
	atOnce  = 200 // matters read at once
	maxRead = 15  // times, before a count is given up as "at least"
)

// open counts what was chosen, by place: what is still to be done, unless it was
// something else.
type open struct {
	choice
	by   map[id.ID]int
	more bool // there is more than was counted
}

// openIn counts the chosen matters of a subtree that the reader may see, for every
// place of it at once: those of their own places, and what is public elsewhere.
func (c *Counter) openIn(ctx context.Context, by scope.Actor, in scope.Scope, which choice) (o open, err error) {
	o.choice, o.by = which, map[id.ID]int{}
	seen := map[matters.ID]bool{}
	if err := c.count(ctx, scope.Actor{Kind: scope.Anonymous}, in, &o, seen); err != nil {
		return o, err
	}
	if by.Kind != scope.Staff {
		return o, nil
	}
	return o, c.count(ctx, by, in, &o, seen)
}

// count adds what one reader may see and was not seen before.
func (c *Counter) count(ctx context.Context, by scope.Actor, in scope.Scope, o *open, seen map[matters.ID]bool) error {
	f := o.filter()
	f.Place, f.Most = in, atOnce
	for range maxRead {
		p, err := c.Matters.List(ctx, by, f)
		if err != nil {
			return err
		}
		for _, k := range p.Cards {
			if seen[k.ID] {
				continue
			}
			seen[k.ID] = true
			for _, d := range k.Path {
				if d != 0 {
					o.by[d]++
				}
			}
		}
		if !p.More {
			return nil
		}
		f.Before = p.Cards[len(p.Cards)-1].ID
	}
	o.more = true
	return nil
}

// of is the count of a place, with what is left of those whose ground it took
// over.
func (o open) of(t *places.Tree, p places.Place) int {
	n := o.by[p.ID]
	for _, d := range t.Predecessors(p.ID) {
		n += o.by[d]
	}
	return n
}

// say writes a count, with a + where it is the least that is known.
func (o open) say(n int) string {
	if o.more {
		return strconv.Itoa(n) + "+"
	}
	return strconv.Itoa(n)
}
