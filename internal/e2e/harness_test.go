//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// The pages of a very small program: one that is as it should be, one that does
// everything no page may do.
const (
	head = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>%s</title><link rel="stylesheet" href="/app.css"></head><body>`

	goodPage = `<main><h1>说事</h1><p id="who">%s</p><noscript><p>没有脚本也行</p></noscript>
<form method="post" action="/raise" enctype="multipart/form-data"><label for="what">什么事</label><input id="what" name="what">
<label for="kind">类别</label><select id="kind" name="kind"><option value="">请选</option><option value="lamp">路灯不亮</option></select>
<label><input type="checkbox" name="public"> 公开</label><label for="photo">照片</label><input type="file" id="photo" name="photo">
<button>提交</button></form><p id="js"></p><p><a href="/slip.csv" download>下载</a></p></main><script src="/app.js"></script></body></html>`

	badPage = `<div class="wide">wide</div><img src="http://other.example/x.png"><input name="x"><p class="pale" style="color:#fff">pale</p>
<script>document.title='inline'</script><script src="/bad.js"></script><p>⟦matter.none⟧</p></body></html>`
)

func program(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(title, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			who := "无名"
			if c, err := r.Cookie("who"); err == nil {
				who = c.Value
			}
			fmt.Fprintf(w, head, title)
			if strings.Contains(body, "%s") {
				fmt.Fprintf(w, body, who)
			} else {
				fmt.Fprint(w, body)
			}
		}
	}
	mux.HandleFunc("GET /good", page("好的一页", goodPage))
	mux.HandleFunc("GET /bad", page("坏的一页", badPage))
	mux.HandleFunc("GET /app.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "body{font:16px/1.7 sans-serif;color:#111;background:#fff}.wide{width:3000px}.pale{color:#ccc}@media print{form{display:none}}")
	})
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, "document.getElementById('js').textContent='有脚本'")
	})
	mux.HandleFunc("GET /bad.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, "console.error('shouted'); fetch('/broken'); undefinedFunction()")
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) })
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /slip.csv", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="slip.csv"`)
		fmt.Fprint(w, "number\n1\n")
	})
	mux.HandleFunc("POST /raise", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("what") == "" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, head+`<main><h1>请写明是什么事</h1></main></body></html>`, "请改")
			return
		}
		photo := ""
		if _, h, err := r.FormFile("photo"); err == nil {
			photo = h.Filename
		}
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "zhou", HttpOnly: true, SameSite: http.SameSiteLaxMode, Path: "/"})
		time.Sleep(300 * time.Millisecond) // slower than a click
		http.Redirect(w, r, "/good?"+r.FormValue("kind")+"&"+r.FormValue("public")+"&"+photo, http.StatusSeeOther)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestAGoodPage(t *testing.T) {
	t.Parallel()
	base := program(t)
	for _, screen := range []Screen{Phone, Desk} {
		for _, noScript := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d script %t", screen.Width, !noScript), func(t *testing.T) {
				t.Parallel()
				u := browser.User(t, base, "周敏", Options{Screen: screen, NoScript: noScript})
				u.Open("/good")
				u.See("说事", "无名")
				if got := u.Visible("noscript p"); got != noScript {
					t.Errorf("the noscript text is visible: %t", got)
				}
				photo := filepath.Join(t.TempDir(), "lamp.txt")
				if err := os.WriteFile(photo, []byte("dark"), 0o600); err != nil {
					t.Fatal(err)
				}
				u.Fill("#what", "路灯不亮")
				u.Choose("#kind", "路灯")
				u.Check("[name=public]")
				u.Attach("#photo", photo)
				if v := u.Value("#kind"); v != "lamp" {
					t.Errorf("the select holds %q", v)
				}
				u.Go("text=提交")
				if got := u.URL(); got != "/good?lamp&on&lamp.txt" {
					t.Errorf("came to %s", got)
				}
				u.See("zhou")
				if cs := u.Cookies(); len(cs) != 1 || cs[0].Name != "who" || !cs[0].HTTPOnly || cs[0].SameSite != "Lax" {
					t.Errorf("cookies %+v", cs)
				}
				if u.Bytes() == 0 {
					t.Error("nothing came over the wire")
				}
				if err := shrink(u.picture(t.TempDir(), "harness")); err != nil {
					t.Error(err)
				}
				if !noScript {
					u.Sound()
				}
			})
		}
	}
}

