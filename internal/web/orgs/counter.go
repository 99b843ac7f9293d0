// SPDX-License-Identifier: Apache-2.0

// Package orgs is the counter of the town's units: who does what, how to reach
// them, what they have in hand, and, for those who work here, who holds which
// post.
package orgs

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages about units.
type Counter struct {
	DB      *sqldb.DB
	Orgs    *orgs.Service
	Places  *places.Service
	Access  *access.Service
	Matters *matters.Service
	Rows    func(b page.Base, cards []matters.Card) []page.Row // as the counter of matters shows them
}

// Routes adds the counter's pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /units", page.Handler(c.list))
	mux.Handle("GET /units/{id}", page.Handler(c.show))
}

// listPage is the register of units: those of the city, those of one town, or
// what somebody looked for.
type listPage struct {
	page.Base
	Head   page.Head
	Filter page.Filter
	Groups []group
	Empty  page.Empty
}

type group struct {
	Title string
	Rows  []page.Row
}

var listed = page.New[listPage](files, "units.html")

const mostFound = 50

func (c *Counter) list(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("unit.page.title")
	q, tree, dir := r.URL.Query(), c.Places.Tree(), c.Orgs.Directory()
	words, place := strings.TrimSpace(q.Get("q")), q.Get("place")
	root, _ := tree.City()
	v := listPage{Base: b, Head: page.Head{Title: b.T("unit.page.title"), Lead: b.T("unit.page.lead")},
		Empty: page.Empty{Icon: "unit", Title: b.T("unit.page.empty"), Text: b.T("unit.page.empty.text"), Action: page.Link{Href: "/units", Text: b.T("unit.page.all")}}}
	var towns []page.Option
	for _, t := range tree.Children(root.ID) {
		towns = append(towns, page.Option{Value: t.ID.String(), Text: t.Name.In(b.Lang)})
	}
	f := form.Of("q", words, "place", place)
	v.Filter = page.Filter{Action: "/units", Search: page.NewField(b.Lang, f, "q", "unit.page.find").Example(b.T("unit.page.find.example")),
		Fields: []page.Field{page.NewField(b.Lang, f, "place", "unit.page.place").Of(towns).Example(b.T("unit.page.city")).Quiet()}}
	var units []orgs.Unit
	switch {
	case words != "":
		units = dir.Find(words, mostFound)
	default:
		at := scope.Scope{}
		if d, err := id.Parse(place); err == nil {
			if p, ok := tree.Get(d); ok {
				at = scope.Of(p.Path)
			}
		}
		for _, u := range dir.Units() {
			whole := u.Path[scope.Town] == 0
			if at.Level == scope.City && whole || at.Level != scope.City && at.Contains(u.Path) {
				units = append(units, u)
			}
		}
	}
	v.Groups = c.groups(b, units)
	return listed.Show(w, r, v)
}

// groups are the units by their kinds.
func (c *Counter) groups(b page.Base, units []orgs.Unit) []group {
	var gs []group
	for _, k := range orgs.Kinds {
		var rows []page.Row
		for _, u := range units {
			if u.Kind == k {
				rows = append(rows, c.row(b, u))
			}
		}
		if rows != nil {
			gs = append(gs, group{b.T("unit.kind." + string(k)), rows})
		}
	}
	return gs
}

func (c *Counter) row(b page.Base, u orgs.Unit) page.Row {
	return page.Row{Href: href(u), Title: u.Name.In(b.Lang), Meta: []string{c.Places.Tree().Words(u.Path, "").In(b.Lang), u.Phone}}
}

func href(u orgs.Unit) string { return "/units/" + u.ID.String() }

// names are the names of accounts.
func (c *Counter) names(ctx context.Context, accounts []id.ID) (names map[id.ID]string, err error) {
	slices.Sort(accounts)
	err = c.DB.Read(ctx, func(tx *sqldb.Tx) error {
		names, err = c.Access.Names(tx, slices.Compact(accounts)...)
		return err
	})
	return names, err
}
