// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"io"

	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// Needs are the services below this one.
type Needs struct {
	DB        *sqldb.DB
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Calendars *calendars.Service
	Letters   *letters.Service // nil: nobody is written to
	Seal      *seal.Box
	Random    io.Reader // where codes come from
}

// A Service keeps the pages of the villages. It is safe for several goroutines.
type Service struct{ Needs }

// New returns the service.
func New(n Needs) *Service { return &Service{n} }

// loadNotice returns a notice of a place that is there.
func (s *Service) loadNotice(tx *sqldb.Tx, d ID) (Notice, places.Place, error) {
	n, err := loadNotice(tx, d)
	if err != nil {
		return n, places.Place{}, err
	}
	p, err := s.PlaceOf(n.Place)
	return n, p, err
}

// change is the one door through which a notice changes: the move must be in the
// table, the actor edit the page, the version be the one they saw if that is not 0.
func (s *Service) change(ctx context.Context, by scope.Actor, d ID, act NoticeAct, saw int64, edit func(tx *sqldb.Tx, n *Notice, post string) error) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		n, at, err := s.loadNotice(tx, d)
		if err != nil {
			return err
		}
		may := Edits(by, at.Path, tx.Now())
		if !may.OK {
			return errs.New(errs.Denied, may.Key, may.Args...)
		}
		if _, err := NoticeFlow.Find(n.State, act); err != nil {
			return errs.New(errs.Conflict, "notice.move", i18n.Key("notice.act."+string(act)), i18n.Key("notice.state."+string(n.State)))
		}
		if saw != 0 && saw != n.Version {
			return errs.New(errs.Conflict, "record.changed")
		}
		from := n.State
		if n.State, err = NoticeFlow.Lead(n.State, act, ""); err != nil {
			return err
		}
		if err := edit(tx, &n, may.Grant.Post); err != nil {
			return err
		}
		n.Version++
		if err := saveNotice(tx, n); err != nil {
			return err
		}
		before, err := beforeOf(tx, d)
		if err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "notice", Record: d, Act: string(act), From: string(from), To: string(n.State), Note: n.Item, Digest: n.digest(before)})
	})
}

// NeedsFile reports whether a page, a notice or an entry has the file, for the job
// that deletes those that nobody has.
func (s *Service) NeedsFile(ctx context.Context, hash string) (yes bool, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		yes, err = hasFile(tx, hash)
		return err
	})
	return yes, err
}

// ReadFile returns what is recorded of a file that the reader may read: the picture of
// a page, what is beside a published notice, the paper of an entry; of what is for members
// alone, they may. Who edits the page
// of a draft may read the draft's. NotFound "blob.gone" otherwise.
func (s *Service) ReadFile(ctx context.Context, by scope.Actor, hash string) (f File, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		all, err := filesWith(tx, hash)
		if err != nil {
			return err
		}
		for _, x := range all {
			in := !x.Members
			if !in {
				if in, err = s.inside(tx, by, x.Place); err != nil {
					return err
				}
			}
			if in {
				f = x.File
				return nil
			}
		}
		drafts, err := draftsWith(tx, hash)
		if err != nil {
			return err
		}
		for _, n := range drafts {
			if Edits(by, s.Places.Tree().Path(n.Place), tx.Now()).OK {
				f = n.File
				return nil
			}
		}
		return errs.New(errs.NotFound, "blob.gone")
	})
	return f, err
}

// EachDigest returns, for the trail's check, what walks over all records of a noun
// with the digest of each one's present state.
func EachDigest() map[string]func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{
		"village_page": eachPage, "notice": eachNotice, "ledger_entry": eachEntry, "village_rhythm": eachRhythm,
		"remark": eachRemark, "membership": eachMember, "membership_code": eachCode, "missive": eachMissive, "village_duty": eachRoster,
	}
}
