// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"strconv"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Rating is what the reporter says of a closed matter.
type Rating struct {
	Solved    Solved
	Satisfied int // 1 to 5; 0 if they would rather not say
	Words     string
}

// Detail is the rating as it stands in the story: "no:2".
func (r Rating) Detail() string { return string(r.Solved) + ":" + strconv.Itoa(r.Satisfied) }

// RatingOf reads the detail of a step of rating; the zero Rating if it is none.
func RatingOf(p Step) (r Rating) {
	solved, satisfied, _ := strings.Cut(p.Detail, ":")
	n, err := strconv.Atoi(satisfied)
	if p.Act != Rate || err != nil {
		return r
	}
	return Rating{Solved: Solved(solved), Satisfied: n, Words: p.Words}
}

// Rate records the reporter's judgement, once for each closing; the reporter of a
// matter that was joined judges the end of the one it follows. "Not solved" within
// the town's window reopens the matter at the same unit; later it stays on record.
// A clerk who asked by telephone records it on the reporter's behalf.
func (s *Service) Rate(ctx context.Context, by scope.Actor, d ID, in Rating) error {
	said, err := words("words", in.Words, 0)
	if err != nil {
		return err
	}
	switch {
	case in.Solved != Yes && in.Solved != Partly && in.Solved != No:
		return errs.At("solved", "matter.rate.solved")
	case in.Satisfied < 0 || in.Satisfied > 5:
		return errs.At("satisfied", "matter.rate.satisfied")
	}
	return s.db.WriteGuarded(ctx, func(tx *sqldb.Tx) error {
		m, err := s.changeIn(tx, by, d, Rate, func(_ *sqldb.Tx, m *Matter) (Step, error) {
			m.Solved, m.Satisfied, m.RatingWords = in.Solved, in.Satisfied, said
			return Step{Public: true, Words: said, Detail: in.Detail()}, nil
		})
		if err != nil || in.Solved != No || s.hindrance(tx, by, m, Reopen) != nil {
			return err
		}
		_, err = s.changeIn(tx, by, d, Reopen, s.reopen(said))
		return err
	})
}

// Reopen takes a closed or declined matter up again, because the reporter says
// that it is not solved or objects to the refusal: within the town's window,
// a refusal once. Rework goes to the same unit. For a matter that was joined it
// takes up the one it follows.
func (s *Service) Reopen(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Reopen, s.reopen(reason))
}

func (s *Service) reopen(reason string) edit {
	return func(tx *sqldb.Tx, m *Matter) (Step, error) {
		step := Step{Public: true, Words: reason, ToUnit: m.Lead}
		m.Solved, m.Satisfied, m.RatingWords = "", 0, "" // asked anew when it is closed again; the story keeps what was said
		if m.State != Joined {
			m.Reopened++
			return step, s.askAnew(tx, m.ID, m.ID)
		}
		of, err := s.changeIn(tx, scope.Program("reporter"), m.JoinedTo, Reopen, s.reopenFor(*m, reason))
		step.ToUnit, step.Detail = of.Lead, of.Number
		return step, err
	}
}

// reopenFor takes a matter up again because of what the reporter of one that
// follows it said.
func (s *Service) reopenFor(j Matter, reason string) edit {
	return func(tx *sqldb.Tx, m *Matter) (Step, error) {
		m.Reopened++
		m.Solved, m.Satisfied, m.RatingWords = "", 0, ""
		if !j.Public {
			reason = ""
		}
		return Step{Public: true, Words: reason, ToUnit: m.Lead, Detail: j.Number}, s.askAnew(tx, m.ID, j.ID)
	}
}

// askAnew forgets the ratings of those who follow a matter that is taken up again,
// but for one: all are asked anew when it is closed again.
func (s *Service) askAnew(tx *sqldb.Tx, matter, but ID) error {
	js, err := s.joinedHere(tx, matter)
	if err != nil {
		return err
	}
	by := scope.Program("reporter")
	for _, j := range js {
		if j.ID == but || j.Solved == "" {
			continue
		}
		j.Solved, j.Satisfied, j.RatingWords = "", 0, ""
		if err := s.record(tx, by, &j, Reopen, j, "", Step{Public: true}, nil, save); err != nil {
			return err
		}
	}
	return nil
}

// Withdraw ends a matter at the reporter's wish; reason may be "". What others
// raised and was joined to it goes on by itself. Needs to be the reporter.
func (s *Service) Withdraw(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, 0)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Withdraw, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		return Step{Public: true, Words: reason}, s.freeJoined(tx, m)
	})
}
