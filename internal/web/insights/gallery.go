// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"net/http"
	"time"

	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// sampleRoom is a room with something of everything.
func sampleRoom(b page.Base) roomPage {
	q := func(name string, l insights.Lights) stage {
		return stage{Name: b.T("matter.state." + name), Href: "/matters?state=" + name, N: l.All(), Lights: lights(b, l), Bar: barOf(l, 40)}
	}
	return roomPage{Base: b, Head: page.Head{Title: b.T("room.title"), Kicker: "文君街道", Lead: b.T("room.lead"), Action: page.Link{Href: "/room/wall", Text: b.T("room.wall"), Icon: "eye"}},
		Events: "/room/events", Wall: "/room/wall", Place: "文君街道", Private: 34, Open: "/matters?open=1", Behind: true,
		Lights:   []lit{{b.T("room.red"), 30, page.ToneLate, "/matters?late=1"}, {b.T("room.yellow"), 4, page.ToneSoon, "/matters"}, {b.T("room.green"), 68, page.ToneDone, "/matters"}},
		Queue:    []stage{q("received", insights.Lights{Green: 34, Yellow: 2, Red: 4}), q("handling", insights.Lights{Green: 15, Red: 5})},
		Loads:    loads{b.T("room.loads"), []load{{Name: "邛崃市水务局", Href: "/units", N: 12, Red: 3, Due: 1, Bar: barOf(insights.Lights{Green: 8, Yellow: 1, Red: 3}, 12)}}},
		Areas:    loads{b.T("room.where"), []load{{Name: "宝塔社区", Href: "/places", N: 5, Red: 1, Bar: barOf(insights.Lights{Green: 4, Red: 1}, 5)}}},
		Today:    []compared{{b.T("insights.measure.raised"), 3, 5, ""}, {b.T("insights.measure.closed"), 2, 1, "/insights/cases?of=closed"}},
		Whistles: []whistle{{Title: "积水快到膝盖，车子熄火", Href: "/matters/QL-2026-000042", Number: "QL-2026-000042", Words: "请三家现在到桥头。", Left: i18n.Left(b.Lang, b.Now, b.Now.Add(time.Hour)), Units: []answered{{"邛崃市水务局", true, b.T("room.answered")}, {"城管执法队", false, b.T("room.called")}}}, {Title: b.T("room.private"), Late: true, Left: i18n.Left(b.Lang, b.Now, b.Now.Add(-time.Hour))}},
		Pressing: []page.Row{{Href: "/matters/QL-2026-000042", Title: "积水快到膝盖，车子熄火", Number: "QL-2026-000042", Pill: page.Pill{Text: b.T("matter.state.handling"), Tone: page.ToneLate}}},
		Hot:      []page.Row{{Href: "/hot", Title: "桂花小区晚上水压低，四楼以上没水用", Meta: []string{"文君街道", b.T("hot.people", 7, 9), b.T("hot.heat", "18.4")}}},
		Latest:   []deed{{i18n.Ago(b.Lang, b.Now, b.Now.Add(-time.Minute)), b.T("matter.did.raise"), "路灯不亮", "/matters/QL-2026-000043", "QL-2026-000043"}},
		Empty:    page.Empty{Icon: "check", Title: b.T("room.quiet"), Text: b.T("room.quiet.text")}}
}

// The samples of the gallery.
func init() {
	as := page.Base{Actor: gallery.Clerk}
	gallery.Add("insights/room", as, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("room.title")
		b.Look = page.LookWide
		return roomed.Show(w, r, sampleRoom(b))
	})
	gallery.Add("insights/room-empty", as, func(w http.ResponseWriter, r *http.Request) error {
		v := sampleRoom(page.From(r).Titled("room.title"))
		v.Pressing, v.Whistles, v.Hot, v.Latest, v.Behind = nil, nil, nil, nil, false
		return roomed.Show(w, r, v)
	})
	gallery.Add("insights/wall", as, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("room.title")
		b.Look = page.LookWall
		return walled.Show(w, r, sampleRoom(b))
	})
	gallery.Add("insights/here", as, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("room.here")
		return hereShown.Show(w, r, herePage{Base: b, Head: page.Head{Title: b.T("room.here"), Lead: b.T("room.here.lead")}, N: 12, Lights: lights(b, insights.Lights{Green: 7, Yellow: 2, Red: 3}),
			Rows: sampleRoom(b).Pressing, Private: b.T("room.here.private", 4), More: b.T("room.here.more", 7), All: "/matters?open=1"})
	})
	gallery.Add("insights/here-empty", as, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("room.here")
		return hereShown.Show(w, r, (&Counter{Rows: func(page.Base, []matters.Card) []page.Row { return nil }}).showHere(b, insights.Here{}, nil))
	})
	table := func(b page.Base) page.Table {
		return page.Table{Caption: b.T("insights.rates"), Cols: []page.Col{{Text: b.T("insights.rate")}, {Text: b.T("insights.share"), Num: true}}, Rows: [][]page.Cell{{{Text: "按期结案率", Href: "/insights"}, {Text: "75.8%"}}, {{Text: "返工率"}, {Text: "3%（1–9）", Href: "/insights", Tone: page.ToneSoon}}}}
	}
	gallery.Add("insights/numbers", as, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("insights.title")
		v := (&Counter{}).showNumbers(b, read(b, nil), insights.Counts{}, insights.Counts{Sums: map[string]*insights.Sums{}, Until: b.Now}, insights.Version{})
		v.Table, v.Counts = table(b), table(b)
		return numbered.Show(w, r, v)
	})
	gallery.Add("insights/rate", as, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		f, err := insights.Shipped()
		if err != nil {
			return err
		}
		return rated.Show(w, r, (&Counter{}).showRate(b, read(b, nil), f.Rates[1], insights.Version{Formulas: f}, insights.All, "", "邛崃市", nil))
	})
	gallery.Add("insights/cases", as, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("insights.measure.closed")
		return opened.Show(w, r, casesPage{Base: b, Head: page.Head{Title: b.T("insights.measure.closed"), Kicker: "邛崃市"}, Notes: []page.Note{{Text: b.T("insights.cases.unseen", 3)}}, Rows: sampleRoom(b).Pressing})
	})
	gallery.Add("insights/formulas", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		f, err := insights.Shipped()
		if err != nil {
			return err
		}
		in := insights.Version{Formulas: f}
		v := (&Counter{}).showFormulas(b.Titled("insights.formulas"), []insights.Version{in}, in, form.Of("from", ""))
		return formulated.Show(w, r, v)
	})
}
