// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// hindrance says why a move that the table allows is not possible for m as it
// stands, nil if it is. It is asked before an act is done and before its button
// is shown.
func (s *Service) hindrance(tx *sqldb.Tx, by scope.Actor, m Matter, act Act) error {
	now := tx.Now()
	switch act {
	case AskExtension:
		switch {
		case m.Extensions >= maxExtensions:
			return errs.New(errs.Conflict, "matter.extend.twice", maxExtensions)
		case m.Clocks.Wanted != nil:
			return errs.New(errs.Conflict, "matter.extend.asked")
		case !now.Before(m.Due):
			return errs.New(errs.Conflict, "matter.extend.late")
		}
	case Extend, RefuseExtension:
		switch {
		case m.Clocks.Wanted == nil:
			return errs.New(errs.Conflict, "matter.extend.not_asked")
		case m.Clocks.Wanted.By == by.Account && by.Account != 0:
			return errs.New(errs.Denied, "matter.extend.self")
		}
	case AppealAct, GrantAppeal, RefuseAppeal, AskReview, GrantReview, RefuseReview:
		_, _, err := s.appealable(tx, by, m, act)
		return err
	case SendBack:
		if m.Decided && (m.State == Dispatched || m.State == Handling) {
			return errs.New(errs.Conflict, "matter.decided")
		}
	case Suspend:
		if m.Suspensions > 0 {
			return errs.New(errs.Conflict, "matter.suspend.once")
		}
	case Supervise:
		if m.Supervised {
			return errs.New(errs.Conflict, "matter.supervise.already")
		}
	case Correct, Confirm:
		return unreviewed(tx, m)
	case Settle:
		return maySettle(by, m)
	case Unsplit:
		return s.maySplitBack(tx, m)
	case Rate, Reopen:
		of, err := s.followed(tx, m)
		if err != nil {
			return err
		}
		if act == Rate {
			return mayRate(m, of)
		}
		return s.mayReopen(of, now)
	}
	return nil
}

// followed is the matter whose end is that of m: the one it was joined to, or
// itself.
func (s *Service) followed(tx *sqldb.Tx, m Matter) (Matter, error) {
	if m.State != Joined {
		return m, nil
	}
	return s.load(tx, m.JoinedTo)
}

// mayRate says why m cannot be rated now; of is the matter whose end counts.
func mayRate(m, of Matter) error {
	switch {
	case of.State != Closed:
		return errs.New(errs.Conflict, "matter.rate.not_yet", of.Number, i18n.Key("matter.state."+string(of.State)))
	case m.Solved != "":
		return errs.New(errs.Conflict, "matter.rate.once")
	}
	return nil
}

// mayReopen says why a matter that ended is not taken up again.
func (s *Service) mayReopen(m Matter, now time.Time) error {
	switch {
	case m.State != Closed && m.State != Declined:
		return errs.New(errs.Conflict, "matter.rate.not_yet", m.Number, i18n.Key("matter.state."+string(m.State)))
	case m.State == Declined && m.Reopened > 0:
		return errs.New(errs.Conflict, "matter.reopen.once")
	case m.State == Closed && m.Lead == 0:
		return errs.New(errs.Conflict, "matter.reopen.imported") // or settled at once by who walked there
	case now.After(s.ReopenUntil(m)):
		return errs.New(errs.Conflict, "matter.reopen.late", int(s.rules.ReopenFor.Hours()/24))
	}
	return nil
}

// ReopenUntil is until when the reporter may say that a matter that ended is not
// solved, or object to a refusal.
func (s *Service) ReopenUntil(m Matter) time.Time { return m.ClosedAt.Add(s.rules.ReopenFor) }
