// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Card is what a list shows of a matter.
type Card struct {
	ID         ID
	Number     string
	Title      string
	Category   string
	State      State
	Path       scope.Path
	PlaceWords string
	At         *Point
	Public     bool
	Hidden     bool
	Urgent     bool
	Supervised bool
	TurnUnit   id.ID
	Lead       id.ID
	RaisedAt   time.Time
	MovedAt    time.Time
	Due        time.Time
	ClosedAt   time.Time
	Supporters int
	Solved     Solved
}

// VisibleToAll reports whether anybody may read the matter's public part.
func (c Card) VisibleToAll() bool { return c.Public && !c.Hidden }

// Late reports whether the present turn should have ended before now.
func (c Card) Late(now time.Time) bool { return !c.Due.IsZero() && now.After(c.Due) }

// A Filter narrows a list. Its zero value leaves everything the actor may see.
// Its fields are the parameters of a list's address.
type Filter struct {
	Place    scope.Scope // a subtree of places
	Unit     id.ID       // the lead unit
	Category string
	States   []State
	Open     bool // only what is still to be done
	Late     bool // only what is overdue
	Urgent   bool
	Public   bool // only what everybody may read
	Channel  Channel
	From, To time.Time // raised in [From, To)
	Before   ID        // only older ones: the next page
	Most     int       // at most so many, 50 if 0, never more than 200
}

const defaultMost, hardMost = 50, 200

func (f Filter) most() int {
	switch {
	case f.Most <= 0:
		return defaultMost
	case f.Most > hardMost:
		return hardMost
	}
	return f.Most
}

// A Page is one page of a list; More says that there is another.
type Page struct {
	Cards []Card
	More  bool
}

// List returns matters, newest first: to staff those of their places in full, to
// others the public ones. Who filters by their own unit sees all that it leads.
func (s *Service) List(ctx context.Context, by scope.Actor, f Filter) (p Page, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		var w sqldb.Where
		s.limit(&w, by, f, tx.Now())
		p, err = s.cards(tx, &w, f)
		return err
	})
	return p, err
}

// limit is the territorial limit of a list, in SQL: the actor's part of the tree
// of places, their own unit's matters, or what everybody may read.
func (s *Service) limit(w *sqldb.Where, by scope.Actor, f Filter, now time.Time) {
	inside := append(by.Scopes("see", now), by.Scopes("audit", now)...)
	switch {
	case f.Unit != 0 && contains(by.Units("handle", now), f.Unit):
	case inside.Whole():
	case len(inside) > 0 && (f.Place.Level == scope.City || within(s, inside, f.Place)):
		inside.Where(w, "")
	default:
		w.Add("public AND NOT hidden")
	}
}

// within reports whether the subtree lies in one of the scopes.
func within(s *Service, ss scope.Scopes, sub scope.Scope) bool {
	p, ok := s.places.Tree().Get(sub.ID)
	return ok && ss.Contains(p.Path)
}

func contains(ids []id.ID, d id.ID) bool {
	for _, x := range ids {
		if x == d {
			return true
		}
	}
	return false
}

// Mine returns the matters that the actor raised, newest first.
func (s *Service) Mine(ctx context.Context, by scope.Actor, f Filter) (p Page, err error) {
	if by.Resident == 0 && len(by.Slips) == 0 {
		return Page{}, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		var w sqldb.Where
		switch {
		case by.Resident != 0:
			w.Add("resident_id = ?", by.Resident)
		default:
			sqldb.In(&w, "id", by.Slips...)
		}
		p, err = s.cards(tx, &w, f)
		return err
	})
	return p, err
}

// An Inbox is what waits for somebody, the most pressing first.
type Inbox struct {
	Cards    []Card
	More     bool
	Counts   Counts
	Whistles []Called // calls to their units not yet answered
	Assists  []Called // parts asked of their units
}

// Counts are the numbers beside an inbox.
type Counts struct {
	Turn, Late, Soon, Whistles, Assists int
}

// A Called is a call to one of the actor's units.
type Called struct {
	Card  Card
	Unit  id.ID
	By    string
	Words string
	At    time.Time
	Due   time.Time
}

// turns maps the needs to the turns in which they act.
var turns = []struct {
	need scope.Need
	turn Turn
}{{"intake", TurnIntake}, {"dispatch", TurnDispatch}, {"handle", TurnHandle}, {"verify", TurnVerify}}

// Inbox returns what waits for the actor: the matters whose turn is their
// unit's, for what they may do there, what is due first on top; and the calls to
// their units. Only the Turn, Late, Category and Place of the filter apply.
func (s *Service) Inbox(ctx context.Context, by scope.Actor, f Filter, after *Card) (in Inbox, err error) {
	if by.Kind != scope.Staff {
		return in, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		now := tx.Now()
		w, ok := inboxOf(by, now)
		if ok {
			if in.Counts, err = countInbox(tx, w, now); err != nil {
				return err
			}
			s.narrow(&w, f, now)
			if in.Cards, in.More, err = s.inboxCards(tx, w, after, f.most()); err != nil {
				return err
			}
		}
		units := by.Units("handle", now)
		if in.Whistles, err = s.whistlesFor(tx, units); err != nil {
			return err
		}
		if in.Assists, err = s.assistsFor(tx, units); err != nil {
			return err
		}
		in.Counts.Whistles, in.Counts.Assists = len(in.Whistles), len(in.Assists)
		return nil
	})
	return in, err
}

// inboxOf is the condition of an inbox: for each of the actor's units the turns
// in which they may act there. ok is false if there are none.
func inboxOf(by scope.Actor, now time.Time) (w sqldb.Where, ok bool) {
	allowed := map[id.ID][]Turn{}
	var order []id.ID
	for _, t := range turns {
		for _, u := range by.Units(t.need, now) {
			if allowed[u] == nil {
				order = append(order, u)
			}
			allowed[u] = append(allowed[u], t.turn)
		}
	}
	if len(order) == 0 {
		return w, false
	}
	var conds []string
	var args []any
	for _, u := range order {
		cond := "turn_unit = ? AND turn IN ("
		args = append(args, u)
		for i, t := range allowed[u] {
			if i > 0 {
				cond += ","
			}
			cond += "?"
			args = append(args, t)
		}
		conds = append(conds, "("+cond+"))")
	}
	w.Add("turn_unit <> 0")
	w.Any(conds, args...)
	return w, true
}

// narrow adds what the filter asks for.
func (s *Service) narrow(w *sqldb.Where, f Filter, now time.Time) {
	if f.Place.Level != scope.City {
		scope.Scopes{f.Place}.Where(w, "")
	}
	if f.Unit != 0 {
		w.Add("lead_unit = ?", f.Unit)
	}
	if f.Category != "" {
		w.Add("category = ?", f.Category)
	}
	states := f.States
	if f.Open && len(states) == 0 {
		states = OpenStates()
	}
	if len(states) > 0 {
		sqldb.In(w, "state", states...)
	}
	if f.Late {
		w.Add("turn_unit <> 0 AND due_at < ?", sqldb.At(now))
	}
	if f.Urgent {
		w.Add("urgent")
	}
	if f.Public {
		w.Add("public AND NOT hidden")
	}
	if f.Channel != "" {
		w.Add("channel = ?", f.Channel)
	}
	if !f.From.IsZero() {
		w.Add("raised_at >= ?", sqldb.At(f.From))
	}
	if !f.To.IsZero() {
		w.Add("raised_at < ?", sqldb.At(f.To))
	}
	if f.Before != 0 {
		w.Add("id < ?", f.Before)
	}
}
