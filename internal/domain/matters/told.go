// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Told is what somebody wrote and where, for those who look what many wrote
// about. It holds words of private matters: what is made of it for everybody is
// made of the open ones alone.
type Told struct {
	ID         ID
	Title      string
	Body       string
	Category   string
	Path       scope.Path
	By         id.ID // the resident or else the contact who wrote; 0 if neither is known
	At         time.Time
	Supporters int
	Open       bool // everybody may read it
}

// toldMost is how many matters of one town are looked at, the latest first.
const toldMost = 20_000

// Told returns what was raised in a town since, in the transaction of the caller.
// What was declined or taken back, and parts of another matter, are left out.
func (s *Service) Told(tx *sqldb.Tx, town id.ID, since time.Time) ([]Told, error) {
	return s.told(tx, town, since)
}

// Cards returns those of the matters that the actor may see, in their order.
func (s *Service) Cards(ctx context.Context, by scope.Actor, ids []ID) (cards []Card, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ids, err := s.sieve(tx, by, append([]ID(nil), ids...), Filter{})
		if err != nil {
			return err
		}
		cards, err = s.cardsByID(tx, ids)
		return err
	})
	return cards, err
}
