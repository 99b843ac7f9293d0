// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"errors"
	"io"
	"time"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Service keeps accounts and sessions, and turns sessions into actors. It is
// safe for several goroutines.
type Service struct {
	db     *sqldb.DB
	orgs   *orgs.Service
	box    *seal.Box
	o      Options
	hasher *hasher
	cache  *cache
	keys   *keyring
}

// Options are the choices of New. The zero value of all but Random is right for
// a service.
type Options struct {
	// Random is where secrets come from: crypto/rand.Reader. Without it nothing
	// that needs a secret can be done.
	Random io.Reader

	Demo          bool   // the cast may sign in with one click
	RequireSecond bool   // staff must have a second factor
	Issuer        string // what a phone shows above the second factor; default 院坝

	Idle          time.Duration // a staff session unused for so long is over; default 4 hours
	Longest       time.Duration // no staff session lasts longer; default 14 hours
	ResidentIdle  time.Duration // default 30 days
	ResidentLong  time.Duration // default 90 days
	Hashing       int           // passwords hashed at once; default 2, of 19 MiB each
	WaitingToHash int           // that may wait for it; default 32
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	set(&o.Idle, 4*time.Hour)
	set(&o.Longest, 14*time.Hour)
	set(&o.ResidentIdle, 30*24*time.Hour)
	set(&o.ResidentLong, 90*24*time.Hour)
	if o.Issuer == "" {
		o.Issuer = "院坝"
	}
	if o.Hashing == 0 {
		o.Hashing = 2
	}
	if o.WaitingToHash == 0 {
		o.WaitingToHash = 32
	}
	return o
}

// New returns the service. Secrets of second factors are sealed with box.
func New(db *sqldb.DB, organisation *orgs.Service, box *seal.Box, o Options) *Service {
	o = o.withDefaults()
	if o.Random == nil {
		o.Random = noChance{}
	}
	return &Service{db: db, orgs: organisation, box: box, o: o, hasher: newHasher(o.Random, o.Hashing, o.WaitingToHash), cache: newCache(), keys: newKeyring()}
}

// noChance stands where no source of chance was given: better no secret than one
// that can be guessed.
type noChance struct{}

func (noChance) Read([]byte) (int, error) {
	return 0, errors.New("access was given no source of chance: set Options.Random")
}

// Demo reports whether this is a demonstration, in which the cast signs in with
// one click.
func (s *Service) Demo() bool { return s.o.Demo }

// RequireSecond reports whether staff must have a second factor.
func (s *Service) RequireSecond() bool { return s.o.RequireSecond }

// administers refuses unless the actor administers the whole city: accounts
// belong to no place.
func administers(tx *sqldb.Tx, by scope.Actor) error {
	return mayDo(by, Administer, tx.Now())
}

func mayDo(by scope.Actor, need scope.Need, at time.Time) error {
	if d := by.May(need, scope.Target{At: at}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// self refuses unless the actor is staff acting on their own account.
func self(by scope.Actor) error {
	if by.Kind != scope.Staff || by.Account == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return nil
}

// change is the one door through which an account changes. Whatever is held in
// memory of its sessions is forgotten.
func (s *Service) change(tx *sqldb.Tx, by scope.Actor, account id.ID, act string, edit func(*Account) error) error {
	a, err := loadAccount(tx, account)
	if err != nil {
		return err
	}
	from := stateOf(a)
	if err := edit(&a); err != nil {
		return err
	}
	if err := saveAccount(tx, &a); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		s.cache.forget(func(e entry) bool { return e.session.Account == account })
		s.keys.forgetOf(account)
	})
	return trail.Append(tx, by, trail.Entry{Noun: "account", Record: a.ID, Act: act, From: from, To: stateOf(a), Digest: a.Digest()})
}

func stateOf(a Account) string {
	if a.Disabled {
		return "disabled"
	}
	return "active"
}

// Get returns an account. It is NotFound if there is none.
func (s *Service) Get(ctx context.Context, account id.ID) (a Account, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		a, err = loadAccount(tx, account)
		return err
	})
	return a, err
}

// Names returns the names of accounts, for showing who did something. Accounts
// that do not exist are left out.
func (s *Service) Names(tx *sqldb.Tx, ids ...id.ID) (map[id.ID]string, error) { return names(tx, ids) }
