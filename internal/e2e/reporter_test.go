//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"testing"

	"yuanba/internal/domain/matters"
)

// 周敏 is shown what a neighbour raised before she raises the same, says "me too" and
// takes it back, raises her own after all, follows the other, chooses where the news
// goes, reads how the limit is counted, and in the end says whether it is solved.
func TestReporterOfThePlatform(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"desk": {}, "phone without script": {Screen: Phone, NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := town(t)
			other := p.raise(p.granny(), matters.Raising{Body: "三单元门口的井盖翘起来了，差点绊倒人。", Public: true, PlaceWords: "三单元"})
			if o.Screen == (Screen{}) {
				o.Screen = Desk
			}
			zhou := p.resident("周敏", o)
			offered(t, zhou, other.Number)
			meToo(t, p, zhou, other.Number)
			number := anyway(zhou)
			zhou.Open("/matters/" + other.Number)
			zhou.Go(`form[action="/follow"] button`)
			zhou.See("关注了")
			zhou.Sound()
			whereNewsGoes(t, zhou)
			p.solve(number)
			toTheEnd(t, p, zhou, number)
		})
	}
}

// raiseLid goes through raising the same as the neighbour, up to what is alike.
func raiseLid(u *User) {
	u.t.Helper()
	u.Open("/raise")
	u.Fill("[name=body]", "三单元门口的井盖翘起来了，晚上看不见，差点绊倒。")
	next(u)
	u.Click(`label.option:has-text("说不清")`)
	next(u)
	u.Choose("[name=place]", "宝塔社区")
	u.Fill("[name=place_words]", "三单元")
	next(u)
}

// offered: what is alike is shown with why, before anything is sent.
func offered(t *testing.T, u *User, number string) {
	t.Helper()
	raiseLid(u)
	u.See("都说到", "井盖", "同一天反映", "都不是的话，请继续")
	u.Sound()
	row(u, number)
	if u.URL() != "/matters/"+number {
		t.Errorf("what is alike leads to %s", u.URL())
	}
}

// meToo: said, and taken back with its words.
func meToo(t *testing.T, p *place, u *User, number string) {
	t.Helper()
	u.Fill("[name=words]", "我家老人也在这里绊过。")
	u.Go(`form[action$="/support"] button`)
	u.See("记下了", "1 人也遇到", "老人也在这里绊过", "您说过“我也遇到”")
	u.Sound()
	u.Go(`form[action$="/unsupport"] button`)
	if u.Visible("main form .button.danger") { // it asks once more
		u.Go("main form .button.danger")
	}
	u.See("收回了")
	u.NotSee("老人也在这里绊过")
	u.Sound()
	if n := p.matter(p.As("zhao"), number).Matter.Supporters; n != 0 {
		t.Errorf("%d supporters are left", n)
	}
}

// anyway raises it as a matter of its own.
func anyway(u *User) (number string) {
	u.t.Helper()
	raiseLid(u)
	next(u)
	u.Sound()
	next(u)
	u.See("已经收到了")
	u.Sound()
	return u.Text(".slip-number")
}

// whereNewsGoes: an address, wrong first, and what is sent to it.
func whereNewsGoes(t *testing.T, u *User) {
	t.Helper()
	u.Open("/mailbox")
	u.See("消息发到哪里", "什么都不留也可以")
	u.Sound()
	u.Fill("[name=mailbox]", "zhou@localhost")
	u.Go("form:has([name=mailbox]) button")
	if u.Status() != 422 || u.Value("[name=mailbox]") != "zhou@localhost" {
		t.Errorf("a wrong address: %d, %q stays", u.Status(), u.Value("[name=mailbox]"))
	}
	u.Sound()
	u.Fill("[name=mailbox]", "zhou@example.cn")
	u.Go("form:has([name=mailbox]) button")
	u.See("确认信已经发出", "等您确认")
	u.Sound()
}

// solve brings a matter to its end, without the browser.
func (p *place) solve(number string) {
	p.t.Helper()
	ctx, zhao, wu := context.Background(), p.As("zhao"), p.As("wu")
	d := p.matter(zhao, number).Matter.ID
	p.must(p.Matters.Accept(ctx, zhao, d))
	p.must(p.Matters.Classify(ctx, zhao, d, matters.Classifying{Category: "drain"}))
	p.must(p.Matters.Dispatch(ctx, zhao, d, matters.Dispatching{Lead: wu.Unit}))
	p.must(p.Matters.Take(ctx, wu, d, ""))
	p.must(p.Matters.Handle(ctx, wu, d, "3月5日下午换了新井盖。"))
	p.must(p.Matters.Verify(ctx, p.As("zheng"), d, true, "到现场看了，井盖是平的。"))
	p.must(p.Matters.Close(ctx, zhao, d, ""))
	p.must(p.CatchUp(ctx)) // the news follows the trail
}

// toTheEnd: the news says so, the clock says how it was counted, and she rates.
func toTheEnd(t *testing.T, p *place, u *User, number string) {
	t.Helper()
	u.Open("/news")
	u.See("已结案", "三单元门口的井盖")
	u.Sound()
	u.Open("/matters/" + number)
	u.Go(`a[href="/matters/` + number + `/clock"]`)
	u.See("期限是怎么算的", "全程", "按期办结", "逐段看")
	u.Sound()
	u.Open("/matters/" + number)
	rateAs(u, "解决了", "井盖平了，多谢。")
	u.See("谢谢您的评价", "井盖平了，多谢")
	u.Sound()
	if m := p.matter(p.As("zhao"), number).Matter; m.Solved != matters.Yes {
		t.Errorf("solved is %q", m.Solved)
	}
}
