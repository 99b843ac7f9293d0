// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

type sessions func(*http.Request) (scope.Actor, error)

func (f sessions) Actor(r *http.Request) (scope.Actor, error) { return f(r) }

// town is a site with a few routes, and its log.
func town(t *testing.T, s *Site) (http.Handler, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	s.Log = slog.New(slog.NewTextHandler(log, nil))
	mux := http.NewServeMux()
	mux.Handle("GET /home", Handler(func(w http.ResponseWriter, r *http.Request) error {
		return raise.Show(w, r, raisePage{Base: From(r).Titled("page.home"), Rows: []Row{{Title: strings.Repeat("路灯", 400), Href: "/x"}}})
	}))
	mux.Handle("POST /raise", Handler(func(w http.ResponseWriter, r *http.Request) error {
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		return Undoable(w, r, "/home", "/undo", "list.count", len(f.Line("title", 100)))
	}))
	mux.Handle("POST /upload", AllowBody(3000, Handler(func(w http.ResponseWriter, r *http.Request) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		return Redirect(w, r, "/"+strings.Repeat("x", len(b)/1000))
	})))
	mux.Handle("GET /panic", Handler(func(http.ResponseWriter, *http.Request) error { panic("a wound") }))
	mux.Handle("GET /slow", Handler(func(w http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	}))
	mux.Handle("GET /long", Long(time.Minute, Handler(func(w http.ResponseWriter, r *http.Request) error {
		d, _ := r.Context().Deadline()
		if time.Until(d) < 30*time.Second {
			return errors.New("the deadline is the usual one")
		}
		return Redirect(w, r, "/long/done")
	})))
	return s.Wrap(mux), log
}

func do(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{HTTPS: true})
	for _, path := range []string{"/home", "/nowhere", "/panic", "/static/nothing.css"} {
		w := do(h, "GET", path, "")
		csp := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy without %s", path, want)
			}
		}
		if strings.Contains(csp, "unsafe") || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	plain, _ := town(t, &Site{})
	if do(plain, "GET", "/home", "").Header().Get("Strict-Transport-Security") != "" {
		t.Error("HSTS without https")
	}
}

func TestPagesForWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{})
	if w := do(h, "GET", "/nowhere", "", "Accept-Language", "en"); w.Code != 404 || !strings.Contains(w.Body.String(), "There is no such page") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := do(h, "GET", "/raise", ""); w.Code != 405 || w.Header().Get("Allow") != "POST" || !strings.Contains(w.Body.String(), "不能这样打开") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestPanicIsAPage(t *testing.T) {
	t.Parallel()
	h, log := town(t, &Site{})
	w := do(h, "GET", "/panic", "")
	number := w.Header().Get("X-Request-Id")
	if w.Code != 500 || !strings.Contains(w.Body.String(), number) || strings.Contains(w.Body.String(), "a wound") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "a wound") || !strings.Contains(log.String(), number) {
		t.Errorf("log: %s", log)
	}
}

