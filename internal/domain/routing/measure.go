// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// A Measured is how many of the newest fifth of the town's closed matters go to the
// unit that led them, by what was learnt from the older four fifths and by the rules
// in use.
type Measured struct {
	Matters int `json:"matters"` // closed, and led by a unit; the newest 20,000
	Tested  int `json:"tested"`
	Learned int `json:"learned"` // rightly sent by what was learnt
	Edition int `json:"edition"` // of the rules; 0: there are none
	Written int `json:"written"` // rightly sent by the rules in use
	Caught  int `json:"caught"`  // by one of the rules
}

// Measure measures it on the town's own records. Nothing is kept, and nothing is
// moved. Only the program itself may. It is Invalid if there is too little to learn.
func (s *Service) Measure(ctx context.Context, by scope.Actor) (v Measured, err error) {
	samples, err := s.matters.Samples(ctx, by, time.UnixMilli(0), dryMost)
	if err != nil {
		return v, err
	}
	samples = slices.DeleteFunc(samples, func(x matters.Sample) bool { return x.Open || x.Lead == 0 })
	slices.SortStableFunc(samples, func(a, b matters.Sample) int { return a.RaisedAt.Compare(b.RaisedAt) })
	v.Matters = len(samples)
	old, test := samples[:len(samples)*4/5], samples[len(samples)*4/5:]
	lessons := make([]matters.Lesson, len(old))
	for i, x := range old {
		lessons[i] = x.Lesson
	}
	if len(lessons) == 0 {
		return v, errs.New(errs.Invalid, "routing.measure.few")
	}
	m, err := trained(ctx, Unit, lessons)
	if err != nil {
		return v, err
	}
	if m == nil {
		return v, errs.New(errs.Invalid, "routing.measure.few")
	}
	_, e, err := s.AskRules(ctx, matters.Matter{})
	if err != nil {
		return v, err
	}
	town := s.Town()
	v.Tested, v.Edition = len(test), e.Number
	for _, x := range test {
		guess := m.Guess(text(Unit, x.Lesson)).Label
		v.Learned += one(guess == label(Unit, x.Lesson))
		a := e.Rules.Ask(Case{Text: Words(x.Title, x.Body), Category: x.Category, Path: x.Path, Channel: x.Channel, Urgent: x.Urgent, At: x.RaisedAt}, town)
		v.Caught += one(a.Fired)
		v.Written += one(a.Fired && a.Lead == x.Lead)
	}
	return v, nil
}

// Install puts a list of rules in use at once, as SetRule and PutInUse do one after
// the other; changed is false if they are in use already. It is a Conflict if somebody
// is changing the list. Only the program itself may.
func (s *Service) Install(ctx context.Context, by scope.Actor, rules Rules, reason string) (changed bool, err error) {
	if by.Kind != scope.System {
		return false, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	e, d, err := s.Rules(ctx, by)
	if err != nil {
		return false, err
	}
	if d.Changed() {
		return false, errs.New(errs.Conflict, "rule.changed")
	}
	if slices.EqualFunc(e.Rules, rules, Rule.alike) {
		return false, nil
	}
	if err := s.ReplaceRules(ctx, by, d.Version, rules); err != nil {
		return false, err
	}
	if _, d, err = s.Rules(ctx, by); err != nil {
		return false, err
	}
	return true, s.PutInUse(ctx, by, d.Version, reason)
}

// alike is same, whatever their IDs.
func (r Rule) alike(o Rule) bool {
	o.ID = r.ID
	return r.Tidy().same(o.Tidy())
}
