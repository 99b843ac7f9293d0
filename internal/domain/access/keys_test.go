// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func (b *bench) unit(key string, path scope.Path) id.ID {
	b.t.Helper()
	u, ok := b.orgs.Directory().Responsible(key, path)
	if !ok {
		b.t.Fatalf("no unit for %s", key)
	}
	return u.ID
}

func (b *bench) key(in access.NewKey) (string, access.APIKey) {
	b.t.Helper()
	words, k, err := b.AddKey(b.t.Context(), root, in)
	b.want("add key", err, "", "")
	return words, k
}

func (b *bench) by(words string) (access.Machine, error) { return b.ByKey(b.t.Context(), words) }

func TestKeyIsMade(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		water := b.unit("water", city)
		for what, c := range map[string]struct {
			in    access.NewKey
			field string
		}{
			"no name":        {access.NewKey{Scopes: []access.KeyScope{access.APIRead}}, "name"},
			"a long name":    {access.NewKey{Name: strings.Repeat("长", 41), Scopes: []access.KeyScope{access.APIRead}}, "name"},
			"no scope":       {access.NewKey{Name: "a"}, "scopes"},
			"unknown scope":  {access.NewKey{Name: "a", Scopes: []access.KeyScope{"all"}}, "scopes"},
			"too many":       {access.NewKey{Name: "a", Scopes: []access.KeyScope{access.APIRead}, PerMinute: 6001}, "per_minute"},
			"over already":   {access.NewKey{Name: "a", Scopes: []access.KeyScope{access.APIRead}, ExpiresAt: b.clock.Now()}, "expires"},
			"for nobody":     {access.NewKey{Name: "a", Scopes: []access.KeyScope{access.UpdatesWrite}}, "unit"},
			"for two":        {access.NewKey{Name: "a", Scopes: []access.KeyScope{access.APIRead}, Unit: water, Account: 1}, "unit"},
			"no such unit":   {access.NewKey{Name: "a", Scopes: []access.KeyScope{access.APIRead}, Unit: 1}, "unit"},
			"no such person": {access.NewKey{Name: "a", Scopes: []access.KeyScope{access.APIRead}, Account: 1}, "account"},
		} {
			_, _, err := b.AddKey(t.Context(), root, c.in)
			b.want(what, err, errs.Invalid, c.field)
		}
		_, _, err := b.AddKey(t.Context(), staff(b.account("wang"), "王"), access.NewKey{Name: "a", Scopes: []access.KeyScope{access.APIRead}})
		b.want("by somebody else", err, errs.Denied, "")

		words, k := b.key(access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.APIRead, access.RequestsWrite, access.APIRead}})
		if !strings.HasPrefix(words, k.Hint) || k.Hint == words || k.PerMinute != access.DefPerMin || len(k.Scopes) != 2 || k.Scopes[0] != access.RequestsWrite {
			t.Errorf("key %+v", k)
		}
		_, _, err = b.AddKey(t.Context(), root, access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.APIRead}})
		b.want("the name again", err, errs.Invalid, "name")
		ks, err := b.ListKeys(t.Context(), root)
		if err != nil || len(ks) != 1 || ks[0].ID != k.ID {
			t.Errorf("list: %v, %v", ks, err)
		}
	})
}

// The words of a key are nowhere in the database.
func TestKeyIsNotKept(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		words, k := b.key(access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.APIRead}})
		got, err := b.Key(t.Context(), root, k.ID)
		b.want("key", err, "", "")
		if got.Hint == words || len(got.Hint) > 8 || string(got.Digest()) != string(k.Digest()) {
			t.Errorf("kept %+v", got)
		}
		var sum []byte
		b.want("digests", b.db.Read(t.Context(), func(tx *sqldb.Tx) error {
			return access.KeyDigests(tx, func(_ id.ID, d []byte) error { sum = d; return nil })
		}), "", "")
		if string(sum) != string(k.Digest()) {
			t.Error("the digest of what is kept is not that of what the trail was told")
		}
	})
}

func TestKeyLetsIn(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		water := b.unit("water", city)
		words, _ := b.key(access.NewKey{Name: "水务系统", Scopes: []access.KeyScope{access.UpdatesWrite}, Unit: water, Path: wenjun})
		m, err := b.by(words)
		b.want("by key", err, "", "")
		now := b.clock.Now()
		may := func(need scope.Need, at scope.Path, unit id.ID) bool {
			return m.Actor.May(need, scope.Target{Path: at, Unit: unit, At: now}).OK
		}
		if m.Actor.Kind != scope.Machine || m.Actor.Name != "水务系统" || !may(access.Handle, baota, water) || may(access.Handle, pingle, water) || may(access.Handle, baota, water+1) || may(access.See, baota, 0) {
			t.Errorf("actor %+v", m.Actor)
		}
		b.want("its scope", m.Needs(access.UpdatesWrite), "", "")
		b.want("another scope", m.Needs(access.APIAct), errs.Denied, "")
		for _, wrong := range []string{"", "yb_", words[3:], words[:len(words)-1], words[:10] + "AAAAA" + words[15:], strings.ToUpper(words)} {
			_, err := b.by(wrong)
			b.want("wrong", err, errs.Denied, "")
		}
	})
}

