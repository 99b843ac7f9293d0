//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// Looks are the ways in which every page is looked at. A desk in English is in the
// journeys, and every page in both languages in the gallery's tests.
var looks = []Options{
	{Screen: Desk, Lang: "zh-CN"}, {Screen: Phone, Lang: "zh-CN"}, {Screen: Phone, Lang: "en"},
}

// TestEveryPage follows the links from the first page on, as everybody who may
// see different pages, and looks at one page of each kind on both screens and in
// both languages: it is answered, sound, and leads nowhere that is not there.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	p := town(t)
	p.handling("水管冻裂了，水流到路上，走路要滑倒。")
	var seen sync.Map
	for _, who := range []struct{ login, name string }{{"", "路人"}, {"resident", "周敏"}, {"zhao", "赵调度"}, {"wu", "吴科长"}, {"sun", "孙书记"}, {"li", "李网格"}, {"wang", "王主任"}, {"he", "何警官"}, {"tang", "唐店主"}, {"admin", "系统员"}, {"audit", "外审"}} {
		for _, look := range looks {
			t.Run(fmt.Sprintf("%s %s %s", who.name, look.Screen.name(), look.Lang), func(t *testing.T) {
				t.Parallel()
				q := &place{p.Town, t, p.url}
				var u *User
				switch who.login {
				case "":
					u = q.stranger(who.name, look)
				case "resident":
					u = q.guestUser(look)
				default:
					u = q.staff(who.login, who.name, look)
				}
				walk(t, u, who.login, &seen, look == looks[0])
			})
		}
	}
}

// guestUser is 周敏 by the second card, in any language.
func (p *place) guestUser(o Options) *User {
	p.t.Helper()
	u := p.stranger("周敏", o)
	u.Open("/signin")
	u.Go(`form[action="/signin/guest"]:has-text("` + map[string]string{"zh-CN": "周敏", "en": "Zhou Min"}[o.Lang] + `") button`)
	return u
}

var (
	idInPath = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{13}|QL-\d{4}-\d{6}|\b\d+\b`)
	service  = regexp.MustCompile(`^/services/[a-z0-9-]+`) // what can be had, by its code
	// What is no page: it is taken home, or it is another program's.
	noPage = regexp.MustCompile(`^/(files|feeds|static|gallery|slip|open311|api/v1)\b|\.(json|xlsx|csv|svg|txt|atom|ics)\b|^/trail/(checkpoint|keys)$`)
	// Forms that all come from one template: all are opened in the first look, one in each.
	alike = regexp.MustCompile(`^/admin/\w+/(\*/)?(\w+/)?[a-z]\w+`)
)

// kind is the kind of page that an address leads to: without numbers, and with
// the names of its parameters alone.
func kind(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return href
	}
	k := idInPath.ReplaceAllString(service.ReplaceAllString(u.Path, "/services/*"), "*")
	names := []string{}
	for name := range u.Query() {
		names = append(names, name)
	}
	if len(names) > 1 || strings.HasPrefix(u.Path, "/signin") {
		return k // one filter is as good as several
	}
	return k + "?" + strings.Join(names, "&")
}

// own says of what kinds of pages everybody has their own, with links of their own.
var own = regexp.MustCompile(`^/(\?|inbox|none-such|matters/\*\?)`)

// walk opens one page of each kind that nobody has opened in this look before;
// of kinds that are alike, all of them only if every is true.
func walk(t *testing.T, u *User, login string, seen *sync.Map, every bool) {
	t.Helper()
	queue, queued := []string{"/", "/query", "/none-such"}, map[string]bool{} // the rest is linked
	for n := 0; len(queue) > 0; n++ {
		if n == 250 {
			t.Fatal("there is no end of kinds of pages: ", queue)
		}
		at := queue[0]
		queue = queue[1:]
		look := fmt.Sprint(u.Screen.Width, u.Lang)
		template, key := look+kind(at), look+kind(at)
		if alike.MatchString(kind(at)) {
			template = look + "alike"
			if !every {
				key = template
			}
		}
		if own.MatchString(kind(at)) {
			key += login
		}
		if _, before := seen.LoadOrStore(key, true); before {
			continue
		}
		u.Open(at)
		want := 200
		if at == "/none-such" {
			want = 404
		}
		if s := u.Status(); s != want {
			t.Errorf("%s is a dead end: %d", at, s)
			continue
		}
		if _, before := seen.LoadOrStore("sound "+template, true); before {
			u.Fits() // the template has been gone over; this is another's page of it
		} else {
			u.Sound()
		}
		var links []string
		u.JS(`[...new Set([...document.querySelectorAll("a[href^='/']:not([download])")].map(a => a.getAttribute("href")))]`, &links)
		for _, href := range links {
			href, _, _ = strings.Cut(href, "#")
			if k := kind(href); href != "" && !noPage.MatchString(href) && !queued[k] {
				queued[k] = true
				queue = append(queue, href)
			}
		}
	}
}
