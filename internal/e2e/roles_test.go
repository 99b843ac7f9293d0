//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
)

// The roles that have no longer journey of their own, each with the work their
// post is for, from their own first page on.
var roles = []struct {
	login, name, first string
	work               func(t *testing.T, p *place, u *User)
}{
	{"li", "李网格", "/inbox", gridWorker},
	{"wang", "王主任", "/inbox", handler("wang", "请把巷口的杂物清一清。")},
	{"jiang", "蒋书记", "/matters", looker},
	{"zhao", "赵调度", "/inbox", dispatcher},
	{"wu", "吴科长", "/inbox", handler("wu", "水管渗水，墙根都湿了。")},
	{"zheng", "郑核查", "/inbox", verifier},
	{"he", "何警官", "/inbox", householdOfficer},
	{"admin", "系统员", "/admin", administrator},
	{"audit", "外审", "/matters", auditor},
	{"luo", "罗老师", "/inbox", looker},
	{"feng", "冯律师", "/matters", looker},
	{"xu", "许议长", "/matters", looker},
	{"tang", "唐店主", "/inbox", looker},
	{"deng", "邓经理", "/inbox", looker},
	{"gao", "高代表", "/matters", looker},
	{"han", "韩分析", "/matters", looker},
	{"yu", "余督查", "/matters", looker},
}

// Everybody of the cast who works for the town does their work on a phone and at
// a desk. 孙书记 has TestSecretaryCommands.
func TestEveryRole(t *testing.T) {
	t.Parallel()
	for _, screen := range []Screen{Phone, Desk} {
		p := town(t)
		for _, r := range roles {
			t.Run(screen.name()+" "+r.name, func(t *testing.T) {
				t.Parallel()
				q := &place{p.Town, t, p.url}
				u := q.staff(r.login, r.name, Options{Screen: screen})
				u.Open("/")
				if u.URL() != r.first {
					t.Errorf("%s begins at %s", r.name, u.URL())
				}
				u.Sound()
				r.work(t, q, u)
			})
		}
	}
}

// at brings a matter of 宝塔社区 to the named member's unit, without the browser.
func (p *place) at(login, body string) (number string) {
	p.t.Helper()
	ctx, zhao, to := context.Background(), p.As("zhao"), p.As(login)
	s := p.raise(p.granny(), matters.Raising{Body: body, Public: true, PlaceWords: "三单元"})
	p.must(p.Matters.Accept(ctx, zhao, s.ID))
	p.must(p.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: p.Matters.Catalogue().Suggest("水管 漏水", 1)[0].Code}))
	p.must(p.Matters.Dispatch(ctx, zhao, s.ID, matters.Dispatching{Lead: to.Unit}))
	return s.Number
}

