// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// sampleRemarks are one of each kind.
func sampleRemarks(b page.Base) []affairs.Remark {
	return []affairs.Remark{
		{ID: 1, Kind: affairs.Question, State: affairs.OpenRemark, Name: "周*", Body: "路灯换了几盏？发票上看不清。", At: b.Now.AddDate(0, 0, -12), Due: b.Now.AddDate(0, 0, -5)},
		{ID: 2, Kind: affairs.Question, State: affairs.Answered, Name: "林**", Body: "清淤是不是三家比价？", At: b.Now.AddDate(0, 0, -9), Due: b.Now.AddDate(0, 0, -2), Answer: "是，报价单在村委会，可以来看。", AnsweredBy: "主任", AnsweredAt: b.Now.AddDate(0, 0, -8)},
		{ID: 3, Kind: affairs.Comment, State: affairs.Hidden, At: b.Now.AddDate(0, 0, -3), Why: "private", WhyWords: "提到了别人家的事", HiddenPost: "委员"},
	}
}

func sampleVoices(b page.Base) (v voices) {
	for _, x := range sampleRemarks(b) {
		v.Remarks = append(v.Remarks, remarkOf(b, x))
	}
	f := form.Of("kind", "question")
	v.Action = "/notices/1/say"
	v.Fields = []page.Field{page.NewField(b.Lang, f, "kind", "remark.kind").Of([]page.Option{{Value: "question", Text: b.T("remark.kind.question"), Help: b.T("remark.kind.question.what")}, {Value: "comment", Text: b.T("remark.kind.comment")}}).Need(), page.NewField(b.Lang, f, "body", "remark.say").Need().Max(affairs.MaxRemark)}
	return v
}

// The samples of the gallery.
func init() {
	resident := page.Base{Actor: gallery.Resident}
	editor := page.Base{Actor: gallery.Clerk}
	gallery.Add("affairs/talk", resident, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return talkShown.Show(w, r, talkPage{sheet: sampleSheet(b, "talk", b.T("village.talk.title"), b.T("village.talk.lead")), Voices: sampleVoices(b), Member: page.Note{Tone: page.ToneDone, Text: b.T("membership.you", "3月5日")}, Leave: "/memberships/1/leave"})
	})
	gallery.Add("affairs/remark", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		x := sampleRemarks(b)[2]
		x.Body, x.State = "隔壁张三欠水费", affairs.Appealed
		v := remarkPage{sheet: sampleSheet(b, "talk", b.T("remark.kind.comment"), ""), Remark: remarkOf(b, x), About: page.Link{Href: "/notices/1", Text: b.T("remark.about.notice")}, Appeal: "我说的是自己家"}
		v.act(b, x, affairs.Uphold, nil)
		v.act(b, x, affairs.Reshow, nil)
		v.act(b, x, affairs.TakeBack, nil)
		return remarkShown.Show(w, r, v)
	})
	gallery.Add("affairs/wait", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("remark.wait.title")
		return waitShown.Show(w, r, waitPage{Base: b, Head: page.Head{Title: b.Title, Lead: b.T("remark.wait.lead")}, Questions: []page.Row{{Href: "/remarks/1", Title: "路灯换了几盏？", Meta: []string{"宝塔社区"}}}})
	})
	gallery.Add("affairs/joincode", resident, func(w http.ResponseWriter, r *http.Request) error {
		return codeShown.Show(w, r, codeView(r, nil))
	})
	gallery.Add("affairs/members", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		qr, err := page.QR("https://qionglai.example/join?code=ABCD-EFGH-2345")
		if err != nil {
			return err
		}
		return membersShown.Show(w, r, membersPage{sheet: sampleSheet(b, "talk", b.T("membership.title"), b.T("membership.lead")), Edit: true, Make: "/affairs/7/codes", Code: "ABCD-EFGH-2345", QR: qr,
			Vouched: []member{{Name: "林**", When: "11月20日", Acts: []page.Button{{Text: b.T("membership.act.admit"), Action: "/memberships/1/admit", Main: true}}}}})
	})
	gallery.Add("affairs/box", resident, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return boxShown.Show(w, r, boxPage{sheet: sampleSheet(b, "box", b.T("village.box.title"), b.T("village.box.lead")), Write: true, Action: "/affairs/7/box", Fields: []page.Field{page.NewField(b.Lang, nil, "body", "missive.body").Need()},
			Rows: []page.Row{{Href: "/missives/1", Title: b.T("missive.to.secretary"), Pill: missivePill(b, affairs.Missive{State: affairs.Sent, Due: b.Now.AddDate(0, 0, -1)})}}})
	})
	gallery.Add("affairs/missive", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		return missiveShown.Show(w, r, missivePage{sheet: sampleSheet(b, "box", b.T("missive.to.secretary"), b.T("missive.private")), From: b.T("missive.from", "周*", "11月20日"), Body: "停车位的事，请管一管。", Pill: missivePill(b, affairs.Missive{State: affairs.Taken, Due: b.Now.AddDate(0, 0, 3)}),
			Forms: []remarkForm{{b.T("missive.act.reply"), "/missives/1/reply", []page.Field{page.NewField(b.Lang, nil, "body", "missive.body").Need()}, page.Button{Text: b.T("missive.act.reply"), Main: true}}}, Acts: []page.Button{{Text: b.T("missive.act.receive"), Action: "/missives/1/receive"}}})
	})
	gallery.Add("affairs/duty", editor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		v := dutyPage{sheet: sampleSheet(b, "duty", b.T("village.duty.title"), b.T("village.duty.lead")), Edit: true, Action: "/affairs/7/duty", Unit: []page.Fact{{Label: "宝塔社区居民委员会", Value: "工作日 9:00–12:00"}}}
		v.Form = form.Of("on", "2026-11-23")
		v.Shifts = page.Table{Caption: b.T("village.duty.shifts"), Cols: []page.Col{{Text: b.T("ledger.col.day")}, {Text: b.T("village.duty.name")}}, Rows: [][]page.Cell{{{Text: "11月23日"}, {Text: "王主任"}}}}
		return dutyShown.Show(w, r, v)
	})
}
