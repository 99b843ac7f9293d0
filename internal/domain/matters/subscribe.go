// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Subscription is what somebody wants to hear of: a matter, a place or a
// category, as "matter:ID", "place:ID" or "category:CODE".
type Subscription struct {
	ID     id.ID
	Target string
	At     time.Time
}

// Subscribe lets a signed-in person hear of a target; a second time changes
// nothing.
func (s *Service) Subscribe(ctx context.Context, by scope.Actor, target string) error {
	if by.Account == 0 && by.Resident == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	if err := s.checkTarget(ctx, by, target); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return insertSubscription(tx, by, target) })
}

func (s *Service) checkTarget(ctx context.Context, by scope.Actor, target string) error {
	kind, rest, _ := strings.Cut(target, ":")
	if kind == "category" {
		if _, ok := s.Catalogue().Get(rest); ok {
			return nil
		}
		return errs.At("target", "matter.category.unknown")
	}
	d, err := id.Parse(rest)
	if err != nil {
		return errs.At("target", "matter.subscribe.target")
	}
	switch kind {
	case "place":
		if _, ok := s.places.Tree().Get(d); ok {
			return nil
		}
	case "matter":
		return s.db.Read(ctx, func(tx *sqldb.Tx) error {
			m, err := s.load(tx, d)
			if err == nil && !s.maySee(tx, by, m) {
				err = errs.New(errs.NotFound, "matter.none")
			}
			return err
		})
	}
	return errs.At("target", "matter.subscribe.target")
}

// Unsubscribe ends one of the actor's own subscriptions.
func (s *Service) Unsubscribe(ctx context.Context, by scope.Actor, target string) error {
	if by.Account == 0 && by.Resident == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return deleteSubscription(tx, by, target) })
}

// Subscriptions are the actor's own.
func (s *Service) Subscriptions(ctx context.Context, by scope.Actor) (ss []Subscription, err error) {
	if by.Account == 0 && by.Resident == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ss, err = subscriptionsOf(tx, by)
		return err
	})
	return ss, err
}
