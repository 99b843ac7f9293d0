// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A View says how much of a matter somebody sees.
type View int

// The views, each containing the one before.
const (
	Nothing  View = iota
	Outside       // what everybody sees
	Reporter      // the whole public story, even of a private matter
	Inside        // the internal story too
)

// view decides how much of m the actor sees:
//   - who works on it, or sees the matters of its place, sees the inside;
//   - the reporter sees everything that is meant for reporters, and so does who
//     wrote it down for them, as long as they raise matters for others there;
//   - everybody sees a public matter that is not moderated away.
func (s *Service) view(tx *sqldb.Tx, by scope.Actor, m Matter) View {
	switch {
	case by.Kind == scope.System:
		return Inside
	case by.Kind == scope.Staff && s.worksOn(tx, by, m):
		return Inside
	case isReporter(by, m), m.RaisedBy != 0 && m.RaisedBy == by.Account && by.May("raise_for", m.Target("raise_for", tx.Now())).OK:
		return Reporter
	case m.VisibleToAll():
		return Outside
	}
	return Nothing
}

func (s *Service) maySee(tx *sqldb.Tx, by scope.Actor, m Matter) bool {
	return s.view(tx, by, m) > Nothing
}

// worksOn reports whether the actor sees the matters of the place, handles this
// one in the unit that leads it or whose turn it is, or belongs to a unit that
// assists or was called to it, wherever that is at home; of a joined matter, that
// they work on the one it follows.
func (s *Service) worksOn(tx *sqldb.Tx, by scope.Actor, m Matter) bool {
	if sees(by, m.Path, m.Category, tx.Now()) {
		return true
	}
	units := by.Units("handle", tx.Now())
	if len(units) == 0 {
		return false
	}
	for _, u := range []id.ID{m.Lead, m.TurnUnit} {
		if u != 0 && by.May("handle", scope.Target{Path: m.Path, Unit: u, Category: m.Category, At: tx.Now()}).OK {
			return true
		}
	}
	if m.State == Joined { // it is worked on under the other's number
		if t, err := s.load(tx, m.JoinedTo); err == nil && t.State != Joined && s.worksOn(tx, by, t) {
			return true
		}
	}
	called, err := calledUnits(tx, m.ID)
	return err == nil && slices.ContainsFunc(called, func(u id.ID) bool { return slices.Contains(units, u) })
}

// sees reports whether the actor sees the matters of the place and category that
// are not public.
func sees(by scope.Actor, at scope.Path, category string, now time.Time) bool {
	t := scope.Target{Path: at, Category: category, At: now}
	return by.May("see", t).OK || by.May("audit", t).OK
}

// A Whole is a matter with everything one reader may see of it.
type Whole struct {
	Matter      Matter
	View        View
	Steps       []Step
	Files       []File
	Supports    []Support
	Assists     []Assist
	Whistles    []Whistle
	Invitations []Invitation
	Parts       []Card // split off this matter
	JoinedHere  []Card // joined to this matter
	Origins     []Card // that it was joined to, or split off
	Moderations []Moderation
	Acts        []Act // what this reader may do now: the buttons
	IsReporter  bool
}

// Get returns the matter with the given number, as far as the actor may see it.
// It is NotFound if there is none, or none for them.
func (s *Service) Get(ctx context.Context, by scope.Actor, number string) (w Whole, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := s.loadNumber(tx, strings.ToUpper(strings.TrimSpace(number)))
		if err != nil {
			return err
		}
		if w, err = s.whole(tx, by, m); err != nil {
			return err
		}
		return nil
	})
	return w, err
}

