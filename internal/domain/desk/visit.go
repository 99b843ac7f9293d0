// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A HomeVisit is a service that somebody gets at home, who cannot come for it. Need, Papers,
// Consent and Result are open only in what [Service.Visit] returns.
type HomeVisit struct {
	ID          id.ID
	Number      string
	Origin      string // "noun:id" of what it came from; "" if somebody told it
	Item        id.ID  // what they need; 0 if it is not in the catalogue
	Path        scope.Path
	State       VisitState
	Resident    id.ID // whom it is for; 0 if the town does not know them
	Contact     id.ID // how to reach the family
	FoundBy     id.ID // the account of who found the need; 0: a resident
	Finder      Finder
	Need        string // what they need and why they cannot come
	DeskUnit    id.ID  // the street's desk
	ServeUnit   id.ID
	Officer     id.ID // the account of who goes there
	Worker      id.ID // the account of the grid worker who goes along
	At, Ends    time.Time
	Papers      string
	ConsentAt   time.Time
	Consent     string
	Result      string
	Receipt     NewFile
	Signer      Signer
	FoundAt     time.Time
	MovedAt     time.Time
	Due         time.Time
	ForgottenAt time.Time
	Version     int64

	codeIndex                     []byte
	need, papers, consent, result []byte // sealed
}

// A Finder is who found a need.
type Finder string

// The finders.
const (
	ByThemselves Finder = "resident"
	ByNeighbour  Finder = "neighbour"
	OnRound      Finder = "round" // a grid worker on a round
	ByClerk      Finder = "clerk"
)

// A Signer is how a receipt was signed.
type Signer string

// The ways to sign.
const (
	Drawn Signer = "drawn" // with the finger, on the screen
	Paper Signer = "paper" // on paper, of which there is a photo
)

// digest is over everything that is kept of the visit, and its story.
func (v HomeVisit) digest(story []byte) []byte {
	return trail.Digest("home_visit/3", v.ID, v.Number, v.Origin, v.codeIndex, v.Item, v.Path[scope.Town], v.Path[scope.Village], v.Path[scope.Grid], v.Path[scope.Courtyard], string(v.State), v.Resident, v.Contact,
		v.FoundBy, string(v.Finder), v.need, v.DeskUnit, v.ServeUnit, v.Officer, v.Worker, v.At, v.Ends, v.papers, v.ConsentAt, v.consent, v.result, v.Receipt.Hash, v.Receipt.Type, string(v.Signer),
		v.FoundAt, v.MovedAt, v.Due, v.ForgottenAt, v.Version, story)
}

// A Finding is a need that somebody found.
type Finding struct {
	Item     string // its code; "" if it is not in the catalogue, or nobody knows
	Unit     id.ID  // the unit that serves; 0: the item's, else the street's desk
	Place    id.ID  // where they live
	Need     string
	For      id.ID // the resident, if they are known
	Contact  people.ContactInput
	ForWords string // how who tells it stands to them; "" for oneself
	Finder   Finder // for staff; others are themselves or a neighbour
	Origin   string // "noun:id" of what it came from, which becomes one visit only
}

// Find takes a need in, and tells the street's desk and the unit that serves at once.
// Everybody may; staff where they raise for others; for another known resident who serves
// at the desk in their place, and who acts for them by a proxy (else Denied). What is
// missing is Invalid beside its field. The slip is for who told it.
func (s *Service) Find(ctx context.Context, by scope.Actor, f Finding) (slip Slip, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		slip, err = s.FindIn(tx, by, f)
		return err
	})
	return slip, err
}

