// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"strings"
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
	Urged      int
	TurnUnit   id.ID
	Lead       id.ID
	RaisedAt   time.Time
	MovedAt    time.Time
	Due        time.Time
	WarnAt     time.Time // when its light turns yellow
	Promised   time.Time // to the reporter
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
	Rule     id.ID // caught by this rule; NoRule: waits for the dispatcher and no rule catches it
	Open     bool  // only what is still to be done
	Late     bool  // only what is overdue
	Urgent   bool
	Public   bool // only what everybody may read
	Channel  Channel
	From, To time.Time // raised in [From, To)
	DueFrom  time.Time // with DueTo: its turn ends in [DueFrom, DueTo)
	DueTo    time.Time
	Before   ID  // only older ones: the next page
	Most     int // at most so many, 50 if 0, never more than 200
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
	if ps, ok := s.sight(by, f, now); ok {
		ps.Where(w, f.prefix())
		return
	}
	w.Add("public AND NOT hidden")
}

// sight is the part of a list that the actor sees in full: what the posts in the
// unit asked for handle, or what their posts see. ok is false if that is nothing
// of what the filter asks for; then they see what everybody does.
func (s *Service) sight(by scope.Actor, f Filter, now time.Time) (ps scope.Parts, ok bool) {
	inside := insight(by, now)
	if inside.Whole() {
		return inside, true
	}
	if f.Unit != 0 {
		if ps := by.PartsOf(f.Unit, "handle", now); len(ps) > 0 {
			return append(ps, inside...), true
		}
	}
	if len(inside) > 0 && (f.Place.Level == scope.City || within(s, inside.Scopes(), f.Place)) {
		return inside, true
	}
	return nil, false
}

// insight is where the actor sees matters that are not public.
func insight(by scope.Actor, now time.Time) scope.Parts {
	return append(by.Parts("see", now), by.Parts("audit", now)...)
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
			list := strings.TrimPrefix(strings.Repeat(", ?", len(by.Slips)), ", ")
			slips := make([]any, 0, 2*len(by.Slips))
			for range 2 { // the matters, and the parts taken out of them
				for _, d := range by.Slips {
					slips = append(slips, d)
				}
			}
			w.Any([]string{"id IN (" + list + ")", "split_from <> 0 AND split_from IN (" + list + ")"}, slips...)
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
	Counts   Counts   // of all that waits, whatever the filter
	Within   Counts   // of what waits in the filter's place and category
	Found    int      // what the whole filter leaves
	Whistles []Called // calls to their units not yet answered
	Assists  []Called // parts asked of their units
	Calls    []Called // reporters whom their desks are to ring
}

// Counts are the numbers beside an inbox.
type Counts struct {
	Turn, Late, Soon, Whistles, Assists int
	NoRule                              int // of Turn, what no rule sends anywhere
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

// CardsOf returns those of the matters that the actor may see, in the order of the
// IDs; at most two hundred are asked for at once.
func (s *Service) CardsOf(ctx context.Context, by scope.Actor, ids []ID) (cards []Card, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		left, err := s.sieve(tx, by, slices.Clone(ids[:min(len(ids), hardMost)]), Filter{})
		if err != nil {
			return err
		}
		cards, err = s.cardsByID(tx, left)
		return err
	})
	return cards, err
}

// An UnderWay is a whistle that is not over, with the matter it was blown for.
type UnderWay struct {
	Card    Card
	Whistle Whistle
}

// UnderWay returns the whistles that are not over within a subtree, those that end
// first on top, for matters that the actor sees from the inside.
func (s *Service) UnderWay(ctx context.Context, by scope.Actor, in scope.Scope) (all []UnderWay, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		var w sqldb.Where
		insight(by, tx.Now()).Where(&w, "m.")
		if in.Level != scope.City {
			scope.Scopes{in}.Where(&w, "m.")
		}
		all, err = s.underWay(tx, w)
		return err
	})
	return all, err
}

// turns maps the needs to the turns in which they act.
var turns = []struct {
	need scope.Need
	turn Turn
}{{"intake", TurnIntake}, {"dispatch", TurnDispatch}, {"command", TurnCommand}, {"handle", TurnHandle}, {"verify", TurnVerify}}

// Inbox returns what waits for the actor: the matters whose turn is their
// unit's, for what they may do there, what is due first on top; and the calls to
// their units. Only the Place, Category, Late, DueFrom, DueTo and the Rule NoRule of the filter
// apply, and not to the calls; nor does the filter change Counts.
func (s *Service) Inbox(ctx context.Context, by scope.Actor, f Filter, after *Card) (in Inbox, err error) {
	if by.Kind != scope.Staff {
		return in, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		now := tx.Now()
		w, ok := s.inboxOf(by, now)
		if ok {
			if in.Counts, err = countInbox(tx, w, now); err != nil {
				return err
			}
			if in.Counts.NoRule, err = countNoRule(tx, w, by.Has("dispatch")); err != nil {
				return err
			}
			if in.Within, in.Found, err = s.narrowInbox(tx, &w, f, in.Counts); err != nil {
				return err
			}
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
		if in.Calls, err = s.callsFor(tx, by.Units("raise_for", now)); err != nil {
			return err
		}
		in.Counts.Whistles, in.Counts.Assists = len(in.Whistles), len(in.Assists)
		return nil
	})
	return in, err
}

