// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"time"

	"yuanba/internal/kit/errs"
)

// requestNumber returns eight letters and digits that can be read out over the
// telephone.
func requestNumber() string {
	const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ34"
	var b [8]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = letters[b[i]&31]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// policy lets a page use this site's own files and nothing else: no inline
// script, no inline style, no other host.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"media-src 'self' blob:; manifest-src 'self'; worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"

// always are the headers of every answer. The values are shared, so that an answer
// costs nothing for them: they are replaced where a page needs another, never
// changed.
var always = func() http.Header {
	h := http.Header{}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(self), payment=(), usb=(), interest-cohort=()")
	for name, values := range h {
		h[name] = values[:1:1] // whoever adds one more gets a list of their own
	}
	return h
}()

func (s *Site) secure(h http.Header) {
	maps.Copy(h, always)
	if s.HTTPS {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// tracked remembers the status of an answer.
type tracked struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (t *tracked) WriteHeader(status int) {
	if t.status == 0 && status >= 200 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracked) Write(b []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	n, err := t.ResponseWriter.Write(b)
	t.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *tracked) begun() bool { return t.status != 0 }

// guard turns panics into error pages and writes one line per request: the
// route, not the address, since that may hold what is private.
func (s *Site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		t := &tracked{ResponseWriter: w}
		v := visitOf(r)
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				s.Log.ErrorContext(r.Context(), "panic", "request", v.base.RequestID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if t.status == 0 {
					showFault(t, r, http.StatusInternalServerError, string(errs.Internal), nil)
				}
			}
			took, route := time.Since(began), v.route
			if route == "" {
				route = "none"
			}
			if s.Observe != nil {
				s.Observe(route, t.status, took)
			}
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request", v.base.RequestID), slog.String("method", r.Method),
				slog.String("route", route), slog.Int("status", t.status), slog.Int64("bytes", t.bytes),
				slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("actor", string(v.base.Actor.Kind)))
		}()
		next.ServeHTTP(t, r)
	})
}

// limitTime gives every request a deadline, which the database obeys.
func (s *Site) limitTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.Timeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Long gives a route more time than others, for exports and uploads.
func Long(d time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v := visitOf(r); v != nil {
			ctx, cancel := context.WithTimeout(v.root, d)
			defer cancel()
			rc := http.NewResponseController(w)
			_ = rc.SetReadDeadline(time.Now().Add(d))  // where the server has deadlines of its own,
			_ = rc.SetWriteDeadline(time.Now().Add(d)) // they give way too; tests have none
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// limitBody refuses bodies that are too large.
func (s *Site) limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			visitOf(r).raw = r.Body
			r.Body = http.MaxBytesReader(w, r.Body, s.MaxBody)
		}
		next.ServeHTTP(w, r)
	})
}

// AllowBody lets a route take a body of at most n bytes, for uploads.
func AllowBody(n int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v := visitOf(r); v != nil && v.raw != nil {
			r.Body = http.MaxBytesReader(w, v.raw, n)
		}
		next.ServeHTTP(w, r)
	})
}
