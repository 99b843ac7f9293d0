// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Where is a point or a home: one of the two.
type Where struct{ Point, Visit id.ID }

// An AtStop is what who stands at a point, or before a home, has to know.
type AtStop struct {
	Path   scope.Path
	Point  Point
	Visit  Visit
	Duties []Duty  // that are done there, whether they are due or not
	Due    []id.ID // those of the present round that are not done yet
	Slot   Slot
	Merges []Merge // that hold
	Story  []Entry // what was entered there before, the newest first
}

// Stop is what there is to do at a point or in a home now, for who walks there. It is
// Conflict if the point or the agreement has ended.
func (s *Service) Stop(ctx context.Context, by scope.Actor, at Where) (x AtStop, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if at.Point != 0 {
			if x.Point, err = loadPoint(tx, at.Point); err != nil {
				return err
			}
			x.Path = x.Point.Path
		} else {
			if x.Visit, err = loadVisit(tx, at.Visit); err != nil {
				return err
			}
			x.Path = x.Visit.Path
		}
		if err := refuse(tx, by, access.Patrol, scope.Target{Path: x.Path}); err != nil {
			return err
		}
		switch {
		case !x.Point.EndedAt.IsZero():
			return errs.New(errs.Conflict, "patrol.point.ended")
		case !x.Visit.EndedAt.IsZero():
			return errs.New(errs.Conflict, "patrol.visit.ended")
		}
		return s.stop(tx, &x, at)
	})
	return x, err
}

// Asked are the fields of a duty that are asked here now.
func (x AtStop) Asked(d Duty) []Field { return AskedAt(d, x.Due, x.Point.Done, x.Slot, x.Merges) }

func (s *Service) stop(tx *sqldb.Tx, x *AtStop, at Where) error {
	slot := SlotAt(tx.Now())
	x.Slot = slot
	all, err := s.gather(tx, slot, x.Path[scope.Grid], nil, nil)
	if err != nil {
		return err
	}
	g, ok := s.places.Tree().Get(x.Path[scope.Grid])
	if !ok {
		return errs.New(errs.NotFound, "patrol.grid.none")
	}
	for _, d := range all.ground(g).Duties {
		if at.Point != 0 && d.Kind == AtPoint && slices.Contains(d.Points, x.Point.Kind) || at.Visit != 0 && d.ID == x.Visit.Duty {
			x.Duties = append(x.Duties, d)
		}
	}
	r, ok, err := roundOf(tx, x.Path[scope.Grid], slot)
	if err != nil {
		return err
	}
	if ok {
		es, err := entriesOf(tx, x.Path[scope.Grid], slot)
		if err != nil {
			return err
		}
		for _, stop := range Cover(r, es).Missed {
			if stop.Point == at.Point && stop.Visit == at.Visit {
				x.Due = stop.Duties
			}
		}
	}
	if x.Merges, err = mergesNow(tx); err != nil {
		return err
	}
	x.Story, err = storyOf(tx, at, 10)
	return err
}
