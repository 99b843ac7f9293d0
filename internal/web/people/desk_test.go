// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery/gallerytest"
	"yuanba/internal/web/page"
	webpeople "yuanba/internal/web/people"
)

type counter struct {
	t    *testing.T
	town *apptest.Town
	mux  *http.ServeMux
}

func each(t *testing.T, f func(*counter)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := &counter{t, town, http.NewServeMux()}
		(&webpeople.Counter{DB: town.DB, People: town.People, Access: town.Access, Matters: town.Matters, Places: town.Places}).Routes(c.mux)
		f(c)
	})
}

// do sends a request, and checks the status and what is said; a text after !
// must not be.
func (c *counter) do(method, path string, by scope.Actor, form url.Values, status int, texts ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	var w *httptest.ResponseRecorder
	for _, lang := range []i18n.Lang{i18n.EN, i18n.ZH} {
		if lang == i18n.EN && method == http.MethodPost {
			continue
		}
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w = httptest.NewRecorder()
		c.mux.ServeHTTP(w, page.As(r, page.Base{Actor: by, Lang: lang, Now: c.town.Clock.Now()}))
		if w.Code != status {
			c.t.Fatalf("%s %s: status %d, want %d\n%s", method, path, w.Code, status, faults.FindString(w.Body.String()))
		}
		if strings.Contains(w.Body.String(), "<html") {
			for _, f := range gallerytest.Faults(w.Body.String()) {
				c.t.Errorf("%s %s in %s: %s", method, path, lang, f)
			}
		}
	}
	if w.Header().Get("Cache-Control") != "no-store" && status == 200 {
		c.t.Errorf("%s may be kept in a cache", path)
	}
	for _, s := range texts {
		if word, absent := strings.CutPrefix(s, "!"); strings.Contains(w.Body.String(), word) == absent {
			c.t.Errorf("%s %s: %q expected otherwise", method, path, s)
		}
	}
	return w
}

var faults = regexp.MustCompile(`(?s)<section class="(faults|trouble)".*?</section>`)

const (
	card  = "99999919940307002X"
	phone = "19900000002"
)

func TestOwn(t *testing.T) {
	t.Parallel()
	if err := page.CheckAll(templatecheck.CheckHTML); err != nil {
		t.Error(err)
	}
	each(t, func(c *counter) {
		me := c.town.Resident("周敏", card, phone).Actor()
		clerk := c.town.As("zhao")
		none := url.Values{}
		for _, path := range []string{"/me/settings", "/me/disown", "/me/forget"} {
			c.do(http.MethodGet, path, clerk, none, 403)
			c.do(http.MethodPost, path, clerk, none, 403)
			c.do(http.MethodPost, path, scope.Actor{}, none, 403)
		}
		c.do(http.MethodGet, "/me", clerk, none, 303)
		c.do(http.MethodGet, "/me", scope.Actor{}, none, 303)
		c.do(http.MethodGet, "/me", me, none, 200, "199****0002", "!"+phone, "这不是我")

		baota := c.town.Place("文君街道", "宝塔社区")[scope.Village].String()
		c.do(http.MethodGet, "/me/settings", me, none, 200, "周敏", `!name="name"`, `value="`+baota+`" selected`, "已在窗口核对过")
		w := c.do(http.MethodPost, "/me/settings", me, url.Values{"address": {"宝塔巷 3 号"}, "lang": {"en"}, "large": {"1"}, "place": {baota}}, 303)
		c.do(http.MethodGet, "/me?show=1", me, none, 200, "周敏", "宝塔巷 3 号")
		if cookies := strings.Join(w.Header().Values("Set-Cookie"), ";"); !strings.Contains(cookies, "lang=en") || !strings.Contains(cookies, "large=1") {
			c.t.Errorf("the browser was told %q", cookies)
		}
		who, err := c.town.People.Get(c.t.Context(), me.Resident)
		if err != nil || who.Lang != i18n.EN || !who.Large {
			c.t.Errorf("kept: %v %v %v", who.Lang, who.Large, err)
		}
		c.do(http.MethodPost, "/me/settings", me, url.Values{"name": {"周大敏"}, "lang": {"en"}, "place": {baota}}, 403, "已经在窗口核对过")
		c.do(http.MethodPost, "/me/settings", me, url.Values{"name": {"周敏"}, "lang": {"fr"}}, 422, `id="f-lang-err"`)
		c.do(http.MethodPost, "/me/settings", me, url.Values{"name": {"周敏"}, "lang": {"en"}, "place": {"0000000000999"}}, 422, `id="f-place-err"`)

		c.do(http.MethodGet, "/me/disown", me, none, 200, "这不是我", `class="button danger"`)
		c.do(http.MethodGet, "/me/forget", me, none, 200, "不能恢复")
		token, _, err := c.town.Access.SignInResident(c.t.Context(), me.Resident, "周*", access.Client{})
		if err != nil {
			c.t.Fatal(err)
		}
		c.do(http.MethodPost, "/me/forget", me, none, 303)
		if who, err := c.town.People.Get(c.t.Context(), me.Resident); err != nil || !who.Forgotten() {
			c.t.Errorf("after the deletion: %v", err)
		}
		if by, err := c.town.Access.Actor(c.t.Context(), token); err != nil || by.Kind != scope.Anonymous {
			c.t.Errorf("the session of who is forgotten: %v %v", by.Kind, err)
		}
	})
}

