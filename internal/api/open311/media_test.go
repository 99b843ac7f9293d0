// SPDX-License-Identifier: Apache-2.0

package open311_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"yuanba/internal/api/open311"
	"yuanba/internal/domain/access"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/outside"
)

// The addresses of photos that come with a request are fetched afterwards, from
// public addresses alone, and only for who has a key.
func TestMediaIsFetched(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		var photo bytes.Buffer
		w.must(jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 320, 240)), nil))
		asked := 0
		other := httptest.NewServer(http.HandlerFunc(func(o http.ResponseWriter, r *http.Request) {
			asked++
			if r.URL.Path == "/page.html" {
				_, _ = o.Write([]byte("<html>no photo</html>"))
				return
			}
			_, _ = o.Write(photo.Bytes())
		}))
		t.Cleanup(other.Close)
		v := func() url.Values {
			return url.Values{"service_code": {"road"}, "attribute[what]": {"hole"}, "address_string": {"文君街道"}, "media_url": {other.URL + "/a.jpg", other.URL + "/page.html", "file:///etc/passwd"}}
		}
		c := w.client("xml")
		_, r, _ := c.post(v())
		if !strings.Contains(r.text["service_notice"], "Without a key") {
			t.Errorf("without a key: %s", r.text["service_notice"])
		}
		c.key = w.key(access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.RequestsWrite}})
		status, r, body := c.post(v())
		if status != 200 || asked != 0 {
			t.Fatalf("%d %s; asked %d times in the request", status, body, asked)
		}
		m := w.whole(r.text["service_request_id"]).Matter
		fetch := func(f *open311.Fetcher, address string) error {
			return f.Fetch(t.Context(), &jobs.Job{}, open311.Fetching{Matter: m.ID, URL: address})
		}
		shut := &open311.Fetcher{Matters: w.Matters, Blobs: w.Blobs, Client: outside.Guard{}.Client(3, 5*time.Second)}
		if err := fetch(shut, other.URL+"/a.jpg"); !errors.Is(err, outside.ErrInside) || asked != 0 {
			t.Errorf("an address of this machine: %v, asked %d times", err, asked)
		}
		open := &open311.Fetcher{Matters: w.Matters, Blobs: w.Blobs, Client: outside.Guard{Inside: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}.Client(3, 5*time.Second)}
		for range 2 { // as a job that is done twice
			w.must(fetch(open, other.URL+"/a.jpg"))
		}
		for _, bad := range []string{other.URL + "/page.html", "file:///etc/passwd"} {
			if err := fetch(open, bad); err == nil {
				t.Errorf("%s is taken", bad)
			}
		}
		if files := w.whole(m.Number).Files; len(files) != 1 || !files[0].Public {
			t.Errorf("files %+v", files)
		}
		if _, got := c.request(m.Number); got.text["media_url"] == "" {
			t.Errorf("request %v", got.text)
		}
	})
}
