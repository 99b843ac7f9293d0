// SPDX-License-Identifier: Apache-2.0

package people

import (
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
)

// A Resident is a person the town can recognise again. Outside this package the
// private facts are closed: they show their masks and hold nothing else.
type Resident struct {
	ID       id.ID
	Name     Name
	Phone    Phone
	IDNumber IDNumber
	Address  Address

	Place scope.Path // where they live, as far as known; the city itself is never named
	Lang  i18n.Lang
	Large bool // large type

	RegisteredAt  time.Time
	PhoneProvenAt time.Time // they read back a code sent to the telephone; zero if nobody did
	VerifiedAt    time.Time // a clerk looked at the identity card; zero if nobody did
	VerifiedBy    id.ID     // that clerk's account
	ForgottenAt   time.Time // the private facts are gone since; zero if they are not
	ForgottenRule string    // by which rule
	Version       int64

	sealed sealedResident
}

// sealedResident is what the row holds of the private facts.
type sealedResident struct {
	name, phone, phoneIndex, idNumber, idNumberIndex, address []byte
}

// Verified reports whether a clerk has looked at the identity card.
func (r Resident) Verified() bool { return !r.VerifiedAt.IsZero() }

// Forgotten reports whether only a tombstone is left.
func (r Resident) Forgotten() bool { return !r.ForgottenAt.IsZero() }

// Actor is the resident as somebody who acts, named by the mask of their name.
func (r Resident) Actor() scope.Actor {
	return scope.Actor{Kind: scope.Resident, Resident: r.ID, Name: r.Name.String()}
}

// Card is what a list shows of the resident.
func (r Resident) Card() Card {
	return Card{
		ID: r.ID, Name: r.Name.String(), Phone: r.Phone.String(), Lang: r.Lang,
		Verified: r.Verified(), Forgotten: r.Forgotten(),
	}
}

// A Card is what is shown of a person in a list or beside a matter: masks.
type Card struct {
	ID        id.ID
	Name      string // 陈*, or nothing
	Phone     string // 138****1234, or nothing
	Lang      i18n.Lang
	Verified  bool // the desk has seen the identity card; never so for a contact
	Forgotten bool
}

// closed is r as the rest of the program may have it.
func (r Resident) closed() Resident {
	r.Name.Text, r.Phone.Text = r.Name.Closed(), r.Phone.Closed()
	r.IDNumber.Text, r.Address.Text = r.IDNumber.Closed(), r.Address.Closed()
	r.sealed = sealedResident{}
	return r
}

// open opens what the row holds.
func (r *Resident) open(box *seal.Box) error {
	for _, f := range []struct {
		c      seal.Column
		sealed []byte
		to     func(string)
	}{
		{residentName, r.sealed.name, func(s string) { r.Name = name(s) }},
		{residentPhone, r.sealed.phone, func(s string) { r.Phone = phone(s) }},
		{residentIDNumber, r.sealed.idNumber, func(s string) { r.IDNumber = idNumber(s) }},
		{residentAddress, r.sealed.address, func(s string) { r.Address = address(s) }},
	} {
		t, err := box.Open(f.c, r.ID, f.sealed)
		if err != nil {
			return err
		}
		f.to(t.Plain())
	}
	return nil
}

// seal seals what differs from the resident before.
func (r *Resident) seal(box *seal.Box, before Resident) (err error) {
	for _, f := range []struct {
		c        seal.Column
		now, was seal.Text
		to       *[]byte
		index    *[]byte
	}{
		{residentName, r.Name.Text, before.Name.Text, &r.sealed.name, nil},
		{residentPhone, r.Phone.Text, before.Phone.Text, &r.sealed.phone, &r.sealed.phoneIndex},
		{residentIDNumber, r.IDNumber.Text, before.IDNumber.Text, &r.sealed.idNumber, &r.sealed.idNumberIndex},
		{residentAddress, r.Address.Text, before.Address.Text, &r.sealed.address, nil},
	} {
		if f.now.Equal(f.was) {
			continue
		}
		if *f.to, err = box.Seal(f.c, r.ID, f.now); err != nil {
			return err
		}
		if f.index == nil {
			continue
		}
		purpose := phoneIndex
		if f.c == residentIDNumber {
			purpose = idNumberIndex
		}
		if *f.index, err = box.Index(purpose, f.now.Plain()); err != nil {
			return err
		}
	}
	return nil
}

// The purposes of blind indexes.
const (
	phoneIndex    = "phone"
	idNumberIndex = "id_number"
	fromIndex     = "network_address"
)

// digest is the resident's state as the trail knows it. It is made of what is
// sealed, so that it can be checked without the keys.
func (r Resident) digest() []byte {
	s := r.sealed
	return trail.Digest(r.ID, s.name, s.phone, s.phoneIndex, s.idNumber, s.idNumberIndex, s.address,
		r.Place[scope.Town], r.Place[scope.Village], r.Place[scope.Grid], r.Place[scope.Courtyard],
		string(r.Lang), r.Large, r.RegisteredAt, r.PhoneProvenAt, r.VerifiedAt, r.VerifiedBy,
		r.ForgottenAt, r.ForgottenRule, r.Version)
}
