// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/kit/errs"
)

// fakeS3 is as much of the S3 protocol as the store speaks.
type fakeS3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	fail    int // status of every answer, if not 0
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=access/") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if f.fail != 0 {
		w.WriteHeader(f.fail)
		return
	}
	key, inBucket := strings.CutPrefix(r.URL.Path, "/bucket/")
	switch {
	case !inBucket && r.URL.Path != "/bucket":
		w.WriteHeader(http.StatusNotFound)
	case key == "" || !inBucket:
		if r.Method == http.MethodGet {
			f.list(w, r.URL.Query().Get("prefix"))
		}
	case r.Method == http.MethodPut:
		body, err := unchunk(r)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		f.objects[key] = body
		w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
	case r.Method == http.MethodDelete:
		delete(f.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		b, ok := f.objects[key]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			if r.Method == http.MethodGet {
				fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
			}
			return
		}
		w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
		http.ServeContent(w, r, "", time.Now(), bytes.NewReader(b))
	}
}

func (f *fakeS3) list(w io.Writer, prefix string) {
	type item struct {
		Key          string
		Size         int
		LastModified string
	}
	out := struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated bool
		Contents    []item
	}{}
	for k, b := range f.objects {
		if strings.HasPrefix(k, prefix) {
			out.Contents = append(out.Contents, item{k, len(b), time.Now().UTC().Format(time.RFC3339)})
		}
	}
	xml.NewEncoder(w).Encode(out) // a test's answer
}

// unchunk reads the body of a PUT, signed in chunks or not.
func unchunk(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var out []byte
	for in := bufio.NewReader(r.Body); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil || n == 0 {
			return out, err
		}
		part := make([]byte, n+2)
		if _, err := io.ReadFull(in, part); err != nil {
			return nil, err
		}
		out = append(out, part[:n]...)
	}
}

func TestS3(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	fake := &fakeS3{objects: map[string][]byte{"town/not-ours": []byte("x"), "elsewhere/y": []byte("y")}}
	srv := httptest.NewServer(fake)
	defer srv.Close()
	o := S3Options{Endpoint: strings.TrimPrefix(srv.URL, "http://"), Bucket: "bucket", Prefix: "town/", AccessKey: "access", SecretKey: "secret", Plain: true}
	s, err := OpenS3(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	conform(t, s)
	if len(fake.objects) != 2 {
		t.Errorf("what is not ours was touched: %d left", len(fake.objects))
	}
	o.Bucket = "none"
	if _, err := OpenS3(ctx, o); err == nil || !strings.Contains(err.Error(), `no bucket "none"`) {
		t.Errorf("missing bucket: %v", err)
	}
	fake.mu.Lock()
	fake.fail = http.StatusInsufficientStorage
	fake.mu.Unlock()
	if err := s.Put(ctx, HashOf(nil).File(), []byte("x")); errs.KindOf(err) != errs.Full {
		t.Errorf("full store: %v", err)
	}
}
