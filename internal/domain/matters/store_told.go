// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"strconv"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func (s *Service) told(tx *sqldb.Tx, town id.ID, since time.Time) ([]Told, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (t Told, err error) {
		var raised sqldb.Time
		var resident, contact id.ID
		var public, hidden bool
		err = r.Scan(&t.ID, &t.Title, &t.Body, &t.Category, &t.Path[scope.Town], &t.Path[scope.Village], &t.Path[scope.Grid], &t.Path[scope.Courtyard], &resident, &contact, &raised, &t.Supporters, &public, &hidden)
		t.Path[scope.City], t.At, t.Open = s.city(), raised.Time, public && !hidden
		if t.By = resident; t.By == 0 {
			t.By = contact
		}
		return t, err
	}, `
		SELECT id, title, body, category, town_id, village_id, grid_id, courtyard_id, resident_id, contact_id, raised_at, supporters, public, hidden
		FROM matter
		WHERE town_id = $1 AND id >= $2 AND raised_at >= $3 AND state NOT IN ('declined', 'withdrawn') AND split_from = 0
		ORDER BY id DESC
		LIMIT `+strconv.Itoa(toldMost), town, id.First(since), sqldb.At(since))
}
