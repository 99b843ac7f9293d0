// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Decision is what became of an appeal.
type Decision string

// The decisions. The empty Decision is that of an appeal that waits for one.
const (
	Granted Decision = "granted" // excused: the unit was late, and that is not held against it
	Refused Decision = "refused"
)

// An Appeal 超时申诉 is what a unit that was late says about it, once for each time,
// when the matter is closed, and what was decided. That it was late stays written
// in either case; whether that is excused stands beside it.
type Appeal struct {
	ID        id.ID
	Stage     id.ID // the stage that took too long: an Ended
	Matter    ID
	Unit      id.ID
	Account   id.ID
	Actor     string
	Words     string
	At        time.Time
	Decision  Decision
	Decider   id.ID
	DecidedBy string
	Reason    string
	DecidedAt time.Time
}

// Appeal says why the lead unit was late with a matter that is closed. It is
// Conflict if it was not, or has said so already. Needs handle in the lead unit.
func (s *Service) Appeal(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, AppealAct, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		late, _, err := s.appealable(tx, by, *m, AppealAct)
		if err != nil {
			return Step{}, err
		}
		a := Appeal{ID: tx.NewID(), Stage: late.ID, Matter: m.ID, Unit: late.Unit, Account: by.Account, Actor: by.Name, Words: reason, At: tx.Now()}
		m.add(a)
		return Step{Words: reason, ToUnit: m.Centre}, nil
	})
}

// GrantAppeal excuses that a unit was late, with a reason. Needs command in the
// place, and to be somebody else than who appealed.
func (s *Service) GrantAppeal(ctx context.Context, by scope.Actor, d ID, reason string) error {
	return s.decideAppeal(ctx, by, d, GrantAppeal, Granted, reason)
}

// RefuseAppeal lets it stand that a unit was late, with a reason. Needs command in
// the place, and to be somebody else than who appealed.
func (s *Service) RefuseAppeal(ctx context.Context, by scope.Actor, d ID, reason string) error {
	return s.decideAppeal(ctx, by, d, RefuseAppeal, Refused, reason)
}

func (s *Service) decideAppeal(ctx context.Context, by scope.Actor, d ID, act Act, decision Decision, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, act, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		_, a, err := s.appealable(tx, by, *m, act)
		if err != nil {
			return Step{}, err
		}
		a.Decision, a.Decider, a.DecidedBy, a.Reason, a.DecidedAt = decision, by.Account, by.Name, reason, tx.Now()
		return Step{Words: reason, ToUnit: a.Unit}, decideAppeal(tx, m, a)
	})
}

// appealable is the stage about which the lead unit may still say why it was late,
// for Appeal, or the appeal that waits for the actor's decision.
func (s *Service) appealable(tx *sqldb.Tx, by scope.Actor, m Matter, act Act) (late Ended, waits Appeal, err error) {
	as, err := appealsOf(tx, m.ID)
	if err != nil {
		return late, waits, err
	}
	if act != AppealAct {
		i := slices.IndexFunc(as, func(a Appeal) bool { return a.Decision == "" })
		switch {
		case i < 0:
			return late, waits, errs.New(errs.Conflict, "matter.appeal.none")
		case as[i].Account == by.Account && by.Account != 0:
			return late, waits, errs.New(errs.Denied, "matter.appeal.self")
		}
		return late, as[i], nil
	}
	stages, err := endedOf(tx, m.ID)
	if err != nil {
		return late, waits, err
	}
	was := false
	for _, e := range stages {
		if e.Run.Stage != StageHandle || e.Unit != m.Lead || !e.Late {
			continue
		}
		was = true
		if !slices.ContainsFunc(as, func(a Appeal) bool { return a.Stage == e.ID }) {
			return e, waits, nil
		}
	}
	if was {
		return late, waits, errs.New(errs.Conflict, "matter.appeal.once")
	}
	return late, waits, errs.New(errs.Conflict, "matter.appeal.in_time")
}
