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

// contactsOfAll are the contacts kept for each of the matters and its supporters.
// few: as contactsOf.
func contactsOfAll(tx *sqldb.Tx, ms []Matter) (map[ID][]id.ID, error) {
	cs := map[ID][]id.ID{}
	ids := make([]ID, 0, len(ms))
	for _, m := range ms {
		ids = append(ids, m.ID)
		if m.Contact != 0 {
			cs[m.ID] = append(cs[m.ID], m.Contact)
		}
	}
	var w sqldb.Where
	sqldb.In(&w, "matter_id", ids...)
	w.Add("contact_id <> 0")
	err := tx.Each(`SELECT matter_id, contact_id FROM matter_support `+w.SQL()+` ORDER BY id`, w.Args(), func(r sqldb.Scanner) error {
		var m ID
		var c id.ID
		err := r.Scan(&m, &c)
		cs[m] = append(cs[m], c)
		return err
	})
	return cs, err
}

// partsOf are the matters that were taken out of one.
func (s *Service) partsOf(tx *sqldb.Tx, matter ID) ([]Matter, error) {
	return sqldb.All(tx, s.scan, `SELECT `+columns+` FROM matter WHERE split_from = $1 AND split_from <> 0 ORDER BY id LIMIT 1000`, matter)
}
