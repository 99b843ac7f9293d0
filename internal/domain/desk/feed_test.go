// SPDX-License-Identifier: Apache-2.0

package desk_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// A counter's calendar is read at a secret address with the eyes of who made it: what is
// booked at the counter, or at all of its unit with the home visits; another address ends
// the one before, and so does its end.
func TestFeed(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		second := o.counter(o.he, desk.Plan{Name: i18n.Text{ZH: "第二窗口"}, Minutes: 30, Seats: 1, Ahead: 14})
		for who, by := range map[string]scope.Actor{"wu": o.As("wu"), "li": o.As("li"), "audit": o.As("audit"), "nobody": nobody} {
			if _, err := o.Desk.NewFeed(ctx, by, o.officer, false, i18n.ZH); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s makes an address: %v", who, err)
			}
		}
		book := func(counter desk.Wish) desk.Slip {
			s, err := o.Desk.Book(ctx, nobody, counter)
			o.must(err)
			return s
		}
		here := book(desk.Wish{Item: "id-card", Counter: o.officer, At: at("09:00"), Contact: guest("邻居甲")})
		there := book(desk.Wish{Item: "id-card", Counter: second, At: at("10:00"), Contact: guest("邻居乙")})
		gone := book(desk.Wish{Item: "id-card", Counter: second, At: at("10:30"), Contact: guest("邻居丙")})
		o.must(o.Desk.Cancel(ctx, o.he, gone.ID))
		v := o.need("entry:9")
		o.must(o.Desk.Call(ctx, o.lin, v.ID, desk.SaidYes, "女儿接的电话，同意上门。"))
		o.must(o.Desk.Arrange(ctx, o.he, v.ID, desk.Arranging{At: at("15:00"), Minutes: 60, Officer: o.he.Account, Worker: o.As("li").Account}))

		one, err := o.Desk.NewFeed(ctx, o.he, o.officer, false, i18n.EN)
		o.must(err)
		all, err := o.Desk.NewFeed(ctx, o.he, o.officer, true, i18n.ZH)
		o.must(err)
		read := func(token string) (numbers []string) {
			f, a, err := o.Desk.FeedBy(ctx, token)
			o.must(err)
			if f.Account != o.he.Account {
				t.Errorf("%+v", f)
			}
			for _, b := range a.Bookings {
				numbers = append(numbers, b.Number)
			}
			for _, x := range a.Visits {
				numbers = append(numbers, x.Number)
			}
			return numbers
		}
		same := func(what string, got []string, want ...string) {
			if len(got) != len(want) {
				t.Errorf("%s has %v, want %v", what, got, want)
				return
			}
			for n := range want {
				if got[n] != want[n] {
					t.Errorf("%s has %v, want %v", what, got, want)
				}
			}
		}
		same("the counter's", read(one), here.Number)
		same("the unit's", read(all), here.Number, there.Number, v.Number)
		own, whole, err := o.Desk.FeedsOf(ctx, o.he, o.officer)
		if err != nil || own.ID == 0 || whole.ID == 0 || own.Lang != i18n.EN {
			t.Errorf("%+v, %+v, %v", own, whole, err)
		}
		for who, by := range map[string]scope.Actor{"officer": o.he, "worker": o.As("li")} {
			a, err := o.Desk.OwnAgenda(ctx, by)
			if o.must(err); len(a.Visits) != 1 || who == "officer" && len(a.Bookings) != 1 || who == "worker" && len(a.Bookings) != 0 {
				t.Errorf("the %s has %d bookings and %d visits", who, len(a.Bookings), len(a.Visits))
			}
		}
		again, err := o.Desk.NewFeed(ctx, o.he, o.officer, false, i18n.ZH)
		o.must(err)
		o.must(o.Desk.EndFeed(ctx, o.he, o.officer, true))
		for what, token := range map[string]string{"replaced": one, "ended": all, "none": "none"} {
			if _, _, err := o.Desk.FeedBy(ctx, token); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		o.Clock.Add(time.Hour)
		same("the new one", read(again), here.Number)
		o.must(o.Access.Disable(ctx, o.As("admin"), o.he.Account))
		if _, _, err := o.Desk.FeedBy(ctx, again); errs.KindOf(err) != errs.NotFound {
			t.Errorf("of who has left: %v", err)
		}
	})
}
