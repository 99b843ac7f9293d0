// SPDX-License-Identifier: Apache-2.0

package page

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"yuanba/internal/kit/errs"
)

// Rates limits how often one address may ask. Zero rates are no limit.
type Rates struct {
	Read  float64 // GETs a second, in the long run
	Write float64 // POSTs a second
	Burst int     // seconds' worth that may come at once; 0: 20
	Max   int     // addresses remembered
}

// A Limiter limits how often something may happen per key. What it remembers is
// bounded: of more than Max keys, those unseen for longest are forgotten first,
// in two generations. It is safe for several goroutines.
type Limiter struct {
	every rate.Limit
	burst int
	max   int
	mu    sync.Mutex
	young map[string]*rate.Limiter
	old   map[string]*rate.Limiter
}

// NewLimiter allows perSecond events a second and burst at once for each of at
// most most keys.
func NewLimiter(perSecond float64, burst, most int) *Limiter {
	return &Limiter{every: rate.Limit(perSecond), burst: max(burst, 1), max: max(most/2, 1), young: make(map[string]*rate.Limiter)}
}

// Allow reports whether the event of key may happen now, and counts it if so.
func (l *Limiter) Allow(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.young[key]
	if k == nil {
		if k = l.old[key]; k == nil {
			k = rate.NewLimiter(l.every, l.burst)
		}
		if len(l.young) >= l.max {
			l.old, l.young = l.young, make(map[string]*rate.Limiter)
		}
		l.young[key] = k
	}
	return k.AllowN(now, 1)
}

// refuse answers one event too many, and says after how many seconds the next
// may come.
func (l *Limiter) refuse(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(1/float64(l.every))))))
	Error(w, r, errs.New(errs.TooMany, "error.too_many.what"))
}

// Known returns how many keys are remembered.
func (l *Limiter) Known() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.young) + len(l.old)
}

// Limit puts a limiter of its own before a route, per address: for sign-in, query
// codes and other things that are guessed.
func Limit(perSecond float64, burst int, next http.Handler) http.Handler {
	l := NewLimiter(perSecond, burst, 20_000)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := From(r).Site
		if !l.Allow(network(s.Address(r)), time.Now()) {
			l.refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// network is the key of an address: one household or office. IPv6 is given out
// by the /64.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

func (s *Site) limitRate(next http.Handler) http.Handler {
	if s.Rates.Burst == 0 {
		s.Rates.Burst = 20
	}
	var read, write *Limiter
	if s.Rates.Read > 0 {
		read = NewLimiter(s.Rates.Read, int(s.Rates.Read*float64(s.Rates.Burst)), s.Rates.Max)
	}
	if s.Rates.Write > 0 {
		write = NewLimiter(s.Rates.Write, int(s.Rates.Write*float64(s.Rates.Burst)), s.Rates.Max)
	}
	if read == nil && write == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l := write
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			l = read
		}
		if l != nil && !l.Allow(network(s.Address(r)), time.Now()) {
			l.refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
