// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"strings"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Need is somebody who cannot come for a service and has to be visited at home, as a
// worker hears of it on a round. It is not kept with the entry: who hears of it
// ([NeedFound]) keeps it, and what is private of it sealed.
type Need struct {
	Item    string // the code of the service; "" if nobody knows
	Words   string // how it is, and why they cannot come
	Name    string // whom it is for; "" in a home: who is looked in on there
	Phone   string // by which somebody can be called
	Address string
	Whose   string // how whoever can be called stands to them
}

// NeedFound is told in the transaction in which an entry with a need is taken in, once for
// the entry. Whoever takes the need writes the number of what it became into Became. What
// they refuse refuses the entry, with the fields item, need, name, phone, address and
// for_words.
type NeedFound struct {
	Entry    id.ID
	Grid     id.ID
	Resident id.ID // who is looked in on there, if no other name was said
	Need     Need
	Became   *string
}

// contact is how the family can be reached.
func (n Need) contact() people.ContactInput {
	return people.ContactInput{Name: n.Name, Phone: n.Phone, Address: n.Address}
}

// Contact is how the family can be reached; printed or logged it shows nothing.
func (e NeedFound) Contact() people.ContactInput { return e.Need.contact() }

// need tells of what somebody needs at home.
func (en *entering) need(e *Entry, n Need, v Visit, r *Receipt) error {
	f := NeedFound{Entry: e.ID, Grid: e.Path[scope.Grid], Need: n, Became: &r.Need}
	if strings.TrimSpace(n.Name) == "" {
		f.Resident = v.Resident
	}
	if e.Result == Nothing {
		e.Result = Needed
	}
	return bus.Tell(en.s.bus, en.tx, en.by, f)
}

// sum is the digest of everything that was sent and is kept, here or elsewhere. What is
// private of a need goes in under the town's key: of a telephone number a digest alone
// would tell which it is.
func (s *Service) sum(in Entering) ([]byte, error) {
	sum := in.digest()
	n := in.Needs
	if n == nil {
		return sum, nil
	}
	private, err := s.seal.Index("patrol.need", strings.Join([]string{n.Words, n.Name, n.Phone, n.Address, n.Whose}, "\x00"))
	return trail.Digest("need/1", sum, n.Item, private), err
}
