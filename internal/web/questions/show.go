// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"net/http"
	"slices"

	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// showPage is one question.
type showPage struct {
	page.Base
	Head     page.Head
	Pill     page.Pill
	Turn     page.Turn
	Words    string
	Reply    string
	By       string
	Cited    []page.Row
	Timeline page.Timeline
	Facts    []page.Fact
}

var shown = page.New[showPage](files, "show.html")

func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	whole, err := c.Questions.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	return shown.Show(w, r, c.showPage(b, whole))
}

func (c *Counter) showPage(b page.Base, w questions.Whole) showPage {
	q := w.Question
	b.Title = b.T("question.of", q.Number)
	list := page.Link{Href: "/questions/mine", Text: b.T("question.mine")}
	if b.Staff() {
		list = page.Link{Href: "/questions/turn", Text: b.T("question.turn")}
	}
	b.Crumbs = []page.Link{{Href: "/questions", Text: b.T("question.title")}, list}
	v := showPage{Base: b, Head: page.Head{Kicker: q.Number, Title: first(q.Words, 40)}, Pill: statePill(b, q), Words: q.Words, Reply: q.Reply, By: c.unit(b.Lang, q.Unit), Timeline: page.Timeline{Now: b.Now}}
	if q.Words == "" {
		v.Head.Title, v.Words = b.T("question.forgotten"), b.T("question.forgotten")
	}
	v.Turn = page.Turn{What: b.T("question.turn.none." + string(q.State))}
	if q.State == questions.Asked {
		yours := slices.Contains(w.Acts, questions.AnswerAct)
		v.Turn = page.Turn{Who: c.unit(b.Lang, q.Unit), What: b.T("question.turn.what"), Yours: yours, Left: i18n.Left(b.Lang, b.Now, q.Due), Due: q.Due, Light: page.LightFor(b.Now, q.MovedAt, q.Due), Tone: page.ToneCalm}
		if q.Late(b.Now) {
			v.Turn.Tone = page.ToneLate
		}
	}
	for _, a := range w.Acts {
		v.Turn.Buttons = append(v.Turn.Buttons, page.Button{Text: b.T("question.act." + string(a)), Action: "/questions/" + q.Number + "/" + string(a), Link: true, Main: a == questions.AnswerAct || a == questions.PublishAct && b.Staff()})
	}
	v.Cited = c.answerRows(b, w.Cited)
	last := -1 // the step that gave the reply shown above: its words need not stand twice
	for i, p := range w.Steps {
		if p.Act == questions.AnswerAct && p.Words == q.Reply {
			last = i
		}
	}
	for i, p := range w.Steps {
		if i == last {
			p.Words = ""
		}
		v.Timeline.Events = append(v.Timeline.Events, c.event(b, w, p))
	}
	fact := func(key, value, href string) {
		if value != "" {
			v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: value, Href: href})
		}
	}
	fact("question.fact.unit", c.unit(b.Lang, q.Unit), "/units/"+q.Unit.String())
	fact("question.fact.asked", i18n.Exact(b.Lang, q.AskedAt), "")
	if !q.Due.IsZero() {
		fact("question.fact.due", i18n.Exact(b.Lang, q.Due), "")
	}
	if _, l := q.Path.Last(); l > scope.City && c.Places != nil {
		fact("question.fact.place", c.Places.Tree().Words(q.Path, "").In(b.Lang), "")
	}
	fact("question.fact.asker", w.Asker.Name, "")
	fact("question.fact.for", q.AskedFor, "")
	if q.Answer != 0 {
		fact("question.fact.published", b.T("question.fact.published.see"), "/answers/"+q.Answer.String())
	}
	return v
}

func (c *Counter) event(b page.Base, w questions.Whole, p questions.Step) page.Event {
	e := page.Event{At: p.At, Who: p.Actor, What: b.T("question.did."+string(p.Act), c.unit(b.Lang, p.ToUnit)), Note: p.Words}
	switch {
	case p.Behalf != "":
		e.Who = b.T("question.behalf", p.Actor)
		if p.Actor == "" {
			e.Who = b.T("question.behalf.proxy")
		}
	case p.Actor == "":
		e.Who = b.T("question.asker")
	case w.View != questions.Inside: // the asker reads which unit, not which clerk
		e.Who = c.unit(b.Lang, p.Unit)
	}
	return e
}

// actPage is the form of one act.
type actPage struct {
	page.Base
	Head   page.Head
	Words  page.Field
	Unit   page.Field
	Cites  page.Field
	Asked  string
	Action string
	Submit string
	Back   string
	whole  questions.Whole
}

var acting = page.New[actPage](files, "act.html")

// acts are those that a form does; publishing has one of its own.
var acts = []questions.Act{questions.AnswerAct, questions.PassOn, questions.Reopen, questions.Withdraw}

func (c *Counter) form(w http.ResponseWriter, r *http.Request) error {
	if questions.Act(r.PathValue("act")) == questions.PublishAct {
		v, err := c.publishPage(r, nil)
		if err != nil {
			return err
		}
		return written.Show(w, r, v)
	}
	v, err := c.actPage(r, nil)
	if err != nil {
		return err
	}
	return acting.Show(w, r, v)
}

