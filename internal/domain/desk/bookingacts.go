// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// isBooker reports whether the actor acts for themselves: they are the resident whom it
// is for, or their browser has shown the slip.
func (b Booking) isBooker(by scope.Actor) bool {
	if b.Resident != 0 && by.Kind == scope.Resident && by.Resident == b.Resident {
		return true
	}
	for _, d := range by.Slips {
		if d == b.ID {
			return true
		}
	}
	return false
}

// may is nil if the actor may do what takes the need to the booking.
func (b Booking) may(by scope.Actor, need scope.Need, now time.Time) error {
	if need == byBooker {
		if b.isBooker(by) {
			return nil
		}
		need = needDesk // a clerk writes down what they say
	}
	return allow(by, need, b.Path, 0, now)
}

// change is the one door through which a booking goes from state to state.
func (s *Service) change(ctx context.Context, by scope.Actor, d id.ID, act Act, say string, do func(tx *sqldb.Tx, b *Booking) error) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error { return s.changeIn(tx, by, d, act, say, do) })
}

func (s *Service) changeIn(tx *sqldb.Tx, by scope.Actor, d id.ID, act Act, say string, do func(tx *sqldb.Tx, b *Booking) error) error {
	b, err := loadBooking(tx, d)
	if err != nil {
		return err
	}
	who, proxy, err := s.standIn(tx, by, b.ID, b.Resident)
	if err != nil {
		return err
	}
	if err := b.see(who, tx.Now()); err != nil {
		return err
	}
	mv, err := BookingFlow.Find(b.State, act)
	if err != nil {
		return err
	}
	if err := b.may(who, mv.Need, tx.Now()); err != nil {
		return err
	}
	was := b
	b.State = mv.To
	if do != nil {
		if err := do(tx, &b); err != nil {
			return err
		}
	}
	if !b.State.Holds() {
		b.Seat = 0
	}
	if err := saveBooking(tx, b); err != nil {
		return err
	}
	b.Version++
	if mv.Need == byBooker {
		if err := s.noteProxy(tx, by, proxy, b.Number); err != nil {
			return err
		}
	}
	if err := s.note(tx, by, b, act, was.State, say, (proxy.ID != 0 || !b.isBooker(by)) && mv.Need == byBooker); err != nil {
		return err
	}
	if was.State.Holds() && (b.Seat == 0 || !b.At.Equal(was.At) || b.Counter != was.Counter) {
		return s.freed(tx, was)
	}
	return nil
}

// Cancel ends a booking, or the waiting for one. Whoever it is for may, and a clerk
// for them. The freed place is offered to the first who waits.
func (s *Service) Cancel(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Cancel, "", nil)
}

// Move gives a booking another time, and another counter if one is named. It fails as
// Book does, and then the old time stays.
func (s *Service) Move(ctx context.Context, by scope.Actor, d, counter id.ID, at time.Time) error {
	return s.change(ctx, by, d, Move, "", func(tx *sqldb.Tx, b *Booking) error {
		if err := s.Calendars.Check(tx); err != nil {
			return err
		}
		c, err := s.catalogue(tx)
		if err != nil {
			return err
		}
		i, ok := c.ByID(b.Item)
		if !ok {
			return errs.New(errs.NotFound, "desk.item.none")
		}
		if counter == 0 {
			counter = b.Counter
		}
		cs, err := s.counters(tx, i, counter)
		if err != nil {
			return err
		}
		if at.Equal(b.At) && counter == b.Counter {
			return errs.At("at", "booking.same")
		}
		b.RemindedAt = time.Time{}
		return s.seat(tx, b, at, cs)
	})
}

// Accept takes what was offered; after its end it is a Conflict.
func (s *Service) Accept(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Accept, "", func(tx *sqldb.Tx, b *Booking) error {
		if !b.Until.IsZero() && tx.Now().After(b.Until) {
			return errs.New(errs.Conflict, "booking.offer.over")
		}
		b.Until = time.Time{}
		return nil
	})
}

