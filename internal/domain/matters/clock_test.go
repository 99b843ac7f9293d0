// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/when"
)

func days(n int) when.Limit { return when.Limit{N: n, Unit: when.WorkDays} }

// More time is asked for by who handles it, and given or refused by somebody else.
func TestExtensions(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m := t.Context(), d.Matters
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Handling)
		was := d.get(slip.Number).Matter
		first := was.Clocks.Stage.Limit()
		refused := func(what string, kind errs.Kind, key string, err error) {
			t.Helper()
			if es := errs.Public(err); len(es) != 1 || es[0].Kind != kind || es[0].Key != key {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("nothing was asked", errs.Conflict, "matter.extend.not_asked", m.Extend(ctx, d.sun, slip.ID, ""))
		refused("longer than the first limit", errs.Invalid, "matter.extend.long", m.AskExtension(ctx, d.wu, slip.ID, days(first.N+1), "配件还没到货"))
		refused("longer, in another unit", errs.Invalid, "matter.extend.long", m.AskExtension(ctx, d.wu, slip.ID, when.Limit{N: 60, Unit: when.CalendarDays}, "配件还没到货"))
		if err := m.AskExtension(ctx, d.sun, slip.ID, days(1), "配件还没到货"); errs.KindOf(err) != errs.Denied {
			t.Errorf("who does not handle it asks: %v", err)
		}
		d.must(m.AskExtension(ctx, d.wu, slip.ID, days(2), "配件还没到货"))
		refused("asked twice", errs.Conflict, "matter.extend.asked", m.AskExtension(ctx, d.wu, slip.ID, days(1), "配件还没到货"))
		if now := d.get(slip.Number).Matter; !now.Due.Equal(was.Due) || now.Extensions != 0 || now.Clocks.Wanted == nil {
			t.Errorf("asking alone changed the end: %+v", now.Clocks)
		}
		if err := m.Extend(ctx, d.wu, slip.ID, ""); errs.KindOf(err) != errs.Denied {
			t.Errorf("a handler gives himself time: %v", err)
		}
		d.must(m.RefuseExtension(ctx, d.sun, slip.ID, "库里有配件"))
		if now := d.get(slip.Number).Matter; !now.Due.Equal(was.Due) || now.Extensions != 0 || now.Clocks.Wanted != nil {
			t.Errorf("refused, and yet: %+v", now)
		}
		// asked in time and decided after the end: it is added to the end
		d.must(m.AskExtension(ctx, d.wu, slip.ID, days(2), "等设计院回话"))
		d.Clock.Set(was.Due.Add(time.Hour))
		if l := d.get(slip.Number).Matter.Light(d.Clock.Now()); l != when.Red {
			t.Errorf("an hour late it is %s", l)
		}
		d.must(m.Extend(ctx, d.sun, slip.ID, "同意，请抓紧"))
		now := d.get(slip.Number).Matter
		c := when.Default()
		if want := c.Add(was.Due, days(2)); !now.Due.Equal(want) || now.Extensions != 1 || now.Light(d.Clock.Now()) == when.Red {
			t.Errorf("extended to %s, want %s, %d extensions", now.Due, want, now.Extensions)
		}
		if !now.Promised.After(was.Promised) {
			t.Errorf("the promise is %s, was %s", now.Promised, was.Promised)
		}
		d.must(m.AskExtension(ctx, d.wu, slip.ID, days(1), "还差一天"))
		d.must(m.Extend(ctx, d.sun, slip.ID, ""))
		refused("a third time", errs.Conflict, "matter.extend.twice", m.AskExtension(ctx, d.wu, slip.ID, days(1), "还差一天"))
		now = d.get(slip.Number).Matter
		d.Clock.Set(now.Due.Add(time.Minute))
		slip2 := d.raise(d.resident, nil)
		d.to(slip2, matters.Handling)
		d.Clock.Set(d.get(slip2.Number).Matter.Due.Add(time.Minute))
		refused("after the end", errs.Conflict, "matter.extend.late", m.AskExtension(ctx, d.wu, slip2.ID, days(1), "还差一天"))
		d.verifyTrail()
	})
}

