// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"slices"
	"strings"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Found is what a search at the desk tells: masks. Where else a telephone was left
// knows who keeps the matters.
type Found struct {
	Residents []Card
}

// maxFound bounds what one search gives. A telephone is shared by a family, not
// by a village.
const maxFound = 20

// FindToVisit is the resident with exactly this telephone and this name, both of which
// they have said to whoever agrees with them to be visited; NotFound if there is none. It
// is a look of theirs. The caller has seen that the actor may agree on visits there.
func (s *Service) FindToVisit(tx *sqldb.Tx, by scope.Actor, phone, name string) (Resident, error) {
	none := errs.New(errs.NotFound, "people.none")
	p, err := ParsePhone(phone)
	if err != nil || p.Empty() {
		return Resident{}, none
	}
	index, err := s.box.Index(phoneIndex, p.Plain())
	if err != nil {
		return Resident{}, err
	}
	rs, err := withPhone(tx, s.box, index, maxFound)
	if err != nil {
		return Resident{}, err
	}
	for _, r := range rs {
		if r.Name.Plain() == strings.TrimSpace(name) && !r.Forgotten() {
			return r.closed(), s.note(tx, by, "search", Look{Of: OfResident(r.ID), Purpose: VisitAgreed, Fields: []Field{FieldPhone, FieldName}})
		}
	}
	return Resident{}, none
}

// Find looks for people by exactly one of a telephone and an identity number, in
// full: there is no search by a part, nor by name. Whoever serves at a desk may
// (else Denied), wherever the person lives, since a resident may walk into any
// desk. Every search is a line in the trail, and a look of each resident found.
func (s *Service) Find(ctx context.Context, by scope.Actor, phone, idNumber string) (found Found, err error) {
	p, err := ParsePhone(phone)
	if err != nil {
		return found, err
	}
	d, err := ParseIDNumber(idNumber)
	if err != nil {
		return found, err
	}
	if p.Empty() == d.Empty() {
		return found, errs.At("phone", "people.find.either")
	}
	field, purpose, value := FieldPhone, phoneIndex, p.Plain()
	if p.Empty() {
		field, purpose, value = FieldIDNumber, idNumberIndex, d.Plain()
	}
	index, err := s.box.Index(purpose, value)
	if err != nil {
		return found, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		found = Found{}
		if by.Kind != scope.Staff || len(by.Scopes(needDesk, tx.Now())) == 0 {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		var rs []Resident
		if field == FieldIDNumber {
			r, ok, err := withIDNumber(tx, s.box, index)
			if err != nil {
				return err
			}
			if ok {
				rs = []Resident{r}
			}
		} else {
			if rs, err = withPhone(tx, s.box, index, maxFound); err != nil {
				return err
			}
		}
		for _, r := range rs {
			found.Residents = append(found.Residents, r.Card())
			if err := s.note(tx, by, "search", Look{Of: OfResident(r.ID), Purpose: FoundAtDesk, Fields: []Field{field}, Post: postFor(by, needDesk)}); err != nil {
				return err
			}
		}
		if len(rs) > 0 {
			return nil
		}
		return trail.Append(tx, by, trail.Entry{Noun: "resident_search", Record: tx.NewID(), Act: "search", Note: string(field)})
	})
	if err != nil {
		return Found{}, err
	}
	return found, nil
}

// MayServe is nil if the actor may act at the desk for a resident: they serve in the
// resident's place (else Denied), and the town knows the resident still (else
// NotFound).
func (s *Service) MayServe(ctx context.Context, by scope.Actor, resident id.ID) error {
	return s.db.Read(ctx, func(tx *sqldb.Tx) error { return s.MayServeIn(tx, by, resident) })
}

// MayServeIn is MayServe in a transaction that does more.
func (s *Service) MayServeIn(tx *sqldb.Tx, by scope.Actor, resident id.ID) error {
	r, err := load(tx, s.box, resident)
	if err != nil {
		return err
	}
	if err := staffMay(by, needDesk, r.Place, tx.Now()); err != nil {
		return err
	}
	if r.Forgotten() {
		return errs.New(errs.NotFound, "people.none")
	}
	return nil
}

// postFor is the post by which the actor has the need.
func postFor(by scope.Actor, need scope.Need) string {
	for _, g := range by.Grants {
		if slices.Contains(g.Needs, need) {
			return g.Post
		}
	}
	return ""
}

// Verifying is what a clerk reads from the identity card on the desk, and what
// the resident says.
type Verifying struct {
	Resident id.ID // who it is, if they are known already; 0 finds them by the card or registers them
	Name     string
	IDNumber string
	Phone    string // where they can be reached; it stays unproven until a code is read back
	Address  string
	Place    scope.Path
	Lang     i18n.Lang
	Large    bool
}

