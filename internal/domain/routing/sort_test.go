// SPDX-License-Identifier: Apache-2.0

package routing_test

import (
	"fmt"
	"slices"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// taught is a town that has learnt its own words of two categories.
func taught(t *testing.T, w *apptest.Town) {
	t.Helper()
	closed(t, w, 240, func(category string, at scope.Path) id.ID {
		k, _ := w.Matters.Catalogue().Get(category)
		u, ok := w.Orgs.Directory().Responsible(k.Unit, at)
		if !ok {
			t.Fatalf("nobody leads %s", category)
		}
		return u.ID
	})
	if err := w.Routing.Learn(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// allow lets the program sort a category.
func allow(t *testing.T, w *apptest.Town, category string, a routing.Allowance, sample int) {
	t.Helper()
	now, err := w.Routing.Allowances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Routing.Allow(t.Context(), w.As("admin"), category, &a, sample, now.Version, "试一个月，看准不准。"); err != nil {
		t.Fatal(err)
	}
}

// told raises a matter in the town's own words and lets the followers hear of it.
func told(t *testing.T, w *apptest.Town, body, category string) matters.Whole {
	t.Helper()
	slip, err := w.Matters.Raise(t.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: body, Category: category, Answers: answers(w, category), Place: w.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return whole(t, w, slip.Number)
}

func whole(t *testing.T, w *apptest.Town, number string) matters.Whole {
	t.Helper()
	x, err := w.Matters.Get(t.Context(), w.As("zhao"), number)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

const (
	dark  = "月亮杆子黑起了，月亮杆子又黑了，晚上看不清路"
	drain = "唱歌洞又响了，门口那个唱歌洞冒水，味道大得很"
)

// Nothing is sorted without a person until it is allowed; then it is, by the same
// moves, with a mark, a row of the trail and the words; a clerk sets it right, and
// that is what the program is measured by.
func TestSortsWhatIsAllowed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx := t.Context()
		taught(t, w)
		if x := told(t, w, dark, ""); x.Matter.State != matters.Received || x.SortedBy() != matters.ByNobody {
			t.Fatalf("sorted though nothing is allowed: %s", x.Matter.State)
		}
		allow(t, w, "lamp", routing.Allowance{Percent: 60, Promise: 80, Accept: true, Dispatch: true}, 100)
		if x := told(t, w, drain, ""); x.Matter.State != matters.Received {
			t.Errorf("a category that is not allowed was sorted: %s", x.Matter.State)
		}
		if x := told(t, w, dark, "drain"); x.Matter.State != matters.Received {
			t.Errorf("the reporter says drain, and it is %s in %q", x.Matter.State, x.Matter.Category)
		}
		x := told(t, w, "巷子里的月亮杆子黑了三天了", "")
		m := x.Matter
		k, _ := w.Matters.Catalogue().Get("lamp")
		u, _ := w.Orgs.Directory().Responsible(k.Unit, m.Path)
		if m.State != matters.Classified && m.State != matters.Dispatched || m.Category != "lamp" || x.SortedBy() != matters.ByProgram || m.Acceptor != 0 {
			t.Fatalf("%s in %q, by %d", m.State, m.Category, x.SortedBy())
		}
		got, ok, err := w.Routing.SortingOf(ctx, x)
		if err != nil || !ok || got.Category != "lamp" || got.Trial == 0 || got.Confidence < 0.6 || len(got.Words) == 0 || got.Judged() {
			t.Fatalf("%+v, %v", got, err)
		}
		if m.State == matters.Dispatched && (m.Lead != u.ID || got.Unit != u.ID) {
			t.Errorf("sent to %d, not %d", m.Lead, u.ID)
		}
		for _, p := range x.Steps {
			if !p.Public || p.Actor != matters.Sorter {
				t.Errorf("the step %s of %q is not for everybody", p.Act, p.Actor)
			}
		}

		// A clerk sets it right, with one act, and the program remembers.
		if err := w.Matters.Correct(ctx, w.As("wu"), m.ID, "drain", ""); errs.KindOf(err) != errs.Denied {
			t.Errorf("the unit corrects: %v", err)
		}
		if err := w.Matters.Correct(ctx, w.As("zhao"), m.ID, "drain", "是唱歌洞，不是路灯。"); err != nil {
			t.Fatal(err)
		}
		x = whole(t, w, m.Number)
		if x.Matter.State != matters.Classified || x.Matter.Category != "drain" || x.Matter.Lead != 0 || x.SortedBy() != matters.ByPerson {
			t.Errorf("after it was set right: %s, %q, by %d", x.Matter.State, x.Matter.Category, x.SortedBy())
		}
		if got, _, err := w.Routing.SortingOf(ctx, x); err != nil || got.Verdict != routing.Wrong || got.InCategory != "drain" {
			t.Errorf("%+v, %v", got, err)
		}
		if err := w.Matters.Confirm(ctx, w.As("zhao"), m.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("confirmed what a person sorted: %v", err)
		}

		// The next is confirmed.
		x = told(t, w, "桥头的月亮杆子不亮，黑得很", "")
		if err := w.Matters.Confirm(ctx, w.As("zhao"), x.Matter.ID); err != nil {
			t.Fatal(err)
		}
		x = whole(t, w, x.Matter.Number)
		if got, _, err := w.Routing.SortingOf(ctx, x); err != nil || got.Verdict != routing.Right || x.SortedBy() != matters.ByConfirmed {
			t.Errorf("%+v, by %d, %v", got, x.SortedBy(), err)
		}

		ts, err := w.Routing.Tallies(ctx, w.As("audit"))
		if err != nil || ts["lamp"] != (routing.Tally{Sorted: 2, Right: 1, Judged: 2, Wrong: 1}) {
			t.Errorf("%+v, %v", ts, err)
		}
		for _, who := range []string{"zhao", "audit"} {
			ls, more, err := w.Routing.Sortings(ctx, w.As(who), routing.Mistaken, "", 0, 10)
			if err != nil || more || len(ls) != 1 || ls[0].Card.Number != m.Number {
				t.Errorf("%s reads %+v, %v", who, ls, err)
			}
		}
		if _, _, err := w.Routing.Sortings(ctx, scope.Actor{Kind: scope.Anonymous}, routing.Every, "", 0, 10); errs.KindOf(err) != errs.Denied {
			t.Errorf("anybody reads the list: %v", err)
		}
		if _, err := w.Sealer.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		if rep, err := trail.Verify(ctx, w.DB, trail.Options{Now: w.Clock.Now(), Records: w.Records()}); err != nil || !rep.OK {
			t.Errorf("the trail: %+v, %v", rep.FirstFault, err)
		}
	})
}

// A written rule that says which category goes before what was learnt: the matter
// waits for a person, who finds the rule's.
func TestRuledGoesBeforeLearnt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin := t.Context(), w.As("admin")
		taught(t, w)
		allow(t, w, "lamp", routing.Allowance{Percent: 60, Promise: 80, Accept: true}, 100)
		rule := routing.Rule{Name: "说到桥头的归排水", When: routing.When{Any: []string{"桥头"}}, Gives: routing.Gives{Category: "drain", Lead: routing.Target{Way: routing.Named, Unit: w.As("wu").Unit}}}
		_, draft, err := w.Routing.Rules(ctx, admin)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Routing.ReplaceRules(ctx, admin, draft.Version, routing.Rules{rule}); err != nil {
			t.Fatal(err)
		}
		if _, draft, err = w.Routing.Rules(ctx, admin); err != nil {
			t.Fatal(err)
		}
		if err := w.Routing.PutInUse(ctx, admin, draft.Version, "测试要用。"); err != nil {
			t.Fatal(err)
		}
		if x := told(t, w, "桥头的月亮杆子不亮，黑得很", ""); x.Matter.State != matters.Received {
			t.Errorf("sorted as %q against a rule: %s", x.Matter.Category, x.Matter.State)
		}
		if x := told(t, w, "巷子里的月亮杆子黑了三天了", ""); x.Matter.Category != "lamp" {
			t.Errorf("what no rule speaks of is not sorted: %s", x.Matter.State)
		}
	})
}

