// SPDX-License-Identifier: Apache-2.0

// Package account is the counter where people say who they are: sign-in, the
// second factor, one's own password and sessions, and, in the demonstration, the
// cast.
package account

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// Phones proves that somebody has a telephone; package people does.
type Phones interface {
	SendCode(ctx context.Context, lang i18n.Lang, phone, from string) error
	CheckCode(ctx context.Context, lang i18n.Lang, phone, digits, from string) (people.Resident, error)
}

// A Guest is a resident of the cast, whom one may be in the demonstration.
type Guest struct {
	Resident id.ID
	Masked   string // the name under which they act
	Name     string // as the card shows it
	What     string // one sentence about them
}

// Options are the choices of Routes.
type Options struct {
	Access *access.Service
	Phones Phones // nil: residents cannot sign in by telephone
	Mail   bool   // letters can be sent
	Secure bool   // reached over https: the cookie is a __Host- one

	// Guests are the residents of the cast; asked only in the demonstration.
	Guests func(ctx context.Context, lang i18n.Lang) ([]Guest, error)
	// Place names the place at a path for the list of one's posts; nil leaves it out.
	Place func(scope.Path) i18n.Text
	// Left is told that somebody has signed out in this browser; nil tells nobody.
	Left func(w http.ResponseWriter, r *http.Request)
	// Home is where somebody goes who has signed in and was not on the way to
	// anywhere; nil is the first page.
	Home func(access.Session) string
}

// A Counter serves the pages.
type Counter struct {
	Options
	sessions Sessions
}

// Routes adds the counter's pages to mux.
func Routes(mux *http.ServeMux, o Options) {
	c := &Counter{Options: o, sessions: Sessions{Access: o.Access, Secure: o.Secure}}
	get := func(path string, h page.Handler) { mux.Handle("GET "+path, private(h)) }
	post := func(path string, h page.Handler) { mux.Handle("POST "+path, private(h)) }
	guess := func(path string, h page.Handler) { mux.Handle("POST "+path, page.Limit(1, 40, private(h))) }

	get("/signin", c.signIn)
	guess("/signin", c.enter)
	get("/signin/second", c.second)
	guess("/signin/second", c.enterSecond)
	guess("/signin/phone", c.sendCode)
	guess("/signin/code", c.checkCode)
	post("/signin/as", c.enterAs)
	post("/signin/guest", c.enterGuest)
	post("/signout", c.signOut)

	get("/account", c.show)
	post("/account/sessions/{id}/revoke", c.revoke)
	post("/account/sessions/revoke", c.revokeOthers)
	get("/account/password", c.password)
	guess("/account/password", c.setPassword)
	get("/account/second", c.factor)
	guess("/account/second/start", c.startFactor)
	get("/account/second/qr.svg", c.qr)
	guess("/account/second/confirm", c.confirmFactor)
	guess("/account/second/codes", c.newCodes)
	guess("/account/second/remove", c.removeFactor)
}

// private keeps what a page shows out of every cache: passwords are typed here,
// and codes shown once.
func private(h page.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

// client is what is kept of the browser that signs in.
func client(r *http.Request) access.Client {
	return access.Client{Address: page.From(r).Site.Address(r).String(), Agent: r.UserAgent()}
}

// next is where the reader was going, within this site; "" if nowhere.
func next(to string) string {
	if to == "" || page.Local(to) != to || strings.HasPrefix(to, "/sign") {
		return ""
	}
	return to
}

// with puts the way on into an address.
func with(path, on string) string {
	if on == "" {
		return path
	}
	return path + "?next=" + url.QueryEscape(on)
}

// on sends a session to what its stage waits for, or to where its person was
// going.
func (c *Counter) on(w http.ResponseWriter, r *http.Request, sess access.Session, to string) error {
	switch sess.Stage {
	case access.Second:
		return page.Redirect(w, r, with("/signin/second", to))
	case access.Change:
		return page.Redirect(w, r, with("/account/password", to))
	case access.Enrol:
		return page.Redirect(w, r, with("/account/second", to))
	case access.Open:
	}
	if to == "" && c.Home != nil {
		to = c.Home(sess)
	}
	if to == "" {
		to = "/"
	}
	return page.Redirect(w, r, to)
}

// errElsewhere says that the reader has been sent to another page.
var errElsewhere = errors.New("sent elsewhere")

// own returns the session of a reader who may see the page of their own account:
// signed in, or in one of the stages. Others are sent to sign in, and the error
// is errElsewhere.
func (c *Counter) own(w http.ResponseWriter, r *http.Request, stages ...access.Stage) (access.Session, error) {
	sess, err := c.Access.Session(r.Context(), c.sessions.token(r))
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return sess, err
	}
	if err == nil {
		for _, s := range append(stages, access.Open) {
			if sess.Stage == s {
				return sess, nil
			}
		}
		if sess.Stage != access.Second {
			return sess, errors.Join(c.on(w, r, sess, ""), errElsewhere)
		}
	}
	to := ""
	if r.Method == http.MethodGet {
		to = r.URL.RequestURI()
	}
	return sess, errors.Join(page.Redirect(w, r, with("/signin", to)), errElsewhere)
}

// gone is nil if err only says that the reader has been sent elsewhere.
func gone(err error) error {
	if errors.Is(err, errElsewhere) {
		return nil
	}
	return err
}

// actor is who acts on their own account: the reader, with what their posts
// allow, or, in a stage before Open, the session's person.
func actor(r *http.Request, sess access.Session) scope.Actor {
	if by := page.Actor(r); by.Account == sess.Account && by.Resident == sess.Resident && !page.From(r).Anonymous() {
		return by
	}
	return sess.Self()
}
