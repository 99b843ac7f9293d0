// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Feed is a secret address at which a calendar reads what a counter, or all of a unit,
// has to do. It is read with the eyes of who made it, so it ends with their post.
type Feed struct {
	ID      id.ID
	Account id.ID
	Unit    id.ID
	Counter id.ID // 0: every counter of the unit, and its home visits
	Lang    i18n.Lang
	MadeAt  time.Time
}

// An Agenda is what somebody has to do at counters and at homes, by time.
type Agenda struct {
	Bookings []Seen
	Visits   []SeenVisit
}

// How much of time an agenda has, and how many of each.
const (
	agendaBefore = 7 * 24 * time.Hour
	agendaAfter  = 92 * 24 * time.Hour
	mostAgenda   = 1000
)

// NewFeed makes the actor's secret address for a counter, or for all of its unit, in
// place of an earlier one, which is good no more. The token is told this once. Those may
// who serve at the counter or keep it (else Denied).
func (s *Service) NewFeed(ctx context.Context, by scope.Actor, counter id.ID, whole bool, lang i18n.Lang) (token string, err error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", fmt.Errorf("chance: %w", err)
	}
	token = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
	hash, err := s.feedHash(token)
	if err != nil {
		return "", err
	}
	return token, s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		f, err := s.feedFor(tx, by, counter, whole)
		if err != nil {
			return err
		}
		if _, err := deleteFeed(tx, f); err != nil {
			return err
		}
		f.ID, f.Lang, f.MadeAt = tx.NewID(), lang, tx.Now()
		if err := insertFeed(tx, f, hash); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "desk_feed", Record: f.ID, Act: "make"})
	})
}

func (s *Service) feedHash(token string) ([]byte, error) { return s.Seal.Index("desk.feed", token) }

// feedFor is the address that the actor may have for a counter.
func (s *Service) feedFor(tx *sqldb.Tx, by scope.Actor, counter id.ID, whole bool) (f Feed, err error) {
	c, err := loadCounter(tx, counter)
	if err != nil {
		return f, err
	}
	if by.Kind != scope.Staff {
		return f, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	if allow(by, needDesk, c.Path, 0, tx.Now()) != nil {
		if err := mayKeep(by, c.Unit, c.Path, tx.Now()); err != nil {
			return f, err
		}
	}
	f = Feed{Account: by.Account, Unit: c.Unit, Counter: c.ID}
	if whole {
		f.Counter = 0
	}
	return f, nil
}

// EndFeed ends the actor's secret address; where there is none nothing changes.
func (s *Service) EndFeed(ctx context.Context, by scope.Actor, counter id.ID, whole bool) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		f, err := s.feedFor(tx, by, counter, whole)
		if err != nil {
			return err
		}
		was, ok, err := feedOf(tx, f)
		if err != nil || !ok {
			return err
		}
		if _, err := deleteFeed(tx, f); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "desk_feed", Record: was.ID, Act: "revoke"})
	})
}

// FeedsOf are the actor's addresses for a counter and for all of its unit, without their
// secrets; the zero one where there is none.
func (s *Service) FeedsOf(ctx context.Context, by scope.Actor, counter id.ID) (own, whole Feed, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		for _, of := range []struct {
			whole bool
			to    *Feed
		}{{false, &own}, {true, &whole}} {
			f, err := s.feedFor(tx, by, counter, of.whole)
			if err != nil {
				return err
			}
			if *of.to, _, err = feedOf(tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	return own, whole, err
}

// FeedBy is what is at a secret address, read with the eyes that who made it has now. It
// is NotFound if it is nobody's, and if they have left or may not look any more.
func (s *Service) FeedBy(ctx context.Context, token string) (f Feed, a Agenda, err error) {
	none := errs.New(errs.NotFound, "feeds.none")
	hash, err := s.feedHash(token)
	if err != nil {
		return f, a, err
	}
	ok := false
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		f, ok, err = feedByHash(tx, hash)
		return err
	}); err != nil {
		return f, a, err
	}
	if !ok {
		return f, a, none
	}
	who, err := s.Access.Get(ctx, f.Account)
	if errs.KindOf(err) == errs.NotFound || err == nil && who.Disabled {
		return f, a, none
	}
	if err != nil {
		return f, a, err
	}
	by, err := s.Access.ActorOf(ctx, f.Account)
	if err != nil {
		return f, a, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		a, ok, err = s.agendaOf(tx, by, f)
		return err
	})
	if err == nil && !ok {
		err = none
	}
	return f, a, err
}

// agendaOf is what an address shows; ok is false if the actor may look at no counter of
// it any more.
func (s *Service) agendaOf(tx *sqldb.Tx, by scope.Actor, f Feed) (a Agenda, ok bool, err error) {
	cs, err := listCounters(tx, f.Unit)
	if err != nil {
		return a, false, err
	}
	var counters []id.ID
	for _, c := range cs {
		if (f.Counter == 0 || f.Counter == c.ID) && mayWork(by, c, tx.Now()) == nil {
			counters = append(counters, c.ID)
		}
	}
	if len(counters) == 0 {
		return a, false, nil
	}
	from, until := tx.Now().Add(-agendaBefore), tx.Now().Add(agendaAfter)
	bs, err := listAgenda(tx, counters, from, until)
	if err != nil {
		return a, false, err
	}
	if a.Bookings, err = s.seenAll(tx, by, bs); err != nil || f.Counter != 0 {
		return a, true, err
	}
	vs, err := arrangedBy(tx, f.Unit, from, until)
	if err != nil {
		return a, false, err
	}
	xs, err := s.seenVisits(tx, by, vs)
	for _, x := range xs {
		if x.Inside {
			a.Visits = append(a.Visits, x)
		}
	}
	return a, true, err
}

// OwnAgenda is what the actor has to do themselves: staff the bookings of a counter that
// is theirs and the home visits that they make; a resident what they booked, and what
// comes to their home.
func (s *Service) OwnAgenda(ctx context.Context, by scope.Actor) (a Agenda, err error) {
	if by.Kind != scope.Staff {
		bs, err := s.Mine(ctx, by, 50)
		if err != nil {
			return a, err
		}
		xs, err := s.MyVisits(ctx, by, 50)
		for _, b := range bs {
			if b.State == Booked || b.State == Offered {
				a.Bookings = append(a.Bookings, b)
			}
		}
		for _, x := range xs {
			if x.State == Arranged {
				a.Visits = append(a.Visits, x)
			}
		}
		return a, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		from, until := tx.Now().Add(-agendaBefore), tx.Now().Add(agendaAfter)
		var counters []id.ID
		for _, h := range s.Orgs.Directory().HeldBy(by.Account, tx.Now()) {
			cs, err := listCounters(tx, h.Unit.ID)
			if err != nil {
				return err
			}
			for _, c := range cs {
				if c.Officer == by.Account {
					counters = append(counters, c.ID)
				}
			}
		}
		bs, err := listAgenda(tx, counters, from, until)
		if err != nil {
			return err
		}
		if a.Bookings, err = s.seenAll(tx, by, bs); err != nil {
			return err
		}
		vs, err := arrangedFor(tx, by.Account, from, until)
		if err != nil {
			return err
		}
		a.Visits, err = s.seenVisits(tx, by, vs)
		return err
	})
	return a, err
}
