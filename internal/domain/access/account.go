// SPDX-License-Identifier: Apache-2.0

package access

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
)

// An Account is a person who works for the town. What proves them is not in
// its exported fields.
type Account struct {
	ID           id.ID
	Login        string
	Name         string
	SecondFactor bool // a second factor is in force
	MustChange   bool // the password was set by somebody else and is to be changed
	Disabled     bool
	CreatedAt    time.Time
	Version      int64

	password string // argon2id in PHC form; "" if there is none
	totp     []byte // sealed
	pending  []byte // sealed
	step     int64  // time step of the last code used
}

// HasPassword reports whether the account can sign in with a password.
func (a Account) HasPassword() bool { return a.password != "" }

// Digest is the fingerprint of the record for the trail. It covers what proves
// the person, so that a password changed behind the program's back is found out.
func (a Account) Digest() []byte {
	return trail.Digest(a.ID, a.Login, a.Name, a.password, a.totp, a.MustChange, a.Disabled, a.CreatedAt, a.Version)
}

// Fold returns a login as it is kept: what people type in capitals, in full
// width or with spaces around it is the same login.
func Fold(login string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(login)))
}

const (
	minLogin = 2
	maxLogin = 40
	maxName  = 30
)

// checkAccount says what is wrong with a new account, beside login and name.
func checkAccount(login, name string) errs.List {
	var l errs.List
	n := utf8.RuneCountInString(login)
	switch {
	case !utf8.ValidString(login) || strings.ContainsFunc(login, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
	}):
		l.Add("login", "account.login.malformed")
	case n < minLogin || n > maxLogin:
		l.Add("login", "account.login.length", minLogin, maxLogin)
	}
	n = utf8.RuneCountInString(name)
	switch {
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		l.Add("name", "account.name.malformed")
	case n == 0:
		l.Add("name", "account.name.empty")
	case n > maxName:
		l.Add("name", "account.name.long", maxName)
	}
	return l
}
