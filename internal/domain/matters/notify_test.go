// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// told are somebody's news, oldest first: the last part of each key and whether
// it is of the matter with the number.
func (d *desk) told(by scope.Actor, number string) (keys []string) {
	d.t.Helper()
	d.must(d.CatchUp(d.t.Context()))
	ns, err := d.Matters.Notices(d.t.Context(), by, 0)
	d.must(err)
	for _, n := range slices.Backward(ns) {
		if n.Card.Number == number {
			keys = append(keys, strings.TrimPrefix(n.Key, "matter.notice."))
		}
	}
	return keys
}

func (d *desk) wants(who string, by scope.Actor, number string, want ...string) {
	d.t.Helper()
	if got := d.told(by, number); !slices.Equal(got, want) {
		d.t.Errorf("%s was told %v of %s, want %v", who, got, number, want)
	}
}

func TestNoticeOfWhatHappens(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		neighbour := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		passerby := town.Resident("路人乙", "999999197001010017", "19900000019").Actor()
		d.must(town.Matters.Subscribe(ctx, passerby, "place:"+d.baota[scope.Village].String()))
		d.must(town.Matters.Subscribe(ctx, d.zhao, "category:drain"))
		slip := d.raise(d.resident, nil)
		d.must(town.Matters.Support(ctx, neighbour, slip.ID, matters.Supporting{Words: "我家也是"}))
		d.must(town.Matters.Support(ctx, passerby, slip.ID, matters.Supporting{}))
		d.to(slip, matters.Closed)
		d.wants("the reporter", d.resident, slip.Number, "accept", "dispatch", "take", "handle", "close")
		d.wants("a supporter", neighbour, slip.Number, "accept", "dispatch", "take", "handle", "close")
		d.wants("who follows the place and supports", passerby, slip.Number, "raise", "accept", "dispatch", "take", "handle", "close")
		d.wants("the dispatcher, of what others did", d.zhao, slip.Number, "raise", "take", "handle")
		if n, err := town.Matters.Unread(ctx, d.resident); err != nil || n != 5 {
			t.Errorf("%d unread, %v", n, err)
		}
		d.must(town.Matters.ReadNotices(ctx, d.resident))
		if n, _ := town.Matters.Unread(ctx, d.resident); n != 0 {
			t.Errorf("%d unread after reading", n)
		}
		if n, _ := town.Matters.Unread(ctx, neighbour); n != 5 {
			t.Errorf("another's reading left %d unread", n)
		}
		if _, err := town.Matters.Unread(ctx, scope.Actor{}); err != nil {
			t.Error(err)
		}
		if err := town.Matters.ReadNotices(ctx, scope.Actor{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("anybody reads: %v", err)
		}
	})
}

// Those at work hear when they are urged, supervised or called; the reporter does not.
func TestNoticeOfCalls(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		he := town.As("he")
		slip := d.raise(d.resident, nil)
		d.must(d.Matters.Urge(ctx, d.sun, slip.ID, "上午就请受理"))
		d.wants("the desk", d.zhao, slip.Number, "urge")
		d.to(slip, matters.Handling)
		d.must(d.Matters.Supervise(ctx, d.sun, slip.ID, "每天报一次"))
		d.must(d.Matters.Urge(ctx, d.sun, slip.ID, "今天请办完"))
		d.must(d.Matters.Blow(ctx, d.sun, slip.ID, []id.ID{d.water, he.Unit}, 2*time.Hour, "请到现场"))
		d.wants("the unit", d.wu, slip.Number, "supervise", "urge", "whistle")
		d.wants("who is called", he, slip.Number, "whistle")
		d.wants("the desk, whose turn it is no more", d.zhao, slip.Number, "urge")
		d.wants("the reporter", d.resident, slip.Number, "accept", "dispatch", "take")
	})
}

// Nobody hears of what they may not read, neither then nor later.
func TestNoticeOfPrivateMatters(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		curious := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		place := "place:" + d.baota[scope.Village].String()
		for _, by := range []scope.Actor{curious, d.zhao, d.wu} {
			d.must(town.Matters.Subscribe(ctx, by, place))
		}
		private := d.raise(d.resident, func(in *matters.Raising) { in.Public = false })
		public := d.raise(d.resident, nil)
		d.wants("a neighbour", curious, private.Number)
		d.wants("a clerk of another office", d.wu, private.Number)
		d.wants("the centre", d.zhao, private.Number, "raise")
		d.must(town.Matters.Accept(ctx, d.zhao, private.ID))
		d.wants("the reporter", d.resident, private.Number, "accept")
		d.wants("a neighbour", curious, public.Number, "raise")
		d.must(town.Matters.Moderate(ctx, d.zhao, public.ID, matters.Moderating{Part: "all", Reason: "写了别人家的门牌"}))
		d.wants("a neighbour, after it was hidden", curious, public.Number)
		d.must(town.Matters.Moderate(ctx, d.zhao, public.ID, matters.Moderating{Part: "title", Words: "下水道堵了", Reason: "标题里有姓名"}))
		ns, err := town.Matters.Notices(ctx, d.zhao, 0)
		d.must(err)
		for _, n := range ns {
			if n.Card.Number == public.Number && n.Card.Title != "下水道堵了" {
				t.Errorf("news tell the title as it was: %s", n.Card.Title)
			}
		}
	})
}

// Whose matter was joined to another hears under their own number, even if they
// may not read the other.
func TestNoticeOfJoinedMatters(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		second := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		first := d.raise(d.resident, func(in *matters.Raising) { in.Public = false })
		mine := d.raise(second, func(in *matters.Raising) { in.Public = false })
		d.must(town.Matters.Join(ctx, d.zhao, mine.ID, first.ID, "同一处下水道"))
		d.to(first, matters.Classified)
		d.wants("the second reporter", second, mine.Number, "join", "accept")
		d.wants("the second reporter, of the first matter", second, first.Number)
	})
}

