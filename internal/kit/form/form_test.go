// SPDX-License-Identifier: Apache-2.0

package form_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/locale"
)

func post(t *testing.T, values url.Values) *form.Form {
	t.Helper()
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f, err := form.Read(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, typed, line, text string
		lineFault, textFault    string
	}{
		{"plain", " 路灯不亮 ", "路灯不亮", "路灯不亮", "", ""},
		{"empty", "", "", "", "", ""},
		{"eight", "一二三四五六七八", "一二三四五六七八", "一二三四五六七八", "", ""},
		{"nine", "一二三四五六七八九", "", "", "form.long", "form.long"},
		{"lines", "上\r\n下", "", "上\n下", "form.control", ""},
		{"nul", "a\x00b", "", "", "form.control", "form.control"},
		{"escape", "a\x1b[1m", "", "", "form.control", "form.control"},
		{"turned", "a\u202eb", "", "", "form.control", "form.control"},
		{"broken", "\xff\xfe", "", "", "form.utf8", "form.utf8"},
		{"tab", "a\tb", "", "a\tb", "form.control", ""},
		{"html", "<b>&'\"", "<b>&'\"", "<b>&'\"", "", ""},
		{"emoji", "👩‍👩‍👧", "👩‍👩‍👧", "👩‍👩‍👧", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := post(t, url.Values{"l": {tc.typed}, "t": {tc.typed}})
			if got := f.Line("l", 8); got != tc.line || key(f.At("l")) != tc.lineFault {
				t.Errorf("Line = %q, %v", got, f.At("l"))
			}
			if got := f.Text("t", 8); got != tc.text || key(f.At("t")) != tc.textFault {
				t.Errorf("Text = %q, %v", got, f.At("t"))
			}
			if got := f.Get("l"); !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\x1b\u202e") {
				t.Errorf("shown again as %q", got)
			}
			if utf8.ValidString(tc.typed) && tc.name != "nul" && tc.name != "escape" && tc.name != "turned" && f.Get("l") != tc.typed {
				t.Errorf("typed %q, kept %q", tc.typed, f.Get("l"))
			}
		})
	}
}

func key(e *errs.Error) string {
	if e == nil {
		return ""
	}
	return e.Key
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct {
		n     int
		fault string
	}{
		"": {0, ""}, "3": {3, ""}, " 12 ": {12, ""}, "１２": {12, ""}, "－2": {-2, ""}, "21": {0, "form.range"}, "-6": {0, "form.range"}, "三": {0, "form.number"},
		"1.5": {0, "form.number"}, "1e3": {0, "form.number"}, "99999999999999999999": {0, "form.range"}, "0x10": {0, "form.number"}, "-": {0, "form.number"},
	} {
		f := post(t, url.Values{"n": {typed}})
		if got := f.Int("n", -5, 20); got != want.n || key(f.At("n")) != want.fault {
			t.Errorf("%q: %d, %v", typed, got, f.At("n"))
		}
	}
	for typed, fault := range map[string]string{"103.46": "", "NaN": "form.number", "+Inf": "form.range", "181": "form.range", "x": "form.number"} {
		f := post(t, url.Values{"n": {typed}})
		if _, ok := f.Number("n", -180, 180); ok != (fault == "") || key(f.At("n")) != fault {
			t.Errorf("%q: %v %v", typed, ok, f.At("n"))
		}
	}
}

