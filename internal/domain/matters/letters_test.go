// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
)

// mailbox gives an actor a confirmed mailbox for an owner.
func (d *desk) mailbox(by scope.Actor, of people.Owner, address string) {
	d.t.Helper()
	d.must(d.Letters.Give(d.t.Context(), by, of, notify.Mail, address, i18n.ZH, "192.0.2.7"))
	d.post(0)
	m := regexp.MustCompile(letters.ConfirmPath + `(\S+)`).FindStringSubmatch(d.letter(address).Text)
	if m == nil {
		d.t.Fatal("no link to confirm")
	}
	_, err := d.Letters.Confirm(d.t.Context(), scope.Actor{Kind: scope.Anonymous}, m[1])
	d.must(err)
}

// own is mailbox for somebody who is signed in.
func (d *desk) own(by scope.Actor, address string) {
	d.t.Helper()
	o, ok := people.OwnerOf(by)
	if !ok {
		d.t.Fatal("nobody's mailbox")
	}
	d.mailbox(by, o, address)
}

// post tells what is known, and sends what is due after a while.
func (d *desk) post(after time.Duration) {
	d.t.Helper()
	d.must(d.CatchUp(d.t.Context()))
	d.Clock.Add(after)
	_, err := d.Jobs.RunDue(d.t.Context())
	d.must(err)
}

type letter struct{ Subject, Text string }

// letter is the newest one to an address.
func (d *desk) letter(to string) letter {
	for _, l := range d.Tray.Letters() {
		if l.To == to {
			return letter{l.Subject, l.Text + l.HTML}
		}
	}
	return letter{}
}

// letters is how many went to an address.
func (d *desk) letters(to string) (n int) {
	for _, l := range d.Tray.Letters() {
		if l.To == to {
			n++
		}
	}
	return n
}

func TestLettersTellTheNews(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		follower := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		d.own(d.resident, "chen@example.cn")
		d.own(follower, "jia@example.cn")
		d.must(town.Matters.Subscribe(ctx, follower, "place:"+d.baota[scope.Village].String()))
		slip := d.raise(d.resident, nil)
		d.must(town.Matters.Accept(ctx, d.zhao, slip.ID))
		d.post(time.Minute)
		title := "“" // every news names the title in these marks
		chen, jia := d.letter("chen@example.cn"), d.letter("jia@example.cn")
		for who, l := range map[string]letter{"the reporter": chen, "who follows the place": jia} {
			if !strings.Contains(l.Text, slip.Number) || !strings.Contains(l.Text, title) || !strings.Contains(l.Text, "/matters/"+slip.Number) || strings.Contains(l.Text, "没有公开") {
				t.Errorf("%s reads %q", who, l.Text)
			}
		}
		if !strings.Contains(jia.Subject, "2 条") || !strings.Contains(chen.Subject, "已受理") {
			t.Errorf("subjects %q, %q", jia.Subject, chen.Subject)
		}
		for _, private := range []string{"1990000", "999999196001010012", "邻居甲"} {
			if strings.Contains(chen.Text+jia.Text, private) {
				t.Errorf("a letter holds %s", private)
			}
		}
		d.must(town.Matters.Unsubscribe(ctx, follower, "place:"+d.baota[scope.Village].String()))
		n := d.letters("jia@example.cn")
		d.to(slip, matters.Closed)
		d.post(time.Hour)
		if d.letters("jia@example.cn") != n {
			t.Error("who follows no longer gets a letter")
		}
	})
}

