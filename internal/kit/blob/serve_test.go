// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestServe(t *testing.T) {
	t.Parallel()
	k, _ := testKeeper(t)
	photo, err := k.Take(context.Background(), bytes.NewReader(plainPNG(t, testImage(20, 20))), Default())
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := k.Take(context.Background(), bytes.NewReader(testPDF()), Default())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		n          Name
		t          Type
		d          Disposition
		rng        string
		status     int
		typ, how   string
		filename   string
		wantLength int
	}{
		"photo":       {photo.Hash.File(), PNG, Disposition{}, "", 200, "image/png", "inline", string(photo.Hash[:12]) + ".png", int(photo.Size)},
		"small copy":  {photo.Hash.Small(), PNG, Disposition{Name: "路灯"}, "", 200, "image/jpeg", "inline", "路灯.jpg", -1},
		"part":        {photo.Hash.File(), PNG, Disposition{}, "bytes=2-5", 206, "image/png", "inline", string(photo.Hash[:12]) + ".png", 4},
		"pdf":         {pdf.Hash.File(), PDF, Disposition{Name: "../a\"b\r\nX: y\u202e.exe"}, "", 200, "application/pdf", "attachment", "abX y.exe.pdf", int(pdf.Size)},
		"saved photo": {photo.Hash.File(), PNG, Disposition{Save: true, Name: "..."}, "", 200, "image/png", "attachment", string(photo.Hash[:12]) + ".png", -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
			if c.rng != "" {
				r.Header.Set("Range", c.rng)
			}
			if err := k.Serve(w, r, c.n, c.t, c.d); err != nil {
				t.Fatal(err)
			}
			h := w.Header()
			how, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
			if err != nil || how != c.how || params["filename"] != c.filename {
				t.Errorf("disposition %q: %s %q %v", h.Get("Content-Disposition"), how, params["filename"], err)
			}
			if w.Code != c.status || h.Get("Content-Type") != c.typ || h.Get("X-Content-Type-Options") != "nosniff" ||
				!strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(h.Get("Cache-Control"), "private") {
				t.Errorf("%d %v", w.Code, h)
			}
			if c.wantLength >= 0 && w.Body.Len() != c.wantLength {
				t.Errorf("%d bytes, want %d", w.Body.Len(), c.wantLength)
			}
		})
	}
	for _, typ := range []Type{"text/html", "image/svg+xml", "", gif} {
		w := httptest.NewRecorder()
		if err := k.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), photo.Hash.File(), typ, Disposition{}); err == nil || w.Body.Len() > 0 {
			t.Errorf("served as %q", typ)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("If-None-Match", `"`+string(photo.Hash)+`"`)
	w := httptest.NewRecorder()
	if err := k.Serve(w, r, photo.Hash.File(), PNG, Disposition{}); err != nil || w.Code != http.StatusNotModified {
		t.Errorf("what the browser has was sent again: %d %v", w.Code, err)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	key, other := bytes.Repeat([]byte{1}, minKey), bytes.Repeat([]byte{2}, minKey)
	now := time.Unix(1_800_000_000, 0)
	n, m := HashOf([]byte("a")).File(), HashOf([]byte("b")).File()
	tok := Token(key, n, "session", now.Add(time.Minute))
	changed := []byte(tok)
	changed[3] ^= 1
	for name, c := range map[string]struct {
		key    []byte
		n      Name
		reader string
		tok    string
		now    time.Time
		want   string
	}{
		"good":           {key, n, "session", tok, now, ""},
		"last second":    {key, n, "session", tok, now.Add(59 * time.Second), ""},
		"expired":        {key, n, "session", tok, now.Add(time.Minute), "denied blob.expired"},
		"other key":      {other, n, "session", tok, now, "not_found blob.gone"},
		"other file":     {key, m, "session", tok, now, "not_found blob.gone"},
		"small copy":     {key, n.Hash().Small(), "session", tok, now, "not_found blob.gone"},
		"other reader":   {key, n, "", tok, now, "not_found blob.gone"},
		"later expiry":   {key, n, "session", string(changed), now, "not_found blob.gone"},
		"nothing":        {key, n, "session", "", now, "not_found blob.gone"},
		"nonsense":       {key, n, "session", "%%%", now, "not_found blob.gone"},
		"appended":       {key, n, "session", tok + "AAAA", now, "not_found blob.gone"},
		"expired forged": {other, n, "session", tok, now.Add(time.Hour), "not_found blob.gone"},
	} {
		err := Check(c.key, c.n, c.reader, c.tok, c.now)
		if got := ""; err != nil {
			if got = keyOf(err); got != c.want {
				t.Errorf("%s: %v", name, err)
			}
		} else if c.want != "" {
			t.Errorf("%s: let in", name)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	k, _ := testKeeper(t)
	now := time.Unix(1_800_000_000, 0)
	n := HashOf([]byte("a")).Small()
	a := k.Address(n, "s", now, time.Hour)
	if b := k.Address(n, "s", now.Add(time.Minute), time.Hour); a != b {
		t.Error("the address changes from minute to minute")
	}
	name, token, _ := strings.Cut(a, "/")
	if got, err := k.Allowed(name, "s", token, now.Add(time.Hour)); err != nil || got != n {
		t.Errorf("%s %v", got, err)
	}
	if _, err := k.Allowed(name, "s", token, now.Add(3*time.Hour)); err == nil {
		t.Error("the address is good for ever")
	}
	if _, err := k.Allowed("../"+name, "s", token, now); err == nil {
		t.Error("a path was taken for a name")
	}
	if _, err := NewKeeper(nil, []byte("short"), 1); err == nil {
		t.Error("a short key was taken")
	}
}
