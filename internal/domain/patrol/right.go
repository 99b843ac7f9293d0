// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// walksOrArranges refuses who neither walks there nor arranges the rounds there.
func walksOrArranges(tx *sqldb.Tx, by scope.Actor, at scope.Path) error {
	err := refuse(tx, by, access.Patrol, scope.Target{Path: at})
	if err != nil && refuse(tx, by, access.Arrange, scope.Target{Path: at}) == nil {
		err = nil
	}
	return err
}

// ToRename is a point for who may put right what it is called, and the Conflict that it
// has ended.
func (s *Service) ToRename(ctx context.Context, by scope.Actor, point id.ID) (p Point, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if p, err = s.PointIn(tx, by, point); err == nil && !p.EndedAt.IsZero() {
			err = errs.New(errs.Conflict, "patrol.point.ended")
		}
		return err
	})
	return p, err
}

// PointIn is a point, for who may put right what it is called: who walks there, or
// arranges the rounds there.
func (s *Service) PointIn(tx *sqldb.Tx, by scope.Actor, point id.ID) (Point, error) {
	p, err := loadPoint(tx, point)
	if err == nil {
		err = walksOrArranges(tx, by, p.Path)
	}
	return p, err
}

// RenameIn puts right what a point is called. It is Invalid beside name, Denied to who
// neither walks nor arranges there, and a Conflict if the point has ended, or is not at
// the version any more.
func (s *Service) RenameIn(tx *sqldb.Tx, by scope.Actor, point id.ID, version int, name string) error {
	p, err := s.PointIn(tx, by, point)
	if err != nil {
		return err
	}
	name = strings.Join(strings.Fields(name), " ")
	var l errs.List
	between(&l, "name", name, 1, MaxName)
	switch {
	case len(l) > 0:
		return l.Err()
	case !p.EndedAt.IsZero():
		return errs.New(errs.Conflict, "patrol.point.ended")
	case p.Version != version:
		return errs.New(errs.Conflict, "record.changed")
	}
	p.Name = name
	if err := renamePoint(tx, p); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "patrol_point", Record: p.ID, Act: "rename", Note: p.Name, Digest: p.digest()})
}

// Rename is RenameIn by itself.
func (s *Service) Rename(ctx context.Context, by scope.Actor, point id.ID, version int, name string) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.RenameIn(tx, by, point, version, name) })
}

// HomeIn is the address of a home that is visited, for who visits it, if the duty of the
// visit names it; and the version of what is known of who lives there. The look is in the
// trail and on their own page.
func (s *Service) HomeIn(tx *sqldb.Tx, by scope.Actor, visit id.ID) (v Visit, address string, version int64, err error) {
	if v, err = s.agreedIn(tx, by, visit); err != nil {
		return v, "", 0, err
	}
	d, err := loadDuty(tx, v.Duty)
	if err != nil {
		return v, "", 0, err
	}
	known, version, err := s.people.RevealAgreedIn(tx, by, people.Request{Of: people.OfResident(v.Resident), Fields: []people.Field{people.FieldAddress}, About: v.Number, Why: d.Name.ZH}, v.Path)
	return v, known.Address.Plain(), version, err
}

// ReaddressIn puts right where somebody lives who is visited, as they say. It fails as
// [Service.HomeIn] and [people.Service.Readdress] do.
func (s *Service) ReaddressIn(tx *sqldb.Tx, by scope.Actor, visit id.ID, version int64, address string) error {
	v, err := s.agreedIn(tx, by, visit)
	if err != nil {
		return err
	}
	return s.people.Readdress(tx, by, v.Resident, version, address, v.Path)
}

// agreedIn is a visit that is agreed, whose duty names the address, for who walks there.
func (s *Service) agreedIn(tx *sqldb.Tx, by scope.Actor, visit id.ID) (Visit, error) {
	v, err := loadVisit(tx, visit)
	if err != nil {
		return v, err
	}
	if err := refuse(tx, by, access.Patrol, scope.Target{Path: v.Path}); err != nil {
		return v, err
	}
	if !v.EndedAt.IsZero() {
		return v, errs.New(errs.Conflict, "patrol.visit.ended")
	}
	d, err := loadDuty(tx, v.Duty)
	if err != nil {
		return v, err
	}
	if err := admitted(d, tx.Now()); err != nil {
		return v, err
	}
	if !slices.Contains(d.Reads, people.FieldAddress) {
		return v, errs.New(errs.Denied, "patrol.visit.not_named")
	}
	return v, nil
}

// EnterIn is Enter in a transaction that does more.
func (s *Service) EnterIn(tx *sqldb.Tx, by scope.Actor, in Entering) (Receipt, error) {
	rs, err := s.enterAll(tx, by, []Entering{in})
	if err != nil {
		return Receipt{}, err
	}
	return rs[0], nil
}