// A step that was done but not marked, as when the process is killed in between,
// is done again, once; a notifier that was overtaken writes nothing.
func TestNoNoticeTwiceNorLost(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		d.must(town.CatchUp(ctx))
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Handled)
		one, other := town.Matters.NewNotifier(), town.Matters.NewNotifier()
		lag, err := one.Lag(ctx)
		d.must(err)
		if lag == 0 {
			t.Fatal("nothing to be told")
		}
		killed := errs.New(errs.Busy, "test.killed")
		if err := matters.StepAndDie(ctx, one, killed); err == nil {
			t.Fatal("the step was not broken off")
		}
		ns, err := town.Matters.Notices(ctx, d.resident, 0)
		d.must(err)
		if len(ns) != 0 {
			t.Fatalf("%d notices of a step that was broken off", len(ns))
		}
		for range 3 {
			for _, n := range []*matters.Notifier{one, other} {
				for {
					done, err := n.Step(ctx, 2)
					d.must(err)
					if done == 0 {
						break
					}
				}
			}
		}
		d.wants("the reporter", d.resident, slip.Number, "accept", "dispatch", "take", "handle")
	})
}

func TestNoticesAreSwept(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		old := d.raise(d.resident, nil)
		d.to(old, matters.Classified)
		d.must(town.CatchUp(ctx))
		town.Clock.Add(matters.KeepNotices + time.Hour)
		d.zhao = town.As("zhao")
		fresh := d.raise(d.resident, nil)
		d.must(town.Matters.Accept(ctx, d.zhao, fresh.ID))
		d.must(town.CatchUp(ctx))
		n, err := town.Matters.SweepNotices(ctx)
		if err != nil || n != 1 {
			t.Errorf("%d swept, %v; want 1", n, err)
		}
		d.wants("the reporter", d.resident, old.Number)
		d.wants("the reporter", d.resident, fresh.Number, "accept")
	})
}

func TestNoticesHaveWords(t *testing.T) {
	t.Parallel()
	for _, key := range matters.NoticeKeys() {
		for _, lang := range []i18n.Lang{i18n.ZH, i18n.EN} {
			if s := i18n.T(lang, key, "QL-1", "下水道"); !strings.Contains(s, "下水道") || !strings.Contains(s, "QL-1") {
				t.Errorf("%s in %s: %s", key, lang, s)
			}
		}
	}
}

func TestReminders(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, nil)
		remind := func(want int) {
			t.Helper()
			n, err := town.Matters.Remind(ctx)
			if err != nil || n != want {
				t.Errorf("at %s %d reminders, %v; want %d", town.Clock.Now(), n, err, want)
			}
		}
		remind(0) // four working hours to accept: its coming says it
		d.to(slip, matters.Dispatched)
		due := d.get(slip.Number).Matter.Due
		remind(0)
		town.Clock.Set(due.Add(-2 * time.Hour))
		remind(1)
		remind(0)
		d.wu = town.As("wu")
		d.wants("who handles", d.wu, slip.Number, "soon")
		d.wants("the centre", town.As("zhao"), slip.Number)
		// the end is moved: it is said again, of the new end
		d.must(town.Matters.Take(ctx, d.wu, slip.ID, ""))
		d.must(town.Matters.AskExtension(ctx, d.wu, slip.ID, when.Limit{N: 2, Unit: when.WorkDays}, "等配件到货，请多等两天"))
		d.must(town.Matters.Extend(ctx, town.As("sun"), slip.ID, ""))
		remind(0)
		due = d.get(slip.Number).Matter.Due
		town.Clock.Set(due.Add(-3 * time.Hour))
		remind(1)
		town.Clock.Set(due.Add(time.Hour))
		remind(1)
		remind(0)
		d.wu = town.As("wu")
		d.wants("who handles", d.wu, slip.Number, "soon", "soon", "late")
		if n, err := town.Matters.Unread(ctx, d.wu); err != nil || n != 3 {
			t.Errorf("%d unread, %v", n, err)
		}
		d.must(town.DB.Read(ctx, func(tx *sqldb.Tx) error {
			n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM matter_reminder`))
			if n != 3 {
				t.Errorf("%d reminders kept, want all of the last weeks", n)
			}
			return err
		}))
		d.must(town.Matters.Handle(ctx, d.wu, slip.ID, "已请师傅疏通，排水正常。"))
		town.Clock.Add(time.Hour)
		remind(0)
	})
}

// What came in late, and what nobody looked for while the program stood still.
func TestRemindersAfterAPause(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		_, err := town.Matters.Remind(ctx)
		d.must(err)
		var due time.Time
		for range 3 {
			slip := d.raise(d.resident, nil)
			d.to(slip, matters.Dispatched)
			due = d.get(slip.Number).Matter.Due
		}
		_, err = town.Matters.Raise(ctx, scope.Program("import"), matters.Raising{Body: "很久以前的留言", PlaceWords: "某处", Channel: matters.Import, Origin: "old:1", RaisedAt: town.DB.Now().AddDate(-3, 0, 0)})
		d.must(err)
		if n, err := town.Matters.Remind(ctx); err != nil || n != 0 {
			t.Errorf("what came in late: %d reminders, %v", n, err)
		}
		town.Clock.Set(due.AddDate(0, 0, 9))
		if n, err := town.Matters.Remind(ctx); err != nil || n != 12 {
			t.Errorf("%d reminders after a pause, %v; want 3, to the unit and on three levels", n, err)
		}
	})
}
