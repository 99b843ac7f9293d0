// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Prefix is where everything of this package is served.
const Prefix = "/api/v1"

// A Server answers.
type Server struct {
	DB         *sqldb.DB
	Matters    *matters.Service
	Affairs    *affairs.Service
	Patrol     *patrol.Service
	Desk       *desk.Service
	Questions  *questions.Service
	Volunteers *volunteers.Service
	Places     *places.Service
	Orgs       *orgs.Service
	Access     *access.Service
	Exchange   *exchange.Service
	Webhooks   *webhooks.Service
	Blobs      *blob.Keeper

	Town    func(i18n.Lang) string // its name, for the document
	Address string                 // of this site as others reach it, without a slash at its end
	Request func(*http.Request) string
	Log     *slog.Logger

	once sync.Once
	mux  *http.ServeMux
	docs map[i18n.Lang][]byte
}

// Routes adds the addresses to mux; writing is put around what is sent.
func (s *Server) Routes(mux *http.ServeMux, writing func(http.Handler) http.Handler) {
	mux.HandleFunc("GET "+Prefix+"/{path...}", s.serve)
	mux.Handle("POST "+Prefix+"/{path...}", writing(http.HandlerFunc(s.serve)))
	mux.HandleFunc("OPTIONS "+Prefix+"/{path...}", s.options)
}

// prepare makes the routes and the document of the list of operations.
func (s *Server) prepare() {
	s.mux = http.NewServeMux()
	ops := operations()
	for _, o := range ops {
		s.mux.HandleFunc(o.Method+" "+Prefix+o.Path, func(w http.ResponseWriter, r *http.Request) {
			c := s.call(w, r)
			c.op = o
			c.end(c.run())
		})
	}
	s.docs = map[i18n.Lang][]byte{}
	for _, lang := range i18n.Langs {
		s.docs[lang] = s.document(ops, lang)
	}
}

// serve sends a request to its operation. What has none is said as the API says
// things: 404, or 405 with what is possible there.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.once.Do(s.prepare)
	if _, pattern := s.mux.Handler(r); pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	c := s.call(w, r)
	if allowed := s.allowed(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		c.end(refusal(http.StatusMethodNotAllowed, "api.method", r.Method))
		return
	}
	c.end(errs.New(errs.NotFound, "api.path"))
}

// allowed are the methods that the address has.
func (s *Server) allowed(r *http.Request) (methods []string) {
	s.once.Do(s.prepare)
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		probe := r.Clone(r.Context())
		probe.Method = m
		if _, pattern := s.mux.Handler(probe); pattern != "" {
			methods = append(methods, m)
		}
	}
	return methods
}

// options answers the question that a browser asks before a program of another site
// may ask: everybody may read.
func (s *Server) options(w http.ResponseWriter, r *http.Request) {
	s.call(w, r)
	h := w.Header()
	h.Set("Allow", strings.Join(append(s.allowed(r), http.MethodOptions), ", "))
	h.Set("Access-Control-Allow-Methods", "GET, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Accept-Language, If-None-Match")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// A call is one request under way.
type call struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	op     Operation
	lang   i18n.Lang
	caller access.Machine
}

func (s *Server) call(w http.ResponseWriter, r *http.Request) *call {
	c := &call{s: s, w: w, r: r, lang: i18n.FromAcceptLanguage(r.Header.Get("Accept-Language"))}
	c.caller.Actor = scope.Actor{Kind: scope.Machine}
	h := w.Header()
	h.Set("Vary", "Authorization, Accept-Language")
	h.Set("Content-Language", string(c.lang))
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "ETag, Link, Retry-After")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	return c
}

// run sees that the call may be made at all, and makes it.
func (c *call) run() error {
	if err := c.arrive(); err != nil {
		return err
	}
	if !accepts(c.r.Header.Get("Accept"), c.op.produces()...) {
		return refusal(http.StatusNotAcceptable, "api.accept", strings.Join(c.op.produces(), ", "))
	}
	return c.op.serve(c)
}

// arrive finds out whose key it is, if there is one, and whether it is good for the
// operation.
func (c *call) arrive() error {
	kind, words, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	switch {
	case kind == "" && c.op.Scope == "":
		return nil
	case kind == "":
		return refusal(http.StatusUnauthorized, "api.key.missing")
	case !strings.EqualFold(kind, "Bearer"):
		return refusal(http.StatusUnauthorized, "api.key.how")
	}
	m, err := c.s.Access.ByKey(c.r.Context(), strings.TrimSpace(words))
	if errs.KindOf(err) == errs.Denied {
		return refusal(http.StatusUnauthorized, "key.wrong")
	}
	if err != nil {
		return err
	}
	c.caller.Key = m.Key
	switch scopes := c.op.Scopes(); {
	case c.op.Scope == "" && !m.Key.May(access.APIRead): // reads what everybody reads
	case c.op.Scope == "":
		c.caller.Actor = m.Actor
	default:
		for _, s := range scopes {
			if m.Key.May(s) {
				c.caller.Actor = m.Actor
				return nil
			}
		}
		return m.Needs(c.op.Scope)
	}
	return nil
}

// keyed reports whether the caller has shown a key.
func (c *call) keyed() bool { return c.caller.Key.ID != 0 }

// by is who acts.
func (c *call) by() scope.Actor { return c.caller.Actor }

// T is a text in the language that was asked for.
func (c *call) T(key string, args ...any) string { return i18n.T(c.lang, key, args...) }

// accepts reports whether an Accept header takes one of the types.
func accepts(header string, types ...string) bool {
	if strings.TrimSpace(header) == "" {
		return true
	}
	for part := range strings.SplitSeq(header, ",") {
		want, rest, _ := strings.Cut(part, ";")
		want = strings.ToLower(strings.TrimSpace(want))
		if q := strings.ReplaceAll(rest, " ", ""); strings.HasPrefix(q, "q=0") && strings.Trim(q[2:], "0.") == "" {
			continue
		}
		for _, t := range types {
			family, _, _ := strings.Cut(t, "/")
			if want == t || want == "*/*" || want == family+"/*" {
				return true
			}
		}
	}
	return false
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}
