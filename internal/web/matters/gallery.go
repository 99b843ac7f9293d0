// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery: every page of this counter, and those states of it
// that look different.
func init() {
	resident, clerk := page.Base{Actor: gallery.Resident}, page.Base{Actor: gallery.Clerk}
	// The categories are read when a sample is first looked at, not at every start.
	town := sync.OnceValue(func() *Counter {
		cat, err := matters.Shipped()
		if err != nil {
			panic(err) // it comes with the program
		}
		return &Counter{Matters: matters.New(matters.Needs{Catalogue: cat}), Slips: &Slips{}}
	})
	with := func(show func(*Counter, http.ResponseWriter, *http.Request) error) page.Handler {
		return func(w http.ResponseWriter, r *http.Request) error { return show(town(), w, r) }
	}

	gallery.Add("matters/list", page.Base{}, showSampleList(false))
	gallery.Add("matters/list-empty", clerk, showSampleList(true))
	gallery.Add("matters/inbox", clerk, showSampleInbox(false))
	gallery.Add("matters/inbox-empty", clerk, showSampleInbox(true))
	gallery.Add("matters/show-turn", clerk, with((*Counter).showSample))
	gallery.Add("matters/show-public", page.Base{}, with((*Counter).showSample))
	gallery.Add("matters/show-reporter", resident, with((*Counter).showSample))
	gallery.Add("matters/act", clerk, with(showSampleAct(nil)))
	gallery.Add("matters/act-wrong", clerk, with(showSampleAct(func() *form.Form {
		f := form.Of("words", "好了")
		f.Fault("words", "matter.words.result", 4)
		return f
	})))
	for name, step := range map[string]int{"what": stepWhat, "kind": stepKind, "asks": stepKind, "where": stepWhere, "similar": stepSimilar, "who": stepWho} {
		gallery.Add("matters/raise-"+name, page.Base{}, with(showSampleStep(step, name == "asks")))
	}
	gallery.Add("matters/slip", page.Base{}, showSampleSlip)
	gallery.Add("matters/clock", page.Base{}, showSampleClock(matters.Outside))
	gallery.Add("matters/clock-inside", clerk, showSampleClock(matters.Inside))
	gallery.Add("matters/query", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		return queried.Show(w, r, town().queryPage(r, nil))
	})
	gallery.Add("matters/link", clerk, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("matter.link.title")
		return linked.Show(w, r, linkPage{Base: b, Link: "https://yuanba.example/answer/" + strings.Repeat("k7Qm", 8), Party: "临江物业服务公司", Back: "/matters/QL-2026-004217",
			Until: i18n.Date(b.Lang, b.Now.AddDate(0, 0, 7)), Head: page.Head{Kicker: "QL-2026-004217", Title: b.T("matter.link.title"), Lead: b.T("matter.link.lead", "临江物业服务公司")}})
	})
	gallery.Add("matters/answer", page.Base{}, with(showSampleAnswer(false)))
	gallery.Add("matters/answer-done", page.Base{}, with(showSampleAnswer(true)))
	gallery.Add("matters/sorted", clerk, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("routing.sorted.title")
		v := sortedPageOf(b, routing.Every)
		v.Rows = sampleRows(b)[:2]
		for i, x := range []routing.Sorting{{Category: "lamp", Verdict: routing.Wrong}, {Category: "lamp", Verdict: routing.Right}} {
			v.Rows[i].Meta = append(v.Rows[i].Meta, b.T("routing.sorted.guess", town().Matters.Catalogue().Name(b.Lang, x.Category), sure(0.93)))
			v.Rows[i].Pill, v.Rows[i].Left, v.Rows[i].Turn, v.Rows[i].Light = verdictPill(b, x), "", "", page.Light{Used: -1}
		}
		return sortedShown.Show(w, r, v)
	})
	gallery.Add("matters/sorted-empty", clerk, func(w http.ResponseWriter, r *http.Request) error {
		return sortedShown.Show(w, r, sortedPageOf(page.From(r).Titled("routing.sorted.title"), routing.Mistaken))
	})
	gallery.Add("matters/news", resident, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("matter.news.title")
		v := newsPage{Base: b, Any: true, Head: page.Head{Title: b.T("matter.news.title"), Lead: b.T("matter.news.lead")}, Rows: sampleRows(b)[:2]}
		for i := range v.Rows {
			v.Rows[i].Unread, v.Rows[i].Left = i == 0, ""
		}
		return newsShown.Show(w, r, v)
	})
}

