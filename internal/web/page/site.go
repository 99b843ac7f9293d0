// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// Sessions knows who sent a request. An unknown or expired session is an
// anonymous actor and no error; an error is a failure of the program and is
// answered as one.
type Sessions interface {
	Actor(r *http.Request) (scope.Actor, error)
}

// A Site is the town as every page shows it, and the limits under which it
// answers. The zero Site works. It is not changed after [Site.Wrap].
type Site struct {
	Town    i18n.Text // 邛崃市, as in the header and the window's title
	RunBy   i18n.Text // the office that answers for this site
	Phone   string    // the number to ring
	Version string    // of the build
	Demo    bool      // invented people; says so on every page
	HTTPS   bool      // reached over https: HSTS, Secure cookies
	Origins []string  // further origins that may POST, such as https://town.example
	Proxies []string  // address ranges of reverse proxies whose X-Forwarded-For counts

	Sessions Sessions                                // nil: everyone is anonymous
	Clock    func() time.Time                        // nil: the system's
	Rail     func(Base) []RailItem                   // the desk's left rail; nil: none
	Place    func(*http.Request, scope.Actor) string // where the reader is at home; nil: nowhere
	Log      *slog.Logger                            // nil: slog.Default
	Observe  func(route string, status int, took time.Duration)

	MaxBody   int64         // of a request; 0: 1 MiB. See AllowBody
	Timeout   time.Duration // of a request; 0: 15 s. See Long
	MaxActive int           // requests at work at once; 0: 256
	MaxWait   time.Duration // that one waits for its turn; 0: 500 ms
	Rates     Rates         // per address

	// Programs are the addresses, by how they begin, at which other programs ask:
	// without session, cookies and pages. What the limits refuse there is answered
	// by the function, with a status and a sentence in the language asked for.
	Programs map[string]func(w http.ResponseWriter, r *http.Request, status int, text string)

	proxies []netip.Prefix
}

// defaults fills what was left open.
func (s *Site) defaults() {
	if s.Clock == nil {
		s.Clock = time.Now
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.MaxBody == 0 {
		s.MaxBody = 1 << 20
	}
	if s.Timeout == 0 {
		s.Timeout = 15 * time.Second
	}
	if s.MaxActive == 0 {
		s.MaxActive = 256
	}
	if s.MaxWait == 0 {
		s.MaxWait = 500 * time.Millisecond
	}
	if s.Rates.Max == 0 {
		s.Rates.Max = 50_000
	}
	for _, p := range s.Proxies {
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			if a, aerr := netip.ParseAddr(p); aerr == nil {
				prefix, err = a.Prefix(a.BitLen())
			}
		}
		if err == nil {
			s.proxies = append(s.proxies, prefix)
		}
	}
}

// Wrap puts everything around the routes that they share: request number, log
// line, panics, security headers, limits of number, time, size and rate,
// protection against other sites, language and type size, the actor, compressed
// answers, and pages for addresses that do not exist. It adds POST /settings.
//
// Static files, /healthz, /readyz and /metrics pass without session, limits and
// log line.
func (s *Site) Wrap(routes *http.ServeMux) http.Handler {
	s.defaults()
	routes.Handle("POST /settings", Handler(settings))
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.route(w, r, routes) })
	people := s.cross(inner)
	people = s.identify(people)
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.program(r) != nil {
			inner.ServeHTTP(w, r)
			return
		}
		people.ServeHTTP(w, r)
	})
	h = s.limitBody(h)
	h = s.limitRate(h)
	h = s.limitActive(h)
	h = s.limitTime(h)
	h = compress(h)
	h = s.guard(h)
	h = s.visit(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.secure(w.Header())
		if plain(r.URL.Path) {
			routes.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// program is what answers for the program at the address; nil for people.
func (s *Site) program(r *http.Request) func(w http.ResponseWriter, r *http.Request, status int, text string) {
	for prefix, answer := range s.Programs {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return answer
		}
	}
	return nil
}

func plain(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// visit gives the request its number, language and type size.
func (s *Site) visit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang, large := choose(r)
		v := &visit{site: s, root: r.Context(), base: Base{
			Lang: lang, Large: large, Path: back(r), Method: r.Method, Now: s.Clock(), RequestID: requestNumber(),
			Actor: scope.Actor{Kind: scope.Anonymous}, Flash: readFlash(r, lang), Site: s,
		}}
		w.Header().Set("X-Request-Id", v.base.RequestID)
		ctx := context.WithValue(r.Context(), contextKey{}, v)
		v.root = ctx
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// back is the address at which the reader can see this page again: its own, or,
// after a POST, that of the page that sent it.
func back(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return Local(from.RequestURI())
}

// identify asks Sessions who is there.
func (s *Site) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		if s.Sessions != nil {
			actor, err := s.Sessions.Actor(r)
			if err != nil {
				Error(w, r, err)
				return
			}
			v.base.Actor = actor
		}
		if s.Place != nil {
			v.base.Place = s.Place(r, v.base.Actor)
		}
		next.ServeHTTP(w, r)
	})
}

// route answers from the routes; where there is none, with a page that says so.
func (s *Site) route(w http.ResponseWriter, r *http.Request, routes *http.ServeMux) {
	h, pattern := routes.Handler(r)
	if pattern != "" {
		visitOf(r).route = pattern
		routes.ServeHTTP(w, r)
		return
	}
	probe := &statusOnly{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		showFault(w, r, http.StatusMethodNotAllowed, "method", nil)
		return
	}
	Error(w, r, errs.New(errs.NotFound, "error.not_found.what"))
}

type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header { return p.header }
func (p *statusOnly) Write(b []byte) (int, error) {
	if p.status == 0 {
		p.status = http.StatusOK
	}
	return len(b), nil
}
func (p *statusOnly) WriteHeader(status int) { p.status = status }

// cross refuses what other sites' pages make a browser send.
func (s *Site) cross(next http.Handler) http.Handler {
	c := http.NewCrossOriginProtection()
	for _, o := range s.Origins {
		if err := c.AddTrustedOrigin(o); err != nil {
			s.Log.Warn("origin left out", "origin", o, "err", err)
		}
	}
	c.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		showFault(w, r, http.StatusForbidden, "cross", nil)
	}))
	return c.Handler(next)
}

// Address returns the address a request comes from: that of the connection, or,
// if that is one of our proxies, the last one they did not add themselves.
func (s *Site) Address(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	addr = addr.Unmap()
	if !s.proxy(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if addr = hop.Unmap(); !s.proxy(addr) {
			break
		}
	}
	return addr
}

func (s *Site) proxy(a netip.Addr) bool {
	for _, p := range s.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
