// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"strings"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NewAccount is what CreateAccount needs to know. Without a password nobody can
// sign in to the account until one is set.
type NewAccount struct {
	Login, Name, Password string
	MustChange            bool // the person is to choose another password at the first sign-in
}

// CreateAccount makes an account and returns its ID. The actor must administer
// the city. It is Invalid, beside login, name or password.
func (s *Service) CreateAccount(ctx context.Context, by scope.Actor, in NewAccount) (a id.ID, err error) {
	login := Fold(in.Login)
	l := checkAccount(login, strings.TrimSpace(in.Name))
	if in.Password != "" {
		if err := l.Join(CheckPassword("password", login, in.Password)); err != nil {
			return 0, err
		}
	}
	if err := mayDo(by, Administer, s.db.Now()); err != nil {
		return 0, err
	}
	if err := l.Err(); err != nil {
		return 0, err
	}
	hash := ""
	if in.Password != "" {
		if hash, err = s.hasher.hash(ctx, in.Password); err != nil {
			return 0, err
		}
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		a, err = s.create(tx, by, login, in.Name, hash, in.MustChange)
		return err
	})
	return a, err
}

// CreateIn makes an account without a password, in a transaction of the
// caller's: for simulations and imports, which make many.
func (s *Service) CreateIn(tx *sqldb.Tx, by scope.Actor, login, name string) (id.ID, error) {
	return s.create(tx, by, Fold(login), name, "", false)
}

func (s *Service) create(tx *sqldb.Tx, by scope.Actor, login, name, hash string, mustChange bool) (id.ID, error) {
	name = strings.TrimSpace(name)
	if err := administers(tx, by); err != nil {
		return 0, err
	}
	if err := checkAccount(login, name).Err(); err != nil {
		return 0, err
	}
	if _, err := loadLogin(tx, login); err == nil {
		return 0, errs.At("login", "account.login.taken", login)
	} else if errs.KindOf(err) != errs.NotFound {
		return 0, err
	}
	a := Account{ID: tx.NewID(), Login: login, Name: name, MustChange: mustChange, CreatedAt: tx.Now(), Version: 1, password: hash}
	if err := insertAccount(tx, a); err != nil {
		return 0, err
	}
	return a.ID, trail.Append(tx, by, trail.Entry{Noun: "account", Record: a.ID, Act: "create", To: "active", Note: a.Login, Digest: a.Digest()})
}

// Empty reports whether there is no account yet, so that the first administrator
// is still to be made.
func (s *Service) Empty(ctx context.Context) (empty bool, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		n, err := countAll(tx)
		empty = n == 0
		return err
	})
	return empty, err
}

// Rename changes the name under which an account's acts are recorded from now
// on. The actor must administer the city.
func (s *Service) Rename(ctx context.Context, by scope.Actor, account id.ID, name string) error {
	name = strings.TrimSpace(name)
	if err := checkAccount("ok", name).Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		return s.change(tx, by, account, "rename", func(a *Account) error {
			a.Name = name
			return nil
		})
	})
}

// Disable closes an account: its sessions end at once and nobody can sign in to
// it. The actor must administer the city, and cannot disable themselves.
func (s *Service) Disable(ctx context.Context, by scope.Actor, account id.ID) error {
	if by.Account == account {
		return errs.New(errs.Conflict, "account.disable.self")
	}
	return s.able(ctx, by, account, "disable", true)
}

// Enable opens a disabled account again.
func (s *Service) Enable(ctx context.Context, by scope.Actor, account id.ID) error {
	return s.able(ctx, by, account, "enable", false)
}

func (s *Service) able(ctx context.Context, by scope.Actor, account id.ID, act string, disabled bool) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		err := s.change(tx, by, account, act, func(a *Account) error {
			if a.Disabled == disabled {
				return errs.New(errs.Conflict, "account.already."+stateOf(*a))
			}
			a.Disabled = disabled
			return nil
		})
		if err != nil || !disabled {
			return err
		}
		_, err = deleteSessions(tx, account, 0, 0)
		return err
	})
}

// SetPassword changes the actor's own password. The old one must be right, which
// counts as a try to sign in; all sessions but the given one end. It is Invalid
// beside old or new.
func (s *Service) SetPassword(ctx context.Context, by scope.Actor, session id.ID, old, fresh string) error {
	if err := self(by); err != nil {
		return err
	}
	a, err := s.Get(ctx, by.Account)
	if err != nil {
		return err
	}
	if err := CheckPassword("new", a.Login, fresh); err != nil {
		return err
	}
	if old == fresh {
		return errs.At("new", "account.password.same")
	}
	key := accountKey(a.Login)
	if err := s.begin(ctx, key); err != nil {
		return err
	}
	ok, err := s.hasher.same(ctx, old, a.password)
	if err != nil {
		return err
	}
	if !ok {
		return errs.At("old", "account.password.wrong")
	}
	hash, err := s.hasher.hash(ctx, fresh)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := deleteTally(tx, key); err != nil {
			return err
		}
		if err := s.setPassword(tx, by, by.Account, "set_password", hash, false); err != nil {
			return err
		}
		_, err := deleteSessions(tx, by.Account, 0, session)
		return err
	})
}

// ResetPassword gives an account a new password that its holder must change at
// the next sign-in, and ends its sessions. The actor must administer the city.
// It is Invalid beside password.
func (s *Service) ResetPassword(ctx context.Context, by scope.Actor, account id.ID, fresh string) error {
	if err := mayDo(by, Administer, s.db.Now()); err != nil {
		return err
	}
	a, err := s.Get(ctx, account)
	if err != nil {
		return err
	}
	if err := CheckPassword("password", a.Login, fresh); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, fresh)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := s.setPassword(tx, by, account, "reset_password", hash, true); err != nil {
			return err
		}
		_, err := deleteSessions(tx, account, 0, 0)
		return err
	})
}

func (s *Service) setPassword(tx *sqldb.Tx, by scope.Actor, account id.ID, act, hash string, mustChange bool) error {
	return s.change(tx, by, account, act, func(a *Account) error {
		a.password, a.MustChange = hash, mustChange
		return nil
	})
}

// A Filter says which accounts a list shows.
type Filter struct {
	Words string // the beginning of a login or a name; "" for all
	Unit  id.ID  // those who hold a post of the unit now; 0 for all
}

// List returns one page of the accounts, in the order of their logins, and how
// many there are in all. The actor must administer or audit.
func (s *Service) List(ctx context.Context, by scope.Actor, f Filter, offset, limit int) (page []Account, total int, err error) {
	now := s.db.Now()
	if mayDo(by, Audit, now) != nil {
		if err := mayDo(by, Administer, now); err != nil {
			return nil, 0, err
		}
	}
	var only []id.ID
	if f.Unit != 0 {
		only = append([]id.ID{}, s.orgs.Directory().Members(f.Unit, now)...)
	}
	words := strings.TrimSpace(f.Words)
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		n, err := countAccounts(tx, words, only)
		if err != nil {
			return err
		}
		total = int(n)
		page, err = listAccounts(tx, words, only, max(0, offset), max(1, min(limit, 200)))
		return err
	})
	return page, total, err
}
