// SPDX-License-Identifier: Apache-2.0

package insights

import (
	_ "embed" // the shipped formulas
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/share"
)

// Formulas say how the town's work is appraised. They are data: what is shipped is
// in formulas.json, a town makes versions of its own.
type Formulas struct {
	Rates  []Rate  `json:"rates"`
	Scores []Score `json:"scores"`
	Grades []Grade `json:"grades"`
}

// A Rate is a share: what was done of what there was to do.
type Rate struct {
	Code        string    `json:"code"`
	Name        i18n.Text `json:"name"`
	What        i18n.Text `json:"what"`
	Source      i18n.Text `json:"source"` // where the formula comes from
	Numerator   []Term    `json:"numerator"`
	Denominator []Term    `json:"denominator"`
	Excluded    []Term    `json:"excluded"`
	Less        bool      `json:"less"` // the smaller the better
}

// A Term is a measure that is added, or taken away if it begins with a minus.
type Term string

// Measure is the term's measure, and whether it is taken away.
func (t Term) Measure() (m Measure, minus bool) {
	name, minus := strings.CutPrefix(string(t), "-")
	return Measure(name), minus
}

// A Score is a weighted sum of parts, of a hundred points.
type Score struct {
	Code   string    `json:"code"`
	Name   i18n.Text `json:"name"`
	Of     Face      `json:"of"`
	Source i18n.Text `json:"source"`
	Parts  []Part    `json:"parts"`
}

// A Part is a rate, or points for how often something happened, by bands.
type Part struct {
	Rate    string  `json:"rate,omitempty"`
	Measure Measure `json:"measure,omitempty"`
	Bands   []Band  `json:"bands,omitempty"`
	Weight  float64 `json:"weight"`
}

// A Band gives points to a count of at least Least; the first that fits counts,
// none gives nothing.
type Band struct {
	Least  int64   `json:"least"`
	Points float64 `json:"points"`
}

// A Grade is a letter for at least so many points.
type Grade struct {
	Letter string  `json:"letter"`
	Least  float64 `json:"least"`
}

//go:embed formulas.json
var shippedJSON []byte

// Shipped returns the formulas that come with the program.
func Shipped() (Formulas, error) { return parse(shippedJSON) }

func parse(text []byte) (f Formulas, err error) {
	if err = json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("formulas: %w", err)
	}
	return f, nil
}

// Rate is the rate with the code.
func (f Formulas) Rate(code string) (Rate, bool) {
	i := slices.IndexFunc(f.Rates, func(r Rate) bool { return r.Code == code })
	if i < 0 {
		return Rate{}, false
	}
	return f.Rates[i], true
}

// ScoresOf are the scores of a face.
func (f Formulas) ScoresOf(face Face) []Score {
	var of []Score
	for _, s := range f.Scores {
		if s.Of == face {
			of = append(of, s)
		}
	}
	return of
}

// Sum is what the weights of the score's parts add up to.
func (s Score) Sum() float64 {
	sum := 0.0
	for _, p := range s.Parts {
		sum += p.Weight
	}
	return sum
}

// Check holds formulas against what all must keep: every name is known, every rate
// has something to be a part of, and the weights of every score add up to one. The
// field of a fault is "weight." and the score's code, or that of the rate.
func (f Formulas) Check() error {
	var faults errs.List
	for _, r := range f.Rates {
		if len(r.Denominator) == 0 || len(r.Numerator) == 0 {
			faults.Add(r.Code, "insights.formula.empty", r.Name)
		}
		for _, t := range slices.Concat(r.Numerator, r.Denominator, r.Excluded) {
			if m, _ := t.Measure(); !m.Known() {
				faults.Add(r.Code, "insights.formula.measure", string(m))
			}
		}
	}
	for _, s := range f.Scores {
		field := "weight." + s.Code
		for _, p := range s.Parts {
			if _, ok := f.Rate(p.Rate); !ok && (p.Rate != "" || !p.Measure.Known() || len(p.Bands) == 0) {
				faults.Add(field, "insights.formula.part", s.Name)
			}
			if p.Weight < 0 || p.Weight > 1 || math.IsNaN(p.Weight) {
				faults.Add(field, "insights.formula.weight", s.Name)
			}
		}
		if sum := s.Sum(); math.Abs(sum-1) > 1e-9 {
			faults.Add(field, "insights.formula.sum", s.Name, fmt.Sprintf("%.4g", sum))
		}
		if !slices.Contains(Faces(), s.Of) {
			faults.Add(field, "insights.formula.part", s.Name)
		}
	}
	return faults.Err()
}

