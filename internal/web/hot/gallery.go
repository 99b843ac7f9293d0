// SPDX-License-Identifier: Apache-2.0

package hot

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/hotissues"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// chance is a likelihood as people say it.
func chance(p float64) string {
	switch {
	case p >= 0.01:
		return strconv.FormatFloat(100*p, 'f', 0, 64) + " %"
	case p >= 0.0001:
		return strconv.FormatFloat(100*p, 'f', 2, 64) + " %"
	}
	return "< 0.01 %"
}

// The samples of the gallery.
func init() {
	sample := func() hotissues.Kept {
		h := hotissues.Heat{Total: 18.4, People: 7, Messages: 9, Voices: 6.6, Supporters: 12, Now: 7, Usual: 0.4, Growth: 1.63, Chance: 0.00001}
		return hotissues.Kept{ID: id.First(gallery.Now), Name: "桂花小区晚上水压低，四楼以上没水用", Heat: h, OpenHeat: h, From: gallery.Now.AddDate(0, 0, -9), To: gallery.Now, CountedAt: gallery.Now}
	}
	gallery.Add("hot/list", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		k, other := sample(), sample()
		other.Name, other.ProposedAt, other.ProposedBy, other.Proposed = "鹤林街夜市收摊太晚，音响吵人", gallery.Now, "孙书记", "反映的人多，请议事会议一议。"
		return listed.Show(w, r, (&Counter{}).listPage(page.From(r).Titled("hot.title"), []hotissues.Kept{k, other}, false))
	})
	gallery.Add("hot/empty", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		return listed.Show(w, r, (&Counter{}).listPage(page.From(r).Titled("hot.title"), nil, true))
	})
	gallery.Add("hot/show", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		c := &Counter{Rows: func(_ page.Base, cards []matters.Card) []page.Row {
			rows := make([]page.Row, len(cards))
			for i, k := range cards {
				rows[i] = page.Row{Href: "/matters/" + k.Number, Title: k.Title, Number: k.Number}
			}
			return rows
		}}
		cards := []matters.Card{{ID: 1, Number: "QL-2026-004217", Title: "四楼晚上没水"}, {ID: 2, Number: "QL-2026-004203", Title: "水压太低，热水器打不燃"}}
		v := c.issuePage(b, sample(), cards, map[id.ID]float64{1: 0.71, 2: 0.64})
		for i, k := range cards {
			v.Rows[i].Select = k.ID.String()
		}
		v.MaySplit, v.MayMerge, v.MayWish = true, true, true
		v.Other = page.NewField(b.Lang, nil, "other", "hot.merge.other").Need().Of([]page.Option{{Text: b.T("hot.merge.choose")}, {Value: "1", Text: "桂花小区停水不通知"}})
		v.Words = page.NewField(b.Lang, nil, "words", "hot.propose.why").Need().Rows(3).Max(500)
		return shown.Show(w, r, v)
	})
}
