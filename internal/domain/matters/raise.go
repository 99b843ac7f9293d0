// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Raising is what somebody says when they raise a matter.
type Raising struct {
	Title      string // may be empty: the first words of Body are taken
	Body       string
	Category   string // "" for "I don't know"
	Answers    map[string]string
	Urgent     bool
	Channel    Channel
	Place      id.ID // 0 if said only in words or by At
	At         *Point
	PlaceWords string
	Public     bool
	Named      bool                // everybody may read the mask of the reporter's name too; of a private matter it says nothing
	Contact    people.ContactInput // how to reach somebody who has no account; may be empty
	For        id.ID               // the resident for whom a clerk, grid worker or neighbour writes
	ForWords   string              // how the writer stands to them
	Called     bool                // they have rung the number that the stopper of an emergency names
	Files      []NewFile
	Origin     string    // set by imports alone: where the matter came from
	RaisedAt   time.Time // set by imports alone
}

// A Slip is what the reporter takes home: the number and the code by which they
// can ask without an account. The code is shown once.
type Slip struct {
	ID     ID
	Number string
	Code   string
	Due    time.Time // when it is promised to be done
}

// Raise takes a matter in. Anybody may: without account, signed in, or a clerk,
// grid worker or neighbour for somebody (who then needs raise_for in the place,
// unless they are a resident naming a neighbour in words). It is Invalid, with
// the field, if something is missing, too long, of the wrong type, or if the
// category's stopper says that the town is the wrong door, or if the reporter is to
// be named and no name is known.
func (s *Service) Raise(ctx context.Context, by scope.Actor, in Raising) (Slip, error) {
	m, code, err := s.prepare(by, in)
	if err != nil {
		return Slip{}, err
	}
	in.Contact.Place = m.Path
	contact, err := s.people.SealContact(s.db.NewID(), in.Contact)
	if err != nil {
		return Slip{}, err
	}
	err = s.db.WriteGuarded(ctx, func(tx *sqldb.Tx) error { return s.take(tx, by, &m, in, contact) })
	if err != nil {
		return Slip{}, err
	}
	return Slip{ID: m.ID, Number: m.Number, Code: code, Due: m.Promised}, nil
}

// RaiseIn is Raise in a transaction that does more.
func (s *Service) RaiseIn(tx *sqldb.Tx, by scope.Actor, in Raising) (Slip, error) {
	m, code, err := s.prepare(by, in)
	if err != nil {
		return Slip{}, err
	}
	in.Contact.Place = m.Path
	contact, err := s.people.SealContact(tx.NewID(), in.Contact)
	if err != nil {
		return Slip{}, err
	}
	if err := s.take(tx, by, &m, in, contact); err != nil {
		return Slip{}, err
	}
	return Slip{ID: m.ID, Number: m.Number, Code: code, Due: m.Promised}, nil
}

// prepare drafts a matter and makes the code of its slip.
func (s *Service) prepare(by scope.Actor, in Raising) (m Matter, code string, err error) {
	if m, err = s.draft(by, in); err != nil {
		return m, "", err
	}
	if code, err = s.newCode(); err != nil {
		return m, "", err
	}
	m.codeIndex, err = s.codeIndex(code)
	return m, code, err
}

// begin gives a drafted matter its number, its turn and its clock.
func (s *Service) begin(tx *sqldb.Tx, m *Matter, in Raising) (err error) {
	m.ID, m.RaisedAt = tx.NewID(), tx.Now()
	if !in.RaisedAt.IsZero() {
		m.RaisedAt = in.RaisedAt.UTC().Truncate(time.Millisecond)
	}
	if m.Number, err = s.number(tx, m.RaisedAt); err != nil {
		return err
	}
	m.TurnUnit, m.MovedAt = m.Centre, tx.Now()
	s.start(m, m.RaisedAt)
	return nil
}

