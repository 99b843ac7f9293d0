// SPDX-License-Identifier: Apache-2.0

package home_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/home"
	"yuanba/internal/web/page"
)

func TestHome(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	at := town.Place("文君街道", "宝塔社区")
	me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
	for _, in := range []matters.Raising{
		{Body: "宝塔社区的路灯不亮", Place: at[scope.Village], Public: true},
		{Body: "家里的事不想别人晓得", Place: at[scope.Village]},
	} {
		if _, err := town.Matters.Raise(t.Context(), me, in); err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	(&home.Counter{Matters: town.Matters, Places: town.Places, People: town.People, Rows: func(b page.Base, cards []matters.Card) []page.Row {
		rows := make([]page.Row, len(cards))
		for i, c := range cards {
			rows[i] = page.Row{Href: "/matters/" + c.Number, Title: c.Title}
		}
		return rows
	}}).Routes(mux)
	get := func(path string, by scope.Actor, lang i18n.Lang) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, page.As(httptest.NewRequest(http.MethodGet, path, nil), page.Base{Actor: by, Lang: lang}))
		return w
	}
	for _, tc := range []struct {
		name, path string
		by         scope.Actor
		lang       i18n.Lang
		status     int
		want, not  []string
	}{
		{"a stranger", "/", scope.Actor{}, i18n.ZH, 200, []string{"您好", "说事", "宝塔社区的路灯不亮", "凭编号和查询码查"}, []string{"不想别人晓得"}},
		{"in English", "/", scope.Actor{}, i18n.EN, 200, []string{"Welcome", "Raise a matter", "Not open yet"}, nil},
		{"a resident sees their own", "/", me, i18n.ZH, 200, []string{"您好，周", "不想别人晓得", "宝塔社区·身边的事"}, nil},
		{"a desk goes to its inbox", "/", town.As("zhao"), i18n.ZH, 303, nil, nil},
		{"an auditor has none", "/", town.As("audit"), i18n.ZH, 200, []string{"您好"}, nil},
		{"about", "/about", scope.Actor{}, i18n.ZH, 200, []string{"谁受理谁结案"}, nil},
		{"privacy", "/privacy", scope.Actor{}, i18n.EN, 200, []string{"never ranked"}, nil},
	} {
		w := get(tc.path, tc.by, tc.lang)
		if w.Code != tc.status {
			t.Errorf("%s: status %d, want %d", tc.name, w.Code, tc.status)
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
	}
	if rail := home.Rail(page.Base{Actor: town.As("wu"), Path: "/inbox", Lang: i18n.ZH}); len(rail) < 5 || !rail[0].Current || rail[0].Href != "/inbox" {
		t.Errorf("the rail of a handler: %+v", rail)
	}
}
