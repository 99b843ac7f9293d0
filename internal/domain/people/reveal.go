// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Kind is which of the two sorts of people somebody is: the noun of the trail.
type Kind string

// The kinds of people.
const (
	KindResident Kind = "resident"
	KindContact  Kind = "contact"
)

// column is where a field of this kind of people is kept; none if it is not.
func (k Kind) column(f Field) seal.Column {
	return seal.Column{Table: string(k), Name: string(f) + "_sealed"}
}

// A Subject is somebody whose private facts are asked for.
type Subject struct {
	Kind Kind
	ID   id.ID
}

// OfResident is the resident as a subject.
func OfResident(d id.ID) Subject { return Subject{KindResident, d} }

// OfContact is the contact as a subject.
func OfContact(d id.ID) Subject { return Subject{KindContact, d} }

// A Request asks to see private facts.
type Request struct {
	Of      Subject
	Fields  []Field
	Purpose Purpose
	About   string // the number of the matter, which some purposes need
	Why     string // the reason, in the clerk's own words; the person concerned will read it
}

// Bounds of a reason, in characters, and of the number of a matter.
const (
	minWhy   = 4
	maxWhy   = 200
	maxAbout = 40
)

// check says what is missing, beside the fields of the form.
func (q *Request) check(purposes ...Purpose) error {
	var faults errs.List
	q.Why, q.About = strings.Join(strings.Fields(q.Why), " "), strings.TrimSpace(q.About)
	if !slices.Contains(purposes, q.Purpose) {
		faults.Add("purpose", "people.reveal.purpose")
	}
	switch n := utf8.RuneCountInString(q.Why); {
	case n < minWhy || !utf8.ValidString(q.Why):
		faults.Add("why", "people.reveal.why", minWhy)
	case n > maxWhy:
		faults.Add("why", "people.reveal.why.long", maxWhy)
	}
	switch {
	case q.About == "" && q.Purpose.NeedsMatter():
		faults.Add("about", "people.reveal.about")
	case len(q.About) > maxAbout || strings.ContainsFunc(q.About, notInNumber):
		faults.Add("about", "people.reveal.about.malformed")
	}
	if len(q.Fields) == 0 {
		faults.Add("fields", "people.reveal.fields")
	}
	for _, f := range q.Fields {
		if !slices.Contains(Fields, f) {
			faults.Add("fields", "people.reveal.fields")
		} else if len(faults) == 0 && !MayRead(q.Of.Kind, f, q.Purpose) {
			faults.Add("fields", "people.reveal.field", i18n.Key(f.Key()), i18n.Key(q.Purpose.Key()))
		}
	}
	return faults.Err()
}

func notInNumber(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-/.", r)
}

// Revealed are the open private facts that were asked for; the others are empty.
// They still print as their masks: a page says {{.Phone.Plain}}.
type Revealed struct {
	Name     Name
	Phone    Phone
	IDNumber IDNumber
	Address  Address
}

func (r Revealed) only(fields []Field) (v Revealed) {
	for _, f := range fields {
		switch f {
		case FieldName:
			v.Name = r.Name
		case FieldPhone:
			v.Phone = r.Phone
		case FieldIDNumber:
			v.IDNumber = r.IDNumber
		case FieldAddress:
			v.Address = r.Address
		case VisitAnswers: // stands in no record of a person
		}
	}
	return v
}

// Reveal shows private facts to a clerk. Only staff with the need reveal
// in the subject's place may ask (Denied, with the reason), for one of
// [AllPurposes] and only for fields that may be read for it, with a reason in
// words and, where the purpose needs it, the matter's number (Invalid beside the
// fields purpose, fields, why, about). The same transaction writes the look and
// its line in the trail: what could not be recorded is not shown. A subject that
// is not there is NotFound, a forgotten one Conflict.
func (s *Service) Reveal(ctx context.Context, by scope.Actor, q Request) (Revealed, error) {
	return s.reveal(ctx, by, q, nil, q.check(AllPurposes...))
}

// RevealAgreed is Reveal of what a visit needs to which the resident has agreed. The
// caller has seen that the agreement holds, and that the fields are those that it names;
// About is its number. So it is the domain of visits alone that calls it. The place is that
// of the home, which may be known better than from the desk.
func (s *Service) RevealAgreed(ctx context.Context, by scope.Actor, q Request, home scope.Path) (Revealed, error) {
	q.Purpose = VisitAgreed
	return s.reveal(ctx, by, q, &home, q.check(VisitAgreed))
}

