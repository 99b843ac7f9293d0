//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/scope"
)

// granny is 陈婆婆, for what is raised beside the browser.
func (p *place) granny() scope.Actor {
	p.t.Helper()
	return p.guest("demo.chen", "陈**")
}

// handling raises a matter and brings it to the water bureau, without the
// browser, and returns its number.
func (p *place) handling(body string) string {
	p.t.Helper()
	ctx := context.Background()
	f, err := p.Blobs.Take(ctx, open(p.t, photo(p.t)), blob.Default())
	if err != nil {
		p.t.Fatal(err)
	}
	s := p.raise(p.granny(), matters.Raising{Body: body, Public: true, PlaceWords: "三单元",
		Files: []matters.NewFile{{Hash: string(f.Hash), Type: string(f.Type), Size: f.Size, Width: f.Width, Height: f.Height}}})
	zhao, wu := p.As("zhao"), p.As("wu")
	for _, err := range []error{
		p.Matters.Accept(ctx, zhao, s.ID),
		p.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: p.Matters.Catalogue().Suggest("水管 漏水", 1)[0].Code}),
		p.Matters.Dispatch(ctx, zhao, s.ID, matters.Dispatching{Lead: wu.Unit}),
		p.Matters.Take(ctx, wu, s.ID, ""),
	} {
		if err != nil {
			p.t.Fatal(err)
		}
	}
	return s.Number
}

// 孙书记 urges, supervises, and whistles to two units; 何警官 responds.
func TestSecretaryCommands(t *testing.T) {
	t.Parallel()
	for _, screens := range [][2]Screen{{Desk, Phone}, {Phone, Desk}} {
		t.Run(screens[0].name(), func(t *testing.T) {
			t.Parallel()
			secretaryCommands(t, town(t), screens[0], screens[1])
		})
	}
}

func secretaryCommands(t *testing.T, p *place, his, theirs Screen) {
	t.Helper()
	number := p.handling("水管爆了，水漫到街上，车子打滑。")
	sun := p.staff("sun", "孙书记", Options{Screen: his})
	sun.Open("/matters/" + number)
	sun.Go(`aside a:has-text("催办")`)
	sun.Fill("[name=words]", "今天下班前先把水关了。")
	sun.Sound()
	next(sun)
	sun.See("催办", "今天下班前先把水关了", "内部可见")
	sun.Go(`aside a:has-text("督办")`)
	sun.Fill("[name=words]", "路面结冰危险，每天报一次。")
	next(sun)
	sun.See("列为督办")

	sun.Go(`aside a:has-text("吹哨")`)
	sun.Sound()
	sun.Fill("[name=words]", "两家一起到现场，交警管路，水务关阀。")
	sun.Fill("[name=hours]", "两个小时")
	next(sun)
	if sun.Status() != 422 || sun.Value("[name=hours]") != "两个小时" {
		t.Errorf("hours in words: %d, %q stays", sun.Status(), sun.Value("[name=hours]"))
	}
	sun.Sound()
	sun.Fill("[name=hours]", "2")
	next(sun)
	sun.See("请选 2 到 20 个单位")
	sun.Click(`label.option:has-text("文君街道派出所")`)
	sun.Click(`label.option:has-text("邛崃市水务局")`)
	next(sun)
	sun.See("吹哨", "文君街道派出所", "还没回")
	sun.Sound()

	he := p.staff("he", "何警官", Options{Screen: theirs})
	he.Open("/inbox")
	he.See("另外请您做的", number, "交警管路")
	he.Sound()
	he.Go(`.row:has-text("` + number + `") .row-link`)
	he.Fill("[name=words]", "已到现场，拉了警戒线。")
	he.Sound()
	next(he)
	he.See("已到现场")
	sun.Open("/matters/" + number)
	sun.See("已到现场，拉了警戒线", "已回复", "还没回")
	if his == Desk {
		sun.Shot("whistle")
	}

	anyone := p.stranger("路人", Options{Screen: Phone})
	anyone.Open("/matters/" + number)
	anyone.See("水漫到街上")
	anyone.NotSee("拉了警戒线", "下班前先把水关了", "每天报一次", "何警官", "孙书记", "陈秀英")
}

