// SPDX-License-Identifier: Apache-2.0

package access

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A KeyScope is one thing that a program may do with its key. What everybody may
// read takes none. Its name for people is the message "key.scope.<scope>".
type KeyScope string

// The scopes.
const (
	RequestsWrite KeyScope = "requests:write" // raise matters through Open311, under the key's name
	UpdatesWrite  KeyScope = "updates:write"  // write updates to matters through Open311
	APIRead       KeyScope = "api:read"       // read what the key's account or unit may read
	APIAct        KeyScope = "api:act"        // do what the key's account or unit may do
	Webhooks      KeyScope = "webhooks:write" // have messages of its own sent, and settle which
)

// KeyScopes lists the scopes in the order of the pages.
var KeyScopes = []KeyScope{RequestsWrite, UpdatesWrite, APIRead, APIAct, Webhooks}

// An APIKey lets another program in: the telephone app of a neighbour, the system
// of an outside unit. It gives no permission of its own. What is done with it is
// what its account may do, or its unit, or a stranger if it has neither; and no
// more than its scopes and its place allow.
type APIKey struct {
	ID        id.ID
	Name      string // as the trail calls the program
	Hint      string // the beginning of the key
	Scopes    []KeyScope
	Account   id.ID      // it acts for this account; 0 if for none
	Unit      id.ID      // it acts for this unit, as who handles there; 0 if for none
	Path      scope.Path // the place it is limited to; zero: none
	PerMinute int
	CreatedAt time.Time
	CreatedBy id.ID
	ExpiresAt time.Time // zero: never
	RevokedAt time.Time
	UsedOn    time.Time // the day of its last use; zero: never used
	Version   int64

	hash []byte
}

// May reports whether the key has the scope.
func (k APIKey) May(s KeyScope) bool { return slices.Contains(k.Scopes, s) }

// In is the subtree of places that the key is limited to.
func (k APIKey) In() scope.Scope { return scope.Of(k.Path) }

// Good reports whether the key opens anything at the moment.
func (k APIKey) Good(now time.Time) bool {
	return k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// Digest is the fingerprint of the record for the trail. When it was last used is
// not part of it.
func (k APIKey) Digest() []byte {
	return trail.Digest("api_key/1", k.ID, k.Name, k.Hint, k.hash, joinScopes(k.Scopes), k.Account, k.Unit,
		k.Path[scope.City], k.Path[scope.Town], k.Path[scope.Village], k.Path[scope.Grid], k.Path[scope.Courtyard],
		k.PerMinute, k.CreatedAt, k.CreatedBy, k.ExpiresAt, k.RevokedAt, k.Version)
}

// state is how the trail calls how a key stands.
func (k APIKey) state() string {
	if k.RevokedAt.IsZero() {
		return "active"
	}
	return "revoked"
}

func joinScopes(ss []KeyScope) string {
	words := make([]string, len(ss))
	for i, s := range ss {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func splitScopes(text string) (ss []KeyScope) {
	for w := range strings.FieldsSeq(text) {
		ss = append(ss, KeyScope(w))
	}
	return ss
}

// Bounds of a key.
const (
	maxKeyName = 40
	MaxPerMin  = 6000 // requests a minute that a key may be allowed
	DefPerMin  = 60   // if nothing is said
)

// A NewKey is what AddKey needs to know.
type NewKey struct {
	Name      string
	Scopes    []KeyScope
	Account   id.ID
	Unit      id.ID
	Path      scope.Path
	PerMinute int       // 0 is DefPerMin
	ExpiresAt time.Time // zero: never
}

// check says what is wrong with a new key.
func (in *NewKey) check(now time.Time) errs.List {
	var l errs.List
	in.Name = strings.TrimSpace(in.Name)
	switch n := utf8.RuneCountInString(in.Name); {
	case !utf8.ValidString(in.Name) || strings.ContainsFunc(in.Name, unicode.IsControl):
		l.Add("name", "account.name.malformed")
	case n == 0:
		l.Add("name", "key.name.empty")
	case n > maxKeyName:
		l.Add("name", "account.name.long", maxKeyName)
	}
	if len(in.Scopes) == 0 || slices.ContainsFunc(in.Scopes, func(s KeyScope) bool { return !slices.Contains(KeyScopes, s) }) {
		l.Add("scopes", "key.scopes.none")
	}
	if in.PerMinute == 0 {
		in.PerMinute = DefPerMin
	}
	if in.PerMinute < 1 || in.PerMinute > MaxPerMin {
		l.Add("per_minute", "key.per_minute", 1, MaxPerMin)
	}
	if !in.ExpiresAt.IsZero() && !in.ExpiresAt.After(now) {
		l.Add("expires", "key.expires.past")
	}
	if in.Account != 0 && in.Unit != 0 {
		l.Add("unit", "key.both")
	}
	if (slices.Contains(in.Scopes, APIAct) || slices.Contains(in.Scopes, UpdatesWrite)) && in.Account == 0 && in.Unit == 0 {
		l.Add("unit", "key.for_whom")
	}
	return l
}
