// SPDX-License-Identifier: Apache-2.0

package letters_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/mail"
	"yuanba/internal/kit/mail/mailtest"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func TestSeveralNewsInOneLetter(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.confirmed()
		o.tell("第一条", false)
		o.after(5 * time.Second)
		hidden := o.tell("后来看不到的", false)
		o.tell("第三条", false)
		o.gossip.hidden[hidden] = true
		o.count(1)
		o.after(time.Minute)
		o.count(2)
		l := o.Tray.Letters()[0]
		if !strings.Contains(l.Text, "第一条") || !strings.Contains(l.Text, "第三条") || strings.Contains(l.Text+l.HTML+l.Subject, "后来") || !strings.Contains(l.Subject, "2 条") {
			t.Errorf("%q: %q", l.Subject, l.Text)
		}
		// what may not be read any more, and nothing else: no letter
		o.gossip.hidden[o.tell("看不到的", false)] = true
		o.after(time.Minute)
		o.count(2)
		if n := len(o.fates(letters.Dropped)); n != 1 {
			t.Errorf("%d dropped, want 1", n)
		}
		o.tell("又一条", false)
		o.after(time.Minute)
		o.count(3)
	})
}

func TestNight(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.confirmed()
		o.at(21, 59)
		o.tell("晚上的事", false)
		o.Clock.Add(2 * time.Minute)
		o.run()
		o.count(1)
		o.at(6, 59)
		o.run()
		o.count(1)
		o.at(7, 0)
		o.run()
		o.count(2)
		o.at(23, 0)
		o.tell("急事", true)
		o.after(time.Minute)
		o.count(3)
		o.tell("不急", false)
		o.tell("夜里变急", true) // takes with it what waits
		o.after(time.Minute)
		o.count(4)
		if l := o.Tray.Letters()[0]; !strings.Contains(l.Text, "不急") || !strings.Contains(l.Text, "夜里变急") {
			t.Errorf("%q", l.Text)
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.confirmed()
		o.tell("一", false)
		o.after(time.Minute)
		o.count(2)
		token := o.token(letters.StopPath)
		if l := o.Tray.Letters()[0]; !strings.HasSuffix(l.Stop, letters.StopPath+token) || !strings.Contains(l.HTML, l.Stop) {
			t.Errorf("the link to stop is %q", l.Stop)
		}
		for _, bad := range []string{"", token[1:], token[:len(token)-2], "0-" + token} {
			if _, err := o.Letters.Stop(ctx, scope.Actor{}, bad); errs.KindOf(err) != errs.NotFound {
				t.Errorf("stopped by %q: %v", bad, err)
			}
		}
		if _, err := o.Letters.ToStop(ctx, token); err != nil {
			t.Error(err)
		}
		o.tell("还在等的", false)
		for range 2 {
			if _, err := o.Letters.Stop(ctx, scope.Actor{Kind: scope.Anonymous}, token); err != nil {
				t.Fatal(err)
			}
		}
		o.tell("停了以后的", false)
		o.after(time.Hour)
		o.count(2)
		o.must(o.Letters.Want(ctx, o.by, o.owner, notify.Mail, true))
		o.tell("又开了", false)
		o.after(time.Minute)
		o.count(3)
		if strings.Contains(o.Tray.Letters()[0].Text, "停了以后的") {
			t.Error("what happened while letters were off is told later")
		}
		o.must(o.Letters.End(ctx, o.by, o.owner, notify.Mail))
		if _, err := o.Letters.Stop(ctx, scope.Actor{}, token); err != nil {
			t.Errorf("stopping what is gone: %v", err)
		}
	})
}

