// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"cmp"
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Lights are how many of some matters have which light.
type Lights struct{ Green, Yellow, Red int }

// All is how many they are together.
func (l Lights) All() int { return l.Green + l.Yellow + l.Red }

func (l *Lights) add(light when.Light, n int) {
	switch light {
	case when.Red:
		l.Red += n
	case when.Yellow:
		l.Yellow += n
	case when.Green:
		l.Green += n
	}
}

// A Stage is what waits in one state.
type Stage struct {
	State matters.State
	Lights
}

// A Load is what a unit has under way.
type Load struct {
	Unit id.ID
	Lights
}

// An Area is what is under way in one place.
type Area struct {
	Place id.ID
	Lights
}

// A Deed is something that has just been done to a matter that everybody may read.
type Deed struct {
	Card matters.Card
	Act  matters.Act
	At   time.Time
}

// A Room is what the command sees of a part of the town at one moment. It has no
// private fact: of matters that are not for everybody only how many there are.
type Room struct {
	At       time.Time
	Seq      int64 // the last row of the trail that it knows of
	In       scope.Scope
	Behind   bool // see Counts
	Queue    []Stage
	All      Lights
	Private  int // of All
	Loads    []Load
	Areas    []Area
	Today    *Sums
	LastWeek *Sums // of the whole same weekday
	Pressing []matters.Card
	Whistles []matters.UnderWay
	Latest   []Deed
}

const (
	mostPressing = 30
	mostLatest   = 6
	glance       = 120 // rows of the trail among which the latest are looked for
)

// everybody is who looks at the wall.
var everybody = scope.Actor{Kind: scope.Anonymous}

// MayCommand reports where the actor has a room: the subtrees in which they
// command or see what is not for everybody. None means that they have none.
func MayCommand(by scope.Actor, now time.Time) scope.Scopes {
	ss := by.Scopes(access.Command, now)
	for _, need := range []scope.Need{access.See, access.Audit} {
		for _, s := range by.Scopes(need, now) {
			if !slices.Contains(ss, s) {
				ss = append(ss, s)
			}
		}
	}
	return ss
}

// mayEnter holds the actor against the room of a subtree; below a village there is none.
func (s *Service) mayEnter(by scope.Actor, in scope.Scope) error {
	if in.Level > scope.Village || !s.within(MayCommand(by, s.db.Now()), in) {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	return nil
}

// within reports whether the subtree lies in one of those.
func (s *Service) within(ss scope.Scopes, sub scope.Scope) bool {
	if sub.Level == scope.City {
		return ss.Whole()
	}
	p, ok := s.places.Tree().Get(sub.ID)
	return ok && ss.Contains(p.Path)
}

// Room is the command room of a part of the town: the whole, a town or a village.
// It is Denied to who neither commands there nor sees the matters of the place.
func (s *Service) Room(ctx context.Context, by scope.Actor, in scope.Scope) (r Room, err error) {
	if err := s.mayEnter(by, in); err != nil {
		return r, err
	}
	var pressing []id.ID
	var rows []trail.Row
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		r = Room{At: tx.Now(), In: in}
		since, err := s.recent(tx)
		if err != nil {
			return err
		}
		r.Behind = since.behind
		if rows, err = trail.Newest(tx, glance); err != nil {
			return err
		}
		if len(rows) > 0 {
			r.Seq = rows[0].Seq
		}
		if err := s.stand(tx, &r, since); err != nil {
			return err
		}
		if pressing, err = s.pressing(tx, in, since); err != nil {
			return err
		}
		return s.days(tx, &r, since)
	})
	if err != nil {
		return r, err
	}
	// Words come by the door of matters, as everybody reads them.
	if r.Pressing, err = s.matters.CardsOf(ctx, everybody, pressing); err != nil {
		return r, err
	}
	r.Pressing = slices.DeleteFunc(r.Pressing, func(c matters.Card) bool { return !c.State.Open() || !inside(in, c.Path) })
	if r.Whistles, err = s.matters.UnderWay(ctx, by, in); err != nil {
		return r, err
	}
	r.Latest, err = s.latest(ctx, in, rows)
	return r, err
}

func inside(in scope.Scope, p scope.Path) bool { return in.Contains(p) }