func (s *Service) reveal(ctx context.Context, by scope.Actor, q Request, home *scope.Path, checked error) (shown Revealed, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		shown, err = s.revealIn(tx, by, q, home, checked)
		return err
	})
	if err != nil {
		return Revealed{}, err
	}
	return shown, nil
}

func (s *Service) revealIn(tx *sqldb.Tx, by scope.Actor, q Request, home *scope.Path, checked error) (Revealed, error) {
	all, place, forgotten, err := s.facts(tx, q.Of)
	if err != nil {
		return Revealed{}, err
	}
	if home != nil {
		place = *home
	}
	if err := staffMay(by, needReveal, place, tx.Now()); err != nil {
		return Revealed{}, err
	}
	if checked != nil {
		return Revealed{}, checked
	}
	if forgotten {
		return Revealed{}, errs.New(errs.Conflict, "people.forgotten")
	}
	return all.only(q.Fields), s.note(tx, by, "reveal", Look{
		Of: q.Of, Purpose: q.Purpose, Fields: q.Fields, About: q.About, Why: seal.NewText(q.Why),
		Post: by.May(needReveal, scope.Target{Path: place, At: tx.Now()}).Grant.Post,
	})
}

// staffMay is nil if the actor is staff with the need in the place. A job of the
// program has no eyes, and so no need to see.
func staffMay(by scope.Actor, need scope.Need, place scope.Path, now time.Time) error {
	if by.Kind != scope.Staff || by.Account == 0 {
		return errs.New(errs.Denied, "people.staff.only")
	}
	if d := by.May(need, scope.Target{Path: place, At: now}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// facts opens all that is known of the subject.
func (s *Service) facts(tx *sqldb.Tx, of Subject) (all Revealed, place scope.Path, forgotten bool, err error) {
	switch of.Kind {
	case KindResident:
		r, err := load(tx, s.box, of.ID)
		return r.revealed(), r.Place, r.Forgotten(), err
	case KindContact:
		cs, err := contacts(tx, s.box, []id.ID{of.ID})
		if err != nil {
			return all, place, false, err
		}
		if len(cs) == 1 {
			c := cs[0]
			return Revealed{Name: c.name, Phone: c.phone, Address: c.address}, c.place, !c.forgottenAt.IsZero(), nil
		}
	}
	return all, place, false, errs.New(errs.NotFound, "people.none")
}

func (r Resident) revealed() Revealed {
	return Revealed{Name: r.Name, Phone: r.Phone, IDNumber: r.IDNumber, Address: r.Address}
}

// Own returns the actor's own private facts, open. Only a resident has any;
// others are Denied. It is not a look.
func (s *Service) Own(ctx context.Context, by scope.Actor) (own Revealed, err error) {
	if !isSelf(by, by.Resident) {
		return Revealed{}, errs.New(errs.Denied, "people.own.only")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		r, err := load(tx, s.box, by.Resident)
		own = r.revealed()
		return err
	})
	return own, err
}

// Reach returns the telephone to which the program itself may send a message
// about the subject's own matter, and the language to write it in. It is empty
// if there is none; a resident's only if it is proven. It is never shown to
// anybody and so is not a look.
func (s *Service) Reach(tx *sqldb.Tx, of Subject) (Phone, i18n.Lang, error) {
	switch of.Kind {
	case KindResident:
		r, err := load(tx, s.box, of.ID)
		if err != nil || r.PhoneProvenAt.IsZero() {
			return Phone{}, r.Lang, err
		}
		return r.Phone, r.Lang, nil
	case KindContact:
		cs, err := contacts(tx, s.box, []id.ID{of.ID})
		if err != nil {
			return Phone{}, "", err
		}
		if len(cs) == 1 {
			return cs[0].phone, cs[0].lang, nil
		}
	}
	return Phone{}, "", errs.New(errs.NotFound, "people.none")
}

// note writes a look and its line in the trail.
func (s *Service) note(tx *sqldb.Tx, by scope.Actor, act string, l Look) error {
	l.ID, l.At, l.Account, l.Actor = tx.NewID(), tx.Now(), by.Account, by.Name
	if err := insertLook(tx, s.box, l); err != nil {
		return err
	}
	words := []string{string(l.Purpose), l.fieldWords()}
	if l.About != "" {
		words = append(words, l.About)
	}
	return trail.Append(tx, by, trail.Entry{Noun: string(l.Of.Kind), Record: l.Of.ID, Act: act, Note: strings.Join(words, " ")})
}
