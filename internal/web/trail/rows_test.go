// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery/gallerytest"
	"yuanba/internal/web/page"
	webtrail "yuanba/internal/web/trail"
)

func TestRows(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		if err := page.CheckAll(templatecheck.CheckHTML); err != nil {
			t.Error(err)
		}
		me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		slip, err := town.Matters.Raise(t.Context(), me, matters.Raising{Body: "路灯不亮", Place: town.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
		if err != nil {
			t.Fatal(err)
		}
		zhao := town.As("zhao")
		if err := town.Matters.Accept(t.Context(), zhao, slip.ID); err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		(&webtrail.Counter{DB: town.DB, Public: town.Sealer.PublicKey()}).Routes(mux)
		get := func(path string, by scope.Actor, status int, texts ...string) string {
			t.Helper()
			var body string
			for _, lang := range []i18n.Lang{i18n.EN, i18n.ZH} {
				w := httptest.NewRecorder()
				mux.ServeHTTP(w, page.As(httptest.NewRequest(http.MethodGet, path, nil), page.Base{Actor: by, Lang: lang, Now: town.Clock.Now()}))
				body = w.Body.String()
				if w.Code != status {
					t.Fatalf("%s: status %d, want %d", path, w.Code, status)
				}
				if strings.Contains(body, "<html") {
					for _, f := range gallerytest.Faults(body) {
						t.Errorf("%s: %s", path, f)
					}
				}
			}
			for _, s := range texts {
				if word, absent := strings.CutPrefix(s, "!"); strings.Contains(body, word) == absent {
					t.Errorf("%s: %q expected otherwise", path, s)
				}
			}
			return body
		}
		audit := town.As("audit")
		get("/trail/rows", zhao, 403)
		get("/trail/rows", scope.Actor{}, 303)
		get("/trail/rows", audit, 200, slip.ID.String(), "受理", "赵调度", "!周敏", "!19900000002")
		get("/trail/rows?noun=matter", audit, 200, slip.ID.String(), "!<td role=\"cell\" data-label=\"动作\">登录")
		get("/trail/rows?noun=matter&record="+slip.ID.String(), audit, 200, "受理", "已收到 → 已受理")
		get("/trail/rows?noun=matter&record="+slip.ID.String()+"&account="+zhao.Account.String(), audit, 200, "赵调度", "!周*")
		get("/trail/rows?account="+me.Resident.String(), audit, 200, slip.ID.String(), "!赵调度</a>")
		get("/trail/rows?act=nothing", audit, 200, "这一段没有符合的")
		get("/trail/rows?record=zz", audit, 422)
		get("/trail/rows?before=-4", audit, 200)

		// every row is on exactly one page
		seen, pages := map[string]bool{}, 0
		seq, older := regexp.MustCompile(`<th scope="row"[^>]*>(\d+)</th>`), regexp.MustCompile(`rel="next" href="([^"]*)"`)
		for path := "/trail/rows?noun=category"; path != ""; pages++ {
			body := get(path, audit, 200)
			for _, m := range seq.FindAllStringSubmatch(body, -1) {
				if seen[m[1]] {
					t.Fatalf("row %s is on two pages", m[1])
				}
				seen[m[1]] = true
			}
			path = ""
			if m := older.FindStringSubmatch(body); m != nil {
				path = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		if want := len(town.Matters.Catalogue().Categories); len(seen) != want || pages < 2 {
			t.Errorf("%d rows of categories on %d pages, want %d", len(seen), pages, want)
		}

		get("/trail/board", scope.Actor{}, 200, "还没有封存过")
		if _, err := town.Sealer.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		get("/trail/board", scope.Actor{}, 200, "留痕封存公示", "核对码")
		get("/trail/rows", audit, 200, slip.ID.String())
		get("/trail", audit, 200, "/trail/rows", "yuanba verify")
		get("/trail", scope.Actor{}, 200, "!/trail/rows", strings.ReplaceAll(town.Sealer.PublicKey(), "+", "&#43;")[:20])
		get("/trail/keys", scope.Actor{}, 200, town.Sealer.PublicKey())
	})
}
