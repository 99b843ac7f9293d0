// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	by := page.Base{Actor: scope.Actor{Kind: scope.Staff, Name: "系统员"}}
	gallery.Add("admin/landing", by, func(w http.ResponseWriter, r *http.Request) error { return (&Counter{}).landing(w, r) })
	gallery.Add("admin/place", by, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Title = "宝塔社区"
		v := recordPage{Base: b, Head: page.Head{Kicker: b.T("place.kind.village"), Title: "宝塔社区", Action: page.Link{Href: "/places", Text: b.T("admin.public")}}}
		v.fact("admin.field.name_en", "Baota Community")
		v.fact("admin.field.code", "510183001021")
		v.way("/admin/places", "admin.place.rename.title", "edit")
		v.way("/admin/places", "admin.place.merge.title", "join")
		v.Groups = []group{{Title: b.T("place.page.below"), Rows: []page.Row{{Href: "/admin/places", Title: "第1网格", Number: "510183001021001", Meta: []string{b.T("place.kind.grid")}}}}}
		return recorded.Show(w, r, v)
	})
	gallery.Add("admin/routing", by, func(w http.ResponseWriter, r *http.Request) error {
		at := gallery.Now
		t := routing.Trial{ID: 3, Subject: routing.Category, At: at, Learnt: 4_210, Tested: 380, RightNew: 341, RightOld: 290, Kept: true}
		st := routing.State{Subject: routing.Category, InUse: t, Trials: []routing.Trial{{At: at, Learnt: 4_230, Tested: 391, RightNew: 340, RightOld: 344}, t}, Report: routing.Report{
			Labels: []string{"路灯设施", "违章停车"}, Confusion: [][]int{{190, 12}, {27, 151}},
			Each:  [][]routing.Step{{{Percent: 0, Saved: 190, Spoiled: 27}, {Percent: 90, Saved: 150, Spoiled: 1}}, {{Percent: 0, Saved: 151, Spoiled: 12}, {Percent: 90, Saved: 92, Spoiled: 7}}},
			Steps: []routing.Step{{Percent: 0, Saved: 341, Spoiled: 39}, {Percent: 80, Saved: 290, Spoiled: 11}, {Percent: 95, Saved: 201, Spoiled: 2}},
		}}
		return recorded.Show(w, r, learntPage(page.From(r), st, allowedNow{Allowances: routing.Allowances{Categories: map[string]routing.Allowance{"路灯设施": {Percent: 90, Promise: 95}}, Stopped: map[string]routing.Stopped{"违章停车": {Allowance: routing.Allowance{Promise: 95}, At: at.UnixMilli(), Right: 17, Judged: 20}}},
			tallies: map[string]routing.Tally{"路灯设施": {Sorted: 120, Samples: 6, Right: 49, Judged: 50, Wrong: 2}}, versions: []routing.Allowed{{Allowances: routing.Allowances{Version: 2}, Actor: "routing", At: at}, {Allowances: routing.Allowances{Version: 1}, Note: "试一个月", Actor: "系统员", At: at}}}, func(label string) string { return label }))
	})
	gallery.Add("admin/limits-try", by, func(w http.ResponseWriter, r *http.Request) error {
		cat, err := matters.Shipped()
		if err != nil {
			return err
		}
		c := &Counter{Matters: matters.New(matters.Needs{Catalogue: cat}), Orgs: orgs.New(nil, orgs.Options{})}
		b := page.From(r).Titled("limits.try.title")
		v := tryLimitsPage{Base: b, Head: page.Head{Title: b.T("limits.try.title"), Lead: b.T("limits.try.lead")}}
		c.limitFields(&v, b, nil, "lamp, handle, 2 working days", usualMonths)
		t := page.Table{Caption: b.T("limits.try.by.category"), Cols: []page.Col{{Text: b.T("limits.try.by.category")}, {Text: b.T("limits.try.ended"), Num: true}, {Text: b.T("limits.try.late"), Num: true}, {Text: b.T("limits.try.later"), Num: true}},
			Rows: [][]page.Cell{{{Text: cat.Name(b.Lang, "lamp")}, number(120), number(7), number(19)}}}
		v.Notes, v.Tables = []page.Note{{Text: b.T("limits.try.sum", i18n.Date(b.Lang, gallery.Now.AddDate(0, -3, 0)), 120, 7, 19)}}, []page.Table{t}
		v.Tabs = []page.Tab{{Href: limitsTryPath, Text: b.T("limits.try.newly"), Current: true, Count: 12}, {Href: limitsTryPath, Text: b.T("limits.try.nolonger"), Count: 0}}
		v.Rows = []page.Row{{Title: "路灯不亮", Number: "QL-2026-000321", Href: "/matters", Light: page.Light{Used: -1}, Pill: page.Pill{Text: b.T("limits.try.newly"), Tone: page.ToneLate},
			Meta: []string{b.T("limits.try.row", b.T("clock.stage.handle"), i18n.Exact(b.Lang, gallery.Now.AddDate(0, 0, -2)), i18n.Exact(b.Lang, gallery.Now.AddDate(0, 0, -5)), i18n.Exact(b.Lang, gallery.Now.AddDate(0, 0, -4)))}}}
		v.Use, v.Reason = true, page.NewField(b.Lang, nil, "note", "admin.calendar.note").Need().Max(200)
		return tryLimitsShown.Show(w, r, v)
	})
	gallery.Add("admin/rules", by, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("admin.to.rules")
		v := rulesPage{Base: b, Draft: true, Edit: true, Head: page.Head{Title: b.T("admin.to.rules"), Lead: b.T("admin.rules.lead")},
			Notes: []page.Note{{Tone: page.ToneSoon, Text: b.T("admin.rules.draft", "系统员", i18n.When(b.Lang, gallery.Now, gallery.Now))}},
			Dry:   page.Link{Href: "/admin/rules", Text: b.T("admin.rules.dry"), Icon: "eye", Main: true}, Seen: []page.Hidden{{Name: "version", Value: "3"}},
			Rules: []ruleLine{
				{ID: 1, Number: 1, Name: "燃气险情", When: b.T("rule.say.any", "“燃气”、“煤气”") + b.T("rule.and") + b.T("rule.say.urgent"), Gives: b.T("rule.gives", "邛崃市燃气公司"), Caught: b.T("admin.rules.caught", 12), Href: "/matters", Tags: []string{b.T("admin.rules.at_once"), b.T("admin.rules.edited")}, Ways: []ruleWay{{"/admin/rules", b.T("admin.rules.down"), "燃气险情"}, {"/admin/rules", b.T("admin.rules.retire"), "燃气险情"}}},
				{ID: 2, Number: 2, Name: "部件先属主后属地", When: b.T("rule.say.kind", b.T("rule.kind.part")), Gives: b.T("rule.gives", b.T("rule.to.standard")), Caught: b.T("admin.rules.caught", 0), Hit: true, Ways: []ruleWay{{"/admin/rules", b.T("admin.rules.up"), "部件先属主后属地"}}},
			},
			Try:    []page.Field{page.NewField(b.Lang, nil, "number", "admin.rules.try.number"), page.NewField(b.Lang, nil, "words", "admin.rules.try.words").Rows(2)},
			Said:   b.T("admin.rules.try.fired", "部件先属主后属地", "邛崃市综合行政执法局"),
			Passed: []passed{{"燃气险情", b.T("rule.miss.any")}},
			Ways:   []page.Link{{Href: "/admin/rules", Text: b.T("admin.rules.export"), Icon: "download"}},
		}
		return ruled.Show(w, r, v)
	})
	gallery.Add("admin/rules-dry", by, func(w http.ResponseWriter, r *http.Request) error {
		old := routing.Answer{Fired: true, Rule: routing.Rule{Name: "部件先属主后属地"}, Lead: 1}
		run := routing.DryRun{Since: gallery.Now, Matters: 1_204, Same: 1_180, Went: routing.Agreed{Of: 1_100, Old: 990, New: 1_012}, Changes: map[routing.Change]int{routing.Elsewhere: 20, routing.Dropped: 4},
			Units:    []routing.UnitChange{{Unit: 1, Old: 80, New: 60}, {Unit: 2, Old: 10, New: 26}},
			Examples: map[routing.Change][]routing.Example{routing.Elsewhere: {{Card: matters.Card{Number: "QL-2026-004217", Title: "路灯不亮，老人夜里不敢出门", RaisedAt: gallery.Now}, Old: old, New: routing.Answer{Fired: true, Rule: routing.Rule{Name: "路灯归街道"}, Lead: 2}}}}}
		b := page.From(r).Titled("admin.rules.dry.title")
		v := dryOf(b, run, func(u id.ID) string {
			return map[id.ID]string{1: "邛崃市综合行政执法局", 2: "文君街道办事处"}[u]
		})
		v.Edit, v.Why = true, page.NewField(b.Lang, nil, "reason", "insights.why").Rows(2).Need()
		v.Tabs = []page.Tab{{Href: "/admin/rules/dry", Text: b.T("admin.rules.dry.months", 3), Current: true, Count: -1}}
		return dried.Show(w, r, v)
	})
	gallery.Add("admin/account", by, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Title = "赵调度"
		v := recordPage{Base: b, Head: page.Head{Kicker: "zhao", Title: "赵调度"}}
		v.fact("admin.account.since", i18n.Date(b.Lang, gallery.Now))
		v.way("/admin/accounts", "admin.account.password.title", "lock")
		post := "文君街道指挥调度中心 · " + b.T("role.dispatcher")
		v.Groups = []group{{Table: page.Table{Caption: b.T("admin.account.why", post), Cols: []page.Col{{Text: b.T("admin.needs")}, {Text: b.T("admin.field.where")}},
			Rows: [][]page.Cell{{{Text: b.T("need.dispatch")}, {Text: "文君街道"}}}}, Ways: []page.Link{{Href: "/admin/units", Text: b.T("admin.account.post")}}}}
		return recorded.Show(w, r, v)
	})
	gallery.Add("admin/question-wrong", by, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("admin.category.edit.title")
		b.Form = form.Of("q1_key", "Was?", "q1_type", "choice", "q1_zh", "路面是什么情况", "q1_choices", "hole | 有坑")
		s := &sheet{Base: b, r: r, title: "路面坑洼破损"}
		readQuestions(b.Form)
		askQuestions(s, matters.Category{})
		askStopper(s, nil)
		return formed.Show(w, r, formPage{Base: s.Base, Head: page.Head{Kicker: s.title, Title: b.T("admin.category.edit.title"), Lead: b.T("admin.category.edit.lead")}, Entries: s.entries, Submit: b.T("admin.category.edit.title"), Back: "/admin/categories", Action: "/admin/categories"})
	})
	gallery.Add("admin/key", by, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Title = "临江物业的系统"
		k := access.APIKey{Name: b.Title, Hint: "yb_k3Rf9", Scopes: []access.KeyScope{access.RequestsWrite, access.UpdatesWrite}, PerMinute: 60}
		v := recordPage{Base: b, Head: page.Head{Kicker: k.Hint + "…", Title: k.Name}, Notes: []page.Note{{Tone: page.ToneDone, Text: b.T("admin.key.shown")}}, Secret: "yb_k3Rf9" + strings.Repeat("Qw7", 12) + "p"}
		v.fact("admin.key.state", keyPill(b, k).Text)
		v.fact("admin.key.last", usedOn(b, k))
		v.way("/admin/keys", "admin.key.revoke.title", "x")
		v.Groups = []group{{Rows: []page.Row{(&Counter{}).keyRow(b, k)}}}
		return recorded.Show(w, r, v)
	})
	gallery.Add("admin/connection", by, func(w http.ResponseWriter, r *http.Request) error {
		x := exchange.Connection{ID: 7, Name: "邻市", Endpoint: "https://example.org/open311/v2", Push: true, Pull: true, Active: true, AskedAt: gallery.Now, Fault: "status 502"}
		ts := []exchange.Transfer{
			{ID: 3, Connection: 7, Number: "QL-2026-000321", State: exchange.Sent, Remote: "638344", MadeAt: gallery.Now},
			{ID: 2, Connection: 7, Number: "QL-2026-000320", State: exchange.Withheld, Fault: "transfer.private", MadeAt: gallery.Now},
			{ID: 1, Connection: 7, Number: "QL-2026-000319", State: exchange.Refused, Fault: "status 400: no such road", MadeAt: gallery.Now},
		}
		return recorded.Show(w, r, connectionPage(page.From(r), x, orgs.Unit{ID: 9, Name: i18n.Text{ZH: "邻市", EN: "The next town"}}, ts))
	})
	hook := webhooks.Hook{ID: 7, Name: "临江物业的系统", URL: "https://wuye.example.org/yuanba", Acts: []matters.Act{matters.Raise, matters.Dispatch, matters.Close}, Lang: i18n.ZH, State: webhooks.Active, CreatedAt: gallery.Now,
		Progress: webhooks.Progress{Streak: 3, FailingAt: gallery.Now, RestUntil: gallery.Now.Add(time.Hour), GoodAt: gallery.Now}}
	deliveries := []webhooks.Delivery{
		{ID: 4, Hook: 7, Seq: 4, Number: "QL-2026-000322", Act: matters.Dispatch, At: gallery.Now, Fate: webhooks.Waiting, Tries: 3, DueAt: gallery.Now.Add(time.Hour), Status: 502, Fault: "webhook.fault.refused"},
		{ID: 3, Hook: 7, Seq: 3, Number: "QL-2026-000321", Act: matters.Raise, At: gallery.Now, Fate: webhooks.Delivered, Tries: 1, Status: 204},
		{ID: 2, Hook: 7, Seq: 2, Number: "QL-2026-000320", Act: matters.Close, At: gallery.Now, Fate: webhooks.Failed, Tries: 13, TriedAt: gallery.Now, Fault: "webhook.fault.silent"},
		{ID: 1, Hook: 7, At: gallery.Now, Fate: webhooks.Delivered, Tries: 1, Status: 200},
	}
	gallery.Add("admin/webhooks", by, func(w http.ResponseWriter, r *http.Request) error {
		off := hook
		off.ID, off.Name, off.State, off.Why, off.Acts = 8, "村里的大屏", webhooks.Disabled, "webhook.why.failing", nil
		return recorded.Show(w, r, webhooksPage(page.From(r), []webhooks.Hook{hook, off}))
	})
	gallery.Add("admin/webhook", by, func(w http.ResponseWriter, r *http.Request) error {
		return recorded.Show(w, r, webhookShown(page.From(r), hook, webhookAbout{by: "系统员", place: "文君街道"}, "", deliveries, map[webhooks.Fate]int{webhooks.Waiting: 1, webhooks.Delivered: 2, webhooks.Failed: 1}))
	})
	gallery.Add("admin/delivery", by, func(w http.ResponseWriter, r *http.Request) error {
		return recorded.Show(w, r, deliveryPage(page.From(r), hook, deliveries[0], "upstream is away"))
	})
	gallery.Add("admin/webhook-wrong", by, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("admin.webhook.add.title")
		b.Form = form.Of("name", "临江物业的系统", "url", "http://wuye.example.org", "lang", "zh-CN", "events", "matter.close")
		b.Form.Fault("url", "webhook.url.plain")
		s := &sheet{Base: b, r: r}
		s.askWebhook(webhooks.Hook{}, nil, nil, []page.Option{{Value: "road", Text: "路面坑洼破损"}, {Value: "lamp", Text: "路灯设施"}})
		return formed.Show(w, r, formPage{Base: s.Base, Head: page.Head{Title: b.Title, Lead: b.T("admin.webhook.add.lead")}, Entries: s.entries, Submit: b.Title, Back: "/admin/webhooks", Action: "/admin/webhooks/add"})
	})
	gallery.Add("admin/close", by, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("admin.place.close.title")
		s := &sheet{Base: b, r: r}
		s.askDay()
		s.ask("area", s.field("reason", "admin.field.reason").Max(200))
		return formed.Show(w, r, formPage{Base: b, Head: page.Head{Kicker: "宝塔社区", Title: b.T("admin.place.close.title")}, Points: b.T("admin.place.close.points"), Entries: s.entries, Submit: b.T("admin.place.close.title"), Danger: true, Back: "/admin/places", Action: "/admin/places"})
	})
}
