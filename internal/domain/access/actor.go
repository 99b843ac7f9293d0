// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// fresh is how long what is held in memory of a session may be used: as long as
// another process's revocation may take to be seen here.
const fresh = 2 * time.Second

// maxCached bounds the sessions held in memory.
const maxCached = 20_000

// An entry is what is held in memory of a session.
type entry struct {
	session Session
	actor   scope.Actor
	dir     *orgs.Directory // the organisation from which the grants were taken
	at      time.Time
}

// A cache holds the actors of the sessions in use, and when each was last seen.
type cache struct {
	mu      sync.Mutex
	entries map[[sha256.Size]byte]entry
	seen    map[id.ID]time.Time // not yet written
	round   int                 // counts what was forgotten: who read before that must not store
}

func newCache() *cache {
	return &cache{entries: map[[sha256.Size]byte]entry{}, seen: map[id.ID]time.Time{}}
}

func (c *cache) get(key [sha256.Size]byte) (e entry, ok bool, round int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok = c.entries[key]
	return e, ok, c.round
}

func (c *cache) put(key [sha256.Size]byte, e entry, round int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.round != round {
		return
	}
	if len(c.entries) >= maxCached {
		for k, old := range c.entries {
			if e.at.Sub(old.at) > fresh {
				delete(c.entries, k)
			}
		}
		if len(c.entries) >= maxCached {
			clear(c.entries)
		}
	}
	c.entries[key] = e
}

// forget drops the entries that match.
func (c *cache) forget(match func(entry) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.round++
	for k, e := range c.entries {
		if match(e) {
			delete(c.entries, k)
		}
	}
}

// see notes that a session is in use, to the minute.
func (c *cache) see(sess Session, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, ok := c.seen[sess.ID]
	if !ok {
		last = sess.SeenAt
	}
	if now.Sub(last) >= time.Minute {
		c.seen[sess.ID] = now
	}
}

func (c *cache) lastSeen(sess Session) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.seen[sess.ID]; ok && at.After(sess.SeenAt) {
		return at
	}
	return sess.SeenAt
}

func (c *cache) takeSeen() map[id.ID]time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen = make(map[id.ID]time.Time, len(seen))
	return seen
}

// Actor returns who holds the token, with what their posts and covers allow now.
// A token that is nobody's, is over, or is not yet signed in all the way, is an
// anonymous actor and no error. It writes nothing, and reads at most once; see
// Flush.
func (s *Service) Actor(ctx context.Context, token string) (scope.Actor, error) {
	nobody := scope.Actor{Kind: scope.Anonymous}
	if !wellFormed(token) {
		return nobody, nil
	}
	key, now := hashToken(token), s.db.Now()
	e, ok, round := s.cache.get(key)
	if age := now.Sub(e.at); ok && age >= 0 && age < fresh && now.Before(e.session.ExpiresAt) &&
		(e.dir == nil || e.dir == s.orgs.Directory()) {
		s.cache.see(e.session, now)
		return e.actor, nil
	}
	e = entry{at: now}
	err := s.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		if e.session, err = s.current(tx, token); err != nil {
			return err
		}
		if e.session.Stage != Open {
			return errs.New(errs.NotFound, "session.none")
		}
		if e.session.Resident != 0 {
			e.actor = e.session.Self()
			return nil
		}
		if err := s.orgs.Check(tx); err != nil {
			return err
		}
		e.dir = s.orgs.Directory()
		e.actor, err = s.staff(tx, e.session.Account, e.dir)
		return err
	})
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return nobody, nil
		}
		return nobody, err
	}
	s.cache.put(key, e, round)
	s.cache.see(e.session, now)
	return e.actor, nil
}

