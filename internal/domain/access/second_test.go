// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		token, sess, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in", err, "", "")
		by := b.actor(token)
		b.want("confirm before starting", second(b.ConfirmSecond(ctx, by, sess.ID, "000000")), errs.NotFound, "")
		b.want("codes before enrolling", second(b.NewRecoveryCodes(ctx, by, good)), errs.Conflict, "")
		e, err := b.StartSecond(ctx, by, "")
		b.want("start", err, "", "")
		u, err := url.Parse(e.URI)
		if err != nil || u.Scheme != "otpauth" || u.Query().Get("secret") != e.Secret || u.Query().Get("issuer") != "院坝" || u.Path != "/院坝:zhao" {
			b.t.Fatalf("address for the phone: %s, %v", e.URI, err)
		}
		if again, err := b.Enrolment(ctx, by); err != nil || again != e {
			b.t.Errorf("shown again: %+v, %v", again, err)
		}
		b.want("wrong code", second(b.ConfirmSecond(ctx, by, sess.ID, "123")), errs.Invalid, "code")
		b.want("a code of last hour", second(b.ConfirmSecond(ctx, by, sess.ID, b.code(e.Secret, -time.Hour))), errs.Invalid, "code")
		codes, err := b.ConfirmSecond(ctx, by, sess.ID, b.code(e.Secret, 0))
		b.want("confirm", err, "", "")
		if len(codes) != access.RecoveryCodes || codes[0] == codes[1] || len(codes[0]) != 11 {
			b.t.Fatalf("codes %v", codes)
		}
		if b.actor(token).Kind != scope.Staff {
			b.t.Error("the session that enrolled has ended")
		}

		half, sess, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in again", err, "", "")
		if sess.Stage != access.Second || b.actor(half).Kind != scope.Anonymous {
			b.t.Fatalf("after the password alone: %+v", sess)
		}
		b.want("advance past it", third(b.Advance(ctx, half)), errs.Conflict, "")
		b.want("the code used to confirm", third(b.SignInSecond(ctx, half, b.code(e.Secret, 0), desk)), errs.Invalid, "code")
		b.clock.Add(time.Minute)
		code := b.code(e.Secret, 0)
		whole, sess, err := b.SignInSecond(ctx, half, " "+code[:3]+" "+code[3:], desk)
		b.want("right code", err, "", "")
		if sess.Stage != access.Open || whole == half || b.actor(whole).Kind != scope.Staff || b.actor(half).Kind != scope.Anonymous {
			b.t.Errorf("after the code: %+v", sess)
		}
		b.want("a second time", third(b.SignInSecond(ctx, whole, code, desk)), errs.Conflict, "")

		half, _, err = b.SignIn(ctx, "zhao", good, desk)
		b.want("and again", err, "", "")
		b.want("replayed code", third(b.SignInSecond(ctx, half, code, desk)), errs.Invalid, "code")
		b.want("recovery code", third(b.SignInSecond(ctx, half, strings.ToLower(codes[3]), desk)), "", "")
		half, _, err = b.SignIn(ctx, "zhao", good, desk)
		b.want("and once more", err, "", "")
		b.want("used recovery code", third(b.SignInSecond(ctx, half, codes[3], desk)), errs.Invalid, "code")
		if n, err := b.UnusedRecoveryCodes(ctx, sess.Account); err != nil || n != access.RecoveryCodes-1 {
			b.t.Errorf("%d codes left, %v", n, err)
		}
		for range 3 {
			b.want("wrong code", third(b.SignInSecond(ctx, half, "000000", desk)), errs.Invalid, "code")
		}
		b.want("the fifth wrong one", third(b.SignInSecond(ctx, half, "000000", desk)), errs.TooMany, "")
		b.want("afterwards", third(b.SignInSecond(ctx, half, codes[4], desk)), errs.NotFound, "")

		by = b.actor(whole)
		b.want("new codes, wrong password", second(b.NewRecoveryCodes(ctx, by, "not the password")), errs.Invalid, "password")
		fresh, err := b.NewRecoveryCodes(ctx, by, good)
		b.want("new codes", err, "", "")
		half, _, err = b.SignIn(ctx, "zhao", good, desk)
		b.want("in with new codes", err, "", "")
		b.want("an old code", third(b.SignInSecond(ctx, half, codes[5], desk)), errs.Invalid, "code")
		b.want("a new code", third(b.SignInSecond(ctx, half, fresh[5], desk)), "", "")

		b.want("remove, wrong password", b.RemoveSecond(ctx, by, "not the password"), errs.Invalid, "password")
		b.want("reset by a clerk", b.ResetSecond(ctx, by, by.Account), errs.Denied, "")
		b.want("remove", b.RemoveSecond(ctx, by, good), "", "")
		_, sess, err = b.SignIn(ctx, "zhao", good, desk)
		b.want("without it", err, "", "")
		if sess.Stage != access.Open {
			b.t.Errorf("stage %s", sess.Stage)
		}
	})
}

