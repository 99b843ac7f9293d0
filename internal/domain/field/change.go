// SPDX-License-Identifier: Apache-2.0

package field

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// ChangeKind is the kind of envelopes that change a record.
const ChangeKind = "change"

// A Change is what a phone wants to be different about a record.
type Change struct {
	Noun    string            `json:"noun"`
	Record  id.ID             `json:"record"`
	Version int64             `json:"version"` // that the phone read
	Fields  map[string]Edited `json:"fields"`
}

// Edited is one field: what the phone read, and what was written there.
type Edited struct {
	Was string `json:"was"`
	Now string `json:"now"`
}

// A Book is a kind of records that phones may change. Both functions see to it that the
// actor may, and that each look at what is private leaves its trace.
type Book struct {
	Noun  string
	Look  func(tx *sqldb.Tx, by scope.Actor, record id.ID) (Leaf, error)
	Write func(tx *sqldb.Tx, by scope.Actor, record id.ID, version int64, to map[string]string) error
}

// A Leaf is a record of a book as it is now.
type Leaf struct {
	Title   string // by which people know it
	Path    scope.Path
	Version int64
	Fields  []LeafField
}

// A LeafField is one of its fields.
type LeafField struct {
	Name  string
	Label i18n.Text
	Value string
}

func (l Leaf) get(name string) (LeafField, bool) {
	i := slices.IndexFunc(l.Fields, func(f LeafField) bool { return f.Name == name })
	if i < 0 {
		return LeafField{}, false
	}
	return l.Fields[i], true
}

// A Difference is one field about which the phone and the town do not agree.
type Difference struct {
	Name   string    `json:"name"`
	Label  i18n.Text `json:"label"`
	Was    string    `json:"was"`    // what the phone had read
	Mine   string    `json:"mine"`   // what was written down on it
	Theirs string    `json:"theirs"` // what somebody else has written meanwhile
}

// merge says which fields of a change can be written, since nobody has changed them
// since the phone read them, and which a person must settle. What is the same already is
// neither.
func merge(l Leaf, c Change) (write map[string]string, differ []Difference, err error) {
	write = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		now, ok := l.get(name)
		e := c.Fields[name]
		switch {
		case !ok:
			return nil, nil, errs.New(errs.Invalid, "field.change.field", name)
		case now.Value == e.Now:
		case now.Value == e.Was:
			write[name] = e.Now
		default:
			differ = append(differ, Difference{Name: name, Label: now.Label, Was: e.Was, Mine: e.Now, Theirs: now.Value})
		}
	}
	return write, differ, nil
}

// check is Invalid if a change makes no sense by itself.
func (c Change) check() error {
	if len(c.Fields) == 0 {
		return errs.New(errs.Invalid, "field.change.none")
	}
	for name, e := range c.Fields {
		if strings.TrimSpace(name) == "" || utf8.RuneCountInString(e.Now) > maxValue {
			return errs.New(errs.Invalid, "field.change.long", maxValue)
		}
	}
	return nil
}

const maxValue = 500

// acceptChange is what takes envelopes of ChangeKind.
func (s *Service) acceptChange(tx *sqldb.Tx, by scope.Actor, e Envelope) (out Outcome, err error) {
	var c Change
	if err := e.Read(&c); err != nil {
		return out, err
	}
	book, ok := s.books[c.Noun]
	switch {
	case !ok:
		return out, errs.New(errs.Invalid, "field.change.noun")
	case len(e.Files) > 0:
		return out, errs.New(errs.Invalid, "field.change.files")
	}
	if err := c.check(); err != nil {
		return out, err
	}
	leaf, err := book.Look(tx, by, c.Record)
	if err != nil {
		return out, err
	}
	write, differ, err := merge(leaf, c)
	if err != nil {
		return out, err
	}
	if len(write) > 0 {
		if err := book.Write(tx, by, c.Record, leaf.Version, write); err != nil {
			return out, err
		}
	}
	out = Outcome{Noun: c.Noun, Record: c.Record}
	if len(differ) == 0 {
		return out, nil
	}
	k, err := s.raise(tx, by, e, c, leaf, differ)
	return Outcome{Noun: Flow.Name(), Record: k.ID, Conflict: true}, err
}
