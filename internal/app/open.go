// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net/http"
	"time"

	"yuanba/internal/api/open311"
	v1 "yuanba/internal/api/v1"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/outside"
	webapi "yuanba/internal/web/api"
	"yuanba/internal/web/page"
)

// openInterfaces adds what other programs ask.
func (a *App) openInterfaces(mux *http.ServeMux, site *page.Site) {
	own := a.ownInterface()
	site.Programs = map[string]func(http.ResponseWriter, *http.Request, int, string){"/open311": open311.Refuse, v1.Prefix + "/": own.Refuse}
	s := &open311.Server{
		DB: a.DB, Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, Access: a.Access, Letters: a.Letters, Blobs: a.Blobs, Jobs: a.Jobs,
		Address: a.Config.Address(), Contact: a.contact(), Jurisdiction: a.Config.Open311.Jurisdiction, KeysOnly: a.Config.Open311.Keys == "required", Demo: a.Options.Demo,
		Changed: open311Changed, From: func(r *http.Request) string { return site.Address(r).String() }, Log: a.log,
	}
	s.Routes(mux, func(h http.Handler) http.Handler {
		return page.AllowBody(a.Config.Limits.Upload, page.Limit(a.Config.Limits.Raise, 60, h))
	})
	own.Routes(mux, func(h http.Handler) http.Handler { return page.AllowBody(a.Config.Limits.Upload, h) })
}

// ownInterface is the town's own, of JSON.
func (a *App) ownInterface() *v1.Server {
	return &v1.Server{
		DB: a.DB, Matters: a.Matters, Affairs: a.Affairs, Patrol: a.Patrol, Desk: a.Desk, Questions: a.Questions, Volunteers: a.Volunteers, Places: a.Places, Orgs: a.Orgs, Access: a.Access, Exchange: a.Exchange, Webhooks: a.Webhooks, Blobs: a.Blobs,
		Town: func(l i18n.Lang) string { return a.town().In(l) }, Address: a.Config.Address(), Log: a.log,
		Request: func(r *http.Request) string { return page.From(r).RequestID },
	}
}

// interfacePage shows to people what the interface can be asked.
func (a *App) interfacePage() *webapi.Counter {
	c := &webapi.Counter{Address: a.Config.Address(), Prefix: v1.Prefix}
	for _, o := range v1.Operations() {
		x := webapi.Operation{Method: o.Method, Path: o.Path, Tag: o.Tag, Summary: i18n.Text{ZH: o.Summary(i18n.ZH), EN: o.Summary(i18n.EN)}}
		for _, s := range o.Scopes() {
			x.Scopes = append(x.Scopes, string(s))
		}
		c.Operations = append(c.Operations, x)
	}
	for _, e := range append(webhooks.Events(), webhooks.Test) {
		c.Events = append(c.Events, webapi.Event{Name: string(e), What: i18n.Text{ZH: e.Name(i18n.ZH), EN: e.Name(i18n.EN)}})
	}
	for _, k := range v1.Kinds {
		c.Problems = append(c.Problems, webapi.Problem{Name: k.Name, Status: k.Status})
	}
	return c
}

// open311Changed is when what the interface promises was last changed.
var open311Changed = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)

// contact is whom those who write programs may ask.
func (a *App) contact() string {
	switch {
	case a.Config.Open311.Contact != "":
		return a.Config.Open311.Contact
	case a.Config.Phone != "":
		return a.Config.Phone
	}
	return a.Config.Address() + "/about"
}

// askWithin is how long another system may take for one answer.
const askWithin = 30 * time.Second

// dial makes what asks another system. It is not led on to other addresses: an
// administrator approved this one.
func (a *App) dial(endpoint, jurisdiction, key string) *georeport.Client {
	return &georeport.Client{Endpoint: endpoint, Jurisdiction: jurisdiction, Key: key, HTTP: a.Config.Open311.guard().Client(0, askWithin)}
}

// guard says which addresses other systems may have.
func (c Open311) guard() outside.Guard {
	nets, _ := prefixes("open311.inside", c.Inside) // Load has looked at them
	return outside.Guard{Inside: nets}
}

// fetchPhoto gets a photo that a connected system names.
func (a *App) fetchPhoto(ctx context.Context, address string) (matters.NewFile, error) {
	f := a.fetcher()
	f.Client = a.Config.Open311.guard().Client(3, fetchWithin)
	return f.Get(ctx, address)
}

// photoAddress is where a connected system gets a photo within a day.
func (a *App) photoAddress(f matters.File) string {
	return a.Config.Address() + "/files/" + a.Blobs.Address(blob.Hash(f.Hash).Medium(), "", a.DB.Now(), 24*time.Hour) + "?t=.jpg"
}

// fetchWithin is how long one photo may take to be fetched.
const fetchWithin = 40 * time.Second

// fetcher gets what programs name.
func (a *App) fetcher() *open311.Fetcher {
	return &open311.Fetcher{Matters: a.Matters, Blobs: a.Blobs, Client: outside.Guard{}.Client(3, fetchWithin)}
}
