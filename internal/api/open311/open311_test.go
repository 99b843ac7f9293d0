// SPDX-License-Identifier: Apache-2.0

package open311_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/scope"
)

// A town is served, and asked by the client.
type town struct {
	*apptest.Town
	t    *testing.T
	base string
}

func each(t *testing.T, f func(w *town)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, a *apptest.Town) { f(&town{a, t, a.ServeHere()}) })
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) client(format string) *client {
	return &client{t: w.t, endpoint: w.base + "/open311/v2", format: format, lang: "en"}
}

func (w *town) key(in access.NewKey) string {
	w.t.Helper()
	words, _, err := w.Access.AddKey(w.t.Context(), w.As("admin"), in)
	w.must(err)
	return words
}

func (w *town) raise(in matters.Raising) matters.Slip {
	w.t.Helper()
	if in.Place == 0 {
		in.Place = w.Place("文君街道", "宝塔社区")[scope.Village]
	}
	s, err := w.Matters.Raise(w.t.Context(), scope.Actor{Kind: scope.Anonymous}, in)
	w.must(err)
	return s
}

func (w *town) whole(number string) matters.Whole {
	w.t.Helper()
	x, err := w.Matters.Get(w.t.Context(), w.As("audit"), number)
	w.must(err)
	return x
}

// toUnit brings a matter to the water bureau.
func (w *town) toUnit(number string) {
	w.t.Helper()
	ctx, zhao, m := w.t.Context(), w.As("zhao"), w.whole(number).Matter
	w.must(w.Matters.Accept(ctx, zhao, m.ID))
	w.must(w.Matters.Classify(ctx, zhao, m.ID, matters.Classifying{Category: "drain"}))
	w.must(w.Matters.Dispatch(ctx, zhao, m.ID, matters.Dispatching{Lead: w.As("wu").Unit}))
}

// The whole way of the standard, in both formats, without a key and with one.
func TestClientWalksTheStandard(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		key := w.key(access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.RequestsWrite}})
		hook := w.key(access.NewKey{Name: "水务系统", Scopes: []access.KeyScope{access.UpdatesWrite}, Unit: w.As("wu").Unit})
		for _, format := range []string{"xml", "json"} {
			for _, k := range []string{"", key} {
				walk(w, format, k, hook)
			}
		}
	})
}

