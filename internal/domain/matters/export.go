// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
)

// How many matters one export holds: for everybody, and for those who may export.
const (
	ExportFew  = 1_000
	ExportMost = 100_000
)

// Export calls f with every matter of a list, newest first: what List or, if
// there are words, Search shows the actor of what the filter asks for, page after
// page. It is Invalid if there are more than ExportFew, for those who hold the
// need export there more than ExportMost: the list is then to be narrowed, not
// cut. For the program itself there is no limit. It returns how many there were;
// see Exported.
func (s *Service) Export(ctx context.Context, by scope.Actor, words string, fl Filter, f func(Card) error) (n int, err error) {
	fl.Before = 0
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		n = 0
		most := s.exportMost(by, fl, tx.Now())
		each := func(c Card) error {
			if n++; most > 0 && n > most {
				return errs.New(errs.Invalid, "export.many", most)
			}
			return f(c)
		}
		if words != "" {
			return s.exportFound(tx, by, words, fl, each)
		}
		var w sqldb.Where
		s.limit(&w, by, fl, tx.Now())
		return s.exportCards(tx, &w, fl, most, each)
	})
	return n, err
}

// exportMost is how many matters of a list the actor may export; 0 is no limit.
func (s *Service) exportMost(by scope.Actor, f Filter, now time.Time) int {
	if by.Kind == scope.System {
		return 0
	}
	mine := by.Scopes("export", now)
	inside := append(by.Scopes("see", now), by.Scopes("audit", now)...)
	covered := func(sub scope.Scope) bool { return sub.Level != scope.City && within(s, mine, sub) }
	switch {
	case len(mine) == 0:
		return ExportFew
	case f.Unit != 0 && contains(by.Units("export", now), f.Unit), mine.Whole():
	case f.Place.Level != scope.City && !covered(f.Place):
		return ExportFew
	case f.Place.Level == scope.City && slices.ContainsFunc(inside, func(x scope.Scope) bool { return !covered(x) }):
		return ExportFew
	}
	return ExportMost
}

// exportFound calls f with what is found, newest first.
func (s *Service) exportFound(tx *sqldb.Tx, by scope.Actor, words string, fl Filter, f func(Card) error) error {
	const page = 500
	q := search.Query{Noun: "matter", Text: words, Newest: true, Limit: page}
	s.tag(&q, by, fl, tx.Now())
	for {
		hits, more, err := s.hits(tx, q)
		if err != nil {
			return err
		}
		ids := make([]ID, len(hits))
		for i, h := range hits {
			ids[i] = h.ID
		}
		if ids, err = s.sieve(tx, by, ids, fl); err != nil {
			return err
		}
		cards, err := s.cardsByID(tx, ids)
		if err != nil {
			return err
		}
		for _, c := range cards {
			if err := f(c); err != nil {
				return err
			}
		}
		if !more || len(hits) == 0 {
			return nil
		}
		q.Before = hits[len(hits)-1].ID
	}
}

// Exported notes in the trail that the actor took n matters out of the system;
// how says as what.
func (s *Service) Exported(ctx context.Context, by scope.Actor, how string, n int) (d id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		d = tx.NewID()
		return trail.Append(tx, by, trail.Entry{Noun: "export", Record: d, Act: "export", Note: fmt.Sprintf("%d matters, %s", n, how)})
	})
	return d, err
}
