// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// answers is everything published, by kind.
func (c *Counter) answers(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("question.answers.title")
	b.Crumbs = []page.Link{{Href: "/questions", Text: b.T("question.title")}}
	q := r.URL.Query()
	f := questions.AnswerFilter{Kind: questions.Kind(q.Get("kind"))}
	if s := q.Get("before"); s != "" {
		d, err := id.Parse(s)
		if err != nil {
			return errs.New(errs.Invalid, "id.malformed")
		}
		f.Before = d
	}
	as, more, err := c.Questions.ListAnswers(r.Context(), f)
	if err != nil {
		return err
	}
	v := listPage{Base: b, Head: page.Head{Title: b.T("question.answers.title"), Lead: b.T("question.answers.lead")}, Rows: c.answerRows(b, as),
		Empty: page.Empty{Icon: "document", Title: b.T("question.answers.empty")}, Tabs: []page.Tab{{Href: "/answers", Text: b.T("question.answers.any"), Count: -1, Current: f.Kind == ""}}}
	for _, k := range questions.Kinds() {
		v.Tabs = append(v.Tabs, page.Tab{Href: "/answers?kind=" + string(k), Text: b.T("answer.kind." + string(k)), Count: -1, Current: f.Kind == k})
	}
	if c.Questions.MayAdd(b.Actor) {
		v.Head.Action = page.Link{Href: "/answers/new", Text: b.T("answer.add"), Icon: "plus", Main: true}
	}
	if more {
		q.Set("before", as[len(as)-1].ID.String())
		v.Pager.Older = "/answers?" + q.Encode()
	}
	return listed.Show(w, r, v)
}

// answerPage is one answer.
type answerPage struct {
	page.Base
	Head    page.Head
	Pill    page.Pill
	Doubt   page.Note
	Asked   string
	Body    string
	Facts   []page.Fact
	Helped  string // where to say whether it helped
	Ways    []page.Link
	Retire  string
	Retired bool
	Why     page.Field
}

var answered = page.New[answerPage](files, "answer.html")

func answerID(r *http.Request) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, "answer.none")
	}
	return d, nil
}

func (c *Counter) answer(w http.ResponseWriter, r *http.Request) error {
	v, err := c.answerPage(r, nil)
	if err != nil {
		return err
	}
	return answered.Show(w, r, v)
}

func (c *Counter) answerPage(r *http.Request, f *form.Form) (v answerPage, err error) {
	d, err := answerID(r)
	if err != nil {
		return v, err
	}
	b := page.From(r)
	b.Form = f
	x, err := c.Questions.Show(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	return c.shownPage(b, x), nil
}

func (c *Counter) shownPage(b page.Base, x questions.Shown) answerPage {
	a := x.Answer
	here := "/answers/" + a.ID.String()
	b.Title = a.Title
	b.Crumbs = []page.Link{{Href: "/questions", Text: b.T("question.title")}, {Href: "/answers", Text: b.T("question.answers.title")}}
	v := answerPage{Base: b, Head: page.Head{Kicker: b.T("answer.kind." + string(a.Kind)), Title: a.Title, Read: true}, Pill: forcePill(b, x.Force), Asked: a.Asked, Body: a.Body, Helped: here + "/helped"}
	switch x.Force {
	case questions.Replaced:
		if x.Instead != nil {
			v.Doubt = page.Note{Tone: page.ToneLate, Text: b.T("answer.doubt.replaced"), Link: page.Link{Href: "/answers/" + x.Instead.ID.String(), Text: x.Instead.Title}}
		}
	case questions.Ended:
		v.Doubt = page.Note{Tone: page.ToneLate, Text: b.T("answer.doubt.ended", day(b, a.UntilOn))}
	case questions.NotYet:
		v.Doubt = page.Note{Tone: page.ToneSoon, Text: b.T("answer.doubt.not_yet", day(b, a.FromOn))}
	case questions.Retired:
		v.Doubt = page.Note{Tone: page.ToneLate, Text: b.T("answer.doubt.retired", a.Retired)}
	case questions.Unsaid:
		v.Doubt = page.Note{Tone: page.ToneCalm, Text: b.T("answer.doubt.unsaid", day(b, a.Said()))}
	case questions.InForce:
	}
	fact := func(key, value, href string) {
		if value != "" {
			v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: value, Href: href})
		}
	}
	fact("answer.fact.source", c.source(b, a), a.URL)
	fact("answer.fact.number", a.DocNumber, "")
	fact("answer.fact.said", day(b, a.Said()), "")
	if a.FromOn != "" {
		fact("answer.fact.from", day(b, a.FromOn), "")
	}
	if a.UntilOn != "" {
		fact("answer.fact.until", day(b, a.UntilOn), "")
	}
	if u := c.unit(b.Lang, a.Unit); u != "" {
		fact("answer.fact.unit", u, "/units/"+a.Unit.String())
	}
	for _, o := range x.Former {
		fact("answer.fact.former", o.Title, "/answers/"+o.ID.String())
	}
	if x.Helped+x.Missed > 0 {
		fact("answer.fact.helped", b.T("answer.helped.count", page.Number(x.Helped), page.Number(x.Missed)), "")
	}
	if x.MayWrite {
		v.Retire, v.Retired = here+"/retire", a.Retired != ""
		v.Why = page.NewField(b.Lang, b.Form, "why", "answer.retire.why").Need().Max(200)
		if a.Kind != questions.Replied {
			v.Ways = append(v.Ways, page.Link{Href: here + "/edit", Text: b.T("answer.edit"), Icon: "edit"})
		}
		if a.Kind == questions.Policy && a.ReplacedBy == 0 {
			v.Ways = append(v.Ways, page.Link{Href: "/answers/new?replaces=" + a.ID.String(), Text: b.T("answer.replace"), Icon: "return"})
		}
	}
	return v
}

