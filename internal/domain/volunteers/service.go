// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Service carries out what people do about volunteering.
type Service struct {
	db      *sqldb.DB
	places  *places.Service
	orgs    *orgs.Service
	people  *people.Service
	letters *letters.Service
	matters *matters.Service
	box     *seal.Box
}

// Needs are the services below this one.
type Needs struct {
	DB      *sqldb.DB
	Places  *places.Service
	Orgs    *orgs.Service
	People  *people.Service
	Letters *letters.Service // nil: nobody is written to
	Matters *matters.Service
	Seal    *seal.Box
}

// New returns the service.
func New(n Needs) *Service {
	return &Service{db: n.DB, places: n.Places, orgs: n.Orgs, people: n.People, letters: n.Letters, matters: n.Matters, box: n.Seal}
}

func (s *Service) city() id.ID {
	city, _ := s.places.Tree().City() // 0 before the town has places
	return city.ID
}

// A person is whose behalf an act is done on: the actor's own, or that of a resident
// whom the actor serves.
type person struct {
	resident people.Resident
	behalf   string // "" for oneself
}

// person finds out for whom the actor acts: for themselves, if of is 0 and they are a
// resident (else Denied); else for the resident of, whom they serve at a desk or
// whose neighbourhood they organise (else Denied).
func (s *Service) person(ctx context.Context, by scope.Actor, of id.ID) (p person, err error) {
	if of == 0 || of == by.Resident {
		if by.Resident == 0 {
			return p, errs.New(errs.Denied, "volunteers.residents")
		}
		p.resident, err = s.people.Get(ctx, by.Resident)
		return p, err
	}
	if p.resident, err = s.people.Get(ctx, of); err != nil {
		return p, err
	}
	if p.resident.Forgotten() {
		return p, errs.New(errs.NotFound, "people.none")
	}
	p.behalf = "resident"
	if by.Kind == scope.System {
		return p, nil
	}
	t := scope.Target{Path: p.resident.Place, At: s.db.Now()}
	if d := by.May("desk", t); !d.OK && !by.May(organise, t).OK {
		return p, errs.New(errs.Denied, d.Key, d.Args...)
	}
	return p, nil
}

// A Volunteer is a resident who helps.
type Volunteer struct {
	ID       id.ID
	Resident id.ID
	State    State
	Path     scope.Path
	Reports  bool // what they report, and was put right, earns
	Shown    bool // their honours are shown
	JoinedAt time.Time
	JoinedBy id.ID // the account at the desk, 0 if they did
	LeftAt   time.Time
	Told     Quarter // the last statement they were told of
	Version  int
}

// Digest is the volunteer's canonical state for the trail.
func (v Volunteer) Digest() []byte {
	return trail.Digest("volunteer/1", v.ID, v.Resident, string(v.State), v.Path[1], v.Path[2], v.Path[3], v.Path[4], v.Reports, v.Shown, v.JoinedAt, v.JoinedBy, v.LeftAt)
}

// Joining is what somebody says when they become a volunteer.
type Joining struct {
	For     id.ID // the resident, if somebody at the desk does it for them; 0: oneself
	Reports bool
	Shown   bool
}

// Join makes a resident a volunteer. It is a Conflict if they are one, or were: who
// comes back rejoins.
func (s *Service) Join(ctx context.Context, by scope.Actor, in Joining) (v Volunteer, err error) {
	p, err := s.person(ctx, by, in.For)
	if err != nil {
		return v, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if _, err := volunteerOf(tx, p.resident.ID, s.city()); err == nil {
			return errs.New(errs.Conflict, "volunteers.already")
		} else if errs.KindOf(err) != errs.NotFound {
			return err
		}
		v = Volunteer{ID: tx.NewID(), Resident: p.resident.ID, State: Active, Path: p.resident.Place, Reports: in.Reports, Shown: in.Shown, JoinedAt: tx.Now(), Version: 1, Told: QuarterOf(tx.Now()).before()}
		if p.behalf != "" {
			v.JoinedBy = by.Account
		}
		if err := insertVolunteer(tx, v); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "volunteer", Record: v.ID, Act: "join", To: string(Active), For: p.behalf, Digest: v.Digest()})
	})
	return v, err
}

