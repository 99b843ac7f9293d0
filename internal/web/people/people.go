// SPDX-License-Identifier: Apache-2.0

// Package people is the counter of private facts: a resident's own page, with who
// has looked, and the form by which a clerk asks to see what is sealed.
package people

import (
	"context"
	"embed"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	DB      *sqldb.DB
	People  *people.Service
	Access  *access.Service
	Matters *matters.Service
	Places  *places.Service
	Blobs   *blob.Keeper
	Upload  int64 // the most bytes of a form with a picture
	Mail    bool  // letters can be sent
	// Subjects finds whose facts a record that is no matter leads to, by its number, for
	// those at work on it: under the beginning of its address, such as "visits".
	Subjects map[string]func(ctx context.Context, by scope.Actor, number string) (people.Subject, error)

	Random  io.Reader                                 // where codes come from
	Named   func(account id.ID) string                // the name of who has an account
	Workers func(in scope.Path, at time.Time) []id.ID // the accounts of those who walk a place
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /me", private(c.me))
	mux.Handle("GET /me/data.json", private(c.export))
	mux.Handle("GET /me/settings", private(c.settings))
	mux.Handle("POST /me/settings", private(c.keepSettings))
	mux.Handle("GET /me/disown", private(c.confirm("mydata.disown", "/me/disown", "mydata.disown.matters", "mydata.disown.again")))
	mux.Handle("POST /me/disown", private(c.disown))
	mux.Handle("GET /me/forget", private(c.confirm("mydata.forget", "/me/forget", "mydata.forget.matters", "mydata.forget.again")))
	mux.Handle("POST /me/forget", private(c.forget))
	mux.Handle("GET /matters/{number}/reveal", private(c.ask))
	mux.Handle("POST /matters/{number}/reveal", private(c.reveal))
	for of := range c.Subjects {
		mux.Handle("GET /"+of+"/{number}/reveal", private(c.ask))
		mux.Handle("POST /"+of+"/{number}/reveal", private(c.reveal))
	}
	c.deskRoutes(mux)
	c.proxyRoutes(mux)
}

