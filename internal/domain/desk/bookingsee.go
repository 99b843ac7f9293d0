// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"crypto/subtle"
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

// see is nil if the actor may know of the booking: whom it is for, who serves at a desk
// in the counter's place, and the auditor. To everybody else there is none.
func (b Booking) see(by scope.Actor, now time.Time) error {
	if b.isBooker(by) || b.inside(by, now) {
		return nil
	}
	return errs.New(errs.NotFound, "booking.none")
}

func (b Booking) inside(by scope.Actor, now time.Time) bool {
	return allow(by, needDesk, b.Path, 0, now) == nil || allow(by, "audit", b.Path, 0, now) == nil
}

// A Seen is a booking with what belongs to it, as one reader sees it.
type Seen struct {
	Booking
	For     Card // masks of whom it is for; nothing if they left nothing
	What    Item
	At      Counter
	Steps   []Step
	Acts    []Act
	Ahead   int  // how many wait before it, of one that waits
	Inside  bool // the reader serves there
	Waiting bool
	Proxied bool // the reader booked it for somebody, and acts for them still
}

// Get returns a booking by its number, as the actor may see it; NotFound if there is
// none for them.
func (s *Service) Get(ctx context.Context, by scope.Actor, number string) (v Seen, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		b, err := bookingNumbered(tx, strings.ToUpper(strings.TrimSpace(number)))
		if err != nil {
			return err
		}
		by, _, err := s.standIn(tx, by, b.ID, b.Resident)
		if err != nil {
			return err
		}
		if err := b.see(by, tx.Now()); err != nil {
			return err
		}
		v, err = s.seen(tx, by, b)
		if err != nil {
			return err
		}
		v.Steps, err = s.openStory(tx, b.ID, func(Step) bool { return true })
		return err
	})
	return v, err
}

func (s *Service) seen(tx *sqldb.Tx, by scope.Actor, b Booking) (Seen, error) {
	vs, err := s.seenAll(tx, by, []Booking{b})
	if err != nil {
		return Seen{}, err
	}
	v := vs[0]
	if b.State == Waiting {
		v.Ahead, err = countBefore(tx, b)
	}
	return v, err
}

// seenAll are bookings with their items, counters and masks.
func (s *Service) seenAll(tx *sqldb.Tx, by scope.Actor, bs []Booking) ([]Seen, error) {
	cat, err := s.catalogue(tx)
	if err != nil {
		return nil, err
	}
	known, left, err := s.masks(tx, len(bs), func(i int) (resident, contact id.ID) { return bs[i].Resident, bs[i].Contact })
	if err != nil {
		return nil, err
	}
	counters := map[id.ID]Counter{}
	vs := make([]Seen, len(bs))
	for n, b := range bs {
		c, ok := counters[b.Counter]
		if !ok {
			if c, err = loadCounter(tx, b.Counter); err != nil {
				return nil, err
			}
			counters[b.Counter] = c
		}
		v := Seen{Booking: b, At: c, Inside: b.inside(by, tx.Now()), Waiting: b.State == Waiting}
		v.What, _ = cat.ByID(b.Item)
		for _, mv := range BookingFlow.From(b.State) {
			if b.may(by, mv.Need, tx.Now()) == nil && mv.Act != Lapse && mv.Act != Offer {
				v.Acts = append(v.Acts, mv.Act)
			}
		}
		if v.For = left[b.Contact]; b.Contact == 0 {
			v.For = known[b.Resident]
		}
		vs[n] = v
	}
	return vs, nil
}

