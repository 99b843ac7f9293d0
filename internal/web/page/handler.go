// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
)

// A Handler answers a request or says why it cannot. An error becomes a page in
// the reader's language with the status of its kind; what is not public is
// logged and the reader learns only the request number. A reader who is denied
// something and has not signed in is sent to sign in, on GET.
type Handler func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP implements http.Handler.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h(w, r); err != nil {
		Error(w, r, err)
	}
}

var statuses = map[errs.Kind]int{
	errs.Invalid:  http.StatusUnprocessableEntity,
	errs.Denied:   http.StatusForbidden,
	errs.NotFound: http.StatusNotFound,
	errs.Conflict: http.StatusConflict,
	errs.TooMany:  http.StatusTooManyRequests,
	errs.Busy:     http.StatusServiceUnavailable,
	errs.Full:     http.StatusInsufficientStorage,
	errs.Internal: http.StatusInternalServerError,
}

func statusOf(err error) int {
	if s, ok := statuses[errs.KindOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// A fault is an error page.
type fault struct {
	Base
	Status int
	Head   string
	What   []string // what happened
	Do     string   // what to do
	Icon   string
	Lost   bool // say that nothing was lost
	SignIn string
	Again  string // address to try again
	Same   bool   // to try again at the same address
}

var faultPage = New[fault](files, "error.html")

// Error answers with the page for err.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	if t, ok := w.(interface{ begun() bool }); ok && t.begun() {
		slog.ErrorContext(r.Context(), "request failed after its answer had begun", "route", r.Pattern, "request", From(r).RequestID, "err", err)
		return
	}
	var big *http.MaxBytesError
	switch {
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		w.WriteHeader(499) // the reader has gone; seen by nobody but the log
	case errors.As(err, &big):
		showFault(w, r, http.StatusRequestEntityTooLarge, "large", nil)
	case errors.Is(err, context.DeadlineExceeded):
		logFault(r, err)
		w.Header().Set("Retry-After", "5")
		showFault(w, r, http.StatusServiceUnavailable, "timeout", nil)
	default:
		kind := errs.KindOf(err)
		if kind == errs.Internal {
			logFault(r, err)
		}
		if kind == errs.Denied && r.Method == http.MethodGet && From(r).Anonymous() {
			http.Redirect(w, r, "/signin?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
			return
		}
		switch kind {
		case errs.Busy:
			w.Header().Set("Retry-After", "5")
		case errs.TooMany:
			if w.Header().Get("Retry-After") == "" { // whoever counts knows better
				w.Header().Set("Retry-After", "60")
			}
		}
		showFault(w, r, statusOf(err), string(kind), err)
	}
}

func logFault(r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "method", r.Method, "request", From(r).RequestID, "err", err)
}

// faultOf is the error page named by the keys error.<name>.*, without what happened.
func faultOf(b Base, name string) fault {
	say := func(part string) string { return i18n.T(b.Lang, "error."+name+"."+part) }
	f := fault{Base: b, Head: say("title"), Do: say("do"), Icon: "alert"}
	f.Title, f.Form, f.Look = f.Head, nil, LookPlain
	return f
}

// showFault writes the error page named by the keys error.<name>.*; the public
// messages of err, if any, stand in place of the general one.
func showFault(w http.ResponseWriter, r *http.Request, status int, name string, err error) {
	b := From(r)
	say := func(part string) string { return i18n.T(b.Lang, "error."+name+"."+part) }
	if b.Site != nil {
		if answer := b.Site.program(r); answer != nil {
			answer(w, r, status, say("what"))
			return
		}
	}
	f := faultOf(b, name)
	f.Status, f.Lost = status, r.Method == http.MethodPost || status >= 500
	for _, e := range errs.Public(err) {
		if i18n.Has(e.Key) {
			f.What = append(f.What, i18n.T(b.Lang, e.Key, e.Args...))
		}
	}
	if f.What == nil {
		f.What = []string{say("what")}
	}
	if status == http.StatusForbidden && b.Anonymous() {
		f.Do, f.SignIn = i18n.T(b.Lang, "error.denied.signin"), "/signin"
	}
	if r.Method == http.MethodGet && (status == http.StatusConflict || status >= 500 || status == http.StatusTooManyRequests) {
		f.Again = r.URL.RequestURI()
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := faultPage.ShowStatus(w, r, status, f); err != nil {
		slog.ErrorContext(r.Context(), "error page failed", "err", err)
		http.Error(w, f.Head+" · "+b.RequestID, status)
	}
}

// Redirect sends the reader of a POST on to a page of this site. An address of
// another site becomes the home page.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, Local(to), http.StatusSeeOther)
	return nil
}

// Local returns to if it is an address within this site, else "/".
func Local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
