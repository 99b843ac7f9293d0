// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Filter narrows a list of questions.
type Filter struct {
	State    State
	Units    []id.ID
	Resident id.ID
	Slips    []id.ID // not nil: these alone
	Before   id.ID   // the last of the page before
	Most     int     // default 50

	numbers []string // beside the resident's: what they asked for others
}

// A Page is a part of a list.
type Page struct {
	Questions []Question
	More      bool
}

const usual = 50

func (s *Service) list(ctx context.Context, f Filter, in scope.Scopes) (p Page, err error) {
	if f.Most == 0 {
		f.Most = usual
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error { return s.listIn(tx, f, in, &p) })
	return p, err
}

func (s *Service) listIn(tx *sqldb.Tx, f Filter, in scope.Scopes, p *Page) (err error) {
	if p.Questions, err = listQuestions(tx, f, in, f.Most+1); err != nil {
		return err
	}
	if p.More = len(p.Questions) > f.Most; p.More {
		p.Questions = p.Questions[:f.Most]
	}
	return nil
}

// ListMine returns the reader's own questions, the newest first: by account, and those
// that they asked for whom they act for by a proxy; else by the slips this browser has
// shown.
func (s *Service) ListMine(ctx context.Context, by scope.Actor, f Filter) (p Page, err error) {
	f.Resident, f.Slips = by.Resident, nil
	if by.Resident == 0 && by.Account == 0 {
		if f.Slips = slices.Clone(by.Slips); len(f.Slips) == 0 {
			return Page{}, nil
		}
		return s.list(ctx, f, nil)
	}
	if f.Most == 0 {
		f.Most = usual
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if f.numbers, err = s.People.DoneFor(tx, by, people.ProxyAsk); err != nil {
			return err
		}
		if p = (Page{}); f.Resident == 0 && len(f.numbers) == 0 {
			return nil
		}
		return s.listIn(tx, f, nil, &p)
	})
	return p, err
}

// units are those for which the actor answers.
func (s *Service) units(by scope.Actor) []id.ID {
	now := s.DB.Now()
	var us []id.ID
	for _, n := range []scope.Need{access.Handle, access.Intake, access.Dispatch, access.Desk} {
		for _, u := range by.Units(n, now) {
			if !slices.Contains(us, u) {
				us = append(us, u)
			}
		}
	}
	return us
}

// ListTurn returns what waits for the actor's units, the most pressing first. It is
// Denied to who answers nothing.
func (s *Service) ListTurn(ctx context.Context, by scope.Actor, f Filter) (Page, error) {
	f.Units, f.State = s.units(by), Asked
	if len(f.Units) == 0 {
		return Page{}, errs.New(errs.Denied, scope.DeniedNeed)
	}
	return s.list(ctx, f, nil)
}

// ListToPublish returns what was answered and is not yet published, in the places where
// the actor edits, the newest first.
func (s *Service) ListToPublish(ctx context.Context, by scope.Actor, f Filter) (Page, error) {
	in := by.Scopes(editor, s.DB.Now())
	if len(in) == 0 {
		return Page{}, errs.New(errs.Denied, scope.DeniedNeed)
	}
	f.State = Answered
	return s.list(ctx, f, in)
}

// List returns the questions of the places that the actor sees into, of one state if
// that is named, the newest first.
func (s *Service) List(ctx context.Context, by scope.Actor, f Filter) (Page, error) {
	in := append(by.Scopes(access.See, s.DB.Now()), by.Scopes(access.Audit, s.DB.Now())...)
	if len(in) == 0 {
		return Page{}, errs.New(errs.Denied, scope.DeniedNeed)
	}
	return s.list(ctx, f, in)
}

// Waiting is how many questions wait for the actor's units, and how many are late.
func (s *Service) Waiting(ctx context.Context, by scope.Actor) (n, late int, err error) {
	us := s.units(by)
	if len(us) == 0 {
		return 0, 0, nil
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		n, late, err = waiting(tx, us, tx.Now())
		return err
	})
	return n, late, err
}

// Answers reports whether anything can wait for the actor: for menus.
func (s *Service) Answers(by scope.Actor) bool { return len(s.units(by)) > 0 }

// An AnswerFilter narrows a list of answers.
type AnswerFilter struct {
	Kind    Kind
	Unit    id.ID
	Retired bool // those too that are taken off; for editors
	Before  id.ID
	Most    int
}

// ListAnswers returns answers in the order of their making, the newest first. few: as many as Most, 50 if
// that is 0; what is published everybody may read.
func (s *Service) ListAnswers(ctx context.Context, f AnswerFilter) (as []Answer, more bool, err error) {
	if f.Most == 0 {
		f.Most = usual
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		as, err = listAnswers(tx, f, f.Most+1)
		return err
	})
	if more = len(as) > f.Most; more {
		as = as[:f.Most]
	}
	return as, more, err
}

// A Shown is an answer with what stands around it.
type Shown struct {
	Answer   Answer
	Force    Force
	Instead  *Answer  // what holds instead
	Former   []Answer // in whose place it stands
	Helped   int
	Missed   int
	MayWrite bool
}

// Show returns an answer. One that was taken off is there for who may write it, and for
// others says no more than that: NotFound.
func (s *Service) Show(ctx context.Context, by scope.Actor, d id.ID) (v Shown, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		v = Shown{}
		if v.Answer, err = loadAnswer(tx, d); err != nil {
			return err
		}
		v.Force, v.MayWrite = v.Answer.Force(tx.Now()), s.mayWrite(by, v.Answer, tx.Now()) == nil
		if v.Answer.Retired != "" && !v.MayWrite && !by.May(access.Audit, scope.Target{Path: v.Answer.Path, At: tx.Now()}).OK {
			return errs.New(errs.NotFound, "answer.none")
		}
		if r := v.Answer.ReplacedBy; r != 0 {
			a, err := loadAnswer(tx, r)
			if err != nil {
				return err
			}
			v.Instead = &a
		}
		if v.Former, err = replacedBy(tx, d); err != nil {
			return err
		}
		v.Helped, v.Missed, err = helpedBy(tx, d)
		return err
	})
	return v, err
}

// RepliesIn are the categories of matters of which the public replies are answers. Every
// such matter that is closed is found from then on; those that were closed before are not.
func (s *Service) RepliesIn(ctx context.Context) (in map[string]bool, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		in, err = repliesIn(tx)
		return err
	})
	return in, err
}
