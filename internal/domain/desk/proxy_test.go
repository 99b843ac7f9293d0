// SPDX-License-Identifier: Apache-2.0

package desk_test

import (
	"slices"
	"testing"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// done is what was done by the only proxy of a resident, as they see it.
func (o *office) done(by scope.Actor) (numbers []string) {
	o.t.Helper()
	ps, err := o.People.ListProxies(o.t.Context(), by)
	o.must(err)
	if len(ps) != 1 {
		o.t.Fatalf("%d proxies", len(ps))
	}
	for _, a := range ps[0].Acts {
		if a.Scope != people.ProxyBook {
			o.t.Errorf("noted as %s", a.Scope)
		}
		numbers = append(numbers, a.Number)
	}
	slices.Sort(numbers)
	return numbers
}

// A daughter books for her mother, moves it, asks for a visit at home and cancels, only
// while she acts for her; each act is seen by both. A clerk may as before.
func TestBookingByProxy(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		mother := o.Resident("陈秀英", "999999194703070029", "19900000011")
		daughter := o.Resident("周敏", "99999919940307002X", "19900000012")
		other := o.Resident("刘洋", "999999198501010018", "19900000013")
		d := daughter.Actor()
		wish := desk.Wish{Item: "id-card", At: at("10:00"), For: mother.ID}
		if _, err := o.Desk.Book(ctx, d, wish); errs.KindOf(err) != errs.Denied {
			t.Errorf("without a proxy: %v", err)
		}
		code, _, err := o.People.OfferProxy(ctx, mother.Actor(), o.Desk.Random, people.Proxying{Relation: "child", Scopes: []people.ProxyScope{people.ProxyRaise}})
		o.must(err)
		narrow, err := o.People.TakeProxy(ctx, d, code)
		o.must(err)
		if _, err := o.Desk.Book(ctx, d, wish); errs.KindOf(err) != errs.Denied {
			t.Errorf("by a proxy for something else: %v", err)
		}
		if _, err := o.Desk.ForWhom(ctx, d, mother.ID); errs.KindOf(err) != errs.Denied {
			t.Errorf("whom it is for, by a proxy for something else: %v", err)
		}
		o.must(o.People.EndProxy(ctx, d, narrow.ID))

		friend := other.Actor()
		code, _, err = o.People.OfferProxy(ctx, mother.Actor(), o.Desk.Random, people.Proxying{Relation: "child", Scopes: []people.ProxyScope{people.ProxyBook}})
		o.must(err)
		proxy, err := o.People.TakeProxy(ctx, friend, code)
		o.must(err)
		if k, err := o.Desk.ForWhom(ctx, friend, mother.ID); err != nil || k.ID != mother.ID || k.Name == "陈秀英" {
			t.Errorf("for %+v, %v", k, err)
		}
		s, err := o.Desk.Book(ctx, friend, wish)
		o.must(err)
		b := o.get(mother.Actor(), s.Number)
		if b.Resident != mother.ID || !b.Steps[0].Behalf {
			t.Errorf("%+v", b)
		}
		if x := o.get(friend, s.Number); !slices.Contains(x.Acts, desk.Move) || !slices.Contains(x.Acts, desk.Cancel) {
			t.Errorf("may %v", x.Acts)
		}
		if _, err := o.Desk.Get(ctx, d, s.Number); errs.KindOf(err) != errs.NotFound {
			t.Errorf("whose proxy has ended reads it: %v", err)
		}
		mine, err := o.Desk.Mine(ctx, friend, 10)
		o.must(err)
		if len(mine) != 1 || mine[0].Number != s.Number || !mine[0].Proxied || mine[0].For.Name == "" {
			t.Errorf("who acts lists %+v", mine)
		}
		own, err := o.Desk.Book(ctx, mother.Actor(), desk.Wish{Item: "id-card", At: at("14:00")})
		o.must(err)
		if mine, err = o.Desk.Mine(ctx, friend, 10); err != nil || len(mine) != 1 {
			t.Errorf("who acts lists what she booked herself: %+v, %v", mine, err)
		}
		if mine, err = o.Desk.Mine(ctx, mother.Actor(), 10); err != nil || len(mine) != 2 || mine[0].Proxied || mine[1].Proxied {
			t.Errorf("she lists %+v, %v", mine, err)
		}
		o.must(o.Desk.Cancel(ctx, mother.Actor(), own.ID))
		o.must(o.Desk.Cancel(ctx, friend, s.ID))
		if x := o.get(o.he, s.Number); x.State != desk.Cancelled || !x.Steps[len(x.Steps)-1].Behalf {
			t.Errorf("%s: %+v", x.State, x.Steps)
		}
		need := desk.Finding{Item: "id-card", Place: o.Place("文君街道", "宝塔社区")[scope.Village], Need: "79 岁，患癌，来不了派出所。", For: mother.ID}
		if _, err := o.Desk.Find(ctx, d, need); errs.KindOf(err) != errs.Denied {
			t.Errorf("a need, without a proxy: %v", err)
		}
		v, err := o.Desk.Find(ctx, friend, need)
		o.must(err)
		if x := o.home(friend, v.Number); x.Resident != mother.ID || x.Inside {
			t.Errorf("%+v", x)
		}
		o.must(o.Desk.Withdraw(ctx, friend, v.ID, "她自己来了。"))
		want := []string{v.Number, v.Number, s.Number, s.Number}
		if got := o.done(friend); !slices.Equal(got, want) {
			t.Errorf("who acts sees %v, want %v", got, want)
		}
		ps, err := o.People.ListProxies(ctx, mother.Actor())
		o.must(err)
		if i := slices.IndexFunc(ps, func(p people.ShownProxy) bool { return p.ID == proxy.ID }); i < 0 || len(ps[i].Acts) != len(want) {
			t.Errorf("she sees %+v", ps)
		}
		if xs, err := o.Desk.MyVisits(ctx, friend, 10); err != nil || len(xs) != 1 || !xs[0].Proxied {
			t.Errorf("who acts lists the visits %+v, %v", xs, err)
		}
		o.must(o.People.EndProxy(ctx, mother.Actor(), proxy.ID))
		for _, by := range []scope.Actor{friend, d} {
			bs, err := o.Desk.Mine(ctx, by, 10)
			o.must(err)
			if xs, err := o.Desk.MyVisits(ctx, by, 10); err != nil || len(xs)+len(bs) != 0 {
				t.Errorf("after its end %d and %d, %v", len(bs), len(xs), err)
			}
		}
		if _, err := o.Desk.Book(ctx, friend, wish); errs.KindOf(err) != errs.Denied {
			t.Errorf("after the end: %v", err)
		}
		byClerk, err := o.Desk.Book(ctx, o.lin, desk.Wish{Item: "old-age-card", At: at("10:00"), For: mother.ID})
		o.must(err)
		if got := o.get(mother.Actor(), byClerk.Number); got.Resident != mother.ID || got.MadeBy != o.lin.Account {
			t.Errorf("by the clerk: %+v", got.Booking)
		}
	})
}

