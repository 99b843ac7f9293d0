// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"crypto/rand"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// served has the desk serve somebody, and a question asked and answered.
func served(t *testing.T, w *apptest.Town, zhou scope.Actor) {
	t.Helper()
	ctx, he, village := t.Context(), w.As("he"), w.Place("文君街道", "新宝塔社区")[scope.Village]
	must := musts(t)
	_, err := w.Desk.Keep(ctx, he, desk.Item{Code: "id-card-again", Unit: he.Unit, Active: true, Spec: desk.Spec{Name: i18n.Text{ZH: "身份证换领"}, Booking: true, AtHome: true}}, "")
	must(err)
	_, err = w.Desk.KeepCounter(ctx, he, desk.Counter{Unit: he.Unit, Active: true, Plan: desk.Plan{Name: i18n.Text{ZH: "户籍窗口"}, Items: []string{"id-card-again"}, Minutes: 30, Seats: 3, Ahead: 14}})
	must(err)
	days, err := w.Desk.Times(ctx, "id-card-again")
	must(err)
	_, err = w.Desk.Book(ctx, zhou, desk.Wish{Item: "id-card-again", At: days[0].Slots[0].At})
	must(err)
	_, err = w.Desk.Find(ctx, zhou, desk.Finding{Item: "id-card-again", Place: village, Need: "卧床，来不了派出所。"})
	must(err)
	_, _, err = w.People.OfferProxy(ctx, zhou, rand.Reader, people.Proxying{Relation: "neighbour", Scopes: []people.ProxyScope{people.ProxyRaise}, Consent: people.ByCode})
	must(err)
	_, err = w.Questions.Ask(ctx, zhou, questions.Asking{Words: "一户一表改造要交多少钱？", Place: village, Unit: w.As("wu").Unit})
	must(err)
	_, err = w.Questions.Add(ctx, w.As("admin"), questions.Writing{Title: "城市供水管理办法", Body: "第一阶梯水价每吨二元八角。", Unit: w.As("wu").Unit}, 0)
	must(err)
}

// walked has a grid worker do one round and miss the next, of which the third is due.
func walked(t *testing.T, w *apptest.Town, zhou scope.Actor, grid places.Place) {
	t.Helper()
	ctx, wang, li, yu := t.Context(), w.As("wang"), w.As("li"), w.As("yu")
	must := musts(t)
	admitted := func(d patrol.Duty) id.ID {
		d.Unit, d.What, d.Minutes, d.Basis, d.Often = w.As("wu").Unit, "看一看有没有问题。", 3, "城市供水条例第二十条", patrol.EachRound
		fresh, err := w.Patrol.Propose(ctx, w.As("wu"), d)
		must(err)
		must(w.Patrol.Admit(ctx, yu, fresh, "确有必要。"))
		return fresh
	}
	home := admitted(patrol.Duty{Name: i18n.Text{ZH: "看望老人"}, Kind: patrol.AtHome, Spec: patrol.Spec{Reads: []people.Field{people.FieldName}}})
	wells := admitted(patrol.Duty{Name: i18n.Text{ZH: "看供水井"}, Kind: patrol.AtPoint, Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Manhole}}})
	_, err := w.Patrol.Give(ctx, w.As("wu"), wells, grid.ID)
	must(err)
	well, err := w.Patrol.AddPoint(ctx, wang, patrol.NewPoint{Grid: grid.ID, Kind: patrol.Manhole, Name: "东门供水井", At: grid.Point})
	must(err)
	_, err = w.Patrol.Agree(ctx, wang, patrol.Agreeing{Resident: zhou.Resident, Grid: grid.ID, Duty: home, Every: 7, Need: patrol.Asked, Consent: patrol.Said})
	must(err)
	morning := patrol.SlotAt(w.Clock.Now()) &^ 1
	w.Clock.Set(morning.Date().AddDate(0, 0, 1).Add(9 * time.Hour))
	slot := patrol.SlotAt(w.Clock.Now())
	round := func(after time.Duration) {
		w.Clock.Add(after)
		_, err := w.Patrol.MakeRounds(ctx)
		must(err)
	}
	round(0)
	_, err = w.Patrol.Enter(ctx, li, patrol.Entering{Content: "entry-of-li-000001", Point: well, MadeAt: w.Clock.Now(), At: &grid.Point})
	must(err)
	round(6 * time.Hour)
	round(18 * time.Hour)
	_, err = w.Patrol.Appeal(ctx, li, patrol.Against{Grid: grid.ID, Slot: slot + 1, Point: well}, "下午井口围挡施工，进不去。")
	must(err)
	f, err := patrol.Shipped()
	must(err)
	must(w.Patrol.Revise(ctx, yu, f, patrol.DayOf(w.Clock.Now())+1, "照旧，从明天起"))
	must(w.Patrol.SetHours(ctx, yu, patrol.ShippedHours, patrol.DayOf(w.Clock.Now())+1, "照旧，从明天起"))
	twice := func(name string) patrol.FieldOf {
		d := admitted(patrol.Duty{Name: i18n.Text{ZH: name}, Kind: patrol.AtPoint, Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Hydrant}, Fields: []patrol.Field{{Key: "f1", Label: i18n.Text{ZH: "有没有水"}, Kind: patrol.YesNo}}}})
		return patrol.FieldOf{Duty: d, Key: "f1"}
	}
	_, err = w.Patrol.Merge(ctx, yu, patrol.Merging{Keep: twice("看消火栓"), Field: twice("看小区消火栓"), Minutes: 1, Words: "问的是同一件事。"})
	must(err)
}

