// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Write writes a draft for the page of a place. Needs publish there. It is Invalid
// beside kind, title, body, item, period, starts, ends or spot.
func (s *Service) Write(ctx context.Context, by scope.Actor, place id.ID, in Writing) (d ID, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		may := Edits(by, at.Path, tx.Now())
		if !may.OK {
			return errs.New(errs.Denied, may.Key, may.Args...)
		}
		r, err := rhythmAt(tx, tx.Now())
		if err != nil {
			return err
		}
		if err := in.check(r, tx.Now()); err != nil {
			return err
		}
		n := Notice{ID: tx.NewID(), Place: place, Path: at.Path, State: Draft, MadeAt: tx.Now(), Account: by.Account, Actor: by.Name, Post: may.Grant.Post, Version: 1}
		n.write(in)
		d = n.ID
		if err := insertNotice(tx, n); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "notice", Record: d, Act: "write", To: string(Draft), Note: n.Item, Digest: n.digest(nil)})
	})
	return d, err
}

// Announce writes a notice and makes it public at once, in one step: for those who have
// read it over before. It fails as Write and Publish do.
func (s *Service) Announce(ctx context.Context, by scope.Actor, place id.ID, in Writing) (d ID, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		may := Edits(by, at.Path, tx.Now())
		if !may.OK {
			return errs.New(errs.Denied, may.Key, may.Args...)
		}
		r, err := rhythmAt(tx, tx.Now())
		if err != nil {
			return err
		}
		if err := in.check(r, tx.Now()); err != nil {
			return err
		}
		n := Notice{ID: tx.NewID(), Place: place, Path: at.Path, State: Published, MadeAt: tx.Now(), PublishedAt: tx.Now(), Account: by.Account, Actor: by.Name, Post: may.Grant.Post, Version: 1}
		n.write(in)
		d = n.ID
		if err := s.once(tx, n); err != nil {
			return err
		}
		if err := insertNotice(tx, n); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "notice", Record: d, Act: string(Publish), From: string(Draft), To: string(Published), Note: n.Item, Digest: n.digest(nil)})
	})
	return d, err
}

// once sees that an item of open affairs is opened once for each period.
func (s *Service) once(tx *sqldb.Tx, n Notice) error {
	if n.Item == "" {
		return nil
	}
	has, err := isOpened(tx, n.Place, n.Item, n.Period)
	if err == nil && has {
		return errs.New(errs.Conflict, "affairs.opened", n.Period.Text())
	}
	return err
}

func (n *Notice) write(in Writing) {
	n.Kind, n.Title, n.Body, n.Item, n.Period = in.Kind, in.Title, in.Body, in.Item, in.Period
	n.Starts, n.Ends, n.Spot, n.Members = in.Starts, in.Ends, in.Spot, in.Members
	if in.File.Hash != "" {
		n.File = in.File
	}
}

// Publish makes a draft public. Of an item of open affairs each period is opened once:
// a Conflict says that it has been, and is then to be amended. Needs publish there.
func (s *Service) Publish(ctx context.Context, by scope.Actor, d ID) error {
	return s.change(ctx, by, d, Publish, 0, func(tx *sqldb.Tx, n *Notice, post string) error {
		if err := s.once(tx, *n); err != nil {
			return err
		}
		n.PublishedAt, n.Post, n.Actor, n.Account = tx.Now(), post, by.Name, by.Account
		return nil
	})
}

// Amend changes what a notice says. What it said stays readable behind it, with the
// reason, once it was public. Which item it opens for which period cannot change.
// Needs publish there; Invalid beside why and as Write does.
func (s *Service) Amend(ctx context.Context, by scope.Actor, d ID, in Writing, why string, saw int64) error {
	why = strings.TrimSpace(why)
	return s.change(ctx, by, d, Amend, saw, func(tx *sqldb.Tx, n *Notice, _ string) error {
		r, err := rhythmAt(tx, n.MadeAt)
		if err != nil {
			return err
		}
		in.Kind = n.Kind
		if n.State == Published {
			in.Item, in.Period = n.Item, n.Period
		}
		if err := in.check(r, tx.Now()); err != nil {
			return err
		}
		if n.State == Published {
			if c := utf8.RuneCountInString(why); c == 0 || c > MaxWhy {
				return errs.At("why", "affairs.why", MaxWhy)
			}
			if err := insertBefore(tx, n.ID, Before{Version: n.Version, Title: n.Title, Body: n.Body, Why: why, Actor: by.Name, At: tx.Now()}); err != nil {
				return err
			}
			n.Why = why
		}
		n.write(in)
		return nil
	})
}