// helped counts that an answer answered its reader, or leads on if it did not.
func (c *Counter) helped(w http.ResponseWriter, r *http.Request) error {
	d, err := answerID(r)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	yes := f.Choice("yes", "1", "0") == "1"
	if !f.Sent("yes") {
		f.Fault("yes", "form.choice")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := c.Questions.Helped(r.Context(), d, yes); err != nil {
		return err
	}
	if yes {
		return page.Done(w, r, "/answers/"+d.String(), "answer.helped.done")
	}
	return page.Done(w, r, "/questions", "answer.missed.done")
}

// writePage is the form in which an answer is written.
type writePage struct {
	page.Base
	Head    page.Head
	Note    page.Note
	Fields  []entry
	Traces  []trace
	Seen    page.Field
	Hidden  []page.Hidden
	Action  string
	Submit  string
	Back    string
	Replace string // the title of what is replaced
}

// entry is one question of the form.
type entry struct {
	Kind string // text, area or select
	page.Field
}

// trace is what may tell of the asker.
type trace struct{ Kind, Words string }

var written = page.New[writePage](files, "write.html")

// writing are the fields of an answer, from what it says now.
func (c *Counter) writing(b page.Base, f *form.Form, a questions.Answer) []entry {
	field := func(kind, name, key, from string) entry {
		return entry{kind, page.NewField(b.Lang, f, name, key).From(from)}
	}
	title := field("text", "title", "answer.field.title", a.Title)
	title.Field = title.Need().Max(questions.MaxTitle)
	body := field("area", "body", "answer.field.body", a.Body)
	body.Field = body.Need().Rows(12).Max(questions.MaxBody)
	es := []entry{title}
	if a.Kind != questions.Policy {
		asked := field("area", "asked", "answer.field.asked", a.Asked)
		asked.Field = asked.Need().Rows(3).Max(questions.MaxWords)
		es = append(es, asked)
	}
	es = append(es, body, field("text", "source", "answer.field.source", a.Source), field("text", "doc_number", "answer.field.number", a.DocNumber), field("text", "url", "answer.field.url", a.URL))
	for _, d := range []struct{ name, key, v string }{{"issued", "answer.field.issued", a.IssuedOn}, {"from", "answer.field.from", a.FromOn}, {"until", "answer.field.until", a.UntilOn}} {
		e := field("text", d.name, d.key, d.v)
		e.Field = e.As("date")
		es = append(es, e)
	}
	var units []page.Option
	if c.Orgs != nil {
		for _, u := range c.Orgs.Directory().Units() {
			if _, l := u.Path.Last(); l == scope.City || u.ID == a.Unit || u.ID == b.Actor.Unit {
				units = append(units, page.Option{Value: u.ID.String(), Text: u.Name.In(b.Lang)})
			}
		}
	}
	from := ""
	if a.Unit != 0 {
		from = a.Unit.String()
	}
	e := field("select", "unit", "answer.field.unit", from)
	e.Field = e.Of(append([]page.Option{{Text: b.T("answer.field.unit.none")}}, units...))
	return append(es, e)
}

// read reads an answer as somebody typed it.
func read(f *form.Form) questions.Writing {
	return questions.Writing{Title: f.Line("title", questions.MaxTitle+1), Asked: f.Text("asked", questions.MaxWords+1), Body: f.Text("body", questions.MaxBody+1), Source: f.Line("source", questions.MaxSource+1),
		DocNumber: f.Line("doc_number", 61), URL: f.Line("url", 501), IssuedOn: f.Line("issued", 20), FromOn: f.Line("from", 20), UntilOn: f.Line("until", 20), Unit: f.ID("unit"), Version: int64(f.Int("version", 0, 1<<30))}
}

func (c *Counter) newForm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.newPage(r, nil)
	if err != nil {
		return err
	}
	return written.Show(w, r, v)
}

