// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	resident, clerk := page.Base{Actor: gallery.Resident}, page.Base{Actor: scope.Actor{Kind: scope.Staff, Name: "林窗口", Account: 5, Grants: []scope.Grant{{Needs: []scope.Need{"desk", "visit", "raise_for", "reveal"}, Unit: 3}}}}
	c := &Counter{}
	add := func(name string, b page.Base, show func(http.ResponseWriter, *http.Request, page.Base) error) {
		gallery.Add("desk/"+name, b, func(w http.ResponseWriter, r *http.Request) error { return show(w, r, page.From(r)) })
	}
	themes := []desk.Theme{{Name: "户籍", Count: 9}, {Name: "社保", Count: 7}}
	add("services", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return listed.Show(w, r, c.listPage(b.Titled("services.title"), sampleItems(), themes, form.Of("q", "身份证")))
	})
	add("services-empty", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return listed.Show(w, r, c.listPage(b.Titled("services.title"), nil, themes, form.Of("q", "飞机票", "resident", "0123456789ABC")))
	})
	add("service", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return itemShown.Show(w, r, c.itemPage(b, sampleItems()[0], ""))
	})
	add("service-gone", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		i := sampleItems()[1]
		i.Active, i.Unit = false, 3
		return itemShown.Show(w, r, c.itemPage(b, i, ""))
	})
	add("calendar", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return calendarShown.Show(w, r, c.calendarPage(b, sampleChoices()[0].Counter, desk.Feed{ID: 1, MadeAt: gallery.Now.AddDate(0, 0, -3)}, desk.Feed{}, "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"))
	})
	add("history", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		i := sampleItems()[0]
		old := i.Spec
		old.Fee = ""
		return historyShown.Show(w, r, c.historyPage(b, i, []desk.Edition{{At: gallery.Now.Add(-50 * time.Hour), Actor: "何警官", Note: "写明工本费", Spec: i.Spec, On: true}, {At: gallery.Now.AddDate(0, -5, 0), Actor: "何警官", Spec: old, On: true}}))
	})
	add("item", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		f := typedItem(sampleItems()[0])
		f.Fault("promised", "desk.item.promised")
		return formed.Show(w, r, c.itemForm(b, sampleItems()[0], f, nil))
	})
	pick := func(p picking) func(http.ResponseWriter, *http.Request, page.Base) error {
		return func(w http.ResponseWriter, r *http.Request, b page.Base) error {
			return chosen.Show(w, r, c.bookPage(b, sampleItems()[0], sampleChoices(), p, nil, desk.Card{}))
		}
	}
	day := isoDay(sampleChoices()[0].Slots[0].At)
	add("book-where", resident, pick(picking{}))
	add("book-day", resident, pick(picking{counter: 1}))
	add("book-time", resident, pick(picking{counter: 1, day: day}))
	add("book-who", page.Base{}, pick(picking{counter: 1, day: day, at: sampleChoices()[0].Slots[1].At}))
	add("book-wait", clerk, pick(picking{counter: 1, wait: true}))
	add("book-full", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		f := form.Of("at", "2026-11-24T09:00")
		f.Fault("at", "booking.full", i18n.Text{ZH: "11月24日（周二） 09:30、10:00", EN: "Tue 24 November 09:30, 10:00"})
		b.Form = f
		return chosen.Show(w, r, c.bookPage(b, sampleItems()[0], sampleChoices(), picking{counter: 1, day: day}, f, desk.Card{}))
	})
	add("mine", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return mineShown.Show(w, r, c.minePage(b.Titled("bookings.title"), sampleBookings(), sampleVisits()[:1]))
	})
	add("mine-empty", page.Base{}, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return mineShown.Show(w, r, c.minePage(b.Titled("bookings.title"), nil, nil))
	})
	for n, name := range []string{"booking", "booking-offered", "booking-waiting", "booking-off"} {
		base := resident
		if n == 0 {
			base = clerk
		}
		add(name, base, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
			v := sampleBookings()[n]
			v.Inside = n == 0
			return bookingShown.Show(w, r, c.bookingPage(b, v))
		})
	}
	add("call-off", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return formed.Show(w, r, c.callOffPage(b, sampleBookings()[0], nil))
	})
	add("slip", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		v, err := c.slipPage(b, sampleBookings()[0], "K7QM-3HXP")
		if err != nil {
			return err
		}
		return slipped.Show(w, r, v)
	})
	add("counters", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return countersShown.Show(w, r, c.countersPage(b.Titled("counters.title"), []desk.Counter{sampleChoices()[0].Counter, sampleChoices()[1].Counter}))
	})
	add("counters-empty", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return countersShown.Show(w, r, c.countersPage(b.Titled("counters.title"), nil))
	})
	add("day", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return dayShown.Show(w, r, c.dayPage(b, sampleDay()))
	})
	add("day-closed", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return dayShown.Show(w, r, c.dayPage(b, desk.Day{Counter: sampleChoices()[0].Counter, Day: gallery.Now.Add(26 * time.Hour), Closed: desk.Closing{Day: "2026-11-24", Why: "停电检修"}}))
	})
	add("plan", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		x := sampleChoices()[0].Counter
		return planned.Show(w, r, c.planPage(b, x, typedPlan(x), planChoices{items: []page.Option{{Value: "id-card", Text: "居民身份证换领"}}, officers: []page.Option{{Value: "5", Text: "何警官"}}, closings: []desk.Closing{{Day: "2026-12-01", Why: "停电检修"}}}))
	})
	add("visits", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return visitsShown.Show(w, r, c.visitsPage(b.Titled("visits.title"), sampleVisits(), desk.VisitFilter{Open: true}))
	})
	add("visits-empty", clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return visitsShown.Show(w, r, c.visitsPage(b.Titled("visits.title"), nil, desk.VisitFilter{}))
	})
	for n, name := range []string{"visit-found", "visit-arranged", "visit-closed"} {
		add(name, clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
			return visitShown.Show(w, r, c.visitPage(b, sampleVisits()[n]))
		})
	}
	add("visit-household", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		x := sampleVisits()[1]
		x.Inside, x.Acts = false, []desk.Act{desk.Withdraw}
		return visitShown.Show(w, r, c.visitPage(b, x))
	})
	for act, n := range map[desk.Act]int{desk.Call: 0, desk.Arrange: 0, desk.Postpone: 1, desk.Do: 1, desk.FollowUp: 2, desk.Withdraw: 1} {
		add("act-"+string(act), clerk, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
			ps := []desk.Person{{Account: 5, Name: "何警官"}}
			return formed.Show(w, r, c.visitActFields(b, sampleVisits()[n], act, typedVisit(r, sampleVisits()[n]), ps, []desk.Person{{Account: 6, Name: "李网格"}}, sampleChoices()[0].Slots[:3]))
		})
	}
	add("find", resident, func(w http.ResponseWriter, r *http.Request, b page.Base) error {
		return formed.Show(w, r, c.findFields(b, form.Of("need", "老人起不来床"), sampleItems(), []page.Option{{Value: "1", Text: "宝塔社区", Group: "文君街道"}}, scope.Path{}, desk.Card{}))
	})
}