// private keeps what a page shows out of every cache.
func private(h page.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

// mePage is what is known about the reader, and who has looked at it.
type mePage struct {
	page.Base
	Head  page.Head
	Facts []page.Fact
	Looks page.Timeline
	Open  bool // the facts are shown in the open
	Slips bool // of somebody without an account
	Mail  bool // letters are offered
}

var mine = page.New[mePage](files, "me.html")

// looksShown bounds the looks on the page; the export has all.
const looksShown = 200

func (c *Counter) me(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("mydata.title")
	switch {
	case b.Staff():
		return page.Redirect(w, r, "/account")
	case b.Anonymous() && len(b.Actor.Slips) > 0:
		v := mePage{Base: b, Head: page.Head{Title: b.T("mydata.title"), Lead: b.T("mydata.slips")}, Looks: page.Timeline{Now: b.Now}, Slips: true}
		var err error
		if v.Looks.Events, err = c.slipLooks(r, b); err != nil {
			return err
		}
		return mine.Show(w, r, v)
	case b.Anonymous():
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	who, err := c.People.Get(r.Context(), b.Actor.Resident)
	if err != nil {
		return err
	}
	own, err := c.People.Own(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	looks, err := c.People.Looks(r.Context(), b.Actor, looksShown)
	if err != nil {
		return err
	}
	v := mePage{Base: b, Head: page.Head{Title: b.T("mydata.title"), Lead: b.T("mydata.lead")}, Mail: c.Mail, Open: r.URL.Query().Get("show") != ""}
	for _, f := range []struct {
		key  string
		text seal.Text
	}{{"people.field.name", own.Name.Text}, {"people.field.phone", own.Phone.Text}, {"people.field.id_number", own.IDNumber.Text}, {"people.field.address", own.Address.Text}} {
		fact := page.Fact{Label: b.T(f.key), Value: f.text.String(), Private: !v.Open}
		if v.Open {
			fact.Value = f.text.Plain()
		}
		if f.text.Empty() {
			fact.Value, fact.Private = b.T("mydata.none"), false
		}
		v.Facts = append(v.Facts, fact)
	}
	v.Facts = append(v.Facts, page.Fact{Label: b.T("mydata.place"), Value: c.Places.Tree().Words(who.Place, "").In(b.Lang)})
	v.Looks = page.Timeline{Now: b.Now}
	for _, l := range looks {
		v.Looks.Events = append(v.Looks.Events, looked(b, l, l.About))
	}
	return mine.Show(w, r, v)
}

// looked is a look as the person concerned reads it.
func looked(b page.Base, l people.Look, about string) page.Event {
	fields := make([]string, len(l.Fields))
	for i, f := range l.Fields {
		fields[i] = b.T(f.Key())
	}
	what := b.T("mydata.looked", strings.Join(fields, "、"), b.T(l.Purpose.Key()))
	if about != "" {
		what += " · " + about
	}
	return page.Event{At: l.At, Who: b.T("mydata.who", l.Actor, l.Post), What: what, Note: l.Why.Plain(), Icon: "eye"}
}

// export is all that is known about the reader, to take home.
func (c *Counter) export(w http.ResponseWriter, r *http.Request) error {
	known, err := c.People.Export(r.Context(), page.Actor(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="yuanba-my-data.json"`)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(known)
}

// revealPage asks why private facts are to be seen, and shows them once.
type revealPage struct {
	page.Base
	Head    page.Head
	Record  string // address of the record that it is about
	Purpose page.Field
	Fields  page.Field
	Why     page.Field
	Shown   []page.Fact // what was asked for
}

var revealed = page.New[revealPage](files, "reveal.html")

// subject is whose facts a matter leads to: its resident, else its contact.
func (c *Counter) subject(r *http.Request) (people.Subject, error) {
	kind, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if find := c.Subjects[kind]; find != nil {
		return find(r.Context(), page.Actor(r), r.PathValue("number"))
	}
	whole, err := c.Matters.Get(r.Context(), page.Actor(r), r.PathValue("number"))
	switch {
	case err != nil:
		return people.Subject{}, err
	case whole.View != matters.Inside:
		return people.Subject{}, errs.New(errs.NotFound, "matter.none")
	case whole.Matter.Resident != 0:
		return people.OfResident(whole.Matter.Resident), nil
	case whole.Matter.Contact != 0:
		return people.OfContact(whole.Matter.Contact), nil
	}
	return people.Subject{}, errs.New(errs.NotFound, "reveal.nobody")
}

func (c *Counter) revealPage(r *http.Request, f *form.Form) revealPage {
	b := page.From(r).Titled("reveal.title")
	b.Form = f
	number := r.PathValue("number")
	v := revealPage{Base: b, Record: strings.TrimSuffix(r.URL.Path, "/reveal"), Head: page.Head{Kicker: number, Title: b.T("reveal.title"), Lead: b.T("reveal.lead")}}
	var purposes, fields []page.Option
	for _, p := range people.AllPurposes {
		purposes = append(purposes, page.Option{Value: string(p), Text: b.T(p.Key())})
	}
	for _, x := range people.Fields {
		fields = append(fields, page.Option{Value: string(x), Text: b.T(x.Key())})
	}
	v.Purpose = page.NewField(b.Lang, f, "purpose", "reveal.purpose").Of(purposes).Need()
	v.Fields = page.NewField(b.Lang, f, "fields", "reveal.fields").Of(fields).Need()
	v.Why = page.NewField(b.Lang, f, "why", "reveal.why").Max(200).Rows(3).Need()
	return v
}

func (c *Counter) ask(w http.ResponseWriter, r *http.Request) error {
	if _, err := c.subject(r); err != nil {
		return err
	}
	if !page.Actor(r).Has("reveal") {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	return revealed.Show(w, r, c.revealPage(r, nil))
}

// reveal shows private facts once; the look stands in the trail and on the page
// of the person concerned.
func (c *Counter) reveal(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	of, err := c.subject(r)
	if err != nil {
		return err
	}
	q := people.Request{Of: of, Purpose: people.Purpose(f.Line("purpose", 40)), About: r.PathValue("number"), Why: f.Text("why", 400)}
	for _, x := range f.All("fields") {
		q.Fields = append(q.Fields, people.Field(x))
	}
	v := c.revealPage(r, f)
	if err := f.Err(); err != nil {
		return revealed.Fail(w, r, v, err)
	}
	shown, err := c.People.Reveal(r.Context(), v.Actor, q)
	if errs.KindOf(err) == errs.Invalid {
		return revealed.Fail(w, r, v, err)
	}
	if err != nil {
		return err
	}
	for _, x := range q.Fields {
		text := map[people.Field]seal.Text{people.FieldName: shown.Name.Text, people.FieldPhone: shown.Phone.Text, people.FieldIDNumber: shown.IDNumber.Text, people.FieldAddress: shown.Address.Text}[x]
		value := v.T("mydata.none")
		if !text.Empty() {
			value = text.Plain()
		}
		v.Shown = append(v.Shown, page.Fact{Label: v.T(x.Key()), Value: value})
	}
	return revealed.Show(w, r, v)
}

// The texts of the confirmations, named whole for those who look for them.
var _ = []string{"mydata.disown.text", "mydata.forget.text"}
