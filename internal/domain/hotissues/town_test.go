// SPDX-License-Identifier: Apache-2.0

package hotissues_test

import (
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/hotissues"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// In the town: what several people raised at one place is an issue, private words
// make no name, hand decisions win over every later counting, and a proposal stands.
func TestTown(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		ctx, zhao, sun := t.Context(), town.As("zhao"), town.As("sun")
		baota := town.Place("文君街道", "宝塔社区")[scope.Village]
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		raise := func(n int, body string, public bool) {
			t.Helper()
			who := scope.Actor{Kind: scope.Resident, Resident: id.ID(1000 + n), Name: "甲"}
			_, err := town.Matters.Raise(ctx, who, matters.Raising{Body: body, Place: baota, Public: public})
			must(err)
			town.Clock.Add(3 * time.Hour)
		}
		for i, body := range []string{"桂花小区晚上水压太低，四楼以上没水用", "桂花小区水压低，热水器打不燃", "桂花小区自来水水压低得很，洗澡都不行", "桂花小区又没有水，水压太低"} {
			raise(i, body, i != 3)
		}
		for i, body := range []string{"鹤林街夜市吵得睡不着，半夜还在放音响", "鹤林街夜市摆摊到半夜，音响吵人睡不着", "鹤林街夜市音响吵，扰民"} {
			raise(10+i, body, false)
		}
		must(town.Hot.Count(ctx))
		inside, err := town.Hot.List(ctx, zhao, hotissues.Filter{})
		must(err)
		open, err := town.Hot.List(ctx, scope.Actor{Kind: scope.Anonymous}, hotissues.Filter{})
		must(err)
		if len(inside) != 2 || len(open) != 1 {
			t.Fatalf("%d for the desk, %d for everybody: %+v", len(inside), len(open), inside)
		}
		water, market := inside[0], inside[1]
		if water.Name == "" || water.Heat.People != 4 || water.OpenHeat.People != 3 || open[0].ID != water.ID {
			t.Errorf("%+v", water)
		}
		if market.Name != "" || market.OpenHeat.Total != 0 || market.Heat.People != 3 {
			t.Errorf("what only private words say has a name or an open heat: %+v", market)
		}
		zhou := scope.Actor{Kind: scope.Resident, Resident: 7}
		if _, _, err := town.Hot.Get(ctx, zhou, market.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a resident reads a private issue: %v", err)
		}
		if err := town.Hot.Merge(ctx, zhou, water.ID, market.ID); errs.KindOf(err) != errs.Denied {
			t.Errorf("a resident merges: %v", err)
		}

		// Counted again, it is the same.
		must(town.Hot.Count(ctx))
		again, _, err := town.Hot.Get(ctx, zhao, water.ID)
		must(err)
		if again.Heat != water.Heat || again.Name != water.Name {
			t.Errorf("counted again: %+v, was %+v", again, water)
		}

		// By hand: one issue of both, then one matter apart, and counting leaves it so.
		must(town.Hot.Merge(ctx, zhao, water.ID, market.ID))
		must(town.Hot.Count(ctx))
		_, members, err := town.Hot.Get(ctx, zhao, water.ID)
		must(err)
		if len(members) != 7 {
			t.Fatalf("%d members after merging", len(members))
		}
		apart, err := town.Hot.Split(ctx, zhao, water.ID, []id.ID{members[0].Matter, members[1].Matter})
		must(err)
		must(town.Hot.Count(ctx))
		for issue, want := range map[id.ID]int{water.ID: 5, apart: 2} {
			if _, ms, err := town.Hot.Get(ctx, zhao, issue); err != nil || len(ms) != want {
				t.Errorf("%d members after splitting, want %d: %v", len(ms), want, err)
			}
		}
		if _, err := town.Hot.Split(ctx, zhao, apart, nil); errs.KindOf(err) != errs.Invalid {
			t.Errorf("split off nothing: %v", err)
		}

		// What is raised later about the same comes to it.
		raise(20, "桂花小区水压低，四楼没水用", true)
		must(town.Hot.Count(ctx))
		total := 0
		for _, issue := range []id.ID{water.ID, apart} {
			_, ms, err := town.Hot.Get(ctx, zhao, issue)
			must(err)
			total += len(ms)
		}
		if total != 8 {
			t.Errorf("%d members with the new one", total)
		}

		if err := town.Hot.Propose(ctx, zhao, water.ID, "反映的人多，请议一议。"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher proposes: %v", err)
		}
		must(town.Hot.Propose(ctx, sun, water.ID, "反映的人多，请议一议。"))
		if err := town.Hot.Propose(ctx, sun, water.ID, "反映的人多，请议一议。"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("proposed twice: %v", err)
		}
		town.Clock.Add(200 * 24 * time.Hour)
		must(town.Hot.Count(ctx))
		left, err := town.Hot.List(ctx, zhao, hotissues.Filter{})
		must(err)
		if len(left) != 1 || left[0].ID != water.ID || left[0].ProposedBy == "" {
			t.Errorf("half a year later, the proposed one is left: %+v", left)
		}
		must(town.Hot.Recall(ctx, sun, water.ID))
		must(town.Hot.Count(ctx))
		if left, _ := town.Hot.List(ctx, zhao, hotissues.Filter{}); len(left) != 0 {
			t.Errorf("%+v", left)
		}
	})
}