// Every so manieth goes to a person, by whom it is measured.
func TestSamplesGoToPersons(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx := t.Context()
		taught(t, w)
		allow(t, w, "lamp", routing.Allowance{Percent: 60, Promise: 80}, 3)
		var states []matters.State
		var last matters.Whole
		for i := range 6 {
			x := told(t, w, fmt.Sprintf("%d号院的月亮杆子黑起了，月亮杆子不亮", i), "")
			if x.Matter.State != matters.Received {
				t.Fatalf("accepted though that is not allowed: %s", x.Matter.State)
			}
			if err := w.Matters.Accept(ctx, w.As("zhao"), x.Matter.ID); err != nil {
				t.Fatal(err)
			}
			if err := w.CatchUp(ctx); err != nil {
				t.Fatal(err)
			}
			last = whole(t, w, x.Matter.Number)
			states = append(states, last.Matter.State)
		}
		c, a := matters.Classified, matters.Accepted
		if want := []matters.State{c, c, a, c, c, a}; !slices.Equal(states, want) {
			t.Fatalf("%v, want %v", states, want)
		}
		if err := w.Matters.Classify(ctx, w.As("zhao"), last.Matter.ID, matters.Classifying{Category: "drain"}); err != nil {
			t.Fatal(err)
		}
		got, _, err := w.Routing.SortingOf(ctx, whole(t, w, last.Matter.Number))
		if err != nil || !got.Sample || got.Verdict != routing.Wrong || got.InCategory != "drain" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// What does not keep its promise is taken back, who gave it reads why, and what the
// program sorted alone teaches it nothing.
func TestBrokenPromiseIsTakenBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx := t.Context()
		taught(t, w)
		allow(t, w, "lamp", routing.Allowance{Percent: 60, Promise: 95, Accept: true}, 100)
		for i := range 3 {
			x := told(t, w, fmt.Sprintf("%d号院的月亮杆子黑起了，月亮杆子不亮", i), "")
			if i == 2 {
				if x.Matter.State != matters.Received {
					t.Errorf("sorted after it was taken back: %s", x.Matter.State)
				}
				break
			}
			if err := w.Matters.Correct(ctx, w.As("zhao"), x.Matter.ID, "drain", ""); err != nil {
				t.Fatal(err)
			}
		}
		a, err := w.Routing.Allowances(ctx)
		stop := a.Stopped["lamp"]
		if err != nil || len(a.Categories) != 0 || stop.Judged != 2 || stop.Right != 0 || stop.Promise != 95 {
			t.Fatalf("%+v, %v", a, err)
		}
		vs, err := w.Routing.Versions(ctx, w.As("admin"), 10)
		if err != nil || len(vs) != 2 || vs[0].Actor != "routing" || vs[0].Note != "" || vs[1].Note == "" {
			t.Errorf("%+v, %v", vs, err)
		}
	})
}

