// SPDX-License-Identifier: Apache-2.0

// Package feeds serves what everybody may read as Atom feeds (RFC 4287): the
// matters of a place, those of a category, and the story of one matter; and, at a
// secret address, what concerns one person: their news as an Atom feed, and what
// they owe until when as a calendar (RFC 5545).
//
// A feed is read by a program that has not signed in, and is kept where nobody
// knows who reads it. So it shows what a stranger sees, whoever asks: never a
// private or hidden matter, an internal line or a name. At a secret address only
// the number is added of what is not public, as in a letter.
package feeds

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// A Counter serves the feeds.
type Counter struct {
	Matters *matters.Service
	Places  *places.Service
	Orgs    *orgs.Service
	Access  *access.Service
	Letters *letters.Service
	Affairs *affairs.Service
	Agenda  func(ctx context.Context, b page.Base, by scope.Actor) ([]Event, error) // what times somebody has taken; nil: none
	Address string                                                                  // of this site as others reach it, without a slash at its end
}

// Routes adds the feeds to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /feeds/places/{file}", page.Handler(c.place))
	mux.Handle("GET /feeds/villages/{file}", page.Handler(c.village))
	mux.Handle("GET /feeds/categories/{file}", page.Handler(c.category))
	mux.Handle("GET /feeds/matters/{file}", page.Handler(c.matter))
	mux.Handle("GET /feeds/mine/{token}/{file}", page.Limit(1, 60, page.Handler(c.mine)))
}

// Place is the address of a place's feed.
func Place(p id.ID) string { return "/feeds/places/" + p.String() + ending }

// Category is the address of a category's feed.
func Category(code string) string { return "/feeds/categories/" + code + ending }

// Matter is the address of a matter's feed.
func Matter(number string) string { return "/feeds/matters/" + number + ending }

const ending = ".atom"

// most is how many entries a feed has.
const most = 40

// stranger is who reads a feed.
var stranger = scope.Actor{Kind: scope.Anonymous}

// name is what the address says is asked for.
func name(r *http.Request) (string, error) {
	s, ok := strings.CutSuffix(r.PathValue("file"), ending)
	if !ok {
		return "", errs.New(errs.NotFound, "feeds.none")
	}
	return s, nil
}

func (c *Counter) place(w http.ResponseWriter, r *http.Request) error {
	s, err := name(r)
	if err != nil {
		return err
	}
	d, err := id.Parse(s)
	if err != nil {
		return errs.New(errs.NotFound, "feeds.none")
	}
	p, ok := c.Places.Tree().Get(d)
	if !ok {
		return errs.New(errs.NotFound, "feeds.none")
	}
	lang := page.From(r).Lang
	called := c.Places.Tree().Words(p.Path, "").In(lang)
	if called == "" {
		called = p.Name.In(lang)
	}
	return c.list(w, r, "place/"+d.String(), called, "/matters?place="+d.String(), matters.Filter{Place: scope.Of(p.Path), Most: most})
}

func (c *Counter) category(w http.ResponseWriter, r *http.Request) error {
	code, err := name(r)
	if err != nil {
		return err
	}
	if _, ok := c.Matters.Catalogue().Get(code); !ok {
		return errs.New(errs.NotFound, "feeds.none")
	}
	called := c.Matters.Catalogue().Name(page.From(r).Lang, code)
	return c.list(w, r, "category/"+code, called, "/matters?category="+code, matters.Filter{Category: code, Most: most})
}

