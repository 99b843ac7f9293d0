// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// disputedFrom is the return by a unit from which on whoever commands decides.
const disputedFrom = 2

// A Deciding names the unit that a disputed matter is for, and says why.
type Deciding struct {
	Lead   id.ID
	Reason string // for the units
}

// Decide ends a dispute about whose a matter is: whoever commands in the place names
// the unit, with a reason, once. That unit does not return it. Needs command.
func (s *Service) Decide(ctx context.Context, by scope.Actor, d ID, in Deciding) error {
	reason, err := words("words", in.Reason, minReason)
	var faults errs.List
	dir := s.orgs.Directory()
	if u, ok := dir.Unit(in.Lead); !ok || !u.Active {
		faults.Add("lead", "matter.unit.unknown")
	}
	if err := faults.Join(err); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return s.change(ctx, by, d, Decide, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		if u, ok := dir.Unit(in.Lead); !ok || !u.Serves().Contains(m.Path) {
			return Step{}, errs.At("lead", "matter.unit.elsewhere")
		}
		m.Lead, m.Decided = in.Lead, true
		// why is a line for those who work on it, beside the public one
		m.add(Step{ID: tx.NewID(), Matter: m.ID, At: tx.Now(), Act: Decide, Account: by.Account, Actor: by.Name, Unit: by.Unit, ToUnit: in.Lead, Words: reason})
		return Step{Public: true, ToUnit: in.Lead}, nil
	})
}

// commands is the unit of whoever commands in the place of m, the nearest first and
// before those whose post nobody holds; 0 if nobody is to.
func (s *Service) commands(m Matter) id.ID {
	dir, now := s.orgs.Directory(), s.db.Now()
	var best id.ID
	held, level := false, scope.City
	for _, u := range dir.Units() {
		for _, p := range dir.Posts(u.ID) {
			role, ok := access.RoleOf(p.Role)
			if !ok || !slices.Contains(role.Needs, access.Command) || !p.In().Contains(m.Path) {
				continue
			}
			h, l := len(dir.Holders(p.ID, now)) > 0, p.In().Level
			if best == 0 || h && !held || h == held && l > level {
				best, held, level = u.ID, h, l
			}
		}
	}
	return best
}

// A Return is a unit's refusal of a matter as not its own.
type Return struct {
	Step
	From id.ID // the unit
}

// Returns are the returns by units in a matter's story, oldest first, as far as the
// reader sees it from the inside.
func (w Whole) Returns() (all []Return) {
	var lead id.ID
	for _, p := range w.Steps {
		switch p.Act {
		case Dispatch, Decide:
			if p.ToUnit != 0 {
				lead = p.ToUnit
			}
		case SendBack:
			if p.ToUnit == 0 && lead != 0 { // not for rework, nor by the dispatcher
				all = append(all, Return{p, lead})
				lead = 0
			}
		default:
		}
	}
	return all
}