func (s *Service) whole(tx *sqldb.Tx, by scope.Actor, m Matter) (w Whole, err error) {
	w = Whole{Matter: m, View: s.view(tx, by, m), IsReporter: isReporter(by, m)}
	if w.View == Nothing {
		return w, errs.New(errs.NotFound, "matter.none")
	}
	if w.Steps, err = steps(tx, m.ID); err != nil {
		return w, err
	}
	if w.Files, err = filesOf(tx, m.ID); err != nil {
		return w, err
	}
	if w.Supports, err = supportsOf(tx, m.ID); err != nil {
		return w, err
	}
	if w.Parts, err = s.cardsWhere(tx, "split_from", m.ID); err != nil {
		return w, err
	}
	if w.JoinedHere, err = s.cardsWhere(tx, "joined_to", m.ID); err != nil {
		return w, err
	}
	if w.Origins, err = s.origins(tx, m); err != nil {
		return w, err
	}
	w.Acts = s.acts(tx, by, m)
	// Another matter's title is its own: it is shown to who could open that one.
	foreign := func(c Card) bool {
		return !c.VisibleToAll() && (w.View != Inside || !sees(by, c.Path, c.Category, tx.Now()))
	}
	w.Parts, w.Origins = slices.DeleteFunc(w.Parts, foreign), slices.DeleteFunc(w.Origins, foreign)
	if w.View != Inside {
		w.JoinedHere = slices.DeleteFunc(w.JoinedHere, foreign)
	}
	if w.View == Inside {
		if w.Assists, err = assistsOf(tx, m.ID); err != nil {
			return w, err
		}
		if w.Whistles, err = whistlesOf(tx, m.ID); err != nil {
			return w, err
		}
		if w.Moderations, err = moderationsOf(tx, m.ID); err != nil {
			return w, err
		}
		w.Invitations, err = invitationsOf(tx, m.ID)
		return w, err
	}
	w.hide()
	return w, nil
}

// hide leaves out what is not for readers from outside.
func (w *Whole) hide() {
	w.Steps = slices.DeleteFunc(w.Steps, func(p Step) bool { return !p.Public })
	open := func(hidden, public bool) bool { return !hidden && (public || w.View >= Reporter) }
	for i := range w.Steps {
		if w.Steps[i].Hidden && w.View < Reporter {
			w.Steps[i].Words = ""
		}
	}
	seen := map[id.ID]bool{0: true}
	for _, p := range w.Steps {
		seen[p.ID] = true
	}
	w.Files = slices.DeleteFunc(w.Files, func(f File) bool { return !seen[f.Step] || !open(f.Hidden, f.Public) })
	w.Supports = slices.DeleteFunc(w.Supports, func(p Support) bool { return !open(p.Hidden, p.Public) })
}

// origins are the matters that m follows or came from.
func (s *Service) origins(tx *sqldb.Tx, m Matter) ([]Card, error) {
	var ids []ID
	for _, d := range []ID{m.JoinedTo, m.SplitFrom} {
		if d != 0 {
			ids = append(ids, d)
		}
	}
	return s.cardsByID(tx, ids)
}

// acts are the moves that the actor may make now.
func (s *Service) acts(tx *sqldb.Tx, by scope.Actor, m Matter) []Act {
	var as []Act
	for _, mv := range Flow.From(m.State) {
		if _, err := s.allow(by, m, mv.Need, mv.Act, tx.Now()); err == nil {
			as = append(as, mv.Act)
		}
	}
	return as
}

// ByCode returns the ID and number of the matter whose slip bears this number
// and code, so that the web can let its holder in. It is NotFound if they do not
// belong together; which of the two is wrong is not said.
func (s *Service) ByCode(ctx context.Context, number, code string) (d ID, err error) {
	index, err := s.codeIndex(code)
	if err != nil {
		return 0, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := s.loadNumber(tx, strings.ToUpper(strings.TrimSpace(number)))
		if errs.KindOf(err) == errs.NotFound || err == nil && subtle.ConstantTimeCompare(m.codeIndex, index) != 1 {
			return errs.At("code", "matter.code.wrong")
		}
		d = m.ID
		return err
	})
	return d, err
}
