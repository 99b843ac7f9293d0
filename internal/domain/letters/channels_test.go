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
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/notify/notifytest"
	"yuanba/internal/kit/scope"
)

const myPhone = "19900000018"

// phone signs the owner in by a code, and has texts sent to them.
func (o *office) phone() {
	o.t.Helper()
	ctx := o.t.Context()
	o.must(o.People.SendCode(ctx, i18n.ZH, myPhone, "192.0.2.7"))
	m := o.Tray.Letters()[0]
	o.must(o.People.Attach(ctx, o.by, o.owner.ID, myPhone, m.Facts["code"], "192.0.2.7"))
	o.must(o.Letters.Give(ctx, o.by, o.owner, notify.SMS, "", i18n.ZH, "192.0.2.7"))
}

// A short message has number, state and link, and no word of the matter.
func TestShortMessagesSayNoWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		if err := o.Letters.Give(t.Context(), o.by, o.owner, notify.SMS, "", i18n.ZH, "192.0.2.7"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a telephone that is not proven: %v", err)
		}
		o.phone()
		o.tell("锅巴胡同的秘密", false)
		o.after(time.Hour)
		l := o.Tray.Letters()[0]
		link := o.Letters.Address + "/matters/QL-1"
		if l.Channel != notify.SMS || l.To != myPhone || l.Kind != notify.One || l.Facts["number"] != "QL-1" || l.Facts["state"] != "已受理" || l.Link != link || l.Subject != "" {
			t.Errorf("%+v", l)
		}
		if strings.Contains(l.Text+l.HTML, "秘密") || !strings.Contains(l.Text, "QL-1") || !strings.Contains(l.Text, "已受理") || !strings.Contains(l.Text, link) {
			t.Errorf("%q", l.Text)
		}
		for _, v := range l.Facts {
			if strings.Contains(v, "秘密") {
				t.Errorf("a fact says %q", v)
			}
		}
		o.tell("第一", false)
		o.tell("第二", false)
		o.after(time.Hour)
		if l = o.Tray.Letters()[0]; l.Kind != notify.Many || !strings.Contains(l.Text, "2 条") || strings.Contains(l.Text, "第一") || !strings.HasSuffix(l.Link, "/news") {
			t.Errorf("%+v", l)
		}
	})
}

func TestTopicsByChannel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.confirmed()
		o.phone()
		before := len(o.Tray.Letters())
		o.must(o.Letters.Choose(t.Context(), o.by, o.owner, map[notify.Channel][]people.Topic{notify.SMS: {people.Own}, notify.Mail: {people.Followed}}))
		o.topic = people.Own
		o.tell("自家的路灯", false)
		o.topic = people.Followed
		o.tell("关注的", false)
		o.after(time.Hour)
		got := o.Tray.Letters()
		got = got[:len(got)-before]
		if len(got) != 2 {
			t.Fatalf("%d messages", len(got))
		}
		for _, m := range got {
			if n := o.fates(letters.Sent); n == nil {
				t.Error("no fate")
			}
			if m.Channel == notify.Mail && (strings.Contains(m.Text, "自家的") || !strings.Contains(m.Text, "关注的")) || m.Channel == notify.SMS && m.Kind != notify.One {
				t.Errorf("%s: %q", m.Channel, m.Text)
			}
		}
		if err := o.Letters.Choose(t.Context(), o.As("zhao"), o.owner, map[notify.Channel][]people.Topic{notify.SMS: {}}); errs.KindOf(err) != errs.Denied {
			t.Errorf("somebody else chose: %v", err)
		}
	})
}

