// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Service carries out the work of the grids.
type Service struct {
	db      *sqldb.DB
	places  *places.Service
	orgs    *orgs.Service
	people  *people.Service
	matters *matters.Service
	letters *letters.Service
	seal    *seal.Box
	bus     *bus.Bus
}

// Needs are the services below this one.
type Needs struct {
	DB      *sqldb.DB
	Places  *places.Service
	Orgs    *orgs.Service
	People  *people.Service
	Matters *matters.Service
	Letters *letters.Service // nil: nobody is written to
	Seal    *seal.Box
	Bus     *bus.Bus
}

// New returns the service.
func New(n Needs) *Service {
	return &Service{db: n.DB, places: n.Places, orgs: n.Orgs, people: n.People, matters: n.Matters, letters: n.Letters, seal: n.Seal, bus: n.Bus}
}

// refuse is nil if the actor holds the need there.
func refuse(tx *sqldb.Tx, by scope.Actor, need scope.Need, t scope.Target) error {
	t.At = tx.Now()
	if d := by.May(need, t); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// place is an open place by its number; 0 is the city.
func (s *Service) place(d id.ID) (places.Place, error) {
	tree := s.places.Tree()
	if d == 0 {
		city, _ := tree.City()
		return city, nil
	}
	p, ok := tree.Get(d)
	if !ok || !p.Open() {
		return p, errs.At("place", "patrol.place.none")
	}
	return p, nil
}

func (s *Service) city() id.ID {
	city, _ := s.places.Tree().City()
	return city.ID
}

// departments are the kinds of units that may propose duties: those of the city and of
// streets, not committees, and nobody outside.
func department(u orgs.Unit) bool {
	switch u.Kind {
	case orgs.City, orgs.Bureau, orgs.Street, orgs.Centre, orgs.Station:
		return u.Active
	case orgs.Committee, orgs.Company, orgs.Outside:
		return false
	}
	return false
}

// Departments are the units for which the actor may propose duties.
func (s *Service) Departments(by scope.Actor) []orgs.Unit {
	var us []orgs.Unit
	dir := s.orgs.Directory()
	for _, d := range by.Units(access.Handle, s.db.Now()) {
		if u, ok := dir.Unit(d); ok && department(u) {
			us = append(us, u)
		}
	}
	return us
}

// MayAdmit reports whether the actor decides for the city which duties there are.
func (s *Service) MayAdmit(by scope.Actor) bool {
	return by.May(access.Admit, scope.Target{Path: s.cityPath(), At: s.db.Now()}).OK
}

func (s *Service) cityPath() (p scope.Path) {
	p[scope.City] = s.city()
	return p
}

// Propose writes down a duty that a department wants done, for the city to decide. Needs
// handle in the department. It is Invalid, with the fields, if something is missing.
func (s *Service) Propose(ctx context.Context, by scope.Actor, d Duty) (fresh id.ID, err error) {
	checked := d.check()
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		u, ok := s.orgs.Directory().Unit(d.Unit)
		if !ok || !department(u) {
			return errs.At("unit", "duty.unit.wrong")
		}
		if err := refuse(tx, by, access.Handle, scope.Target{Path: u.Path, Unit: u.ID}); err != nil {
			return err
		}
		if checked != nil {
			return checked
		}
		d.ID, d.State, d.ProposedAt, d.ProposedBy, d.Version = tx.NewID(), Proposed, tx.Now(), by.Name, 1
		d.DecidedBy, d.Reason, d.Until = "", "", 0
		fresh = d.ID
		if err := insertDuty(tx, d); err != nil {
			return err
		}
		return note(tx, by, d, trail.Entry{Act: "propose", To: string(Proposed), Note: d.Name.ZH})
	})
	return fresh, err
}

// change is the one door through which a duty changes.
func (s *Service) change(ctx context.Context, by scope.Actor, d id.ID, act Act, rule func(tx *sqldb.Tx, x *Duty) error) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.changeIn(tx, by, d, act, rule) })
}