func walk(w *town, format, key, hook string) {
	t := w.t
	t.Helper()
	at := &client{t: t, endpoint: w.base + "/open311", format: format}
	status, b := at.ask("GET", "discovery."+format, nil)
	if status != 200 {
		t.Fatalf("discovery: %d", status)
	}
	d := at.readOne(b, "discovery", discoveryShape)
	if len(d.list["endpoints"]) < 2 {
		t.Fatalf("endpoints %v", d.list)
	}
	for _, e := range d.list["endpoints"] {
		formats := ""
		for _, f := range e.list["formats"] {
			formats += f.text[""] + " "
		}
		if e.text["specification"] != "http://wiki.open311.org/GeoReport_v2" || !strings.Contains(formats, "text/xml") || !strings.Contains(formats, "application/json") || !w3c.MatchString(e.text["changeset"]) {
			t.Fatalf("endpoint %v %s", e.text, formats)
		}
	}
	c := &client{t: t, endpoint: d.list["endpoints"][0].text["url"], format: format, lang: "en", key: key}

	var lamp record
	for _, s := range c.services() {
		if s.text["service_code"] == "road" {
			lamp = s
		}
	}
	if lamp.text["service_name"] != "Broken road surface" || lamp.text["metadata"] != "true" {
		t.Fatalf("service %v", lamp.text)
	}
	v := url.Values{"jurisdiction_id": {"510183"}, "service_code": {"road"}, "description": {"A hole as wide as a wheel.\nBefore the tea house."}, "address_string": {"文君街道 宝塔社区, before the tea house"},
		"first_name": {"敏"}, "last_name": {"周"}, "phone": {"13912345678"}, "device_id": {"x"}, "account_id": {"9"}}
	for _, a := range c.definition("road").list["attributes"] {
		if a.text["required"] == "true" {
			v.Set("attribute["+a.text["code"]+"]", a.list["values"][0].text["key"])
		}
	}
	status, r, body := c.post(v)
	if status != 200 && status != 201 {
		t.Fatalf("post: %d %s", status, body)
	}
	number := r.text["service_request_id"]
	if tok := c.get("tokens/"+number+"."+format, nil, "service_requests", "request", tokenShape); len(tok) != 1 || tok[0].text["service_request_id"] != number {
		t.Fatalf("token %v", tok)
	}
	status, got := c.request(number)
	if status != 200 || got.text["status"] != "open" || got.text["service_code"] != "road" || got.text["description"] != v.Get("description") || !strings.HasPrefix(got.text["address"], v.Get("address_string")) || got.text["expected_datetime"] == "" {
		t.Fatalf("request: %d %v", status, got.text)
	}
	for _, private := range []string{"13912345678", "周", "敏"} {
		if slices.ContainsFunc(requestShape.fields, func(f string) bool { return strings.Contains(got.text[f], private) }) {
			t.Errorf("%s is shown", private)
		}
	}
	if m := w.whole(number).Matter; m.Channel != matters.Open311 || m.Answers["what"] != "hole" || m.Contact == 0 || (m.RaisedFor == "邻居的程序") != (key != "") {
		t.Errorf("taken in as %+v", m)
	}

	if key != "" {
		res, err := http.Get(w.base + "/matters/" + number)
		w.must(err)
		page, err := io.ReadAll(res.Body)
		w.must(err)
		res.Body.Close()
		if !strings.Contains(string(page), "（通过邻居的程序）") {
			t.Error("the page does not say through which program it came")
		}
	}

	// what other lists say of it
	for what, q := range map[string]url.Values{
		"all": nil, "by ID": {"service_request_id": {number + ",QL-2019-000001"}, "status": {"closed"}}, "by service": {"service_code": {"lamp,road"}}, "open": {"status": {"open"}}, "open or closed": {"status": {"open,closed"}},
		"by day": {"start_date": {"2026-03-01T00:00:00Z"}, "end_date": {"2026-03-31T00:00:00+08:00"}}, "first page": {"page": {"1"}, "page_size": {"5"}}, "null parameters": {"service_code": {""}, "status": {""}, "start_date": {""}},
		"changed": {"updated_after": {"2026-03-01T00:00:00Z"}}, "of the town": {"jurisdiction_id": {"510183"}},
	} {
		if !slices.Contains(ids(c.requests(q)), number) {
			t.Errorf("%s: not in the list", what)
		}
	}
	for what, q := range map[string]url.Values{
		"closed": {"status": {"closed"}}, "another service": {"service_code": {"lamp"}}, "before": {"end_date": {"2026-03-01T00:00:00Z"}}, "changed before": {"updated_before": {"2026-03-01T00:00:00Z"}},
	} {
		if slices.Contains(ids(c.requests(q)), number) {
			t.Errorf("%s: in the list", what)
		}
	}

	// the unit's own system
	w.toUnit(number)
	u := &client{t: t, endpoint: c.endpoint, format: format, lang: "en"}
	say := func(update, state, words string) string {
		t.Helper()
		status, b := u.ask("POST", "servicerequestupdates."+format, url.Values{"api_key": {hook}, "service_request_id": {number}, "update_id": {update}, "status": {state}, "description": {words}, "updated_datetime": {"2026-03-02T10:00:00+08:00"}})
		if status != 200 {
			t.Fatalf("update: %d %s", status, b)
		}
		return u.read(b, "service_request_updates", "request_update", shape{fields: []string{"update_id"}})[0].text["update_id"]
	}
	w.Clock.Add(time.Hour)
	one := say("a-1", "open", "Sand is on its way.")
	if again := say("a-1", "open", "Sand is on its way."); again != one {
		t.Errorf("the same update became %s and %s", one, again)
	}
	w.Clock.Add(time.Hour)
	say("a-2", "closed", "The hole is filled and level with the road.")
	w.Clock.Add(time.Minute)
	us := u.updates(url.Values{"service_request_id": {number}, "start_date": {"2026-03-01T00:00:00Z"}})
	words := ""
	for _, x := range us {
		words += x.text["description"] + "|"
	}
	if strings.Count(words, "Sand is on its way.") != 1 || !strings.Contains(words, "The hole is filled") {
		t.Errorf("updates %s", words)
	}
	status, got = c.request(number)
	if status != 200 || got.text["status"] != "open" || got.text["status_notes"] != "The hole is filled and level with the road." || got.text["agency_responsible"] == "" {
		t.Errorf("after the updates: %v", got.text)
	}
	w.must(w.Matters.Verify(t.Context(), w.As("zheng"), w.whole(number).Matter.ID, true, ""))
	w.must(w.Matters.Close(t.Context(), w.As("zhao"), w.whole(number).Matter.ID, ""))
	w.Clock.Add(time.Minute)
	if _, got = c.request(number); got.text["status"] != "closed" || !moment(t, got.text["updated_datetime"]).Equal(w.whole(number).Matter.ClosedAt.Truncate(time.Second)) {
		t.Errorf("closed: %v", got.text)
	}
	last := u.updates(url.Values{"service_request_id": {number}, "start_date": {"2026-03-01T00:00:00Z"}})
	if x := last[len(last)-1]; x.text["status"] != "closed" {
		t.Errorf("the last update %v", x.text)
	}
}

