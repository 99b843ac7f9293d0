// SPDX-License-Identifier: Apache-2.0

package letters_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// gossip is a source of news: what a reference says, and whether it may be read.
type gossip struct {
	says   map[id.ID]string
	hidden map[id.ID]bool
}

func (g *gossip) Lines(tx *sqldb.Tx, _ people.Owner, refs []id.ID) (ls []letters.Line, err error) {
	for _, d := range refs {
		if !g.hidden[d] {
			ls = append(ls, letters.Line{Key: "matter.notice.accept", Args: []any{"QL-1", g.says[d]}, Number: "QL-1", State: "matter.state.accepted", At: tx.Now(), Path: "/matters/QL-1"})
		}
	}
	return ls, nil
}

// office is a town with somebody who gets letters.
type office struct {
	*apptest.Town
	t      *testing.T
	by     scope.Actor
	owner  people.Owner
	gossip *gossip
	next   id.ID
	topic  people.Topic // of what is told; none is wanted by all
}

func each(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		o := &office{Town: town, t: t, by: town.Resident("邻居甲", "999999196001010012", "19900000018").Actor(), gossip: &gossip{map[id.ID]string{}, map[id.ID]bool{}}}
		o.owner, _ = people.OwnerOf(o.by)
		town.Letters.Hear("gossip", o.gossip)
		f(t, o)
	})
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) run() {
	o.t.Helper()
	_, err := o.Jobs.RunDue(context.Background())
	o.must(err)
}

// after moves the clock and does what is due then.
func (o *office) after(d time.Duration) {
	o.t.Helper()
	o.Clock.Add(d)
	o.run()
}

// at moves the clock to a time of the day, today or tomorrow.
func (o *office) at(hour, minute int) {
	local := o.Clock.Now().In(i18n.Zone)
	to := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, i18n.Zone)
	if !to.After(local) {
		to = to.AddDate(0, 0, 1)
	}
	o.Clock.Set(to)
}

func (o *office) give(address string) {
	o.t.Helper()
	o.must(o.Letters.Give(o.t.Context(), o.by, o.owner, notify.Mail, address, i18n.ZH, "192.0.2.7"))
}

// token is the part behind the path of the link that the newest letter has.
func (o *office) token(path string) string {
	o.t.Helper()
	ls := o.Tray.Letters()
	if len(ls) == 0 {
		o.t.Fatal("no letter")
	}
	m := regexp.MustCompile(regexp.QuoteMeta(path) + `(\S+)`).FindStringSubmatch(ls[0].Text)
	if m == nil {
		o.t.Fatalf("no link %s in %q", path, ls[0].Text)
	}
	return m[1]
}

// confirmed gives an address and confirms it.
func (o *office) confirmed() {
	o.t.Helper()
	o.give("jia@example.cn")
	o.run()
	_, err := o.Letters.Confirm(o.t.Context(), scope.Actor{Kind: scope.Anonymous}, o.token(letters.ConfirmPath))
	o.must(err)
}

// tell promises a piece of news.
func (o *office) tell(words string, urgent bool) id.ID {
	o.t.Helper()
	o.next++
	d := o.next
	o.gossip.says[d] = words
	o.must(o.DB.Write(o.t.Context(), func(tx *sqldb.Tx) error {
		ms, err := o.People.MailboxesOf(tx, o.owner.Kind, []id.ID{o.owner.ID})
		if err != nil {
			return err
		}
		for _, m := range ms[o.owner.ID] {
			if err := o.Letters.Promise(tx, m, urgent, letters.Item{Source: "gossip", Ref: d, Topic: o.topic}); err != nil {
				return err
			}
		}
		return nil
	}))
	return d
}

// box is the mailbox of the owner by a channel.
func (o *office) box(ch notify.Channel) (people.Mailbox, bool) {
	o.t.Helper()
	boxes, err := o.Letters.Of(o.t.Context(), o.owner)
	o.must(err)
	m, ok := boxes[ch]
	return m, ok
}

func (o *office) count(want int) {
	o.t.Helper()
	if n := len(o.Tray.Letters()); n != want {
		o.t.Fatalf("%d letters, want %d", n, want)
	}
}

// fates are the letters of a state.
func (o *office) fates(s letters.State) []letters.Letter {
	o.t.Helper()
	ls, counts, err := o.Letters.List(o.t.Context(), o.As("admin"), letters.Filter{State: s}, 0, 100)
	o.must(err)
	if counts[s] != len(ls) {
		o.t.Errorf("%d letters are %s, %d counted", len(ls), s, counts[s])
	}
	return ls
}

func TestConfirmFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.give("jia@example.cn")
		o.tell("不该寄", false)
		o.after(time.Hour)
		o.count(1)
		l := o.Tray.Letters()[0]
		if l.To != "jia@example.cn" || !strings.Contains(l.Subject, "请确认") || strings.Contains(l.Text, "不该寄") {
			t.Errorf("%+v", l)
		}
		token := o.token(letters.ConfirmPath)
		for _, bad := range []string{"", token[:len(token)-1], token + "a", "x" + token, strings.ToUpper(token), token[:strings.IndexByte(token, '-')], o.token(letters.StopPath)} {
			if _, err := o.Letters.Confirm(ctx, scope.Actor{}, bad); errs.KindOf(err) != errs.NotFound {
				t.Errorf("confirmed by %q: %v", bad, err)
			}
		}
		if box, err := o.Letters.ToConfirm(ctx, token); err != nil || box.Address.Plain() != "" || box.Address.String() != "j***@example.cn" {
			t.Errorf("looking at the link: %+v, %v", box, err)
		}
		if box, _ := o.box(notify.Mail); box.Confirmed() {
			t.Fatal("looking confirms")
		}
		for range 2 { // pressing twice does nothing
			if _, err := o.Letters.Confirm(ctx, scope.Actor{}, token); err != nil {
				t.Fatal(err)
			}
		}
		o.tell("修好了", false)
		o.after(time.Hour)
		o.count(2)
		if l := o.Tray.Letters()[0]; !strings.Contains(l.Text, "修好了") || strings.Contains(l.Text, "不该寄") {
			t.Errorf("%q", l.Text)
		}
	})
}

func TestConfirmationsAreLimited(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		try := func(address, from string) error {
			return o.Letters.Give(ctx, o.by, o.owner, notify.Mail, address, i18n.ZH, from)
		}
		o.must(try("jia@example.cn", "192.0.2.7"))
		if err := try("jia@Example.CN", "192.0.2.8"); errs.KindOf(err) != errs.TooMany {
			t.Errorf("at once: %v", err)
		}
		for range 2 {
			o.Clock.Add(time.Minute)
			o.must(o.Letters.AskAgain(ctx, o.by, o.owner, notify.Mail, "192.0.2.7"))
		}
		o.Clock.Add(time.Minute)
		if err := try("jia@example.cn", "192.0.2.9"); errs.KindOf(err) != errs.TooMany {
			t.Errorf("a fourth in a day: %v", err)
		}
		if box, ok := o.box(notify.Mail); !ok || box.Address.String() != "j***@example.cn" {
			t.Error("what was refused changed something")
		}
		for i := range 17 { // three of twenty are spent
			o.must(try(fmt.Sprintf("a%d@example.cn", i), "192.0.2.7"))
		}
		if err := try("b@example.cn", "192.0.2.7"); errs.KindOf(err) != errs.TooMany {
			t.Errorf("from one network: %v", err)
		}
		o.must(try("b@example.cn", "192.0.2.10"))
		o.after(26 * time.Hour)
		o.must(try("jia@example.cn", "192.0.2.7"))
		for _, bad := range []string{"", "jia", "jia@example.cn\r\nBcc: x@example.cn", strings.Repeat("a", 300) + "@example.cn"} {
			if err := try(bad, "192.0.2.7"); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

// The link of an earlier question is good no more once another was asked, and
// none is after two days, when the address is deleted too.
func TestLinksEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.give("jia@example.cn")
		o.run()
		first := o.token(letters.ConfirmPath)
		o.Clock.Add(time.Hour)
		o.must(o.Letters.AskAgain(ctx, o.by, o.owner, notify.Mail, "192.0.2.7"))
		o.run()
		second := o.token(letters.ConfirmPath)
		if _, err := o.Letters.Confirm(ctx, scope.Actor{}, first); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the earlier link: %v", err)
		}
		o.Clock.Add(people.MailboxValid)
		if _, err := o.Letters.ToConfirm(ctx, second); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a link too old: %v", err)
		}
		o.must(o.Letters.Sweep(ctx))
		if _, ok := o.box(notify.Mail); ok {
			t.Error("the address is still there")
		}
	})
}
