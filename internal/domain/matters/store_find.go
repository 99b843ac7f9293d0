// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// byIDs returns the matters with the given IDs that there are.
func (s *Service) byIDs(tx *sqldb.Tx, ids []ID) ([]Matter, error) {
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	return sqldb.All(tx, s.scan, `SELECT `+columns+` FROM matter `+w.SQL()+` LIMIT 1000`, w.Args()...)
}

// leaves returns those of the IDs that the filter leaves, in no order.
func (s *Service) leaves(tx *sqldb.Tx, ids []ID, f Filter) ([]ID, error) {
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	s.narrow(&w, f, tx.Now())
	return sqldb.All(tx, sqldb.ID, `SELECT id FROM matter `+w.SQL()+` LIMIT 1000`, w.Args()...)
}

// EachDigest calls f with every matter's digest, for the check of the trail.
func (s *Service) EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT `+columns+` FROM matter ORDER BY id`, nil, func(r sqldb.Scanner) error {
		m, err := s.scan(r)
		if err != nil {
			return err
		}
		return f(m.ID, m.digest())
	})
}
