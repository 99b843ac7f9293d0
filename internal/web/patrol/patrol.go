// SPDX-License-Identifier: Apache-2.0

// Package patrol is the counter of the grids: the duty list and its admission, the two
// rounds of the day as their workers walk them, what was covered and what was missed.
package patrol

import (
	"embed"
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Patrol    *patrol.Service
	Matters   *matters.Service
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Blobs     *blob.Keeper
	MaxUpload int64 // of a form with photos
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /patrol/duties", page.Handler(c.duties))
	mux.Handle("GET /patrol/duties/new", page.Handler(c.newDuty))
	mux.Handle("POST /patrol/duties", page.Handler(c.propose))
	mux.Handle("GET /patrol/duties/{id}", page.Handler(c.duty))
	mux.Handle("POST /patrol/duties/{id}/admit", page.Handler(c.admit))
	mux.Handle("POST /patrol/duties/{id}/admit_until", page.Handler(c.admitUntil))
	mux.Handle("POST /patrol/duties/{id}/refuse", page.Handler(c.refuse))
	mux.Handle("POST /patrol/duties/{id}/withdraw", page.Handler(c.withdraw))
	mux.Handle("POST /patrol/duties/{id}/end", page.Handler(c.end))
	mux.Handle("POST /patrol/duties/{id}/give", page.Handler(c.give))
	mux.Handle("POST /patrol/givings/{id}/back", page.Handler(c.takeBack))
}

// record is the number in the address; missing says what there is none of.
func record(r *http.Request, missing string) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, missing)
	}
	return d, nil
}
