// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Giving gives a duty to every grid of a place.
type Giving struct {
	ID      id.ID
	Duty    id.ID
	Path    scope.Path
	GivenAt time.Time
	GivenBy string
	EndedAt time.Time
	EndedBy string
}

// admitted is the one sentence with which a duty that is not on the list is refused,
// whoever gives it and by whatever way.
func admitted(d Duty, now time.Time) error {
	if !d.At(DayOf(now)) {
		return errs.New(errs.Conflict, "duty.not_admitted", d.Name)
	}
	return nil
}

// Give gives an admitted duty to all grids of a place; 0 is the whole city. Needs handle
// in the department that proposed it, in that place, or admit in the city. It is
// Conflict if the duty is not admitted, or given there or above already.
func (s *Service) Give(ctx context.Context, by scope.Actor, duty, place id.ID) (d id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		d, err = s.give(tx, by, duty, place)
		return err
	})
	return d, err
}

func (s *Service) give(tx *sqldb.Tx, by scope.Actor, duty, place id.ID) (id.ID, error) {
	x, err := loadDuty(tx, duty)
	if err != nil {
		return 0, err
	}
	p, err := s.place(place)
	if err != nil {
		return 0, err
	}
	if err := s.mayGive(tx, by, x, p.Path); err != nil {
		return 0, err
	}
	if err := admitted(x, tx.Now()); err != nil {
		return 0, err
	}
	gs, err := givingsOf(tx, duty)
	if err != nil {
		return 0, err
	}
	for _, g := range gs {
		if g.EndedAt.IsZero() && scope.Of(g.Path).Contains(p.Path) {
			return 0, errs.New(errs.Conflict, "duty.given", x.Name)
		}
	}
	g := Giving{ID: tx.NewID(), Duty: duty, Path: p.Path, GivenAt: tx.Now(), GivenBy: by.Name}
	if err := insertGiving(tx, g); err != nil {
		return 0, err
	}
	return g.ID, note(tx, by, x, trail.Entry{Act: "give", To: string(x.State), For: p.Name.ZH})
}

func (s *Service) mayGive(tx *sqldb.Tx, by scope.Actor, x Duty, at scope.Path) error {
	if by.May(access.Admit, scope.Target{Path: s.cityPath(), At: tx.Now()}).OK {
		return nil
	}
	return refuse(tx, by, access.Handle, scope.Target{Path: at, Unit: x.Unit})
}

// TakeBack takes a giving back: the duty is not asked of the place any more. Who may
// give it may. It returns the duty.
func (s *Service) TakeBack(ctx context.Context, by scope.Actor, giving id.ID) (duty id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		g, err := loadGiving(tx, giving)
		if err != nil {
			return err
		}
		x, err := loadDuty(tx, g.Duty)
		if err != nil {
			return err
		}
		if err := s.mayGive(tx, by, x, g.Path); err != nil {
			return err
		}
		if !g.EndedAt.IsZero() {
			return errs.New(errs.Conflict, "duty.giving.ended")
		}
		if err := endGiving(tx, g.ID, by.Name); err != nil {
			return err
		}
		duty = x.ID
		return note(tx, by, x, trail.Entry{Act: "take_back", To: string(x.State)})
	})
	return duty, err
}

// A DutyFilter narrows the duty list.
type DutyFilter struct {
	State State // "" for all
	Unit  id.ID
}

// Whole is a duty with where it is given.
type Whole struct {
	Duty
	Givings []Giving
	Acts    []Act // what the actor may do to it
	MayGive bool
	MayRead bool // what was answered: see Answers
}

// ListDuties is the duty list 职责清单, which everybody may read: what is asked of grid
// workers, by whom, on what ground. At most 200, the newest first.
func (s *Service) ListDuties(ctx context.Context, _ scope.Actor, f DutyFilter) (ds []Duty, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ds, err = listDuties(tx, f)
		return err
	})
	return ds, err
}

// Duty is one duty with where it is given, for everybody; NotFound if there is none.
func (s *Service) Duty(ctx context.Context, by scope.Actor, d id.ID) (w Whole, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if w.Duty, err = loadDuty(tx, d); err != nil {
			return err
		}
		if w.Givings, err = givingsOf(tx, d); err != nil {
			return err
		}
		for _, m := range Flow.From(w.State) {
			may := s.MayAdmit(by)
			if m.Need == access.Handle {
				u, _ := s.orgs.Directory().Unit(w.Unit)
				may = refuse(tx, by, access.Handle, scope.Target{Path: u.Path, Unit: w.Unit}) == nil
			}
			if may {
				w.Acts = append(w.Acts, m.Act)
			}
		}
		u, _ := s.orgs.Directory().Unit(w.Unit)
		w.MayGive = w.At(DayOf(tx.Now())) && s.mayGive(tx, by, w.Duty, u.Path) == nil
		_, denied := s.mayReadAnswers(tx, by, w.Duty)
		w.MayRead = denied == nil
		return nil
	})
	return w, err
}