func (p *place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// row opens the matter from the list that the user sees.
func row(u *User, number string) { u.t.Helper(); u.Go(`.row:has-text("` + number + `") .row-link`) }

// gridWorker: 李网格 writes down what 陈婆婆 says; she asks on her own phone, in
// large type, with the slip he gave her.
func gridWorker(t *testing.T, p *place, u *User) {
	u.Go(`.rail a[href="/raise"]`)
	u.Fill("[name=body]", "陈婆婆屋里的水管接头漏水，她一个人拧不动，请人来看一下。")
	next(u)
	u.Sound()
	u.Click(`label.option:has-text("说不清")`)
	next(u)
	if got := u.Count("[name=place] option:not([value=''])"); got != 1 {
		t.Errorf("%d places are offered to who walks one grid", got)
	}
	u.Fill("[name=place_words]", "三单元二楼")
	u.Sound()
	next(u)
	if u.Visible("text=是不是同一件事") {
		next(u)
	}
	u.Click(`label.option:has-text("只有办事的人看")`)
	u.Fill("[name=for_words]", "陈婆婆")
	u.Choose("[name=channel]", "网格员")
	u.Sound()
	next(u)
	u.See("已经收到了")
	number, code := u.Text(".slip-number"), u.Text(".slip-code")
	u.Go("text=看办理情况")
	u.See("陈婆婆")
	u.Sound()

	chen := p.stranger("陈婆婆", Options{Screen: Screen{390, 780}})
	chen.Open("/")
	chen.Go("button[name=large]")
	chen.Click("details.fold summary")
	chen.Sound()
	chen.Fill("[name=number]", number)
	chen.Fill("[name=code]", code)
	chen.Go(`form[action="/query"] button.main`)
	chen.See("拧不动", "已收到")
	chen.Sound()
	if m := p.matter(p.As("li"), number).Matter; m.RaisedFor != "陈婆婆" || m.RaisedBy == 0 || m.Channel != matters.Grid {
		t.Errorf("raised for %q by %v through %s", m.RaisedFor, m.RaisedBy, m.Channel)
	}
}

// dispatcher: 赵调度 accepts, classifies and dispatches, and closes what is verified.
func dispatcher(t *testing.T, p *place, u *User) {
	s := p.raise(p.granny(), matters.Raising{Body: "水管爆了，水往楼道里灌。", Public: true})
	u.Open("/inbox")
	row(u, s.Number)
	u.Go(`.turn-acts button:has-text("受理")`)
	u.See("请分类")
	u.Go(`.turn-acts a:has-text("分类")`)
	next(u)
	u.Go(`.turn-acts a:has-text("派遣")`)
	u.Sound()
	u.Choose("[name=lead]", "邛崃市水务局")
	next(u)
	u.See("已派遣", "邛崃市水务局")
	u.Sound()
	if m := p.matter(p.As("zhao"), s.Number).Matter; m.Lead != p.As("wu").Unit {
		t.Error("it did not reach the water bureau")
	}
}

// handler: who holds a post that handles takes a matter and reports what was done.
func handler(login, body string) func(*testing.T, *place, *User) {
	return func(t *testing.T, p *place, u *User) {
		number := p.at(login, body)
		u.Open("/inbox")
		row(u, number)
		u.Go(`.turn-acts button:has-text("签收")`)
		u.See("办理中")
		u.Go(`.turn-acts a:has-text("报告办理结果")`)
		u.Sound()
		u.Fill("[name=words]", "3月2日上午派人看过，已经处理好。")
		u.Attach("[name=files]", photo(t))
		next(u)
		u.See("已办好，待核查", "已经处理好")
		u.Sound()
		if s := p.matter(p.As(login), number).Matter.State; s != matters.Handled {
			t.Errorf("it is %s", s)
		}
	}
}

// verifier: 郑核查 looks on the spot.
func verifier(t *testing.T, p *place, u *User) {
	number, wu := p.at("wu", "水表箱漏水，地上结了青苔。"), p.As("wu")
	m := p.matter(wu, number).Matter
	p.must(p.Matters.Take(t.Context(), wu, m.ID, ""))
	p.must(p.Matters.Handle(t.Context(), wu, m.ID, "换了垫圈，不漏了。"))
	u.Open("/inbox")
	row(u, number)
	u.Go(`.turn-acts a:has-text("核查")`)
	u.Sound()
	u.Check("[name=met]")
	u.Fill("[name=words]", "到现场看了，确实不漏。")
	next(u)
	u.See("已核查，待结案")
	u.Sound()
	if s := p.matter(p.As("zheng"), number).Matter.State; s != matters.Verified {
		t.Errorf("it is %s", s)
	}
}

// householdOfficer: 何警官 verifies somebody at the desk, who was not known.
func householdOfficer(t *testing.T, p *place, u *User) {
	u.Go(`.rail a[href="/desk"]`)
	u.Sound()
	u.Fill("[name=phone]", "19900000077")
	next(u)
	u.Go(`main a[href="/desk/verify"]`)
	u.Sound()
	u.Fill("[name=name]", "试名")
	u.Fill("[name=id_number]", "999999199003070011")
	next(u)
	if u.Status() != 422 || u.Value("[name=name]") != "试名" {
		t.Errorf("a wrong identity number: %d, %q stays", u.Status(), u.Value("[name=name]"))
	}
	u.Sound()
	u.Fill("[name=id_number]", map[Screen]string{Phone: "999999199003070012", Desk: "999999199003070020"}[u.Screen])
	u.Choose("[name=place]", "宝塔社区")
	next(u)
	u.See("试*")
	u.Sound()
	u.NotSee("99999919900307")
}

// administrator: 系统员 founds a unit and opens an account, each seen at once.
func administrator(t *testing.T, p *place, u *User) {
	u.Go(`.row-link[href="/admin/units"]`)
	u.Go(`.head-acts a`)
	u.Sound()
	next(u)
	if u.Status() != 422 {
		t.Errorf("a unit without anything: %d", u.Status())
	}
	u.Sound()
	u.Fill("[name=name_zh]", "文君街道便民服务站")
	u.Choose("[name=kind]", "站所")
	u.Choose("[name=place]", "文君街道")
	next(u)
	u.See("文君街道便民服务站")
	u.Sound()
	u.Open("/admin/accounts/add")
	u.Fill("[name=login]", "banzheng")
	u.Fill("[name=name]", "办证员")
	u.Fill("[name=password]", "院坝里的黄桷树又高又大")
	u.Sound()
	next(u)
	u.See("办证员", "banzheng")
	u.Sound()
	u.Open("/admin/keys/add")
	u.Fill("[name=name]", "物业公司的系统")
	u.Check(`[name=scopes][value="requests:write"]`)
	u.Sound()
	next(u)
	u.See("只显示这一次", "yb_")
	u.Sound()
	u.Open("/admin/keys")
	u.See("物业公司的系统")
	u.Sound()
	u.Open("/admin/connections/add")
	u.Fill("[name=name]", "邻市")
	u.Fill("[name=endpoint]", "https://example.org/open311/v2")
	u.Choose("[name=unit]", "临江物业服务公司")
	u.Fill("[name=services]", "* = 001")
	u.Sound()
	next(u)
	u.See("邻市", "还没有问过")
	u.Sound()
	u.Open("/trail")
	u.Sound()
}

// auditor: 外审 reads the trail, and every door to writing is shut.
func auditor(t *testing.T, p *place, u *User) {
	u.Open("/trail")
	u.Go(`main a[href="/trail/rows"]`)
	u.Sound()
	if n := u.Count("table tbody tr, .rows .row, .timeline .event"); n == 0 {
		t.Error("外审 sees no rows of the trail")
	}
	number := p.at("wu", "阀门锈死了，关不了水。")
	u.Open("/matters/" + number)
	u.Sound()
	if n := u.Count(".turn-acts *"); n != 0 {
		t.Errorf("外审 is offered %d ways on", n)
	}
	for _, act := range []string{"take", "note", "urge", "moderate"} {
		u.Open("/matters/" + number + "/" + act)
		if s := u.Status(); s == 200 {
			t.Errorf("外审 gets the form of %s", act)
		}
	}
	if got := len(p.matter(p.As("audit"), number).Steps); got != 4 {
		t.Errorf("%d steps, want those before the auditor came", got)
	}
}

// looker opens all that the person's rail leads to, and their account.
func looker(t *testing.T, _ *place, u *User) {
	var links []string
	u.JS(`[...document.querySelectorAll(".rail a")].map(a => a.getAttribute("href"))`, &links)
	if len(links) < 3 {
		t.Errorf("the rail has only %q", links)
	}
	for _, href := range links {
		u.Open(strings.TrimSuffix(href, "#calls"))
		if u.Status() != 200 {
			t.Errorf("%s: %d", href, u.Status())
		}
		u.Fits()
	}
	u.Go("a.who")
	u.See(u.Name)
	u.Sound()
}