// Nobody knows whether a message arrived whose answer was lost: it is sent again
// only if somebody asks for it, and then once.
func TestUnknownIsNotRepeated(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.phone()
		alarm := &letters.Tray{}
		o.Letters.Alarm = alarm
		k := &killed{}
		o.Letters.Ways[notify.SMS] = k
		k.fault = &notify.Fault{Is: notify.Unknown, Err: errors.New("the answer was lost")}
		o.tell("修好了", true)
		o.after(time.Minute)
		for range 30 {
			o.after(2 * time.Hour)
		}
		u := o.fates(letters.Unknown)
		if len(k.ids) != 1 || len(u) != 1 || u[0].Tries != 1 || !strings.Contains(u[0].Fault, "lost") {
			t.Fatalf("sent %d times, unknown %+v", len(k.ids), u)
		}
		if ls := alarm.Letters(); len(ls) != 1 || !strings.Contains(ls[0].Text, "1 条不知道") || strings.Contains(ls[0].Text, "修好了") {
			t.Errorf("the operators were told %+v", ls)
		}
		k.fault = nil
		o.at(10, 0)
		o.must(o.Letters.Again(ctx, o.As("admin"), u[0].ID))
		o.run()
		if len(k.ids) != 2 || len(o.fates(letters.Unknown)) != 0 {
			t.Errorf("sent %d times", len(k.ids))
		}
	})
}

// A process that was killed in the middle may have sent it: no channel but mail
// sends it again.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.phone()
		k := &killed{left: 1}
		o.Letters.Ways[notify.SMS] = k
		o.tell("修好了", true)
		for range 5 {
			o.after(10 * time.Minute)
		}
		if u := o.fates(letters.Unknown); len(k.ids) != 1 || len(u) != 1 || u[0].Channel != notify.SMS {
			t.Errorf("sent %d times, unknown %+v", len(k.ids), u)
		}
	})
}

// Too many at once is no failed try.
func TestLimitedIsNoTry(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.phone()
		k := &killed{fault: &notify.Fault{Is: notify.Limited, Wait: time.Minute, Err: errors.New("too many at once")}}
		o.Letters.Ways[notify.SMS] = k
		o.tell("修好了", true)
		for range 40 {
			o.after(2 * time.Minute)
		}
		w := o.fates(letters.Waiting)
		if len(w) != 1 || w[0].Tries != 0 || len(k.ids) < 20 {
			t.Fatalf("%d tries, %+v", len(k.ids), w)
		}
		k.fault = nil
		o.after(2 * time.Minute)
		if len(o.fates(letters.Sent)) == 0 {
			t.Error("not sent when there was room")
		}
	})
}

// Staff are asked in WeChat Work whether it is them, over a connection; nobody
// there marks the mailbox.
func TestWeComAsksFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.by = o.As("wu")
		o.owner, _ = people.OwnerOf(o.by)
		server := notifytest.WeCom(t)
		n, err := notify.ByWeCom(notify.WeComOptions{Address: server.Address, Corp: "corp", Agent: "1000002", Secret: "secret"})
		o.must(err)
		o.Letters.Ways[notify.WeCom] = n
		if err := o.Letters.Give(ctx, o.As("zhao"), o.owner, notify.WeCom, "wukezhang", i18n.ZH, "192.0.2.7"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a colleague: %v", err)
		}
		o.must(o.Letters.Give(ctx, o.As("admin"), o.owner, notify.WeCom, "wukezhang", i18n.ZH, "192.0.2.7"))
		o.topic = people.Due
		o.tell("还没确认", true)
		o.run()
		got := server.Taken()
		if len(got) != 1 || got[0].To != "wukezhang" || !strings.Contains(got[0].Text, letters.ConfirmPath) {
			t.Fatalf("%+v", got)
		}
		_, token, _ := strings.Cut(got[0].Text, letters.ConfirmPath)
		_, err = o.Letters.Confirm(ctx, scope.Actor{Kind: scope.Anonymous}, strings.TrimSpace(token))
		o.must(err)
		o.tell("到期了", true)
		o.after(time.Minute)
		if got = server.Taken(); len(got) != 2 || strings.Contains(got[1].Text, "到期了") || !strings.Contains(got[1].Text, "QL-1") {
			t.Errorf("%+v", got)
		}
		server.Set(notifytest.Rules{Nobody: "wukezhang"})
		o.tell("走了", true)
		o.after(time.Minute)
		if box, _ := o.box(notify.WeCom); !box.Refused() || len(o.fates(letters.Refused)) != 1 {
			t.Error("nobody is there, and the mailbox is not marked")
		}
	})
}

