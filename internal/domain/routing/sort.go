// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Verdict is what persons made of what the program settled.
type Verdict string

// The verdicts. The empty one: nobody has said anything yet.
const (
	Right Verdict = "right" // a person looked at it and let it be, or did the same
	Wrong Verdict = "wrong" // a person did otherwise
	Kept  Verdict = "kept"  // it came to its end so, and nobody had changed it
)

// A Sorting is what the program settled about a matter by itself 自动归类, or, of a
// sample, what it would have settled.
type Sorting struct {
	ID         id.ID
	Matter     matters.ID
	At         time.Time
	Version    int  // of the allowances
	Sample     bool // a person sorts it, and it is measured by that
	Path       scope.Path
	Category   string
	Trial      id.ID // the model that said so
	Confidence float64
	Words      []string // of the matter's own, that spoke for it
	Unit       id.ID    // 0: a person is to dispatch it
	UnitTrial  id.ID    // 0: what the catalogue says
	UnitSure   float64

	Verdict     Verdict // of the category
	UnitVerdict Verdict // of the unit
	JudgedAt    time.Time
	InCategory  string // where a person put it
	InUnit      id.ID
}

// Judged reports whether somebody has said something, or it ended as it was.
func (s Sorting) Judged() bool { return s.Verdict != "" }

// Failed reports whether a person put it elsewhere, or sent it elsewhere.
func (s Sorting) Failed() bool { return s.Verdict == Wrong || s.UnitVerdict == Wrong }

// digest has the words of the matter in it, so that the trail proves what spoke for
// it without keeping what may be private.
func (s Sorting) digest() []byte {
	return trail.Digest("routing_sorting/1", s.ID, s.Matter, s.At, s.Version, s.Sample, s.Path[scope.Town], s.Path[scope.Village], s.Path[scope.Grid], s.Path[scope.Courtyard],
		s.Category, s.Trial, parts(s.Confidence), wordsJSON(s.Words), s.Unit, s.UnitTrial, parts(s.UnitSure), string(s.Verdict), string(s.UnitVerdict), s.JudgedAt, s.InCategory, s.InUnit)
}

// parts is a confidence in ten thousandths, as it is kept.
func parts(confidence float64) int { return int(confidence * 10_000) }

// Lag is how many rows of the trail wait to be looked at, at the most: none while
// nothing is allowed.
func (s *Service) Lag(ctx context.Context) (int64, error) {
	a, err := s.Allowances(ctx)
	if err != nil || len(a.Categories) == 0 {
		return 0, err
	}
	return s.follower.Lag(ctx, s.db)
}

// Step sorts what is allowed of the matters that at most so many rows of the trail
// tell of, and reports how many rows it has done: 0 when there is nothing left. It
// is a follower's, so that no raising waits for it; while nothing is allowed it does
// nothing.
//
// A matter is sorted once at the most. Whoever is quicker has it: what a person has
// begun to sort, and what a reporter has put into another category than the one that
// is guessed, is left to persons.
func (s *Service) Step(ctx context.Context, rows int) (int, error) {
	a, err := s.Allowances(ctx)
	if err != nil || len(a.Categories) == 0 {
		return 0, err
	}
	b, err := s.follower.Next(ctx, s.db, rows)
	if err != nil || b.Empty() {
		return 0, err
	}
	var ids []matters.ID
	seen := map[matters.ID]bool{}
	for _, r := range b.Rows {
		if matters.ToSort(r) && !seen[r.Record] {
			ids, seen[r.Record] = append(ids, r.Record), true
		}
	}
	ms, err := s.matters.Unsorted(ctx, ids)
	if err != nil {
		return 0, err
	}
	for _, m := range ms {
		if err := s.sort(ctx, a, m); err != nil {
			return 0, err
		}
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.follower.Done(tx, b) })
	return max(1, len(b.Rows)), err
}