// sampleRows are three matters in different states.
func sampleRows(b page.Base) []page.Row {
	row := func(number, title, place, kind string, s matters.State, hours int, used int, tone page.Tone, turn string) page.Row {
		due := b.Now.Add(time.Duration(hours) * time.Hour)
		return page.Row{Href: "/matters/" + number, Title: title, Number: number, Meta: []string{place, kind}, Pill: pill(b.Lang, s, hours < 0), Turn: turn,
			Left: i18n.Left(b.Lang, b.Now, due), Due: due, Light: page.Light{Used: used, Tone: tone}}
	}
	rows := []page.Row{
		row("QL-2026-004217", "路灯不亮，老人夜里不敢出门", "文君街道 宝塔社区 第3网格", "路灯不亮", matters.Received, 2, 70, page.ToneSoon, "文君街道指挥调度中心"),
		row("QL-2026-004198", "消防通道又被占了", "文君街道 宝塔社区", "占用消防通道", matters.Verified, -3, 101, page.ToneLate, "文君街道指挥调度中心"),
		row("QL-2026-004101", "巷口的井盖松了，车一过就响", "临邛街道 西街社区", "井盖", matters.Handling, 30, 20, page.ToneDone, "邛崃市水务局"),
	}
	rows[0].Tags = []string{b.T("matter.tag.urgent"), b.T("matter.supporters", 3)}
	return rows
}

func showSampleList(empty bool) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("matter.list.title")
		v := listPage{Base: b, Head: page.Head{Title: b.T("matter.list.title")},
			Filter: page.Filter{Action: "/matters", Search: page.NewField(b.Lang, nil, "q", "list.search")},
			Empty:  page.Empty{Icon: "document", Title: b.T("matter.list.empty"), Text: b.T("matter.list.empty.text")}}
		if !empty {
			v.Rows, v.Pager = sampleRows(b), page.Pager{Older: "/matters?before=1"}
		}
		return listed.Show(w, r, v)
	}
}

func showSampleInbox(empty bool) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("matter.inbox.title")
		v := inboxPage{Base: b, Head: page.Head{Title: b.T("matter.inbox.title"), Lead: b.T("matter.inbox.lead", 12, 3)},
			Tabs:  []page.Tab{{Text: b.T("matter.inbox.turn"), Href: "/inbox", Count: 12, Current: true}, {Text: b.T("matter.inbox.late"), Href: "/inbox?due=late", Count: 3}},
			Bulk:  page.Bulk{Action: "/inbox", Buttons: []page.Button{{Text: b.T("matter.act.accept"), Name: "act", Value: "accept", Icon: "check", Main: true}}},
			Empty: page.Empty{Icon: "check", Title: b.T("matter.inbox.empty"), Text: b.T("matter.inbox.empty.text"), Action: page.Link{Href: "/matters", Text: b.T("matter.list.title")}}}
		if !empty {
			v.Rows = sampleRows(b)
			for i := range v.Rows {
				v.Rows[i].Select, v.Rows[i].Yours = v.Rows[i].Number, true
			}
			v.Calls = sampleRows(b)[2:]
			v.Calls[0].Tags = []string{b.T("matter.act.whistle")}
		}
		return inboxed.Show(w, r, v)
	}
}

