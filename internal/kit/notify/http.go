// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// usualTimeout is how long a service may take for one request.
const usualTimeout = 10 * time.Second

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 10

// newClient follows no way to another address: what is sent there would leave for
// somebody whom nobody has configured.
func newClient(timeout time.Duration) *http.Client {
	if timeout == 0 {
		timeout = usualTimeout
	}
	return &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask sends a request and reads the answer. A fault is Later if the request had
// not left, Unknown if it had and no answer came that says what was done.
func ask(c *http.Client, r *http.Request, to string) (body []byte, code int, f *Fault) {
	var left atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { left.Store(true) }}
	resp, err := c.Do(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	is := Later
	if left.Load() {
		is = Unknown
	}
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // whose text has the address, and in it the token
			err = u.Err
		}
		return nil, 0, fault(is, "", "%s: %s", r.URL.Host, scrub(err.Error(), to))
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case err != nil:
		return nil, resp.StatusCode, fault(Unknown, "", "%s broke off its answer", r.URL.Host)
	case resp.StatusCode == http.StatusTooManyRequests:
		f := fault(Limited, "429", "%s: too many at once", r.URL.Host)
		f.Wait = retryAfter(resp.Header)
		return body, resp.StatusCode, f
	case resp.StatusCode == http.StatusServiceUnavailable:
		return body, resp.StatusCode, fault(Later, "503", "%s cannot serve now", r.URL.Host)
	case resp.StatusCode >= 500:
		return body, resp.StatusCode, fault(Unknown, strconv.Itoa(resp.StatusCode), "%s answered %d", r.URL.Host, resp.StatusCode)
	}
	return body, resp.StatusCode, nil
}

func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, time.Hour)
}

// post sends v as JSON and reads the answer into into.
func post(ctx context.Context, c *http.Client, address, to string, v, into any) *Fault {
	b, err := json.Marshal(v)
	if err != nil {
		return fault(Never, "", "the message cannot be written: %v", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(b))
	if err != nil {
		return fault(Later, "", "the address of the service makes no sense")
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return answer(c, r, to, into)
}

func answer(c *http.Client, r *http.Request, to string, into any) *Fault {
	body, code, f := ask(c, r, to)
	switch {
	case f != nil:
		return f
	case code != http.StatusOK:
		return fault(Later, strconv.Itoa(code), "%s answered %d: %s", r.URL.Host, code, scrub(string(body), to))
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fault(Unknown, "", "%s answered what nobody can read", r.URL.Host)
	}
	return nil
}

// A token lets the program in for a while. It is fetched when it is first needed
// and kept until shortly before it ends.
type token struct {
	mu    sync.Mutex
	value string
	until time.Time
	now   func() time.Time
	fetch func(ctx context.Context, anew bool) (value string, lasts time.Duration, err error)
}

// early is how long before its end a token is given up.
const early = 5 * time.Minute

// get is the token; other than the given one if that turned out to be no good.
func (t *token) get(ctx context.Context, not string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value != "" && t.value != not && t.now().Before(t.until) {
		return t.value, nil
	}
	v, lasts, err := t.fetch(ctx, not != "")
	if err != nil {
		return "", err
	}
	t.value, t.until = v, t.now().Add(max(lasts-early, lasts/2))
	return v, nil
}

// status is what the services of Tencent and Alibaba begin an answer with.
type status struct {
	Code    int    `json:"errcode"`
	Message string `json:"errmsg"`
}

// verdict is what codes of a service mean; a code that is not named is [Later],
// since it is more likely the operator's to mend than the message's fault.
type verdict struct {
	stale, nobody, never, limited []int
}

func (v verdict) fault(service string, s status, to string) *Fault {
	is := Later
	for list, o := range map[*[]int]Outcome{&v.nobody: Nobody, &v.never: Never, &v.limited: Limited} {
		for _, c := range *list {
			if c == s.Code {
				is = o
			}
		}
	}
	return fault(is, strconv.Itoa(s.Code), "%s: %d %s", service, s.Code, scrub(s.Message, to))
}

// withToken does f with a token, and once more with a new one if the service says
// that it does not know this one: nothing was sent then.
func withToken(ctx context.Context, t *token, v verdict, f func(token string) (status, *Fault)) (status, *Fault) {
	tok, err := t.get(ctx, "")
	if err != nil {
		return status{}, FaultOf(err)
	}
	s, fl := f(tok)
	if fl != nil || !contains(v.stale, s.Code) {
		return s, fl
	}
	if tok, err = t.get(ctx, tok); err != nil {
		return status{}, FaultOf(err)
	}
	return f(tok)
}

func contains(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}

// tokenAnswer is the answer to asking for a token.
type tokenAnswer struct {
	status
	Token string `json:"access_token"`
	Lasts int    `json:"expires_in"`
}

// of is the token of the answer. That none came has sent nothing, whatever was lost.
func (a tokenAnswer) of(service string, f *Fault) (string, time.Duration, error) {
	switch {
	case f != nil && f.Is == Limited:
		return "", 0, f
	case f != nil:
		return "", 0, &Fault{Is: Later, Code: f.Code, Err: fmt.Errorf("letting us in: %w", f.Err)}
	case a.Code != 0 || a.Token == "":
		return "", 0, fault(Later, strconv.Itoa(a.Code), "%s does not let us in: %d %s", service, a.Code, scrub(a.Message, ""))
	}
	return a.Token, time.Duration(a.Lasts) * time.Second, nil
}

// base is an address without a slash at its end, or the usual one.
func base(address, usual string) (string, error) {
	if address == "" {
		return usual, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", fmt.Errorf("%q is no address such as %s", address, usual)
	}
	return strings.TrimRight(address, "/"), nil
}