func sampleItems() []desk.Item {
	return []desk.Item{
		{ID: 1, Code: "id-card", Active: true, ChangedAt: gallery.Now.Add(-50 * time.Hour), Spec: desk.Spec{Name: i18n.Text{ZH: "居民身份证换领、补领", EN: "Identity card: renew or replace"}, Theme: "户籍", Agency: "文君街道派出所", Also: []string{"办身份证"}, For: []string{"户口在本市的居民"},
			Papers: []string{"户口簿", "旧身份证（遗失的不用）"}, Legal: when.Limit{N: 60, Unit: when.WorkDays}, Promised: when.Limit{N: 20, Unit: when.WorkDays}, Visits: 1, Fee: "换领 20 元，补领 40 元", Where: "派出所户籍窗口", Phone: "028-88790110", Booking: true, AtHome: true}},
		{ID: 2, Code: "old-age-card", Active: true, ChangedAt: gallery.Now, Spec: desk.Spec{Name: i18n.Text{ZH: "老年人优待证", EN: "Card for the elderly"}, Theme: "养老", Agency: "便民服务中心", Online: "https://example.org/card"}},
	}
}

func sampleChoices() []desk.Choice {
	var slots []desk.Slot
	for n := range 12 {
		at := gallery.Now.Truncate(24 * time.Hour).Add(time.Duration(25+24*(n/6))*time.Hour + time.Duration(n%6)*30*time.Minute)
		slots = append(slots, desk.Slot{Counter: 1, At: at, Ends: at.Add(30 * time.Minute), Seats: 2, Left: n % 3})
	}
	one := desk.Counter{ID: 1, Unit: 3, Active: true, Plan: desk.Plan{Name: i18n.Text{ZH: "户籍窗口", EN: "Household registration"}, Room: "一楼 2 号窗口", Minutes: 30, Seats: 2, Ahead: 14, Items: []string{"id-card"}}}
	two := one
	two.ID, two.Active, two.Name = 2, false, i18n.Text{ZH: "综合窗口", EN: "General counter"}
	return []desk.Choice{{Counter: one, Slots: slots}, {Counter: two}}
}

