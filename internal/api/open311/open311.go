// SPDX-License-Identifier: Apache-2.0

// Package open311 serves Open311 GeoReport v2 to other programs: the services of
// the town, the requests that everybody may read, and a way in for new ones and for
// the updates of units with systems of their own.
//
// What is read here is what a stranger reads on the pages, whoever asks and with
// whatever key: never a private or hidden matter, a name, a telephone, an internal
// line, or the very spot, in whose place stands the point of the grid or village.
// What is written goes through the same use cases as the pages, with the same
// rules, and stands in the trail under the name of the key.
//
// What a matter is as a request: its number is the ID, its category the service,
// what is still to be done is open and everything else closed. docs/open311.md is
// the description for those who write programs.
package open311

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Prefix is where everything of this package is served.
const Prefix = "/open311/"

// A Server answers.
type Server struct {
	DB      *sqldb.DB
	Matters *matters.Service
	Places  *places.Service
	Orgs    *orgs.Service
	Access  *access.Service
	Letters *letters.Service
	Blobs   *blob.Keeper
	Jobs    *jobs.Queue

	Address      string // of this site as others reach it, without a slash at its end
	Contact      string // whom to ask, for the discovery
	Jurisdiction string // "" is the code of the city
	KeysOnly     bool   // who has no key raises nothing
	Demo         bool   // a demonstration: the endpoints are for trying
	Changed      time.Time
	From         func(*http.Request) string // the network address a request comes from, behind proxies too
	Log          *slog.Logger
}

// Routes adds the addresses to mux; writing is put around what is sent.
func (s *Server) Routes(mux *http.ServeMux, writing func(http.Handler) http.Handler) {
	mux.HandleFunc("GET /open311", s.get)
	mux.HandleFunc("GET /open311/{path...}", s.get)
	mux.Handle("POST /open311/{path...}", writing(http.HandlerFunc(s.post)))
	mux.HandleFunc("OPTIONS /open311/{path...}", s.options)
}

// A call is one request under way.
type call struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	f      georeport.Format
	lang   i18n.Lang
	test   bool     // by the endpoint at which nothing is taken in
	path   []string // what is asked for, without its format: requests, QL-2026-000001
	caller access.Machine
}

// read finds out what is asked for, in which format and language.
func (s *Server) read(w http.ResponseWriter, r *http.Request) *call {
	c := &call{s: s, w: w, r: r, f: georeport.XML, lang: i18n.FromAcceptLanguage(r.Header.Get("Accept-Language"))}
	for _, name := range []string{"lang", "locale"} {
		if l, ok := i18n.Parse(r.URL.Query().Get(name)); ok {
			c.lang = l
		}
	}
	if a := r.Header.Get("Accept"); strings.Contains(a, "json") && !strings.Contains(a, "xml") {
		c.f = georeport.JSON
	}
	for p := range strings.SplitSeq(r.PathValue("path"), "/") {
		if p != "" {
			c.path = append(c.path, p)
		}
	}
	if n := len(c.path); n > 0 {
		last := c.path[n-1]
		switch {
		case n > 1 && (last == "xml" || last == "json"): // requests/json?…
			c.f, c.path = georeport.Format(last), c.path[:n-1]
		case strings.HasSuffix(last, ".xml"):
			c.f, c.path[n-1] = georeport.XML, strings.TrimSuffix(last, ".xml")
		case strings.HasSuffix(last, ".json"):
			c.f, c.path[n-1] = georeport.JSON, strings.TrimSuffix(last, ".json")
		}
	}
	if len(c.path) > 0 && c.path[0] == "test" {
		c.test, c.path = true, c.path[1:]
	}
	if len(c.path) > 0 && c.path[0] == "v2" {
		c.path = c.path[1:]
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Link, Retry-After, X-Total-Count")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Vary", "Accept, Accept-Language")
	h.Set("Content-Language", string(c.lang))
	return c
}

func (s *Server) options(w http.ResponseWriter, r *http.Request) {
	c := s.read(w, r)
	h := c.w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept-Language")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	c := s.read(w, r)
	c.end(c.get())
}

func (c *call) get() error {
	if err := c.arrive(c.r.URL.Query().Get); err != nil {
		return err
	}
	what, which := "", ""
	switch len(c.path) {
	case 0:
		return c.discovery()
	case 1:
		what = c.path[0]
	case 2:
		what, which = c.path[0], c.path[1]
	default:
		return errs.New(errs.NotFound, "open311.path")
	}
	switch {
	case what == "discovery" && which == "":
		return c.discovery()
	case what == "services" && which == "":
		return c.services()
	case what == "services":
		return c.definition(which)
	case what == "requests" && which == "":
		return c.requests()
	case what == "requests":
		return c.request(which)
	case what == "tokens" && which != "":
		return c.token(which)
	case what == "servicerequestupdates" && which == "":
		return c.updates()
	}
	return errs.New(errs.NotFound, "open311.path")
}

func (s *Server) post(w http.ResponseWriter, r *http.Request) {
	c := s.read(w, r)
	c.end(c.post())
}

func (c *call) post() error {
	if err := c.readForm(); err != nil {
		return err
	}
	if err := c.arrive(c.r.FormValue); err != nil {
		return err
	}
	switch strings.Join(c.path, "/") {
	case "requests":
		return c.raise()
	case "servicerequestupdates":
		return c.takeUpdate()
	}
	return errs.New(errs.NotFound, "open311.path")
}

