// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/admin"
	"yuanba/internal/web/gallery/gallerytest"
	"yuanba/internal/web/page"
)

// A desk is the counter of a fresh town.
type desk struct {
	t    *testing.T
	town *apptest.Town
	mux  *http.ServeMux
}

func each(t *testing.T, f func(*desk)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := &desk{t, town, http.NewServeMux()}
		(&admin.Counter{DB: town.DB, Places: town.Places, Orgs: town.Orgs, Access: town.Access, Matters: town.Matters, Exchange: town.Exchange}).Routes(d.mux)
		f(d)
	})
}

type answer struct {
	*httptest.ResponseRecorder
	t    *testing.T
	what string
}

func (d *desk) do(method, path, login string, lang i18n.Lang, pairs ...string) answer {
	d.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	by := scope.Actor{}
	if login != "" {
		by = d.town.As(login)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, page.As(r, page.Base{Actor: by, Lang: lang, Now: d.town.Clock.Now()}))
	if strings.Contains(w.Body.String(), "<html") {
		for _, fault := range gallerytest.Faults(w.Body.String()) {
			d.t.Errorf("%s %s: %s", method, path, fault)
		}
	}
	return answer{w, d.t, method + " " + path}
}

func (d *desk) get(path string) answer {
	d.t.Helper()
	en, zh := d.do(http.MethodGet, path, "admin", i18n.EN), d.do(http.MethodGet, path, "admin", i18n.ZH)
	if en.Code != zh.Code {
		d.t.Errorf("%s: status %d in English, %d in Chinese", path, en.Code, zh.Code)
	}
	return zh
}

func (d *desk) post(path string, pairs ...string) answer {
	d.t.Helper()
	return d.do(http.MethodPost, path, "admin", i18n.ZH, pairs...)
}

// says checks the status and what is said; a text after ! must not be.
func (a answer) says(status int, texts ...string) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("%s: status %d, want %d\n%s", a.what, a.Code, status, faults.FindString(a.Body.String()))
	}
	for _, s := range texts {
		if word, absent := strings.CutPrefix(s, "!"); strings.Contains(a.Body.String(), word) == absent {
			a.t.Errorf("%s: %q expected otherwise", a.what, s)
		}
	}
	return a
}

// done checks that the act was done, and returns where it leads.
func (a answer) done() string {
	a.t.Helper()
	if a.Code != http.StatusSeeOther {
		a.t.Fatalf("%s: status %d, want to be sent on\n%s", a.what, a.Code, faults.FindString(a.Body.String()))
	}
	return a.Header().Get("Location")
}

// version is the version of the record that the form at path is about.
func (d *desk) version(path string) string {
	d.t.Helper()
	m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(d.get(path).Body.String())
	if m == nil {
		d.t.Fatalf("%s is about no version", path)
	}
	return m[1]
}

var faults = regexp.MustCompile(`(?s)<section class="faults".*?</section>`)

func TestAdmitted(t *testing.T) {
	t.Parallel()
	if err := page.CheckAll(templatecheck.CheckHTML); err != nil {
		t.Error(err)
	}
	each(t, func(d *desk) {
		street := "/admin/places/" + last(d.town.Place("文君街道"))
		for _, path := range []string{"/admin", "/admin/places", street, street + "/rename", "/admin/units", "/admin/accounts", "/admin/categories", "/admin/categories/lamp", "/admin/templates"} {
			if to := d.do(http.MethodGet, path, "", i18n.ZH).done(); !strings.HasPrefix(to, "/signin?") {
				d.t.Errorf("%s: a stranger is sent on to %s", path, to)
			}
			for _, login := range []string{"zhao", "sun", "audit"} {
				d.do(http.MethodGet, path, login, i18n.ZH).says(http.StatusForbidden)
			}
		}
		d.do(http.MethodPost, street+"/rename", "zhao", i18n.ZH, "name", "别的街道", "on", "2026-03-02", "version", "1").says(http.StatusForbidden)
		if got := d.get("/admin").says(200, "地方", "单位和岗位", "账号", "/admin/jobs"); got.Header().Get("Cache-Control") != "no-store" {
			t.Error("the pages may be kept in a cache")
		}
	})
}