// A unit that was late says why, once, and somebody else decides; that it was
// late stays written.
func TestAppeals(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m := t.Context(), d.Matters
		inTime, slip := d.raise(d.resident, nil), d.raise(d.resident, nil)
		d.to(inTime, matters.Closed)
		d.to(slip, matters.Handling)
		d.Clock.Set(d.get(slip.Number).Matter.Due.Add(26 * time.Hour))
		if err := m.Appeal(ctx, d.wu, slip.ID, "连下暴雨，进不了场"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("before it is closed: %v", err)
		}
		d.to(slip, matters.Closed)
		if err := m.Appeal(ctx, d.wu, inTime.ID, "连下暴雨，进不了场"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("what was in time: %v", err)
		}
		if err := m.GrantAppeal(ctx, d.sun, slip.ID, "情况属实"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("nobody appealed: %v", err)
		}
		if err := m.Appeal(ctx, d.zhao, slip.ID, "连下暴雨，进不了场"); errs.KindOf(err) != errs.Denied {
			t.Errorf("another unit appeals: %v", err)
		}
		d.must(m.Appeal(ctx, d.wu, slip.ID, "连下暴雨，进不了场"))
		if err := m.Appeal(ctx, d.wu, slip.ID, "再说一次也行"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("twice: %v", err)
		}
		if err := m.GrantAppeal(ctx, d.wu, slip.ID, "情况属实"); errs.KindOf(err) != errs.Denied {
			t.Errorf("who appealed decides: %v", err)
		}
		if err := m.AskReview(ctx, d.wu, slip.ID, "请上一级再看"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a review of what is not decided: %v", err)
		}
		d.must(m.GrantAppeal(ctx, d.sun, slip.ID, "情况属实，有值班记录"))
		if err := m.AskReview(ctx, d.wu, slip.ID, "请上一级再看"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a review of what was granted: %v", err)
		}
		if err := m.RefuseAppeal(ctx, d.sun, slip.ID, "再想一想还是不行"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("decided twice: %v", err)
		}
		if found := d.tampered([]string{`UPDATE matter_appeal SET reason = 'x' WHERE matter_id = $1`}, slip.ID); found == nil || found.Record != slip.ID {
			t.Errorf("the reason of a decision was altered: found %+v", found)
		}
		late := 0
		x, err := m.Explain(ctx, d.sun, slip.Number)
		d.must(err)
		for _, r := range x.Clocks {
			if r.Run.Stage != matters.StageHandle {
				continue
			}
			late++
			if !r.Ended.Late || r.Appeal == nil || r.Appeal.Decision != matters.Granted || r.Appeal.Reason == "" {
				t.Errorf("it was late, and that is excused: %+v, %+v", r.Ended, r.Appeal)
			}
		}
		if late != 1 {
			t.Errorf("%d stages of handling", late)
		}
		x, err = m.Explain(ctx, d.resident, slip.Number)
		d.must(err)
		for _, r := range x.Clocks {
			if r.Appeal != nil {
				t.Error("the reporter reads the appeal")
			}
		}
		d.verifyTrail()
	})
}

