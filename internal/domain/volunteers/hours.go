// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"strings"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Hours are what a volunteer did at a task.
type Hours struct {
	ID          id.ID
	Task        id.ID
	Volunteer   id.ID
	State       HoursState
	Minutes     int64
	SaidAt      time.Time
	Reason      string
	RefusedBy   id.ID
	Plea        string
	ConfirmedAt time.Time
	Points      int64
	Limited     bool // the month had its fill
	Version     int

	Confirmations []Confirmation // where they were asked for
	resident      id.ID
}

// digest is the hours' canonical state for the trail, with who says that they are right.
func (h Hours) digest(confirmed []byte) []byte {
	return trail.Digest("volunteer_hours/2", h.ID, h.Task, h.Volunteer, string(h.State), h.Minutes, h.SaidAt, h.Reason, h.RefusedBy, h.Plea, h.ConfirmedAt, h.Points, h.Limited, confirmed)
}

// note leaves a line about the hours in the trail.
func (h Hours) note(tx *sqldb.Tx, by scope.Actor, e trail.Entry) error {
	confirmed, err := confirmedBy(tx, h.ID)
	if err != nil {
		return err
	}
	e.Noun, e.Record, e.To, e.Digest = "volunteer_hours", h.ID, string(h.State), h.digest(confirmed)
	return trail.Append(tx, by, e)
}

// A Witness says how somebody who confirms stands to the task.
type Witness string

// The ways to stand to a task.
const (
	Leader    Witness = "leader"
	Committee Witness = "committee" // organises in the place
	Companion Witness = "companion" // another volunteer who had a place
)

// A Confirmation is one person's word that it is so.
type Confirmation struct {
	Account   id.ID
	Companion id.ID // the volunteer
	Kind      Witness
	Name      string
	At        time.Time
}

func (c Confirmation) same(o Confirmation) bool {
	return c.Account == o.Account && c.Companion == o.Companion
}

// leastMinutes and mostMinutes bound what one task is good for.
const (
	leastMinutes = 10
	mostMinutes  = 12 * 60
)

// Saying is what somebody says that a volunteer did.
type Saying struct {
	Task    id.ID
	For     id.ID // the resident, said by the leader or at a desk; 0: oneself
	Minutes int
}

// Say writes down for how long a volunteer helped at a task that has begun: their own
// word, or the leader's, whose word is a confirmation too. It is Invalid beside
// "minutes" if it is longer than the task was, a Conflict if it was said or if they had
// no place, and Denied to others.
func (s *Service) Say(ctx context.Context, by scope.Actor, in Saying) (h Hours, err error) {
	p, err := s.person(ctx, by, in.For)
	if err != nil {
		return h, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		t, err := s.seeTask(tx, by, in.Task)
		if err != nil {
			return err
		}
		v, err := volunteerOf(tx, p.resident.ID, s.city())
		if err != nil {
			return err
		}
		h, err = s.say(tx, by, t, v, in.Minutes)
		return err
	})
	return h, err
}

// SayOf is Say for the leader, who names the sign-up.
func (s *Service) SayOf(ctx context.Context, by scope.Actor, signUp id.ID, minutes int) (h Hours, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		u, err := loadSignUp(tx, signUp)
		if err != nil {
			return err
		}
		t, err := s.seeTask(tx, by, u.Task)
		if err != nil {
			return err
		}
		if d := by.May(organise, scope.Target{Path: t.Path, At: tx.Now()}); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		v, err := loadVolunteer(tx, u.Volunteer, s.city())
		if err != nil {
			return err
		}
		h, err = s.say(tx, by, t, v, minutes)
		return err
	})
	return h, err
}

func (s *Service) say(tx *sqldb.Tx, by scope.Actor, t Task, v Volunteer, minutes int) (h Hours, err error) {
	u, err := signUpFor(tx, t.ID, v.ID)
	switch {
	case errs.KindOf(err) == errs.NotFound || err == nil && u.State != Listed:
		return h, errs.New(errs.Conflict, "volunteers.hours.no_place")
	case err != nil:
		return h, err
	case !t.Begun():
		return h, errs.New(errs.Conflict, "volunteers.hours.not_begun")
	case tx.Now().After(t.Ends.Add(sayWithin)):
		return h, errs.New(errs.Conflict, "volunteers.hours.late")
	}
	most := min(mostMinutes, int(t.Ends.Sub(t.Begins)/time.Minute))
	if minutes < leastMinutes || minutes > most {
		return h, errs.At("minutes", "volunteers.hours.minutes", leastMinutes, most)
	}
	if _, err := hoursFor(tx, t.ID, v.ID); err == nil {
		return h, errs.New(errs.Conflict, "volunteers.hours.said")
	} else if errs.KindOf(err) != errs.NotFound {
		return h, err
	}
	h = Hours{ID: tx.NewID(), Task: t.ID, Volunteer: v.ID, State: Said, Minutes: int64(minutes), SaidAt: tx.Now(), Version: 1, resident: v.Resident}
	if err := insertHours(tx, h); err != nil {
		return h, err
	}
	if err := h.note(tx, by, trail.Entry{Act: "say"}); err != nil {
		return h, err
	}
	if by.Kind == scope.Staff && s.Organises(by, t, tx.Now()) {
		return h, s.confirm(tx, by, &h, t)
	}
	return h, nil
}

