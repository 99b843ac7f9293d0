// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Stage is how far a session has got.
type Stage string

// The stages. In all but Open the session is nobody's yet: its person may only
// do what the stage is waiting for.
const (
	Open   Stage = "open"   // signed in
	Second Stage = "second" // the password was right; the second factor is due
	Enrol  Stage = "enrol"  // a second factor must be enrolled
	Change Stage = "change" // a new password must be chosen
)

// pendingFor is how long a session may wait in a stage before Open.
const pendingFor = 15 * time.Minute

// maxCodeTries is how many wrong second factors end a session.
const maxCodeTries = 5

// A Session is a browser that has signed in. It is of an account or of a
// resident.
type Session struct {
	ID        id.ID
	Account   id.ID
	Resident  id.ID
	Name      string // the account's, or a resident's masked one
	Stage     Stage
	Agent     string // what the browser calls itself
	Address   string // where it signed in from
	CreatedAt time.Time
	SeenAt    time.Time // to the minute
	ExpiresAt time.Time

	tries int64
}

// Self is the session's person as far as their own account is concerned, with no
// grants: for the acts that a stage before Open waits for.
func (s Session) Self() scope.Actor {
	if s.Resident != 0 {
		return scope.Actor{Kind: scope.Resident, Resident: s.Resident, Name: s.Name}
	}
	return scope.Actor{Kind: scope.Staff, Account: s.Account, Name: s.Name}
}

// A Client is what is known of the browser that signs in.
type Client struct{ Address, Agent string }

func (c Client) short() Client {
	cut := func(s string, most int) string {
		s = strings.ToValidUTF8(s, "")
		for len(s) > most {
			_, n := utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-n]
		}
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return ' '
			}
			return r
		}, s)
	}
	return Client{cut(c.Address, 64), cut(c.Agent, 200)}
}

// tokenSize is the length of a token in bytes: 256 bits of chance.
const tokenSize = 32

func (s *Service) newToken() (token string, hash []byte, err error) {
	b := make([]byte, tokenSize)
	if _, err := io.ReadFull(s.o.Random, b); err != nil {
		return "", nil, fmt.Errorf("token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(b)
	sum := hashToken(token)
	return token, sum[:], nil
}

func hashToken(token string) [sha256.Size]byte { return sha256.Sum256([]byte(token)) }

// wellFormed reports whether a token can be one of ours, so that rubbish costs
// no look into the database.
func wellFormed(token string) bool {
	b, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && len(b) == tokenSize
}

// start makes a session and returns its token.
func (s *Service) start(tx *sqldb.Tx, sess Session, c Client) (string, Session, error) {
	token, hash, err := s.newToken()
	if err != nil {
		return "", sess, err
	}
	c = c.short()
	sess.ID, sess.Agent, sess.Address = tx.NewID(), c.Agent, c.Address
	sess.CreatedAt, sess.SeenAt, sess.ExpiresAt = tx.Now(), tx.Now(), s.end(sess, tx.Now())
	return token, sess, insertSession(tx, sess, hash)
}

// end is the moment after which a session is over however much it is used.
func (s *Service) end(sess Session, now time.Time) time.Time {
	switch {
	case sess.Stage != Open:
		return now.Add(pendingFor)
	case sess.Resident != 0:
		return now.Add(s.o.ResidentLong)
	}
	return now.Add(s.o.Longest)
}

// over reports whether a session counts no more at now.
func (s *Service) over(sess Session, now time.Time) bool {
	idle := s.o.Idle
	if sess.Resident != 0 {
		idle = s.o.ResidentIdle
	}
	return !now.Before(sess.ExpiresAt) || now.Sub(s.cache.lastSeen(sess)) > idle
}

// Session returns the session of a token, in whatever stage it is. It is
// NotFound if there is none or it is over.
func (s *Service) Session(ctx context.Context, token string) (sess Session, err error) {
	if !wellFormed(token) {
		return sess, errs.New(errs.NotFound, "session.none")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if sess, err = s.current(tx, token); err != nil {
			return err
		}
		sess, err = named(tx, sess)
		return err
	})
	return sess, err
}

// named puts an account's name into its session.
func named(tx *sqldb.Tx, sess Session) (Session, error) {
	if sess.Account == 0 {
		return sess, nil
	}
	a, err := loadAccount(tx, sess.Account)
	sess.Name = a.Name
	return sess, err
}

func (s *Service) current(tx *sqldb.Tx, token string) (Session, error) {
	hash := hashToken(token)
	sess, err := loadToken(tx, hash[:])
	if err == nil && s.over(sess, tx.Now()) {
		err = errs.New(errs.NotFound, "session.none")
	}
	return sess, err
}

// maxSessions is how many sessions a page lists.
const maxSessions = 50

// SessionsOf returns the sessions of the actor, the last used first.
func (s *Service) SessionsOf(ctx context.Context, by scope.Actor) (open []Session, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		all, err := listSessions(tx, by.Account, by.Resident, maxSessions)
		for _, sess := range all {
			if !s.over(sess, tx.Now()) {
				sess.SeenAt = s.cache.lastSeen(sess)
				open = append(open, sess)
			}
		}
		return err
	})
	return open, err
}

