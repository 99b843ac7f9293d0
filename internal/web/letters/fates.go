// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"net/url"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/web/page"
)

// fatesPage is what became of letters, for those who administer the town: neither
// words nor addresses, for nobody needs them to see what a mail server does.
type fatesPage struct {
	page.Base
	Head    page.Head
	Note    page.Note
	Tabs    []page.Tab
	Filter  page.Filter
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
	q := r.URL.Query()
	f := letters.Filter{State: letters.GivenUp}
	for _, s := range letters.States {
		if string(s) == q.Get("state") {
			f.State = s
		}
	}
	for _, ch := range notify.Channels {
		if string(ch) == q.Get("channel") {
			f.Channel = ch
		}
	}
	for _, k := range letters.Kinds {
		if string(k) == q.Get("kind") {
			f.Kind = k
		}
	}
	var before id.ID
	if s := q.Get("before"); s != "" {
		var err error
		if before, err = id.Parse(s); err != nil {
			return err
		}
	}
	ls, counts, err := c.Letters.List(r.Context(), page.Actor(r), f, before, perPage+1)
	if err != nil {
		return err
	}
	return fatesShown.Show(w, r, fatesOf(page.From(r), f, ls, counts, c.Letters.Offered(), c.Tray != nil))
}

func fatesOf(b page.Base, f letters.Filter, ls []letters.Letter, counts map[letters.State]int, offered, tray bool) fatesPage {
	b = b.Titled("letters.fates")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := fatesPage{Base: b, Head: page.Head{Title: b.T("letters.fates"), Lead: b.T("letters.fates.lead"), Action: page.Link{Href: wordsPath, Text: b.T("letters.words"), Icon: "edit"}},
		Empty: page.Empty{Icon: "mail", Title: b.T("letters.empty." + string(f.State)), Text: b.T("letters.empty.text")}}
	switch {
	case !offered:
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("letters.none_sent")}
	case tray:
		v.Note = page.Note{Text: b.T("mailbox.tray"), Link: page.Link{Href: trayPath, Text: b.T("letters.tray.see")}}
	}
	at := func(s letters.State) string {
		q := url.Values{"state": {string(s)}}
		if f.Channel != "" {
			q.Set("channel", string(f.Channel))
		}
		if f.Kind != "" {
			q.Set("kind", string(f.Kind))
		}
		return "/admin/letters?" + q.Encode()
	}
	for _, s := range []letters.State{letters.GivenUp, letters.Unknown, letters.Refused, letters.Waiting, letters.Posting, letters.Sent, letters.Dropped} {
		v.Tabs = append(v.Tabs, page.Tab{Text: b.T("letters.state." + string(s)), Href: at(s), Count: counts[s], Current: s == f.State})
	}
	v.Filter = page.Filter{Action: "/admin/letters", Hidden: []page.Hidden{{Name: "state", Value: string(f.State)}}, Fields: []page.Field{
		page.NewField(b.Lang, b.Form, "channel", "letters.by").Example(b.T("letters.any")).Of(options(b, "channel.", notify.Channels)).From(string(f.Channel)),
		page.NewField(b.Lang, b.Form, "kind", "letters.kind").Example(b.T("letters.any")).Of(options(b, "letters.kind.", letters.Kinds)).From(string(f.Kind)),
	}}
	if f.Channel != "" || f.Kind != "" {
		v.Filter.Reset = "/admin/letters?state=" + string(f.State)
	}
	if len(ls) > perPage {
		ls = ls[:perPage]
		v.Pager.Older = at(f.State) + "&before=" + ls[perPage-1].ID.String()
	}
	for _, l := range ls {
		v.Letters = append(v.Letters, fateOf(b, l))
	}
	return v
}

// options are choices named by messages.
func options[T ~string](b page.Base, key string, all []T) (os []page.Option) {
	for _, x := range all {
		os = append(os, page.Option{Value: string(x), Text: b.T(key + string(x))})
	}
	return os
}

// fateOf is what became of one letter.
func fateOf(b page.Base, l letters.Letter) fate {
	x := fate{ID: l.ID.String(), What: b.T("letters.kind." + string(l.Kind)), Fault: l.Fault, Again: (l.State == letters.GivenUp || l.State == letters.Unknown) && l.Mailbox != 0}
	if l.News > 0 {
		x.What = b.T("letters.kind.news.of", l.News)
	}
	add := func(key string, at time.Time) {
		if !at.IsZero() {
			x.Meta = append(x.Meta, b.T(key, i18n.When(b.Lang, b.Now, at)))
		}
	}
	x.Meta = append(x.Meta, b.T("channel."+string(l.Channel)), b.T("letters.to."+string(l.Owner)))
	add("letters.made", l.MadeAt)
	if l.State == letters.Waiting {
		add("letters.due", l.DueAt)
	}
	if l.Tries > 0 {
		x.Meta = append(x.Meta, b.T("letters.tries", l.Tries))
		add("letters.tried", l.TriedAt)
	}
	x.Meta = append(x.Meta, b.T("letters.number", l.ID.String()))
	return x
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
