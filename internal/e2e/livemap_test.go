//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
)

// carried skips where the program was built without the map that can be moved.
func carried(t *testing.T, u *User) {
	t.Helper()
	if u.Count("[data-map-live]") == 0 {
		t.Skip("the map that can be moved is not in this program: make carried")
	}
}

// spot is a point some way from the middle of 宝塔社区.
func (p *place) spot(dx, dy float64) *matters.Point {
	v, _ := p.Places.Tree().Get(p.Place("文君街道", "宝塔社区")[scope.Village])
	return &matters.Point{Lon: v.Point.Lon() + dx, Lat: v.Point.Lat() + dy}
}

// The deputy secretary moves the map of open matters, by hand and by keyboard: a
// cluster opens, the list goes with the map, what is raised appears by itself, and a
// matter that stands alone leads to its page.
func TestSecretaryOnTheMap(t *testing.T) {
	t.Parallel()
	for _, screen := range []Screen{Desk, Phone} {
		t.Run(screen.name(), func(t *testing.T) {
			t.Parallel()
			p := town(t)
			for _, near := range []*matters.Point{p.spot(.004, .003), p.spot(-.004, -.003)} { // near enough to lie in one bubble
				p.raise(p.granny(), matters.Raising{Title: "路面有坑", Body: "路面有个坑，下雨天看不见。", Public: true, At: near})
			}
			sun := p.staff("sun", "孙书记", Options{Screen: screen})
			sun.Open("/room")
			carried(t, sun)
			sun.Wait(".live-map[data-ready]")
			sun.Wait("[data-map-here] .here-head")
			sun.Fits()
			sun.Sound()
			if sun.Count("figure[data-map-live] svg.map") != 0 {
				t.Error("the drawing is still there")
			}
			if screen == Desk {
				sun.Shot("room-map")
			}

			// A cluster opens by the keyboard, and the list has what is left in view.
			var before, after int
			number := `parseInt(document.querySelector('.here-head').textContent.replace(/\D/g, ''))`
			sun.JS(number, &before)
			var spread int // bubbles that were one
			sun.JS(`document.querySelectorAll('.bubble').length`, &spread)
			sun.JS(`(document.querySelector('.bubble').focus(), 1)`, new(int))
			if !strings.Contains(sun.Focused(), "件") {
				t.Errorf("the bubble says %s", sun.Focused())
			}
			sun.Press("Enter")
			sun.Wait("[data-map-here] .here-head:focus")
			sun.JS(number, &after)
			if after == 0 || after > before {
				t.Errorf("the list had %d, and has %d after the cluster was opened", before, after)
			}
			if sun.Count(".bubble") == 0 || after == before && sun.Count(".bubble") <= spread {
				t.Errorf("nothing opened: %d of %d in the list, %d bubbles of %d", after, before, sun.Count(".bubble"), spread)
			}
			sun.Sound()

			// What is raised appears by itself; alone in the fields, it is its own link.
			sun.Click(".live-all")
			p.raise(p.granny(), matters.Raising{Title: "桥边的护栏断了", Body: "桥边的护栏断了，有娃娃在那里耍。", Public: true, At: p.spot(.01, -.1)})
			p.raise(p.granny(), matters.Raising{Title: "家里的私事", Body: "这件事只想让街道知道。", At: p.spot(.01, -.1)})
			sun.Wait(`.bubble[aria-label="桥边的护栏断了"]`)
			sun.NotSee("家里的私事")
			sun.Sound()
			sun.Go(`.bubble[aria-label="桥边的护栏断了"]`)
			sun.See("桥边的护栏断了")
		})
	}
}

// A resident asks for the map of the places that can be moved; the page is no heavier
// before. No matter has a point of its own there.
func TestResidentOnTheMap(t *testing.T) {
	t.Parallel()
	p := town(t)
	for _, screen := range []Screen{Phone, Desk} {
		u := p.stranger("路人 "+screen.name(), Options{Screen: screen})
		u.Open("/places")
		carried(t, u)
		if n := u.Bytes(); n > 60_000 {
			t.Errorf("before it is asked for, the page weighs %d bytes", n)
		}
		if u.Count("svg.map a") == 0 || u.Count(".live-map") != 0 {
			t.Error("the drawing is not there first")
		}
		u.Click(".live-open")
		u.Wait(".live-map[data-ready] .bubble")
		u.Sound()
		u.Fits()
		if screen == Phone {
			u.Shot("places-map")
		}
		var label string
		u.JS(`document.querySelector('.bubble').getAttribute('aria-label')`, &label)
		if !strings.Contains(label, "街道：") && !strings.Contains(label, "镇：") {
			t.Errorf("the first bubble says %q", label)
		}
		u.JS(`(document.querySelector('.bubble').focus(), 1)`, new(int))
		u.turned("Enter")
		u.See("这里的事")
		u.Sound()
	}
}

// Without script, and where the browser cannot draw, the drawn map is there, and the
// list beside it.
func TestMapWithoutScript(t *testing.T) {
	t.Parallel()
	p := town(t)
	sun := p.staff("sun", "孙书记", Options{Screen: Desk, NoScript: true})
	sun.Open("/room")
	if sun.Count("figure svg.map a") < 3 || sun.Visible("[data-map-here]") || !sun.Visible(".room-there table") {
		t.Error("without script there is no drawing, or no list beside it")
	}
	sun.Sound()
	sun.Open("/room/here?box=103,30,104,31")
	sun.See("地图这一片", "看全部在办事项")
	sun.Sound()
}
