// SPDX-License-Identifier: Apache-2.0

package feeds

import (
	"embed"
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

//go:embed read.html
var files embed.FS

// readPage is what a secret address shows to people: what a letter would say.
type readPage struct {
	page.Base
	Head  page.Head
	News  []page.Row
	Empty page.Empty
}

var readShown = page.New[readPage](files, "read.html")

// read shows somebody's news as a page. Nobody is signed in by it.
func (c *Counter) read(w http.ResponseWriter, r *http.Request, b page.Base, by scope.Actor) error {
	ns, err := c.Matters.Notices(r.Context(), by, 0)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	return readShown.Show(w, r, readOf(b, ns))
}

func readOf(b page.Base, ns []matters.Notice) readPage {
	b = b.Titled("feeds.read.title")
	v := readPage{Base: b, Head: page.Head{Title: b.T("feeds.read.title"), Lead: b.T("feeds.read.lead")}, Empty: page.Empty{Icon: "mail", Title: b.T("feeds.read.none"), Text: b.T("feeds.read.none.text")}}
	for _, n := range ns[:min(len(ns), most)] {
		row := page.Row{Title: b.T(n.Key, n.Card.Number, called(b, n.Card)), Number: n.Card.Number, Meta: []string{b.T("matter.state." + string(n.Card.State)), i18n.When(b.Lang, b.Now, n.At)}}
		if n.Card.VisibleToAll() {
			row.Href = "/matters/" + n.Card.Number
		}
		v.News = append(v.News, row)
	}
	return v
}
