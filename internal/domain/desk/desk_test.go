// SPDX-License-Identifier: Apache-2.0

package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// office is a town with a counter of the street's desk and one of the police.
type office struct {
	*apptest.Town
	t       *testing.T
	lin, he scope.Actor
	window  id.ID // of the street's desk
	officer id.ID // 何警官's
}

func each(t *testing.T, f func(o *office)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		o := &office{Town: town, t: t, lin: town.As("lin"), he: town.As("he")}
		o.item(o.lin, "old-age-card", "老年人优待证办理", "老年证")
		o.item(o.he, "id-card", "居民身份证申领、换领、补领", "身份证")
		o.window = o.counter(o.lin, desk.Plan{Name: i18n.Text{ZH: "综合窗口"}, Minutes: 30, Seats: 1, Ahead: 14})
		o.officer = o.counter(o.he, desk.Plan{Name: i18n.Text{ZH: "户籍窗口"}, Officer: o.he.Account, Minutes: 30, Seats: 2, Ahead: 14})
		f(o)
	})
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) item(by scope.Actor, code, name, also string) {
	o.t.Helper()
	_, err := o.Desk.Keep(o.t.Context(), by, desk.Item{Code: code, Unit: by.Unit, Active: true, Spec: desk.Spec{Name: i18n.Text{ZH: name}, Also: []string{also}, Papers: []string{"户口簿"}, Booking: true, AtHome: true}}, "")
	o.must(err)
}

func (o *office) counter(by scope.Actor, p desk.Plan) id.ID {
	o.t.Helper()
	d, err := o.Desk.KeepCounter(o.t.Context(), by, desk.Counter{Unit: by.Unit, Active: true, Plan: p})
	o.must(err)
	return d
}

// at is a moment of the town's first Tuesday.
func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-03-03 "+clock, i18n.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func guest(name string) people.ContactInput {
	return people.ContactInput{Name: name, Phone: "19900000123"}
}

func (o *office) get(by scope.Actor, number string) desk.Seen {
	o.t.Helper()
	v, err := o.Desk.Get(o.t.Context(), by, number)
	o.must(err)
	return v
}

var nobody = scope.Actor{Kind: scope.Anonymous}

// Two hundred clients are after the last seat at the same moment: one gets it, the
// others are told so in one sentence that names the nearest free times.
func TestLastSeat(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		const clients = 200
		var wg sync.WaitGroup
		got := make([]error, clients)
		start := make(chan struct{})
		for n := range clients {
			wg.Go(func() {
				<-start
				_, got[n] = o.Desk.Book(o.t.Context(), nobody, desk.Wish{Item: "old-age-card", At: at("09:00"), Contact: guest("邻居甲")})
			})
		}
		close(start)
		wg.Wait()
		won := 0
		for _, err := range got {
			if err == nil {
				won++
				continue
			}
			es := errs.Public(err)
			if len(es) != 1 || es[0].Kind != errs.Conflict || es[0].Key != "booking.full" || es[0].Field != "at" {
				o.t.Fatalf("%v", err)
			}
			if say := i18n.T(i18n.ZH, es[0].Key, es[0].Args...); !strings.Contains(say, "09:30、10:00") {
				o.t.Fatalf("told %q", say)
			}
		}
		if won != 1 {
			o.t.Errorf("%d have the one seat", won)
		}
		o.noSeatTwice()
	})
}

// noSeatTwice counts the seats that are given, slowly.
func (o *office) noSeatTwice() {
	o.t.Helper()
	seen := map[string]bool{}
	for _, c := range []id.ID{o.window, o.officer} {
		for day := range 20 {
			d, err := o.Desk.DayOf(o.t.Context(), o.he, c, at("08:00").AddDate(0, 0, day-1))
			o.must(err)
			for _, b := range d.List {
				key := fmt.Sprint(b.Counter, b.Booking.At, b.Seat)
				if seen[key] || b.Seat < 1 || b.Seat > d.Counter.Seats {
					o.t.Errorf("%s has seat %d a second time, or there is none", b.Number, b.Seat)
				}
				seen[key] = true
			}
		}
	}
}

