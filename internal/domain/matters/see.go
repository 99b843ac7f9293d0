// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"crypto/subtle"
	"slices"
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
	v := glance(by, m, tx.Now())
	if v < Inside && (by.Kind == scope.Staff || by.Kind == scope.Machine) && s.calledTo(tx, by, m) {
		return Inside
	}
	return v
}

func (s *Service) maySee(tx *sqldb.Tx, by scope.Actor, m Matter) bool {
	return glance(by, m, tx.Now()) > Nothing || s.view(tx, by, m) > Nothing
}

// leads reports whether the actor sees the matters of the place, or handles this
// one in the unit that leads it or whose turn it is.
func leads(by scope.Actor, m Matter, now time.Time) bool {
	if sees(by, m.Path, m.Category, now) {
		return true
	}
	for _, u := range []id.ID{m.Lead, m.TurnUnit} {
		if u != 0 && by.May("handle", scope.Target{Path: m.Path, Unit: u, Category: m.Category, At: now}).OK {
			return true
		}
	}
	return false
}

// calledTo reports whether the actor belongs to a unit that assists or was called
// to the matter, wherever that is at home; of a joined matter, whether they work on
// the one it follows.
func (s *Service) calledTo(tx *sqldb.Tx, by scope.Actor, m Matter) bool {
	units := by.Units("handle", tx.Now())
	if len(units) == 0 {
		return false
	}
	if m.State == Joined { // it is worked on under the other's number
		if t, err := s.load(tx, m.JoinedTo); err == nil && t.State != Joined && (leads(by, t, tx.Now()) || s.calledTo(tx, by, t)) {
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
	Parts       []Card        // split off this matter
	JoinedHere  []Card        // joined to this matter
	Origins     []Card        // that it was joined to, or split off
	Moderations []Moderation  // for those at work and the reporter
	Acts        []Act         // what this reader may do now: the buttons
	Hindered    map[Act]error // why what this reader might do is not possible now
	IsReporter  bool
}

// Get returns the matter with the given number, as far as the actor may see it.
// It is NotFound if there is none, or none for them.
func (s *Service) Get(ctx context.Context, by scope.Actor, number string) (w Whole, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := s.loadNumber(tx, clean(number))
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
	s.acts(tx, by, &w)
	if err = s.nameActs(tx, by, &w); err != nil {
		return w, err
	}
	if w.View > Outside {
		if w.Moderations, err = moderationsOf(tx, m.ID); err != nil {
			return w, err
		}
	}
	if w.View == Inside {
		// Another matter's title is its own: it is shown to who could open that one.
		foreign := func(c Card) bool { return !c.VisibleToAll() && !sees(by, c.Path, c.Category, tx.Now()) }
		w.Parts, w.Origins = slices.DeleteFunc(w.Parts, foreign), slices.DeleteFunc(w.Origins, foreign)
	}
	if w.View == Inside {
		if w.Assists, err = assistsOf(tx, m.ID); err != nil {
			return w, err
		}
		if w.Whistles, err = whistlesOf(tx, m.ID); err != nil {
			return w, err
		}
		w.Invitations, err = invitationsOf(tx, m.ID)
		return w, err
	}
	w.hide(by)
	return w, nil
}

// hide leaves out what is not for readers from outside. What was moderated the
// reporter still reads; what a supporter said in confidence they do not.
func (w *Whole) hide(by scope.Actor) {
	w.Steps = slices.DeleteFunc(w.Steps, func(p Step) bool { return !p.Public })
	seen := map[id.ID]Act{0: raised}
	for _, p := range w.Steps {
		seen[p.ID] = p.Act
	}
	w.Files = slices.DeleteFunc(w.Files, func(f File) bool {
		return !mayOpen(f, seen[f.Step], w.View)
	})
	w.Supports = slices.DeleteFunc(w.Supports, func(p Support) bool {
		return (p.Hidden || !p.Public) && (p.Resident == 0 || p.Resident != by.Resident)
	})
	shut := func(c Card) bool { return !c.VisibleToAll() }
	w.JoinedHere = slices.DeleteFunc(w.JoinedHere, shut)
	if w.View == Reporter { // whose are also the parts, and the whole they were taken out of
		w.Origins = slices.DeleteFunc(w.Origins, func(c Card) bool { return shut(c) && c.ID != w.Matter.SplitFrom })
		return
	}
	w.Parts, w.Origins = slices.DeleteFunc(w.Parts, shut), slices.DeleteFunc(w.Origins, shut)
	for i, p := range w.Steps {
		if p.Hidden {
			w.Steps[i].Words = ""
		}
		w.Steps[i].Detail = w.openDetail(p)
	}
}

// mayOpen reports whether a reader from outside may open a file that came with
// the act, "" if that is not for them: everybody what is public and not hidden,
// the reporter also what was said to them, and what they sent themselves with the
// raising even if it was hidden from others.
func mayOpen(f File, with Act, v View) bool {
	switch {
	case with == "":
		return false
	case f.Hidden:
		return v >= Reporter && f.Step == 0
	case !f.Public:
		return v >= Reporter && with != SupportAct
	}
	return true
}

// openDetail is a step's detail for everybody: numbers only of matters that
// everybody may read.
func (w *Whole) openDetail(p Step) string {
	if !slices.Contains([]Act{Join, Unjoin, Split, SplitOff, Unsplit, Reopen}, p.Act) {
		return p.Detail
	}
	var shown []string
	for _, n := range numbersOf(p.Detail) {
		for _, c := range slices.Concat(w.Parts, w.JoinedHere, w.Origins) {
			if c.Number == n {
				shown = append(shown, n)
				break
			}
		}
	}
	return joinNumbers(shown)
}

// origins are the matters that m follows or came from.
func (s *Service) origins(tx *sqldb.Tx, m Matter) ([]Card, error) {
	var ids []ID
	for _, d := range []ID{m.JoinedTo, m.SplitFrom} {
		if d != 0 && !slices.Contains(ids, d) { // a part that went back where it came from
			ids = append(ids, d)
		}
	}
	return s.cardsByID(tx, ids)
}

// acts finds the moves that the actor may make now, and those that are theirs but
// not possible.
func (s *Service) acts(tx *sqldb.Tx, by scope.Actor, w *Whole) {
	for _, mv := range Flow.From(w.Matter.State) {
		if slices.Contains(w.Acts, mv.Act) || w.Hindered[mv.Act] != nil {
			continue
		}
		if _, err := s.allow(by, w.Matter, mv.Need, mv.Act, tx.Now()); err != nil {
			continue
		}
		if err := s.hindrance(tx, by, w.Matter, mv.Act); err != nil {
			if w.Hindered == nil {
				w.Hindered = map[Act]error{}
			}
			w.Hindered[mv.Act] = err
			continue
		}
		w.Acts = append(w.Acts, mv.Act)
	}
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
		m, err := s.loadNumber(tx, clean(number))
		if errs.KindOf(err) == errs.NotFound || err == nil && subtle.ConstantTimeCompare(m.codeIndex, index) != 1 {
			return errs.At("code", "matter.code.wrong")
		}
		d = m.ID
		return err
	})
	return d, err
}

// NumberOf is the number of a matter, for who may know already that it is theirs; the
// caller has seen to it. It is NotFound if there is none.
func (s *Service) NumberOf(tx *sqldb.Tx, d ID) (string, error) {
	m, err := s.load(tx, d)
	return m.Number, err
}
