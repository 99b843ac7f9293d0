// SPDX-License-Identifier: Apache-2.0

// Package field serves the app of those who work in the field, what it sends, and the
// pages about it: one's phones, and what a person must settle.
//
// The app itself is one page that says nothing of anybody and is the same for all: it
// can be kept on a phone and opened without network. What it shows it asks for while it
// has network, and keeps encrypted. What it sends comes as JSON, and files in pieces, in
// the manner of draft-ietf-httpbis-resumable-upload (docs/adr/0008-the-field.md).
package field

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"yuanba/internal/domain/field"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the app and its pages.
type Counter struct {
	Field *field.Service
	// Today is what the app shows of the day, as JSON: rounds, households, forms. Each
	// look at a private fact in it leaves its trace.
	Today func(ctx context.Context, by scope.Actor, lang i18n.Lang) (any, error)
	// Record is the address of what an envelope has become, "" if it has none.
	Record func(o field.Outcome) string
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /field", page.Handler(c.app))
	mux.Handle("GET /field/worker.js", http.HandlerFunc(worker))
	mux.Handle("GET /field/app.webmanifest", page.Handler(c.manifest))
	mux.Handle("GET /field/today.json", answer(c.today))
	mux.Handle("POST /field/register", answer(c.register))
	mux.Handle("POST /field/call", answer(c.call))
	mux.Handle("POST /field/envelopes", page.Long(time.Minute, page.AllowBody(field.MaxBody, answer(c.envelopes))))
	mux.Handle("GET /field/files/{hash}", answer(c.come)) // and HEAD
	mux.Handle("PATCH /field/files/{hash}", page.Long(2*time.Minute, answer(c.piece)))
	mux.Handle("POST /field/leave", answer(c.leave))
	mux.Handle("POST /field/forgot", answer(c.forgot))
	mux.Handle("GET /field/phones", page.Handler(c.phones))
	mux.Handle("POST /field/phones/{id}/lose", page.Handler(c.lose))
	mux.Handle("POST /field/phones/{id}/find", page.Handler(c.find))
	mux.Handle("GET /field/conflicts", page.Handler(c.conflicts))
	mux.Handle("GET /field/conflicts/{id}", page.Handler(c.conflict))
	mux.Handle("POST /field/conflicts/{id}/settle", page.Handler(c.settle))
	mux.Handle("POST /field/conflicts/{id}/pass", page.Handler(c.pass))
}

// answer answers the app: what is returned as JSON, an error as its sentence.
func answer(f func(w http.ResponseWriter, r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v, err := f(w, r)
		status := http.StatusOK
		if err != nil {
			if status = statusOf(r, err); status == http.StatusInternalServerError {
				page.Error(w, r, err)
				return
			}
			v = sentence{said(r, errs.Public(err))}
		}
		if v == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v) // a phone that has gone asks again
	})
}

// A sentence says why something was not done.
type sentence struct {
	Error string `json:"error"`
}

func said(r *http.Request, es []*errs.Error) string {
	lang, s := page.From(r).Lang, ""
	for _, e := range es {
		s += i18n.T(lang, e.Key, e.Args...)
	}
	if s == "" {
		s = i18n.T(lang, "field.broken_off")
	}
	return s
}

var statuses = map[errs.Kind]int{
	errs.Invalid: http.StatusUnprocessableEntity, errs.Denied: http.StatusForbidden, errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict,
	errs.TooMany: http.StatusTooManyRequests, errs.Busy: http.StatusServiceUnavailable, errs.Full: http.StatusInsufficientStorage,
}

func statusOf(r *http.Request, err error) int {
	var big *http.MaxBytesError
	status, ok := statuses[errs.KindOf(err)]
	switch {
	case errors.As(err, &big):
		return http.StatusRequestEntityTooLarge
	case status == http.StatusForbidden && page.From(r).Anonymous():
		return http.StatusUnauthorized // the app has the person sign in
	case ok:
		return status
	case errors.Is(err, io.ErrUnexpectedEOF), r.Context().Err() != nil:
		return http.StatusBadRequest // the line broke in the middle of it
	}
	return http.StatusInternalServerError
}

// token is the secret by which a phone is known.
func token(r *http.Request) string { return r.Header.Get("Yuanba-Phone") }

// read reads what the app says.
func read[T any](r *http.Request) (v T, err error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return v, err
	}
	if json.Unmarshal(text, &v) != nil {
		return v, errs.New(errs.Invalid, "field.request")
	}
	return v, nil
}

