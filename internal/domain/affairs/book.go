// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Book writes an entry into a village's ledger. Needs publish there. It is Invalid
// beside on, what, amount, words, party, decided or paper. A day of a period whose
// finances have been opened is closed: Conflict; what was forgotten is booked on
// today's date and says which day it belongs to. The balance at hand never falls
// below nothing: Conflict.
func (s *Service) Book(ctx context.Context, by scope.Actor, place id.ID, in Booking) (d ID, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := mayBook(by, at, tx.Now()); err != nil {
			return err
		}
		if err := in.check(tx.Now()); err != nil {
			return err
		}
		if err := unclosed(tx, place, in.On); err != nil {
			return err
		}
		e := Entry{ID: tx.NewID(), Place: place, Path: at.Path, On: in.On, From: in.From, To: in.To, Amount: in.Amount,
			Words: in.Words, Party: in.Party, Decided: in.Decided, Paper: in.Paper, Members: in.Members}
		d = e.ID
		return s.enter(tx, by, e, "book")
	})
	return d, err
}

func mayBook(by scope.Actor, at places.Place, now time.Time) error {
	if d := Edits(by, at.Path, now); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	if at.Kind != places.Village {
		return errs.New(errs.Conflict, "ledger.village")
	}
	return nil
}

// unclosed refuses a day of a month, quarter or year whose statement is public.
func unclosed(tx *sqldb.Tx, place id.ID, on places.Day) error {
	day, _, _ := Period(on).Span()
	for _, p := range []Period{PeriodOf(Monthly, day), PeriodOf(Quarterly, day)} {
		has, err := isOpened(tx, place, statement, p)
		if err != nil {
			return err
		}
		if has {
			return errs.New(errs.Conflict, "ledger.closed", p.Text())
		}
	}
	return nil
}

// statement is the item of open affairs by which a period's money is opened.
const statement = "finance_statement"

// enter numbers an entry, sees that no account that holds money falls below nothing,
// and writes it.
func (s *Service) enter(tx *sqldb.Tx, by scope.Actor, e Entry, act string) error {
	last, err := lastNumber(tx, e.Place)
	if err != nil {
		return err
	}
	if e.From.Holds() {
		has, err := held(tx, e.Place, e.From)
		if err != nil {
			return err
		}
		if has < e.Amount {
			return errs.New(errs.Conflict, "ledger.short", AccountName(e.From), has)
		}
	}
	e.Number, e.At, e.Account, e.Actor = last+1, tx.Now(), by.Account, by.Name
	if err := insertEntry(tx, e); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "ledger_entry", Record: e.ID, Act: act, Digest: e.digest()})
}

// Counter undoes an entry by a second one, of today, that moves the same amount back,
// and says why. An entry is undone once, and what undoes another is not undone:
// Conflict. Needs publish there; Invalid beside why.
func (s *Service) Counter(ctx context.Context, by scope.Actor, d ID, why string) (counter ID, err error) {
	why = strings.TrimSpace(why)
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		e, err := loadEntry(tx, d)
		if err != nil {
			return err
		}
		at, err := s.PlaceOf(e.Place)
		if err != nil {
			return err
		}
		if err := mayBook(by, at, tx.Now()); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(why); n == 0 || n > MaxWords {
			return errs.At("why", "affairs.why", MaxWords)
		}
		if e.Counters != 0 || e.Countered != 0 {
			return errs.New(errs.Conflict, "ledger.countered")
		}
		c := Entry{ID: tx.NewID(), Place: e.Place, Path: e.Path, On: places.DayOf(tx.Now()), From: e.To, To: e.From, Amount: e.Amount, Words: why, Party: e.Party, Counters: e.ID, Members: e.Members}
		counter = c.ID
		return s.enter(tx, by, c, "counter")
	})
	return counter, err
}

// Statement is what happened to a village's money in a month, a quarter or a year.
// Everybody may read its sums, days and balances: it is the village's own money; of
// entries that are for members alone they alone read the words. It is Invalid if the
// period is none.
func (s *Service) Statement(ctx context.Context, by scope.Actor, place id.ID, p Period) (st Statement, err error) {
	from, to, ok := p.Span()
	if !ok || p.Pace() == AtOnce {
		return st, errs.New(errs.Invalid, "affairs.period.unknown")
	}
	at, err := s.PlaceOf(place)
	if err != nil {
		return st, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		before, err := balanceBefore(tx, place, places.DayOf(from))
		if err != nil {
			return err
		}
		es, err := listEntries(tx, place, places.DayOf(from), places.DayOf(to))
		if err != nil {
			return err
		}
		if err := s.closeEntries(tx, by, at, es); err != nil {
			return err
		}
		st = State(p, before, es)
		return nil
	})
	return st, err
}

// A Holding is what is in one account of a village now.
type Holding struct {
	Account Account
	Sum     Fen
}

// At is what a village has at hand now, and since when its ledger is kept; the day is
// "" if it has none. Everybody may read it.
func (s *Service) At(ctx context.Context, place id.ID) (hs []Holding, since places.Day, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		for _, a := range []Account{Bank, Cash} {
			f, err := held(tx, place, a)
			if err != nil {
				return err
			}
			hs = append(hs, Holding{a, f})
		}
		since, err = firstDay(tx, place)
		return err
	})
	return hs, since, err
}

// Entry returns one entry of a ledger, as Statement does.
func (s *Service) Entry(ctx context.Context, by scope.Actor, d ID) (e Entry, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if e, err = loadEntry(tx, d); err != nil {
			return err
		}
		at, err := s.PlaceOf(e.Place)
		if err != nil {
			return err
		}
		es := []Entry{e}
		err = s.closeEntries(tx, by, at, es)
		e = es[0]
		return err
	})
	return e, err
}