// FindIn is Find in a transaction that is under way: so an entry of a round becomes a
// home visit together with itself. What has an origin gets no code, since nobody stands
// there who could be given it: [Service.NewVisitSlip] makes one. What has the origin of
// one that is there already is that one again.
func (s *Service) FindIn(tx *sqldb.Tx, by scope.Actor, f Finding) (slip Slip, err error) {
	if f.Origin != "" {
		if was, ok, err := visitFrom(tx, f.Origin); err != nil || ok {
			return Slip{ID: was.ID, Number: was.Number}, err
		}
	}
	var proxy people.Proxy
	switch {
	case f.For == 0 || by.Kind == scope.Resident && f.For == by.Resident:
	case by.Kind == scope.Resident:
		proxy, err = s.byProxy(tx, by, f.For)
	case by.Kind == scope.Staff && f.Origin == "": // what it came from has seen whose home it is
		proxy, err = s.byClerk(tx, by, f.For)
	}
	if err != nil {
		return slip, err
	}
	v := HomeVisit{Origin: f.Origin, State: Found, FoundAt: tx.Now(), MovedAt: tx.Now(), Finder: f.Finder, Version: 1}
	need, err := s.draftVisit(tx, by, &v, f)
	if err != nil {
		return slip, err
	}
	if v.Contact, err = s.People.NewContact(tx, contactIn(f.Contact, v.Path)); err != nil {
		return slip, err
	}
	year := tx.Now().In(when.Zone).Year()
	n, err := tx.Next(fmt.Sprintf("home_visit:%d", year))
	if err != nil {
		return slip, err
	}
	v.ID, v.Number = tx.NewID(), fmt.Sprintf("SM-%d-%06d", year, n)
	if v.need, err = s.sealed(visitNeed, v.ID, need); err != nil {
		return slip, err
	}
	code := ""
	if f.Origin == "" { // else nobody is there who could be given it
		if code, v.codeIndex, err = s.newCode(); err != nil {
			return slip, err
		}
	}
	s.clock(tx, &v)
	if err := insertVisit(tx, v); err != nil {
		return slip, err
	}
	say := ""
	if f.ForWords != "" {
		say = f.ForWords
	}
	if err := s.noteProxy(tx, by, proxy, v.Number); err != nil {
		return slip, err
	}
	return Slip{v.ID, v.Number, code}, s.noteVisit(tx, by, v, Find, "", say, proxy.ID != 0)
}

// draftVisit settles what a need means for the town, and returns its words, or says what
// is missing.
func (s *Service) draftVisit(tx *sqldb.Tx, by scope.Actor, v *HomeVisit, f Finding) (need string, err error) {
	var faults errs.List
	need = words(&faults, "need", f.Need, 4, maxNeed)
	words(&faults, "for_words", f.ForWords, 0, 60)
	p, ok := s.Places.Tree().Get(f.Place)
	if !ok || p.Path[scope.Village] == 0 || !p.Open() {
		faults.Add("place", "visit.place")
	}
	v.Path = p.Path
	switch by.Kind {
	case scope.Staff:
		if ok {
			if err := allow(by, "raise_for", v.Path, 0, tx.Now()); err != nil && allow(by, needVisit, v.Path, 0, tx.Now()) != nil {
				denied := err.(*errs.Error) //nolint:errorlint // allow returns no other
				denied.Field = "place"
				return "", denied
			}
		}
		v.FoundBy, v.Resident = by.Account, f.For
		if v.Finder == "" {
			v.Finder = ByClerk
		}
	case scope.Resident:
		v.Finder = ByNeighbour
		switch {
		case f.For != 0 && f.For != by.Resident:
			v.Resident = f.For // FindIn has seen the proxy
		case f.ForWords == "":
			v.Finder, v.Resident = ByThemselves, by.Resident
		}
	case scope.System:
		v.FoundBy, v.Resident = by.Account, f.For
	default:
		v.Finder = ByNeighbour
		if f.ForWords == "" {
			v.Finder = ByThemselves
		}
	}
	if v.Resident == 0 && f.Contact.Name == "" {
		faults.Add("name", "people.name.needed")
	}
	if !slices.Contains([]Finder{ByThemselves, ByNeighbour, OnRound, ByClerk}, v.Finder) {
		faults.Add("finder", "form.choice")
	}
	if f.Item != "" {
		i, err := s.item(tx, f.Item)
		switch {
		case errs.KindOf(err) == errs.NotFound:
			faults.Add("item", "desk.item.none")
		case err != nil:
			return "", err
		case !i.AtHome:
			faults.Add("item", "visit.not_at_home")
		}
		v.Item, v.ServeUnit = i.ID, i.Unit
	}
	if err := faults.Err(); err != nil {
		return "", err
	}
	dir := s.Orgs.Directory()
	if u, ok := dir.Responsible("desk", v.Path); ok {
		v.DeskUnit = u.ID
	}
	if f.Unit != 0 {
		v.ServeUnit = f.Unit
	}
	if v.ServeUnit == 0 {
		v.ServeUnit = v.DeskUnit
	}
	if u, ok := dir.Unit(v.ServeUnit); !ok || !u.Active {
		return "", errs.At("unit", "desk.item.unit")
	}
	return need, nil
}