// What was refused is looked at once more by the level above, and never again.
func TestReviews(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m, yu := t.Context(), d.Matters, town.As("yu")
		for _, granted := range []bool{true, false} {
			slip := d.raise(d.resident, nil)
			d.to(slip, matters.Handling)
			d.Clock.Set(d.get(slip.Number).Matter.Due.Add(26 * time.Hour))
			d.to(slip, matters.Closed)
			d.must(m.Appeal(ctx, d.wu, slip.ID, "连下暴雨，进不了场"))
			d.must(m.RefuseAppeal(ctx, d.sun, slip.ID, "没有申请延期"))
			refused := func(what string, kind errs.Kind, err error) {
				t.Helper()
				if errs.KindOf(err) != kind {
					t.Errorf("%s: %v", what, err)
				}
			}
			refused("the decider asks", errs.Denied, m.AskReview(ctx, d.sun, slip.ID, "请上一级再看"))
			refused("nobody asked", errs.Conflict, m.GrantReview(ctx, yu, slip.ID, "情况属实"))
			refused("without a reason", errs.Invalid, m.AskReview(ctx, d.wu, slip.ID, "是"))
			d.must(m.AskReview(ctx, d.wu, slip.ID, "补上了值班记录"))
			refused("asked twice", errs.Conflict, m.AskReview(ctx, d.wu, slip.ID, "补上了值班记录"))
			refused("the first decider decides again", errs.Denied, m.GrantReview(ctx, d.sun, slip.ID, "情况属实"))
			refused("the unit decides", errs.Denied, m.GrantReview(ctx, d.wu, slip.ID, "情况属实"))
			refused("appealed anew", errs.Conflict, m.Appeal(ctx, d.wu, slip.ID, "连下暴雨，进不了场"))
			decide, want := m.RefuseReview, matters.Refused
			if granted {
				decide, want = m.GrantReview, matters.Granted
			}
			d.must(decide(ctx, yu, slip.ID, "看过值班记录"))
			refused("decided twice", errs.Conflict, decide(ctx, yu, slip.ID, "看过值班记录"))
			refused("asked after that", errs.Conflict, m.AskReview(ctx, d.wu, slip.ID, "补上了值班记录"))
			x, err := m.Explain(ctx, d.sun, slip.Number)
			d.must(err)
			for _, r := range x.Clocks {
				if r.Run.Stage != matters.StageHandle {
					continue
				}
				a := r.Appeal
				if !r.Ended.Late || a == nil || a.Decision != matters.Refused || a.Review.Decision != want || a.Review.Reason == "" || a.Excused() != granted {
					t.Errorf("granted %t: the fact and what was decided: %+v, %+v", granted, r.Ended, a)
				}
			}
			if found := d.tampered([]string{`UPDATE matter_appeal SET review = 'granted', review_reason = 'x' WHERE matter_id = $1`}, slip.ID); found == nil || found.Record != slip.ID {
				t.Errorf("what was decided in the review was altered: found %+v", found)
			}
		}
		d.verifyTrail()
	})
}

// The whole and every stage are written down when they are over, and follow from
// what is written with them, whatever limits and calendars have become.
func TestStagesAreReplayed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m := t.Context(), d.Matters
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Handling)
		d.must(m.Ask(ctx, d.wu, slip.ID, "请问是哪个井口？"))
		d.Clock.Add(30 * time.Hour)
		d.must(m.Answer(ctx, d.resident, slip.ID, "靠大门左边那个"))
		was := d.get(slip.Number).Matter

		// the limit, the town's hours and a closing of the unit change on the way
		k, _ := m.Catalogue().Get(was.Category)
		k.Limits.Handle = days(1)
		admin := town.As("admin")
		d.must(m.SetCategory(ctx, admin, k))
		_, edition := town.Calendars.Current(0)
		if _, err := town.Calendars.Set(ctx, admin, 0, "hours 08:00-12:00 13:00-17:00\n", "夏季作息", edition); err != nil {
			t.Fatal(err)
		}
		if _, err := town.Calendars.Set(ctx, admin, d.water, "2026-03-05 closed 搬迁\n", "搬家", edition); errs.KindOf(err) != errs.Conflict {
			t.Errorf("over another edition: %v", err)
		}
		if _, err := town.Calendars.Set(ctx, admin, d.water, "2026-03-12 closed 搬迁\n", "搬家", edition+1); err != nil {
			t.Fatal(err)
		}
		now := d.get(slip.Number).Matter
		if !now.Due.Equal(was.Due) || !now.Promised.Equal(was.Promised) {
			t.Errorf("what had begun moved: %s to %s", was.Due, now.Due)
		}
		d.must(m.AskExtension(ctx, d.wu, slip.ID, days(1), "还差一天"))
		d.must(m.Extend(ctx, d.sun, slip.ID, ""))
		d.to(slip, matters.Closed)

		x, err := m.Explain(ctx, d.resident, slip.Number)
		d.must(err)
		var stages []string
		for _, r := range x.Clocks {
			e := *r.Ended
			stages = append(stages, string(e.Run.Stage))
			if !r.Due.Equal(e.Due) {
				t.Errorf("%s was due %s, and is derived to have been due %s", e.Run.Stage, e.Due, r.Due)
			}
			if e.Run.Stage == matters.StageHandle && (len(e.Stops) != 1 || len(e.Run.Legs) != 2) {
				t.Errorf("handling was stopped and extended: %+v", e)
			}
		}
		if got := strings.Join(stages, " "); got != "whole accept dispatch handle verify" {
			t.Errorf("stages: %s", got)
		}

		// what begins now has the new limit, in the new hours, and not on the day on which the unit is closed
		next := d.raise(d.resident, nil)
		d.to(next, matters.Dispatched)
		n := d.get(next.Number).Matter
		c := when.Default()
		for _, text := range []string{"hours 08:00-12:00 13:00-17:00\n", "2026-03-12 closed 搬迁\n"} {
			table, err := when.ReadTable(text)
			d.must(err)
			c = c.With(table)
		}
		if want := c.Add(d.Clock.Now(), days(1)); !n.Due.Equal(want) {
			t.Errorf("a new one is due %s, want %s", n.Due, want)
		}
		if e := town.Calendars.Text(calendars.Unit, d.water); e.Note != "搬家" {
			t.Errorf("the unit's calendar: %+v", e)
		}
		d.verifyTrail()
	})
}

