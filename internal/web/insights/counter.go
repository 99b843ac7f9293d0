// SPDX-License-Identifier: Apache-2.0

// Package insights has the pages of the town's numbers, /insights, and the command
// room, /room, with its layout for a wall.
package insights

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sheet"
	"yuanba/internal/web/livemap"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

//go:embed *.html
var files embed.FS

//go:embed live.js
var liveJS []byte

var liveScript = static.Add("live.js", liveJS)

// A Counter serves the pages of the numbers.
type Counter struct {
	Insights *insights.Service
	Live     *insights.Live
	Matters  *matters.Service
	Places   *places.Service
	Orgs     *orgs.Service
	Rows     func(b page.Base, cards []matters.Card) []page.Row // as the counter of matters shows them

	// Hottest are hot issues, as their own counter shows them to the reader of b.
	Maps *livemap.Maker // nil: maps cannot be moved

	Hottest func(ctx context.Context, b page.Base, in scope.Scope, most int) ([]page.Row, error)
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /room", page.Handler(c.desk))
	mux.Handle("GET /room/wall", page.Handler(c.wall))
	mux.Handle("GET /room/points", page.Handler(c.points))
	mux.Handle("GET /room/here", page.Handler(c.here))
	mux.Handle("GET /room/events", page.Handler(c.events))
	mux.Handle("GET /insights", page.Handler(c.numbers))
	mux.Handle("GET /insights/numbers.csv", c.export(sheet.CSV))
	mux.Handle("GET /insights/numbers.xlsx", c.export(sheet.XLSX))
	mux.Handle("GET /insights/rates/{code}", page.Handler(c.rate))
	mux.Handle("GET /insights/cases", page.Handler(c.cases))
	mux.Handle("GET /insights/formulas", page.Handler(c.formulas))
	mux.Handle("POST /insights/formulas", page.Handler(c.revise))
}

// nameOf is the name of a key of a face.
func (c *Counter) nameOf(lang i18n.Lang, face insights.Face, key string) string {
	switch face {
	case insights.ByUnit:
		return c.unit(lang, idOf(key))
	case insights.ByPlace:
		if p, ok := c.Places.Tree().Get(idOf(key)); ok {
			return p.Name.In(lang)
		}
	case insights.ByCategory:
		return c.Matters.Catalogue().Name(lang, key)
	case insights.All:
		city, _ := c.Places.Tree().City()
		return city.Name.In(lang)
	}
	return i18n.T(lang, "insights.gone")
}

func (c *Counter) unit(lang i18n.Lang, u id.ID) string {
	if x, ok := c.Orgs.Directory().Unit(u); ok {
		return x.Name.In(lang)
	}
	return i18n.T(lang, "insights.gone")
}

// idOf is the place or unit of a key, 0 if it is none.
func idOf(key string) id.ID {
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return 0
	}
	return id.ID(n)
}
