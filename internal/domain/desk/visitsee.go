// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Person is somebody who works for the town, by name.
type Person struct {
	Account id.ID
	Name    string
	Unit    id.ID
}

// A SeenVisit is a home visit as one reader sees it. Whoever only holds the slip sees
// how it stands, not what those at work wrote among themselves. In a list its words stay
// sealed.
type SeenVisit struct {
	HomeVisit
	For    Card
	What   Item
	Steps  []Step
	Acts   []Act
	Inside bool
	// Proxied: the reader asked for it for somebody, and acts for them still.
	Proxied bool
	Who     map[id.ID]string // names of officer and grid worker
}

// Visit returns a home visit by its number, as the actor may see it; NotFound if there
// is none for them.
func (s *Service) Visit(ctx context.Context, by scope.Actor, number string) (x SeenVisit, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		v, err := visitNumbered(tx, strings.ToUpper(strings.TrimSpace(number)))
		if err != nil {
			return err
		}
		by, _, err := s.standIn(tx, by, v.ID, v.Resident)
		if err != nil {
			return err
		}
		if err := v.see(by, tx.Now()); err != nil {
			return err
		}
		xs, err := s.seenVisits(tx, by, []HomeVisit{v})
		if err != nil {
			return err
		}
		x = xs[0]
		if err := s.openVisit(&x); err != nil {
			return err
		}
		x.Steps, err = s.openStory(tx, v.ID, func(p Step) bool { return x.Inside || p.Act == Find }) // the words of those at work are theirs
		return err
	})
	return x, err
}

func (s *Service) seenVisits(tx *sqldb.Tx, by scope.Actor, vs []HomeVisit) ([]SeenVisit, error) {
	cat, err := s.catalogue(tx)
	if err != nil {
		return nil, err
	}
	known, left, err := s.masks(tx, len(vs), func(i int) (resident, contact id.ID) { return vs[i].Resident, vs[i].Contact })
	if err != nil {
		return nil, err
	}
	xs := make([]SeenVisit, len(vs))
	for n, v := range vs {
		x := SeenVisit{HomeVisit: v, Inside: v.inside(by, tx.Now()), Who: map[id.ID]string{}}
		x.What, _ = cat.ByID(v.Item)
		for _, mv := range VisitFlow.From(v.State) {
			if v.may(by, mv.Need, tx.Now()) == nil && !slices.Contains(x.Acts, mv.Act) {
				x.Acts = append(x.Acts, mv.Act)
			}
		}
		if x.For = left[v.Contact]; v.Contact == 0 {
			x.For = known[v.Resident]
		}
		if v.Officer != 0 {
			if x.Who, err = s.Access.Names(tx, v.Officer, v.Worker); err != nil {
				return nil, err
			}
		}
		xs[n] = x
	}
	return xs, nil
}

// A VisitFilter narrows a list of home visits.
type VisitFilter struct {
	Open   bool
	Turn   Turn
	Before id.ID // the last of the page before
	Most   int   // 30 if 0, never more than 100
}

// ListVisits are the home visits of the places in which the actor works on them, and of
// the auditor's: of what is open the one due first, else the newest. To everybody else
// it is empty.
func (s *Service) ListVisits(ctx context.Context, by scope.Actor, f VisitFilter) (xs []SeenVisit, more bool, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ss := append(by.Scopes(needVisit, tx.Now()), by.Scopes("audit", tx.Now())...)
		most := min(f.Most, 100)
		if most <= 0 {
			most = 30
		}
		vs, err := listVisits(tx, ss, f, most+1)
		if err != nil {
			return err
		}
		if more = len(vs) > most; more {
			vs = vs[:most]
		}
		xs, err = s.seenVisits(tx, by, vs)
		return err
	})
	return xs, more, err
}

// CountVisits are how many home visits are open where the actor works on them, and how
// many of them are late.
func (s *Service) CountVisits(ctx context.Context, by scope.Actor) (open, late int, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ss := by.Scopes(needVisit, tx.Now())
		if len(ss) == 0 {
			return nil
		}
		open, late, err = countVisits(tx, ss)
		return err
	})
	return open, late, err
}

