// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// ForgetOld deletes the personal facts of matters that ended longer ago than the
// town keeps them: their contacts, the reporter's link, code and mailbox, who supported
// them and follows them, how the writer stood to the reporter, the originals of
// what was moderated, and the reporter's voice; of a matter that was not public
// also their photos and where exactly it was. What was asked and done stays, and
// the day of forgetting is kept. A matter that follows another is kept as long as
// that one, and a contact that a part shares with the matter it was taken out of
// as long as either. It is the retention job's, and reports how many it forgot.
// The bytes of files that nobody needs any more go with the next sweep.
func (s *Service) ForgetOld(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("retention")
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		old, err := s.closedBefore(tx, tx.Now().Add(-s.rules.KeepPersonal), most)
		if err != nil {
			return err
		}
		for _, m := range old {
			if err := s.forget(tx, by, m); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (s *Service) forget(tx *sqldb.Tx, by scope.Actor, m Matter) error {
	contacts, err := contactsOf(tx, m)
	if err != nil {
		return err
	}
	kept, err := s.keptContacts(tx, m)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		if slices.Contains(kept, c) {
			continue
		}
		if err := s.people.ForgetContact(tx, by, c); err != nil {
			return err
		}
	}
	if err := rewrite(tx, &m, func() error { return forgetParts(tx, m) }); err != nil {
		return err
	}
	if err := s.people.EndMailboxes(tx, by, people.Owner{Kind: people.OwnedBySlip, ID: m.ID}, people.RuleTerm); err != nil {
		return err
	}
	m.Contact, m.Resident, m.codeIndex, m.RaisedFor, m.ForgottenAt = 0, 0, nil, "", tx.Now()
	if !m.Public {
		m.PlaceWords, m.At = "", nil
	}
	if err := s.keep(tx, by, &m, save, trail.Entry{Act: string(Forget), From: string(m.State)}); err != nil {
		return err
	}
	return bus.Tell(s.bus, tx, by, Moved{Matter: m, Act: Forget, From: m.State})
}

// keptContacts are the contacts that a matter shares with others of its family
// that are not forgotten: the one it was taken out of, and all parts.
func (s *Service) keptContacts(tx *sqldb.Tx, m Matter) (kept []id.ID, err error) {
	root := m
	for root.SplitFrom != 0 {
		if root, err = s.load(tx, root.SplitFrom); err != nil {
			return nil, err
		}
	}
	for family := []Matter{root}; len(family) > 0; {
		x := family[0]
		parts, err := s.partsOf(tx, x.ID)
		if err != nil {
			return nil, err
		}
		family = append(family[1:], parts...)
		if x.ID == m.ID || !x.ForgottenAt.IsZero() {
			continue
		}
		cs, err := contactsOf(tx, x)
		if err != nil {
			return nil, err
		}
		kept = append(kept, cs...)
	}
	return kept, nil
}
