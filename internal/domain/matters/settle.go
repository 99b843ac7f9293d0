// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Settle ends a matter that a grid worker has put right on the spot: what was trivial, and
// is done, needs no desk. words say what was done, and everybody who may read the matter
// reads them. Needs patrol in the place. It is Denied to anybody but who wrote the matter
// down, and Conflict once somebody has accepted it.
func (s *Service) Settle(ctx context.Context, by scope.Actor, d ID, words string) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.SettleIn(tx, by, d, words) })
}

// SettleIn is Settle in a transaction that does more.
func (s *Service) SettleIn(tx *sqldb.Tx, by scope.Actor, d ID, did string) error {
	did, err := words("words", did, minReason)
	if err != nil {
		return err
	}
	_, err = s.changeIn(tx, by, d, Settle, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Result = did
		return Step{Public: true, Words: did}, nil
	})
	return err
}

// maySettle says why the actor may not settle the matter.
func maySettle(by scope.Actor, m Matter) error {
	if by.Kind != scope.System && (by.Account == 0 || m.RaisedBy != by.Account) {
		return errs.New(errs.Denied, "matter.settle.own")
	}
	return nil
}
