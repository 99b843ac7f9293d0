// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jba/templatecheck"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

type raisePage struct {
	Base
	Rows []Row
}

var raiseFiles = fstest.MapFS{"raise.html": {Data: []byte(`{{define "main"}}{{template "head" (head (t "door.raise") "")}}
{{template "faults" .Base}}<form method="post">{{template "text" ((input .Form "title" "door.raise").Need.Max 8)}}</form>{{template "rows" .Rows}}{{end}}`)}}

var raise = New[raisePage](raiseFiles, "raise.html")

func TestEveryPageFitsItsStruct(t *testing.T) {
	t.Parallel()
	if err := CheckAll(templatecheck.CheckHTML); err != nil {
		t.Fatal(err)
	}
}

func TestMistakesAreFoundBeforeAReaderDoes(t *testing.T) {
	t.Parallel()
	for name, main := range map[string]string{
		"no such field": `{{.Nobody}}`, "no such word": `{{t "nobody.wrote.this"}}`, "no such word for a field": `{{template "text" (input .Form "a" "nobody.wrote")}}`,
		"no such icon": `{{icon "unicorn"}}`, "no such file": `{{asset "nobody.css"}}`, "wrong dot": `{{template "pill" .Rows}}`, "no such block": `{{template "carousel" .}}`,
	} {
		p := Page[raisePage]{bind(raisePage{}, fstest.MapFS{"x.html": {Data: []byte(`{{define "main"}}` + main + `{{end}}`)}}, []string{"x.html"})}
		if err := p.check(templatecheck.CheckHTML); err == nil {
			t.Errorf("%s: nobody noticed", name)
		}
	}
}

func TestShowInBothLanguages(t *testing.T) {
	t.Parallel()
	for lang, want := range map[i18n.Lang]string{i18n.ZH: "<h1>说事</h1>", i18n.EN: "<h1>Raise a matter</h1>"} {
		r := As(httptest.NewRequest("GET", "/raise", nil), Base{Lang: lang})
		w := httptest.NewRecorder()
		if err := raise.Show(w, r, raisePage{Base: From(r).Titled("door.raise")}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), `<html lang="`+string(lang)+`">`) {
			t.Errorf("%s: %s", lang, w.Body)
		}
	}
}

func TestFailKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "/raise", strings.NewReader("title=%3Cscript%3E%E8%B7%AF%E7%81%AF%E4%B8%8D%E4%BA%AE%E4%BA%86"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	h := Handler(func(w http.ResponseWriter, r *http.Request) error {
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		v := raisePage{Base: From(r)}
		v.Form = f
		f.Line("title", 8)
		return raise.Fail(w, r, v, f.Err())
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body := w.Body.String()
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
	for _, want := range []string{`value="&lt;script&gt;路灯不亮了"`, "最多 8 个字，请删去 5 个字", `aria-invalid="true"`, `href="#f-title"`, "有 1 处需要改"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.Count(body, "最多 8 个字") != 2 {
		t.Errorf("the fault should stand in the summary and beside the field, once each: %s", body)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		method string
		actor  scope.Kind
		err    error
		status int
		want   string
	}{
		{"not found", "GET", scope.Resident, errs.New(errs.NotFound, "nobody.wrote.this"), 404, "没有找到这一页"},
		{"conflict says its own words", "POST", scope.Staff, errs.New(errs.Conflict, "form.id"), 409, "这一项找不到了"},
		{"denied", "GET", scope.Resident, errs.New(errs.Denied, "x.y"), 403, "不对您开放"},
		{"denied before signing in, on POST", "POST", scope.Anonymous, errs.New(errs.Denied, "x.y"), 403, "请先登录"},
		{"busy", "GET", scope.Anonymous, errs.New(errs.Busy, "x.y"), 503, "忙不过来"},
		{"internal", "POST", scope.Anonymous, http.ErrNoLocation, 500, "7F3A-KQ2M"},
		{"too large", "POST", scope.Anonymous, &http.MaxBytesError{Limit: 1}, 413, "内容太大"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := As(httptest.NewRequest(tc.method, "/x", nil), Base{Actor: scope.Actor{Kind: tc.actor}, RequestID: "7F3A-KQ2M"})
			w := httptest.NewRecorder()
			Handler(func(http.ResponseWriter, *http.Request) error { return tc.err }).ServeHTTP(w, r)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.want) {
				t.Errorf("%d, want %d with %q: %s", w.Code, tc.status, tc.want, w.Body)
			}
			if strings.Contains(w.Body.String(), http.ErrNoLocation.Error()) {
				t.Error("the operator's text reached the reader")
			}
		})
	}
	t.Run("denied before signing in", func(t *testing.T) {
		t.Parallel()
		w := httptest.NewRecorder()
		Handler(func(http.ResponseWriter, *http.Request) error { return errs.New(errs.Denied, "x.y") }).
			ServeHTTP(w, httptest.NewRequest("GET", "/desk?a=1&b=2", nil))
		if got := w.Header().Get("Location"); w.Code != 303 || got != "/signin?next=%2Fdesk%3Fa%3D1%26b%3D2" {
			t.Errorf("%d to %q", w.Code, got)
		}
	})
}

func TestRowsEscape(t *testing.T) {
	t.Parallel()
	evil := `"><script>alert(1)</script>&'` + "\x00"
	out := string(Rows(i18n.ZH, []Row{{Href: "javascript:alert(1)", Title: evil, Number: evil, Meta: []string{evil}, Tags: []string{evil}, Select: evil,
		Turn: evil, Left: evil, Photo: evil, Pill: Pill{Text: evil, Tone: Tone(evil)}, Light: Light{Used: 3, Tone: Tone(evil)}}}))
	if strings.Contains(out, "<script") || strings.Contains(out, "javascript:") || strings.Contains(out, "\x00") {
		t.Error(out)
	}
	if strings.Count(out, "&lt;script&gt;") != 10 {
		t.Errorf("%d of 10 texts shown: %s", strings.Count(out, "&lt;script&gt;"), out)
	}
}

// What leads nowhere is no link: one without an address would lead to the page itself.
func TestRowsWithoutALink(t *testing.T) {
	t.Parallel()
	out := string(Rows(i18n.EN, []Row{{Title: "A & B", Number: "QL-1"}}))
	if strings.Contains(out, "<a") || !strings.Contains(out, `<span class="row-title">A &amp; B</span>`) {
		t.Error(out)
	}
	if out := string(Rows(i18n.EN, []Row{{Title: "A", Href: "/a"}})); !strings.Contains(out, `<a class="row-link" href="/a">A</a>`) {
		t.Error(out)
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"/a?b=c": "/a?b=c", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "a": "/", "": "/", "/\t/evil.example": "/"} {
		if got := Local(in); got != want {
			t.Errorf("Local(%q) = %q, want %q", in, got, want)
		}
	}
}
