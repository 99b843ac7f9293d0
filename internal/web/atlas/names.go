// SPDX-License-Identifier: Apache-2.0

package atlas

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
)

// larger is how much larger type is in large type.
const larger = 1.375

// names writes the names of the places where there is room for them, else their
// numbers in the list, for one width of the page: size is how high a letter is.
// They are for the eye; what they name has its name as a link.
func (d *drawing) names(class string, size float64) {
	if d.Large {
		size *= larger
	}
	w := &writer{drawing: d, size: size}
	if box, ok := d.corner(); ok {
		w.taken = append(w.taken, box)
	}
	if d.Pin != nil {
		x, y := d.at(*d.Pin)
		w.taken = append(w.taken, box{x - needleHalf, y - needleTall, x + needleHalf, y})
	}
	order := slices.Clone(d.Spots)
	slices.SortStableFunc(order, func(a, b Spot) int { return cmp.Compare(b.Place.Area, a.Place.Area) })
	d.b.WriteString(`<g class="map-names ` + class + `" font-size="` + whole(size) + `" aria-hidden="true">`)
	var left []Spot
	for _, s := range order {
		if s.Place.Accuracy != places.Unknown && !w.write(s, short(d.lang, s.Place), 1) && !w.write(s, short(d.lang, s.Place), .72) {
			left = append(left, s)
		}
	}
	for _, s := range left {
		if s.Number > 0 {
			w.write(s, strconv.Itoa(s.Number), .6)
		}
	}
	if d.Of.Kind != places.City {
		for _, n := range d.near {
			w.beside(n.place)
		}
	}
	d.b.WriteString(`</g>`)
}

// writer puts words onto a drawing.
type writer struct {
	*drawing
	size  float64
	taken []box
}

// write writes a word at the middle of a place, or near it, if so much of its
// width lies within the place and nothing else is there.
func (w *writer) write(s Spot, word string, within float64) bool {
	x, y := w.at(s.Place.Point)
	half := width(word, w.size) / 2
	_, drawn := w.Tree.Outline(s.Place.ID)
	if !drawn {
		y += dot + w.size*.7
	}
	for _, by := range [][2]float64{{0, 0}, {0, -.6}, {0, .6}, {-.8, 0}, {.8, 0}, {-.8, .6}, {.8, .6}, {-.8, -.6}, {.8, -.6}, {0, -1.3}, {0, 1.3}, {-1.8, 0}, {1.8, 0}} {
		cx, cy := x+by[0]*w.size, y+by[1]*w.size
		room := box{cx - half, cy - w.size*.6, cx + half, cy + w.size*.6}
		if w.free(room) && (!drawn || w.lies(s.Place, cx, cy, half*within)) {
			w.put(cx, cy, word, "")
			w.taken = append(w.taken, room)
			return true
		}
	}
	return false
}

// lies reports whether a line of so many units to both sides lies in a place.
func (w *writer) lies(p places.Place, x, y, half float64) bool {
	for i := range 5 {
		if !w.in(p, x+half*float64(i-2)/2, y) {
			return false
		}
	}
	return true
}

// in reports whether a point of the drawing lies in a place that has an outline.
func (d *drawing) in(p places.Place, x, y float64) bool {
	q := d.point(x, y)
	at, ok := d.Tree.Locate(q.Lon(), q.Lat())
	return ok && at.Path[p.Kind.Level()] == p.ID
}

func (w *writer) free(room box) bool {
	return room.left >= 4 && room.right <= wide-4 && room.top >= 4 && room.bottom <= w.height-4 && !slices.ContainsFunc(w.taken, room.over)
}

// A middle is that of what is seen of a place.
type middle struct{ x, y, n float64 }

// middles are those of all places beside the one that the map shows, found by
// looking here and there.
func (d *drawing) middles() map[id.ID]middle {
	const across = 18
	if d.seen != nil {
		return d.seen
	}
	d.seen = map[id.ID]middle{}
	for i := range across * across {
		x, y := wide*(float64(i%across)+.5)/across, d.height*(float64(i/across)+.5)/across
		q := d.point(x, y)
		if at, ok := d.Tree.Locate(q.Lon(), q.Lat()); ok && at.Path[d.Of.Kind.Level()] != d.Of.ID {
			for _, p := range at.Path {
				m := d.seen[p]
				d.seen[p] = middle{m.x + x, m.y + y, m.n + 1}
			}
		}
	}
	return d.seen
}