// Forty clients want to move to the same free seat: one does, the others keep theirs.
func TestMoveToOneSeat(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		wide := o.counter(o.lin, desk.Plan{Name: i18n.Text{ZH: "大厅"}, Minutes: 30, Seats: 40, Ahead: 14})
		var slips []desk.Slip
		for range 40 {
			s, err := o.Desk.Book(ctx, nobody, desk.Wish{Item: "old-age-card", Counter: wide, At: at("10:00"), Contact: guest("邻居甲")})
			o.must(err)
			slips = append(slips, s)
		}
		var wg sync.WaitGroup
		got := make([]error, len(slips))
		for n, s := range slips {
			wg.Go(func() {
				got[n] = o.Desk.Move(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{s.ID}}, s.ID, o.window, at("11:00"))
			})
		}
		wg.Wait()
		moved := 0
		for n, err := range got {
			v := o.get(o.lin, slips[n].Number)
			switch {
			case err == nil:
				moved++
			case errs.KindOf(err) != errs.Conflict || !v.Booking.At.Equal(at("10:00")):
				o.t.Errorf("%v, and the time is %v", err, v.Booking.At)
			}
		}
		if moved != 1 {
			o.t.Errorf("%d moved to the one seat", moved)
		}
		o.noSeatTwice()
	})
}

// From the booking to the receipt: a booking is moved, checked in by its number, served,
// noted wrongly and taken back; who did not come has missed it.
func TestBookingLife(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		zhou := o.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		s, err := o.Desk.Book(ctx, zhou, desk.Wish{Item: "id-card", At: at("09:30")})
		o.must(err)
		v := o.get(zhou, s.Number)
		if v.State != desk.Booked || v.Counter != o.officer || v.Seat != 1 || v.Resident != zhou.Resident || slices.Contains(v.Acts, desk.Arrive) || !slices.Contains(v.Acts, desk.Move) {
			t.Errorf("%+v", v)
		}
		if d, err := o.Desk.ByCode(ctx, strings.ToLower(s.Number), strings.ReplaceAll(s.Code, "-", " ")); err != nil || d != s.ID {
			t.Errorf("by the slip: %v %v", d, err)
		}
		if _, err := o.Desk.ByCode(ctx, s.Number, "AAAA-AAAA"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a wrong code: %v", err)
		}
		if _, err := o.Desk.Get(ctx, nobody, s.Number); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a stranger sees it: %v", err)
		}
		o.must(o.Desk.Move(ctx, zhou, s.ID, 0, at("10:00")))
		if err := o.Desk.Arrive(ctx, zhou, s.ID); errs.KindOf(err) != errs.Denied {
			t.Errorf("a resident checks themselves in: %v", err)
		}
		if err := o.Desk.Arrive(ctx, o.he, s.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("the day before: %v", err)
		}
		o.Clock.Set(at("09:55"))
		o.must(o.Desk.Arrive(ctx, o.he, s.ID))
		o.must(o.Desk.Serve(ctx, o.he, s.ID))
		o.must(o.Desk.TakeBack(ctx, o.he, s.ID))
		o.must(o.Desk.Serve(ctx, o.he, s.ID))
		if v := o.get(o.he, s.Number); v.State != desk.Served || len(v.Steps) != 6 {
			t.Errorf("%s after %d steps", v.State, len(v.Steps))
		}

		late, err := o.Desk.Book(ctx, zhou, desk.Wish{Item: "id-card", At: at("11:00")})
		o.must(err)
		o.Clock.Set(at("23:00").AddDate(0, 0, 1))
		_, err = o.Desk.Sweep(ctx, 100)
		o.must(err)
		if v := o.get(zhou, late.Number); v.State != desk.Missed {
			t.Errorf("who did not come: %s", v.State)
		}
		if _, err := o.Desk.Book(ctx, zhou, desk.Wish{Item: "id-card", At: at("11:00").AddDate(0, 0, 2)}); err != nil {
			t.Errorf("who missed one may not book another: %v", err)
		}
	})
}

