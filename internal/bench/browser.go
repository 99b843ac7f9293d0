// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A browser keeps one connection open, and the cookies it is given. It runs no
// script and follows no redirect by itself. It is for one goroutine.
type browser struct {
	address string
	wire    *http.Transport
	jar     map[string]string
	cookie  string // the header of the jar
	from    string // the address that a proxy says it comes from, if any
	slip    string // the new slip that it was given last, also if it is plain
	plain   bool   // takes no cookies: each request is somebody else's
}

func newBrowser(address string) *browser {
	return &browser{address: address, jar: map[string]string{}, wire: &http.Transport{
		MaxIdleConnsPerHost: 1, DisableCompression: true, ResponseHeaderTimeout: 30 * time.Second, // compressed answers are read as they come
	}}
}

// an answer is what came back: the body only if it was asked for.
type answer struct {
	status int
	to     string // where it sends the reader
	body   []byte
}

// do sends a request and reads the whole answer. An answer of 429 or 503 is a
// refusal, any other than one of success or a redirect a fault.
func (b *browser) do(ctx context.Context, method, path, kind string, body []byte, keep bool) (a answer, err error) {
	req, err := http.NewRequestWithContext(ctx, method, b.address+path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	h := req.Header
	h.Set("Accept", "text/html")
	h.Set("Accept-Language", "zh-CN")
	if !keep {
		h.Set("Accept-Encoding", "gzip")
	}
	if method == http.MethodPost {
		h.Set("Content-Type", kind)
		h.Set("Sec-Fetch-Site", "same-origin")
	}
	if b.cookie != "" {
		h.Set("Cookie", b.cookie)
	}
	if b.from != "" {
		h.Set("X-Forwarded-For", b.from)
	}
	res, err := b.wire.RoundTrip(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	a.status, a.to = res.StatusCode, res.Header.Get("Location")
	if keep {
		a.body, err = io.ReadAll(io.LimitReader(res.Body, 8<<20))
	} else {
		_, err = io.Copy(io.Discard, res.Body)
	}
	if err != nil {
		return a, err
	}
	if !b.plain {
		b.taste(res.Header["Set-Cookie"])
	}
	for _, line := range res.Header["Set-Cookie"] {
		if value, ok := strings.CutPrefix(line, "slip="); ok {
			b.slip, _, _ = strings.Cut(value, ";")
		}
	}
	switch {
	case a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable:
		s, err := strconv.Atoi(res.Header.Get("Retry-After"))
		return a, refusal{time.Duration(max(1, s)) * time.Second, err == nil}
	case a.status >= 400:
		return a, fmt.Errorf("%s %s: status %d", method, path, a.status)
	}
	return a, nil
}

// taste takes the cookies of an answer.
func (b *browser) taste(lines []string) {
	if len(lines) == 0 {
		return
	}
	for _, line := range lines {
		if c, err := http.ParseSetCookie(line); err == nil {
			if b.jar[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
				delete(b.jar, c.Name)
			}
		}
	}
	var s strings.Builder
	for name, value := range b.jar {
		if s.Len() > 0 {
			s.WriteString("; ")
		}
		s.WriteString(name + "=" + value)
	}
	b.cookie = s.String()
}

// forget makes it a browser that nobody has used.
func (b *browser) forget() {
	clear(b.jar)
	b.cookie = ""
}

// get asks for a page and throws it away.
func (b *browser) get(ctx context.Context, path string) error {
	_, err := b.do(ctx, http.MethodGet, path, "", nil, false)
	return err
}

// read asks for a page.
func (b *browser) read(ctx context.Context, path string) (string, error) {
	a, err := b.do(ctx, http.MethodGet, path, "", nil, true)
	return string(a.body), err
}

// post sends a form of one page and returns where the answer leads; an answer
// that leads nowhere shows the form again, with what is wrong, and is a fault.
func (b *browser) post(ctx context.Context, path string, pairs ...string) (string, error) {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return b.send(ctx, path, "application/x-www-form-urlencoded", []byte(v.Encode()))
}

// postParts sends a form with room for files.
func (b *browser) postParts(ctx context.Context, path string, pairs ...string) (string, error) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			return "", err
		}
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return b.send(ctx, path, w.FormDataContentType(), buf.Bytes())
}

func (b *browser) send(ctx context.Context, path, kind string, body []byte) (string, error) {
	a, err := b.do(ctx, http.MethodPost, path, kind, body, false)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("POST %s: status %d where the next page was expected", path, a.status)
	}
	return a.to, err
}