// showSample is one matter, as whoever reads it sees it.
func (c *Counter) showSample(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	number, at := "QL-2026-004217", b.Now.Add(-20*time.Hour)
	b.Title = number
	m := matters.Matter{Number: number, Body: "宝塔社区老菜市场门口的路灯坏了三天，晚上黑得很，老人不敢出门。", Public: true, Named: true, State: matters.Accepted}
	v := showPage{Base: b, Matter: m, Inside: b.Staff(), Reporter: b.Actor.Name == gallery.Resident.Name, CanFollow: !b.Anonymous(),
		Head: page.Head{Kicker: number, Title: "路灯不亮，老人夜里不敢出门", Lead: "文君街道 宝塔社区 第3网格 · 老菜市场门口", Read: true}, Pill: pill(b.Lang, m.State, false),
		Turn:  page.Turn{Who: "文君街道指挥调度中心", What: b.T("matter.next.accepted"), Yours: b.Staff(), Left: i18n.Left(b.Lang, b.Now, b.Now.Add(2*time.Hour)), Due: b.Now.Add(2 * time.Hour), Tone: page.ToneSoon, Light: page.Light{Used: 80, Tone: page.ToneSoon}},
		Facts: []page.Fact{{Label: b.T("matter.fact.category"), Value: c.Matters.Catalogue().Name(b.Lang, "lamp")}, {Label: b.T("matter.fact.raised"), Value: i18n.When(b.Lang, b.Now, at)}},
		Timeline: page.Timeline{Now: b.Now, Events: []page.Event{{At: at, Who: b.T("matter.turn.reporter"), What: b.T("matter.did.raise"), Icon: "document"},
			{At: at.Add(time.Hour), Who: "文君街道指挥调度中心", What: b.T("matter.did.accept"), Note: "收到了，今天派人去看。"}}},
		Others: sampleRows(b)[2:], Supports: []matters.Support{{Words: "我家楼下也黑，娃儿下晚自习怕得很。", At: at}},
	}
	if v.Inside || v.Reporter {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("matter.fact.reporter"), Value: b.T("matter.fact.reporter.shown", "周*"), Private: true})
	} else {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("matter.fact.reporter"), Value: "周*"})
	}
	switch {
	case v.Inside:
		v.Timeline.Events = append(v.Timeline.Events, page.Event{At: at.Add(2 * time.Hour), Who: "赵调度", What: b.T("matter.did.note"), Note: "泵房旁边那盏可能是同一条线。", Internal: true, Icon: "lock"})
		v.Turn.Buttons = []page.Button{{Text: b.T("matter.act.classify"), Action: "/matters/" + number + "/classify", Link: true, Main: true, Key: "c"}}
		v.More = []page.Button{{Text: b.T("matter.act.note"), Action: "/matters/" + number + "/note", Link: true, Icon: "lock"}}
		v.Whistles = []whistle{{Whistle: matters.Whistle{Blower: "孙书记", Words: "两家一起到现场。", Due: b.Now.Add(time.Hour)}, Answers: []answer{
			{Unit: "邛崃市水务局", Words: "十分钟到。", Pill: page.Pill{Text: b.T("matter.responded"), Tone: page.ToneDone}}, {Unit: "文君街道派出所", Pill: page.Pill{Text: b.T("matter.not_responded"), Tone: page.ToneSoon}}}}}
	case !v.Reporter:
		d := page.NewField(b.Lang, nil, "words", "matter.support.words").Max(500)
		v.MeToo = &d
	}
	return shown.Show(w, r, v)
}

func showSampleAct(typed func() *form.Form) func(*Counter, http.ResponseWriter, *http.Request) error {
	return func(c *Counter, w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("matter.act.handle")
		if typed != nil {
			b.Form = typed()
		}
		here := "/matters/QL-2026-004217"
		return acting.Show(w, r, actPage{Base: b, Head: page.Head{Kicker: "QL-2026-004217", Title: b.T("matter.act.handle"), Lead: "路灯不亮，老人夜里不敢出门"},
			Entries: append(wordsOnly("matter.field.result", true)(c, b, matters.Whole{}, b.Form), photos(b, b.Form)), Files: true, Action: here + "/handle", Back: here, Submit: b.T("matter.act.handle"),
			Templates: []prepared{{"现场处理完毕", "接到后，（谁）于（哪天）到现场查看，情况属实。", here + "/handle?template=1"}}})
	}
}

