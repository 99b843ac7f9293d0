// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Round is what was due in a grid in a slot, as it was drawn up when that came.
type Round struct {
	ID   id.ID
	Slot Slot
	Path scope.Path
	Due  []Stop

	Hours Hours // the windows of its day
}

// Window is when the round is walked.
func (r Round) Window() (from, to time.Time) { return r.Hours.Window(r.Slot) }

// Over reports whether its window has ended.
func (r Round) Over(now time.Time) bool { return r.Hours.Over(r.Slot, now) }

// Grid is the grid of the round.
func (r Round) Grid() id.ID { return r.Path[scope.Grid] }

// A supply is what rounds of a slot are drawn up from, by grid.
type supply struct {
	slot   Slot
	points map[id.ID][]Point
	visits map[id.ID][]Visit
	given  []Giving
	duties map[id.ID]Duty
	open   map[id.ID][]Open
}

// gather reads what rounds of the slot are drawn up from: of one grid, or of all if it is
// 0. What was added or ended later than the slot's beginning is as it was then.
func (s *Service) gather(tx *sqldb.Tx, slot Slot, grid id.ID, open []Open, where map[id.ID]id.ID) (x supply, err error) {
	x = supply{slot: slot, points: map[id.ID][]Point{}, visits: map[id.ID][]Visit{}, duties: map[id.ID]Duty{}, open: map[id.ID][]Open{}}
	ps, err := standing(tx, grid)
	if err != nil {
		return x, err
	}
	for _, p := range ps {
		if p.Since <= slot {
			x.points[p.Grid()] = append(x.points[p.Grid()], p)
		}
	}
	vs, err := agreed(tx, grid)
	if err != nil {
		return x, err
	}
	for _, v := range vs {
		if v.Since <= slot {
			x.visits[v.Grid()] = append(x.visits[v.Grid()], v)
		}
	}
	if x.given, err = givingsNow(tx); err != nil {
		return x, err
	}
	ds, err := dutiesGiven(tx)
	if err != nil {
		return x, err
	}
	for _, d := range ds {
		if d.At(Day(slot >> 1)) {
			x.duties[d.ID] = d
		}
	}
	for _, o := range open {
		x.open[where[o.Matter]] = append(x.open[where[o.Matter]], o)
	}
	return x, nil
}

// ground is what the round of one grid is drawn up from.
func (x supply) ground(g places.Place) Ground {
	out := Ground{Slot: x.slot, Start: g.Point, Points: x.points[g.ID], Visits: x.visits[g.ID], Open: x.open[g.ID]}
	for _, v := range x.given {
		if d, ok := x.duties[v.Duty]; ok && scope.Of(v.Path).Contains(g.Path) {
			out.Duties = append(out.Duties, d)
		}
	}
	for _, v := range out.Visits { // whoever agreed to be visited has given the duty themselves
		d, ok := x.duties[v.Duty]
		if ok && !slices.ContainsFunc(out.Duties, func(o Duty) bool { return o.ID == d.ID }) {
			out.Duties = append(out.Duties, d)
		}
	}
	return out
}

// mostOpen is how many open matters are looked at when rounds are drawn up: the newest.
const mostOpen = 2000

// openNow are the open matters of a subtree, and the grid of each.
func (s *Service) openNow(ctx context.Context, in scope.Scope) (open []Open, where map[id.ID]id.ID, err error) {
	by := scope.Program("patrol")
	where = map[id.ID]id.ID{}
	f := matters.Filter{Place: in, Open: true, Most: 200}
	for len(where) < mostOpen {
		p, err := s.matters.List(ctx, by, f)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range p.Cards {
			if g := c.Path[scope.Grid]; g != 0 {
				o := Open{Matter: c.ID}
				if c.At != nil {
					o.At = geo.Point{c.At.Lon, c.At.Lat}
				}
				open, where[c.ID] = append(open, o), g
			}
			f.Before = c.ID
		}
		if !p.More {
			break
		}
	}
	return open, where, nil
}

