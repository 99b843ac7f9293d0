// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func lessons(tx *sqldb.Tx, most int) ([]Lesson, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (l Lesson, err error) {
		var raised sqldb.Time
		err = r.Scan(&l.ID, &l.Title, &l.Body, &l.Category, &l.Lead, &raised,
			&l.Path[scope.Town], &l.Path[scope.Village], &l.Path[scope.Grid], &l.Path[scope.Courtyard])
		l.RaisedAt = raised.Time
		return l, err
	}, `
		SELECT id, title, body, category, lead_unit, raised_at, town_id, village_id, grid_id, courtyard_id
		FROM matter
		WHERE state = 'closed' AND category <> '' AND lead_unit <> 0
		ORDER BY id DESC
		LIMIT $1`, most)
}
