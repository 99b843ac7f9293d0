// SPDX-License-Identifier: Apache-2.0

package volunteers_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	begins := time.Date(2026, time.January, 31, 9, 0, 0, 0, i18n.Zone)
	day := func(m time.Month, d int) volunteers.Day {
		return volunteers.DayOf(time.Date(2026, m, d, 12, 0, 0, 0, i18n.Zone))
	}
	for _, x := range []struct {
		r     volunteers.Repeat
		until volunteers.Day
		want  []string
	}{
		{volunteers.Weekly, day(time.February, 14), []string{"01-31", "02-07", "02-14"}},
		{volunteers.Fortnightly, day(time.February, 27), []string{"01-31", "02-14"}},
		{volunteers.Monthly, day(time.June, 30), []string{"01-31", "03-31", "05-31"}}, // months without a 31st have none
		{volunteers.Weekly, day(time.January, 30), nil},
		{volunteers.Weekly, day(time.January, 31) + 53*7, nil}, // more often than once a week for a year
		{volunteers.Once, 0, []string{"01-31"}},
	} {
		ts := x.r.Times(begins, x.until)
		if len(ts) != len(x.want) {
			t.Errorf("%s until %d: %v", x.r, x.until, ts)
			continue
		}
		for i, at := range ts {
			if got := at.In(i18n.Zone).Format("01-02 15:04"); got != x.want[i]+" 09:00" {
				t.Errorf("%s: the time %d is %s, want %s", x.r, i, got, x.want[i])
			}
		}
	}
}

func TestRepeatedTask(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		in := w.drawing()
		in.Repeat, in.Until = volunteers.Weekly, volunteers.DayOf(in.Begins)
		_, err := w.Volunteers.DrawUp(w.ctx, w.As("wang"), in)
		w.fails(err, errs.Invalid, "volunteers.task.until")
		in.Repeat = "hour"
		_, err = w.Volunteers.DrawUp(w.ctx, w.As("wang"), in)
		w.fails(err, errs.Invalid, "form.choice")
		in.Repeat, in.Until = volunteers.Weekly, volunteers.DayOf(in.Begins)+21
		first, err := w.Volunteers.DrawUp(w.ctx, w.As("wang"), in)
		w.must(err)
		v := w.volunteer()
		whole, err := w.Volunteers.GetTask(w.ctx, v, first.ID)
		w.must(err)
		if len(whole.Series) != 4 || whole.Series[0].ID != first.ID || whole.Series[3].Begins.Sub(first.Begins) != 21*24*time.Hour || whole.Series[3].State != volunteers.Open {
			t.Fatalf("the series is %+v", whole.Series)
		}
		for _, x := range whole.Series[:3] { // each by itself
			_, err := w.Volunteers.SignUp(w.ctx, v, x.ID, 0)
			w.must(err)
		}
		_, err = w.Volunteers.CallOffLater(w.ctx, v, whole.Series[1].ID, "下雨，改天再来。")
		w.fails(err, errs.Denied, scope.DeniedNeed)
		n, err := w.Volunteers.CallOffLater(w.ctx, w.As("wang"), whole.Series[1].ID, "下雨，改天再来。")
		w.must(err)
		whole, err = w.Volunteers.GetTask(w.ctx, v, first.ID)
		w.must(err)
		if n != 3 || whole.Task.State != volunteers.Open || whole.Series[1].State != volunteers.CalledOff || whole.Series[3].Reason == "" {
			t.Errorf("%d called off: %+v", n, whole.Series)
		}
	})
}

// A line is added, named in both languages, and ended; what was done before goes by the
// edition of its day.
func TestTariffLines(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		es, err := w.Volunteers.Editions(w.ctx)
		w.must(err)
		next, today := volunteers.Shipped(), volunteers.DayOf(w.Clock.Now())
		line := volunteers.Line{Code: volunteers.NewCode(es), By: volunteers.ByTask, Points: 12, Most: 3, Name: i18n.Text{ZH: "修家电"}}
		next.Lines = append(next.Lines, line)
		w.fails(w.Volunteers.Price(w.ctx, w.As("admin"), next, today+1, "新增一项。"), errs.Invalid, "volunteers.tariff.name_en")
		next.Lines[len(next.Lines)-1].Name.EN = "Mending appliances"
		w.must(w.Volunteers.Price(w.ctx, w.As("admin"), next, today+1, "新增一项。"))
		in := w.drawing()
		in.Act = line.Code
		_, err = w.Volunteers.DrawUp(w.ctx, w.As("wang"), in)
		w.fails(err, errs.Invalid, "volunteers.task.act") // not today
		w.Clock.Add(48 * time.Hour)
		next.Lines = next.Lines[:len(next.Lines)-1]
		w.must(w.Volunteers.Price(w.ctx, w.As("admin"), next, today+9, "不再做了。"))
		in = w.drawing()
		in.Act = line.Code
		task, err := w.Volunteers.DrawUp(w.ctx, w.As("wang"), in)
		w.must(err)
		in.Repeat, in.Until = volunteers.Weekly, today+20
		_, err = w.Volunteers.DrawUp(w.ctx, w.As("wang"), in)
		w.fails(err, errs.Invalid, "volunteers.task.act") // ended by then
		v := w.volunteer()
		_, err = w.Volunteers.SignUp(w.ctx, v, task.ID, 0)
		w.must(err)
		w.Clock.Add(2 * time.Hour)
		_, err = w.Volunteers.Turn(w.ctx, 10)
		w.must(err)
		h, err := w.Volunteers.Say(w.ctx, v, volunteers.Saying{Task: task.ID, Minutes: 90})
		w.must(err)
		w.Clock.Add(10 * 24 * time.Hour) // the line has ended
		w.must(w.Volunteers.Confirm(w.ctx, w.As("wang"), h.ID))
		w.must(w.Volunteers.Confirm(w.ctx, w.As("xu"), h.ID))
		w.has(v, 12)
		if es, err = w.Volunteers.Editions(w.ctx); err != nil || volunteers.NewCode(es) == line.Code {
			t.Errorf("the code of a line that ended is used again: %v", err)
		}
	})
}
