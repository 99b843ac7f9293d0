// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"
	"time"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	first := id.First(gallery.Now)
	c := &Counter{}
	chair := scope.Actor{Kind: scope.Staff, Account: 1, Name: "王主任", Grants: []scope.Grant{{Post: "宝塔社区主任", Needs: []scope.Need{"organise", "supervise"}}}}
	keeper := scope.Actor{Kind: scope.Staff, Account: 2, Name: "唐店主", Grants: []scope.Grant{{Post: "店主", Needs: []scope.Need{"offer"}}}}
	city := scope.Actor{Kind: scope.Staff, Account: 3, Name: "系统员", Grants: []scope.Grant{{Post: "管理员", Needs: []scope.Need{"administer"}}}}
	resident := page.Base{Actor: gallery.Resident}
	line, _ := volunteers.Shipped().Line("clean")
	task := func() volunteers.Task {
		return volunteers.Task{ID: first, State: volunteers.Open, Title: "清扫桂花小区的落叶", Body: "带一双手套，工具社区有。台阶上有青苔，穿防滑的鞋。", Act: "clean", PlaceWords: "桂花小区门口", LeaderName: "王主任",
			Begins: gallery.Now.Add(26 * time.Hour), Ends: gallery.Now.Add(28 * time.Hour), Seats: 10, Listed: 6}
	}
	offer := func() volunteers.Offer {
		return volunteers.Offer{ID: first, State: volunteers.OnOffer, Title: "一把青菜", Body: "当天早上的，自己来店里拿。", Points: 10, Stock: 60, Taken: 22, Until: gallery.Now.AddDate(0, 1, 0)}
	}
	said := func(state volunteers.HoursState) volunteers.Hours {
		return volunteers.Hours{ID: first, State: state, Minutes: 120, Points: 16, Confirmations: []volunteers.Confirmation{{Kind: volunteers.Companion, At: gallery.Now}}}
	}
	gallery.Add("volunteers/front", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		full := task()
		full.Title, full.Seats = "给独居老人送午饭", 6
		v := c.frontPage(page.From(r).Titled("volunteers.title"), []volunteers.Task{task(), full}, []volunteers.Thanks{{Name: "周*", Hours: 50, At: gallery.Now}, {Name: "李**", Words: "下雨天也来给大家送伞，谢谢您。", At: gallery.Now}})
		v.Filter = page.Filter{Action: "/volunteers", Fields: []page.Field{page.NewField(v.Lang, nil, "place", "volunteers.place").Of([]page.Option{{Value: "1", Text: "宝塔社区", Group: "文君街道"}}).Quiet()}, Count: v.T("volunteers.tasks.count", 2)}
		return fronted.Show(w, r, v)
	})
	gallery.Add("volunteers/task", resident, func(w http.ResponseWriter, r *http.Request) error {
		return tasked.Show(w, r, c.taskPage(page.From(r), volunteers.Whole{Task: task()}, line, 0))
	})
	gallery.Add("volunteers/task-leader", page.Base{Actor: chair}, func(w http.ResponseWriter, r *http.Request) error {
		t, a, b := task(), said(volunteers.Seen), said(volunteers.Confirmed)
		t.State = volunteers.Running
		up := volunteers.SignUp{ID: first, State: volunteers.Listed}
		return tasked.Show(w, r, c.taskPage(page.From(r), volunteers.Whole{Task: t, Organise: true, Waiting: 2, People: []volunteers.Attendance{{SignUp: up, Name: "周*", Hours: &a}, {SignUp: up, Name: "陈**", Hours: &b}, {SignUp: volunteers.SignUp{ID: first + 1, State: volunteers.Listed}, Name: "李*"}}}, line, 0))
	})
	gallery.Add("volunteers/draw-wrong", page.Base{Actor: chair}, func(w http.ResponseWriter, r *http.Request) error {
		f := form.Of("title", "扫", "seats", "10", "act", "clean")
		f.Fault("title", "volunteers.task.title")
		return drawn.Show(w, r, c.drawingPage(r, f, "volunteers.draw", volunteers.Shipped(), []page.Option{{Value: "1", Text: "宝塔社区"}}))
	})
	gallery.Add("volunteers/ask", page.Base{Actor: chair}, func(w http.ResponseWriter, r *http.Request) error {
		v, err := asking(r, first, "refuse", nil)
		if err != nil {
			return err
		}
		return asked.Show(w, r, v)
	})
	gallery.Add("volunteers/join", resident, func(w http.ResponseWriter, r *http.Request) error {
		return mined.Show(w, r, joining(page.From(r).Titled("volunteers.me"), nil, 0, volunteers.Joining{}))
	})
	gallery.Add("volunteers/me", resident, func(w http.ResponseWriter, r *http.Request) error {
		refused := said(volunteers.Refused)
		refused.Reason = "只来了半小时。"
		m := volunteers.Mine{Volunteer: volunteers.Volunteer{State: volunteers.Active, Shown: true}, Points: 36, Minutes: 690, Quarter: 240, Honours: []volunteers.Honour{{Hours: 10, At: gallery.Now}},
			Tasks: []volunteers.MyTask{{SignUp: volunteers.SignUp{State: volunteers.Listed}, Task: task()}}, Hours: []volunteers.MyHours{{Hours: said(volunteers.Confirmed), Task: task()}, {Hours: refused, Task: task()}},
			Redemptions: []volunteers.MyRedemption{{Redemption: volunteers.Redemption{ID: first, State: volunteers.Taken, Points: 10, Title: "一把青菜", TakenAt: gallery.Now}, Code: "AB3D7XYZ"}}}
		return mined.Show(w, r, c.mePage(page.From(r).Titled("volunteers.me"), m, 0))
	})
	gallery.Add("volunteers/leave", resident, func(w http.ResponseWriter, r *http.Request) error {
		return left.Show(w, r, leavingPage(page.From(r), nil, 36, 0))
	})
	gallery.Add("volunteers/statement", resident, func(w http.ResponseWriter, r *http.Request) error {
		st := volunteers.Statement{Quarter: volunteers.QuarterOf(gallery.Now), Opening: 20, In: 18, Out: 10, Closing: 28, Minutes: 120, Lines: []volunteers.StatementLine{
			{Entry: volunteers.Entry{At: gallery.Now, Act: volunteers.Earn, Code: "clean", Points: 16}, Signed: 16, What: "清扫桂花小区的落叶"}, {Entry: volunteers.Entry{At: gallery.Now, Act: volunteers.Earn, Code: "report", Points: 2}, Signed: 2, What: "QL-2026-004217"},
			{Entry: volunteers.Entry{At: gallery.Now, Act: volunteers.Spend, Points: 10}, Signed: -10, What: "一把青菜"}}}
		return statemented.Show(w, r, showStatement(page.From(r).Titled("volunteers.statement"), st, volunteers.Shipped(), 0))
	})
	gallery.Add("volunteers/work", page.Base{Actor: chair}, func(w http.ResponseWriter, r *http.Request) error {
		appealed := said(volunteers.Appealed)
		appealed.Reason, appealed.Plea = "只来了半小时。", "我一直都在，后半段在楼上。"
		proposed := offer()
		proposed.State = volunteers.Proposed
		wk := volunteers.Work{Hours: []volunteers.WaitingHours{{Hours: said(volunteers.Seen), Task: task(), Name: "周*"}}, Appeals: []volunteers.WaitingHours{{Hours: appealed, Task: task(), Name: "李*"}}, Offers: []volunteers.Offer{proposed}}
		return worked.Show(w, r, c.workPage(page.From(r).Titled("volunteers.work"), wk, []volunteers.Task{task()}))
	})
	gallery.Add("volunteers/offers", resident, func(w http.ResponseWriter, r *http.Request) error {
		return offered.Show(w, r, c.offersPage(page.From(r).Titled("volunteers.offers"), []volunteers.Offer{offer()}, 0))
	})
	gallery.Add("volunteers/offer", page.Base{Actor: chair}, func(w http.ResponseWriter, r *http.Request) error {
		return offerShown.Show(w, r, c.offerPage(page.From(r), offer(), 0))
	})
	gallery.Add("volunteers/offer-form", page.Base{Actor: keeper}, func(w http.ResponseWriter, r *http.Request) error {
		return offerForm.Show(w, r, offering(page.From(r), nil, "volunteers.offer.add", "/volunteers/offers/add", "/volunteers/shop"))
	})
	gallery.Add("volunteers/shop", page.Base{Actor: keeper}, func(w http.ResponseWriter, r *http.Request) error {
		sh := volunteers.Shop{Points: 220, Offers: []volunteers.Offer{offer()}, Open: []volunteers.Redemption{{ID: first, State: volunteers.Taken, Title: "一把青菜", Points: 10, TakenAt: gallery.Now}}, Done: []volunteers.Redemption{{Title: "一把青菜", Points: 10, EndedAt: gallery.Now}}}
		return shopped.Show(w, r, c.shopPage(page.From(r).Titled("volunteers.shop"), sh))
	})
	gallery.Add("volunteers/tariff", page.Base{Actor: city}, func(w http.ResponseWriter, r *http.Request) error {
		return tariffed.Show(w, r, showTariff(page.From(r).Titled("volunteers.tariff"), []volunteers.Edition{{Tariff: volunteers.Shipped()}}))
	})
	gallery.Add("volunteers/pot", page.Base{Actor: city}, func(w http.ResponseWriter, r *http.Request) error {
		v := showPot(page.From(r).Titled("volunteers.pot"), volunteers.Pot{Quarter: volunteers.QuarterOf(gallery.Now), Issued: volunteers.Total{Points: 4210, People: 96}, Redeemed: volunteers.Total{Points: 2830, People: 71}, GivenBack: volunteers.Total{Hidden: true}, Outstanding: volunteers.Total{Points: 3120, People: 140}, Members: 640})
		c.settling(&v, []volunteers.Due{{Unit: 1, Points: 640}})
		return potted.Show(w, r, v)
	})
}
