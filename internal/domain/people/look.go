// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Look is somebody's sight of private facts: who, when, at what, why.
type Look struct {
	ID      id.ID
	Of      Subject
	At      time.Time
	Account id.ID  // the clerk's account
	Actor   string // the clerk's name
	Post    string // the post that allowed it
	Purpose Purpose
	Fields  []Field
	About   string    // the matter's number, if there was one
	Why     seal.Text // the reason in the clerk's words, for the person concerned alone
}

// FoundAtDesk is the purpose of a look that showed nothing but that the person
// is known: a clerk searched for exactly their telephone or identity number.
const FoundAtDesk Purpose = "found_at_desk"

func (l Look) fieldWords() string {
	words := make([]string, len(l.Fields))
	for i, f := range l.Fields {
		words[i] = string(f)
	}
	return strings.Join(words, ",")
}

// Looks returns who has looked at the actor's own data, the newest first, at
// most limit of them. Only a resident has such a page; others are Denied.
func (s *Service) Looks(ctx context.Context, by scope.Actor, limit int) (ls []Look, err error) {
	if !isSelf(by, by.Resident) {
		return nil, errs.New(errs.Denied, "people.own.only")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ls, err = looks(tx, s.box, OfResident(by.Resident), limit)
		return err
	})
	return ls, err
}

// LooksAtContact returns who has looked at a contact, the newest first, at most
// limit of them. The caller has seen that it is the reporter who asks, by the
// query code of the matter.
func (s *Service) LooksAtContact(tx *sqldb.Tx, contact id.ID, limit int) ([]Look, error) {
	return looks(tx, s.box, OfContact(contact), limit)
}