// Nothing that a stranger does not read on the pages is read here, with whatever
// key, in no list and by no number.
func TestNothingPrivate(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		ctx, zhao := t.Context(), w.As("zhao")
		spot := matters.Point{Lon: 103.4612345, Lat: 30.4112345}
		private := w.raise(matters.Raising{Body: "隔壁半夜吵架，不想让人晓得。", Public: false})
		moderated := w.raise(matters.Raising{Body: "有人在墙上写骂人的话。", Public: true})
		w.must(w.Matters.Moderate(ctx, zhao, moderated.ID, matters.Moderating{Part: "all", Reason: "整件都不宜公开。"}))
		words := w.raise(matters.Raising{Body: "找住在三楼七号的老王问问。", Public: true, At: &spot, Contact: people.ContactInput{Name: "王小明", Phone: "13987654321", Address: "宝塔巷七号"}})
		w.must(w.Matters.Moderate(ctx, zhao, words.ID, matters.Moderating{Part: "body", Words: "找老王问问。", Reason: "内容里有门牌号。"}))
		w.must(w.Matters.Moderate(ctx, zhao, words.ID, matters.Moderating{Part: "title", Words: "找老王问问", Reason: "标题里有门牌号。"}))
		w.must(w.Matters.Accept(ctx, zhao, words.ID))
		w.must(w.Matters.AddNote(ctx, zhao, words.ID, "反映人脾气急，慢慢说。"))
		key := w.key(access.NewKey{Name: "水务系统", Scopes: access.KeyScopes, Unit: w.As("wu").Unit})
		staff := w.key(access.NewKey{Name: "审计系统", Scopes: access.KeyScopes, Account: w.As("audit").Account})
		for _, format := range []string{"xml", "json"} {
			for _, k := range []string{"", key, staff} {
				c := w.client(format)
				v := url.Values{"extensions": {"true"}}
				if k != "" {
					v.Set("api_key", k)
				}
				var all bytes.Buffer
				for _, path := range []string{"requests." + format, "servicerequestupdates." + format, "requests/" + words.Number + "." + format} {
					status, b := c.ask("GET", path, v)
					if status != 200 {
						t.Fatalf("%s: %d %s", path, status, b)
					}
					all.Write(b)
				}
				for _, secret := range []string{private.Number, moderated.Number, "吵架", "骂人", "三楼七号", "王小明", "13987654321", "宝塔巷", "脾气", "103.4612", "30.4112", words.Code} {
					if strings.Contains(all.String(), secret) {
						t.Errorf("%s with key %.8s: %s is shown", format, k, secret)
					}
				}
				if !strings.Contains(all.String(), "找老王问问") {
					t.Errorf("what may be read is not: %s", all.String())
				}
				for _, d := range []string{private.Number, moderated.Number} {
					if status, _ := c.request(d); status != 404 {
						t.Errorf("%s: %d", d, status)
					}
					if status, _ := c.ask("GET", "tokens/"+d+"."+format, nil); status != 404 {
						t.Errorf("token %s: %d", d, status)
					}
				}
			}
		}
	})
}