// Pass leaves what was offered to the next, and waits on, at the end of the list.
func (s *Service) Pass(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Pass, "", func(tx *sqldb.Tx, b *Booking) error {
		b.QueuedAt, b.Until = tx.Now(), time.Time{}
		b.At = b.Ends // not this time again
		local := b.At.In(when.Zone)
		b.Ends = time.Date(local.Year(), local.Month(), local.Day()+7, 0, 0, 0, 0, when.Zone)
		return nil
	})
}

// CallOff ends a booking because the counter cannot serve; the reason is told.
func (s *Service) CallOff(ctx context.Context, by scope.Actor, d id.ID, why string) error {
	var faults errs.List
	why = words(&faults, "words", why, 4, maxWords)
	if err := faults.Err(); err != nil {
		return err
	}
	return s.change(ctx, by, d, CallOff, why, nil)
}

// Arrive notes that somebody is there, on the day of their time: who is too early, or
// late, is let in too.
func (s *Service) Arrive(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Arrive, "", func(tx *sqldb.Tx, b *Booking) error {
		if dayOf(b.At) != dayOf(tx.Now()) {
			return errs.New(errs.Conflict, "booking.other_day")
		}
		return nil
	})
}

// Serve notes that somebody was served.
func (s *Service) Serve(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Serve, "", nil)
}

// Miss notes that somebody did not come; not before their time has begun. Nothing
// follows from it.
func (s *Service) Miss(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Miss, "", func(tx *sqldb.Tx, b *Booking) error {
		if tx.Now().Before(b.At) {
			return errs.New(errs.Conflict, "booking.too_early")
		}
		return nil
	})
}

// TakeBack undoes what was noted last at the counter, on the same day.
func (s *Service) TakeBack(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, TakeBack, "", func(tx *sqldb.Tx, b *Booking) error {
		if dayOf(b.At) != dayOf(tx.Now()) {
			return errs.New(errs.Conflict, "booking.other_day")
		}
		return nil
	})
}

// Offer offers a free time to who waits; needs the desk. The program does it by itself
// when a place is freed.
func (s *Service) Offer(ctx context.Context, by scope.Actor, d id.ID, at time.Time) error {
	return s.change(ctx, by, d, Offer, "", func(tx *sqldb.Tx, b *Booking) error { return s.offerIn(tx, b, at) })
}

func (s *Service) offerIn(tx *sqldb.Tx, b *Booking, at time.Time) error {
	c, err := loadCounter(tx, b.Counter)
	if err != nil {
		return err
	}
	if err := s.seat(tx, b, at, []Counter{c}); err != nil {
		return err
	}
	b.State = Offered
	cal, _ := s.Calendars.Current(c.Unit)
	b.Until = cal.Add(tx.Now(), when.Limit{N: offerHours, Unit: when.WorkHours})
	if b.Until.After(b.At) {
		b.Until = b.At
	}
	return nil
}

// Lapse ends an offer that was not taken, and waiting whose days are over.
func (s *Service) Lapse(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Lapse, "", func(tx *sqldb.Tx, b *Booking) error {
		over := b.Ends
		if !b.Until.IsZero() {
			over = b.Until
		}
		if tx.Now().Before(over) {
			return errs.New(errs.Conflict, "booking.not_over")
		}
		b.Until = time.Time{}
		return nil
	})
}

// freed offers a place to the first in the counter's list for whom it would do. A time
// that begins in the next half hour is nobody's any more.
func (s *Service) freed(tx *sqldb.Tx, was Booking) error {
	if was.At.Before(tx.Now().Add(30 * time.Minute)) {
		return nil
	}
	next, ok, err := firstWaiting(tx, was.Counter, was.At)
	if err != nil || !ok {
		return err
	}
	if err := s.Calendars.Check(tx); err != nil {
		return err
	}
	// A counter that is closed on that day, or whose plan has changed, has nothing to offer.
	return quietly(s.changeIn(tx, program, next, Offer, "", func(tx *sqldb.Tx, b *Booking) error { return s.offerIn(tx, b, was.At) }))
}

// program does what happens by itself.
var program = scope.Program("bookings")
