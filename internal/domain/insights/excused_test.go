// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"context"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
)

// excuse appeals for what was handled late in the last year, and has every second of
// that granted at once and every other after a review: today, of ends long before.
func excuse(t *testing.T, w *apptest.Town, p insights.Period) {
	t.Helper()
	ctx, by := t.Context(), scope.Program("test")
	before, err := w.Insights.Count(ctx, by, insights.All, insights.Period{From: p.To - 400, To: p.To})
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	closed, err := w.Matters.List(ctx, by, matters.Filter{States: []matters.State{matters.Closed}, Most: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, card := range closed.Cards {
		if w.Matters.Appeal(ctx, by, card.ID, "连下暴雨，进不了场。") != nil {
			continue // it was in time, or has been appealed
		}
		do := []func(context.Context, scope.Actor, matters.ID, string) error{w.Matters.GrantAppeal}
		if n%2 == 1 {
			do = []func(context.Context, scope.Actor, matters.ID, string) error{w.Matters.RefuseAppeal, w.Matters.AskReview, w.Matters.GrantReview}
		}
		for _, f := range do {
			if err := f(ctx, by, card.ID, "有值班记录，属实。"); err != nil {
				t.Fatal(err)
			}
		}
		n++
	}
	after, err := w.Insights.Count(ctx, by, insights.All, insights.Period{From: p.To - 400, To: p.To})
	if err != nil {
		t.Fatal(err)
	}
	if got := after.Whole().Of(insights.Excused) - before.Whole().Of(insights.Excused); n < 3 || got != n {
		t.Fatalf("%d were excused and %d more are counted", n, got)
	}
	f, err := insights.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rate, _ := f.Rate("handle")
	was, is := rate.Work(before.Whole()), rate.Work(after.Whole())
	if is.Of != was.Of-n || is.Done != was.Done || is.Excluded != was.Excluded+n {
		t.Errorf("of %+v became %+v, with %d excused", was, is, n)
	}
}
