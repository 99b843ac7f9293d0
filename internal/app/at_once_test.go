// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"crypto/rand"
	"sync"
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
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// Many do the same at the same moment: one has done it, and each of the others is told in
// a sentence why they have not. Nothing is done twice, and nothing is a fault of the program.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, must := t.Context(), musts(t)
		wang, zhao, sun, he, wu, yu, tang, admin := w.As("wang"), w.As("zhao"), w.As("sun"), w.As("he"), w.As("wu"), w.As("yu"), w.As("tang"), w.As("admin")
		place := w.Place("文君街道", "宝塔社区")[scope.Village]
		zhou, lin := w.Resident("周敏", "99999919940307002X", "19900000002").Actor(), w.Resident("林大山", "999999195503070029", "19900000003").Actor()
		one := func(what string, acts ...func(context.Context) error) {
			t.Helper()
			got := make([]error, 6)
			start := make(chan struct{})
			var wg sync.WaitGroup
			for n := range got {
				wg.Go(func() {
					<-start
					got[n] = acts[n%len(acts)](ctx)
				})
			}
			close(start)
			wg.Wait()
			done := 0
			for _, err := range got {
				switch {
				case err == nil:
					done++
				case len(errs.Public(err)) == 0 || errs.KindOf(err) == errs.Busy:
					t.Errorf("%s: %v", what, err)
				}
			}
			if done != 1 {
				t.Errorf("%s: done %d times: %v", what, done, got)
			}
		}

		// the village
		must(w.Affairs.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说，账目请看。"}))
		item := affairs.Writing{Kind: affairs.Finance, Period: affairs.PeriodOf(affairs.Quarterly, w.DB.Now().AddDate(0, -3, 0)), Title: "收支", Body: "见账。"}
		for _, x := range affairs.Shipped().Items {
			if x.Kind == affairs.Finance && x.Pace == affairs.Quarterly {
				item.Item = x.Code
			}
		}
		one("an item is opened", func(ctx context.Context) error { _, err := w.Affairs.Announce(ctx, wang, place, item); return err })
		entry, err := w.Affairs.Book(ctx, wang, place, affairs.Booking{On: places.DayOf(w.DB.Now()), From: affairs.Opening, To: affairs.Bank, Amount: 100_00, Words: "建账时的结余"})
		must(err)
		one("an entry is countered", func(ctx context.Context) error {
			_, err := w.Affairs.Counter(ctx, wang, entry, "记错了")
			return err
		})
		one("a member joins", func(ctx context.Context) error { _, err := w.Affairs.AskIn(ctx, zhou, place); return err })
		one("the page's face", func(ctx context.Context) error {
			return w.Affairs.Shape(ctx, wang, place, affairs.Facing{Greeting: "请说。", Version: 1})
		})
		letter, err := w.Affairs.Send(ctx, zhou, place, affairs.ToCommittee, "停车位的事。")
		must(err)
		one("a letter is answered", func(ctx context.Context) error { return w.Affairs.Reply(ctx, wang, letter, "明天来看。") })
		say, err := w.Affairs.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Place: place, Body: "路灯修得快。"})
		must(err)
		must(w.Affairs.Hide(ctx, wang, say, "private", "提到了别人的事"))
		must(w.Affairs.Appeal(ctx, zhou, say, "没有提到。"))
		one("an appeal is decided", func(ctx context.Context) error { return w.Affairs.Uphold(ctx, zhao, say, "确实提到了") }, func(ctx context.Context) error { return w.Affairs.Reshow(ctx, sun, say, "没有提到") })

		// proxies
		code, p, err := w.People.OfferProxy(ctx, zhou, rand.Reader, people.Proxying{Relation: "neighbour", Scopes: people.ProxyScopes})
		must(err)
		one("a code is taken", func(ctx context.Context) error { _, err := w.People.TakeProxy(ctx, lin, code); return err })
		one("a proxy ends", func(ctx context.Context) error { return w.People.EndProxy(ctx, zhou, p.ID) }, func(ctx context.Context) error { return w.People.EndProxy(ctx, lin, p.ID) })

		// rounds
		duty, err := w.Patrol.Propose(ctx, wu, patrol.Duty{Unit: wu.Unit, Name: i18n.Text{ZH: "看供水井"}, What: "看一看有没有问题。", Kind: patrol.AtPoint, Often: patrol.EachRound, Minutes: 3, Basis: "城市供水条例第二十条", Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Manhole}}})
		must(err)
		one("a duty is decided", func(ctx context.Context) error { return w.Patrol.Admit(ctx, yu, duty, "确有必要。") },
			func(ctx context.Context) error { return w.Patrol.Refuse(ctx, yu, duty, "重复了。") }, func(ctx context.Context) error { return w.Patrol.Withdraw(ctx, wu, duty) })

		// the desk
		_, err = w.Desk.Keep(ctx, he, desk.Item{Code: "id-card-once", Unit: he.Unit, Active: true, Spec: desk.Spec{Name: i18n.Text{ZH: "身份证换领"}, Booking: true, AtHome: true}}, "")
		must(err)
		counter, err := w.Desk.KeepCounter(ctx, he, desk.Counter{Unit: he.Unit, Active: true, Plan: desk.Plan{Name: i18n.Text{ZH: "户籍窗口"}, Items: []string{"id-card-once"}, Minutes: 30, Seats: 1, Ahead: 14}})
		must(err)
		days, err := w.Desk.Times(ctx, "id-card-once")
		must(err)
		slots := days[0].Slots
		book := func(who scope.Actor, n int) desk.Slip {
			s, err := w.Desk.Book(ctx, who, desk.Wish{Item: "id-card-once", Counter: counter, At: slots[n].At})
			must(err)
			return s
		}
		first, second := book(zhou, 0), book(lin, 1)
		one("two move to one time", func(ctx context.Context) error { return w.Desk.Move(ctx, zhou, first.ID, 0, slots[3].At) }, func(ctx context.Context) error { return w.Desk.Move(ctx, lin, second.ID, 0, slots[3].At) })
		one("a booking is cancelled", func(ctx context.Context) error { return w.Desk.Cancel(ctx, zhou, first.ID) })
		need, err := w.Desk.Find(ctx, zhou, desk.Finding{Item: "id-card-once", Place: place, Need: "卧床，来不了派出所。"})
		must(err)
		one("a family has said yes", func(ctx context.Context) error { return w.Desk.Call(ctx, he, need.ID, desk.SaidYes, "同意上门。") }, func(ctx context.Context) error {
			return w.Desk.Call(ctx, zhao, need.ID, desk.SaidYes, "同意，周四上午。")
		})
		var rounds sync.Map
		origin := func(ctx context.Context) error {
			s, err := w.Desk.Find(ctx, zhou, desk.Finding{Item: "id-card-once", Place: place, Need: "卧床，来不了派出所。", Origin: "patrol_entry:1"})
			rounds.Store(s.ID, true)
			return err
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := origin(ctx); err != nil {
					t.Errorf("the same need: %v", err)
				}
			})
		}
		wg.Wait()
		n := 0
		rounds.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("the same need became %d visits", n)
		}

		// questions
		q, err := w.Questions.Ask(ctx, zhou, questions.Asking{Words: "一户一表改造要交多少钱？", Place: place, Unit: wu.Unit})
		must(err)
		one("a question is answered", func(ctx context.Context) error {
			return w.Questions.Answer(ctx, wu, q.Number, questions.Replying{Words: "每户八百元。"})
		}, func(ctx context.Context) error { return w.Questions.Withdraw(ctx, zhou, q.Number) })

		// volunteers
		v := w.Volunteers
		one("a volunteer joins", func(ctx context.Context) error { _, err := v.Join(ctx, zhou, volunteers.Joining{}); return err })
		_, err = v.Join(ctx, lin, volunteers.Joining{})
		must(err)
		begins := w.DB.Now().Add(30 * time.Minute)
		task, err := v.DrawUp(ctx, wang, volunteers.Drawing{Title: "清扫院落", Act: "clean", Place: place, PlaceWords: "社区门口", Begins: begins, Ends: begins.Add(2 * time.Hour), Seats: 10, Open: true})
		must(err)
		one("somebody signs up", func(ctx context.Context) error { _, err := v.SignUp(ctx, zhou, task.ID, 0); return err })
		w.Clock.Add(time.Hour)
		must(v.Start(ctx, wang, task.ID))
		var hours id.ID
		var lock sync.Mutex
		one("hours are said", func(ctx context.Context) error {
			h, err := v.Say(ctx, zhou, volunteers.Saying{Task: task.ID, Minutes: 90})
			if err == nil {
				lock.Lock()
				hours = h.ID
				lock.Unlock()
			}
			return err
		})
		one("one says that they are right", func(ctx context.Context) error { return v.Confirm(ctx, wang, hours) })
		one("a second says so, or no", func(ctx context.Context) error { return v.Confirm(ctx, sun, hours) }, func(ctx context.Context) error { return v.Refuse(ctx, sun, hours, "只来了半小时。") })
		if m, err := v.Mine(ctx, zhou, 0); err != nil || m.Points != 0 && m.Points != 12 {
			t.Errorf("%d points, %v", m.Points, err)
		}
		o, err := v.Offer(ctx, tang, volunteers.Offering{Title: "一把青菜", Points: 7, Stock: 5, Until: w.DB.Now().AddDate(0, 1, 0)})
		must(err)
		one("an offer is decided", func(ctx context.Context) error { return v.Approve(ctx, wang, o.ID) })
		if m, err := v.Mine(ctx, zhou, 0); err == nil && m.Points == 12 {
			one("points for one piece", func(ctx context.Context) error { _, err := v.Take(ctx, zhou, o.ID, 0); return err })
			m, err := v.Mine(ctx, zhou, 0)
			must(err)
			one("a code is used", func(ctx context.Context) error { _, err := v.HandOver(ctx, tang, m.Redemptions[0].Code); return err })
			one("the town settles", func(ctx context.Context) error { return v.Settle(ctx, admin, tang.Unit, 7, "三月结算") })
		}
		must(v.Verify(ctx))
	})
}