// What programs in use do: fields in the address, slashes at the end, the format
// as a folder, words in place of keys, a plus that became a space.
func TestTolerant(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		c := w.client("json")
		for _, path := range []string{"requests.json/", "requests/json", "requests/json?status=open", "requests/json/?status=open", "/requests.json"} {
			if status, b := c.ask("GET", path, nil); status != 200 {
				t.Errorf("%s: %d %s", path, status, b)
			}
		}
		for _, root := range []string{"", "/", "/discovery.json", "/v2/discovery.json", "/v2", "/v2/", "/test/v2/discovery.json"} {
			res, err := http.Get(w.base + "/open311" + root)
			w.must(err)
			res.Body.Close()
			if res.StatusCode != 200 || res.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: %d %v", root, res.StatusCode, res.Header)
			}
		}
		v := url.Values{"service_code": {"road"}, "attribute[what][]": {"A hole"}, "attribute[fallen]": {"true"}, "attribute[unknown]": {"1"}, "address_string": {"文君街道"}, "phone": {"111111111"}, "email": {"smit333@sfgov.edu"}}
		status, b := c.ask("POST", "requests.json?"+v.Encode(), url.Values{"description": {"路上有个坑。"}})
		if status != 200 {
			t.Fatalf("fields in the address: %d %s", status, b)
		}
		r := c.read(b, "", "", receiptShape)[0]
		if m := w.whole(r.text["service_request_id"]).Matter; m.Answers["what"] != "hole" || m.Answers["fallen"] != "yes" || m.Contact != 0 || !strings.Contains(r.text["service_notice"], "Some of the contact was not taken") {
			t.Errorf("taken in as %+v, %s", m, r.text["service_notice"])
		}
		if got := ids(c.requests(url.Values{"start_date": {"2026-02-01T00:00:00 08:00"}})); len(got) != 1 {
			t.Errorf("a plus that became a space: %v", got)
		}
		test := &client{t: t, endpoint: w.base + "/open311/test/v2", format: "json", lang: "en"}
		status, x, b := test.post(url.Values{"service_code": {"road"}, "attribute[what]": {"hole"}, "address_string": {"文君街道"}})
		if status != 200 || x.text["token"] != "test" || len(c.requests(nil)) != 1 {
			t.Errorf("for trying: %d %s", status, b)
		}
		if status, _ := test.ask("GET", "tokens/test.json", nil); status != 404 {
			t.Errorf("the token for trying: %d", status)
		}
	})
}

// A page after the other, and the address of the next one, give everything once.
func TestPages(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		var want []string
		for i := range 7 {
			s := w.raise(matters.Raising{Body: "路灯不亮，第" + string(rune('一'+i)) + "盏。", Public: true, Category: "lamp", Answers: map[string]string{"pole": "no"}})
			want = append([]string{s.Number}, want...)
			w.Clock.Add(time.Minute)
		}
		c := w.client("json")
		if got := ids(c.requests(nil)); !slices.Equal(got, want) {
			t.Errorf("all: %v, not %v", got, want)
		}
		var byPage []string
		for _, page := range []string{"1", "2", "3", "4"} {
			list := c.requests(url.Values{"page": {page}, "page_size": {"3"}})
			if n := c.header.Get("X-Total-Count"); n != "7" {
				t.Errorf("page %s: %s in all", page, n)
			}
			byPage = append(byPage, ids(list)...)
		}
		if !slices.Equal(byPage, want) {
			t.Errorf("by page: %v", byPage)
		}
		var followed []string
		next := "requests.json?page_size=2&service_code=lamp"
		for n := 0; next != "" && n < 9; n++ {
			followed = append(followed, ids(c.get(next, nil, "", "", requestShape))...)
			link := c.header.Get("Link")
			next = ""
			if i := strings.Index(link, ">; rel=\"next\""); i > 0 {
				next = strings.TrimPrefix(link[1:i], c.endpoint+"/")
			}
		}
		if !slices.Equal(followed, want) {
			t.Errorf("by link: %v", followed)
		}
		var changed []string
		from := apptest.Monday.Add(-time.Minute)
		for range 9 {
			list := c.requests(url.Values{"updated_after": {from.Format(time.RFC3339)}, "page_size": {"3"}})
			for _, r := range list {
				if !slices.Contains(changed, r.text["service_request_id"]) {
					changed = append(changed, r.text["service_request_id"])
				}
			}
			if len(list) > 0 {
				from = moment(t, list[len(list)-1].text["updated_datetime"])
			}
		}
		slices.Reverse(changed)
		if !slices.Equal(changed, want) {
			t.Errorf("by change: %v", changed)
		}
	})
}

