// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/classify"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Subject is what is suggested.
type Subject string

// The subjects.
const (
	Category Subject = "category" // its labels are codes
	Unit     Subject = "unit"     // its labels are IDs
)

// Subjects are all of them.
func Subjects() []Subject { return []Subject{Category, Unit} }

// A Trial is one attempt to learn better, and what came of it.
type Trial struct {
	ID       id.ID
	Subject  Subject
	At       time.Time
	Learnt   int       // matters it learnt from
	Tested   int       // matters of the newest weeks, from none of which it learnt
	From     time.Time // when the first of those was raised
	Until    time.Time // and the last
	RightNew int       // how many of them it put where they ended up
	RightOld int       // how many what was in use did
	Against  id.ID     // the trial of what was in use, 0: the catalogue
	Kept     bool
}

// A Report says how a model did on the weeks of its trial.
type Report struct {
	Labels    []string `json:"labels"`
	Confusion [][]int  `json:"confusion"` // how many that belong under i were put under j
	Steps     []Step   `json:"steps"`
	Each      [][]Step `json:"each"` // of what was put under each label
}

// Of are the steps of what was put under a label; nothing if nothing was.
func (r Report) Of(label string) []Step {
	if i := slices.Index(r.Labels, label); i >= 0 && i < len(r.Each) {
		return r.Each[i]
	}
	return nil
}

// A Step is what would have come of it, had the program itself put matters where
// it was at least so sure.
type Step struct {
	Percent int `json:"percent"`
	Saved   int `json:"saved"`   // right without a person
	Spoiled int `json:"spoiled"` // wrong
}

// percents are the confidences that a report looks at.
var percents = []int{0, 50, 60, 70, 80, 85, 90, 95, 98}

const (
	mostLessons  = 20_000
	fewestTested = 30
	fewestLearnt = 100
	newestWeeks  = 4 * 7 * 24 * time.Hour
)

// A guesser says which label a lesson would be put under.
type guesser func(matters.Lesson) string

// text is a lesson as the model of a subject reads it.
func text(sub Subject, l matters.Lesson) classify.Text {
	t := classify.Text{Title: l.Title, Body: l.Body}
	if sub == Unit {
		t.Marks = []string{"category:" + l.Category, "town:" + l.Path[scope.Town].String(), "village:" + l.Path[scope.Village].String()}
	}
	return t
}

// label is where a lesson ended up.
func label(sub Subject, l matters.Lesson) string {
	if sub == Unit {
		return l.Lead.String()
	}
	return l.Category
}

// part divides lessons, the newest first, into those to learn from and those of
// the newest weeks, a tenth at least, or the newest fifth where that is too few or
// too many; ok is false where
// there are too few of either.
func part(ls []matters.Lesson) (learn, test []matters.Lesson, ok bool) {
	ls = slices.Clone(ls)
	slices.SortStableFunc(ls, func(a, b matters.Lesson) int { return b.RaisedAt.Compare(a.RaisedAt) })
	if len(ls) == 0 {
		return nil, nil, false
	}
	since := ls[0].RaisedAt.Add(-newestWeeks)
	n := slices.IndexFunc(ls, func(l matters.Lesson) bool { return l.RaisedAt.Before(since) })
	if n = max(n, len(ls)/10); n < fewestTested || n > len(ls)/2 { // weeks in which little was closed prove little
		n = len(ls) / 5
	}
	return ls[n:], ls[:n], n >= fewestTested && len(ls)-n >= fewestLearnt
}

// try trains a model and compares it with what is in use, on the newest weeks. It
// returns no model if there is too little to learn from.
func try(ctx context.Context, sub Subject, ls []matters.Lesson, inUse guesser) (*classify.Model, Trial, Report, error) {
	learn, test, ok := part(ls)
	if !ok {
		return nil, Trial{}, Report{}, nil
	}
	m, err := trained(ctx, sub, learn)
	if err != nil || m == nil {
		return nil, Trial{}, Report{}, err
	}
	t := Trial{Subject: sub, Learnt: len(learn), Tested: len(test), Until: test[0].RaisedAt, From: test[len(test)-1].RaisedAt}
	truth, guesses := make([]string, len(test)), make([]classify.Guess, len(test))
	for i, l := range test {
		truth[i], guesses[i] = label(sub, l), m.Guess(text(sub, l))
		if truth[i] == guesses[i].Label {
			t.RightNew++
		}
		if truth[i] == inUse(l) {
			t.RightOld++
		}
	}
	t.Kept = t.RightNew > t.RightOld
	return m, t, report(truth, guesses), nil
}

// trained is a model of the lessons; nil if they are all under one label.
func trained(ctx context.Context, sub Subject, ls []matters.Lesson) (*classify.Model, error) {
	examples := make([]classify.Example, len(ls))
	one := true
	for i, l := range ls {
		examples[i] = classify.Example{Text: text(sub, l), Label: label(sub, l)}
		one = one && examples[i].Label == examples[0].Label
	}
	if one {
		return nil, nil //nolint:nilnil // nothing can be told apart
	}
	return classify.Train(ctx, examples, classify.Options{Seed: 1})
}

func report(truth []string, guesses []classify.Guess) Report {
	names := make([]string, len(guesses))
	for i, g := range guesses {
		names[i] = g.Label
	}
	c := classify.Compare(truth, names)
	r := Report{Labels: c.Labels, Confusion: c.Confusion}
	r.Steps = steps(truth, guesses, "")
	for _, l := range r.Labels {
		r.Each = append(r.Each, steps(truth, guesses, l))
	}
	return r
}

// steps are what would have come of each confidence, of what was put under one label,
// or under any.
func steps(truth []string, guesses []classify.Guess, label string) (ss []Step) {
	for _, p := range percents {
		s := Step{Percent: p}
		for i, g := range guesses {
			switch {
			case label != "" && g.Label != label, g.Confidence*100 < float64(p):
			case g.Label == truth[i]:
				s.Saved++
			default:
				s.Spoiled++
			}
		}
		ss = append(ss, s)
	}
	return ss
}
