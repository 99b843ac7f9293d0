// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"net/http"
	"time"

	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// listPage is a list of questions or of answers.
type listPage struct {
	page.Base
	Head  page.Head
	Tabs  []page.Tab
	Rows  []page.Row
	Empty page.Empty
	Pager page.Pager
}

var listed = page.New[listPage](files, "list.html")

// ways are the links below the box: to one's own questions and to what waits.
func (c *Counter) ways(b page.Base) []page.Link {
	ways := []page.Link{{Href: "/answers", Text: b.T("question.answers.title"), Icon: "document"}}
	if !b.Staff() {
		return append(ways, page.Link{Href: "/questions/mine", Text: b.T("question.mine"), Icon: "user"})
	}
	if c.Questions.Answers(b.Actor) {
		ways = append(ways, page.Link{Href: "/questions/turn", Text: b.T("question.turn"), Icon: "inbox"})
	}
	if b.Actor.Has("moderate") {
		ways = append(ways, page.Link{Href: "/questions/editing", Text: b.T("question.editing"), Icon: "edit"})
	}
	return ways
}

// town tells how many asked in the last year, and what was published lately.
func (c *Counter) town(r *http.Request, v *askPage) error {
	n, err := c.Questions.Count(r.Context(), v.Now.AddDate(-1, 0, 0), v.Now)
	if err != nil {
		return err
	}
	if n.All() > 0 {
		v.Counts = v.T("question.counts", page.Number(n.All()), page.Number(n.Helped), page.Number(n.Sent), page.Number(n.Answered))
	}
	as, _, err := c.Questions.ListAnswers(r.Context(), questions.AnswerFilter{Most: 5})
	if err != nil {
		return err
	}
	v.Fresh = c.answerRows(v.Base, as)
	return nil
}

func (c *Counter) answerRows(b page.Base, as []questions.Answer) []page.Row {
	rows := make([]page.Row, len(as))
	for i, a := range as {
		rows[i] = page.Row{Href: "/answers/" + a.ID.String(), Title: a.Title, Number: a.DocNumber, Pill: forcePill(b, a.Force(b.Now)),
			Meta: []string{b.T("answer.kind." + string(a.Kind)), c.source(b, a), b.T("answer.said", day(b, a.Said()))}}
	}
	return rows
}

func (c *Counter) questionRows(b page.Base, qs []questions.Question) []page.Row {
	rows := make([]page.Row, len(qs))
	for i, q := range qs {
		rows[i] = page.Row{Href: "/questions/" + q.Number, Title: first(q.Words, 60), Number: q.Number, Pill: statePill(b, q), Meta: []string{c.unit(b.Lang, q.Unit), i18n.When(b.Lang, b.Now, q.AskedAt)}}
		if rows[i].Title == "" {
			rows[i].Title = b.T("question.forgotten")
		}
		if q.Passed > 0 {
			rows[i].Tags = append(rows[i].Tags, b.T("question.passed", q.Passed))
		}
		if q.Reopened > 0 {
			rows[i].Tags = append(rows[i].Tags, b.T("question.reopened", q.Reopened))
		}
		if q.State == questions.Asked {
			rows[i].Left, rows[i].Due, rows[i].Light = i18n.Left(b.Lang, b.Now, q.Due), q.Due, page.LightFor(b.Now, q.MovedAt, q.Due)
		}
	}
	return rows
}

// lister is a list of questions.
type lister func(ctx context.Context, by scope.Actor, f questions.Filter) (questions.Page, error)

// listOf shows a list of questions under a title, and the texts with a name.
func (c *Counter) listOf(w http.ResponseWriter, r *http.Request, key, name string, list lister) error {
	b := page.From(r).Titled(key)
	b.Crumbs = []page.Link{{Href: "/questions", Text: b.T("question.title")}}
	var f questions.Filter
	if s := r.URL.Query().Get("before"); s != "" {
		d, err := id.Parse(s)
		if err != nil {
			return errs.New(errs.Invalid, "id.malformed")
		}
		f.Before = d
	}
	p, err := list(r.Context(), b.Actor, f)
	if err != nil {
		return err
	}
	v := listPage{Base: b, Head: page.Head{Title: b.T(key), Lead: b.T("question.lead." + name)}, Rows: c.questionRows(b, p.Questions), Tabs: c.tabs(b, r.URL.Path),
		Empty: page.Empty{Icon: "check", Title: b.T("question.empty." + name), Action: page.Link{Href: "/questions", Text: b.T("question.title")}}}
	if p.More && len(p.Questions) > 0 && r.URL.Path != "/questions/turn" { // which is in another order
		v.Pager.Older = r.URL.Path + "?before=" + p.Questions[len(p.Questions)-1].ID.String()
	}
	return listed.Show(w, r, v)
}

// tabs are the lists that a reader at a desk has.
func (c *Counter) tabs(b page.Base, at string) (tabs []page.Tab) {
	add := func(show bool, href, key string) {
		if show {
			tabs = append(tabs, page.Tab{Href: href, Text: b.T(key), Count: -1, Current: href == at})
		}
	}
	if !b.Staff() {
		return nil
	}
	add(c.Questions.Answers(b.Actor), "/questions/turn", "question.turn")
	add(b.Actor.Has("moderate"), "/questions/editing", "question.editing")
	add(b.Actor.Has("see") || b.Actor.Has("audit"), "/questions/all", "question.all")
	return tabs
}

func (c *Counter) mine(w http.ResponseWriter, r *http.Request) error {
	return c.listOf(w, r, "question.mine", "mine", c.Questions.ListMine)
}

// Own are the reader's questions, as their page of all that is theirs shows them: the
// latest, and the way to all.
func (c *Counter) Own(r *http.Request, b page.Base) (own []page.Section, err error) {
	p, err := c.Questions.ListMine(r.Context(), b.Actor, questions.Filter{Most: 5})
	if err != nil || len(p.Questions) == 0 {
		return nil, err
	}
	return []page.Section{{Title: b.T("question.mine"), Rows: c.questionRows(b, p.Questions), More: page.Link{Href: "/questions/mine", Text: b.T("question.mine.all"), Icon: "user"}}}, nil
}

func (c *Counter) turn(w http.ResponseWriter, r *http.Request) error {
	return c.listOf(w, r, "question.turn", "turn", c.Questions.ListTurn)
}

func (c *Counter) editing(w http.ResponseWriter, r *http.Request) error {
	return c.listOf(w, r, "question.editing", "editing", c.Questions.ListToPublish)
}

func (c *Counter) all(w http.ResponseWriter, r *http.Request) error {
	return c.listOf(w, r, "question.all", "all", c.Questions.List)
}

// day says a day that is kept as text.
func day(b page.Base, s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, i18n.Zone)
	if err != nil {
		return s
	}
	return i18n.Date(b.Lang, t)
}
