// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"crypto/rand"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/locale"
)

var (
	city   = scope.Path{1}
	wenjun = scope.Path{1, 10}
	pingle = scope.Path{1, 20}
	baota  = scope.Path{1, 10, 100}
	grid3  = scope.Path{1, 10, 100, 1000}

	root = scope.Program("test")
	desk = access.Client{Address: "10.1.2.3", Agent: "Firefox"}
)

const good = "宝塔下面的 院坝 29"

// A bench is a founded town with a clock that stands still.
type bench struct {
	t     *testing.T
	db    *sqldb.DB
	clock *sqldbtest.Clock
	orgs  *orgs.Service
	*access.Service
}

// each runs f on a bench of each engine.
func each(t *testing.T, o access.Options, f func(b *bench)) {
	t.Helper()
	o.Random = rand.Reader
	run := func(open func(testing.TB, ...sqldb.Options) *sqldb.DB) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			clock := sqldbtest.NewClock(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
			db := open(t, sqldb.Options{Clock: clock.Now})
			keys, err := seal.Forgotten()
			if err != nil {
				t.Fatal(err)
			}
			organisation := orgs.New(db, orgs.Options{Role: access.KnownRole})
			text := func(zh string) i18n.Text { return i18n.Text{ZH: zh} }
			if err := db.Write(t.Context(), func(tx *sqldb.Tx) error {
				return organisation.Found(tx, root, []orgs.Ground{
					{Path: city, Code: "510183", Name: text("邛崃市")}, {Path: wenjun, Code: "510183001", Name: text("文君街道")},
					{Path: pingle, Code: "510183104", Name: text("平乐镇")}, {Path: baota, Code: "510183001030", Name: text("宝塔社区")},
					{Path: grid3, Code: "510183001030003", Name: text("第3网格")},
				})
			}); err != nil {
				t.Fatal(err)
			}
			f(&bench{t, db, clock, organisation, access.New(db, organisation, seal.New(keys), o)})
		}
	}
	t.Run("sqlite", run(sqldbtest.SQLite))
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", run(sqldbtest.Postgres))
	}
}

// want stops the test unless err is of the kind, and beside the field if one is
// named. The empty kind is no error.
func (b *bench) want(what string, err error, kind errs.Kind, field string) {
	b.t.Helper()
	if kind == "" {
		if err != nil {
			b.t.Fatalf("%s: %v", what, err)
		}
		return
	}
	if err == nil || errs.KindOf(err) != kind {
		b.t.Fatalf("%s: %v, want %s", what, err, kind)
	}
	es := errs.Public(err)
	if field != "" && !slices.ContainsFunc(es, func(e *errs.Error) bool { return e.Field == field }) {
		b.t.Errorf("%s: %v, want a fault beside %s", what, err, field)
	}
	for _, e := range es {
		if !locale.Words.Has(e.Key) {
			b.t.Errorf("%s: no text for %s", what, e.Key)
		}
	}
}

// account makes an account with the password good.
func (b *bench) account(login string) id.ID {
	b.t.Helper()
	a, err := b.CreateAccount(b.t.Context(), root, access.NewAccount{Login: login, Name: "某" + login, Password: good})
	b.want("create "+login, err, "", "")
	return a
}

// appoint gives an account the post of a role at the unit responsible for key.
func (b *bench) appoint(account id.ID, key string, path scope.Path, role string) id.ID {
	b.t.Helper()
	u, ok := b.orgs.Directory().Responsible(key, path)
	if !ok {
		b.t.Fatalf("no unit for %s", key)
	}
	for _, p := range b.orgs.Directory().Posts(u.ID) {
		if p.Role == role {
			h, err := b.orgs.Appoint(b.t.Context(), root, p.ID, account, time.Time{}, time.Time{})
			b.want("appoint", err, "", "")
			return h
		}
	}
	b.t.Fatalf("%s has no post of role %s", u.Name.ZH, role)
	return 0
}

func (b *bench) actor(token string) scope.Actor {
	b.t.Helper()
	by, err := b.Actor(b.t.Context(), token)
	b.want("actor", err, "", "")
	return by
}

// code is what a phone with the secret shows at the bench's time and so much later.
func (b *bench) code(secret string, later time.Duration) string {
	b.t.Helper()
	c, err := totp.GenerateCode(secret, b.clock.Now().Add(later))
	b.want("code", err, "", "")
	return c
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }
func staff(account id.ID, name string) scope.Actor {
	return scope.Actor{Kind: scope.Staff, Account: account, Name: name}
}