// A Value is a rate worked out: the share, and the interval in which it lies with
// 95 % confidence. Of nothing there is no share: Of is 0.
type Value struct {
	Done, Of, Excluded int64
	Share, Low, High   float64
}

// Few reports whether so few cases are behind the value that it says little.
func (v Value) Few() bool { return v.Of < share.Few }

func total(ts []Term, s *Sums) int64 {
	n := int64(0)
	for _, t := range ts {
		m, minus := t.Measure()
		if minus {
			n -= s.Of(m)
		} else {
			n += s.Of(m)
		}
	}
	return n
}

// Work works the rate out. What is done late in a period may belong to what was to do
// before it, so a share may be over the whole: it is then the whole.
func (r Rate) Work(s *Sums) Value {
	v := Value{Done: max(0, total(r.Numerator, s)), Of: max(0, total(r.Denominator, s)), Excluded: max(0, total(r.Excluded, s))}
	if v.Of == 0 {
		return v
	}
	v.Share = min(1, float64(v.Done)/float64(v.Of))
	v.Low, v.High = share.Wilson(min(v.Done, v.Of), v.Of)
	return v
}

// Points are a score worked out, of a hundred, with the least and the most that the
// intervals of its rates leave.
type Points struct {
	Points, Low, High float64
	Weighed           float64 // of its weights: what had no case is left out, and the rest counts in full
	Grade             string  // "" if the interval leaves more than one
	Parts             []PartValue
}

// Known reports whether there was any case.
func (p Points) Known() bool { return p.Weighed > 0 }

// A PartValue is what a part of a score comes to.
type PartValue struct {
	Part
	Name   i18n.Text
	Value  Value // of a rate
	Count  int64 // of bands
	Points float64
}

// Work works the score out.
func (s Score) Work(f Formulas, sums *Sums) (p Points) {
	low, high := 0.0, 0.0
	for _, part := range s.Parts {
		v := PartValue{Part: part}
		if r, ok := f.Rate(part.Rate); ok {
			v.Name, v.Value = r.Name, r.Work(sums)
			if v.Value.Of == 0 {
				p.Parts = append(p.Parts, v)
				continue
			}
			points, l, h := v.Value.Share, v.Value.Low, v.Value.High
			if r.Less {
				points, l, h = 1-points, 1-h, 1-l
			}
			v.Points = 100 * points
			low, high = low+100*l*part.Weight, high+100*h*part.Weight
		} else {
			v.Count = sums.Of(part.Measure)
			v.Points = bandOf(part.Bands, v.Count)
			low, high = low+v.Points*part.Weight, high+v.Points*part.Weight
		}
		p.Points += v.Points * part.Weight
		p.Weighed += part.Weight
		p.Parts = append(p.Parts, v)
	}
	if !slices.ContainsFunc(p.Parts, func(v PartValue) bool { return v.Value.Of > 0 }) {
		return Points{Parts: p.Parts} // bands alone say nothing of who did nothing
	}
	p.Points, p.Low, p.High = p.Points/p.Weighed, low/p.Weighed, high/p.Weighed
	if l := f.grade(p.Low); l == f.grade(p.High) {
		p.Grade = l
	}
	return p
}

func bandOf(bands []Band, n int64) float64 {
	for _, b := range bands {
		if n >= b.Least {
			return b.Points
		}
	}
	return 0
}

func (f Formulas) grade(points float64) string {
	for _, g := range f.Grades {
		if points >= g.Least-1e-9 {
			return g.Letter
		}
	}
	return ""
}
