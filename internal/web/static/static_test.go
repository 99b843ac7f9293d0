// SPDX-License-Identifier: Apache-2.0

package static

import (
	"compress/gzip"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	Routes(mux)
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func TestServe(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]string{"app.css": "text/css", "app.js": "text/javascript", "desk.js": "text/javascript", "seal.svg": "image/svg+xml"} {
		url, err := URL(name)
		if err != nil {
			t.Fatal(err)
		}
		plain := get(t, url)
		if plain.Code != 200 || !strings.HasPrefix(plain.Header().Get("Content-Type"), kind) || !strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", name, plain.Code, plain.Header())
		}
		zipped := get(t, url, "Accept-Encoding", "gzip")
		z, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(z); string(b) != plain.Body.String() {
			t.Errorf("%s: compressed and plain differ", name)
		}
		if w := get(t, url, "If-None-Match", plain.Header().Get("ETag")); w.Code != 304 {
			t.Errorf("%s known already: %d", name, w.Code)
		}
	}
	for _, path := range []string{"/static/app.css", "/static/app.0000000000.css", "/static/..%2fstatic.go", "/static/icons.go"} {
		if w := get(t, path); w.Code == 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if _, err := URL("nobody.css"); err == nil {
		t.Error("a file nobody added has an address")
	}
}

func TestSameNameTwice(t *testing.T) {
	t.Parallel()
	first := Add("twice.js", []byte("1"))
	if again := Add("twice.js", []byte("1")); again != first {
		t.Errorf("the same file has two addresses: %s %s", first, again)
	}
	defer func() {
		if recover() == nil {
			t.Error("another body took the name")
		}
	}()
	Add("twice.js", []byte("2"))
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app.js", "desk.js"} {
		if b := read("js/" + name); len(b) >= 6000 {
			t.Errorf("%s has %d bytes", name, len(b))
		}
	}
	if n := Size("app.css") + Size("app.js") + Size("desk.js"); n == 0 || n > 20_000 {
		t.Errorf("style and scripts are %d bytes on the wire", n)
	}
}

// Only 1-tokens.css may name a colour.
func TestColoursAreTokens(t *testing.T) {
	t.Parallel()
	colour := regexp.MustCompile(`#[0-9A-Fa-f]{3,8}\b|\brgba?\(|\bhsl`)
	for _, name := range list("css")[1:] {
		css := string(read(name))
		if name == "css/6-figures.css" {
			css, _, _ = strings.Cut(css, "@media print")
		}
		css = regexp.MustCompile(`url\("data:[^"]*"\)`).ReplaceAllString(css, "")
		if m := colour.FindAllString(css, -1); m != nil {
			t.Errorf("%s names colours: %v", name, m)
		}
	}
}

func TestIconsAreDrawings(t *testing.T) {
	t.Parallel()
	for _, name := range Icons() {
		s := string(Icon(name))
		if err := xml.Unmarshal([]byte(s), new(struct{})); err != nil || !strings.Contains(s, `aria-hidden="true"`) {
			t.Errorf("%s: %v %s", name, err, s)
		}
	}
	for _, need := range strings.Fields("home inbox search map pin camera mic road lamp water drop trash tree noise dog car fire shield people elder child school hospital house power phone mail clock check x arrow return flag whistle lock eye print download filter bell star scale seed factory bus shop document plus hand") {
		if !HasIcon(need) {
			t.Errorf("no drawing of %s", need)
		}
	}
}
