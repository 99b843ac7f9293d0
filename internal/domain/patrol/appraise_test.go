// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"math"
	"testing"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// What a round should have seen: the rule, case by case.
func TestMissOf(t *testing.T) {
	t.Parallel()
	base := geo.Point{103.46, 30.41}
	raised := time.Date(2026, 3, 5, 2, 0, 0, 0, time.UTC) // ten in the morning there
	slot := patrol.SlotAt(raised)
	duty := pipes
	duty.ID = 1
	seen := func(edit func(e *patrol.Entry)) []patrol.Entry {
		e := patrol.Entry{ID: 9, Slot: slot - 2, Point: 5, At: raised.Add(-24 * time.Hour), Proof: patrol.ByCode, Result: patrol.Nothing, Did: []patrol.Did{{Duty: 1}}}
		if edit != nil {
			edit(&e)
		}
		return []patrol.Entry{e}
	}
	report := patrol.Report{Matter: 3, Category: "manhole", At: geo.Point{103.4605, 30.4102}, RaisedAt: raised}
	for _, tc := range []struct {
		name string
		r    func(r *patrol.Report)
		es   []patrol.Entry
		want bool
	}{
		{"walked by yesterday", nil, seen(nil), true},
		{"walked by three days ago", nil, seen(func(e *patrol.Entry) { e.Slot, e.At = slot-6, raised.Add(-72*time.Hour) }), true},
		{"longer ago", nil, seen(func(e *patrol.Entry) { e.Slot = slot - 7 }), false},
		{"walked by afterwards", nil, seen(func(e *patrol.Entry) { e.At = raised.Add(time.Minute) }), false},
		{"it was found", nil, seen(func(e *patrol.Entry) { e.Result = patrol.Finding }), false},
		{"nothing shows that anybody was there", nil, seen(func(e *patrol.Entry) { e.Proof = patrol.ByWord }), false},
		{"another duty was done", nil, seen(func(e *patrol.Entry) { e.Did = []patrol.Did{{Duty: 2}} }), false},
		{"another category", func(r *patrol.Report) { r.Category = "dog" }, seen(nil), false},
		{"farther away", func(r *patrol.Report) { r.At = geo.Point{103.464, 30.41} }, seen(nil), false},
		{"nobody said where", func(r *patrol.Report) { r.At = geo.Point{} }, seen(nil), false},
	} {
		r := report
		if tc.r != nil {
			tc.r(&r)
		}
		if _, _, ok := patrol.MissOf(r, map[id.ID]patrol.Point{5: {ID: 5, At: base}}, map[id.ID]patrol.Duty{1: duty}, tc.es); ok != tc.want {
			t.Errorf("%s: %v", tc.name, ok)
		}
	}
}

func TestFormula(t *testing.T) {
	t.Parallel()
	f, err := patrol.Shipped()
	if err != nil || f.Check() != nil {
		t.Fatal(err, f.Check())
	}
	p := f.Work(patrol.Tally{Due: 41, Done: 36, Excused: 1, Found: 3, Missed: 1, Entries: 10, Prompt: 10})
	if want := 100 * (0.6*36/40 + 0.3*3/4 + 0.1); math.Abs(p.Points-want) > 1e-9 || p.Low >= p.Points || p.High <= p.Points || math.Abs(p.Weighed-1) > 1e-9 {
		t.Errorf("%+v, want %.3f", p, want)
	}
	if p := f.Work(patrol.Tally{Due: 10, Done: 10}); math.Abs(p.Points-100) > 1e-9 || math.Abs(p.Weighed-0.6) > 1e-9 {
		t.Errorf("of stops alone: %+v", p)
	}
	if p := f.Work(patrol.Tally{}); p.Weighed != 0 {
		t.Errorf("of nothing: %+v", p)
	}
	bad := patrol.Formula{Parts: []patrol.Part{{Rate: patrol.Covered, Weight: 0.5}, {Rate: patrol.Seen, Weight: 0.4}}}
	if err := bad.Check(); errs.KindOf(err) != errs.Invalid {
		t.Errorf("weights of 0.9: %v", err)
	}
}

