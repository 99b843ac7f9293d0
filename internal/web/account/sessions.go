// SPDX-License-Identifier: Apache-2.0

package account

import (
	"net/http"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// Sessions finds out by its cookie who sent a request. It implements
// [page.Sessions].
type Sessions struct {
	Access *access.Service
	Secure bool // reached over https
}

var _ page.Sessions = Sessions{}

// Actor implements [page.Sessions].
func (s Sessions) Actor(r *http.Request) (scope.Actor, error) {
	return s.Access.Actor(r.Context(), s.token(r))
}

// name is the cookie's. A browser takes a __Host- cookie only over https, only
// from this host, and lets no other host set it.
func (s Sessions) name() string {
	if s.Secure {
		return "__Host-session"
	}
	return "session"
}

func (s Sessions) token(r *http.Request) string {
	c, err := r.Cookie(s.name())
	if err != nil {
		return ""
	}
	return c.Value
}

// set gives the browser a session's token. A resident's outlives the browser, a
// clerk's does not.
func (s Sessions) set(w http.ResponseWriter, r *http.Request, token string, sess access.Session) {
	c := &http.Cookie{Name: s.name(), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Secure}
	if sess.Resident != 0 {
		c.MaxAge = int(sess.ExpiresAt.Sub(page.From(r).Now) / time.Second)
	}
	http.SetCookie(w, c)
}

func (s Sessions) clear(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: s.name(), Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Secure})
}
