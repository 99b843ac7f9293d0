// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	v1 "yuanba/internal/api/v1"
	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
)

// A town is served; its document holds every answer.
type town struct {
	*apptest.Town
	t    *testing.T
	base string
	doc  map[string]any
	c    *jsonschema.Compiler

	mu   sync.Mutex
	seen map[string]bool // operation and status
}

func each(t *testing.T, f func(w *town)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, a *apptest.Town) {
		w := &town{Town: a, t: t, base: a.ServeHere(), seen: map[string]bool{}}
		w.load()
		f(w)
	})
}

// load reads the document that the town gives.
func (w *town) load() {
	w.t.Helper()
	res, err := http.Get(w.base + v1.Prefix + "/openapi.json")
	w.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.must(err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	w.must(err)
	w.doc = doc.(map[string]any)
	w.c = jsonschema.NewCompiler()
	w.c.AssertFormat()
	w.must(w.c.AddResource("http://town/openapi.json", doc))
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) key(in access.NewKey) *caller {
	w.t.Helper()
	words, _, err := w.Access.AddKey(w.t.Context(), w.As("admin"), in)
	w.must(err)
	return &caller{town: w, key: words, lang: "en"}
}

// as is the key of somebody's account that may do everything of theirs.
func (w *town) as(login string) *caller {
	w.t.Helper()
	return w.key(access.NewKey{Name: login, Scopes: access.KeyScopes, Account: w.As(login).Account, PerMinute: 6000})
}

func (w *town) stranger() *caller { return &caller{town: w, lang: "en"} }

func (w *town) village() string {
	return w.Place("文君街道", "宝塔社区")[scope.Village].String()
}

func (w *town) raised(in matters.Raising) matters.Slip {
	w.t.Helper()
	if in.Place == 0 {
		in.Place = w.Place("文君街道", "宝塔社区")[scope.Village]
	}
	s, err := w.Matters.Raise(w.t.Context(), scope.Actor{Kind: scope.Anonymous}, in)
	w.must(err)
	return s
}

// A caller asks with a key.
type caller struct {
	*town
	key, lang string
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

// text is the word at a path of names, "" if there is none.
func (a answer) text(path ...string) string {
	var v any = a.json
	for _, name := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n >= len(x) {
				return ""
			}
			v = x[n]
		}
	}
	s, _ := v.(string)
	return s
}

func (a answer) list(name string) []any { l, _ := a.json[name].([]any); return l }

// field is the code of what is wrong with a field.
func (a answer) field(name string) string {
	for _, x := range a.list("fields") {
		if f := x.(map[string]any); f["field"] == name {
			return f["code"].(string)
		}
	}
	return ""
}

func (c *caller) get(path string, header ...string) answer {
	c.t.Helper()
	return c.ask("GET", path, "", nil, header...)
}

func (c *caller) post(path string, body any, header ...string) answer {
	c.t.Helper()
	b, err := json.Marshal(body)
	c.must(err)
	return c.ask("POST", path, "application/json", b, header...)
}

// ask asks, and holds the answer against the document.
func (c *caller) ask(method, path, kind string, body []byte, header ...string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+v1.Prefix+path, bytes.NewReader(body))
	c.must(err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	r.Header.Set("Accept-Language", c.lang)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	c.must(err)
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	a.body, err = io.ReadAll(res.Body)
	c.must(err)
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(a.body, &a.json); err != nil {
			c.t.Errorf("%s %s: no JSON: %v", method, path, err)
		}
	}
	c.hold(method, path, a)
	return a
}

// hold is the test of the document: the operation, the status and the type must stand
// there, and the body must be as it says.
func (c *caller) hold(method, path string, a answer) {
	c.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	pattern, op := c.operation(method, path)
	what := method + " " + path + ": " + strconv.Itoa(a.status)
	if a.status == http.StatusMethodNotAllowed || op == nil {
		if a.status != http.StatusMethodNotAllowed && a.status != http.StatusNotFound {
			c.t.Errorf("%s: the document has no such operation", what)
		}
		c.valid(what, "/components/schemas/Problem", a)
		return
	}
	c.mu.Lock()
	c.seen[op["operationId"].(string)+" "+strconv.Itoa(a.status)] = true
	c.mu.Unlock()
	said, ok := op["responses"].(map[string]any)[strconv.Itoa(a.status)].(map[string]any)
	if !ok {
		c.t.Errorf("%s: the document knows no such status: %s", what, a.body)
		return
	}
	content, _ := said["content"].(map[string]any)
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if len(content) == 0 {
		if len(a.body) != 0 {
			c.t.Errorf("%s: has a body", what)
		}
		return
	}
	if _, ok := content[kind]; !ok {
		family, _, _ := strings.Cut(kind, "/")
		if _, ok := content[family+"/*"]; !ok {
			c.t.Errorf("%s: answers with %q", what, kind)
		}
		return
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	c.valid(what, "/paths/"+escape.Replace(pattern)+"/"+strings.ToLower(method)+"/responses/"+strconv.Itoa(a.status)+"/content/"+escape.Replace(kind)+"/schema", a)
	for name := range headers(said) {
		if name != "Link" && a.header.Get(name) == "" {
			c.t.Errorf("%s: without the header %s", what, name)
		}
	}
}

func headers(response map[string]any) map[string]any {
	h, _ := response["headers"].(map[string]any)
	return h
}

func (c *caller) valid(what, pointer string, a answer) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.c.Compile("http://town/openapi.json#" + (&url.URL{Path: pointer}).EscapedPath())
	c.must(err)
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body))
	if err == nil {
		err = s.Validate(body)
	}
	if err != nil {
		c.t.Errorf("%s: not as the document says: %v\n%s", what, err, a.body)
	}
}

// operation finds the one of the document at an address; words before holes.
func (c *caller) operation(method, path string) (pattern string, op map[string]any) {
	parts := strings.Split(path, "/")
	best := -1
	for p, item := range c.doc["paths"].(map[string]any) {
		want := strings.Split(p, "/")
		if len(want) != len(parts) {
			continue
		}
		fixed := 0
		fits := true
		for i := range want {
			switch {
			case want[i] == parts[i]:
				fixed++
			case !strings.HasPrefix(want[i], "{"):
				fits = false
			}
		}
		if found, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any); fits && ok && fixed > best {
			best, pattern, op = fixed, p, found
		}
	}
	return pattern, op
}
