// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"os"
	"slices"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/kit/when"
)

// livedEach runs f in a town in which a small year has passed, on each engine.
func livedEach(t *testing.T, f func(t *testing.T, w *apptest.Town)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, apptest.Lived(t))
	})
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			f(t, apptest.LivedPostgres(t))
		})
	}
}

// everyLimit is a change of every limit there is: to what it is, unless to says
// otherwise.
func everyLimit(w *apptest.Town, to func(matters.LimitChange) when.Limit) (cs []matters.LimitChange) {
	add := func(code string, urgent bool) {
		for _, stage := range matters.Stages() {
			c := matters.LimitChange{Category: code, Urgent: urgent, Stage: stage}
			c.Limit, _ = w.Matters.CurrentLimit(c)
			if to != nil {
				c.Limit = to(c)
			}
			cs = append(cs, c)
		}
	}
	add("", false)
	for _, k := range w.Matters.Catalogue().Categories {
		add(k.Code, false)
		if k.Limits.Urgent != nil {
			add(k.Code, true)
		}
	}
	return cs
}

// The limits as they are make of a year what it was; one hour for everything makes
// late what took longer, as each matter's own clock says when it is derived again.
func TestTriesLimits(t *testing.T) {
	t.Parallel()
	livedEach(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin := t.Context(), w.As("admin")
		same, err := w.Matters.TryLimits(ctx, admin, everyLimit(w, nil), 13)
		if err != nil || same.Ended < 300 || len(same.Newly)+len(same.NoLonger) != 0 || same.Late != same.Later || same.Late == 0 {
			t.Fatalf("as they are: %d ended, %d late, %d later, %d newly, %d no longer, %v", same.Ended, same.Late, same.Later, len(same.Newly), len(same.NoLonger), err)
		}
		hour := when.Limit{N: 1, Unit: when.UrgentHours}
		hard, err := w.Matters.TryLimits(ctx, admin, everyLimit(w, func(c matters.LimitChange) when.Limit {
			if c.Stage == matters.StageHandle {
				return hour
			}
			l, _ := w.Matters.CurrentLimit(c)
			return l
		}), 13)
		if err != nil || hard.Ended != same.Ended || hard.Later <= same.Late || len(hard.NoLonger) != 0 || len(hard.Newly) != hard.Later-hard.Late {
			t.Fatalf("an hour to handle: %d late, %d later, %d newly, %v", hard.Late, hard.Later, len(hard.Newly), err)
		}
		seen := 0
		for _, x := range hard.Newly {
			if x.Stage != matters.StageHandle {
				continue
			}
			cards, err := w.Matters.Cards(ctx, w.As("audit"), []matters.ID{x.Matter})
			if err != nil || len(cards) != 1 {
				t.Fatal(cards, err)
			}
			ex, err := w.Matters.Explain(ctx, w.As("audit"), cards[0].Number)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range ex.Clocks {
				if k.Ended == nil || k.Run.Stage != matters.StageHandle || !k.Ended.EndedAt.Equal(x.EndedAt) || len(k.Run.Legs) != 1 || len(k.Ended.Stops) > 0 {
					continue
				}
				seen++
				if want := w.Calendars.At(k.Run.Calendar, k.Run.Unit).Add(k.Run.Begun(), hour); !x.Would.Equal(want) || !x.Due.Equal(k.Ended.Due) || !x.EndedAt.After(want) {
					t.Errorf("%s would have been due %s, counted by hand %s", cards[0].Number, x.Would, want)
				}
			}
		}
		if seen < 10 {
			t.Errorf("only %d were counted by hand", seen)
		}
		sum := func(xs []matters.TriedSum) (n, late, later int) {
			for _, x := range xs {
				n, late, later = n+x.Ended, late+x.Late, later+x.Later
			}
			return n, late, later
		}
		for _, xs := range [][]matters.TriedSum{hard.Category, hard.Unit} {
			if n, late, later := sum(xs); n != hard.Ended || late != hard.Late || later != hard.Later || len(xs) < 2 {
				t.Errorf("the parts make %d, %d, %d", n, late, later)
			}
		}
		easy, err := w.Matters.TryLimits(ctx, admin, everyLimit(w, func(matters.LimitChange) when.Limit { return when.Limit{N: 900, Unit: when.CalendarDays} }), 13)
		if err != nil || easy.Later != 0 || len(easy.NoLonger) != same.Late || len(easy.Newly) != 0 {
			t.Errorf("900 days for everything: %d late, %d no longer of %d, %v", easy.Later, len(easy.NoLonger), same.Late, err)
		}
		if _, err := w.Matters.TryLimits(ctx, w.As("zhao"), everyLimit(w, nil), 3); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher tries: %v", err)
		}
		if _, err := w.Matters.TryLimits(ctx, admin, nil, 3); errs.KindOf(err) != errs.Invalid {
			t.Errorf("nothing is tried: %v", err)
		}
		if _, err := w.Matters.TryLimits(ctx, admin, everyLimit(w, nil), 25); errs.KindOf(err) != errs.Invalid {
			t.Errorf("on 25 months: %v", err)
		}
	})
}