// A deferral is tried again, and given up after two days; an administrator may
// have it tried again.
func TestDeferredAndGivenUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.confirmed()
		o.Tray.Fail(errors.New("at the server: connection refused"))
		o.tell("修好了", true)
		o.after(time.Minute)
		w := o.fates(letters.Waiting)
		if len(w) != 1 || w[0].Tries == 0 || !strings.Contains(w[0].Fault, "refused") || w[0].TriedAt.IsZero() {
			t.Fatalf("waiting: %+v", w)
		}
		before := w[0].Tries
		o.after(time.Hour)
		if w = o.fates(letters.Waiting); len(w) != 1 || w[0].Tries <= before {
			t.Fatalf("not tried again: %+v", w)
		}
		o.tell("又有新的", false) // joins what waits
		for range 60 {
			o.after(2 * time.Hour)
		}
		g := o.fates(letters.GivenUp)
		if len(g) != 1 || g[0].Tries != 16 || len(o.fates(letters.Waiting)) != 0 {
			t.Fatalf("given up: %+v", g)
		}
		o.Tray.Fail(nil)
		o.at(10, 0)
		if err := o.Letters.Again(ctx, o.As("zhao"), g[0].ID); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher: %v", err)
		}
		o.must(o.Letters.Again(ctx, o.As("admin"), g[0].ID))
		o.run()
		o.count(2)
		if l := o.Tray.Letters()[0]; !strings.Contains(l.Text, "修好了") || !strings.Contains(l.Text, "又有新的") {
			t.Errorf("%q", l.Text)
		}
		if err := o.Letters.Again(ctx, o.As("admin"), g[0].ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("one that was sent: %v", err)
		}
	})
}

// killed is a carrier that hands a letter over and dies before it can say so.
type killed struct {
	ids   []string
	left  int
	fault error // instead of taking it
}

func (k *killed) Send(_ context.Context, m notify.Message) error {
	k.ids = append(k.ids, m.ID)
	if k.left--; k.left >= 0 {
		panic("killed")
	}
	return k.fault
}

func (*killed) Check(context.Context) error { return nil }

// What was handed over without a word is sent again under the same name, by which
// the receiving server knows it; what was taken is never sent again.
func TestSentOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.confirmed()
		k := &killed{left: 2}
		o.Letters.Ways[notify.Mail] = k
		o.tell("修好了", true)
		for range 5 {
			o.after(10 * time.Minute)
		}
		if len(k.ids) != 3 || k.ids[0] != k.ids[1] || k.ids[1] != k.ids[2] {
			t.Errorf("sent as %v", k.ids)
		}
		sent := o.fates(letters.Sent)
		if len(sent) != 2 || sent[0].Tries != 3 || sent[0].News != 1 {
			t.Errorf("%+v", sent)
		}
		var l letters.Letter
		for _, x := range sent {
			if x.ID.String() == k.ids[0] {
				l = x
			}
		}
		err := o.DB.Write(t.Context(), func(tx *sqldb.Tx) error {
			return jobs.Enqueue(o.Jobs, tx, letters.Post, letters.Parcel{Letter: l.ID}, jobs.Opts{Queue: letters.Queue})
		})
		o.must(err)
		o.run()
		if len(k.ids) != 3 {
			t.Error("a job run again sent the letter again")
		}
	})
}

