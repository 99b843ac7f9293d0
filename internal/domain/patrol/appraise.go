// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"cmp"
	"context"
	_ "embed" // the shipped formula
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/share"
	"yuanba/internal/kit/sqldb"
)

// A Rate is a share that an appraisal is made of. None is what residents say of somebody.
type Rate string

// The rates.
const (
	Covered  Rate = "covered"  // of the stops that were due, without those that were excused
	Seen     Rate = "seen"     // of what was wrong at covered points: found by the round, not reported by others soon after
	Promptly Rate = "promptly" // of the entries: received on the day on which they were made
)

// Rates lists the rates.
var Rates = []Rate{Covered, Seen, Promptly}

// A Formula is how grids and workers are appraised: data, which a town makes versions of.
type Formula struct {
	Parts []Part `json:"parts"`
}

// A Part is a rate with its weight; the weights add up to one.
type Part struct {
	Rate   Rate    `json:"rate"`
	Weight float64 `json:"weight"`
}

//go:embed formula.json
var shippedFormula []byte

// Shipped is the formula that comes with the program.
func Shipped() (Formula, error) { return parseFormula(shippedFormula) }

func parseFormula(text []byte) (f Formula, err error) {
	if err = json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("formula of rounds: %w", err)
	}
	return f, nil
}

// Check holds a formula against what all must keep: every rate is known and stands once, and
// the weights add up to one.
func (f Formula) Check() error {
	sum := 0.0
	seen := map[Rate]bool{}
	for _, p := range f.Parts {
		if !slices.Contains(Rates, p.Rate) || seen[p.Rate] || p.Weight < 0 || math.IsNaN(p.Weight) {
			return errs.At(string(p.Rate), "patrol.formula.rate")
		}
		seen[p.Rate] = true
		sum += p.Weight
	}
	if math.Abs(sum-1) > 1e-9 {
		return errs.At(string(Covered), "patrol.formula.sum", fmt.Sprintf("%.4g", sum))
	}
	return nil
}

// A Version is a formula with the day from which it is in force.
type Version struct {
	ID      id.ID // 0: the shipped one
	From    Day
	Formula Formula
	Reason  string
	Actor   string
	At      time.Time
}

// Versions are those of the formula, the shipped one first. Everybody may read them.
func (s *Service) Versions(ctx context.Context, _ scope.Actor) (vs []Version, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		vs, err = allVersions(tx)
		return err
	})
	return vs, err
}

func allVersions(tx *sqldb.Tx) ([]Version, error) {
	f, err := Shipped()
	if err != nil {
		return nil, err
	}
	made, err := versions(tx)
	return append([]Version{{Formula: f}}, made...), err
}

// Revise makes a version of the formula that is in force from a day on, which must be to
// come: what was computed stays. Needs admit in the city.
func (s *Service) Revise(ctx context.Context, by scope.Actor, f Formula, from Day, words string) error {
	words, err := reasoned(words)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := refuse(tx, by, access.Admit, scope.Target{Path: s.cityPath()}); err != nil {
			return err
		}
		if today := DayOf(tx.Now()); from <= today || from > today+longest {
			return errs.At("from", "duty.until.wrong", longest)
		}
		if err := f.Check(); err != nil {
			return err
		}
		v := Version{ID: tx.NewID(), From: from, Formula: f, Reason: words, Actor: by.Name, At: tx.Now()}
		if err := insertVersion(tx, v); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_formula", Record: v.ID, Act: "set", Digest: v.digest()})
	})
}

func (v Version) digest() []byte {
	return trail.Digest("patrol_formula/2", v.ID, int64(v.From), encode(v.Formula), v.Reason, v.Actor, v.At)
}

// A Tally is what an appraisal counts.
type Tally struct {
	Due, Done, Excused int // stops
	Found, Missed      int // what was wrong at points: found by rounds; reported by others
	Entries, Prompt    int
}

// Of is a rate's share, as so many of so many.
func (t Tally) Of(r Rate) (done, of int) {
	switch r {
	case Covered:
		return t.Done, t.Due - t.Excused
	case Seen:
		return t.Found, t.Found + t.Missed
	case Promptly:
		return t.Prompt, t.Entries
	}
	return 0, 0
}