// beside names a neighbour in the middle of what is seen of it, if it fits.
func (w *writer) beside(n places.Place) {
	m := w.middles()[n.ID]
	if m.n == 0 {
		return
	}
	word := short(w.lang, n)
	half := width(word, w.size) / 2
	x, y := min(max(m.x/m.n, half+6), wide-half-6), min(max(m.y/m.n, w.size*.7), w.height-w.size*.7)
	room := box{x - half, y - w.size*.6, x + half, y + w.size*.6}
	if !w.free(room) || !w.in(n, x, y) {
		return
	}
	for i := range 5 { // not over the ground that the map is of
		if w.in(w.Of, room.left+(room.right-room.left)*float64(i)/4, y) {
			return
		}
	}
	w.put(x, y, word, "faint")
	w.taken = append(w.taken, room)
}

func (d *drawing) put(x, y float64, word, class string) {
	d.b.WriteString(`<text x="` + whole(x) + `" y="` + whole(y) + `"`)
	if class != "" {
		d.b.WriteString(` class="` + class + `"`)
	}
	d.b.WriteString(`>`)
	d.text(word)
	d.b.WriteString(`</text>`)
}

// width is about how wide a word is drawn.
func width(s string, size float64) (w float64) {
	for _, c := range s {
		if c < 0x2e80 {
			w += size * .56
		} else {
			w += size
		}
	}
	return w
}

// short is what a place is called without saying what it is.
func short(lang i18n.Lang, p places.Place) string {
	name := p.Name.In(lang)
	for _, end := range []string{"街道", "社区", "镇", "乡", "村", " Street", " Town", " Township", " Community", " Village"} {
		if s, ok := strings.CutSuffix(name, end); ok && len(s) > len("一") {
			return s
		}
	}
	return name
}

// bars are the lengths of a scale, in metres.
var bars = []int{20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50}

// scaleBar is how long the scale is, in metres and on the drawing.
func (d *drawing) scaleBar() (metres int, units float64) {
	for _, m := range bars {
		if metres, units = m, float64(m)/111_320*d.ky; units <= 190 {
			break
		}
	}
	return metres, units
}

// corner is where the scale and the arrow to the north go: where there is no
// land, if there is such a corner.
func (d *drawing) corner() (box, bool) {
	_, units := d.scaleBar()
	w, h := units+70, 76.0
	_, ok := d.Tree.Outline(d.Of.ID)
	for _, b := range []box{{wide - w - 14, d.height - h - 10, 0, 0}, {14, d.height - h - 10, 0, 0}, {wide - w - 14, 10, 0, 0}, {14, 10, 0, 0}} {
		b.right, b.bottom = b.left+w, b.top+h
		hit := !ok
		for i := range 25 {
			hit = hit || d.in(d.Of, b.left+w*float64(i%5)/4, b.top+h*float64(i/5)/4)
		}
		if !hit {
			return b, true
		}
	}
	return box{}, false
}

// furniture draws the scale and the arrow to the north.
func (d *drawing) furniture() {
	b, ok := d.corner()
	if !ok {
		return
	}
	metres, units := d.scaleBar()
	says := i18n.T(d.lang, "place.map.metres", metres)
	if metres >= 1000 {
		says = i18n.T(d.lang, "place.map.km", metres/1000)
	}
	x, y := b.left, b.bottom-14
	d.b.WriteString(`<g class="map-scale" aria-hidden="true"><path d="M` + whole(x) + " " + whole(y-10) + "v10h" + whole(units) + `v-10"/>`)
	d.b.WriteString(`<text x="` + whole(x+units/2) + `" y="` + whole(y-24) + `">`)
	d.text(says)
	n := b.right - 22
	d.b.WriteString(`</text><path d="M` + whole(n) + " " + whole(y) + `v-34m-9 13l9-13 9 13"/><text x="` + whole(n) + `" y="` + whole(y-52) + `">`)
	d.text(i18n.T(d.lang, "place.map.north"))
	d.b.WriteString(`</text></g>`)
}
