// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"slices"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Who acts for somebody by a proxy does what the slip would let them do: take, move and
// cancel, and ask for a visit at home. Each act is noted, and both see it.

// standIn is the actor as one who holds the slip of a record of the resident, if they act
// for them by a proxy, and that proxy. Whoever acts for themselves is left as they are.
func (s *Service) standIn(tx *sqldb.Tx, by scope.Actor, record, resident id.ID) (scope.Actor, people.Proxy, error) {
	if by.Kind == scope.Resident && by.Resident == resident {
		return by, people.Proxy{}, nil
	}
	p, ok, err := s.People.ActsFor(tx, by, resident, people.ProxyBook)
	if ok {
		by.Slips = append(slices.Clip(by.Slips), record)
	}
	return by, p, err
}

// noteProxy notes what was done by a proxy; one without an ID is none.
func (s *Service) noteProxy(tx *sqldb.Tx, by scope.Actor, p people.Proxy, number string) error {
	if p.ID == 0 {
		return nil
	}
	return s.People.NoteProxy(tx, by, p, people.ProxyBook, number)
}

// byProxy is the proxy by which the actor may book for another resident: Denied without.
func (s *Service) byProxy(tx *sqldb.Tx, by scope.Actor, resident id.ID) (people.Proxy, error) {
	p, ok, err := s.People.ActsFor(tx, by, resident, people.ProxyBook)
	if err == nil && !ok {
		err = errs.New(errs.Denied, "desk.for.desk_only")
	}
	return p, err
}

// byClerk is nil if a clerk may name the resident as whom something is for: they serve at
// the desk in the resident's place, or act for them by the proxy that is returned. Else it
// is Denied, as for a resident whom the town does not know: numbers are not to be guessed.
func (s *Service) byClerk(tx *sqldb.Tx, by scope.Actor, resident id.ID) (p people.Proxy, err error) {
	if err := s.People.MayServeIn(tx, by, resident); err == nil || errs.Public(err) == nil {
		return p, err
	}
	return s.byProxy(tx, by, resident)
}

// ForWhom is the resident for whom the actor may book, in masks: a clerk of their place
// may, and who acts for them by a proxy (else Denied).
func (s *Service) ForWhom(ctx context.Context, by scope.Actor, resident id.ID) (k Card, err error) {
	if by.Kind == scope.Staff && s.People.MayServe(ctx, by, resident) == nil {
		who, err := s.People.Get(ctx, resident)
		return who.Card(), err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.byProxy(tx, by, resident); err != nil {
			return err
		}
		ks, err := s.People.Cards(tx, resident)
		k = ks[resident]
		return err
	})
	return k, err
}
