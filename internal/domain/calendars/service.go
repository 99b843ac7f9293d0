// SPDX-License-Identifier: Apache-2.0

// Package calendars keeps when the town works.
//
// Time limits are counted in working time (package kit/when), and so somebody has
// to say what that is: the public holidays, which come with the program and are
// supplemented each year by a file; the town's hours; and what a single unit does
// otherwise, its own hours or a day on which it is closed. Each such text that
// comes into force is an [Edition]. Editions are numbered through and kept for
// ever: whoever counted a limit notes the number, and the same due time can be
// derived years later under the calendar of that day ([Service.At]), whatever
// has been changed since.
//
// Only who administers the town changes a calendar. What it holds is nobody's
// secret: everybody may know when the town works.
package calendars

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Kind says whose text an edition is.
type Kind string

// The kinds, each laid over the one before.
const (
	Shipped Kind = "shipped"
	Town    Kind = "town"
	Unit    Kind = "unit"
)

// An Edition is a calendar file that came into force.
type Edition struct {
	Number  int
	Kind    Kind
	Unit    id.ID // of a unit's
	Text    string
	Note    string
	Account id.ID
	Actor   string
	At      time.Time
}

// A Service knows the calendars. It is safe for several goroutines.
type Service struct {
	db  *sqldb.DB
	now atomic.Pointer[shelf]
}

// New returns the service, which knows the shipped holidays alone until Load.
func New(db *sqldb.DB) *Service {
	s := &Service{db: db}
	s.now.Store(newShelf(nil))
	return s
}

// A shelf is every edition up to one moment, and the calendars made of them.
type shelf struct {
	editions []Edition
	mu       sync.Mutex
	made     map[volume]*when.Calendar
}

type volume struct {
	edition int
	unit    id.ID
	later   string // the editions that it learnt from, see Learned
}

func newShelf(editions []Edition) *shelf {
	return &shelf{editions: editions, made: map[volume]*when.Calendar{}}
}

// last is the number of the newest edition, 0 if there is none.
func (h *shelf) last() int {
	if len(h.editions) == 0 {
		return 0
	}
	return h.editions[len(h.editions)-1].Number
}

// text is the newest text of a kind up to an edition.
func (h *shelf) text(edition int, kind Kind, unit id.ID) (Edition, bool) {
	for _, e := range slices.Backward(h.editions) {
		if e.Number <= edition && e.Kind == kind && e.Unit == unit {
			return e, true
		}
	}
	return Edition{}, false
}

func (h *shelf) calendar(edition int, unit id.ID) *when.Calendar {
	if _, own := h.text(edition, Unit, unit); !own {
		unit = 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	v := volume{edition: edition, unit: unit}
	if c := h.made[v]; c != nil {
		return c
	}
	c := when.Default()
	for _, kind := range []Kind{Shipped, Town, Unit} {
		of := id.ID(0)
		if kind == Unit {
			if of = unit; of == 0 {
				continue
			}
		}
		e, ok := h.text(edition, kind, of)
		if !ok {
			continue
		}
		table, err := when.ReadTable(e.Text)
		if err != nil {
			continue // it was read when it came into force
		}
		if kind == Shipped { // not over today's, which may know more than it did
			c = when.Bare()
		}
		c = c.With(table)
	}
	h.made[v] = c
	return c
}

// Load reads the editions. It is called once before anything is counted; the
// first time, and whenever the program has come with other holidays than before,
// those are written down as an edition.
func (s *Service) Load(ctx context.Context) error {
	editions, err := s.read(ctx)
	if err != nil {
		return err
	}
	shelf := newShelf(editions)
	if e, ok := shelf.text(shelf.last(), Shipped, 0); !ok || e.Text != when.ShippedText() {
		if err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
			return s.add(tx, scope.Program("program"), Edition{Kind: Shipped, Text: when.ShippedText()})
		}); err != nil {
			return err
		}
		if editions, err = s.read(ctx); err != nil {
			return err
		}
		shelf = newShelf(editions)
	}
	s.now.Store(shelf)
	return nil
}

func (s *Service) read(ctx context.Context) (es []Edition, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		es, err = editions(tx)
		return err
	})
	return es, err
}

// Check sees whether another process has changed a calendar since they were read,
// and reads them anew if so. It costs one look at one row.
func (s *Service) Check(tx *sqldb.Tx) error {
	n, err := newest(tx)
	if err != nil || n <= s.now.Load().last() { // less: this transaction began before the newest was known here
		return err
	}
	es, err := editions(tx)
	if err != nil {
		return err
	}
	s.now.Store(newShelf(es))
	return nil
}

// Current is the calendar of a unit as it is now, of the town with 0, and the
// number of the edition under which it can be had again.
func (s *Service) Current(unit id.ID) (c *when.Calendar, edition int) {
	h := s.now.Load()
	return h.calendar(h.last(), unit), h.last()
}

// Town is the town's calendar as it is now.
func (s *Service) Town() *when.Calendar {
	c, _ := s.Current(0)
	return c
}

