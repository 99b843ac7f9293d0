// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// closedBefore are matters that ended before t and still know their reporter; not
// those that follow another which did not.
func (s *Service) closedBefore(tx *sqldb.Tx, t time.Time, most int) ([]Matter, error) {
	return sqldb.All(tx, s.scan, `
		SELECT `+columns+` FROM matter
		WHERE closed_at IS NOT NULL AND closed_at < $1 AND forgotten_at IS NULL
			AND NOT (state = 'joined' AND EXISTS (SELECT 1 FROM matter f WHERE f.id = matter.joined_to AND (f.closed_at IS NULL OR f.closed_at >= $1)))
		ORDER BY closed_at
		LIMIT $2`, sqldb.At(t), most)
}

// contactsOf are the contacts kept for a matter and its supporters. few: each of
// them, or somebody's telephone would stay.
func contactsOf(tx *sqldb.Tx, m Matter) (cs []id.ID, err error) {
	if m.Contact != 0 {
		cs = append(cs, m.Contact)
	}
	err = tx.Each(`SELECT contact_id FROM matter_support WHERE matter_id = $1 AND contact_id <> 0 ORDER BY id`, []any{m.ID}, func(r sqldb.Scanner) error {
		c, err := sqldb.ID(r)
		cs = append(cs, c)
		return err
	})
	return cs, err
}

// partsOf are the matters that were taken out of one.
func (s *Service) partsOf(tx *sqldb.Tx, matter ID) ([]Matter, error) {
	return sqldb.All(tx, s.scan, `SELECT `+columns+` FROM matter WHERE split_from = $1 AND split_from <> 0 ORDER BY id LIMIT 1000`, matter)
}
