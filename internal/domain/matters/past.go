// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Past is a matter whose life was over before it came into this program: how
// it was raised, and how it ended.
type Past struct {
	Raising             // with RaisedAt
	ClosedAt  time.Time // not before it was raised
	Lead      id.ID     // the unit that handled it; 0 if that is not known
	Result    string    // the reply
	Solved    Solved    // what the reporter said, "" if they were not asked
	Satisfied int
}

// TakePast takes in a matter that is closed already, with its number, its story
// of two lines and its rows in the trail. It tells nobody of it: those concerned
// have heard long ago. Only the program itself may; it is Invalid as Raise is.
func (s *Service) TakePast(tx *sqldb.Tx, by scope.Actor, in Past) (ID, error) {
	if by.Kind != scope.System {
		return 0, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	reply, err := words("words", in.Result, 0)
	if err != nil {
		return 0, err
	}
	m, err := s.draft(by, in.Raising)
	if err != nil {
		return 0, err
	}
	in.Contact.Place = m.Path
	contact, err := s.people.SealContact(tx.NewID(), in.Contact)
	if err != nil {
		return 0, err
	}
	if err := s.begin(tx, &m, in.Raising); err != nil {
		return 0, err
	}
	if err := s.people.AddContact(tx, contact); err != nil {
		return 0, err
	}
	m.Contact = contact.ID()
	m.addFiles(tx, 0, m.Public, in.Files)
	before := m
	m.State, m.Lead, m.TurnUnit, m.Due = Closed, in.Lead, 0, time.Time{}
	m.ClosedAt = in.ClosedAt.UTC().Truncate(time.Millisecond)
	if m.ClosedAt.Before(m.RaisedAt) {
		m.ClosedAt = m.RaisedAt
	}
	m.MovedAt, m.Result, m.Solved, m.Satisfied = m.ClosedAt, reply, in.Solved, in.Satisfied
	if err := trail.Append(tx, by, trail.Entry{Noun: "matter", Record: m.ID, Act: string(raised), To: string(Received), Digest: before.digest()}); err != nil {
		return 0, err
	}
	for _, act := range []Act{Handle, Close} {
		step := Step{ID: tx.NewID(), Matter: m.ID, At: m.ClosedAt, Act: act, Account: by.Account, Actor: by.Name, Unit: m.Lead, Public: true}
		switch act {
		case Handle:
			step.Words = reply
		default:
			step.was = wasBefore(before.Standing(), m.Standing())
		}
		m.add(step)
	}
	return m.ID, s.keep(tx, by, &m, insert, trail.Entry{Act: string(Close), From: string(Received)})
}