// sort sorts one matter, if it may.
func (s *Service) sort(ctx context.Context, a Allowances, m matters.Matter) error {
	x, ok, err := s.decide(ctx, a, m)
	if err != nil || !ok {
		return err
	}
	allowed := a.Categories[x.Category]
	if x.Unit != 0 {
		like, err := s.matters.SimilarTo(ctx, scope.Program(matters.Sorter), m)
		if err != nil {
			return err
		}
		if len(like) > 0 { // whether it is the same matter twice a person decides, while it can still be joined
			x.Unit, x.UnitTrial, x.UnitSure = 0, 0, 0
		}
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if _, known, err := sortingOf(tx, m.ID); err != nil || known {
			return err
		}
		n, err := sortedSince(tx, x.Category, allowed.Begun())
		if err != nil {
			return err
		}
		x.ID, x.At, x.Sample = tx.NewID(), tx.Now(), (n+1)%max(2, a.Sample) == 0
		act := "sample"
		if !x.Sample {
			act = "sort"
			if _, err := s.matters.Sort(tx, m.ID, matters.Sorting{Accept: allowed.Accept, Category: x.Category, Lead: x.Unit}); err != nil {
				return err
			}
		}
		if err := insertSorting(tx, x); err != nil {
			return err
		}
		return trail.Append(tx, scope.Program(matters.Sorter), trail.Entry{Noun: "routing_sorting", Record: x.ID, Act: act, Note: x.note(m.Number), Digest: x.digest()})
	})
	switch errs.KindOf(err) {
	case errs.Conflict, errs.Invalid, errs.NotFound: // a person was quicker, or the category is gone
		s.log.Debug("left to a person", "matter", m.Number, "why", err)
		return nil
	}
	return err
}

// decide says what the program would make of a matter, and whether that is allowed.
func (s *Service) decide(ctx context.Context, a Allowances, m matters.Matter) (x Sorting, ok bool, err error) {
	ruled, err := s.ruled(ctx, m)
	if err != nil || ruled {
		return x, false, err
	}
	in, err := s.current(ctx, Category)
	if err != nil || in.trial == 0 { // the catalogue does not know how sure it is
		return x, false, err
	}
	g := in.Guess(text(Category, lesson(m)))
	allowed, ok := a.Categories[g.Label]
	k, known := s.matters.Catalogue().Get(g.Label)
	switch {
	case !ok, !known, !k.Active, 100*g.Confidence < float64(allowed.Percent):
		return x, false, nil
	case m.Category != "" && m.Category != g.Label: // the reporter says otherwise
		return x, false, nil
	case m.State == matters.Received && !allowed.Accept: // a person accepts it first
		return x, false, nil
	}
	x = Sorting{Matter: m.ID, Version: a.Version, Path: m.Path, Category: g.Label, Trial: in.trial, Confidence: g.Confidence, Words: in.words(Category, m, g.Label)}
	if !allowed.Dispatch || m.Path[scope.Town] == 0 {
		return x, true, nil
	}
	m.Category = g.Label
	units, err := s.Units(ctx, m)
	if err != nil || len(units) == 0 {
		return x, true, err
	}
	led, err := s.current(ctx, Unit)
	u, serves := s.orgs.Directory().Unit(units[0].Unit)
	if err != nil || !serves || !u.Active || !u.Serves().Contains(m.Path) || led.trial != 0 && 100*units[0].Confidence < float64(allowed.Percent) {
		return x, true, err
	}
	x.Unit, x.UnitTrial, x.UnitSure = units[0].Unit, led.trial, units[0].Confidence
	return x, true, nil
}

// note is the trail's line: which matter, which model, how sure. The words are in
// the record, since a trail is read by more people than a matter.
func (s Sorting) note(number string) string {
	return number + " " + s.Category + " trial " + s.Trial.String() + " " + percentOf(s.Confidence)
}

// ruled reports whether a written rule says where the matter belongs: it goes before
// what was learnt.
func (s *Service) ruled(ctx context.Context, m matters.Matter) (bool, error) {
	a, _, err := s.AskRules(ctx, m)
	return a.Fired && a.Rule.Gives.Category != "", err
}
