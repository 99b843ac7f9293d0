// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"math"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func (s *Service) samples(tx *sqldb.Tx, since time.Time, most int) ([]Sample, error) {
	city := s.city()
	return sqldb.All(tx, func(r sqldb.Scanner) (x Sample, err error) {
		var raised, closed sqldb.Time
		err = r.Scan(&x.ID, &x.Number, &x.Title, &x.Body, &x.Category, &x.Lead, &x.Channel, &x.Urgent, &raised, &closed,
			&x.Path[scope.Town], &x.Path[scope.Village], &x.Path[scope.Grid], &x.Path[scope.Courtyard])
		x.Path[scope.City], x.RaisedAt, x.Open = city, raised.Time, closed.IsZero()
		return x, err
	}, `
		SELECT id, number, title, body, category, lead_unit, channel, urgent, raised_at, closed_at, town_id, village_id, grid_id, courtyard_id
		FROM matter
		WHERE id >= $1 AND raised_at >= $2 AND category <> ''
		ORDER BY id DESC
		LIMIT $3`, id.First(since), sqldb.At(since), most)
}

func lessons(tx *sqldb.Tx, before ID, most int) ([]Lesson, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return sqldb.All(tx, func(r sqldb.Scanner) (l Lesson, err error) {
		var raised sqldb.Time
		err = r.Scan(&l.ID, &l.Title, &l.Body, &l.Category, &l.Lead, &raised,
			&l.Path[scope.Town], &l.Path[scope.Village], &l.Path[scope.Grid], &l.Path[scope.Courtyard])
		l.RaisedAt = raised.Time
		return l, err
	}, `
		SELECT id, title, body, category, lead_unit, raised_at, town_id, village_id, grid_id, courtyard_id
		FROM matter
		WHERE state = 'closed' AND category <> '' AND lead_unit <> 0 AND id < $1
		ORDER BY id DESC
		LIMIT $2`, before, most)
}

// unsorted are those of the matters that are yet to be sorted. few: those of one batch.
func (s *Service) unsorted(tx *sqldb.Tx, ids []ID) ([]Matter, error) {
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	sqldb.In(&w, "state", Received, Accepted)
	return sqldb.All(tx, s.scan, `SELECT `+columns+` FROM matter `+w.SQL()+` ORDER BY id`, w.Args()...)
}