// stand is how everything under way stands.
func (s *Service) stand(tx *sqldb.Tx, r *Room, since recent) error {
	states, units, areas := map[matters.State]*Lights{}, map[id.ID]*Lights{}, map[id.ID]*Lights{}
	add := func(g standing) {
		r.All.add(g.light, g.n)
		lightsOf(states, g.state).add(g.light, g.n)
		lightsOf(units, g.unit).add(g.light, g.n)
		if d := g.path[min(r.In.Level+1, scope.Village)]; d != 0 {
			lightsOf(areas, d).add(g.light, g.n)
		}
		if !g.everybody {
			r.Private += g.n
		}
	}
	groups, err := standings(tx, r.In, since.touched)
	if err != nil {
		return err
	}
	for _, g := range groups {
		add(g)
	}
	for _, x := range since.rs {
		row, ok := s.openRow(x, since.now)
		if ok && inside(r.In, row.Path) {
			add(standing{state: row.State, unit: row.unit, path: row.Path, light: row.light(r.At), everybody: row.Everybody, n: 1})
		}
	}
	for _, st := range matters.OpenStates() {
		if l := states[st]; l != nil {
			r.Queue = append(r.Queue, Stage{st, *l})
		}
	}
	for u, l := range units {
		if u != 0 {
			r.Loads = append(r.Loads, Load{u, *l})
		}
	}
	slices.SortFunc(r.Loads, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Red, a.Red), cmp.Compare(b.All(), a.All()), cmp.Compare(a.Unit, b.Unit))
	})
	for d, l := range areas {
		r.Areas = append(r.Areas, Area{d, *l})
	}
	slices.SortFunc(r.Areas, func(a, b Area) int { return cmp.Or(cmp.Compare(b.All(), a.All()), cmp.Compare(a.Place, b.Place)) })
	return nil
}

func lightsOf[K comparable](m map[K]*Lights, key K) *Lights {
	l := m[key]
	if l == nil {
		l = &Lights{}
		m[key] = l
	}
	return l
}

// light is a row's light at a moment.
func (x openRow) light(now time.Time) when.Light {
	switch {
	case x.Due.IsZero():
		return when.Green
	case now.After(x.Due):
		return when.Red
	case !now.Before(x.soon):
		return when.Yellow
	}
	return when.Green
}

// pressing are the matters that end first, of those that everybody may read.
func (s *Service) pressing(tx *sqldb.Tx, in scope.Scope, since recent) ([]id.ID, error) {
	rows, err := pressingRows(tx, in, since.touched)
	if err != nil {
		return nil, err
	}
	for _, x := range since.rs {
		if row, ok := s.openRow(x, since.now); ok && row.Everybody && !row.Due.IsZero() && row.TurnUnit != 0 && inside(in, row.Path) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b openRow) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	ids := make([]id.ID, min(len(rows), mostPressing))
	for i := range ids {
		ids[i] = rows[i].ID
	}
	return ids, nil
}

// days are today's numbers and those of the same weekday before.
func (s *Service) days(tx *sqldb.Tx, r *Room, since recent) error {
	face, key := All, ""
	if r.In.Level != scope.City {
		face, key = ByPlace, idKey(r.In.ID)
	}
	today := DayOf(r.At)
	for _, d := range []struct {
		day Day
		to  **Sums
	}{{today, &r.Today}, {today - 7, &r.LastWeek}} {
		c, err := s.count(tx, face, Period{From: d.day, To: d.day + 1}, since)
		if err != nil {
			return err
		}
		if *d.to = c.Sums[key]; *d.to == nil {
			*d.to = newSums()
		}
	}
	return nil
}

// latest are the last acts on matters of the place that everybody may read.
func (s *Service) latest(ctx context.Context, in scope.Scope, rows []trail.Row) ([]Deed, error) {
	cards, err := s.matters.CardsOf(ctx, everybody, concerned(rows))
	if err != nil {
		return nil, err
	}
	by := map[id.ID]matters.Card{}
	for _, c := range cards {
		by[c.ID] = c
	}
	var latest []Deed
	for _, row := range rows {
		c, ok := by[row.Record]
		if row.Noun != "matter" || !ok || !inside(in, c.Path) || !shown[matters.Act(row.Act)] {
			continue
		}
		if latest = append(latest, Deed{c, matters.Act(row.Act), row.At}); len(latest) == mostLatest {
			break
		}
	}
	return latest, nil
}

// shown are the acts that are told in the room: what everybody may read.
var shown = map[matters.Act]bool{"raise": true, matters.Accept: true, matters.Decline: true, matters.Dispatch: true, matters.Take: true, matters.Handle: true,
	matters.Verify: true, matters.Close: true, matters.Reopen: true, matters.Suspend: true, matters.Resume: true, matters.Extend: true, matters.Rate: true}
