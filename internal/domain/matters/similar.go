// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// similarFor is how far back similar matters are looked for.
const similarFor = 90 // days

// Similar returns up to five open matters that everybody may read, of the same
// category in the same village, or in the same town if no village is known: what
// a reporter may want to join instead of raising it again.
func (s *Service) Similar(ctx context.Context, by scope.Actor, in Raising) ([]Card, error) {
	m, err := s.draft(by, in)
	if err != nil || m.Category == "" || m.Path[scope.Town] == 0 {
		return nil, nil // nothing to compare by yet
	}
	var p Page
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		var w sqldb.Where
		near := scope.Scope{Level: scope.Town, ID: m.Path[scope.Town]}
		if m.Path[scope.Village] != 0 {
			near = scope.Scope{Level: scope.Village, ID: m.Path[scope.Village]}
		}
		w.Add("public AND NOT hidden")
		var err error
		p, err = s.cards(tx, &w, Filter{Place: near, Category: m.Category, Open: true, From: tx.Now().AddDate(0, 0, -similarFor), Most: 5})
		return err
	})
	return p.Cards, err
}
