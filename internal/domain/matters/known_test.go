// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"crypto/rand"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// What a process remembers of a matter is not believed once another has done
// something to it: each goes on from where the other was.
func TestWhatAnotherProcessDidIsSeen(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, here := t.Context(), d.Matters
		there := matters.New(matters.Needs{DB: d.DB, Places: d.Places, Orgs: d.Orgs, People: d.People, Calendars: d.Calendars,
			Seal: d.Box, Bus: bus.New(), Random: rand.Reader, Catalogue: here.Catalogue()})
		slip := d.raise(d.resident, nil)
		fits := func() {
			t.Helper()
			for _, s := range []*matters.Service{here, there} {
				d.must(matters.Fits(ctx, s, slip.ID))
			}
		}
		d.must(there.Accept(ctx, d.zhao, slip.ID))
		fits()
		if m, err := here.ToAct(ctx, d.zhao, slip.Number); err != nil || m.State != matters.Received {
			t.Errorf("what is remembered here is %s, %v", m.State, err)
		}
		if m, _, err := here.Matter(ctx, d.zhao, slip.Number); err != nil || m.State != matters.Accepted {
			t.Errorf("the matter is %s here, %v", m.State, err)
		}
		d.refused("accepted there already", here.Accept(ctx, d.zhao, slip.ID), "matter.move.after")
		d.must(here.Classify(ctx, d.zhao, slip.ID, matters.Classifying{Category: "drain", Answers: d.answers("drain")}))
		d.refused("classified here already", there.Accept(ctx, d.zhao, slip.ID), "matter.move.after")
		d.must(there.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: d.water}))
		fits()
		d.must(here.Take(ctx, d.wu, slip.ID, ""))
		d.must(there.Support(ctx, stranger, slip.ID, matters.Supporting{Browser: "x", Words: "我家也臭", Public: true})) // beside the road
		d.must(here.Handle(ctx, d.wu, slip.ID, "三月三日已请师傅疏通。"))
		fits()
		if m := d.get(slip.Number).Matter; m.Supporters != 1 || m.State != matters.Handled {
			t.Errorf("%d supporters, %s", m.Supporters, m.State)
		}
		d.must(there.Moderate(ctx, d.zhao, slip.ID, matters.Moderating{Part: "all", Reason: "写了别人家的门牌"}))
		if _, _, err := here.Matter(ctx, stranger, slip.Number); errs.KindOf(err) != errs.NotFound {
			t.Errorf("what was hidden there is shown here: %v", err)
		}
		if err := here.Support(ctx, stranger, slip.ID, matters.Supporting{Browser: "y", Public: true}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("and can be acted on: %v", err)
		}
		fits()
		d.verifyTrail()
	})
}

func TestNoMoreIsRememberedThanHasItsUse(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, matters.KnownMost, 3*matters.KnownMost + 1} {
		if ms, numbers, last := matters.KnownAfter(n); ms > matters.KnownMost || numbers != ms || !last {
			t.Errorf("after %d: %d matters and %d numbers are remembered, the last among them: %v", n, ms, numbers, last)
		}
	}
}

// Who may not see a matter is not told by what is remembered of it that it is there.
func TestToActIsForThoseWhoSeeTheMatter(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	d := newDesk(t, town)
	slip := d.raise(d.resident, func(in *matters.Raising) { in.Public = false })
	for _, who := range []scope.Actor{stranger, town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()} {
		if _, err := d.Matters.ToAct(t.Context(), who, slip.Number); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%s: %v", who.Kind, err)
		}
	}
	for _, who := range []scope.Actor{d.resident, d.zhao, {Kind: scope.Anonymous, Slips: []matters.ID{slip.ID}}} {
		if m, err := d.Matters.ToAct(t.Context(), who, " "+slip.Number); err != nil || m.ID != slip.ID {
			t.Errorf("%s: %v", who.Kind, err)
		}
	}
}
