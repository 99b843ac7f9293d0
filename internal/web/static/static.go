// SPDX-License-Identifier: Apache-2.0

// Package static serves the program's own style sheet, scripts and pictures.
//
// The files of css/ are one style sheet, in the order of their names, and those
// of js/ one script each. Every file is served under an address that holds the
// hash of its content, may be kept for ever, and is compressed once. Nothing comes
// from another host. What npm/ holds was put there by make, and may be missing in a
// program built without it: see [Optional].
//
// Another package adds files of its own when it is initialised:
//
//	var mapScript = static.Add("map.js", script)
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed css/*.css js/*.js pictures/* npm/*
var files embed.FS

// A file is one thing to be served.
type file struct {
	url  string
	kind string
	body []byte
	zip  func() []byte // nil where compressing gains nothing
}

var store = struct {
	sync.RWMutex
	byName map[string]*file
	byURL  map[string]*file
}{byName: make(map[string]*file), byURL: make(map[string]*file)}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json",
	".png": "image/png", ".jpg": "image/jpeg", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".geojson": "application/geo+json",
}

// Add puts a file in place and returns its address. Adding another body under
// the same name, or a name whose ending is not known, is a programmer's mistake
// and panics.
func Add(name string, body []byte) string {
	kind := kinds[path.Ext(name)]
	if kind == "" {
		panic("static: ending of " + name + " is not known")
	}
	sum := sha256.Sum256(body)
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	f := &file{url: "/static/" + base + "." + hex.EncodeToString(sum[:5]) + path.Ext(name), kind: kind, body: body}
	if !strings.HasPrefix(kind, "image/png") && !strings.HasPrefix(kind, "image/jpeg") && !strings.HasPrefix(kind, "font/") {
		f.zip = sync.OnceValue(func() []byte { return zip(body) })
	}
	store.Lock()
	defer store.Unlock()
	if was := store.byName[name]; was != nil && was.url != f.url {
		panic("static: " + name + " is added twice")
	}
	store.byName[name], store.byURL[f.url] = f, f
	return f.url
}

func zip(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = z.Write(body)                                  // a buffer takes everything
	z.Close()
	return b.Bytes()
}

// URL returns the address of a file by its name, such as "app.css". A name that
// nobody added is an error, which stops the template.
func URL(name string) (string, error) {
	store.RLock()
	defer store.RUnlock()
	f := store.byName[name]
	if f == nil {
		return "", fmt.Errorf("static: no file %q", name)
	}
	return f.url, nil
}

// Optional returns the address of a file that npm delivered; "" in a program that was
// built without it.
func Optional(name string) string {
	u, err := URL(name)
	if err != nil {
		return ""
	}
	return u
}

// Size returns how many bytes of a file go over the wire.
func Size(name string) int {
	store.RLock()
	f := store.byName[name]
	store.RUnlock()
	switch {
	case f == nil:
		return 0
	case f.zip == nil:
		return len(f.body)
	}
	return len(f.zip())
}

// Routes adds the files to mux, below /static/.
func Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /static/{name}", serve)
	icon := func(w http.ResponseWriter, r *http.Request) {
		u, _ := URL("seal.svg") // it is in the binary
		w.Header().Set("Cache-Control", "public, max-age=86400")
		http.Redirect(w, r, u, http.StatusFound)
	}
	mux.HandleFunc("GET /favicon.ico", icon)
}

func serve(w http.ResponseWriter, r *http.Request) {
	store.RLock()
	f := store.byURL[r.URL.Path]
	store.RUnlock()
	if f == nil {
		http.Error(w, "404", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+path.Base(f.url)+`"`)
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if f.zip != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.zip()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // a reader who went away is not our fault
	}
}

func init() {
	var sheet bytes.Buffer
	for _, name := range list("css") {
		sheet.Write(slim(read(name)))
		sheet.WriteByte('\n')
	}
	Add("app.css", sheet.Bytes())
	for _, dir := range []string{"js", "pictures", "npm"} {
		for _, name := range list(dir) {
			if kinds[path.Ext(name)] != "" { // but for the note on what npm delivers
				Add(path.Base(name), read(name))
			}
		}
	}
}

func list(dir string) []string {
	names, err := fs.Glob(files, dir+"/*")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	return names
}

func read(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it has just been listed
	}
	return b
}

// slim takes comments and indentation out of a style sheet.
func slim(css []byte) []byte {
	var out bytes.Buffer
	for {
		before, rest, ok := bytes.Cut(css, []byte("/*"))
		for line := range bytes.Lines(before) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				out.Write(line)
				out.WriteByte('\n')
			}
		}
		if !ok {
			return out.Bytes()
		}
		_, css, _ = bytes.Cut(rest, []byte("*/"))
	}
}

// Icon returns one of our own drawings as an inline SVG of the text's size and
// colour, hidden from screen readers: beside it there is always a word. For a
// name that nobody drew it is the alert sign; [HasIcon] tells.
func Icon(name string) template.HTML {
	s, ok := drawn[name]
	if !ok {
		return drawn["alert"]
	}
	return s
}

// HasIcon reports whether there is a drawing of this name.
func HasIcon(name string) bool { _, ok := drawn[name]; return ok }
