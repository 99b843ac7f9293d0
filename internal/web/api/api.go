// SPDX-License-Identifier: Apache-2.0

// Package api is the page on which those who write programs see what the town's
// interfaces can be asked. What stands there is the list from which the interface
// itself is made.
package api

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// An Operation is one thing that can be asked.
type Operation struct {
	Method, Path string
	Tag          string // the heading that it stands under: "api.tag.<tag>"
	Summary      i18n.Text
	Scopes       []string // of which a key needs one; none if everybody may ask
}

// A Problem is a kind of refusal: the message "api.problem.<name>".
type Problem struct {
	Name   string
	Status int
}

// An Event is something that webhooks are sent.
type Event struct {
	Name string
	What i18n.Text
}

// A Counter serves the page.
type Counter struct {
	Operations []Operation
	Events     []Event
	Problems   []Problem
	Address    string // of this site as others reach it
	Prefix     string // of the operations' paths
}

// Routes adds the page to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /api", page.Handler(c.show))
}

type apiPage struct {
	page.Base
	Head     page.Head
	Example  []string
	Sections []section
	Verify   string // how a message's signature is verified
	Events   page.Table
	Problems []problem
	Ways     []page.Link
}

type section struct{ Table page.Table }

// verify is the example of verifying a signature; a test runs it.
//
//go:embed verify.mjs
var verify string

// problem is a kind of refusal; its name is the anchor to which answers point.
type problem struct{ Name, Title, What string }

var shown = page.New[apiPage](files, "api.html")

func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("api.page.title")
	at := c.Address + c.Prefix
	v := apiPage{
		Base: b, Head: page.Head{Title: b.T("api.page.title"), Lead: b.T("api.page.lead")},
		Example: []string{
			"curl '" + at + "/matters?open=true&limit=5'",
			"curl -H 'Authorization: Bearer yb_…' " + at + "/me",
		},
		Ways: []page.Link{{Href: c.Prefix + "/openapi.json", Text: b.T("api.page.document"), Icon: "download", Main: true}, {Href: "/open311", Text: b.T("api.page.open311")}},
	}
	for _, o := range c.Operations {
		caption := b.T("api.tag." + o.Tag)
		at := slices.IndexFunc(v.Sections, func(x section) bool { return x.Table.Caption == caption })
		if at < 0 {
			at = len(v.Sections)
			v.Sections = append(v.Sections, section{page.Table{Caption: caption, Hide: true, Cols: []page.Col{{Text: b.T("api.page.address")}, {Text: b.T("api.page.what")}, {Text: b.T("api.page.scope")}}}})
		}
		t := &v.Sections[at].Table
		scope := b.T("api.page.everybody")
		for i, s := range o.Scopes {
			if i == 0 {
				scope = s
			} else {
				scope += ", " + s
			}
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: o.Method + " " + o.Path}, {Text: o.Summary.In(b.Lang)}, {Text: scope}})
	}
	_, v.Verify, _ = strings.Cut(verify, "\n\n") // without the line of the licence
	v.Events = page.Table{Caption: b.T("api.page.hooks.events"), Cols: []page.Col{{Text: b.T("api.page.hooks.event")}, {Text: b.T("api.page.hooks.what")}}}
	for _, e := range c.Events {
		v.Events.Rows = append(v.Events.Rows, []page.Cell{{Text: e.Name}, {Text: e.What.In(b.Lang)}})
	}
	for _, p := range c.Problems {
		v.Problems = append(v.Problems, problem{p.Name, strconv.Itoa(p.Status) + " " + b.T("api.problem."+p.Name), b.T("api.problem." + p.Name + ".what")})
	}
	return shown.Show(w, r, v)
}
