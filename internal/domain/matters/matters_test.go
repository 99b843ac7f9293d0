// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A desk is a town with the people a matter meets.
type desk struct {
	*apptest.Town
	t                    *testing.T
	zhao, wu, zheng, sun scope.Actor
	resident             scope.Actor
	baota                scope.Path
	water, lampUnit      id.ID
}

func newDesk(t *testing.T, town *apptest.Town) *desk {
	d := &desk{Town: town, t: t, zhao: town.As("zhao"), wu: town.As("wu"), zheng: town.As("zheng"), sun: town.As("sun"), baota: town.Place("文君街道", "宝塔社区")}
	d.resident = town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
	u, ok := town.Orgs.Directory().Responsible("water", d.baota)
	if !ok {
		t.Fatal("no water bureau")
	}
	d.water = u.ID
	return d
}

func (d *desk) raise(by scope.Actor, edit func(*matters.Raising)) matters.Slip {
	d.t.Helper()
	in := matters.Raising{Body: "老菜市场门口的下水道堵了三天，臭水流到路上。", Place: d.baota[scope.Village], Public: true}
	if edit != nil {
		edit(&in)
	}
	slip, err := d.Matters.Raise(d.t.Context(), by, in)
	if err != nil {
		d.t.Fatal(err)
	}
	return slip
}

func (d *desk) get(number string) matters.Whole {
	d.t.Helper()
	w, err := d.Matters.Get(d.t.Context(), scope.Program("test"), number)
	if err != nil {
		d.t.Fatal(err)
	}
	return w
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// to takes a matter on to the state, by the people whose turn it is.
func (d *desk) to(slip matters.Slip, state matters.State) {
	d.t.Helper()
	ctx, m := d.t.Context(), d.Matters
	steps := map[matters.State]func() error{
		matters.Received: func() error { return m.Accept(ctx, d.zhao, slip.ID) },
		matters.Accepted: func() error {
			return m.Classify(ctx, d.zhao, slip.ID, matters.Classifying{Category: "drain", Answers: d.answers("drain")})
		},
		matters.Classified: func() error { return m.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: d.water}) },
		matters.Dispatched: func() error { return m.Take(ctx, d.wu, slip.ID, "") },
		matters.Handling: func() error {
			return m.Handle(ctx, d.wu, slip.ID, "三月三日已请师傅疏通，现在排水正常。")
		},
		matters.Handled:  func() error { return m.Verify(ctx, d.zheng, slip.ID, true, "现场看过，通了。") },
		matters.Verified: func() error { return m.Close(ctx, d.zhao, slip.ID, "") },
	}
	for {
		now := d.get(slip.Number).Matter.State
		if now == state {
			return
		}
		step := steps[now]
		if step == nil {
			d.t.Fatalf("no way from %s to %s", now, state)
		}
		if err := step(); err != nil {
			d.t.Fatalf("from %s: %v", now, err)
		}
	}
}

// answers are some answers to what a category asks.
func (d *desk) answers(category string) map[string]string {
	k, ok := d.Matters.Catalogue().Get(category)
	if !ok {
		d.t.Fatalf("no category %s", category)
	}
	a := map[string]string{}
	for _, q := range k.Questions {
		switch q.Type {
		case "choice":
			a[q.Key] = q.Choices[0].Value
		case "yesno":
			a[q.Key] = "no"
		case "number":
			a[q.Key] = "1"
		case "date":
			a[q.Key] = "2026-03-01"
		default:
			a[q.Key] = "门口"
		}
	}
	return a
}

func TestWholeLife(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		slip := d.raise(d.resident, nil)
		if slip.Number != "QL-2026-000001" || len(slip.Code) != 9 {
			t.Errorf("slip %+v", slip)
		}
		m := d.get(slip.Number).Matter
		if m.Title != "老菜市场门口的下水道堵了三天，臭水流到路上" || m.Turn() != matters.TurnIntake || m.TurnUnit != m.Centre || m.Centre == 0 {
			t.Errorf("raised: %+v", m)
		}
		if want := apptest.Monday.Add(5*time.Hour + 30*time.Minute); !m.Due.Equal(want) { // four working hours over lunch
			t.Errorf("due %s, want %s", m.Due, want)
		}
		d.to(slip, matters.Closed)
		d.must(d.Matters.Rate(t.Context(), d.resident, slip.ID, matters.Rating{Solved: matters.Yes, Satisfied: 5, Words: "谢谢"}))
		w := d.get(slip.Number)
		if w.Matter.Solved != matters.Yes || len(w.Steps) != 8 || !w.Matter.Due.IsZero() || w.Matter.ClosedAt.IsZero() {
			t.Errorf("at the end: %+v, %d steps", w.Matter, len(w.Steps))
		}
		if err := d.Matters.Rate(t.Context(), d.resident, slip.ID, matters.Rating{Solved: matters.No}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("rated twice: %v", err)
		}
		d.verifyTrail()
	})
}