// Whoever sat down at an open browser could put their own phone in place of the
// second factor, and so take the account.
func TestSecondFactorIsNotReplacedWithoutThePassword(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		token, sess, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in", err, "", "")
		by := b.actor(token)
		e, err := b.StartSecond(ctx, by, "")
		b.want("the first one", err, "", "")
		b.want("confirm", second(b.ConfirmSecond(ctx, by, sess.ID, b.code(e.Secret, 0))), "", "")
		b.want("another without the password", second(b.StartSecond(ctx, by, "")), errs.Invalid, "password")
		b.want("with a wrong one", second(b.StartSecond(ctx, by, "not the password")), errs.Invalid, "password")
		b.want("nothing was begun", second(b.ConfirmSecond(ctx, by, sess.ID, b.code(e.Secret, 0))), errs.NotFound, "")
		b.want("with the password", second(b.StartSecond(ctx, by, good)), "", "")
	})
}

func TestSecondFactorRequired(t *testing.T) {
	t.Parallel()
	each(t, access.Options{RequireSecond: true}, func(b *bench) {
		ctx := b.t.Context()
		a, err := b.CreateAccount(ctx, root, access.NewAccount{Login: "zhao", Name: "赵调度", Password: good, MustChange: true})
		b.want("create", err, "", "")
		token, sess, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in", err, "", "")
		if sess.Stage != access.Change {
			b.t.Fatalf("stage %s, want change first", sess.Stage)
		}
		sess, err = b.Session(ctx, token)
		b.want("session", err, "", "")
		b.want("password", b.SetPassword(ctx, sess.Self(), sess.ID, good, "自己选的好密码 1772"), "", "")
		token, sess, err = b.Advance(ctx, token)
		b.want("advance", err, "", "")
		if sess.Stage != access.Enrol || b.actor(token).Kind != scope.Anonymous {
			b.t.Fatalf("stage %s, want enrol", sess.Stage)
		}
		b.want("advance without enrolling", third(b.Advance(ctx, token)), errs.Conflict, "")
		e, err := b.StartSecond(ctx, sess.Self(), "")
		b.want("start", err, "", "")
		_, err = b.ConfirmSecond(ctx, sess.Self(), sess.ID, b.code(e.Secret, 0))
		b.want("confirm", err, "", "")
		token, sess, err = b.Advance(ctx, token)
		b.want("advance again", err, "", "")
		if sess.Stage != access.Open || b.actor(token).Account != a {
			b.t.Errorf("at the end %+v", sess)
		}
		b.want("removing it", b.RemoveSecond(ctx, b.actor(token), "自己选的好密码 1772"), errs.Conflict, "")
		b.want("reset by an administrator", b.ResetSecond(ctx, root, a), "", "")
		if b.actor(token).Kind != scope.Anonymous {
			b.t.Error("the reset left the session")
		}
	})
}

func TestPendingStagesEnd(t *testing.T) {
	t.Parallel()
	each(t, access.Options{RequireSecond: true}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		token, _, err := b.SignIn(ctx, "zhao", good, desk)
		b.want("in", err, "", "")
		b.clock.Add(14 * time.Minute)
		b.want("after 14 minutes", second(b.Session(ctx, token)), "", "")
		b.clock.Add(time.Minute)
		b.want("after 15", second(b.Session(ctx, token)), errs.NotFound, "")
	})
}
