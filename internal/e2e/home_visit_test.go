//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/patrol"
)

// aNeed is what 李网格 is told, as she writes it down.
const aNeed = "79 岁，患癌，来不了派出所，医保报销要用身份证。"

// byForm writes the need down on the page of home visits; the family gets a slip.
func byForm(p *place, o Options) (li *User, number, code string) {
	li = p.staff("li", "李网格", o)
	li.Open("/visits/find?item=id-card-renew")
	li.Sound()
	next(li) // nothing is written yet: each fault stands beside its field
	if li.Status() != 422 {
		p.t.Errorf("nothing said: %d", li.Status())
	}
	li.Fill("[name=need]", aNeed)
	li.Fill("[name=name]", "陈大爷")
	li.Fill("[name=phone]", "19900000001")
	li.Fill("[name=address]", "宝塔社区 3 栋 1 单元")
	li.Check("[name=finder][value=round]")
	next(li)
	li.See("待联系家里", "文君街道便民服务中心")
	li.Sound()
	number = li.URL()[strings.LastIndex(li.URL(), "/")+1:]
	li.Open("/visits/" + number + "/slip")
	return li, number, li.Text(".slip-code")
}

var visitNumber = regexp.MustCompile(`SM-\d{4}-\d{6}`)

// byRound writes it down on the page of the point at which she is told of it.
func byRound(p *place, o Options) (li *User, number, code string) {
	li = p.staff("li", "李网格", o)
	li.Open("/patrol")
	li.Go(`form[action="/patrol/begin"] button`)
	li.Go(`a:has-text("东门供水井")`)
	li.Click(`summary:has-text("有人要上门办")`)
	li.Sound()
	li.Fill("[name=name]", "陈大爷")
	li.Go(`button[value=need]`)
	if li.Status() != 422 || li.Value("[name=name]") != "陈大爷" {
		p.t.Errorf("half of it said: %d", li.Status())
	}
	li.Sound()
	li.Fill("[name=need]", aNeed)
	li.Fill("[name=phone]", "19900000001")
	li.Fill("[name=for_words]", "女儿")
	li.Fill("[name=address]", "宝塔社区 3 栋 1 单元")
	li.Choose("[name=item]", "id-card-renew")
	li.Go(`button[value=need]`)
	li.See("街道已收到上门办")
	li.Sound()
	return li, visitNumber.FindString(li.HTML()), ""
}

// byPhone puts it down in the app while the phone has no network. The town knows nothing
// of it until there is one again.
func byPhone(p *place, o Options) (li *User, number, code string) {
	o.Timeout, o.BadLine = 60*time.Second, true
	li = p.staff("li", "李网格", o)
	li.Open("/field")
	li.Wait("#twice")
	li.Fill("#name", "红米、蓝壳")
	li.Fill("#pin", pin)
	li.Fill("#twice", pin)
	li.Click("button.main")
	li.Wait(`[data-unsent="0"]`)
	var ready bool
	li.JS("navigator.serviceWorker.ready.then(() => true)", &ready)

	li.Offline(true)
	li.Click(`a:has-text("东门供水井")`)
	li.Wait("#said")
	li.Check(`input[type=radio][value="yes"]`)
	li.Click(`summary:has-text("有人要上门办")`)
	li.Sound()
	li.Fill("#need-words", aNeed)
	li.Click("form .button.main")
	li.See("请写下要办的人姓名")
	li.Sound()
	li.Fill("#need-name", "陈大爷")
	li.Fill("#need-phone", "19900000001")
	li.Fill("#need-whose", "女儿")
	li.Fill("#need-address", "宝塔社区 3 栋 1 单元")
	li.Choose("#need-item", "id-card-renew")
	li.Click("form .button.main")
	li.Wait(`[data-unsent="1"]`)
	li.See("已填")
	li.Open("/field") // the phone was put away, and taken out again
	unlock(li, "1")
	if vs := p.onRounds(); len(vs) != 0 {
		p.t.Errorf("the town knows of %d needs before the phone has a line", len(vs))
	}
	li.Offline(false)
	li.Wait(`[data-unsent="0"]`)
	vs := p.onRounds()
	if len(vs) != 1 {
		p.t.Fatalf("%d home visits came of one need", len(vs))
	}
	return li, vs[0].Number, ""
}

// onRounds are the open home visits that came of an entry of a round.
func (p *place) onRounds() []desk.SeenVisit {
	p.t.Helper()
	vs, _, err := p.Desk.ListVisits(p.t.Context(), p.As("lin"), desk.VisitFilter{Open: true})
	p.must(err)
	return slices.DeleteFunc(vs, func(v desk.SeenVisit) bool { return !strings.HasPrefix(v.Origin, "patrol_entry:") })
}

