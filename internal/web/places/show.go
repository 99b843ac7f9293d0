// SPDX-License-Identifier: Apache-2.0

package places

import (
	"net/http"
	"slices"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/page"
)

// showPage is one place: what is open there, what lies in it, who looks after
// it, what it was called before.
type showPage struct {
	page.Base
	Head      page.Head
	Note      page.Note
	Map       page.Map
	Filter    page.Filter
	Tabs      []page.Tab
	Rows      []page.Row
	All       string // address of the whole list
	Empty     page.Empty
	Facts     []page.Fact
	Below     page.Table
	Units     []page.Row
	History   page.Table
	Target    string // what is followed
	CanFollow bool
	Followed  bool
	Page      page.Link // what the village says of itself
	Feed      string    // address of the Atom feed
}

var shown = page.New[showPage](files, "place.html")

const few = 10 // matters on the page of a place

func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	if p.Kind == places.City {
		return page.Redirect(w, r, "/places")
	}
	tree, b := c.Places.Tree(), page.From(r)
	name := p.Name.In(b.Lang)
	b.Title, b.Crumbs = name, c.crumbs(b, p)
	kind := b.T(string(p.Kind.Word()))
	if p.Community != "" {
		kind = b.T(string(p.Community.Word()))
	}
	v := showPage{Base: b, Target: "place:" + p.ID.String(), CanFollow: !b.Anonymous(), Feed: feeds.Place(p.ID),
		Head: page.Head{Title: name, Kicker: kind, Lead: b.T("place.page.in", tree.Words(up(tree, p).Path, "").In(b.Lang))}}
	switch {
	case !p.Open():
		v.Note = c.ended(b, tree, p)
	case !b.Staff() || b.Actor.May("raise_for", scope.Target{Path: p.Path, At: b.Now}).OK:
		v.Head.Action = page.Link{Href: "/raise?place=" + p.ID.String(), Text: b.T("place.page.raise"), Icon: "plus", Main: true}
	}
	which, err := c.choose(r)
	if err != nil {
		return err
	}
	now, err := c.openIn(r.Context(), b.Actor, scope.Of(p.Path), which)
	if err != nil {
		return err
	}
	v.Filter = c.filterBar(b, href(p), which)
	if err := c.whatIsThere(r, &v, p, now); err != nil {
		return err
	}
	v.Map, v.Below = c.mapOf(b, tree, p, now), c.table(b, tree, tree.Children(p.ID), now)
	v.Base, v.Map = c.move(v.Base, v.Map, p, which)
	v.Facts, v.Units, v.History = c.facts(b, tree, p), c.units(b, p), c.history(b, tree, p)
	if affairs.HasPage(p.Kind) {
		v.Page = page.Link{Href: "/affairs/" + p.ID.String(), Text: b.T("place.page.village"), Icon: "house"}
	}
	subs, err := c.Matters.Subscriptions(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	v.Followed = slices.ContainsFunc(subs, func(s matters.Subscription) bool { return s.Target == v.Target })
	return shown.Show(w, r, v)
}

// up is the place above p.
func up(tree *places.Tree, p places.Place) places.Place {
	above, _ := tree.Get(p.Parent)
	return above
}

// whatIsThere fills in the newest of the chosen matters of the place.
func (c *Counter) whatIsThere(r *http.Request, v *showPage, p places.Place, now open) error {
	b := v.Base
	f := now.filter()
	f.Place, f.Most = scope.Of(p.Path), few
	list, err := c.Matters.List(r.Context(), b.Actor, f)
	if err != nil {
		return err
	}
	v.Rows, v.All = c.Rows(b, list.Cards), now.matters(p)
	open, ended := now.choice, now.choice
	open.state, ended.state = "", string(matters.Closed)
	v.Tabs = []page.Tab{
		{Text: b.T("place.page.open"), Href: open.href(p), Count: -1, Current: now.state == ""},
		{Text: b.T("place.page.ended"), Href: ended.href(p), Count: -1, Current: now.state == ended.state},
	}
	if now.state != ended.state && now.state != "" {
		v.Tabs = append(v.Tabs, page.Tab{Text: now.what(b), Href: now.href(p), Count: -1, Current: true})
	}
	for i := range v.Tabs {
		if v.Tabs[i].Current {
			v.Tabs[i].Count = now.by[p.ID]
		}
	}
	v.Empty = page.Empty{Icon: "check", Title: b.T("place.page.none"), Text: b.T("place.page.none.text")}
	return nil
}

