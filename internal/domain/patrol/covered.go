// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"cmp"
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A GridWeek is what of the rounds of a grid was covered in some slots.
type GridWeek struct {
	Path     scope.Path
	Rounds   int
	Coverage // of all of them; what was missed with its slot is in Gaps
	Gaps     []Gap
	Reported int // matters that its rounds raised
	Settled  int // of them, put right at once
	Unproved int // entries that nothing showed
}

// Grid is the grid.
func (w GridWeek) Grid() id.ID { return w.Path[scope.Grid] }

// A Gap is a stop that was due and not covered.
type Gap struct {
	Slot Slot
	Path scope.Path
	Stop Stop
}

// A Span is some slots of a part of the town: [From, To).
type Span struct {
	In       scope.Scope
	From, To Slot
}

// mostSpan is the longest span that is looked at in one list: five weeks.
const mostSpan = 70

// Covered is what of the rounds of a part of the town was covered, grid by grid, in the
// order of their places. Rounds whose window is not over are left out. Needs see, arrange,
// patrol or audit there: what lies outside of where the actor holds one of them is left out.
func (s *Service) Covered(ctx context.Context, by scope.Actor, sp Span) (ws []GridWeek, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ws, err = s.covered(tx, by, sp)
		return err
	})
	return ws, err
}

func (s *Service) covered(tx *sqldb.Tx, by scope.Actor, sp Span) ([]GridWeek, error) {
	if sp.To > sp.From+mostSpan {
		return nil, errs.At("from", "patrol.span", mostSpan/2)
	}
	days, err := almanac(tx)
	if err != nil {
		return nil, err
	}
	for to := sp.To; to > sp.From; to-- { // up to what is over
		if days.Over(to-1, tx.Now()) {
			break
		}
		sp.To = to - 1
	}
	in, err := s.sight(tx, by, sp.In)
	if err != nil || len(in) == 0 || sp.To <= sp.From {
		return nil, err
	}
	return s.weeks(tx, in, sp.From, sp.To)
}

// sight is where in a part of the town the actor sees rounds; Denied if nowhere.
func (s *Service) sight(tx *sqldb.Tx, by scope.Actor, in scope.Scope) (scope.Scopes, error) {
	var mine scope.Scopes
	for _, need := range []scope.Need{access.See, access.Arrange, access.Patrol, access.Audit} {
		mine = append(mine, by.Scopes(need, tx.Now())...)
	}
	if len(mine) == 0 {
		return nil, refuse(tx, by, access.See, scope.Target{})
	}
	if in.Level == scope.City {
		return mine, nil
	}
	p, ok := s.places.Tree().Get(in.ID)
	if !ok {
		return nil, errs.New(errs.NotFound, "patrol.place.none")
	}
	if mine.Contains(p.Path) {
		return scope.Scopes{in}, nil
	}
	var within scope.Scopes // a grid of the village that is asked for
	for _, m := range mine {
		if q, ok := s.places.Tree().Get(m.ID); ok && in.Contains(q.Path) {
			within = append(within, m)
		}
	}
	if len(within) == 0 {
		return nil, errs.New(errs.Denied, scope.DeniedPlace, p.Name)
	}
	return within, nil
}

// weekOf puts rounds and their entries together, grid by grid. It is pure: the same rounds
// and entries give the same, in whatever order they come.
func weekOf(rs []Round, es []Entry) (ws []GridWeek) {
	of := map[roundKey][]Entry{}
	for _, e := range es {
		k := roundKey{e.Path[scope.Grid], e.Slot}
		of[k] = append(of[k], e)
	}
	at := map[id.ID]int{}
	for _, r := range rs {
		i, ok := at[r.Grid()]
		if !ok {
			i = len(ws)
			at[r.Grid()] = i
			ws = append(ws, GridWeek{Path: r.Path})
		}
		w := &ws[i]
		mine := of[roundKey{r.Grid(), r.Slot}]
		c := Cover(r, mine)
		w.Rounds, w.Coverage = w.Rounds+1, w.Coverage.Add(c)
		for _, m := range c.Missed {
			w.Gaps = append(w.Gaps, Gap{Slot: r.Slot, Path: r.Path, Stop: m})
		}
		for _, e := range mine {
			if e.Matter != 0 {
				w.Reported++
			}
			if e.Result == Settled {
				w.Settled++
			}
			if !e.Proved() {
				w.Unproved++
			}
		}
	}
	slices.SortFunc(ws, func(a, b GridWeek) int {
		return cmp.Or(cmp.Compare(a.Path[scope.Town], b.Path[scope.Town]), cmp.Compare(a.Path[scope.Village], b.Path[scope.Village]), cmp.Compare(a.Grid(), b.Grid()))
	})
	return ws
}

// Names are the names of points, and the numbers of visits, for a list of what was missed.
func (s *Service) Names(ctx context.Context, gaps []Gap) (names map[id.ID]string, err error) {
	names = map[id.ID]string{}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		for _, g := range gaps {
			if g.Stop.Point != 0 && names[g.Stop.Point] == "" {
				p, err := loadPoint(tx, g.Stop.Point)
				if err != nil {
					return err
				}
				names[p.ID] = p.Name
			} else if g.Stop.Visit != 0 && names[g.Stop.Visit] == "" {
				v, err := loadVisit(tx, g.Stop.Visit)
				if err != nil {
					return err
				}
				names[v.ID] = v.Number
			}
		}
		return nil
	})
	return names, err
}

// Yesterday is the span of the day before a moment.
func Yesterday(now time.Time) (from, to Slot) {
	today := SlotAt(now).Morning()
	return today - 2, today
}
