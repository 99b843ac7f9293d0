// SPDX-License-Identifier: Apache-2.0

package places

import (
	"bytes"
	"context"
	_ "embed"
	"io"
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// qionglai is the shipped tree: see qionglai/README.md.
//
//go:embed qionglai/divisions.json
var qionglai []byte

// Qionglai returns the divisions of Qionglai, 14 streets and towns and 189
// villages and communities, for ImportDivisions as JSON.
func Qionglai() io.Reader { return bytes.NewReader(qionglai) }

// A DivisionImport is a file of divisions and how to take it.
type DivisionImport struct {
	File   io.Reader
	Format Format
	City   i18n.Text // the county's name, if neither the books nor the file have it
	On     Day       // from when new places are; empty: as far back as the books go
	Dry    bool      // only say what would happen
}

// ImportDivisions adds the places of a file that are not yet in the books, with
// an English name made from the pinyin. Whoever administers the whole tree may.
//
// A place whose code and name are in the books, now or in its history, is
// unchanged, so that the same file, or an older one, changes nothing the second
// time. A row is rejected, and the rest goes in, if it is malformed, is twice in
// the file, hangs below a row that was rejected, or contradicts the books: such
// changes have a day and are made by Rename, Recode, Merge and Split. Nothing is
// removed because a file lacks it. A file that cannot be read at all is Invalid.
//
// A CSV file does not name the county. If the books have none, it is added under
// the name given, else under its name in the shipped tree, else its code; it is
// counted like a row, and so is each town.
func (s *Service) ImportDivisions(ctx context.Context, by scope.Actor, in DivisionImport) (Result, error) {
	ds, err := readDivisions(in.File, in.Format)
	if err != nil {
		return Result{}, err
	}
	if in.On != "" && !in.On.valid() {
		return Result{}, errs.At("on", "place.day.malformed")
	}
	var result Result
	err = s.change(ctx, by, in.On, func(p *plan) error {
		if err := p.allow(scope.Path{}); err != nil {
			return err
		}
		if p.on > p.today {
			return errs.At("on", "place.day.future")
		}
		m := importer{plan: p, codes: p.tree.codes(), names: map[string]bool{}, city: in.City}
		for _, d := range m.rooted(ds) {
			if err := m.take(d); err != nil {
				return err
			}
		}
		if result = m.Result; in.Dry {
			p.changes = nil
		}
		return nil
	})
	return result, err
}

// importer takes divisions into a plan one by one.
type importer struct {
	*plan
	Result
	codes map[string]id.ID // every national code that is or was, and those of this file
	seen  map[string]bool  // codes of this file
	names map[string]bool  // parent and name of this file
	city  i18n.Text
}

// codes maps every code that a place has or had to the place: open places over
// closed ones, what is over what was.
func (t *Tree) codes() map[string]id.ID {
	m := make(map[string]id.ID, len(t.places))
	for _, n := range t.places {
		for _, s := range n.spans {
			if s.Scheme == Statistics12 && m[s.Code] < n.ID { // the newest, whatever the order
				m[s.Code] = n.ID
			}
		}
	}
	for _, n := range t.order {
		if n.Scheme == Statistics12 {
			m[n.Code] = n.ID
		}
	}
	return m
}

// rooted puts the county before the divisions of a file that does not name it.
func (m *importer) rooted(ds []division) []division {
	m.seen = make(map[string]bool, len(ds))
	if len(ds) == 0 || ds[0].kind == City {
		return ds
	}
	for _, d := range ds {
		if len(d.code) != 12 || !digits(d.code) {
			continue
		}
		code := Pad(d.code[:6])
		if m.codes[code] != 0 {
			return ds
		}
		name := m.city.ZH
		if shipped, err := readDivisions(Qionglai(), JSON); name == "" && err == nil && shipped[0].code == code {
			name = shipped[0].name
		}
		if name == "" {
			name = code[:6]
		}
		return slices.Insert(slices.Clone(ds), 0, division{row: 1, kind: City, code: code, name: name})
	}
	return ds
}

// take plans one division, counts it unchanged, or rejects it. It returns only
// errors that are not the row's.
func (m *importer) take(d division) error {
	m.Read++
	name := official(d.name)
	if d.kind != Village {
		name = strings.TrimSpace(d.name)
	}
	reject := func(err error) error {
		if !public(err) {
			return err
		}
		m.reject(d.row, name, err)
		return nil
	}
	if d.err != nil {
		return reject(d.err)
	}
	if m.seen[d.code] {
		return reject(errs.At("code", "place.import.twice", d.code))
	}
	var parent Place
	if d.kind != City {
		up, err := m.get(m.codes[d.parent])
		if err != nil {
			return reject(errs.At("parent", "place.import.parent", d.parent))
		}
		parent = up
	}
	if have := m.tree.places[m.codes[d.code]]; have != nil {
		m.seen[d.code] = true
		if have.Kind != d.kind || !have.had(d.code, name) {
			return reject(errs.At("name", "place.import.differs", d.code, have.Name))
		}
		m.Unchanged++
		return nil
	}
	key := parent.ID.String() + string(d.kind) + name
	if m.names[key] || slices.ContainsFunc(m.tree.Children(parent.ID), func(x Place) bool { return x.Kind == d.kind && x.Name.ZH == name }) {
		return reject(errs.At("name", "place.name.taken", i18n.Text{ZH: name}))
	}
	if _, ok := m.tree.City(); ok && d.kind == City {
		return reject(errs.New(errs.Conflict, "place.city.second"))
	}
	english := ""
	if d.kind == City && name == m.city.ZH {
		english = m.city.EN
	}
	x, err := m.add(Draft{Kind: d.kind, Parent: parent.ID, Scheme: Statistics12, Code: d.code, Name: i18n.Text{ZH: name, EN: english}, Community: d.community})
	if err != nil {
		return reject(err)
	}
	m.codes[d.code], m.seen[d.code], m.names[key] = x.ID, true, true
	m.Added++
	return nil
}

// had reports whether the place has or had the code, and has or had the name.
func (n *node) had(code, name string) bool {
	has := func(f func(Span) bool) bool { return slices.ContainsFunc(n.spans, f) }
	return has(func(s Span) bool { return s.Code == code }) && has(func(s Span) bool { return s.Name.ZH == name })
}