// Whoever writes down for others names a resident by their number only where they serve
// them at the desk: a number is not to be guessed, and nobody's name to be seen by it.
func TestNobodyIsNamedByTheirNumber(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx, mother := o.t.Context(), o.Resident("陈秀英", "999999194703070029", "19900000011")
		zhao := o.As("zhao") // raises for others in the street, and does not serve at its desk
		for _, who := range []id.ID{mother.ID, 1} {
			if _, err := o.Desk.Find(ctx, zhao, desk.Finding{Item: "id-card", Place: o.Place("文君街道", "宝塔社区")[scope.Village], Need: "卧床，来不了派出所。", For: who}); errs.KindOf(err) != errs.Denied {
				t.Errorf("a need of %d: %v", who, err)
			}
			if _, err := o.Desk.Book(ctx, zhao, desk.Wish{Item: "old-age-card", At: at("10:00"), For: who}); errs.KindOf(err) != errs.Denied {
				t.Errorf("a booking of %d: %v", who, err)
			}
		}
		s, err := o.Desk.Book(ctx, zhao, desk.Wish{Item: "old-age-card", At: at("10:00"), Contact: guest("邻居甲")})
		o.must(err)
		if x := o.get(o.lin, s.Number); x.Resident != 0 {
			t.Errorf("%+v", x.Booking)
		}
	})
}
