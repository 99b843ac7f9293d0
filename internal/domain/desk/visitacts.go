// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func (v HomeVisit) isHousehold(by scope.Actor) bool {
	return v.Resident != 0 && by.Kind == scope.Resident && by.Resident == v.Resident || slices.Contains(by.Slips, v.ID)
}

// may is nil if the actor may do what takes the need to the visit: who works on home
// visits where they live, or in the unit that serves.
func (v HomeVisit) may(by scope.Actor, need scope.Need, now time.Time) error {
	if need == byHousehold {
		if v.isHousehold(by) {
			return nil
		}
		need = needVisit
	}
	return allow(by, need, v.Path, 0, now)
}

func (v HomeVisit) inside(by scope.Actor, now time.Time) bool {
	return allow(by, needVisit, v.Path, 0, now) == nil || allow(by, "audit", v.Path, 0, now) == nil
}

func (v HomeVisit) see(by scope.Actor, now time.Time) error {
	if v.isHousehold(by) || v.inside(by, now) {
		return nil
	}
	return errs.New(errs.NotFound, "visit.none")
}

// changeVisit is the one door through which a home visit goes from state to state.
func (s *Service) changeVisit(ctx context.Context, by scope.Actor, d id.ID, act Act, do func(tx *sqldb.Tx, v *HomeVisit) (to VisitState, say string, err error)) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := s.Calendars.Check(tx); err != nil {
			return err
		}
		v, err := loadVisit(tx, d)
		if err != nil {
			return err
		}
		who, proxy, err := s.standIn(tx, by, v.ID, v.Resident)
		if err != nil {
			return err
		}
		if err := v.see(who, tx.Now()); err != nil {
			return err
		}
		mv, err := VisitFlow.Find(v.State, act)
		if err != nil {
			return err
		}
		if err := v.may(who, mv.Need, tx.Now()); err != nil {
			return err
		}
		from := v.State
		to, say, err := do(tx, &v)
		if err != nil {
			return err
		}
		if v.State, err = VisitFlow.Lead(from, act, to); err != nil {
			return err
		}
		if act != Reissue { // nobody has done what it waits for
			s.clock(tx, &v)
		}
		if err := saveVisit(tx, v); err != nil {
			return err
		}
		v.Version++
		if mv.Need == byHousehold {
			if err := s.noteProxy(tx, by, proxy, v.Number); err != nil {
				return err
			}
		}
		return s.noteVisit(tx, by, v, act, from, say, (proxy.ID != 0 || !v.isHousehold(by)) && mv.Need == byHousehold)
	})
}

// A Called is what came of a call to the family.
type Called string

// What can come of a call.
const (
	SaidYes   Called = "yes"
	SaidNo    Called = "no"
	NoAnswer  Called = "none"
	AllIsWell Called = "well"  // of the call after the visit
	NotWell   Called = "again" // there is more to be done
)

// Call records a call to the family: whether they were reached, and what was agreed.
// Consent is theirs alone: who said yes, and to what, is written down and needed for
// going on.
func (s *Service) Call(ctx context.Context, by scope.Actor, d id.ID, came Called, say string) error {
	return s.changeVisit(ctx, by, d, Call, func(tx *sqldb.Tx, v *HomeVisit) (VisitState, string, error) {
		var faults errs.List
		shortest := 4
		if came == NoAnswer {
			shortest = 0
		}
		said := words(&faults, "words", say, shortest, maxWords)
		to := map[Called]VisitState{SaidYes: Agreed, SaidNo: Declined, NoAnswer: Found}[came]
		if to == "" {
			faults.Add("came", "form.choice")
		}
		if err := faults.Err(); err != nil {
			return "", "", err
		}
		if came == SaidYes {
			var err error
			v.ConsentAt = tx.Now()
			if v.consent, err = s.sealed(visitConsent, v.ID, said); err != nil {
				return "", "", err
			}
		}
		return to, said, nil
	})
}

// An Arranging is when who goes there, and what is to lie ready.
type Arranging struct {
	At      time.Time
	Minutes int
	Officer id.ID // of the unit that serves
	Worker  id.ID // a grid worker of the place; 0: nobody goes along
	Papers  string
}

