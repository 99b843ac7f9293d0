// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

func TestWhistleAssistInvite(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		police, _ := d.Orgs.Directory().Responsible("police", d.baota)
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Classified)
		d.must(d.Matters.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: d.water, Assist: []id.ID{police.ID}}))
		d.must(d.Matters.Blow(ctx, d.sun, slip.ID, []id.ID{d.water, police.ID}, 2*time.Hour, "请一起到现场"))
		in, err := d.Matters.Inbox(ctx, d.As("he"), matters.Filter{}, nil)
		d.must(err)
		if len(in.Whistles) != 1 || len(in.Assists) != 1 {
			t.Errorf("officer He sees %d whistles and %d parts", len(in.Whistles), len(in.Assists))
		}
		if err := d.Matters.Respond(ctx, d.wu, slip.ID, police.ID, "我们已经到了"); errs.KindOf(err) != errs.Denied {
			t.Errorf("answered for another unit: %v", err)
		}
		d.must(d.Matters.Respond(ctx, d.wu, slip.ID, d.water, "已到场，正在抽水"))
		d.must(d.Matters.Respond(ctx, d.As("he"), slip.ID, police.ID, "已到场维持交通"))
		d.must(d.Matters.Assist(ctx, d.As("he"), slip.ID, police.ID, "交通已疏导"))
		if w := d.get(slip.Number); w.Whistles[0].EndedAt.IsZero() || w.Assists[0].AnsweredAt.IsZero() {
			t.Errorf("whistle %+v, part %+v", w.Whistles[0], w.Assists[0])
		}
		d.must(d.Matters.Blow(ctx, d.sun, slip.ID, []id.ID{d.water, police.ID}, 2*time.Hour, "再来一次现场"))
		d.refused("a second whistle beside the first", d.Matters.Blow(ctx, d.sun, slip.ID, []id.ID{d.water, police.ID}, 2*time.Hour, "都来"+"现场"), "matter.whistle.under_way")
		d.must(d.Matters.Respond(ctx, d.wu, slip.ID, d.water, "已到场，正在抽水"))
		d.Clock.Add(3 * time.Hour)
		d.must(d.Matters.Blow(ctx, d.sun, slip.ID, []id.ID{d.water, police.ID}, 2*time.Hour, "第三次到现场"))
		if w := d.get(slip.Number); len(w.Whistles) != 3 || w.Whistles[1].EndedAt.IsZero() || !w.Whistles[1].Responses[0].At.IsZero() == !w.Whistles[1].Responses[1].At.IsZero() {
			t.Errorf("the whistle whose time was up: %+v", w.Whistles)
		}
		secret, err := d.Matters.Invite(ctx, d.wu, slip.ID, "临江物业", "井盖钥匙在谁那里？", 3)
		d.must(err)
		asked, err := d.Matters.Invited(ctx, secret)
		d.must(err)
		if asked.Number != slip.Number {
			t.Errorf("asked %+v", asked)
		}
		d.must(d.Matters.Reply(ctx, secret, "钥匙在门卫处，随时可取"))
		if err := d.Matters.Reply(ctx, secret, "再说一次也一样"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		if _, err := d.Matters.Invited(ctx, secret+"x"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a wrong link: %v", err)
		}
		wrong, err := d.Matters.Invite(ctx, d.wu, slip.ID, "另一家物业", "井盖钥匙在谁那里？", 3)
		d.must(err)
		vs := d.get(slip.Number).Invitations
		d.refused("revoking what was answered", d.Matters.Revoke(ctx, d.wu, slip.ID, vs[0].ID), "matter.invite.answered")
		if err := d.Matters.Revoke(ctx, d.zheng, slip.ID, vs[1].ID); errs.KindOf(err) != errs.Denied {
			t.Errorf("the verifier revokes: %v", err)
		}
		d.must(d.Matters.Revoke(ctx, d.wu, slip.ID, vs[1].ID))
		d.refused("revoking twice", d.Matters.Revoke(ctx, d.wu, slip.ID, vs[1].ID), "matter.invite.expired")
		_, err = d.Matters.Invited(ctx, wrong)
		d.refused("a revoked link", err, "matter.invite.revoked")
		d.refused("answering by a revoked link", d.Matters.Reply(ctx, wrong, "钥匙在我们这里"), "matter.invite.revoked")
		late, err := d.Matters.Invite(ctx, d.wu, slip.ID, "第三家", "井盖钥匙在谁那里？", 30)
		d.must(err)
		d.to(slip, matters.Closed)
		_, err = d.Matters.Invited(ctx, late)
		d.refused("a link of a matter that has ended", err, "matter.invite.over")
		d.Clock.Add(4 * 24 * time.Hour)
		if _, err := d.Matters.Invited(ctx, secret); errs.KindOf(err) != errs.Conflict {
			t.Errorf("an expired link: %v", err)
		}
	})
}

