// SPDX-License-Identifier: Apache-2.0

// Package letters is the counter of mail: where somebody wants to be written to,
// the pages behind the links in letters, the fate of letters for those who
// administer the town, and, in a demonstration, the letters themselves.
package letters

import (
	"embed"
	"net/http"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Letters *letters.Service
	Matters *matters.Service
	Tray    *letters.Tray // of a demonstration; nil elsewhere
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	for _, of := range []struct {
		at    string
		owner func(r *http.Request) (whose, error)
	}{{"/mailbox", c.mine}, {"/matters/{number}/mailbox", c.ofSlip}} {
		mux.Handle("GET "+of.at, private(c.mailbox(of.owner)))
		mux.Handle("POST "+of.at, page.Limit(0.2, 40, private(c.give(of.owner))))
		mux.Handle("POST "+of.at+"/again", page.Limit(0.2, 40, private(c.again(of.owner))))
		mux.Handle("POST "+of.at+"/on", private(c.want(of.owner, true)))
		mux.Handle("POST "+of.at+"/off", private(c.want(of.owner, false)))
		mux.Handle("POST "+of.at+"/forget", private(c.forget(of.owner)))
	}
	mux.Handle("GET "+letters.ConfirmPath+"{token}", private(c.askConfirm))
	mux.Handle("POST "+letters.ConfirmPath+"{token}", private(c.confirm))
	mux.Handle("GET "+letters.StopPath+"{token}", private(c.askStop))
	mux.Handle("POST "+letters.StopPath+"{token}", private(c.stop))
	mux.Handle("GET /admin/letters", private(c.fates))
	mux.Handle("POST /admin/letters/{id}/again", private(c.tryAgain))
	if c.Tray != nil {
		mux.Handle("GET "+trayPath, private(c.tray))
	}
}

// private keeps what a page shows out of every cache.
func private(h page.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}