func TestLogHoldsNothingPrivate(t *testing.T) {
	t.Parallel()
	h, log := town(t, &Site{Sessions: sessions(func(*http.Request) (scope.Actor, error) {
		return scope.Actor{Kind: scope.Resident, Name: "周敏"}, nil
	})})
	do(h, "POST", "/raise?phone=13900000217", "title=%E5%91%A8%E6%95%8F")
	s := log.String()
	if strings.Count(s, "\n") != 1 || !strings.Contains(s, `route="POST /raise"`) || !strings.Contains(s, "status=303") {
		t.Errorf("log: %s", s)
	}
	for _, private := range []string{"13900000217", "周敏", "192.0.2.1"} {
		if strings.Contains(s, private) {
			t.Errorf("%s is in the log: %s", private, s)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{})
	w := do(h, "POST", "/settings", url.Values{"lang": {"en"}, "large": {"1"}, "back": {"/home?lang=zh-CN&q=1"}}.Encode())
	if w.Code != 303 || w.Header().Get("Location") != "/home?q=1" {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	cookies := strings.Join(w.Header().Values("Set-Cookie"), ";")
	if !strings.Contains(cookies, "lang=en") || !strings.Contains(cookies, "large=1") {
		t.Fatal(cookies)
	}
	page := do(h, "GET", "/home", "", "Cookie", "lang=en; large=1", "Accept-Language", "zh").Body.String()
	if !strings.Contains(page, `<html lang="en" class="large">`) || !strings.Contains(page, "Normal type") {
		t.Error(page)
	}
	if p := do(h, "GET", "/home?lang=en", "").Body.String(); !strings.Contains(p, `lang="en"`) {
		t.Error("?lang= has no effect")
	}
	if w := do(h, "POST", "/settings", "lang=fr"); w.Code != 422 {
		t.Errorf("a language we do not speak: %d", w.Code)
	}
	if w := do(h, "POST", "/settings", "large=1&back=//evil.example/"); w.Header().Get("Location") != "/" {
		t.Errorf("led to %s", w.Header().Get("Location"))
	}
}

func TestFlashIsSaidOnce(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{})
	w := do(h, "POST", "/raise", "title=abc")
	cookie := w.Result().Cookies()[0]
	w = do(h, "GET", "/home", "", "Cookie", cookie.Name+"="+cookie.Value)
	if !strings.Contains(w.Body.String(), "3 件") || !strings.Contains(w.Body.String(), `action="/undo"`) {
		t.Error(w.Body)
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("the cookie stays: %v", c)
	}
	for _, forged := range []string{"x", "eyJrIjoibm9ib2R5LndyaXRlIn0", "!!!!"} {
		if w := do(h, "GET", "/home", "", "Cookie", "flash="+forged); strings.Contains(w.Body.String(), `class="flash`) {
			t.Errorf("%s is shown", forged)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{Origins: []string{"https://town.example"}})
	if w := do(h, "POST", "/raise", "title=a", "Sec-Fetch-Site", "cross-site"); w.Code != 403 || !strings.Contains(w.Body.String(), "别的网站") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := do(h, "POST", "/raise", "title=a", "Sec-Fetch-Site", "same-origin"); w.Code != 303 {
		t.Errorf("own site: %d", w.Code)
	}
	if w := do(h, "POST", "/raise", "title=a", "Origin", "https://town.example", "Sec-Fetch-Site", "cross-site"); w.Code != 303 {
		t.Errorf("trusted site: %d", w.Code)
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{MaxBody: 1000})
	if w := do(h, "POST", "/raise", "title="+strings.Repeat("a", 2000)); w.Code != 413 || !strings.Contains(w.Body.String(), "太大") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := do(h, "POST", "/upload", strings.Repeat("a", 2500)); w.Header().Get("Location") != "/xx" {
		t.Errorf("allowed upload: %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := do(h, "POST", "/upload", strings.Repeat("a", 3500)); w.Code != 413 {
		t.Errorf("upload beyond its limit: %d", w.Code)
	}
}

func TestTimeLimits(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{Timeout: 10 * time.Millisecond})
	if w := do(h, "GET", "/slow", ""); w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "等得太久") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := do(h, "GET", "/long", ""); w.Code != 303 {
		t.Errorf("long: %d %s", w.Code, w.Body)
	}
}

func TestCrowdIsToldToComeBack(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{MaxActive: 2, MaxWait: time.Millisecond})
	ctx, free := context.WithCancel(t.Context())
	entered, left := make(chan struct{}, 2), make(chan struct{}, 2)
	for range 2 {
		go func() {
			r := httptest.NewRequest("GET", "/slow", nil).WithContext(ctx)
			entered <- struct{}{}
			h.ServeHTTP(httptest.NewRecorder(), r)
			left <- struct{}{}
		}()
	}
	<-entered
	<-entered
	var w *httptest.ResponseRecorder
	for range 1000 { // until both are at work
		if w = do(h, "GET", "/home", ""); w.Code != 200 {
			break
		}
	}
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	free()
	<-left
	<-left
	if w := do(h, "GET", "/home", ""); w.Code != 200 {
		t.Errorf("after the crowd: %d", w.Code)
	}
}

