// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"fmt"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// Without a script the place is chosen on the map from the city down to the grid,
// and nothing typed is lost on the way.
func TestWhereOnTheMap(t *testing.T) {
	t.Parallel()
	w := open(t)
	tree, v := w.Places.Tree(), w.visit("")
	baota := w.Place("文君街道", "宝塔社区")
	grid := tree.Children(baota[scope.Village])[1]
	typed := []string{"step", "3", "body", "路灯不亮，夜里看不见路", "place_words", "菜市场门口", "category", "unknown"}
	kept := []string{"路灯不亮，夜里看不见路", "菜市场门口"}
	post := func(pairs ...string) answer { return v.post("/raise", append(pairs, typed...)...) }
	button := func(d id.ID) string { return `name="go" value="map:` + d.String() + `"` }

	post("go", "map").is(200).says(kept...).says(button(baota[scope.Town]), `<svg class="map"`, "不是真的").says("!data-map")
	post("go", "map:"+baota[scope.Town].String(), "map", baota[scope.City].String()).is(200).says(kept...).says(button(baota[scope.Village]), "就选文君街道")
	post("go", "map:"+baota[scope.Village].String(), "map", baota[scope.Town].String()).is(200).says(kept...).says(button(grid.ID), "data-map")
	chosen := `value="` + grid.ID.String() + `" selected`
	post("go", "map:"+grid.ID.String(), "map", baota[scope.Village].String()).is(200).says(kept...).says(chosen, "宝塔社区 "+grid.Name.ZH).says("!" + `<svg class="map"`)
	post("go", "here", "map", baota[scope.Village].String()).is(200).says(kept...).says(`value="` + baota[scope.Village].String() + `" selected`)
	post("go", "up", "map", baota[scope.Village].String()).is(200).says(kept...).says("就选文君街道")
	post("go", "list", "map", baota[scope.Village].String(), "place", grid.ID.String()).is(200).says(kept...).says(chosen)
	post("go", "map", "place", grid.ID.String()).is(200).says("就选宝塔社区", `class="n0 here"`)
	for _, bad := range []string{"map:x", "map:0000000000999", "here", "up", "take", "unpin"} {
		post("go", bad, "map", "nonsense").is(200).says(kept...)
	}
}

// The phone's position is the grid it is in, which is said; one outside the county
// is not kept, and one in another place than was chosen is let go.
func TestWhereByPosition(t *testing.T) {
	t.Parallel()
	w := open(t)
	tree, v := w.Places.Tree(), w.visit("")
	baota, sangyuan := w.Place("文君街道", "宝塔社区"), w.Place("桑园镇")
	grid := tree.Children(baota[scope.Village])[0]
	at := func(p places.Place) []string {
		return []string{"step", "3", "body", "路灯不亮", "category", "unknown", "lat", fmt.Sprintf("%.6f", p.Point.Lat()), "lon", fmt.Sprintf("%.6f", p.Point.Lon())}
	}
	located := v.post("/raise", append(at(grid), "go", "locate")...).is(200)
	located.says("您在文君街道 宝塔社区 "+grid.Name.ZH, `value="`+grid.ID.String()+`" selected`, "准确位置已记")
	v.post("/raise", append(at(grid), "go", "unpin", "place", grid.ID.String())...).is(200).says(`name="lat" value=""`).says("!准确位置已记")
	v.post("/raise", "step", "3", "body", "路灯不亮", "go", "locate", "lat", "39.9", "lon", "116.4").is(200).says("不在本市范围内", `name="lat" value=""`)
	v.post("/raise", "step", "3", "body", "路灯不亮", "go", "locate", "lat", "north", "lon", "").is(200).says("没有收到位置")

	newest := func() matters.Card {
		l, err := w.Matters.List(t.Context(), scope.Program("test"), matters.Filter{Most: 1})
		if err != nil || len(l.Cards) != 1 {
			t.Fatal(l, err)
		}
		return l.Cards[0]
	}
	send := func(place id.ID) string {
		before := newest()
		v.post("/raise", append(at(grid)[2:], "step", "5", "place", place.String(), "who", "public", "go", "next")...)
		now := newest()
		if now.Number == before.Number {
			t.Fatal("nothing was raised")
		}
		if now.At == nil {
			return ""
		}
		return fmt.Sprintf("%.6f", now.At.Lat)
	}
	if got := send(baota[scope.Village]); !strings.HasPrefix(got, "30.") {
		t.Errorf("the spot in the village chosen is %q", got)
	}
	if got := send(sangyuan[scope.Town]); got != "" {
		t.Errorf("the spot in another town than chosen was kept: %s", got)
	}
}

// The page of a matter shows where it is; the very spot only to those who deal
// with it.
func TestMatterMap(t *testing.T) {
	t.Parallel()
	w := open(t)
	grid := w.Places.Tree().Children(w.Place("文君街道", "宝塔社区")[scope.Village])[0]
	s, err := w.Matters.Raise(t.Context(), w.guest("zhou"), matters.Raising{Body: "这里的井盖松了", Place: grid.ID, At: &matters.Point{Lon: grid.Point.Lon(), Lat: grid.Point.Lat()}, Public: true})
	if err != nil {
		t.Fatal(err)
	}
	for who, pin := range map[string]string{"": `!class="map-pin"`, "zhou": `class="map-pin"`, "zhao": `class="map-pin"`, "chen": `!class="map-pin"`} {
		a := w.visit(who).get("/matters/" + s.Number).is(200)
		a.says(`class="n0 here"`, "<title>"+grid.Name.ZH+"</title>", "/places/"+grid.ID.String(), "不是真的", pin)
	}
	w.visit("").get("/matters?place=" + grid.ID.String()).is(200).says("看" + grid.Name.ZH + "的地图和事项")
}

// A matter of before a merger stays in the town of its time, and its page says so;
// the page of that town says who has its ground now.
func TestMatterStaysInItsTown(t *testing.T) {
	t.Parallel()
	w := open(t)
	old, into := w.Place("临济镇"), w.Place("平乐镇")
	village := w.Places.Tree().Children(old[scope.Town])[0]
	s, err := w.Matters.Raise(t.Context(), w.guest("zhou"), matters.Raising{Body: "村口的桥栏杆断了一截", Place: village.ID, Public: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Places.Merge(t.Context(), scope.Program("test"), places.Merging{Of: []id.ID{old[scope.Town]}, Into: into[scope.Town]}); err != nil {
		t.Fatal(err)
	}
	if now := w.Places.Tree().Path(village.ID); now[scope.Town] != into[scope.Town] {
		t.Fatalf("the village lies in %v", now)
	}
	v := w.visit("")
	v.get("/matters/"+s.Number).is(200).says("临济镇 "+village.Name.ZH, "!平乐镇")
	v.get("/places/"+old[scope.Town].String()).is(200).says("平乐镇", "现在归", "村口的桥栏杆断了一截")
	v.get("/places/" + into[scope.Town].String()).is(200).says("临济镇")
}