func TestRefusalIsNoFault(t *testing.T) {
	t.Parallel()
	u := browser.User(t, program(t), "周敏", Options{})
	u.Open("/good")
	u.Go("text=提交")
	if u.Status() != 422 {
		t.Errorf("status %d", u.Status())
	}
	u.See("请写明是什么事")
	u.Open("/none")
	if u.Status() != 404 {
		t.Errorf("status %d", u.Status())
	}
}

func TestSeveralUsers(t *testing.T) {
	t.Parallel()
	base := program(t)
	a, b := browser.User(t, base, "周敏", Options{Screen: Phone}), browser.User(t, base, "赵调度", Options{})
	a.Open("/good")
	b.Open("/good")
	a.SetCookie("who", "a")
	b.SetCookie("who", "b")
	a.Open("/good")
	b.Open("/good")
	a.See("a")
	if a.Text("#who") != "a" || b.Text("#who") != "b" {
		t.Errorf("the users share a browser: %s, %s", a.Text("#who"), b.Text("#who"))
	}
	b.Print()
	if b.Visible("form") {
		t.Error("the print style was not used")
	}
	b.Unprint()
	if name, file := b.Download("text=下载"); name != "slip.csv" {
		t.Errorf("downloaded %s", name)
	} else if text, err := os.ReadFile(file); err != nil || string(text) != "number\n1\n" {
		t.Errorf("downloaded %q, %v", text, err)
	}
	b.Open("/good")
	b.Press("Tab")
	if !strings.Contains(b.Focused(), "what") {
		t.Errorf("the focus is on %s", b.Focused())
	}
}

// recorder is a test that notes what it is told instead of failing.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	said   []string
	finish []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Failed() bool     { return false }
func (r *recorder) Cleanup(f func()) { r.finish = append(r.finish, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// observed returns what the harness says of a journey.
func observed(t *testing.T, journey func(t testing.TB)) string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range r.finish {
				f()
			}
		}()
		journey(r)
	}()
	<-done
	return strings.Join(r.said, "\n")
}

// TestABadPageIsSeen shows the harness everything it must not let pass.
func TestABadPageIsSeen(t *testing.T) {
	t.Parallel()
	base := program(t)
	said := observed(t, func(t testing.TB) {
		u := browser.User(t, base, "周敏", Options{Screen: Phone})
		u.Open("/bad")
		u.Bytes() // until all is quiet
		u.Sound()
		u.See("陈婆婆")
		u.NotSee("pale")
	})
	for _, want := range []string{
		"console: shouted", "undefinedFunction is not defined", "request to another host: GET http://other.example",
		"Content Security Policy", "policy violated: script-src", "500 for GET", "axe label (critical)", "axe color-contrast (serious)", "axe image-alt (critical)",
		"sticks out of a screen of 390", "a text is missing", `does not see "陈婆婆"`, `gets to see "pale"`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the harness did not say %q, but:\n%s", want, said)
		}
	}
}

func TestAMissingPlaceEndsTheTest(t *testing.T) {
	t.Parallel()
	base := program(t)
	after := false
	said := observed(t, func(t testing.TB) {
		u := browser.User(t, base, "周敏", Options{Timeout: 3 * time.Second})
		u.Open("/good")
		u.Click("text=没有这个按钮")
		after = true
	})
	if after || !strings.Contains(said, "click text=没有这个按钮") {
		t.Errorf("went on: %t; said: %s", after, said)
	}
}
