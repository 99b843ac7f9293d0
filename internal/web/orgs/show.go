// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"html/template"
	"net/http"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

// showPage is one unit.
type showPage struct {
	page.Base
	Head    page.Head
	Note    page.Note
	Facts   []page.Fact
	Does    []string // categories it usually leads
	Tabs    []page.Tab
	Rows    []page.Row
	All     string
	Empty   page.Empty
	Below   []page.Row
	Posts   page.Table // for those who work here
	History page.Timeline
}

var shown = page.New[showPage](files, "unit.html")

const (
	few      = 10 // matters on the page of a unit
	pastMost = 20 // holders before, and lines of its history
)

func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.New(errs.NotFound, "unit.none")
	}
	dir := c.Orgs.Directory()
	u, ok := dir.Unit(d)
	if !ok {
		return errs.New(errs.NotFound, "unit.none")
	}
	b := page.From(r)
	b.Title, b.Crumbs = u.Name.In(b.Lang), []page.Link{{Href: "/units", Text: b.T("unit.page.title")}}
	v := showPage{Base: b, Head: page.Head{Title: b.Title, Kicker: b.T("unit.kind." + string(u.Kind)), Lead: c.Places.Tree().Words(u.Path, "").In(b.Lang)}, Facts: c.facts(b, dir, u)}
	if !u.Active {
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("unit.page.closed")}
	}
	if u.Key != "" {
		for _, k := range c.Matters.Catalogue().Categories {
			if k.Unit == u.Key && k.Active {
				v.Does = append(v.Does, k.Name.In(b.Lang))
			}
		}
	}
	if err := c.inHand(r, &v, u); err != nil {
		return err
	}
	for _, x := range dir.Children(u.ID) {
		v.Below = append(v.Below, c.row(b, x))
	}
	if b.Staff() {
		if v.Posts, err = c.posts(r, b, dir, u); err != nil {
			return err
		}
		if v.History, err = c.history(r, b, u); err != nil {
			return err
		}
	}
	return shown.Show(w, r, v)
}

// inHand fills in what the unit leads, as far as the reader may see it.
func (c *Counter) inHand(r *http.Request, v *showPage, u orgs.Unit) error {
	b, here := v.Base, href(u)
	ended := r.URL.Query().Get("ended") != ""
	f := matters.Filter{Unit: u.ID, Open: !ended, Most: few}
	all := "/matters?unit=" + u.ID.String() + "&open=1"
	if ended {
		f.States = []matters.State{matters.Closed}
		all = "/matters?unit=" + u.ID.String() + "&state=" + string(matters.Closed)
	}
	p, err := c.Matters.List(r.Context(), b.Actor, f)
	if err != nil {
		return err
	}
	v.Rows = c.Rows(b, p.Cards)
	if p.More {
		v.All = all
	}
	v.Tabs = []page.Tab{{Text: b.T("unit.page.open"), Href: here, Count: -1, Current: !ended}, {Text: b.T("unit.page.ended"), Href: here + "?ended=1", Count: -1, Current: ended}}
	v.Empty = page.Empty{Icon: "check", Title: b.T("unit.page.nothing"), Text: b.T("unit.page.nothing.text")}
	return nil
}

func (c *Counter) facts(b page.Base, dir *orgs.Directory, u orgs.Unit) []page.Fact {
	var fs []page.Fact
	add := func(key, value, to string) {
		if value != "" {
			fs = append(fs, page.Fact{Label: b.T(key), Value: value, Href: to})
		}
	}
	if u.Phone != "" {
		n := template.HTMLEscapeString(u.Phone)
		fs = append(fs, page.Fact{Label: b.T("unit.page.phone"), HTML: template.HTML(`<a href="tel:` + n + `">` + n + `</a>`)})
	}
	add("unit.page.hours", u.Hours.In(b.Lang), "")
	add("unit.page.address", u.Address, "")
	at, _ := u.Path.Last()
	if p, ok := c.Places.Tree().Get(at); ok {
		to := "/places/" + p.ID.String()
		add("unit.page.serves", p.Name.In(b.Lang), to)
	}
	if up, ok := dir.Unit(u.Parent); ok {
		add("unit.page.parent", up.Name.In(b.Lang), href(up))
	}
	add("unit.page.code", u.Code, "")
	return fs
}