// In a rush of ten times as many as there is room for, those with a place and those
// who may wait for one are served, the others are told at once to come back, and
// afterwards there is as much room as before.
func TestRush(t *testing.T) {
	t.Parallel()
	const places = 4
	routes := http.NewServeMux()
	inside, free := make(chan struct{}, 10*places*5), make(chan struct{})
	routes.HandleFunc("/work", func(http.ResponseWriter, *http.Request) {
		inside <- struct{}{}
		<-free
	})
	h := (&Site{MaxActive: places, MaxWait: time.Hour}).Wrap(routes)
	const room = places + waitersEach*places
	codes := make(chan int, 10*room)
	come := func(method, from string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/work", nil)
		r.RemoteAddr = from + ":1"
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for round := range 2 {
		for i := range 10 * room {
			go func() { codes <- come("POST", fmt.Sprintf("10.0.%d.%d", i/200, i%200)).Code }()
		}
		for range places {
			<-inside
		}
		for range 10*room - room { // these need nobody to leave
			if code := <-codes; code != 503 {
				t.Errorf("round %d: %d while nobody had left", round, code)
			}
		}
		for range room {
			free <- struct{}{}
		}
		for range room {
			if code := <-codes; code != 200 {
				t.Errorf("round %d: %d for one who had room", round, code)
			}
		}
		for len(inside) > 0 {
			<-inside
		}
	}
	close(free)
	if w := come("GET", "10.0.0.1"); w.Code != 200 {
		t.Errorf("afterwards: %d", w.Code)
	}
}

// Who is sent away is told when to come back, in their language, by a page that is
// made once.
func TestPageForACrowd(t *testing.T) {
	t.Parallel()
	site := &Site{MaxActive: 1}
	site.defaults()
	c := &crowded{site: site}
	ask := func(method, lang, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/matters?q=x", nil)
		r.Header.Set("Accept-Language", lang)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		site.visit(c).ServeHTTP(w, r)
		return w
	}
	for _, x := range []struct{ method, lang, says string }{{"GET", "zh-CN", "忙不过来"}, {"POST", "zh-CN", "忙不过来"}, {"GET", "en", "busy"}, {"POST", "en", "busy"}} {
		w := ask(x.method, x.lang, "")
		body := w.Body.String()
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Header().Get("Content-Language") != x.lang || !strings.Contains(body, x.says) || !strings.Contains(body, "</html>") {
			t.Errorf("%s in %s: %d %v %.200s", x.method, x.lang, w.Code, w.Header(), body)
		}
		if again := strings.Contains(body, `href=""`); again != (x.method == "GET") {
			t.Errorf("%s in %s: can be asked for again: %t", x.method, x.lang, again)
		}
		z := ask(x.method, x.lang, "gzip")
		r, err := gzip.NewReader(z.Body)
		if err != nil || z.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("zipped: %v %v", z.Header(), err)
		}
		if b, err := io.ReadAll(r); err != nil || string(b) != body {
			t.Errorf("zipped it is another page: %v", err)
		}
	}
}

