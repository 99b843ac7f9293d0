// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"slices"
	"strings"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Catalogue is everything that can be had, as it stands in memory: it is small,
// read by everybody and seldom changed. It does not change.
type Catalogue struct {
	mark   int64
	items  []Item
	byCode map[string]int
	byID   map[id.ID]int
	found  []findable
	words  synonyms
}

func newCatalogue(mark int64, items []Item) *Catalogue {
	c := &Catalogue{mark: mark, items: items, byCode: map[string]int{}, byID: map[id.ID]int{}, words: shippedSynonyms()}
	for n, i := range items {
		c.byCode[i.Code], c.byID[i.ID] = n, n
		c.found = append(c.found, findableOf(i))
	}
	return c
}

// Get is the item with the code, whether or not it is still offered.
func (c *Catalogue) Get(code string) (Item, bool) {
	n, ok := c.byCode[code]
	if !ok {
		return Item{}, false
	}
	return c.items[n], true
}

// ByID is the item with the ID, whether or not it is still offered.
func (c *Catalogue) ByID(d id.ID) (Item, bool) {
	n, ok := c.byID[d]
	if !ok {
		return Item{}, false
	}
	return c.items[n], true
}

// Of are the items that a unit offers, also those it does not offer any more.
func (c *Catalogue) Of(unit id.ID) (is []Item) {
	for _, i := range c.items {
		if i.Unit == unit {
			is = append(is, i)
		}
	}
	return is
}

// A Theme is a heading with how many items stand under it.
type Theme struct {
	Name  string
	Count int
}

// Themes are the headings, those with the most items first.
func (c *Catalogue) Themes() (ts []Theme) {
	at := map[string]int{}
	for _, i := range c.items {
		if !i.Active || i.Theme == "" {
			continue
		}
		n, ok := at[i.Theme]
		if !ok {
			n, at[i.Theme] = len(ts), len(ts)
			ts = append(ts, Theme{Name: i.Theme})
		}
		ts[n].Count++
	}
	slices.SortStableFunc(ts, func(a, b Theme) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	return ts
}

// Catalogue is everything that can be had, as it is now.
func (s *Service) Catalogue(ctx context.Context) (c *Catalogue, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		c, err = s.catalogue(tx)
		return err
	})
	return c, err
}

// catalogue is the one in memory, read anew if another process has changed it. It
// costs one look at one row.
func (s *Service) catalogue(tx *sqldb.Tx) (*Catalogue, error) {
	n, err := sqldb.Mark(tx, catalogueMark)
	if err != nil {
		return nil, err
	}
	if c := s.shelf.Load(); c.mark == n {
		return c, nil
	}
	if err := s.reload(tx); err != nil {
		return nil, err
	}
	return s.shelf.Load(), nil
}

func (s *Service) reload(tx *sqldb.Tx) error {
	n, err := sqldb.Mark(tx, catalogueMark)
	if err != nil {
		return err
	}
	items, err := allItems(tx)
	if err != nil {
		return err
	}
	s.shelf.Store(newCatalogue(n, items))
	return nil
}

// item is the one with the code that is still offered; else NotFound.
func (s *Service) item(tx *sqldb.Tx, code string) (Item, error) {
	c, err := s.catalogue(tx)
	if err != nil {
		return Item{}, err
	}
	i, ok := c.Get(code)
	if !ok || !i.Active {
		return Item{}, errs.New(errs.NotFound, "desk.item.none")
	}
	return i, nil
}

// unitNamed is the unit of the town that bears the name.
func (s *Service) unitNamed(name string) (orgs.Unit, bool) {
	for _, u := range s.Orgs.Directory().Units() {
		if u.Name.ZH == name || u.Name.EN == name && name != "" {
			return u, true
		}
	}
	return orgs.Unit{}, false
}
