// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"context"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NewPost is what AddPost needs to know. Its permissions count in the subtree of
// places below the last place of Path.
type NewPost struct {
	Unit       id.ID
	Title      i18n.Text
	Role       string
	Path       scope.Path
	Categories []string
}

// AddPost adds a post to a unit and returns its ID. The actor must administer
// the unit's place and the place in which the post counts, so that nobody can
// give more than they have.
func (s *Service) AddPost(ctx context.Context, by scope.Actor, in NewPost) (p id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		p, err = s.AddPostIn(tx, by, in)
		return err
	})
	return p, err
}

// AddPostIn is AddPost within a transaction.
func (s *Service) AddPostIn(tx *sqldb.Tx, by scope.Actor, in NewPost) (id.ID, error) {
	u, err := loadUnit(tx, in.Unit)
	if err != nil {
		return 0, err
	}
	if !u.Active {
		return 0, errs.New(errs.Conflict, "unit.closed", u.Name)
	}
	if err := allow(tx, by, u.Path); err != nil {
		return 0, err
	}
	if err := allow(tx, by, in.Path); err != nil {
		return 0, err
	}
	return s.newPost(tx, by, in)
}

func (s *Service) newPost(tx *sqldb.Tx, by scope.Actor, in NewPost) (id.ID, error) {
	p := Post{
		ID: tx.NewID(), Unit: in.Unit, Title: trimText(in.Title), Role: in.Role, Path: in.Path,
		Categories: in.Categories, Active: true, Version: 1,
	}
	if err := p.check(s.roles); err != nil {
		return 0, err
	}
	if err := insertPost(tx, p); err != nil {
		return 0, err
	}
	if err := s.changed(tx); err != nil {
		return 0, err
	}
	return p.ID, trail.Append(tx, by, trail.Entry{Noun: "post", Record: p.ID, Act: "add", To: "active", Note: p.Title.ZH, Digest: p.Digest()})
}

// ClosePost closes a post for good. It is Conflict while somebody holds it.
func (s *Service) ClosePost(ctx context.Context, by scope.Actor, post id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		p, _, err := s.openPost(tx, by, post)
		if err != nil {
			return err
		}
		if hs, err := postHeld(tx, p.ID, tx.Now()); err != nil || len(hs) > 0 {
			return orConflict(err, "post.close.held", len(hs))
		}
		p.Active = false
		if err := savePost(tx, &p); err != nil {
			return err
		}
		if err := s.changed(tx); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "post", Record: p.ID, Act: "close", From: "active", To: "closed", Note: p.Title.ZH, Digest: p.Digest()})
	})
}

// openPost loads an active post and its unit, for an actor who administers both
// the unit's place and that of the post.
func (s *Service) openPost(tx *sqldb.Tx, by scope.Actor, post id.ID) (Post, Unit, error) {
	p, err := loadPost(tx, post)
	if err != nil {
		return p, Unit{}, err
	}
	u, err := loadUnit(tx, p.Unit)
	if err != nil {
		return p, u, err
	}
	if err := allow(tx, by, u.Path); err != nil {
		return p, u, err
	}
	if err := allow(tx, by, p.Path); err != nil {
		return p, u, err
	}
	if !p.Active {
		return p, u, errs.New(errs.Conflict, "post.closed", p.Title)
	}
	return p, u, nil
}

// Appoint gives a post to an account from one moment to another and returns the
// holding's ID. A zero from is now, a zero to is until further notice. It is
// Conflict if the account holds the post already at some moment of that time,
// and Invalid, beside to, if it would end before it begins. Several accounts may
// hold one post.
func (s *Service) Appoint(ctx context.Context, by scope.Actor, post, account id.ID, from, to time.Time) (h id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		h, err = s.AppointIn(tx, by, post, account, from, to)
		return err
	})
	return h, err
}

// AppointIn is Appoint within a transaction, for those who make the account in
// the same one.
func (s *Service) AppointIn(tx *sqldb.Tx, by scope.Actor, post, account id.ID, from, to time.Time) (id.ID, error) {
	p, u, err := s.openPost(tx, by, post)
	if err != nil {
		return 0, err
	}
	if from.IsZero() {
		from = tx.Now()
	}
	h := Holding{ID: tx.NewID(), Post: p.ID, Account: account, From: millis(from), To: millis(to), Version: 1}
	if account == 0 {
		return 0, errs.At("account", "holding.account.empty")
	}
	if !h.To.IsZero() && !h.To.After(h.From) {
		return 0, errs.At("to", "holding.to.early")
	}
	others, err := postHeld(tx, p.ID, h.From)
	if err != nil {
		return 0, err
	}
	for _, o := range others {
		if o.Account == account && (h.To.IsZero() || o.From.Before(h.To)) {
			return 0, errs.New(errs.Conflict, "holding.already", p.Title)
		}
	}
	if err := insertHolding(tx, h); err != nil {
		return 0, err
	}
	if err := s.changed(tx); err != nil {
		return 0, err
	}
	return h.ID, trail.Append(tx, by, trail.Entry{
		Noun: "holding", Record: h.ID, Act: "appoint", To: "held", For: account.String(), Note: u.Name.ZH + " " + p.Title.ZH, Digest: h.Digest(),
	})
}

