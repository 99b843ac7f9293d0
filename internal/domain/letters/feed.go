// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Feed is a secret address at which a program reads what concerns somebody: their
// news, and what they owe until when. Who has the address has what is there, so it
// is as a letter is: of what is not public only numbers.
type Feed struct {
	ID     id.ID
	Owner  people.Owner
	Lang   i18n.Lang
	MadeAt time.Time
}

// NewFeed makes the actor's secret address, in place of an earlier one, which is
// good no more. The token is told this once; its hash is kept. It is Denied to those
// who are not signed in.
func (s *Service) NewFeed(ctx context.Context, by scope.Actor, lang i18n.Lang) (token string, err error) {
	of, ok := people.OwnerOf(by)
	if !ok {
		return "", errs.New(errs.Denied, scope.DeniedSignIn)
	}
	if token, err = s.secret(32); err != nil {
		return "", err
	}
	return token, s.makeFeed(ctx, by, of, lang, token, "")
}

// NewFeedFor is NewFeed for a resident who has come to the desk: one without a
// telephone, who reads their news at a neighbour's or at a public machine. It needs
// the desk in the resident's place (Denied); the trail says for whom it was done. It
// is NotFound if the town does not know them, or not any more.
func (s *Service) NewFeedFor(ctx context.Context, by scope.Actor, resident id.ID, lang i18n.Lang) (token string, err error) {
	if err := s.People.MayServe(ctx, by, resident); err != nil {
		return "", err
	}
	if token, err = s.secret(32); err != nil {
		return "", err
	}
	return token, s.makeFeed(ctx, by, people.Owner{Kind: people.OwnedByResident, ID: resident}, lang, token, "resident")
}

// makeFeed keeps an owner's new secret address, in place of an earlier one; behalf is
// for whom it was done, "" if for the actor.
func (s *Service) makeFeed(ctx context.Context, by scope.Actor, of people.Owner, lang i18n.Lang, token, behalf string) error {
	hash, err := s.Seal.Index("letters.feed", token)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := endFeed(tx, of); err != nil {
			return err
		}
		f := Feed{ID: tx.NewID(), Owner: of, Lang: lang, MadeAt: tx.Now()}
		if err := insertFeed(tx, f, hash); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "letter_feed", Record: f.ID, Act: "make", For: behalf})
	})
}

// EndFeed ends the actor's secret address; where there is none nothing changes.
func (s *Service) EndFeed(ctx context.Context, by scope.Actor) error {
	of, ok := people.OwnerOf(by)
	if !ok {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		f, ok, err := feedOf(tx, of)
		if err != nil || !ok {
			return err
		}
		if err := endFeed(tx, of); err != nil {
			return err
		}
		return noteFeed(tx, by, f.ID, "revoke")
	})
}

func noteFeed(tx *sqldb.Tx, by scope.Actor, d id.ID, act string) error {
	return trail.Append(tx, by, trail.Entry{Noun: "letter_feed", Record: d, Act: act})
}

// FeedOf is the owner's secret address, without its secret; false if there is none.
func (s *Service) FeedOf(ctx context.Context, of people.Owner) (f Feed, ok bool, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		f, ok, err = feedOf(tx, of)
		return err
	})
	return f, ok, err
}

// FeedBy is whose secret address a token is. It is NotFound if it is nobody's, and
// if its owner has left or was forgotten.
func (s *Service) FeedBy(ctx context.Context, token string) (f Feed, err error) {
	none := errs.New(errs.NotFound, "feeds.none")
	hash, err := s.Seal.Index("letters.feed", token)
	if err != nil {
		return f, err
	}
	ok := false
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		f, ok, err = feedByHash(tx, hash)
		return err
	}); err != nil {
		return Feed{}, err
	}
	if !ok {
		return Feed{}, none
	}
	gone := false
	if f.Owner.Kind == people.OwnedByAccount {
		a, aerr := s.Access.Get(ctx, f.Owner.ID)
		gone, err = aerr == nil && a.Disabled, aerr
	} else {
		r, rerr := s.People.Get(ctx, f.Owner.ID)
		gone, err = rerr == nil && r.Forgotten(), rerr
	}
	if gone || errs.KindOf(err) == errs.NotFound {
		return Feed{}, none
	}
	return f, err
}
