//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/hotissues"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// heated has several people raise the same thing at two places, and returns the
// hot issues that are made of it: the water of 桂花小区 and the market of 鹤林街.
func (p *place) heated() (water, market hotissues.Kept) {
	p.t.Helper()
	for i, body := range []string{
		"桂花小区晚上水压太低，四楼以上没水用", "桂花小区水压低，热水器打不燃", "桂花小区自来水水压低得很，洗澡都不行", "桂花小区又没有水，水压太低",
		"鹤林街夜市吵得睡不着，半夜还在放音响", "鹤林街夜市摆摊到半夜，音响吵人睡不着", "鹤林街夜市音响吵，扰民",
	} {
		p.raise(scope.Actor{Kind: scope.Resident, Resident: id.ID(1000 + i), Name: "甲"}, matters.Raising{Body: body, Public: true})
		p.Clock.Add(time.Minute)
	}
	p.must(p.Hot.Count(context.Background()))
	ks, err := p.Hot.List(context.Background(), p.As("zhao"), hotissues.Filter{})
	p.must(err)
	for _, k := range ks {
		switch {
		case strings.Contains(k.Name, "水"):
			water = k
		case strings.Contains(k.Name, "夜市"):
			market = k
		}
	}
	if water.ID == 0 || market.ID == 0 {
		p.t.Fatalf("what was planted is not found: %+v", ks)
	}
	return water, market
}

// 赵调度 sorts what is new, joins what was raised twice, dispatches by the rule, and
// sets the hot issues right; 孙书记 proposes one as a topic.
func TestDispatcherOfThePlatform(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"desk": {}, "phone without script": {Screen: Phone, NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := town(t)
			p.teach()
			first := p.raise(p.granny(), matters.Raising{Body: "桥头的月亮杆子黑起了，晚上看不清路。", Public: true})
			second := p.raise(p.guest("demo.zhou", "周*"), matters.Raising{Body: "桥头那根月亮杆子黑起了，走路看不清。", Public: true})
			water, market := p.heated()
			zhao := p.staff("zhao", "赵调度", o)
			sortTwice(t, p, zhao, first.Number, second.Number)
			setRight(t, p, zhao, water, market)
			propose(t, p.staff("sun", "孙书记", o), zhao, water)
		})
	}
}

// sortTwice: of two matters about one lamp one is joined to the other, and that one
// classified and dispatched; what the program thinks says why, and decides nothing.
func sortTwice(t *testing.T, p *place, zhao *User, first, second string) {
	t.Helper()
	zhao.Open("/inbox")
	zhao.Sound()
	row(zhao, second)
	zhao.See("可能是同一件事", "都说到", "由您看过再定", "桥头的月亮杆子")
	zhao.Sound()
	zhao.Go(`main .answers a[href$="/join?to=` + first + `"]`)
	if got := zhao.Value("[name=to]"); got != first {
		t.Errorf("the form asks to join %q", got)
	}
	if p.matter(p.As("zhao"), second).Matter.State != matters.Received {
		t.Error("opening the form has joined it")
	}
	next(zhao)
	if zhao.Status() != 422 || zhao.Value("[name=to]") != first {
		t.Errorf("joined without a reason: %d, %q stays", zhao.Status(), zhao.Value("[name=to]"))
	}
	zhao.Sound()
	zhao.Fill("[name=words]", "说的是桥头同一盏灯。")
	next(zhao)
	zhao.See("已并案", first)
	zhao.Sound()

	zhao.Open("/inbox")
	row(zhao, first)
	zhao.See("1 人也遇到")
	zhao.Go(`.turn-acts button:has-text("受理")`)
	zhao.Go(`.turn-acts a:has-text("分类")`)
	zhao.See("程序建议", "因为写到了", "月亮杆子", "请您来定")
	zhao.Sound()
	next(zhao)
	zhao.See("已分类")
	zhao.Go(`.turn-acts a:has-text("派遣")`)
	zhao.See("已按规则“部件先属主后属地”")
	zhao.Sound()
	lead := zhao.Text("[name=lead] option:checked")
	next(zhao)
	zhao.See("已派遣", strings.TrimSpace(lead), "部件先属主后属地")
	zhao.Sound()
	zhao.Go(`a[href="/matters/` + first + `/clock"]`)
	zhao.See("期限是怎么算的", "受理", "分类、派遣", "办理", "逐段看")
	zhao.Sound()
}

