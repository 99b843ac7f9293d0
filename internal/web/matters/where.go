// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/atlas"
	"yuanba/internal/web/page"
)

// A picking is a map on which the place of a matter is chosen, from the city down
// to the grid, with the list of the same places.
type picking struct {
	Map   page.Map
	Of    string // the place whose map it is
	Name  string
	List  []choice
	Up    bool // there is a map of the place above
	Take  bool // the place itself may be taken
	Exact bool // a script may take the very spot
}

// choice is a place in the list beside the map.
type choice struct{ Send, Text string }

// whereStep does what was asked for on the step "where" but for going on: it opens the
// map, goes down or up on it, takes a place, or finds the one in which the phone
// is. Nothing typed is lost. It is false if nothing of the kind was asked.
func (c *Counter) whereStep(r *http.Request, f *form.Form) (v raisePage, ok bool) {
	tree := c.Places.Tree()
	asked, arg, _ := strings.Cut(f.Get("go"), ":")
	shown := placeIn(tree, f.Get("map"))
	switch asked {
	case "map":
		p := placeIn(tree, arg)
		if arg == "" {
			p = c.startOf(tree, placeIn(tree, f.Get("place")))
		}
		if p.ID != 0 && divided(tree, p) {
			return c.pickingPage(r, f, p), true
		}
		take(f, p)
	case "up":
		if up, found := tree.Get(shown.Parent); found {
			return c.pickingPage(r, f, up), true
		}
	case "here":
		take(f, shown)
	case "list": // back from the map
	case "take": // the script has put the spot and its grid into the form
	case "unpin":
		f.Set("lat")
		f.Set("lon")
	case "locate":
		return c.located(r, f), true
	default:
		return v, false
	}
	return c.raisePage(r, f, stepWhere), true
}

// take puts a place into the form.
func take(f *form.Form, p places.Place) {
	if p.ID != 0 {
		f.Set("place", p.ID.String())
	}
}

// placeIn is the open place that a value of the form names, or none.
func placeIn(tree *places.Tree, value string) places.Place {
	d, err := id.Parse(value)
	if err != nil {
		return places.Place{}
	}
	p, ok := tree.Get(d)
	if !ok || !p.Open() {
		return places.Place{}
	}
	return p
}

// startOf is the place whose map is opened first: that around what was chosen,
// else the city.
func (c *Counter) startOf(tree *places.Tree, chosen places.Place) places.Place {
	for p := chosen; p.ID != 0; p, _ = tree.Get(p.Parent) {
		if p.Kind != places.City && divided(tree, p) {
			return p
		}
	}
	city, _ := tree.City()
	return city
}

// divided reports whether a map of the place has something to choose from. A
// courtyard is part of a grid, and too small for it.
func divided(tree *places.Tree, p places.Place) bool {
	return len(partsOf(tree, p)) > 1
}

func partsOf(tree *places.Tree, p places.Place) []places.Place {
	return slices.DeleteFunc(tree.Children(p.ID), func(x places.Place) bool { return x.Kind == places.Courtyard })
}

// pickingPage is the step "where" with the map of a place.
func (c *Counter) pickingPage(r *http.Request, f *form.Form, of places.Place) raisePage {
	tree := c.Places.Tree()
	below := partsOf(tree, of)
	v := c.raisePage(r, f, stepWhere)
	b := v.Base
	v.Pick = &picking{Of: of.ID.String(), Name: of.Name.In(b.Lang), Up: of.Kind != places.City, Take: of.Kind != places.City && c.mayRaise(b)(of), Exact: below[0].Kind == places.Grid}
	m := atlas.Map{Tree: tree, Of: of, Name: b.T("matter.raise.map"), Large: b.Large, Tap: v.Pick.Exact, Pin: pinned(f)}
	leads := c.leadsTo(b)
	for i, p := range below {
		send := "map:" + p.ID.String()
		if !leads(p) {
			m.Spots = append(m.Spots, atlas.Spot{Place: p, Number: i + 1})
			continue
		}
		m.Spots = append(m.Spots, atlas.Spot{Place: p, Number: i + 1, Send: send, Here: f.Get("place") == p.ID.String()})
		v.Pick.List = append(v.Pick.List, choice{send, itoa(i+1) + " " + p.Name.In(b.Lang)})
	}
	v.Pick.Map = m.Draw(b.Lang)
	v.Head = page.Head{Title: v.Pick.Name, Lead: b.T("matter.raise.map.help." + string(below[0].Kind))}
	for _, name := range askedOn[stepWhere] {
		v.Carried = append(v.Carried, page.Hidden{Name: name, Value: f.Get(name)})
	}
	return v
}

