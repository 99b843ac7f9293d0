// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NewsOfVillages is the name under which letters know what happened on the villages'
// pages: its references are [News].
const NewsOfVillages = "affairs"

// A Tiding is what somebody is told. It is the message "village.news." and its word.
type Tiding string

// The tidings. The first are for residents, of what they said or asked for themselves;
// the others for those whose turn it is.
const (
	TidingAnswered Tiding = "answered" // their question
	TidingHidden   Tiding = "hidden"   // what they said; they may appeal
	TidingUpheld   Tiding = "upheld"
	TidingReshown  Tiding = "reshown"
	TidingReceived Tiding = "received" // their letter is being looked into
	TidingReplied  Tiding = "replied"
	TidingAdmitted Tiding = "admitted"
	TidingRefused  Tiding = "refused"

	TidingAsked      Tiding = "asked" // a question waits
	TidingAskedLate  Tiding = "asked_late"
	TidingAppealed   Tiding = "appealed" // somebody else than who hid it decides
	TidingLetter     Tiding = "letter"   // waits for a reply
	TidingLetterLate Tiding = "letter_late"
	TidingVouched    Tiding = "vouched" // somebody waits to be let in
)

// A News is one line of somebody's page of news.
type News struct {
	ID     id.ID
	To     people.Owner
	Place  id.ID
	What   Tiding
	Ref    ID
	At     time.Time
	ReadAt time.Time // zero: not yet
}

// KeepNews is how long news are kept, read or not.
const KeepNews = 180 * 24 * time.Hour

// Path is where to read more.
func (n News) Path() string {
	switch n.What {
	case TidingReceived, TidingReplied, TidingLetter, TidingLetterLate:
		return "/missives/" + n.Ref.String()
	case TidingAdmitted, TidingRefused:
		return "/affairs/" + n.Place.String() + "/talk"
	case TidingVouched:
		return "/affairs/" + n.Place.String() + "/members"
	case TidingAnswered, TidingHidden, TidingUpheld, TidingReshown, TidingAsked, TidingAskedLate, TidingAppealed:
	}
	return "/remarks/" + n.Ref.String()
}

func resident(d id.ID) []people.Owner {
	return []people.Owner{{Kind: people.OwnedByResident, ID: d}}
}

// tell writes news into somebody's page, and promises a letter to who has a mailbox. What
// waits for nobody leaves a row all the same, so that it is not found again as untold.
func (s *Service) tell(tx *sqldb.Tx, what Tiding, place, ref id.ID, to ...people.Owner) error {
	if len(to) == 0 {
		return insertNews(tx, News{ID: tx.NewID(), Place: place, What: what, Ref: ref, At: tx.Now()})
	}
	for _, who := range to {
		n := News{ID: tx.NewID(), To: who, Place: place, What: what, Ref: ref, At: tx.Now()}
		if err := insertNews(tx, n); err != nil {
			return err
		}
		if !s.Letters.Offered() {
			continue
		}
		topic := people.Own
		if who.Kind == people.OwnedByAccount {
			topic = people.Due
		}
		boxes, err := s.People.MailboxesOf(tx, who.Kind, []id.ID{who.ID})
		if err != nil {
			return err
		}
		for _, box := range boxes[who.ID] {
			if err := s.Letters.Promise(tx, box, false, letters.Item{Source: NewsOfVillages, Ref: n.ID, Topic: topic}); err != nil {
				return err
			}
		}
	}
	return nil
}

// editors are the accounts that edit the page of a place.
func (s *Service) editors(place id.ID, now time.Time) []people.Owner {
	return s.holding(orgVillage, place, access.Publish, now)
}

// deciders are those who decide on appeals of a place: at the centre of its town.
func (s *Service) deciders(place id.ID, now time.Time) []people.Owner {
	return s.holding(orgs.KeyCentre, place, access.Moderate, now)
}

// orgVillage is the key of the units of villages.
const orgVillage = "village"

// holding are the accounts of a unit of a place that hold a need there.
func (s *Service) holding(unit string, place id.ID, need scope.Need, now time.Time) (who []people.Owner) {
	dir, path := s.Orgs.Directory(), s.Places.Tree().Path(place)
	u, ok := dir.Responsible(unit, path)
	if !ok {
		return nil
	}
	for _, account := range dir.Members(u.ID, now) {
		for _, h := range dir.HeldBy(account, now) {
			if role, _ := access.RoleOf(h.Post.Role); slices.Contains(role.Needs, need) && h.Post.In().Contains(path) {
				who = append(who, people.Owner{Kind: people.OwnedByAccount, ID: account})
				break
			}
		}
	}
	return who
}