// Revoke ends a session: one's own, or, for those who administer the city,
// anybody's. It is NotFound for everybody else's.
func (s *Service) Revoke(ctx context.Context, by scope.Actor, session id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		sess, err := loadSession(tx, session)
		if err != nil {
			return err
		}
		own := sess.Account != 0 && sess.Account == by.Account || sess.Resident != 0 && sess.Resident == by.Resident
		if !own && administers(tx, by) != nil {
			return errs.New(errs.NotFound, "session.none")
		}
		return s.endSession(tx, by, sess, "revoke")
	})
}

// RevokeAll ends all sessions of an account but one, which may be 0. The account
// is the actor's own, or the actor administers the city.
func (s *Service) RevokeAll(ctx context.Context, by scope.Actor, account, but id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if by.Account != account {
			if err := administers(tx, by); err != nil {
				return err
			}
		} else if err := self(by); err != nil {
			return err
		}
		if _, err := deleteSessions(tx, account, 0, but); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			s.cache.forget(func(e entry) bool { return e.session.Account == account && e.session.ID != but })
		})
		return trail.Append(tx, by, trail.Entry{Noun: "account", Record: account, Act: "revoke_sessions"})
	})
}

// RevokeResident ends all sessions of the resident but one.
func (s *Service) RevokeResident(ctx context.Context, by scope.Actor, but id.ID) error {
	if by.Kind != scope.Resident || by.Resident == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		tx.AfterCommit(func() {
			s.cache.forget(func(e entry) bool { return e.session.Resident == by.Resident && e.session.ID != but })
		})
		_, err := deleteSessions(tx, 0, by.Resident, but)
		return err
	})
}

// SignOut ends the session of a token. A token of no session is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	if !wellFormed(token) {
		return nil
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		hash := hashToken(token)
		sess, err := loadToken(tx, hash[:])
		if err != nil && errs.KindOf(err) == errs.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if sess, err = named(tx, sess); err != nil {
			return err
		}
		return s.endSession(tx, sess.Self(), sess, "sign_out")
	})
}

func (s *Service) endSession(tx *sqldb.Tx, by scope.Actor, sess Session, act string) error {
	if err := deleteSession(tx, sess.ID); err != nil {
		return err
	}
	tx.AfterCommit(func() { s.cache.forget(func(e entry) bool { return e.session.ID == sess.ID }) })
	if sess.Account == 0 {
		return nil // what residents do with their telephones is nobody's business
	}
	return trail.Append(tx, by, trail.Entry{Noun: "account", Record: sess.Account, Act: act})
}

// Sweep removes sessions that are over and tries that no longer count. A job
// runs it now and then.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		return sweep(tx, tx.Now().Add(-max(accountLimit.forget, addressLimit.forget)))
	})
}
