// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"net/http"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	auditor := page.Base{Actor: scope.Actor{Kind: scope.Staff, Name: "外审"}}
	sealed := func(b page.Base, key string) showPage {
		b = b.Titled(key)
		return showPage{Base: b, Head: page.Head{Title: b.T(key), Lead: b.T("trail.page.lead")}, Any: true, Keys: "yuanba+64a066cf+ARunXvkigxV1SFKab6PdmScQ2s1n7p9T0uVwXyZ4bC8d",
			Root: "0246 F94F BCCA 24B3\n6E35 3913 6251 F898\n9314 C75A 9DDD 574C\n9FCE 0A4E 9A7B BFEF", Steps: []string{b.T("trail.page.step.keep"), b.T("trail.page.step.run")},
			Facts: []page.Fact{{Label: b.T("trail.page.at"), Value: i18n.Exact(b.Lang, gallery.Now)}, {Label: b.T("trail.page.rows"), Value: page.Number(68_025)}, {Label: b.T("trail.page.key"), Value: "yuanba 64a066cf"}}}
	}
	gallery.Add("trail/show", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		return shown.Show(w, r, sealed(page.From(r), "trail.page.title"))
	})
	gallery.Add("trail/board", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		v := sealed(page.From(r), "trail.notice.title")
		v.Look = page.LookPrint
		return boarded.Show(w, r, v)
	})
	gallery.Add("trail/rows", auditor, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("trail.rows.title")
		row := func(seq int64, who, noun, act, from, to string) trail.Row {
			at := gallery.Now.Add(-time.Duration(68_025-seq) * time.Minute)
			return trail.Row{Seq: seq, At: at, Account: 7, Actor: who, Kind: scope.Staff, Noun: noun, Record: id.First(at), Act: act, From: from, To: to}
		}
		v := rowsPage{Base: b, Head: page.Head{Title: b.T("trail.rows.title"), Lead: b.T("trail.rows.lead")}, Filter: filterBar(b, form.Of(), nil), Pager: page.Pager{Older: "/trail/rows?before=68021"}}
		v.Table = (&Counter{}).table(b, []trail.Row{row(68_024, "赵调度", "matter", "accept", "received", "accepted"), row(68_022, "吴科长", "contact", "reveal", "", ""), row(68_021, "系统员", "account", "create", "", "active")})
		return listed.Show(w, r, v)
	})
}