// narrowInbox adds to the condition of an inbox what the filter asks for, and
// counts what is left: in its place and category, and altogether. What is not
// narrowed is not counted again.
func (s *Service) narrowInbox(tx *sqldb.Tx, w *sqldb.Where, f Filter, all Counts) (within Counts, found int, err error) {
	now := tx.Now()
	within = all
	if f.Category != "" || f.Place.Level != scope.City {
		s.narrow(w, Filter{Place: f.Place, Category: f.Category}, now)
		if within, err = countInbox(tx, *w, now); err != nil {
			return within, 0, err
		}
		if within.NoRule, err = countNoRule(tx, *w, all.NoRule > 0); err != nil {
			return within, 0, err
		}
	}
	due := Filter{Late: f.Late, DueFrom: f.DueFrom, DueTo: f.DueTo, Rule: min(f.Rule, 0)}
	s.narrow(w, due, now)
	switch {
	case due.Rule != 0, !due.DueFrom.IsZero() || !due.DueTo.IsZero():
		left, err := countInbox(tx, *w, now)
		return within, left.Turn, err
	case due.Late:
		return within, within.Late, nil
	}
	return within, within.Turn, nil
}

// inboxOf is the condition of an inbox: for each of the actor's units the turns
// in which their posts may act there, within the posts' places and categories. ok
// is false if there are none.
func (s *Service) inboxOf(by scope.Actor, now time.Time) (w sqldb.Where, ok bool) {
	var order []id.ID
	units := map[id.ID][]seat{}
	for _, g := range by.Grants {
		here := seat{part: s.ownPart(g)}
		for _, t := range turns {
			if slices.Contains(g.Needs, t.need) {
				here.turns = append(here.turns, t.turn)
			}
		}
		if len(here.turns) == 0 || g.Unit == 0 || g.Ended(now) {
			continue
		}
		if units[g.Unit] == nil {
			order = append(order, g.Unit)
		}
		units[g.Unit] = here.among(units[g.Unit])
	}
	if len(order) == 0 {
		return w, false
	}
	var conds []string
	var args []any
	for _, u := range order {
		args = append(args, u)
		var any []string
		for _, here := range units[u] {
			cond, more := here.cond()
			any, args = append(any, cond), append(args, more...)
		}
		cond := any[0]
		if len(any) > 1 {
			cond = "(" + strings.Join(any, " OR ") + ")"
		}
		conds = append(conds, "(turn_unit = ? AND "+cond+")")
	}
	w.Add("turn_unit <> 0")
	w.Any(conds, args...)
	return w, true
}

// A seat is what one post gives of its unit's inbox.
type seat struct {
	part  scope.Part
	turns []Turn
}

// among adds the seat to others of the same unit.
func (x seat) among(all []seat) []seat {
	for i, y := range all {
		if y.part.In == x.part.In && slices.Equal(y.part.Categories, x.part.Categories) {
			for _, t := range x.turns {
				if !slices.Contains(y.turns, t) {
					all[i].turns = append(all[i].turns, t)
				}
			}
			return all
		}
	}
	return append(all, x)
}

func (x seat) cond() (cond string, args []any) {
	for _, t := range x.turns {
		args = append(args, t)
	}
	cond = "turn IN (" + strings.TrimSuffix(strings.Repeat("?,", len(args)), ",") + ")"
	if more, values := x.part.Cond(""); more != "" {
		cond, args = "("+cond+" AND "+more+")", append(args, values...)
	}
	return cond, args
}

// ownPart is the part of its unit's matters that a grant is for. A unit's turns
// are in the places that it serves, so a post for all of them is not limited
// further, and its inbox is counted by the index alone.
func (s *Service) ownPart(g scope.Grant) scope.Part {
	p := scope.Part{In: g.In, Categories: g.Categories}
	if u, ok := s.orgs.Directory().Unit(g.Unit); ok && g.In.Contains(u.Path) {
		p.In = scope.Scope{}
	}
	return p
}

// prefix is that of the columns by which a list is limited to places: what no rule
// catches is few, and found by its own index and not by that of the place.
func (f Filter) prefix() string {
	if f.Rule == NoRule {
		return "+"
	}
	return ""
}

// narrow adds what the filter asks for.
func (s *Service) narrow(w *sqldb.Where, f Filter, now time.Time) {
	if f.Place.Level != scope.City {
		scope.Scopes{f.Place}.Where(w, f.prefix())
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
	switch {
	case f.Rule == NoRule:
		w.Add(waitsWithoutRule)
	case f.Rule != 0:
		w.Add("rule = ?", f.Rule)
		w.Add("rule <> 0")
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
	if !f.DueFrom.IsZero() {
		w.Add("turn_unit <> 0 AND due_at >= ?", sqldb.At(f.DueFrom))
	}
	if !f.DueTo.IsZero() {
		w.Add("turn_unit <> 0 AND due_at < ?", sqldb.At(f.DueTo))
	}
	if f.Before != 0 {
		w.Add("id < ?", f.Before)
	}
}
