// SPDX-License-Identifier: Apache-2.0

package volunteers_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// What a line is worth: whole points, never more than the minutes, nothing once the
// month has its fill.
func TestWorth(t *testing.T) {
	t.Parallel()
	hourly, each := volunteers.Line{PerHour: true, Points: 8, Most: 2}, volunteers.Line{Points: 20, Most: 1}
	for _, tc := range []struct {
		line             volunteers.Line
		minutes, already int64
		want             int64
	}{
		{hourly, 60, 0, 8}, {hourly, 120, 1, 16}, {hourly, 90, 0, 12}, {hourly, 7, 0, 0}, {hourly, 60, 2, 0}, {hourly, 60, 3, 0},
		{each, 10, 0, 20}, {each, 600, 0, 20}, {each, 600, 1, 0}, {volunteers.Line{Points: 5}, 60, 0, 0},
	} {
		if got := tc.line.Worth(tc.minutes, tc.already); got != tc.want {
			t.Errorf("%+v for %d minutes after %d: %d, want %d", tc.line, tc.minutes, tc.already, got, tc.want)
		}
	}
	if err := volunteers.Shipped().Check(); err != nil {
		t.Error(err)
	}
	if err := (volunteers.Tariff{Lines: []volunteers.Line{{Code: "x", Points: -1, Most: 101}}}).Check(); len(errs.Public(err)) != 5 {
		t.Errorf("a tariff in which all is wrong: %v", err)
	}
}

func TestQuarters(t *testing.T) {
	t.Parallel()
	q := volunteers.QuarterOf(time.Date(2026, 3, 31, 16, 0, 0, 0, time.UTC)) // it is April in the town
	if q.String() != "2026-Q2" || q.Year() != 2026 || q.Number() != 2 {
		t.Errorf("%s", q)
	}
	from, to := q.Days()
	if to-from != 91 || !from.Begin().Equal(time.Date(2026, 3, 31, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("%d days from %s", to-from, from.Begin())
	}
	if got, err := volunteers.ParseQuarter("2026-Q2"); err != nil || got != q {
		t.Errorf("%v, %v", got, err)
	}
	for _, s := range []string{"", "2026", "2026-Q5", "2026-Q0", "1999-Q1", "2026-Q1x"} {
		if _, err := volunteers.ParseQuarter(s); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q is taken", s)
		}
	}
}

// Check finds every way in which points may not add up.
func TestCheckBites(t *testing.T) {
	t.Parallel()
	accounts := []volunteers.Account{{ID: 1, Kind: "pot", Balance: -10}, {ID: 2, Kind: "volunteer", Balance: 4}, {ID: 3, Kind: "member", Balance: 6}}
	entries := []volunteers.Entry{{ID: 1, Day: 1, From: 1, To: 2, Points: 10}, {ID: 2, Day: 2, From: 2, To: 3, Points: 6}}
	if days, faults := volunteers.Check(accounts, entries); days != 2 || len(faults) != 0 {
		t.Fatalf("%d days, %+v", days, faults)
	}
	for name, spoil := range map[string]func(as []volunteers.Account, es []volunteers.Entry){
		"a balance that is another":   func(as []volunteers.Account, _ []volunteers.Entry) { as[1].Balance++ },
		"an entry without points":     func(_ []volunteers.Account, es []volunteers.Entry) { es[1].Points = 0 },
		"spent before it was earned":  func(_ []volunteers.Account, es []volunteers.Entry) { es[0].Day = 3 },
		"an account that is not here": func(_ []volunteers.Account, es []volunteers.Entry) { es[1].To = 9 },
	} {
		as, es := append([]volunteers.Account{}, accounts...), append([]volunteers.Entry{}, entries...)
		spoil(as, es)
		if _, faults := volunteers.Check(as, es); len(faults) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
}

// The job of the night finds a balance that somebody changed, and the database keeps
// balances from falling below zero whoever writes.
func TestVerifyBites(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		w.earned(v)
		w.must(w.Volunteers.Verify(w.ctx))
		for _, text := range []string{`UPDATE volunteer_account SET balance = -1 WHERE kind = 'volunteer'`, `UPDATE volunteer_entry SET points = 0`, `UPDATE volunteer_entry SET to_id = from_id`} {
			if err := w.DB.Write(w.ctx, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(text)
				return err
			}); err == nil {
				t.Errorf("%s is taken", text)
			}
		}
		w.sql(`UPDATE volunteer_account SET balance = balance + 1 WHERE kind = 'volunteer'`)
		if w.Volunteers.Verify(w.ctx) == nil {
			t.Error("a balance that was changed is not found")
		}
	})
}

