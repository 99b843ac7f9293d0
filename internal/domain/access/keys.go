// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// keyMark begins every key, so that one that lies about is known for what it is.
const keyMark = "yb_"

// hintSize is how many letters of a key are kept and shown.
const hintSize = len(keyMark) + 5

// AddKey makes a key and returns it with its words, which are shown this once and
// kept nowhere. The actor must administer the city. It is Invalid, beside name,
// scopes, account, unit, per_minute or expires.
func (s *Service) AddKey(ctx context.Context, by scope.Actor, in NewKey) (words string, k APIKey, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		words, k, err = s.AddKeyIn(tx, by, in)
		return err
	})
	return words, k, err
}

// AddKeyIn is AddKey in a transaction that does more.
func (s *Service) AddKeyIn(tx *sqldb.Tx, by scope.Actor, in NewKey) (words string, k APIKey, err error) {
	if err := administers(tx, by); err != nil {
		return "", k, err
	}
	l := in.check(tx.Now())
	if in.Account != 0 {
		if a, err := loadAccount(tx, in.Account); err != nil || a.Disabled {
			l.Add("account", "account.none")
		}
	}
	if in.Unit != 0 {
		if u, ok := s.orgs.Directory().Unit(in.Unit); !ok || !u.Active {
			l.Add("unit", "unit.none")
		}
	}
	switch taken, err := keyNamed(tx, in.Name); {
	case err != nil:
		return "", k, err
	case taken:
		l.Add("name", "key.name.taken", in.Name)
	}
	if err := l.Err(); err != nil {
		return "", k, err
	}
	token, _, err := s.newToken()
	if err != nil {
		return "", k, err
	}
	return s.addKey(tx, by, in, keyMark+token)
}

// EnterKey makes a key whose words are known to everybody who tries the
// demonstration, made from 32 bytes, unless it is there. In a real town it is
// Denied.
func (s *Service) EnterKey(ctx context.Context, by scope.Actor, from []byte, in NewKey) (words string, err error) {
	words = keyMark + base64.RawURLEncoding.EncodeToString(from)
	if !s.o.Demo || !wellFormed(words[len(keyMark):]) {
		return "", errs.New(errs.Denied, "key.wrong")
	}
	return words, s.db.Write(ctx, func(tx *sqldb.Tx) error {
		hash := hashToken(words)
		if _, err := keyByHash(tx, hash[:]); errs.KindOf(err) != errs.NotFound {
			return err
		}
		if err := in.check(tx.Now()).Err(); err != nil {
			return err
		}
		_, _, err := s.addKey(tx, by, in, words)
		return err
	})
}

func (s *Service) addKey(tx *sqldb.Tx, by scope.Actor, in NewKey, words string) (string, APIKey, error) {
	hash := hashToken(words)
	scopes := slices.DeleteFunc(slices.Clone(KeyScopes), func(x KeyScope) bool { return !slices.Contains(in.Scopes, x) })
	k := APIKey{ID: tx.NewID(), Name: in.Name, Hint: words[:hintSize], Scopes: scopes, Account: in.Account, Unit: in.Unit, Path: in.Path,
		PerMinute: in.PerMinute, CreatedAt: tx.Now(), CreatedBy: by.Account, ExpiresAt: sqldb.At(in.ExpiresAt).Time, Version: 1, hash: hash[:]}
	if err := insertKey(tx, k); err != nil {
		return "", k, err
	}
	return words, k, trail.Append(tx, by, trail.Entry{Noun: "api_key", Record: k.ID, Act: "add", To: k.state(), Note: k.Name, Digest: k.Digest()})
}

// RevokeKey makes a key worthless, at once in this process and within two seconds
// in others. The actor must administer the city. It is Conflict if it was revoked
// before.
func (s *Service) RevokeKey(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		k, err := loadKey(tx, d)
		if err != nil {
			return err
		}
		if !k.RevokedAt.IsZero() {
			return errs.New(errs.Conflict, "key.revoked", k.Name)
		}
		from := k.state()
		k.RevokedAt = tx.Now()
		if err := saveKey(tx, &k); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.keys.forget(d) })
		return trail.Append(tx, by, trail.Entry{Noun: "api_key", Record: k.ID, Act: "revoke", From: from, To: k.state(), Note: k.Name, Digest: k.Digest()})
	})
}

// maxKeys is how many keys a page lists: a town has a handful.
const maxKeys = 500

// ListKeys returns the keys, those in use first, the newest on top. The actor
// must administer or audit.
func (s *Service) ListKeys(ctx context.Context, by scope.Actor) (ks []APIKey, err error) {
	if err := s.mayLook(by); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ks, err = listKeys(tx, maxKeys)
		return err
	})
	return ks, err
}

// Key returns one key. The actor must administer or audit.
func (s *Service) Key(ctx context.Context, by scope.Actor, d id.ID) (k APIKey, err error) {
	if err := s.mayLook(by); err != nil {
		return k, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		k, err = loadKey(tx, d)
		return err
	})
	return k, err
}