// What is near is found by the places, never by the very spot.
func TestNear(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		tree := w.Places.Tree()
		at := func(path scope.Path) (lat, long float64) {
			p, _ := tree.Get(path[scope.Village])
			return p.Point[1], p.Point[0]
		}
		near := w.raise(matters.Raising{Body: "路灯不亮，天黑看不见。", Public: true})
		c := w.client("xml")
		lat, long := at(w.Place("文君街道", "宝塔社区"))
		q := func(lat, long float64, radius string) []string {
			return ids(c.requests(url.Values{"lat": {trim(lat)}, "long": {trim(long)}, "radius": {radius}}))
		}
		if got := q(lat, long, "500"); !slices.Contains(got, near.Number) {
			t.Errorf("near: %v", got)
		}
		if got := q(lat+1, long, "500"); len(got) != 0 {
			t.Errorf("far: %v", got)
		}
		_, r := c.request(near.Number)
		if r.text["lat"] == "" || r.text["address_id"] == "" {
			t.Errorf("where: %v", r.text)
		}
	})
}

// Photos are uploaded with a request, and seen with it.
func TestUpload(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		var body, photo bytes.Buffer
		w.must(jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 320, 240)), nil))
		m := multipart.NewWriter(&body)
		for _, f := range [][2]string{{"service_code", "road"}, {"attribute[what]", "hole"}, {"description", "路上有个坑。"}, {"address_string", "文君街道"}} {
			w.must(m.WriteField(f[0], f[1]))
		}
		part, err := m.CreateFormFile("media", "hole.jpg")
		w.must(err)
		_, err = part.Write(photo.Bytes())
		w.must(err)
		w.must(m.Close())
		res, err := http.Post(w.base+"/open311/v2/requests.xml", m.FormDataContentType(), &body)
		w.must(err)
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Fatalf("status %d", res.StatusCode)
		}
		c := w.client("xml")
		list := c.requests(nil)
		if len(list) != 1 || list[0].text["media_url"] == "" {
			t.Fatalf("requests %v", list)
		}
		res, err = http.Get(list[0].text["media_url"])
		w.must(err)
		res.Body.Close()
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("the photo: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
		}
	})
}

// Who asks too often is told when to ask again, in the format asked for.
func TestLimited(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		key := w.key(access.NewKey{Name: "急性子", Scopes: []access.KeyScope{access.RequestsWrite}, PerMinute: 2})
		for _, format := range []string{"xml", "json"} {
			c := w.client(format)
			for range 2 {
				if status, b := c.ask("GET", "requests."+format+"?api_key="+key, nil); status != 200 {
					t.Fatalf("%d %s", status, b)
				}
			}
			status, b := c.ask("GET", "requests."+format+"?api_key="+key, nil)
			if status != 429 || c.header.Get("Retry-After") != "30" {
				t.Errorf("%d, after %s", status, c.header.Get("Retry-After"))
			}
			c.faults(status, b)
			w.Clock.Add(time.Minute)
		}
	})
}

func trim(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