// take writes a drafted matter with its number, contact, files and trail.
func (s *Service) take(tx *sqldb.Tx, by scope.Actor, m *Matter, in Raising, contact people.SealedContact) error {
	proxy, err := s.byProxy(tx, by, m, in.For)
	if err != nil {
		return err
	}
	if err := s.people.AddContact(tx, contact); err != nil {
		return err
	}
	m.Contact, m.reach = contact.ID(), nil
	if r := contact.Reach(); r != "" {
		m.reach = []string{r}
	}
	if m.Named {
		switch name, err := s.reporterMask(tx, *m); {
		case err != nil:
			return err
		case name == "":
			return errs.At("name", "matter.name.missing")
		}
	}
	if err := s.begin(tx, m, in); err != nil {
		return err
	}
	m.addFiles(tx, 0, m.Public, in.Files)
	behalf := ""
	if m.RaisedFor != "" {
		behalf = "a resident"
	}
	if err := s.keep(tx, by, m, insert, trail.Entry{Act: string(raised), For: behalf}); err != nil {
		return err
	}
	if proxy.ID != 0 {
		if err := s.people.NoteProxy(tx, by, proxy, people.ProxyRaise, m.Number); err != nil {
			return err
		}
	}
	tx.AfterCommit(func() {
		was := *m
		s.toIndex.put(&was)
		s.toTell.put(&was)
		s.toCount.put(&was)
	})
	return bus.Tell(s.bus, tx, by, Raised{Matter: *m})
}

// draft makes a matter of what was said, or says what is wrong with it.
func (s *Service) draft(by scope.Actor, in Raising) (Matter, error) {
	var faults errs.List
	m := Matter{
		State: Received, Title: strings.TrimSpace(in.Title), Body: strings.TrimSpace(in.Body), Category: in.Category,
		Urgent: in.Urgent, Channel: in.Channel, Origin: in.Origin, PlaceWords: strings.TrimSpace(in.PlaceWords), At: in.At,
		Public: in.Public, Named: in.Public && in.Named, Resident: by.Resident, RaisedFor: strings.TrimSpace(in.ForWords), Version: 1,
	}
	switch {
	case by.Kind == scope.Machine:
		m.Channel = Open311
	case m.Channel == "", by.Kind != scope.Staff && by.Kind != scope.System: // only who writes for others says how they were asked
		m.Channel = Web
	case !slices.Contains(Channels(), m.Channel), m.Channel == Import && by.Kind != scope.System:
		faults.Add("channel", "matter.channel.unknown")
	}
	s.checkWords(&faults, &m)
	s.checkCategory(&faults, &m, in)
	s.checkPlace(&faults, &m, in)
	if err := faults.Join(in.Contact.Check()); err != nil {
		return m, err
	}
	if len(in.Files) > MaxFiles {
		faults.Add("files", "matter.files.many", MaxFiles)
	}
	if err := faults.Err(); err != nil {
		return m, err
	}
	if err := s.checkBehalf(by, &m, in); err != nil {
		return m, err
	}
	if c, ok := s.orgs.Directory().Centre(m.Path); ok {
		m.Centre = c.ID
	}
	return m, nil
}

func (s *Service) checkWords(faults *errs.List, m *Matter) {
	switch n := utf8.RuneCountInString(m.Body); {
	case n < 2:
		faults.Add("body", "matter.body.empty")
	case n > MaxBody:
		faults.Add("body", "matter.body.long", MaxBody)
	}
	if m.Title == "" {
		m.Title = firstWords(m.Body)
	}
	if utf8.RuneCountInString(m.Title) > MaxTitle {
		faults.Add("title", "matter.title.long", MaxTitle)
	}
	if utf8.RuneCountInString(m.PlaceWords) > 200 {
		faults.Add("place_words", "matter.words.long", 200)
	}
	if utf8.RuneCountInString(m.RaisedFor) > 60 {
		faults.Add("for_words", "matter.words.long", 60)
	}
}

func (s *Service) checkCategory(faults *errs.List, m *Matter, in Raising) {
	if in.Category == "" {
		return
	}
	k, ok := s.Catalogue().Get(in.Category)
	if !ok || !k.Active {
		faults.Add("category", "matter.category.unknown")
		return
	}
	m.Urgent = m.Urgent || k.Urgent
	var err error
	if m.Answers, err = k.Check(in.Answers); err != nil {
		_ = faults.Join(err) // Check returns only faults of the form
		return
	}
	if stop := k.Stops(m.Answers); stop != nil && (stop.When == nil || !in.Called) {
		faults.Add("category", "matter.stopped", stop.Text, stop.Phone)
	}
}

