// SPDX-License-Identifier: Apache-2.0

package atlas_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/atlas"
)

// county is a tree with invented outlines.
func county(t testing.TB) *places.Tree {
	t.Helper()
	town := apptest.New(t)
	if err := town.Places.Draw(t.Context(), scope.Program("test"), places.Invent(town.Places.Tree(), 1)); err != nil {
		t.Fatal(err)
	}
	return town.Places.Tree()
}

// sound reads the picture as XML, and returns how often each element is in it.
func sound(t *testing.T, picture string) map[string]int {
	t.Helper()
	d, seen := xml.NewDecoder(strings.NewReader(picture)), map[string]int{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return seen
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%.300s", err, picture)
		}
		if s, ok := tok.(xml.StartElement); ok {
			seen[s.Name.Local]++
			for _, a := range s.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || (a.Name.Local == "fill" || a.Name.Local == "stroke") {
					t.Errorf("%s has a look of its own: %s=%q", s.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	tree := county(t)
	city, _ := tree.City()
	m := atlas.Map{Tree: tree, Of: city, Name: `"地图" & more`}
	for i, p := range tree.Children(city.ID) {
		m.Spots = append(m.Spots, atlas.Spot{Place: p, Number: i + 1, Shade: i % atlas.Shades, Says: "1 件", Href: "/places/" + p.ID.String()})
	}
	drawn := m.Draw(i18n.ZH)
	pic := string(drawn.Picture)
	seen := sound(t, pic)
	if seen["a"] != 14 || seen["title"] != 14 || seen["button"] != 0 {
		t.Errorf("the county has %v", seen)
	}
	for _, p := range tree.Children(city.ID) {
		if !strings.Contains(pic, "<title>"+p.Name.ZH+"：1 件</title>") {
			t.Errorf("%s has no title", p.Name.ZH)
		}
	}
	if n := strings.Count(pic, ">文君<"); n != 2 {
		t.Errorf("文君 is written %d times, once for each width is right", n)
	}
	if len(drawn.Notes) != 1 || !strings.Contains(drawn.Notes[0], "不是真的") {
		t.Errorf("the map does not say that its lines are invented: %v", drawn.Notes)
	}
	if len(pic) > 30_000 {
		t.Errorf("the map of the county has %d bytes", len(pic))
	}
}

// A map of a town shows its neighbours faintly, a map to choose on has buttons,
// a pin only where it is seen.
func TestDrawTown(t *testing.T) {
	t.Parallel()
	tree := county(t)
	wenjun := tree.ByName(places.Town, "文君街道")[0]
	m := atlas.Map{Tree: tree, Of: wenjun, Name: "map", Tap: true, Pin: &geo.Point{0, 0}}
	for _, p := range tree.Children(wenjun.ID) {
		m.Spots = append(m.Spots, atlas.Spot{Place: p, Send: "map:" + p.ID.String(), Here: p.Name.ZH == "宝塔社区"})
	}
	pic := string(m.Draw(i18n.EN).Picture)
	seen := sound(t, pic)
	if n := len(m.Spots); seen["button"] != n || seen["clipPath"] != n || seen["a"] != 0 {
		t.Errorf("%d villages, and %v", n, seen)
	}
	if strings.Contains(pic, "map-pin") || strings.Count(pic, `here"`) != 1 || !strings.Contains(pic, "Linqiong") || !strings.Contains(pic, "data-west") {
		t.Errorf("pin, place in question, neighbour or frame are wrong")
	}
	spot := regexp.MustCompile(`class="map-pin" d="M([0-9.-]+) ([0-9.-]+)l`)
	name := regexp.MustCompile(`<text x="([0-9.-]+)" y="([0-9.-]+)"`)
	number := func(s string) float64 {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, p := range tree.Children(wenjun.ID) {
		m.Pin = &p.Point
		pinned := string(m.Draw(i18n.EN).Picture)
		at := spot.FindStringSubmatch(pinned)
		if at == nil {
			t.Fatalf("%s: no pin", p.Name.ZH)
		}
		x, y := number(at[1]), number(at[2])
		for _, n := range name.FindAllStringSubmatch(pinned, -1) {
			if nx, ny := number(n[1]), number(n[2]); math.Abs(nx-x) < 20 && ny > y-70 && ny < y+12 { // y is where its letters stand, and they are higher
				t.Errorf("%s: a name at %v, %v stands under the pin at %v, %v", p.Name.ZH, nx, ny, x, y)
			}
		}
	}
}

// Without outlines there are dots, without points no map.
func TestDrawWithoutOutlines(t *testing.T) {
	t.Parallel()
	tree := apptest.New(t).Places.Tree()
	city, _ := tree.City()
	m := atlas.Map{Tree: tree, Of: city}
	if pic := m.Draw(i18n.ZH).Picture; pic != "" {
		t.Errorf("a map of nothing: %.100s", pic)
	}
	for _, p := range tree.Children(city.ID) {
		m.Spots = append(m.Spots, atlas.Spot{Place: p, Href: "/"})
	}
	drawn := m.Draw(i18n.ZH)
	if seen := sound(t, string(drawn.Picture)); seen["circle"] != 14 {
		t.Errorf("fourteen seats, and %v", seen)
	}
	if len(drawn.Notes) != 1 || !strings.Contains(drawn.Notes[0], "大概") {
		t.Errorf("it is not said that positions are rough: %v", drawn.Notes)
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		most   int
		shades map[int]int
		legend string
	}{
		{0, map[int]int{0: 0}, ""},
		{3, map[int]int{0: 0, 1: 1, 2: 2, 3: 3}, "0 1 2 3"},
		{46, map[int]int{0: 0, 1: 1, 10: 1, 11: 2, 30: 3, 31: 4, 46: 4}, "0 1–10 11–20 21–30 31+"},
		{900_000, map[int]int{1: 1, 900_000: 4}, "0 1–10000 10001–20000 20001–30000 30001+"},
	} {
		s := atlas.ScaleOf(c.most)
		for n, want := range c.shades {
			if got := s.Of(n); got != want {
				t.Errorf("up to %d: %d has shade %d, want %d", c.most, n, got, want)
			}
		}
		var words []string
		for _, l := range s.Legend(c.most) {
			words = append(words, l.Text)
		}
		if got := strings.Join(words, " "); got != c.legend {
			t.Errorf("up to %d: legend %q, want %q", c.most, got, c.legend)
		}
	}
}

// BenchmarkDraw draws a village with its grids, as on the page of a matter, and what
// is above it: anew each time, and as it is kept.
func BenchmarkDraw(b *testing.B) {
	tree := county(b)
	city, _ := tree.City()
	for _, of := range []places.Place{tree.ByName(places.Village, "宝塔社区")[0], tree.ByName(places.Town, "文君街道")[0], city} {
		m := atlas.Map{Tree: tree, Of: of, Name: "map"}
		for _, p := range tree.Children(of.ID) {
			m.Spots = append(m.Spots, atlas.Spot{Place: p})
		}
		b.Run(of.Name.ZH+"/anew", func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				m.Name = strconv.Itoa(n)
				m.Draw(i18n.ZH)
			}
		})
		b.Run(of.Name.ZH+"/kept", func(b *testing.B) {
			for b.Loop() {
				m.Draw(i18n.ZH)
			}
		})
	}
}

// What is drawn alike is drawn once: the same again, another for other words, and
// another as soon as the places have changed. A map with a pin is kept for nobody.
func TestDrawnOnce(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	if err := town.Places.Draw(t.Context(), scope.Program("test"), places.Invent(town.Places.Tree(), 1)); err != nil {
		t.Fatal(err)
	}
	of := func(says string, change func(*atlas.Map)) string {
		tree := town.Places.Tree()
		city, _ := tree.City()
		m := atlas.Map{Tree: tree, Of: city, Name: "地图"}
		for i, p := range tree.Children(city.ID) {
			m.Spots = append(m.Spots, atlas.Spot{Place: p, Number: i + 1, Says: says, Href: "/places/" + p.ID.String()})
		}
		if change != nil {
			change(&m)
		}
		return string(m.Draw(i18n.ZH).Picture)
	}
	first := of("3 件", nil)
	if of("3 件", nil) != first {
		t.Error("the same map is drawn another way")
	}
	for name, other := range map[string]string{
		"words":      of("4 件", nil),
		"large type": of("3 件", func(m *atlas.Map) { m.Large = true }),
		"a shade":    of("3 件", func(m *atlas.Map) { m.Spots[3].Shade = 2 }),
		"here":       of("3 件", func(m *atlas.Map) { m.Spots[3].Here = true }),
		"a pin":      of("3 件", func(m *atlas.Map) { p := m.Spots[0].Place.Point; m.Pin = &p }),
	} {
		if other == first {
			t.Errorf("%s makes no difference", name)
		}
	}
	if strings.Contains(of("3 件", nil), "map-pin") {
		t.Error("somebody else's pin is on the map")
	}
	p := town.Places.Tree().All(places.Town)[0]
	if err := town.Places.Rename(t.Context(), scope.Program("test"), p.ID, places.Renaming{Name: i18n.Text{ZH: "新名街道", EN: "New Street"}, On: places.DayOf(town.Clock.Now())}); err != nil {
		t.Fatal(err)
	}
	if renamed := of("3 件", nil); renamed == first || !strings.Contains(renamed, "新名街道") {
		t.Error("the map shows the name of before")
	}
}
