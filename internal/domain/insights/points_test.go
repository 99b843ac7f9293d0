// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// earth is more than any town has.
var earth = insights.Box{West: 70, South: 10, East: 140, North: 60}

// A mark is an open matter and where the rules let it stand on a map.
type mark struct {
	matters.Matter
	lon, lat float64
	known    bool
	exact    bool
}

// marks are all open matters of a subtree, placed again by the words of the rule:
// at its own point what everybody may read, else at the middle of the grid; at the
// middle of the village what is not for everybody.
func marks(t *testing.T, w *apptest.Town, c *recount, in scope.Scope) (all []mark) {
	t.Helper()
	tree := w.Places.Tree()
	for _, m := range c.matters {
		got, err := w.Matters.Get(t.Context(), scope.Program("test"), m.named)
		if err != nil {
			t.Fatal(err)
		}
		k := mark{Matter: got.Matter}
		if !k.State.Open() || !in.Contains(k.Path) {
			continue
		}
		up := []id.ID{k.Path[scope.Village], k.Path[scope.Town]}
		if k.VisibleToAll() {
			up = append([]id.ID{k.Path[scope.Grid]}, up...)
		}
		if k.VisibleToAll() && k.At != nil {
			k.lon, k.lat, k.known, k.exact = k.At.Lon, k.At.Lat, true, true
			up = nil
		}
		for _, d := range up {
			if p, ok := tree.Get(d); ok && p.Accuracy != places.Unknown {
				k.lon, k.lat, k.known = p.Point.Lon(), p.Point.Lat(), true
				break
			}
		}
		all = append(all, k)
	}
	return all
}

// mapAgrees holds the map of a subtree, whole and in random boxes, and the list
// beside it, against where every matter stands.
func mapAgrees(t *testing.T, w *apptest.Town, c *recount, by scope.Actor, in scope.Scope, all insights.Lights) {
	t.Helper()
	ms := marks(t, w, c, in)
	chart, err := w.Insights.Clusters(t.Context(), by, in, earth, insights.UsualSquares)
	if err != nil {
		t.Fatal(err)
	}
	var on insights.Lights
	for _, k := range chart.Clusters {
		on.Green, on.Yellow, on.Red = on.Green+k.Green, on.Yellow+k.Yellow, on.Red+k.Red
	}
	if on.All()+chart.Nowhere != all.All() || chart.Nowhere == 0 && on != all {
		t.Errorf("the map of %v has %v and %d nowhere, the room %v", in, on, chart.Nowhere, all)
	}
	rnd := rand.New(rand.NewPCG(24, 510183))
	alone := 0
	for i := range 40 {
		at, half := ms[rnd.IntN(len(ms))], []float64{.2, .02, .004, .0005}[i%4]
		if own := slices.IndexFunc(ms, func(k mark) bool { return k.exact }); i == 0 && own >= 0 { // one with a point of its own
			at, half = ms[own], .00001
		}
		if !at.known {
			continue
		}
		dx, dy := (rnd.Float64()-.5)*half, (rnd.Float64()-.5)*half
		b := insights.Box{West: at.lon + dx - half, South: at.lat + dy - half, East: at.lon + dx + half, North: at.lat + dy + half}
		want, private, public := 0, 0, map[id.ID]bool{}
		for _, k := range ms {
			if !k.known || k.lon < b.West || k.lon > b.East || k.lat < b.South || k.lat > b.North {
				continue
			}
			if want++; k.VisibleToAll() {
				public[k.ID] = true
			} else {
				private++
			}
		}
		chart, err := w.Insights.Clusters(t.Context(), by, in, b, insights.UsualSquares)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, k := range chart.Clusters {
			got += k.All()
			if k.Matter != 0 {
				if alone++; k.All() != 1 || !public[k.Matter] {
					t.Errorf("%d stands alone and is not one that everybody may read", k.Matter)
				}
			}
		}
		here, err := w.Insights.Here(t.Context(), by, in, b)
		if err != nil {
			t.Fatal(err)
		}
		if got != want || here.All() != want || here.Private != private || len(here.Cards) != min(20, len(public)) {
			t.Errorf("%v: %d on the map; %d, %d private, %d of them shown in the list; counted again %d, %d private", b, got, here.All(), here.Private, len(here.Cards), want, private)
		}
		for i, k := range here.Cards {
			if !public[k.ID] {
				t.Errorf("%s is shown and not here for everybody", k.Number)
			}
			if i > 0 && !k.Due.IsZero() && k.Due.Before(here.Cards[i-1].Due) {
				t.Errorf("%s ends before what stands above it", k.Number)
			}
		}
	}
	if alone == 0 {
		t.Error("no matter stood alone on a map")
	}
	for _, b := range []insights.Box{{}, {West: 1, East: 0, North: 1}, {West: -181, East: 0, North: 1}, {East: 1, South: 2, North: 1}} {
		if _, err := w.Insights.Clusters(t.Context(), by, in, b, insights.UsualSquares); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a map of %v: %v", b, err)
		}
	}
	if _, err := w.Insights.Here(t.Context(), w.As("wu"), in, earth); errs.KindOf(err) != errs.Denied {
		t.Errorf("a bureau sees the map of %v: %v", in, err)
	}
	li := w.As("li") // of a grid, for which there is no room
	for _, grid := range insights.MayCommand(li, w.DB.Now()) {
		_, room := w.Insights.Room(t.Context(), li, grid)
		_, chart := w.Insights.Clusters(t.Context(), li, grid, earth, insights.UsualSquares)
		_, here := w.Insights.Here(t.Context(), li, grid, earth)
		for _, err := range []error{room, chart, here} {
			if grid.Level != scope.Grid || errs.KindOf(err) != errs.Denied {
				t.Errorf("below a village, at %v: %v", grid, err)
			}
		}
	}
}

// What is not for everybody stands at the middle of its village, however near
// somebody looks: a map of its very spot is empty.
func TestPrivateIsNowhereNear(t *testing.T) {
	t.Parallel()
	w := apptest.Lived(t)
	path := w.Place("文君街道", "宝塔社区")
	village, _ := w.Places.Tree().Get(path[scope.Village])
	spot := matters.Point{Lon: village.Point.Lon() + .0021, Lat: village.Point.Lat() + .0017}
	if _, err := w.Matters.Raise(t.Context(), w.As("zhao"), matters.Raising{Body: "家里的事，只想让街道知道。", Place: path[scope.Village], At: &spot}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // before it is counted, and after
		at := func(lon, lat, half float64) int {
			c, err := w.Insights.Clusters(t.Context(), w.As("sun"), scope.Of(w.Place("文君街道")), insights.Box{West: lon - half, South: lat - half, East: lon + half, North: lat + half}, insights.UsualSquares)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, k := range c.Clusters {
				if k.Matter == 0 {
					n += k.All()
				}
			}
			return n
		}
		if n := at(spot.Lon, spot.Lat, .0001); n != 0 {
			t.Errorf("%d matters are seen at the spot of a private one", n)
		}
		if n := at(village.Point.Lon(), village.Point.Lat(), .0001); n == 0 {
			t.Error("it is not counted at its village")
		}
		if err := w.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
