// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, password, key string }{
		{"short", "短短短短短短短短短", "account.password.short"},
		{"long", strings.Repeat("好密码", 90), "account.password.long"},
		{"with the login", "my-Wang.Wu-2026", "account.password.login"},
		{"common", "Password123", "account.password.common"},
		{"common in full width", "ｐａｓｓｗｏｒｄ１２３", "account.password.common"},
		{"one letter", "zzzzzzzzzzzzzz", "account.password.common"},
		{"good", "院坝里头摆龙门阵一二", ""},
		{"good English", "correct horse battery", ""},
	} {
		err := access.CheckPassword("new", "wang.wu", tc.password)
		es := errs.Public(err)
		if tc.key == "" && err != nil || tc.key != "" && (len(es) != 1 || es[0].Key != tc.key || es[0].Field != "new") {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.key)
		}
	}
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		b.account("wang")
		for _, tc := range []struct {
			name  string
			by    scope.Actor
			in    access.NewAccount
			kind  errs.Kind
			field string
		}{
			{"nobody", scope.Actor{Kind: scope.Anonymous}, access.NewAccount{Login: "new", Name: "新"}, errs.Denied, ""},
			{"a clerk", staff(1, "某"), access.NewAccount{Login: "new", Name: "新"}, errs.Denied, ""},
			{"a street's administrator", scope.Actor{Kind: scope.Staff, Account: 5, Grants: []scope.Grant{
				{Needs: []scope.Need{access.Administer}, In: scope.Of(wenjun)}}}, access.NewAccount{Login: "new", Name: "新"}, errs.Denied, ""},
			{"taken", root, access.NewAccount{Login: " WANG ", Name: "新"}, errs.Invalid, "login"},
			{"no login", root, access.NewAccount{Name: "新"}, errs.Invalid, "login"},
			{"odd login", root, access.NewAccount{Login: "a b'; --", Name: "新"}, errs.Invalid, "login"},
			{"no name", root, access.NewAccount{Login: "new"}, errs.Invalid, "name"},
			{"bad password", root, access.NewAccount{Login: "new", Name: "新", Password: "1234567890"}, errs.Invalid, "password"},
			{"good", root, access.NewAccount{Login: "Li.Si", Name: " 李四 ", Password: good}, "", ""},
		} {
			a, err := b.CreateAccount(ctx, tc.by, tc.in)
			b.want(tc.name, err, tc.kind, tc.field)
			if err == nil {
				got, err := b.Get(ctx, a)
				b.want("get", err, "", "")
				if got.Login != "li.si" || got.Name != "李四" || !got.HasPassword() || got.Disabled {
					b.t.Errorf("made %+v", got)
				}
			}
		}
	})
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		_, err := b.CreateAccount(ctx, root, access.NewAccount{Login: "nopass", Name: "无"})
		b.want("account without a password", err, "", "")
		for _, tc := range []struct{ name, login, password, field string }{
			{"no login", "", good, "login"}, {"no password", "zhao", "", "password"},
			{"wrong", "zhao", "something else", "password"}, {"unknown", "ghost", good, "password"},
			{"no password set", "nopass", good, "password"}, {"very long", strings.Repeat("x", 500), good, "password"},
		} {
			b.want(tc.name, third(b.SignIn(ctx, tc.login, tc.password, desk)), errs.Invalid, tc.field)
		}
		token, sess, err := b.SignIn(ctx, " ZHAO", good, desk)
		b.want("right", err, "", "")
		if sess.Stage != access.Open || len(token) < 43 {
			b.t.Fatalf("session %+v, token of %d", sess, len(token))
		}
		if by := b.actor(token); by.Kind != scope.Staff || by.Name != "某zhao" || by.Account != sess.Account {
			b.t.Errorf("actor %+v", by)
		}
		for _, rubbish := range []string{"", "x", token + "x", token[:42] + "!", strings.Repeat("A", 43)} {
			if by := b.actor(rubbish); by.Kind != scope.Anonymous {
				b.t.Errorf("token %q is %+v", rubbish, by)
			}
		}
		b.want("out", b.SignOut(ctx, token), "", "")
		if by := b.actor(token); by.Kind != scope.Anonymous {
			b.t.Errorf("after signing out still %+v", by)
		}
		b.want("out again", b.SignOut(ctx, token), "", "")
	})
}

