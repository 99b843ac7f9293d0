// SPDX-License-Identifier: Apache-2.0

package places

import (
	"encoding/json"
	"net/http"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/livemap"
	"yuanba/internal/web/page"
)

// A point is a place on the movable map with how much there is in it. Matters have no
// points of their own there: where exactly something is, those who work on it see.
type point struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	N    int     `json:"n"`
	From float64 `json:"from"` // seen from this zoom on,
	To   float64 `json:"to"`   // until that
	Text string  `json:"text"`
	Href string  `json:"href"`
}

// The zooms from which on a level is counted, and the one below it instead.
var zooms = [...]float64{scope.Town: 0, scope.Village: 10.6, scope.Grid: 12.8, scope.Courtyard: 24}

// points are how much there is of what was chosen, at every place of the town: near
// to it by grids, from far by towns. What is known of the larger place alone stays
// there.
func (c *Counter) points(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	which, err := c.choose(r)
	if err != nil {
		return err
	}
	now, err := c.openIn(r.Context(), b.Actor, scope.Scope{}, which)
	if err != nil {
		return err
	}
	out := struct {
		Clusters []point `json:"clusters"`
		Says     string  `json:"says,omitempty"`
	}{Clusters: []point{}}
	tree := c.Places.Tree()
	for _, k := range []places.Kind{places.Town, places.Village, places.Grid} {
		for _, p := range tree.All(k) {
			n := now.of(tree, p)
			if n == 0 || p.Accuracy == places.Unknown {
				continue
			}
			level := k.Level()
			x := point{X: p.Point.Lon(), Y: p.Point.Lat(), N: n, From: zooms[level], To: zooms[level+1], Text: p.Name.In(b.Lang), Href: now.href(p)}
			out.Clusters = append(out.Clusters, x)
			if k == places.Grid {
				continue
			}
			for _, below := range tree.Children(p.ID) {
				if below.Kind.Level() == level+1 && below.Accuracy != places.Unknown {
					n -= now.of(tree, below)
				}
			}
			if n > 0 {
				x.N, x.From, x.To = n, zooms[level+1], 24
				out.Clusters = append(out.Clusters, x)
			}
		}
	}
	if now.more {
		out.Says = b.T("place.page.points.more")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(out)
}

// move lets the map of a place be moved, when the reader asks for it: a telephone does
// not fetch what nobody wants to see.
func (c *Counter) move(b page.Base, m page.Map, of places.Place, which choice) (page.Base, page.Map) {
	if len(c.Places.Tree().Children(of.ID)) == 0 {
		return b, m
	}
	return c.Maps.Move(b, m, livemap.Spec{Of: of, Points: address("/places/points.json", which), Once: true})
}
