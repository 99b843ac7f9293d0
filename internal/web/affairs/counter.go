// SPDX-License-Identifier: Apache-2.0

// Package affairs is the counter of the villages' pages: the front page with its face,
// open affairs and what of them is late, the ledger, notices, and the desk of those
// who edit them.
package affairs

import (
	"context"
	"embed"
	"net/http"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages of the villages.
type Counter struct {
	Affairs *affairs.Service
	Places  *places.Service
	Orgs    *orgs.Service
	Blobs   *blob.Keeper
	Access  *access.Service
	DB      *sqldb.DB
	Address string        // of this site as others reach it
	WeChat  Signer        // signs pages for WeChat; nil where no public account is set up
	Nonce   func() string // something that is not guessed, for a signature
	// Solved counts what became of the matters of a place in the last year.
	Solved func(ctx context.Context, p places.Place) (Solved, error)
}

// Solved is what became of the matters of a place in a year.
type Solved struct{ Raised, Closed, OnTime, Solved, Rated int }

// Routes adds the counter's pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /v/{code}", page.Handler(c.byCode))
	mux.Handle("GET /affairs", page.Handler(c.villages))
	mux.Handle("GET /affairs/rhythm", page.Handler(c.rhythm))
	mux.Handle("POST /affairs/rhythm", page.Handler(c.revise))
	mux.Handle("GET /affairs/{id}", page.Handler(c.front))
	mux.Handle("GET /affairs/{id}/open", page.Handler(c.open))
	mux.Handle("GET /affairs/{id}/notices", page.Handler(c.notices))
	mux.Handle("GET /affairs/{id}/ledger", page.Handler(c.ledger))
	mux.Handle("GET /affairs/{id}/ledger/print", page.Handler(c.printLedger))
	mux.Handle("POST /affairs/{id}/ledger/reach", page.Handler(c.keepLedger))
	mux.Handle("POST /ledger/{id}/reach", page.Handler(c.keepEntry))
	mux.Handle("GET /affairs/{id}/edit", page.Handler(c.edit))
	mux.Handle("GET /affairs/{id}/face", page.Handler(c.face))
	mux.Handle("POST /affairs/{id}/face", page.AllowBody(maxUpload, page.Handler(c.shape)))
	mux.Handle("GET /affairs/{id}/write", page.Handler(c.write))
	mux.Handle("POST /affairs/{id}/write", page.AllowBody(maxUpload, page.Handler(c.written)))
	mux.Handle("GET /affairs/{id}/book", page.Handler(c.book))
	mux.Handle("POST /affairs/{id}/book", page.AllowBody(maxUpload, page.Handler(c.booked)))
	mux.Handle("GET /notices/{id}", page.Handler(c.notice))
	mux.Handle("GET /notices/{id}/amend", page.Handler(c.amend))
	mux.Handle("POST /notices/{id}/amend", page.AllowBody(maxUpload, page.Handler(c.amended)))
	mux.Handle("GET /notices/{id}/withdraw", page.Handler(c.withdraw))
	mux.Handle("POST /notices/{id}/withdraw", page.Handler(c.withdrawn))
	mux.Handle("POST /notices/{id}/publish", page.Handler(c.publish))
	mux.Handle("POST /notices/{id}/discard", page.Handler(c.discard))
	mux.Handle("POST /notices/{id}/restore", page.Handler(c.restore))
	mux.Handle("GET /ledger/{id}", page.Handler(c.entry))
	mux.Handle("POST /ledger/{id}/counter", page.Handler(c.counter))
	mux.Handle("GET /affairs/{id}/talk", page.Handler(c.talk))
	mux.Handle("POST /affairs/{id}/say", page.Handler(c.say))
	mux.Handle("POST /notices/{id}/say", page.Handler(c.sayNotice))
	mux.Handle("POST /ledger/{id}/say", page.Handler(c.sayEntry))
	mux.Handle("GET /remarks", page.Handler(c.waiting))
	mux.Handle("GET /remarks/{id}", page.Handler(c.remark))
	mux.Handle("POST /remarks/{id}/{act}", page.Handler(c.remarkAct))
	mux.Handle("GET /join", page.Handler(c.joinForm))
	mux.Handle("POST /join", page.Limit(0.2, 40, page.Handler(c.joinByCode))) // codes are guessed slowly
	mux.Handle("POST /affairs/{id}/join", page.Handler(c.join))
	mux.Handle("GET /affairs/{id}/members", page.Handler(c.members))
	mux.Handle("POST /affairs/{id}/codes", page.Handler(c.makeCode))
	mux.Handle("GET /codes/{id}/end", page.Handler(c.endCodeForm))
	mux.Handle("POST /codes/{id}/end", page.Handler(c.endCode))
	mux.Handle("GET /memberships/{id}/refuse", page.Handler(c.refuseForm))
	mux.Handle("POST /memberships/{id}/{act}", page.Handler(c.memberAct))
	mux.Handle("GET /affairs/{id}/box", page.Handler(c.box))
	mux.Handle("POST /affairs/{id}/box", page.Handler(c.send))
	mux.Handle("GET /missives/{id}", page.Handler(c.missive))
	mux.Handle("POST /missives/{id}/{act}", page.Handler(c.missiveAct))
	mux.Handle("GET /affairs/{id}/duty", page.Handler(c.duty))
	mux.Handle("POST /affairs/{id}/duty", page.Handler(c.setDuty))
	mux.Handle("GET /wechat/card", page.Handler(c.card))
	mux.Handle("GET /papers/{name}", page.Handler(c.paper))
}

