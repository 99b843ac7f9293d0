// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// count runs a query for one number.
func (w town) count(query string, args ...any) (n int64) {
	w.t.Helper()
	w.must(w.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.Int(tx.Row(query, args...))
		return err
	}))
	return n
}

// other is a code that is not the given one.
func other(code string) string { return string('0'+(code[0]-'0'+1)%10) + code[1:] }

func TestSignInByCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		code := w.code(zhouPhone)
		if text := w.inbox.Texts(zhouPhone)[0]; !strings.Contains(text, "5 分钟") {
			t.Errorf("text: %s", text)
		}
		zhou, err := w.CheckCode(ctx, i18n.EN, "+86 137-8765-4321", " "+code[:3]+" "+code[3:], "10.0.0.1")
		w.must(err)
		if zhou.ID == 0 || zhou.Lang != i18n.EN || zhou.PhoneProvenAt.IsZero() || zhou.Verified() || zhou.Phone.Plain() != "" {
			t.Errorf("%+v", zhou)
		}
		_, err = w.CheckCode(ctx, i18n.ZH, zhouPhone, code, "10.0.0.1")
		fails(t, "the same code again", err, errs.Invalid, "people.code.none")
		w.clock.Add(time.Minute)
		again := w.zhou()
		if again.ID != zhou.ID {
			t.Error("the same telephone is another resident")
		}
		if rows := w.story("resident", zhou.ID); len(rows) != 1 || rows[0].Account != zhou.ID || rows[0].Kind != scope.Resident || strings.Contains(rows[0].Actor, "137") {
			t.Errorf("trail: %+v", rows)
		}
	})
}

func TestCodesEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		_, err := w.CheckCode(ctx, i18n.ZH, zhouPhone, "123456", "10.0.0.1")
		fails(t, "none was sent", err, errs.Invalid, "people.code.none")
		code := w.code(zhouPhone)
		w.clock.Add(5*time.Minute - time.Millisecond)
		_, err = w.CheckCode(ctx, i18n.ZH, zhouPhone, other(code), "10.0.0.1")
		fails(t, "wrong", err, errs.Invalid, "people.code.wrong")
		w.clock.Add(time.Millisecond)
		_, err = w.CheckCode(ctx, i18n.ZH, zhouPhone, code, "10.0.0.1")
		fails(t, "five minutes old", err, errs.Invalid, "people.code.none")

		first := w.code(zhouPhone)
		w.clock.Add(time.Minute)
		second := w.code(zhouPhone)
		if first != second {
			_, err = w.CheckCode(ctx, i18n.ZH, zhouPhone, first, "10.0.0.1")
			fails(t, "the one before the last", err, errs.Invalid, "people.code.wrong")
		}
		_, err = w.CheckCode(ctx, i18n.ZH, chenPhone, second, "10.0.0.1")
		fails(t, "another's code", err, errs.Invalid, "people.code.none")
		_, err = w.CheckCode(ctx, i18n.ZH, zhouPhone, "", "10.0.0.1")
		fails(t, "nothing", err, errs.Invalid, "people.code.wrong")
		_, err = w.CheckCode(ctx, i18n.ZH, "", second, "10.0.0.1")
		fails(t, "no telephone", err, errs.Invalid, "people.phone.needed")
	})
}

// Many guess at once, from many addresses: the code takes five tries and no more.
func TestBruteForceOfOneCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		code := w.code(zhouPhone)
		var wrong, spent, odd atomic.Int32
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				guess := fmt.Sprintf("%06d", i)
				if guess == code {
					guess = "999999"
				}
				_, err := w.CheckCode(ctx, i18n.ZH, zhouPhone, guess, fmt.Sprintf("10.0.%d.1", i))
				switch errs.KindOf(err) {
				case errs.Invalid:
					wrong.Add(1)
				case errs.TooMany:
					spent.Add(1)
				default:
					odd.Add(1)
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wrong.Load() != 5 || spent.Load() != 35 {
			t.Errorf("%d tries were taken, %d refused", wrong.Load(), spent.Load())
		}
		_, err := w.CheckCode(ctx, i18n.ZH, zhouPhone, code, "10.1.0.1")
		fails(t, "the right one, too late", err, errs.TooMany, "people.code.spent")
		if n := w.count(`SELECT count(*) FROM resident`); n != 0 {
			t.Errorf("%d residents were let in", n)
		}
	})
}

// One address tries many telephones: it is stopped, others are not.
func TestBruteForceFromOneAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		wrong := 0
		for i := range 70 {
			phone := fmt.Sprintf("139%08d", i)
			w.must(w.SendCode(ctx, i18n.ZH, phone, fmt.Sprintf("2001:db8:%x::1", i)))
			code := w.lastCode(phone)
			// addresses of one IPv6 household are one
			_, err := w.CheckCode(ctx, i18n.ZH, phone, other(code), fmt.Sprintf("2001:db8:ffff:1::%x", i+1))
			switch errs.KindOf(err) {
			case errs.Invalid:
				wrong++
			case errs.TooMany:
			default:
				t.Fatal(err)
			}
		}
		if wrong != people.UsualLimits.WrongHour {
			t.Errorf("%d wrong tries were taken from one address", wrong)
		}
		_, err := w.CheckCode(ctx, i18n.ZH, "13900000069", w.lastCode("13900000069"), "2001:db8:ffff:1::abcd")
		fails(t, "a right one from that address", err, errs.TooMany, "people.code.address")
		if _, err := w.CheckCode(ctx, i18n.ZH, "13900000069", w.lastCode("13900000069"), "2001:db8:ffff:2::1"); err != nil {
			t.Errorf("a right one from next door: %v", err)
		}
		w.clock.Add(time.Hour)
		if _, err := w.CheckCode(ctx, i18n.ZH, "13900000001", "000000", "2001:db8:ffff:1::1"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("an hour later: %v", err)
		}
	})
}