func showSampleStep(step int, asks bool) func(*Counter, http.ResponseWriter, *http.Request) error {
	return func(c *Counter, w http.ResponseWriter, r *http.Request) error {
		f := form.Of("body", "老菜市场门口的路灯坏了三天", "step", itoa(step))
		if asks {
			lamp := "lamp"
			f.Set("category", lamp)
			f.Set("asked", lamp)
		}
		v := c.sampleStep(r, f, step)
		return raised.Show(w, r, v)
	}
}

// sampleStep is raisePage without a town: its places and what is similar are made up.
func (c *Counter) sampleStep(r *http.Request, f *form.Form, step int) raisePage {
	made := step
	if step == stepWhere || step == stepSimilar {
		made = stepWhat
	}
	v := c.raisePage(r, f, made)
	if made == step {
		return v
	}
	b, whole := v.Base, c.raisePage(r, f, stepWho)
	v.Step, v.Stepper, v.Carried = step, page.StepsAt(stepWhere, stepNames(whole)...), whole.Carried
	v.Head = page.Head{Title: b.T("matter.raise.head." + itoa(step)), Lead: b.T("matter.raise.lead." + itoa(step))}
	v.Place = page.NewField(b.Lang, f, "place", "matter.raise.place").Of([]page.Option{{Value: "1", Text: "宝塔社区", Group: "文君街道"}, {Value: "2", Text: "关帝村", Group: "平乐镇"}}).Example(b.T("matter.raise.place.choose"))
	v.Similar = sampleRows(b)[:1]
	return v
}

func stepNames(v raisePage) (names []string) {
	for _, s := range v.Stepper.Steps {
		names = append(names, s.Text)
	}
	return names
}

func showSampleSlip(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("matter.slip.title")
	code, err := page.QR("https://yuanba.example/query?number=QL-2026-004217")
	if err != nil {
		return err
	}
	return slipped.Show(w, r, slipPage{Base: b, Number: "QL-2026-004217", Code: "7F3A-KQ2M", Slip: page.Slip{Town: b.Site.Town.In(b.Lang), Number: "QL-2026-004217", Code: "7F3A-KQ2M",
		Title: "路灯不亮，老人夜里不敢出门", QR: code, Phone: b.Site.Phone, Facts: []page.Fact{{Label: b.T("matter.fact.where"), Value: "文君街道 宝塔社区 · 老菜市场门口"},
			{Label: b.T("matter.fact.raised"), Value: i18n.Exact(b.Lang, b.Now)}, {Label: b.T("matter.fact.promised"), Value: i18n.Date(b.Lang, b.Now.AddDate(0, 0, 3))}}}})
}

func showSampleAnswer(done bool) func(*Counter, http.ResponseWriter, *http.Request) error {
	return func(c *Counter, w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("matter.answer.title")
		b.Look = page.LookPlain
		return answered.Show(w, r, answerPage{Base: b, Done: done, Asked: matters.Asked{Body: "单元门口的水管一直滴，地上长青苔。"}, Words: wordsOnly("matter.field.answer", true)(c, b, matters.Whole{}, nil)[0], Files: photos(b, nil),
			Head:  page.Head{Kicker: "QL-2026-004217", Title: "水管一直滴", Lead: b.T("matter.answer.lead", "临江物业服务公司")},
			Facts: []page.Fact{{Label: b.T("matter.field.question"), Value: "水表以后的管子是谁家的，能不能先关阀？"}, {Label: b.T("matter.answer.until"), Value: i18n.Exact(b.Lang, b.Now.AddDate(0, 0, 7))}}})
	}
}
