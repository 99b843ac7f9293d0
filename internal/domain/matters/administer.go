// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"hash/fnv"
	"strings"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// LoadCatalogue reads the town's categories; an empty town gets the shipped ones.
// It is called once before anything is raised, and again when another process
// may have changed them.
func (s *Service) LoadCatalogue(ctx context.Context) error {
	c, err := s.readCatalogue(ctx)
	if err != nil {
		return err
	}
	if len(c.Categories) == 0 {
		shipped, err := Shipped()
		if err != nil {
			return err
		}
		if err := s.db.Write(ctx, func(tx *sqldb.Tx) error { return seedCatalogue(tx, shipped) }); err != nil {
			return err
		}
		if c, err = s.readCatalogue(ctx); err != nil {
			return err
		}
	}
	s.catalogue.Store(c)
	return nil
}

func (s *Service) readCatalogue(ctx context.Context) (c *Catalogue, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.loadTiming(tx); err != nil {
			return err
		}
		c, err = loadCatalogue(tx)
		return err
	})
	return c, err
}

// Heed sees whether another process has settled other limits or categories, or changed
// a calendar, since they were read here, and reads them anew if so. It costs two looks
// at small tables. The program calls it every few seconds, and before what must not be
// counted by what was settled before.
func (s *Service) Heed(tx *sqldb.Tx) error {
	if err := s.calendars.Check(tx); err != nil {
		return err
	}
	timing, categories, err := settledVersions(tx)
	if err != nil {
		return err
	}
	if timing > s.Timing().Version {
		if err := s.loadTiming(tx); err != nil {
			return err
		}
	}
	if categories > s.Catalogue().version() {
		c, err := loadCatalogue(tx)
		if err != nil {
			return err
		}
		s.catalogue.Store(c)
	}
	return nil
}

// version grows with every change of a category.
func (c *Catalogue) version() (sum int64) {
	for _, k := range c.Categories {
		sum += int64(k.Version)
	}
	return sum
}

// SetCategory changes or adds a category. What was raised under the old one
// keeps its number, clock and answers. Needs administer.
func (s *Service) SetCategory(ctx context.Context, by scope.Actor, k Category) error {
	if d := by.May("administer", scope.Target{At: s.db.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	k.Code = strings.TrimSpace(k.Code)
	if !isCode(k.Code) {
		return errs.At("code", "category.code")
	}
	if err := k.check(s.Catalogue()); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		spec, err := saveCategory(tx, k)
		if err != nil {
			return err
		}
		if err := keepCategory(tx, k.Code, spec); err != nil {
			return err
		}
		return tellCategory(tx, by, k.Code, spec, k.Active)
	})
	if err != nil {
		return err
	}
	return s.LoadCatalogue(ctx)
}

// tellCategory writes the trail's line of a category that was set.
func tellCategory(tx *sqldb.Tx, by scope.Actor, code, spec string, active bool) error {
	return trail.Append(tx, by, trail.Entry{Noun: "category", Record: recordOf(code), Act: "set", Note: code, Digest: categoryDigest(code, spec, active)})
}

func categoryDigest(code, spec string, active bool) []byte {
	return trail.Digest("category/1", code, spec, active)
}

// recordOf is the number under which the trail knows a record that has a code
// for a key.
func recordOf(code string) id.ID {
	h := fnv.New64a()
	h.Write([]byte(code))
	return id.ID(h.Sum64()>>1 | 1)
}

func isCode(s string) bool {
	if len(s) < 2 || len(s) > 40 {
		return false
	}
	for _, r := range s {
		if r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// A Template is a reply prepared for an act, perhaps for one category only.
type Template struct {
	ID       id.ID
	Act      Act
	Category string
	Name     string
	Words    string
	Active   bool
	Version  int
}

// Templates are the prepared replies, by act and name.
func (s *Service) Templates(ctx context.Context) (ts []Template, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ts, err = templatesOf(tx)
		return err
	})
	return ts, err
}

// SetTemplate adds (ID 0) or changes a prepared reply. Needs administer.
func (s *Service) SetTemplate(ctx context.Context, by scope.Actor, t Template) error {
	if d := by.May("administer", scope.Target{At: s.db.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	var faults errs.List
	t.Name = strings.TrimSpace(t.Name)
	if n := utf8.RuneCountInString(t.Name); n == 0 || n > 60 {
		faults.Add("name", "template.name", 60)
	}
	text, err := saying("words", t.Words, minReason, "matter.words.more")
	if err := faults.Join(err); err != nil {
		return err
	}
	if _, ok := s.Catalogue().Get(t.Category); t.Category != "" && !ok {
		faults.Add("category", "matter.category.unknown")
	}
	switch t.Act {
	case Decline, Ask, Handle, Close, SendBack:
	default:
		faults.Add("act", "template.act")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	t.Words = text
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if t.ID == 0 {
			t.ID, t.Version = tx.NewID(), 1
			if err := insertTemplate(tx, t); err != nil {
				return err
			}
		} else if err := saveTemplate(tx, t); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "template", Record: t.ID, Act: "set", Note: t.Name})
	})
}

// A SavedView is a clerk's own name for the address of a list.
type SavedView struct {
	ID    id.ID
	Name  string
	Query string
}

// maxViews bounds one clerk's saved views.
const maxViews = 30

// Views are the actor's saved views.
func (s *Service) Views(ctx context.Context, by scope.Actor) (vs []SavedView, err error) {
	if by.Account == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		vs, err = viewsOf(tx, by.Account)
		return err
	})
	return vs, err
}

// SaveView keeps the query of a list under a name. Needs an account.
func (s *Service) SaveView(ctx context.Context, by scope.Actor, name, query string) error {
	name = strings.TrimSpace(name)
	switch n := utf8.RuneCountInString(name); {
	case by.Account == 0:
		return errs.New(errs.Denied, scope.DeniedSignIn)
	case n == 0 || n > 30:
		return errs.At("name", "view.name", 30)
	case len(query) > 1000:
		return errs.At("name", "view.long")
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		vs, err := viewsOf(tx, by.Account)
		if err != nil {
			return err
		}
		if len(vs) >= maxViews {
			return errs.At("name", "view.many", maxViews)
		}
		return insertView(tx, by.Account, SavedView{ID: tx.NewID(), Name: name, Query: query})
	})
}

// DeleteView forgets one of the actor's own saved views.
func (s *Service) DeleteView(ctx context.Context, by scope.Actor, d id.ID) error {
	if by.Account == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return deleteView(tx, by.Account, d) })
}
