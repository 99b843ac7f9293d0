// SPDX-License-Identifier: Apache-2.0

package hook

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/outside"
)

// The example of the specification's own text.
func TestSign(t *testing.T) {
	t.Parallel()
	const secret, name, at, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", `{"test": 2432232314}`
	got, err := Sign(secret, name, at, []byte(body))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := Sign("whsec_?", name, at, nil); err == nil {
		t.Error("that is no secret")
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	old, err := NewSecret(bytes.NewReader(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	fresh, _ := NewSecret(bytes.NewReader(bytes.Repeat([]byte{2}, 32)))
	var got http.Header
	var body []byte
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.Header
		body, _ = io.ReadAll(r.Body)
	}))
	defer srv.Close()
	s := sender(now)
	if a, err := s.Send(t.Context(), srv.URL, Message{Name: "1", At: now, Body: []byte("{}"), Secrets: []string{fresh, old}}); err != nil || a.Status != 200 || a.Fault != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	for name, c := range map[string]struct {
		secret string
		body   string
		now    time.Time
		edit   func(h http.Header)
		ok     bool
	}{
		"the new secret":  {fresh, string(body), now, nil, true},
		"the old secret":  {old, string(body), now, nil, true},
		"another secret":  {"whsec_" + strings.Repeat("A", 32), string(body), now, nil, false},
		"another body":    {fresh, "{ }", now, nil, false},
		"too late":        {fresh, string(body), now.Add(6 * time.Minute), nil, false},
		"from the future": {fresh, string(body), now.Add(-6 * time.Minute), nil, false},
		"another name":    {fresh, string(body), now, func(h http.Header) { h.Set("webhook-id", "2") }, false},
		"another moment":  {fresh, string(body), now, func(h http.Header) { h.Set("webhook-timestamp", "1772443801") }, false},
		"no signature":    {fresh, string(body), now, func(h http.Header) { h.Del("webhook-signature") }, false},
	} {
		h := got.Clone()
		if c.edit != nil {
			c.edit(h)
		}
		if err := Verify(c.secret, h, []byte(c.body), c.now); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func sender(now time.Time) *Sender {
	guard := outside.Guard{Inside: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	return &Sender{Client: guard.Client(0, 300*time.Millisecond), Agent: "test", Most: 10, Wait: time.Hour, Now: func() time.Time { return now }}
}

// Whatever a receiver does, the sender is told what, in time, and is led nowhere.
func TestReceivers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	led := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { led++ }))
	defer elsewhere.Close()
	stop := make(chan struct{})
	answers := map[string]http.HandlerFunc{
		"/ok":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"/huge":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), 8<<20)) },
		"/wrong": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no, thank you", http.StatusBadRequest) },
		"/gone":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
		"/led": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
		"/later": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "90"); w.WriteHeader(503) },
		"/never": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "99999999")
			w.WriteHeader(429)
		},
		"/until": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", now.Add(time.Minute).Format(http.TimeFormat))
			w.WriteHeader(503)
		},
		"/hangs": func(_ http.ResponseWriter, r *http.Request) { wait(r, stop) },
		"/drips": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200)
			_ = http.NewResponseController(w).Flush()
			wait(r, stop)
		},
		"/breaks": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answers[r.URL.Path](w, r) }))
	defer srv.Close()
	defer close(stop)
	s := sender(now)
	for path, want := range map[string]Answer{
		"/ok": {Status: 204}, "/huge": {Status: 200, Body: []byte("xxxxxxxxxx")}, "/wrong": {Status: 400, Body: []byte("no, thank "), Fault: Refused}, "/gone": {Status: 410, Fault: Over},
		"/led": {Status: 307, Fault: Elsewhere}, "/later": {Status: 503, Fault: Refused, After: 90 * time.Second}, "/never": {Status: 429, Fault: Refused, After: time.Hour},
		"/until": {Status: 503, Fault: Refused, After: time.Minute}, "/hangs": {Fault: Slow}, "/drips": {Status: 200}, "/breaks": {Fault: Silent},
	} {
		a, err := s.Send(t.Context(), srv.URL+path, Message{Name: "1", At: now, Secrets: []string{"whsec_AAAA"}})
		if err != nil || a.Status != want.Status || string(a.Body) != string(want.Body) || a.Fault != want.Fault || a.After != want.After {
			t.Errorf("%s: %+v, %v", path, a, err)
		}
	}
	shut := *s
	shut.Client = outside.Guard{}.Client(0, time.Second)
	if a, err := shut.Send(t.Context(), srv.URL+"/ok", Message{Name: "1", At: now}); err != nil || a.Fault != Inside {
		t.Errorf("an address inside: %+v, %v", a, err)
	}
	srv.Close()
	if a, err := s.Send(t.Context(), srv.URL+"/ok", Message{Name: "1", At: now}); err != nil || a.Fault != Silent {
		t.Errorf("nobody there: %+v, %v", a, err)
	}
	if led != 0 {
		t.Error("it was led on")
	}
}

func wait(r *http.Request, stop chan struct{}) {
	select {
	case <-r.Context().Done():
	case <-stop:
	}
}