// Somebody outside answers one question by a link, once.
func TestOutsideAnswersByLink(t *testing.T) {
	t.Parallel()
	p := town(t)
	number := p.handling("单元门口的水管一直滴，地上长青苔。")
	wu := p.staff("wu", "吴科长", Options{})
	wu.Open("/matters/" + number)
	wu.Go(`aside a:has-text("请外单位答复")`)
	wu.Fill("[name=party]", "临江物业服务公司")
	wu.Fill("[name=words]", "水表以后的管子是谁家的，能不能先关阀？")
	wu.Sound()
	next(wu)
	wu.See("只显示这一次")
	wu.Sound()
	link := wu.Text(".copy")
	secret := link[strings.Index(link, "/answer/"):]

	out := p.stranger("邓经理", Options{Screen: Phone})
	out.Open(secret)
	out.See("临江物业服务公司", "能不能先关阀")
	out.NotSee("吴科长", "陈秀英")
	out.Sound()
	out.Go("main form button.main")
	if out.Status() != 422 {
		t.Errorf("an empty answer: %d", out.Status())
	}
	out.Sound()
	out.Fill("[name=words]", "管子归我们，今天下午就换。")
	out.Attach("[name=files]", photo(t))
	next(out)
	out.See("答复已经收到")
	if out.Count("main form") != 0 {
		t.Error("one can answer twice")
	}
	out.Sound()
	out.Open("/answer/" + strings.Repeat("x", 32))
	if out.Status() != 404 {
		t.Errorf("a wrong link: %d", out.Status())
	}
	out.See("链接不对")
	wu.Open("/matters/" + number)
	wu.See("临江物业服务公司", "今天下午就换")
}

// 赵调度 hides a photo from the public, and takes it back.
func TestPhotoIsHidden(t *testing.T) {
	t.Parallel()
	p := town(t)
	number := p.handling("水表箱盖子没了，娃儿踩进去过。")
	anyone := p.stranger("路人", Options{Screen: Phone})
	anyone.Open("/matters/" + number)
	if n := anyone.Count(".files img"); n != 1 {
		t.Fatalf("%d photos to begin with", n)
	}
	zhao := p.staff("zhao", "赵调度", Options{})
	zhao.Open("/matters/" + number)
	zhao.Go(`aside a:has-text("屏蔽或修改公开内容")`)
	zhao.Choose("[name=part]", "照片")
	zhao.Sound()
	next(zhao)
	zhao.See("至少 4 个字")
	zhao.Fill("[name=reason]", "照片拍到了邻居家的门牌。")
	next(zhao)
	zhao.See("拍到了邻居家的门牌")
	anyone.Open("/matters/" + number)
	if n := anyone.Count(".files img"); n != 0 {
		t.Errorf("%d photos after it was hidden", n)
	}
	anyone.NotSee("门牌")
	zhao.Open("/matters/" + number)
	if n := zhao.Count(".files img"); n != 1 {
		t.Errorf("those at work see %d photos", n)
	}
	zhao.Go(`main a:has-text("恢复公开")`)
	zhao.Fill("[name=reason]", "已经重新看过，没有拍到。")
	zhao.Sound()
	next(zhao)
	anyone.Open("/matters/" + number)
	if n := anyone.Count(".files img"); n != 1 {
		t.Errorf("%d photos after it was restored", n)
	}
}

// 赵调度 joins two matters and takes it back; both keep their numbers and words.
func TestJoinAndUndo(t *testing.T) {
	t.Parallel()
	p := town(t)
	first := p.raise(p.granny(), matters.Raising{Body: "井盖松了，车一过就响。", Public: true})
	second := p.raise(p.guest("demo.zhou", "周*"), matters.Raising{Body: "三单元门口井盖翘起来了，差点绊倒。", Public: true})
	zhao := p.staff("zhao", "赵调度", Options{})
	zhao.Open("/matters/" + second.Number)
	zhao.Go(`aside a:has-text("并案")`)
	zhao.Fill("[name=to]", "QL-2020-999999")
	zhao.Fill("[name=words]", "同一个井盖，两位都反映了。")
	next(zhao)
	zhao.See("没有这件事")
	if zhao.Value("[name=words]") == "" {
		t.Error("the reason that was typed is gone")
	}
	zhao.Sound()
	zhao.Fill("[name=to]", first.Number)
	next(zhao)
	zhao.See("已并案", first.Number)
	zhao.Sound()
	zhou := p.resident("周敏", Options{})
	zhou.Open("/matters/" + second.Number)
	zhou.See("已并案", "差点绊倒", "同一个井盖", first.Number)
	zhou.Sound()
	zhao.Open("/matters/" + first.Number)
	zhao.See(second.Number, "1 人也遇到")
	zhao.Open("/matters/" + second.Number)
	zhao.Go(`button:has-text("撤销并案")`)
	zhao.See("已收到")
	if m := p.matter(p.As("zhao"), first.Number).Matter; m.Supporters != 0 {
		t.Errorf("%d supporters are left", m.Supporters)
	}
}
