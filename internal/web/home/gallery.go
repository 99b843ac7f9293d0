// SPDX-License-Identifier: Apache-2.0

package home

import (
	"net/http"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	row := func(number, title, place string, tone page.Tone, state, left string) page.Row {
		return page.Row{Href: "/matters/" + number, Title: title, Number: number, Meta: []string{place}, Pill: page.Pill{Text: state, Tone: tone}, Left: left, Due: gallery.Now.Add(5 * time.Hour), Light: page.Light{Used: 60, Tone: page.ToneDone}}
	}
	first := func(known bool) page.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			b := page.From(r).Titled("home.title")
			v := homePage{Base: b, Head: page.Head{Title: b.T("home.hello"), Lead: b.T("home.lead")}, Doors: doors(b), Known: known, NearName: "宝塔社区", NearHref: "/matters", Place: "/places", Village: "/affairs/7"}
			v.Near = []page.Row{row("QL-2026-004101", "巷口的井盖松了", "宝塔社区", page.ToneCalm, b.T("matter.state.handling"), b.T("time.left", b.T("time.workdays", 2)))}
			if known {
				v.Head.Title, v.News = b.T("home.hello.name", "周敏"), 3
				v.Mine = []page.Row{row("QL-2026-004217", "路灯不亮，老人夜里不敢出门", "宝塔社区 第3网格", page.ToneSoon, b.T("matter.state.asked_intake"), b.T("time.due.today"))}
			}
			return homed.Show(w, r, v)
		}
	}
	gallery.Add("home/stranger", page.Base{}, first(false))
	gallery.Add("home/resident", page.Base{Actor: gallery.Resident}, first(true))
	rules := &Counter{Matters: matters.New(matters.Needs{})}
	gallery.Add("home/about", page.Base{}, rules.about)
	gallery.Add("home/privacy", page.Base{}, rules.privacy)
}
