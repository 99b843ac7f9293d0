// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// The windows are data with a day from which they hold: rounds and coverage follow them,
// and what was covered before keeps those that it had.
func TestHours(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		yu, li := w.As("yu"), w.As("li")
		d, p := w.admitted(pipes), w.point()
		w.given(d, w.grid.Path[scope.Village])
		summer := patrol.Hours{MorningFrom: 6*60 + 30, MorningTo: 10 * 60, AfternoonFrom: 16 * 60, AfternoonTo: 20 * 60}
		slot := w.tomorrow()
		enter := func(name string, at time.Time) {
			t.Helper()
			w.Clock.Set(at)
			point, err := w.Patrol.Point(ctx, w.As("wang"), p)
			w.must(err)
			_, err = w.Patrol.Enter(ctx, li, patrol.Entering{Content: name, Point: p, MadeAt: at, Code: point.Code})
			w.must(err)
		}
		enter("entry-of-li-hours1", slot.Date().Add(11*time.Hour)) // within 8 to 12
		first := patrol.DayOf(w.Clock.Now()) + 1
		w.refused(w.Patrol.SetHours(ctx, w.As("wang"), summer, first, "天热，早些走。"), errs.Denied, scope.DeniedNeed)
		w.refused(w.Patrol.SetHours(ctx, yu, summer, first-1, "天热，早些走。"), errs.Invalid, "duty.until.wrong")
		w.refused(w.Patrol.SetHours(ctx, yu, patrol.Hours{MorningFrom: 8 * 60, MorningTo: 14 * 60, AfternoonFrom: 15 * 60, AfternoonTo: 18 * 60}, first, "天热，早些走。"), errs.Invalid, "patrol.hours.between")
		w.refused(w.Patrol.SetHours(ctx, yu, patrol.Hours{MorningFrom: 8 * 60, MorningTo: 8*60 + 30, AfternoonFrom: 15 * 60, AfternoonTo: 18 * 60}, first, "天热，早些走。"), errs.Invalid, "patrol.hours.short")
		w.must(w.Patrol.SetHours(ctx, yu, summer, first, "天热，早些走。"))
		w.refused(w.Patrol.SetHours(ctx, yu, summer, first, "天热，早些走。"), errs.Conflict, "patrol.hours.day")

		next := slot + 2
		made := func(at time.Duration) int {
			t.Helper()
			w.Clock.Set(next.Date().Add(at))
			n, err := w.Patrol.MakeRounds(ctx)
			w.must(err)
			return n
		}
		if n := made(5 * time.Hour); n != 0 {
			t.Errorf("%d rounds an hour and a half before", n)
		}
		if n := made(5*time.Hour + 31*time.Minute); n == 0 {
			t.Error("no round within the hour")
		}
		x, err := w.Patrol.Walk(ctx, li, w.grid.ID, next)
		w.must(err)
		if from, to := x.Round.Window(); from != next.Date().Add(6*time.Hour+30*time.Minute) || to != next.Date().Add(10*time.Hour) {
			t.Errorf("window %s to %s", from, to)
		}
		enter("entry-of-li-hours2", next.Date().Add(11*time.Hour)) // too late now
		w.Clock.Set(next.Date().Add(23 * time.Hour))
		for s, want := range map[patrol.Slot]int{slot: 1, next: 0} {
			ws, err := w.Patrol.Covered(ctx, w.As("wang"), patrol.Span{In: scope.Of(w.grid.Path), From: s, To: s + 1})
			w.must(err)
			if len(ws) != 1 || ws[0].Due != 1 || ws[0].Done != want {
				t.Errorf("slot %d: %+v, want %d", s, ws, want)
			}
		}
		a, err := w.Patrol.Almanac(ctx, li)
		w.must(err)
		if len(a) != 2 || a[0].Hours != patrol.ShippedHours || a[1].Reason == "" || a.On(slot) != patrol.ShippedHours || a.On(next) != summer {
			t.Errorf("%+v", a)
		}
	})
}