// formMemory is how much of what is uploaded is held in memory; the rest waits on
// disk.
const formMemory = 8 << 20

// readForm reads the fields, which may stand in the address, in the body, or be
// mixed with files.
func (c *call) readForm() error {
	kind := c.r.Header.Get("Content-Type")
	switch {
	case strings.HasPrefix(kind, "multipart/form-data"):
		if err := c.r.ParseMultipartForm(formMemory); err != nil {
			return unreadable(err)
		}
		return nil
	case kind == "" || strings.HasPrefix(kind, "text/plain"):
		c.r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case !strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		return errs.New(errs.Invalid, "open311.form")
	}
	if err := c.r.ParseForm(); err != nil {
		return unreadable(err)
	}
	return nil
}

func unreadable(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return err
	}
	return &errs.Error{Kind: errs.Invalid, Key: "open311.form", Err: err}
}

// arrive holds the jurisdiction, and finds out whose key it is, if there is one.
func (c *call) arrive(get func(string) string) error {
	if j := strings.TrimSpace(get("jurisdiction_id")); j != "" && j != c.s.jurisdiction() {
		return errs.New(errs.NotFound, "open311.jurisdiction", short(j))
	}
	key := strings.TrimSpace(get("api_key"))
	if key == "" {
		key, _ = strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	}
	c.caller.Actor = scope.Actor{Kind: scope.Machine}
	if key == "" {
		return nil
	}
	m, err := c.s.Access.ByKey(c.r.Context(), key)
	if err == nil {
		c.caller = m
	}
	return err
}

// keyed reports whether the caller has shown a key.
func (c *call) keyed() bool { return c.caller.Key.ID != 0 }

func (s *Server) jurisdiction() string {
	if s.Jurisdiction != "" {
		return s.Jurisdiction
	}
	city, _ := s.Places.Tree().City()
	if code, ok := strings.CutSuffix(city.Code, "000000"); ok { // of the twelve digits of the divisions
		return code
	}
	return city.Code
}

// short is the beginning of what somebody sent, for saying it back.
func short(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

// send answers with what was written.
func (c *call) send(body []byte, err error) error {
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", c.f.ContentType())
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	if c.r.Method == http.MethodGet {
		h.Set("Cache-Control", "public, max-age=30")
	}
	_, err = bytes.NewReader(body).WriteTo(c.w)
	if err != nil {
		return nil // the reader has gone: nobody is left to be told
	}
	return nil
}

// end answers with what went wrong, if anything did.
func (c *call) end(err error) {
	if err == nil {
		return
	}
	status := statusOf(err)
	if status == http.StatusInternalServerError {
		c.s.log().ErrorContext(c.r.Context(), "open311", "err", err)
	}
	var said []string
	for _, e := range errs.Public(err) {
		if !i18n.Has(e.Key) {
			continue
		}
		said = append(said, c.say(e))
		if e.Kind == errs.TooMany && len(e.Args) > 0 {
			if wait, ok := e.Args[0].(int); ok {
				c.w.Header().Set("Retry-After", strconv.Itoa(wait))
			}
		}
	}
	if said == nil {
		said = []string{c.T("open311.status." + strconv.Itoa(status))}
	}
	Fault(c.w, c.f, status, said...)
}

// T is a text in the language that was asked for.
func (c *call) T(key string, args ...any) string { return i18n.T(c.lang, key, args...) }

// say is a fault in words, with the question that it is about.
func (c *call) say(e *errs.Error) string {
	words := c.T(e.Key, e.Args...)
	if key, ok := strings.CutPrefix(e.Field, "q."); ok {
		return c.T("open311.attribute", key, words)
	}
	return words
}

// Fault answers with one fault for each text.
func Fault(w http.ResponseWriter, f georeport.Format, status int, said ...string) {
	list := make([]georeport.Fault, len(said))
	for i, t := range said {
		list[i] = georeport.Fault{Code: georeport.Whole(status), Description: georeport.Word(t)}
	}
	body, err := georeport.List(f, georeport.FaultsDoc, list)
	if err != nil {
		http.Error(w, http.StatusText(status), status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.ContentType())
	h.Set("Cache-Control", "no-store")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // nobody is left to be told
}

// Refuse answers a request that got no further than the town's limits, in the
// format that its address names.
func Refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	f := georeport.XML
	if p := strings.TrimRight(r.URL.Path, "/"); strings.HasSuffix(p, ".json") || strings.HasSuffix(p, "/json") {
		f = georeport.JSON
	}
	Fault(w, f, status, text)
}

// statusOf is the standard's: 404 for what is not there, 403 for keys, and 400 for
// everything that is wrong with a request; beyond it 429, 413 and the server's own.
func statusOf(err error) int {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Conflict:
		return http.StatusBadRequest
	case errs.Denied:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.Busy:
		return http.StatusServiceUnavailable
	case errs.Full:
		return http.StatusInsufficientStorage
	case errs.Internal:
	}
	return http.StatusInternalServerError
}

func (s *Server) from(r *http.Request) string {
	if s.From != nil {
		return s.From(r)
	}
	return r.RemoteAddr
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

// stamp is a moment in the town's zone.
func stamp(t time.Time) georeport.Word { return georeport.Stamp(t, i18n.Zone) }
