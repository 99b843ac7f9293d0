// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// An invented notice for 2027: New Year begins in the December before, and a Saturday
// is worked for it.
const year2027 = `2026-12-31 off 元旦
2027-01-01 off 元旦
2027-01-02 off 元旦
2027-01-09 work 元旦
2027-02-05 off 春节
2027-02-08 off 春节
`

// reckoned is the present clock of a stage, or of the whole.
func reckoned(t *testing.T, d *desk, number string, stage matters.Stage) matters.Reckoning {
	t.Helper()
	x, err := d.Matters.Explain(t.Context(), d.sun, number)
	d.must(err)
	for _, k := range slices.Backward(x.Clocks) {
		if k.Run.Stage == stage {
			return k
		}
	}
	t.Fatalf("%s has no clock of %s", number, stage)
	return matters.Reckoning{}
}

// When the holidays of a year become known, the ends that were said to be provisional
// are counted anew, and nothing else moves: not what does not reach that year, not the
// hours that changed with it, not the limit, not what has ended.
func TestProvisionalEndsAreCountedAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m := t.Context(), d.Matters
		recount := func(want int) {
			t.Helper()
			if n, err := m.Recount(ctx); err != nil || n != want {
				t.Fatalf("%d were counted anew, %v; want %d", n, err, want)
			}
		}
		recount(0) // takes note of the editions that there are
		d.Clock.Set(time.Date(2026, 12, 21, 9, 30, 0, 0, when.Zone))
		admin := town.As("admin")
		d.wu, d.zhao, d.sun = town.As("wu"), town.As("zhao"), town.As("sun")
		short, over := d.raise(d.resident, nil), d.raise(d.resident, nil)
		d.to(over, matters.Handling)
		d.Clock.Set(time.Date(2026, 12, 28, 9, 30, 0, 0, when.Zone))
		long, waits := d.raise(d.resident, nil), d.raise(d.resident, nil)
		for _, s := range []matters.Slip{long, waits} {
			d.to(s, matters.Handling)
		}
		d.to(over, matters.Closed)
		d.must(m.AskExtension(ctx, d.wu, long.ID, days(2), "等配件到货"))
		d.must(m.Extend(ctx, d.sun, long.ID, ""))
		d.must(m.Ask(ctx, d.wu, waits.ID, "请问是哪个井口？"))
		was, shortWas := d.get(long.Number).Matter, d.get(short.Number).Matter
		k := reckoned(t, d, long.Number, matters.StageHandle)
		if was.Due.Year() != 2027 || !slices.Equal(k.Unknown, []int{2027}) || len(k.Before) != 0 {
			t.Fatalf("due %s, unknown %v: nothing is provisional here", was.Due, k.Unknown)
		}
		endedWas := reckoned(t, d, over.Number, matters.StageHandle)

		_, edition := town.Calendars.Current(0)
		if _, err := town.Calendars.Set(ctx, admin, 0, "hours 08:00-12:00 13:00-17:00\n2026-12-30 closed 停电\n"+year2027, "2027 年放假安排", edition); err != nil {
			t.Fatal(err)
		}
		if now := d.get(long.Number).Matter; !now.Due.Equal(was.Due) {
			t.Fatalf("it moved before it was counted: %s", now.Due)
		}
		recount(1)
		recount(0) // though it looks again for some minutes
		now := d.get(long.Number)
		table, err := when.ReadTable(year2027)
		d.must(err)
		c, ask := when.Default().With(table), reckoned(t, d, long.Number, matters.StageHandle)
		if want := c.Due(ask.Run.Begun(), ask.Run.Limit(), nil, days(2)); !now.Matter.Due.Equal(want) || !want.After(was.Due) {
			t.Errorf("due %s, was %s, want %s", now.Matter.Due, was.Due, want)
		}
		last := now.Steps[len(now.Steps)-1]
		said := matters.RecountOf(last)
		if last.Act != matters.RecountAct || !last.Public || !slices.Equal(said.Years, []int{2027}) || !said.Due[0].Equal(was.Due) || !said.Due[1].Equal(now.Matter.Due) || !said.Promised[0].Equal(was.Promised) || !said.Promised[1].Equal(now.Matter.Promised) {
			t.Errorf("the story says %+v, %+v", last, said)
		}
		for _, stage := range []matters.Stage{matters.StageHandle, matters.StageWhole} {
			k := reckoned(t, d, long.Number, stage)
			want := was.Due
			if stage == matters.StageWhole {
				want = was.Promised
			}
			if len(k.Unknown)+len(k.Unheard) != 0 || len(k.Before) != 1 || !k.Before[0].Due.Equal(want) || !k.Before[0].Derivation.Due.Equal(want) {
				t.Errorf("%s: what was said before is not explained: %v, %+v", stage, k.Unknown, k.Before)
			}
		}
		// what was not provisional, or is over, or stands still
		if x := d.get(short.Number).Matter; !x.Due.Equal(shortWas.Due) {
			t.Errorf("what ends in a known year moved from %s to %s", shortWas.Due, x.Due)
		}
		if k := reckoned(t, d, over.Number, matters.StageHandle); !k.Due.Equal(endedWas.Due) || len(k.Before) != 0 {
			t.Errorf("what was over moved: %+v", k)
		}
		d.Clock.Set(time.Date(2027, 1, 4, 10, 0, 0, 0, when.Zone))
		d.must(m.Answer(ctx, d.resident, waits.ID, "靠大门左边那个"))
		if k := reckoned(t, d, waits.Number, matters.StageHandle); len(k.Run.Recounts) != 1 || !k.Due.Truncate(time.Millisecond).Equal(d.get(waits.Number).Matter.Due) || len(k.Unknown) != 0 {
			t.Errorf("what stood still has not learnt of the holidays when it goes on: %+v", k)
		}
		// it is told once to the unit and once to the reporter
		for who, by := range map[string]scope.Actor{"the unit": d.wu, "the reporter": d.resident} {
			ns, err := m.Notices(ctx, by, 0)
			d.must(err)
			n := 0
			for _, x := range ns {
				if x.Key == "matter.notice.recount" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s has %d notices", who, n)
			}
		}
		// another table years later changes nothing of it, and the clock runs on as it was counted
		d.Clock.Add(time.Hour)
		if _, err := town.Calendars.Set(ctx, admin, 0, strings.Replace(year2027, "2027-01-09 work 元旦\n", "", 1), "更正", edition+1); err != nil {
			t.Fatal(err)
		}
		recount(0)
		d.must(m.AskExtension(ctx, d.wu, long.ID, days(1), "还差一天"))
		d.must(m.Extend(ctx, d.sun, long.ID, ""))
		if x, want := d.get(long.Number).Matter, c.Add(now.Matter.Due, days(1)); !x.Due.Equal(want) {
			t.Errorf("extended to %s, want %s", x.Due, want)
		}
		if k := reckoned(t, d, long.Number, matters.StageHandle); !k.Before[0].Derivation.Due.Equal(was.Due) {
			t.Errorf("after an extension it is no longer explained what was said before it: %s, not %s", k.Before[0].Derivation.Due, was.Due)
		}
		d.to(long, matters.Closed)
		if k := reckoned(t, d, long.Number, matters.StageHandle); k.Ended == nil || !k.Due.Equal(k.Ended.Due) || !k.Before[0].Derivation.Due.Equal(was.Due) {
			t.Errorf("closed, it says %+v", k)
		}
		d.verifyTrail()
		lives := map[string]int{}
		d.must(d.DB.Read(ctx, func(tx *sqldb.Tx) error {
			ls, err := m.Lives(tx, []matters.ID{long.ID})
			for _, x := range ls[0].Moments {
				if x.Act == matters.RecountAct && x.Before.Due.Equal(was.Due) && x.Before.Promised.Equal(was.Promised) && x.After.Due.Equal(now.Matter.Due) {
					lives["recount"]++
				}
			}
			return err
		}))
		if lives["recount"] != 1 {
			t.Errorf("its life does not tell of it")
		}
	})
}