// What was freed goes to the first who waits; who passes it on waits at the end, an
// offer that nobody takes lapses, and the next gets it.
func TestWaitingList(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		narrow := o.counter(o.lin, desk.Plan{Name: i18n.Text{ZH: "一个位子"}, Hours: "09:00-09:30", Minutes: 30, Seats: 1, Ahead: 1})
		wish := desk.Wish{Item: "old-age-card", Counter: narrow, At: at("09:00"), Contact: guest("邻居甲")}
		first, err := o.Desk.Book(ctx, nobody, wish)
		o.must(err)
		wait := func(name string) scope.Actor {
			w := wish
			w.Wait, w.Days, w.Contact = true, 1, guest(name)
			o.Clock.Add(time.Second)
			s, err := o.Desk.Book(ctx, nobody, w)
			o.must(err)
			return scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{s.ID}}
		}
		free := wish
		free.At, free.Counter, free.Wait, free.Days = at("09:00"), o.window, true, 1
		if _, err := o.Desk.Book(ctx, nobody, free); errs.KindOf(err) != errs.Conflict {
			t.Errorf("who waits though there is a place: %v", err)
		}
		a, b := wait("邻居乙"), wait("邻居丙")
		state := func(by scope.Actor) desk.State {
			t.Helper()
			vs, err := o.Desk.Mine(ctx, by, 5)
			o.must(err)
			return vs[0].State
		}
		o.must(o.Desk.Cancel(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{first.ID}}, first.ID))
		if state(a) != desk.Offered || state(b) != desk.Waiting {
			t.Fatalf("the first is %s, the second %s", state(a), state(b))
		}
		if _, err := o.Desk.Book(ctx, nobody, wish); errs.KindOf(err) != errs.Conflict {
			t.Errorf("what is offered is given to another: %v", err)
		}
		o.must(o.Desk.Pass(ctx, a, a.Slips[0]))
		if state(a) != desk.Waiting || state(b) != desk.Offered {
			t.Fatalf("after passing it on the first is %s, the second %s", state(a), state(b))
		}
		o.Clock.Add(3 * time.Hour) // two of them working time
		o.Clock.Add(2 * time.Hour)
		if err := o.Desk.Accept(ctx, b, b.Slips[0]); errs.KindOf(err) != errs.Conflict {
			t.Errorf("taken after its end: %v", err)
		}
		_, err = o.Desk.Sweep(ctx, 100)
		o.must(err)
		if state(b) != desk.Lapsed {
			t.Errorf("nobody took it: %s", state(b))
		}
		again, err := o.Desk.Book(ctx, nobody, wish)
		o.must(err)
		o.noSeatTwice()
		_ = again
	})
}

// Times follow the calendar: none on a Sunday and a holiday, and a Saturday that is
// worked in exchange has some; a closed day has none, and calls off what is booked.
func TestTimesFollowTheCalendar(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		c, err := o.Desk.Counter(ctx, o.window)
		o.must(err)
		c.Ahead = 90
		_, err = o.Desk.KeepCounter(ctx, o.lin, c)
		o.must(err)
		times := func() map[string]int {
			cs, err := o.Desk.Times(ctx, "old-age-card")
			o.must(err)
			days := map[string]int{}
			for _, x := range cs[0].Slots {
				days[x.At.In(when.Zone).Format(time.DateOnly)]++
			}
			return days
		}
		days := times()
		cal := o.Calendars.Town()
		for day := o.Clock.Now().AddDate(0, 0, 1); day.Before(o.Clock.Now().AddDate(0, 0, 89)); day = day.AddDate(0, 0, 1) {
			if n := days[day.In(when.Zone).Format(time.DateOnly)]; (n > 0) != cal.Workday(day) {
				t.Errorf("%s: %d times", day, n)
			}
		}
		zhou := o.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		s, err := o.Desk.Book(ctx, zhou, desk.Wish{Item: "old-age-card", At: at("09:00")})
		o.must(err)
		if _, err := o.Desk.Close(ctx, o.he, o.window, at("00:00"), "停电检修"); errs.KindOf(err) != errs.Denied {
			t.Errorf("another unit closes it: %v", err)
		}
		n, err := o.Desk.Close(ctx, o.lin, o.window, at("00:00"), "停电检修")
		o.must(err)
		if v := o.get(zhou, s.Number); n != 1 || v.State != desk.CalledOff || v.Steps[1].Words != "停电检修" || times()["2026-03-03"] != 0 {
			t.Errorf("%d called off, it is %s, %d times are left", n, v.State, times()["2026-03-03"])
		}
		o.must(o.Desk.Reopen(ctx, o.lin, o.window, at("00:00")))
		if times()["2026-03-03"] == 0 {
			t.Error("opened again, there are no times")
		}
	})
}