// TestNobodyLearnsWhoExists compares the answers for a login that exists and one
// that does not, word by word, also when tries run out.
func TestNobodyLearnsWhoExists(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		b.account("zhao")
		for i := range 8 {
			var said [2]string
			for j, login := range []string{"zhao", "ghost"} {
				said[j] = third(b.SignIn(b.t.Context(), login, "not the password", access.Client{Address: "10.0.0." + login})).Error()
			}
			if said[0] != said[1] {
				b.t.Fatalf("try %d: %q for one that exists, %q for one that does not", i, said[0], said[1])
			}
			b.clock.Add(time.Second)
		}
	})
}

func TestTriesOfOneAccount(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		b.account("qian")
		try := func(login, password string) error { return third(b.SignIn(ctx, login, password, desk)) }
		for range 5 {
			b.want("free try", try("zhao", "not the password"), errs.Invalid, "password")
		}
		err := try("zhao", good)
		b.want("the right password too soon", err, errs.TooMany, "")
		if at, ok := errs.Public(err)[0].Args[0].(time.Time); !ok || at.Before(b.clock.Now()) || at.After(b.clock.Now().Add(2*time.Minute)) {
			b.t.Errorf("try again at %v", errs.Public(err)[0].Args)
		}
		b.want("somebody else from there", try("qian", good), "", "")
		b.clock.Add(31 * time.Second)
		b.want("after waiting", try("zhao", "not the password"), errs.Invalid, "password")
		b.clock.Add(31 * time.Second)
		b.want("the wait is twice as long", try("zhao", good), errs.TooMany, "")
		b.clock.Add(30 * time.Second)
		b.want("after that", try("zhao", good), "", "")
		b.want("forgotten", try("zhao", "not the password"), errs.Invalid, "password")
	})
}

func TestTriesOfOneAddress(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		for i := range 30 {
			login := "ghost" + strings.Repeat("x", i)
			b.want("free try", third(b.SignIn(ctx, login, "not the password", desk)), errs.Invalid, "password")
		}
		b.want("one more from there", third(b.SignIn(ctx, "zhao", good, desk)), errs.TooMany, "")
		b.want("from elsewhere", third(b.SignIn(ctx, "zhao", good, access.Client{Address: "10.9.9.9"})), "", "")
		b.clock.Add(2 * time.Hour)
		b.want("much later", third(b.SignIn(ctx, "zhao", good, desk)), "", "")
		b.want("sweep", b.Sweep(ctx), "", "")
	})
}

// Who has one IPv6 line has more addresses than there are tries.
func TestTriesOfOneIPv6Line(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		from := func(i int) access.Client { return access.Client{Address: fmt.Sprintf("2001:db8:1:2:%x::%x", i, 7*i)} }
		for i := range 30 {
			b.want("free try", third(b.SignIn(ctx, fmt.Sprint("ghost", i), "not the password", from(i))), errs.Invalid, "password")
		}
		b.want("one more from there", third(b.SignIn(ctx, "zhao", good, from(99))), errs.TooMany, "")
		b.want("from the neighbour's line", third(b.SignIn(ctx, "zhao", good, access.Client{Address: "2001:db8:1:3::1"})), "", "")
	})
}

// TestManyTriesAtOnce lets forty guess at the same moment: no more are looked at
// than one after the other would be.
func TestManyTriesAtOnce(t *testing.T) {
	t.Parallel()
	each(t, access.Options{WaitingToHash: 100}, func(b *bench) {
		b.account("zhao")
		var mu sync.Mutex
		count := map[errs.Kind]int{}
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := third(b.SignIn(context.Background(), "zhao", "not the password", desk))
				mu.Lock()
				defer mu.Unlock()
				count[errs.KindOf(err)]++
			})
		}
		wg.Wait()
		if count[errs.Invalid] != 5 || count[errs.TooMany] != 35 {
			b.t.Errorf("answers %v, want 5 looked at and 35 refused", count)
		}
	})
}

