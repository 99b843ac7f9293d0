// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An Offer is what a member gives for points.
type Offer struct {
	ID      id.ID
	State   OfferState
	Unit    id.ID
	Path    scope.Path
	Title   string
	Body    string
	Points  int64
	Stock   int
	Taken   int
	Until   time.Time
	Reason  string
	Version int
}

// Left is how many pieces there still are.
func (o Offer) Left() int { return o.Stock - o.Taken }

// Digest is the offer's canonical state for the trail; how many pieces were taken is
// no part of it.
func (o Offer) Digest() []byte {
	return trail.Digest("volunteer_offer/1", o.ID, string(o.State), o.Unit, o.Path[1], o.Path[2], o.Path[3], o.Path[4], o.Title, o.Body, o.Points, o.Stock, o.Until, o.Reason)
}

// Offering is what a member says of an offer.
type Offering struct {
	Title  string
	Body   string
	Points int
	Stock  int
	Until  time.Time
}

func (in *Offering) check(now time.Time) error {
	var faults errs.List
	in.Title, in.Body = strings.TrimSpace(in.Title), strings.TrimSpace(in.Body)
	if n := utf8.RuneCountInString(in.Title); n < 2 || n > 60 {
		faults.Add("title", "volunteers.offer.title")
	}
	if utf8.RuneCountInString(in.Body) > 500 {
		faults.Add("body", "volunteers.offer.body")
	}
	if in.Points < 1 || in.Points > 10000 {
		faults.Add("points", "volunteers.offer.points")
	}
	if in.Stock < 1 || in.Stock > 10000 {
		faults.Add("stock", "volunteers.offer.pieces")
	}
	if !in.Until.After(now) || in.Until.After(now.AddDate(2, 0, 0)) {
		faults.Add("until", "volunteers.offer.day")
	}
	return faults.Err()
}

// Offer proposes what a member gives for points: who holds its need in a unit, for that
// unit (else Denied). It can be had once somebody who supervises there approves it.
func (s *Service) Offer(ctx context.Context, by scope.Actor, in Offering) (o Offer, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		units := by.Units(offering, tx.Now())
		if len(units) == 0 {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		u, ok := s.orgs.Directory().Unit(units[0])
		if !ok {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		if err := in.check(tx.Now()); err != nil {
			return err
		}
		o = Offer{ID: tx.NewID(), State: Proposed, Unit: u.ID, Path: u.Path, Title: in.Title, Body: in.Body, Points: int64(in.Points), Stock: in.Stock, Until: in.Until, Version: 1}
		if err := insertOffer(tx, o); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "volunteer_offer", Record: o.ID, Act: "offer", To: string(Proposed), Digest: o.Digest()})
	})
	return o, err
}

// changeOffer is what every act on an offer goes through.
func (s *Service) changeOffer(ctx context.Context, by scope.Actor, d id.ID, act Act, do func(tx *sqldb.Tx, o *Offer) error) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		o, err := s.seeOffer(tx, by, d)
		if err != nil {
			return err
		}
		m, err := OfferFlow.Find(o.State, act)
		if err != nil {
			return moved("volunteer_offer", string(act), string(o.State))
		}
		if dec := s.mayOffer(by, o, m.Need, tx.Now()); !dec.OK {
			return errs.New(errs.Denied, dec.Key, dec.Args...)
		}
		was := o.State
		o.State = m.To
		if err := do(tx, &o); err != nil {
			return err
		}
		if err := saveOffer(tx, &o); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "volunteer_offer", Record: o.ID, Act: string(act), From: string(was), To: string(o.State), Digest: o.Digest()})
	})
}

func (s *Service) mayOffer(by scope.Actor, o Offer, need scope.Need, now time.Time) scope.Decision {
	t := scope.Target{Path: o.Path, At: now}
	if need == offering {
		t.Unit = o.Unit
	}
	return by.May(need, t)
}

// seeOffer is an offer that the actor may see: one that cannot be had is for its member
// and for those who supervise there.
func (s *Service) seeOffer(tx *sqldb.Tx, by scope.Actor, d id.ID) (Offer, error) {
	o, err := loadOffer(tx, d, s.city())
	if err != nil {
		return o, err
	}
	now := tx.Now()
	if o.State != OnOffer && o.State != Ended && o.State != Paused && !s.mayOffer(by, o, offering, now).OK && !s.mayOffer(by, o, supervise, now).OK && !by.Has("audit") {
		return o, errs.New(errs.NotFound, "volunteers.offer.none")
	}
	return o, nil
}

// MayOffer reports whether the actor may do an act to the offer as it stands.
func (s *Service) MayOffer(by scope.Actor, o Offer, act Act, now time.Time) bool {
	m, err := OfferFlow.Find(o.State, act)
	return err == nil && s.mayOffer(by, o, m.Need, now).OK
}

// GetOffer returns an offer that the actor may see; else it is NotFound.
func (s *Service) GetOffer(ctx context.Context, by scope.Actor, d id.ID) (o Offer, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		o, err = s.seeOffer(tx, by, d)
		return err
	})
	return o, err
}

// ListOffers are the offers that can be had; with all, those of the actor's units and
// of where they supervise too, whatever their state.
func (s *Service) ListOffers(ctx context.Context, by scope.Actor, all bool) (os []Offer, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if all {
			in := by.Scopes(supervise, tx.Now())
			if by.Has("audit") {
				in = scope.All
			}
			os, err = offersFor(tx, s.city(), by.Units(offering, tx.Now()), in)
			return err
		}
		os, err = listOffers(tx, s.city())
		return err
	})
	return os, err
}

// Amend says anew what is offered, until it is approved. Needs its need in the unit.
func (s *Service) Amend(ctx context.Context, by scope.Actor, d id.ID, in Offering) error {
	return s.changeOffer(ctx, by, d, Amend, func(tx *sqldb.Tx, o *Offer) error {
		if err := in.check(tx.Now()); err != nil {
			return err
		}
		o.Title, o.Body, o.Points, o.Stock, o.Until = in.Title, in.Body, int64(in.Points), in.Stock, in.Until
		return nil
	})
}

// Approve lets volunteers take of an offer. Needs to supervise where the member is.
func (s *Service) Approve(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeOffer(ctx, by, d, Approve, nothing)
}

func nothing(*sqldb.Tx, *Offer) error { return nil }

// Decline says that an offer does not come about, and why. Needs to supervise there.
func (s *Service) Decline(ctx context.Context, by scope.Actor, d id.ID, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := because(reason); err != nil {
		return err
	}
	return s.changeOffer(ctx, by, d, Decline, func(_ *sqldb.Tx, o *Offer) error {
		o.Reason = reason
		return nil
	})
}

// Pause stops an offer for a while; what was taken is handed over still. Needs its need
// in the unit.
func (s *Service) Pause(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeOffer(ctx, by, d, Pause, nothing)
}

// Resume goes on with it.
func (s *Service) Resume(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeOffer(ctx, by, d, Resume, nothing)
}

// End says that nothing more is given; what was taken is handed over still.
func (s *Service) End(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeOffer(ctx, by, d, End, nothing)
}
