// SPDX-License-Identifier: Apache-2.0

package home

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/affairs"
	"yuanba/internal/web/page"
)

// railFor bounds how long a page waits for the counts of its rail.
const railFor = 2 * time.Second

// hasInbox reports whether matters can be somebody's turn.
func hasInbox(a scope.Actor) bool {
	return a.Has("intake") || a.Has("dispatch") || a.Has("command") || a.Has("handle") || a.Has("verify")
}

// Rail is the desk's left rail, of what the reader's posts are for. It costs the
// read of the inbox's counts, for those with an inbox, and that of their unread
// news; if they cannot be had there are none.
func (c *Counter) Rail(b page.Base) []page.RailItem {
	var items []page.RailItem
	add := func(show bool, href, key, icon string, count int) {
		if show {
			items = append(items, page.RailItem{Href: href, Text: b.T(key), Icon: icon, Count: count})
		}
	}
	a, box := b.Actor, hasInbox(b.Actor)
	var n matters.Counts
	ctx, cancel := context.WithTimeout(context.Background(), railFor)
	defer cancel()
	news, err := c.unread(ctx, a)
	if err != nil {
		news = 0
	}
	if box {
		if in, err := c.Matters.Inbox(ctx, a, matters.Filter{Most: 1}, nil); err == nil {
			n = in.Counts
		}
	}
	add(box, "/inbox", "home.rail.inbox", "inbox", n.Turn)
	add(box, "/inbox?due=late", "home.rail.late", "clock", n.Late)
	add(n.NoRule > 0, "/inbox?rule=none", "home.rail.no_rule", "ask", n.NoRule)
	add(n.Whistles+n.Assists > 0, "/inbox#calls", "home.rail.calls", "whistle", n.Whistles+n.Assists)
	u := unitOf(a)
	add(u != 0, "/matters?open=1&unit="+u.String(), "home.rail.unit", "unit", 0)
	add(a.Has("command") || a.Has("audit") || a.Has("export") && a.Has("see"), "/room", "home.rail.room", "flag", 0)
	add(true, "/insights", "home.rail.insights", "chart", 0)
	add(true, "/matters", "home.rail.all", "document", 0)
	add(a.Has("raise_for"), "/raise", "home.rail.raise", "plus", 0)
	add(true, "/patrol", "home.rail.patrol", "eye", 0)
	add(a.Has("raise_for"), "/field", "home.rail.field", "phone", 0)
	differs := 0
	if c.Field != nil {
		if differs, err = c.Field.Waiting(ctx, a, 99); err != nil {
			differs = 0
		}
	}
	add(differs > 0, "/field/conflicts", "home.rail.conflicts", "split", differs)
	add(a.Has("desk"), "/desk", "home.rail.desk", "people", 0)
	waiting := 0
	if c.Asked != nil {
		waiting = c.Asked(ctx, a)
	}
	add(a.Has("handle") || a.Has("intake") || a.Has("dispatch") || a.Has("desk"), "/questions/turn", "home.rail.questions", "ask", waiting)
	add(a.Has("desk"), "/counters", "home.rail.counters", "calendar", 0)
	add(a.Has("visit"), "/visits", "home.rail.visits", "elder", 0)
	add(true, "/services", "home.rail.services", "hand", 0)
	add(true, "/hot", "home.rail.hot", "fire", 0)
	add(true, volunteersOf(a), "home.rail.volunteers", "hand", 0)
	if v := villageOf(a); v != 0 {
		add(true, affairs.At(v)+"/edit", "home.rail.village", "edit", 0)
	}
	add(true, "/affairs", "home.rail.affairs", "document", 0)
	add(true, "/places", "home.rail.places", "map", 0)
	add(true, "/units", "home.rail.units", "house", 0)
	add(true, "/news", "home.rail.news", "bell", news)
	add(a.Has("administer"), "/admin", "home.rail.admin", "gear", 0)
	add(a.Has("audit"), "/admin/rules", "home.rail.rules", "arrow", 0)
	at := current(b.Path, items)
	for i := range items {
		items[i].Current = i == at
		items[i].Late = items[i].Href == "/inbox?due=late"
	}
	return items
}

// current is the item under which the page at path is: that of the longest
// address that leads there; -1 if none does.
func current(path string, items []page.RailItem) int {
	at, most := -1, 0
	bare, _, _ := strings.Cut(path, "?")
	for i, x := range items {
		under := path == x.Href || bare == x.Href || strings.HasPrefix(bare, x.Href+"/")
		if under && len(x.Href) > most {
			at, most = i, len(x.Href)
		}
	}
	return at
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

// villageOf is the village whose page the reader edits; 0 if they edit none.
func villageOf(a scope.Actor) id.ID {
	for _, g := range a.Grants {
		if slices.Contains(g.Needs, "publish") && g.In.Level == scope.Village {
			return g.In.ID
		}
	}
	return 0
}

// Where names the place where the reader is at home, for the head of every page:
// where a resident lives, or what a clerk's unit serves. It is "" if that is the
// whole town or not known.
func (c *Counter) Where(r *http.Request, by scope.Actor) string {
	var at scope.Path
	switch by.Kind {
	case scope.Resident:
		who, err := c.People.Get(r.Context(), by.Resident)
		if err != nil {
			return ""
		}
		at = who.Place
	case scope.Staff:
		u, ok := c.Orgs.Directory().Unit(by.Unit)
		if !ok {
			return ""
		}
		at = u.Path
	case scope.Anonymous, scope.Outside, scope.Machine, scope.System:
		return ""
	}
	if _, level := at.Last(); level == scope.City {
		return ""
	}
	tree, lang := c.Places.Tree(), page.From(r).Lang
	var words []string
	for _, d := range at[scope.Town : scope.Village+1] {
		if p, ok := tree.Get(d); ok {
			words = append(words, p.Name.In(lang))
		}
	}
	return strings.Join(words, " · ")
}

// volunteersOf is the page of volunteers that is the reader's: what waits for who leads,
// the shop of who offers something, what everybody sees.
func volunteersOf(a scope.Actor) string {
	switch {
	case a.Has("offer"):
		return "/volunteers/shop"
	case a.Has("organise"):
		return "/volunteers/work"
	}
	return "/volunteers"
}
