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
	mux.Handle("GET /trail/board", page.Handler(c.board))
	mux.Handle("GET /trail/checkpoint", page.Handler(c.checkpoint))
	mux.Handle("GET /trail/keys", page.Handler(c.keys))
	mux.Handle("GET /trail/rows", page.Handler(c.rows))
}

type showPage struct {
	page.Base
	Head  page.Head
	Any   bool
	Facts []page.Fact
	Root  string
	Keys  string
	Audit bool // the reader may read every row
	Steps []string
}

var (
	shown   = page.New[showPage](files, "trail.html")
	boarded = page.New[showPage](files, "board.html")
)

func (c *Counter) last(r *http.Request) (p trail.Checkpoint, err error) {
	err = c.DB.Read(r.Context(), func(tx *sqldb.Tx) error {
		p, err = trail.LastCheckpoint(tx)
		return err
	})
	return p, err
}

// page is the newest checkpoint and what it means.
func (c *Counter) page(r *http.Request, key string) (showPage, error) {
	b := page.From(r).Titled(key)
	v := showPage{Base: b, Head: page.Head{Title: b.T(key), Lead: b.T("trail.page.lead")}, Keys: c.Public, Audit: b.Actor.Has("audit")}
	for _, k := range []string{"trail.page.step.keep", "trail.page.step.copy", "trail.page.step.run", "trail.page.step.read"} {
		v.Steps = append(v.Steps, b.T(k))
	}
	p, err := c.last(r)
	switch {
	case errs.KindOf(err) == errs.NotFound: // nothing is sealed yet
	case err != nil:
		return v, err
	default:
		v.Any, v.Root = true, p.Groups()
		v.Facts = []page.Fact{
			{Label: b.T("trail.page.at"), Value: i18n.Exact(b.Lang, p.At)},
			{Label: b.T("trail.page.rows"), Value: page.Number(int(p.Size))},
			{Label: b.T("trail.page.key"), Value: p.Origin + " " + p.KeyID},
		}
	}
	return v, nil
}

// show says what is sealed, what that means, and how anybody can check it.
func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	v, err := c.page(r, "trail.page.title")
	if err != nil {
		return err
	}
	return shown.Show(w, r, v)
}

// board is the newest checkpoint as a sheet for the notice board.
func (c *Counter) board(w http.ResponseWriter, r *http.Request) error {
	v, err := c.page(r, "trail.notice.title")
	if err != nil {
		return err
	}
	v.Look = page.LookPrint
	return boarded.Show(w, r, v)
}

// keys are the public keys with which everybody can check checkpoints.
func (c *Counter) keys(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(c.Public + "\n"))
	return err
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
