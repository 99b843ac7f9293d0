// SPDX-License-Identifier: Apache-2.0

package orgs_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery/gallerytest"
	weborgs "yuanba/internal/web/orgs"
	"yuanba/internal/web/page"
)

func TestUnits(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		if err := page.CheckAll(templatecheck.CheckHTML); err != nil {
			t.Error(err)
		}
		baota, wenjun := town.Place("文君街道", "宝塔社区"), town.Place("文君街道")
		dir := town.Orgs.Directory()
		water, ok := dir.Responsible("water", baota)
		committee, ok2 := dir.Responsible("village", baota)
		if !ok || !ok2 {
			t.Fatal("the town has no water bureau or the village no committee")
		}
		admin := scope.Program("test")
		if err := town.Orgs.MoveUnit(t.Context(), admin, water.ID, water.Version, orgs.Reach{Phone: "028-88790001", Hours: i18n.Text{ZH: "工作日", EN: "weekdays"}}); err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		(&weborgs.Counter{DB: town.DB, Orgs: town.Orgs, Places: town.Places, Access: town.Access, Matters: town.Matters, Rows: func(page.Base, []matters.Card) []page.Row { return nil }}).Routes(mux)
		for _, tc := range []struct {
			name, path string
			by         scope.Actor
			lang       i18n.Lang
			status     int
			want, not  []string
		}{
			{"the city's units", "/units", scope.Actor{}, i18n.ZH, 200, []string{water.Name.ZH, "市级部门"}, []string{committee.Name.ZH}},
			{"a town's units", "/units?place=" + wenjun[scope.Town].String(), scope.Actor{}, i18n.ZH, 200, []string{committee.Name.ZH}, []string{water.Name.ZH}},
			{"looked for", "/units?q=水务", scope.Actor{}, i18n.ZH, 200, []string{water.Name.ZH}, []string{committee.Name.ZH}},
			{"not found", "/units?q=%3Cb%3E", scope.Actor{}, i18n.EN, 200, []string{"No unit was found", "&lt;b&gt;"}, nil},
			{"a unit", "/units/" + water.ID.String(), scope.Actor{}, i18n.ZH, 200, []string{`href="tel:028-88790001"`, "工作日", "主要办这些事"}, []string{"吴科长", "岗位（"}},
			{"a unit to staff", "/units/" + water.ID.String(), town.As("zhao"), i18n.ZH, 200, []string{"吴科长", "改了联系方式"}, nil},
			{"in English", "/units/" + water.ID.String(), town.As("zhao"), i18n.EN, 200, []string{"weekdays", "changed how to reach it"}, nil},
			{"none", "/units/0000000000999", scope.Actor{}, i18n.ZH, 404, nil, nil},
			{"no number", "/units/x", scope.Actor{}, i18n.ZH, 404, nil, nil},
		} {
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, page.As(httptest.NewRequest(http.MethodGet, tc.path, nil), page.Base{Actor: tc.by, Lang: tc.lang, Now: town.Clock.Now()}))
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
	})
}
