// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
	webpeople "yuanba/internal/web/people"
)

// A clerk sees a telephone for a purpose, and the resident sees that they did.
func TestRevealIsSeen(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		slip, err := town.Matters.Raise(t.Context(), me, matters.Raising{Body: "路灯不亮", Place: town.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		(&webpeople.Counter{DB: town.DB, People: town.People, Access: town.Access, Matters: town.Matters, Places: town.Places}).Routes(mux)
		do := func(method, path string, by scope.Actor, form url.Values) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, page.As(r, page.Base{Actor: by, Lang: i18n.ZH}))
			return w
		}
		asked := url.Values{"purpose": {"contact_about_matter"}, "fields": {"phone"}, "why": {"约时间上门看灯"}}
		at := "/matters/" + slip.Number + "/reveal"
		for _, tc := range []struct {
			name   string
			by     scope.Actor
			form   url.Values
			status int
			want   string
		}{
			{"a stranger", scope.Actor{}, asked, http.StatusNotFound, ""},
			{"the resident", me, asked, http.StatusNotFound, ""},
			{"without a reason", town.As("zhao"), url.Values{"purpose": asked["purpose"], "fields": asked["fields"]}, http.StatusUnprocessableEntity, "f-why-err"},
			{"without a purpose", town.As("zhao"), url.Values{"why": asked["why"], "fields": asked["fields"]}, http.StatusUnprocessableEntity, "f-purpose-err"},
			{"with both", town.As("zhao"), asked, http.StatusOK, "19900000002"},
		} {
			w := do(http.MethodPost, at, tc.by, tc.form)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.want) {
				t.Errorf("%s: %d, want %d with %q", tc.name, w.Code, tc.status, tc.want)
			}
			if tc.status != http.StatusOK && strings.Contains(w.Body.String(), "19900000002") {
				t.Errorf("%s: the telephone is shown", tc.name)
			}
		}
		w := do(http.MethodGet, "/me", me, nil)
		for _, want := range []string{"赵调度", "约时间上门看灯", slip.Number, "199****0002"} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("the resident's page lacks %q", want)
			}
		}
		if strings.Contains(w.Body.String(), "19900000002") {
			t.Error("the page shows the telephone without being asked")
		}
		if w := do(http.MethodGet, "/me?show=1", me, nil); !strings.Contains(w.Body.String(), "19900000002") || w.Header().Get("Cache-Control") != "no-store" {
			t.Error("the resident cannot see their own telephone, or it may be kept in a cache")
		}
		if w := do(http.MethodGet, "/me/data.json", me, nil); !strings.Contains(w.Body.String(), "约时间上门看灯") {
			t.Error("the export lacks the look")
		}
	})
}
