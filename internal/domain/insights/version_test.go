// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"slices"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// faultsOf are the faults of an error, as field and message.
func faultsOf(err error) (keys []string) {
	for _, e := range errs.Public(err) {
		keys = append(keys, e.Field+" "+e.Key)
	}
	slices.Sort(keys)
	return keys
}

// Weights that do not add up to one, a day that has come, and a change without
// reason are refused; a version is in force from its day on, and what was before
// is computed as it was.
func TestRevise(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin := t.Context(), w.As("admin")
		f, err := insights.Shipped()
		if err != nil {
			t.Fatal(err)
		}
		today := insights.DayOf(w.DB.Now())
		unit := slices.IndexFunc(f.Scores, func(s insights.Score) bool { return s.Code == "unit" })
		f.Scores[unit].Parts = slices.Clone(f.Scores[unit].Parts)
		f.Scores[unit].Parts[0].Weight = 0.4
		if got := faultsOf(w.Insights.Revise(ctx, admin, f, today, "改")); !slices.Equal(got, []string{"from insights.formula.past", "reason insights.formula.reason", "weight.unit insights.formula.sum"}) {
			t.Errorf("a bad revision: %v", got)
		}
		f.Scores[unit].Parts[1].Weight = 0
		if err := w.Insights.Revise(ctx, w.As("sun"), f, today+5, "返工看得更重"); errs.KindOf(err) != errs.Denied {
			t.Errorf("who is no administrator revises: %v", err)
		}
		if err := w.Insights.Revise(ctx, admin, f, today+5, "返工看得更重"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			last   insights.Day
			weight float64
		}{{today, 0.1}, {today + 4, 0.1}, {today + 5, 0.4}, {today + 40, 0.4}} {
			v, err := w.Insights.InForce(ctx, admin, insights.Period{From: c.last - 30, To: c.last + 1})
			if err != nil {
				t.Fatal(err)
			}
			if got := v.Formulas.Scores[unit].Parts[0].Weight; got != c.weight {
				t.Errorf("on %s a weight of %v, want %v", c.last, got, c.weight)
			}
		}
	})
}

// Who watches hears that something has happened, once for all of it; when the
// program stops, all listening ends and none begins.
func TestLive(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	w.Serve()
	ear, ok := w.Live.Hear(0)
	if !ok {
		t.Fatal("nobody may listen")
	}
	other, ok := w.Live.Hear(0)
	if !ok {
		t.Fatal("only one may listen")
	}
	other.Close()
	hear := func() (int64, bool) {
		select {
		case n, going := <-ear.C:
			return n, going
		case <-time.After(20 * time.Second):
			t.Fatal("nothing was heard")
		}
		return 0, false
	}
	first, _ := hear() // what there was
	place := w.Place("文君街道", "宝塔社区")[scope.Village]
	for range 3 {
		if _, err := w.Matters.Raise(t.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "路灯不亮。", Place: place, Public: true}); err != nil {
			t.Fatal(err)
		}
	}
	if n, going := hear(); !going || n <= first {
		t.Errorf("heard %d after %d, %v", n, first, going)
	}
	w.Live.Close()
	for going := true; going; {
		_, going = hear()
	}
	if _, ok := w.Live.Hear(0); ok {
		t.Error("somebody listens to a program that has stopped")
	}
}
