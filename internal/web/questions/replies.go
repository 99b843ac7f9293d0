// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// repliesPage is where the town says of which categories public replies are answers.
type repliesPage struct {
	page.Base
	Head       page.Head
	Categories page.Field
}

var replying = page.New[repliesPage](files, "replies.html")

// repliesPage offers every category, those chosen ticked: one that is out of use only
// while it is chosen, so that it can be taken off.
func (c *Counter) repliesPage(b page.Base, cat *matters.Catalogue, in map[string]bool) repliesPage {
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/answers", Text: b.T("question.answers.title")}}
	var options []page.Option
	for _, g := range cat.Groups {
		for _, k := range cat.Categories {
			if k.Group != g.Code || !k.Active && !in[k.Code] {
				continue
			}
			o := page.Option{Value: k.Code, Text: k.Name.In(b.Lang), Help: g.Name.In(b.Lang), On: in[k.Code]}
			if !k.Active {
				o.Help = b.T("answer.replies.off", o.Help)
			}
			options = append(options, o)
		}
	}
	return repliesPage{Base: b, Head: page.Head{Title: b.T("answer.replies"), Lead: b.T("answer.replies.lead")},
		Categories: page.NewField(b.Lang, b.Form, "categories", "answer.replies.categories").Of(options)}
}

func (c *Counter) repliesNow(r *http.Request, f *form.Form) (v repliesPage, err error) {
	b := page.From(r).Titled("answer.replies")
	b.Form = f
	if !c.Questions.MaySetReplies(b.Actor) {
		return v, errs.New(errs.Denied, scope.DeniedNeed)
	}
	in, err := c.Questions.RepliesIn(r.Context())
	if f.Sent("go") { // what was typed, all of it taken off too, not what is kept
		in = map[string]bool{}
		for _, code := range f.All("categories") {
			in[code] = true
		}
	}
	return c.repliesPage(b, c.Matters.Catalogue(), in), err
}

func (c *Counter) repliesForm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.repliesNow(r, nil)
	if err != nil {
		return err
	}
	return replying.Show(w, r, v)
}

func (c *Counter) setReplies(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if err = errs.At("categories", "form.choose"); f.Sent("go") { // the page's own form says so, even when nothing is ticked
		err = c.Questions.SetRepliesIn(r.Context(), page.Actor(r), f.All("categories"))
	}
	if err == nil {
		return page.Done(w, r, "/answers/replies", "answer.replies.done")
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.repliesNow(r, f)
	if perr != nil {
		return perr
	}
	return replying.Fail(w, r, v, err)
}