func (s *Service) checkPlace(faults *errs.List, m *Matter, in Raising) {
	tree := s.places.Tree()
	switch {
	case in.Place != 0:
		p, ok := tree.Get(in.Place)
		if !ok {
			faults.Add("place", "matter.place.unknown")
			return
		}
		m.Path = p.Path
	case in.At != nil:
		if p, ok := tree.Locate(in.At.Lon, in.At.Lat); ok {
			m.Path = p.Path
		}
	case in.Channel == Import:
		if p, ok := tree.Named(in.Title + "\n" + in.Body + "\n" + in.PlaceWords); ok {
			m.Path = p.Path
		}
	}
	m.Path[scope.City] = s.city()
	if m.Path[scope.Town] == 0 && m.PlaceWords == "" && in.At == nil && in.Origin == "" {
		faults.Add("place", "matter.place.missing")
	}
}

// checkBehalf settles who the reporter is when somebody else writes. Only staff
// with raise_for may name a resident of the town as the reporter, and who acts for
// them (see byProxy); a neighbour else says it in words and stays the reporter's helper.
func (s *Service) checkBehalf(by scope.Actor, m *Matter, in Raising) error {
	if by.Kind == scope.Staff {
		m.RaisedBy = by.Account
		if d := by.May("raise_for", scope.Target{Path: m.Path, At: s.db.Now()}); !d.OK {
			denied := errs.New(errs.Denied, d.Key, d.Args...)
			denied.Field = "place" // another place may be theirs
			return denied
		}
	}
	if in.For != 0 {
		m.Resident = in.For
	}
	return nil
}

// byProxy sees that a resident who raises for another acts for them; it returns the
// proxy to be noted, which has no ID where none is needed.
func (s *Service) byProxy(tx *sqldb.Tx, by scope.Actor, m *Matter, resident id.ID) (p people.Proxy, err error) {
	if resident == 0 || resident == by.Resident || by.Kind == scope.Staff || by.Kind == scope.System {
		return p, nil
	}
	p, ok, err := s.people.ActsFor(tx, by, resident, people.ProxyRaise)
	if err == nil && !ok {
		err = errs.New(errs.Denied, "matter.for.desk_only")
	}
	if m.RaisedFor == "" {
		m.RaisedFor = i18n.T(i18n.ZH, "proxy.relation."+p.Relation)
	}
	return p, err
}

// number is the next number of the year in the town's time.
func (s *Service) number(tx *sqldb.Tx, raised time.Time) (string, error) {
	year := raised.In(when.Zone).Year()
	n, err := tx.Next(fmt.Sprintf("matter:%d", year))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%d-%06d", s.rules.Prefix, year, n), nil
}

// firstWords is a title made of the beginning of what was said.
func firstWords(body string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	if i := strings.IndexAny(line, "。！？!?；;"); i > 6 {
		line = line[:i]
	}
	n, end := 0, 0 // end: of the 29th letter
	for i := range line {
		if n == 29 {
			end = i
		}
		if n++; n > 30 {
			return line[:end] + "…"
		}
	}
	return line
}

// newCode makes the query code of a slip.
func (s *Service) newCode() (string, error) { return seal.NewCode(chance{s}) }

// chance reads from where the service's secrets come from.
type chance struct{ s *Service }

// Read implements [io.Reader].
func (c chance) Read(b []byte) (int, error) { return len(b), c.s.secret(b) }

// codeIndex is what is kept of a code: its keyed hash.
func (s *Service) codeIndex(code string) ([]byte, error) {
	return s.seal.Index("matter.query_code", seal.PlainCode(code))
}

// Check says what is wrong with a Raising, as Raise would, and takes nothing in:
// for a form of several pages.
func (s *Service) Check(by scope.Actor, in Raising) error {
	_, err := s.draft(by, in)
	return err
}
