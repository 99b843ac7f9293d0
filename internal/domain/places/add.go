// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Draft is a place to be.
type Draft struct {
	Kind      Kind
	Parent    id.ID // 0 for the city
	Scheme    Scheme
	Code      string
	Name      i18n.Text // English may be left out: English makes it
	Community Community // of a village
	Point     geo.Point // in WGS-84, if Accuracy is known
	Accuracy  Accuracy
}

// Add makes a new place from a day on, and returns its ID. Whoever administers
// the parent may; the city takes the whole tree. It is Invalid beside a field if
// the draft does not fit its parent or its scheme, or its code or name is taken,
// Conflict if the parent is closed or there is a city already.
func (s *Service) Add(ctx context.Context, by scope.Actor, d Draft, on Day) (id.ID, error) {
	ids, err := s.AddAll(ctx, by, []Draft{d}, on)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// AddAll is Add for several places at once: all or none. They do not stand below
// one another.
func (s *Service) AddAll(ctx context.Context, by scope.Actor, ds []Draft, on Day) (ids []id.ID, err error) {
	err = s.change(ctx, by, on, func(p *plan) error {
		ids = make([]id.ID, len(ds)) // anew each time: the transaction may run twice
		if err := p.day(); err != nil {
			return err
		}
		for i, d := range ds {
			x, err := p.add(d)
			if err != nil {
				return err
			}
			ids[i] = x.ID
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// add plans a new place.
func (p *plan) add(d Draft) (Place, error) {
	parent, err := p.parent(d)
	if err != nil {
		return Place{}, err
	}
	var l errs.List
	name, err := named(d.Name)
	if err := l.Join(err); err != nil {
		return Place{}, err
	}
	if err := l.Join(CheckCode(d.Kind, d.Scheme, d.Code, parent)); err != nil {
		return Place{}, err
	}
	if err := l.Join(checkCommunity(d.Kind, d.Community)); err != nil {
		return Place{}, err
	}
	if err := l.Join(checkPoint(d.Point, d.Accuracy)); err != nil {
		return Place{}, err
	}
	if len(l) > 0 {
		return Place{}, l
	}
	x := Place{
		ID: p.tx.NewID(), Kind: d.Kind, Scheme: d.Scheme, Code: d.Code, Name: name, Community: d.Community,
		Parent: parent.ID, From: p.on, Since: p.on, Point: d.Point, Accuracy: d.Accuracy,
	}
	p.put(Add, x, name.ZH)
	return x, nil
}

// parent returns the place below which a draft shall stand, the zero Place for a
// city, once the actor may add to it.
func (p *plan) parent(d Draft) (Place, error) {
	if d.Kind.Level() < 0 {
		return Place{}, errs.At("kind", "place.kind.unknown")
	}
	if d.Kind == City {
		if d.Parent != 0 {
			return Place{}, errs.At("parent", "place.parent.kind")
		}
		return Place{}, p.allow(scope.Path{})
	}
	parent, err := p.get(d.Parent)
	if err != nil {
		return Place{}, errs.At("parent", "place.parent.none")
	}
	if p.tree.places[parent.ID] != nil { // what this plan itself adds, it may add to
		if _, err := p.open(parent.ID, 0); err != nil {
			return Place{}, err
		}
	}
	if !d.Kind.under(parent.Kind) {
		return Place{}, errs.At("parent", "place.parent.kind")
	}
	if p.on != "" && p.on < parent.From {
		return Place{}, errs.At("on", "place.day.before", parent.Name, string(parent.From))
	}
	return parent, nil
}

func checkCommunity(k Kind, c Community) error {
	if k == Village && !c.known() {
		return errs.At("community", "place.community.missing")
	}
	if k != Village && c != "" {
		return errs.At("community", "place.community.kind")
	}
	return nil
}

func checkPoint(q geo.Point, a Accuracy) error {
	switch a {
	case Unknown:
		if q == (geo.Point{}) {
			return nil
		}
	case Approximate, Exact:
		if geo.InRange(q) {
			return nil
		}
	}
	return errs.At("point", "place.point")
}
