// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Booking is one person's time at a counter, or their place among those who wait
// for one.
type Booking struct {
	ID          id.ID
	Number      string
	Counter     id.ID
	Item        id.ID
	Path        scope.Path // of the counter
	State       State
	At          time.Time // when it begins; of one that waits, from when on it would do
	Ends        time.Time // of one that waits, until when it would do
	Seat        int       // 0 while it has none
	Resident    id.ID     // whom it is for; 0 if the town does not know them
	Contact     id.ID     // how to reach who has no account
	MadeBy      id.ID     // the clerk who wrote it down; 0: they did themselves
	Channel     Channel
	ForWords    string // how the writer stands to whom it is for; "" for oneself
	MadeAt      time.Time
	QueuedAt    time.Time
	Until       time.Time // of what is offered: when the offer ends
	RemindedAt  time.Time
	ForgottenAt time.Time
	Version     int64

	codeIndex []byte
}

// A Channel is how somebody booked.
type Channel string

// The channels.
const (
	Web   Channel = "web"
	Phone Channel = "phone" // a clerk took the call
	Desk  Channel = "desk"  // at the desk, on paper
)

// Channels lists the channels.
var Channels = []Channel{Web, Phone, Desk}

// digest is over everything that is kept of the booking, and its story.
func (b Booking) digest(story []byte) []byte {
	return trail.Digest("booking/2", b.ID, b.Number, b.codeIndex, b.Counter, b.Item, b.Path[scope.Town], b.Path[scope.Village], b.Path[scope.Grid], b.Path[scope.Courtyard], string(b.State), b.At, b.Ends, b.Seat,
		b.Resident, b.Contact, b.MadeBy, string(b.Channel), b.ForWords, b.MadeAt, b.QueuedAt, b.Until, b.RemindedAt, b.ForgottenAt, b.Version, story)
}

// A Wish asks for a booking.
type Wish struct {
	Item     string    // its code
	Counter  id.ID     // 0: any at which there is a place at the time
	At       time.Time // when it begins
	Days     int       // for the waiting list: how many days from At on would do
	For      id.ID     // the resident whom it is for, if a clerk writes it down
	ForWords string    // how the writer stands to whom it is for
	Contact  people.ContactInput
	Channel  Channel
	Wait     bool // a place in the waiting list, if there is none at a counter
}

// Limits of bookings.
const (
	// MostAhead is how many one resident may have ahead of them: enough for a family,
	// too few to keep others out.
	MostAhead = 5
	// mostDays is for how many days one may wait.
	mostDays = 30
	// offerFor is how long something that was freed is offered to the next, by the
	// town's working time.
	offerHours = 2
)

// Book gives somebody a time at a counter, and the slip that they take home. Everybody
// may book for themselves, known or not, and a program for its user; staff for others, with the desk or
// raise_for in the counter's place, and for a known resident if they serve at the desk in
// the resident's place; and who acts for somebody by a proxy (else Denied). A time that is no longer free is a Conflict beside
// "at", which names the nearest free ones; with Wait it is a place in the waiting list
// in its stead. What is wrong with the wish is Invalid beside its field.
func (s *Service) Book(ctx context.Context, by scope.Actor, w Wish) (slip Slip, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		slip, err = s.BookIn(tx, by, w)
		return err
	})
	return slip, err
}

// BookIn is Book in a transaction that is under way.
func (s *Service) BookIn(tx *sqldb.Tx, by scope.Actor, w Wish) (slip Slip, err error) {
	if err := s.Calendars.Check(tx); err != nil {
		return slip, err
	}
	i, err := s.item(tx, w.Item)
	if err != nil {
		return slip, err
	}
	b := Booking{Item: i.ID, Channel: w.Channel, MadeAt: tx.Now(), QueuedAt: tx.Now(), Version: 1}
	if b.ForWords, err = forWords(w.ForWords); err != nil {
		return slip, err
	}
	cs, err := s.counters(tx, i, w.Counter)
	if err != nil {
		return slip, err
	}
	proxy, err := s.forWhom(tx, by, &b, w, cs[0].Path)
	if err != nil {
		return slip, err
	}
	if w.Wait {
		err = s.queue(tx, &b, w, cs)
	} else {
		err = s.seat(tx, &b, w.At, cs)
	}
	if err != nil {
		return slip, err
	}
	if b.Contact, err = s.People.NewContact(tx, contactIn(w.Contact, b.Path)); err != nil {
		return slip, err
	}
	if slip, err = s.number(tx, &b); err != nil {
		return slip, err
	}
	if err := insertBooking(tx, b); err != nil {
		return slip, err
	}
	act := Book
	if w.Wait {
		act = Queue
	}
	if err := s.noteProxy(tx, by, proxy, b.Number); err != nil {
		return slip, err
	}
	return slip, s.note(tx, by, b, act, "", "", by.Kind == scope.Staff || proxy.ID != 0)
}

