// SPDX-License-Identifier: Apache-2.0

// Package atlas draws maps of the town's places as pictures within a page: no
// script, no style of their own, no tiles of anybody. Each place on a map is a
// link or a button that can be reached by tab; the list beside a map is complete
// without it.
package atlas

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// A Spot is a place on a map, and where it leads.
type Spot struct {
	Place  places.Place
	Number int    // in the list beside the map; 0 if there is none
	Shade  int    // see [Scale]
	Says   string // what is to be known of it besides its name
	Href   string // where it leads, or
	Send   string // the button "go" of the form around the map, with this value
	Here   bool   // the place in question
}

// A Map is what is to be drawn.
type Map struct {
	Tree  *places.Tree
	Of    places.Place // whose ground it shows
	Spots []Spot       // what lies there
	Name  string       // for readers who do not see it
	Pin   *geo.Point   // exactly here
	Large bool         // in large type
	Tap   bool         // a script may read where it was touched
}

// Draw draws the map. It has no picture if nothing is known of where the places
// lie. What is drawn alike is drawn once, until the places change.
func (m Map) Draw(lang i18n.Lang) page.Map {
	key := m.key(lang)
	if key == "" {
		return m.draw(lang)
	}
	out, ok := drawings.get(m.Tree, key)
	if !ok {
		out = m.draw(lang)
		drawings.put(m.Tree, key, out)
	}
	out.Notes = slices.Clone(out.Notes)
	return out
}

func (m Map) draw(lang i18n.Lang) page.Map {
	f, ok := frameOf(m.ground(), m.Of.Kind != places.City)
	if !ok {
		return page.Map{}
	}
	d := drawing{Map: m, lang: lang, frame: f}
	d.open()
	d.around()
	d.rim("map-rim")
	for i := range m.Spots {
		d.land(i)
	}
	d.rim("map-line")
	d.names("map-wide", 25)
	d.names("map-narrow", 40)
	d.furniture()
	if m.Pin != nil {
		d.pin(*m.Pin)
	}
	d.b.WriteString(`</svg>`)
	out := page.Map{Picture: template.HTML(d.b.String())}
	if d.invented {
		out.Notes = append(out.Notes, i18n.T(lang, "place.map.invented"))
	} else if d.rough {
		out.Notes = append(out.Notes, i18n.T(lang, "place.map.rough"))
	}
	return out
}

// ground are the points that must be on the map: those of the outline of what it
// shows, else of all that lies in it.
func (m Map) ground() (all []geo.Point) {
	add := func(s geo.Shape) {
		for _, polygon := range s {
			for _, ring := range polygon {
				all = append(all, ring...)
			}
		}
	}
	if s, ok := m.Tree.Outline(m.Of.ID); ok {
		add(s)
		return all
	}
	for _, s := range m.Spots {
		if shape, ok := m.Tree.Outline(s.Place.ID); ok {
			add(shape)
		} else if s.Place.Accuracy != places.Unknown {
			all = append(all, s.Place.Point)
		}
	}
	return all
}

// drawing is a map being drawn.
type drawing struct {
	Map
	frame
	lang     i18n.Lang
	b        strings.Builder
	invented bool // an outline is
	rough    bool // a point is
	near     []neighbour
	seen     map[id.ID]middle // see middles
}

func (d *drawing) open() {
	d.b.WriteString(`<svg class="map" viewBox="0 0 ` + whole(wide) + ` ` + whole(d.height) + `" role="group" aria-label="`)
	d.text(d.Name)
	if d.Tap {
		num := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
		d.b.WriteString(`" data-map="" data-west="` + num(d.west) + `" data-north="` + num(d.north) + `" data-lon="` + num(d.kx) + `" data-lat="` + num(d.ky) + `" data-pin="` + needle)
	}
	d.b.WriteString(`">`)
}

func (d *drawing) text(s string) { template.HTMLEscape(&d.b, []byte(s)) }

