// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Verify records that the result was checked and is there. met says that the
// category's closing condition was looked at and holds; without it nothing is
// verified. Needs verify in the place.
func (s *Service) Verify(ctx context.Context, by scope.Actor, d ID, met bool, note string, files ...NewFile) error {
	note, err := words("words", note, 0)
	if err != nil {
		return err
	}
	if !met {
		return errs.At("met", "matter.verify.met")
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	err = s.change(ctx, by, d, Verify, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: note}, nil
	}, files...)
	return err
}

// Close ends a verified matter; words are the final reply, or "" to let the
// unit's stand. Only who accepted it may, or who covers for them or supervises.
func (s *Service) Close(ctx context.Context, by scope.Actor, d ID, reply string) error {
	reply, err := words("words", reply, 0)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Close, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		if reply != "" {
			m.Result = reply
		}
		return Step{Public: true, Words: reply}, nil
	})
	return err
}

// A Rating is what the reporter says of a closed matter.
type Rating struct {
	Solved    Solved
	Satisfied int // 1 to 5; 0 if they would rather not say
	Words     string
}

// Rate records the reporter's judgement, once. "Not solved" within the town's
// window reopens the matter at the same unit; later it stays on record. A clerk
// who asked by telephone records it on the reporter's behalf.
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
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := s.changeIn(tx, by, d, Rate, func(_ *sqldb.Tx, m *Matter) (Step, error) {
			if m.Solved != "" {
				return Step{}, errs.New(errs.Conflict, "matter.rate.once")
			}
			m.Solved, m.Satisfied, m.RatingWords = in.Solved, in.Satisfied, said
			return Step{Public: true, Words: said}, nil
		})
		if err != nil || in.Solved != No || tx.Now().Sub(m.ClosedAt) > s.rules.ReopenFor {
			return err
		}
		_, err = s.changeIn(tx, by, d, Reopen, s.reopen(said))
		return err
	})
}

// Reopen takes a closed or declined matter up again, because the reporter says
// that it is not solved or objects to the refusal: within the town's window,
// a refusal once. Rework goes to the same unit.
func (s *Service) Reopen(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Reopen, s.reopen(reason))
	return err
}

func (s *Service) reopen(reason string) edit {
	return func(tx *sqldb.Tx, m *Matter) (Step, error) {
		switch {
		case tx.Now().Sub(m.ClosedAt) > s.rules.ReopenFor:
			return Step{}, errs.New(errs.Conflict, "matter.reopen.late", int(s.rules.ReopenFor.Hours()/24))
		case m.State == Declined && m.Reopened > 0:
			return Step{}, errs.New(errs.Conflict, "matter.reopen.once")
		case m.State == Closed && m.Lead == 0:
			return Step{}, errs.New(errs.Conflict, "matter.reopen.imported")
		}
		m.Reopened++
		m.Solved, m.Satisfied, m.RatingWords = "", 0, "" // asked anew when it is closed again; the story keeps what was said
		return Step{Public: true, Words: reason, ToUnit: m.Lead}, nil
	}
}

// Withdraw ends a matter at the reporter's wish; reason may be "".
func (s *Service) Withdraw(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, 0)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Withdraw, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: reason}, nil
	})
	return err
}
