// SPDX-License-Identifier: Apache-2.0

package matters

import "yuanba/internal/kit/sqldb"

// exportCards calls f with every matter that the conditions and the filter leave,
// newest first: one more than most, if that is a limit, so that f can refuse.
func (s *Service) exportCards(tx *sqldb.Tx, w *sqldb.Where, fl Filter, most int, f func(Card) error) error {
	s.narrow(w, fl, tx.Now())
	limit := ""
	if most > 0 {
		limit = ` LIMIT ` + w.Arg(most+1)
	}
	return tx.Each(`SELECT `+cardColumns+` FROM matter m `+w.SQL()+` ORDER BY id DESC`+limit, w.Args(), func(r sqldb.Scanner) error {
		c, err := s.scanCard(r)
		if err != nil {
			return err
		}
		return f(c)
	})
}