// At is the calendar of a unit, or of the town with 0, as it was in an edition.
func (s *Service) At(edition int, unit id.ID) *when.Calendar {
	return s.now.Load().calendar(edition, unit)
}

// Learned is At, with what later editions told of years whose holidays were not known
// before them, one after the other (see [when.Calendar.Learn]). What the later ones
// say otherwise has no effect: what was counted stays as it was.
func (s *Service) Learned(edition int, unit id.ID, later []int) *when.Calendar {
	h := s.now.Load()
	c := h.calendar(edition, unit)
	if len(later) == 0 {
		return c
	}
	v := volume{edition, unit, fmt.Sprint(later)}
	h.mu.Lock()
	made := h.made[v]
	h.mu.Unlock()
	if made != nil {
		return made
	}
	for _, n := range later {
		c = c.Learn(h.calendar(n, unit))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made[v] = c
	return c
}

// NewlyKnown is the first of the years whose holidays became known, to the town or to
// one of its units, after one edition and up to the newest; 0 if there is none. It
// also says which edition is the newest, and since when.
func (s *Service) NewlyKnown(after int) (first, newest int, since time.Time) {
	h := s.now.Load()
	if newest = h.last(); newest == 0 {
		return 0, 0, since
	}
	since = h.editions[len(h.editions)-1].At
	for _, u := range append([]id.ID{0}, h.units(newest)...) {
		was, is := h.calendar(max(1, after), u), h.calendar(newest, u)
		for y := range is.KnownYears() {
			if !was.Known(y) && (first == 0 || y < first) {
				first = y
			}
		}
	}
	return first, newest, since
}

// Units are the units that have a calendar of their own now.
func (s *Service) Units() []id.ID {
	h := s.now.Load()
	return h.units(h.last())
}

// units are the units that have a calendar of their own in an edition, by ID.
func (h *shelf) units(edition int) (us []id.ID) {
	for _, e := range h.editions {
		if e.Kind != Unit || slices.Contains(us, e.Unit) {
			continue
		}
		if last, _ := h.text(edition, Unit, e.Unit); strings.TrimSpace(last.Text) != "" {
			us = append(us, e.Unit)
		}
	}
	slices.Sort(us)
	return us
}

// Text is the newest text of a kind, "" if there is none: what a form shows.
func (s *Service) Text(kind Kind, unit id.ID) Edition {
	h := s.now.Load()
	e, _ := h.text(h.last(), kind, unit)
	return e
}

// Editions are the editions, the newest first.
func (s *Service) Editions() []Edition {
	es := slices.Clone(s.now.Load().editions)
	slices.SortFunc(es, func(a, b Edition) int { return cmp.Compare(b.Number, a.Number) })
	return es
}

// maxNote is the greatest length of why a calendar was changed, in characters.
const maxNote = 200

// Set puts a calendar file into force for the town (unit 0) or for one unit; an
// empty one takes back what was said before. What was counted before keeps its due
// time. It is Invalid, with the line, if the file cannot be read, and Conflict if
// another edition came into force since the one that the actor saw. Needs
// administer in the whole town.
func (s *Service) Set(ctx context.Context, by scope.Actor, unit id.ID, text, note string, saw int) (Edition, error) {
	if d := by.May(access.Administer, scope.Target{At: s.db.Now()}); !d.OK {
		return Edition{}, errs.New(errs.Denied, d.Key, d.Args...)
	}
	e := Edition{Kind: Town, Unit: unit, Text: strings.ReplaceAll(text, "\r\n", "\n"), Note: strings.TrimSpace(note)}
	if unit != 0 {
		e.Kind = Unit
	}
	if _, err := when.ReadTable(e.Text); err != nil {
		return e, err
	}
	if n := utf8.RuneCountInString(e.Note); n == 0 || n > maxNote {
		return e, errs.At("note", "calendar.note", maxNote)
	}
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		n, err := newest(tx)
		switch {
		case err != nil:
			return err
		case n != saw:
			return errs.New(errs.Conflict, "calendar.changed")
		}
		return s.add(tx, by, e)
	})
	if err != nil {
		return e, err
	}
	if err := s.Load(ctx); err != nil {
		return e, err
	}
	return s.Text(e.Kind, unit), nil
}

// add writes an edition and its line in the trail.
func (s *Service) add(tx *sqldb.Tx, by scope.Actor, e Edition) error {
	n, err := newest(tx)
	if err != nil {
		return err
	}
	e.Number, e.Account, e.Actor, e.At = n+1, by.Account, by.Name, tx.Now()
	if err := insert(tx, e); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "calendar", Record: id.ID(e.Number), Act: "set", Note: string(e.Kind), Digest: e.digest()})
}

func (e Edition) digest() []byte {
	return trail.Digest("calendar/1", e.Number, string(e.Kind), e.Unit, e.Text, e.Note, e.Account, e.Actor, e.At)
}

// EachDigest calls f with every edition's digest, for the check of the trail.
func EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	es, err := editions(tx)
	if err != nil {
		return err
	}
	for _, e := range es {
		if err := f(id.ID(e.Number), e.digest()); err != nil {
			return err
		}
	}
	return nil
}
