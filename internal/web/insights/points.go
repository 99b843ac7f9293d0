// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// boxOf is the part of the earth that an address asks for: west, south, east, north.
func boxOf(r *http.Request) (b insights.Box, err error) {
	parts := strings.Split(r.URL.Query().Get("box"), ",")
	if len(parts) != 4 {
		return b, errs.At("box", "insights.box")
	}
	for i, to := range []*float64{&b.West, &b.South, &b.East, &b.North} {
		if *to, err = strconv.ParseFloat(parts[i], 64); err != nil {
			return b, errs.At("box", "insights.box")
		}
	}
	return b, b.Check()
}

// across is how many clusters have room beside each other on the map that asks; the
// usual number if it does not say.
func across(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("across"))
	if err != nil {
		return insights.UsualSquares
	}
	return n
}

// dot is a cluster as the map reads it.
type dot struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	N      int     `json:"n"`
	Red    int     `json:"red"`
	Yellow int     `json:"yellow"`
	Rough  bool    `json:"rough,omitempty"`
	Href   string  `json:"href,omitempty"`
	Text   string  `json:"text,omitempty"`
}

// chart is what lies on the map.
type chart struct {
	Clusters []dot  `json:"clusters"`
	Says     string `json:"says,omitempty"`
}

// points are what lies in a box of the room's map, put together for it.
func (c *Counter) points(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	in, err := c.part(r, b)
	if err != nil {
		return err
	}
	box, err := boxOf(r)
	if err != nil {
		return err
	}
	found, err := c.Insights.Clusters(r.Context(), b.Actor, in, box, across(r))
	if err != nil {
		return err
	}
	names, err := c.titles(r, found.Clusters)
	if err != nil {
		return err
	}
	out := chart{Clusters: make([]dot, len(found.Clusters))}
	for i, k := range found.Clusters {
		d := dot{X: k.Lon, Y: k.Lat, N: k.All(), Red: k.Red, Yellow: k.Yellow, Rough: k.Rough}
		switch card, ok := names[k.Matter]; {
		case ok:
			d.Href, d.Text = "/matters/"+card.Number, card.Title
		case d.N == 1:
			d.Text = b.T("room.private")
		}
		out.Clusters[i] = d
	}
	if found.Nowhere > 0 {
		out.Says = b.T("room.map.nowhere", found.Nowhere)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(out)
}

// titles are the matters that stand alone, as everybody reads them.
func (c *Counter) titles(r *http.Request, cs []insights.Cluster) (map[id.ID]matters.Card, error) {
	var ids []id.ID
	for _, k := range cs {
		if k.Matter != 0 {
			ids = append(ids, k.Matter)
		}
	}
	cards, err := c.Matters.CardsOf(r.Context(), scope.Actor{Kind: scope.Anonymous}, ids)
	by := map[id.ID]matters.Card{}
	for _, card := range cards {
		by[card.ID] = card
	}
	return by, err
}

// herePage is the list beside a map: what lies in a box of it.
type herePage struct {
	page.Base
	Head    page.Head
	N       int
	Lights  []lit
	Private string
	More    string // how many there are besides those shown
	Rows    []page.Row
	Empty   page.Empty
	All     string
}

var hereShown = page.New[herePage](files, "here.html")

func (c *Counter) here(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("room.here")
	in, err := c.part(r, b)
	if err != nil {
		return err
	}
	box, err := boxOf(r)
	if err != nil {
		return err
	}
	h, err := c.Insights.Here(r.Context(), b.Actor, in, box)
	if err != nil {
		return err
	}
	q := url.Values{}
	if place := r.URL.Query().Get("place"); place != "" {
		q.Set("place", place)
	}
	b.Crumbs = []page.Link{{Href: "/room" + suffix(q), Text: b.T("room.title")}}
	return hereShown.Show(w, r, c.showHere(b, h, q))
}

// suffix is what a query adds to an address.
func suffix(q url.Values) string {
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (c *Counter) showHere(b page.Base, h insights.Here, q url.Values) herePage {
	v := herePage{Base: b, N: h.All(), Head: page.Head{Title: b.T("room.here"), Lead: b.T("room.here.lead")}, Lights: lights(b, h.Lights), All: c.list(q, "open", "1"),
		Empty: page.Empty{Icon: "check", Title: b.T("room.here.none"), Text: b.T("room.here.none.text")}}
	if h.Private > 0 {
		v.Private = b.T("room.here.private", h.Private)
	}
	if more := h.All() - h.Private - len(h.Cards); more > 0 {
		v.More = b.T("room.here.more", more)
	}
	v.Rows = c.Rows(b, h.Cards)
	return v
}
