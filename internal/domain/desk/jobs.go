// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
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

// How long personal facts are kept after the end: of a booking for as long as somebody
// may ask about it, of a home visit for as long as its receipt may be asked for.
const (
	KeepBooking = 180 * 24 * time.Hour
	KeepVisit   = 2 * 365 * 24 * time.Hour
)

// remindBefore is how long before its time somebody is reminded of a booking.
const remindBefore = 26 * time.Hour

// Sweep does what happens by itself, at most so many of each: offers that nobody took
// and waiting whose days are over lapse, who did not come by the end of the day has
// missed it, and who has a time on the next day is reminded. It is a job's, and reports
// how much it did.
func (s *Service) Sweep(ctx context.Context, most int) (n int, err error) {
	var over, waited, missed []id.ID
	var remind []Booking
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		now := tx.Now()
		local := now.In(when.Zone)
		today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, when.Zone)
		if over, err = listOver(tx, most); err != nil {
			return err
		}
		if waited, err = listEnded(tx, Waiting, now, most); err != nil {
			return err
		}
		if missed, err = listEnded(tx, Booked, today, most); err != nil {
			return err
		}
		remind, err = listToRemind(tx, now, now.Add(remindBefore), most)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, d := range append(over, waited...) {
		if err := quietly(s.Lapse(ctx, program, d)); err != nil {
			return n, err
		}
		n++
	}
	for _, d := range missed {
		if err := quietly(s.change(ctx, program, d, Miss, "", nil)); err != nil {
			return n, err
		}
		n++
	}
	for _, b := range remind {
		if err := quietly(s.remind(ctx, b.ID)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// quietly is an error that is no refusal: somebody was quicker.
func quietly(err error) error {
	if err != nil && errs.Public(err) == nil {
		return err
	}
	return nil
}

// remind writes to whom a booking is for; who cannot be written to is on the list of
// the counter to be rung.
func (s *Service) remind(ctx context.Context, d id.ID) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		b, err := loadBooking(tx, d)
		if err != nil || b.State != Booked || !b.RemindedAt.IsZero() {
			return err
		}
		b.RemindedAt = tx.Now()
		if err := saveBooking(tx, b); err != nil {
			return err
		}
		b.Version++
		return s.note(tx, program, b, Remind, b.State, "", false)
	})
}

// ForgetOld deletes the personal facts of bookings and home visits that ended longer
// ago than they are kept: whom they were for, how to reach them, the words about them
// and the receipt. That somebody was served, where and when stays. It is the retention
// job's, and reports how many it forgot.
func (s *Service) ForgetOld(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("retention")
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		bs, err := listToForget(tx, tx.Now().Add(-KeepBooking), most)
		if err != nil {
			return err
		}
		for _, b := range bs {
			if err := s.forgetContact(tx, by, b.Contact); err != nil {
				return err
			}
			b.Resident, b.Contact, b.codeIndex, b.ForWords, b.ForgottenAt = 0, 0, nil, "", tx.Now()
			if !b.State.Holds() {
				b.Seat = 0
			}
			if err := saveBooking(tx, b); err != nil {
				return err
			}
			b.Version++
			story, err := blankSteps(tx, b.ID)
			if err != nil {
				return err
			}
			if err := trail.Append(tx, by, trail.Entry{Noun: "booking", Record: b.ID, Act: string(Forget), Digest: b.digest(story)}); err != nil {
				return err
			}
			n++
		}
		vs, err := listVisitsToForget(tx, tx.Now().Add(-KeepVisit), most-n)
		if err != nil {
			return err
		}
		for _, v := range vs {
			if err := s.forgetVisit(tx, by, v); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (s *Service) forgetContact(tx *sqldb.Tx, by scope.Actor, contact id.ID) error {
	if contact == 0 {
		return nil
	}
	return s.People.ForgetContact(tx, by, contact)
}

// NewsOfBookings is the name under which letters know what happened to bookings: the
// references are lines of their stories.
const NewsOfBookings = "desk.bookings"

// Lines implements [letters.Source]: of a booking its number, state and moment, and
// never what for.
func (s *Service) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (ls []letters.Line, err error) {
	for _, ref := range refs {
		p, err := stepNamed(tx, ref)
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		b, err := loadBooking(tx, p.Record)
		if errs.KindOf(err) == errs.NotFound {
			l, ok, err := s.visitLine(tx, to, p)
			if err != nil {
				return nil, err
			}
			if ok {
				ls = append(ls, l)
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if to.Kind != people.OwnedByResident || to.ID != b.Resident {
			continue
		}
		ls = append(ls, letters.Line{Key: "booking.news." + string(p.Act), Args: []any{b.Number, exact(b.At)}, Number: b.Number, State: "booking.state." + string(b.State), At: p.At, Path: "/bookings/" + b.Number})
	}
	return ls, nil
}
