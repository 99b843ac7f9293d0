// SPDX-License-Identifier: Apache-2.0

package people

import (
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// RevealAgreedIn is [Service.RevealAgreed] of a resident in a transaction that does more,
// with the version of what is shown.
func (s *Service) RevealAgreedIn(tx *sqldb.Tx, by scope.Actor, q Request, home scope.Path) (shown Revealed, version int64, err error) {
	q.Purpose = VisitAgreed
	if shown, err = s.revealIn(tx, by, q, &home, q.check(VisitAgreed)); err != nil {
		return Revealed{}, 0, err
	}
	r, err := load(tx, s.box, q.Of.ID)
	return shown, r.Version, err
}

// Readdress puts right where a resident lives, as they say themselves on a visit to which
// they have agreed: the caller has seen that it is one, and that the actor is who visits.
// The place that they belong to is the desk's to say and stays. It is Invalid beside
// address, Denied if the actor may not reveal it at the home, and a Conflict if the
// resident's record is not at the version any more.
func (s *Service) Readdress(tx *sqldb.Tx, by scope.Actor, d id.ID, version int64, address string, home scope.Path) error {
	if err := staffMay(by, needReveal, home, tx.Now()); err != nil {
		return err
	}
	c, err := ContactInput{Address: address}.parse()
	if err != nil {
		return err
	}
	if c.address.Empty() {
		return errs.At("address", "people.address.empty")
	}
	return s.change(tx, by, d, "readdress", version, func(r *Resident) error {
		r.Address = c.address
		return nil
	})
}