// A PartValue is what a part comes to.
type PartValue struct {
	Part
	Done, Of         int
	Share, Low, High float64 // with 95 % confidence
}

// Points are an appraisal worked out, of a hundred, with the least and the most that the
// intervals leave. Of nothing there are none: Weighed is 0.
type Points struct {
	Points, Low, High, Weighed float64
	Parts                      []PartValue
}

// Work works the formula out. What had no case is left out, and the rest counts in full.
func (f Formula) Work(t Tally) (p Points) {
	for _, part := range f.Parts {
		v := PartValue{Part: part}
		v.Done, v.Of = t.Of(part.Rate)
		v.Done = min(v.Done, v.Of)
		if v.Of > 0 {
			v.Share = float64(v.Done) / float64(v.Of)
			v.Low, v.High = share.Wilson(int64(v.Done), int64(v.Of))
			p.Weighed += part.Weight
			p.Points, p.Low, p.High = p.Points+100*v.Share*part.Weight, p.Low+100*v.Low*part.Weight, p.High+100*v.High*part.Weight
		}
		p.Parts = append(p.Parts, v)
	}
	if p.Weighed > 0 {
		p.Points, p.Low, p.High = p.Points/p.Weighed, p.Low/p.Weighed, p.High/p.Weighed
	}
	return p
}

// An Appraisal is what a grid's rounds of some weeks come to.
type Appraisal struct {
	Path  scope.Path
	Tally Tally
	Points
	Gaps    []Gap  // what was missed: where the numbers come from
	Misses  []Miss // what was reported by others
	Workers []id.ID
}

// Appraise works out the grids of a part of the town in a span by the formula that was in
// force on its last day. Who sees the rounds there may, a worker their own grids: every
// number is made of what [Appraisal] lists.
func (s *Service) Appraise(ctx context.Context, by scope.Actor, sp Span) (as []Appraisal, v Version, err error) {
	ms, err := s.Misses(ctx, by, sp)
	if err != nil {
		return nil, v, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		vs, err := allVersions(tx)
		if err != nil {
			return err
		}
		v = vs[0]
		for _, x := range vs[1:] {
			if x.From <= Day((sp.To-1)>>1) && x.From >= v.From {
				v = x
			}
		}
		ws, err := s.covered(tx, by, sp)
		if err != nil {
			return err
		}
		in, err := s.sight(tx, by, sp.In)
		if err != nil {
			return err
		}
		es, err := entries(tx, in, sp.From, sp.To)
		if err != nil {
			return err
		}
		excused, err := granted(tx, in)
		if err != nil {
			return err
		}
		for _, w := range ws {
			a := Appraisal{Path: w.Path, Gaps: w.Gaps, Tally: Tally{Due: w.Due, Done: w.Done}}
			for _, g := range w.Gaps {
				if slices.ContainsFunc(excused, func(x Appeal) bool {
					return x.Matter == 0 && x.Path[scope.Grid] == w.Grid() && x.Slot == g.Slot && x.Point == g.Stop.Point && x.Visit == g.Stop.Visit
				}) {
					a.Tally.Excused++
				}
			}
			for _, e := range es {
				if e.Path[scope.Grid] != w.Grid() {
					continue
				}
				a.Tally.Entries++
				if DayOf(e.ReceivedAt) == DayOf(e.At) {
					a.Tally.Prompt++
				}
				if e.Matter != 0 {
					a.Tally.Found++
				}
			}
			for _, m := range ms {
				if m.Entry.Path[scope.Grid] == w.Grid() {
					a.Misses = append(a.Misses, m)
					if !m.Excused {
						a.Tally.Missed++
					}
				}
			}
			if a.Workers, err = s.workers(tx, s.pathOf(w.Grid())); err != nil {
				return err
			}
			a.Points = v.Formula.Work(a.Tally)
			as = append(as, a)
		}
		slices.SortFunc(as, func(a, b Appraisal) int { return cmp.Compare(a.Path[scope.Grid], b.Path[scope.Grid]) })
		return nil
	})
	return as, v, err
}

func (s *Service) pathOf(d id.ID) scope.Path {
	p, _ := s.places.Tree().Get(d)
	return p.Path
}
