// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	answer := questions.Answer{ID: id.First(gallery.Now), Kind: questions.Policy, Title: "高龄津贴发放办法", Body: "年满八十周岁的本市户籍老人，凭身份证到社区登记，次月起按月发放。\n八十至八十九周岁每月五十元，九十至九十九周岁每月一百元。",
		Source: "市民政局", DocNumber: "邛民发〔2025〕12号", IssuedOn: "2025-03-01", FromOn: "2025-04-01", PublishedAt: gallery.Now, Version: 1}
	told := questions.Answer{ID: id.First(gallery.Now) + 1, Kind: questions.Told, Title: "老人不会用手机怎么领高龄津贴", Asked: "家里老人不会用手机，津贴怎么办？", Body: "请社区代办员上门登记，不用本人到场。", Source: "文君街道", IssuedOn: "2026-10-08", PublishedAt: gallery.Now}
	old := answer
	old.ID, old.ReplacedBy, old.DocNumber = answer.ID+2, answer.ID, "邛民发〔2019〕7号"
	hits := []questions.Hit{{Answer: told, Share: 0.8, Excerpt: told.Body, Force: questions.Unsaid}, {Answer: answer, Share: 0.7, Excerpt: answer.Body, Force: questions.InForce}, {Answer: old, Share: 0.7, Excerpt: answer.Body, Force: questions.Replaced}}
	q := questions.Question{ID: id.First(gallery.Now), Number: "WD-2026-000417", State: questions.Asked, Words: "我婆婆八十一岁了，户口刚迁来，高龄津贴从哪个月开始发？", AskedAt: gallery.Now.AddDate(0, 0, -1), MovedAt: gallery.Now.AddDate(0, 0, -1), Due: gallery.Now.AddDate(0, 0, 2), Passed: 1}
	steps := []questions.Step{{At: q.AskedAt, Act: "ask"}, {At: q.AskedAt, Act: questions.PassOn, Actor: "赵调度", Words: "津贴归民政局管。"}}
	c := &Counter{Questions: &questions.Service{}}
	ask := func(b page.Base, f *form.Form) askPage {
		b.Form = f
		v := askPage{Base: b.Titled("question.title"), Head: page.Head{Title: b.T("question.title"), Lead: b.T("question.lead")}, Q: page.NewField(b.Lang, form.Of("q", q.Words), "q", "question.q").Rows(2), Asked: q.Words, Sends: true,
			Words: page.NewField(b.Lang, f, "words", "question.words").Need().Rows(4).From(q.Words), Place: page.NewField(b.Lang, f, "place", "question.place").Of([]page.Option{{Text: b.T("question.place.all")}}),
			Unit: page.NewField(b.Lang, f, "unit", "question.unit").Of([]page.Option{{Text: b.T("question.unit.any")}}), Name: page.NewField(b.Lang, f, "name", "question.name"), Phone: page.NewField(b.Lang, f, "phone", "question.phone").As("tel"),
			Ways: []page.Link{{Href: "/answers", Text: b.T("question.answers.title"), Icon: "document"}}}
		return v
	}
	gallery.Add("questions/found", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		v := ask(page.From(r), nil)
		v.Hits, v.Doubt = c.hits(v.Base, hits)
		v.Worded = &worded{Text: "户口迁入后到社区登记，次月起发放 [2]。", Cites: []page.Link{{Href: v.Hits[1].Href, Text: v.Hits[1].Title}}}
		return asked.Show(w, r, v)
	})
	gallery.Add("questions/nothing", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		v := ask(page.From(r), form.Of("words", "？"))
		v.Hits, v.Doubt = c.hits(v.Base, nil)
		v.Send = true
		v.Form.Fault("words", "question.words.empty")
		return asked.Show(w, r, v)
	})
	gallery.Add("questions/first", page.Base{Actor: gallery.Resident}, func(w http.ResponseWriter, r *http.Request) error {
		v := ask(page.From(r), nil)
		v.Sends, v.Asked, v.Q = false, "", page.NewField(v.Lang, nil, "q", "question.q").Rows(2)
		v.Counts = v.T("question.counts", "96,400", "77,120", "19,280", "19,102")
		v.Fresh = c.answerRows(v.Base, []questions.Answer{answer, told})
		return asked.Show(w, r, v)
	})
	gallery.Add("questions/answer", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		return answered.Show(w, r, c.shownPage(page.From(r), questions.Shown{Answer: answer, Force: questions.InForce, Former: []questions.Answer{old}, Helped: 37, Missed: 2, MayWrite: true}))
	})
	gallery.Add("questions/replaced", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		return answered.Show(w, r, c.shownPage(page.From(r), questions.Shown{Answer: old, Force: questions.Replaced, Instead: &answer}))
	})
	gallery.Add("questions/list", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("question.answers.title")
		return listed.Show(w, r, listPage{Base: b, Head: page.Head{Title: b.T("question.answers.title"), Lead: b.T("question.answers.lead")}, Rows: c.answerRows(b, []questions.Answer{answer, told, old}), Pager: page.Pager{Older: "/answers?before=1"}})
	})
	gallery.Add("questions/replies", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		cat, err := matters.Shipped()
		if err != nil {
			return err
		}
		return replying.Show(w, r, c.repliesPage(page.From(r).Titled("answer.replies"), cat, map[string]bool{"drain": true}))
	})
	gallery.Add("questions/turn", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("question.turn")
		late := q
		late.Number, late.Due, late.Reopened, late.Words = "WD-2026-000398", gallery.Now.AddDate(0, 0, -1), 1, "门口的公交改道了，老年卡还能坐吗？"
		return listed.Show(w, r, listPage{Base: b, Head: page.Head{Title: b.T("question.turn"), Lead: b.T("question.lead.turn")}, Rows: c.questionRows(b, []questions.Question{late, q}), Tabs: []page.Tab{{Href: "/questions/turn", Text: b.T("question.turn"), Count: -1, Current: true}}})
	})
	gallery.Add("questions/show", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		return shown.Show(w, r, c.showPage(page.From(r), questions.Whole{Question: q, View: questions.Inside, Steps: steps, Acts: []questions.Act{questions.AnswerAct, questions.PassOn}, Asker: people.Card{Name: "周*"}}))
	})
	gallery.Add("questions/answered", page.Base{Actor: gallery.Resident}, func(w http.ResponseWriter, r *http.Request) error {
		done := q
		done.State, done.Due, done.Reply, done.Answer = questions.Published, gallery.Now.AddDate(0, 0, -9), "户口迁入的次月到社区登记，再下一个月起发。", answer.ID
		return shown.Show(w, r, c.showPage(page.From(r), questions.Whole{Question: done, View: questions.Asker, Steps: append(steps, questions.Step{At: q.AskedAt, Act: questions.AnswerAct, Actor: "吴科长", Words: done.Reply}), Acts: []questions.Act{questions.Reopen}, Cited: []questions.Answer{answer}}))
	})
	gallery.Add("questions/act", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("question.act.answer")
		return acting.Show(w, r, actPage{Base: b, Asked: q.Words, Action: "/questions/" + q.Number + "/answer", Back: "/questions/" + q.Number, Submit: b.T("question.act.answer"), Head: page.Head{Kicker: q.Number, Title: b.T("question.act.answer"), Lead: b.T("question.act.answer.lead")},
			Words: page.NewField(b.Lang, nil, "words", "question.words.answer").Need().Rows(6), Cites: page.NewField(b.Lang, nil, "cites", "question.cites").Of([]page.Option{{Value: "1", Text: answer.Title, Help: answer.DocNumber}})})
	})
	gallery.Add("questions/publish", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("question.act.publish")
		b.Form = form.Of("title", "津贴", "asked", q.Words, "body", "次月起发。")
		b.Form.Fault("seen", "answer.traces", 2)
		return written.Show(w, r, writePage{Base: b, Head: page.Head{Title: b.T("question.act.publish"), Lead: b.T("question.act.publish.lead")}, Note: page.Note{Tone: page.ToneSoon, Text: b.T("answer.traces.note")},
			Traces: found(b, q.Words), Fields: c.writing(b, b.Form, told), Seen: page.NewField(b.Lang, b.Form, "seen", "answer.seen"), Action: "/questions/x/publish", Submit: b.T("question.act.publish"), Back: "/questions"})
	})
	gallery.Add("questions/slip", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("question.slip")
		qr, err := page.QR("https://example.cn/query?number=" + q.Number)
		if err != nil {
			return err
		}
		return slipped.Show(w, r, slipPage{Base: b, Number: q.Number, Lead: b.T("question.slip.lead", "市民政局"), Slip: page.Slip{Town: "邛崃市", Number: q.Number, Code: "K7MP-2QXA", Title: first(q.Words, 30), QR: qr, Facts: []page.Fact{{Label: b.T("question.fact.unit"), Value: "市民政局"}}}})
	})
}
