// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An AppealState says whether an appeal is decided.
type AppealState string

// The states of an appeal.
const (
	Lodged    AppealState = "lodged"    // somebody who arranges the grid's work is to decide
	Granted   AppealState = "granted"   // what is appealed against does not count
	Dismissed AppealState = "dismissed" // it counts
)

// An AppealAct is something done to an appeal.
type AppealAct string

// The acts.
const (
	Grant   AppealAct = "grant"
	Dismiss AppealAct = "dismiss"
)

// AppealFlow is the life of an appeal against a stop that counts as missed, or a report that
// counts as not seen. It is decided once, by a second person.
var AppealFlow = flow.New("patrol_appeal", Lodged,
	flow.On(Lodged, Grant, Granted, access.Arrange),
	flow.On(Lodged, Dismiss, Dismissed, access.Arrange),
)

// An Appeal says why something should not count.
type Appeal struct {
	ID        id.ID
	State     AppealState
	Path      scope.Path
	Slot      Slot  // of a stop that was missed
	Point     id.ID // the stop
	Visit     id.ID
	Matter    id.ID // of a report that was not seen
	Account   id.ID // who appeals
	Actor     string
	Words     string
	LodgedAt  time.Time
	DecidedBy string
	DecidedAt time.Time
	Reason    string
}

// An Against names what is appealed against: a missed stop, or a matter that counts as
// one that a round should have seen.
type Against struct {
	Grid   id.ID
	Slot   Slot
	Point  id.ID
	Visit  id.ID
	Matter id.ID
}

// Appeal says why a missed stop, or an unseen report, should not count: the gate was locked,
// the thing broke after the round. Who walks the grid may, for five weeks. It is Conflict if
// it is appealed against already, NotFound if it was not missed.
func (s *Service) Appeal(ctx context.Context, by scope.Actor, in Against, words string) (d id.ID, err error) {
	words, err = reasoned(words)
	if err != nil {
		return 0, err
	}
	g, ok := s.places.Tree().Get(in.Grid)
	if !ok || g.Path[scope.Grid] != g.ID {
		return 0, errs.New(errs.NotFound, "patrol.grid.none")
	}
	if in.Matter != 0 {
		now := SlotAt(s.db.Now())
		ms, err := s.Misses(ctx, by, Span{In: scope.Of(g.Path), From: now - mostSpan + 1, To: now + 1})
		if err != nil {
			return 0, err
		}
		found := false
		for _, m := range ms {
			found = found || m.Matter == in.Matter
		}
		if !found {
			return 0, errs.New(errs.NotFound, "patrol.appeal.none")
		}
		in.Slot, in.Point, in.Visit = 0, 0, 0
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := refuse(tx, by, access.Patrol, scope.Target{Path: g.Path}); err != nil {
			return err
		}
		if in.Matter == 0 {
			if err := wasMissed(tx, in); err != nil {
				return err
			}
		}
		if had, err := appealedAgainst(tx, in); err != nil || had {
			if err == nil {
				err = errs.New(errs.Conflict, "patrol.appeal.again")
			}
			return err
		}
		a := Appeal{ID: tx.NewID(), State: Lodged, Path: g.Path, Slot: in.Slot, Point: in.Point, Visit: in.Visit, Matter: in.Matter, Account: by.Account, Actor: by.Name, Words: words, LodgedAt: tx.Now()}
		d = a.ID
		if err := insertAppeal(tx, a); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_appeal", Record: a.ID, Act: "appeal", To: string(Lodged), Digest: a.digest()})
	})
	return d, err
}

// wasMissed is nil if the stop was due, its window is over and it was not covered.
func wasMissed(tx *sqldb.Tx, in Against) error {
	none := errs.New(errs.NotFound, "patrol.appeal.none")
	r, ok, err := roundOf(tx, in.Grid, in.Slot)
	if err != nil {
		return err
	}
	if !ok || !r.Over(tx.Now()) || in.Slot < SlotAt(tx.Now())-mostSpan {
		return none
	}
	es, err := entriesOf(tx, in.Grid, in.Slot)
	if err != nil {
		return err
	}
	for _, m := range Cover(r, es).Missed {
		if m.Point == in.Point && m.Visit == in.Visit {
			return nil
		}
	}
	return none
}

// Grant decides that what is appealed against does not count. Needs arrange in the grid; who
// appealed may not decide.
func (s *Service) Grant(ctx context.Context, by scope.Actor, d id.ID, words string) error {
	return s.decideAppeal(ctx, by, d, Grant, words)
}

// Dismiss decides that it counts. As for Grant.
func (s *Service) Dismiss(ctx context.Context, by scope.Actor, d id.ID, words string) error {
	return s.decideAppeal(ctx, by, d, Dismiss, words)
}

func (s *Service) decideAppeal(ctx context.Context, by scope.Actor, d id.ID, act AppealAct, words string) error {
	words, err := reasoned(strings.TrimSpace(words))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		a, err := loadAppeal(tx, d)
		if err != nil {
			return err
		}
		if err := refuse(tx, by, access.Arrange, scope.Target{Path: a.Path}); err != nil {
			return err
		}
		if by.Account == a.Account {
			return errs.New(errs.Denied, "patrol.appeal.self")
		}
		move, err := AppealFlow.Find(a.State, act)
		if err != nil {
			return errs.New(errs.Conflict, "patrol.appeal.decided", a.DecidedBy)
		}
		from := a.State
		a.State, a.DecidedBy, a.DecidedAt, a.Reason = move.To, by.Name, tx.Now(), words
		if err := saveAppeal(tx, a); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_appeal", Record: a.ID, Act: string(act), From: string(from), To: string(a.State), Digest: a.digest()})
	})
}

func (a Appeal) digest() []byte {
	return trail.Digest("appeal/2", a.ID, string(a.State), whole(a.Path), int64(a.Slot), a.Point, a.Visit, a.Matter, a.Account, a.Actor, a.Words, a.LodgedAt, a.DecidedBy, a.DecidedAt, a.Reason)
}

// ListAppeals are those of a part of the town, the newest first, at most 200, for who sees
// the rounds there.
func (s *Service) ListAppeals(ctx context.Context, by scope.Actor, in scope.Scope) (as []Appeal, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		where, err := s.sight(tx, by, in)
		if err != nil {
			return err
		}
		as, err = listAppeals(tx, where)
		return err
	})
	return as, err
}
