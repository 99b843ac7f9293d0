// SPDX-License-Identifier: Apache-2.0

// Package matters is the counter at which matters are raised, followed and
// worked on: the pages of package domain/matters.
package matters

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"time"

	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sheet"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages about matters.
type Counter struct {
	Matters   *matters.Service
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Calendars *calendars.Service
	Routing   *routing.Service // what is suggested to those who classify and dispatch
	Blobs     *blob.Keeper
	Slips     *Slips
	Address   string                          // of this site as others reach it, for QR codes and links
	Raising   func(http.Handler) http.Handler // the limit of raisings by address; nil for none
	Asking    func(http.Handler) http.Handler // the limit of tries of query codes
	Mail      bool                            // letters can be sent
	Tellers   []page.Teller                   // who else has news for a reader
	// ForWhom are those for whom the reader may raise; nil: nobody.
	ForWhom func(r *http.Request, b page.Base, what people.ProxyScope, chosen string) ([]page.Option, error)
	// Beside are what else is the reader's own, for their page; each may have nothing.
	Beside []func(r *http.Request, b page.Base) ([]page.Section, error)
	// Also is what else number and code of a slip may open, and its page; nil: nothing.
	Also func(ctx context.Context, number, code string) (d id.ID, href string, err error)
	// MaxUpload is the most bytes of a form with files; 0: 64 MiB.
	MaxUpload int64
	Log       *slog.Logger

	guesses *page.Limiter // tries of the code of one number, from wherever they come
}

// Routes adds the counter's pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	if c.MaxUpload == 0 {
		c.MaxUpload = maxUpload
	}
	get := func(path string, h page.Handler) { mux.Handle("GET "+path, h) }
	post := func(path string, h page.Handler) { mux.Handle("POST "+path, h) }
	upload := func(path string, h page.Handler) {
		mux.Handle("POST "+path, page.Long(2*time.Minute, page.AllowBody(c.MaxUpload, h)))
	}
	limited := func(limit func(http.Handler) http.Handler, h http.Handler) http.Handler {
		if limit == nil {
			return h
		}
		return limit(h)
	}

	c.guesses = page.NewLimiter(1.0/180, 20, 100_000)

	// residents
	get("/raise", c.raise)
	mux.Handle("POST /raise", limited(c.Raising, page.Long(2*time.Minute, page.AllowBody(c.MaxUpload, page.Handler(c.raising)))))
	get("/raise/done", c.slip)
	get("/query", c.query)
	mux.Handle("POST /query", limited(c.Asking, page.Handler(c.ask)))
	get("/mine", c.mine)
	get("/news", c.news)
	post("/news/read", c.readNews)
	post("/follow", c.follow)
	post("/unfollow", c.unfollow)

	// everybody
	get("/matters", c.list)
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		mux.Handle("GET /matters."+string(f), page.Limit(0.5, 20, page.Long(time.Minute, c.export(f))))
	}
	get("/matters/{number}", c.show)
	get("/matters/{number}/slip", c.printSlip)
	get("/matters/{number}/clock", c.clock)
	get("/files/{name}/{token}", c.file)
	get("/answer/{secret}", c.invited)
	upload("/answer/{secret}", c.reply)

	// desks
	get("/inbox", c.inbox)
	get(sortedList, c.sorted)
	post("/inbox", c.bulk)
	post("/views", c.saveView)
	post("/views/{id}/delete", c.deleteView)
	for act := range acts {
		get("/matters/{number}/"+string(act), c.form(act))
		h := c.do(act)
		if act == matters.Invite {
			h = c.invite
		}
		mux.Handle("POST /matters/{number}/"+string(act), page.Long(2*time.Minute, page.AllowBody(c.MaxUpload, h)))
	}
}

// unit is a unit's name, or "" if there is none.
func (c *Counter) unit(lang i18n.Lang, u id.ID) string {
	if u == 0 {
		return ""
	}
	if x, ok := c.Orgs.Directory().Unit(u); ok {
		return x.Name.In(lang)
	}
	return ""
}
