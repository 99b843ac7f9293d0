// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// wrong is the one answer to a login that does not exist, a password that does
// not fit, and an account that is disabled.
func wrong() error { return errs.At("password", "account.wrong") }

// SignIn begins a session for who knows the login and its password, and returns
// its token. Its stage says what is still due; see [Stage]. It is Invalid, with
// one text and after one length of time, if the login does not exist, the
// password is wrong, or the account is disabled; TooMany, with the moment from
// which to try again, after too many tries for the account or from the address;
// Busy if too many passwords are being checked.
func (s *Service) SignIn(ctx context.Context, login, password string, c Client) (token string, sess Session, err error) {
	login = Fold(login)
	if login == "" {
		return "", sess, errs.At("login", "account.login.empty")
	}
	if password == "" {
		return "", sess, errs.At("password", "account.password.empty")
	}
	if len(login) > 4*maxLogin || len(password) > MaxPassword {
		return "", sess, wrong()
	}
	ofAccount, ofAddress := accountKey(login), addressKey(c.Address)
	if err := s.begin(ctx, ofAccount, ofAddress); err != nil {
		return "", sess, err
	}
	var a Account
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		a, err = loadLogin(tx, login)
		return err
	})
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return "", sess, err
	}
	ok, err := s.hasher.same(ctx, password, a.password)
	if err != nil {
		return "", sess, err
	}
	if !ok || a.Disabled {
		return "", sess, wrong()
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		now, err := loadAccount(tx, a.ID)
		if err != nil {
			return err
		}
		if now.Version != a.Version { // disabled, or given another password, in the meantime
			return wrong()
		}
		stage := s.stage(now)
		if now.SecondFactor {
			stage = Second
		} else if err := succeed(tx, ofAccount, ofAddress); err != nil {
			return err
		}
		token, sess, err = s.start(tx, Session{Account: now.ID, Stage: stage}, c)
		if err != nil || stage == Second {
			return err
		}
		return s.signedIn(tx, now, "password")
	})
	return token, sess, err
}

// stage is what is due of an account once its second factor, if it has one, has
// been seen.
func (s *Service) stage(a Account) Stage {
	switch {
	case a.MustChange:
		return Change
	case s.o.RequireSecond && !a.SecondFactor:
		return Enrol
	}
	return Open
}

func (s *Service) signedIn(tx *sqldb.Tx, a Account, how string) error {
	by := scope.Actor{Kind: scope.Staff, Account: a.ID, Name: a.Name}
	return trail.Append(tx, by, trail.Entry{Noun: "account", Record: a.ID, Act: "sign_in", Note: how})
}

// SignInSecond completes a session in stage Second with a code of the second
// factor, or with a recovery code, which is used up. The session gets a new
// token. It is Invalid beside code if the code is wrong, was used before, or is
// of another time. After five wrong ones the session is over and the password is
// asked for again; the tries of the account are forgotten only when a code was
// right.
func (s *Service) SignInSecond(ctx context.Context, token, code string, c Client) (fresh string, sess Session, err error) {
	if sess, err = s.Session(ctx, token); err != nil {
		return "", sess, err
	}
	if sess.Stage != Second {
		return "", sess, errs.New(errs.Conflict, "session.stage")
	}
	a, err := s.Get(ctx, sess.Account)
	if err != nil {
		return "", sess, err
	}
	ofAccount, ofAddress := accountKey(a.Login), addressKey(c.Address)
	if err := s.begin(ctx, ofAddress); err != nil {
		return "", sess, err
	}
	var refused error
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		refused = nil
		if sess, err = s.current(tx, token); err != nil {
			return err
		}
		if a, err = loadAccount(tx, sess.Account); err != nil {
			return err
		}
		how, err := s.useCode(tx, a, code)
		if err != nil || a.Disabled {
			if err != nil && errs.KindOf(err) != errs.Invalid {
				return err
			}
			// The count must outlast the refusal, so it is committed and said afterwards.
			refused = errs.At("code", "account.code.wrong")
			if sess.tries+1 >= maxCodeTries {
				refused = errs.New(errs.TooMany, "account.code.over")
				return deleteSession(tx, sess.ID)
			}
			return countTry(tx, sess.ID)
		}
		if err := succeed(tx, ofAccount, ofAddress); err != nil {
			return err
		}
		if fresh, sess, err = s.renew(tx, sess, s.stage(a)); err != nil {
			return err
		}
		return s.signedIn(tx, a, how)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		fresh = ""
	}
	return fresh, sess, err
}

// renew gives a session another stage, and a new token with it.
func (s *Service) renew(tx *sqldb.Tx, sess Session, stage Stage) (string, Session, error) {
	token, hash, err := s.newToken()
	if err != nil {
		return "", sess, err
	}
	sess.Stage, sess.SeenAt = stage, tx.Now()
	sess.ExpiresAt = s.end(sess, tx.Now())
	tx.AfterCommit(func() { s.cache.forget(func(e entry) bool { return e.session.ID == sess.ID }) })
	return token, sess, saveSession(tx, sess, hash)
}

// Advance moves a session on when what its stage waited for has been done, and
// returns its new token: from Change or Enrol to the next, or to Open. In any
// other stage, or if nothing has been done, it is a Conflict.
func (s *Service) Advance(ctx context.Context, token string) (fresh string, sess Session, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if sess, err = s.current(tx, token); err != nil {
			return err
		}
		if sess.Account == 0 || sess.Stage == Second || sess.Stage == Open {
			return errs.New(errs.Conflict, "session.stage")
		}
		a, err := loadAccount(tx, sess.Account)
		if err != nil {
			return err
		}
		next := s.stage(a)
		if next == sess.Stage || a.Disabled {
			return errs.New(errs.Conflict, "session.stage")
		}
		fresh, sess, err = s.renew(tx, sess, next)
		return err
	})
	return fresh, sess, err
}

// SignInAs begins an open session for an account without any proof. It is for
// the demonstration alone, and Denied in any other town.
func (s *Service) SignInAs(ctx context.Context, login string, c Client) (token string, sess Session, err error) {
	if !s.o.Demo {
		return "", sess, errs.New(errs.Denied, "account.demo_only")
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		a, err := loadLogin(tx, Fold(login))
		if err != nil {
			return err
		}
		if a.Disabled {
			return errs.New(errs.NotFound, "account.none")
		}
		if token, sess, err = s.start(tx, Session{Account: a.ID, Stage: Open}, c); err != nil {
			return err
		}
		return s.signedIn(tx, a, "demo")
	})
	return token, sess, err
}

// SignInResident begins a session for a resident who has proved their telephone
// to package people, under the masked name that people gave.
func (s *Service) SignInResident(ctx context.Context, resident id.ID, masked string, c Client) (token string, sess Session, err error) {
	if resident == 0 {
		return "", sess, errs.New(errs.Invalid, "session.none")
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		token, sess, err = s.start(tx, Session{Resident: resident, Name: masked, Stage: Open}, c)
		return err
	})
	return token, sess, err
}
