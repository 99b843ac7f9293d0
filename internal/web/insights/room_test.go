// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/hotissues"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	webhot "yuanba/internal/web/hot"
	webinsights "yuanba/internal/web/insights"
	"yuanba/internal/web/page"
)

// The room has the hot issues of its own street, at the desk with those that only
// private matters speak of, on the wall what everybody may see, as they see it.
func TestHotIssuesInTheRoom(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		mux := http.NewServeMux()
		hot := &webhot.Counter{Issues: town.Hot, Matters: town.Matters, Places: town.Places}
		(&webinsights.Counter{Insights: town.Insights, Live: town.Live, Matters: town.Matters, Places: town.Places, Orgs: town.Orgs, Hottest: hot.Hottest,
			Rows: func(page.Base, []matters.Card) []page.Row { return nil }}).Routes(mux)
		live := func(path string, by scope.Actor, lang i18n.Lang) string {
			t.Helper()
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, page.As(httptest.NewRequest(http.MethodGet, path, nil), page.Base{Actor: by, Lang: lang, Now: town.Clock.Now()}))
			_, body, ok := strings.Cut(w.Body.String(), "data-live=") // what is fetched again
			if w.Code != http.StatusOK || !ok {
				t.Fatalf("%s: %d", path, w.Code)
			}
			return body
		}
		sun := town.As("sun")
		other := sun // the same post in another street
		other.Grants = slices.Clone(sun.Grants)
		for i := range other.Grants {
			other.Grants[i].In = scope.Of(town.Place("临邛街道"))
		}
		empty := map[i18n.Lang]string{i18n.ZH: "这里眼下没有热点问题。", i18n.EN: "There are no hot issues here at present."}
		for lang, words := range empty {
			for _, path := range []string{"/room", "/room/wall"} {
				if body := live(path, sun, lang); !strings.Contains(body, words) {
					t.Errorf("%s in %s does not say that there is none", path, lang)
				}
			}
		}

		n := 0
		raise := func(public int, bodies ...string) {
			t.Helper()
			for i, body := range bodies {
				n++
				_, err := town.Matters.Raise(t.Context(), scope.Actor{Kind: scope.Resident, Resident: id.ID(1000 + n), Name: "甲"},
					matters.Raising{Body: body, Place: town.Place("文君街道", "宝塔社区")[scope.Village], Public: i < public})
				if err != nil {
					t.Fatal(err)
				}
				town.Clock.Add(3 * time.Hour)
			}
		}
		raise(3, "桂花小区晚上水压太低，四楼以上没水用", "桂花小区水压低，热水器打不燃", "桂花小区自来水水压低得很，洗澡都不行", "桂花小区又没有水，水压太低")
		raise(0, "鹤林街夜市吵得睡不着，半夜还在放音响", "鹤林街夜市摆摊到半夜，音响吵人睡不着", "鹤林街夜市音响吵，扰民")
		if err := town.Hot.Count(t.Context()); err != nil {
			t.Fatal(err)
		}
		ks, err := town.Hot.List(t.Context(), sun, hotissues.Filter{})
		if err != nil || len(ks) != 2 {
			t.Fatalf("%d issues: %v", len(ks), err)
		}
		water, market := "/hot/"+ks[0].ID.String(), "/hot/"+ks[1].ID.String()
		for lang, says := range map[i18n.Lang]struct{ inside, open string }{i18n.ZH: {"4 人，4 件", "3 人，3 件"}, i18n.EN: {"4 people, 4 matters", "3 people, 3 matters"}} {
			desk, wall := live("/room", sun, lang), live("/room/wall", sun, lang)
			if !strings.Contains(desk, water) || !strings.Contains(desk, market) || !strings.Contains(desk, says.inside) || !strings.Contains(desk, ks[0].Name) {
				t.Errorf("the desk in %s has not both issues as they stand", lang)
			}
			if !strings.Contains(wall, water) || !strings.Contains(wall, says.open) || strings.Contains(wall, says.inside) || strings.Contains(wall, market) {
				t.Errorf("the wall in %s has not what everybody may see, and that alone", lang)
			}
			for _, path := range []string{"/room", "/room/wall"} {
				if body := live(path, other, lang); strings.Contains(body, "/hot/") || !strings.Contains(body, empty[lang]) {
					t.Errorf("%s of another street in %s has an issue that is not its own", path, lang)
				}
			}
		}
	})
}