// A missed stop and an unseen report count, until a second person grants an appeal.
func TestAppeal(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		d, p := w.admitted(pipes), w.point()
		w.given(d, w.grid.ID)
		slot := w.tomorrow()
		_, err := w.Patrol.Enter(ctx, w.As("li"), patrol.Entering{Content: "entry-of-li-000011", Point: p, MadeAt: w.Clock.Now(), Code: w.walk().Points[p].Code})
		w.must(err)
		w.Clock.Add(6 * time.Hour) // the afternoon's is missed
		_, err = w.Patrol.MakeRounds(ctx)
		w.must(err)
		w.Clock.Add(4 * time.Hour)
		zhou := w.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		slip, err := w.Matters.Raise(ctx, zhou, matters.Raising{Body: "供水井盖翘起来了，差点绊倒。", Category: "manhole", Answers: map[string]string{"state": "broken", "hurt": "no"}, Place: w.grid.ID,
			At: &matters.Point{Lon: w.grid.Point[0], Lat: w.grid.Point[1]}, Public: true})
		w.must(err)
		span := patrol.Span{In: scope.Of(w.grid.Path), From: slot.Week(), To: patrol.SlotAt(w.Clock.Now()) + 1}
		look := func() patrol.Appraisal {
			as, _, err := w.Patrol.Appraise(ctx, w.As("li"), span)
			w.must(err)
			if len(as) != 1 {
				t.Fatalf("%d grids", len(as))
			}
			return as[0]
		}
		a := look()
		if a.Tally != (patrol.Tally{Due: 2, Done: 1, Missed: 1, Entries: 1, Prompt: 1}) || len(a.Gaps) != 1 || len(a.Misses) != 1 || a.Misses[0].Matter != slip.ID {
			t.Fatalf("before: %+v", a)
		}
		against := patrol.Against{Grid: w.grid.ID, Slot: slot + 1, Point: p}
		gap, err := w.Patrol.Appeal(ctx, w.As("li"), against, "下午井口围挡施工，进不去。")
		w.must(err)
		_, err = w.Patrol.Appeal(ctx, w.As("li"), against, "再说一遍。")
		w.refused(err, errs.Conflict, "patrol.appeal.again")
		_, err = w.Patrol.Appeal(ctx, w.As("li"), patrol.Against{Grid: w.grid.ID, Slot: slot, Point: p}, "这一处走到了。")
		w.refused(err, errs.NotFound, "patrol.appeal.none")
		miss, err := w.Patrol.Appeal(ctx, w.As("li"), patrol.Against{Grid: w.grid.ID, Matter: slip.ID}, "上午看的时候是好的，下午被车压坏。")
		w.must(err)
		w.refused(w.Patrol.Grant(ctx, w.As("li"), gap, "我自己同意。"), errs.Denied, scope.DeniedNeed)
		w.must(w.Patrol.Grant(ctx, w.As("wang"), gap, "确实在施工。"))
		w.must(w.Patrol.Dismiss(ctx, w.As("sun"), miss, "监控里上午就是坏的。"))
		w.refused(w.Patrol.Grant(ctx, w.As("wang"), miss, "再看看吧。"), errs.Conflict, "patrol.appeal.decided")
		if a = look(); a.Tally.Excused != 1 || a.Tally.Missed != 1 || len(a.Gaps) != 1 {
			t.Errorf("after: %+v", a)
		}
	})
}

// Who walks a grid is written to next morning about what was missed there, once.
func TestTellMissed(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		w.given(w.admitted(pipes), w.grid.ID)
		w.point()
		w.tomorrow()
		w.Clock.Add(24 * time.Hour)
		if n, err := w.Patrol.TellMissed(ctx); err != nil || n != 1 {
			t.Errorf("%d told, %v", n, err)
		}
		if n, err := w.Patrol.TellMissed(ctx); err != nil || n != 0 {
			t.Errorf("%d told again, %v", n, err)
		}
		w.must(w.DB.Read(ctx, func(tx *sqldb.Tx) error {
			morning, _ := patrol.Yesterday(w.Clock.Now())
			for login, want := range map[string]int{"li": 1, "wang": 0} {
				lines, err := w.Patrol.Lines(tx, people.Owner{Kind: people.OwnedByAccount, ID: w.As(login).Account}, []id.ID{id.ID(morning)})
				if err != nil || len(lines) != want {
					t.Errorf("%s: %+v, %v", login, lines, err)
				}
			}
			return nil
		}))
	})
}