func TestModerateAndForget(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(scope.Actor{Kind: scope.Anonymous}, func(in *matters.Raising) {
			in.Body = "隔壁张三的电话是 138，他把下水道堵了"
			in.Contact = people.ContactInput{Name: "李四", Phone: "19900000009"}
		})
		d.must(d.Matters.Moderate(ctx, d.zhao, slip.ID, matters.Moderating{Part: "body", Words: "隔壁把下水道堵了", Reason: "写了别人的姓名电话"}))
		w, err := d.Matters.Get(ctx, scope.Actor{Kind: scope.Anonymous}, slip.Number)
		d.must(err)
		if w.Matter.Body != "隔壁把下水道堵了" {
			t.Errorf("the public reads %q", w.Matter.Body)
		}
		ms, err := d.Matters.Moderations(ctx, d.zhao, slip.ID)
		d.must(err)
		if len(ms) != 1 || ms[0].Original != "隔壁张三的电话是 138，他把下水道堵了" {
			t.Fatalf("kept %+v", ms)
		}
		d.must(d.Matters.Restore(ctx, d.zhao, slip.ID, ms[0].ID, "弄错了，恢复"))
		if m := d.get(slip.Number).Matter; m.Body != ms[0].Original {
			t.Errorf("restored %q", m.Body)
		}
		d.to(slip, matters.Closed)
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		if n, err := d.Matters.ForgetOld(ctx, 10); err != nil || n != 1 {
			t.Fatalf("forgot %d, %v", n, err)
		}
		if m := d.get(slip.Number).Matter; m.Contact != 0 || m.ForgottenAt.IsZero() {
			t.Errorf("afterwards %+v", m)
		}
		d.verifyTrail()
	})
}

