// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// visitNeed is why somebody is visited: private, and read only by who visits.
var visitNeed = seal.Column{Table: "patrol_visit", Name: "need_sealed"}

// An Agreeing is what is agreed with somebody about being visited.
type Agreeing struct {
	Resident id.ID // 0: found by Phone and Name, which they say
	Phone    string
	Name     string
	Grid     id.ID // where they live
	Duty     id.ID
	Every    int // days
	Need     NeedKind
	Consent  Consent
}

// mostEvery is the longest interval of visits, in days.
const mostEvery = 92

// Agree writes down that somebody wants to be visited, or consents to a rule that says so:
// by which duty, how often, and how they consented. Needs arrange or patrol in the grid. It
// is Conflict if the duty is not admitted (as for Give), or if they are visited by it
// already.
func (s *Service) Agree(ctx context.Context, by scope.Actor, in Agreeing) (d id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		d, err = s.agree(tx, by, in)
		return err
	})
	return d, err
}

func (s *Service) agree(tx *sqldb.Tx, by scope.Actor, in Agreeing) (id.ID, error) {
	g, ok := s.places.Tree().Get(in.Grid)
	if !ok || !g.Open() || g.Path[scope.Grid] != g.ID {
		return 0, errs.At("grid", "patrol.grid.none")
	}
	if err := s.mayVisit(tx, by, g.Path); err != nil {
		return 0, err
	}
	duty, err := loadDuty(tx, in.Duty)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return 0, errs.At("duty", "duty.none")
	} else if err != nil {
		return 0, err
	}
	if err := admitted(duty, tx.Now()); err != nil {
		return 0, err
	}
	var l errs.List
	if duty.Kind != AtHome {
		l.Add("duty", "patrol.visit.duty")
	}
	if in.Every < 1 || in.Every > mostEvery {
		l.Add("every", "patrol.visit.every", mostEvery)
	}
	if !slices.Contains(NeedKinds, in.Need) {
		l.Add("need", "patrol.visit.need")
	}
	if !slices.Contains(Consents, in.Consent) {
		l.Add("consent", "patrol.visit.consent")
	}
	who, err := s.agreeing(tx, by, &in)
	switch {
	case errs.KindOf(err) == errs.NotFound && err != nil, err == nil && who.Forgotten():
		l.Add("resident", "patrol.visit.resident")
	case err != nil:
		return 0, err
	case who.Place[scope.Village] != g.Path[scope.Village]:
		l.Add("resident", "patrol.visit.elsewhere")
	}
	if err := l.Err(); err != nil {
		return 0, err
	}
	vs, err := visitsOf(tx, in.Resident)
	if err != nil {
		return 0, err
	}
	for _, v := range vs {
		if v.EndedAt.IsZero() && v.Duty == duty.ID {
			return 0, errs.New(errs.Conflict, "patrol.visit.already", duty.Name)
		}
	}
	v := Visit{ID: tx.NewID(), Resident: in.Resident, Path: g.Path, Duty: duty.ID, Every: in.Every, Consent: in.Consent,
		AgreedAt: tx.Now(), AgreedBy: by.Name, Since: SlotAt(tx.Now()) + 1, Version: 1}
	year := tx.Now().In(when.Zone).Year()
	n, err := tx.Next(fmt.Sprintf("visit:%d", year))
	if err != nil {
		return 0, err
	}
	v.Number = fmt.Sprintf("V-%d-%05d", year, n)
	if v.need, err = s.seal.Seal(visitNeed, v.ID, seal.NewText(string(in.Need))); err != nil {
		return 0, err
	}
	if err := insertVisit(tx, v); err != nil {
		return 0, err
	}
	return v.ID, trail.Append(tx, by, trail.Entry{Noun: "patrol_visit", Record: v.ID, Act: "agree", For: "a resident", Note: v.Number, Digest: v.digest()})
}

// agreeing is the resident with whom it is agreed: by number, or by telephone and name.
func (s *Service) agreeing(tx *sqldb.Tx, by scope.Actor, in *Agreeing) (people.Resident, error) {
	if in.Resident == 0 {
		r, err := s.people.FindToVisit(tx, by, in.Phone, in.Name)
		in.Resident = r.ID
		return r, err
	}
	return s.people.GetIn(tx, in.Resident)
}

