// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"slices"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// The first return goes to the dispatcher, the second to the deputy secretary, who
// decides once; the unit named keeps the matter.
func TestSecondReturnIsDecidedOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d, ctx := newDesk(t, town), t.Context()
		m := d.Matters
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Dispatched)
		d.must(m.SendBack(ctx, d.wu, slip.ID, "这是小区里的管子，归物业。"))
		w := d.get(slip.Number).Matter
		if w.State != matters.Classified || w.Disputes != 1 || w.Turn() != matters.TurnDispatch {
			t.Fatalf("after the first return: %+v", w)
		}
		police, ok := town.Orgs.Directory().Responsible("police", d.baota)
		if !ok {
			t.Fatal("no police station")
		}
		d.must(m.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: police.ID}))
		d.Clock.Add(time.Hour)
		d.must(m.SendBack(ctx, town.As("he"), slip.ID, "下水道不归派出所管。"))

		whole := d.get(slip.Number)
		w = whole.Matter
		street := d.sun.Unit
		if w.State != matters.Disputed || w.Disputes != 2 || w.Lead != 0 || w.TurnUnit != street || w.Due.IsZero() || w.Clocks.Stage.Unit != street {
			t.Fatalf("after the second: %+v", w)
		}
		rs := whole.Returns()
		if len(rs) != 2 || rs[0].From != d.water || rs[1].From != police.ID || rs[0].Words != "这是小区里的管子，归物业。" || rs[1].Words != "下水道不归派出所管。" {
			t.Errorf("the returns: %+v", rs)
		}
		if in, err := m.Inbox(ctx, d.sun, matters.Filter{}, nil); err != nil || len(in.Cards) != 1 || in.Cards[0].Number != slip.Number {
			t.Errorf("the deputy secretary's inbox: %+v, %v", in, err)
		}
		if in, err := m.Inbox(ctx, d.zhao, matters.Filter{}, nil); err != nil || len(in.Cards) != 0 {
			t.Errorf("the dispatcher's inbox: %+v, %v", in.Cards, err)
		}
		for who, by := range map[string]scope.Actor{"the dispatcher": d.zhao, "the unit": d.wu, "the reporter": d.resident} {
			if err := m.Decide(ctx, by, slip.ID, matters.Deciding{Lead: d.water, Reason: "归水务局。"}); errs.KindOf(err) != errs.Denied && errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s decides: %v", who, err)
			}
			if err := m.Dispatch(ctx, by, slip.ID, matters.Dispatching{Lead: d.water}); err == nil {
				t.Errorf("%s dispatches what is disputed: %v", who, err)
			}
		}
		if es := errs.Public(m.Decide(ctx, d.sun, slip.ID, matters.Deciding{Reason: "好"})); len(es) != 2 {
			t.Errorf("without unit and reason: %v", es)
		}
		d.Clock.Add(time.Hour)
		d.must(m.Decide(ctx, d.sun, slip.ID, matters.Deciding{Lead: d.water, Reason: "市政管网由水务局管，不要再推。"}))

		whole = d.get(slip.Number)
		w = whole.Matter
		if w.State != matters.Dispatched || !w.Decided || w.Lead != d.water || w.TurnUnit != d.water {
			t.Fatalf("decided: %+v", w)
		}
		own, err := m.Get(ctx, d.wu, slip.Number)
		if err != nil || slices.Contains(own.Acts, matters.SendBack) || own.Hindered[matters.SendBack] == nil {
			t.Errorf("the unit may return what was decided: %v, %v", own.Acts, err)
		}
		err = m.SendBack(ctx, d.wu, slip.ID, "还是不归我们管。")
		if es := errs.Public(err); errs.KindOf(err) != errs.Conflict || len(es) != 1 || es[0].Key != "matter.decided" {
			t.Errorf("returned again: %v", err)
		}
		d.must(m.Take(ctx, d.wu, slip.ID, ""))
		if err := m.SendBack(ctx, d.wu, slip.ID, "还是不归我们管。"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("returned while handling: %v", err)
		}
		if err := m.Decide(ctx, d.sun, slip.ID, matters.Deciding{Lead: police.ID, Reason: "改给派出所。"}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("decided twice: %v", err)
		}

		// The reporter reads to whom it went, not why the units quarrelled.
		mine, err := m.Get(ctx, d.resident, slip.Number)
		if err != nil {
			t.Fatal(err)
		}
		decided := 0
		for _, p := range mine.Steps {
			if p.Act == matters.SendBack || p.Act == matters.Decide && p.Words != "" {
				t.Errorf("the reporter reads %+v", p)
			}
			if p.Act == matters.Decide && p.ToUnit == d.water {
				decided++
			}
		}
		if decided != 1 {
			t.Errorf("the reporter reads %d decisions", decided)
		}
		// Each stage has ended as whose it was: the decision is the command's, not the centre's.
		x, err := m.Explain(ctx, scope.Program("test"), slip.Number)
		if err != nil {
			t.Fatal(err)
		}
		var by []string
		for _, k := range x.Clocks {
			if k.Ended != nil && k.Run.Stage == matters.StageDispatch {
				u, _ := town.Orgs.Directory().Unit(k.Ended.Unit)
				by = append(by, string(u.Kind))
			}
		}
		if !slices.Equal(by, []string{"centre", "centre", "street"}) {
			t.Errorf("the stages of dispatching are of %v", by)
		}
		d.verifyTrail()
	})
}