// A search forgives.
func TestSearchForgives(t *testing.T) {
	t.Parallel()
	o := &office{Town: apptest.New(t), t: t}
	o.lin, o.he = o.As("lin"), o.As("he")
	o.item(o.he, "id-card", "居民身份证申领、换领、补领", "办身份证")
	o.item(o.lin, "old-age-card", "老年人优待证办理", "坐车免费的证")
	o.item(o.lin, "medical", "城乡居民基本医疗保险参保登记", "买医保")
	o.item(o.lin, "business", "个体工商户设立登记", "开店")
	o.item(o.lin, "marriage", "婚姻登记预约", "")
	c, err := o.Desk.Catalogue(t.Context())
	o.must(err)
	for q, want := range map[string]string{
		"身份证": "id-card", "身份正": "id-card", "sfz": "id-card", "shenfenzheng": "id-card", "给我妈补办身份证要带啥子": "id-card", "身分证": "id-card", "ID-CARD": "id-card",
		"老年证": "old-age-card", "老人证": "old-age-card", "医保": "medical", "营业执照": "business", "开店": "business", "结婚登记": "marriage",
	} {
		is, _ := c.Search(desk.Filter{Words: q})
		if len(is) == 0 || is[0].Code != want {
			t.Errorf("%s finds %v, want %s", q, codes(is), want)
		}
	}
	for _, q := range []string{"飞机票", "qqqq", "？？"} {
		if is, _ := c.Search(desk.Filter{Words: q}); len(is) > 0 {
			t.Errorf("%s finds %v", q, codes(is))
		}
	}
	if is, more := c.Search(desk.Filter{Most: 2}); len(is) != 2 || !more {
		t.Errorf("without words: %v %v", codes(is), more)
	}
}

func codes(is []desk.Item) (out []string) {
	for _, i := range is {
		out = append(out, i.Code)
	}
	return out
}

// The unit that offers an item keeps it, with its history; nobody else does.
func TestKeep(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		c, err := o.Desk.Catalogue(ctx)
		o.must(err)
		i, ok := c.Get("id-card")
		if !ok {
			t.Fatal("it is not there")
		}
		i.Fee = "首次免费，换领 20 元，补领 40 元"
		for _, who := range []string{"lin", "li", "wu", "zhao", "audit"} {
			if _, err := o.Desk.Keep(ctx, o.As(who), i, ""); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s changes what the police offer: %v", who, err)
			}
		}
		_, err = o.Desk.Keep(ctx, o.he, i, "写明工本费")
		o.must(err)
		if _, err := o.Desk.Keep(ctx, o.he, i, ""); errs.KindOf(err) != errs.Conflict {
			t.Errorf("changed on an old page: %v", err)
		}
		h, err := o.Desk.History(ctx, i.ID)
		o.must(err)
		if len(h) != 2 || h[0].Note != "写明工本费" || h[0].Spec.Fee == "" || h[1].Spec.Fee != "" || h[0].Actor != "何警官" {
			t.Errorf("%+v", h)
		}
		bad := desk.Item{Code: "x y", Unit: o.he.Unit, Spec: desk.Spec{Online: "javascript:alert(1)", Legal: when.Limit{N: 3, Unit: when.WorkDays}, Promised: when.Limit{N: 5, Unit: when.WorkDays}, Visits: 99}}
		_, err = o.Desk.Keep(ctx, o.he, bad, "")
		var fields []string
		for _, e := range errs.Public(err) {
			fields = append(fields, e.Field)
		}
		if slices.Sort(fields); !slices.Equal(fields, []string{"code", "name_zh", "online", "promised", "visits"}) {
			t.Errorf("faults at %v", fields)
		}
		x := desk.Item{Code: "id-card", Unit: o.he.Unit, Active: true, Spec: desk.Spec{Name: i18n.Text{ZH: "又一个"}}}
		if _, err := o.Desk.Keep(ctx, o.he, x, ""); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a code twice: %v", err)
		}
	})
}