func TestIDsAndChoices(t *testing.T) {
	t.Parallel()
	a, b := id.ID(1<<50), id.ID(1<<51)
	f := post(t, url.Values{"one": {a.String()}, "bad": {"1 OR 1=1"}, "none": {""}, "some": {a.String(), b.String(), a.String(), ""}, "c": {"yes", "no", "yes"}, "odd": {"maybe"}})
	if f.ID("one") != a || f.ID("none") != 0 || f.At("none") != nil || f.ID("bad") != 0 || key(f.At("bad")) != "form.id" {
		t.Error(f.Faults())
	}
	if got := f.IDs("some", 2); !slices.Equal(got, []id.ID{a, b}) {
		t.Error(got)
	}
	if got := f.IDs("some", 1); got != nil || key(f.At("some")) != "form.many" {
		t.Error(got, f.At("some"))
	}
	if got := f.Choices("c", "yes", "no"); !slices.Equal(got, []string{"yes", "no"}) {
		t.Error(got)
	}
	if f.Choice("odd", "yes", "no") != "" || key(f.At("odd")) != "form.choice" || f.Choice("none", "yes") != "" || f.At("none") != nil {
		t.Error(f.Faults())
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	f := post(t, url.Values{"d": {"2026-03-05"}, "m": {"2026-03-05T16:30"}, "x": {"2026-02-30"}, "far": {"9999-01-01"}})
	if got := f.Date("d"); !got.Equal(time.Date(2026, 3, 5, 0, 0, 0, 0, i18n.Zone)) {
		t.Error(got)
	}
	if got := f.Moment("m"); !got.Equal(time.Date(2026, 3, 5, 16, 30, 0, 0, i18n.Zone)) {
		t.Error(got)
	}
	if !f.Date("x").IsZero() || !f.Date("far").IsZero() || len(f.Faults()) != 2 {
		t.Error(f.Faults())
	}
}

func TestSecretIsNotKept(t *testing.T) {
	t.Parallel()
	f := post(t, url.Values{"password": {" 口令 "}})
	if got := f.Secret("password", 100); got != " 口令 " || f.Get("password") != "" || len(f.Values()["password"]) != 0 {
		t.Errorf("%q, kept %q", got, f.Get("password"))
	}
}

func TestTooMuch(t *testing.T) {
	t.Parallel()
	many := url.Values{}
	for i := range 500 {
		many.Add("f"+string(rune('a'+i%26))+strings.Repeat("x", i/26), "1")
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(many.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := form.Read(r); errs.KindOf(err) != errs.Invalid {
		t.Errorf("500 fields: %v", err)
	}
	r = httptest.NewRequest("POST", "/", strings.NewReader("a="+strings.Repeat("1", 5000)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 100)
	_, err := form.Read(r)
	var big *http.MaxBytesError
	if errs.KindOf(err) != errs.Invalid || !errors.As(err, &big) {
		t.Errorf("a large body: %v", err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range []string{"a.jpg", "b.jpg", "c.jpg"} {
		p, _ := w.CreateFormFile("photo", name)
		p.Write([]byte("x"))
	}
	w.CreateFormFile("nothing", "")
	w.WriteField("title", "路灯")
	w.Close()
	r := httptest.NewRequest("POST", "/?title=query", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	f, err := form.Read(r)
	if err != nil {
		t.Fatal(err)
	}
	if f.Line("title", 10) != "路灯" {
		t.Errorf("the query was read as the form: %q", f.Line("title", 10))
	}
	if got := f.Files("photo", 6); len(got) != 3 || f.Err() != nil {
		t.Error(len(got), f.Err())
	}
	if got := f.Files("nothing", 6); len(got) != 0 {
		t.Error("an empty choice is a file")
	}
	if got := f.Files("photo", 2); len(got) != 2 || key(f.At("photo")) != "form.files" {
		t.Error(len(got), f.Err())
	}
	r = httptest.NewRequest("POST", "/", strings.NewReader("--x\r\nbroken"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if _, err := form.Read(r); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a form cut off: %v", err)
	}
}

func TestNilFormIsEmpty(t *testing.T) {
	t.Parallel()
	var f *form.Form
	if f.Get("a") != "" || f.All("a") != nil || f.Has("a", "b") || f.Err() != nil || f.At("a") != nil || f.Line("a", 3) != "" || f.Sent("a") {
		t.Error("a nil form has something in it")
	}
}

func TestEveryFaultHasWords(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"utf8", "long", "control", "number", "range", "id", "many", "choice", "date", "files", "fields", "unreadable", "large", "cut"} {
		if !locale.Words.Has("form." + k) {
			t.Errorf("form.%s has no words", k)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("title=a&n=3&id=1", "application/x-www-form-urlencoded")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x")
	f.Fuzz(func(t *testing.T, body, kind string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		f, err := form.Read(r)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		line := f.Line("title", 20)
		if !utf8.ValidString(line) || utf8.RuneCountInString(line) > 20 || strings.ContainsAny(line, "\n\x00") {
			t.Errorf("%q", line)
		}
		f.Int("n", 0, 9)
		f.IDs("id", 5)
		f.Date("d")
		if !utf8.ValidString(f.Get("title")) {
			t.Error("broken letters are shown again")
		}
	})
}
