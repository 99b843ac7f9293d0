// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"strconv"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Decision is what became of an appeal, or of the review of one.
type Decision string

// The decisions. The empty Decision is that of what waits for one.
const (
	Granted Decision = "granted" // excused: the unit was late, and that is not held against it
	Refused Decision = "refused"
)

// A Hearing is what a unit said and what somebody decided about it.
type Hearing struct {
	Account   id.ID
	Actor     string
	Words     string
	At        time.Time
	Decision  Decision
	Decider   id.ID
	DecidedBy string
	Reason    string
	DecidedAt time.Time
}

// Waits reports whether something was said that nobody has decided about.
func (h Hearing) Waits() bool { return !h.At.IsZero() && h.Decision == "" }

// An Appeal 超时申诉 is what a unit that was late says about it, once for each time,
// when the matter is closed, and what was decided. If it was refused, the unit may
// ask once for a review 复核 by the level above, whose decision is final. That it was
// late stays written in every case; whether that is excused stands beside it.
type Appeal struct {
	ID     id.ID
	Stage  id.ID // the stage that took too long: an Ended
	Matter ID
	Unit   id.ID
	Hearing
	Review Hearing // At is zero if none was asked for
}

// Excused reports whether the lateness is excused.
func (a Appeal) Excused() bool { return a.Decision == Granted || a.Review.Decision == Granted }

// Appeal says why the lead unit was late with a matter that is closed. It is
// Conflict if it was not, or has said so already. Needs handle in the lead unit.
func (s *Service) Appeal(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, AppealAct, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		late, _, err := s.appealable(tx, by, *m, AppealAct)
		if err != nil {
			return Step{}, err
		}
		m.add(Appeal{ID: tx.NewID(), Stage: late.ID, Matter: m.ID, Unit: late.Unit, Hearing: Hearing{Account: by.Account, Actor: by.Name, Words: reason, At: tx.Now()}})
		return Step{Words: reason, ToUnit: m.Centre}, nil
	})
}

// GrantAppeal excuses that a unit was late, with a reason. Needs command in the
// place, and to be somebody else than who appealed.
func (s *Service) GrantAppeal(ctx context.Context, by scope.Actor, d ID, reason string) error {
	return s.hear(ctx, by, d, GrantAppeal, reason, func(tx *sqldb.Tx, a *Appeal, reason string) { a.Hearing.decide(tx, by, Granted, reason) })
}

// RefuseAppeal lets it stand that a unit was late, with a reason. Needs command in
// the place, and to be somebody else than who appealed.
func (s *Service) RefuseAppeal(ctx context.Context, by scope.Actor, d ID, reason string) error {
	return s.hear(ctx, by, d, RefuseAppeal, reason, func(tx *sqldb.Tx, a *Appeal, reason string) { a.Hearing.decide(tx, by, Refused, reason) })
}

// AskReview asks the level above to look once more at an appeal that was refused,
// with what speaks for it. It is Conflict if there is none, or if that was asked
// already. Needs handle in the lead unit.
func (s *Service) AskReview(ctx context.Context, by scope.Actor, d ID, reason string) error {
	return s.hear(ctx, by, d, AskReview, reason, func(tx *sqldb.Tx, a *Appeal, reason string) {
		a.Review = Hearing{Account: by.Account, Actor: by.Name, Words: reason, At: tx.Now()}
	})
}

// GrantReview excuses after all that a unit was late, with a reason; it is final.
// Needs review in the place, and to be nobody who had to do with it before.
func (s *Service) GrantReview(ctx context.Context, by scope.Actor, d ID, reason string) error {
	return s.hear(ctx, by, d, GrantReview, reason, func(tx *sqldb.Tx, a *Appeal, reason string) { a.Review.decide(tx, by, Granted, reason) })
}

// RefuseReview lets the refusal of an appeal stand, with a reason; it is final.
// Needs review in the place, and to be nobody who had to do with it before.
func (s *Service) RefuseReview(ctx context.Context, by scope.Actor, d ID, reason string) error {
	return s.hear(ctx, by, d, RefuseReview, reason, func(tx *sqldb.Tx, a *Appeal, reason string) { a.Review.decide(tx, by, Refused, reason) })
}