func sampleBookings() []desk.Seen {
	at := sampleChoices()[0].Slots[1].At
	base := desk.Seen{Booking: desk.Booking{ID: 9, Number: "YY-2026-000042", Counter: 1, State: desk.Booked, At: at, Ends: at.Add(30 * time.Minute), Seat: 1, Channel: desk.Desk, ForWords: "替母亲", MadeAt: gallery.Now.Add(-3 * time.Hour)},
		What: sampleItems()[0], At: sampleChoices()[0].Counter, For: desk.Card{Name: "陈**", Phone: "199****0001"}, Acts: []desk.Act{desk.Move, desk.Cancel, desk.CallOff, desk.Arrive},
		Steps: []desk.Step{{At: gallery.Now.Add(-3 * time.Hour), Act: desk.Book, Actor: "林窗口", Behalf: true}}}
	offered, waiting, off := base, base, base
	offered.State, offered.Until, offered.Acts = desk.Offered, gallery.Now.Add(2*time.Hour), []desk.Act{desk.Accept, desk.Pass, desk.Cancel}
	waiting.State, waiting.Seat, waiting.Ends, waiting.Ahead, waiting.Acts = desk.Waiting, 0, at.AddDate(0, 0, 7), 2, []desk.Act{desk.Cancel}
	off.State, off.Seat, off.Acts = desk.CalledOff, 0, nil
	off.Steps = append(off.Steps, desk.Step{At: gallery.Now, Act: desk.CallOff, Actor: "林窗口", Words: "停电检修"})
	return []desk.Seen{base, offered, waiting, off}
}

func sampleDay() desk.Day {
	begin := gallery.Now.Truncate(24 * time.Hour).Add(-8 * time.Hour)
	d := desk.Day{Counter: sampleChoices()[0].Counter, Day: begin, Open: true, Waiting: sampleBookings()[2:3]}
	for n, s := range []desk.State{desk.Served, desk.Arrived, desk.Missed, desk.Booked} {
		at := begin.Add(9*time.Hour + time.Duration(n)*30*time.Minute)
		v := sampleBookings()[0]
		v.State, v.Booking.At, v.Number = s, at, "YY-2026-00004"+string(rune('0'+n))
		d.List = append(d.List, v)
		d.Slots = append(d.Slots, desk.Slot{At: at, Ends: at.Add(30 * time.Minute), Seats: 2, Left: n % 2})
	}
	return d
}

func sampleVisits() []desk.SeenVisit {
	now := gallery.Now
	found := desk.SeenVisit{Inside: true, For: desk.Card{Name: "陈**", Phone: "199****0001"}, What: sampleItems()[0], Acts: []desk.Act{desk.Call, desk.Withdraw},
		HomeVisit: desk.HomeVisit{ID: 7, Number: "SM-2026-000012", State: desk.Found, Need: "79 岁，卧床，来不了派出所，办医保要用身份证。", Finder: desk.OnRound, FoundAt: now.Add(-2 * time.Hour), MovedAt: now.Add(-2 * time.Hour), Due: now.Add(2 * time.Hour), DeskUnit: 3, ServeUnit: 4},
		Steps:     []desk.Step{{At: now.Add(-2 * time.Hour), Act: desk.Find, Actor: "李网格"}}}
	arranged := found
	arranged.State, arranged.At, arranged.Ends, arranged.Officer, arranged.Worker, arranged.Papers = desk.Arranged, now.Add(28*time.Hour), now.Add(29*time.Hour), 5, 6, "户口簿、旧身份证"
	arranged.ConsentAt, arranged.Consent, arranged.Due = now.Add(-time.Hour), "女儿接的电话，同意上门拍照采集", now.Add(29*time.Hour)
	arranged.Who, arranged.Acts = map[id.ID]string{5: "何警官", 6: "李网格"}, []desk.Act{desk.Arrange, desk.Postpone, desk.Do, desk.Withdraw}
	arranged.Steps = append(arranged.Steps, desk.Step{At: now.Add(-time.Hour), Act: desk.Call, Actor: "林窗口", Words: "女儿接的电话，同意上门拍照采集"})
	closed := arranged
	closed.State, closed.Result, closed.Acts, closed.Due = desk.Closed, "采集照片和指纹，受理了换领。", nil, time.Time{}
	return []desk.SeenVisit{found, arranged, closed}
}