// clock sets by when the turn is to be taken.
func (s *Service) clock(tx *sqldb.Tx, v *HomeVisit) {
	v.MovedAt, v.Due = tx.Now(), time.Time{}
	if l, ok := limits[v.State]; ok {
		unit := v.DeskUnit
		if v.State.Turn() == TurnServe {
			unit = v.ServeUnit
		}
		cal, _ := s.Calendars.Current(unit)
		v.Due = cal.Add(tx.Now(), l)
	} else if v.State == Arranged {
		v.Due = v.Ends
	}
}

// noteVisit leaves the line of an act in the visit's story and in the trail, and tells
// those whose turn it is.
func (s *Service) noteVisit(tx *sqldb.Tx, by scope.Actor, v HomeVisit, act Act, from VisitState, say string, behalf bool) error {
	p, err := s.addStep(tx, by, v.ID, act, say, behalf)
	if err != nil {
		return err
	}
	story, err := storyOf(tx, v.ID)
	if err != nil {
		return err
	}
	if err := trail.Append(tx, by, trail.Entry{Noun: "home_visit", Record: v.ID, Act: string(act), From: string(from), To: string(v.State), Digest: v.digest(story)}); err != nil {
		return err
	}
	item := letters.Item{Source: NewsOfBookings, Ref: p.ID, Topic: people.Due}
	for _, account := range s.toTell(tx, by, v, act) {
		if err := s.promise(tx, people.Owner{Kind: people.OwnedByAccount, ID: account}, act == Find, item); err != nil {
			return err
		}
	}
	if v.Resident == 0 || by.Resident == v.Resident || act == FollowUp || act == Finish {
		return nil
	}
	item.Topic = people.Own
	return s.promise(tx, people.Owner{Kind: people.OwnedByResident, ID: v.Resident}, false, item)
}

// toTell are the accounts that an act is news for: of a new need everybody at the
// street's desk and the unit that serves, of an arrangement who goes there, else the
// unit whose turn it is now.
func (s *Service) toTell(tx *sqldb.Tx, by scope.Actor, v HomeVisit, act Act) (out []id.ID) {
	dir := s.Orgs.Directory()
	var all []id.ID
	switch {
	case act == Reissue:
		return nil
	case act == Find:
		all = append(dir.Members(v.DeskUnit, tx.Now()), dir.Members(v.ServeUnit, tx.Now())...)
	case v.State == Arranged:
		all = []id.ID{v.Officer, v.Worker}
	case v.State.Turn() == TurnDesk:
		all = dir.Members(v.DeskUnit, tx.Now())
	case v.State.Turn() == TurnServe:
		all = dir.Members(v.ServeUnit, tx.Now())
	}
	for _, a := range all {
		if a != 0 && a != by.Account && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// visitLine says in a letter what became of a home visit: its number, state and
// moment, to those who may know of it.
func (s *Service) visitLine(tx *sqldb.Tx, to people.Owner, p Step) (l letters.Line, ok bool, err error) {
	v, err := loadVisit(tx, p.Record)
	if errs.KindOf(err) == errs.NotFound {
		return l, false, nil
	}
	if err != nil {
		return l, false, err
	}
	if to.Kind == people.OwnedByResident && to.ID != v.Resident || to.Kind == people.OwnedBySlip {
		return l, false, nil
	}
	at := v.At
	if at.IsZero() {
		at = v.MovedAt
	}
	return letters.Line{Key: "home_visit.news." + string(p.Act), Args: []any{v.Number, exact(at)}, Number: v.Number, State: "home_visit.state." + string(v.State), At: p.At, Path: "/visits/" + v.Number}, true, nil
}
