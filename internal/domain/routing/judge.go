// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Moved hears what is done to a matter, in the transaction in which it is: what a
// person makes of what the program sorted is what it is measured by.
func (s *Service) Moved(tx *sqldb.Tx, by scope.Actor, e matters.Moved) error {
	if by.Kind == scope.System {
		return nil
	}
	switch e.Act {
	case matters.Classify, matters.Correct, matters.Confirm, matters.Dispatch, matters.Close:
	default:
		return nil
	}
	was, ok, err := sortingOf(tx, e.Matter.ID)
	if err != nil || !ok {
		return err
	}
	now := was.judge(e)
	if now.Verdict == was.Verdict && now.UnitVerdict == was.UnitVerdict && now.InCategory == was.InCategory && now.InUnit == was.InUnit {
		return nil
	}
	now.JudgedAt = tx.Now()
	if err := saveVerdict(tx, now); err != nil {
		return err
	}
	if err := trail.Append(tx, by, trail.Entry{Noun: "routing_sorting", Record: now.ID, Act: "judge", Note: string(now.Verdict), Digest: now.digest()}); err != nil {
		return err
	}
	if now.Failed() {
		return s.takeBack(tx, now.Category)
	}
	return nil
}

// judge is the sorting after what a person did to its matter.
func (s Sorting) judge(e matters.Moved) Sorting {
	is := func(same bool) Verdict {
		if same {
			return Right
		}
		return Wrong
	}
	m := e.Matter
	switch e.Act {
	case matters.Classify, matters.Correct:
		if s.Verdict != Wrong { // that it was wrong once stays so
			s.Verdict = is(m.Category == s.Category)
		}
		s.InCategory = m.Category
		if e.Act == matters.Correct && e.From == matters.Dispatched && m.Category == s.Category && s.Unit != 0 {
			s.UnitVerdict = Wrong // it was taken back from there, and not for its category
		}
	case matters.Confirm:
		s.Verdict, s.InCategory = Right, m.Category
		if s.Unit != 0 && m.Lead == s.Unit {
			s.UnitVerdict, s.InUnit = Right, m.Lead
		}
	case matters.Dispatch:
		if s.Unit != 0 && s.UnitVerdict != Wrong {
			s.UnitVerdict = is(m.Lead == s.Unit)
		}
		s.InUnit = m.Lead
	case matters.Close:
		if s.Verdict == "" {
			s.Verdict, s.InCategory = Kept, m.Category
		}
		if s.Unit != 0 && s.UnitVerdict == "" {
			s.UnitVerdict, s.InUnit = Kept, m.Lead
		}
	}
	return s
}

// SortingOf is how the program sorted a matter; ok is false if it did not, or the
// actor is not at work on it.
func (s *Service) SortingOf(ctx context.Context, w matters.Whole) (x Sorting, ok bool, err error) {
	if w.View != matters.Inside {
		return x, false, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		x, ok, err = sortingOf(tx, w.Matter.ID)
		return err
	})
	return x, ok, err
}

// Sampled reports whether a matter waits for a person by whom the program is measured.
func (s *Service) Sampled(ctx context.Context, d matters.ID) (yes bool, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		x, ok, err := sortingOf(tx, d)
		yes = ok && x.Sample && (x.Verdict == "" || x.Verdict == Right && x.Unit != 0 && x.UnitVerdict == "")
		return err
	})
	return yes, err
}

// A Kind picks sortings of a list.
type Kind string

// The kinds.
const (
	Every    Kind = ""
	Open     Kind = "open"     // nobody has said anything yet
	Mistaken Kind = "mistaken" // set right by a person
	Sampled  Kind = "sampled"  // sorted by a person, to measure
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Every, Open, Mistaken, Sampled} }

// A Shown is a sorting with its matter.
type Shown struct {
	Sorting
	Card matters.Card // its zero value: it is not the reader's to read
}

