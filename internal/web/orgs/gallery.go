// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"net/http"

	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	gallery.Add("orgs/units", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("unit.page.title")
		return listed.Show(w, r, listPage{Base: b, Head: page.Head{Title: b.T("unit.page.title"), Lead: b.T("unit.page.lead")}, Filter: page.Filter{Action: "/units", Search: page.NewField(b.Lang, nil, "q", "unit.page.find")},
			Groups: []group{{Title: b.T("unit.kind.bureau"), Rows: []page.Row{{Href: "/units", Title: "邛崃市水务局", Meta: []string{"邛崃市", "028-88790001"}}}}}})
	})
	gallery.Add("orgs/unit", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Title = "邛崃市水务局"
		return shown.Show(w, r, showPage{Base: b, Head: page.Head{Kicker: b.T("unit.kind.bureau"), Title: b.Title}, Does: []string{"自来水", "排水"}, Facts: []page.Fact{{Label: b.T("unit.page.hours"), Value: "9:00–17:00"}},
			Tabs: []page.Tab{{Text: b.T("unit.page.open"), Href: "/units", Count: -1, Current: true}}, Empty: page.Empty{Icon: "check", Title: b.T("unit.page.nothing"), Text: b.T("unit.page.nothing.text")},
			Posts:   page.Table{Caption: b.T("unit.page.posts"), Cols: []page.Col{{Text: b.T("unit.page.post")}, {Text: b.T("unit.page.holder")}}, Rows: [][]page.Cell{{{Text: b.T("role.handler")}, {Text: "吴科长"}}}},
			History: page.Timeline{Now: b.Now, Events: []page.Event{{At: b.Now, Who: b.T("unit.page.program"), What: b.T("unit.page.did.add"), Icon: "unit"}}}})
	})
}
