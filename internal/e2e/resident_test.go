//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"
)

const lamp = "宝塔社区老菜市场门口的路灯坏了三天，晚上黑得很，老人不敢出门。"

// raiseLamp raises the matter of the lamp as u, step by step, and returns what
// stands on the slip.
func raiseLamp(u *User, photo string, look func(name string)) (number, code string) {
	u.t.Helper()
	u.Open("/raise")
	look("raise")
	u.Fill("[name=body]", lamp)
	u.Attach("[name=files]", photo)
	next(u)
	look("raise-kind")
	u.Click(`label.option.pictured:has-text("路灯不亮")`)
	next(u)
	u.See("换一个类别")
	u.Click(`label.option:has-text("不是")`)
	next(u)
	look("raise-where")
	u.Choose("[name=place]", "宝塔社区")
	u.Fill("[name=place_words]", "老菜市场门口")
	next(u)
	if u.Visible("text=是不是同一件事") {
		look("raise-similar")
		next(u)
	}
	look("raise-who")
	u.Click(`label.option:has-text("大家都能看")`)
	next(u)
	u.See("已经收到了", "查询码")
	look("slip")
	return u.Text(".slip-number"), u.Text(".slip-code")
}

// 周敏 raises a matter, sees it, leaves, and asks with the code; on her phone, and
// at a friend's computer.
func TestResidentRaises(t *testing.T) {
	t.Parallel()
	for _, screen := range []Screen{Phone, Desk} {
		t.Run(screen.name(), func(t *testing.T) {
			t.Parallel()
			residentRaises(t, town(t), screen)
		})
	}
}

func residentRaises(t *testing.T, p *place, screen Screen) {
	t.Helper()
	u := p.resident("周敏", Options{Screen: screen})
	if u.URL() != "/" {
		t.Errorf("signed in, 周敏 is at %s", u.URL())
	}
	u.See("说事")
	u.Sound()
	if screen == Phone {
		u.Shot("home")
	}
	number, code := raiseLamp(u, photo(t), func(name string) {
		u.Sound()
		if screen == Phone && (name == "raise" || name == "raise-kind" || name == "raise-where" || name == "slip") {
			u.Shot(name)
		}
	})
	if n := u.Count(".slip-qr svg"); n != 1 {
		t.Errorf("%d QR codes on the slip", n)
	}
	u.Print()
	if u.Visible("header.top") || !u.Visible(".slip-number") {
		t.Error("printed, the slip is not alone on its sheet")
	}
	u.Unprint()
	u.Go("text=看办理情况")
	u.See("老菜市场门口", "已收到", "文君街道指挥调度中心", "您 反映了这件事")
	u.Sound()
	if n := u.Count(".files img"); n != 1 {
		t.Errorf("%d photos", n)
	}
	u.Open("/mine")
	u.See(lamp[:len("宝塔社区老菜市场")])
	u.Sound()

	u.Open("/account")
	u.Go("form[action='/signout'] button")
	u.Open("/mine")
	u.NotSee(number + "</span>x")
	friend := p.stranger("女儿", Options{Screen: Phone})
	friend.Open("/query?number=" + number)
	friend.Sound()
	friend.Fill("[name=code]", "AAAA-BBBB")
	friend.Go("main form button")
	if friend.Status() != 422 {
		t.Errorf("a wrong code: %d", friend.Status())
	}
	friend.See("事项号和查询码对不上")
	if friend.Value("[name=number]") != number {
		t.Error("the number that was typed is gone")
	}
	friend.Sound()
	friend.Fill("[name=code]", strings.ToLower(code))
	friend.Go("main form button")
	if friend.URL() != "/matters/"+number {
		t.Errorf("the code led to %s", friend.URL())
	}
	friend.See("您 反映了这件事", "撤回")
}

// The same without script, and without an account.
func TestStrangerRaisesWithoutScript(t *testing.T) {
	t.Parallel()
	p := town(t)
	u := p.stranger("路人", Options{Screen: Phone, NoScript: true})
	u.Open("/")
	u.See("说事")
	number, code := raiseLamp(u, photo(t), func(string) {})
	u.Go("text=看办理情况")
	u.See(number, "已收到", "您 反映了这件事")
	u.Open("/mine")
	u.See(number)
	u.Open("/query")
	u.Fill("[name=number]", number)
	u.Fill("[name=code]", code)
	u.Go("main form button")
	u.See("已收到")
}

// 陈婆婆 reads large type: each step of raising fits one screen of her phone.
func TestLargeTypeFitsOneScreen(t *testing.T) {
	t.Parallel()
	p := town(t)
	u := p.resident("陈婆婆", Options{Screen: Screen{390, 780}})
	u.Go("button[name=large]")
	u.Sound()
	u.Shot("large")
	raiseLamp(u, photo(t), func(name string) {
		u.Sound()
		var bottom, screen float64
		u.JS(`document.querySelector("main .acts").getBoundingClientRect().bottom + scrollY`, &bottom)
		u.JS(`innerHeight`, &screen)
		if name != "slip" && name != "raise-similar" && bottom > screen {
			t.Errorf("%s: the button that goes on ends at %.0f, the screen at %.0f", name, bottom, screen)
		}
	})
}

// A neighbour says "me too" instead of raising it again.
func TestNeighbourJoinsIn(t *testing.T) {
	t.Parallel()
	p := town(t)
	u := p.resident("周敏", Options{})
	number, _ := raiseLamp(u, photo(t), func(string) {})
	v := p.stranger("邻居", Options{Screen: Phone})
	v.Open("/matters/" + number)
	v.See("我也遇到")
	v.Fill("[name=words]", "我家楼下也黑，娃儿下晚自习怕得很。")
	v.Go(`form[action$="/support"] button`)
	v.See("记下了", "娃儿下晚自习")
	v.Sound()
	if v.Count(`form[action$="/support"]`) != 0 || v.Count(`form[action$="/unsupport"]`) == 0 {
		t.Error("who has said it is asked again, and not whether to take it back")
	}
	if p.matter(p.As("zhao"), number).Matter.Supporters != 1 {
		t.Error("one neighbour is counted more than once")
	}
	v.NotSee("周敏")
}
