// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// Every number equals a slow, separate recount, over fifty random days of the
// simulated year and as many longer periods; also while the counts are behind, and
// after they were forgotten and made anew.
func TestEqualsASlowRecount(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		recountTown(t, apptest.Lived(t), 50)
	})
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			recountTown(t, apptest.LivedPostgres(t), 5)
		})
	}
}

func recountTown(t *testing.T, w *apptest.Town, days int) {
	c := newRecount(t, w)
	rnd := rand.New(rand.NewPCG(20200502, 50))
	today := insights.DayOf(w.DB.Now())
	some := 0
	check := func(p insights.Period) { some += c.equal(t, w, p) }
	check(insights.Period{From: today, To: today + 1})
	for range days {
		d := today - insights.Day(rnd.IntN(365))
		check(insights.Period{From: d, To: d + 1})
		p := insights.Period{From: d, To: d + 1 + insights.Day(rnd.IntN(120))}
		check(p)
		p.Then = true
		check(p)
	}
	t.Logf("%d numbers above zero were counted twice", some)
	if some < 50*days || t.Failed() {
		t.Fatalf("only %d numbers were more than zero", some)
	}

	// What has happened just now is counted, though nobody has kept the counts.
	ctx, zhao := t.Context(), w.As("zhao")
	month := insights.Period{From: today - 20, To: today + 1}
	for _, state := range []matters.State{matters.Received, matters.Accepted, matters.Classified, matters.Verified} {
		page, err := w.Matters.List(ctx, zhao, matters.Filter{States: []matters.State{state}, Most: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, card := range page.Cards {
			switch state {
			case matters.Received:
				err = w.Matters.Accept(ctx, zhao, card.ID)
			case matters.Accepted:
				err = w.Matters.Classify(ctx, zhao, card.ID, matters.Classifying{Category: "lamp", Place: w.Place("文君街道", "宝塔社区")[scope.Village]})
			case matters.Classified:
				err = w.Matters.SendBack(ctx, zhao, card.ID, "类别不对，请重新分类。")
			default:
				err = w.Matters.SendBack(ctx, scope.Program("test"), card.ID, "还没有修好，请再去一次。")
			}
			if err != nil && state != matters.Accepted { // which another desk may have accepted
				t.Fatal(state, err)
			}
		}
	}
	w.Clock.Add(3 * time.Hour)
	if _, err := w.Matters.Raise(ctx, zhao, matters.Raising{Body: "路灯又不亮了。", Place: w.Place("文君街道", "宝塔社区")[scope.Village], Channel: matters.Grid, Public: true, At: &matters.Point{Lat: 30.41717, Lon: 103.46161}}); err != nil {
		t.Fatal(err)
	}
	excuse(t, w, month)
	unit := rateWhatFollows(t, w)
	lag, err := w.Keeper.Lag(ctx)
	if err != nil || lag < 3 {
		t.Fatalf("lag %d, %v: nothing has happened", lag, err)
	}
	c = newRecount(t, w)
	year, then := insights.Period{From: today - 400, To: today + 1}, insights.Period{From: today - 400, To: today - 1, Then: true}
	check(month)
	check(then)
	n, err := w.Insights.Count(ctx, scope.Program("test"), insights.ByUnit, insights.Period{From: insights.DayOf(w.DB.Now()), To: insights.DayOf(w.DB.Now()) + 1})
	if got := n.Sums[strconv.FormatInt(int64(unit), 10)]; err != nil || got.Of(insights.Unsolved) != 1 || got.Of(insights.Dissatisfied) != 1 {
		t.Errorf("a rating of what follows another is not counted for the unit that led it: %v", err)
	}
	roomAgrees(t, w, c)
	opensToAsMany(t, w, month)
	opensToAsMany(t, w, year)
	opensToAsMany(t, w, then)
	check(insights.Period{From: today, To: today + 1})
	if err := w.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	check(month)
	check(then)
	roomAgrees(t, w, c)
	opensToAsMany(t, w, month)
	opensToAsMany(t, w, year)
	opensToAsMany(t, w, then)
	if err := w.Keeper.Anew(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Insights.Count(ctx, zhao, insights.All, month); err != nil || !n.Behind {
		t.Errorf("all counts are forgotten, and nobody is told: %v", err)
	}
	if err := w.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	check(year)
	check(then)
}

// rateWhatFollows has a matter joined to another, this one done by a unit, and the
// joined one rated by its reporter. It returns the unit, which had been rated by
// nobody that day.
func rateWhatFollows(t *testing.T, w *apptest.Town) id.ID {
	t.Helper()
	ctx, by := t.Context(), scope.Program("test")
	path := w.Place("文君街道", "宝塔社区")
	unit := w.As("wu").Unit
	raise := func(n int, body string) id.ID {
		s, err := w.Matters.Raise(ctx, resident(n), matters.Raising{Body: body, Place: path[scope.Village], Public: true})
		if err != nil {
			t.Fatal(err)
		}
		return s.ID
	}
	a, b := raise(4711, "井边的路灯不亮，走路看不见。"), raise(4712, "水井边那盏灯坏了，黑得很。")
	for i, act := range []func() error{
		func() error { return w.Matters.Accept(ctx, by, a) },
		func() error { return w.Matters.Join(ctx, by, b, a, "说的是同一盏灯。") },
		func() error { return w.Matters.Classify(ctx, by, a, matters.Classifying{Category: "lamp"}) },
		func() error { return w.Matters.Dispatch(ctx, by, a, matters.Dispatching{Lead: unit}) },
		func() error { return w.Matters.Take(ctx, by, a, "") },
		func() error { return w.Matters.Handle(ctx, by, a, "换了灯泡，已经亮了。") },
		func() error { return w.Matters.Verify(ctx, by, a, true, "") },
		func() error { return w.Matters.Close(ctx, by, a, "您反映的路灯已经修好。") },
		func() error {
			return w.Matters.Rate(ctx, resident(4712), b, matters.Rating{Solved: matters.No, Satisfied: 1})
		},
	} {
		if err := act(); err != nil {
			t.Fatal(i, err)
		}
	}
	return unit
}

func resident(n int) scope.Actor {
	return scope.Actor{Kind: scope.Resident, Resident: id.ID(n), Name: "甲"}
}