// Another category, in the middle of it, forgets nothing that was paused: what
// users of other systems complain of.
func TestClassifyingKeepsThePauses(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m := t.Context(), d.Matters
		asked, straight := d.raise(d.resident, nil), d.raise(d.resident, nil)
		d.must(m.Ask(ctx, d.zhao, asked.ID, "请问是哪个井口？"))
		d.Clock.Add(3 * time.Hour)
		d.must(m.Answer(ctx, d.resident, asked.ID, "靠大门左边那个"))
		for _, s := range []matters.Slip{asked, straight} {
			d.to(s, matters.Classified)
		}
		a, b := d.get(asked.Number).Matter, d.get(straight.Number).Matter
		if !a.Promised.After(b.Promised) {
			t.Errorf("what waited for its reporter is promised for %s, what did not for %s", a.Promised, b.Promised)
		}
	})
}

// The town settles its limits; every version is kept and nothing moves that has begun.
func TestTiming(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m := t.Context(), d.Matters
		before := d.raise(d.resident, func(r *matters.Raising) { r.Category = "" })
		due := d.get(before.Number).Matter.Due
		x := m.Timing()
		x.Usual.Accept = when.Limit{N: 2, Unit: when.UrgentHours}
		if err := m.SetTiming(ctx, d.zhao, x, "试一试"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a dispatcher settles the limits: %v", err)
		}
		bad := x
		bad.Usual.Handle, bad.Answer = when.Limit{}, when.Limit{}
		if es := errs.Public(m.SetTiming(ctx, town.As("admin"), bad, "")); len(es) != 3 {
			t.Errorf("two limits and the reason are missing: %v", es)
		}
		d.must(m.SetTiming(ctx, town.As("admin"), x, "接件要快"))
		if err := m.SetTiming(ctx, town.As("admin"), x, "又改"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("over a newer version: %v", err)
		}
		if now := d.get(before.Number).Matter; !now.Due.Equal(due) {
			t.Errorf("what had begun moved to %s", now.Due)
		}
		after := d.raise(d.resident, func(r *matters.Raising) { r.Category = "" })
		if now := d.get(after.Number).Matter; !now.Due.Equal(d.Clock.Now().Add(2*time.Hour)) || now.Clocks.Stage.Rules != "usual/1" {
			t.Errorf("a new one is due %s under %s", now.Due, now.Clocks.Stage.Rules)
		}
		d.verifyTrail()
	})
}

// On the first working day of a week, once, a unit's members are written to about
// how its work stands.
func TestWeekly(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		d.own(d.wu, "wu@example.cn")
		for range 2 {
			d.to(d.raise(d.resident, nil), matters.Handling)
		}
		weekly := func(want int) {
			t.Helper()
			if n, err := d.Matters.Weekly(t.Context()); err != nil || n != want {
				t.Errorf("on %s %d letters, %v; want %d", d.Clock.Now().Format(time.RFC3339), n, err, want)
			}
		}
		weekly(1)
		weekly(0)
		d.Clock.Set(d.Clock.Now().AddDate(0, 0, 6)) // a Sunday
		weekly(0)
		d.Clock.Set(d.Clock.Now().AddDate(0, 0, 6)) // the Saturday after: nobody was written to this week
		weekly(0)
		d.Clock.Set(d.Clock.Now().AddDate(0, 0, 2))
		weekly(1)
		d.post(24 * time.Hour)
		if l := d.letter("wu@example.cn"); !strings.Contains(l.Text, "2 件等着办，其中 2 件已经超期") {
			t.Errorf("the letter of the week says %q", l.Text)
		}
	})
}
