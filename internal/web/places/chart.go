// SPDX-License-Identifier: Apache-2.0

package places

import (
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
)

// A spot is a place on the drawn map.
type spot struct {
	place  places.Place
	number int    // in the list beside the map
	count  int    // matters open there
	says   string // the count in words
}

const (
	wide   = 640.0 // of the drawing
	tall   = 560.0 // at most
	margin = 48.0
	letter = 22.0 // the height of a word
)

// A box is room taken on the drawing.
type box struct{ left, top, right, bottom float64 }

func (a box) over(b box) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// A frame puts the earth onto the drawing.
type frame struct{ lon, lat, scale, squeeze, height float64 }

func (f frame) at(p geo.Point) (x, y float64) {
	return margin + (p.Lon()-f.lon)*f.squeeze*f.scale, margin + (f.lat-p.Lat())*f.scale
}

// frameOf is the frame around all points, and false if there are fewer than two
// different ones.
func frameOf(ps []geo.Point) (frame, bool) {
	if len(ps) == 0 {
		return frame{}, false
	}
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range ps {
		west, east = min(west, p.Lon()), max(east, p.Lon())
		south, north = min(south, p.Lat()), max(north, p.Lat())
	}
	f := frame{lon: west, lat: north, squeeze: math.Cos((south + north) / 2 * math.Pi / 180)}
	w, h := (east-west)*f.squeeze, north-south
	if w == 0 && h == 0 {
		return f, false
	}
	f.scale = min((wide-2*margin)/max(w, 1e-9), (tall-2*margin)/max(h, 1e-9))
	f.height = h*f.scale + 2*margin
	return f, true
}

// draw is the map as a picture: outlines where they are known, else points, each
// with its number or name and a link. Everything on it is in the list beside it
// too. It is "" if nothing is known of where the places lie.
func draw(lang i18n.Lang, t *places.Tree, spots []spot) template.HTML {
	var all []geo.Point
	for _, s := range spots {
		if shape, ok := t.Outline(s.place.ID); ok {
			eachRing(shape, func(ring []geo.Point) { all = append(all, ring...) })
		} else if s.place.Accuracy != places.Unknown {
			all = append(all, s.place.Point)
		}
	}
	f, ok := frameOf(all)
	if !ok {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<svg viewBox="0 0 640 ` + num(f.height) + `" width="100%" role="group" aria-label="`)
	template.HTMLEscape(&b, []byte(i18n.T(lang, "place.page.map")))
	b.WriteString(`">`)
	for _, s := range spots {
		if shape, ok := t.Outline(s.place.ID); ok {
			b.WriteString(`<path class="bar t-calm" fill-opacity=".12" stroke="currentColor" stroke-opacity=".4" d="`)
			eachRing(shape, func(ring []geo.Point) { b.WriteString(path(f, ring)) })
			b.WriteString(`"/>`)
		}
	}
	var taken []box
	for _, s := range spots {
		x, y, r := s.circle(f)
		taken = append(taken, box{x - r, y - r, x + r, y + r})
	}
	for _, s := range spots {
		if s.place.Accuracy != places.Unknown {
			taken = s.write(&b, lang, f, taken)
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// circle is where a place's dot is and how large: its size says how much is open
// there.
func (s spot) circle(f frame) (x, y, r float64) {
	x, y = f.at(s.place.Point)
	return x, y, 16 + min(16, 1.6*math.Sqrt(float64(s.count)))
}

// write draws the dot of a place with its number in the list, and its name where
// there is room for it.
func (s spot) write(b *strings.Builder, lang i18n.Lang, f frame, taken []box) []box {
	x, y, r := s.circle(f)
	tone := "t-done"
	if s.count > 0 {
		tone = "t-calm"
	}
	b.WriteString(`<a href="`)
	template.HTMLEscape(b, []byte(href(s.place)))
	b.WriteString(`"><title>`)
	template.HTMLEscape(b, []byte(s.place.Name.In(lang)+i18n.T(lang, "place.page.colon")+i18n.T(lang, "place.page.open.n", s.says)))
	b.WriteString(`</title><circle class="bar ` + tone + `" fill-opacity=".18" stroke="currentColor" stroke-opacity=".5" cx="` + num(x) + `" cy="` + num(y) + `" r="` + num(r) + `"/>`)
	text(b, x, y+letter/3, letter, strconv.Itoa(s.number))
	name := short(lang, s.place)
	half := width(name) / 2
	if room := (box{x - half, y + r + 2, x + half, y + r + 2 + letter}); free(room, taken) {
		text(b, x, y+r+letter, letter, name)
		taken = append(taken, room)
	}
	b.WriteString(`</a>`)
	return taken
}

// width is about how wide a word is drawn.
func width(s string) (w float64) {
	for _, c := range s {
		if c < 0x2e80 {
			w += letter * .58
		} else {
			w += letter
		}
	}
	return w
}

func free(room box, taken []box) bool {
	return room.left >= 0 && room.right <= wide && !slices.ContainsFunc(taken, room.over)
}

// short is what a place is called without saying what it is.
func short(lang i18n.Lang, p places.Place) string {
	name := p.Name.In(lang)
	for _, end := range []string{"街道", "社区", "镇", "乡", "村", " Street", " Town", " Township", " Community", " Village"} {
		if s, ok := strings.CutSuffix(name, end); ok && len(s) > len("一二") {
			return s
		}
	}
	return name
}

func text(b *strings.Builder, x, y, size float64, s string) {
	b.WriteString(`<text text-anchor="middle" fill="currentColor" font-size="` + num(size) + `" x="` + num(x) + `" y="` + num(y) + `">`)
	template.HTMLEscape(b, []byte(s))
	b.WriteString(`</text>`)
}

// path is a ring as the drawing's commands, without corners closer than the eye
// sees.
func path(f frame, ring []geo.Point) string {
	var b strings.Builder
	lastX, lastY := math.Inf(-1), math.Inf(-1)
	for i, p := range ring {
		x, y := f.at(p)
		if i > 0 && i < len(ring)-1 && math.Abs(x-lastX)+math.Abs(y-lastY) < 2 {
			continue
		}
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		b.WriteString(num(x) + " " + num(y))
		lastX, lastY = x, y
	}
	return b.String() + "Z"
}

func eachRing(s geo.Shape, f func([]geo.Point)) {
	for _, polygon := range s {
		for _, ring := range polygon {
			f(ring)
		}
	}
}

func num(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
