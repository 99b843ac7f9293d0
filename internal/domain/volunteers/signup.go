// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A SignUp is a volunteer's word to come to a task.
type SignUp struct {
	ID        id.ID
	Task      id.ID
	Volunteer id.ID
	State     SignUpState
	At        time.Time // since when they wait
	Version   int

	resident id.ID
}

func (u SignUp) digest() []byte {
	return trail.Digest("volunteer_signup/1", u.ID, u.Task, u.Volunteer, string(u.State), u.At)
}

// keyOf is the message of an act or a state.
func keyOf(noun, what, word string) i18n.Key { return i18n.Key(noun + "." + what + "." + word) }

// SignUp puts a volunteer on the list of an open task, or on its waiting list. It
// needs to be the volunteer, or the desk for the resident of. It is a Conflict if they
// are on it, or if the task is not open.
func (s *Service) SignUp(ctx context.Context, by scope.Actor, task, of id.ID) (u SignUp, err error) {
	p, err := s.person(ctx, by, of)
	if err != nil {
		return u, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		v, err := s.active(tx, p.resident.ID)
		if err != nil {
			return errs.New(errs.Conflict, "volunteers.join_first")
		}
		t, err := s.seeTask(tx, by, task)
		if err != nil {
			return err
		}
		if t.State != Open && t.State != Running {
			return errs.New(errs.Conflict, "volunteers.task.closed")
		}
		u, err = signUpFor(tx, task, v.ID)
		switch {
		case err == nil && u.State == Withdrawn:
			err = s.moveSignUp(tx, by, u, ReturnAct)
		case err == nil:
			return errs.New(errs.Conflict, "volunteers.signed_up")
		case errs.KindOf(err) == errs.NotFound:
			u = SignUp{ID: tx.NewID(), Task: task, Volunteer: v.ID, State: Waiting, At: tx.Now(), Version: 1}
			if err = insertSignUp(tx, u); err != nil {
				return err
			}
			err = trail.Append(tx, by, trail.Entry{Noun: "volunteer_signup", Record: u.ID, Act: "sign_up", To: string(Waiting), For: p.behalf, Digest: u.digest()})
		}
		if err != nil {
			return err
		}
		if err := s.fill(tx, task); err != nil {
			return err
		}
		u, err = signUpFor(tx, task, v.ID)
		return err
	})
	return u, err
}

// Withdraw takes a volunteer's word to come back, without any consequence; who waits
// longest has the place. It needs to be them, or the desk for the resident of.
func (s *Service) Withdraw(ctx context.Context, by scope.Actor, task, of id.ID) error {
	return s.own(ctx, by, task, of, Withdraw)
}

// Return puts a volunteer who had withdrawn at the end of the list again.
func (s *Service) Return(ctx context.Context, by scope.Actor, task, of id.ID) error {
	_, err := s.SignUp(ctx, by, task, of)
	return err
}

func (s *Service) own(ctx context.Context, by scope.Actor, task, of id.ID, act Act) error {
	p, err := s.person(ctx, by, of)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		v, err := volunteerOf(tx, p.resident.ID, s.city())
		if err != nil {
			return err
		}
		t, err := s.seeTask(tx, by, task)
		if err != nil {
			return err
		}
		u, err := signUpFor(tx, task, v.ID)
		if err != nil {
			return err
		}
		if t.Begun() {
			return errs.New(errs.Conflict, "volunteers.task.begun")
		}
		return s.moveSignUp(tx, by, u, act)
	})
}

// Admit gives the volunteer who waits a place, if there is a free one; false if not.
// The program does it whenever a place may be free.
func (s *Service) Admit(tx *sqldb.Tx, u SignUp) (bool, error) {
	free, err := takeSeat(tx, u.Task)
	if err != nil || !free {
		return false, err
	}
	return true, s.moveSignUp(tx, scope.Program("volunteers"), u, Admit)
}

// fill gives the free places of a task to those who wait, in their order. Who waited
// for a while is written to.
func (s *Service) fill(tx *sqldb.Tx, task id.ID) error {
	waiting, err := waitingFor(tx, task)
	if err != nil {
		return err
	}
	for _, u := range waiting {
		ok, err := s.Admit(tx, u)
		if err != nil || !ok {
			return err
		}
		if tx.Now().Sub(u.At) > time.Minute {
			if err := s.tell(tx, u.Volunteer, NewsOfSignUps, u.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveSignUp is the one door through which a sign-up changes.
func (s *Service) moveSignUp(tx *sqldb.Tx, by scope.Actor, u SignUp, act Act) error {
	m, err := SignUpFlow.Find(u.State, act)
	if err != nil {
		return moved("volunteer_signup", string(act), string(u.State))
	}
	was := u.State
	if u.State = m.To; act == ReturnAct {
		u.At = tx.Now()
	}
	if err := saveSignUp(tx, u); err != nil {
		return err
	}
	if err := trail.Append(tx, by, trail.Entry{Noun: "volunteer_signup", Record: u.ID, Act: string(act), From: string(was), To: string(u.State), Digest: u.digest()}); err != nil {
		return err
	}
	if was == Listed {
		if err := leaveSeat(tx, u.Task); err != nil {
			return err
		}
		return s.fill(tx, u.Task)
	}
	return nil
}