// The tariff changes for the future only, and only the city changes it; what is
// confirmed later for an earlier day goes by what was in force then.
func TestTariff(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		task := w.helped(v)
		h, err := w.Volunteers.Say(w.ctx, v, volunteers.Saying{Task: task.ID, Minutes: 120})
		w.must(err)
		double := volunteers.Shipped()
		for i := range double.Lines {
			double.Lines[i].Points *= 2
		}
		today := volunteers.DayOf(w.Clock.Now())
		w.fails(w.Volunteers.Price(w.ctx, w.As("wang"), double, today+1, "翻一倍。"), errs.Denied, scope.DeniedNeed)
		w.fails(w.Volunteers.Price(w.ctx, w.As("admin"), double, today, "翻一倍。"), errs.Invalid, "volunteers.tariff.from")
		w.must(w.Volunteers.Price(w.ctx, w.As("admin"), double, today+1, "翻一倍。"))
		w.fails(w.Volunteers.Price(w.ctx, w.As("admin"), double, today+1, "再来一次。"), errs.Invalid, "volunteers.tariff.later")
		w.Clock.Add(48 * time.Hour)
		w.must(w.Volunteers.Confirm(w.ctx, w.As("wang"), h.ID))
		w.must(w.Volunteers.Confirm(w.ctx, w.As("xu"), h.ID))
		w.has(v, 16) // by the day of the task
		w.earned(v)
		w.has(v, 16+32)
		es, err := w.Volunteers.Editions(w.ctx)
		w.must(err)
		if len(es) != 2 || es[1].Reason != "翻一倍。" {
			t.Errorf("%+v", es)
		}
	})
}

// The month has its fill: hours count on, points do not.
func TestLimitOfTheMonth(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		for range 9 {
			w.earned(v) // 16 each, eight times a month at the most
		}
		w.has(v, 8*16)
		m := w.mine(v)
		if m.Minutes != 9*120 || !m.Hours[0].Hours.Limited || m.Hours[1].Hours.Limited {
			t.Errorf("%d minutes, %+v", m.Minutes, m.Hours[0])
		}
		if len(m.Honours) != 1 || m.Honours[0].Hours != 10 {
			t.Errorf("eighteen hours: %+v", m.Honours)
		}
		w.Clock.Add(31 * 24 * time.Hour)
		w.earned(v)
		w.has(v, 9*16)
	})
}

// A report that was put right earns by night, once, if its reporter wants it, and not
// while it may still be taken up again; the entry names the matter to them alone.
func TestReports(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v, other := w.volunteer(), w.volunteer()
		w.must(w.Volunteers.Choose(w.ctx, v, volunteers.Joining{Reports: true}))
		closed := func(by scope.Actor) matters.ID {
			slip, err := w.Matters.Raise(w.ctx, by, matters.Raising{Body: "桥头的路灯不亮。", Place: w.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
			w.must(err)
			w.must(w.Matters.Accept(w.ctx, w.As("zhao"), slip.ID))
			w.must(w.Matters.Classify(w.ctx, w.As("zhao"), slip.ID, matters.Classifying{Category: "drain"}))
			if whole, err := w.Matters.Get(w.ctx, w.As("zhao"), slip.Number); err != nil || whole.Matter.State == matters.Classified {
				w.must(err)
				w.must(w.Matters.Dispatch(w.ctx, w.As("zhao"), slip.ID, matters.Dispatching{Lead: w.As("wu").Unit}))
			}
			w.must(w.Matters.Take(w.ctx, w.As("wu"), slip.ID, ""))
			w.must(w.Matters.Handle(w.ctx, w.As("wu"), slip.ID, "换了灯泡，已经亮了。"))
			w.must(w.Matters.Verify(w.ctx, w.As("zheng"), slip.ID, true, ""))
			w.must(w.Matters.Close(w.ctx, w.As("zhao"), slip.ID, ""))
			return slip.ID
		}
		pay := func(want int) {
			t.Helper()
			n, err := w.Volunteers.PayReports(w.ctx, 100)
			w.must(err)
			if n != want {
				t.Errorf("%d reports are sure, want %d", n, want)
			}
		}
		d, unwanted := closed(v), closed(other)
		pay(0) // it may still be taken up again
		w.must(w.Matters.Rate(w.ctx, v, d, matters.Rating{Solved: matters.No, Words: "晚上还是不亮。"}))
		w.Clock.Add(16 * 24 * time.Hour)
		pay(0)
		w.must(w.Matters.Handle(w.ctx, w.As("wu"), d, "换了线路，夜里看过。"))
		w.must(w.Matters.Verify(w.ctx, w.As("zheng"), d, true, ""))
		w.must(w.Matters.Close(w.ctx, w.As("zhao"), d, ""))
		w.must(w.Matters.Rate(w.ctx, v, d, matters.Rating{Solved: matters.Yes}))
		w.has(v, 0) // not beside the closing
		pay(1)
		w.has(v, 2)
		pay(0)
		w.must(w.Matters.Rate(w.ctx, other, unwanted, matters.Rating{Solved: matters.Yes}))
		pay(0)
		w.has(other, 0)
		closed(v)
		w.Clock.Add(16 * 24 * time.Hour)
		pay(1)
		w.has(v, 4)
		st, err := w.Volunteers.Statement(w.ctx, v, 0, volunteers.QuarterOf(w.Clock.Now()))
		w.must(err)
		if n := len(st.Lines); n == 0 || st.Lines[n-1].Code != "report" || st.Lines[n-1].What[:3] != "QL-" {
			t.Errorf("%+v", st.Lines)
		}
	})
}