// A table that comes after the end does not make anybody late: it moves an end later,
// never to before now.
func TestNobodyIsLateByATable(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	d := newDesk(t, town)
	ctx, m := t.Context(), d.Matters
	if _, err := m.Recount(ctx); err != nil {
		t.Fatal(err)
	}
	d.Clock.Set(time.Date(2027, 1, 7, 9, 30, 0, 0, when.Zone))
	d.wu, d.zhao = town.As("wu"), town.As("zhao")
	slip := d.raise(d.resident, nil)
	d.to(slip, matters.Handling)
	was := d.get(slip.Number).Matter
	d.Clock.Set(was.Due.Add(-time.Hour))
	_, edition := town.Calendars.Current(0)
	if _, err := town.Calendars.Set(ctx, town.As("admin"), 0, "2027-01-09 work 元旦\n2027-01-10 work 元旦\n2027-01-01 off 元旦\n", "补录", edition); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Recount(ctx); err != nil {
		t.Fatal(err)
	}
	now := d.get(slip.Number).Matter
	if now.Due.Before(d.Clock.Now()) || !now.Due.Equal(was.Due) {
		t.Errorf("due %s became %s, and it is %s", was.Due, now.Due, d.Clock.Now())
	}
	if k := reckoned(t, d, slip.Number, matters.StageHandle); !slices.Equal(k.Unheard, []int{2027}) || len(k.Unknown) != 0 {
		t.Errorf("it is not said under what it was counted: %v, %v", k.Unheard, k.Unknown)
	}
}