// MakeRounds draws up the rounds of all grids for the present slot, if its window begins
// within the hour or has begun, and says how many it made: none if they are there. It is
// called by the timetable again and again.
func (s *Service) MakeRounds(ctx context.Context) (n int, err error) {
	slot, now := SlotAt(s.db.Now()), s.db.Now()
	have := true
	if err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
		days, err := almanac(tx)
		if err != nil {
			return err
		}
		if from, _ := days.On(slot).Window(slot); now.Before(from.Add(-time.Hour)) {
			return nil
		}
		have, err = marked(tx, slot)
		return err
	}); err != nil || have {
		return 0, err
	}
	open, where, err := s.openNow(ctx, scope.Scope{})
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if have, err := marked(tx, slot); err != nil || have {
			return err
		}
		x, err := s.gather(tx, slot, 0, open, where)
		if err != nil {
			return err
		}
		made, err := roundsIn(tx, slot)
		if err != nil {
			return err
		}
		there := map[id.ID]bool{}
		for _, r := range made {
			there[r.Grid()] = true
		}
		for _, g := range s.places.Tree().All(places.Grid) {
			if !g.Open() || there[g.ID] {
				continue
			}
			due := Plan(x.ground(g))
			if len(due) == 0 {
				continue
			}
			r := Round{ID: tx.NewID(), Slot: slot, Path: g.Path, Due: due}
			if err := insertRound(tx, r); err != nil {
				return err
			}
			made, n = append(made, r), n+1
		}
		if err := mark(tx, slot); err != nil {
			return err
		}
		return s.sealSlot(tx, slot, made)
	})
	return n, err
}

// round is that of a grid in a slot, drawn up now if it is not there.
func (s *Service) round(tx *sqldb.Tx, g places.Place, slot Slot) (Round, error) {
	r, ok, err := roundOf(tx, g.ID, slot)
	if err != nil || ok {
		return r, err
	}
	x, err := s.gather(tx, slot, g.ID, nil, nil)
	if err != nil {
		return r, err
	}
	days, err := almanac(tx)
	if err != nil {
		return r, err
	}
	r = Round{ID: tx.NewID(), Slot: slot, Path: g.Path, Due: Plan(x.ground(g)), Hours: days.On(slot)}
	if err := insertRound(tx, r); err != nil {
		return r, err
	}
	made, err := roundsIn(tx, slot)
	if err != nil {
		return r, err
	}
	return r, s.sealSlot(tx, slot, made)
}

// sealSlot writes into the trail what was due in a slot, so that nobody can take away
// what was missed.
func (s *Service) sealSlot(tx *sqldb.Tx, slot Slot, made []Round) error {
	if len(made) == 0 {
		return nil
	}
	return trail.Append(tx, scope.Program("patrol"), trail.Entry{Noun: "patrol_slot", Record: id.ID(slot), Act: "draw_up", Digest: slotDigest(slot, made)})
}

func slotDigest(slot Slot, made []Round) []byte {
	slices.SortFunc(made, func(a, b Round) int { return cmp.Compare(a.Grid(), b.Grid()) })
	fields := []any{"slot/2", int64(slot)}
	for _, r := range made {
		fields = append(fields, r.ID, whole(r.Path), string(encodeDue(r.Due)))
	}
	return trail.Digest(fields...)
}

func encodeDue(due []Stop) []byte {
	b, err := json.Marshal(due)
	if err != nil {
		panic(err) // numbers can always be written
	}
	return b
}

// A Walk is a round as its worker sees it: everything that is needed on the way.
type Walk struct {
	Round   Round
	Grid    places.Place
	Points  map[id.ID]Point
	Visits  map[id.ID]Visit
	Duties  map[id.ID]Duty
	Entries []Entry // of this round
	Cover   Coverage
	Merges  []Merge // that hold: see AskedAt
}

