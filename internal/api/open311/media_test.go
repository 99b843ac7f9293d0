// SPDX-License-Identifier: Apache-2.0

package open311_test

import (
	"bytes"
	"encoding/json"
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
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/outside"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
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

// The photo of an update is fetched likewise and belongs to its line; whoever asks for
// updates is told where it is, unless it was hidden.
func TestMediaOfUpdates(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		var photo bytes.Buffer
		w.must(jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 320, 240)), nil))
		other := httptest.NewServer(http.HandlerFunc(func(o http.ResponseWriter, _ *http.Request) { _, _ = o.Write(photo.Bytes()) }))
		t.Cleanup(other.Close)
		ctx, unit := t.Context(), w.As("wu").Unit
		s, err := w.Matters.Raise(ctx, scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "桥头的路面有个坑。", Public: true, Place: w.Place("文君街道", "宝塔社区")[scope.Village]})
		w.must(err)
		w.must(w.Matters.Accept(ctx, w.As("zhao"), s.ID))
		w.must(w.Matters.Classify(ctx, w.As("zhao"), s.ID, matters.Classifying{Category: "road"}))
		w.must(w.Matters.Dispatch(ctx, w.As("zhao"), s.ID, matters.Dispatching{Lead: unit}))
		key := w.key(access.NewKey{Name: "水务的系统", Scopes: []access.KeyScope{access.UpdatesWrite}, Unit: unit})
		c := w.client("xml")
		v := url.Values{"api_key": {key}, "service_request_id": {s.Number}, "update_id": {"7"}, "status": {"INVESTIGATING"}, "description": {"已到现场，拍了照。"}, "media_url": {other.URL + "/a.jpg"}}
		for range 2 { // sent twice, taken once
			if status, b := c.ask("POST", "servicerequestupdates.xml", v); status != 200 {
				t.Fatalf("%d %s", status, b)
			}
		}
		m := w.whole(s.Number)
		line := m.Steps[len(m.Steps)-1]
		open := &open311.Fetcher{Matters: w.Matters, Blobs: w.Blobs, Client: outside.Guard{Inside: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}.Client(3, 5*time.Second)}
		var waiting []string
		w.must(w.DB.Read(ctx, func(tx *sqldb.Tx) error {
			waiting, err = sqldb.All(tx, sqldb.Text, `SELECT args FROM job WHERE kind = 'open311.fetch' ORDER BY id LIMIT 9`)
			return err
		}))
		if len(waiting) != 1 {
			t.Fatalf("%d jobs: %v", len(waiting), waiting)
		}
		var in open311.Fetching
		w.must(json.Unmarshal([]byte(waiting[0]), &in))
		if in.Line != line.ID || in.Matter != s.ID {
			t.Fatalf("%+v, the line is %s", in, line.ID)
		}
		for range 2 { // as a job that is done twice
			w.must(open.Fetch(ctx, &jobs.Job{}, in))
		}
		files := w.whole(s.Number).Files
		if len(files) != 1 || files[0].Step != line.ID || !files[0].Public {
			t.Fatalf("%+v", files)
		}
		for _, format := range []string{"xml", "json"} {
			list := w.client(format).updates(url.Values{"service_request_id": {s.Number}})
			last := list[len(list)-1]
			if last.text["media_url"] == "" || list[0].text["media_url"] != "" || last.text["status"] != "open" {
				t.Errorf("%s: %v", format, last.text)
			}
		}
		w.must(w.Matters.Moderate(ctx, w.As("zhao"), s.ID, matters.Moderating{Part: "file:" + files[0].ID.String(), Reason: "照片上看得到人脸。"}))
		list := c.updates(url.Values{"service_request_id": {s.Number}})
		if u := list[len(list)-1].text["media_url"]; u != "" {
			t.Errorf("a hidden photo: %s", u)
		}
	})
}
