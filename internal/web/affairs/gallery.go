// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"
	"time"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

var samplePlace = places.Place{ID: 7, Kind: places.Village, Community: places.Urban, Name: i18n.Text{ZH: "宝塔社区", EN: "Baota Community"}}

// sampleLines are a few entries of a ledger.
func sampleLines() affairs.Statement {
	return affairs.State("2026-Q3", 40_000_00, []affairs.Entry{
		{ID: 1, Number: 41, On: "2026-07-06", From: "in_lease", To: affairs.Bank, Amount: 4_399_25, Words: "停车场地租金", Party: "临江物业服务公司"},
		{ID: 2, Number: 42, On: "2026-07-13", From: affairs.Bank, To: "out_works", Amount: 2_286_15, Words: "排水沟清淤", Party: "诚信劳务队", Countered: 3},
		{ID: 3, Number: 43, On: "2026-07-14", From: "out_works", To: affairs.Bank, Amount: 2_286_15, Words: "记重了", Counters: 2},
	})
}

func sampleStandings() []affairs.Standing {
	law := affairs.Shipped()
	at := func(m, d int) time.Time { return time.Date(2026, time.Month(m), d, 10, 0, 0, 0, i18n.Zone) }
	item := func(code string) affairs.Item { x, _ := law.Item(code); return x }
	return []affairs.Standing{
		{Item: item("party_decisions"), Period: "2026-Q3", Due: at(10, 22), Notice: 5, At: at(10, 9)},
		{Item: item("village_relief"), Period: "2026-Q3", Due: at(10, 22), Notice: 6, At: at(10, 28), Late: true},
		{Item: item("village_donations"), Period: "2026-Q3", Due: at(10, 22), Late: true},
		{Item: item("finance_statement"), Period: "2026-11", Due: at(12, 11)},
	}
}

func sampleTabs(b page.Base, at string) []page.Tab {
	return (&Counter{}).tabs(b, samplePlace, at)
}

func sampleSheet(b page.Base, at, title, lead string) sheet {
	b.Title = title
	return sheet{Base: b, Tabs: sampleTabs(b, at), Head: page.Head{Title: title, Lead: lead, Kicker: "文君街道 宝塔社区"}}
}