// One address that sent many bodies slowly kept everybody else out.
func TestOneAddressLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{MaxActive: 4, MaxWait: time.Millisecond})
	ctx, free := context.WithCancel(t.Context())
	left := make(chan struct{}, 4)
	slow := func() {
		for w := httptest.NewRecorder(); ctx.Err() == nil; w = httptest.NewRecorder() { // again if the reader below was there first
			h.ServeHTTP(w, httptest.NewRequest("GET", "/slow", nil).WithContext(ctx))
		}
		left <- struct{}{}
	}
	for range 3 {
		go slow()
	}
	from := func(address string) int {
		r := httptest.NewRequest("GET", "/home", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	full := false
	for range 100_000 { // until all three are at work
		if full = from("192.0.2.1:1") == 503; full {
			break
		}
	}
	if other := from("198.51.100.7:1"); !full || other != 200 {
		t.Errorf("the address is held back: %t; another one gets %d", full, other)
	}
	free()
	for range 3 {
		<-left
	}
	if from("192.0.2.1:1") != 200 {
		t.Error("it is still held back afterwards")
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{Rates: Rates{Write: 0.001, Burst: 3000}})
	codes := map[int]int{}
	for range 5 {
		w := do(h, "POST", "/raise", "title=a")
		codes[w.Code]++
		if after := w.Header().Get("Retry-After"); w.Code == 429 && after != "1000" { // one in a thousand seconds
			t.Errorf("told to come again after %q s", after)
		}
	}
	if codes[303] != 3 || codes[429] != 2 {
		t.Errorf("%v", codes)
	}
	if do(h, "GET", "/home", "").Code != 200 {
		t.Error("reading is limited with writing")
	}
}

func TestLimiterForgets(t *testing.T) {
	t.Parallel()
	l := NewLimiter(0.001, 1, 100)
	now := time.Now()
	for i := range 10_000 {
		l.Allow(string(rune(i)), now)
	}
	if l.Known() > 100 {
		t.Errorf("%d keys are remembered", l.Known())
	}
	if !l.Allow("a", now) || l.Allow("a", now) {
		t.Error("the burst is not one")
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	s := &Site{Proxies: []string{"10.0.0.0/8", "192.0.2.1"}}
	s.defaults()
	for _, tc := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"},
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"}, // said by a stranger
		{"10.1.1.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.1.1.1:1", "6.6.6.6, 198.51.100.1, 10.2.2.2", "198.51.100.1"},
		{"192.0.2.1:1", "nonsense", "192.0.2.1"},
		{"[2001:db8::1]:1", "", "2001:db8::1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tc.remote
		r.Header.Set("X-Forwarded-For", tc.forwarded)
		if got := s.Address(r).String(); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}

func TestSessionFailureIsOurs(t *testing.T) {
	t.Parallel()
	h, log := town(t, &Site{Sessions: sessions(func(*http.Request) (scope.Actor, error) { return scope.Actor{}, errors.New("no database") })})
	if w := do(h, "GET", "/home", ""); w.Code != 500 || strings.Contains(w.Body.String(), "no database") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	_ = log
}

func TestCompression(t *testing.T) {
	t.Parallel()
	h, _ := town(t, &Site{})
	plain := do(h, "GET", "/home", "").Body.String()
	w := do(h, "GET", "/home", "", "Accept-Encoding", "br, gzip")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() >= len(plain)/2 {
		t.Fatalf("%d of %d, %v", w.Body.Len(), len(plain), w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil || !strings.Contains(string(b), "</html>") {
		t.Errorf("%v %s", err, b)
	}
	for _, accept := range []string{"", "gzip;q=0", "br"} {
		if w := do(h, "GET", "/home", "", "Accept-Encoding", accept); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%q: compressed", accept)
		}
	}
	if w := do(h, "POST", "/raise", "title=a", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" || w.Code != 303 {
		t.Errorf("a short answer: %d %v", w.Code, w.Header())
	}
}

func TestClockIsTheSites(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 5, 8, 0, 0, 0, i18n.Zone)
	var calls atomic.Int32
	s := &Site{Clock: func() time.Time { calls.Add(1); return at }}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, i18n.Exact(i18n.ZH, From(r).Now)) })
	if w := do(s.Wrap(mux), "GET", "/", ""); w.Body.String() != "2026年3月5日 08:00" || calls.Load() != 1 {
		t.Error(w.Body)
	}
}
