// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// masks are the masks of the people whom records are about: of residents, and of those
// who left a name.
func (s *Service) masks(tx *sqldb.Tx, n int, who func(i int) (resident, contact id.ID)) (known, left map[id.ID]people.Card, err error) {
	var residents, contacts []id.ID
	for i := range n {
		resident, contact := who(i)
		if resident != 0 {
			residents = append(residents, resident)
		}
		if contact != 0 {
			contacts = append(contacts, contact)
		}
	}
	if known, err = s.People.Cards(tx, residents...); err != nil {
		return nil, nil, err
	}
	left, err = s.People.ContactCards(tx, contacts...)
	return known, left, err
}
