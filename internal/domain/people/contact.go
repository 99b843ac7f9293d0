// SPDX-License-Identifier: Apache-2.0

package people

import (
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

// NewContact writes down how to reach somebody about one matter, and returns its
// ID for the matter to keep; 0 if nothing was given. It is one INSERT. What is
// wrong with it is Invalid beside its fields. The line in the trail is the
// matter's own.
func (s *Service) NewContact(tx *sqldb.Tx, in ContactInput) (id.ID, error) {
	if in.Empty() {
		return 0, nil
	}
	c, err := in.parse()
	if err != nil {
		return 0, err
	}
	c.id = tx.NewID()
	return c.id, insertContact(tx, s.box, c)
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