// What was tried is put in use together, with a reason, and what has begun keeps its
// limits.
func TestPutsLimitsInUse(t *testing.T) {
	t.Parallel()
	livedEach(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin := t.Context(), w.As("admin")
		k, _ := w.Matters.Catalogue().Get("lamp")
		cs, err := w.Matters.ReadChanges("类别，环节，时限\n# 修得快一些\n" + k.Name.ZH + ", 办理, 2个工作日\nusual,accept,2 working hours\nlamp;verify;3 working hours\n")
		if err != nil || len(cs) != 3 || cs[0] != (matters.LimitChange{Category: "lamp", Stage: matters.StageHandle, Limit: days(2)}) || cs[1].Category != "" {
			t.Fatalf("%+v, %v", cs, err)
		}
		var was []when.Limit
		for _, c := range cs {
			l, _ := w.Matters.CurrentLimit(c)
			was = append(was, l)
		}
		for what, err := range map[string]error{
			"without a reason":   w.Matters.SetLimits(ctx, admin, cs, was, " "),
			"for something else": w.Matters.SetLimits(ctx, admin, cs[:1], []when.Limit{days(77)}, "修得快"),
			"by a dispatcher":    w.Matters.SetLimits(ctx, w.As("zhao"), cs, was, "修得快"),
		} {
			if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict && k != errs.Denied {
				t.Errorf("%s: %v", what, err)
			}
		}
		page, err := w.Matters.List(ctx, w.As("audit"), matters.Filter{Open: true, Category: "lamp", Most: 50})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Matters.SetLimits(ctx, admin, cs, was, "灯修得快了，时限也该短"); err != nil {
			t.Fatal(err)
		}
		for _, c := range cs {
			if l, _ := w.Matters.CurrentLimit(c); l != c.Limit {
				t.Errorf("%s is %s", c, l)
			}
		}
		after, err := w.Matters.List(ctx, w.As("audit"), matters.Filter{Open: true, Category: "lamp", Most: 50})
		if err != nil || !slices.EqualFunc(page.Cards, after.Cards, func(a, b matters.Card) bool { return a.ID == b.ID && a.Due.Equal(b.Due) }) {
			t.Errorf("what had begun has other ends: %v", err)
		}
		if _, err := w.Sealer.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		if rep, err := trail.Verify(ctx, w.DB, trail.Options{Now: w.DB.Now(), Records: w.Records()}); err != nil || !rep.OK {
			t.Errorf("the trail: %+v, %v", rep.FirstFault, err)
		}
	})
}

func TestReadsChanges(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	for text, key := range map[string]string{
		"": "limits.many", "lamp": "limits.line", "lamp, 办理": "limits.line", "no-such, 办理, 5个工作日": "limits.category", "lamp, 吃饭, 5个工作日": "limits.stage",
		"lamp, handle, soon": "limits.limit", "lamp, handle, 5 working days, at once": "limits.line", "lamp, handle, 2 hours\nlamp, 办理, 3 hours": "limits.twice", "usual, handle, 2 hours, urgent": "limits.urgent",
		"lamp, handle, 1001 days": "limits.limit",
	} {
		_, err := w.Matters.ReadChanges(text)
		if es := errs.Public(err); len(es) != 1 || es[0].Key != key || es[0].Field != "changes" {
			t.Errorf("%q: %v, want %s", text, err, key)
		}
	}
	cs, err := w.Matters.ReadChanges("lamp\thandle\t\"5 working days\"\n\nusual, 核查, 4工作时")
	if err != nil || len(cs) != 2 {
		t.Fatal(cs, err)
	}
	again, err := w.Matters.ReadChanges(cs[0].String() + "\n" + cs[1].String())
	if err != nil || !slices.Equal(cs, again) {
		t.Errorf("%v read back as %v, %v", cs, again, err)
	}
}