// land draws a place: its outline where it is known, else a dot.
func (d *drawing) land(i int) {
	s := d.Spots[i]
	shape, ok := d.Tree.Outline(s.Place.ID)
	if !ok && s.Place.Accuracy == places.Unknown {
		return
	}
	class := "n" + strconv.Itoa(s.Shade)
	if s.Here {
		class += " here"
	}
	name := s.Place.Name.In(d.lang)
	if s.Says != "" {
		name += i18n.T(d.lang, "place.page.colon") + s.Says
	}
	switch {
	case s.Href != "":
		d.b.WriteString(`<a class="` + class + `" href="`)
		d.text(s.Href)
		d.b.WriteString(`">`)
	default:
		d.b.WriteString(`<g class="` + class + `">`)
	}
	d.b.WriteString(`<title>`)
	d.text(name)
	d.b.WriteString(`</title>`)
	id := "map-" + strconv.Itoa(i)
	if ok {
		d.invented = d.invented || s.Place.Accuracy != places.Exact
		d.b.WriteString(`<path id="` + id + `" d="` + d.path(shape) + `"/>`)
	} else {
		d.rough = d.rough || s.Place.Accuracy != places.Exact
		x, y := d.at(s.Place.Point)
		d.b.WriteString(`<circle id="` + id + `" cx="` + whole(x) + `" cy="` + whole(y) + `" r="` + whole(dot) + `"/>`)
	}
	if s.Send != "" {
		d.button(id, s, name, shape)
	}
	if s.Href != "" {
		d.b.WriteString(`</a>`)
	} else {
		d.b.WriteString(`</g>`)
	}
}

// button lays a button of the page over a place, cut to its outline, so that the
// form around the map is sent without a script.
func (d *drawing) button(id string, s Spot, name string, shape geo.Shape) {
	x, y := d.at(s.Place.Point)
	box := box{x - dot, y - dot, x + dot, y + dot}
	if shape != nil {
		b := shape.Bound()
		box.left, box.top = d.at(geo.Point{b.Min[0], b.Max[1]})
		box.right, box.bottom = d.at(geo.Point{b.Max[0], b.Min[1]})
	}
	d.b.WriteString(`<clipPath id="` + id + `-c"><use href="#` + id + `"/></clipPath><g clip-path="url(#` + id + `-c)"><foreignObject x="` + whole(box.left) + `" y="` + whole(box.top) +
		`" width="` + whole(box.right-box.left) + `" height="` + whole(box.bottom-box.top) + `"><button name="go" value="`)
	d.text(s.Send)
	d.b.WriteString(`" aria-label="`)
	d.text(name)
	d.b.WriteString(`"></button></foreignObject></g>`)
}

// rim draws the outline of what the map shows.
func (d *drawing) rim(class string) {
	if s, ok := d.Tree.Outline(d.Of.ID); ok {
		d.invented = d.invented || d.Of.Accuracy != places.Exact
		d.b.WriteString(`<path class="` + class + `" d="` + d.path(s) + `"/>`)
	}
}

// around draws, faintly, the neighbours of what the map shows.
func (d *drawing) around() {
	if d.Of.Kind == places.City {
		return
	}
	d.b.WriteString(`<g class="map-near" aria-hidden="true">`)
	d.near = d.neighbours()
	for _, n := range d.near {
		d.b.WriteString(`<path d="` + d.path(n.shape) + `"/>`)
	}
	d.b.WriteString(`</g>`)
}

// neighbour is a place beside the one that the map shows.
type neighbour struct {
	place places.Place
	shape geo.Shape
}

// neighbours are those whose ground is seen on the map: brothers and sisters, and
// those of the place above.
func (d *drawing) neighbours() (near []neighbour) {
	view := d.bound()
	for p := d.Of; p.Parent != 0; {
		for _, o := range d.Tree.Children(p.Parent) {
			if s, ok := d.Tree.Outline(o.ID); ok && o.ID != p.ID && o.Kind == p.Kind && s.Bound().Intersects(view) {
				near = append(near, neighbour{o, s})
			}
		}
		up, ok := d.Tree.Get(p.Parent)
		if !ok {
			break
		}
		p = up
	}
	return near
}

// needle is a pin, drawn from its point on.
const needle = "l-20-38a23 23 0 1 1 40 0zm-7-49a7 7 0 1 0 14 0 7 7 0 1 0-14 0"

// The room that a pin takes: to each side of its point, and above it.
const needleHalf, needleTall = 24.0, 74.0

func (d *drawing) pin(p geo.Point) {
	x, y := d.at(p)
	if x < 0 || y < 0 || x > wide || y > d.height {
		return
	}
	d.b.WriteString(`<path class="map-pin" d="M` + whole(x) + " " + whole(y) + needle + `"/>`)
}
