// SPDX-License-Identifier: Apache-2.0

package people

import (
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A ContactInput is how to reach somebody about one matter, as they wrote it
// down. Any of it may be empty. Printed or logged it shows nothing.
type ContactInput struct {
	Name    string
	Phone   string
	Address string
	Lang    i18n.Lang  // the language to answer in; Chinese if empty
	Place   scope.Path // the matter's place: who has reveal there may ask to see it
}

// Empty reports whether nothing was written down.
func (in ContactInput) Empty() bool {
	return strings.TrimSpace(in.Name) == "" && strings.TrimSpace(in.Phone) == "" && strings.TrimSpace(in.Address) == ""
}

// Check says what is wrong with it, beside the fields name, phone and address.
func (in ContactInput) Check() error {
	_, err := in.parse()
	return err
}

// Format shows nothing of it.
func (in ContactInput) Format(f fmt.State, _ rune) { fmt.Fprint(f, seal.Stars) }

// LogValue shows nothing of it.
func (in ContactInput) LogValue() slog.Value { return slog.StringValue(seal.Stars) }

// MarshalJSON shows nothing of it: it is read from JSON, never written to it.
func (in ContactInput) MarshalJSON() ([]byte, error) { return []byte(`"` + seal.Stars + `"`), nil }

// contact is a row of the table.
type contact struct {
	id            id.ID
	name          Name
	phone         Phone
	address       Address
	place         scope.Path
	lang          i18n.Lang
	forgottenAt   time.Time
	forgottenRule string
}

func (in ContactInput) parse() (c contact, err error) {
	var faults errs.List
	if c.name, err = ParseName(in.Name); faults.Join(err) != nil {
		return c, err
	}
	if c.phone, err = ParsePhone(in.Phone); faults.Join(err) != nil {
		return c, err
	}
	if c.address, err = ParseAddress(in.Address); faults.Join(err) != nil {
		return c, err
	}
	c.place, c.lang = in.Place, in.Lang
	if c.lang == "" {
		c.lang = i18n.ZH
	}
	return c, faults.Err()
}

// A SealedContact is how to reach somebody, ready to be written down. Nothing of
// it can be read.
type SealedContact struct {
	contact
	nameSealed, phoneSealed, phoneIndex, addressSealed []byte
}

// ID is what a matter keeps of it: 0 if nothing was given.
func (c SealedContact) ID() id.ID { return c.id }

// SealContact makes ready under the given ID what NewContact writes: apart from
// the transaction, since sealing takes as long as writing. What is wrong with it
// is Invalid beside its fields.
func (s *Service) SealContact(d id.ID, in ContactInput) (c SealedContact, err error) {
	if in.Empty() {
		return c, nil
	}
	open, err := in.parse()
	if err != nil {
		return c, err
	}
	if c.nameSealed, err = s.box.Seal(contactName, d, open.name.Text); err != nil {
		return c, err
	}
	if c.phoneSealed, err = s.box.Seal(contactPhone, d, open.phone.Text); err != nil {
		return c, err
	}
	if c.phoneIndex, err = s.box.Index(phoneIndex, open.phone.Plain()); err != nil {
		return c, err
	}
	if c.addressSealed, err = s.box.Seal(contactAddress, d, open.address.Text); err != nil {
		return c, err
	}
	c.contact = contact{id: d, place: open.place, lang: open.lang}
	return c, nil
}

// Reach is by what a contact's telephone is found again, see [Service.ReachOf];
// "" if none was given.
func (c SealedContact) Reach() string { return reachWord(c.phoneIndex) }

// reachWord is the beginning of a blind index, as a word: enough of it that no two
// telephones of a country share one.
func reachWord(index []byte) string {
	if len(index) == 0 {
		return ""
	}
	return hex.EncodeToString(index[:12])
}

// ReachOf is by what the contacts that gave this telephone are found: a word that
// is the same for the same number and tells nobody which. The number may be
// written as people write it; what is none is Invalid beside "phone".
//
// There is no index of it among the contacts. Telephones as a blind index has them
// are in no order, so that each new contact would cost a page of the disk; who keeps
// a search index gives it the word.
func (s *Service) ReachOf(phone string) (string, error) {
	p, err := ParsePhone(phone)
	if err != nil {
		return "", err
	}
	index, err := s.box.Index(phoneIndex, p.Plain())
	return reachWord(index), err
}

// Reaches are those of contacts, by their ID. Those that have no telephone, or not
// any more, are left out.
func (s *Service) Reaches(tx *sqldb.Tx, contacts []id.ID) (map[id.ID]string, error) {
	found, err := phoneIndexes(tx, contacts)
	words := make(map[id.ID]string, len(found))
	for d, index := range found {
		words[d] = reachWord(index)
	}
	return words, err
}

// AddContact writes down a contact that has been sealed, if there is any. The
// line in the trail is the matter's own.
func (s *Service) AddContact(tx *sqldb.Tx, c SealedContact) error {
	if c.id == 0 {
		return nil
	}
	return insertContact(tx, c)
}

// NewContact writes down how to reach somebody about one matter, and returns its
// ID for the matter to keep; 0 if nothing was given. It is SealContact and
// AddContact in one.
func (s *Service) NewContact(tx *sqldb.Tx, in ContactInput) (id.ID, error) {
	c, err := s.SealContact(tx.NewID(), in)
	if err != nil {
		return 0, err
	}
	return c.id, s.AddContact(tx, c)
}

// ContactCards returns what may be shown of the contacts, by ID. Those that do
// not exist are left out.
func (s *Service) ContactCards(tx *sqldb.Tx, ids ...id.ID) (map[id.ID]Card, error) {
	cs, err := contacts(tx, s.box, ids)
	if err != nil {
		return nil, err
	}
	cards := make(map[id.ID]Card, len(cs))
	for _, c := range cs {
		cards[c.id] = Card{ID: c.id, Name: c.name.String(), Phone: c.phone.String(), Lang: c.lang, Forgotten: !c.forgottenAt.IsZero()}
	}
	return cards, nil
}