func last(p scope.Path) string {
	d, _ := p.Last()
	return d.String()
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		tree := func() *places.Tree { return d.town.Places.Tree() }
		street, baota := d.town.Place("文君街道"), d.town.Place("文君街道", "宝塔社区")
		villages := tree().Children(street[scope.Town])
		var a, b places.Place
		for _, v := range villages {
			if v.ID == baota[scope.Village] {
				continue
			}
			if a.ID == 0 {
				a = v
			} else if b.ID == 0 {
				b = v
			}
		}
		d.get("/admin/places").says(200, "文君街道")
		d.get("/admin/places?q=宝塔").says(200, last(baota))
		d.get("/admin/places?q=zzz").says(200, "没有找到")
		d.get("/admin/places/x").says(404)
		at := "/admin/places/" + a.ID.String()
		d.get(at).says(200, "改名", "合并", "拆分", "撤销")

		d.get(at+"/rename").says(200, `value="`+a.Name.ZH+`"`)
		v := d.version(at + "/rename")
		d.post(at+"/rename", "name", "", "on", "2026-03-02", "version", v).says(422, `id="f-name-err"`)
		d.post(at+"/rename", "name", "新名社区", "on", "2030-01-01", "version", v).says(422, `id="f-on-err"`, `value="新名社区"`)
		d.post(at+"/rename", "name", "新名社区", "on", "", "version", v).says(422, `id="f-on-err"`)
		d.post(at+"/rename", "name", "新名社区", "on", "2026-03-02", "version", "77").says(409)
		d.post(at+"/rename", "name", "新名社区", "on", "2026-03-02", "version", "x").says(422)
		if to := d.post(at+"/rename", "name", "新名社区", "on", "2026-03-02", "version", v).done(); to != at {
			d.t.Errorf("sent on to %s", to)
		}
		if p, _ := tree().Get(a.ID); p.Name.ZH != "新名社区" || p.Name.EN == "" {
			d.t.Errorf("renamed to %v", p.Name)
		}

		d.get(at+"/add").says(200, "网格", "院落")
		d.post(at+"/add", "kind", "grid", "name", "第99网格", "scheme", "grid-15", "code", "12", "on", "2026-03-02").says(422, `id="f-code-err"`)
		grid := d.post(at+"/add", "kind", "grid", "name", "第99网格", "scheme", "grid-15", "code", a.Code+"099", "on", "2026-03-02").done()
		d.get(grid).says(200, "第99网格", a.Code+"099")
		d.get(at + "/mark").says(200)
		d.post(at+"/mark", "lat", "abc", "lon", "103.4", "accuracy", "exact").says(422, `id="f-lat-err"`)
		d.post(at+"/mark", "lat", "30.41", "lon", "103.46", "accuracy", "exact").done()
		d.get(at + "/reclassify").says(200)
		d.post(at+"/reclassify", "community", "industrial", "on", "2026-03-02", "version", "x").says(422)
		d.get(at+"/recode").says(200, a.Code)
		d.post(at+"/recode", "scheme", "statistics-12", "code", "12", "on", "2026-03-02", "version", d.version(at+"/recode")).says(422, `id="f-code-err"`)

		for _, g := range tree().Children(b.ID) {
			if err := d.town.Places.Rename(d.t.Context(), scope.Program("test"), g.ID, places.Renaming{Name: i18n.Text{ZH: "东" + g.Name.ZH}, On: "2026-03-02"}); err != nil {
				d.t.Fatal(err)
			}
		}
		d.get(at+"/merge").says(200, b.Name.ZH)
		d.post(at+"/merge", "of", a.ID.String(), "into", a.ID.String(), "on", "2026-03-02").says(422, `id="f-of-err"`)
		if to := d.post(at+"/merge", "of", a.ID.String(), "of", b.ID.String(), "into", "new", "name", "联合社区", "scheme", "local", "code", "LH-1", "community", "urban", "on", "2026-03-02").done(); !strings.HasPrefix(to, "/admin/places/") {
			d.t.Errorf("merged, and sent on to %q", to)
		}
		if p, _ := tree().Get(a.ID); p.Open() {
			d.t.Error("what was merged is still open")
		}
		d.get(at).says(200, "只供查旧账", "!拆分")

		c := tree().ByName(places.Village, "联合社区")[0]
		split := "/admin/places/" + c.ID.String() + "/split"
		d.get(split).says(200, "第 3 处")
		half := []string{"on", "2026-03-02", "name_1", "东联社区", "scheme_1", "local", "code_1", "LH-2", "community_1", "urban", "name_2", "西联社区", "scheme_2", "local", "code_2", "LH-3", "community_2", "urban"}
		d.post(split, half...).says(422, `id="faults"`, "东联社区")
		for _, x := range tree().Children(c.ID) {
			half = append(half, "takes_1", x.ID.String())
		}
		d.post(split, half...).done()
		if len(tree().ByName(places.Village, "西联社区")) != 1 {
			d.t.Error("not split")
		}

		empty := tree().ByName(places.Village, "西联社区")[0]
		d.get("/admin/places/"+empty.ID.String()+"/close").says(200, `class="button danger"`)
		d.post("/admin/places/"+last(baota)+"/close", "on", "2026-03-02", "version", d.version("/admin/places/"+last(baota)+"/close")).says(422, `id="faults"`)
		d.post("/admin/places/"+empty.ID.String()+"/close", "on", "2026-03-02", "version", d.version("/admin/places/"+empty.ID.String()+"/close"), "reason", "没有人住了").done()
	})
}

