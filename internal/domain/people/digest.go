// SPDX-License-Identifier: Apache-2.0

package people

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// EachDigest calls f with every resident, in the order of their IDs, and the
// digest of their present state, for the checking of the trail. It needs no keys.
func (s *Service) EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return everyResident(tx, func(r Resident) error { return f(r.ID, r.digest()) })
}
