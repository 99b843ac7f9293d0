// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Guide is what the rules in use say about a matter that is being classified.
func (s *Service) Guide(tx *sqldb.Tx, m matters.Matter) (r matters.Ruling, err error) {
	e, err := s.inUseNow(tx)
	if err != nil || len(e.Rules) == 0 {
		return r, err
	}
	a := e.Rules.Ask(CaseOf(m), s.Town())
	r = matters.Ruling{Edition: e.Number, Rule: matters.NoRule}
	if a.Fired {
		r = matters.Ruling{Edition: e.Number, Rule: a.Rule.ID, Version: a.Rule.Version, Name: a.Rule.Name, Lead: a.Lead, Assist: a.Assist, AtOnce: a.Rule.AtOnce}
	}
	return r, nil
}

// AskRules is what the rules in use say about a matter now, with the edition. Whoever
// sees it from the inside may ask.
func (s *Service) AskRules(ctx context.Context, m matters.Matter) (a Answer, e Edition, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		e, err = s.inUseNow(tx)
		return err
	})
	if err != nil {
		return a, e, err
	}
	return e.Rules.Ask(CaseOf(m), s.Town()), e, nil
}

// CaughtWithin is the time over which it is counted how many matters a rule caught.
const CaughtWithin = 90 * 24 * time.Hour

// Caught is how many of the newest matters each rule of the list caught, and, under
// NoRule, none. Needs administer or audit in the whole town.
func (s *Service) Caught(ctx context.Context, by scope.Actor, rs Rules) (map[id.ID]int, error) {
	if err := s.mayRead(by); err != nil {
		return nil, err
	}
	ids := []id.ID{matters.NoRule}
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	return s.matters.Caught(ctx, ids, s.db.Now().Add(-CaughtWithin))
}
