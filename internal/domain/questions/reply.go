// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"strings"
	"unicode/utf8"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Replying is a unit's answer.
type Replying struct {
	Words string
	Cites []id.ID // the published answers it rests on
}

const maxCites = 5

// Answer answers a question: by who answers for the unit whose turn it is. It is
// Invalid beside words or cites.
func (s *Service) Answer(ctx context.Context, by scope.Actor, number string, in Replying) error {
	words, err := said("words", in.Words, 4, MaxReply)
	if err != nil {
		return err
	}
	if len(in.Cites) > maxCites {
		return errs.At("cites", "question.cites.many", maxCites)
	}
	return s.change(ctx, by, number, AnswerAct, func(tx *sqldb.Tx, q *Question) (Step, error) {
		as, err := answersWith(tx, in.Cites)
		if err != nil {
			return Step{}, err
		}
		if len(as) != len(in.Cites) {
			return Step{}, errs.At("cites", "answer.none")
		}
		q.Reply, q.Cites, q.AnsweredAt = words, in.Cites, tx.Now()
		return Step{Words: words}, s.write(tx, *q)
	})
}

// PassOn sends a question to the unit that does know, with the reason, which the asker
// reads. Its clock begins anew, and the page says that it was passed on.
func (s *Service) PassOn(ctx context.Context, by scope.Actor, number string, to id.ID, why string) error {
	words, err := said("words", why, 2, MaxReply)
	if err != nil {
		return err
	}
	return s.change(ctx, by, number, PassOn, func(_ *sqldb.Tx, q *Question) (Step, error) {
		if !s.active(to) || to == q.Unit {
			return Step{}, errs.At("unit", "question.unit.unknown")
		}
		q.Unit = to
		q.Passed++
		return Step{Words: words, ToUnit: to}, nil
	})
}

// Reopen says that the reply is no answer, and why: the same unit's turn again. The
// asker may, within the town's window.
func (s *Service) Reopen(ctx context.Context, by scope.Actor, number, why string) error {
	words, err := said("words", why, 2, MaxWords)
	if err != nil {
		return err
	}
	return s.change(ctx, by, number, Reopen, func(_ *sqldb.Tx, q *Question) (Step, error) {
		q.Reopened++
		return Step{Words: words, ToUnit: q.Unit}, nil
	})
}

// Withdraw takes a question back that is not yet answered.
func (s *Service) Withdraw(ctx context.Context, by scope.Actor, number string) error {
	return s.change(ctx, by, number, Withdraw, func(*sqldb.Tx, *Question) (Step, error) { return Step{}, nil })
}

// said are words of an act, of a length.
func said(field, v string, least, most int) (string, error) {
	v = strings.TrimSpace(v)
	switch n := utf8.RuneCountInString(v); {
	case n < least:
		return "", errs.At(field, "matter.words.empty")
	case n > most:
		return "", errs.At(field, "matter.words.long", most)
	}
	return v, nil
}

// Moved keeps the replies to public matters where the town says that they are answers:
// it hears of every act on a matter.
func (s *Service) Moved(tx *sqldb.Tx, e matters.Moved) error {
	m := e.Matter
	if m.State != matters.Closed && e.From != matters.Closed {
		return nil
	}
	origin := "matter:" + m.Number
	a, err := answerOf(tx, origin)
	known := err == nil
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	in, err := repliesIn(tx)
	if err != nil {
		return err
	}
	wanted := in[m.Category] && m.State == matters.Closed && m.VisibleToAll() && m.Result != ""
	switch {
	case !wanted && !known, !wanted && a.Retired != "":
		return nil
	case !wanted:
		a.Retired = "matter"
	default:
		a.Retired, a.Kind, a.Origin = "", Replied, origin
		a.Title, a.Asked, a.Body, a.Unit, a.Path = m.Title, m.Body, m.Result, m.Lead, m.Path
		if u, ok := s.Orgs.Directory().Unit(m.Lead); ok {
			a.Source = u.Name.ZH
		}
	}
	return s.keep(tx, scope.Program("answers"), &a, known, "follow")
}
