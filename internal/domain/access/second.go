// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

var (
	totpColumn    = seal.Column{Table: "account", Name: "totp"}
	pendingColumn = seal.Column{Table: "account", Name: "totp_pending"}
)

const (
	totpPeriod = 30 // seconds, as every app on every phone has it
	totpSecret = 20 // bytes
	totpSkew   = 1  // steps by which a phone's clock may be wrong
)

var totpOptions = totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// RecoveryCodes is how many recovery codes an account gets.
const RecoveryCodes = 10

const (
	recoveryLetters  = 10
	recoveryAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// An Enrolment is what a phone needs to know to become the second factor.
type Enrolment struct {
	Secret string // for typing in, in base 32
	URI    string // for the QR code
}

// StartSecond makes a new secret for the actor's own second factor. The one in
// force, if any, stays so until ConfirmSecond, and is put aside only by who knows
// the password: else whoever sits down at an open browser could make the account
// theirs. It is Invalid beside password.
func (s *Service) StartSecond(ctx context.Context, by scope.Actor, password string) (e Enrolment, err error) {
	if err := self(by); err != nil {
		return e, err
	}
	a, err := s.Get(ctx, by.Account)
	if err != nil {
		return e, err
	}
	if a.SecondFactor {
		if err := s.prove(ctx, by, password); err != nil {
			return e, err
		}
	}
	raw := make([]byte, totpSecret)
	if _, err := io.ReadFull(s.o.Random, raw); err != nil {
		return e, fmt.Errorf("secret: %w", err)
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	sealed, err := s.box.Seal(pendingColumn, by.Account, seal.NewText(secret))
	if err != nil {
		return e, err
	}
	var login string
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		return s.change(tx, by, by.Account, "start_second", func(a *Account) error {
			login, a.pending = a.Login, sealed
			return nil
		})
	})
	return s.enrolment(secret, login), err
}

// Enrolment returns what StartSecond made and nobody has confirmed, for showing
// the page again. It is NotFound if nothing was started.
func (s *Service) Enrolment(ctx context.Context, by scope.Actor) (e Enrolment, err error) {
	if err := self(by); err != nil {
		return e, err
	}
	a, err := s.Get(ctx, by.Account)
	if err != nil {
		return e, err
	}
	if len(a.pending) == 0 {
		return e, errs.New(errs.NotFound, "account.second.none")
	}
	secret, err := s.box.Open(pendingColumn, a.ID, a.pending)
	return s.enrolment(secret.Plain(), a.Login), err
}

func (s *Service) enrolment(secret, login string) Enrolment {
	v := url.Values{"secret": {secret}, "issuer": {s.o.Issuer}, "period": {fmt.Sprint(totpPeriod)}, "digits": {"6"}, "algorithm": {"SHA1"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + s.o.Issuer + ":" + login,
		RawQuery: strings.ReplaceAll(v.Encode(), "+", "%20")} // phones do not read + as a space
	return Enrolment{Secret: secret, URI: u.String()}
}

// ConfirmSecond puts the second factor in force if code is one that the phone
// shows now, and returns new recovery codes: the only time that anybody sees
// them. All other sessions of the account end. It is Invalid beside code,
// NotFound if nothing was started.
func (s *Service) ConfirmSecond(ctx context.Context, by scope.Actor, session id.ID, code string) (codes []string, err error) {
	if err := self(by); err != nil {
		return nil, err
	}
	if err := s.begin(ctx, secondKey(by.Account)); err != nil {
		return nil, err
	}
	codes, hashes, err := s.newRecoveryCodes(by.Account)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		err := s.change(tx, by, by.Account, "confirm_second", func(a *Account) error {
			if len(a.pending) == 0 {
				return errs.New(errs.NotFound, "account.second.none")
			}
			secret, err := s.box.Open(pendingColumn, a.ID, a.pending)
			if err != nil {
				return err
			}
			step, ok, err := match(secret, code, tx.Now())
			if err != nil {
				return err
			}
			if !ok {
				return errs.At("code", "account.code.confirm")
			}
			if a.totp, err = s.box.Seal(totpColumn, a.ID, secret); err != nil {
				return err
			}
			a.pending, a.step = nil, step
			return nil
		})
		if err != nil {
			return err
		}
		if err := deleteTally(tx, secondKey(by.Account)); err != nil {
			return err
		}
		if err := replaceRecoveryCodes(tx, by.Account, hashes); err != nil {
			return err
		}
		_, err = deleteSessions(tx, by.Account, 0, session)
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// secondKey counts the tries to confirm a second factor.
func secondKey(account id.ID) tryKey { return "a" + tryHash("second "+account.String()) }

// NewRecoveryCodes replaces the recovery codes of the actor's own account, and
// returns them: the only time that anybody sees them. It asks for the password,
// which counts as a try; it is Invalid beside password, and Conflict without a
// second factor.
func (s *Service) NewRecoveryCodes(ctx context.Context, by scope.Actor, password string) (codes []string, err error) {
	if err := s.prove(ctx, by, password); err != nil {
		return nil, err
	}
	codes, hashes, err := s.newRecoveryCodes(by.Account)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := s.change(tx, by, by.Account, "new_recovery_codes", func(a *Account) error {
			if !a.SecondFactor {
				return errs.New(errs.Conflict, "account.second.off")
			}
			return nil
		}); err != nil {
			return err
		}
		return replaceRecoveryCodes(tx, by.Account, hashes)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// UnusedRecoveryCodes is how many recovery codes the account has left.
func (s *Service) UnusedRecoveryCodes(ctx context.Context, account id.ID) (n int, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		left, err := unusedRecoveryCodes(tx, account)
		n = int(left)
		return err
	})
	return n, err
}

// RemoveSecond takes away the actor's own second factor. It asks for the
// password, and is a Conflict where staff must have one.
func (s *Service) RemoveSecond(ctx context.Context, by scope.Actor, password string) error {
	if s.o.RequireSecond {
		return errs.New(errs.Conflict, "account.second.required")
	}
	if err := s.prove(ctx, by, password); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.removeSecond(tx, by, by.Account, "remove_second") })
}