func (h *Hearing) decide(tx *sqldb.Tx, by scope.Actor, as Decision, reason string) {
	h.Decision, h.Decider, h.DecidedBy, h.Reason, h.DecidedAt = as, by.Account, by.Name, reason, tx.Now()
}

// hear does what an act does to the appeal that it is about. The line of the story
// says which end of handling that was, by its time.
func (s *Service) hear(ctx context.Context, by scope.Actor, d ID, act Act, reason string, what func(tx *sqldb.Tx, a *Appeal, reason string)) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, act, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		late, a, err := s.appealable(tx, by, *m, act)
		if err != nil {
			return Step{}, err
		}
		was := a
		what(tx, &a, reason)
		step := Step{Words: reason, ToUnit: a.Unit, Detail: strconv.FormatInt(millis(late.EndedAt), 10)}
		if act == AskReview {
			step.ToUnit = m.Centre
		}
		return step, saveAppeal(tx, m, was, a)
	})
}

// ExcusedEnd is the end of handling that an act excused, zero of every other act.
func ExcusedEnd(act Act, detail string) time.Time {
	if act != GrantAppeal && act != GrantReview {
		return time.Time{}
	}
	ms, err := strconv.ParseInt(detail, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return fromMillis(ms)
}

// appealable is the appeal that an act is about, with the stage that took too long:
// for Appeal the stage about which the lead unit may still say why it was late.
func (s *Service) appealable(tx *sqldb.Tx, by scope.Actor, m Matter, act Act) (late Ended, of Appeal, err error) {
	as, err := appealsOf(tx, m.ID)
	if err != nil {
		return late, of, err
	}
	stages, err := endedOf(tx, m.ID)
	if err != nil {
		return late, of, err
	}
	if act == AppealAct {
		late, err = unsaid(m, stages, as)
		return late, of, err
	}
	waits := func(a Appeal) bool { return a.Waits() }
	key := "matter.appeal.none"
	switch act {
	case AskReview:
		waits = func(a Appeal) bool { return a.Decision == Refused && a.Review.At.IsZero() && a.Unit == m.Lead }
		key = "matter.review.nothing"
	case GrantReview, RefuseReview:
		waits = func(a Appeal) bool { return a.Review.Waits() }
		key = "matter.review.none"
	default: // decides about the appeal itself
	}
	i := slices.IndexFunc(as, waits)
	if i < 0 {
		return late, of, errs.New(errs.Conflict, key)
	}
	of = as[i]
	if act != AskReview && by.Account != 0 {
		before := []id.ID{of.Account}
		if act == GrantReview || act == RefuseReview {
			before = append(before, of.Decider, of.Review.Account)
		}
		if slices.Contains(before, by.Account) {
			return late, of, errs.New(errs.Denied, "matter.appeal.self")
		}
	}
	if j := slices.IndexFunc(stages, func(e Ended) bool { return e.ID == of.Stage }); j >= 0 {
		late = stages[j]
	}
	return late, of, nil
}

// unsaid is the first stage of handling that the lead unit ended late and about
// which it has not said why.
func unsaid(m Matter, stages []Ended, as []Appeal) (Ended, error) {
	was := false
	for _, e := range stages {
		if e.Run.Stage != StageHandle || e.Unit != m.Lead || !e.Late {
			continue
		}
		was = true
		if !slices.ContainsFunc(as, func(a Appeal) bool { return a.Stage == e.ID }) {
			return e, nil
		}
	}
	if was {
		return Ended{}, errs.New(errs.Conflict, "matter.appeal.once")
	}
	return Ended{}, errs.New(errs.Conflict, "matter.appeal.in_time")
}

// reviewers are those who decide the review of an appeal about m.
func (s *Service) reviewers(m Matter, now time.Time) []reader {
	return s.holding(m, now, func(needs []scope.Need) bool { return slices.Contains(needs, access.Review) })
}
