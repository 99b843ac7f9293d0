// SPDX-License-Identifier: Apache-2.0

package feeds_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/page"
)

const site = "https://town.example"

// An atom is a feed as a reader of feeds understands it.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Summary string `xml:"summary"`
		Author  string `xml:"author>name"`
		Links   []struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

// A desk is a town with its feeds.
type desk struct {
	*apptest.Town
	t     *testing.T
	mux   *http.ServeMux
	baota scope.Path
	zhou  people.Resident
}

func newDesk(t *testing.T, w *apptest.Town) *desk {
	d := &desk{Town: w, t: t, mux: http.NewServeMux(), baota: w.Place("文君街道", "宝塔社区")}
	(&feeds.Counter{Matters: w.Matters, Places: w.Places, Orgs: w.Orgs, Access: w.Access, Letters: w.Letters, Address: site}).Routes(d.mux)
	d.zhou = w.Resident("周敏", "99999919940307002X", "19900000002")
	return d
}

func (d *desk) raise(edit func(*matters.Raising)) matters.Slip {
	d.t.Helper()
	in := matters.Raising{Title: "下水道堵了", Body: "老菜市场门口的下水道堵了三天。", Place: d.baota[scope.Village], Public: true, Category: ""}
	edit(&in)
	slip, err := d.Matters.Raise(d.t.Context(), d.zhou.Actor(), in)
	if err != nil {
		d.t.Fatal(err)
	}
	return slip
}

// get asks for a feed as the actor, with headers in pairs.
func (d *desk) get(by scope.Actor, path string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, page.As(r, page.Base{Actor: by, Now: d.DB.Now(), Site: &page.Site{Town: i18n.Text{ZH: "邛崃市", EN: "Qionglai"}}}))
	return w
}

func (d *desk) feed(path string) (f atom) {
	d.t.Helper()
	w := d.get(scope.Actor{}, path)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/atom+xml") {
		d.t.Fatalf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &f); err != nil {
		d.t.Fatal(err)
	}
	for _, e := range f.Entries {
		if e.ID == "" || e.Title == "" || len(e.Links) == 0 || !strings.HasPrefix(e.Links[0].Href, site+"/matters/") {
			d.t.Errorf("%s: an entry is not whole: %+v", path, e)
		}
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil {
			d.t.Error(err)
		}
	}
	if f.ID == "" || f.Title == "" || f.Updated == "" || f.Author == "" || len(f.Links) < 2 || !strings.HasPrefix(f.Links[0].Href, site+path) {
		d.t.Errorf("%s is not a whole feed: %+v", path, f)
	}
	return f
}

func titles(f atom) (ts []string) {
	for _, e := range f.Entries {
		ts = append(ts, e.Title)
	}
	return ts
}

func TestFeedsShowWhatIsPublic(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		d := newDesk(t, w)
		ctx, zhao := t.Context(), w.As("zhao")
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		open := d.raise(func(in *matters.Raising) { in.Title = "路灯 <b>不亮</b> & 门口黑" })
		w.Clock.Add(time.Minute)
		private := d.raise(func(in *matters.Raising) { in.Title, in.Public = "我家的难处", false })
		hidden := d.raise(func(in *matters.Raising) { in.Title = "写了人名的事" })
		must(w.Matters.Moderate(ctx, zhao, hidden.ID, matters.Moderating{Part: "all", Reason: "写了别人的名字"}))
		must(w.Matters.Accept(ctx, zhao, open.ID))
		must(w.Matters.Classify(ctx, zhao, open.ID, matters.Classifying{Category: "neighbours", Words: "内部说明不公开"}))

		village, town := feeds.Place(d.baota[scope.Village]), feeds.Place(d.baota[scope.Town])
		city := feeds.Place(d.baota[scope.City])
		for _, path := range []string{village, town, city, feeds.Category("neighbours")} {
			if got := titles(d.feed(path)); !slices.Equal(got, []string{"路灯 <b>不亮</b> & 门口黑"}) {
				t.Errorf("%s: %v", path, got)
			}
		}
		for _, path := range []string{feeds.Place(w.Place("临邛街道")[scope.Town]), feeds.Category("drain")} {
			if got := titles(d.feed(path)); len(got) != 0 {
				t.Errorf("%s: %v", path, got)
			}
		}
		// whoever asks, a feed is a stranger's
		for _, by := range []scope.Actor{zhao, d.zhou.Actor(), w.As("admin")} {
			if s := d.get(by, village).Body.String(); strings.Contains(s, "难处") || strings.Contains(s, "人名") {
				t.Errorf("the feed for %s tells what is not public", by.Name)
			}
			for _, slip := range []matters.Slip{private, hidden} {
				if got := d.get(by, feeds.Matter(slip.Number)).Code; got != http.StatusNotFound {
					t.Errorf("%s for %s: %d", slip.Number, by.Name, got)
				}
			}
		}
		story := d.get(zhao, feeds.Matter(open.Number)).Body.String()
		if strings.Contains(story, "内部说明") || strings.Contains(story, zhao.Name) || strings.Contains(story, "周敏") || !strings.Contains(story, "老菜市场") {
			t.Errorf("the story as a feed:\n%s", story)
		}
		f := d.feed(feeds.Matter(open.Number))
		if n := len(f.Entries); n != 2 || f.Entries[0].Author == "" || f.Entries[0].Updated < f.Entries[1].Updated {
			t.Errorf("the story: %+v", f.Entries)
		}
		for _, path := range []string{"/feeds/places/x.atom", feeds.Place(id.ID(99)), "/feeds/categories/none.atom", feeds.Matter("QL-2000-000001"), strings.TrimSuffix(village, ".atom"), "/feeds/places/.atom"} {
			if got := d.get(zhao, path).Code; got != http.StatusNotFound {
				t.Errorf("%s: %d", path, got)
			}
		}
	})
}

func TestFeedsAreNotSentTwice(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	d := newDesk(t, w)
	slip := d.raise(func(*matters.Raising) {})
	path := feeds.Place(d.baota[scope.Village])
	first := d.get(scope.Actor{}, path)
	tag, at := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
	if tag == "" || at == "" {
		t.Fatalf("ETag %q, Last-Modified %q", tag, at)
	}
	for _, h := range [][]string{{"If-None-Match", tag}, {"If-Modified-Since", at}} {
		if got := d.get(scope.Actor{}, path, h...); got.Code != http.StatusNotModified || got.Body.Len() != 0 {
			t.Errorf("%v: %d with %d bytes", h, got.Code, got.Body.Len())
		}
	}
	w.Clock.Add(time.Hour)
	if err := w.Matters.Accept(t.Context(), w.As("zhao"), slip.ID); err != nil {
		t.Fatal(err)
	}
	for _, h := range [][]string{{"If-None-Match", tag}, {"If-Modified-Since", at}} {
		if got := d.get(scope.Actor{}, path, h...); got.Code != http.StatusOK || got.Header().Get("ETag") == tag {
			t.Errorf("after a change, %v: %d", h, got.Code)
		}
	}
	one, other := d.feed(path), d.feed(feeds.Place(d.baota[scope.Town]))
	if one.ID == other.ID || one.Entries[0].ID != other.Entries[0].ID {
		t.Error("names of feeds and entries are not for good")
	}
	if one.Lang != "zh-CN" {
		t.Errorf("language %q", one.Lang)
	}
}

func TestAFeedIsLimited(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	d := newDesk(t, w)
	for range 45 {
		d.raise(func(*matters.Raising) {})
	}
	if n := len(d.feed(feeds.Place(d.baota[scope.Village])).Entries); n != 40 {
		t.Errorf("%d entries", n)
	}
}