// MyVisits are the actor's own home visits, by who they are or the slips they have
// shown, and those that they asked for by a proxy, the newest first.
func (s *Service) MyVisits(ctx context.Context, by scope.Actor, most int) (xs []SeenVisit, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		o, err := s.ownOf(tx, by)
		if err != nil || o.none() {
			xs = nil
			return err
		}
		vs, err := listOwnVisits(tx, o, most)
		if err != nil {
			return err
		}
		xs, err = s.seenVisits(tx, by, vs)
		for n := range xs {
			xs[n].Proxied = o.proxied(xs[n].Resident, xs[n].ID)
		}
		return err
	})
	return xs, err
}

// Receipt is the picture of the signed receipt, for the household and those at work on
// it; NotFound for everybody else.
func (s *Service) Receipt(ctx context.Context, by scope.Actor, number string) (f NewFile, err error) {
	x, err := s.Visit(ctx, by, number)
	if err == nil && x.HomeVisit.Receipt.Hash == "" {
		err = errs.New(errs.NotFound, "blob.gone")
	}
	return x.HomeVisit.Receipt, err
}

// NeedsFile reports whether some home visit still has the file, for the job that
// deletes those that none has.
func (s *Service) NeedsFile(ctx context.Context, hash string) (yes bool, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		yes, err = hasReceipt(tx, hash)
		return err
	})
	return yes, err
}

// Officers are who may go there for the unit that serves, Workers the grid workers of
// the place.
func (s *Service) Officers(ctx context.Context, v HomeVisit) (officers, workers []Person, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		officers = nil
		for _, a := range s.Orgs.Directory().Members(v.ServeUnit, tx.Now()) {
			officers = append(officers, Person{Account: a, Unit: v.ServeUnit})
		}
		workers = s.workersAt(v.Path, tx.Now())
		for _, ps := range [][]Person{officers, workers} {
			ids := make([]id.ID, len(ps))
			for n, p := range ps {
				ids[n] = p.Account
			}
			names, err := s.Access.Names(tx, ids...)
			if err != nil {
				return err
			}
			for n := range ps {
				ps[n].Name = names[ps[n].Account]
			}
		}
		return nil
	})
	return officers, workers, err
}

// workersAt are the grid workers of a place: those of its grid, else of its village.
func (s *Service) workersAt(path scope.Path, now time.Time) (ps []Person) {
	dir := s.Orgs.Directory()
	u, ok := dir.Responsible("village", path)
	if !ok {
		return nil
	}
	for _, own := range []bool{true, false} {
		for _, post := range dir.Posts(u.ID) {
			if post.Role != "grid_worker" || own != post.In().Contains(path) {
				continue
			}
			for _, h := range dir.Holders(post.ID, now) {
				if !slices.ContainsFunc(ps, func(p Person) bool { return p.Account == h.Account }) {
					ps = append(ps, Person{Account: h.Account, Unit: u.ID})
				}
			}
		}
	}
	return ps
}

// A busy is a stretch of time in which somebody is out or at a counter.
type busy struct{ from, until time.Time }

// busyTimes are when an account is out on other home visits, or at a counter of their own
// with somebody booked.
func (s *Service) busyTimes(tx *sqldb.Tx, account, but id.ID, from, until time.Time) (bs []busy, err error) {
	if account == 0 {
		return nil, nil
	}
	if bs, err = visitsOf(tx, account, but, from, until); err != nil {
		return nil, err
	}
	for _, h := range s.Orgs.Directory().HeldBy(account, tx.Now()) {
		cs, err := listCounters(tx, h.Unit.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			if c.Officer != account {
				continue
			}
			given, err := taken(tx, c.ID, from, until)
			if err != nil {
				return nil, err
			}
			for _, h := range given {
				bs = append(bs, busy{h.at, h.ends})
			}
		}
	}
	return bs, nil
}