func (c *Counter) register(_ http.ResponseWriter, r *http.Request) (any, error) {
	in, err := read[struct{ Name string }](r)
	if err != nil {
		return nil, err
	}
	secret, p, err := c.Field.Register(r.Context(), page.Actor(r), in.Name)
	if err != nil {
		return nil, err
	}
	return map[string]any{"token": secret, "account": p.Account, "name": p.Name, "now": p.MadeAt.UnixMilli()}, nil
}

func moment(ms float64) time.Time {
	return time.UnixMilli(int64(max(0, min(7258118400000, ms)))) // what no calendar knows is the end of it
}

func (c *Counter) call(_ http.ResponseWriter, r *http.Request) (any, error) {
	in, err := read[struct {
		Now   float64
		Waits int
		Have  []field.Hash
	}](r)
	if err != nil {
		return nil, err
	}
	a, err := c.Field.Call(r.Context(), page.Actor(r), token(r), field.Call{Now: moment(in.Now), Waits: in.Waits, Have: in.Have})
	if err != nil {
		return nil, err
	}
	missing := a.Missing
	if missing == nil {
		missing = []field.Hash{}
	}
	return map[string]any{"state": a.Phone.State, "now": a.Now.UnixMilli(), "keep": a.KeepFor.Milliseconds(), "missing": missing}, nil
}

// said is how the fate of an envelope goes back.
type fate struct {
	ID     field.Hash  `json:"id"`
	Is     field.Fate  `json:"is"`
	Why    string      `json:"why,omitempty"`
	Files  []blob.Hash `json:"files,omitempty"`
	Record string      `json:"record,omitempty"`
}

func (c *Counter) envelopes(_ http.ResponseWriter, r *http.Request) (any, error) {
	in, err := read[struct {
		Now       float64
		Envelopes []field.Sent
	}](r)
	if err != nil {
		return nil, err
	}
	answers, err := c.Field.Accept(r.Context(), page.Actor(r), token(r), field.Batch{Now: moment(in.Now), Envelopes: in.Envelopes})
	if err != nil {
		return nil, err
	}
	fates := make([]fate, 0, len(answers))
	for _, a := range answers {
		x := fate{ID: a.ID, Is: a.Is, Files: a.Files}
		if a.Is == field.Refused {
			x.Why = said(r, a.Why)
		}
		if c.Record != nil && a.Outcome.Record != 0 {
			x.Record = c.Record(a.Outcome)
		}
		fates = append(fates, x)
	}
	return map[string]any{"now": page.From(r).Now.UnixMilli(), "answers": fates}, nil
}

// length is how long the file is that is sent.
func length(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func told(w http.ResponseWriter, have int64, whole bool) {
	w.Header().Set("Upload-Offset", strconv.FormatInt(have, 10))
	w.Header().Set("Upload-Complete", map[bool]string{true: "?1", false: "?0"}[whole])
}

func (c *Counter) come(w http.ResponseWriter, r *http.Request) (any, error) {
	have, whole, err := c.Field.Come(r.Context(), page.Actor(r), blob.Hash(r.PathValue("hash")), length(r))
	if err == nil {
		told(w, have, whole)
	}
	return nil, err
}

func (c *Counter) piece(w http.ResponseWriter, r *http.Request) (any, error) {
	at, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		return nil, errs.New(errs.Invalid, "field.request")
	}
	have, whole, err := c.Field.Piece(r.Context(), page.Actor(r), blob.Hash(r.PathValue("hash")), length(r), at, r.Body)
	if err == nil || errs.KindOf(err) == errs.Conflict {
		told(w, have, whole)
	}
	return nil, err
}

func (c *Counter) today(_ http.ResponseWriter, r *http.Request) (any, error) {
	by := page.Actor(r)
	if by.Kind != scope.Staff {
		return nil, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return c.Today(r.Context(), by, page.From(r).Lang)
}

func (c *Counter) leave(_ http.ResponseWriter, r *http.Request) (any, error) {
	if _, err := read[struct{}](r); err != nil {
		return nil, err
	}
	return nil, c.Field.Leave(r.Context(), page.Actor(r), token(r))
}

func (c *Counter) forgot(_ http.ResponseWriter, r *http.Request) (any, error) {
	if _, err := read[struct{}](r); err != nil {
		return nil, err
	}
	return nil, c.Field.Forgot(r.Context(), token(r))
}