// Verify keeps what a clerk saw on the identity card, and returns the resident,
// closed. It needs the desk in the place (Denied). Name and number are needed
// and must be well formed (Invalid beside their fields). A card that belongs to
// another resident than the one named, or a resident who has another card, is a
// Conflict.
func (s *Service) Verify(ctx context.Context, by scope.Actor, in Verifying) (verified Resident, err error) {
	c, number, err := in.parse()
	if err != nil {
		return Resident{}, err
	}
	index, err := s.box.Index(idNumberIndex, number.Plain())
	if err != nil {
		return Resident{}, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := staffMay(by, needDesk, in.Place, tx.Now()); err != nil {
			return err
		}
		if born, _ := number.Born(); born.After(tx.Now()) {
			return errs.At("id_number", "people.id_number.born")
		}
		d := in.Resident
		has, ok, err := withIDNumber(tx, s.box, index)
		switch {
		case err != nil:
			return err
		case ok && d != 0 && d != has.ID:
			return errs.New(errs.Conflict, "people.id_number.taken")
		case ok:
			d = has.ID
		}
		edit := func(r *Resident) error {
			if r.Verified() && !r.IDNumber.Equal(number.Text) {
				return errs.New(errs.Conflict, "people.id_number.other")
			}
			r.Name, r.IDNumber, r.Place, r.Lang, r.Large = c.name, number, in.Place, c.lang, in.Large
			r.VerifiedAt, r.VerifiedBy = tx.Now(), by.Account
			if !c.address.Empty() {
				r.Address = c.address
			}
			if !c.phone.Empty() && r.PhoneProvenAt.IsZero() {
				r.Phone = c.phone
			}
			return nil
		}
		if d != 0 {
			if err := s.change(tx, by, d, "verify", 0, edit); err != nil {
				return err
			}
			verified, err = load(tx, s.box, d)
			return err
		}
		verified = Resident{}
		if err := edit(&verified); err != nil {
			return err
		}
		return s.register(tx, by, "verify", &verified)
	})
	return verified.closed(), err
}

func (in Verifying) parse() (contact, IDNumber, error) {
	var faults errs.List
	c, err := ContactInput{Name: in.Name, Phone: in.Phone, Address: in.Address, Lang: in.Lang}.parse()
	if err := faults.Join(err); err != nil {
		return c, IDNumber{}, err
	}
	number, err := ParseIDNumber(in.IDNumber)
	if err := faults.Join(err); err != nil {
		return c, number, err
	}
	if strings.TrimSpace(in.Name) == "" {
		faults.Add("name", "people.name.needed")
	}
	if strings.TrimSpace(in.IDNumber) == "" {
		faults.Add("id_number", "people.id_number.needed")
	}
	return c, number, faults.Err()
}

// Correcting is what a clerk puts right. What is empty stays as it is.
type Correcting struct {
	Version  int64 // as the clerk saw it
	Name     string
	IDNumber string
	Address  string
	Place    scope.Path
}

// Correct puts right what is written about a resident. It needs the desk in the
// resident's place (Denied); a record that has changed meanwhile, or a card that
// belongs to somebody else, is a Conflict.
func (s *Service) Correct(ctx context.Context, by scope.Actor, d id.ID, in Correcting) error {
	c, err := ContactInput{Name: in.Name, Address: in.Address}.parse()
	if err != nil {
		return err
	}
	number, err := ParseIDNumber(in.IDNumber)
	if err != nil {
		return err
	}
	index, err := s.box.Index(idNumberIndex, number.Plain())
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if !number.Empty() {
			if has, ok, err := withIDNumber(tx, s.box, index); err != nil {
				return err
			} else if ok && has.ID != d {
				return errs.New(errs.Conflict, "people.id_number.taken")
			}
		}
		return s.change(tx, by, d, "correct", in.Version, func(r *Resident) error {
			if err := staffMay(by, needDesk, r.Place, tx.Now()); err != nil {
				return err
			}
			if !c.name.Empty() {
				r.Name = c.name
			}
			if !number.Empty() {
				r.IDNumber = number
			}
			if !c.address.Empty() {
				r.Address = c.address
			}
			if in.Place != (scope.Path{}) {
				r.Place = in.Place
			}
			return nil
		})
	})
}

// Introduce keeps what residents say of themselves: their name, and where they
// live. A name that the desk has verified only the desk can change: Denied.
func (s *Service) Introduce(ctx context.Context, by scope.Actor, name, address string) error {
	c, err := ContactInput{Name: name, Address: address}.parse()
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		return s.change(tx, by, by.Resident, "introduce", 0, func(r *Resident) error {
			switch {
			case !isSelf(by, r.ID):
				return errs.New(errs.Denied, "people.own.only")
			case r.Verified() && !r.Name.Equal(c.name.Text):
				return &errs.Error{Kind: errs.Denied, Key: "people.name.verified", Field: "name"}
			}
			r.Name, r.Address = c.name, c.address
			return nil
		})
	})
}