func TestLimitsOfSending(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		send := func() error { return w.SendCode(ctx, i18n.ZH, zhouPhone, "10.0.0.1") }
		w.must(send())
		w.clock.Add(59 * time.Second)
		fails(t, "within a minute", send(), errs.TooMany, "people.code.gap")
		w.clock.Add(time.Second)
		for range 4 {
			w.must(send())
			w.clock.Add(time.Minute)
		}
		fails(t, "the sixth in an hour", send(), errs.TooMany, "people.code.phone")
		w.clock.Add(time.Hour)
		for range 5 {
			w.must(send())
			w.clock.Add(time.Minute)
		}
		w.clock.Add(2 * time.Hour)
		fails(t, "the eleventh in a day", send(), errs.TooMany, "people.code.phone")
		if n := len(w.inbox.Texts(zhouPhone)); n != 10 {
			t.Errorf("%d texts were sent", n)
		}
		w.clock.Add(24 * time.Hour)
		w.must(send())

		for i := range people.UsualLimits.AddressHour - 1 {
			w.must(w.SendCode(ctx, i18n.ZH, fmt.Sprintf("136%08d", i), "10.0.0.1"))
		}
		fails(t, "too many telephones from one address", w.SendCode(ctx, i18n.ZH, "13500000001", "10.0.0.1"), errs.TooMany, "people.code.address")
		w.must(w.SendCode(ctx, i18n.ZH, "13500000001", "10.0.0.2"))

		fails(t, "a fixed telephone", w.SendCode(ctx, i18n.ZH, "028-88791234", "10.0.0.9"), errs.Invalid, "people.code.mobile")
		fails(t, "none", w.SendCode(ctx, i18n.ZH, "", "10.0.0.9"), errs.Invalid, "people.code.mobile")
		off := people.New(w.db, nil, people.Options{})
		fails(t, "without a sender", off.SendCode(ctx, i18n.ZH, zhouPhone, "10.0.0.9"), errs.Busy, "people.code.off")

		w.clock.Add(26 * time.Hour)
		n, err := w.SweepCodes(ctx)
		if err != nil || n == 0 || w.count(`SELECT count(*) FROM phone_code`) != 0 {
			t.Errorf("swept %d, %v", n, err)
		}
	})
}

// A text that could not be sent does not count.
func TestUnsent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		w.inbox.Fail(errors.New("the gateway is down"))
		for range 20 {
			fails(t, "gateway down", w.SendCode(ctx, i18n.ZH, zhouPhone, "10.0.0.1"), errs.Busy, "people.code.unsent")
		}
		w.inbox.Fail(nil)
		w.zhou()
	})
}

func TestNumberChangesHands(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		old := w.zhou()
		// the new owner signs in, finds a stranger's record and says so
		w.clock.Add(time.Minute)
		signedIn := w.zhou()
		if signedIn.ID != old.ID {
			t.Fatal("another record")
		}
		fresh, err := w.Disown(ctx, signedIn.Actor())
		w.must(err)
		if fresh.ID == old.ID || fresh.Phone.String() != "137****4321" || fresh.PhoneProvenAt.IsZero() {
			t.Errorf("%+v", fresh)
		}
		left, err := w.Get(ctx, old.ID)
		w.must(err)
		if !left.Phone.Empty() || !left.PhoneProvenAt.IsZero() {
			t.Errorf("the old record keeps the telephone: %+v", left)
		}
		if _, err := w.Disown(ctx, left.Actor()); errs.KindOf(err) != errs.Denied {
			t.Errorf("disowned without a telephone: %v", err)
		}

		// the desk detaches it, and attaches it to somebody who reads the code back
		chen := w.chen()
		w.clock.Add(time.Minute)
		code := w.code(zhouPhone)
		fails(t, "a telephone in other hands", w.Attach(ctx, he, chen.ID, zhouPhone, code, "10.0.0.5"), errs.Conflict, "people.phone.taken")
		fails(t, "detached by another town's desk", w.Detach(ctx, sun, chen.ID), errs.Denied, scope.DeniedPlace)
		w.must(w.Settle(ctx, fresh.Actor(), people.Settings{Lang: i18n.ZH, Place: wenjun}))
		w.must(w.Detach(ctx, he, fresh.ID))
		fails(t, "attached with a wrong code", w.Attach(ctx, he, chen.ID, zhouPhone, other(code), "10.0.0.5"), errs.Invalid, "people.code.wrong")
		fails(t, "attached by another town's desk", w.Attach(ctx, sun, chen.ID, zhouPhone, code, "10.0.0.5"), errs.Denied, scope.DeniedPlace)
		w.must(w.Attach(ctx, he, chen.ID, zhouPhone, code, "10.0.0.5"))
		w.clock.Add(time.Minute)
		if got := w.zhou(); got.ID != chen.ID || !got.Verified() {
			t.Errorf("the telephone signs in %s, want %s", got.ID, chen.ID)
		}
	})
}

// A telephone that a clerk wrote down does not let its holder in as the resident.
func TestUnprovenTelephoneJoinsNobody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		got, err := w.CheckCode(ctx, i18n.ZH, chenPhone, w.code(chenPhone), "10.0.0.1")
		w.must(err)
		if got.ID == chen.ID {
			t.Error("whoever holds the telephone is taken for the verified resident")
		}
	})
}
