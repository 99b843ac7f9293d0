// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/app"
	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func raise(t *testing.T, w *apptest.Town, by scope.Actor) matters.Slip {
	t.Helper()
	slip, err := w.Matters.Raise(t.Context(), by, matters.Raising{Body: "路灯坏了，晚上看不见路。", Place: w.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
	if err != nil {
		t.Fatal(err)
	}
	return slip
}

// news are the keys of somebody's news, newest first.
func news(t *testing.T, a *app.App, by scope.Actor) (keys []string) {
	t.Helper()
	ns, err := a.Matters.Notices(t.Context(), by, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range ns {
		keys = append(keys, n.Key)
	}
	return keys
}

// The demonstration's year leaves nobody untold and nothing that cannot be found.
func TestNoFollowerIsBehindTheDemonstration(t *testing.T) {
	t.Parallel()
	w := apptest.Lived(t)
	ctx := t.Context()
	for name, lag := range map[string]func(context.Context) (int64, error){"the index": w.Indexer.Lag, "the notifier": w.Notifier.Lag} {
		if n, err := lag(ctx); err != nil || n > 1 { // the key of the demonstration is entered after its year
			t.Errorf("%s is %d rows behind, %v", name, n, err)
		}
	}
	if err := w.DB.Read(ctx, func(tx *sqldb.Tx) error {
		untold, err := sqldb.Int(tx.Row(`
			SELECT count(*)
			FROM matter m
			WHERE m.resident_id <> 0 AND m.state = 'closed'
			AND NOT EXISTS (SELECT 1 FROM matter_notice n WHERE n.matter_id = m.id AND n.resident_id = m.resident_id AND n.what = 'matter.notice.close')`))
		if err != nil {
			return err
		}
		twice, err := sqldb.Int(tx.Row(`
			SELECT count(*)
			FROM (SELECT 1 FROM matter_notice WHERE what = 'matter.notice.accept' AND resident_id <> 0 GROUP BY matter_id, resident_id HAVING count(*) > 1) AS twice`))
		if untold != 0 || twice != 0 {
			t.Errorf("%d reporters were not told of the end, %d were told twice of the beginning", untold, twice)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// What happened before the program was stopped is told after it was started.
func TestNoNoticeIsLostWithTheProgram(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx := t.Context()
		zhou := w.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		zhao := w.As("zhao")
		if err := w.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		slip := raise(t, w, zhou)
		if err := w.Matters.Accept(ctx, zhao, slip.ID); err != nil {
			t.Fatal(err)
		}
		if got := news(t, w.App, zhou); len(got) != 0 {
			t.Fatalf("told at once: %v", got)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := app.New(ctx, w.Config, w.Options)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		again.Start(ctx)
		defer again.Stop()
		wait(t, "the news", func() bool { return slices.Equal(news(t, again, zhou), []string{"matter.notice.accept"}) })
		wait(t, "the index", func() bool {
			p, err := again.Matters.Search(ctx, zhao, "路灯", matters.Filter{})
			return err == nil && len(p.Cards) == 1
		})
	})
}

// wait waits for what the followers promise within two seconds. A machine at its
// limits gets more.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for began := time.Now(); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%s did not come", what)
		}
	}
}

// A day of the timetable: everything is sealed, checked, and goes well.
func TestTimetable(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx := t.Context()
		day := func() {
			t.Helper()
			for range 2 { // lines are written down first, and run when they are due
				if _, err := w.Jobs.RunDue(ctx); err != nil {
					t.Fatal(err)
				}
				w.Clock.Add(24 * time.Hour)
			}
			if _, err := w.Jobs.RunDue(ctx); err != nil {
				t.Fatal(err)
			}
		}
		zhou := w.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		slip := raise(t, w, zhou)
		day()
		var turns []jobs.TurnState
		var failed []*jobs.Job
		look := func() {
			t.Helper()
			if err := w.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
				if turns, err = w.Jobs.Turns(tx); err != nil {
					return err
				}
				if _, err := trail.LastCheckpoint(tx); err != nil {
					return err
				}
				failed, err = jobs.List(tx, jobs.Failed, 0, 10)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		look()
		for _, turn := range turns {
			if turn.Faults != 0 || turn.Ended.IsZero() {
				t.Errorf("turn: %+v", turn)
			}
			if key := "jobs.turn." + turn.Name; !i18n.Has(key) {
				t.Errorf("no words for %s", key)
			}
		}
		if len(failed) != 0 {
			t.Fatalf("failed: %+v", failed[0])
		}
		if err := w.DB.Write(ctx, func(tx *sqldb.Tx) error {
			return tx.One(`UPDATE matter SET title = 'x' WHERE id = $1`, slip.ID)
		}); err != nil {
			t.Fatal(err)
		}
		day()
		look()
		if len(failed) == 0 || failed[0].Kind != "trail.verify" || !strings.Contains(failed[0].Fault, slip.ID.String()) {
			t.Errorf("a matter was altered and nobody was told: %+v", failed)
		}
		h, err := w.Handler("test")
		if err != nil {
			t.Fatal(err)
		}
		text := get(t, h, "/metrics")
		for _, want := range []string{`yuanba_jobs{state="failed"} `, `yuanba_follower_lag_rows{follower="matter.notices"} `, `yuanba_follower_lag_rows{follower="matter.search"} `,
			"yuanba_jobs_overdue_seconds 0\n", "yuanba_timetable_failing 0\n", `yuanba_timetable_turns_total{end="failed"} 0`, "yuanba_write_queue 0\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("/metrics has no %s", want)
			}
		}
		if strings.Contains(text, `yuanba_jobs{state="failed"} 0`) {
			t.Error("/metrics says that no job has failed")
		}
	})
}

func get(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	h.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