// bothFree is Invalid beside the field of who is not free, or at work, at the time.
func (s *Service) bothFree(tx *sqldb.Tx, v HomeVisit, a Arranging, ends time.Time) error {
	free, err := s.freeTimes(tx, v, a.Officer, a.Worker, a.Minutes, a.At.Add(-time.Hour), ends.Add(15*24*time.Hour))
	if err != nil {
		return err
	}
	for field, who := range map[string]id.ID{"officer": a.Officer, "worker": a.Worker} {
		bs, err := s.busyTimes(tx, who, v.ID, a.At.Add(-8*time.Hour), ends.Add(8*time.Hour))
		if err != nil {
			return err
		}
		if slices.ContainsFunc(bs, func(b busy) bool { return a.At.Before(b.until) && b.from.Before(ends) }) {
			return errs.At("at", "visit.busy."+field, sayTimes(free, tx.Now()))
		}
	}
	cal, _ := s.Calendars.Current(v.ServeUnit)
	if !cal.Open(a.At) {
		return errs.At("at", "visit.closed", sayTimes(free, tx.Now()))
	}
	return nil
}

// freeStep is how far apart the times are that are proposed, and how many.
const (
	freeStep = 30 * time.Minute
	mostFree = 12
)

// FreeTimes are the next times at which both the officer and the grid worker are free
// and both their units at work: what joins the calendars of two units. A worker of 0
// asks of the officer alone.
func (s *Service) FreeTimes(ctx context.Context, v HomeVisit, officer, worker id.ID, minutes int) (ss []Slot, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.Calendars.Check(tx); err != nil {
			return err
		}
		ss, err = s.freeTimes(tx, v, officer, worker, minutes, tx.Now(), tx.Now().Add(15*24*time.Hour))
		return err
	})
	return ss, err
}

func (s *Service) freeTimes(tx *sqldb.Tx, v HomeVisit, officer, worker id.ID, minutes int, from, until time.Time) (ss []Slot, err error) {
	if from.Before(tx.Now()) {
		from = tx.Now()
	}
	length := time.Duration(minutes) * time.Minute
	var all []busy
	for _, who := range []id.ID{officer, worker} {
		bs, err := s.busyTimes(tx, who, v.ID, from.Add(-8*time.Hour), until)
		if err != nil {
			return nil, err
		}
		all = append(all, bs...)
	}
	ours, _ := s.Calendars.Current(v.ServeUnit)
	theirs := ours
	if u, ok := s.Orgs.Directory().Responsible("village", v.Path); ok && worker != 0 {
		theirs, _ = s.Calendars.Current(u.ID)
	}
	for at := from.Truncate(freeStep).Add(2 * freeStep); at.Before(until) && len(ss) < mostFree; at = at.Add(freeStep) {
		ends := at.Add(length)
		if !worksThrough(ours, at, ends) || !worksThrough(theirs, at, ends) ||
			slices.ContainsFunc(all, func(b busy) bool { return at.Before(b.until) && b.from.Before(ends) }) {
			continue
		}
		ss = append(ss, Slot{At: at, Ends: ends, Seats: 1, Left: 1})
	}
	return ss, nil
}

// worksThrough reports whether work is done from one moment to another without a break.
func worksThrough(c *when.Calendar, from, until time.Time) bool {
	return c.WorkingTime(from, until) == until.Sub(from)
}

// Subject is whose private facts a booking or a home visit leads to, for those who
// work on it; NotFound for everybody else, and where nobody is known.
func (s *Service) Subject(ctx context.Context, by scope.Actor, number string) (of people.Subject, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		var resident, contact id.ID
		inside := false
		if strings.HasPrefix(number, "SM-") {
			v, err := visitNumbered(tx, number)
			if err != nil {
				return err
			}
			resident, contact, inside = v.Resident, v.Contact, v.inside(by, tx.Now())
		} else {
			b, err := bookingNumbered(tx, number)
			if err != nil {
				return err
			}
			resident, contact, inside = b.Resident, b.Contact, b.inside(by, tx.Now())
		}
		switch {
		case !inside:
			return errs.New(errs.NotFound, "booking.none")
		case contact != 0:
			of = people.OfContact(contact)
		case resident != 0:
			of = people.OfResident(resident)
		default:
			return errs.New(errs.NotFound, "reveal.nobody")
		}
		return nil
	})
	return of, err
}
