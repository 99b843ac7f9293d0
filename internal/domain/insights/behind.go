// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"context"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Case is one matter behind a number: when it was counted, and the matter, as
// far as the reader may see it.
type Case struct {
	At   time.Time
	Late bool
	Card matters.Card
}

// Cases are the matters behind a number, the latest first.
type Cases struct {
	Cases  []Case
	Unseen int // of those looked at, how many the reader may not see
	More   bool
}

// mostCases is how many are shown at once.
const mostCases = 100

// Behind opens a number to the very matters that were counted: those of a measure,
// of one key of a face, in a period. What the reader may not see is only counted.
// Raisings are in the lists of matters, and are Invalid here.
func (s *Service) Behind(ctx context.Context, by scope.Actor, face Face, key string, m Measure, p Period) (cs Cases, err error) {
	if !MayRead(by) {
		return cs, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	if err := p.Check(); err != nil {
		return cs, err
	}
	if !m.Known() || m == Raised || m == Open+ends || !slices.Contains(Faces(), face) {
		return cs, errs.At("of", "insights.measure.unknown")
	}
	var found []event
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		since, err := s.recent(tx)
		if err != nil {
			return err
		}
		if base, ok := strings.CutSuffix(string(m), ends); ok {
			found, err = s.beyond(tx, Measure(base), face, key, p, since)
		} else {
			found, err = s.happened(tx, m, face, key, p, since)
		}
		return err
	})
	if err != nil {
		return cs, err
	}
	slices.SortFunc(found, func(a, b event) int { return b.at.Compare(a.at) })
	if len(found) > mostCases {
		found, cs.More = found[:mostCases], true
	}
	ids := make([]id.ID, len(found))
	for i, e := range found {
		ids[i] = e.matter
	}
	slices.Sort(ids)
	cards, err := s.matters.CardsOf(ctx, by, slices.Compact(ids))
	if err != nil {
		return cs, err
	}
	at := map[id.ID]matters.Card{}
	for _, c := range cards {
		at[c.ID] = c
	}
	for _, e := range found {
		if c, ok := at[e.matter]; ok {
			cs.Cases = append(cs.Cases, Case{At: e.at, Late: e.late, Card: c})
		} else {
			cs.Unseen++
		}
	}
	return cs, nil
}

// under reports whether something is counted under a key of a face.
func (w whose) under(face Face, key string) (yes bool) {
	w.keys(func(f Face, k string) { yes = yes || f == face && k == key })
	return yes
}

// happened are the events of a measure.
func (s *Service) happened(tx *sqldb.Tx, m Measure, face Face, key string, p Period, since recent) ([]event, error) {
	base, tardy := strings.CutSuffix(string(m), late)
	found, err := eventsOf(tx, Measure(base), tardy, face, key, p)
	if err != nil {
		return nil, err
	}
	for _, r := range since.rs {
		for _, e := range r.events {
			if e.seq > since.mark && e.measure == Measure(base) && (e.late || !tardy) && p.Contains(DayOf(e.at)) && !(p.Then && p.after(e)) && e.under(face, key) {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

// beyond are the matters that were open beyond what was promised at the end of a
// period, each at the moment from which it was.
func (s *Service) beyond(tx *sqldb.Tx, kind Measure, face Face, key string, p Period, since recent) ([]event, error) {
	at := p.To.Begin()
	if tx.Now().Before(at) {
		at = tx.Now()
	}
	found, err := spellsAt(tx, kind, at, face, key, since.touched)
	if err != nil {
		return nil, err
	}
	for _, r := range since.rs {
		for _, x := range append(slices.Clone(r.spells), r.now) {
			fresh := x.until.IsZero() || x.seq > since.mark
			if fresh && x.kind == kind && x.covers(at) && x.under(face, key) {
				found = append(found, event{at: x.from, matter: r.matter, measure: kind})
			}
		}
	}
	return found, nil
}