// verifyTrail holds every record against the trail.
func (d *desk) verifyTrail() {
	d.t.Helper()
	if _, err := d.Sealer.Seal(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	r, err := trail.Verify(d.t.Context(), d.DB, trail.Options{Now: d.Clock.Now(), Records: d.Records()})
	if err != nil {
		d.t.Fatal(err)
	}
	if !r.OK {
		d.t.Errorf("the trail: %+v", r.FirstFault)
	}
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, nil)
		hidden := d.raise(d.resident, func(in *matters.Raising) { in.Public = false })
		stranger := scope.Actor{Kind: scope.Anonymous}
		for _, tc := range []struct {
			name string
			do   func() error
			want errs.Kind
		}{
			{"a stranger accepts", func() error { return d.Matters.Accept(ctx, stranger, slip.ID) }, errs.Denied},
			{"a handler accepts", func() error { return d.Matters.Accept(ctx, d.wu, slip.ID) }, errs.Denied},
			{"a stranger at a private matter", func() error { return d.Matters.Accept(ctx, stranger, hidden.ID) }, errs.NotFound},
			{"dispatch before classifying", func() error { return d.Matters.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: d.water}) }, errs.Conflict},
			{"somebody else withdraws", func() error { return d.Matters.Withdraw(ctx, stranger, slip.ID, "") }, errs.Denied},
			{"no such matter", func() error { return d.Matters.Accept(ctx, d.zhao, 42) }, errs.NotFound},
			{"declined without a reason", func() error { return d.Matters.Decline(ctx, d.zhao, slip.ID, "不") }, errs.Invalid},
			{"accept", func() error { return d.Matters.Accept(ctx, d.zhao, slip.ID) }, ""},
			{"accept again", func() error { return d.Matters.Accept(ctx, d.zhao, slip.ID) }, errs.Conflict},
			{"unknown category", func() error {
				return d.Matters.Classify(ctx, d.zhao, slip.ID, matters.Classifying{Category: "nothing"})
			}, errs.Invalid},
			{"the holder of the slip withdraws", func() error {
				return d.Matters.Withdraw(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{slip.ID}}, slip.ID, "")
			}, ""},
		} {
			err := tc.do()
			if got := errs.KindOf(err); err == nil && tc.want != "" || err != nil && got != tc.want {
				t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
			}
		}
		if _, err := d.Matters.Get(ctx, stranger, hidden.Number); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a stranger reads a private matter: %v", err)
		}
		if got, err := d.Matters.ByCode(ctx, hidden.Number, hidden.Code); err != nil || got != hidden.ID {
			t.Errorf("its code: %v %v", got, err)
		}
		if _, err := d.Matters.ByCode(ctx, hidden.Number, slip.Code); errs.KindOf(err) != errs.Invalid {
			t.Errorf("another's code: %v", err)
		}
		d.verifyTrail()
	})
}

func TestThirtyAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		slip := d.raise(d.resident, nil)
		var won, told atomic.Int32
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(func() {
				err := d.Matters.Accept(t.Context(), d.zhao, slip.ID)
				es := errs.Public(err)
				switch {
				case err == nil:
					won.Add(1)
				case errs.KindOf(err) == errs.Conflict && es[0].Key == "matter.move.after":
					told.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || told.Load() != 29 {
			t.Errorf("%d won, %d were told", won.Load(), told.Load())
		}
		lines := 0
		d.must(d.DB.Read(t.Context(), func(tx *sqldb.Tx) error {
			rows, err := trail.Story(tx, "matter", slip.ID, 0, 100)
			for _, r := range rows {
				if r.Act == "accept" {
					lines++
				}
			}
			return err
		}))
		if lines != 1 {
			t.Errorf("%d lines in the trail", lines)
		}
	})
}

func TestNotSolvedReopens(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Closed)
		d.must(d.Matters.Rate(t.Context(), d.resident, slip.ID, matters.Rating{Solved: matters.No, Words: "还是臭"}))
		m := d.get(slip.Number).Matter
		if m.State != matters.Handling || m.Reopened != 1 || m.TurnUnit != d.water || m.Solved != "" {
			t.Errorf("after not solved: %+v", m)
		}
		d.to(slip, matters.Closed)
		d.Clock.Add(16 * 24 * time.Hour)
		d.must(d.Matters.Rate(t.Context(), d.resident, slip.ID, matters.Rating{Solved: matters.No}))
		if m := d.get(slip.Number).Matter; m.State != matters.Closed || m.Solved != matters.No {
			t.Errorf("beyond the window: %+v", m)
		}
		d.verifyTrail()
	})
}

