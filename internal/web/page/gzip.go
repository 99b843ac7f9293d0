// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

const (
	gzipLevel = 4
	gzipFrom  = 1024 // smaller answers go as they are
)

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzipLevel) // the level is valid
	return z
}}

// compress zips texts longer than a kilobyte for those who can read that.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !acceptsGzip(r.Header.Get("Accept-Encoding")) || r.Header.Get("Range") != "" {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" || name == "*" {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

// zipped decides at the first write: a text of more than a kilobyte, or one that
// is flushed in pieces, is compressed.
type zipped struct {
	http.ResponseWriter
	z       *gzip.Writer
	status  int
	decided bool
}

func (z *zipped) WriteHeader(status int) {
	if status < 200 { // informational, sent at once
		z.ResponseWriter.WriteHeader(status)
		return
	}
	if z.status == 0 {
		z.status = status
	}
}

func (z *zipped) Write(b []byte) (int, error) {
	if z.status == 0 {
		z.status = http.StatusOK
	}
	if !z.decided {
		z.decide(len(b) >= gzipFrom, b)
	}
	if z.z != nil {
		return z.z.Write(b)
	}
	return z.ResponseWriter.Write(b)
}

func (z *zipped) decide(large bool, first []byte) {
	z.decided = true
	h := z.Header()
	if h.Get("Content-Type") == "" && len(first) > 0 {
		h.Set("Content-Type", http.DetectContentType(first))
	}
	if isText(h.Get("Content-Type")) {
		h.Add("Vary", "Accept-Encoding")
		if large && h.Get("Content-Encoding") == "" && z.status != http.StatusNoContent && z.status != http.StatusNotModified {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			z.z = zippers.Get().(*gzip.Writer)
			z.z.Reset(z.ResponseWriter)
		}
	}
	if z.status != 0 {
		z.ResponseWriter.WriteHeader(z.status)
	}
}

func isText(t string) bool {
	t, _, _ = strings.Cut(t, ";")
	return strings.HasPrefix(t, "text/") || t == "application/json" || t == "application/geo+json" || t == "application/atom+xml" ||
		t == "image/svg+xml" || t == "application/javascript"
}

// Flush sends what there is, for pages that come in pieces.
func (z *zipped) Flush() {
	if !z.decided {
		z.decide(true, nil)
	}
	if z.z != nil {
		z.z.Flush()
	}
	http.NewResponseController(z.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController's deadlines.
func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *zipped) close() {
	if !z.decided && z.status != 0 {
		z.decide(false, nil)
	}
	if z.z != nil {
		z.z.Close()
		z.z.Reset(nil)
		zippers.Put(z.z)
	}
}

func (z *zipped) begun() bool { return z.decided || z.status != 0 }