// addressees are the accounts to whom a letter of a place is written.
func (s *Service) addressees(place id.ID, to Addressee, now time.Time) (who []people.Owner) {
	if to == ToCommittee {
		return s.editors(place, now)
	}
	dir, path := s.Orgs.Directory(), s.Places.Tree().Path(place)
	u, ok := dir.Responsible(orgVillage, path)
	if !ok {
		return nil
	}
	for _, account := range dir.Members(u.ID, now) {
		if _, is := s.secretary(account, path, now); is {
			who = append(who, people.Owner{Kind: people.OwnedByAccount, ID: account})
		}
	}
	return who
}

// Told are the reader's news of the villages, the newest first: at most so many, those
// older than before if that is not 0. What waits for an account that no longer has to do
// with it is left out.
func (s *Service) Told(ctx context.Context, by scope.Actor, before id.ID, most int) (ns []News, err error) {
	to, ok := people.OwnerOf(by)
	if !ok {
		return nil, nil
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		all, err := newsOf(tx, to, before, min(most, mostNotices))
		if err != nil {
			return err
		}
		ns, err = s.concerning(tx, to, all)
		return err
	})
	return ns, err
}

// concerning leaves out what is no longer an account's: a letter that is now another's.
func (s *Service) concerning(tx *sqldb.Tx, to people.Owner, all []News) (ns []News, err error) {
	for _, n := range all {
		if n.To != to {
			continue
		}
		who := s.editors
		switch n.What {
		case TidingLetter, TidingLetterLate:
			m, err := loadMissive(tx, n.Ref)
			if err != nil && errs.KindOf(err) != errs.NotFound {
				return nil, err
			}
			who = func(place id.ID, now time.Time) []people.Owner { return s.addressees(place, m.To, now) }
		case TidingAppealed:
			who = s.deciders
		case TidingAsked, TidingAskedLate, TidingVouched:
		case TidingAnswered, TidingHidden, TidingUpheld, TidingReshown, TidingReceived, TidingReplied, TidingAdmitted, TidingRefused:
			ns = append(ns, n)
			continue
		}
		if slices.Contains(who(n.Place, tx.Now()), to) {
			ns = append(ns, n)
		}
	}
	return ns, nil
}

// Unread is how many of the reader's news of the villages they have not marked as read, a
// hundred at most.
func (s *Service) Unread(ctx context.Context, by scope.Actor) (n int, err error) {
	to, ok := people.OwnerOf(by)
	if !ok {
		return 0, nil
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		n, err = unreadNews(tx, to)
		return err
	})
	return n, err
}

// ReadNews marks the reader's news of the villages as read.
func (s *Service) ReadNews(ctx context.Context, by scope.Actor) error {
	to, ok := people.OwnerOf(by)
	if !ok {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error { return readNews(tx, to) })
}

// Remind tells those whose turn it is of letters and questions that are late, each once
// for each time that its clock ran out; at most so many at once, and says how many. It is
// called by the timetable.
func (s *Service) Remind(ctx context.Context, most int) (n int, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		ms, err := lateMissives(tx, tx.Now(), TidingLetterLate, most)
		if err != nil {
			return err
		}
		for _, m := range ms {
			if err := s.tell(tx, TidingLetterLate, m.Place, m.ID, s.addressees(m.Place, m.To, tx.Now())...); err != nil {
				return err
			}
		}
		xs, err := lateQuestions(tx, tx.Now(), TidingAskedLate, most)
		if err != nil {
			return err
		}
		for _, x := range xs {
			if err := s.tell(tx, TidingAskedLate, x.Place, x.ID, s.editors(x.Place, tx.Now())...); err != nil {
				return err
			}
		}
		n = max(len(ms), len(xs))
		return nil
	})
	return n, err
}

// SweepNews deletes news that are older than [KeepNews], at most so many at once, and
// says how many.
func (s *Service) SweepNews(ctx context.Context, most int) (n int, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		n, err = deleteNews(tx, tx.Now().Add(-KeepNews), most)
		return err
	})
	return n, err
}

// Lines implements [letters.Source]: a letter passes through many hands, so it says the
// village and what happened, and nothing of anybody's words.
func (s *Service) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (ls []letters.Line, err error) {
	all, err := newsWith(tx, refs)
	if err != nil {
		return nil, err
	}
	ns, err := s.concerning(tx, to, all)
	for _, n := range ns {
		p, _ := s.Places.Tree().Get(n.Place)
		key := "village.news." + string(n.What)
		ls = append(ls, letters.Line{Key: key, Args: []any{p.Name}, Number: p.Name.ZH, State: key + ".short", At: n.At, Path: n.Path()})
	}
	return ls, err
}
