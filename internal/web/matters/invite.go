// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// linkPage shows a link that was just made, once.
type linkPage struct {
	page.Base
	Head  page.Head
	Link  string
	Party string
	Until string
	Back  string
}

var linked = page.New[linkPage](files, "link.html")

func inviteForm(_ *Counter, b page.Base, _ matters.Whole, f *form.Form) []entry {
	return []entry{
		{"text", page.NewField(b.Lang, f, "party", "matter.field.party").Max(60).Need()},
		{"area", page.NewField(b.Lang, f, "words", "matter.field.question").Max(matters.MaxWords).Rows(4).Need()},
		{"text", page.NewField(b.Lang, f, "days", "matter.field.days").As("number").From("7").Need()},
	}
}

// invite makes a link for an outside party and shows it once.
func (c *Counter) invite(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	m, err := c.Matters.ToAct(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	party, question, days := f.Line("party", 61), said(f), f.Int("days", 1, 60)
	secret := ""
	if err = f.Err(); err == nil {
		secret, err = c.Matters.Invite(r.Context(), b.Actor, m.ID, party, question, days)
	}
	if err != nil {
		v, perr := c.actPage(r, matters.Invite, f)
		if perr != nil {
			return err
		}
		return acting.Fail(w, r, v, err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return linked.Show(w, r, linkPage{Base: b.Titled("matter.link.title"), Link: c.Address + "/answer/" + secret, Party: party, Back: "/matters/" + m.Number,
		Until: i18n.Date(b.Lang, b.Now.AddDate(0, 0, days)), Head: page.Head{Kicker: m.Number, Title: b.T("matter.link.title"), Lead: b.T("matter.link.lead", party)}})
}

// answerPage is what the holder of a link sees.
type answerPage struct {
	page.Base
	Head  page.Head
	Asked matters.Asked
	Facts []page.Fact
	Words entry
	Files entry
	Done  bool
}

var answered = page.New[answerPage](files, "answer.html", "entries.html")

func (c *Counter) answerPage(r *http.Request, f *form.Form) (v answerPage, err error) {
	b := page.From(r).Titled("matter.answer.title")
	b.Form, b.Look = f, page.LookPlain
	a, err := c.Matters.Invited(r.Context(), r.PathValue("secret"))
	if err != nil {
		return v, err
	}
	p, _ := c.Places.Tree().Get(a.Place)
	return answerPage{Base: b, Asked: a, Done: !a.Invitation.AnsweredAt.IsZero(), Words: wordsOnly("matter.field.answer", true)(c, b, matters.Whole{}, f)[0], Files: photos(b, f),
		Head: page.Head{Kicker: a.Number, Title: a.Title, Lead: b.T("matter.answer.lead", a.Invitation.Party)},
		Facts: []page.Fact{
			{Label: b.T("matter.fact.where"), Value: p.Name.In(b.Lang)},
			{Label: b.T("matter.field.question"), Value: a.Invitation.Question},
			{Label: b.T("matter.answer.until"), Value: i18n.Exact(b.Lang, a.Invitation.ExpiresAt)},
		}}, nil
}

func (c *Counter) invited(w http.ResponseWriter, r *http.Request) error {
	v, err := c.answerPage(r, nil)
	if err != nil {
		return err
	}
	return answered.Show(w, r, v)
}

// reply takes an outside party's answer.
func (c *Counter) reply(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	v, err := c.answerPage(r, f)
	if err != nil {
		return err
	}
	words := said(f)
	files, err := c.upload(r, f, "files")
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		err = c.Matters.Reply(r.Context(), r.PathValue("secret"), words, files...)
	}
	if err != nil {
		return answered.Fail(w, r, v, err)
	}
	return page.Done(w, r, "/answer/"+r.PathValue("secret"), "matter.answer.done")
}

// forUnit is an act done for one of the actor's units, which the address names.
func forUnit(act func(s *matters.Service, ctx context.Context, by scope.Actor, d matters.ID, unit id.ID, words string) error) doer {
	return func(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
		unit, err := id.Parse(r.URL.Query().Get("unit"))
		if err != nil {
			return errs.New(errs.Invalid, "matter.unit.unknown")
		}
		words := said(f)
		if err := f.Err(); err != nil {
			return err
		}
		return act(c.Matters, r.Context(), page.Actor(r), m.ID, unit, words)
	}
}