// TestHashingIsBounded floods the hasher: beyond those at work and those that may
// wait, everybody is told at once that it is busy.
func TestHashingIsBounded(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Hashing: 1, WaitingToHash: 3}, func(b *bench) {
		var mu sync.Mutex
		count := map[errs.Kind]int{}
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				login := "ghost" + strings.Repeat("x", i)
				err := third(b.SignIn(context.Background(), login, "not the password", access.Client{Address: login}))
				mu.Lock()
				defer mu.Unlock()
				count[errs.KindOf(err)]++
			})
		}
		wg.Wait()
		if count[errs.Busy] == 0 || count[errs.Invalid] == 0 || count[errs.Busy]+count[errs.Invalid] != 24 {
			b.t.Errorf("answers %v", count)
		}
	})
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		zhao := b.account("zhao")
		here, sess, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in", err, "", "")
		there, _, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in elsewhere", err, "", "")
		by := b.actor(here)
		b.want("wrong old one", b.SetPassword(ctx, by, sess.ID, "not the password", "文君井边的新密码一二三"), errs.Invalid, "old")
		b.want("bad new one", b.SetPassword(ctx, by, sess.ID, good, "1234567890"), errs.Invalid, "new")
		b.want("the same", b.SetPassword(ctx, by, sess.ID, good, good), errs.Invalid, "new")
		b.want("a resident", b.SetPassword(ctx, scope.Actor{Kind: scope.Resident, Resident: 1}, 0, good, "文君井边的新密码一二三"), errs.Denied, "")
		b.want("right", b.SetPassword(ctx, by, sess.ID, good, "文君井边的新密码一二三"), "", "")
		if b.actor(here).Kind != scope.Staff || b.actor(there).Kind != scope.Anonymous {
			b.t.Error("the other session should have ended, this one not")
		}
		b.want("old password", third(b.SignIn(ctx, "zhao", good, desk)), errs.Invalid, "password")

		b.want("reset by a clerk", b.ResetPassword(ctx, by, zhao, "临时给的密码 8812"), errs.Denied, "")
		b.want("reset", b.ResetPassword(ctx, root, zhao, "临时给的密码 8812"), "", "")
		if b.actor(here).Kind != scope.Anonymous {
			b.t.Error("a reset should end all sessions")
		}
		token, sess, err := b.SignIn(ctx, "zhao", "临时给的密码 8812", desk)
		b.want("with the temporary one", err, "", "")
		if sess.Stage != access.Change || b.actor(token).Kind != scope.Anonymous {
			b.t.Fatalf("stage %s, actor %+v: a new password is due first", sess.Stage, b.actor(token))
		}
		b.want("too early", third(b.Advance(ctx, token)), errs.Conflict, "")
		sess, err = b.Session(ctx, token)
		b.want("session", err, "", "")
		b.want("own password", b.SetPassword(ctx, sess.Self(), sess.ID, "临时给的密码 8812", "自己选的好密码 1772"), "", "")
		fresh, sess, err := b.Advance(ctx, token)
		b.want("advance", err, "", "")
		if sess.Stage != access.Open || fresh == token || b.actor(fresh).Kind != scope.Staff || b.actor(token).Kind != scope.Anonymous {
			b.t.Errorf("after changing it: %+v", sess)
		}
	})
}

func TestDisable(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		zhao := b.account("zhao")
		token, _, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in", err, "", "")
		by := b.actor(token)
		b.want("by a clerk", b.Disable(ctx, by, zhao+1), errs.Denied, "")
		b.want("oneself", b.Disable(ctx, by, zhao), errs.Conflict, "")
		b.want("disable", b.Disable(ctx, root, zhao), "", "")
		b.want("twice", b.Disable(ctx, root, zhao), errs.Conflict, "")
		if b.actor(token).Kind != scope.Anonymous {
			b.t.Error("a disabled account acts on")
		}
		wrong := third(b.SignIn(ctx, "ghost", good, desk))
		b.want("sign in", third(b.SignIn(ctx, "zhao", good, desk)), errs.Invalid, "password")
		if again := third(b.SignIn(ctx, "zhao", good, desk)); again.Error() != wrong.Error() {
			b.t.Errorf("%q tells more than %q", again, wrong)
		}
		b.want("actor of it", second(b.ActorOf(ctx, zhao)), errs.NotFound, "")
		b.want("enable", b.Enable(ctx, root, zhao), "", "")
		b.want("enable twice", b.Enable(ctx, root, zhao), errs.Conflict, "")
		b.want("no such", b.Disable(ctx, root, 99), errs.NotFound, "")
		b.want("in again", third(b.SignIn(ctx, "zhao", good, desk)), "", "")
	})
}