func TestBroken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		promise, right, judged int
		want                   bool
	}{
		{95, 1, 1, false}, {95, 0, 1, false}, {95, 1, 3, true}, {95, 19, 20, false}, {95, 18, 20, true}, {95, 48, 50, false}, {95, 47, 50, true}, {50, 10, 20, false}, {99, 19, 20, true}, {80, 0, 0, false},
	} {
		if got := routing.Broken(c.promise, c.right, c.judged); got != c.want {
			t.Errorf("%d of %d, %d promised: %v", c.right, c.judged, c.promise, got)
		}
	}
}

// What the program sorted and nobody looked at is no lesson; what a person confirmed
// or set right is.
func TestLearnsNothingFromItself(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx := t.Context()
		taught(t, w)
		state := func() routing.Trial {
			t.Helper()
			if err := w.Routing.Learn(ctx); err != nil {
				t.Fatal(err)
			}
			st, err := w.Routing.State(ctx, w.As("admin"), routing.Category, 1)
			if err != nil {
				t.Fatal(err)
			}
			return st.Trials[0]
		}
		allow(t, w, "lamp", routing.Allowance{Percent: 60, Promise: 80, Accept: true}, 100)
		for i := range 3 {
			x := told(t, w, fmt.Sprintf("%d号院的月亮杆子黑起了，月亮杆子不亮", i), "")
			if i == 0 {
				if err := w.Matters.Confirm(ctx, w.As("zhao"), x.Matter.ID); err != nil {
					t.Fatal(err)
				}
			}
			through(t, w, x.Matter)
		}
		if n := state(); n.Learnt+n.Tested != 241 {
			t.Errorf("learnt from %d, want the 240 of before and the one that was confirmed", n.Learnt+n.Tested)
		}
		ls, _, err := w.Routing.Sortings(ctx, w.As("zhao"), routing.Every, "", 0, 10)
		if err != nil || len(ls) != 3 || ls[0].Verdict != routing.Kept || ls[2].Verdict != routing.Right {
			t.Errorf("%+v, %v", ls, err)
		}
	})
}

