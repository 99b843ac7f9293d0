// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	webinsights "yuanba/internal/web/insights"
	"yuanba/internal/web/page"
)

// The map of the room has a matter that everybody may read as a link of its own, and
// of one that is not, that there is one; the list beside it says the same. An address
// that is no part of the earth is refused in the reader's language.
func TestMapOfTheRoom(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		mux := http.NewServeMux()
		(&webinsights.Counter{Insights: town.Insights, Live: town.Live, Matters: town.Matters, Places: town.Places, Orgs: town.Orgs,
			Rows: func(_ page.Base, cards []matters.Card) (rows []page.Row) {
				for _, k := range cards {
					rows = append(rows, page.Row{Href: "/matters/" + k.Number, Title: k.Title})
				}
				return rows
			}}).Routes(mux)
		get := func(path string, by scope.Actor, lang i18n.Lang) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, page.As(httptest.NewRequest(http.MethodGet, path, nil), page.Base{Actor: by, Lang: lang, Now: town.Clock.Now()}))
			return w
		}
		village := town.Place("文君街道", "宝塔社区")[scope.Village]
		p, _ := town.Places.Tree().Get(village)
		spot := matters.Point{Lon: p.Point.Lon() + .012, Lat: p.Point.Lat() + .01}
		raise := func(in matters.Raising) string {
			t.Helper()
			in.Place, in.At, in.Contact = village, &spot, people.ContactInput{Name: "王小明", Phone: "13900000001"}
			s, err := town.Matters.Raise(t.Context(), town.As("zhao"), in)
			if err != nil {
				t.Fatal(err)
			}
			return s.Number
		}
		public := raise(matters.Raising{Title: "井盖翘起来了", Body: "井盖翘起来了，晚上走路危险。", Public: true})
		raise(matters.Raising{Title: "家里的私事", Body: "只想让街道知道。"})
		if err := town.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Clusters []struct {
				X, Y       float64
				N          int
				Rough      bool
				Href, Text string
			}
		}
		w := get("/room/points?box=103,30,104,31", town.As("sun"), i18n.ZH)
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || len(got.Clusters) != 1 || got.Clusters[0].N != 2 || got.Clusters[0].Href != "" {
			t.Errorf("from far: %d %v %s", w.Code, err, w.Body)
		}
		got.Clusters = nil
		near := fmt.Sprintf("box=%f,%f,%f,%f", spot.Lon-.05, spot.Lat-.03, spot.Lon+.05, spot.Lat+.03)
		w = get("/room/points?"+near, town.As("sun"), i18n.ZH)
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Clusters) != 2 || strings.Contains(w.Body.String(), "私事") {
			t.Fatalf("nearer: %v %s", err, w.Body)
		}
		for _, k := range got.Clusters {
			switch {
			case k.Rough && (k.Href != "" || k.Text != "一件私密事项" || k.X != p.Point.Lon() || k.Y != p.Point.Lat()):
				t.Errorf("the private one: %+v", k)
			case !k.Rough && (k.Href != "/matters/"+public || k.Text != "井盖翘起来了" || k.X != spot.Lon || k.Y != spot.Lat):
				t.Errorf("the public one: %+v", k)
			}
		}
		for lang, words := range map[i18n.Lang][]string{i18n.ZH: {"在办 2 件", "其中 1 件私密", "井盖翘起来了", "/matters/" + public}, i18n.EN: {"2 under way", "1 of them"}} {
			body := get("/room/here?"+near, town.As("sun"), lang).Body.String()
			for _, s := range words {
				if !strings.Contains(body, s) {
					t.Errorf("the list in %s does not say %q", lang, s)
				}
			}
			if strings.Contains(body, "私事") || strings.Contains(body, "王小明") {
				t.Error("the list tells what is private")
			}
		}
		if body := get("/room/here?box=0,0,1,1", town.As("sun"), i18n.ZH).Body.String(); !strings.Contains(body, "这一片没有在办的事项") {
			t.Error("an empty part is not said to be empty")
		}
		for _, box := range []string{"", "1,2,3", "a,b,c,d", "3,2,1,0", "NaN,0,1,1", "-999,0,1,1", "0,0,1,1e400"} {
			for _, path := range []string{"/room/points", "/room/here"} {
				if w := get(path+"?box="+box, town.As("sun"), i18n.ZH); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "地图的范围不对") {
					t.Errorf("%s of %q: %d", path, box, w.Code)
				}
			}
		}
		if w := get("/room/points?box=103,30,104,31", town.As("wu"), i18n.ZH); w.Code != http.StatusForbidden {
			t.Errorf("a bureau sees the street's map: %d", w.Code)
		}
	})
}
