//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
)

// classified raises a matter of 宝塔社区 and takes it to the dispatcher, without the
// browser.
func (p *place) classified(body, category string) matters.Slip {
	p.t.Helper()
	ctx, zhao := context.Background(), p.As("zhao")
	s := p.raise(p.granny(), matters.Raising{Body: body, Public: true})
	p.must(p.Matters.Accept(ctx, zhao, s.ID))
	p.must(p.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: category}))
	return s
}

// What no rule catches waits where the dispatcher sees it; the administrator writes a
// rule, tries it on the past and puts it in use; the next such matter has its unit
// chosen in the form. All of it without script too.
func TestDispatcherAndRules(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"desk": {}, "phone without script": {Screen: Phone, NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := town(t)
			zhao, admin := p.staff("zhao", "赵调度", o), p.staff("admin", "系统员", o)
			s := p.classified("院坝里的黄桷树根把石板拱起来了。", "other")
			zhao.Open("/inbox")
			zhao.Go(`.tabs a:has-text("无规则可派")`)
			zhao.See("院坝里的黄桷树根")
			zhao.Sound()
			row(zhao, s.Number)
			zhao.See("没有规则可派")
			zhao.Sound()
			zhao.Open("/admin/rules")
			if zhao.Status() != 403 {
				t.Errorf("the dispatcher opens the rules: %d", zhao.Status())
			}

			admin.Open("/admin")
			admin.Go(`.row-link[href="/admin/rules"]`)
			admin.See("部件先属主后属地", "近 90 天对上")
			admin.Sound()
			admin.Shot("rules")
			admin.Go(`.head-acts a`)
			admin.Fill("[name=from]", "25点")
			admin.Fill("[name=any]", "黄桷树、榕树")
			next(admin)
			if admin.Status() != 422 || admin.Value("[name=any]") != "黄桷树、榕树" {
				t.Errorf("a wrong rule: %d, %q stays", admin.Status(), admin.Value("[name=any]"))
			}
			admin.See("请写成 22:00 这样的时间", "请给规则起个名字")
			admin.Sound()
			admin.Fill("[name=name]", "黄桷树归街道")
			admin.Fill("[name=from]", "")
			admin.Choose("[name=lead]", "当地街道、镇")
			next(admin)
			admin.See("新加的", "黄桷树归街道", "还没有启用")
			admin.Sound()
			admin.Fill("#try [name=words]", "榕树倒了")
			admin.Choose("#try [name=place]", "宝塔社区") // which street it is, follows from where it is
			admin.Go(`#try button`)
			admin.See("对上的是“黄桷树归街道”")
			admin.Sound()
			admin.Go(`main a[href="/admin/rules/dry"]`)
			admin.See("什么也不动", "和现在一样", "会变得有规则可派")
			admin.Sound()
			admin.Shot("rules-dry")
			admin.Fill("[name=reason]", "树都归街道管护。")
			admin.Go(`form[action="/admin/rules/use"] button`)
			admin.See("启用了", "现在用的是第 2 版")
			admin.Sound()

			next1 := p.classified("又一棵黄桷树歪了。", "other")
			zhao.Open("/matters/" + next1.Number + "/dispatch")
			zhao.See("已按规则“黄桷树归街道”（第 1 版）选好")
			zhao.Sound()
			next(zhao)
			zhao.See("已派遣", "因为：写到了", "黄桷树归街道")
			zhao.Sound()
			street, _ := p.Orgs.Directory().Responsible("street", p.Place("文君街道", "宝塔社区"))
			if m := p.matter(p.As("zhao"), next1.Number).Matter; m.Lead != street.ID {
				t.Error("it did not go to the street")
			}
		})
	}
}

// Two units say that it is not theirs: the deputy secretary reads why, and decides.
func TestSecretaryDecidesTheSecondReturn(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"desk": {}, "phone": {Screen: Phone}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := town(t)
			ctx := context.Background()
			s := p.classified("泵房后头的管子漏水，淌到路上了。", "drain")
			for who, why := range map[string]string{"wu": "这是小区里的管子，归物业。", "he": "管子不归派出所管。"} {
				p.must(p.Matters.Dispatch(ctx, p.As("zhao"), s.ID, matters.Dispatching{Lead: p.As(who).Unit, Assist: []id.ID{}}))
				p.must(p.Matters.SendBack(ctx, p.As(who), s.ID, why))
			}
			sun := p.staff("sun", "孙书记", o)
			sun.Open("/inbox")
			row(sun, s.Number)
			sun.See("待裁定", "这是小区里的管子，归物业。", "管子不归派出所管。", "按现在的规则")
			sun.Sound()
			sun.Go(`.turn-acts a:has-text("裁定")`)
			sun.See("只定这一次", "这是小区里的管子，归物业。")
			sun.Sound()
			sun.Shot("decide")
			sun.Choose("[name=lead]", "邛崃市水务局")
			sun.Fill("[name=words]", "市政管网由水务局管。")
			next(sun)
			sun.See("已派遣", "邛崃市水务局", "裁定交给")
			sun.Sound()

			wu := p.staff("wu", "吴科长", o)
			wu.Open("/matters/" + s.Number + "/send_back")
			if wu.Status() != 409 {
				t.Errorf("the unit returns what was decided: %d", wu.Status())
			}
			wu.See("不能再退回")
			wu.Sound()
		})
	}
}
