// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"strconv"

	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// docsAtOnce is how many matters one query reads for the search index. Fewer are
// filled up, so that the query is always the same and stays prepared.
const docsAtOnce = 200

// findable returns those of the matters that there are, as far as they are to be
// found: what doc takes of them.
func (s *Service) findable(tx *sqldb.Tx, ids []ID) ([]Matter, error) {
	args := make([]any, docsAtOnce)
	for i := range args {
		args[i] = ID(0)
		if i < len(ids) {
			args[i] = ids[i]
		}
	}
	return sqldb.All(tx, func(r sqldb.Scanner) (m Matter, err error) {
		var raised sqldb.Time
		err = r.Scan(&m.ID, &m.Number, &m.Title, &m.Body, &m.PlaceWords, &m.Result, &m.Category, &m.Lead, &m.Public, &m.Hidden, &m.Contact, &raised,
			&m.Path[scope.Town], &m.Path[scope.Village], &m.Path[scope.Grid], &m.Path[scope.Courtyard])
		m.RaisedAt = raised.Time
		return m, err
	}, `
		SELECT id, number, title, body, place_words, result, category, lead_unit, public, hidden, contact_id, raised_at, town_id, village_id, grid_id, courtyard_id
		FROM matter
		WHERE id IN (`+sqldb.List(docsAtOnce, 1)+`)
		LIMIT `+strconv.Itoa(docsAtOnce), args...)
}

// leaves returns those of the IDs that the actor may see and the filter leaves,
// in no order.
func (s *Service) leaves(tx *sqldb.Tx, by scope.Actor, ids []ID, f Filter) ([]ID, error) {
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	s.limit(&w, by, f, tx.Now())
	s.narrow(&w, f, tx.Now())
	return sqldb.All(tx, sqldb.ID, `SELECT id FROM matter `+w.SQL()+` LIMIT 1000`, w.Args()...)
}