// Over a real connection: a refusal for good ends the letter and marks the
// mailbox, and its owner can ask again.
func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.confirmed()
		server := mailtest.Start(t, "none")
		sender, err := mail.New(mail.Server{Address: server.Address, Mode: mail.Open, From: "town@example.cn"})
		o.must(err)
		o.Letters.Ways[notify.Mail] = notify.ByMail(sender)
		o.tell("一", true)
		server.Set(mailtest.Rules{To: func(string) string { return "451 4.7.1 come back later" }})
		o.after(time.Minute)
		if w := o.fates(letters.Waiting); len(w) != 1 || !strings.Contains(w[0].Fault, "451") {
			t.Fatalf("deferred: %+v", w)
		}
		server.Set(mailtest.Rules{})
		o.after(time.Hour)
		got := server.Letters()
		if len(got) != 1 || got[0].To[0] != "jia@example.cn" || !strings.Contains(got[0].Text, "一") {
			t.Fatalf("%d letters", len(got))
		}
		server.Set(mailtest.Rules{Data: "554 5.7.1 spam"})
		o.tell("被当成垃圾", true)
		o.after(time.Minute)
		if box, _ := o.box(notify.Mail); box.Refused() {
			t.Error("what a server thinks of the letter is held against the address")
		}
		server.Set(mailtest.Rules{To: func(to string) string { return "550 5.1.1 <" + to + "> nobody" }})
		o.tell("没人收", true)
		o.after(time.Minute)
		refused := o.fates(letters.Refused)
		if len(refused) != 2 || !strings.Contains(refused[0].Fault, "5.1.1") || strings.Contains(refused[0].Fault, "jia") {
			t.Errorf("refused: %+v", refused)
		}
		if box, _ := o.box(notify.Mail); !box.Refused() {
			t.Fatal("the mailbox is not marked")
		}
		o.tell("不再寄", true)
		o.after(time.Hour)
		if n := server.Tries(); n != 4 {
			t.Errorf("%d tries, want 4", n)
		}
		server.Set(mailtest.Rules{})
		o.must(o.Letters.AskAgain(ctx, o.by, o.owner, notify.Mail, "192.0.2.7"))
		o.run()
		if got := server.Letters(); len(got) != 2 || !strings.Contains(got[1].Text, letters.ConfirmPath) {
			t.Error("no question")
		}
	})
}

// A clerk who has left is written to no more, and their address goes.
func TestDisabledAccount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.by = o.As("wu")
		o.owner, _ = people.OwnerOf(o.by)
		o.confirmed()
		o.tell("一", true)
		o.must(o.Access.Disable(t.Context(), o.As("admin"), o.by.Account))
		o.after(time.Minute)
		o.count(1)
		o.must(o.Letters.Sweep(t.Context()))
		if _, ok := o.box(notify.Mail); ok {
			t.Error("the address is still there")
		}
	})
}

func TestNotOffered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.Letters.Ways = nil
		if o.Letters.Offered() || (*letters.Service)(nil).Offered() {
			t.Error("offered")
		}
		if err := o.Letters.Give(t.Context(), o.by, o.owner, notify.Mail, "jia@example.cn", i18n.ZH, "192.0.2.7"); errs.KindOf(err) != errs.Busy {
			t.Errorf("%v", err)
		}
	})
}

func TestFateIsForAdministrators(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.confirmed()
		for _, by := range []scope.Actor{{Kind: scope.Anonymous}, o.by, o.As("zhao")} {
			if _, _, err := o.Letters.List(ctx, by, letters.Filter{State: letters.Sent}, 0, 10); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s: %v", by.Kind, err)
			}
		}
		if n := len(o.fates(letters.Sent)); n != 1 {
			t.Errorf("%d sent", n)
		}
		o.Clock.Add(letters.KeepFate + time.Hour)
		o.must(o.Letters.Sweep(ctx))
		if n := len(o.fates(letters.Sent)); n != 0 {
			t.Errorf("%d sent after their time", n)
		}
	})
}

// Both languages say all; nothing a person has written becomes part of the page.
func TestWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.must(o.Letters.Give(t.Context(), o.by, o.owner, notify.Mail, "jia@example.cn", i18n.EN, "192.0.2.7"))
		o.run()
		_, err := o.Letters.Confirm(t.Context(), scope.Actor{}, o.token(letters.ConfirmPath))
		o.must(err)
		o.tell(`<script>alert(1)</script>&"`, true)
		o.after(time.Minute)
		for _, l := range o.Tray.Letters() {
			if strings.Contains(l.HTML, "<script") || strings.Contains(l.Text, "⟦") || !strings.HasPrefix(l.Text, "Hello,") {
				t.Errorf("%q %q", l.Text, l.HTML)
			}
			if i := slices.IndexFunc([]rune(l.Text), func(r rune) bool { return r == '您' }); i >= 0 {
				t.Errorf("Chinese in an English letter: %q", l.Text)
			}
		}
	})
}
