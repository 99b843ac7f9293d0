// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Renaming is a place's new name. Its Version, if not 0, is that of the place
// as the clerk saw it.
type Renaming struct {
	Name    i18n.Text
	On      Day
	Version int64
}

// Rename gives a place a new name from a day on. Whoever administers the place
// may. The name it has already changes nothing. It is Invalid beside a field for
// a name that is empty, too long or taken by a brother or sister, or a day that
// does not fit; Conflict if the place is closed or has changed meanwhile.
func (s *Service) Rename(ctx context.Context, by scope.Actor, d id.ID, in Renaming) error {
	return s.change(ctx, by, in.On, func(p *plan) error {
		x, err := p.open(d, in.Version)
		if err != nil {
			return err
		}
		name, err := named(in.Name)
		if err != nil {
			return err
		}
		if name == x.Name {
			return nil
		}
		if err := p.day(x); err != nil {
			return err
		}
		note := x.Name.ZH + " → " + name.ZH
		x.Name = name
		p.reword(Rename, x, note)
		return nil
	})
}

// A Recoding is a place's new code.
type Recoding struct {
	Scheme  Scheme
	Code    string
	Below   bool // also recode the places below whose codes begin with this one's
	On      Day
	Version int64
}

// Recode gives a place a new code from a day on, and if asked the places below
// it, whose codes then begin as the new one does. Whoever administers the place
// may. The code it has already changes nothing. It is Invalid beside a field if
// the code does not fit its scheme, the place or the parent, or is taken, or the
// day does not fit; Conflict if the place is closed or has changed meanwhile.
func (s *Service) Recode(ctx context.Context, by scope.Actor, d id.ID, in Recoding) error {
	return s.change(ctx, by, in.On, func(p *plan) error {
		x, err := p.open(d, in.Version)
		if err != nil {
			return err
		}
		if in.Scheme == x.Scheme && in.Code == x.Code {
			return nil
		}
		var parent Place
		if x.Parent != 0 {
			if parent, err = p.get(x.Parent); err != nil {
				return err
			}
		}
		if err := CheckCode(x.Kind, in.Scheme, in.Code, parent); err != nil {
			return err
		}
		touched := []Place{x}
		if in.Below && x.Scheme == Statistics12 && in.Scheme == Statistics12 {
			touched = append(touched, p.tree.beginning(x)...)
		}
		if err := p.day(touched...); err != nil {
			return err
		}
		n := significant(x.Kind)
		for i, y := range touched {
			code, scheme := in.Code, in.Scheme
			if i > 0 {
				code, scheme = in.Code[:n]+y.Code[n:], y.Scheme
			}
			note := y.Code + " → " + code
			y.Code, y.Scheme = code, scheme
			p.reword(Recode, y, note)
		}
		return nil
	})
}

// beginning returns the open places below x whose national codes begin with its.
func (t *Tree) beginning(x Place) (below []Place) {
	prefix := x.Code[:significant(x.Kind)]
	for _, n := range t.order {
		national := n.Scheme == Statistics12 || n.Scheme == Grid15
		if n.ID != x.ID && n.Path[x.Kind.Level()] == x.ID && national && strings.HasPrefix(n.Code, prefix) {
			below = append(below, n.Place)
		}
	}
	return below
}

// A Reclassifying is a village's new sort of community.
type Reclassifying struct {
	Community Community
	On        Day
	Version   int64
}

// Reclassify makes a village another sort of community from a day on. Whoever
// administers the village may. The sort it has already changes nothing. It is
// Invalid for a place that is no village, an unknown sort or a day that does not
// fit; Conflict if the place is closed or has changed meanwhile.
func (s *Service) Reclassify(ctx context.Context, by scope.Actor, d id.ID, in Reclassifying) error {
	return s.change(ctx, by, in.On, func(p *plan) error {
		x, err := p.open(d, in.Version)
		if err != nil {
			return err
		}
		if x.Kind != Village {
			return errs.At("community", "place.community.kind")
		}
		if err := checkCommunity(x.Kind, in.Community); err != nil || in.Community == x.Community {
			return err
		}
		if err := p.day(x); err != nil {
			return err
		}
		note := string(x.Community) + " → " + string(in.Community)
		x.Community = in.Community
		p.reword(Reclassify, x, note)
		return nil
	})
}