// staff builds an account's actor. It is NotFound if the account is disabled.
func (s *Service) staff(tx *sqldb.Tx, account id.ID, dir *orgs.Directory) (scope.Actor, error) {
	a, err := loadAccount(tx, account)
	if err != nil {
		return scope.Actor{}, err
	}
	if a.Disabled {
		return scope.Actor{}, errs.New(errs.NotFound, "account.none")
	}
	reasons, err := s.reasons(tx, account, dir)
	if err != nil {
		return scope.Actor{}, err
	}
	by := scope.Actor{Kind: scope.Staff, Account: a.ID, Name: a.Name}
	for _, r := range reasons {
		by.Grants = append(by.Grants, r.grant())
	}
	if len(reasons) > 0 {
		by.Unit = reasons[0].Unit.ID
	}
	return by, nil
}

// ActorOf returns an account's actor as Actor would for one of its sessions: for
// simulations, and for jobs that act on somebody's behalf. It is NotFound if
// there is no such account or it is disabled.
func (s *Service) ActorOf(ctx context.Context, account id.ID) (by scope.Actor, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.orgs.Check(tx); err != nil {
			return err
		}
		by, err = s.staff(tx, account, s.orgs.Directory())
		return err
	})
	return by, err
}

// Flush writes when sessions were last seen, at most one row a session and
// minute, and on which day keys were last used. It is run every minute, and when
// the program stops.
func (s *Service) Flush(ctx context.Context) error {
	seen, used := s.cache.takeSeen(), s.keys.takeUsed()
	if len(seen) == 0 && len(used) == 0 {
		return nil
	}
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		for sess, at := range seen {
			if err := touch(tx, sess, at); err != nil {
				return err
			}
		}
		for key, day := range used {
			if err := useKey(tx, key, day); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.keys.giveBack(used)
		s.cache.mu.Lock()
		defer s.cache.mu.Unlock()
		for sess, at := range seen {
			if at.After(s.cache.seen[sess]) {
				s.cache.seen[sess] = at
			}
		}
	}
	return err
}

// A Reason is one thing that allows an account to do something: a post that it
// holds, or that of a colleague whom it stands in for.
type Reason struct {
	Unit       orgs.Unit
	Post       orgs.Post
	Role       Role
	From       time.Time
	Until      time.Time // zero if no end is known
	Covering   string    // the colleague's name, "" for one's own post
	Unknown    bool      // the post's role is none that this program knows
	HoldingID  id.ID
	Categories []string
}

// grant is the reason as the actor carries it.
func (r Reason) grant() scope.Grant {
	return scope.Grant{
		Post: r.Unit.Name.In(i18n.ZH) + r.Post.Title.In(i18n.ZH), Needs: r.Role.Needs, In: r.Post.In(), Unit: r.Unit.ID,
		Categories: r.Categories, Until: r.Until, Covering: r.Covering,
	}
}

// Why returns every reason for which an account may do something now, its own
// posts first. The actor is the account itself, or administers or audits.
func (s *Service) Why(ctx context.Context, by scope.Actor, account id.ID) (why []Reason, err error) {
	now := s.db.Now()
	if by.Account != account && mayDo(by, Audit, now) != nil {
		if err := mayDo(by, Administer, now); err != nil {
			return nil, err
		}
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.orgs.Check(tx); err != nil {
			return err
		}
		why, err = s.reasons(tx, account, s.orgs.Directory())
		return err
	})
	return why, err
}

func (s *Service) reasons(tx *sqldb.Tx, account id.ID, dir *orgs.Directory) ([]Reason, error) {
	held := dir.HeldBy(account, tx.Now())
	var colleagues []id.ID
	for _, h := range held {
		if h.Cover != nil {
			colleagues = append(colleagues, h.Holding.Account)
		}
	}
	called, err := names(tx, colleagues)
	if err != nil {
		return nil, err
	}
	rs := make([]Reason, 0, len(held))
	for _, h := range held {
		role, ok := RoleOf(h.Post.Role)
		r := Reason{Unit: h.Unit, Post: h.Post, Role: role, From: h.Holding.From, Until: h.Until(), Unknown: !ok,
			HoldingID: h.Holding.ID, Categories: h.Post.Categories}
		if h.Cover != nil {
			r.From, r.Covering = h.Cover.From, called[h.Holding.Account]
			if r.Covering == "" {
				r.Covering = h.Holding.Account.String()
			}
		}
		rs = append(rs, r)
	}
	return rs, nil
}