// through brings a classified matter to its end.
func through(t *testing.T, w *apptest.Town, m matters.Matter) {
	t.Helper()
	ctx, wu := t.Context(), w.As("wu")
	for _, err := range []error{
		w.Matters.Dispatch(ctx, w.As("zhao"), m.ID, matters.Dispatching{Lead: wu.Unit}),
		w.Matters.Take(ctx, wu, m.ID, ""),
		w.Matters.Handle(ctx, wu, m.ID, "换了灯，已经亮了。"),
		w.Matters.Verify(ctx, w.As("zheng"), m.ID, true, ""),
		w.Matters.Close(ctx, w.As("zhao"), m.ID, ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A threshold is tried on months that the model has not seen.
func TestTriesAnAllowance(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin := t.Context(), w.As("admin")
		taught(t, w)
		got, err := w.Routing.TryAllowance(ctx, admin, "lamp", routing.Allowance{Percent: 60, Dispatch: true}, 1)
		if err != nil || got.Learnt < 100 || got.Looked == 0 || got.Learnt+got.Looked != 240 || len(got.Matters) != got.Looked/2 || got.Wrong() != 0 || got.Right() != len(got.Matters) {
			t.Fatalf("%d learnt, %d looked at, %d right, %d wrong, %v", got.Learnt, got.Looked, got.Right(), got.Wrong(), err)
		}
		if got.UnitWrong() != 0 || got.UnitRight() != got.Right() {
			t.Errorf("units: %d right, %d wrong", got.UnitRight(), got.UnitWrong())
		}
		if none, err := w.Routing.TryAllowance(ctx, admin, "lamp", routing.Allowance{Percent: 99}, 1); err != nil || len(none.Matters) > len(got.Matters) {
			t.Errorf("a higher threshold sorts more: %d, %v", len(none.Matters), err)
		}
		if _, err := w.Routing.TryAllowance(ctx, admin, "lamp", routing.Allowance{Percent: 60}, 12); errs.KindOf(err) != errs.Invalid {
			t.Errorf("tried with nothing from before: %v", err)
		}
		if _, err := w.Routing.TryAllowance(ctx, w.As("zhao"), "lamp", routing.Allowance{Percent: 60}, 1); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher tries: %v", err)
		}
		for _, bad := range []struct {
			category string
			a        routing.Allowance
			sample   int
			note     string
		}{
			{"lamp", routing.Allowance{Percent: 40, Promise: 90}, 20, "试一下"}, {"lamp", routing.Allowance{Percent: 90, Promise: 100}, 20, "试一下"},
			{"lamp", routing.Allowance{Percent: 90, Promise: 90}, 1, "试一下"}, {"lamp", routing.Allowance{Percent: 90, Promise: 90}, 20, " "}, {"no-such", routing.Allowance{Percent: 90, Promise: 90}, 20, "试一下"},
		} {
			if err := w.Routing.Allow(ctx, admin, bad.category, &bad.a, bad.sample, 0, bad.note); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := w.Routing.Allow(ctx, w.As("zhao"), "lamp", nil, 20, 0, "试一下"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher allows: %v", err)
		}
		if err := w.Routing.Allow(ctx, admin, "lamp", nil, 20, 7, "试一下"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("from an old version: %v", err)
		}
	})
}
