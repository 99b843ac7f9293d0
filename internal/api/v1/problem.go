// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
)

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// A Problem is what went wrong, as RFC 9457 has it.
type Problem struct {
	Type     string  `json:"type" format:"uri" doc:"Which kind of problem this is; the page at the address describes it."`
	Title    string  `json:"title" doc:"The kind of problem in words, in the language asked for."`
	Status   int     `json:"status" doc:"The HTTP status."`
	Detail   string  `json:"detail" doc:"What is wrong this time, in one or a few sentences for a person."`
	Instance string  `json:"instance" doc:"The number of the request: name it when you ask the town about it."`
	Fields   []Fault `json:"fields,omitempty" nullable:"false" doc:"What is wrong with which field, if it is about fields."`
}

// A Fault is what is wrong with one field.
type Fault struct {
	Field   string `json:"field" doc:"The field of the body or the parameter."`
	Code    string `json:"code" doc:"A name for what is wrong that stays the same in every language."`
	Message string `json:"message" doc:"What is wrong, for a person."`
}

// Kinds are the problems' kinds: the endings of their types, with the status of each.
var Kinds = []Kind{
	{"malformed", http.StatusBadRequest}, {"unauthorized", http.StatusUnauthorized}, {"denied", http.StatusForbidden}, {"not_found", http.StatusNotFound},
	{"method", http.StatusMethodNotAllowed}, {"not_acceptable", http.StatusNotAcceptable}, {"conflict", http.StatusConflict}, {"changed", http.StatusPreconditionFailed},
	{"too_large", http.StatusRequestEntityTooLarge}, {"media_type", http.StatusUnsupportedMediaType}, {"invalid", http.StatusUnprocessableEntity}, {"too_many", http.StatusTooManyRequests},
	{"internal", http.StatusInternalServerError}, {"busy", http.StatusServiceUnavailable}, {"full", http.StatusInsufficientStorage},
}

// A Kind is a kind of problem. Its title is the message "api.problem.<name>".
type Kind struct {
	Name   string
	Status int
}

func kindOf(status int) string {
	for _, k := range Kinds {
		if k.Status == status {
			return k.Name
		}
	}
	return "internal"
}

// A refused is an error, or several, with a status that the kinds of package errs do
// not have.
type refused struct {
	status int
	err    error
}

func (e *refused) Error() string { return strconv.Itoa(e.status) + ": " + e.err.Error() }
func (e *refused) Unwrap() error { return e.err }

func refusal(status int, key string, args ...any) error {
	return &refused{status, errs.New(errs.Invalid, key, args...)}
}

// malformed is about a field or parameter that cannot be understood.
func malformed(field, key string, args ...any) error {
	return &refused{http.StatusBadRequest, errs.At(field, key, args...)}
}

func statusOf(err error) int {
	var big *http.MaxBytesError
	var own *refused
	switch {
	case errors.As(err, &big):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &own):
		return own.status
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	switch errs.KindOf(err) {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Denied:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
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

// end answers with what went wrong, if anything did.
func (c *call) end(err error) {
	if err == nil {
		return
	}
	status := statusOf(err)
	if status == http.StatusInternalServerError {
		c.s.log().ErrorContext(c.r.Context(), "api", "err", err)
	}
	p := c.s.problem(c.r, c.lang, status)
	for _, e := range errs.Public(err) {
		if !i18n.Has(e.Key) {
			continue
		}
		said := c.T(e.Key, e.Args...)
		if e.Field != "" {
			p.Fields = append(p.Fields, Fault{e.Field, e.Key, said})
		}
		if p.Detail != "" {
			said = " " + said
		}
		p.Detail += said
		if wait, ok := waiting(e); ok {
			c.w.Header().Set("Retry-After", strconv.Itoa(wait))
		}
	}
	c.refuse(p)
}

func waiting(e *errs.Error) (seconds int, ok bool) {
	if e.Kind != errs.TooMany || len(e.Args) == 0 {
		return 0, false
	}
	seconds, ok = e.Args[0].(int)
	return seconds, ok
}

func (s *Server) problem(r *http.Request, lang i18n.Lang, status int) Problem {
	kind := kindOf(status)
	p := Problem{Type: s.Address + "/api#" + kind, Title: i18n.T(lang, "api.problem."+kind), Status: status}
	if s.Request != nil {
		p.Instance = "urn:yuanba:request:" + s.Request(r)
	}
	return p
}

func (c *call) refuse(p Problem) {
	h := c.w.Header()
	if p.Detail == "" {
		p.Detail = c.T("api.problem." + kindOf(p.Status) + ".what")
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="yuanba"`)
	}
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(c.w, http.StatusText(p.Status), p.Status)
		return
	}
	h.Set("Content-Type", problemType)
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(p.Status)
	_, _ = c.w.Write(body) // nobody is left to be told
}

// Refuse answers a request that got no further than the town's limits.
func (s *Server) Refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	c := s.call(w, r)
	p := s.problem(r, c.lang, status)
	p.Detail = text
	c.refuse(p)
}

// send answers with v.
func (c *call) send(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("answer of %s: %w", c.op.ID, err)
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // nobody is left to be told
	return nil
}
