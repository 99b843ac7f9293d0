// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"
	"slices"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// remark is what somebody said, as pages show it.
type remark struct {
	Who, Kind, Body, When string
	Pill                  page.Pill
	Tomb                  string // why its words are not shown
	Answer, AnswerBy      string
	Decision              string
	Href                  string
}

// voices are the remarks below a notice or an entry, with the form to say something.
type voices struct {
	Remarks []remark
	None    string
	Action  string
	Kinds   []page.Option
	SignIn  string
	Fields  []page.Field
}

// voicesOf are the remarks of a query.
func (c *Counter) voicesOf(r *http.Request, b page.Base, f *form.Form, q affairs.RemarkQuery, action string, kinds ...affairs.RemarkKind) (v voices, err error) {
	q.Most = 50
	xs, err := c.Affairs.ListRemarks(r.Context(), b.Actor, q)
	if err != nil {
		return v, err
	}
	for _, x := range xs {
		v.Remarks = append(v.Remarks, remarkOf(b, x))
	}
	v.None = b.T("remark.list.none")
	switch b.Actor.Kind {
	case scope.Resident:
		v.Action = action
		var os []page.Option
		for i, k := range kinds {
			os = append(os, page.Option{Value: string(k), Text: b.T("remark.kind." + string(k)), Help: b.T("remark.kind." + string(k) + ".what"), On: i == 0})
		}
		v.Fields = []page.Field{page.NewField(b.Lang, f, "kind", "remark.kind").Of(os).Need(), page.NewField(b.Lang, f, "body", "remark.say").Need().Max(affairs.MaxRemark).Rows(3)}
	case scope.Anonymous:
		v.SignIn = "/signin?next=" + b.Path
	case scope.Staff, scope.Outside, scope.Machine, scope.System:
	}
	return v, nil
}

func remarkOf(b page.Base, x affairs.Remark) remark {
	v := remark{Who: x.Name, Kind: b.T("remark.kind." + string(x.Kind)), Body: x.Body, When: i18n.When(b.Lang, b.Now, x.At), Href: "/remarks/" + x.ID.String(), Answer: x.Answer, AnswerBy: x.AnsweredBy, Decision: x.Decision}
	if v.Who == "" {
		v.Who = b.T("remark.somebody")
	}
	if x.Closed {
		v.Who, v.Tomb = b.T("remark.somebody"), b.T("remark.closed")
		return v
	}
	switch {
	case x.State == affairs.OpenRemark && x.Late(b.Now):
		v.Pill = page.Pill{Tone: page.ToneLate, Text: b.T("remark.late", i18n.Left(b.Lang, b.Now, x.Due))}
	case x.State == affairs.OpenRemark:
		v.Pill = page.Pill{Tone: page.ToneSoon, Text: b.T("remark.due", i18n.When(b.Lang, b.Now, x.Due))}
	case x.State == affairs.Answered && x.Late(b.Now):
		v.Pill = page.Pill{Tone: page.ToneSoon, Text: b.T("remark.answered.late")}
	case x.State == affairs.Answered:
		v.Pill = page.Pill{Tone: page.ToneDone, Text: b.T("remark.state.answered")}
	case x.Silent():
		v.Pill = page.Pill{Tone: page.ToneQuiet, Icon: "eye", Text: b.T("remark.state." + string(x.State))}
		v.Tomb = b.T("remark.tomb.back")
		if x.State != affairs.TakenBack {
			v.Tomb = b.T("remark.tomb", x.HiddenPost, i18n.Key("remark.why."+x.Why), x.WhyWords)
		}
	case x.State != affairs.Shown:
		v.Pill = page.Pill{Tone: page.ToneQuiet, Text: b.T("remark.state." + string(x.State))}
	}
	return v
}

// talkPage is what the neighbours say, and what was lost and found.
type talkPage struct {
	sheet
	Voices voices
	Member page.Note
	Join   string
	Leave  string
}

var talkShown = page.New[talkPage](files, "talk.html", "voices.html")

func (c *Counter) talk(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	v, err := c.talkView(r, p, nil)
	if err != nil {
		return err
	}
	return talkShown.Show(w, r, v)
}

func (c *Counter) talkView(r *http.Request, p places.Place, f *form.Form) (v talkPage, err error) {
	b := page.From(r)
	v = talkPage{sheet: c.sheetOf(b, p, "talk", b.T("village.talk.title"), b.T("village.talk.lead"))}
	v.Form = f
	if v.Voices, err = c.voicesOf(r, b, f, affairs.RemarkQuery{Place: p.ID, Kinds: []affairs.RemarkKind{affairs.Comment, affairs.Lost, affairs.Found}}, At(p.ID)+"/say", affairs.Comment, affairs.Lost, affairs.Found); err != nil {
		return v, err
	}
	m, ok, err := c.Affairs.Mine(r.Context(), b.Actor, p.ID)
	switch {
	case err != nil:
		return v, err
	case b.Actor.Kind != scope.Resident:
	case ok && m.State == affairs.Joined:
		v.Member, v.Leave = page.Note{Tone: page.ToneDone, Text: b.T("membership.you", i18n.Date(b.Lang, m.JoinedAt))}, "/memberships/"+m.ID.String()+"/leave"
	case ok && (m.State == affairs.AskedIn || m.State == affairs.Vouched):
		v.Member, v.Leave = page.Note{Tone: page.ToneSoon, Text: b.T("membership.state." + string(m.State))}, "/memberships/"+m.ID.String()+"/leave"
		v.Voices.Action = ""
	default:
		text := b.T("membership.why")
		if ok && m.State == affairs.Refused {
			text = b.T("membership.refused", m.Why)
		}
		v.Member, v.Join, v.Voices.Action = page.Note{Tone: page.ToneCalm, Text: text, Link: page.Link{Href: "/join", Text: b.T("membership.code.have")}}, At(p.ID)+"/join", ""
	}
	return v, nil
}