// ResetSecond takes away somebody's second factor, for those who have lost phone
// and codes, and ends their sessions. The actor must administer the city.
func (s *Service) ResetSecond(ctx context.Context, by scope.Actor, account id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		if err := s.removeSecond(tx, by, account, "reset_second"); err != nil {
			return err
		}
		_, err := deleteSessions(tx, account, 0, 0)
		return err
	})
}

func (s *Service) removeSecond(tx *sqldb.Tx, by scope.Actor, account id.ID, act string) error {
	if err := s.change(tx, by, account, act, func(a *Account) error {
		if !a.SecondFactor {
			return errs.New(errs.Conflict, "account.second.off")
		}
		a.totp, a.pending = nil, nil
		return nil
	}); err != nil {
		return err
	}
	return replaceRecoveryCodes(tx, account, nil)
}

// prove refuses unless the password is that of the actor's own account.
func (s *Service) prove(ctx context.Context, by scope.Actor, password string) error {
	if err := self(by); err != nil {
		return err
	}
	a, err := s.Get(ctx, by.Account)
	if err != nil {
		return err
	}
	key := accountKey(a.Login)
	if err := s.begin(ctx, key); err != nil {
		return err
	}
	ok, err := s.hasher.same(ctx, password, a.password)
	if err != nil {
		return err
	}
	if !ok {
		return errs.At("password", "account.password.wrong")
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return deleteTally(tx, key) })
}

// useCode uses a code of the second factor, or a recovery code, and says which.
// It is Invalid if it is neither.
func (s *Service) useCode(tx *sqldb.Tx, a Account, code string) (how string, err error) {
	refused := errs.At("code", "account.code.wrong")
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(Fold(code)))
	if len(code) != recoveryLetters {
		secret, err := s.box.Open(totpColumn, a.ID, a.totp)
		if err != nil {
			return "", err
		}
		step, ok, err := match(secret, code, tx.Now())
		if err != nil {
			return "", err
		}
		if !ok || step <= a.step {
			return "", refused
		}
		if err := useStep(tx, a.ID, step); err != nil {
			return "", orRefused(err, refused)
		}
		return "totp", nil
	}
	hash, err := s.recoveryHash(a.ID, code)
	if err != nil {
		return "", err
	}
	if err := useRecoveryCode(tx, a.ID, hash); err != nil {
		return "", orRefused(err, refused)
	}
	return "recovery", nil
}

// orRefused is refused if err says that the code was used before.
func orRefused(err error, refused *errs.Error) error {
	if errs.KindOf(err) == errs.Conflict {
		return refused
	}
	return err
}

// match finds the time step around now for which code is the secret's.
func match(secret seal.Text, code string, now time.Time) (step int64, ok bool, err error) {
	if secret.Empty() || len(code) != otp.DigitsSix.Length() {
		return 0, false, nil
	}
	for d := int64(-totpSkew); d <= totpSkew; d++ {
		at := now.Unix()/totpPeriod + d
		right, err := totp.GenerateCodeCustom(secret.Plain(), time.Unix(at*totpPeriod, 0), totpOptions)
		if err != nil {
			return 0, false, fmt.Errorf("second factor: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok, nil
}

// newRecoveryCodes makes codes like 7K2MX-9QH4T, of 50 bits each, and their
// keyed hashes.
func (s *Service) newRecoveryCodes(account id.ID) (codes []string, hashes [][]byte, err error) {
	for range RecoveryCodes {
		raw := make([]byte, recoveryLetters)
		if _, err := io.ReadFull(s.o.Random, raw); err != nil {
			return nil, nil, fmt.Errorf("recovery codes: %w", err)
		}
		for i, b := range raw {
			raw[i] = recoveryAlphabet[b&31]
		}
		h, err := s.recoveryHash(account, string(raw))
		if err != nil {
			return nil, nil, err
		}
		codes = append(codes, string(raw[:recoveryLetters/2])+"-"+string(raw[recoveryLetters/2:]))
		hashes = append(hashes, h)
	}
	return codes, hashes, nil
}

func (s *Service) recoveryHash(account id.ID, code string) ([]byte, error) {
	code = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(code)
	return s.box.Index("recovery code", account.String()+code)
}
