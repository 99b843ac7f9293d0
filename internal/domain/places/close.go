// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Closing says when a place ends, with nobody to follow it.
type Closing struct {
	On      Day // the first day without it
	Reason  string
	Version int64
}

// Close ends a place, such as a courtyard that was pulled down. Whoever
// administers it may. It is Invalid if it has open places below it, or the day
// does not fit; Conflict if it is closed already or has changed meanwhile.
func (s *Service) Close(ctx context.Context, by scope.Actor, d id.ID, in Closing) error {
	return s.change(ctx, by, in.On, func(p *plan) error {
		x, err := p.open(d, in.Version)
		if err != nil {
			return err
		}
		if below := p.tree.places[d].children; len(below) > 0 {
			return errs.New(errs.Invalid, "place.close.below", len(below), below[0].Name)
		}
		if len([]rune(in.Reason)) > 200 {
			return errs.At("reason", "place.reason.long", 200)
		}
		if err := p.day(x); err != nil {
			return err
		}
		p.end(Close, x, in.Reason, nil)
		return nil
	})
}