// Sortings are what was sorted without a person in the places that the actor sees,
// the newest first, at most so many, before the one given if that is not 0; more says
// that there are others. Of matters that the actor may not read nothing is in it but
// how they were sorted. Needs see, audit or administer.
func (s *Service) Sortings(ctx context.Context, by scope.Actor, kind Kind, category string, before id.ID, most int) (shown []Shown, more bool, err error) {
	if !slices.Contains(Kinds(), kind) {
		return nil, false, errs.New(errs.NotFound, "routing.kind")
	}
	var xs []Sorting
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		seen, err := mayList(tx, by)
		if err != nil {
			return err
		}
		xs, err = sortings(tx, seen, kind, category, before, most+1)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	if more = len(xs) > most; more {
		xs = xs[:most]
	}
	ids := make([]matters.ID, len(xs))
	for i, x := range xs {
		ids[i] = x.Matter
	}
	cards, err := s.matters.Cards(ctx, by, ids)
	if err != nil {
		return nil, false, err
	}
	at := make(map[matters.ID]matters.Card, len(cards))
	for _, c := range cards {
		at[c.ID] = c
	}
	for _, x := range xs {
		c, ok := at[x.Matter]
		if !ok {
			x.Words = nil
		}
		shown = append(shown, Shown{x, c})
	}
	return shown, more, nil
}

// mayList is where the actor sees what was sorted.
func mayList(tx *sqldb.Tx, by scope.Actor) (scope.Parts, error) {
	var seen scope.Parts
	for _, need := range []scope.Need{access.See, access.Audit, access.Administer} {
		seen = append(seen, by.Parts(need, tx.Now())...)
	}
	if len(seen) == 0 {
		return nil, errs.New(errs.Denied, scope.DeniedNeed)
	}
	return seen, nil
}

// A Tally is how a category has been sorted without a person since it was allowed.
type Tally struct {
	Sorted  int // by the program
	Samples int // by persons, to measure
	Right   int // of the newest judged, as many as are counted
	Judged  int
	Wrong   int // of all of them
}

// Tallies are how each category that is allowed has been sorted since. Needs
// administer in the whole town, or audit.
func (s *Service) Tallies(ctx context.Context, by scope.Actor) (ts map[string]Tally, err error) {
	ts = map[string]Tally{}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := mayRead(tx, by); err != nil {
			return err
		}
		a, err := newestAllowances(tx)
		if err != nil {
			return err
		}
		for code, x := range a.Categories {
			t, err := tally(tx, code, x.Begun())
			if err != nil {
				return err
			}
			ts[code] = t
		}
		return nil
	})
	return ts, err
}

func tally(tx *sqldb.Tx, category string, since time.Time) (t Tally, err error) {
	if t, err = counted(tx, category, since); err != nil {
		return t, err
	}
	t.Right, t.Judged, err = precision(tx, category, since)
	return t, err
}

// precision is how many of the newest that were judged were right.
func precision(tx *sqldb.Tx, category string, since time.Time) (right, judged int, err error) {
	xs, err := judgedLately(tx, category, since, judgedMost)
	for _, x := range xs {
		if !x.Failed() {
			right++
		}
	}
	return right, len(xs), err
}

// withoutOwn leaves out the lessons that the program would give itself: those that it
// sorted so and no person has looked at. A person who only let it be has not.
func (s *Service) withoutOwn(ctx context.Context, sub Subject, ls []matters.Lesson) (out []matters.Lesson, err error) {
	if len(ls) == 0 {
		return nil, nil
	}
	var own map[matters.ID]bool
	if err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		own, err = unlooked(tx, sub, ls[len(ls)-1].ID, ls[0].ID)
		return err
	}); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ls), func(l matters.Lesson) bool { return own[l.ID] }), nil
}

// lessons are the newest closed matters from which the subject may be learnt.
func (s *Service) lessons(ctx context.Context, by scope.Actor, sub Subject, most int) (all []matters.Lesson, err error) {
	var before matters.ID
	for len(all) < most {
		ls, err := s.matters.Lessons(ctx, by, before, most)
		if err != nil {
			return nil, err
		}
		theirs, err := s.withoutOwn(ctx, sub, ls)
		if err != nil {
			return nil, err
		}
		all = append(all, theirs...)
		if len(ls) < most {
			break
		}
		before = ls[len(ls)-1].ID
	}
	return all[:min(most, len(all))], nil
}

func percentOf(confidence float64) string { return fmt.Sprintf("%.0f%%", 100*confidence) }