func (c *Counter) newPage(r *http.Request, f *form.Form) (v writePage, err error) {
	b := page.From(r).Titled("answer.add")
	b.Form, b.Crumbs = f, []page.Link{{Href: "/answers", Text: b.T("question.answers.title")}}
	if !c.Questions.MayAdd(b.Actor) {
		return v, errs.New(errs.Denied, scope.DeniedNeed)
	}
	a := questions.Answer{Kind: questions.Policy}
	if us := b.Actor.Units("handle", b.Now); len(us) == 1 {
		a.Unit = us[0]
	}
	replaces := r.URL.Query().Get("replaces")
	if f.Sent("replaces") {
		replaces = f.Get("replaces")
	}
	v = writePage{Base: b, Head: page.Head{Title: b.T("answer.add"), Lead: b.T("answer.add.lead")}, Action: "/answers/new", Submit: b.T("answer.add.do"), Back: "/answers"}
	if d, err := id.Parse(replaces); err == nil {
		old, err := c.Questions.Show(r.Context(), b.Actor, d)
		if err != nil {
			return v, err
		}
		v.Replace, v.Hidden = old.Answer.Title, []page.Hidden{{Name: "replaces", Value: d.String()}}
		a.Title, a.Unit, a.Source = old.Answer.Title, old.Answer.Unit, old.Answer.Source
	}
	v.Fields = c.writing(b, f, a)
	return v, nil
}

func (c *Counter) add(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in, replaces := read(f), id.ID(0)
	if f.Get("replaces") != "" {
		replaces = f.ID("replaces")
	}
	if err = f.Err(); err == nil {
		var a questions.Answer
		if a, err = c.Questions.Add(r.Context(), page.Actor(r), in, replaces); err == nil {
			return page.Done(w, r, "/answers/"+a.ID.String(), "answer.add.done")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.newPage(r, f)
	if perr != nil {
		return perr
	}
	return written.Fail(w, r, v, err)
}

func (c *Counter) editPage(r *http.Request, f *form.Form) (v writePage, err error) {
	d, err := answerID(r)
	if err != nil {
		return v, err
	}
	b := page.From(r).Titled("answer.edit")
	b.Form = f
	x, err := c.Questions.Show(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	if !x.MayWrite {
		return v, errs.New(errs.Denied, "answer.not_yours")
	}
	here := "/answers/" + d.String()
	b.Crumbs = []page.Link{{Href: here, Text: x.Answer.Title}}
	seen := strconv.FormatInt(x.Answer.Version, 10)
	if f.Sent("version") {
		seen = f.Get("version")
	}
	return writePage{Base: b, Head: page.Head{Title: b.T("answer.edit"), Lead: x.Answer.Title}, Fields: c.writing(b, f, x.Answer), Action: here + "/edit", Submit: b.T("answer.edit.do"), Back: here,
		Hidden: []page.Hidden{{Name: "version", Value: seen}}}, nil
}

func (c *Counter) editForm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.editPage(r, nil)
	if err != nil {
		return err
	}
	return written.Show(w, r, v)
}

func (c *Counter) edit(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	d, err := answerID(r)
	if err != nil {
		return err
	}
	in := read(f)
	if err = f.Err(); err == nil {
		err = c.Questions.Edit(r.Context(), page.Actor(r), d, in)
	}
	if err == nil {
		return page.Done(w, r, "/answers/"+d.String(), "answer.edit.done")
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.editPage(r, f)
	if perr != nil {
		return perr
	}
	return written.Fail(w, r, v, err)
}

// retire takes an answer off, or puts it back.
func (c *Counter) retire(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	d, err := answerID(r)
	if err != nil {
		return err
	}
	why, back := f.Line("why", 201), f.Bool("back")
	if !back && why == "" {
		f.Fault("why", "answer.retire.missing")
	}
	if err = f.Err(); err == nil {
		if back {
			why = ""
		}
		err = c.Questions.Retire(r.Context(), page.Actor(r), d, why)
	}
	if err == nil {
		return page.Done(w, r, "/answers/"+d.String(), map[bool]string{true: "answer.restore.done", false: "answer.retire.done"}[back])
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.answerPage(r, f)
	if perr != nil {
		return perr
	}
	return answered.Fail(w, r, v, err)
}