// Asked are the fields of a duty that are asked at one of its stops.
func (w Walk) Asked(s Stop, duty id.ID) []Field {
	return AskedAt(w.Duties[duty], s.Duties, w.Points[s.Point].Done, w.Round.Slot, w.Merges)
}

// Today are the rounds of the actor's grids of the day, both slots of each, as they were
// drawn up; the second only once it was. Only who walks grids has any.
func (s *Service) Today(ctx context.Context, by scope.Actor) ([]Walk, error) {
	return s.On(ctx, by, SlotAt(s.db.Now()).Morning())
}

// On is Today of the day that begins with a morning's slot.
func (s *Service) On(ctx context.Context, by scope.Actor, morning Slot) (ws []Walk, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		gs, err := s.grids(tx, by)
		if err != nil {
			return err
		}
		for _, g := range gs {
			for slot := morning; slot <= morning+1; slot++ {
				w, ok, err := s.walk(tx, g, slot)
				if err != nil {
					return err
				}
				if ok {
					ws = append(ws, w)
				}
			}
		}
		return nil
	})
	return ws, err
}

// Begin is Today after the rounds of the actor's grids in the present slot have been
// drawn up, if they were not: for a town whose timetable stood still, and before its hour.
func (s *Service) Begin(ctx context.Context, by scope.Actor) ([]Walk, error) {
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		gs, err := s.grids(tx, by)
		if err != nil {
			return err
		}
		for _, g := range gs {
			if _, err := s.round(tx, g, SlotAt(tx.Now())); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Today(ctx, by)
}

// Walk is one round, for who sees the rounds of its grid; NotFound if none was drawn up.
func (s *Service) Walk(ctx context.Context, by scope.Actor, grid id.ID, slot Slot) (w Walk, err error) {
	g, ok := s.places.Tree().Get(grid)
	if !ok || g.Path[scope.Grid] != g.ID {
		return w, errs.New(errs.NotFound, "patrol.grid.none")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.maySee(tx, by, g.Path); err != nil {
			return err
		}
		if w, ok, err = s.walk(tx, g, slot); err == nil && !ok {
			err = errs.New(errs.NotFound, "patrol.round.none")
		}
		return err
	})
	return w, err
}

func (s *Service) walk(tx *sqldb.Tx, g places.Place, slot Slot) (w Walk, ok bool, err error) {
	w = Walk{Grid: g, Points: map[id.ID]Point{}, Visits: map[id.ID]Visit{}, Duties: map[id.ID]Duty{}}
	if w.Round, ok, err = roundOf(tx, g.ID, slot); err != nil || !ok {
		return w, ok, err
	}
	if w.Entries, err = entriesOf(tx, g.ID, slot); err != nil {
		return w, ok, err
	}
	for _, x := range w.Round.Due {
		if x.Point != 0 {
			if w.Points[x.Point], err = loadPoint(tx, x.Point); err != nil {
				return w, ok, err
			}
		} else if w.Visits[x.Visit], err = loadVisit(tx, x.Visit); err != nil {
			return w, ok, err
		}
		for _, d := range x.Duties {
			if _, have := w.Duties[d]; have {
				continue
			}
			if w.Duties[d], err = loadDuty(tx, d); err != nil {
				return w, ok, err
			}
		}
	}
	w.Cover = Cover(w.Round, w.Entries)
	w.Merges, err = mergesNow(tx)
	return w, true, err
}

// Due are the rounds of a slot in all grids, for the program itself.
func (s *Service) Due(ctx context.Context, slot Slot) (rs []Round, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		rs, err = roundsIn(tx, slot)
		return err
	})
	return rs, err
}

// Walks reports whether the actor walks grids at all.
func (s *Service) Walks(by scope.Actor) bool {
	return by.Kind == scope.Staff && by.Has(access.Patrol)
}