func contactIn(c people.ContactInput, at scope.Path) people.ContactInput {
	c.Place = at
	return c
}

func forWords(s string) (string, error) {
	var faults errs.List
	return words(&faults, "for_words", s, 0, 60), faults.Err()
}

// counters are those at which the item can be booked: the one that is named, or all.
func (s *Service) counters(tx *sqldb.Tx, i Item, want id.ID) ([]Counter, error) {
	all, err := s.countersFor(tx, i)
	if err != nil {
		return nil, err
	}
	if want != 0 {
		all = slices.DeleteFunc(all, func(c Counter) bool { return c.ID != want })
	}
	if len(all) == 0 {
		return nil, errs.At("counter", "desk.counter.not_here")
	}
	return all, nil
}

// forWhom settles whom the booking is for, and by which proxy it is made for them, if by
// one: a clerk needs none.
func (s *Service) forWhom(tx *sqldb.Tx, by scope.Actor, b *Booking, w Wish, at scope.Path) (proxy people.Proxy, err error) {
	switch by.Kind {
	case scope.Staff, scope.System:
		if b.Channel == "" || b.Channel == Web && by.Kind == scope.Staff {
			b.Channel = Desk
		}
		if by.Kind != scope.System && w.For != 0 {
			if proxy, err = s.byClerk(tx, by, w.For); err != nil {
				return proxy, err
			}
		}
		if by.Kind != scope.System && proxy.ID == 0 && allow(by, needDesk, at, 0, tx.Now()) != nil {
			if denied := allow(by, "raise_for", at, 0, tx.Now()); denied != nil {
				return proxy, denied
			}
		}
		b.MadeBy, b.Resident = by.Account, w.For
	case scope.Resident:
		b.Channel, b.Resident = Web, by.Resident
		if w.For != 0 && w.For != by.Resident {
			if proxy, err = s.byProxy(tx, by, w.For); err != nil {
				return proxy, err
			}
			b.Resident = w.For
		}
	default:
		b.Channel = Web
		if w.For != 0 {
			return proxy, errs.New(errs.Denied, "desk.for.desk_only")
		}
	}
	if b.Resident == 0 && (w.Contact.Name == "" || w.Contact.Phone == "" && by.Kind != scope.Staff && by.Kind != scope.System) {
		var faults errs.List
		if w.Contact.Name == "" {
			faults.Add("name", "people.name.needed")
		}
		if w.Contact.Phone == "" && by.Kind != scope.Staff {
			faults.Add("phone", "desk.phone.needed")
		}
		return proxy, faults.Err()
	}
	if b.Resident != 0 {
		n, err := countAhead(tx, b.Resident)
		if err != nil {
			return proxy, err
		}
		if n >= MostAhead {
			return proxy, errs.New(errs.Conflict, "booking.many", MostAhead)
		}
	}
	return proxy, nil
}

// seat gives the booking a seat at the moment, at the first counter that has one for the
// whole time. Of two who begin at once the index of the table has the last word.
func (s *Service) seat(tx *sqldb.Tx, b *Booking, at time.Time, cs []Counter) error {
	known := false
	for _, c := range cs {
		x, ok, err := s.slotAt(tx, c, at)
		if err != nil {
			return err
		}
		known = known || ok
		if !ok {
			continue
		}
		given, err := taken(tx, c.ID, x.At, x.Ends)
		if err != nil {
			return err
		}
		seats := seatsOf(given, x.At, x.Ends)
		for n := 1; n <= c.Seats; n++ {
			if !seats[n] {
				b.Counter, b.Path, b.At, b.Ends, b.Seat, b.State = c.ID, c.Path, x.At, x.Ends, n, Booked
				return nil
			}
		}
	}
	return s.full(tx, cs, at, known)
}