// Personal facts go when their term ends; that somebody was served stays.
func TestForget(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		zhou := o.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		known, err := o.Desk.Book(ctx, zhou, desk.Wish{Item: "id-card", At: at("09:30")})
		o.must(err)
		left, err := o.Desk.Book(ctx, nobody, desk.Wish{Item: "id-card", At: at("09:30"), Contact: guest("邻居甲"), ForWords: "替母亲"})
		o.must(err)
		if o.get(o.he, left.Number).For.Name != "邻**" {
			t.Errorf("%+v", o.get(o.he, left.Number).For)
		}
		o.Clock.Set(at("09:30").Add(desk.KeepBooking + 48*time.Hour))
		o.lin, o.he = o.As("lin"), o.As("he")
		if n, err := o.Desk.ForgetOld(ctx, 100); err != nil || n != 2 {
			t.Fatalf("%d forgotten, %v", n, err)
		}
		for _, s := range []desk.Slip{known, left} {
			v := o.get(o.he, s.Number)
			if v.Resident != 0 || v.Contact != 0 || v.ForWords != "" || v.ForgottenAt.IsZero() || !v.Booking.At.Equal(at("09:30")) {
				t.Errorf("%+v", v.Booking)
			}
			if _, err := o.Desk.ByCode(ctx, s.Number, s.Code); errs.KindOf(err) != errs.Invalid {
				t.Errorf("the slip still opens it: %v", err)
			}
		}
		if n, err := o.Desk.ForgetOld(ctx, 100); err != nil || n != 0 {
			t.Errorf("again %d, %v", n, err)
		}
		o.must(o.DB.Read(ctx, func(tx *sqldb.Tx) error {
			return desk.Digests()["booking"](tx, func(id.ID, []byte) error { return nil })
		}))
	})
}

// A counter whose times are made shorter keeps what is booked: nobody is given a seat
// while somebody who was given it before has it still, nor told that it is free; and who sits there
// is busy for as long.
func TestShorterTimes(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		_, err := o.Desk.Book(ctx, nobody, desk.Wish{Item: "old-age-card", At: at("09:30"), Contact: guest("邻居甲")})
		o.must(err)
		o.Clock.Add(time.Minute)
		c, err := o.Desk.Counter(ctx, o.window)
		o.must(err)
		c.Minutes = 20
		_, err = o.Desk.KeepCounter(ctx, o.lin, c)
		o.must(err)
		left := map[string]int{}
		cs, err := o.Desk.Times(ctx, "old-age-card")
		o.must(err)
		for _, x := range cs[0].Slots {
			if x.At.Before(at("11:00")) {
				left[x.At.In(i18n.Zone).Format("15:04")] = x.Left
			}
		}
		if left["09:00"] != 1 || left["09:20"] != 0 || left["09:40"] != 0 || left["10:00"] != 1 {
			o.t.Errorf("from 9:30 to 10:00 somebody sits there: %v", left)
		}
		for clock, free := range map[string]bool{"09:20": false, "09:40": false, "09:00": true, "10:00": true} {
			_, err := o.Desk.Book(ctx, nobody, desk.Wish{Item: "old-age-card", At: at(clock), Contact: guest("邻居乙")})
			if es := errs.Public(err); free != (err == nil) || !free && (len(es) != 1 || es[0].Key != "booking.full") {
				o.t.Errorf("at %s: %v", clock, err)
			}
		}
		r, faults, err := o.Desk.Recount(ctx)
		o.must(err)
		if len(faults) > 0 || r.Seated != 3 || r.Earlier != 1 || r.Fullest != 1 {
			o.t.Errorf("%+v, %v", r, faults)
		}
	})
}