// Dismiss ends a holding now, and with it whoever stands in. It is Conflict if
// it has ended already. A holding that has not begun is ended at its beginning.
func (s *Service) Dismiss(ctx context.Context, by scope.Actor, holding id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		h, p, err := s.openHolding(tx, by, holding)
		if err != nil {
			return err
		}
		covers, err := openCovers(tx, h.ID, tx.Now())
		if err != nil {
			return err
		}
		for _, c := range covers {
			if err := s.end(tx, by, c); err != nil {
				return err
			}
		}
		h.To = latest(tx.Now(), h.From)
		if err := endHolding(tx, &h); err != nil {
			return err
		}
		if err := s.changed(tx); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{
			Noun: "holding", Record: h.ID, Act: "dismiss", From: "held", To: "ended", For: h.Account.String(), Note: p.Title.ZH, Digest: h.Digest(),
		})
	})
}

// openHolding loads a holding that has not ended, for an actor who administers
// the place of its post.
func (s *Service) openHolding(tx *sqldb.Tx, by scope.Actor, holding id.ID) (Holding, Post, error) {
	h, err := loadHolding(tx, holding)
	if err != nil {
		return h, Post{}, err
	}
	p, _, err := s.openPost(tx, by, h.Post)
	if err != nil {
		return h, p, err
	}
	if !h.To.IsZero() && (!tx.Now().Before(h.To) || !h.To.After(h.From)) {
		return h, p, errs.New(errs.Conflict, "holding.ended")
	}
	return h, p, nil
}

// maxCover is the longest time that one cover may last; a longer absence is a
// new appointment.
const maxCover = 366 * 24 * time.Hour

// Cover lets account stand in for a holder from one moment until another and
// returns the cover's ID. A zero from is now. It is Invalid, beside until, if it
// would end before it begins or last over a year, beside account if that is the
// holder, and Conflict if somebody else stands in at some moment of that time.
// It ends by itself.
func (s *Service) Cover(ctx context.Context, by scope.Actor, holding, account id.ID, from, until time.Time) (c id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		c, err = s.cover(tx, by, holding, account, from, until)
		return err
	})
	return c, err
}

func (s *Service) cover(tx *sqldb.Tx, by scope.Actor, holding, account id.ID, from, until time.Time) (id.ID, error) {
	h, p, err := s.openHolding(tx, by, holding)
	if err != nil {
		return 0, err
	}
	if from.IsZero() {
		from = tx.Now()
	}
	c := Cover{ID: tx.NewID(), Holding: h.ID, Account: account, From: millis(from), Until: millis(until), Version: 1}
	var l errs.List
	switch {
	case account == 0:
		l.Add("account", "cover.account.empty")
	case account == h.Account:
		l.Add("account", "cover.account.holder")
	}
	switch {
	case until.IsZero():
		l.Add("until", "cover.until.empty")
	case !c.Until.After(c.From) || !c.Until.After(tx.Now()):
		l.Add("until", "cover.until.early")
	case c.Until.Sub(c.From) > maxCover:
		l.Add("until", "cover.until.late")
	}
	if err := l.Err(); err != nil {
		return 0, err
	}
	others, err := openCovers(tx, h.ID, c.From)
	if err != nil {
		return 0, err
	}
	for _, o := range others {
		if o.From.Before(c.Until) {
			return 0, errs.New(errs.Conflict, "cover.already", o.Until)
		}
	}
	if err := insertCover(tx, c); err != nil {
		return 0, err
	}
	if err := s.changed(tx); err != nil {
		return 0, err
	}
	return c.ID, trail.Append(tx, by, trail.Entry{
		Noun: "cover", Record: c.ID, Act: "cover", To: "held", For: account.String(), Note: p.Title.ZH, Digest: c.Digest(),
	})
}

// EndCover ends a cover now. It is Conflict if it has ended already.
func (s *Service) EndCover(ctx context.Context, by scope.Actor, cover id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		c, err := loadCover(tx, cover)
		if err != nil {
			return err
		}
		if _, _, err := s.openHolding(tx, by, c.Holding); err != nil {
			return err
		}
		if !tx.Now().Before(c.Until) || !c.Until.After(c.From) {
			return errs.New(errs.Conflict, "cover.ended")
		}
		if err := s.end(tx, by, c); err != nil {
			return err
		}
		return s.changed(tx)
	})
}

// end ends a cover at the moment of the transaction, or at its beginning.
func (s *Service) end(tx *sqldb.Tx, by scope.Actor, c Cover) error {
	c.Until = latest(tx.Now(), c.From)
	if err := endCover(tx, &c); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{
		Noun: "cover", Record: c.ID, Act: "end_cover", From: "held", To: "ended", For: c.Account.String(), Digest: c.Digest(),
	})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// millis is t as the database keeps it.
func millis(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Millisecond)
}