// change is what every act on a volunteer goes through.
func (s *Service) change(ctx context.Context, by scope.Actor, of id.ID, act Act, do func(tx *sqldb.Tx, v *Volunteer) error) error {
	p, err := s.person(ctx, by, of)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		v, err := volunteerOf(tx, p.resident.ID, s.city())
		if err != nil {
			return err
		}
		return s.changeIn(tx, by, v, act, p.behalf, do)
	})
}

func (s *Service) changeIn(tx *sqldb.Tx, by scope.Actor, v Volunteer, act Act, behalf string, do func(tx *sqldb.Tx, v *Volunteer) error) error {
	was := v.State
	if act != chooseAct {
		m, err := Flow.Find(v.State, act)
		if err != nil {
			return moved("volunteer", string(act), string(v.State))
		}
		v.State = m.To
	}
	if err := do(tx, &v); err != nil {
		return err
	}
	if err := saveVolunteer(tx, v); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "volunteer", Record: v.ID, Act: string(act), From: string(was), To: string(v.State), For: behalf, Digest: v.Digest()})
}

// chooseAct moves nothing.
const chooseAct Act = "choose"

// Choose says whether what somebody reports is to earn, and whether their honours are
// shown. It needs to be the volunteer, or the desk for them.
func (s *Service) Choose(ctx context.Context, by scope.Actor, in Joining) error {
	return s.change(ctx, by, in.For, chooseAct, func(_ *sqldb.Tx, v *Volunteer) error {
		if v.State != Active {
			return errs.New(errs.Conflict, "volunteers.none")
		}
		v.Reports, v.Shown = in.Reports, in.Shown
		return nil
	})
}

// Leaving is what somebody says who leaves.
type Leaving struct {
	For      id.ID
	GiveBack bool // points go back to the pot
	Keep     bool // honours are kept; else they are deleted
}

// Leave ends being a volunteer. Who has points spends them first or gives them back:
// Invalid beside "give_back". Their places in tasks to come are free again, and what
// is still open about them ends. It needs to be the volunteer, or the desk for them.
func (s *Service) Leave(ctx context.Context, by scope.Actor, in Leaving) error {
	return s.change(ctx, by, in.For, Leave, s.leaving(by, in))
}

func (s *Service) leaving(by scope.Actor, in Leaving) func(tx *sqldb.Tx, v *Volunteer) error {
	return func(tx *sqldb.Tx, v *Volunteer) error {
		n, err := balanceOf(tx, kindVolunteer, v.ID)
		if err != nil {
			return err
		}
		if n > 0 && !in.GiveBack {
			return errs.At("give_back", "volunteers.leave.points", n)
		}
		if n > 0 {
			if _, err := post(tx, by, Entry{Act: GiveBack, Points: n}, volunteerAccount(v.ID), s.pot(v.Path)); err != nil {
				return err
			}
		}
		if !in.Keep {
			gone, err := dropHonours(tx, v.ID)
			if err != nil {
				return err
			}
			lines := make([]trail.Entry, len(gone))
			for i, d := range gone {
				lines[i] = trail.Entry{Noun: "volunteer_honour", Record: d, Act: "forget", Digest: trail.Gone()}
			}
			if err := trail.AppendAll(tx, by, lines); err != nil {
				return err
			}
		}
		if err := dropClaims(tx, v.ID); err != nil {
			return err
		}
		ups, err := signUpsToCome(tx, v.ID)
		if err != nil {
			return err
		}
		for _, u := range ups {
			if err := s.moveSignUp(tx, by, u, Withdraw); err != nil {
				return err
			}
		}
		v.LeftAt = tx.Now()
		return nil
	}
}

// Rejoin makes somebody who left a volunteer again. It needs to be them, or the desk
// for them.
func (s *Service) Rejoin(ctx context.Context, by scope.Actor, of id.ID) error {
	return s.change(ctx, by, of, Rejoin, func(tx *sqldb.Tx, v *Volunteer) error {
		v.LeftAt, v.JoinedAt = time.Time{}, tx.Now()
		v.Told = max(v.Told, QuarterOf(tx.Now()).before())
		return nil
	})
}

// active is the volunteer that a resident is.
func (s *Service) active(tx *sqldb.Tx, resident id.ID) (Volunteer, error) {
	v, err := volunteerOf(tx, resident, s.city())
	if err == nil && v.State != Active {
		err = errs.New(errs.NotFound, "volunteers.none")
	}
	return v, err
}
