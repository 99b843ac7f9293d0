// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

func (c *Counter) placeRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/places", guarded(c.places))
	mux.Handle("GET /admin/places/{id}", guarded(c.place))
	at := "/admin/places/{id}/"
	c.task(mux, at+"add", task{key: "admin.place.add.", form: c.addPlaceForm, do: c.addPlace})
	c.task(mux, at+"rename", task{key: "admin.place.rename.", form: c.renamePlaceForm, do: c.renamePlace})
	c.task(mux, at+"recode", task{key: "admin.place.recode.", form: c.recodePlaceForm, do: c.recodePlace})
	c.task(mux, at+"reclassify", task{key: "admin.place.reclassify.", form: c.reclassifyPlaceForm, do: c.reclassifyPlace})
	c.task(mux, at+"mark", task{key: "admin.place.mark.", form: c.markPlaceForm, do: c.markPlace})
	c.task(mux, at+"merge", task{key: "admin.place.merge.", danger: true, form: c.mergePlaceForm, do: c.mergePlace})
	c.task(mux, at+"split", task{key: "admin.place.split.", danger: true, form: c.splitPlaceForm, do: c.splitPlace})
	c.task(mux, at+"close", task{key: "admin.place.close.", danger: true, form: c.closePlaceForm, do: c.closePlace})
}

const mostFound = 50

// places is the tree from the top, or what somebody looked for.
func (c *Counter) places(w http.ResponseWriter, r *http.Request) error {
	b, tree, q := page.From(r).Titled("admin.to.places"), c.Places.Tree(), query(r)
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.places"), Lead: b.T("admin.about.places")},
		Filter: page.Filter{Action: "/admin/places", Search: page.NewField(b.Lang, form.Of("q", q), "q", "place.page.find").Example(b.T("place.page.find.example"))}}
	root, ok := tree.City()
	switch {
	case q != "":
		v.Groups = []group{{Rows: placeRows(b, tree, tree.Find(q, mostFound))}}
		if len(v.Groups[0].Rows) == 0 {
			v.Groups, v.Empty = nil, page.Empty{Icon: "search", Title: b.T("place.page.empty"), Text: b.T("place.page.empty.text")}
		}
	case ok:
		v.Groups = []group{{Rows: placeRows(b, tree, append([]places.Place{root}, tree.Children(root.ID)...))}}
	default:
		v.Empty = page.Empty{Icon: "map", Title: b.T("admin.place.none"), Text: b.T("admin.place.none.text")}
	}
	return recorded.Show(w, r, v)
}

func placeRows(b page.Base, tree *places.Tree, ps []places.Place) []page.Row {
	var rows []page.Row
	for _, p := range ps {
		above, _ := tree.Get(p.Parent)
		r := page.Row{Href: adminPlace(p), Title: p.Name.In(b.Lang), Number: p.Code, Meta: []string{b.T(string(p.Kind.Word())), tree.Words(above.Path, "").In(b.Lang)}}
		if n := len(tree.Children(p.ID)); n > 0 {
			r.Tags = []string{b.T("admin.place.has", n)}
		}
		rows = append(rows, r)
	}
	return rows
}

func adminPlace(p places.Place) string { return "/admin/places/" + p.ID.String() }

// placeAt is the place that the address names.
func (c *Counter) placeAt(r *http.Request) (places.Place, error) {
	d, err := named(r, "place.none")
	if err != nil {
		return places.Place{}, err
	}
	p, ok := c.Places.Tree().Get(d)
	if !ok {
		return p, errs.New(errs.NotFound, "place.none")
	}
	return p, nil
}

func (c *Counter) place(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeAt(r)
	if err != nil {
		return err
	}
	b, tree := page.From(r), c.Places.Tree()
	b.Title = p.Name.In(b.Lang)
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/places", Text: b.T("admin.to.places")}}
	for _, a := range tree.Ancestors(p.ID) {
		b.Crumbs = append(b.Crumbs, page.Link{Href: adminPlace(a), Text: a.Name.In(b.Lang)})
	}
	v := recordPage{Base: b, Head: page.Head{Kicker: b.T(string(p.Kind.Word())), Title: b.Title, Action: page.Link{Href: "/places/" + p.ID.String(), Text: b.T("admin.public"), Icon: "eye"}}}
	v.fact("admin.field.name_en", p.Name.EN)
	v.fact("admin.field.code", p.Code)
	if p.Scheme != places.NoScheme {
		v.fact("admin.field.scheme", b.T(string(p.Scheme.Word())))
	}
	if p.Community != "" {
		v.fact("admin.field.community", b.T(string(p.Community.Word())))
	}
	if p.Accuracy != places.Unknown {
		v.fact("admin.place.point", strconv.FormatFloat(p.Point.Lat(), 'f', 5, 64)+", "+strconv.FormatFloat(p.Point.Lon(), 'f', 5, 64)+" · "+b.T(string(p.Accuracy.Word())))
	}
	v.fact("admin.place.since", string(p.Since))
	v.fact("admin.place.to", string(p.To))
	if !p.Open() {
		v.Notes = []page.Note{{Tone: page.ToneSoon, Text: b.T("admin.place.closed", string(p.To))}}
		return recorded.Show(w, r, v)
	}
	c.placeWays(&v, p)
	if rows := placeRows(b, tree, tree.Children(p.ID)); rows != nil {
		v.Groups = []group{{Title: b.T("place.page.below"), Rows: rows}}
	} else {
		v.Empty = page.Empty{Icon: "map", Title: b.T("admin.place.nothing"), Text: b.T("admin.place.nothing.text")}
	}
	return recorded.Show(w, r, v)
}

// placeWays are what can be done to a place of its kind.
func (c *Counter) placeWays(v *recordPage, p places.Place) {
	at := adminPlace(p) + "/"
	if len(below(p.Kind)) > 0 {
		v.way(at+"add", "admin.place.add.title", "plus")
	}
	v.way(at+"rename", "admin.place.rename.title", "edit")
	v.way(at+"recode", "admin.place.recode.title", "edit")
	if p.Kind == places.Village {
		v.way(at+"reclassify", "admin.place.reclassify.title", "edit")
	}
	v.way(at+"mark", "admin.place.mark.title", "pin")
	if p.Kind != places.City {
		v.way(at+"merge", "admin.place.merge.title", "join")
		v.way(at+"split", "admin.place.split.title", "split")
		v.way(at+"close", "admin.place.close.title", "x")
	}
}

// below are the kinds that may lie directly in a place of this kind.
func below(k places.Kind) []places.Kind {
	switch k {
	case places.City:
		return []places.Kind{places.Town}
	case places.Town:
		return []places.Kind{places.Village}
	case places.Village:
		return []places.Kind{places.Grid, places.Courtyard}
	case places.Grid:
		return []places.Kind{places.Courtyard}
	case places.Courtyard:
	}
	return nil
}
