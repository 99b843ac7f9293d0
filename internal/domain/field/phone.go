// SPDX-License-Identifier: Apache-2.0

package field

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A PhoneState says what a phone may still do.
type PhoneState string

// The states of a phone.
const (
	InUse PhoneState = "in_use"
	Lost  PhoneState = "lost"  // it is told to forget everything when it next calls
	Wiped PhoneState = "wiped" // it has said that it has forgotten everything
	Left  PhoneState = "left"  // its owner signed it out
)

// A Phone is a telephone that somebody works with in the field.
type Phone struct {
	ID      id.ID
	Account id.ID
	Name    string
	State   PhoneState
	MadeAt  time.Time
	SeenAt  time.Time     // when it last called, to the minute
	Ahead   time.Duration // by how much its clock was ahead of ours then
	Waits   int64         // how much it said had not been sent
	LostAt  time.Time
	EndedAt time.Time // wiped or left
	Version int64

	token []byte // SHA-256 of its secret
}

// Digest is the fingerprint of the record for the trail: what was settled of the phone,
// and not when it called.
func (p Phone) Digest() []byte {
	return trail.Digest("field_phone/1", p.ID, p.Account, p.Name, string(p.State), p.MadeAt, p.LostAt, p.EndedAt, p.token)
}

// Bounds of phones.
const (
	MostPhones = 5  // that an account has in use
	MaxName    = 40 // letters of a phone's name
)

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func (s *Service) newToken() (string, error) {
	b := make([]byte, sha256.Size)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", fmt.Errorf("field phone: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// staff refuses who has no account.
func staff(by scope.Actor) error {
	if by.Kind != scope.Staff || by.Account == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return nil
}

// Register makes a telephone known as the actor's, and returns the secret by which it
// is known from now on, this once. It is Invalid beside name, and a Conflict if the
// actor has too many.
func (s *Service) Register(ctx context.Context, by scope.Actor, name string) (token string, p Phone, err error) {
	if err := staff(by); err != nil {
		return "", p, err
	}
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n == 0 || n > MaxName {
		return "", p, errs.At("name", "field.phone.name", MaxName)
	}
	if token, err = s.newToken(); err != nil {
		return "", p, err
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		ps, err := phonesOf(tx, by.Account, InUse, MostPhones)
		if err != nil {
			return err
		}
		if len(ps) >= MostPhones {
			return errs.New(errs.Conflict, "field.phone.many", MostPhones)
		}
		p = Phone{ID: tx.NewID(), Account: by.Account, Name: name, State: InUse, MadeAt: tx.Now(), SeenAt: tx.Now(), Version: 1, token: hashToken(token)}
		if err := insertPhone(tx, p); err != nil {
			return err
		}
		return note(tx, by, p, "register", "")
	})
	return token, p, err
}

func note(tx *sqldb.Tx, by scope.Actor, p Phone, act string, from PhoneState) error {
	return trail.Append(tx, by, trail.Entry{Noun: "field_phone", Record: p.ID, Act: act, From: string(from), To: string(p.State), Digest: p.Digest()})
}

// change is the one door through which a phone's state changes.
func (s *Service) change(tx *sqldb.Tx, by scope.Actor, p Phone, act string, to PhoneState, edit func(*Phone)) error {
	from := p.State
	p.State = to
	edit(&p)
	if err := savePhone(tx, &p); err != nil {
		return err
	}
	return note(tx, by, p, act, from)
}

// settles refuses who may not settle what becomes of a phone: its owner may, and who
// administers the city.
func settles(tx *sqldb.Tx, by scope.Actor, p Phone) error {
	if by.Account != 0 && by.Account == p.Account || by.May(access.Administer, scope.Target{At: tx.Now()}).OK {
		return nil
	}
	return errs.New(errs.NotFound, "field.phone.none")
}

// Lose says that a phone is lost: when it next calls it is told to forget everything.
// What it holds and has not sent is lost with it. NotFound if it is not the actor's, who
// does not administer; a Conflict if it is not in use.
func (s *Service) Lose(ctx context.Context, by scope.Actor, phone id.ID) error {
	return s.settle(ctx, by, phone, "lose", InUse, Lost, func(p *Phone, now time.Time) { p.LostAt = now })
}

// Find takes back that a phone is lost, as long as it has not called: it may send what
// it holds. It fails as Lose does.
func (s *Service) Find(ctx context.Context, by scope.Actor, phone id.ID) error {
	return s.settle(ctx, by, phone, "find", Lost, InUse, func(p *Phone, _ time.Time) { p.LostAt = time.Time{} })
}

func (s *Service) settle(ctx context.Context, by scope.Actor, phone id.ID, act string, from, to PhoneState, edit func(*Phone, time.Time)) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		p, err := loadPhone(tx, phone)
		if err != nil {
			return err
		}
		if err := settles(tx, by, p); err != nil {
			return err
		}
		if p.State != from {
			return errs.New(errs.Conflict, "field.phone.already")
		}
		return s.change(tx, by, p, act, to, func(p *Phone) { edit(p, tx.Now()) })
	})
}

// Leave ends a phone that its owner signs out: it has forgotten what it held, or is
// about to. To end it again is no error.
func (s *Service) Leave(ctx context.Context, by scope.Actor, token string) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		p, err := s.mine(tx, by, token)
		if err != nil {
			return err
		}
		if p.State != InUse {
			return nil
		}
		return s.change(tx, by, p, "leave", Left, func(p *Phone) { p.EndedAt, p.Waits = tx.Now(), 0 })
	})
}

// Forgot notes that a phone that was lost says it has forgotten everything. Nobody need
// be signed in: the phone's secret is enough, which opens nothing else. To say it again
// is no error; NotFound if the secret is no phone's, a Conflict if it was never lost.
func (s *Service) Forgot(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		p, err := phoneByToken(tx, hashToken(token))
		if err != nil {
			return err
		}
		switch p.State {
		case Wiped, Left:
			return nil
		case InUse:
			return errs.New(errs.Conflict, "field.phone.not_lost")
		case Lost:
		}
		by := scope.Actor{Kind: scope.System, Name: p.Name}
		return s.change(tx, by, p, "wipe", Wiped, func(p *Phone) { p.EndedAt, p.SeenAt, p.Waits = tx.Now(), tx.Now(), 0 })
	})
}

// mine is the phone of a secret, if it is the actor's.
func (s *Service) mine(tx *sqldb.Tx, by scope.Actor, token string) (Phone, error) {
	if err := staff(by); err != nil {
		return Phone{}, err
	}
	p, err := phoneByToken(tx, hashToken(token))
	if err == nil && p.Account != by.Account {
		return Phone{}, errs.New(errs.Denied, "field.phone.other")
	}
	return p, err
}

// Phones are the actor's phones, those in use first, at most so many.
func (s *Service) Phones(ctx context.Context, by scope.Actor, most int) (ps []Phone, err error) {
	if err := staff(by); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ps, err = phonesOf(tx, by.Account, "", most)
		return err
	})
	return ps, err
}

// AllPhones are the phones of the town, those that are lost first and then the last
// seen, and the names of whose they are. Only who administers may look.
func (s *Service) AllPhones(ctx context.Context, by scope.Actor, offset, most int) (ps []Phone, whose map[id.ID]string, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if d := by.May(access.Administer, scope.Target{At: tx.Now()}); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		if ps, err = allPhones(tx, offset, most); err != nil {
			return err
		}
		var ids []id.ID
		for _, p := range ps {
			ids = append(ids, p.Account)
		}
		whose, err = s.Access.Names(tx, ids...)
		return err
	})
	return ps, whose, err
}
