// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NewSlip makes the slip of a booking anew, for who has lost it: whom it is for may, and
// a clerk who hands it to them. The code of the slip before is good no more.
func (s *Service) NewSlip(ctx context.Context, by scope.Actor, d id.ID) (slip Slip, err error) {
	err = s.change(ctx, by, d, Reissue, "", func(_ *sqldb.Tx, b *Booking) error {
		slip = Slip{ID: b.ID, Number: b.Number}
		slip.Code, b.codeIndex, err = s.newCode()
		return err
	})
	return slip, err
}

// NewVisitSlip makes the slip of a home visit: the first of a need that was told on a
// round, where nobody could be given one, else one in place of the slip before, whose
// code is good no more. Whom it is for may, and who works on it and hands it to them, at
// the desk or at the door. The clock goes on.
func (s *Service) NewVisitSlip(ctx context.Context, by scope.Actor, d id.ID) (slip Slip, err error) {
	err = s.changeVisit(ctx, by, d, Reissue, func(_ *sqldb.Tx, v *HomeVisit) (VisitState, string, error) {
		slip = Slip{ID: v.ID, Number: v.Number}
		slip.Code, v.codeIndex, err = s.newCode()
		return v.State, "", err
	})
	return slip, err
}

// Slipless reports whether nobody was given a code of the home visit yet.
func (v HomeVisit) Slipless() bool { return len(v.codeIndex) == 0 && v.ForgottenAt.IsZero() }
