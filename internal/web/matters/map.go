// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/atlas"
	"yuanba/internal/web/page"
)

// mapOf is a small map of where a matter is: its grid in the village, or its
// village in the town. The very spot is on it only for those who deal with the
// matter, and for who reported it. There is none where the place is no more, or
// is the city.
func (c *Counter) mapOf(b page.Base, w matters.Whole) page.Map {
	tree := c.Places.Tree()
	d, level := w.Matter.Path.Last()
	p, ok := tree.Get(d)
	if !ok || !p.Open() || level == scope.City {
		return page.Map{}
	}
	if p.Kind == places.Courtyard {
		p, _ = tree.Get(p.Parent)
	}
	of, _ := tree.Get(p.Parent)
	m := atlas.Map{Tree: tree, Of: of, Name: b.T("matter.map"), Large: b.Large}
	for _, x := range partsOf(tree, of) {
		m.Spots = append(m.Spots, atlas.Spot{Place: x, Here: x.ID == p.ID})
	}
	if at := w.Matter.At; at != nil && w.View >= matters.Reporter {
		m.Pin = &geo.Point{at.Lon, at.Lat}
	}
	return m.Draw(b.Lang)
}

// placeLink leads to the page of a place, with its map; zero for none.
func (c *Counter) placeLink(b page.Base, path scope.Path) page.Link {
	d, level := path.Last()
	if p, ok := c.Places.Tree().Get(d); ok && level != scope.City {
		return page.Link{Href: "/places/" + d.String(), Text: b.T("matter.map.place", p.Name), Icon: "map"}
	}
	return page.Link{}
}
