// SPDX-License-Identifier: Apache-2.0

package places

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/atlas"
	"yuanba/internal/web/page"
)

// cityPage is the whole tree at a glance: the towns, what is open in each, and a
// way to find any place.
type cityPage struct {
	page.Base
	Head    page.Head
	Figures []figure
	Map     page.Map
	Below   page.Table
	Filter  page.Filter
	Found   []page.Row
	Words   string
	Empty   page.Empty
}

// figure is a number with a word.
type figure struct{ Number, Word string }

var city = page.New[cityPage](files, "city.html")

const mostFound = 30

func (c *Counter) city(w http.ResponseWriter, r *http.Request) error {
	tree := c.Places.Tree()
	root, ok := tree.City()
	b := page.From(r).Titled("place.page.title")
	v := cityPage{Base: b, Head: page.Head{Title: root.Name.In(b.Lang), Kicker: root.Code, Lead: b.T("place.page.lead")},
		Empty: page.Empty{Icon: "map", Title: b.T("place.page.empty"), Text: b.T("place.page.empty.text")}}
	if !ok {
		v.Head.Title = b.T("place.page.title")
		return city.Show(w, r, v)
	}
	v.Words = strings.TrimSpace(r.URL.Query().Get("q"))
	which, err := c.choose(r)
	if err != nil {
		return err
	}
	v.Filter = c.filterBar(b, "/places", which)
	v.Filter.Search = page.NewField(b.Lang, form.Of("q", v.Words), "q", "place.page.find").Example(b.T("place.page.find.example"))
	if v.Words != "" {
		v.Found = c.found(b, tree, v.Words)
		return city.Show(w, r, v)
	}
	for _, k := range []places.Kind{places.Town, places.Village, places.Grid, places.Courtyard} {
		if n := tree.Len(k); n > 0 {
			v.Figures = append(v.Figures, figure{page.Number(n), b.T(string(k.Word()))})
		}
	}
	now, err := c.openIn(r.Context(), b.Actor, scope.Scope{}, which)
	if err != nil {
		return err
	}
	v.Map, v.Below = c.mapOf(b, tree, root, now), c.table(b, tree, tree.Children(root.ID), now)
	v.Base, v.Map = c.move(v.Base, v.Map, root, which)
	return city.Show(w, r, v)
}

// found are the places for what somebody typed.
func (c *Counter) found(b page.Base, tree *places.Tree, words string) []page.Row {
	var rows []page.Row
	for _, p := range tree.Find(words, mostFound) {
		rows = append(rows, page.Row{Href: href(p), Title: p.Name.In(b.Lang), Number: p.Code, Meta: []string{b.T(string(p.Kind.Word())), tree.Words(p.Path, "").In(b.Lang)}})
	}
	return rows
}

// mapOf draws a place with those below it, shaded by how much there is in each.
func (c *Counter) mapOf(b page.Base, tree *places.Tree, of places.Place, now open) page.Map {
	below, most := tree.Children(of.ID), 0
	for _, p := range below {
		most = max(most, now.of(tree, p))
	}
	scale := atlas.ScaleOf(most)
	m := atlas.Map{Tree: tree, Of: of, Name: b.T("place.page.map"), Large: b.Large}
	for i, p := range below {
		n := now.of(tree, p)
		m.Spots = append(m.Spots, atlas.Spot{Place: p, Number: i + 1, Shade: scale.Of(n), Says: now.says(b, n), Href: now.href(p)})
	}
	if len(below) == 0 { // a grid is shown among its brothers and sisters
		m.Of = up(tree, of)
		for _, p := range tree.Children(m.Of.ID) {
			m.Spots = append(m.Spots, atlas.Spot{Place: p, Href: now.href(p), Here: p.ID == of.ID})
		}
	}
	drawn := m.Draw(b.Lang)
	if len(below) > 0 {
		drawn.Title, drawn.Shades = now.what(b), scale.Legend(most)
	}
	return drawn
}

// table is the list beside the map. It is complete without the map.
func (c *Counter) table(b page.Base, tree *places.Tree, ps []places.Place, now open) page.Table {
	if len(ps) == 0 {
		return page.Table{}
	}
	below := slices.ContainsFunc(ps, func(p places.Place) bool { return len(tree.Children(p.ID)) > 0 })
	t := page.Table{Caption: b.T("place.page.below"), Cols: []page.Col{{Text: b.T("place.page.name")}}}
	if below {
		t.Cols = append(t.Cols, page.Col{Text: b.T("place.page.has"), Num: true})
	}
	t.Cols = append(t.Cols, page.Col{Text: now.what(b), Num: true})
	for i, p := range ps {
		row := []page.Cell{{Text: strconv.Itoa(i+1) + " " + p.Name.In(b.Lang), Href: now.href(p)}}
		if below {
			row = append(row, page.Cell{Text: page.Number(len(tree.Children(p.ID)))})
		}
		t.Rows = append(t.Rows, append(row, page.Cell{Text: now.say(now.of(tree, p))}))
	}
	return t
}

// outlines is the map's layer of one level, as GeoJSON for programs.
func (c *Counter) outlines(w http.ResponseWriter, r *http.Request) error {
	k := places.Town
	if s := r.URL.Query().Get("level"); s != "" {
		k = places.Kind(s)
	}
	if !slices.Contains(places.Kinds[:], k) {
		return errs.New(errs.Invalid, "place.kind.unknown")
	}
	tree := c.Places.Tree()
	tag := `"` + string(k) + "-" + strconv.FormatInt(tree.Version(), 36) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/geo+json")
	_, err := w.Write(tree.GeoJSON(k))
	return err
}