// sayWithin is how long after a task hours can be said.
const sayWithin = 30 * 24 * time.Hour

// changeHours is what every act on hours goes through.
func (s *Service) changeHours(ctx context.Context, by scope.Actor, d id.ID, do func(tx *sqldb.Tx, h *Hours, t Task) error) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		h, err := loadHours(tx, d)
		if err != nil {
			return err
		}
		t, err := loadTask(tx, h.Task, s.city())
		if err != nil {
			return err
		}
		if !s.maySeeHours(tx, by, h, t) {
			return errs.New(errs.NotFound, "volunteers.hours.none")
		}
		return do(tx, &h, t)
	})
}

// maySeeHours: the volunteer, who organises or supervises there, who serves them, and
// those who were there.
func (s *Service) maySeeHours(tx *sqldb.Tx, by scope.Actor, h Hours, t Task) bool {
	at := scope.Target{Path: t.Path, At: tx.Now()}
	if by.Resident != 0 && by.Resident == h.resident || by.May(organise, at).OK || by.May(supervise, at).OK || by.May("desk", at).OK {
		return true
	}
	_, ok := s.companion(tx, by, h)
	return ok
}

// companion is another volunteer who had a place at the task of some hours.
func (s *Service) companion(tx *sqldb.Tx, by scope.Actor, h Hours) (Volunteer, bool) {
	if by.Resident == 0 || by.Resident == h.resident {
		return Volunteer{}, false
	}
	v, err := s.active(tx, by.Resident)
	if err != nil {
		return v, false
	}
	u, err := signUpFor(tx, h.Task, v.ID)
	return v, err == nil && u.State == Listed
}

// moveHours is the one door through which hours change.
func (s *Service) moveHours(tx *sqldb.Tx, by scope.Actor, h *Hours, t Task, act Act, behalf string, do func() error) error {
	m, err := HoursFlow.Find(h.State, act)
	if err != nil {
		return moved("volunteer_hours", string(act), string(h.State))
	}
	if m.Need != byVolunteer && m.Need != byPresent {
		if d := by.May(m.Need, scope.Target{Path: t.Path, At: tx.Now()}); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
	}
	was := h.State
	h.State = m.To
	if err := do(); err != nil {
		return err
	}
	if err := saveHours(tx, h); err != nil {
		return err
	}
	return h.note(tx, by, trail.Entry{Act: string(act), From: string(was), For: behalf})
}

// witness is how the actor stands to the task: who leads, who organises there, or
// another volunteer who had a place; Denied to all others, and to whose hours they are.
func (s *Service) witness(tx *sqldb.Tx, by scope.Actor, h Hours, t Task) (Confirmation, error) {
	c := Confirmation{Account: by.Account, Name: by.Name, At: tx.Now()}
	if by.Kind == scope.Staff && s.Organises(by, t, tx.Now()) {
		c.Kind = Committee
		if by.Account == t.Leader {
			c.Kind = Leader
		}
		return c, nil
	}
	if v, ok := s.companion(tx, by, h); ok {
		return Confirmation{Companion: v.ID, Kind: Companion, At: tx.Now()}, nil
	}
	return c, errs.New(errs.Denied, "volunteers.hours.witness")
}

// Confirm says that hours are right. It takes two different people, of whom one leads
// the task or organises there, and the other may be another volunteer who had a place;
// nobody confirms their own. The second makes them count, and earns points by the
// tariff of the task's day.
func (s *Service) Confirm(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeHours(ctx, by, d, func(tx *sqldb.Tx, h *Hours, t Task) error { return s.confirm(tx, by, h, t) })
}

func (s *Service) confirm(tx *sqldb.Tx, by scope.Actor, h *Hours, t Task) error {
	c, err := s.witness(tx, by, *h, t)
	if err != nil {
		return err
	}
	others, err := confirmationsOf(tx, h.ID)
	if err != nil {
		return err
	}
	if err := enough(h.State, others, c); err != nil {
		return err
	}
	return s.moveHours(tx, by, h, t, Confirm, "", func() error {
		if err := insertConfirmation(tx, h.ID, c); err != nil || h.State != Confirmed {
			return err
		}
		return s.count(tx, by, h, t)
	})
}

// enough says whether one more word may be added to those there are: by another
// person, and not two companions.
func enough(state HoursState, others []Confirmation, c Confirmation) error {
	for _, o := range others {
		if o.same(c) {
			return errs.New(errs.Conflict, "volunteers.hours.again")
		}
		if state == Seen && o.Kind == Companion && c.Kind == Companion {
			return errs.New(errs.Conflict, "volunteers.hours.leader")
		}
	}
	return nil
}

