// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Whole is a task as the actor may see it.
type Whole struct {
	Task     Task
	Organise bool         // they organise there: they see who comes
	Own      *SignUp      // theirs, if they signed up
	OwnHours *Hours       // what they said
	Place    int          // on the waiting list, from 1; 0 if they do not wait
	People   []Attendance // for who organises: all; for who was there: whose hours they may confirm
	Waiting  int
	Series   []Task // the other times of it, and this one; none if it is held once
}

// An Attendance is somebody on the list of a task.
type Attendance struct {
	SignUp SignUp
	Name   string // masked
	Hours  *Hours
	Mine   bool // the actor has confirmed them already
}

// GetTask returns a task: with who comes to those who organise there, with the hours of
// those who were there to the others who were. To everybody else it says how many, and
// nobody's name. It is NotFound if the actor may not see it.
func (s *Service) GetTask(ctx context.Context, by scope.Actor, d id.ID) (w Whole, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		w = Whole{}
		if w.Task, err = s.seeTask(tx, by, d); err != nil {
			return err
		}
		w.Organise = by.Kind == scope.Staff && s.Organises(by, w.Task, tx.Now())
		if w.Series, err = s.series(tx, by, w.Task); err != nil {
			return err
		}
		return s.attend(tx, by, &w)
	})
	return w, err
}

func (s *Service) attend(tx *sqldb.Tx, by scope.Actor, w *Whole) error {
	ups, err := signUpsOf(tx, w.Task.ID)
	if err != nil {
		return err
	}
	hs, err := hoursOfTask(tx, w.Task.ID)
	if err != nil {
		return err
	}
	hours := map[id.ID]*Hours{}
	for i := range hs {
		hours[hs[i].Volunteer] = &hs[i]
	}
	var ids []id.ID
	for i, u := range ups {
		if u.State == Waiting {
			w.Waiting++
		}
		if by.Resident != 0 && u.resident == by.Resident {
			w.Own, w.OwnHours = &ups[i], hours[u.Volunteer]
			if u.State == Waiting {
				w.Place = w.Waiting
			}
		}
		ids = append(ids, u.resident)
	}
	companion := w.Own != nil && w.Own.State == Listed && w.Task.Begun()
	if !w.Organise && !companion {
		return nil
	}
	cards, err := s.names(tx, ids)
	if err != nil {
		return err
	}
	for _, u := range ups {
		h := hours[u.Volunteer]
		own := w.Own != nil && u.ID == w.Own.ID
		if !w.Organise && (own || h == nil || h.State != Said && h.State != Seen) {
			continue
		}
		a := Attendance{SignUp: u, Name: cards[u.resident].Name, Hours: h}
		if h != nil {
			if h.Confirmations, err = confirmationsOf(tx, h.ID); err != nil {
				return err
			}
			for _, c := range h.Confirmations {
				a.Mine = a.Mine || by.Account != 0 && c.Account == by.Account || companion && c.Companion == w.Own.Volunteer
			}
		}
		w.People = append(w.People, a)
	}
	return nil
}

// A Work is what waits for who organises or supervises.
type Work struct {
	Hours   []WaitingHours // to confirm
	Appeals []WaitingHours // to decide
	Offers  []Offer        // to approve
}

// WaitingHours are hours that wait for somebody.
type WaitingHours struct {
	Hours Hours
	Task  Task
	Name  string // masked
}

// Work is what waits for the actor. It is Denied to who neither organises nor supervises
// anywhere.
func (s *Service) Work(ctx context.Context, by scope.Actor) (w Work, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		w = Work{}
		own, over := by.Scopes(organise, tx.Now()), by.Scopes(supervise, tx.Now())
		if by.Has("audit") {
			own, over = scope.All, scope.All
		}
		if len(own) == 0 && len(over) == 0 {
			return denied()
		}
		if w.Hours, err = s.waiting(tx, by, own, Said, Seen); err != nil {
			return err
		}
		if w.Appeals, err = s.waiting(tx, by, over, Appealed); err != nil {
			return err
		}
		os, err := offersFor(tx, s.city(), nil, over)
		for _, o := range os {
			if o.State == Proposed {
				w.Offers = append(w.Offers, o)
			}
		}
		return err
	})
	return w, err
}

func (s *Service) waiting(tx *sqldb.Tx, by scope.Actor, in scope.Scopes, states ...HoursState) (out []WaitingHours, err error) {
	hs, err := hoursWaiting(tx, in, states, 100)
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(hs))
	for i, h := range hs {
		ids[i] = h.resident
	}
	cards, err := s.names(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, h := range hs {
		t, err := loadTask(tx, h.Task, s.city())
		if err != nil {
			return nil, err
		}
		if h.Confirmations, err = confirmationsOf(tx, h.ID); err != nil {
			return nil, err
		}
		mine := false
		for _, c := range h.Confirmations {
			mine = mine || by.Account != 0 && c.Account == by.Account
		}
		if !mine {
			out = append(out, WaitingHours{h, t, cards[h.resident].Name})
		}
	}
	return out, nil
}

// A Shop is what a member has to do with points.
type Shop struct {
	Units  []id.ID
	Points int64 // that the town is to settle
	Offers []Offer
	Open   []Redemption // to be handed over; without who took them
	Done   []Redemption
}

// Shop is that of the actor's units; Denied to who offers nothing for any.
func (s *Service) Shop(ctx context.Context, by scope.Actor) (sh Shop, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		sh = Shop{Units: by.Units(offering, tx.Now())}
		if len(sh.Units) == 0 {
			return denied()
		}
		for _, u := range sh.Units {
			n, err := dueTo(tx, u)
			if err != nil {
				return err
			}
			sh.Points += n
		}
		if sh.Offers, err = offersFor(tx, s.city(), sh.Units, nil); err != nil {
			return err
		}
		if sh.Open, err = redemptionsAt(tx, sh.Units, Taken, 100); err != nil {
			return err
		}
		sh.Done, err = redemptionsAt(tx, sh.Units, HandedOver, 20)
		return err
	})
	return sh, err
}