// Discard throws a draft away, which nobody but the editors ever saw. Needs publish.
func (s *Service) Discard(ctx context.Context, by scope.Actor, d ID) error {
	return s.change(ctx, by, d, Discard, 0, func(*sqldb.Tx, *Notice, string) error { return nil })
}

// Withdraw takes a notice back. Its title stays, with the reason, the post and the
// day. Needs publish there; Invalid beside why.
func (s *Service) Withdraw(ctx context.Context, by scope.Actor, d ID, why string) error {
	why = strings.TrimSpace(why)
	return s.change(ctx, by, d, Withdraw, 0, func(_ *sqldb.Tx, n *Notice, post string) error {
		if c := utf8.RuneCountInString(why); c == 0 || c > MaxWhy {
			return errs.At("why", "affairs.why", MaxWhy)
		}
		n.Why, n.Post = why, post
		return nil
	})
}

// Restore puts a withdrawn notice back, unless something else was opened in its place
// meanwhile: Conflict. Needs publish there.
func (s *Service) Restore(ctx context.Context, by scope.Actor, d ID) error {
	return s.change(ctx, by, d, Restore, 0, func(tx *sqldb.Tx, n *Notice, _ string) error {
		return s.once(tx, *n)
	})
}

// A Query says which notices of a place are listed.
type Query struct {
	Kinds  []Kind
	States []NoticeState // none: published and withdrawn, as everybody may see
	Before time.Time     // published before that; zero: the newest
	Most   int
}

const mostNotices = 100

// ListNotices returns notices of a place, the newest first: what is public to
// everybody, drafts to those who edit the page.
func (s *Service) ListNotices(ctx context.Context, by scope.Actor, place id.ID, q Query) (ns []Notice, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return nil, err
	}
	if q.Most < 1 || q.Most > mostNotices {
		q.Most = mostNotices
	}
	if len(q.States) == 0 {
		q.States = []NoticeState{Published, Withdrawn}
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if !Edits(by, at.Path, tx.Now()).OK {
			q.States = public(q.States)
		}
		if ns, err = listNotices(tx, place, q); err != nil {
			return err
		}
		if !Edits(by, at.Path, tx.Now()).OK {
			for i := range ns {
				if ns[i].State == Withdrawn { // its words are gone, as in Get
					ns[i].Body, ns[i].File = "", File{}
				}
			}
		}
		return s.closeNotices(tx, by, place, ns)
	})
	return ns, err
}

func public(ss []NoticeState) (open []NoticeState) {
	for _, x := range ss {
		if x == Published || x == Withdrawn {
			open = append(open, x)
		}
	}
	return open
}

// Coming returns the dates of a place from a moment on, the next first. Everybody may
// read them; the words of those that are for members, members alone.
func (s *Service) Coming(ctx context.Context, by scope.Actor, place id.ID, from time.Time, most int) (ns []Notice, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if ns, err = coming(tx, place, from, min(most, mostNotices)); err != nil {
			return err
		}
		return s.closeNotices(tx, by, place, ns)
	})
	return ns, err
}

// Get returns a notice with what it said before. What is not public is NotFound to
// whoever does not edit the page; of a withdrawn one only they see the words.
func (s *Service) Get(ctx context.Context, by scope.Actor, d ID) (n Notice, before []Before, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		var err error
		var edits bool
		if n, err = loadNotice(tx, d); err != nil {
			return err
		}
		edits = Edits(by, s.Places.Tree().Path(n.Place), tx.Now()).OK
		if !edits && n.State != Published && n.State != Withdrawn {
			return errs.New(errs.NotFound, "affairs.notice.none")
		}
		if before, err = listBefore(tx, d); err != nil {
			return err
		}
		if n.State == Withdrawn && !edits {
			n.Body, n.File, before = "", File{}, nil
		}
		ns := []Notice{n}
		if err := s.closeNotices(tx, by, n.Place, ns); err != nil {
			return err
		}
		if n = ns[0]; n.Closed {
			before = nil
		}
		return nil
	})
	if err != nil {
		return Notice{}, nil, err
	}
	return n, before, nil
}