// Of what is not for everybody a letter says the number only, to those who may
// read it; to others nothing, though they might when it happened.
func TestLettersOfPrivateMatters(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		curious := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		place := "place:" + d.baota[scope.Village].String()
		for by, address := range map[*scope.Actor]string{&curious: "jia@example.cn", &d.zhao: "zhao@example.cn", &d.wu: "wu@example.cn"} {
			d.own(*by, address)
			d.must(town.Matters.Subscribe(ctx, *by, place))
		}
		d.own(d.resident, "chen@example.cn")
		private := d.raise(d.resident, func(in *matters.Raising) { in.Public, in.Title = false, "隔壁老王打人" })
		d.must(town.Matters.Accept(ctx, d.zhao, private.ID))
		d.post(time.Minute)
		for _, to := range []string{"chen@example.cn", "zhao@example.cn"} {
			if l := d.letter(to); !strings.Contains(l.Text, private.Number) || strings.Contains(l.Subject+l.Text, "老王") || !strings.Contains(l.Text, "没有公开") {
				t.Errorf("%s reads %q", to, l.Text)
			}
		}
		for _, to := range []string{"jia@example.cn", "wu@example.cn"} {
			if l := d.letter(to); strings.Contains(l.Text, private.Number) {
				t.Errorf("%s hears of a private matter: %q", to, l.Text)
			}
		}
		public := d.raise(d.resident, func(in *matters.Raising) { in.Title = "写了门牌的标题" })
		d.must(d.CatchUp(ctx)) // the letters are promised
		d.must(town.Matters.Moderate(ctx, d.zhao, public.ID, matters.Moderating{Part: "all", Reason: "写了别人家的门牌"}))
		d.post(time.Minute)
		for _, to := range []string{"jia@example.cn", "wu@example.cn", "zhao@example.cn"} {
			if l := d.letter(to); strings.Contains(l.Subject+l.Text, "门牌") || to != "zhao@example.cn" && strings.Contains(l.Text, public.Number) {
				t.Errorf("%s hears of what was hidden before the letter left: %q", to, l.Text)
			}
		}
	})
}

// Whoever holds a slip and has no account leaves an address for that matter, and
// hears of it alone, until the term for personal facts ends.
func TestLettersToASlip(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(scope.Actor{Kind: scope.Anonymous}, func(in *matters.Raising) { in.Public = false })
		other := d.raise(scope.Actor{Kind: scope.Anonymous}, nil)
		holder := scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{slip.ID}}
		of := people.Owner{Kind: people.OwnedBySlip, ID: slip.ID}
		d.mailbox(holder, of, "ting@example.cn")
		d.must(town.Matters.Accept(ctx, d.zhao, slip.ID))
		d.must(town.Matters.Accept(ctx, d.zhao, other.ID))
		d.post(time.Minute)
		if l := d.letter("ting@example.cn"); !strings.Contains(l.Text, slip.Number) || strings.Contains(l.Text, other.Number) {
			t.Errorf("the holder reads %q", l.Text)
		}
		n := d.letters("ting@example.cn")
		d.to(slip, matters.Closed)
		d.post(time.Minute)
		d.must(town.Matters.Rate(ctx, holder, slip.ID, matters.Rating{Solved: matters.No, Satisfied: 1, Words: "还是不亮"}))
		d.post(time.Hour)
		if got := d.letters("ting@example.cn"); got != n+1 || strings.Contains(d.letter("ting@example.cn").Text, "重新办理") {
			t.Errorf("%d letters more, want 1: nobody hears of what they did themselves", got-n)
		}
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		d.to(slip, matters.Closed)
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		_, err := town.Matters.ForgetOld(ctx, 100)
		d.must(err)
		if boxes, err := town.Letters.Of(ctx, of); len(boxes) != 0 || err != nil {
			t.Errorf("the address outlives the term: %v", err)
		}
	})
}

// A unit's members are reminded by letter as well.
func TestLettersOfReminders(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		d.own(d.zhao, "zhao@example.cn")
		slip := d.raise(d.resident, nil)
		d.Clock.Add(20 * 24 * time.Hour)
		_, err := town.Matters.Remind(t.Context())
		d.must(err)
		d.post(24 * time.Hour)
		if l := d.letter("zhao@example.cn"); !strings.Contains(l.Text, slip.Number) || !strings.Contains(l.Text, "超期") {
			t.Errorf("the dispatcher reads %q", l.Text)
		}
	})
}
