// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// waitersEach is how many may wait for each place: as many as are soon served. Who
// comes when so many wait is told at once to come back, since they would wait in vain
// and keep memory and processor from those who are served.
const waitersEach = 4

// backIn is after how many seconds who was refused is asked to come back.
const backIn = 2

// limitActive lets only so many requests work at once. One more waits a moment
// for its turn and is then told to come back, so that a crowd makes nobody wait
// without end. One address has three places in four at most: who sends many bodies
// very slowly keeps nobody else out.
func (s *Site) limitActive(next http.Handler) http.Handler {
	places, from := make(chan struct{}, s.MaxActive), &tally{most: s.MaxActive - s.MaxActive/4, at: map[string]int{}}
	var waiting atomic.Int64
	full := &crowded{site: s}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := network(s.Address(r))
		if !from.enter(key) {
			full.ServeHTTP(w, r)
			return
		}
		defer from.leave(key)
		select {
		case places <- struct{}{}:
		default:
			if !s.wait(r.Context(), places, &waiting) {
				full.ServeHTTP(w, r)
				return
			}
		}
		leave := sync.OnceFunc(func() { <-places })
		defer leave()
		if v := visitOf(r); v != nil {
			v.leave = leave
		}
		next.ServeHTTP(w, r)
	})
}

// wait waits for a place, if not too many do.
func (s *Site) wait(ctx context.Context, places chan struct{}, waiting *atomic.Int64) (ok bool) {
	defer waiting.Add(-1)
	if waiting.Add(1) > int64(waitersEach*s.MaxActive) {
		return false
	}
	patience := time.NewTimer(s.MaxWait)
	defer patience.Stop()
	select {
	case places <- struct{}{}:
		return true
	case <-patience.C:
	case <-ctx.Done():
	}
	return false
}

// crowded answers those for whom there is no room. In a rush they are most, so
// their page is made once and not for each: it must cost less to send somebody away
// than to serve them, or the rush would feed itself.
type crowded struct {
	site  *Site
	pages sync.Map // of crowdedPage, by crowdedKey
}

type crowdedKey struct {
	lang   i18n.Lang
	large  bool
	posted bool
}

type crowdedPage struct{ plain, zipped []byte }

// ServeHTTP implements http.Handler.
func (c *crowded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Retry-After", strconv.Itoa(backIn))
	b := From(r)
	p, err := c.page(crowdedKey{b.Lang, b.Large, r.Method != http.MethodGet && r.Method != http.MethodHead})
	if err != nil || c.site.program(r) != nil || r.Method == http.MethodHead {
		showFault(w, r, http.StatusServiceUnavailable, string(errs.Busy), nil)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(b.Lang))
	h.Set("Cache-Control", "no-store")
	body := p.plain
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = p.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write(body) // a reader who went away is not our fault
}

// page is the page in a language, for who asked for a page or sent a form.
func (c *crowded) page(k crowdedKey) (p crowdedPage, err error) {
	if p, ok := c.pages.Load(k); ok {
		return p.(crowdedPage), nil
	}
	f := faultOf(Base{Lang: k.lang, Large: k.large, Path: "/", Now: c.site.Clock(), Actor: scope.Actor{Kind: scope.Anonymous}, Site: c.site}, string(errs.Busy))
	f.What, f.Lost, f.Same = []string{i18n.T(k.lang, "error.busy.what")}, true, !k.posted
	if p.plain, err = faultPage.Bytes(f); err != nil {
		return p, err
	}
	var zipped bytes.Buffer
	z, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return p, err
	}
	if _, err = z.Write(p.plain); err == nil {
		err = z.Close()
	}
	p.zipped = zipped.Bytes()
	if err == nil {
		c.pages.Store(k, p)
	}
	return p, err
}

// A tally counts who is inside, by a key.
type tally struct {
	most int
	mu   sync.Mutex
	at   map[string]int
}

func (c *tally) enter(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at[key] >= c.most {
		return false
	}
	c.at[key]++
	return true
}

func (c *tally) leave(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at[key]--; c.at[key] == 0 {
		delete(c.at, key)
	}
}
