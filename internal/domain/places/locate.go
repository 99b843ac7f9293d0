// SPDX-License-Identifier: Apache-2.0

package places

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
)

// Locate returns the deepest open place whose outline contains the point, given
// in WGS-84; on a common border, that with the lowest code. It is false where no
// outline is.
func (t *Tree) Locate(lon, lat float64) (Place, bool) {
	p := geo.Point{lon, lat}
	if !geo.InRange(p) {
		return Place{}, false
	}
	var best *node
	t.index.At(p, func(n *node) bool {
		if best == nil || n.Kind.Level() > best.Kind.Level() || n.Kind == best.Kind && n.before(best) {
			best = n
		}
		return true
	})
	if best == nil {
		return Place{}, false
	}
	return best.Place, true
}

func (n *node) before(o *node) bool {
	return cmp.Or(cmp.Compare(n.Code, o.Code), cmp.Compare(n.ID, o.ID)) < 0
}

// A Near is a place and how far its point is, in metres. Where the place's
// accuracy is approximate, so is the distance.
type Near struct {
	Place  Place
	Metres float64
}

// Nearest returns the open places of the kind whose points are nearest, at most
// most of them and none farther than within metres: something to choose from
// where there are no outlines.
func (t *Tree) Nearest(lon, lat float64, k Kind, most int, within float64) (near []Near) {
	p := geo.Point{lon, lat}
	if !geo.InRange(p) {
		return nil
	}
	for _, n := range t.order {
		if n.Kind != k || n.Accuracy == Unknown {
			continue
		}
		if d := geo.Distance(p, n.Point); d <= within {
			near = append(near, Near{n.Place, d})
		}
	}
	slices.SortStableFunc(near, func(a, b Near) int { return cmp.Compare(a.Metres, b.Metres) })
	return near[:min(most, len(near))]
}

// Outline returns the outline of a place; false if it has none.
func (t *Tree) Outline(p id.ID) (geo.Shape, bool) {
	if n := t.places[p]; n != nil && n.shape != nil {
		return n.shape.shape, true
	}
	return nil, false
}

// GeoJSON returns a FeatureCollection of the open places of a kind for the map,
// to a metre: the outline where there is one, else the point, else no feature.
// It is made once per tree; it must not be written to.
func (t *Tree) GeoJSON(k Kind) []byte {
	l := k.Level()
	if l < 0 {
		return []byte(`{"type":"FeatureCollection","features":[]}`)
	}
	d := &t.drawings[l]
	d.once.Do(func() { d.json = t.draw(k) })
	return d.json
}

// properties are what the map knows of a place.
type properties struct {
	ID          id.ID     `json:"id"`
	Kind        Kind      `json:"kind"`
	Code        string    `json:"code"`
	ZH          string    `json:"name"`
	EN          string    `json:"name_en"`
	Community   Community `json:"community,omitempty"`
	Parent      id.ID     `json:"parent"`
	Area        int64     `json:"area,omitempty"` // square metres
	Approximate bool      `json:"approximate,omitempty"`

	// where the name goes, longitude first, if the geometry is an outline
	Label *[2]json.Number `json:"label,omitempty"`
}

func (t *Tree) draw(k Kind) []byte {
	b, first := []byte(`{"type":"FeatureCollection","features":[`), true
	for _, n := range t.order {
		if n.Kind != k || n.shape == nil && n.Accuracy == Unknown {
			continue
		}
		props, err := json.Marshal(n.properties())
		if err != nil {
			panic(err) // texts and numbers can always be written
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(append(b, `{"type":"Feature","properties":`...), props...), `,"geometry":`...)
		if n.shape != nil {
			b = geo.AppendShape(b, n.shape.shape, 5)
		} else {
			b = geo.AppendPoint(b, n.Point, 5)
		}
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

func (n *node) properties() properties {
	out := properties{
		ID: n.ID, Kind: n.Kind, Code: n.Code, ZH: n.Name.ZH, EN: n.Name.EN, Community: n.Community,
		Parent: n.Parent, Area: int64(n.Area), Approximate: n.Accuracy == Approximate,
	}
	if n.shape != nil && n.Accuracy != Unknown {
		num := func(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'f', 5, 64)) }
		out.Label = &[2]json.Number{num(n.Point[0]), num(n.Point[1])}
	}
	return out
}
