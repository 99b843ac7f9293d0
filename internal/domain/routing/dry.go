// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A DryRun is what the list under change would have done with the matters of the
// last months, beside what the list in use would have. Nothing is moved by it: both
// lists are asked about the matters as they stand.
type DryRun struct {
	Since    time.Time
	Matters  int    // that were tried
	More     bool   // there were more: these are the newest
	Same     int    // would have gone to the same unit
	Went     Agreed // of those that a unit has: how many each list sends there
	Changes  map[Change]int
	Units    []UnitChange
	Examples map[Change][]Example // the newest
}

// A Change is what would have been otherwise.
type Change string

// The changes.
const (
	Elsewhere Change = "elsewhere" // another unit
	Dropped   Change = "dropped"   // no rule catches it any more
	Gained    Change = "gained"    // a rule catches it now
	NowAtOnce Change = "at_once"   // the program would dispatch it, and would not have
)

// Changes lists them.
func Changes() []Change { return []Change{Elsewhere, Dropped, Gained, NowAtOnce} }

// Agreed is how many matters a unit has, and how many of them each list sends to it.
type Agreed struct{ Of, Old, New int }

// A UnitChange is how many matters a unit would have been sent by each list.
type UnitChange struct {
	Unit     id.ID
	Old, New int
}

// An Example is a matter that would have gone otherwise. The card is as the reader
// may see it: those they may not see are counted and not shown.
type Example struct {
	Card     matters.Card
	Old, New Answer
}

const (
	dryMost     = 20_000 // matters
	dryExamples = 40     // of each change
)

// Dry tries the list under change on the matters raised since a moment. Needs
// administer or audit in the whole town; the matters shown are those that the actor
// may see anyway.
func (s *Service) Dry(ctx context.Context, by scope.Actor, since time.Time) (run DryRun, err error) {
	e, d, err := s.Rules(ctx, by)
	if err != nil {
		return run, err
	}
	samples, err := s.matters.Samples(ctx, scope.Program(learner), since, dryMost+1)
	if err != nil {
		return run, err
	}
	run = dry(s.Town(), e.Rules, d.Rules, samples[:min(len(samples), dryMost)])
	run.Since, run.More = since, len(samples) > dryMost
	for c, xs := range run.Examples {
		ids := make([]matters.ID, len(xs))
		for i, x := range xs {
			ids[i] = x.Card.ID
		}
		cards, err := s.matters.CardsOf(ctx, by, ids)
		if err != nil {
			return run, err
		}
		var seen []Example
		for _, x := range xs {
			if i := slices.IndexFunc(cards, func(k matters.Card) bool { return k.ID == x.Card.ID }); i >= 0 && len(seen) < dryExamples {
				x.Card = cards[i]
				seen = append(seen, x)
			}
		}
		run.Examples[c] = seen
	}
	return run, nil
}

// dry asks both lists about each matter. It is pure.
func dry(t Town, old, changed Rules, samples []matters.Sample) DryRun {
	run := DryRun{Matters: len(samples), Changes: map[Change]int{}, Examples: map[Change][]Example{}}
	units := map[id.ID]*UnitChange{}
	sent := func(u id.ID) *UnitChange {
		if units[u] == nil {
			units[u] = &UnitChange{Unit: u}
		}
		return units[u]
	}
	for _, x := range samples {
		c := Case{Text: Words(x.Title, x.Body), Category: x.Category, Path: x.Path, Channel: x.Channel, Urgent: x.Urgent, At: x.RaisedAt}
		was, is := old.Ask(c, t), changed.Ask(c, t)
		if was.Fired {
			sent(was.Lead).Old++
		}
		if is.Fired {
			sent(is.Lead).New++
		}
		if x.Lead != 0 {
			run.Went.Of++
			run.Went.Old += one(was.Lead == x.Lead)
			run.Went.New += one(is.Lead == x.Lead)
		}
		note := func(c Change) {
			run.Changes[c]++
			if ex := run.Examples[c]; len(ex) < 200 { // of which the reader may not see all
				was.Passed, is.Passed = nil, nil
				run.Examples[c] = append(ex, Example{Card: matters.Card{ID: x.ID}, Old: was, New: is})
			}
		}
		switch {
		case was.Fired && !is.Fired:
			note(Dropped)
		case !was.Fired && is.Fired:
			note(Gained)
		case was.Lead != is.Lead:
			note(Elsewhere)
		default:
			run.Same++
		}
		if is.Fired && is.Rule.AtOnce && (!was.Fired || !was.Rule.AtOnce) {
			note(NowAtOnce)
		}
	}
	for _, u := range slices.Sorted(maps.Keys(units)) {
		if x := *units[u]; x.Old != x.New {
			run.Units = append(run.Units, x)
		}
	}
	slices.SortStableFunc(run.Units, func(a, b UnitChange) int { return cmp.Compare(abs(b.New-b.Old), abs(a.New-a.Old)) })
	return run
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func abs(n int) int { return max(n, -n) }