// setRight: one matter is taken out of a hot issue, and put back.
func setRight(t *testing.T, p *place, zhao *User, water, market hotissues.Kept) {
	t.Helper()
	zhao.Open("/hot")
	zhao.See("热点问题", water.Name, market.Name, "4 人，4 件", "3 人，3 件", "每天夜里重算")
	zhao.Sound()
	if zhao.Screen == Desk {
		zhao.Shot("hot")
	}
	zhao.Go(`.row-link[href="/hot/` + water.ID.String() + `"]`)
	zhao.See("热度", "都有哪些事项", "相近", "和另一个问题合并")
	zhao.NotSee("提议大家商议") // that is for who commands
	zhao.Sound()
	if zhao.Screen == Desk {
		zhao.Shot("hot-issue")
	}
	zhao.Go(`form[action$="/merge"] button`)
	if zhao.Status() != 422 {
		t.Errorf("merged with nothing: %d", zhao.Status())
	}
	zhao.Sound()
	zhao.Check(`.row:has-text("热水器") input[name=id]`)
	zhao.Go(`.bulk button:has-text("另成一个问题")`)
	zhao.See("已经分开", "热水器", "1 人，1 件")
	zhao.Sound()
	apart := strings.TrimPrefix(zhao.URL(), "/hot/")
	zhao.Open("/hot/" + water.ID.String())
	zhao.See("3 人，3 件")
	if n := zhao.Count(`.row:has-text("热水器")`); n != 0 {
		t.Error("what was taken out is still on the page")
	}
	zhao.Choose("[name=other]", apart)
	zhao.Go(`form[action$="/merge"] button`)
	zhao.See("已经合并", "热水器", "4 人，4 件")
	zhao.Sound()
	zhao.Open("/hot/" + apart)
	if zhao.Status() != 404 {
		t.Errorf("what was merged is still there: %d", zhao.Status())
	}
	if _, ms, err := p.Hot.Get(t.Context(), p.As("zhao"), water.ID); err != nil || len(ms) != 4 {
		t.Errorf("%d members in the end, %v", len(ms), err)
	}
}

// propose: 孙书记 proposes the issue, everybody sees that it is proposed and those at
// work why, and he takes it back.
func propose(t *testing.T, sun, zhao *User, water hotissues.Kept) {
	t.Helper()
	at := "/hot/" + water.ID.String()
	sun.Go(`.rail a[href="/hot"]`)
	sun.Go(`.row-link[href="` + at + `"]`)
	sun.Fill("[name=words]", "好")
	sun.Go(`form[action$="/propose"] button`)
	if sun.Status() != 422 || sun.Value("[name=words]") != "好" {
		t.Errorf("one character for a reason: %d, %q stays", sun.Status(), sun.Value("[name=words]"))
	}
	sun.See("请写 4 到 500 个字")
	sun.Sound()
	sun.Fill("[name=words]", "四楼以上都没水，请大家议一议加压泵。")
	sun.Go(`form[action$="/propose"] button`)
	sun.See("已经提议商议", "加压泵")
	sun.Sound()
	zhao.Open("/hot?proposed=1")
	zhao.See(water.Name, "已提议商议")
	zhao.Sound()
	sun.Go(`form[action$="/recall"] button`)
	sun.See("已经收回提议")
	zhao.Open("/hot?proposed=1")
	zhao.See("眼下没有热点问题")
}