// A code that is sent from WeChat binds that account, once and for ten minutes.
func TestBinding(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		if _, _, err := o.Letters.NewBinding(ctx, o.As("wu"), o.owner, i18n.ZH); errs.KindOf(err) != errs.Denied {
			t.Errorf("a clerk: %v", err)
		}
		first, _, err := o.Letters.NewBinding(ctx, o.by, o.owner, i18n.EN)
		o.must(err)
		code, _, err := o.Letters.NewBinding(ctx, o.by, o.owner, i18n.EN)
		o.must(err)
		bind := func(words string) error {
			_, err := o.Letters.Bind(ctx, notify.WeChat, "oABCDEF123456", words)
			return err
		}
		for _, bad := range []string{"", "你好", first, "AAAA-AAAA", code[:8]} {
			if err := bind(bad); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%q: %v", bad, err)
			}
		}
		o.must(bind(" 绑定码 " + strings.ToLower(strings.ReplaceAll(code, "-", " ")) + "。"))
		if err := bind(code); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a second time: %v", err)
		}
		if box, ok := o.box(notify.WeChat); !ok || !box.Ready() || box.Lang != i18n.EN || box.Address.Plain() != "" {
			t.Errorf("%+v", box)
		}
		o.tell("修好了", true)
		o.after(time.Minute)
		if l := o.Tray.Letters()[0]; l.Channel != notify.WeChat || l.To != "oABCDEF123456" || !strings.Contains(l.Text, "Accepted") {
			t.Errorf("%+v", l)
		}
		late, _, err := o.Letters.NewBinding(ctx, o.by, o.owner, i18n.ZH)
		o.must(err)
		o.Clock.Add(letters.BindingValid)
		if err := bind(late); errs.KindOf(err) != errs.NotFound {
			t.Errorf("too late: %v", err)
		}
		o.must(o.Letters.Sweep(ctx))
	})
}

// A code to sign in has a fate like every message, and is not sent twice.
func TestCodesHaveAFate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		send := func(phone string) error { return o.People.SendCode(ctx, i18n.EN, phone, "192.0.2.7") }
		o.must(send("13900001111"))
		m := o.Tray.Letters()[0]
		if m.Channel != notify.SMS || m.Kind != notify.Code || m.To != "13900001111" || !strings.Contains(m.Text, m.Facts["code"]) || len(m.Facts["code"]) != 6 {
			t.Errorf("%+v", m)
		}
		k := &killed{fault: &notify.Fault{Is: notify.Later, Err: errors.New("the gateway is down")}}
		o.Letters.Ways[notify.SMS] = k
		if err := send("13900001112"); errs.KindOf(err) != errs.Busy {
			t.Errorf("a gateway that is down: %v", err)
		}
		k.fault = &notify.Fault{Is: notify.Unknown, Err: errors.New("lost")}
		o.must(send("13900001113")) // it may come
		o.after(time.Hour)
		if len(k.ids) != 2 {
			t.Errorf("sent %d times", len(k.ids))
		}
		for state, fault := range map[letters.State]string{letters.Sent: "", letters.Refused: "down", letters.Unknown: "lost"} {
			ls := o.fates(state)
			if len(ls) != 1 || ls[0].Kind != letters.Code || ls[0].OwnerID != 0 || !strings.Contains(ls[0].Fault, fault) {
				t.Errorf("%s: %+v", state, ls)
			}
		}
		if err := o.Letters.Again(ctx, o.As("admin"), o.fates(letters.Unknown)[0].ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a code again: %v", err)
		}
	})
}

func TestTownsOwnWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx, admin := t.Context(), o.As("admin")
		set := func(by scope.Actor, name, words string) error { return o.Letters.Reword(ctx, by, name, i18n.ZH, words) }
		for name, words := range map[string]string{
			"short.one": "没有编号", "short.code": "{code", "mail.hello": " ", "short.many": "{count} {matter}", "mail.one.text": "有{{count}}", "short.confirm": "{link}" + strings.Repeat("长", 200), "mail.many.text": "一\n二",
		} {
			if err := set(admin, name, words); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %q was taken: %v", name, words, err)
			}
		}
		if err := set(admin, "nothing", "x"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%v", err)
		}
		if err := set(o.As("zhao"), "mail.hello", "嗨！"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher: %v", err)
		}
		o.phone()
		o.must(set(admin, "short.one", "先前的 {number}"))
		o.must(set(admin, "short.one", "喂，{number} {state}哒"))
		o.tell("修好了", true)
		o.after(time.Minute)
		if l := o.Tray.Letters()[0]; l.Text != "喂，QL-1 已受理哒" {
			t.Errorf("%q", l.Text)
		}
		if ws, err := o.Letters.OwnWords(ctx, admin); err != nil || len(ws) != 1 || ws[0].Lang != i18n.ZH {
			t.Errorf("%+v, %v", ws, err)
		}
		for range 2 {
			o.must(o.Letters.Restore(ctx, admin, "short.one", i18n.ZH))
		}
		o.tell("又修好了", true)
		o.after(time.Minute)
		if l := o.Tray.Letters()[0]; !strings.HasPrefix(l.Text, "【") {
			t.Errorf("%q", l.Text)
		}
	})
}

// The shipped words fit their own wordings, in both languages.
func TestShippedWords(t *testing.T) {
	t.Parallel()
	for _, w := range letters.Wordings {
		for _, lang := range i18n.Langs {
			if err := letters.CheckWords(w.Name, letters.Shipped(lang, w.Name)); err != nil {
				t.Errorf("%s in %s: %v", w.Name, lang, err)
			}
		}
	}
	if got := letters.Fill("{a}-{b}-{c", map[string]string{"a": "{b}"}); got != "{b}--" {
		t.Errorf("%q", got)
	}
}

func TestFeedAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		if _, err := o.Letters.NewFeed(ctx, scope.Actor{Kind: scope.Anonymous}, i18n.ZH); errs.KindOf(err) != errs.Denied {
			t.Errorf("a stranger: %v", err)
		}
		first, err := o.Letters.NewFeed(ctx, o.by, i18n.ZH)
		o.must(err)
		token, err := o.Letters.NewFeed(ctx, o.by, i18n.EN)
		o.must(err)
		gone := func(token string) bool {
			_, err := o.Letters.FeedBy(ctx, token)
			if err != nil && errs.KindOf(err) != errs.NotFound {
				t.Error(err)
			}
			return err != nil
		}
		if !gone(first) || !gone("") || !gone(strings.ToLower(token)) {
			t.Error("an address that is none is one")
		}
		if f, err := o.Letters.FeedBy(ctx, token); err != nil || f.Owner != o.owner || f.Lang != i18n.EN {
			t.Errorf("%+v, %v", f, err)
		}
		o.must(o.Letters.EndFeed(ctx, o.by))
		o.must(o.Letters.EndFeed(ctx, o.by))
		if !gone(token) {
			t.Error("revoked, and good")
		}
		wu := o.As("wu")
		token, err = o.Letters.NewFeed(ctx, wu, i18n.ZH)
		o.must(err)
		o.must(o.Access.Disable(ctx, o.As("admin"), wu.Account))
		if !gone(token) {
			t.Error("a clerk who has left is told on")
		}
	})
}

func TestOwnList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.confirmed()
		o.tell("修好了", true)
		o.after(time.Minute)
		ls, err := o.Letters.ListOf(t.Context(), o.by, 10)
		o.must(err)
		kinds := []letters.Kind{}
		for _, l := range ls {
			kinds = append(kinds, l.Kind)
		}
		if !slices.Equal(kinds, []letters.Kind{letters.News, letters.Confirm}) {
			t.Errorf("%v", kinds)
		}
		if ls, err = o.Letters.ListOf(t.Context(), o.As("zhao"), 10); err != nil || len(ls) != 0 {
			t.Errorf("another's: %v, %v", ls, err)
		}
		if _, err = o.Letters.ListOf(context.Background(), scope.Actor{Kind: scope.Anonymous}, 10); errs.KindOf(err) != errs.Denied {
			t.Errorf("a stranger's: %v", err)
		}
	})
}
