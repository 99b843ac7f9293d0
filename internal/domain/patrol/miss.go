// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Miss 漏报 is something that somebody reported and that a round should have seen: who
// walked there in the days before said that nothing was wrong.
type Miss struct {
	Matter   id.ID
	Number   string
	Title    string
	RaisedAt time.Time
	Entry    Entry // that should have seen it
	Duty     Duty
	Excused  bool // an appeal was granted
}

// A Report is what somebody reported of a grid.
type Report struct {
	Matter   id.ID
	Category string
	At       geo.Point
	RaisedAt time.Time
}

// seenFor is for how many slots before a report a round should have seen it: three days.
const seenFor = 6

// MissOf says which entry should have seen what was reported; ok is false if none should.
// It is the whole rule: within three days before the report a duty that names its category
// was done at a point at most [Beside] metres away, and nothing was found there; the last
// such entry is the one. What was reported without saying where exactly is no miss, since
// nobody can say what would have been seen.
func MissOf(r Report, points map[id.ID]Point, duties map[id.ID]Duty, es []Entry) (e Entry, d Duty, ok bool) {
	if r.At == (geo.Point{}) || r.Category == "" {
		return e, d, false
	}
	first := SlotAt(r.RaisedAt) - seenFor
	for _, x := range es {
		p, there := points[x.Point]
		if x.Point == 0 || !there || x.Slot < first || x.At.After(r.RaisedAt) || x.Result != Nothing || !x.Proved() || metres(p.At, r.At) > Beside || ok && x.At.Before(e.At) {
			continue
		}
		for _, did := range x.Did {
			if y, known := duties[did.Duty]; known && y.Sees(r.Category) {
				e, d, ok = x, y, true
				break
			}
		}
	}
	return e, d, ok
}

// Misses are those of a part of the town that was reported in some slots, the newest first.
// Who may see the rounds there may; what was excused is among them.
func (s *Service) Misses(ctx context.Context, by scope.Actor, sp Span) (ms []Miss, err error) {
	var in scope.Scopes
	if err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
		in, err = s.sight(tx, by, sp.In)
		return err
	}); err != nil {
		return nil, err
	}
	from, to := sp.From.Date(), sp.To.Date()
	if !sp.To.IsMorning() {
		to = to.Add(noon * time.Hour)
	}
	var cards []matters.Card
	f := matters.Filter{Place: sp.In, From: from, To: to, Most: 200}
	for len(cards) < mostOpen {
		p, err := s.matters.List(ctx, scope.Program("patrol"), f)
		if err != nil {
			return nil, err
		}
		for _, c := range p.Cards {
			if c.At != nil && c.Path[scope.Grid] != 0 && in.Contains(c.Path) {
				cards = append(cards, c)
			}
			f.Before = c.ID
		}
		if !p.More {
			break
		}
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ms, err = s.misses(tx, in, sp, cards)
		return err
	})
	return ms, err
}

func (s *Service) misses(tx *sqldb.Tx, in scope.Scopes, sp Span, cards []matters.Card) (ms []Miss, err error) {
	if len(cards) == 0 {
		return nil, nil
	}
	es, err := entries(tx, in, sp.From-seenFor, sp.To)
	if err != nil {
		return nil, err
	}
	ours, by := map[id.ID]bool{}, map[id.ID][]Entry{}
	for _, e := range es {
		ours[e.Matter] = true // what a round raised itself is none
		by[e.Path[scope.Grid]] = append(by[e.Path[scope.Grid]], e)
	}
	ds, err := listDuties(tx, DutyFilter{})
	if err != nil {
		return nil, err
	}
	duties := map[id.ID]Duty{}
	for _, d := range ds {
		duties[d.ID] = d
	}
	excused, err := excusedMatters(tx, in)
	if err != nil {
		return nil, err
	}
	points := map[id.ID]map[id.ID]Point{}
	for _, c := range cards {
		grid := c.Path[scope.Grid]
		if ours[c.ID] || len(by[grid]) == 0 || !slices.ContainsFunc(ds, func(d Duty) bool { return d.Sees(c.Category) }) {
			continue
		}
		if points[grid] == nil {
			ps, err := everStood(tx, grid)
			if err != nil {
				return nil, err
			}
			points[grid] = map[id.ID]Point{}
			for _, p := range ps {
				points[grid][p.ID] = p
			}
		}
		r := Report{Matter: c.ID, Category: c.Category, At: geo.Point{c.At.Lon, c.At.Lat}, RaisedAt: c.RaisedAt}
		if e, d, ok := MissOf(r, points[grid], duties, by[grid]); ok {
			ms = append(ms, Miss{Matter: c.ID, Number: c.Number, Title: c.Title, RaisedAt: c.RaisedAt, Entry: e, Duty: d, Excused: excused[c.ID]})
		}
	}
	return ms, nil
}