func TestSearchAndLists(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		open := d.raise(d.resident, nil)
		d.raise(d.resident, func(in *matters.Raising) { in.Public, in.Body = false, "家里的下水道的事，不想别人晓得" })
		linqi := d.Place("临邛街道")
		d.raise(d.resident, func(in *matters.Raising) { in.Place, in.Body = linqi[scope.Town], "临邛街上的下水道也堵了" })
		d.must(d.CatchUp(ctx))
		for _, tc := range []struct {
			name string
			by   scope.Actor
			f    matters.Filter
			want int
		}{
			{"everybody", scope.Actor{Kind: scope.Anonymous}, matters.Filter{}, 2},
			{"the desk of the street, whatever place", d.zhao, matters.Filter{}, 2},
			{"the desk in its own village", d.zhao, matters.Filter{Place: scope.Of(d.baota)}, 2},
			{"the desk looks elsewhere", d.zhao, matters.Filter{Place: scope.Of(linqi)}, 1},
			{"the auditor", d.As("audit"), matters.Filter{}, 3},
			{"closed ones", d.As("audit"), matters.Filter{States: []matters.State{matters.Closed}}, 0},
			{"late ones", d.As("audit"), matters.Filter{Late: true}, 0},
		} {
			p, err := d.Matters.List(ctx, tc.by, tc.f)
			d.must(err)
			found, err := d.Matters.Search(ctx, tc.by, "下水道", tc.f)
			d.must(err)
			if len(p.Cards) != tc.want || len(found.Cards) != tc.want {
				t.Errorf("%s: %d listed, %d found, want %d", tc.name, len(p.Cards), len(found.Cards), tc.want)
			}
		}
		if p, err := d.Matters.Search(ctx, d.zhao, open.Number[:10], matters.Filter{}); err != nil || len(p.Cards) == 0 {
			t.Errorf("by the beginning of its number: %d, %v", len(p.Cards), err)
		}
		in, err := d.Matters.Inbox(ctx, d.zhao, matters.Filter{}, nil)
		d.must(err)
		if in.Counts.Turn != 2 || len(in.Cards) != 2 {
			t.Errorf("inbox %+v", in.Counts)
		}
		first, last := in.Cards[0].Due, in.Cards[1].Due
		for _, tc := range []struct {
			name          string
			f             matters.Filter
			within, found int
		}{
			{"its village", matters.Filter{Place: scope.Of(d.baota)}, 2, 2},
			{"another town", matters.Filter{Place: scope.Of(linqi)}, 0, 0},
			{"its category", matters.Filter{Category: in.Cards[0].Category}, 2, 2},
			{"another category", matters.Filter{Category: "lamp"}, 0, 0},
			{"late ones", matters.Filter{Late: true}, 2, 0},
			{"due by the first", matters.Filter{DueTo: first}, 2, 0},
			{"due from the first on", matters.Filter{DueFrom: first, DueTo: last.Add(time.Second)}, 2, 2},
			{"due after both, in the village", matters.Filter{Place: scope.Of(d.baota), DueFrom: last.Add(time.Second)}, 2, 0},
			{"what an inbox does not know", matters.Filter{Urgent: true, Before: 1, States: []matters.State{matters.Closed}}, 2, 2},
		} {
			x, err := d.Matters.Inbox(ctx, d.zhao, tc.f, nil)
			d.must(err)
			if x.Counts.Turn != 2 || x.Within.Turn != tc.within || x.Found != tc.found || len(x.Cards) != tc.found {
				t.Errorf("the inbox, %s: %d in all, %d within, %d found, %d shown", tc.name, x.Counts.Turn, x.Within.Turn, x.Found, len(x.Cards))
			}
		}
		mine, err := d.Matters.Mine(ctx, d.resident, matters.Filter{})
		d.must(err)
		if len(mine.Cards) != 3 {
			t.Errorf("%d of my own", len(mine.Cards))
		}
	})
}

func TestRaiseRefuses(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	d := newDesk(t, town)
	long := make([]rune, matters.MaxBody+1)
	for i := range long {
		long[i] = '长'
	}
	for _, tc := range []struct {
		name, field string
		edit        func(*matters.Raising)
	}{
		{"nothing said", "body", func(in *matters.Raising) { in.Body = " " }},
		{"too long", "body", func(in *matters.Raising) { in.Body = string(long) }},
		{"no place", "place", func(in *matters.Raising) { in.Place = 0 }},
		{"no such place", "place", func(in *matters.Raising) { in.Place = 99 }},
		{"no such category", "category", func(in *matters.Raising) { in.Category = "' OR 1=1 --" }},
		{"a question not answered", "q.what", func(in *matters.Raising) { in.Category = "road" }},
		{"a wrong choice", "q.what", func(in *matters.Raising) {
			in.Category, in.Answers = "road", map[string]string{"what": "<script>"}
		}},
		{"a telephone that is none", "phone", func(in *matters.Raising) { in.Contact.Phone = "abc" }},
	} {
		in := matters.Raising{Body: "下水道堵了", Place: d.baota[scope.Village], Public: true}
		tc.edit(&in)
		_, err := d.Matters.Raise(t.Context(), scope.Actor{Kind: scope.Anonymous}, in)
		es := errs.Public(err)
		if len(es) == 0 || es[0].Kind != errs.Invalid || es[0].Field != tc.field {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	p, err := d.Matters.List(t.Context(), scope.Program("test"), matters.Filter{})
	if err != nil || len(p.Cards) != 0 {
		t.Errorf("%d matters after refusals, %v", len(p.Cards), err)
	}
}
