// SPDX-License-Identifier: Apache-2.0

// Package places is the counter of the town's places: the tree with what is open
// where, a map of it, and the page of each place with its history.
package places

import (
	"embed"
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/livemap"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages about places.
type Counter struct {
	Places  *places.Service
	Orgs    *orgs.Service
	Matters *matters.Service
	Maps    *livemap.Maker                                     // nil: maps cannot be moved
	Rows    func(b page.Base, cards []matters.Card) []page.Row // as the counter of matters shows them
	Choices func(b page.Base) (kinds, states []page.Option)    // what its lists can be narrowed to
}

// Routes adds the counter's pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /places", page.Handler(c.city))
	mux.Handle("GET /places/map.json", page.Handler(c.outlines))
	mux.Handle("GET /places/points.json", page.Handler(c.points))
	mux.Handle("GET /places/{id}", page.Handler(c.show))
}

// placeOf is the place that the address names.
func (c *Counter) placeOf(r *http.Request) (places.Place, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err == nil {
		if p, ok := c.Places.Tree().Get(d); ok {
			return p, nil
		}
	}
	return places.Place{}, errs.New(errs.NotFound, "place.none")
}

// crumbs are the way up to a place, the city first.
func (c *Counter) crumbs(b page.Base, p places.Place) []page.Link {
	var up []page.Link
	for _, a := range c.Places.Tree().Ancestors(p.ID) {
		up = append(up, page.Link{Href: href(a), Text: a.Name.In(b.Lang)})
	}
	return up
}

// href is the address of a place's page.
func href(p places.Place) string {
	if p.Kind == places.City {
		return "/places"
	}
	return "/places/" + p.ID.String()
}
