// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A desk is a town with the people a matter meets.
type desk struct {
	*apptest.Town
	t                    *testing.T
	zhao, wu, zheng, sun scope.Actor
	resident             scope.Actor
	baota                scope.Path
	water                id.ID
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
	if r := d.verify(); !r.OK {
		d.t.Errorf("the trail: %+v", r.FirstFault)
	}
}

// verify is what the check of the trail finds.
func (d *desk) verify() trail.Report {
	d.t.Helper()
	if _, err := d.Sealer.Seal(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	r, err := trail.Verify(d.t.Context(), d.DB, trail.Options{Now: d.Clock.Now(), Records: d.Records()})
	if err != nil {
		d.t.Fatal(err)
	}
	return r
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
		d.must(d.Matters.AskExtension(ctx, d.wu, slip.ID, when.Limit{N: 2, Unit: when.WorkDays}, "配件还没到货"))
		d.must(d.Matters.Extend(ctx, d.sun, slip.ID, ""))
		m = d.get(slip.Number).Matter
		if !m.Due.After(due) || m.Extensions != 1 {
			t.Errorf("after the extension: %s, %d", m.Due, m.Extensions)
		}
		work := func(m matters.Matter) time.Duration { return when.Default().WorkingTime(d.Clock.Now(), m.Due) }
		d.Clock.Add(24 * time.Hour) // the day on which the limit begins does not count
		left := work(m)
		d.must(d.Matters.Ask(ctx, d.wu, slip.ID, "请问是哪个井口？"))
		d.Clock.Add(30 * time.Hour)
		d.must(d.Matters.Answer(ctx, d.resident, slip.ID, "靠大门左边那个"))
		if m = d.get(slip.Number).Matter; work(m) != left {
			t.Errorf("waiting for the reporter cost %s of working time", left-work(m))
		}
		d.must(d.Matters.Suspend(ctx, d.sun, slip.ID, d.Clock.Now().AddDate(0, 0, 10), "等主管道改造完"))
		if n, err := d.Matters.ResumeUnanswered(ctx, 10); err != nil || n != 0 {
			t.Errorf("resumed too early: %d %v", n, err)
		}
		d.Clock.Add(11 * 24 * time.Hour)
		if n, err := d.Matters.ResumeUnanswered(ctx, 10); err != nil || n != 1 {
			t.Errorf("not resumed: %d %v", n, err)
		}
		if m = d.get(slip.Number).Matter; m.State != matters.Handling || work(m) != left {
			t.Errorf("after the suspension: %s, %s of working time left of %s", m.State, work(m), left)
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