// maxUpload bounds the body of a form with a file.
const maxUpload = 16 << 20

// At is the address of a place's page.
func At(p id.ID) string { return "/affairs/" + p.String() }

// placeOf is the place of the address, which has a page.
func (c *Counter) placeOf(r *http.Request) (places.Place, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return places.Place{}, errs.New(errs.NotFound, "affairs.none")
	}
	return c.Affairs.PlaceOf(d)
}

// recordOf is the record of the address.
func recordOf(r *http.Request, key string) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, key)
	}
	return d, nil
}

// byCode leads from the address that is printed to the page.
func (c *Counter) byCode(w http.ResponseWriter, r *http.Request) error {
	p, ok := c.Places.Tree().ByCode(r.PathValue("code"))
	if !ok || !affairs.HasPage(p.Kind) {
		return errs.New(errs.NotFound, "affairs.none")
	}
	return page.Redirect(w, r, At(p.ID))
}

// edits reports whether the reader edits the page of a place.
func edits(b page.Base, p places.Place) bool { return affairs.Edits(b.Actor, p.Path, b.Now).OK }

// mayEdit refuses whoever does not.
func mayEdit(b page.Base, p places.Place) error {
	if d := affairs.Edits(b.Actor, p.Path, b.Now); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// sheet is what every page below a village's front page has: whose it is, and the ways
// to the others.
type sheet struct {
	page.Base
	Head page.Head
	Tabs []page.Tab
}

// sheetOf begins a page of a village; at is the tab it stands under.
func (c *Counter) sheetOf(b page.Base, p places.Place, at, title, lead string) sheet {
	name := p.Name.In(b.Lang)
	b.Title = title + " · " + name
	b.Crumbs = []page.Link{{Href: At(p.ID), Text: name}}
	return sheet{Base: b, Tabs: c.tabs(b, p, at), Head: page.Head{Title: title, Lead: lead, Kicker: c.Places.Tree().Words(p.Path, "").In(b.Lang)}}
}

// tabs are the ways through a village's pages.
func (c *Counter) tabs(b page.Base, p places.Place, at string) (ts []page.Tab) {
	add := func(name, href, key string) {
		ts = append(ts, page.Tab{Text: b.T(key), Href: At(p.ID) + href, Count: -1, Current: at == name})
	}
	add("front", "", "village.tab.front")
	if p.Kind == places.Village {
		add("open", "/open", "village.tab.open")
		add("ledger", "/ledger", "village.tab.ledger")
	}
	add("notices", "/notices", "village.tab.notices")
	add("talk", "/talk", "village.tab.talk")
	add("box", "/box", "village.tab.box")
	add("duty", "/duty", "village.tab.duty")
	if edits(b, p) {
		add("edit", "/edit", "village.tab.edit")
	}
	return ts
}

// take takes the file of a form's field into the store; the zero File if there is none.
func (c *Counter) take(r *http.Request, f *form.Form, field string, kinds ...blob.Kind) (affairs.File, error) {
	hs := f.Files(field, 1)
	if len(hs) == 0 {
		return affairs.File{}, nil
	}
	file, err := hs[0].Open()
	if err != nil {
		return affairs.File{}, err
	}
	defer file.Close()
	b, err := c.Blobs.Take(r.Context(), file, blob.Default().Only(kinds...))
	if es := errs.Public(err); len(es) > 0 {
		f.Fault(field, es[0].Key, es[0].Args...)
		return affairs.File{}, nil
	}
	return affairs.File{Hash: string(b.Hash), Type: string(b.Type), Size: b.Size}, err
}

// paper serves a picture, a document or the paper of an entry. What is public has an
// address that lasts, since it is shown in other programs too.
func (c *Counter) paper(w http.ResponseWriter, r *http.Request) error {
	n, err := blob.ParseName(r.PathValue("name"))
	if err != nil {
		return err
	}
	f, err := c.Affairs.ReadFile(r.Context(), page.Actor(r), string(n.Hash()))
	if err != nil {
		return err
	}
	return c.Blobs.Serve(w, r, n, blob.Type(f.Type), blob.Disposition{Name: "yuanba"})
}

// fileOf is a file as pages show it.
func fileOf(b page.Base, f affairs.File) page.File {
	if f.Hash == "" {
		return page.File{}
	}
	h := blob.Hash(f.Hash)
	out := page.File{Href: "/papers/" + string(h.File()), Name: b.T("file." + string(blob.Type(f.Type).Kind()))}
	if blob.Type(f.Type).Kind() == blob.Photo {
		out.Thumb = "/papers/" + string(h.Small())
	}
	return out
}
