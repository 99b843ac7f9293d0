// SPDX-License-Identifier: Apache-2.0

// Package admin is the counter of those who administer the town: its places, its
// units and posts and who holds them, the accounts, the categories of matters and
// the prepared replies.
//
// Every act is one page with one form, made from a [task]: the same page is shown
// again with the faults beside the fields, and says what was done on the page it
// leads to. Who may do it is decided by the domain, place by place; the pages are
// shown to those who administer anything at all.
package admin

import (
	"embed"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	DB        *sqldb.DB
	Places    *places.Service
	Orgs      *orgs.Service
	Access    *access.Service
	Matters   *matters.Service
	Routing   *routing.Service
	Exchange  *exchange.Service
	Webhooks  *webhooks.Service
	DemoKey   string // shown to whoever tries the demonstration; "" in a real town
	Calendars *calendars.Service
	Chats     bool // staff can be written to in WeChat Work or DingTalk
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /admin", guarded(c.landing))
	c.placeRoutes(mux)
	c.unitRoutes(mux)
	c.accountRoutes(mux)
	c.categoryRoutes(mux)
	mux.Handle("GET /admin/routing", guarded(c.learnt))
	c.task(mux, allowPath+"{code}", task{key: "routing.allow.", form: c.allowForm, do: c.setAllowed})
	mux.Handle("GET "+tryPath+"{code}", page.Limit(0.5, 20, page.Long(time.Minute, guarded(c.tried))))
	c.ruleRoutes(mux)
	c.keyRoutes(mux)
	c.calendarRoutes(mux)
	c.connectionRoutes(mux)
	c.webhookRoutes(mux)
}