// helped has a neighbour help, two confirm it, and the points spent.
func helped(t *testing.T, w *apptest.Town, zhou scope.Actor) {
	t.Helper()
	ctx, wang, s := t.Context(), w.As("wang"), w.Volunteers
	must := musts(t)
	_, err := s.Join(ctx, zhou, volunteers.Joining{})
	must(err)
	begins := w.DB.Now().Add(30 * time.Minute)
	task, err := s.DrawUp(ctx, wang, volunteers.Drawing{Title: "清扫院落", Act: "clean", Place: w.Place("文君街道", "新宝塔社区")[scope.Village], PlaceWords: "社区门口", Begins: begins, Ends: begins.Add(2 * time.Hour), Seats: 10, Open: true})
	must(err)
	_, err = s.SignUp(ctx, zhou, task.ID, 0)
	must(err)
	w.Clock.Add(3 * time.Hour)
	must(s.Start(ctx, wang, task.ID))
	h, err := s.Say(ctx, zhou, volunteers.Saying{Task: task.ID, Minutes: 120})
	must(err)
	must(s.Confirm(ctx, wang, h.ID))
	must(s.Confirm(ctx, w.As("sun"), h.ID))
	o, err := s.Offer(ctx, w.As("tang"), volunteers.Offering{Title: "一把青菜", Points: 1, Stock: 5, Until: w.DB.Now().AddDate(0, 1, 0)})
	must(err)
	must(s.Approve(ctx, wang, o.ID))
	_, err = s.Take(ctx, zhou, o.ID, 0)
	must(err)
	must(s.Price(ctx, w.As("admin"), volunteers.Shipped(), volunteers.DayOf(w.DB.Now())+40, "照旧，下一季起"))
}

func musts(t *testing.T) func(error) {
	t.Helper()
	return func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// more has done what leaves rows in every table that populate leaves empty.
func more(t *testing.T, w *apptest.Town) {
	t.Helper()
	ctx, wang, he := t.Context(), w.As("wang"), w.As("he")
	must := musts(t)
	chen, err := w.People.Verify(ctx, he, people.Verifying{Name: "陈秀英", IDNumber: "999999194703070029", Phone: "19900000011", Place: w.Place("文君街道", "新宝塔社区")})
	must(err)
	place := w.Place("文君街道", "新宝塔社区")[scope.Village]
	zhou := volunteer(t, w)
	code, _, err := w.People.OfferProxy(ctx, chen.Actor(), rand.Reader, people.Proxying{Relation: "neighbour", Scopes: people.ProxyScopes})
	must(err)
	_, err = w.People.TakeProxy(ctx, zhou, code)
	must(err)
	_, err = w.Questions.Ask(ctx, zhou, questions.Asking{Words: "她的老年卡怎么办？", Place: place, Unit: w.As("wu").Unit, For: chen.ID})
	must(err)
	counters, err := w.Desk.ListCounters(ctx, he)
	must(err)
	_, err = w.Desk.Close(ctx, he, counters[0].ID, w.DB.Now().AddDate(0, 0, 40), "内部培训，停一天。")
	must(err)
	grid := w.Places.Tree().Children(place)[0].ID
	must(w.Patrol.HandOver(ctx, wang, grid, 0, w.As("li").Account, "钥匙在门卫那里。"))
	must(w.Affairs.SetShift(ctx, wang, affairs.Shift{Place: place, On: places.DayOf(w.DB.Now().AddDate(0, 0, 1)), Name: "李网格", Phone: "028-88000001", Hours: "8:00-20:00"}))
	_, err = w.Affairs.MakeCode(ctx, wang, place, 5, 10)
	must(err)
	d, err := w.Affairs.Announce(ctx, wang, place, affairs.Writing{Kind: affairs.Plain, Title: "周五停电", Body: "上午九点到十一点。"})
	must(err)
	must(w.Affairs.Amend(ctx, wang, d, affairs.Writing{Kind: affairs.Plain, Title: "周五停电", Body: "上午九点到十二点。"}, "时间改了", 1))
	m, err := w.Volunteers.Mine(ctx, zhou, 0)
	must(err)
	must(w.Volunteers.Thank(ctx, wang, m.Hours[0].Hours.ID, "谢谢你来扫院子。"))
}

// volunteer is the resident who is the town's only one.
func volunteer(t *testing.T, w *apptest.Town) scope.Actor {
	t.Helper()
	by := scope.Actor{Kind: scope.Resident}
	musts(t)(w.DB.Read(t.Context(), func(tx *sqldb.Tx) (err error) {
		by.Resident, err = sqldb.ID(tx.Row(`SELECT resident_id FROM volunteer`))
		return err
	}))
	return by
}
