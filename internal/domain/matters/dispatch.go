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

// A Dispatching says to whom a matter goes: one lead unit, any number of
// assisting ones.
type Dispatching struct {
	Lead   id.ID
	Assist []id.ID
	Words  string // for the unit
}

// Dispatch sends a classified matter to its lead unit and asks others to assist.
// Needs dispatch in its place.
func (s *Service) Dispatch(ctx context.Context, by scope.Actor, d ID, in Dispatching) error {
	rule, err := s.dispatching(by, in)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Dispatch, rule)
}

// dispatching is the rule of Dispatch.
func (s *Service) dispatching(by scope.Actor, in Dispatching) (edit, error) {
	note, err := words("words", in.Words, 0)
	if err != nil {
		return nil, err
	}
	dir := s.orgs.Directory()
	if u, ok := dir.Unit(in.Lead); !ok || !u.Active {
		return nil, errs.At("lead", "matter.unit.unknown")
	}
	for _, a := range in.Assist {
		if u, ok := dir.Unit(a); !ok || !u.Active {
			return nil, errs.At("assist", "matter.unit.unknown")
		}
		if a == in.Lead {
			return nil, errs.At("assist", "matter.assist.lead")
		}
	}
	return func(tx *sqldb.Tx, m *Matter) (Step, error) {
		if u, ok := dir.Unit(in.Lead); !ok || !u.Serves().Contains(m.Path) { // nobody there could act on it
			return Step{}, errs.At("lead", "matter.unit.elsewhere")
		}
		m.Lead = in.Lead
		if err := endAssists(tx, m); err != nil {
			return Step{}, err
		}
		for _, a := range slices.Compact(slices.Sorted(slices.Values(in.Assist))) {
			m.add(Assist{ID: tx.NewID(), Matter: m.ID, Unit: a, AskedAt: tx.Now(), AskedBy: by.Name, Words: note, Active: true})
			m.Assisting++
		}
		if note != "" { // a line for those who work on it, beside the public one
			m.add(Step{ID: tx.NewID(), Matter: m.ID, At: tx.Now(), Act: Dispatch, Account: by.Account, Actor: by.Name, Unit: by.Unit, Words: note})
		}
		return Step{Public: true, ToUnit: in.Lead, Words: ""}, nil
	}, nil
}

// SendBack returns a matter with a written reason to whoever it came from: a unit
// to the dispatcher, a dispatcher to the acceptor, a verifier or the acceptor to
// the unit for rework. Everything is kept, and the clock of the whole runs on. A
// unit that returns a matter leads it no more, and what it asked of others ends.
// The second time a unit returns it whoever commands in the place decides; what was
// decided is not returned any more, which is a Conflict. Needs what the table of
// moves asks in its state.
func (s *Service) SendBack(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, SendBack, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		m.Returns++
		switch m.State {
		case Handled, Verified: // rework: the same unit, and the reporter knows
			return Step{Words: reason, ToUnit: m.Lead, Public: true}, nil
		case Dispatched, Handling: // the unit gives it up, and whoever was to help it is free
			m.Lead = 0
			m.Disputes++
			m.State = Classified
			if m.Disputes >= disputedFrom && s.commands(*m) != 0 {
				m.State = Disputed
			}
			return Step{Words: reason}, endAssists(tx, m)
		default: // from the dispatcher to the acceptor
			return Step{Words: reason}, nil
		}
	})
	return err
}

// Take records that the lead unit has the matter and begins. Needs handle in the
// lead unit.
func (s *Service) Take(ctx context.Context, by scope.Actor, d ID, note string) error {
	note, err := words("words", note, 0)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Take, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: note}, nil
	})
	return err
}

// Handle reports what the lead unit did. The words are the reply that the
// reporter and, for a public matter, everybody reads. Needs handle in the lead
// unit. The units asked to assist need not have answered.
func (s *Service) Handle(ctx context.Context, by scope.Actor, d ID, result string, files ...NewFile) error {
	result, err := saying("words", result, minReason, "matter.words.result")
	if err != nil {
		return err
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	err = s.change(ctx, by, d, Handle, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Result = result
		return Step{Public: true, Words: result}, nil
	}, files...)
	return err
}

// maxSuspension is the longest time for which a matter may be suspended.
const maxSuspension = 366 * 24 * time.Hour

// Suspend stops the clock of handling until a day, for a cause outside the
// unit's power, with a reason that the reporter reads: once, for a year at most,
// ending by itself. Needs command.
func (s *Service) Suspend(ctx context.Context, by scope.Actor, d ID, until time.Time, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	end := s.day(until)
	err = s.change(ctx, by, d, Suspend, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		switch {
		case !end.After(tx.Now()):
			return Step{}, errs.At("until", "matter.suspend.past")
		case end.Sub(tx.Now()) > maxSuspension:
			return Step{}, errs.At("until", "matter.suspend.long")
		}
		m.Suspensions, m.ResumeAt = 1, end
		return Step{Public: true, Words: reason, Until: end}, nil
	})
	return err
}