// The story of 8 April: on her second round 李网格 hears that a man of 79 with cancer
// cannot come to the station for the identity card he needs for his insurance. Street
// and station hear as soon as her phone has a line; the street's desk calls the family;
// 何警官 and she go there, and it is done and signed for at his home, on his screen.
func TestStoryOfTheEighthOfApril(t *testing.T) {
	t.Parallel()
	phone := Options{Screen: Phone}
	for name, x := range map[string]struct {
		o     Options
		found func(*place, Options) (*User, string, string)
	}{
		"her phone has no network": {phone, byPhone},
		"without script":           {Options{Screen: Phone, NoScript: true}, byRound},
		"with a slip":              {phone, byForm},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := wander(t)
			o := x.o
			from, _ := patrol.ShippedHours.Window(patrol.SlotAt(p.Clock.Now()).Morning() + 1)
			p.Clock.Set(from.Add(time.Minute))
			he := p.As("he")
			li, number, code := x.found(p, o)

			lin := p.staff("lin", "林窗口", Options{})
			lin.Open("/visits")
			row(lin, number)
			lin.See("79 岁", "陈**")
			lin.NotSee("陈大爷", "19900000001")
			lin.Go(`.turn-acts a:has-text("联系家里")`)
			lin.Sound()
			lin.Check("[name=came][value=yes]")
			lin.Fill("[name=words]", "女儿接的电话，同意民警和网格员上门。")
			next(lin)
			lin.See("待约时间", "女儿接的电话")

			officer := p.staff("he", "何警官", o)
			officer.Open("/visits?turn=serve")
			row(officer, number)
			officer.Go(`.turn-acts a:has-text("约时间")`)
			officer.Sound()
			officer.Check("#f-at input >> nth=0")
			officer.Fill("[name=papers]", "户口簿、旧身份证")
			next(officer)
			officer.See("约好上门", "李网格", "户口簿")
			officer.Sound()

			family := p.stranger("女儿", o)
			family.Open("/visits/" + number)
			if family.Status() != 404 {
				t.Errorf("a stranger sees it: %d", family.Status())
			}
			if code != "" {
				family.Open("/query")
				family.Fill("main [name=number]", number)
				family.Fill("main [name=code]", code)
				next(family)
				family.See("约好上门", "户口簿")
				family.NotSee("女儿接的电话")
				family.Sound()
			}
			li.Open("/visits/" + number) // it is hers too: she goes along
			li.See("约好上门", "户口簿")
			li.Sound()

			officer.Go(`.turn-acts a:has-text("上门办好")`)
			officer.Sound()
			officer.Fill("[name=words]", "采集了照片和指纹，受理换领。")
			next(officer)
			officer.See("签字")
			officer.Fill("[name=words]", "采集了照片和指纹，受理换领。")
			if o.NoScript {
				officer.Attach("[name=receipt]", photo(t))
			} else {
				officer.JS(`(() => { const c = document.querySelector("[data-sign] canvas"), r = c.getBoundingClientRect();
					const go = (type, x, y) => c.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: r.left + x, clientY: r.top + y, bubbles: true }));
					c.setPointerCapture = () => {}; go("pointerdown", 20, 40); go("pointermove", 90, 20); go("pointermove", 160, 60); go("pointerup", 160, 60);
					return document.querySelector("[name=drawn]").value.length; })()`, new(int))
			}
			next(officer)
			officer.See("已上门，待回访", "采集了照片和指纹")
			officer.Sound()

			lin.Open("/visits/" + number)
			lin.Go(`.turn-acts a:has-text("回访")`)
			lin.Check("[name=came][value=well]")
			lin.Fill("[name=words]", "说办好了，谢谢。")
			next(lin)
			officer.Open("/visits/" + number)
			officer.Go(`.turn-acts button:has-text("办结")`)
			officer.See("已经办结")
			x, err := p.Desk.Visit(t.Context(), he, number)
			p.must(err)
			if x.State != desk.Closed || x.HomeVisit.Receipt.Hash == "" || (x.Signer == desk.Drawn) == o.NoScript {
				t.Errorf("%s, signed %s", x.State, x.Signer)
			}
		})
	}
}

// 周敏 finds what she needs in her own words, books a time with her thumb, moves it,
// and the counter checks her in by the last digits of her number.
func TestBookingOnThePhone(t *testing.T) {
	t.Parallel()
	p := town(t)
	zhou := p.resident("周敏", Options{NoScript: true})
	zhou.Open("/")
	zhou.Go(`.door[href="/services"]`)
	zhou.Sound()
	zhou.Fill("[name=q]", "娃娃买医保")
	zhou.Go(`.filter .button`)
	zhou.Go(`.row-link >> nth=0`)
	zhou.See("新生儿参加医保", "户口簿")
	zhou.Sound()
	zhou.Go(`main a.main:has-text("预约办理")`)
	zhou.Go(`.times a.time >> nth=0`)
	zhou.Sound()
	zhou.Go(`.times a.time >> nth=0`)
	zhou.Sound()
	next(zhou)
	zhou.See("约好了")
	zhou.Sound()
	number := zhou.Text(".slip-number")
	zhou.Go(`main a.main:has-text("看预约")`)
	zhou.Go(`main a:has-text("改时间")`)
	zhou.Sound()
	next(zhou)
	zhou.See("已改时间")
	zhou.Open("/bookings")
	zhou.See(number, "已约好")
	zhou.Sound()
}