func TestSlipsOwn(t *testing.T) {
	t.Parallel()
	each(t, func(c *counter) {
		slip, err := c.town.Matters.Raise(c.t.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "路灯不亮", Place: c.town.Place("文君街道", "宝塔社区")[scope.Village],
			Contact: people.ContactInput{Name: "周敏", Phone: phone}})
		if err != nil {
			c.t.Fatal(err)
		}
		holder := scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{slip.ID}}
		c.do(http.MethodGet, "/me", holder, nil, 200, "还没有人看过")
		c.do(http.MethodPost, "/matters/"+slip.Number+"/reveal", c.town.As("zhao"), url.Values{"purpose": {"contact_about_matter"}, "fields": {"phone"}, "why": {"约时间上门看灯"}}, 200, phone)
		c.do(http.MethodGet, "/me", holder, nil, 200, "赵调度", "约时间上门看灯", "!"+phone)
	})
}

func TestDesk(t *testing.T) {
	t.Parallel()
	each(t, func(c *counter) {
		he, none := c.town.As("he"), url.Values{}
		baota := c.town.Place("文君街道", "宝塔社区")[scope.Village].String()
		for _, path := range []string{"/desk", "/desk/verify"} {
			c.do(http.MethodGet, path, c.town.As("zhao"), none, 403)
			c.do(http.MethodPost, path, c.town.As("zhao"), none, 403)
		}
		c.do(http.MethodGet, "/desk", he, none, 200)
		c.do(http.MethodPost, "/desk", he, none, 422, `id="f-phone-err"`)
		c.do(http.MethodPost, "/desk", he, url.Values{"phone": {"123"}}, 422, `id="f-phone-err"`, `value="123"`)
		c.do(http.MethodPost, "/desk", he, url.Values{"phone": {phone}}, 200, "没有登记过")
		left := matters.Raising{Body: "路灯不亮", Place: c.town.Place("文君街道", "宝塔社区")[scope.Village], Contact: people.ContactInput{Phone: phone}}
		if _, err := c.town.Matters.Raise(c.t.Context(), scope.Actor{Kind: scope.Anonymous}, left); err != nil {
			c.t.Fatal(err)
		}
		if err := c.town.CatchUp(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
		c.do(http.MethodPost, "/desk", he, url.Values{"phone": {phone}}, 200, "没有登记过", "另有 1 件事留的是这个电话")

		c.do(http.MethodGet, "/desk/verify", he, none, 200, "宝塔社区", "!羊安")
		in := url.Values{"name": {"周敏"}, "id_number": {card}, "phone": {phone}, "place": {baota}, "lang": {"zh-CN"}}
		bad := func(name, value string) url.Values {
			v := url.Values{}
			for k, x := range in {
				v[k] = x
			}
			v.Set(name, value)
			return v
		}
		c.do(http.MethodPost, "/desk/verify", he, bad("id_number", card[:17]+"1"), 422, `id="f-id_number-err"`)
		c.do(http.MethodPost, "/desk/verify", he, bad("name", ""), 422, `id="f-name-err"`)
		c.do(http.MethodPost, "/desk/verify", he, bad("place", ""), 422, `id="f-place-err"`)
		elsewhere := c.town.Place("羊安街道")[scope.Town].String()
		c.do(http.MethodPost, "/desk/verify", he, bad("place", elsewhere), 403)
		at := c.do(http.MethodPost, "/desk/verify", he, in, 303).Header().Get("Location")
		c.do(http.MethodGet, at, he, none, 200, "周*", "已核对身份", "199****0002", "!"+phone, "!"+card)
		c.do(http.MethodPost, "/desk", he, url.Values{"phone": {phone}}, 200, at, "周*", "!周敏")
		c.do(http.MethodPost, "/desk", he, url.Values{"id_number": {card}}, 200, at)
		c.do(http.MethodGet, "/desk/residents/x", he, none, 404)

		version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(c.do(http.MethodGet, at+"/correct", he, none, 200).Body.String())[1]
		c.do(http.MethodPost, at+"/correct", he, url.Values{"name": {"周敏3"}, "place": {baota}, "version": {version}}, 422, `id="f-name-err"`)
		c.do(http.MethodPost, at+"/correct", he, url.Values{"address": {"宝塔巷 3 号"}, "place": {baota}, "version": {version}}, 303)
		c.do(http.MethodPost, at+"/correct", he, url.Values{"address": {"宝塔巷 4 号"}, "place": {baota}, "version": {version}}, 409, "宝塔巷 4 号")
		c.do(http.MethodGet, at+"/detach", he, none, 200, "199****0002")
		c.do(http.MethodPost, at+"/detach", he, none, 303)
		c.do(http.MethodGet, at, he, none, 200, "!199****0002")

		who, err := id.Parse(strings.TrimPrefix(at, "/desk/residents/"))
		if err != nil {
			c.t.Fatal(err)
		}
		looks, err := c.town.People.Looks(c.t.Context(), scope.Actor{Kind: scope.Resident, Resident: who}, 10)
		if err != nil || len(looks) != 2 {
			c.t.Errorf("the resident sees %d of the two searches: %v", len(looks), err)
		}
	})
}