// A key for an account may do what its posts allow, within the key's place.
func TestKeyForAccount(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		zhao := b.account("zhao")
		b.appoint(zhao, "centre", wenjun, "dispatcher")
		words, _ := b.key(access.NewKey{Name: "热线", Scopes: []access.KeyScope{access.APIAct}, Account: zhao, Path: baota})
		far, _ := b.key(access.NewKey{Name: "平乐热线", Scopes: []access.KeyScope{access.APIAct}, Account: zhao, Path: pingle})
		m, err := b.by(words)
		b.want("by key", err, "", "")
		now := b.clock.Now()
		may := func(m access.Machine, at scope.Path) bool {
			return m.Actor.May(access.Dispatch, scope.Target{Path: at, At: now}).OK
		}
		if m.Actor.Kind != scope.Staff || m.Actor.Account != zhao || !strings.HasSuffix(m.Actor.Name, " · 热线") || !may(m, grid3) || may(m, wenjun) || may(m, pingle) {
			t.Errorf("actor %+v", m.Actor)
		}
		if m, err := b.by(far); err != nil || may(m, pingle) || may(m, baota) {
			t.Errorf("elsewhere: %+v, %v", m.Actor, err)
		}
		b.want("disable", b.Disable(t.Context(), root, zhao), "", "")
		_, err = b.by(words)
		b.want("of a closed account", err, errs.Denied, "")
	})
}

func TestKeyEnds(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		words, k := b.key(access.NewKey{Name: "一", Scopes: []access.KeyScope{access.APIRead}})
		brief, _ := b.key(access.NewKey{Name: "二", Scopes: []access.KeyScope{access.APIRead}, ExpiresAt: b.clock.Now().Add(time.Hour)})
		_, err := b.by(words)
		b.want("good", err, "", "")
		_, err = b.by(brief)
		b.want("good", err, "", "")
		b.clock.Add(time.Hour)
		_, err = b.by(brief)
		b.want("run out", err, errs.Denied, "")
		b.want("by somebody else", b.RevokeKey(t.Context(), staff(1, "谁"), k.ID), errs.Denied, "")
		b.want("revoke", b.RevokeKey(t.Context(), root, k.ID), "", "")
		_, err = b.by(words)
		b.want("revoked", err, errs.Denied, "")
		b.want("again", b.RevokeKey(t.Context(), root, k.ID), errs.Conflict, "")
		b.key(access.NewKey{Name: "一", Scopes: []access.KeyScope{access.APIRead}}) // the name is free again
	})
}

func TestKeyIsLimited(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		words, k := b.key(access.NewKey{Name: "一", Scopes: []access.KeyScope{access.APIRead}, PerMinute: 30})
		other, _ := b.key(access.NewKey{Name: "二", Scopes: []access.KeyScope{access.APIRead}, PerMinute: 30})
		for range 30 {
			_, err := b.by(words)
			b.want("within", err, "", "")
		}
		_, err := b.by(words)
		b.want("beyond", err, errs.TooMany, "")
		if wait := errs.Public(err)[0].Args[0]; wait != 2 {
			t.Errorf("wait %v", wait)
		}
		_, err = b.by(other)
		b.want("the other", err, "", "")
		b.clock.Add(2 * time.Second)
		_, err = b.by(words)
		b.want("after the wait", err, "", "")
		_, err = b.by(words)
		b.want("beyond again", err, errs.TooMany, "")

		b.want("flush", b.Flush(t.Context()), "", "")
		got, err := b.Key(t.Context(), root, k.ID)
		b.want("key", err, "", "")
		if want := time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC); !got.UsedOn.Equal(want) {
			t.Errorf("used on %v, not %v: only the day is kept", got.UsedOn, want)
		}
	})
}

// A key whose words everybody knows is for demonstrations alone.
func TestEnterKey(t *testing.T) {
	t.Parallel()
	from, in := make([]byte, 32), access.NewKey{Name: "演示", Scopes: []access.KeyScope{access.RequestsWrite}}
	each(t, access.Options{Demo: true}, func(b *bench) {
		for range 2 {
			words, err := b.EnterKey(t.Context(), root, from, in)
			b.want("enter", err, "", "")
			_, err = b.by(words)
			b.want("by key", err, "", "")
		}
	})
	each(t, access.Options{}, func(b *bench) {
		_, err := b.EnterKey(t.Context(), root, from, in)
		b.want("in a real town", err, errs.Denied, "")
	})
}