// posts are the unit's posts and who holds each now, or stands in.
func (c *Counter) posts(r *http.Request, b page.Base, dir *orgs.Directory, u orgs.Unit) (page.Table, error) {
	var accounts []id.ID
	posts := dir.Posts(u.ID)
	for _, p := range posts {
		for _, h := range dir.Holders(p.ID, b.Now) {
			accounts = append(accounts, h.Account)
			for _, x := range dir.Covers(h.ID, b.Now) {
				accounts = append(accounts, x.Account)
			}
		}
	}
	names, err := c.names(r.Context(), accounts)
	if err != nil || len(posts) == 0 {
		return page.Table{}, err
	}
	t := page.Table{Caption: b.T("unit.page.posts"), Cols: []page.Col{{Text: b.T("unit.page.post")}, {Text: b.T("unit.page.holder")}, {Text: b.T("unit.page.since")}, {Text: b.T("unit.page.where")}}}
	for _, p := range posts {
		where := page.Cell{Text: c.Places.Tree().Words(p.Path, "").In(b.Lang)}
		holders := dir.Holders(p.ID, b.Now)
		if len(holders) == 0 {
			t.Rows = append(t.Rows, []page.Cell{{Text: p.Title.In(b.Lang)}, {Text: b.T("unit.page.vacant")}, {}, where})
		}
		for _, h := range holders {
			who := []string{names[h.Account]}
			for _, x := range dir.Covers(h.ID, b.Now) {
				who = append(who, b.T("unit.page.covered", names[x.Account], i18n.Date(b.Lang, x.Until)))
			}
			t.Rows = append(t.Rows, []page.Cell{{Text: p.Title.In(b.Lang)}, {Text: strings.Join(who, "\n")}, {Text: i18n.Date(b.Lang, h.From)}, where})
		}
	}
	return t, nil
}

// history is what was done to the unit, from the trail, and who held its posts
// before.
func (c *Counter) history(r *http.Request, b page.Base, u orgs.Unit) (page.Timeline, error) {
	tl := page.Timeline{Now: b.Now}
	var rows []trail.Row
	err := c.DB.Read(r.Context(), func(tx *sqldb.Tx) (err error) {
		rows, err = trail.Latest(tx, "unit", u.ID, 0, pastMost)
		return err
	})
	if err != nil {
		return tl, err
	}
	for i := len(rows) - 1; i >= 0; i-- {
		x := rows[i]
		who := x.Actor
		if x.Kind == scope.System {
			who = b.T("unit.page.program")
		}
		tl.Events = append(tl.Events, page.Event{At: x.At, Who: who, What: b.T("unit.page.did." + x.Act), Note: x.Note, Icon: "unit"})
	}
	past, err := c.past(r, b, u)
	tl.Events = append(tl.Events, past...)
	return tl, err
}

// past are the holdings of the unit's posts that have ended.
func (c *Counter) past(r *http.Request, b page.Base, u orgs.Unit) ([]page.Event, error) {
	var ended []orgs.Holding
	var accounts []id.ID
	dir := c.Orgs.Directory()
	for _, p := range dir.Posts(u.ID) {
		hs, err := c.Orgs.History(r.Context(), 0, p.ID, pastMost)
		if err != nil {
			return nil, err
		}
		for _, h := range hs {
			if !h.To.IsZero() && !h.To.After(b.Now) {
				ended, accounts = append(ended, h), append(accounts, h.Account)
			}
		}
	}
	names, err := c.names(r.Context(), accounts)
	if err != nil {
		return nil, err
	}
	var es []page.Event
	for _, h := range ended {
		p, _ := dir.Post(h.Post)
		es = append(es, page.Event{At: h.To, Who: names[h.Account], What: b.T("unit.page.left", p.Title.In(b.Lang), i18n.Date(b.Lang, h.From)), Icon: "user"})
	}
	return es, nil
}