func TestClocks(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Handling)
		m := d.get(slip.Number).Matter
		due := m.Due
		if err := d.Matters.Extend(ctx, d.wu, slip.ID, due.AddDate(0, 0, 2), "配件还没到货"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a handler extends for himself: %v", err)
		}
		if err := d.Matters.Extend(ctx, d.sun, slip.ID, due.AddDate(0, 3, 0), "配件还没到货"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("extended by more than the first limit: %v", err)
		}
		d.must(d.Matters.Extend(ctx, d.sun, slip.ID, due.AddDate(0, 0, 2), "配件还没到货"))
		m = d.get(slip.Number).Matter
		if !m.Due.After(due) || m.Extensions != 1 {
			t.Errorf("after the extension: %s, %d", m.Due, m.Extensions)
		}
		left := m.Due.Sub(d.Clock.Now())
		d.must(d.Matters.Ask(ctx, d.wu, slip.ID, "请问是哪个井口？"))
		d.Clock.Add(30 * time.Hour)
		d.must(d.Matters.Answer(ctx, d.resident, slip.ID, "靠大门左边那个"))
		if m = d.get(slip.Number).Matter; m.Due.Sub(d.Clock.Now()) != left {
			t.Errorf("waiting for the reporter cost %s", left-m.Due.Sub(d.Clock.Now()))
		}
		d.must(d.Matters.Suspend(ctx, d.sun, slip.ID, d.Clock.Now().AddDate(0, 0, 10), "等主管道改造完"))
		if n, err := d.Matters.ResumeUnanswered(ctx, 10); err != nil || n != 0 {
			t.Errorf("resumed too early: %d %v", n, err)
		}
		d.Clock.Add(11 * 24 * time.Hour)
		if n, err := d.Matters.ResumeUnanswered(ctx, 10); err != nil || n != 1 {
			t.Errorf("not resumed: %d %v", n, err)
		}
		if m = d.get(slip.Number).Matter; m.State != matters.Handling || m.Due.Sub(d.Clock.Now()) != left {
			t.Errorf("after the suspension: %s, %s left of %s", m.State, m.Due.Sub(d.Clock.Now()), left)
		}
		if err := d.Matters.Suspend(ctx, d.sun, slip.ID, d.Clock.Now().AddDate(0, 0, 10), "再等等看"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("suspended twice: %v", err)
		}
		d.verifyTrail()
	})
}

func TestReturns(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Dispatched)
		d.must(d.Matters.SendBack(ctx, d.wu, slip.ID, "此处为小区内部管网，应由住建部门牵头"))
		if err := d.Matters.Close(ctx, d.zhao, slip.ID, ""); errs.KindOf(err) != errs.Conflict {
			t.Errorf("who received a return pushed it forward: %v", err)
		}
		d.must(d.Matters.SendBack(ctx, d.zhao, slip.ID, "类别不对，请重新分类"))
		if err := d.Matters.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: d.water}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("dispatched without classifying anew: %v", err)
		}
		d.to(slip, matters.Handled)
		d.must(d.Matters.SendBack(ctx, d.zheng, slip.ID, "还在冒水，请返工"))
		if m := d.get(slip.Number).Matter; m.State != matters.Handling || m.TurnUnit != d.water || m.Returns != 3 {
			t.Errorf("rework: %+v", m)
		}
		w, err := d.Matters.Get(ctx, d.resident, slip.Number)
		d.must(err)
		for _, p := range w.Steps {
			if !p.Public {
				t.Errorf("the reporter reads an internal line: %s", p.Words)
			}
		}
	})
}

func TestJoinSplitAndBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		a, b := d.raise(d.resident, nil), d.raise(other, nil)
		d.to(a, matters.Accepted)
		d.must(d.Matters.Support(ctx, scope.Actor{Kind: scope.Anonymous}, b.ID, matters.Supporting{Browser: "x", Words: "我家也臭", Public: true}))
		if err := d.Matters.Support(ctx, scope.Actor{Kind: scope.Anonymous}, b.ID, matters.Supporting{Browser: "x"}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("supported twice: %v", err)
		}
		d.must(d.Matters.Join(ctx, d.zhao, b.ID, a.ID, "说的是同一个井口"))
		if m := d.get(a.Number).Matter; m.Supporters != 2 {
			t.Errorf("%d supporters after joining, want 2", m.Supporters)
		}
		d.must(d.Matters.Unjoin(ctx, d.zhao, b.ID))
		if m := d.get(a.Number).Matter; m.Supporters != 0 {
			t.Errorf("%d supporters after undoing", m.Supporters)
		}
		if m := d.get(b.Number).Matter; m.State != matters.Accepted || m.Supporters != 1 || m.Resident != other.Resident || m.Number != b.Number {
			t.Errorf("unjoined: %+v", m)
		}
		numbers, err := d.Matters.Split(ctx, d.zhao, a.ID, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
		d.must(err)
		part := d.get(numbers[0]).Matter
		if part.SplitFrom != a.ID || part.Resident != d.resident.Resident || part.State != matters.Accepted {
			t.Errorf("the part: %+v", part)
		}
		d.must(d.Matters.Join(ctx, d.zhao, part.ID, a.ID, "还是一起办"))
		d.verifyTrail()
	})
}

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