// saying reads what somebody said.
func saying(f *form.Form) affairs.Saying {
	var ks []string
	for _, k := range affairs.RemarkKinds {
		ks = append(ks, string(k))
	}
	return affairs.Saying{Kind: affairs.RemarkKind(f.Choice("kind", ks...)), Body: f.Text("body", affairs.MaxRemark)}
}

func (c *Counter) say(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := saying(f)
	in.Place = p.ID
	if err = f.Err(); err == nil {
		if _, err = c.Affairs.Say(r.Context(), page.Actor(r), in); err == nil {
			return page.Done(w, r, At(p.ID)+"/talk", "remark.said")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.talkView(r, p, f)
	if verr != nil {
		return verr
	}
	return talkShown.Fail(w, r, v, err)
}

func (c *Counter) sayNotice(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "affairs.notice.none")
	if err != nil {
		return err
	}
	return c.sayAbout(w, r, affairs.Saying{Notice: d}, "/notices/"+d.String())
}

func (c *Counter) sayEntry(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "ledger.none")
	if err != nil {
		return err
	}
	return c.sayAbout(w, r, affairs.Saying{Entry: d}, "/ledger/"+d.String())
}

// sayAbout takes what was said about a notice or an entry; what was typed is kept in the
// form of the same page.
func (c *Counter) sayAbout(w http.ResponseWriter, r *http.Request, about affairs.Saying, back string) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := saying(f)
	in.Notice, in.Entry = about.Notice, about.Entry
	if err = f.Err(); err == nil {
		if _, err = c.Affairs.Say(r.Context(), page.Actor(r), in); err == nil {
			return page.Done(w, r, back, "remark.said")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	if in.Notice != 0 {
		v, verr := c.noticeView(r, f)
		if verr != nil {
			return verr
		}
		return noticeShown.Fail(w, r, v, err)
	}
	v, verr := c.entryView(r, f)
	if verr != nil {
		return verr
	}
	return entryShown.Fail(w, r, v, err)
}

// remarkPage is one remark with what can be done to it.
type remarkPage struct {
	sheet
	Remark remark
	About  page.Link
	Appeal string
	Forms  []remarkForm
	Acts   []page.Button
}

// remarkForm is an act that needs words.
type remarkForm struct {
	Title, Action string
	Fields        []page.Field
	Button        page.Button
}

var remarkShown = page.New[remarkPage](files, "remark.html", "voices.html")

func (c *Counter) remark(w http.ResponseWriter, r *http.Request) error {
	v, err := c.remarkView(r, nil)
	if err != nil {
		return err
	}
	return remarkShown.Show(w, r, v)
}

func (c *Counter) remarkView(r *http.Request, f *form.Form) (v remarkPage, err error) {
	d, err := recordOf(r, "remark.none")
	if err != nil {
		return v, err
	}
	b := page.From(r)
	x, err := c.Affairs.Remark(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	p, err := c.Affairs.PlaceOf(x.Place)
	if err != nil {
		return v, err
	}
	v = remarkPage{sheet: c.sheetOf(b, p, "talk", b.T("remark.kind."+string(x.Kind)), ""), Remark: remarkOf(b, x), Appeal: x.Appeal}
	v.Form = f
	switch {
	case x.Notice != 0:
		v.About = page.Link{Href: "/notices/" + x.Notice.String(), Text: b.T("remark.about.notice")}
	case x.Entry != 0:
		v.About = page.Link{Href: "/ledger/" + x.Entry.String(), Text: b.T("remark.about.entry")}
	default:
		v.About = page.Link{Href: At(p.ID) + "/talk", Text: b.T("village.talk.title")}
	}
	own := b.Actor.Kind == scope.Resident && b.Actor.Resident == x.Resident
	decides := b.Actor.May("moderate", scope.Target{Path: p.Path, At: b.Now}).OK && b.Actor.Account != x.HiddenBy
	for _, m := range affairs.RemarkFlow.From(x.State) {
		may := map[scope.Need]bool{"publish": edits(b, p), "moderate": decides, "author": own}[m.Need]
		if m.Act == affairs.Answer && x.Kind != affairs.Question || m.Act == affairs.Settle && x.Kind != affairs.Lost && x.Kind != affairs.Found {
			may = false
		}
		if may {
			v.act(b, x, m.Act, f)
		}
	}
	return v, nil
}

// act adds an act, as a button or with the form it needs; one that leads to several
// states only once.
func (v *remarkPage) act(b page.Base, x affairs.Remark, act affairs.RemarkAct, f *form.Form) {
	action := "/remarks/" + x.ID.String() + "/" + string(act)
	text := b.T("remark.act." + string(act))
	if slices.ContainsFunc(v.Forms, func(y remarkForm) bool { return y.Action == action }) {
		return
	}
	words := page.NewField(b.Lang, f, "words", "remark.words").Need().Max(affairs.MaxWhy).Apart(string(act))
	switch act {
	case affairs.Answer:
		v.Forms = append(v.Forms, remarkForm{text, action, []page.Field{page.NewField(b.Lang, f, "answer", "remark.field.answer").Need().Max(affairs.MaxAnswer).Rows(4).From(x.Answer)}, page.Button{Text: text, Main: true}})
	case affairs.Hide:
		var os []page.Option
		for _, why := range affairs.Reasons {
			os = append(os, page.Option{Value: why, Text: b.T("remark.why." + why)})
		}
		v.Forms = append(v.Forms, remarkForm{text, action, []page.Field{page.NewField(b.Lang, f, "why", "remark.field.why").Of(os).Need(), words}, page.Button{Text: text, Danger: true}})
	case affairs.Appeal:
		v.Forms = append(v.Forms, remarkForm{text, action, []page.Field{words.Labelled(b.T("remark.field.appeal")).Max(affairs.MaxRemark)}, page.Button{Text: text, Main: true}})
	case affairs.Uphold, affairs.Reshow:
		v.Forms = append(v.Forms, remarkForm{text, action, []page.Field{words}, page.Button{Text: text, Main: act == affairs.Reshow}})
	case affairs.TakeBack, affairs.Settle, affairs.End:
		v.Acts = append(v.Acts, page.Button{Text: text, Action: action})
	}
}

// remarkAct does what was asked to a remark.
func (c *Counter) remarkAct(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "remark.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	words, by, ctx := f.Text("words", affairs.MaxRemark), page.Actor(r), r.Context()
	answer, why := f.Text("answer", affairs.MaxAnswer), f.Line("why", 20)
	if err = f.Err(); err == nil {
		switch affairs.RemarkAct(r.PathValue("act")) {
		case affairs.Answer:
			err = c.Affairs.Answer(ctx, by, d, answer)
		case affairs.Hide:
			err = c.Affairs.Hide(ctx, by, d, why, words)
		case affairs.Appeal:
			err = c.Affairs.Appeal(ctx, by, d, words)
		case affairs.Uphold:
			err = c.Affairs.Uphold(ctx, by, d, words)
		case affairs.Reshow:
			err = c.Affairs.Reshow(ctx, by, d, words)
		case affairs.TakeBack:
			err = c.Affairs.TakeBack(ctx, by, d)
		case affairs.Settle:
			err = c.Affairs.Settle(ctx, by, d)
		case affairs.End:
			err = errs.New(errs.NotFound, "remark.none")
		default:
			err = errs.New(errs.NotFound, "remark.none")
		}
	}
	if err == nil {
		return page.Done(w, r, "/remarks/"+d.String(), "remark.done")
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.remarkView(r, f)
	if verr != nil {
		return verr
	}
	return remarkShown.Fail(w, r, v, err)
}

// waitPage is what waits for the reader: questions for those who edit a page, appeals for
// those who decide on them.
type waitPage struct {
	page.Base
	Head      page.Head
	Questions []page.Row
	Appeals   []page.Row
}

var waitShown = page.New[waitPage](files, "wait.html")

func (c *Counter) waiting(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("remark.wait.title")
	if !b.Actor.Has("publish") && !b.Actor.Has("moderate") {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	v := waitPage{Base: b, Head: page.Head{Title: b.Title, Lead: b.T("remark.wait.lead")}}
	for _, state := range []affairs.RemarkState{affairs.OpenRemark, affairs.Appealed} {
		xs, err := c.Affairs.Waiting(r.Context(), b.Actor, state)
		if err != nil {
			return err
		}
		rows := c.remarkRows(b, xs)
		if state == affairs.OpenRemark {
			v.Questions = rows
		} else {
			v.Appeals = rows
		}
	}
	return waitShown.Show(w, r, v)
}

// saidOf are the first words of a remark, as far as the reader may read them.
func saidOf(b page.Base, x affairs.Remark) string {
	if x.Closed {
		return b.T("remark.closed")
	}
	return cut(x.Body, 40)
}

func (c *Counter) remarkRows(b page.Base, xs []affairs.Remark) (rows []page.Row) {
	for _, x := range xs {
		p, _ := c.Places.Tree().Get(x.Place)
		rows = append(rows, page.Row{Href: "/remarks/" + x.ID.String(), Title: saidOf(b, x), Meta: nonempty(p.Name.In(b.Lang), x.Name, i18n.When(b.Lang, b.Now, x.At)), Pill: remarkOf(b, x).Pill})
	}
	return rows
}
