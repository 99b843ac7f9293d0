// SPDX-License-Identifier: Apache-2.0

package home

import (
	"net/http"
	"time"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// textPage is a page of plain words, and what is kept of people.
type textPage struct {
	page.Base
	Head  page.Head
	Parts []part
	Kept  []item
	Never []string
	Ways  []page.Link
}

type part struct{ Title, Text string }

// item is something the town keeps.
type item struct {
	Title string
	Facts []page.Fact
}

var texted = page.New[textPage](files, "text.html")

func (c *Counter) about(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("home.about.title")
	var ways []page.Link
	if b.Raises() {
		ways = []page.Link{{Href: "/raise", Text: b.T("home.door.raise"), Main: true}}
	}
	return texted.Show(w, r, textPage{Base: b, Head: page.Head{Title: b.T("home.about.title"), Lead: b.T("home.about.lead"), Read: true},
		Parts: parts(b, "home.about.", "what", "how", "check", "who"),
		Ways: append(ways, []page.Link{{Href: "/matters", Text: b.T("home.rail.all")}, {Href: "/places", Text: b.T("home.rail.places")},
			{Href: "/units", Text: b.T("home.rail.units")}, {Href: "/trail", Text: b.T("page.trail")}, {Href: "/privacy", Text: b.T("page.privacy")}, {Href: "/api", Text: b.T("api.page.title")}}...)})
}

// kept lists what the town keeps of people: each has the texts
// home.kept.NAME.what, .for, .long and .who.
var kept = []string{"words", "contact", "resident", "card", "looks", "trail", "browser", "lines"}

// never lists the promises of what is not done.
var never = []string{"home.never.score", "home.never.walk", "home.never.purpose", "home.never.silent", "home.never.phone"}

func (c *Counter) privacy(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("home.privacy.title")
	keep := term(b.Lang, c.Matters.Rules().KeepPersonal)
	v := textPage{Base: b, Head: page.Head{Title: b.T("home.privacy.title"), Lead: b.T("home.privacy.lead"), Read: true},
		Parts: parts(b, "home.privacy.", "public", "looks", "end", "own"),
		Ways:  []page.Link{{Href: "/me", Text: b.T("home.privacy.me"), Icon: "lock", Main: true}, {Href: "/trail", Text: b.T("page.trail")}}}
	v.Parts[2].Text = b.T("home.privacy.end.text", keep)
	for _, k := range kept {
		v.Kept = append(v.Kept, item{b.T("home.kept." + k + ".what"), []page.Fact{{Label: b.T("home.kept.for"), Value: b.T("home.kept." + k + ".for")},
			{Label: b.T("home.kept.long"), Value: b.T("home.kept."+k+".long", keep)}, {Label: b.T("home.kept.who"), Value: b.T("home.kept." + k + ".who")}}})
	}
	for _, k := range never {
		v.Never = append(v.Never, b.T(k))
	}
	return texted.Show(w, r, v)
}

// term says a rule's length of time, in years where it is years.
func term(lang i18n.Lang, d time.Duration) string {
	const year = 365 * 24 * time.Hour
	if d >= year && d%year == 0 {
		return i18n.T(lang, "home.years", int(d/year))
	}
	return i18n.Span(lang, d)
}

// parts are paragraphs, each with its heading: the texts prefix+name and
// prefix+name+".text".
func parts(b page.Base, prefix string, names ...string) []part {
	ps := make([]part, len(names))
	for i, name := range names {
		ps[i] = part{Title: b.T(prefix + name), Text: b.T(prefix + name + ".text")}
	}
	return ps
}