// ByCode returns the ID of the booking or the home visit whose slip bears this number
// and code. It is Invalid beside "code" if they do not belong together; which of the
// two is wrong is not said.
func (s *Service) ByCode(ctx context.Context, number, code string) (d id.ID, err error) {
	index, err := s.codeIndex(code)
	if err != nil {
		return 0, err
	}
	number = strings.ToUpper(strings.TrimSpace(number))
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		var have []byte
		if strings.HasPrefix(number, "SM-") {
			v, verr := visitNumbered(tx, number)
			d, have, err = v.ID, v.codeIndex, verr
		} else {
			b, berr := bookingNumbered(tx, number)
			d, have, err = b.ID, b.codeIndex, berr
		}
		if errs.KindOf(err) == errs.NotFound || err == nil && (len(have) == 0 || subtle.ConstantTimeCompare(have, index) != 1) {
			return errs.At("code", "matter.code.wrong")
		}
		return err
	})
	return d, err
}

// Mine are the actor's own bookings, by who they are or the slips they have shown, and
// those that they made for whom they act for by a proxy: what lies ahead first, the
// next before all, then the latest, at most so many.
func (s *Service) Mine(ctx context.Context, by scope.Actor, most int) (vs []Seen, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		o, err := s.ownOf(tx, by)
		if err != nil || o.none() {
			vs = nil
			return err
		}
		bs, err := listOwn(tx, o, most)
		if err != nil {
			return err
		}
		vs, err = s.seenAll(tx, by, bs)
		for n := range vs {
			vs[n].Proxied = o.proxied(vs[n].Resident, vs[n].Booking.ID)
		}
		return err
	})
	return vs, err
}

// own is what somebody's lists are made of: who they are, the slips they have shown, and
// the numbers of what they did by a proxy.
type own struct {
	resident id.ID
	slips    []id.ID
	numbers  []string
}

func (o own) none() bool { return o.resident == 0 && len(o.slips) == 0 && len(o.numbers) == 0 }

// proxied reports whether a record that is on such a list is there by a proxy alone.
func (o own) proxied(resident, record id.ID) bool {
	return (resident == 0 || resident != o.resident) && !slices.Contains(o.slips, record)
}

func (s *Service) ownOf(tx *sqldb.Tx, by scope.Actor) (o own, err error) {
	o = own{resident: by.Resident, slips: by.Slips}
	o.numbers, err = s.People.DoneFor(tx, by, people.ProxyBook)
	return o, err
}

// A Day is what a counter has to do on a day.
type Day struct {
	Counter Counter
	Day     time.Time // its midnight
	Open    bool      // the counter serves on it
	Closed  Closing   // if it is closed
	Slots   []Slot
	List    []Seen // by time and seat
	Waiting []Seen // the list of those who wait, the first first
}

// DayOf is the list of a counter for the day of t. Those who serve at a desk in its
// place read it, those who keep it, and the auditor (else Denied).
func (s *Service) DayOf(ctx context.Context, by scope.Actor, counter id.ID, t time.Time) (d Day, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.Calendars.Check(tx); err != nil {
			return err
		}
		c, err := loadCounter(tx, counter)
		if err != nil {
			return err
		}
		if err := mayWork(by, c, tx.Now()); err != nil {
			return err
		}
		local := t.In(when.Zone)
		begin := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, when.Zone)
		d = Day{Counter: c, Day: begin}
		closed, err := listClosings(tx, c.ID, dayOf(begin), dayOf(begin))
		if err != nil {
			return err
		}
		if len(closed) > 0 {
			d.Closed = closed[0]
		} else if d.Slots, err = s.open(tx, c, begin, begin.Add(24*time.Hour)); err != nil {
			return err
		}
		d.Open = len(d.Slots) > 0
		bs, err := listDay(tx, c.ID, begin, begin.Add(24*time.Hour))
		if err != nil {
			return err
		}
		if d.List, err = s.seenAll(tx, by, bs); err != nil {
			return err
		}
		waiting, err := listWaiting(tx, c.ID)
		if err != nil {
			return err
		}
		d.Waiting, err = s.seenAll(tx, by, waiting)
		return err
	})
	return d, err
}

func mayWork(by scope.Actor, c Counter, now time.Time) error {
	if allow(by, needDesk, c.Path, 0, now) == nil || allow(by, "audit", c.Path, 0, now) == nil {
		return nil
	}
	return mayKeep(by, c.Unit, c.Path, now)
}
