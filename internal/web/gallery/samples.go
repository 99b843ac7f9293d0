// SPDX-License-Identifier: Apache-2.0

package gallery

import (
	"html/template"
	"net/http"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

// The blocks, each in a page in which it would stand.

type homePage struct {
	page.Base
	Hello string
	Doors []page.Door
	Mine  []page.Row
	Near  []page.Row
}

type inboxPage struct {
	page.Base
	Head   page.Head
	Tabs   []page.Tab
	Filter page.Filter
	Bulk   page.Bulk
	Rows   []page.Row
	Pager  page.Pager
	Turn   page.Turn
	Facts  []page.Fact
	Light  page.Light
	Number string
	Title2 string
}

type recordPage struct {
	page.Base
	Head  page.Head
	Turn  page.Turn
	Facts []page.Fact
	Story page.Timeline
	Pill  page.Pill
	Note  page.Note
}

type formPage struct {
	page.Base
	Steps      page.Stepper
	Categories []page.Option
	Who        []page.Option
	Streets    []page.Option
	Hidden     []page.Hidden
}

type figuresPage struct {
	page.Base
	Weeks, Units page.Chart
	None         page.Chart
	Table        page.Table
	Empty        page.Empty
}

type wallPage struct {
	page.Base
	Rows  []page.Row
	Units page.Chart
}

type confirmPage struct {
	page.Base
	Confirm page.Confirm
}

type slipPage struct {
	page.Base
	Slip page.Slip
}

type iconsPage struct {
	page.Base
	Icons []string
	Pills []page.Pill
	Notes []page.Note
}

var (
	home    = page.New[homePage](files, "home.html")
	inbox   = page.New[inboxPage](files, "inbox.html")
	record  = page.New[recordPage](files, "record.html")
	forms   = page.New[formPage](files, "form.html")
	figures = page.New[figuresPage](files, "figures.html")
	wall    = page.New[wallPage](files, "wall.html")
	confirm = page.New[confirmPage](files, "confirm.html")
	slip    = page.New[slipPage](files, "slip.html")
	icons   = page.New[iconsPage](files, "icons.html")
)

func init() {
	Add("blocks/home", page.Base{Actor: Resident}, showHome)
	Add("blocks/inbox", page.Base{Actor: Clerk}, showInbox)
	Add("blocks/record", page.Base{Actor: Clerk}, showRecord)
	Add("blocks/record-public", page.Base{}, showRecord)
	Add("blocks/form", page.Base{}, showForm)
	Add("blocks/form-faults", page.Base{Method: "POST"}, showFaults)
	Add("blocks/figures", page.Base{Actor: Clerk}, showFigures)
	Add("blocks/wall", page.Base{Actor: Clerk, Look: page.LookWall}, showWall)
	Add("blocks/confirm", page.Base{Actor: Clerk}, showConfirm)
	Add("blocks/slip", page.Base{Look: page.LookPrint}, showSlip)
	Add("blocks/icons", page.Base{}, showIcons)
	Add("error/not-found", page.Base{}, func(http.ResponseWriter, *http.Request) error {
		return errs.New(errs.NotFound, "error.not_found.what")
	})
	Add("error/internal", page.Base{Actor: Resident}, func(http.ResponseWriter, *http.Request) error { return http.ErrAbortHandler })
	Add("error/denied", page.Base{Actor: Clerk}, func(http.ResponseWriter, *http.Request) error {
		return errs.New(errs.Denied, "error.denied.what")
	})
}

func say(b page.Base, zh, en string) string { return i18n.Text{ZH: zh, EN: en}.In(b.Lang) }

// mine are the lists that pages without rows of their own show.
func sampleRows(b page.Base) []page.Row {
	hour := func(h int) time.Time { return b.Now.Add(time.Duration(h) * time.Hour) }
	place := say(b, "宝塔社区 3 网格", "Baota, grid 3")
	return []page.Row{
		{Href: "/matters/1", Title: say(b, "路灯不亮，老人夜里不敢出门", "Street lamp out, the old do not dare go out at night"), Number: "QL-2026-004217",
			Meta: []string{place, say(b, "市政设施", "Street furniture")}, Turn: say(b, "赵调度：派遣", "Zhao: dispatch"), Yours: true, Unread: true,
			Pill: page.Pill{Text: say(b, "待派遣", "to dispatch"), Tone: page.ToneCalm}, Left: i18n.Left(b.Lang, b.Now, hour(6).Add(10*time.Minute)), Due: hour(6),
			Light: page.LightFor(b.Now, hour(-20), hour(6)), Select: "0000000000001"},
		{Href: "/matters/2", Title: say(b, "小区门口的车占了消防通道，连着三天都没有人来挪，消防车根本进不来", "Cars at the gate have blocked the fire lane for three days"), Number: "QL-2026-004198",
			Meta: []string{say(b, "文君街道 西街小区", "Wenjun, Xijie court"), say(b, "消防安全", "Fire safety")}, Turn: say(b, "城管执法队：办理", "Enforcement team"),
			Pill: page.Pill{Text: say(b, "办理中", "being handled"), Tone: page.ToneLate}, Left: i18n.Left(b.Lang, b.Now, hour(-3)), Due: hour(-3),
			Light: page.LightFor(b.Now, hour(-75), hour(-3)), Select: "0000000000002", Tags: []string{say(b, "吹哨", "whistle"), say(b, "7 人同感", "7 support")}},
		{Href: "/matters/3", Title: say(b, "自来水发黄，有铁锈味", "Tap water is yellow and tastes of rust"), Number: "QL-2026-004201",
			Meta: []string{say(b, "临邛街道 东星社区", "Linqiong, Dongxing"), say(b, "供水", "Water supply")}, Turn: say(b, "郑核查：核查", "Zheng: verify"),
			Pill: page.Pill{Text: say(b, "已办待核", "to verify"), Tone: page.ToneSoon}, Left: i18n.LeftDays(b.Lang, 1), Due: hour(26),
			Light: page.LightFor(b.Now, hour(-100), hour(26)), Select: "0000000000003"},
		{Href: "/matters/4", Title: say(b, "流浪狗伤人", "Stray dog bit a child"), Number: "QL-2026-004105",
			Meta: []string{say(b, "平乐镇 关帝村", "Pingle, Guandi village"), say(b, "公共秩序", "Public order")},
			Pill: page.Pill{Text: say(b, "已办结", "closed"), Tone: page.ToneDone}, Select: "0000000000004"},
	}
}

func sampleTurn(b page.Base) page.Turn {
	t := page.Turn{Who: say(b, "赵调度", "Zhao Diaodu"), What: say(b, "请派给承办单位", "dispatch to the unit in charge"), Left: i18n.Left(b.Lang, b.Now, b.Now.Add(100*time.Minute)),
		Due: b.Now.Add(100 * time.Minute), Tone: page.ToneSoon, Light: page.LightFor(b.Now, b.Now.Add(-6*time.Hour), b.Now.Add(100*time.Minute))}
	if b.Staff() {
		t.Yours = true
		t.Buttons = []page.Button{
			{Text: say(b, "派遣", "Dispatch"), Action: "/matters/1/dispatch", Main: true, Icon: "arrow", Key: "d", Link: true},
			{Text: say(b, "退回", "Send back"), Action: "/matters/1/send_back", Icon: "return", Key: "b", Link: true},
			{Text: say(b, "办结", "Close"), Action: "/matters/1/close", Icon: "check"},
		}
	}
	return t
}

func sampleFacts(b page.Base) []page.Fact {
	fs := []page.Fact{
		{Label: say(b, "地点", "Where"), Value: say(b, "文君街道 宝塔社区 3 网格", "Wenjun, Baota, grid 3"), Href: "/places/3", Lines: []string{say(b, "东门小学后门外第二根电杆", "Second pole behind the East Gate school")}},
		{Label: say(b, "类别", "Category"), Value: say(b, "市政设施 · 路灯", "Street furniture · lamps")},
		{Label: say(b, "承办", "Unit"), Value: say(b, "市路灯管理所", "City lamps office")},
		{Label: say(b, "同感", "Support"), Value: say(b, "7 人", "7 people")},
	}
	if b.Staff() {
		fs = append(fs, page.Fact{Label: say(b, "反映人", "Reporter"), Value: "周* · 139****0217", Private: true})
	}
	return fs
}

func showRecord(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = say(b, "路灯不亮", "Street lamp out")
	b.Crumbs = []page.Link{{Href: "/matters", Text: say(b, "全部事项", "All matters")}}
	story := page.Timeline{Now: b.Now, Events: []page.Event{
		{At: b.Now.Add(-26 * time.Hour), Who: say(b, "居民", "A resident"), What: say(b, "说了这件事", "raised the matter"), Tone: page.ToneCalm, Icon: "talk",
			Note: say(b, "巷子口那盏路灯坏了有一个多星期了，屋头老人晚上出去倒垃圾，看不到路，前天还绊了一跤。\n麻烦尽快来修一下。", "The lamp at the end of the lane has been out for more than a week.\nMy mother stumbled the other night. Please repair it.")},
		{At: b.Now.Add(-25 * time.Hour), Who: say(b, "李网格（宝塔社区）", "Li (Baota)"), What: say(b, "受理", "accepted it"), Tone: page.ToneDone},
		{At: b.Now.Add(-2 * time.Hour), Who: say(b, "赵调度（调度中心）", "Zhao (dispatch)"), What: say(b, "派给市容管理科", "dispatched it to City Appearance"), Tone: page.ToneCalm},
		{At: b.Now.Add(-30 * time.Minute), Who: say(b, "市容管理科", "City Appearance"), What: say(b, "退回", "sent it back"), Tone: page.ToneSoon, Icon: "return",
			Note: say(b, "路灯归市路灯管理所，不归我们科。", "Lamps belong to the lamps office.")},
	}}
	if b.Staff() {
		story.Events = append(story.Events, page.Event{At: b.Now.Add(-10 * time.Minute), Who: say(b, "赵调度（调度中心）", "Zhao (dispatch)"), What: say(b, "留了一条备注", "left a note"),
			Internal: true, Icon: "edit", Note: say(b, "已电话问过路灯所，他们今天下午有车。", "Called the lamps office: a van is free this afternoon.")})
	}
	return record.Show(w, r, recordPage{Base: b, Turn: sampleTurn(b), Facts: sampleFacts(b), Story: story,
		Head: page.Head{Kicker: "QL-2026-004217", Title: say(b, "路灯不亮，老人夜里不敢出门", "Street lamp out, the old do not dare go out at night"), Read: true,
			Lead: say(b, "周女士 11月22日 说的事，7 位邻居也有同感", "Raised on 22 November; seven neighbours support it")},
		Pill: page.Pill{Text: say(b, "待派遣", "to dispatch"), Tone: page.ToneCalm},
		Note: page.Note{Tone: page.ToneSoon, Text: say(b, "附近还有 2 件相似的事。", "Two similar matters nearby."), Link: page.Link{Href: "/matters?near=1", Text: say(b, "看一看", "Look")}}})
}

func showInbox(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = b.T("rail.mine")
	b.Flash = &page.Flash{Text: say(b, "已受理 3 件", "Accepted 3 matters"), Undo: "/undo", Tone: page.ToneDone}
	option := func(v, zh, en string) page.Option { return page.Option{Value: v, Text: say(b, zh, en)} }
	field := func(name, zh, en string, os ...page.Option) page.Field {
		return page.Field{Name: name, Label: say(b, zh, en), Hold: say(b, zh, en), Hidden: true, Options: os}
	}
	rows := sampleRows(b)
	for i := range 3 {
		rows = append(rows, rows[i])
		rows[len(rows)-1].Select += "X"
	}
	return inbox.Show(w, r, inboxPage{Base: b,
		Head: page.Head{Title: b.T("rail.mine"), Lead: say(b, "先到期的排在最前", "What is due first stands first")},
		Tabs: []page.Tab{{Text: say(b, "待办", "Open"), Href: "?", Count: 12, Current: true}, {Text: say(b, "等别人", "Waiting"), Href: "?w=1", Count: 5}, {Text: say(b, "已办", "Done"), Href: "?d=1", Count: -1}},
		Filter: page.Filter{Action: "/inbox", Search: page.Field{Name: "q", Label: b.T("list.search"), Hold: b.T("list.search")},
			Fields: []page.Field{field("category", "类别", "Category", option("lamp", "路灯", "Lamps"), option("water", "供水", "Water")), field("place", "地点", "Place", option("1", "文君街道", "Wenjun")), field("due", "到期", "Due", option("today", "今天到期", "today"))},
			Chips:  []page.Chip{{Text: say(b, "文君街道", "Wenjun"), Without: "/inbox"}}, Reset: "/inbox", Count: b.T("list.count", 12)},
		Bulk:  page.Bulk{Action: "/matters/bulk", Buttons: []page.Button{{Text: say(b, "受理", "Accept"), Name: "act", Value: "accept", Main: true}, {Text: say(b, "派遣…", "Dispatch…"), Name: "act", Value: "dispatch"}}},
		Rows:  rows,
		Pager: page.Pager{Older: "/inbox?after=1", Count: b.T("list.count", 12)},
		Turn:  sampleTurn(b), Facts: sampleFacts(b), Number: "QL-2026-004217", Title2: say(b, "路灯不亮，老人夜里不敢出门", "Street lamp out")})
}

func showHome(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = b.T("page.home")
	rows := sampleRows(b)
	for i := range rows {
		rows[i].Select, rows[i].Turn, rows[i].Number, rows[i].Yours, rows[i].Unread = "", "", "", false, false
	}
	return home.Show(w, r, homePage{Base: b, Hello: say(b, "您好，周敏", "Hello, Zhou Min"), Mine: rows[:2], Near: rows[2:], Doors: []page.Door{
		{Href: "/raise", Icon: "talk", Title: b.T("door.raise"), Sub: b.T("door.raise.sub")},
		{Href: "/desk", Icon: "calendar", Title: b.T("door.book"), Sub: b.T("door.book.sub")},
		{Href: "/questions", Icon: "ask", Title: b.T("door.ask"), Sub: b.T("door.ask.sub")},
		{Icon: "table", Title: b.T("door.decide"), Sub: b.T("door.decide.sub"), Soon: true},
	}})
}

func formSample(b page.Base) formPage {
	option := func(v, icon, zh, en string) page.Option {
		return page.Option{Value: v, Icon: icon, Text: say(b, zh, en)}
	}
	b.Title = say(b, "说事", "Raise a matter")
	return formPage{Base: b, Steps: page.StepsAt(1, say(b, "什么事", "What"), say(b, "在哪里", "Where"), say(b, "有没有人说过", "Known?"), say(b, "谁能看到", "Who may see it")),
		Categories: []page.Option{option("lamp", "lamp", "路灯", "Lamps"), option("road", "road", "道路", "Roads"), option("water", "water", "供水", "Water"), option("trash", "trash", "垃圾", "Rubbish"),
			option("noise", "noise", "噪音", "Noise"), option("fire", "fire", "消防", "Fire safety"), option("dog", "dog", "猫狗", "Animals"), option("", "ask", "说不清", "Not sure")},
		Who: []page.Option{{Value: "public", Text: say(b, "公开", "Public"), Help: say(b, "邻居能看到，也能帮着说", "Neighbours see it and can support it"), On: true},
			{Value: "private", Text: say(b, "只给办事的人看", "Only those who handle it"), Help: say(b, "网页上不显示", "Not shown on the site")}},
		Streets: []page.Option{{Value: "1", Text: say(b, "宝塔社区", "Baota"), Group: say(b, "文君街道", "Wenjun")}, {Value: "2", Text: say(b, "西街社区", "Xijie"), Group: say(b, "文君街道", "Wenjun")}, {Value: "3", Text: say(b, "关帝村", "Guandi"), Group: say(b, "平乐镇", "Pingle")}},
		Hidden:  []page.Hidden{{Name: "step", Value: "1"}}}
}

func showForm(w http.ResponseWriter, r *http.Request) error {
	return forms.Show(w, r, formSample(page.From(r)))
}

func showFaults(w http.ResponseWriter, r *http.Request) error {
	v := formSample(page.From(r))
	v.Form = form.Of("title", say(v.Base, "路灯不亮", "The lamp at the end of our lane"), "count", "三", "who", "private")
	v.Form.Int("count", 1, 20)
	return forms.Fail(w, r, v, errs.List{errs.At("title", "form.long", 8, 3), errs.At("category", "form.choice"), errs.At("place", "form.id"), errs.At("photo", "form.files", 6)})
}

func showFigures(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = say(b, "数字", "Figures")
	var weeks []page.Bar
	for i, n := range []int{84, 96, 71, 102, 118, 93, 88, 41} {
		weeks = append(weeks, page.Bar{Label: i18n.When(b.Lang, b.Now, b.Now.AddDate(0, 0, -7*(8-i))), Value: n, Tone: page.ToneCalm})
	}
	units := []page.Bar{{Label: say(b, "城管执法队", "Enforcement"), Value: 48, Tone: page.ToneDone, Href: "/units/1"}, {Label: say(b, "市水务局", "Water bureau"), Value: 31, Tone: page.ToneDone},
		{Label: say(b, "市路灯管理所", "Lamps office"), Value: 17, Tone: page.ToneDone}, {Label: say(b, "文君街道综合执法协调办", "Wenjun coordination office"), Value: 5, Tone: page.ToneLate}}
	unit := say(b, "件", "matters")
	return figures.Show(w, r, figuresPage{Base: b, Weeks: page.Chart{Title: say(b, "每周新增", "New each week"), Unit: unit, Bars: weeks, Upright: true},
		Units: page.Chart{Title: say(b, "各单位在办", "Open by unit"), Unit: unit, Bars: units}, None: page.Chart{Title: say(b, "退回", "Sent back")},
		Table: page.Table{Caption: say(b, "各单位办理情况", "Units"), Cols: []page.Col{{Text: say(b, "单位", "Unit")}, {Text: say(b, "在办", "Open"), Num: true}, {Text: say(b, "按时办结", "In time"), Num: true}, {Text: say(b, "现状", "Now")}},
			Rows: [][]page.Cell{{{Text: say(b, "城管执法队", "Enforcement"), Href: "/units/1"}, {Text: "48"}, {Text: "1,203 / 1,260"}, {Text: say(b, "正常", "in order"), Tone: page.ToneDone}},
				{{Text: say(b, "市水务局", "Water bureau")}, {Text: "31"}, {Text: "402 / 455"}, {Text: say(b, "3 件超期", "3 late"), Tone: page.ToneLate}}},
			Foot: []page.Cell{{Text: say(b, "合计", "Total")}, {Text: "79"}, {Text: "1,605 / 1,715"}, {}}},
		Empty: page.Empty{Icon: "inbox", Title: say(b, "现在没有轮到您的事", "Nothing waits for you"), Text: say(b, "新的事来了会排在这里。", "New matters will stand here."), Action: page.Link{Href: "/matters", Text: say(b, "看全部", "See all")}}})
}

func showWall(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = b.T("page.wall")
	rows := sampleRows(b)
	for i := range rows {
		rows[i].Select, rows[i].Number = "", ""
	}
	return wall.Show(w, r, wallPage{Base: b, Rows: rows, Units: page.Chart{Title: say(b, "各街镇在办", "Open by town"), Bars: []page.Bar{
		{Label: say(b, "文君街道", "Wenjun"), Value: 62, Tone: page.ToneDone}, {Label: say(b, "临邛街道", "Linqiong"), Value: 55, Tone: page.ToneSoon}, {Label: say(b, "平乐镇", "Pingle"), Value: 21, Tone: page.ToneLate}}}})
}

func showConfirm(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = say(b, "删除个人信息", "Delete personal facts")
	return confirm.Show(w, r, confirmPage{Base: b, Confirm: page.Confirm{Title: say(b, "确定删除周*的个人信息？", "Delete the personal facts of Zhou *?"), Danger: true,
		Text: say(b, "删了就找不回来。", "This cannot be undone."), Points: []string{say(b, "姓名、电话、地址会被抹掉", "Name, phone and address are erased"), say(b, "事项本身和办理经过会留下", "The matter and its story stay")},
		Action: "/people/1/erase", Yes: say(b, "删除", "Delete"), No: say(b, "不删", "Keep"), Back: "/people/1", Field: page.Field{Name: "why", Label: say(b, "删除的理由", "Reason"), Required: true, MaxLen: 200}}})
}

func showSlip(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = "QL-2026-004217"
	return slip.Show(w, r, slipPage{Base: b, Slip: page.Slip{Town: say(b, "邛崃市 · 院坝", "Qionglai · Yuanba"), Number: "QL-2026-004217", Code: "7F3A KQ2M", Title: say(b, "路灯不亮，老人夜里不敢出门", "Street lamp out"),
		QR: qrSample, Facts: []page.Fact{{Label: say(b, "地点", "Where"), Value: say(b, "宝塔社区 3 网格", "Baota, grid 3")}, {Label: say(b, "时间", "When"), Value: i18n.Exact(b.Lang, b.Now)}}, Phone: "028-88790000"}})
}

const qrSample template.HTML = `<svg viewBox="0 0 9 9" role="img" aria-label="QR"><path d="M0 0h3v3H0zM6 0h3v3H6zM0 6h3v3H0zM4 1h1v2H4zM4 4h2v1H4zM1 4h2v1H1zM7 4h1v3H7zM5 6h1v2H5zM6 8h2v1H6z"/></svg>`

func showIcons(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = "Icons"
	v := iconsPage{Base: b, Icons: static.Icons()}
	for _, t := range []page.Tone{page.ToneQuiet, page.ToneCalm, page.ToneDone, page.ToneSoon, page.ToneLate} {
		v.Pills = append(v.Pills, page.Pill{Text: string(t), Tone: t})
		v.Notes = append(v.Notes, page.Note{Text: say(b, "这是一条提示。", "This is a note."), Tone: t})
	}
	return icons.Show(w, r, v)
}
