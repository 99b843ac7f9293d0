// SPDX-License-Identifier: Apache-2.0

// Package trail is the page on which anybody sees how far what was done is sealed,
// and how to check it.
package trail

import (
	"embed"
	"net/http"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the page.
type Counter struct {
	DB     *sqldb.DB
	Public string // the keys that sign, one a line
}

// Routes adds the page to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /trail", page.Handler(c.show))
	mux.Handle("GET /trail/checkpoint", page.Handler(c.checkpoint))
}

type showPage struct {
	page.Base
	Head  page.Head
	Any   bool
	Facts []page.Fact
	Root  string
	Keys  string
}

var shown = page.New[showPage](files, "trail.html")

func (c *Counter) last(r *http.Request) (p trail.Checkpoint, err error) {
	err = c.DB.Read(r.Context(), func(tx *sqldb.Tx) error {
		p, err = trail.LastCheckpoint(tx)
		return err
	})
	return p, err
}

// show is the newest checkpoint as a sheet that can be printed for the notice
// board.
func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("trail.page.title")
	v := showPage{Base: b, Head: page.Head{Title: b.T("trail.page.title"), Lead: b.T("trail.page.lead")}, Keys: c.Public}
	p, err := c.last(r)
	switch {
	case errs.KindOf(err) == errs.NotFound: // nothing is sealed yet
	case err != nil:
		return err
	default:
		v.Any, v.Root = true, p.Groups()
		v.Facts = []page.Fact{
			{Label: b.T("trail.page.at"), Value: i18n.Exact(b.Lang, p.At)},
			{Label: b.T("trail.page.rows"), Value: page.Number(int(p.Size))},
			{Label: b.T("trail.page.key"), Value: p.KeyID},
		}
	}
	return shown.Show(w, r, v)
}

// checkpoint is the newest checkpoint as it was signed, for programs.
func (c *Counter) checkpoint(w http.ResponseWriter, r *http.Request) error {
	p, err := c.last(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write([]byte(p.Note))
	return err
}
