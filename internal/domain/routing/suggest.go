// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
)

// A Suggestion is a category or a unit that may be the right one.
type Suggestion struct {
	Category   string   // its code, or
	Unit       id.ID    // the unit
	Confidence float64  // 0 to 1; 0 if it comes from the catalogue, which does not know how sure it is
	Words      []string // of the matter, that speak for it most
}

const (
	mostWords   = 4
	mostGuesses = 3
	leastSure   = 0.05
)

// Categories suggests up to three categories for a matter, the likeliest first.
// Whoever may read the matter may ask.
func (s *Service) Categories(ctx context.Context, m matters.Matter) ([]Suggestion, error) {
	cat := s.matters.Catalogue()
	known := func(code string) bool { k, ok := cat.Get(code); return ok && k.Active }
	in, err := s.current(ctx, Category)
	if err != nil {
		return nil, err
	}
	var out []Suggestion
	if in.trial == 0 {
		for _, k := range cat.Suggest(m.Title+" "+m.Body, mostGuesses) {
			out = append(out, Suggestion{Category: k.Code})
		}
		return out, nil
	}
	t := text(Category, lesson(m))
	for _, g := range in.Rank(t, mostGuesses) {
		if g.Confidence >= leastSure && known(g.Label) {
			out = append(out, Suggestion{Category: g.Label, Confidence: g.Confidence, Words: in.words(Category, m, g.Label)})
		}
	}
	return out, nil
}

// Units suggests up to three units to lead a matter, the likeliest first: only
// those that serve its place. Whoever may read the matter may ask.
func (s *Service) Units(ctx context.Context, m matters.Matter) ([]Suggestion, error) {
	dir := s.orgs.Directory()
	in, err := s.current(ctx, Unit)
	if err != nil {
		return nil, err
	}
	var out []Suggestion
	if in.trial == 0 {
		if u, err := id.Parse(s.catalogued(Unit)(lesson(m))); err == nil {
			out = append(out, Suggestion{Unit: u})
		}
		return out, nil
	}
	for _, g := range in.Rank(text(Unit, lesson(m)), 3*mostGuesses) {
		d, err := id.Parse(g.Label)
		if err != nil || g.Confidence < leastSure || len(out) == mostGuesses {
			continue
		}
		if u, ok := dir.Unit(d); ok && u.Active && u.Serves().Contains(m.Path) {
			out = append(out, Suggestion{Unit: d, Confidence: g.Confidence, Words: in.words(Unit, m, g.Label)})
		}
	}
	return out, nil
}

// words are the words of the matter that speak for a label.
func (in model) words(sub Subject, m matters.Matter, label string) (ws []string) {
	for _, e := range in.Explain(text(sub, lesson(m)), label, mostWords) {
		ws = append(ws, e.Words)
	}
	return ws
}

func lesson(m matters.Matter) matters.Lesson {
	return matters.Lesson{ID: m.ID, Title: m.Title, Body: m.Body, Category: m.Category, Lead: m.Lead, Path: m.Path, RaisedAt: m.RaisedAt}
}
