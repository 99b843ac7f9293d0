// SPDX-License-Identifier: Apache-2.0

package home_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
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
	counter := &home.Counter{Matters: town.Matters, Places: town.Places, Orgs: town.Orgs, People: town.People, Rows: func(b page.Base, cards []matters.Card) []page.Row {
		rows := make([]page.Row, len(cards))
		for i, c := range cards {
			rows[i] = page.Row{Href: "/matters/" + c.Number, Title: c.Title}
		}
		return rows
	}}
	counter.Routes(mux)
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
		{"a stranger", "/", scope.Actor{}, i18n.ZH, 200, []string{"您好", "说事", "宝塔社区的路灯不亮", "凭编号和查询码查", `action="/query"`, "还没开通"}, []string{"不想别人晓得"}},
		{"in English", "/", scope.Actor{}, i18n.EN, 200, []string{"Welcome", "Raise a matter", "Not open yet"}, nil},
		{"a resident sees their own", "/", me, i18n.ZH, 200, []string{"您好，周", "不想别人晓得", "宝塔社区·身边的事"}, nil},
		{"a desk goes to its inbox", "/", town.As("zhao"), i18n.ZH, 303, nil, nil},
		{"an auditor has none", "/", town.As("audit"), i18n.ZH, 303, nil, nil},
		{"about", "/about", scope.Actor{}, i18n.ZH, 200, []string{"谁受理谁结案"}, nil},
		{"privacy", "/privacy", scope.Actor{}, i18n.EN, 200, []string{"never ranked", "2 years after", "identity number"}, nil},
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
	for by, want := range map[string]string{"zhao": "/inbox", "audit": "/matters", "admin": "/admin"} {
		if w := get("/", town.As(by), i18n.ZH); w.Header().Get("Location") != want {
			t.Errorf("%s is sent to %q, want %q", by, w.Header().Get("Location"), want)
		}
	}
	rails := func(login, path string) (hrefs []string, now string, count int) {
		for _, x := range counter.Rail(page.Base{Actor: town.As(login), Path: path, Lang: i18n.ZH}) {
			hrefs = append(hrefs, x.Href)
			if x.Current {
				now += x.Href
			}
			count += x.Count
		}
		return hrefs, now, count
	}
	if hrefs, now, count := rails("zhao", "/inbox"); now != "/inbox" || count != 2 || slices.Contains(hrefs, "/admin") {
		t.Errorf("the dispatcher's rail: %v at %q with %d waiting, want the two that were raised", hrefs, now, count)
	}
	if hrefs, now, _ := rails("admin", "/admin/units?q=x"); now != "/admin" || slices.Contains(hrefs, "/inbox") {
		t.Errorf("the administrator's rail: %v at %q", hrefs, now)
	}
	if _, now, _ := rails("wu", "/matters/QL-2026-000001"); now != "/matters" {
		t.Errorf("a matter's page is under %q", now)
	}
	r := page.As(httptest.NewRequest(http.MethodGet, "/", nil), page.Base{Lang: i18n.ZH})
	for by, want := range map[*scope.Actor]string{&me: "文君街道 · 宝塔社区", ptr(town.As("li")): "文君街道 · 宝塔社区", ptr(town.As("admin")): "", {}: ""} {
		if got := counter.Where(r, *by); got != want {
			t.Errorf("%s is at home in %q, want %q", by.Name, got, want)
		}
	}
}

func ptr(a scope.Actor) *scope.Actor { return &a }