// allowed is the question that the address names, if the reader may do the act now.
func (c *Counter) allowed(r *http.Request, act questions.Act) (questions.Whole, error) {
	by := page.Actor(r)
	whole, err := c.Questions.Get(r.Context(), by, r.PathValue("number"))
	switch {
	case err != nil:
		return whole, err
	case slices.Contains(whole.Acts, act):
		return whole, nil
	}
	if _, err := questions.Flow.Find(whole.Question.State, act); err != nil {
		return whole, errs.New(errs.Conflict, "question.move", i18n.Key("question.act."+string(act)), i18n.Key("question.state."+string(whole.Question.State)))
	}
	if by.Kind == scope.Anonymous {
		return whole, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return whole, errs.New(errs.Denied, scope.DeniedNeed)
}

func (c *Counter) actPage(r *http.Request, f *form.Form) (v actPage, err error) {
	act := questions.Act(r.PathValue("act"))
	if !slices.Contains(acts, act) {
		return v, errs.New(errs.NotFound, "question.none")
	}
	whole, err := c.allowed(r, act)
	if err != nil {
		return v, err
	}
	b := page.From(r).Titled("question.act." + string(act))
	b.Form = f
	q := whole.Question
	here := "/questions/" + q.Number
	b.Crumbs = []page.Link{{Href: here, Text: q.Number}}
	v = actPage{Base: b, whole: whole, Asked: q.Words, Action: here + "/" + string(act), Back: here, Submit: b.T("question.act." + string(act)), Head: page.Head{Kicker: q.Number, Title: b.T("question.act." + string(act)), Lead: b.T("question.act." + string(act) + ".lead")}}
	if act != questions.Withdraw {
		v.Words = page.NewField(b.Lang, f, "words", "question.words."+string(act)).Need().Rows(6).Max(questions.MaxReply)
	}
	switch act {
	case questions.PassOn:
		v.Unit = page.NewField(b.Lang, f, "unit", "question.unit.to").Need().Of(c.units(r, b, q.Words, q.Path)[1:])
	case questions.AnswerAct:
		hits, err := c.Questions.Nearest(r.Context(), q.Words, hitsShown)
		if err != nil {
			return v, err
		}
		var os []page.Option
		for _, h := range hits {
			os = append(os, page.Option{Value: h.Answer.ID.String(), Text: h.Answer.Title, Help: b.T("answer.force."+string(h.Force)) + " · " + h.Excerpt})
		}
		if len(os) > 0 {
			v.Cites = page.NewField(b.Lang, f, "cites", "question.cites").Of(os)
		}
	}
	return v, nil
}

// act carries an act out. What is wrong stands beside its field.
func (c *Counter) act(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	act, number, by := questions.Act(r.PathValue("act")), r.PathValue("number"), page.Actor(r)
	here := "/questions/" + number
	if act == questions.PublishAct {
		return c.publish(w, r, f)
	}
	if !slices.Contains(acts, act) {
		return errs.New(errs.NotFound, "question.none")
	}
	words := f.Text("words", questions.MaxReply+1)
	unit, cites := id.ID(0), []id.ID(nil)
	if act == questions.PassOn {
		unit = f.ID("unit")
	}
	if f.Sent("cites") {
		cites = f.IDs("cites", 20)
	}
	if err = f.Err(); err == nil {
		switch act {
		case questions.AnswerAct:
			err = c.Questions.Answer(r.Context(), by, number, questions.Replying{Words: words, Cites: cites})
		case questions.PassOn:
			err = c.Questions.PassOn(r.Context(), by, number, unit, words)
		case questions.Reopen:
			err = c.Questions.Reopen(r.Context(), by, number, words)
		case questions.Withdraw:
			err = c.Questions.Withdraw(r.Context(), by, number)
		}
	}
	if err == nil {
		to := here
		if act == questions.PassOn {
			to = "/questions/turn"
		}
		return page.Done(w, r, to, "question.done."+string(act))
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.actPage(r, f)
	if perr != nil {
		return perr
	}
	return acting.Fail(w, r, v, err)
}

// publishPage is the form in which an editor writes an answer without the asker.
func (c *Counter) publishPage(r *http.Request, f *form.Form) (v writePage, err error) {
	whole, err := c.allowed(r, questions.PublishAct)
	if err != nil {
		return v, err
	}
	b := page.From(r).Titled("question.act.publish")
	b.Form = f
	q := whole.Question
	here := "/questions/" + q.Number
	b.Crumbs = []page.Link{{Href: here, Text: q.Number}}
	a := questions.Answer{Kind: questions.Told, Title: first(q.Words, 40), Asked: q.Words, Body: q.Reply, Unit: q.Unit, Source: c.unit(i18n.ZH, q.Unit)}
	v = writePage{Base: b, Head: page.Head{Kicker: q.Number, Title: b.T("question.act.publish"), Lead: b.T("question.act.publish.lead")}, Note: page.Note{Tone: page.ToneSoon, Text: b.T("answer.traces.note")},
		Fields: c.writing(b, f, a), Action: here + "/publish", Submit: b.T("question.act.publish"), Back: here, Seen: page.NewField(b.Lang, f, "seen", "answer.seen")}
	text := a.Title + "\n" + a.Asked + "\n" + a.Body
	if f != nil {
		text = f.Get("title") + "\n" + f.Get("asked") + "\n" + f.Get("body")
	}
	v.Traces = found(b, text)
	return v, nil
}

// found are the traces of an asker in a text, as the page names them.
func found(b page.Base, text string) (out []trace) {
	for _, t := range questions.Traces(text) {
		out = append(out, trace{b.T("answer.trace." + t.Kind), t.Words})
	}
	return out
}

func (c *Counter) publish(w http.ResponseWriter, r *http.Request, f *form.Form) error {
	in := questions.Publishing{Writing: read(f), Seen: f.Bool("seen")}
	err := f.Err()
	if err == nil {
		var a questions.Answer
		if a, err = c.Questions.Publish(r.Context(), page.Actor(r), r.PathValue("number"), in); err == nil {
			return page.Done(w, r, "/answers/"+a.ID.String(), "question.done.publish")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.publishPage(r, f)
	if perr != nil {
		return perr
	}
	return written.Fail(w, r, v, err)
}
