// SPDX-License-Identifier: Apache-2.0

// Package home is the first page, what is said about the site, and the rail by
// which those at a desk go about.
package home

import (
	"context"
	"embed"
	"net/http"

	"yuanba/internal/domain/field"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/affairs"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the first pages.
type Counter struct {
	Matters *matters.Service
	Places  *places.Service
	Orgs    *orgs.Service
	People  *people.Service
	Field   *field.Service                                     // nil: nobody has a phone in the field
	Rows    func(b page.Base, cards []matters.Card) []page.Row // as the counter of matters shows them
	Tellers []page.Teller                                      // who else has news for a reader
	Asked   func(ctx context.Context, by scope.Actor) int      // how many questions wait for the reader; nil: nobody asks
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
	Head     page.Head
	Doors    []page.Door
	Mine     []page.Row
	MineMore bool
	News     int
	Known    bool // the reader has said who they are
	Near     []page.Row
	NearName string
	NearHref string
	Place    string // address of the page of the place around them
	Village  string // address of the page of the reader's own village; "" if it is not known
}

var homed = page.New[homePage](files, "home.html")

const few = 4 // matters in each list of the first page

// home shows the first page. Who works for the town is sent on: to the inbox if
// something can wait for them there, an administrator to the administration, else to
// the list.
func (c *Counter) home(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("home.title")
	if b.Staff() {
		if hasInbox(b.Actor) {
			return page.Redirect(w, r, "/inbox")
		}
		if b.Actor.Has("administer") {
			return page.Redirect(w, r, "/admin")
		}
		return page.Redirect(w, r, "/matters")
	}
	v := homePage{Base: b, Head: page.Head{Title: b.T("home.hello"), Lead: b.T("home.lead")}, Doors: doors(b), Known: !b.Anonymous()}
	if v.Known { // one's own name, to oneself; elsewhere it stays masked
		own, err := c.People.Own(r.Context(), b.Actor)
		if err != nil {
			return err
		}
		if name := own.Name.Plain(); name != "" {
			v.Head.Title = b.T("home.hello.name", name)
		}
	}
	mine, err := c.Matters.Mine(r.Context(), b.Actor, matters.Filter{Most: few})
	if err != nil {
		return err
	}
	v.Mine, v.MineMore = c.Rows(b, mine.Cards), mine.More
	if v.News, err = c.unread(r.Context(), b.Actor); err != nil {
		return err
	}
	near, err := c.around(r, b.Actor)
	if err != nil {
		return err
	}
	v.NearName, v.NearHref, v.Place = near.Name.In(b.Lang), "/matters", "/places"
	around := scope.Of(near.Path)
	if around.Level != scope.City {
		v.NearHref += "?place=" + around.ID.String()
		v.Place += "/" + around.ID.String()
		v.Village = affairs.At(around.ID)
	} else {
		around = scope.Scope{}
	}
	p, err := c.Matters.List(r.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Filter{Place: around, Most: few + 2})
	if err != nil {
		return err
	}
	v.Near = c.Rows(b, p.Cards)
	return homed.Show(w, r, v)
}

// unread is how many pieces of news the reader has not marked as read.
func (c *Counter) unread(ctx context.Context, by scope.Actor) (int, error) {
	n, err := c.Matters.Unread(ctx, by)
	for _, t := range c.Tellers {
		if err != nil {
			return 0, err
		}
		var more int
		more, err = t.Unread(ctx, by)
		n += more
	}
	return n, err
}

// doors are the four ways in. Some open with later parts of the town, and say
// where to go until then.
func doors(b page.Base) []page.Door {
	return []page.Door{
		{Href: "/raise", Icon: "talk", Title: b.T("door.raise"), Sub: b.T("door.raise.sub")},
		{Href: "/services", Icon: "calendar", Title: b.T("door.book"), Sub: b.T("door.book.sub")},
		{Href: "/questions", Icon: "ask", Title: b.T("door.ask"), Sub: b.T("door.ask.sub")},
		{Icon: "table", Title: b.T("door.decide"), Sub: b.T("door.decide.sub"), Soon: true},
	}
}

// around is the part of the town around the reader: their own village, if it is
// known, else the whole.
func (c *Counter) around(r *http.Request, by scope.Actor) (places.Place, error) {
	tree := c.Places.Tree()
	if by.Resident != 0 {
		who, err := c.People.Get(r.Context(), by.Resident)
		if err != nil {
			return places.Place{}, err
		}
		if p, ok := tree.Get(who.Place[scope.Village]); ok && who.Place[scope.Village] != 0 {
			return p, nil
		}
	}
	city, _ := tree.City()
	return city, nil
}
