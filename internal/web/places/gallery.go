// SPDX-License-Identifier: Apache-2.0

package places

import (
	"net/http"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/atlas"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	sample := func(b page.Base) (page.Map, page.Table) {
		m := atlas.Map{Tree: &places.Tree{}, Name: b.T("place.page.map"), Large: b.Large}
		scale := atlas.ScaleOf(41)
		t := page.Table{Caption: b.T("place.page.below"), Cols: []page.Col{{Text: b.T("place.page.name")}, {Text: b.T("place.page.open"), Num: true}}}
		for i, x := range []struct {
			name     i18n.Text
			lon, lat float64
			open     int
		}{{i18n.Text{ZH: "宝塔社区", EN: "Baota Community"}, 103.46, 30.41, 41}, {i18n.Text{ZH: "渔箭社区", EN: "Yujian Community"}, 103.48, 30.42, 3}, {i18n.Text{ZH: "南江村", EN: "Nanjiang Village"}, 103.51, 30.38, 0}} {
			p := places.Place{ID: id.ID(i + 1), Kind: places.Village, Name: x.name, Point: geo.Point{x.lon, x.lat}, Accuracy: places.Approximate}
			m.Spots = append(m.Spots, atlas.Spot{Place: p, Number: i + 1, Shade: scale.Of(x.open), Says: page.Number(x.open), Href: href(p)})
			t.Rows = append(t.Rows, []page.Cell{{Text: x.name.In(b.Lang), Href: href(p)}, {Text: page.Number(x.open)}})
		}
		drawn := m.Draw(b.Lang)
		drawn.Title, drawn.Shades = b.T("place.page.open"), scale.Legend(41)
		return drawn, t
	}
	gallery.Add("places/city", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("place.page.title")
		v := cityPage{Base: b, Head: page.Head{Title: b.T("place.page.title"), Lead: b.T("place.page.lead")}, Filter: page.Filter{Action: "/places", Search: page.NewField(b.Lang, nil, "q", "place.page.find")},
			Figures: []figure{{"14", b.T("place.kind.town")}, {"189", b.T("place.kind.village")}}}
		v.Map, v.Below = sample(b)
		return city.Show(w, r, v)
	})
	gallery.Add("places/place", page.Base{Actor: gallery.Resident}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Title = "文君街道"
		v := showPage{Base: b, Filter: page.Filter{Action: "/places"}, Head: page.Head{Kicker: b.T("place.kind.town"), Title: b.Title, Action: page.Link{Href: "/raise", Text: b.T("place.page.raise"), Main: true}}, CanFollow: true, Target: "place:0",
			Tabs:  []page.Tab{{Text: b.T("place.page.open"), Href: "/places", Count: 44, Current: true}, {Text: b.T("place.page.ended"), Href: "/places", Count: -1}},
			Empty: page.Empty{Icon: "check", Title: b.T("place.page.none"), Text: b.T("place.page.none.text")}, Facts: []page.Fact{{Label: b.T("place.page.code"), Value: "510183001000"}},
			Note:    page.Note{Tone: page.ToneSoon, Text: b.T("place.page.went", "2026-03-05"), Link: page.Link{Href: "/places", Text: "临邛街道"}},
			History: page.Table{Caption: b.T("place.page.history"), Hide: true, Cols: []page.Col{{Text: b.T("place.page.called")}, {Text: b.T("place.page.since")}}, Rows: [][]page.Cell{{{Text: "文君镇"}, {Text: b.T("place.page.always")}}}}}
		v.Map, v.Below = sample(b)
		return shown.Show(w, r, v)
	})
}
