// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// Unexpected is the message of the Conflict with a matter that is not any more as
// its reader saw it; see Expecting.
const Unexpected = "matter.unexpected"

type expectedKey struct{}

type expectation struct {
	matter  ID
	version int
}

// Expecting returns a context in which an act is done to the matter only if it is
// still at the version: for those who decide by what they read a while ago. If
// somebody changed it meanwhile, the act is a Conflict with the message Unexpected
// and nothing is done. It says nothing about other matters that the act touches.
func Expecting(ctx context.Context, d ID, version int) context.Context {
	return context.WithValue(ctx, expectedKey{}, expectation{d, version})
}

// expected holds a matter that is to be changed against what its reader saw.
func expected(tx *sqldb.Tx, m Matter) error {
	if x, ok := tx.Context().Value(expectedKey{}).(expectation); ok && x.matter == m.ID && x.version != m.Version {
		return errs.New(errs.Conflict, Unexpected, m.Number)
	}
	return nil
}
