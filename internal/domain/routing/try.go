// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"slices"
	"sync"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/classify"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// Bounds of how far back an allowance is tried.
const (
	LeastMonths = 1
	MostMonths  = 12
)

// A Tried is an allowance on the last months: what the program would have sorted by
// it, had it known only what was closed before them.
type Tried struct {
	From    time.Time // the beginning of those months
	Learnt  int       // closed matters from before, from which it learnt
	Looked  int       // closed matters of those months
	Matters []TriedMatter
}

// Right and Wrong are how many it would have put where they ended up, or elsewhere.
func (t Tried) Right() int { return t.count(func(m TriedMatter) bool { return m.Right() }) }

// Wrong is the rest of Right.
func (t Tried) Wrong() int { return len(t.Matters) - t.Right() }

// UnitRight and UnitWrong are the same of the unit, of those it would have sent on.
func (t Tried) UnitRight() int {
	return t.count(func(m TriedMatter) bool { return m.Unit != 0 && m.Unit == m.Led })
}

// UnitWrong is the rest of UnitRight.
func (t Tried) UnitWrong() int {
	return t.count(func(m TriedMatter) bool { return m.Unit != 0 && m.Unit != m.Led })
}

func (t Tried) count(is func(TriedMatter) bool) (n int) {
	for _, m := range t.Matters {
		if is(m) {
			n++
		}
	}
	return n
}

// A TriedMatter is one that would have been sorted.
type TriedMatter struct {
	ID         matters.ID
	Confidence float64
	Guess      string // the category
	Ended      string // where it ended up
	Unit       id.ID  // to which it would have been sent; 0: a person would have dispatched it
	Led        id.ID  // which handled it
}

// Right reports whether it would have been put where it ended up.
func (m TriedMatter) Right() bool { return m.Guess == m.Ended }

// guessed is what a model that had not seen them made of the matters of some months.
type guessed struct {
	months int
	newest matters.ID // of the lessons
	count  int
	from   time.Time
	learnt int
	all    []TriedMatter
	sure   []float64 // of the unit; 0 of the catalogue
	led    bool      // the unit was learnt
}

// memory keeps the last of them, since one threshold after another is tried on it.
type memory struct {
	sync.Mutex
	last *guessed
}

// TryAllowance tries an allowance on the matters closed in the last months. A model
// is trained on what came before, so that it is asked about nothing that it knows.
// What the reporter had chosen is not known any more, and is not considered; nor is
// what might have been the same matter twice. Needs administer in the whole town. It
// is Invalid, beside months, if there is too little from before.
func (s *Service) TryAllowance(ctx context.Context, by scope.Actor, category string, a Allowance, months int) (t Tried, err error) {
	if d := by.May(access.Administer, scope.Target{At: s.db.Now()}); !d.OK {
		return t, errs.New(errs.Denied, d.Key, d.Args...)
	}
	if months < LeastMonths || months > MostMonths {
		return t, errs.At("months", "routing.try.months", LeastMonths, MostMonths)
	}
	g, err := s.guessed(ctx, months)
	if err != nil {
		return t, err
	}
	t = Tried{From: g.from, Learnt: g.learnt, Looked: len(g.all)}
	for i, m := range g.all {
		if m.Guess != category || 100*m.Confidence < float64(a.Percent) {
			continue
		}
		if !a.Dispatch || g.led && 100*g.sure[i] < float64(a.Percent) {
			m.Unit = 0
		}
		t.Matters = append(t.Matters, m)
	}
	return t, nil
}

func (s *Service) guessed(ctx context.Context, months int) (*guessed, error) {
	by := scope.Program(learner)
	ls, err := s.lessons(ctx, by, Category, mostLessons)
	if err != nil {
		return nil, err
	}
	s.tried.Lock()
	defer s.tried.Unlock()
	if g := s.tried.last; g != nil && len(ls) > 0 && g.months == months && g.newest == ls[0].ID && g.count == len(ls) {
		return g, nil
	}
	g := &guessed{months: months, count: len(ls), from: s.db.Now().AddDate(0, -months, 0)}
	learn, test := partAt(ls, g.from)
	if len(learn) < fewestLearnt || len(test) == 0 {
		return nil, errs.At("months", "routing.try.few", len(learn), fewestLearnt)
	}
	m, err := trained(ctx, Category, learn)
	if err != nil {
		return nil, err
	}
	if m == nil { // all of one kind
		return nil, errs.At("months", "routing.try.few", len(learn), fewestLearnt)
	}
	unit, led, err := s.unitsBefore(ctx, by, g.from)
	if err != nil {
		return nil, err
	}
	g.newest, g.learnt, g.led = ls[0].ID, len(learn), led
	for _, l := range test {
		c := m.Guess(text(Category, l))
		x := TriedMatter{ID: l.ID, Confidence: c.Confidence, Guess: c.Label, Ended: l.Category, Led: l.Lead}
		l.Category = c.Label // the unit is chosen by what the category was taken for
		u := unit(l)
		if d, err := id.Parse(u.Label); err == nil {
			x.Unit = d
		}
		g.all, g.sure = append(g.all, x), append(g.sure, u.Confidence)
	}
	s.tried.last = g
	return g, nil
}

// unitsBefore chooses units as they would have been chosen then: learnt if what is
// in use now is learnt, else as the catalogue says.
func (s *Service) unitsBefore(ctx context.Context, by scope.Actor, from time.Time) (choose func(matters.Lesson) classify.Guess, led bool, err error) {
	catalogued := s.catalogued(Unit)
	choose = func(l matters.Lesson) classify.Guess { return classify.Guess{Label: catalogued(l)} }
	in, err := s.current(ctx, Unit)
	if err != nil || in.trial == 0 {
		return choose, false, err
	}
	ls, err := s.lessons(ctx, by, Unit, mostLessons)
	if err != nil {
		return choose, false, err
	}
	learn, _ := partAt(ls, from)
	if len(learn) < fewestLearnt {
		return choose, false, nil
	}
	m, err := trained(ctx, Unit, learn)
	if err != nil || m == nil {
		return choose, false, err
	}
	return func(l matters.Lesson) classify.Guess { return m.Guess(text(Unit, l)) }, true, nil
}

// partAt divides lessons into those raised before a moment and the others, the newest
// first.
func partAt(ls []matters.Lesson, from time.Time) (before, after []matters.Lesson) {
	ls = slices.Clone(ls)
	slices.SortStableFunc(ls, func(a, b matters.Lesson) int { return b.RaisedAt.Compare(a.RaisedAt) })
	n := slices.IndexFunc(ls, func(l matters.Lesson) bool { return l.RaisedAt.Before(from) })
	if n < 0 {
		n = len(ls)
	}
	return ls[n:], ls[:n]
}
