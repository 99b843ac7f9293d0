// SPDX-License-Identifier: Apache-2.0

// Package home is the first page, what is said about the site, and the rail by
// which those at a desk go about.
package home

import (
	"embed"
	"net/http"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the first pages.
type Counter struct {
	Matters *matters.Service
	Places  *places.Service
	People  *people.Service
	Rows    func(b page.Base, cards []matters.Card) []page.Row // as the counter of matters shows them
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /{$}", page.Handler(c.home))
	mux.Handle("GET /about", page.Handler(c.about))
	mux.Handle("GET /privacy", page.Handler(c.privacy))
}

// homePage greets somebody: what they can do, what became of what they raised,
// what goes on around them.
type homePage struct {
	page.Base
	Greeting string
	Where    string
	Doors    []page.Door
	Mine     []page.Row
	MineMore bool
	Near     []page.Row
	NearName string
	NearHref string
}

var homed = page.New[homePage](files, "home.html")

const few = 4 // matters in each list of the first page

// home shows the first page; who has a desk with an inbox is sent there.
func (c *Counter) home(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("home.title")
	if b.Staff() && hasInbox(b.Actor) {
		return page.Redirect(w, r, "/inbox")
	}
	v := homePage{Base: b, Greeting: b.T("home.hello"), Doors: []page.Door{
		{Href: "/raise", Icon: "document", Title: b.T("home.door.raise"), Sub: b.T("home.door.raise.sub")},
		{Icon: "clock", Title: b.T("home.door.desk"), Soon: true},
		{Icon: "search", Title: b.T("home.door.ask"), Soon: true},
		{Icon: "people", Title: b.T("home.door.decide"), Soon: true},
	}}
	if !b.Anonymous() && b.Actor.Name != "" {
		v.Greeting = b.T("home.hello.name", b.Actor.Name)
	}
	mine, err := c.Matters.Mine(r.Context(), b.Actor, matters.Filter{Most: few})
	if err != nil {
		return err
	}
	v.Mine, v.MineMore = c.Rows(b, mine.Cards), mine.More
	near, name, err := c.around(r, b)
	if err != nil {
		return err
	}
	v.NearName, v.NearHref = name, "/matters"
	if near.Level != scope.City {
		v.NearHref += "?place=" + near.ID.String()
	}
	p, err := c.Matters.List(r.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Filter{Place: near, Most: few + 2})
	if err != nil {
		return err
	}
	v.Near = c.Rows(b, p.Cards)
	return homed.Show(w, r, v)
}

// around is the part of the town around the reader: their own village, if it is
// known, else the whole.
func (c *Counter) around(r *http.Request, b page.Base) (scope.Scope, string, error) {
	tree := c.Places.Tree()
	if b.Actor.Resident != 0 {
		who, err := c.People.Get(r.Context(), b.Actor.Resident)
		if err != nil {
			return scope.Scope{}, "", err
		}
		if v := who.Place[scope.Village]; v != 0 {
			p, ok := tree.Get(v)
			if ok {
				return scope.Of(p.Path), p.Name.In(b.Lang), nil
			}
		}
	}
	city, _ := tree.City()
	return scope.Scope{}, city.Name.In(b.Lang), nil
}

// hasInbox reports whether matters can be somebody's turn.
func hasInbox(a scope.Actor) bool {
	return a.Has("intake") || a.Has("dispatch") || a.Has("handle") || a.Has("verify")
}

// Rail is the desk's left rail. It asks the database nothing.
func Rail(b page.Base) []page.RailItem {
	var items []page.RailItem
	add := func(show bool, href, key, icon string) {
		if show {
			items = append(items, page.RailItem{Href: href, Text: b.T(key), Icon: icon, Current: current(b.Path, href)})
		}
	}
	box := hasInbox(b.Actor)
	add(box, "/inbox", "home.rail.inbox", "inbox")
	add(box, "/inbox?late=1", "home.rail.late", "clock")
	if u := unitOf(b.Actor); u != 0 {
		add(true, "/matters?open=1&unit="+u.String(), "home.rail.unit", "house")
	}
	add(true, "/matters", "home.rail.all", "search")
	add(b.Actor.Has("raise_for"), "/raise", "home.rail.raise", "plus")
	add(true, "/news", "home.rail.news", "bell")
	add(true, "/account", "home.rail.account", "user")
	return items
}

// unitOf is the unit for which the reader handles matters.
func unitOf(a scope.Actor) id.ID {
	for _, g := range a.Grants {
		for _, n := range g.Needs {
			if n == "handle" {
				return g.Unit
			}
		}
	}
	return 0
}

func current(path, href string) bool {
	if strings.Contains(href, "?") || strings.Contains(path, "?late") {
		return path == href
	}
	before, _, _ := strings.Cut(path, "?")
	return before == href && !strings.Contains(path, "unit=")
}

// textPage is a page of plain words.
type textPage struct {
	page.Base
	Head  page.Head
	Parts []part
}

type part struct{ Title, Text string }

var texted = page.New[textPage](files, "text.html")

func (c *Counter) about(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("home.about.title")
	return texted.Show(w, r, textPage{Base: b, Head: page.Head{Title: b.T("home.about.title"), Lead: b.T("home.about.lead")}, Parts: parts(b,
		"home.about.what", "home.about.what.text",
		"home.about.how", "home.about.how.text",
		"home.about.check", "home.about.check.text",
		"home.about.who", "home.about.who.text",
	)})
}

func (c *Counter) privacy(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("home.privacy.title")
	return texted.Show(w, r, textPage{Base: b, Head: page.Head{Title: b.T("home.privacy.title"), Lead: b.T("home.privacy.lead")}, Parts: parts(b,
		"home.privacy.kept", "home.privacy.kept.text",
		"home.privacy.public", "home.privacy.public.text",
		"home.privacy.looks", "home.privacy.looks.text",
		"home.privacy.end", "home.privacy.end.text",
		"home.privacy.never", "home.privacy.never.text",
		"home.privacy.nophone", "home.privacy.nophone.text",
	)})
}

// parts are paragraphs: the keys of a heading and of its words, in turn.
func parts(b page.Base, keys ...string) []part {
	var ps []part
	for i := 0; i+1 < len(keys); i += 2 {
		ps = append(ps, part{Title: b.T(keys[i]), Text: b.T(keys[i+1])})
	}
	return ps
}