// The samples of the gallery.
func init() {
	editor := page.Base{Actor: gallery.Clerk}
	gallery.Add("affairs/front", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Title = samplePlace.Name.In(b.Lang)
		st := sampleLines()
		v := frontPage{Base: b, Name: b.Title, Kicker: b.T("place.community.urban"), Greeting: "有事请说，账目请看，院坝里见。", Tabs: sampleTabs(b, "front"), About: page.Link{Href: "/places", Text: b.T("village.about", b.Title)},
			Standing: page.Note{Tone: page.ToneLate, Text: b.T("village.late", 1), Link: page.Link{Href: "/affairs", Text: b.T("village.late.see")}}, Late: []lateItem{{"接受社会捐赠的情况", affairs.Period("2026-Q3").Say(b.Lang), i18n.Left(b.Lang, b.Now, b.Now.AddDate(0, 0, -30))}}}
		v.Blocks = []block{
			{Name: "notices", Title: b.T("village.block.notices"), Rows: []page.Row{{Href: "/notices/1", Title: "周四上午停水检修", Meta: []string{"11月20日"}}}, More: page.Link{Href: "/affairs", Text: b.T("village.more")}},
			{Name: "dates", Title: b.T("village.block.dates"), Dates: []date{dateOf(b, affairs.Notice{ID: 3, Title: "坝坝会", Spot: "小广场", Starts: b.Now.AddDate(0, 0, 9)})}},
			{Name: "open", Title: b.T("village.block.open"), Wide: true, Open: groups(b, samplePlace, sampleStandings())},
			{Name: "money", Title: b.T("village.block.money"), Wide: true, Money: money{Has: "44,399.25", Since: b.T("village.money.since", "2025-12-01"), Period: st.Period.Say(b.Lang), Came: st.Came.String(), Went: st.Went.String(), Parts: []page.Fact{{Label: b.T("ledger.account.bank"), Value: "44,399.25"}}, Table: linesTable(b, b.T("village.money.last"), st.Lines)}},
			{Name: "diary", Title: b.T("village.block.diary"), Texts: []text{{Title: "商量清淤的钱", Body: "请五位代表来看报价。", Meta: "11月18日", Href: "/notices/2"}}},
			{Name: "speaker", Title: b.T("village.block.speaker"), Empty: b.T("village.none.speaker")},
		}
		return front.Show(w, r, v)
	})
	gallery.Add("affairs/open", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		v := openPage{sheet: sampleSheet(b, "open", b.T("village.open.title"), b.T("village.open.lead")), Rhythm: page.Link{Href: "/affairs/rhythm", Text: b.T("village.open.rhythm")}}
		for _, g := range groups(b, samplePlace, sampleStandings()) {
			v.Groups = append(v.Groups, openGroup{Title: g.Title, Items: []openItem{{Name: "接受社会捐赠的情况", Pace: b.T("village.pace.quarterly", 10), Basis: "《村民委员会组织法》第三十条", Periods: g.Items}, {Name: "党费", None: b.T("village.open.none.quarterly")}}})
		}
		return openShown.Show(w, r, v)
	})
	gallery.Add("affairs/villages", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("village.all.title")
		return villagesShown.Show(w, r, villagesPage{Base: b, Head: page.Head{Title: b.Title, Lead: b.T("village.all.lead")}, Filter: page.Filter{Action: "/affairs"}, Figures: []figure{{"189 / 189", b.T("village.all.opened")}},
			Table: page.Table{Caption: b.T("village.all.table"), Hide: true, Cols: []page.Col{{Text: b.T("village.all.name")}, {Text: b.T("village.all.stands")}}, Rows: [][]page.Cell{{{Text: "宝塔社区", Href: "/affairs/7"}, {Text: b.T("village.all.missing", 1), Tone: page.ToneLate}}}}})
	})
	gallery.Add("affairs/rhythm", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("village.rhythm.title")
		f := form.Of("pace_x", "quarterly")
		return rhythmShown.Show(w, r, rhythmPage{Base: b, Head: page.Head{Title: b.Title, Lead: b.T("village.rhythm.lead", 30)}, Edit: true, Saw: "0", Table: page.Table{Caption: b.Title, Hide: true, Cols: []page.Col{{Text: b.T("village.rhythm.item")}}, Rows: [][]page.Cell{{{Text: "党费"}}}},
			Fields:   []rhythmField{{"党费", page.NewField(b.Lang, f, "pace_x", "village.rhythm.pace").Of([]page.Option{{Value: "quarterly", Text: b.T("affairs.pace.quarterly")}}).Need(), page.NewField(b.Lang, f, "within_x", "village.rhythm.within").As("number").Need()}},
			Editions: []page.Row{{Title: b.T("village.rhythm.shipped")}}})
	})
	gallery.Add("affairs/notices", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return noticesShown.Show(w, r, noticesPage{sheet: sampleSheet(b, "notices", b.T("village.notices.title"), b.T("village.notices.lead")), Kinds: []page.Tab{{Text: b.T("village.kind.all"), Href: "/affairs", Count: -1, Current: true}},
			Rows: noticeRows(b, []affairs.Notice{{ID: 1, Title: "周四上午停水检修", State: affairs.Published, PublishedAt: b.Now, Post: "主任"}, {ID: 2, Title: "一季度收支", State: affairs.Withdrawn, PublishedAt: b.Now, Post: "主任"}})})
	})
	gallery.Add("affairs/notice", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return noticeShown.Show(w, r, noticePage{sheet: sampleSheet(b, "notices", "三季度收支", ""), Body: []string{"收支见下表。"}, Pill: standingPill(b, sampleStandings()[1]), Facts: []page.Fact{{Label: b.T("village.fact.by"), Value: "主任"}},
			Tomb: page.Note{Tone: page.ToneSoon, Text: b.T("village.draft")}, Before: []text{{Title: "三季度收支", Body: "收支见附表。", Meta: b.T("village.before.meta", "11月20日", "附表有错字")}},
			Statement: statementOf(b, samplePlace, sampleLines()), Acts: noticeActs(b, affairs.Notice{ID: 1, State: affairs.Published}), Talk: true, Voices: sampleVoices(b)})
	})
	gallery.Add("affairs/ask", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("village.withdraw.title")
		return asked.Show(w, r, askPage{Base: b, Confirm: page.Confirm{Title: b.Title, Text: "一季度收支", Points: []string{b.T("village.withdraw.stays")}, Danger: true, Action: "/notices/1/withdraw", Yes: b.T("notice.act.withdraw"), No: b.T("village.no"), Back: "/notices/1",
			Field: page.NewField(b.Lang, nil, "why", "village.withdraw.why").Need()}})
	})
	gallery.Add("affairs/write", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		v := writePage{sheet: sampleSheet(b, "edit", b.T("village.write.title", i18n.Key("village.kind.finance")), b.T("village.write.lead.finance")), Kind: affairs.Finance, Action: "/affairs/7/write", Button: b.T("village.write.save")}
		v.Form = form.Of("title", "三季度收支")
		v.Form.Fault("body", "affairs.body", affairs.MaxBody)
		v.Fields = []page.Field{page.NewField(b.Lang, v.Form, "title", "village.write.name").Need().Max(60), page.NewField(b.Lang, v.Form, "body", "village.write.body").Need().Rows(8), page.NewField(b.Lang, v.Form, "file", "village.write.file").Files("image/*,application/pdf", 1)}
		return writeShown.Show(w, r, v)
	})
	gallery.Add("affairs/ledger", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return ledgerShown.Show(w, r, ledgerPage{sheet: sampleSheet(b, "ledger", b.T("village.ledger.title"), b.T("village.ledger.lead")), Has: "44,399.25", Since: b.T("village.money.since", "2025-12-01"), Parts: []page.Fact{{Label: b.T("ledger.account.bank"), Value: "44,399.25"}},
			Filter:    page.Filter{Action: "/affairs/7/ledger", Fields: []page.Field{page.NewField(b.Lang, form.Of("period", "2026-Q3"), "period", "village.ledger.period").Of(periodOptions(b, "2026-01-05")).Need().Quiet()}},
			Statement: statementOf(b, samplePlace, sampleLines())})
	})
	gallery.Add("affairs/print", page.Base{Look: page.LookPrint}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Title, b.Look = b.T("village.ledger.title"), page.LookPrint
		st := statementOf(b, samplePlace, sampleLines())
		st.Print = ""
		return printed.Show(w, r, printPage{Base: b, Statement: st, Town: "文君街道 宝塔社区", Printed: b.T("village.print.at", "2026-11-23"), Check: b.T("village.print.check", "https://qionglai.example/v/510183001001")})
	})
	gallery.Add("affairs/book", editor, func(w http.ResponseWriter, r *http.Request) error {
		return bookShown.Show(w, r, bookSample(page.From(r)))
	})
	gallery.Add("affairs/entry", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return entryShown.Show(w, r, entryPage{sheet: sampleSheet(b, "ledger", "路灯维修", ""), Amount: "1,245.00", Sign: b.T("ledger.col.out"), Counter: "/ledger/1/counter", Note: page.Note{Tone: page.ToneSoon, Text: b.T("ledger.is.late", "2026-11-20")},
			Facts: []page.Fact{{Label: b.T("ledger.fact.to"), Value: b.T("ledger.account.out_works")}}})
	})
	gallery.Add("affairs/edit", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return editShown.Show(w, r, editPage{sheet: sampleSheet(b, "edit", b.T("village.edit.title"), b.T("village.edit.lead")), Due: []page.Row{{Href: "/affairs/7/write", Title: "接受社会捐赠的情况", Left: i18n.Left(b.Lang, b.Now, b.Now.AddDate(0, 0, -3)), Light: page.Light{Used: -1, Tone: page.ToneLate}}},
			Ways: []page.Link{{Href: "/affairs/7/book", Text: b.T("village.book.title")}}})
	})
	gallery.Add("affairs/face", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		v := facePage{sheet: sampleSheet(b, "edit", b.T("village.face.title"), b.T("village.face.lead")), Version: "1"}
		v.Form = form.Of("greeting", "有事请说，账目请看。")
		return faceShown.Show(w, r, v)
	})
}

// bookSample is the form of an entry without a town behind it.
func bookSample(b page.Base) bookPage {
	v := bookPage{sheet: sampleSheet(b, "edit", b.T("village.book.title"), b.T("village.book.lead")), Action: "/affairs/7/book"}
	v.Form = form.Of("on", "2026-11-23")
	v.Form.Fault("paper", "ledger.paper.none")
	v.Fields = bookFields(b, v.Form)
	return v
}