// guarded lets in who administers any part of the town, and keeps what is shown
// out of caches.
func guarded(h page.Handler) http.Handler {
	return page.Handler(func(w http.ResponseWriter, r *http.Request) error {
		if !page.Actor(r).Has("administer") {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		w.Header().Set("Cache-Control", "no-store")
		return h(w, r)
	})
}

// A task is one thing an administrator does: a page with a form, at GET and POST
// of the same address. Its texts are the messages key + title, lead, points, go
// and done; lead, points and go may be missing.
type task struct {
	key    string // ends with a point
	danger bool   // it cannot be undone
	form   func(s *sheet) error
	do     func(r *http.Request, f *form.Form) (done, error)
}

// done is where somebody goes after a task, and the arguments of what is said.
type done struct {
	to   string
	args []any
	show func(w http.ResponseWriter, r *http.Request) error // instead of going anywhere: what is to be seen once
}

// A sheet is a form under way.
type sheet struct {
	page.Base
	r       *http.Request
	title   string // what it is about: the name of a place, a unit, a person
	back    string
	entries []entry
	hidden  []page.Hidden
	note    string      // to be known before
	table   page.Table  // to be looked at before
	ways    []page.Link // what else can be done
}

// entry is one question, or a heading between questions.
type entry struct {
	Kind  string // text, area, select, radios, boxes, box or heading
	Field page.Field
	Text  string
}

func (s *sheet) field(name, key string) page.Field {
	return page.NewField(s.Lang, s.Form, name, key)
}

func (s *sheet) ask(kind string, d page.Field) {
	s.entries = append(s.entries, entry{Kind: kind, Field: d})
}

func (s *sheet) heading(text string) {
	s.entries = append(s.entries, entry{Kind: "heading", Text: text})
}

// carry takes a value along that is not asked for; what was sent before wins, so
// that a form shown again is still about the same version.
func (s *sheet) carry(name, value string) {
	if s.Form.Sent(name) {
		value = s.Form.Get(name)
	}
	s.hidden = append(s.hidden, page.Hidden{Name: name, Value: value})
}

// formPage is a task's page.
type formPage struct {
	page.Base
	Head    page.Head
	Points  string
	Note    string
	Table   page.Table
	Ways    []page.Link
	Entries []entry
	Hidden  []page.Hidden
	Submit  string
	Upload  bool // a file is asked for
	Danger  bool
	Back    string
	Action  string
}

var formed = page.New[formPage](files, "form.html")

// task adds a task's two routes.
func (c *Counter) task(mux *http.ServeMux, path string, t task) {
	show := func(r *http.Request, f *form.Form) (formPage, error) {
		b := page.From(r).Titled(t.key + "title")
		b.Form = f
		s := &sheet{Base: b, r: r, back: "/admin"}
		if err := t.form(s); err != nil {
			return formPage{}, err
		}
		v := formPage{Base: s.Base, Head: page.Head{Kicker: s.title, Title: b.T(t.key + "title")}, Entries: s.entries, Hidden: s.hidden, Note: s.note, Table: s.table, Ways: s.ways, Submit: b.T(t.key + "title"),
			Danger: t.danger, Back: s.back, Action: r.URL.RequestURI()}
		for _, e := range s.entries {
			v.Upload = v.Upload || e.Kind == "file"
		}
		for to, key := range map[*string]string{&v.Head.Lead: "lead", &v.Points: "points", &v.Submit: "go"} {
			if i18n.Has(t.key + key) {
				*to = b.T(t.key + key)
			}
		}
		return v, nil
	}
	mux.Handle("GET "+path, guarded(func(w http.ResponseWriter, r *http.Request) error {
		v, err := show(r, nil)
		if err != nil {
			return err
		}
		return formed.Show(w, r, v)
	}))
	mux.Handle("POST "+path, guarded(func(w http.ResponseWriter, r *http.Request) error {
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		d, err := t.do(r, f)
		if err == nil {
			err = f.Err()
		}
		if err == nil && d.show != nil {
			return d.show(w, r)
		}
		if err == nil {
			return page.Done(w, r, d.to, t.key+"done", d.args...)
		}
		if k := errs.KindOf(err); k == errs.Denied || k == errs.NotFound {
			return err
		}
		v, serr := show(r, f)
		if serr != nil {
			return serr
		}
		return formed.Fail(w, r, v, err)
	}))
}

// landingPage leads to everything that is administered.
type landingPage struct {
	page.Base
	Head  page.Head
	Notes []page.Note
	Rows  []page.Row
}

var landed = page.New[landingPage](files, "landing.html")

func (c *Counter) landing(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("admin.title")
	v := landingPage{Base: b, Head: page.Head{Title: b.T("admin.title"), Lead: b.T("admin.lead")}}
	for _, at := range []string{"places", "units", "accounts", "categories", "timing", "calendars", "rules", "routing", "templates", "letters", "keys", "connections", "webhooks", "jobs"} {
		v.Rows = append(v.Rows, page.Row{Href: "/admin/" + at, Title: b.T("admin.to." + at), Meta: []string{b.T("admin.about." + at)}})
		if at == "categories" { // of which the replies are answers, which is said where answers are
			v.Rows = append(v.Rows, page.Row{Href: "/answers/replies", Title: b.T("answer.replies"), Meta: []string{b.T("answer.replies.about")}})
		}
	}
	if err := c.stoppedNotes(&v, r); err != nil {
		return err
	}
	return landed.Show(w, r, v)
}

// stoppedNotes say which categories the program sorts no more by itself.
func (c *Counter) stoppedNotes(v *landingPage, r *http.Request) error {
	if c.Routing == nil { // in the gallery
		return nil
	}
	allowed, err := c.Routing.Allowances(r.Context())
	for _, code := range slices.Sorted(maps.Keys(allowed.Stopped)) {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneLate, Text: v.T("routing.stopped.home", c.Matters.Catalogue().Name(v.Lang, code)), Link: page.Link{Href: "/admin/routing", Text: v.T("routing.allow.look")}})
	}
	return err
}

// named is the record that the address names; err says what is not there.
func named(r *http.Request, missing string) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, missing)
	}
	return d, nil
}

// options makes a choice of named things.
func options[T ~string](values []T, text func(T) string) []page.Option {
	var os []page.Option
	for _, v := range values {
		os = append(os, page.Option{Value: string(v), Text: text(v)})
	}
	return os
}

// words reads a name in both languages.
func words(f *form.Form, zh, en string, most int) i18n.Text {
	return i18n.Text{ZH: f.Line(zh, most), EN: f.Line(en, most)}
}

// query is a text that somebody looks for.
func query(r *http.Request) string { return strings.TrimSpace(r.URL.Query().Get("q")) }
