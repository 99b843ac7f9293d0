// SPDX-License-Identifier: Apache-2.0

package routing_test

import (
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Words that the catalogue knows nothing of: this town's people call a lamp a
// "moon pole", and a blocked drain a "singing hole".
var said = map[string][]string{
	"lamp":  {"月亮杆子黑起了", "我们院坝的月亮杆子又黑了，晚上看不清路"},
	"drain": {"唱歌洞又响了", "门口那个唱歌洞冒水，味道大得很"},
}

// closed takes in n closed matters, one a day up to the clock's day, each of the
// two categories in turn; unit says who handled them.
func closed(t *testing.T, w *apptest.Town, n int, unit func(category string, at scope.Path) id.ID) {
	t.Helper()
	var at []scope.Path
	for _, town := range w.Places.Tree().Children(mustCity(t, w)) {
		at = append(at, w.Places.Tree().Path(town.ID))
		if len(at) == 2 {
			break
		}
	}
	err := w.DB.Write(t.Context(), func(tx *sqldb.Tx) error {
		for i := range n {
			category := []string{"lamp", "drain"}[i%2]
			place := at[i/2%2]
			raised := w.Clock.Now().Add(-time.Duration(n-i) * 6 * time.Hour)
			last, _ := place.Last()
			in := matters.Past{Raising: matters.Raising{Title: said[category][0], Body: said[category][1], Category: category, Place: last, Public: true, Channel: matters.Import, RaisedAt: raised, Answers: answers(w, category)},
				ClosedAt: raised.Add(time.Hour), Lead: unit(category, place), Result: "已经办好了。"}
			if _, err := w.Matters.TakePast(tx, scope.Program(matters.Importer), in); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// answers are some to every question of the category.
func answers(w *apptest.Town, category string) map[string]string {
	a := map[string]string{}
	k, _ := w.Matters.Catalogue().Get(category)
	for _, q := range k.Questions {
		switch q.Type {
		case "choice":
			a[q.Key] = q.Choices[len(q.Choices)-1].Value
		case "number":
			a[q.Key] = "1"
		case "date":
			a[q.Key] = "2026-01-05"
		case "yesno":
			a[q.Key] = "no"
		default:
			a[q.Key] = "12"
		}
	}
	return a
}

func mustCity(t *testing.T, w *apptest.Town) id.ID {
	t.Helper()
	city, ok := w.Places.Tree().City()
	if !ok {
		t.Fatal("the town has no city")
	}
	return city.ID
}

// The town learns its own words from what it closed, says why, and keeps what is
// better; the same again the next night is not better and is not kept.
func TestLearnsFromWhatIsClosed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin := t.Context(), w.As("admin")
		var units []id.ID
		for _, u := range w.Orgs.Directory().Units() {
			if u.Active && u.Serves().Level == scope.City {
				units = append(units, u.ID)
			}
		}
		lead := func(category string, _ scope.Path) id.ID {
			if category == "lamp" {
				return units[0]
			}
			return units[1]
		}
		asked := matters.Matter{Title: "月亮杆子", Body: "巷子口的月亮杆子黑了三天了", Category: "lamp"}

		before, err := w.Routing.Categories(ctx, asked)
		if err != nil || len(before) > 0 && before[0].Category == "lamp" {
			t.Fatalf("before anything was learnt: %v, %v", before, err)
		}
		closed(t, w, 40, lead)
		if err := w.Routing.Learn(ctx); err != nil {
			t.Fatal(err)
		}
		if st, err := w.Routing.State(ctx, admin, routing.Category, 10); err != nil || len(st.Trials) != 0 {
			t.Fatalf("learnt from forty: %+v, %v", st, err)
		}

		closed(t, w, 200, lead)
		if err := w.Routing.Learn(ctx); err != nil {
			t.Fatal(err)
		}
		for _, sub := range routing.Subjects() {
			st, err := w.Routing.State(ctx, admin, sub, 10)
			if err != nil || len(st.Trials) != 1 || !st.Trials[0].Kept || st.InUse != st.Trials[0] {
				t.Fatalf("%s: %+v, %v", sub, st, err)
			}
			x := st.InUse
			if x.RightNew != x.Tested || x.RightNew <= x.RightOld || x.Learnt+x.Tested != 240 {
				t.Errorf("%s: %+v", sub, x)
			}
			if s := st.Report.Steps[0]; s.Percent != 0 || s.Saved != x.RightNew || s.Spoiled != 0 {
				t.Errorf("%s: %+v", sub, st.Report.Steps)
			}
		}
		got, err := w.Routing.Categories(ctx, asked)
		if err != nil || len(got) == 0 || got[0].Category != "lamp" || got[0].Confidence < 0.6 {
			t.Fatalf("suggested %+v, %v", got, err)
		}
		for _, word := range got[0].Words {
			if !strings.Contains(asked.Title+asked.Body, word) {
				t.Errorf("%q is no word of the matter", word)
			}
		}
		if len(got[0].Words) == 0 {
			t.Error("nothing speaks for the suggestion")
		}
		led, err := w.Routing.Units(ctx, asked)
		if err != nil || len(led) == 0 || led[0].Unit != units[0] {
			t.Errorf("units %+v, %v; want %d", led, err, units[0])
		}

		if err := w.Routing.Learn(ctx); err != nil { // the next night, with nothing new
			t.Fatal(err)
		}
		st, err := w.Routing.State(ctx, admin, routing.Category, 10)
		if err != nil || len(st.Trials) != 2 || st.Trials[0].Kept || st.InUse != st.Trials[1] || st.Trials[0].Against != st.InUse.ID {
			t.Errorf("the same again: %+v, %v", st, err)
		}
		if _, err := w.Routing.State(ctx, w.As("zhao"), routing.Category, 10); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher reads the trials: %v", err)
		}

		// Another process with the same database suggests the same.
		other := routing.New(routing.Needs{DB: w.DB, Matters: w.Matters, Orgs: w.Orgs, Places: w.Places, Calendars: w.Calendars})
		if again, err := other.Categories(ctx, asked); err != nil || len(again) == 0 || again[0].Confidence != got[0].Confidence {
			t.Errorf("another process: %+v, %v; want %+v", again, err, got)
		}
		verify(t, w)
	})
}

// verify holds the trail against the records.
func verify(t *testing.T, w *apptest.Town) {
	t.Helper()
	if _, err := w.Sealer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err := trail.Verify(t.Context(), w.DB, trail.Options{Now: w.Clock.Now(), Records: w.Records()}); err != nil || !rep.OK {
		t.Errorf("the trail: %+v, %v", rep.FirstFault, err)
	}
}