// pinned is the very spot in the form, nil if there is none.
func pinned(f *form.Form) *geo.Point {
	lat, ok := f.Number("lat", -90, 90)
	lon, too := f.Number("lon", -180, 180)
	if !ok || !too {
		return nil
	}
	return &geo.Point{lon, lat}
}

// located finds the place in which the phone is and says which it is, to be
// confirmed.
func (c *Counter) located(r *http.Request, f *form.Form) raisePage {
	tree := c.Places.Tree()
	said, key := "", "matter.raise.gps.unknown"
	if p := pinned(f); p != nil {
		at, ok := tree.Locate(p.Lon(), p.Lat())
		city, _ := tree.City()
		_, drawn := tree.Outline(city.ID)
		switch {
		case ok && at.Kind != places.City && c.mayRaise(page.From(r))(at):
			f.Set("place", at.ID.String())
			key, said = "matter.raise.gps.in", tree.Words(at.Path, "").In(page.From(r).Lang)
		case drawn && !ok: // somewhere else than in the county
			key = "matter.raise.gps.out"
			f.Set("lat")
			f.Set("lon")
		default:
			key = "matter.raise.gps.done"
		}
	}
	v := c.raisePage(r, f, stepWhere)
	v.Located = v.T(key, said)
	return v
}

// spotIn is the very spot of a Raising if it lies in the place that was chosen:
// whoever chooses another place afterwards means that one.
func (c *Counter) spotIn(in matters.Raising) *matters.Point {
	if in.At == nil || in.Place == 0 {
		return in.At
	}
	tree := c.Places.Tree()
	at, ok := tree.Locate(in.At.Lon, in.At.Lat)
	if p, known := tree.Get(in.Place); ok && known && at.Path[p.Kind.Level()] != p.ID {
		return nil
	}
	return in.At
}

// placesFor are the options of the step "where": those of the list, and the grid
// that was chosen on the map.
func (c *Counter) placesFor(b page.Base, chosen string) []page.Option {
	opts, tree := c.raisePlaces(b), c.Places.Tree()
	p := placeIn(tree, chosen)
	if p.ID == 0 || p.Kind == places.City || !c.mayRaise(b)(p) || slices.ContainsFunc(opts, func(o page.Option) bool { return o.Value == chosen }) {
		return opts
	}
	return append([]page.Option{{Value: chosen, Text: tree.Words(p.Path, "").In(b.Lang)}}, opts...)
}

// mayRaise tells in which places the reader may raise something: residents
// everywhere, those who write down what others say where that is their work.
func (c *Counter) mayRaise(b page.Base) func(places.Place) bool {
	if !b.Staff() {
		return func(places.Place) bool { return true }
	}
	in := b.Actor.Scopes("raise_for", b.Now)
	return func(p places.Place) bool { return in.Contains(p.Path) }
}

// leadsTo tells which places on a map lead to one in which the reader may raise
// something, as those do themselves.
func (c *Counter) leadsTo(b page.Base) func(places.Place) bool {
	may, tree := c.mayRaise(b), c.Places.Tree()
	return func(p places.Place) bool {
		return may(p) || slices.ContainsFunc(b.Actor.Scopes("raise_for", b.Now), func(s scope.Scope) bool { return tree.Path(s.ID)[p.Kind.Level()] == p.ID })
	}
}
