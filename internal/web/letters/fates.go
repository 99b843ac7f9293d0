// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// fatesPage is what became of letters, for those who administer the town: neither
// words nor addresses, for nobody needs them to see what a mail server does.
type fatesPage struct {
	page.Base
	Head    page.Head
	Note    page.Note
	Tabs    []page.Tab
	Letters []fate
	Empty   page.Empty
	Pager   page.Pager
}

// A fate is one letter of the list.
type fate struct {
	ID, What string
	Meta     []string
	Fault    string
	Again    bool
}

var fatesShown = page.New[fatesPage](files, "fates.html")

const perPage = 50

func (c *Counter) fates(w http.ResponseWriter, r *http.Request) error {
	state := letters.GivenUp
	for _, s := range letters.States {
		if string(s) == r.URL.Query().Get("state") {
			state = s
		}
	}
	var before id.ID
	if s := r.URL.Query().Get("before"); s != "" {
		var err error
		if before, err = id.Parse(s); err != nil {
			return err
		}
	}
	ls, counts, err := c.Letters.List(r.Context(), page.Actor(r), state, before, perPage+1)
	if err != nil {
		return err
	}
	return fatesShown.Show(w, r, fatesOf(page.From(r), state, ls, counts, c.Letters.Offered(), c.Tray != nil))
}

func fatesOf(b page.Base, state letters.State, ls []letters.Letter, counts map[letters.State]int, offered, tray bool) fatesPage {
	b = b.Titled("letters.fates")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := fatesPage{Base: b, Head: page.Head{Title: b.T("letters.fates"), Lead: b.T("letters.fates.lead")},
		Empty: page.Empty{Icon: "mail", Title: b.T("letters.empty." + string(state)), Text: b.T("letters.empty.text")}}
	switch {
	case !offered:
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("letters.none_sent")}
	case tray:
		v.Note = page.Note{Text: b.T("mailbox.tray"), Link: page.Link{Href: trayPath, Text: b.T("letters.tray.see")}}
	}
	for _, s := range []letters.State{letters.GivenUp, letters.Refused, letters.Waiting, letters.Posting, letters.Sent, letters.Dropped} {
		v.Tabs = append(v.Tabs, page.Tab{Text: b.T("letters.state." + string(s)), Href: "/admin/letters?state=" + string(s), Count: counts[s], Current: s == state})
	}
	if len(ls) > perPage {
		ls = ls[:perPage]
		v.Pager.Older = "/admin/letters?state=" + string(state) + "&before=" + ls[perPage-1].ID.String()
	}
	for _, l := range ls {
		x := fate{ID: l.ID.String(), What: b.T("letters.kind." + string(l.Kind)), Fault: l.Fault, Again: l.State == letters.GivenUp}
		if l.News > 0 {
			x.What = b.T("letters.kind.news.of", l.News)
		}
		add := func(key string, at time.Time) {
			if !at.IsZero() {
				x.Meta = append(x.Meta, b.T(key, i18n.When(b.Lang, b.Now, at)))
			}
		}
		x.Meta = append(x.Meta, b.T("letters.to."+string(l.Owner)))
		add("letters.made", l.MadeAt)
		if l.State == letters.Waiting {
			add("letters.due", l.DueAt)
		}
		if l.Tries > 0 {
			x.Meta = append(x.Meta, b.T("letters.tries", l.Tries))
			add("letters.tried", l.TriedAt)
		}
		x.Meta = append(x.Meta, b.T("letters.number", l.ID.String()))
		v.Letters = append(v.Letters, x)
	}
	return v
}

func (c *Counter) tryAgain(w http.ResponseWriter, r *http.Request) error {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.New(errs.NotFound, "letter.none")
	}
	if err := c.Letters.Again(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/admin/letters?state=waiting", "letters.again.done")
}