// What nobody fetches comes back, a forgotten resident is no volunteer any more, and
// of a quarter everybody is told once.
func TestNights(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		w.earned(v)
		o := w.offer(16, 1)
		_, err := w.Volunteers.Take(w.ctx, v, o.ID, 0)
		w.must(err)
		w.Clock.Add(31 * 24 * time.Hour)
		n, err := w.Volunteers.Expire(w.ctx, 100)
		w.must(err)
		if n != 1 {
			t.Errorf("%d are not fetched", n)
		}
		w.has(v, 16)
		tell := func(want int) {
			t.Helper()
			n, err := w.Volunteers.TellStatements(w.ctx, 100)
			w.must(err)
			if n != want {
				t.Errorf("%d are told, want %d", n, want)
			}
		}
		tell(1)
		tell(0)
		w.Clock.Add(92 * 24 * time.Hour)
		tell(1)
		w.must(w.Volunteers.Forgotten(w.ctx))
		w.has(v, 16)
		w.must(w.DB.Write(w.ctx, func(tx *sqldb.Tx) error {
			return w.People.Forget(tx, v, people.OfResident(v.Resident), people.RuleOwnRequest)
		}))
		w.must(w.Volunteers.Forgotten(w.ctx))
		if m := w.mine(v); m.Points != 0 || m.Volunteer.State != volunteers.Left {
			t.Errorf("%+v", m.Volunteer)
		}
		w.must(w.Volunteers.Verify(w.ctx))
	})
}

// The town pays for what was handed over: the points of what still waits at the shop can
// go back to who took it, also at night, when nobody has fetched it.
func TestSettleLeavesWhatWaits(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		w.earned(v)
		unit := w.As("tang").Unit
		o := w.offer(5, 5)
		take := func() volunteers.Redemption {
			r, err := w.Volunteers.Take(w.ctx, v, o.ID, 0)
			w.must(err)
			return r
		}
		take()
		_, err := w.Volunteers.HandOver(w.ctx, w.As("tang"), w.mine(v).Redemptions[0].Code)
		w.must(err)
		back := take()
		take()
		w.has(v, 1)
		ds, err := w.Volunteers.Dues(w.ctx, w.As("admin"))
		w.must(err)
		if sh, err := w.Volunteers.Shop(w.ctx, w.As("tang")); err != nil || sh.Points != 5 || len(ds) != 1 || ds[0].Points != 5 {
			t.Errorf("the shop is owed %d, %v; the town owes %+v", sh.Points, err, ds)
		}
		w.fails(w.Volunteers.Settle(w.ctx, w.As("admin"), unit, 6, "三月结算"), errs.Invalid, "volunteers.settle.more")
		w.must(w.Volunteers.Settle(w.ctx, w.As("admin"), unit, 5, "三月结算"))
		w.must(w.Volunteers.Cancel(w.ctx, v, back.ID, 0, ""))
		w.Clock.Add(31 * 24 * time.Hour)
		if n, err := w.Volunteers.Expire(w.ctx, 100); err != nil || n != 1 {
			t.Errorf("%d are given back at night: %v", n, err)
		}
		w.has(v, 11)
		if ds, err = w.Volunteers.Dues(w.ctx, w.As("admin")); err != nil || len(ds) != 0 {
			t.Errorf("owed still: %+v, %v", ds, err)
		}
		w.must(w.Volunteers.Verify(w.ctx))
	})
}