func (s *Service) mayLook(by scope.Actor) error {
	now := s.db.Now()
	if mayDo(by, Audit, now) == nil {
		return nil
	}
	return mayDo(by, Administer, now)
}

// A Machine is a program that has shown its key.
type Machine struct {
	Key   APIKey
	Actor scope.Actor
}

// Needs refuses unless the key has the scope.
func (m Machine) Needs(s KeyScope) error {
	if !m.Key.May(s) {
		return errs.New(errs.Denied, "key.scope.missing", m.Key.Name, string(s))
	}
	return nil
}

// ByKey returns who shows the key, counts one request of theirs, and notes the
// day. It is Denied if the words are no key of this town's, or one that was
// revoked or has run out, which of these is not said; and TooMany beyond what the
// key may ask in a minute, after as many seconds as its argument says. It reads at
// most once every two seconds, and writes nothing; see Flush.
func (s *Service) ByKey(ctx context.Context, words string) (Machine, error) {
	token, ok := strings.CutPrefix(words, keyMark)
	if !ok || !wellFormed(token) {
		return Machine{}, errs.New(errs.Denied, "key.wrong")
	}
	hash, now := hashToken(words), s.db.Now()
	m, ok := s.keys.get(hash, now, s.orgs.Directory())
	if !ok {
		var err error
		if m, err = s.machine(ctx, hash); err != nil {
			return Machine{}, err
		}
	}
	if !m.Key.Good(now) {
		return Machine{}, errs.New(errs.Denied, "key.wrong")
	}
	if wait := s.keys.take(m.Key, now); wait > 0 {
		return Machine{}, errs.New(errs.TooMany, "key.rate", wait, m.Key.PerMinute)
	}
	return m, nil
}

// machine reads a key and builds its actor. It is Denied if there is none, or if
// its account is closed.
func (s *Service) machine(ctx context.Context, hash [sha256.Size]byte) (m Machine, err error) {
	round := s.keys.round()
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		k, err := keyByHash(tx, hash[:])
		if err != nil {
			return err
		}
		var dir *orgs.Directory
		if m, dir, err = s.actorOf(tx, k); err != nil {
			return err
		}
		s.keys.put(hash, m, tx.Now(), dir, round)
		return nil
	})
	if errs.KindOf(err) == errs.NotFound {
		return m, errs.New(errs.Denied, "key.wrong")
	}
	return m, err
}

// actorOf builds the actor of a key, by the organisation as it stands.
func (s *Service) actorOf(tx *sqldb.Tx, k APIKey) (m Machine, dir *orgs.Directory, err error) {
	if err := s.orgs.Check(tx); err != nil {
		return m, nil, err
	}
	dir = s.orgs.Directory()
	m = Machine{Key: k, Actor: scope.Actor{Kind: scope.Machine, Name: k.Name}}
	switch {
	case k.Account != 0:
		m.Actor, err = s.standIn(tx, k, dir)
	case k.Unit != 0:
		m.Actor.Unit = k.Unit
		m.Actor.Grants = []scope.Grant{{Post: k.Name, Needs: []scope.Need{Handle}, In: k.In(), Unit: k.Unit}}
	}
	return m, dir, err
}

// MachineIn returns who would show a key, for what the town does for them unasked. It
// is Denied if there is no such key, or one that was revoked or has run out, or whose
// account is closed.
func (s *Service) MachineIn(tx *sqldb.Tx, d id.ID) (m Machine, err error) {
	k, err := loadKey(tx, d)
	if err == nil && k.Good(tx.Now()) {
		m, _, err = s.actorOf(tx, k)
	} else if err == nil {
		err = errs.New(errs.Denied, "key.wrong")
	}
	if errs.KindOf(err) == errs.NotFound {
		err = errs.New(errs.Denied, "key.wrong")
	}
	return m, err
}

// within is the grant that a post gives, limited to the place of a key; ok is false
// if the post is for other places.
func within(r Reason, k APIKey) (g scope.Grant, ok bool) {
	g = r.grant()
	switch {
	case k.In().Contains(r.Post.Path):
	case g.In.Contains(k.Path):
		g.In = k.In()
	default:
		return g, false
	}
	return g, true
}

// standIn is the actor of a key that acts for an account.
func (s *Service) standIn(tx *sqldb.Tx, k APIKey, dir *orgs.Directory) (scope.Actor, error) {
	by, err := s.staff(tx, k.Account, dir)
	if err != nil {
		return by, err
	}
	reasons, err := s.reasons(tx, k.Account, dir)
	if err != nil {
		return by, err
	}
	by.Name += " · " + k.Name
	by.Grants = nil
	for _, r := range reasons {
		if g, ok := within(r, k); ok {
			by.Grants = append(by.Grants, g)
		}
	}
	return by, nil
}
