// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// MatterMoved hears what is done to matters. A matter that a volunteer raised for
// themselves, and that was verified and closed, earns once its reporter says that it
// is solved, or once it is too late for them to say that it is not: if they want their
// reports to earn. One that is taken up again earns nothing until it is closed again.
func (s *Service) MatterMoved(tx *sqldb.Tx, e matters.Moved) error {
	m := e.Matter
	if m.Resident == 0 || m.RaisedBy != 0 && m.Channel != matters.Desk && m.Channel != matters.Phone {
		return nil
	}
	switch {
	case e.Act == matters.Close:
		v, err := s.active(tx, m.Resident)
		if none(err) || err == nil && !v.Reports {
			return nil
		} else if err != nil {
			return err
		}
		return insertClaim(tx, m.ID, v.ID, sqldb.At(tx.Now().Add(s.matters.Rules().ReopenFor)))
	case e.Act == matters.Reopen, e.Act == matters.Rate && m.Solved == matters.No:
		return dropClaim(tx, m.ID)
	case e.Act == matters.Rate && m.Solved == matters.Yes && m.State == matters.Closed:
		v, err := s.active(tx, m.Resident)
		if none(err) || err == nil && !v.Reports {
			return nil
		} else if err != nil {
			return err
		}
		return insertClaim(tx, m.ID, v.ID, sqldb.At(tx.Now()))
	}
	return nil
}

// PayReports lets the reports earn that are sure by now: at most so many, and says how
// many. It is a job of the night, so that no entry stands beside the closing of a
// matter. What a volunteer reported earns once.
func (s *Service) PayReports(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("volunteers")
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		due, err := dueClaims(tx, most)
		if err != nil {
			return err
		}
		n = len(due)
		es, err := editions(tx)
		if err != nil {
			return err
		}
		line, ok := InForce(es, DayOf(tx.Now())).Tariff.first(ByReport)
		for _, c := range due {
			if err := dropClaim(tx, c.matter); err != nil {
				return err
			}
			if !ok {
				continue
			}
			v, err := loadVolunteer(tx, c.volunteer, s.city())
			if err != nil {
				return err
			}
			if _, had, err := earning(tx, v.ID, c.matter); err != nil {
				return err
			} else if had || v.State != Active || !v.Reports {
				continue
			}
			if _, _, err := s.earn(tx, by, v, line, 0, c.matter); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