// Arrange settles time, officer, grid worker and papers. The officer must belong to
// the unit that serves, the grid worker to the place, both must be free at that time
// and their units at work (else Invalid beside the field).
func (s *Service) Arrange(ctx context.Context, by scope.Actor, d id.ID, a Arranging) error {
	return s.changeVisit(ctx, by, d, Arrange, func(tx *sqldb.Tx, v *HomeVisit) (VisitState, string, error) {
		var faults errs.List
		a.Papers = words(&faults, "papers", a.Papers, 0, maxWords)
		if a.Minutes < 10 || a.Minutes > 240 {
			faults.Add("minutes", "form.range", 10, 240)
		}
		if !a.At.After(tx.Now()) || a.At.After(tx.Now().AddDate(0, 0, 60)) {
			faults.Add("at", "visit.at")
		}
		if !slices.Contains(s.Orgs.Directory().Members(v.ServeUnit, tx.Now()), a.Officer) {
			faults.Add("officer", "visit.officer")
		}
		if a.Worker != 0 && !slices.ContainsFunc(s.workersAt(v.Path, tx.Now()), func(p Person) bool { return p.Account == a.Worker }) {
			faults.Add("worker", "visit.worker")
		}
		if err := faults.Err(); err != nil {
			return "", "", err
		}
		ends := a.At.Add(time.Duration(a.Minutes) * time.Minute)
		if err := s.bothFree(tx, *v, a, ends); err != nil {
			return "", "", err
		}
		v.At, v.Ends, v.Officer, v.Worker = a.At, ends, a.Officer, a.Worker
		var err error
		v.papers, err = s.sealed(visitPapers, v.ID, a.Papers)
		return Arranged, a.Papers, err
	})
}

// Postpone notes that it could not be done at the time arranged, and why.
func (s *Service) Postpone(ctx context.Context, by scope.Actor, d id.ID, why string) error {
	return s.changeVisit(ctx, by, d, Postpone, func(tx *sqldb.Tx, v *HomeVisit) (VisitState, string, error) {
		var faults errs.List
		why := words(&faults, "words", why, 4, maxWords)
		v.At, v.Ends = time.Time{}, time.Time{}
		return Agreed, why, faults.Err()
	})
}

// Do notes what was done at home, with the picture of the receipt that the household
// signed: drawn on the screen, or a photo of the paper.
func (s *Service) Do(ctx context.Context, by scope.Actor, d id.ID, result string, receipt NewFile, how Signer) error {
	return s.changeVisit(ctx, by, d, Do, func(tx *sqldb.Tx, v *HomeVisit) (VisitState, string, error) {
		var faults errs.List
		said := words(&faults, "words", result, 4, maxWords)
		if receipt.Hash == "" {
			faults.Add("receipt", "visit.receipt")
		}
		if how != Drawn && how != Paper {
			faults.Add("receipt", "form.choice")
		}
		if err := faults.Err(); err != nil {
			return "", "", err
		}
		v.Receipt, v.Signer = receipt, how
		var err error
		v.result, err = s.sealed(visitResult, v.ID, said)
		return Done, said, err
	})
}

// FollowUp records the call after the visit: all is well, nobody answered, or there is
// more to be done.
func (s *Service) FollowUp(ctx context.Context, by scope.Actor, d id.ID, came Called, say string) error {
	return s.changeVisit(ctx, by, d, FollowUp, func(tx *sqldb.Tx, v *HomeVisit) (VisitState, string, error) {
		var faults errs.List
		shortest := 0
		if came == NotWell {
			shortest = 4
		}
		said := words(&faults, "words", say, shortest, maxWords)
		to := map[Called]VisitState{AllIsWell: Followed, NoAnswer: Done, NotWell: Agreed}[came]
		if to == "" {
			faults.Add("came", "form.choice")
		}
		return to, said, faults.Err()
	})
}

// Finish closes it.
func (s *Service) Finish(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeVisit(ctx, by, d, Finish, func(*sqldb.Tx, *HomeVisit) (VisitState, string, error) { return Closed, "", nil })
}

// Withdraw ends it because the household does not need it any more.
func (s *Service) Withdraw(ctx context.Context, by scope.Actor, d id.ID, why string) error {
	return s.changeVisit(ctx, by, d, Withdraw, func(tx *sqldb.Tx, v *HomeVisit) (VisitState, string, error) {
		var faults errs.List
		why := words(&faults, "words", why, 0, maxWords)
		return Withdrawn, why, faults.Err()
	})
}

func (s *Service) forgetVisit(tx *sqldb.Tx, by scope.Actor, v HomeVisit) error {
	if err := s.forgetContact(tx, by, v.Contact); err != nil {
		return err
	}
	v.Resident, v.Contact, v.codeIndex, v.need, v.consent, v.papers, v.result, v.Receipt, v.ForgottenAt = 0, 0, nil, nil, nil, nil, nil, NewFile{}, tx.Now()
	if err := saveVisit(tx, v); err != nil {
		return err
	}
	v.Version++
	story, err := blankSteps(tx, v.ID)
	if err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "home_visit", Record: v.ID, Act: string(Forget), Digest: v.digest(story)})
}
