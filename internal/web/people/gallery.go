// SPDX-License-Identifier: Apache-2.0

package people

import (
	"net/http"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/seal"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	resident, clerk := page.Base{Actor: gallery.Resident}, page.Base{Actor: gallery.Clerk}
	look := people.Look{At: gallery.Now, Actor: "赵调度", Post: "文君街道指挥调度中心 派遣员", Purpose: people.ContactAboutMatter, Fields: []people.Field{people.FieldPhone}, Why: seal.NewText("约时间上门看灯")}
	gallery.Add("people/me", resident, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("mydata.title")
		return mine.Show(w, r, mePage{Base: b, Head: page.Head{Title: b.T("mydata.title"), Lead: b.T("mydata.lead")},
			Facts: []page.Fact{{Label: b.T("people.field.name"), Value: "周*", Private: true}, {Label: b.T("people.field.phone"), Value: "199****0002", Private: true}, {Label: b.T("people.field.address"), Value: b.T("mydata.none")}},
			Looks: page.Timeline{Now: b.Now, Events: []page.Event{looked(b, look, "QL-2026-004217")}}})
	})
	gallery.Add("people/slips", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("mydata.title")
		return mine.Show(w, r, mePage{Base: b, Slips: true, Head: page.Head{Title: b.T("mydata.title"), Lead: b.T("mydata.slips")}, Looks: page.Timeline{Now: b.Now}})
	})
	gallery.Add("people/reveal-wrong", clerk, func(w http.ResponseWriter, r *http.Request) error {
		r.SetPathValue("number", "QL-2026-004217")
		f := form.Of("why", "看看")
		f.Fault("why", "people.reveal.why", 4)
		return revealed.Show(w, r, (&Counter{}).revealPage(r, f))
	})
	gallery.Add("people/revealed", clerk, func(w http.ResponseWriter, r *http.Request) error {
		r.SetPathValue("number", "QL-2026-004217")
		v := (&Counter{}).revealPage(r, nil)
		v.Shown = []page.Fact{{Label: v.T("people.field.phone"), Value: "19900000002"}}
		return revealed.Show(w, r, v)
	})
	gallery.Add("people/desk", clerk, func(w http.ResponseWriter, r *http.Request) error {
		v := deskBase(r, form.Of("phone", "19900000002"))
		v.Asked, v.Contacts = true, 2
		v.Rows = []page.Row{{Href: "/desk", Title: "周*", Meta: []string{"199****0002"}, Pill: page.Pill{Text: v.T("desk.verified"), Tone: page.ToneDone}}}
		return desked.Show(w, r, v)
	})
	gallery.Add("people/ask", clerk, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("desk.verify.title")
		b.Form = form.Of("name", "周敏", "phone", "1990000")
		b.Form.Fault("phone", "people.phone.malformed")
		field := func(name, key string) page.Field { return page.NewField(b.Lang, b.Form, name, key) }
		return asked.Show(w, r, askPage{Base: b, Head: page.Head{Title: b.T("desk.verify.title"), Lead: b.T("desk.verify.lead")}, Action: "/desk/verify", Submit: b.T("desk.verify.go"), Back: "/desk",
			Fields: []page.Field{field("name", "people.field.name").Need(), field("id_number", "people.field.id_number").Need(), field("phone", "people.field.phone").As("tel")},
			Place:  field("place", "desk.place").Need().Of([]page.Option{{Value: "1", Text: "宝塔社区", Group: "文君街道"}}), Big: field("large", "mydata.large")})
	})
	gallery.Add("people/settings", resident, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("mydata.settings")
		return set.Show(w, r, settingsPage{Base: b, Head: page.Head{Title: b.T("mydata.settings"), Lead: b.T("mydata.settings.lead")}, Fixed: true,
			Name: page.NewField(b.Lang, nil, "name", "people.field.name").From("周敏"), Address: page.NewField(b.Lang, nil, "address", "people.field.address"), Big: page.NewField(b.Lang, nil, "large", "mydata.large"),
			Fields: []page.Field{page.NewField(b.Lang, nil, "place", "mydata.place").Of([]page.Option{{Value: "1", Text: "宝塔社区", Group: "文君街道"}}).From("1")}})
	})
	gallery.Add("people/resident", clerk, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("desk.resident")
		return served.Show(w, r, residentPage{Base: b, Head: page.Head{Kicker: b.T("desk.resident"), Title: "周*"}, Pill: page.Pill{Text: b.T("desk.unverified"), Tone: page.ToneSoon},
			Facts: []page.Fact{{Label: b.T("people.field.phone"), Value: "199****0002", Private: true}}, Ways: []page.Link{{Href: "/desk", Text: b.T("desk.verify.title"), Main: true}, {Href: "/desk", Text: b.T("desk.correct.title")}}})
	})
	gallery.Add("people/forget", resident, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("mydata.forget")
		return confirmed.Show(w, r, confirmPage{Base: b, Confirm: page.Confirm{Title: b.T("mydata.forget"), Text: b.T("mydata.forget.text"), Points: []string{b.T("mydata.forget.matters")}, Action: "/me/forget", Yes: b.T("mydata.forget"), No: b.T("mydata.keep"), Back: "/me", Danger: true}})
	})
	gallery.Add("people/proxies", page.Base{Actor: gallery.Resident}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("proxy.title")
		c := &Counter{Named: func(id.ID) string { return "李网格" }}
		p := people.ShownProxy{Proxy: people.Proxy{ID: 1, For: 2, By: 3, Relation: "neighbour", Scopes: people.ProxyScopes, Consent: people.AtDesk, MadeAt: gallery.Now, TakenAt: gallery.Now, Until: gallery.Now.AddDate(0, 6, 0)}, Other: people.Card{Name: "陈**"},
			Acts: []people.ProxyAct{{At: gallery.Now, Scope: people.ProxyAsk, Number: "WD-2026-000417"}}}
		own := p
		own.Mine, own.Account, own.Consent, own.Paper, own.EndedAt, own.EndedBy = true, 4, people.OnPaper, "档案盒 12 号", gallery.Now, "resident"
		return proxied.Show(w, r, proxyPage{Base: b, Head: page.Head{Title: b.T("proxy.title"), Lead: b.T("proxy.lead")}, Code: "K7MP-2QXA", Theirs: []proxy{c.proxyRow(b, p, false)}, Mine: []proxy{c.proxyRow(b, own, true)},
			Offer: proxyAsks(b, nil, "/me/proxies/offer", b.T("proxy.offer")), Enter: page.NewField(b.Lang, nil, "code", "proxy.code").Need()})
	})
}
