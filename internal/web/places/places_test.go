// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery/gallerytest"
	"yuanba/internal/web/page"
	webplaces "yuanba/internal/web/places"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		if err := page.CheckAll(templatecheck.CheckHTML); err != nil {
			t.Error(err)
		}
		baota, wenjun := town.Place("文君街道", "宝塔社区"), town.Place("文君街道")
		me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		for _, in := range []matters.Raising{
			{Body: "宝塔社区的路灯不亮", Place: baota[scope.Village], Public: true},
			{Body: "家里的事不想别人晓得", Place: baota[scope.Village]},
		} {
			if _, err := town.Matters.Raise(t.Context(), me, in); err != nil {
				t.Fatal(err)
			}
		}
		villages := town.Places.Tree().Children(wenjun[scope.Town])
		other := villages[0]
		if other.ID == baota[scope.Village] {
			other = villages[1]
		}
		ctx, admin := t.Context(), scope.Program("test")
		if err := town.Places.Rename(ctx, admin, other.ID, places.Renaming{Name: i18n.Text{ZH: "新桥社区", EN: "Xinqiao Community"}, On: places.DayOf(town.Clock.Now())}); err != nil {
			t.Fatal(err)
		}

		mux := http.NewServeMux()
		(&webplaces.Counter{Places: town.Places, Orgs: town.Orgs, Matters: town.Matters, Choices: func(page.Base) (kinds, states []page.Option) { return nil, nil }, Rows: func(b page.Base, cards []matters.Card) []page.Row {
			rows := make([]page.Row, len(cards))
			for i, c := range cards {
				rows[i] = page.Row{Href: "/matters/" + c.Number, Title: c.Title}
			}
			return rows
		}}).Routes(mux)
		get := func(path string, by scope.Actor, lang i18n.Lang) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, page.As(httptest.NewRequest(http.MethodGet, path, nil), page.Base{Actor: by, Lang: lang, Now: town.Clock.Now()}))
			return w
		}
		at := "/places/" + baota[scope.Village].String()
		other0 := town.Matters.Catalogue().In(town.Matters.Catalogue().Groups[0].Code)[0].Code
		for _, tc := range []struct {
			name, path string
			by         scope.Actor
			lang       i18n.Lang
			status     int
			want, not  []string
		}{
			{"the city", "/places", scope.Actor{}, i18n.ZH, 200, []string{"邛崃市", "文君街道", `<svg class="map"`, "正在办 1 件"}, []string{"正在办 2 件"}},
			{"the city as a dispatcher sees it", "/places", town.As("zhao"), i18n.ZH, 200, []string{"正在办 2 件"}, nil},
			{"in English", "/places", scope.Actor{}, i18n.EN, 200, []string{"Wenjun Street", "Open: 1"}, nil},
			{"looked for", "/places?q=btsq", scope.Actor{}, i18n.ZH, 200, []string{at, "宝塔社区"}, []string{`<svg class="map"`}},
			{"not found", "/places?q=%3Cscript%3E", scope.Actor{}, i18n.ZH, 200, []string{"没有找到", "&lt;script&gt;"}, []string{"<script>x"}},
			{"a village", at, scope.Actor{}, i18n.ZH, 200, []string{"路灯不亮", "/units/", "文君街道", "在这里说事"}, []string{"不想别人晓得", "关注这里"}},
			{"a village to its dispatcher", at, town.As("zhao"), i18n.ZH, 200, []string{"不想别人晓得", "关注这里"}, nil},
			{"what is ended there", at + "?ended=1", town.As("zhao"), i18n.ZH, 200, []string{"这里没有这样的事"}, []string{"路灯不亮"}},
			{"a town", "/places/" + wenjun[scope.Town].String(), scope.Actor{}, i18n.ZH, 200, []string{"宝塔社区", "新桥社区"}, nil},
			{"its history", "/places/" + other.ID.String(), scope.Actor{}, i18n.ZH, 200, []string{"新桥社区", other.Name.ZH, "改名"}, nil},
			{"the city has its own address", "/places/" + baota[scope.City].String(), scope.Actor{}, i18n.ZH, 303, nil, nil},
			{"what is closed", "/places?state=closed", scope.Actor{}, i18n.ZH, 200, []string{"已结案 0 件", "state=closed"}, []string{"正在办 1 件"}},
			{"of another category", "/places?category=" + other0, scope.Actor{}, i18n.ZH, 200, []string{"正在办 0 件", "category=" + other0 + `"`}, []string{"正在办 1 件"}},
			{"a category that is none", "/places?category=x", scope.Actor{}, i18n.ZH, 422, nil, nil},
			{"a state that is none", at + "?state=x", scope.Actor{}, i18n.ZH, 422, nil, nil},
			{"only what is late", at + "?state=late", scope.Actor{}, i18n.ZH, 200, []string{"这里没有这样的事"}, []string{"路灯不亮"}},
			{"no such place", "/places/0000000000999", scope.Actor{}, i18n.ZH, 404, nil, nil},
			{"no number", "/places/x", scope.Actor{}, i18n.ZH, 404, nil, nil},
			{"no such layer", "/places/map.json?level=street", scope.Actor{}, i18n.ZH, 422, nil, nil},
		} {
			w := get(tc.path, tc.by, tc.lang)
			if w.Code != tc.status {
				t.Errorf("%s: status %d, want %d\n%.600s", tc.name, w.Code, tc.status, w.Body)
			}
			for _, s := range tc.want {
				if !strings.Contains(w.Body.String(), s) {
					t.Errorf("%s: the page lacks %q", tc.name, s)
				}
			}
			for _, s := range tc.not {
				if strings.Contains(w.Body.String(), s) {
					t.Errorf("%s: the page shows %q", tc.name, s)
				}
			}
			if tc.status == 200 {
				for _, f := range gallerytest.Faults(w.Body.String()) {
					t.Errorf("%s: %s", tc.name, f)
				}
			}
		}

		w := get("/places/map.json?level=village", scope.Actor{}, i18n.ZH)
		var layer struct {
			Type     string
			Features []json.RawMessage
		}
		if err := json.Unmarshal(w.Body.Bytes(), &layer); err != nil || layer.Type != "FeatureCollection" || len(layer.Features) == 0 {
			t.Errorf("the layer of villages: %v, %d features", err, len(layer.Features))
		}
		r := page.As(httptest.NewRequest(http.MethodGet, "/places/map.json?level=village", nil), page.Base{})
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		again := httptest.NewRecorder()
		if mux.ServeHTTP(again, r); again.Code != http.StatusNotModified {
			t.Errorf("the same layer again: %d", again.Code)
		}
	})
}
