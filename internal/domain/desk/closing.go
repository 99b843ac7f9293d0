// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Close closes a counter for a day that is to come, with a reason: nothing more can be
// booked on it, and what is booked is called off with that reason. It needs what
// keeping the counter needs (Denied). It returns how many were called off.
func (s *Service) Close(ctx context.Context, by scope.Actor, counter id.ID, day time.Time, why string) (n int, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		c, err := loadCounter(tx, counter)
		if err != nil {
			return err
		}
		if err := mayKeep(by, c.Unit, c.Path, tx.Now()); err != nil {
			return err
		}
		var faults errs.List
		why := words(&faults, "why", why, 4, 200)
		if day.IsZero() || dayOf(day) < dayOf(tx.Now()) {
			faults.Add("day", "desk.close.day")
		}
		if err := faults.Err(); err != nil {
			return err
		}
		if err := insertClosing(tx, counter, Closing{Day: dayOf(day), Why: why, Actor: by.Name}); err != nil {
			return err
		}
		if err := noteCounter(tx, by, c, "close", dayOf(day)); err != nil {
			return err
		}
		local := day.In(when.Zone)
		begin := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, when.Zone)
		bs, err := listDay(tx, counter, begin, begin.Add(24*time.Hour))
		if err != nil {
			return err
		}
		for _, b := range bs {
			if b.State != Booked && b.State != Offered {
				continue
			}
			// By the program: the actor keeps the counter, which may be another need than the desk's.
			if err := s.changeIn(tx, scope.Actor{Kind: scope.System, Account: by.Account, Name: by.Name}, b.ID, CallOff, why, nil); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Reopen takes a closing back. What was called off stays so.
func (s *Service) Reopen(ctx context.Context, by scope.Actor, counter id.ID, day time.Time) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		c, err := loadCounter(tx, counter)
		if err != nil {
			return err
		}
		if err := mayKeep(by, c.Unit, c.Path, tx.Now()); err != nil {
			return err
		}
		if err := deleteClosing(tx, counter, dayOf(day)); err != nil {
			return err
		}
		return noteCounter(tx, by, c, "reopen", dayOf(day))
	})
}

// Closings are the days from today on on which a counter is closed by itself.
func (s *Service) Closings(ctx context.Context, counter id.ID) (cs []Closing, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		cs, err = listClosings(tx, counter, dayOf(tx.Now()), "9999")
		return err
	})
	return cs, err
}

// exact is a moment for a sentence, in the reader's language.
func exact(t time.Time) i18n.Text {
	return i18n.Text{ZH: i18n.Exact(i18n.ZH, t), EN: i18n.Exact(i18n.EN, t)}
}