func TestUnits(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		dir := d.town.Orgs.Directory
		baota := last(d.town.Place("文君街道", "宝塔社区"))
		d.get("/admin/units").says(200, "市级部门")
		d.get("/admin/units?q=水务").says(200, "水务")
		d.get("/admin/units?place="+last(d.town.Place("文君街道"))).says(200, "派出所")
		d.get("/admin/units/add").says(200)
		d.post("/admin/units/add", "kind", "company", "name_zh", "", "place", baota).says(422, `id="f-name_zh-err"`)
		d.post("/admin/units/add", "kind", "tower", "name_zh", "物业", "place", baota).says(422, `id="f-kind-err"`)
		d.post("/admin/units/add", "kind", "company", "name_zh", "物业", "place", "").says(422, `id="f-place-err"`)
		unit := d.post("/admin/units/add", "kind", "company", "name_zh", "清江物业", "name_en", "Qingjiang", "place", baota, "phone", "028-1").done()
		d.get(unit).says(200, "清江物业", "028-1")
		d.get(unit + "/rename").says(200)
		d.post(unit+"/rename", "name_zh", "清江物业公司", "version", "9").says(409)
		d.post(unit+"/rename", "name_zh", "清江物业公司", "version", "1").done()
		d.get(unit+"/move").says(200, "028-1")
		d.post(unit+"/move", "phone", "028-2", "hours_zh", "全天", "version", "2").done()

		d.get(unit+"/post").says(200, "单位联络人", "路面坑洼")
		d.post(unit+"/post", "title_zh", "联络人", "role", "king", "place", baota).says(422, `id="f-role-err"`)
		post := d.post(unit+"/post", "title_zh", "联络人", "role", "liaison", "place", baota, "categories", "lamp").done()
		d.get(post).says(200, "联络人", "空缺")
		d.get(post + "/appoint").says(200)
		d.post(post+"/appoint", "account", "").says(422, `id="f-account-err"`)
		d.post(post+"/appoint", "account", "nobody").says(422, `id="f-account-err"`, `value="nobody"`)
		d.post(post+"/appoint", "account", "li", "to", "2020-01-01").says(422, `id="f-to-err"`)
		d.post(post+"/appoint", "account", "LI").done()
		d.get(post).says(200, "李网格", "免职")
		d.post(post+"/appoint", "account", "li").says(409, "已经在")
		d.post(post + "/close").says(409)
		p, err := id.Parse(strings.TrimPrefix(post, "/admin/posts/"))
		if err != nil {
			d.t.Fatal(err)
		}
		holding := "/admin/holdings/" + dir().Holders(p, d.town.Clock.Now())[0].ID.String()
		d.get(holding + "/cover").says(200)
		d.post(holding+"/cover", "account", "wang", "until", "").says(422, `id="f-until-err"`)
		d.post(holding+"/cover", "account", "li", "until", "2026-03-09").says(422, `id="f-account-err"`)
		d.post(holding+"/cover", "account", "wang", "until", "2026-03-09").done()
		uncover := regexp.MustCompile(`/admin/holdings/[^"]*uncover[^"]*`).FindString(d.get(post).says(200, "王主任（顶岗）").Body.String())
		d.get(uncover).says(200)
		d.post(holding+"/uncover", "cover", uncover[strings.LastIndex(uncover, "=")+1:]).done()
		d.get(post).says(200, "!王主任（顶岗）")
		d.get(holding + "/dismiss").says(200)
		d.post(holding + "/dismiss").done()
		d.post(holding + "/dismiss").says(404)
		d.get(post).says(200, "空缺")
		d.get(post + "/close").says(200)
		d.post(post + "/close").done()
		d.get(unit + "/close").says(200)
		d.post(unit+"/close", "version", "3").done()
		d.get(unit).says(200, "已经撤销")
	})
}