func (s *Service) changeIn(tx *sqldb.Tx, by scope.Actor, d id.ID, act Act, rule func(tx *sqldb.Tx, x *Duty) error) error {
	x, err := loadDuty(tx, d)
	if err != nil {
		return err
	}
	need, target := access.Admit, scope.Target{Path: s.cityPath()}
	if act == Withdraw {
		u, _ := s.orgs.Directory().Unit(x.Unit)
		need, target = access.Handle, scope.Target{Path: u.Path, Unit: x.Unit}
	}
	if err := refuse(tx, by, need, target); err != nil {
		return err
	}
	move, err := Flow.Find(x.State, act)
	if err != nil {
		return errs.New(errs.Conflict, "duty.move", x.Name)
	}
	from := x.State
	if err := rule(tx, &x); err != nil {
		return err
	}
	x.State = move.To
	if err := saveDuty(tx, &x); err != nil {
		return err
	}
	return note(tx, by, x, trail.Entry{Act: string(act), From: string(from), To: string(x.State)})
}

// reasoned holds the words of a decision against their limits.
func reasoned(words string) (string, error) {
	words = strings.TrimSpace(words)
	var l errs.List
	between(&l, "words", words, minWords, MaxWhat)
	return words, l.Err()
}

func decided(tx *sqldb.Tx, by scope.Actor, x *Duty, words string) {
	x.DecidedAt, x.DecidedBy, x.Reason = tx.Now(), by.Name, words
}

// Admit puts a duty on the list: from now on it may be given. Needs admit in the city,
// and the reason in words.
func (s *Service) Admit(ctx context.Context, by scope.Actor, d id.ID, words string) error {
	words, err := reasoned(words)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Admit, func(tx *sqldb.Tx, x *Duty) error {
		decided(tx, by, x, words)
		x.Until = 0
		return nil
	})
}

// longest is for how many days a duty may be admitted until a day.
const longest = 366

// AdmitUntil puts a duty on the list until a day, the first without it: what is asked
// for once, in a season or in an emergency. Needs admit in the city.
func (s *Service) AdmitUntil(ctx context.Context, by scope.Actor, d id.ID, until Day, words string) error {
	words, err := reasoned(words)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, AdmitUntil, func(tx *sqldb.Tx, x *Duty) error {
		if today := DayOf(tx.Now()); until <= today || until > today+longest {
			return errs.At("until", "duty.until.wrong", longest)
		}
		decided(tx, by, x, words)
		x.Until = until
		return nil
	})
}

// Refuse decides that grid workers are not to do it. Needs admit in the city.
func (s *Service) Refuse(ctx context.Context, by scope.Actor, d id.ID, words string) error {
	words, err := reasoned(words)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Refuse, func(tx *sqldb.Tx, x *Duty) error {
		decided(tx, by, x, words)
		return nil
	})
}

// Withdraw takes back a proposal that is not decided. Needs handle in its department.
func (s *Service) Withdraw(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, Withdraw, func(*sqldb.Tx, *Duty) error { return nil })
}

// End takes a duty off the list: it is asked of nobody any more, and no visit follows it
// any more. Needs admit in the city.
func (s *Service) End(ctx context.Context, by scope.Actor, d id.ID, words string) error {
	words, err := reasoned(words)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, End, func(tx *sqldb.Tx, x *Duty) error { return s.ending(tx, by, x, words) })
}

func (s *Service) ending(tx *sqldb.Tx, by scope.Actor, x *Duty, words string) error {
	decided(tx, by, x, words)
	x.EndedAt = tx.Now()
	if err := endGivings(tx, x.ID, by.Name); err != nil {
		return err
	}
	return nil
}

// EndLimited ends the duties whose day has come, at most so many, and says how many.
func (s *Service) EndLimited(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("patrol")
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		ds, err := overdue(tx, DayOf(tx.Now()), most)
		if err != nil {
			return err
		}
		n = len(ds)
		for _, d := range ds {
			if err := s.changeIn(tx, by, d, End, func(tx *sqldb.Tx, x *Duty) error {
				x.EndedAt = tx.Now()
				return endGivings(tx, x.ID, by.Name)
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