// ended says that a place is no more, and what has its ground.
func (c *Counter) ended(b page.Base, tree *places.Tree, p places.Place) page.Note {
	n := page.Note{Tone: page.ToneSoon, Text: b.T("place.page.closed", string(p.To))}
	for _, d := range p.Successors {
		if s, ok := tree.Get(d); ok {
			n.Text = b.T("place.page.went", string(p.To))
			n.Link = page.Link{Href: href(s), Text: s.Name.In(b.Lang)}
		}
	}
	return n
}

func (c *Counter) facts(b page.Base, tree *places.Tree, p places.Place) []page.Fact {
	var fs []page.Fact
	add := func(key, value string) {
		if value != "" {
			fs = append(fs, page.Fact{Label: b.T(key), Value: value})
		}
	}
	add("place.page.kind", b.T(string(p.Kind.Word())))
	if p.Code != "" {
		fs = append(fs, page.Fact{Label: b.T("place.page.code"), Value: p.Code, Lines: []string{b.T(string(p.Scheme.Word()))}})
	}
	if p.Area > 0 {
		add("place.page.area", b.T("place.page.hectares", page.Number(int(p.Area/10_000+.5))))
	}
	if p.Accuracy != places.Unknown {
		add("place.page.point", b.T(string(p.Accuracy.Word())))
	}
	add("place.page.from", day(b, p.From))
	for _, d := range tree.Predecessors(p.ID) {
		if was, ok := tree.Get(d); ok {
			fs = append(fs, page.Fact{Label: b.T("place.page.before"), Value: was.Name.In(b.Lang), Href: href(was)})
		}
	}
	return fs
}

// day says a day of the books; the open day is as far back as they go.
func day(b page.Base, d places.Day) string {
	if d == "" {
		return b.T("place.page.always")
	}
	return string(d)
}

// units are those that look after the place: its own, or else those of the
// nearest place above.
func (c *Counter) units(b page.Base, p places.Place) []page.Row {
	of := func(at places.Place) (rows []page.Row) {
		for _, u := range c.Orgs.Directory().Units() {
			if u.Path == at.Path && u.Kind != orgs.Company && u.Kind != orgs.Outside {
				r := page.Row{Href: "/units/" + u.ID.String(), Title: u.Name.In(b.Lang), Meta: []string{b.T("unit.kind." + string(u.Kind)), u.Phone}}
				rows = append(rows, r)
			}
		}
		return rows
	}
	rows := of(p)
	up := c.Places.Tree().Ancestors(p.ID)
	for i := len(up) - 1; i >= 0 && len(rows) == 0; i-- {
		rows = of(up[i])
	}
	return rows
}

// history is what the place was called and when; empty if it was always the
// same.
func (c *Counter) history(b page.Base, tree *places.Tree, p places.Place) page.Table {
	spans := tree.History(p.ID)
	if len(spans) < 2 && p.Open() {
		return page.Table{}
	}
	t := page.Table{Caption: b.T("place.page.history"), Hide: true, Cols: []page.Col{{Text: b.T("place.page.called")}, {Text: b.T("place.page.since")}, {Text: b.T("place.page.until")}, {Text: b.T("place.page.then")}}}
	for _, s := range spans {
		until, then := "", ""
		if s.To != "" {
			until = string(s.To)
		}
		if s.Act != "" {
			then = i18n.T(b.Lang, string(s.Act.Word()))
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: s.Name.In(b.Lang) + " " + s.Code}, {Text: day(b, s.From)}, {Text: until}, {Text: then}})
	}
	return t
}
