// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Sorter is the program where it sorts a matter without a person, as the story and
// the trail name it.
const Sorter = "routing"

// A Sorting is what the program settles about a matter by itself.
type Sorting struct {
	Accept   bool   // also of what nobody has accepted yet
	Category string // its code
	Lead     id.ID  // the unit it is sent to; 0: a person dispatches it
}

// Sort does to a matter what a clerk does who sorts it: it accepts it if that is
// asked, classifies it, and sends it to a unit if one is named, by the same moves
// and rules. Where one of the town's rules names another unit, a person decides, or the
// rule if it dispatches at once. Everybody reads that it was the program. Only the program may; it is
// Conflict if somebody was quicker.
func (s *Service) Sort(tx *sqldb.Tx, d ID, in Sorting) (m Matter, err error) {
	by := scope.Program(Sorter)
	if m, err = s.load(tx, d); err != nil {
		return m, err
	}
	if m.State == Received && in.Accept {
		if m, err = s.changeIn(tx, by, d, Accept, accepting(by)); err != nil {
			return m, err
		}
	}
	rule, err := s.classifying(by, Classifying{Category: in.Category, Urgent: m.Urgent})
	if err != nil {
		return m, err
	}
	if m, err = s.changeIn(tx, by, d, Classify, rule); err != nil {
		return m, err
	}
	if r := m.ruled; m.State == Dispatched || in.Lead == 0 || r.Fired() && r.Lead != in.Lead { // what the town wrote goes before what was learnt
		return m, nil
	}
	if rule, err = s.dispatching(by, Dispatching{Lead: in.Lead}); err != nil {
		return m, err
	}
	return s.changeIn(tx, by, d, Dispatch, rule)
}

// Unsorted returns those of the matters that nobody has sorted yet, whole, for the
// program alone.
func (s *Service) Unsorted(ctx context.Context, ids []ID) (ms []Matter, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		for some := range slices.Chunk(ids, atOnce) {
			more, err := s.unsorted(tx, some)
			if err != nil {
				return err
			}
			ms = append(ms, more...)
		}
		return nil
	})
	return ms, err
}

// ToSort reports whether the trail's row tells of a matter that may be to be sorted
// from then on.
func ToSort(r trail.Row) bool {
	return r.Noun == "matter" && (Act(r.Act) == raised || Act(r.Act) == Accept)
}

// By says who put a matter in its category.
type By int

// Who may have.
const (
	ByNobody    By = iota // it is not sorted yet
	ByPerson              // a person did
	ByProgram             // the program did, and no person has looked at it
	ByConfirmed           // the program did, and a person found it right
)

// SortedBy says who put the matter in its category, by its story: those who may
// read the matter may know.
func (w Whole) SortedBy() By {
	by := ByNobody
	for _, p := range w.Steps {
		by = by.after(p)
	}
	return by
}

// after is who sorted a matter when a step has followed.
func (b By) after(p Step) By {
	switch {
	case p.Act == Classify && p.Account == 0 && p.Actor == Sorter:
		return ByProgram
	case p.Act == Classify, p.Act == Correct:
		return ByPerson
	case p.Act == Confirm && b == ByProgram:
		return ByConfirmed
	}
	return b
}

// unreviewed says why there is nothing to set right of how a matter was sorted; nil
// if the program did it and no person has looked at it.
func unreviewed(tx *sqldb.Tx, m Matter) error {
	ps, err := sortingSteps(tx, m.ID)
	if err != nil {
		return err
	}
	by := ByNobody
	for _, p := range ps {
		by = by.after(p)
	}
	if by != ByProgram {
		return errs.New(errs.Conflict, "matter.sorted.person")
	}
	return nil
}

// Correct puts a matter that the program sorted into the category where it belongs.
// If it has been sent to a unit that has not taken it yet, it comes back and is to
// be dispatched: so a wrong unit is set right by it too, with the category as it is.
// Needs intake.
func (s *Service) Correct(ctx context.Context, by scope.Actor, d ID, category, note string) error {
	note, err := words("words", note, 0)
	if err != nil {
		return err
	}
	k, ok := s.Catalogue().Get(category)
	if !ok || !k.Active {
		return errs.At("category", "matter.category.unknown")
	}
	return s.change(ctx, by, d, Correct, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		if m.State == Classified && m.Category == k.Code {
			return Step{}, errs.At("category", "matter.correct.same")
		}
		m.Category, m.Urgent = k.Code, m.Urgent || k.Urgent
		s.promiseAnew(m)
		if m.ruled, err = s.ask(tx, m); err != nil {
			return Step{}, err
		}
		if m.State == Dispatched {
			m.Lead = 0
			return Step{Public: true, Words: note, Detail: k.Code}, endAssists(tx, m)
		}
		m.Clocks = m.Clocks.clone()
		m.Clocks.Stage = s.run(*m, StageDispatch, m.Clocks.Stage.Begun())
		s.setDue(m, tx.Now())
		return Step{Public: true, Words: note, Detail: k.Code}, nil
	})
}

// Confirm says that a person has looked at how the program sorted a matter, and
// found it right. Needs intake.
func (s *Service) Confirm(ctx context.Context, by scope.Actor, d ID) error {
	return s.change(ctx, by, d, Confirm, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		return Step{Public: true, Detail: m.Category}, nil
	})
}