// slotAt is the counter's time that begins at a moment; ok is false if there is none,
// or one may not book it.
func (s *Service) slotAt(tx *sqldb.Tx, c Counter, at time.Time) (x Slot, ok bool, err error) {
	from, until := c.window(tx.Now())
	if at.Before(from) || !at.Before(until) {
		return x, false, nil
	}
	closed, err := listClosings(tx, c.ID, dayOf(at), dayOf(at))
	if err != nil || len(closed) > 0 {
		return x, false, err
	}
	cal, _ := s.Calendars.Current(c.Unit)
	for _, x := range c.slots(cal, at) {
		if x.At.Equal(at) {
			return x, true, nil
		}
	}
	return x, false, nil
}

// full is the refusal of a time that is not free, with the nearest that are.
func (s *Service) full(tx *sqldb.Tx, cs []Counter, at time.Time, known bool) error {
	var free []Slot
	for _, c := range cs {
		from, until := c.window(tx.Now())
		ss, err := s.open(tx, c, from, until)
		if err != nil {
			return err
		}
		free = append(free, ss...)
	}
	key, none, kind := "booking.full", "booking.full.none", errs.Conflict
	if !known {
		key, none, kind = "booking.no_time", "booking.no_time.none", errs.Invalid
	}
	near := nearest(free, at, 3)
	if len(near) == 0 {
		return &errs.Error{Kind: kind, Key: none, Field: "at"}
	}
	return &errs.Error{Kind: kind, Key: key, Field: "at", Args: []any{sayTimes(near, tx.Now())}}
}

// queue puts the booking into the waiting list of a counter.
func (s *Service) queue(tx *sqldb.Tx, b *Booking, w Wish, cs []Counter) error {
	c := cs[0]
	if w.Days < 1 || w.Days > mostDays {
		return errs.At("days", "form.range", 1, mostDays)
	}
	_, until := c.window(tx.Now())
	at := w.At
	if at.Before(tx.Now()) {
		at = tx.Now()
	}
	local := at.In(when.Zone)
	ends := time.Date(local.Year(), local.Month(), local.Day()+w.Days, 0, 0, 0, 0, when.Zone)
	if ends.After(until) {
		ends = until
	}
	if !at.Before(ends) {
		return errs.At("at", "booking.no_time.none")
	}
	ss, err := s.open(tx, c, at, ends)
	if err != nil {
		return err
	}
	if near := nearest(ss, at, 3); len(near) > 0 {
		return &errs.Error{Kind: errs.Conflict, Key: "booking.not_full", Field: "at", Args: []any{sayTimes(near, tx.Now())}}
	}
	b.Counter, b.Path, b.At, b.Ends, b.State = c.ID, c.Path, at, ends, Waiting
	return nil
}

// number gives the booking its ID, its number and the code of its slip.
func (s *Service) number(tx *sqldb.Tx, b *Booking) (slip Slip, err error) {
	year := tx.Now().In(when.Zone).Year()
	n, err := tx.Next(fmt.Sprintf("booking:%d", year))
	if err != nil {
		return slip, err
	}
	b.ID, b.Number = tx.NewID(), fmt.Sprintf("YY-%d-%06d", year, n)
	code, index, err := s.newCode()
	b.codeIndex = index
	return Slip{b.ID, b.Number, code}, err
}

// note leaves the line of an act in the booking's story and in the trail, and tells
// whom it is for.
func (s *Service) note(tx *sqldb.Tx, by scope.Actor, b Booking, act Act, from State, say string, behalf bool) error {
	p, err := s.addStep(tx, by, b.ID, act, say, behalf)
	if err != nil {
		return err
	}
	story, err := storyOf(tx, b.ID)
	if err != nil {
		return err
	}
	if err := trail.Append(tx, by, trail.Entry{Noun: "booking", Record: b.ID, Act: string(act), From: string(from), To: string(b.State), Digest: b.digest(story)}); err != nil {
		return err
	}
	if !told[act] || b.Resident == 0 || by.Resident == b.Resident {
		return nil
	}
	return s.promise(tx, people.Owner{Kind: people.OwnedByResident, ID: b.Resident}, act == Offer || act == CallOff, letters.Item{Source: NewsOfBookings, Ref: p.ID, Topic: people.Own})
}

// told are the acts of which whom the booking is for hears.
var told = map[Act]bool{Book: true, Reissue: true, Offer: true, Move: true, CallOff: true, Lapse: true, Remind: true}
