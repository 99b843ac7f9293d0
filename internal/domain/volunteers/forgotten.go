// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Forgotten ends the volunteering of residents whom the town was asked to forget, as if
// they had left: their points go back to the pot, their honours are deleted. It is a job
// of the night.
func (s *Service) Forgotten(ctx context.Context) error {
	by := scope.Program("volunteers")
	for after, more := id.ID(0), true; more; {
		var gone []id.ID
		if err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
			gone = nil
			vs, err := volunteersAfter(tx, after, s.city(), 500)
			if err != nil {
				return err
			}
			more = len(vs) == 500
			ids := make([]id.ID, len(vs))
			for i, v := range vs {
				ids[i], after = v.Resident, v.ID
			}
			cards, err := s.people.Cards(tx, ids...)
			for _, d := range ids {
				if cards[d].Forgotten {
					gone = append(gone, d)
				}
			}
			return err
		}); err != nil {
			return err
		}
		for _, d := range gone {
			if err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
				v, err := s.active(tx, d)
				if err != nil {
					return err
				}
				return s.changeIn(tx, by, v, Leave, "", s.leaving(by, Leaving{GiveBack: true}))
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
