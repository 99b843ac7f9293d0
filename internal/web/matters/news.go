// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"cmp"
	"net/http"
	"slices"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// mostNews is how many pieces of news a page has.
const mostNews = 50

// newsPage is what happened to what the reader raised, asked or follows: of matters, and
// of what the other counters tell.
type newsPage struct {
	page.Base
	Head  page.Head
	Rows  []page.Row
	Empty page.Empty
	Pager page.Pager
	Any   bool // something is unread
}

var newsShown = page.New[newsPage](files, "news.html")

func (c *Counter) news(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("matter.news.title")
	if b.Anonymous() {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	var before id.ID
	if s := r.URL.Query().Get("before"); s != "" {
		var err error
		if before, err = id.Parse(s); err != nil {
			return err
		}
	}
	ns, err := c.Matters.Notices(r.Context(), b.Actor, before)
	if err != nil {
		return err
	}
	head := page.Head{Title: b.T("matter.news.title"), Lead: b.T("matter.news.lead")}
	if c.Mail {
		head.Action = page.Link{Href: "/mailbox", Text: b.T("ways.title"), Icon: "mail"}
	}
	v := newsPage{Base: b, Head: head,
		Empty: page.Empty{Icon: "bell", Title: b.T("matter.news.empty"), Text: b.T("matter.news.empty.text")}}
	var all []page.Told
	for _, n := range ns {
		row := c.row(b, n.Card, "")
		row.Title, row.Unread = b.T(n.Key, n.Card.Number, n.Card.Title), n.ReadAt.IsZero()
		row.Meta = []string{i18n.When(b.Lang, b.Now, n.At)}
		row.Left, row.Number = "", "" // the words name it
		all = append(all, page.Told{ID: n.ID, Row: row})
	}
	for _, t := range c.Tellers {
		some, err := t.Told(r, b, before, mostNews)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(x, y page.Told) int { return cmp.Compare(y.ID, x.ID) })
	if len(all) >= mostNews {
		all = all[:mostNews]
		v.Pager.Older = without(r, "before", all[mostNews-1].ID.String())
	}
	for _, x := range all {
		v.Any = v.Any || x.Row.Unread
		v.Rows = append(v.Rows, x.Row)
	}
	return newsShown.Show(w, r, v)
}

func (c *Counter) readNews(w http.ResponseWriter, r *http.Request) error {
	if err := c.Matters.ReadNotices(r.Context(), page.Actor(r)); err != nil {
		return err
	}
	for _, t := range c.Tellers {
		if err := t.ReadNews(r.Context(), page.Actor(r)); err != nil {
			return err
		}
	}
	return page.Redirect(w, r, "/news")
}

func (c *Counter) saveView(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	name, query := f.Line("name", 40), f.Line("query", 1001)
	if err = f.Err(); err == nil {
		err = c.Matters.SaveView(r.Context(), page.Actor(r), name, query)
	}
	if errs.KindOf(err) == errs.Invalid {
		list := r.Clone(r.Context())
		list.URL.Path, list.URL.RawQuery = "/matters", query
		v, lerr := c.listFor(list, f)
		if lerr != nil {
			return err
		}
		return listed.Fail(w, r, v, err)
	}
	if err != nil {
		return err
	}
	return page.Done(w, r, "/matters?"+query, "matter.view.saved", name)
}

func (c *Counter) deleteView(w http.ResponseWriter, r *http.Request) error {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := c.Matters.DeleteView(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/matters", "matter.view.deleted")
}