func (v Visit) digest() []byte {
	return trail.Digest("visit/2", v.ID, v.Number, v.Resident, whole(v.Path), v.Duty, v.Every, v.need, string(v.Consent), v.AgreedAt, v.AgreedBy, int64(v.Since), v.EndedAt, v.EndedBy, v.EndedWhy)
}

// mayVisit is nil for who walks the place or arranges its grid work.
func (s *Service) mayVisit(tx *sqldb.Tx, by scope.Actor, at scope.Path) error {
	t := scope.Target{Path: at, At: tx.Now()}
	if by.Kind == scope.System || by.May(access.Patrol, t).OK {
		return nil
	}
	return refuse(tx, by, access.Arrange, t)
}

// EndVisit ends an agreement at any time: whoever is visited may, without a reason, and
// who visits or arranges it, with one.
func (s *Service) EndVisit(ctx context.Context, by scope.Actor, visit id.ID, why string) error {
	why = strings.TrimSpace(why)
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		v, err := loadVisit(tx, visit)
		if err != nil {
			return err
		}
		self := by.Resident != 0 && by.Resident == v.Resident
		if !self {
			if err := s.mayVisit(tx, by, v.Path); err != nil {
				return err
			}
			var l errs.List
			if between(&l, "words", why, minWords, MaxWhat); len(l) > 0 {
				return l.Err()
			}
		}
		if !v.EndedAt.IsZero() {
			return errs.New(errs.Conflict, "patrol.visit.ended")
		}
		v.EndedAt, v.EndedWhy = tx.Now(), why
		if !self {
			v.EndedBy = by.Name
		}
		if err := endVisit(tx, v); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_visit", Record: v.ID, Act: "end", Note: v.Number, Digest: v.digest()})
	})
}

// A Known is what may be known of a home on a visit.
type Known struct {
	Visit Visit
	Duty  Duty
	Need  NeedKind
	Facts people.Revealed // only those that the duty names
}

// Look shows of a home what the duty of its visit names, and nothing else, for who walks
// there. Each look is in the trail, and on the page of who is visited. It is Conflict if
// the agreement has ended, or the duty is not admitted any more.
func (s *Service) Look(ctx context.Context, by scope.Actor, visit id.ID) (k Known, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if k.Visit, err = loadVisit(tx, visit); err != nil {
			return err
		}
		if err := refuse(tx, by, access.Patrol, scope.Target{Path: k.Visit.Path}); err != nil {
			return err
		}
		if !k.Visit.EndedAt.IsZero() {
			return errs.New(errs.Conflict, "patrol.visit.ended")
		}
		if k.Duty, err = loadDuty(tx, k.Visit.Duty); err != nil {
			return err
		}
		return admitted(k.Duty, tx.Now())
	})
	if err != nil {
		return Known{}, err
	}
	if len(k.Duty.Reads) > 0 {
		k.Facts, err = s.people.RevealAgreed(ctx, by, people.Request{Of: people.OfResident(k.Visit.Resident), Fields: k.Duty.Reads, About: k.Visit.Number, Why: k.Duty.Name.ZH}, k.Visit.Path)
		if err != nil {
			return Known{}, err
		}
	}
	need, err := s.seal.Open(visitNeed, k.Visit.ID, k.Visit.need)
	if err != nil {
		return Known{}, err
	}
	k.Need = NeedKind(need.Plain())
	return k, nil
}

// ListVisits are the agreements of a grid, without a name, for who walks or arranges
// there; ended ones too, the newest first, at most 200.
func (s *Service) ListVisits(ctx context.Context, by scope.Actor, grid id.ID) (vs []Visit, err error) {
	g, ok := s.places.Tree().Get(grid)
	if !ok || g.Path[scope.Grid] != g.ID {
		return nil, errs.New(errs.NotFound, "patrol.grid.none")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.mayVisit(tx, by, g.Path); err != nil {
			return err
		}
		vs, err = listVisits(tx, grid)
		return err
	})
	return vs, err
}

// VisitsOf are the agreements with the actor themselves: a resident sees and ends them.
func (s *Service) VisitsOf(ctx context.Context, by scope.Actor) (vs []Visit, err error) {
	if by.Resident == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		vs, err = visitsOf(tx, by.Resident)
		return err
	})
	return vs, err
}
