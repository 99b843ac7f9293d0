// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Ask sends a question to the unit that knows: the one that is named, else the one
// that the town guesses, else the centre of the place. Anybody may, with or without an
// account; for a resident who acts for them, or who holds raise_for (else Denied). It
// is Invalid beside words, place, unit, name or phone.
func (s *Service) Ask(ctx context.Context, by scope.Actor, in Asking) (slip Slip, err error) {
	q := Question{State: Asked, Words: strings.TrimSpace(in.Words), Unit: in.Unit, Resident: by.Resident, Version: 1}
	var l errs.List
	switch n := utf8.RuneCountInString(q.Words); {
	case n < minWords:
		l.Add("words", "question.words.empty")
	case n > MaxWords:
		l.Add("words", "question.words.long", MaxWords)
	}
	if in.Place != 0 {
		p, ok := s.Places.Tree().Get(in.Place)
		if !ok {
			l.Add("place", "matter.place.unknown")
		}
		q.Path = p.Path
	}
	q.Path[scope.City] = s.city()
	if in.Unit != 0 && !s.active(in.Unit) {
		l.Add("unit", "question.unit.unknown")
	}
	if q.AskedFor = strings.TrimSpace(in.ForWord); utf8.RuneCountInString(q.AskedFor) > 60 {
		l.Add("for_words", "matter.words.long", 60)
	}
	if err := l.Join(in.Contact.Check()); err != nil {
		return slip, err
	}
	if err := l.Err(); err != nil {
		return slip, err
	}
	if q.Unit == 0 {
		q.Unit = s.Knows(ctx, q.Words, q.Path)
	}
	if q.Unit == 0 {
		return slip, errs.At("unit", "question.unit.none")
	}
	in.Contact.Place = q.Path
	contact, err := s.People.SealContact(s.DB.NewID(), in.Contact)
	if err != nil {
		return slip, err
	}
	if slip.Code, q.codeIndex, err = s.newCode(); err != nil {
		return slip, err
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		q := q
		behalf, proxy, err := s.standsFor(tx, by, &q, in.For)
		if err != nil {
			return err
		}
		if err := s.People.AddContact(tx, contact); err != nil {
			return err
		}
		q.ID, q.Contact, q.AskedAt, q.MovedAt = tx.NewID(), contact.ID(), tx.Now(), tx.Now()
		year := tx.Now().In(when.Zone).Year()
		n, err := tx.Next(fmt.Sprintf("question:%d", year))
		if err != nil {
			return err
		}
		q.Number = fmt.Sprintf("%s-%d-%06d", s.Rules.Prefix, year, n)
		q.Due = s.due(q.Unit, tx.Now())
		step := Step{ID: tx.NewID(), Question: q.ID, At: tx.Now(), Act: ask, Account: by.Account, Unit: by.Unit, ToUnit: q.Unit, Behalf: behalf}
		if by.Kind == scope.Staff || by.Kind == scope.Machine {
			step.Actor = by.Name
		}
		q.story = step.link(nil)
		if err := insert(tx, q); err != nil {
			return err
		}
		if err := insertStep(tx, step); err != nil {
			return err
		}
		if proxy.ID != 0 {
			if err := s.People.NoteProxy(tx, by, proxy, people.ProxyAsk, q.Number); err != nil {
				return err
			}
		}
		slip.ID, slip.Number, slip.Unit, slip.Due = q.ID, q.Number, q.Unit, q.Due
		return s.note(tx, by, q, ask, "", behalf)
	})
	return slip, err
}

// standsFor settles who the asker is when somebody else writes, and by which proxy.
func (s *Service) standsFor(tx *sqldb.Tx, by scope.Actor, q *Question, resident id.ID) (behalf string, p people.Proxy, err error) {
	if resident != 0 && resident != by.Resident && by.Kind != scope.System {
		var ok bool
		if p, ok, err = s.People.ActsFor(tx, by, resident, people.ProxyAsk); err != nil {
			return "", p, err
		}
		if ok {
			q.Resident, q.AskedBy = resident, cmp.Or(by.Account, by.Resident)
			return "a resident", p, nil
		}
	}
	switch {
	case by.Kind == scope.Staff:
		q.AskedBy = by.Account
		if d := by.May("raise_for", scope.Target{Path: q.Path, At: tx.Now()}); !d.OK {
			denied := errs.New(errs.Denied, d.Key, d.Args...)
			denied.Field = "place"
			return "", p, denied
		}
		q.Resident = resident
		return "a resident", p, nil
	case resident == 0 || resident == by.Resident:
		return "", p, nil
	case by.Kind == scope.System:
		q.Resident = resident
		return "a resident", p, nil
	}
	return "", p, errs.New(errs.Denied, "question.for.not_yours")
}

func (s *Service) active(unit id.ID) bool {
	u, ok := s.Orgs.Directory().Unit(unit)
	return ok && u.Active
}

// Knows is the unit that words about a place are for: that of the nearest answer if
// it is near enough, else what is guessed, else the centre of the place; 0 if there is
// none.
func (s *Service) Knows(ctx context.Context, words string, in scope.Path) id.ID {
	for _, u := range s.Knowing(ctx, words, in) {
		return u
	}
	c, _ := s.Orgs.Directory().Centre(in)
	return c.ID
}

// surely is the share of a question's words from which on the unit of an answer is
// taken to know.
const surely = 0.45

// Knowing are the units that may know, the likeliest first.
func (s *Service) Knowing(ctx context.Context, words string, in scope.Path) (units []id.ID) {
	add := func(u id.ID) {
		unit, ok := s.Orgs.Directory().Unit(u)
		if !ok || !unit.Active || !unit.Serves().Contains(in) {
			return
		}
		for _, x := range units {
			if x == u {
				return
			}
		}
		units = append(units, u)
	}
	if hits, err := s.Nearest(ctx, words, 3); err == nil {
		for _, h := range hits {
			if h.Share >= surely {
				add(h.Answer.Unit)
			}
		}
	}
	if s.Guess != nil {
		for _, u := range s.Guess(ctx, words, in) {
			add(u)
		}
	}
	return units
}