// list answers with the newest public matters that a filter leaves.
func (c *Counter) list(w http.ResponseWriter, r *http.Request, key, called, alternate string, f matters.Filter) error {
	b := page.From(r)
	p, err := c.Matters.List(r.Context(), stranger, f)
	if err != nil {
		return err
	}
	v := c.feed(b, key, b.T("feeds.of", called), alternate)
	for _, k := range p.Cards {
		if !k.VisibleToAll() {
			continue
		}
		e := entry{
			ID: c.urn("matter/" + k.ID.String()), Title: k.Title, Updated: stamp(later(k.RaisedAt, k.MovedAt)), Published: stamp(k.RaisedAt),
			Links: []link{{Rel: "alternate", Type: "text/html", Href: c.Address + "/matters/" + k.Number}},
			Text:  text{Type: "text", Words: c.summary(b, k)},
		}
		if k.Category != "" {
			e.Category = &category{Term: k.Category, Label: c.Matters.Catalogue().Name(b.Lang, k.Category)}
		}
		v.Entries = append(v.Entries, e)
	}
	return send(w, r, v)
}

// summary is a matter in one line: its number, where, and how it stands.
func (c *Counter) summary(b page.Base, k matters.Card) string {
	parts := []string{k.Number, c.Places.Tree().Words(k.Path, places.DayOf(k.RaisedAt)).In(b.Lang), k.PlaceWords, b.T("matter.state." + string(k.State))}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// matter answers with the public story of one matter.
func (c *Counter) matter(w http.ResponseWriter, r *http.Request) error {
	number, err := name(r)
	if err != nil {
		return err
	}
	x, err := c.Matters.Get(r.Context(), stranger, number)
	if err != nil {
		return err
	}
	b, m := page.From(r), x.Matter
	v := c.feed(b, "story/"+m.ID.String(), b.T("feeds.matter", m.Number, m.Title), "/matters/"+m.Number)
	add := func(key string, at time.Time, title, words string, unit id.ID) {
		e := entry{ID: c.urn(key), Title: title, Updated: stamp(at), Published: stamp(at), Text: text{Type: "text", Words: words},
			Links: []link{{Rel: "alternate", Type: "text/html", Href: c.Address + "/matters/" + m.Number}}}
		if u, ok := c.Orgs.Directory().Unit(unit); ok {
			e.Author = &person{Name: u.Name.In(b.Lang)}
		}
		v.Entries = append(v.Entries, e)
	}
	for _, p := range slices.Backward(x.Steps) {
		if p.Public && len(v.Entries) < most-1 {
			words := p.Words
			if p.Hidden {
				words = ""
			}
			add("step/"+p.ID.String(), p.At, b.T("matter.did."+string(p.Act)), words, p.Unit)
		}
	}
	add("raising/"+m.ID.String(), m.RaisedAt, b.T("matter.did.raise"), m.Body, 0)
	return send(w, r, v)
}

// feed begins a feed: key names it for good, alternate is the page that shows
// the same.
func (c *Counter) feed(b page.Base, key, title, alternate string) *feed {
	town := b.Site.Town.In(b.Lang)
	if town == "" {
		town = b.T("feeds.town")
	}
	self, _, _ := strings.Cut(b.Path, "?")
	return &feed{
		Lang: string(b.Lang), ID: c.urn(key), Title: title, Author: person{Name: town, URI: c.Address + "/"},
		Links: []link{{Rel: "self", Type: atomType, Href: c.Address + self + "?lang=" + string(b.Lang)}, {Rel: "alternate", Type: "text/html", Href: c.Address + alternate}},
	}
}

// urn is a name for good, whatever the address of the site: a UUID of version 8
// made of the town's own ID and the record's.
func (c *Counter) urn(key string) string {
	city, _ := c.Places.Tree().City()
	u := sha256.Sum256([]byte("yuanba/" + city.ID.String() + "/" + key))
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	h := hex.EncodeToString(u[:16])
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func stamp(t time.Time) string { return t.In(i18n.Zone).Format(time.RFC3339) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// send answers with the feed, or says that the reader has it already.
func send(w http.ResponseWriter, r *http.Request, v *feed) error {
	body, newest, err := v.bytes()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", atomType+"; charset=utf-8")
	h.Set("ETag", `W/"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "public, max-age=300")
	h.Add("Vary", "Accept-Language, Cookie") // which say the language
	http.ServeContent(w, r, "", newest, bytes.NewReader(body))
	return nil
}