// count makes hours count: points and honours.
func (s *Service) count(tx *sqldb.Tx, by scope.Actor, h *Hours, t Task) error {
	h.ConfirmedAt = tx.Now()
	v, err := loadVolunteer(tx, h.Volunteer, s.city())
	if err != nil {
		return err
	}
	es, err := editions(tx)
	if err != nil {
		return err
	}
	if l, ok := InForce(es, DayOf(t.Begins)).Tariff.Line(t.Act); ok && v.State == Active {
		if h.Points, h.Limited, err = s.earn(tx, by, v, l, h.Minutes, h.ID); err != nil {
			return err
		}
	}
	if err := s.honour(tx, v, h.Minutes); err != nil {
		return err
	}
	return s.tell(tx, v.ID, NewsOfHours, h.ID)
}

// Refuse says that hours are not right, with the reason, which the volunteer reads and
// may appeal against. Needs to organise there.
func (s *Service) Refuse(ctx context.Context, by scope.Actor, d id.ID, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := because(reason); err != nil {
		return err
	}
	return s.changeHours(ctx, by, d, func(tx *sqldb.Tx, h *Hours, t Task) error {
		return s.moveHours(tx, by, h, t, Refuse, "", func() error {
			h.Reason, h.RefusedBy = reason, by.Account
			if err := dropConfirmations(tx, h.ID); err != nil {
				return err
			}
			return s.tell(tx, h.Volunteer, NewsOfHours, h.ID)
		})
	})
}

// Appeal asks whoever supervises there to look at refused hours once more. It needs to
// be the volunteer, or the desk for the resident of.
func (s *Service) Appeal(ctx context.Context, by scope.Actor, d, of id.ID, plea string) error {
	plea = strings.TrimSpace(plea)
	if err := because(plea); err != nil {
		return err
	}
	p, err := s.person(ctx, by, of)
	if err != nil {
		return err
	}
	return s.changeHours(ctx, by, d, func(tx *sqldb.Tx, h *Hours, t Task) error {
		if h.resident != p.resident.ID {
			return errs.New(errs.Denied, "volunteers.hours.own")
		}
		return s.moveHours(tx, by, h, t, Appeal, p.behalf, func() error {
			h.Plea = plea
			return nil
		})
	})
}

// judge is what both ends of an appeal ask: to supervise there, and not to have
// refused the hours.
func (s *Service) judge(ctx context.Context, by scope.Actor, d id.ID, act Act, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := because(reason); err != nil {
		return err
	}
	return s.changeHours(ctx, by, d, func(tx *sqldb.Tx, h *Hours, t Task) error {
		if h.RefusedBy == by.Account && h.State == Appealed {
			return errs.New(errs.Denied, "volunteers.hours.other")
		}
		return s.moveHours(tx, by, h, t, act, "", func() error {
			h.Reason = reason
			if act == Grant {
				if err := insertConfirmation(tx, h.ID, Confirmation{Account: by.Account, Kind: Committee, Name: by.Name, At: tx.Now()}); err != nil {
					return err
				}
			}
			return s.tell(tx, h.Volunteer, NewsOfHours, h.ID)
		})
	})
}

// Grant says that refused hours are right after all: they still take a second person.
// Needs to supervise there, and not to have refused them.
func (s *Service) Grant(ctx context.Context, by scope.Actor, d id.ID, reason string) error {
	return s.judge(ctx, by, d, Grant, reason)
}

// Keep says that they stay refused, for good. Needs what Grant needs.
func (s *Service) Keep(ctx context.Context, by scope.Actor, d id.ID, reason string) error {
	return s.judge(ctx, by, d, Keep, reason)
}

// TakeBack says that hours were confirmed by mistake. Their points go back to the pot
// by an entry that names the earning: as many as the volunteer still has, since nobody
// has fewer than none. Needs to supervise there.
func (s *Service) TakeBack(ctx context.Context, by scope.Actor, d id.ID, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := because(reason); err != nil {
		return err
	}
	return s.changeHours(ctx, by, d, func(tx *sqldb.Tx, h *Hours, t Task) error {
		return s.moveHours(tx, by, h, t, TakeBack, "", func() error {
			h.Reason = reason
			if err := s.tell(tx, h.Volunteer, NewsOfHours, h.ID); err != nil {
				return err
			}
			e, ok, err := earning(tx, h.Volunteer, h.ID)
			if err != nil || !ok {
				return err
			}
			return s.correct(tx, by, e, h.Volunteer)
		})
	})
}

// correct takes an earning back, as far as the points are still there.
func (s *Service) correct(tx *sqldb.Tx, by scope.Actor, e Entry, volunteer id.ID) error {
	has, err := balanceOf(tx, kindVolunteer, volunteer)
	if err != nil || has == 0 {
		return err
	}
	v, err := loadVolunteer(tx, volunteer, s.city())
	if err != nil {
		return err
	}
	_, err = post(tx, by, Entry{Act: Correct, Code: e.Code, Points: min(has, e.Points), Record: e.Record, Reverses: e.ID}, volunteerAccount(volunteer), s.pot(v.Path))
	return err
}
