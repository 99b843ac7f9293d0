// SPDX-License-Identifier: Apache-2.0

package account_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/web/account"
	"yuanba/internal/web/gallery/gallerytest"
	"yuanba/internal/web/page"
)

const good = "宝塔下面的 院坝 29"

var root = scope.Program("test")

// A town is a server with a clock that stands still.
type town struct {
	t      *testing.T
	clock  *sqldbtest.Clock
	access *access.Service
	server *httptest.Server
	phones *phones
}

// phones is a telephone network that delivers 246810 to everybody.
type phones struct{ sent []string }

func (p *phones) SendCode(_ context.Context, _ i18n.Lang, phone, _ string) error {
	switch {
	case phone == "":
		return errs.At("phone", "people.code.mobile")
	case len(p.sent) >= 2:
		return errs.New(errs.TooMany, "people.code.gap", 42)
	}
	p.sent = append(p.sent, phone)
	return nil
}

func (p *phones) CheckCode(_ context.Context, _ i18n.Lang, _, digits, _ string) (people.Resident, error) {
	if digits != "246810" {
		return people.Resident{}, errs.At("code", "people.code.wrong", 4)
	}
	return people.Resident{ID: 4711}, nil
}

func each(t *testing.T, o access.Options, f func(*town)) {
	t.Helper()
	o.Random = rand.Reader
	run := func(open func(testing.TB, ...sqldb.Options) *sqldb.DB) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			x := &town{t: t, clock: sqldbtest.NewClock(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)), phones: &phones{}}
			db := open(t, sqldb.Options{Clock: x.clock.Now})
			keys, err := seal.Forgotten()
			if err != nil {
				t.Fatal(err)
			}
			organisation := orgs.New(db, orgs.Options{Role: access.KnownRole})
			x.access = access.New(db, organisation, seal.New(keys), o)
			x.found(db, organisation)
			mux := http.NewServeMux()
			account.Routes(mux, account.Options{
				Access: x.access, Phones: x.phones,
				Guests: func(context.Context, i18n.Lang) ([]account.Guest, error) {
					return []account.Guest{{Resident: 815, Masked: "陈**", Name: "陈婆婆", What: "七十九岁"}}, nil
				},
				Place: func(scope.Path) i18n.Text { return i18n.Text{ZH: "文君街道", EN: "Wenjun Street"} },
			})
			mux.Handle("GET /{$}", page.Handler(func(w http.ResponseWriter, r *http.Request) error {
				_, err := io.WriteString(w, "home of "+page.Actor(r).Name)
				return err
			}))
			site := &page.Site{Sessions: account.Sessions{Access: x.access}, Clock: x.clock.Now, Demo: o.Demo}
			x.server = httptest.NewServer(site.Wrap(mux))
			t.Cleanup(x.server.Close)
			f(x)
		}
	}
	t.Run("sqlite", run(sqldbtest.SQLite))
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", run(sqldbtest.Postgres))
	}
}

// found makes a small town, and in it the cast.
func (x *town) found(db *sqldb.DB, organisation *orgs.Service) {
	x.t.Helper()
	text := func(zh string) i18n.Text { return i18n.Text{ZH: zh} }
	path := map[int]scope.Path{0: {1}, 1: {1, 10}, 2: {1, 10, 100}}
	x.must(db.Write(x.t.Context(), func(tx *sqldb.Tx) error {
		return organisation.Found(tx, root, []orgs.Ground{{Path: path[0], Code: "1", Name: text("邛崃市")},
			{Path: path[1], Code: "11", Name: text("文君街道")}, {Path: path[2], Code: "111", Name: text("宝塔社区")}})
	}))
	x.must(db.Write(x.t.Context(), func(tx *sqldb.Tx) error {
		_, err := x.access.EnterCast(tx, root, func(names ...string) (scope.Path, bool) { return path[len(names)], true }, time.Time{})
		return err
	}))
}

func (x *town) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// staff makes an account with the password good.
func (x *town) staff(login string) id.ID {
	x.t.Helper()
	a, err := x.access.CreateAccount(x.t.Context(), root, access.NewAccount{Login: login, Name: "某" + login, Password: good})
	x.must(err)
	return a
}

// A visitor is a browser that keeps its cookies, and follows no redirects unless told.
type visitor struct {
	x       *town
	lang    i18n.Lang
	cookies map[string]*http.Cookie
}

func (x *town) visitor() *visitor {
	return &visitor{x: x, lang: i18n.ZH, cookies: map[string]*http.Cookie{}}
}

// An answer is what came back.
type answer struct {
	*http.Response
	body string
}

func (v *visitor) do(method, path string, body url.Values) answer {
	v.x.t.Helper()
	req, err := http.NewRequestWithContext(v.x.t.Context(), method, v.x.server.URL+path, strings.NewReader(body.Encode()))
	v.x.must(err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", v.x.server.URL)
	}
	req.Header.Set("Accept-Language", string(v.lang))
	req.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
	for _, c := range v.cookies {
		req.AddCookie(c)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	v.x.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	v.x.must(err)
	for _, c := range res.Cookies() {
		if v.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	a := answer{res, string(b)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && strings.Contains(a.body, "<html") {
		for _, fault := range gallerytest.Faults(a.body) {
			v.x.t.Errorf("%s %s: %s", method, path, fault)
		}
	}
	return a
}

func (v *visitor) get(path string) answer { v.x.t.Helper(); return v.do(http.MethodGet, path, nil) }

// post sends pairs of name and value.
func (v *visitor) post(path string, pairs ...string) answer {
	v.x.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, f)
}

// to checks that an answer sends the reader on.
func (a answer) to(t *testing.T, what, path string) {
	t.Helper()
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != path {
		t.Fatalf("%s: %d to %q, want on to %q\n%.2000s", what, a.StatusCode, a.Header.Get("Location"), path, a.body)
	}
}

// says checks an answer's status and what it says.
func (a answer) says(t *testing.T, what string, status int, texts ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s: status %d, want %d\n%.1500s", what, a.StatusCode, status, a.body)
	}
	for _, s := range texts {
		if word, absent := strings.CutPrefix(s, "!"); strings.Contains(a.body, word) == absent {
			t.Errorf("%s: %q expected otherwise in\n%.6000s", what, s, a.body)
		}
	}
}
