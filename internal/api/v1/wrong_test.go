// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	v1 "yuanba/internal/api/v1"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
)

// The same question under the same name is done once, also if it comes eight times
// at once; another one under that name is refused, and what failed may be mended.
func TestRaiseOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		c := w.key(access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.RequestsWrite}, PerMinute: 6000})
		in := map[string]any{"body": "路灯不亮。", "place": w.village()}
		answers := make([]answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = c.post("/matters", in, "Idempotency-Key", "eins") })
		}
		all.Wait()
		fresh := 0
		for _, a := range answers {
			c.want(201, a)
			if string(a.body) != string(answers[0].body) || a.header.Get("Location") != w.base+v1.Prefix+"/matters/"+a.text("number") {
				t.Errorf("%s", a.body)
			}
			if a.header.Get("Idempotent-Replayed") == "" {
				fresh++
			}
		}
		if l := c.get("/matters").list("items"); len(l) != 1 || fresh != 1 {
			t.Errorf("%d matters, taken %d times", len(l), fresh)
		}
		if _, err := w.Matters.ByCode(t.Context(), answers[0].text("number"), answers[7].text("query_code")); err != nil {
			t.Error(err)
		}
		if a := c.ask("POST", "/matters", "application/json", []byte(` {"place": "`+w.village()+`" , "body":"路灯不亮。"}`), "Idempotency-Key", "eins"); string(a.body) != string(answers[0].body) {
			t.Errorf("%d %s", a.status, a.body) // the same, written in another way
		}
		other := map[string]any{"body": "路灯又不亮。", "place": w.village()}
		if a := c.want(422, c.post("/matters", other, "Idempotency-Key", "eins")); a.field("Idempotency-Key") != "api.once.other" {
			t.Errorf("%s", a.body)
		}
		neighbour := w.key(access.NewKey{Name: "另一家", Scopes: []access.KeyScope{access.RequestsWrite}})
		if a := neighbour.want(201, neighbour.post("/matters", other, "Idempotency-Key", "eins")); a.text("number") == answers[0].text("number") {
			t.Error("the answer of another key")
		}
		c.want(422, c.post("/matters", map[string]any{"body": "路", "place": w.village()}, "Idempotency-Key", "zwei"))
		c.want(201, c.post("/matters", other, "Idempotency-Key", "zwei"))
		c.want(400, c.post("/matters", other, "Idempotency-Key", strings.Repeat("x", 101)))
	})
}

// An answer is kept for a day, and then no more.
func TestRepliesAreSwept(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		c := w.key(access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.RequestsWrite}})
		in := map[string]any{"body": "路灯不亮。", "place": w.village()}
		first := c.want(201, c.post("/matters", in, "Idempotency-Key", "eins")).text("number")
		w.must(w.Exchange.SweepReplies(t.Context()))
		if n := c.post("/matters", in, "Idempotency-Key", "eins").text("number"); n != first {
			t.Errorf("%s after %s", n, first)
		}
		w.Clock.Add(25 * time.Hour)
		if n := c.post("/matters", in, "Idempotency-Key", "eins").text("number"); n == first || n == "" {
			t.Errorf("%s after a day", n)
		}
	})
}

// Who has an answer is told when nothing has changed; who decides by what they read
// does nothing to what has changed.
func TestTags(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		zhao := w.as("zhao")
		n := w.raised(matters.Raising{Body: "水管裂了。", Public: true}).Number
		for _, path := range []string{"/matters", "/matters/" + n, "/matters/" + n + "/story", "/search?q=" + n, "/categories", "/places", "/units", "/me", "/openapi.json"} {
			tag := zhao.want(200, zhao.get(path)).header.Get("ETag")
			if a := zhao.want(304, zhao.get(path, "If-None-Match", `"x", W/`+tag)); len(a.body) != 0 {
				t.Errorf("%s: %s", path, a.body)
			}
			zhao.want(200, zhao.get(path, "If-None-Match", `"x"`))
		}
		tag := zhao.get("/matters/" + n).header.Get("ETag")
		if other := w.stranger().get("/matters/" + n).header.Get("ETag"); other == tag {
			t.Error("a stranger's answer has the tag of the desk's")
		}
		zhao.want(200, zhao.post("/matters/"+n+"/acts/accept", nil, "If-Match", tag))
		zhao.want(200, zhao.get("/matters/"+n, "If-None-Match", tag))
		zhao.want(412, zhao.post("/matters/"+n+"/acts/classify", map[string]any{"category": "drain"}, "If-Match", tag))
		if a := zhao.want(412, zhao.post("/matters/"+n+"/acts/note", map[string]any{"words": "一件事。"}, "If-Match", tag)); a.text("detail") != n+" has been changed by somebody else; nothing was done." {
			t.Errorf("%s", a.body)
		}
		now := zhao.get("/matters/" + n)
		if s := now.text("state"); s != "accepted" {
			t.Errorf("%s", s)
		}
		done := zhao.want(200, zhao.post("/matters/"+n+"/acts/classify", map[string]any{"category": "drain"}, "If-Match", now.header.Get("ETag")))
		zhao.want(200, zhao.post("/matters/"+n+"/acts/note", map[string]any{"words": "一件事。"}, "If-Match", done.header.Get("ETag")))
		zhao.want(200, zhao.post("/matters/"+n+"/acts/note", map[string]any{"words": "又一件。"}, "If-Match", "*"))
		zhao.want(400, zhao.post("/matters/"+n+"/acts/note", map[string]any{"words": "又一件。"}, "If-Match", "7"))
		zhao.want(409, zhao.post("/matters/"+n+"/acts/accept", nil))
	})
}

// A list is walked page after page; what is raised meanwhile disturbs nobody.
func TestPages(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		want := map[string]bool{}
		for i := range 7 {
			want[w.raised(matters.Raising{Body: "路上有个坑 " + strconv.Itoa(i), Public: true}).Number] = true
		}
		c := w.stranger()
		next, seen := "/matters?limit=3&open=true", 0
		for next != "" {
			a := c.want(200, c.get(next))
			for _, x := range a.list("items") {
				n := x.(map[string]any)["number"].(string)
				if !want[n] {
					t.Errorf("%s twice, or too much", n)
				}
				delete(want, n)
			}
			link := a.header.Get("Link")
			if next = ""; link != "" {
				address, rel, _ := strings.Cut(link, ">; ")
				if rel != `rel="next"` || !strings.Contains(address, "cursor="+a.text("next")) || !strings.Contains(address, "open=true") {
					t.Errorf("%s", link)
				}
				next = strings.TrimPrefix(address, "<"+w.base+v1.Prefix)
			}
			if seen++; seen == 1 {
				w.raised(matters.Raising{Body: "后来的坑", Public: true})
			}
		}
		if len(want) > 0 || seen != 3 {
			t.Errorf("not seen %v, %d pages", want, seen)
		}
	})
}

// What cannot be understood is refused where it stands, and nothing is done.
func TestWrong(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		zhao := w.as("zhao")
		n := w.raised(matters.Raising{Body: "水管裂了。", Public: true}).Number
		for path, field := range map[string]string{
			"/matters?plase=1": "plase", "/matters?open=maybe": "open", "/matters?limit=0": "limit", "/matters?limit=201": "limit", "/matters?limit=1&limit=2": "limit", "/matters?state=lost": "state",
			"/matters?category=none": "category", "/matters?channel=pigeon": "channel", "/matters?from=yesterday": "from", "/matters?from=2026-03-05&to=2026-03-04": "to", "/matters?cursor=x": "cursor",
			"/matters?place=nowhere": "place", "/matters?unit=none": "unit", "/matters?q=%00": "q", "/search": "q", "/search?q=%ff": "q", "/places?depth=9": "depth", "/categories?x=1": "x", "/matters/" + n + "?x=1": "x",
		} {
			if a := zhao.want(400, zhao.get(path)); a.field(field) == "" {
				t.Errorf("%s: %s", path, a.body)
			}
		}
		for path, status := range map[string]int{"/none": 404, "/": 404, "/matters/QL-1": 404, "/matters/%00": 404, "/matters/%ff": 404, "/places/none": 404, "/categories/none": 404, "/files": 405, "/matters/" + n + "/acts/accept": 405, "/matters/" + n + "/acts/explode": 404} {
			zhao.want(status, zhao.get(path))
		}
		if a := zhao.want(405, zhao.post("/categories", nil)); a.header.Get("Allow") != "GET" {
			t.Error(a.header.Get("Allow"))
		}
		zhao.want(405, zhao.ask("DELETE", "/matters/"+n, "", nil))
		zhao.want(406, zhao.get("/matters", "Accept", "text/html, application/xml;q=0.9, application/json;q=0"))
		zhao.want(200, zhao.get("/matters", "Accept", "text/html, */*;q=0.1"))
		raise := func(kind, body string) answer { return zhao.ask("POST", "/matters", kind, []byte(body)) }
		zhao.want(415, raise("application/x-www-form-urlencoded", "body=x"))
		zhao.want(415, raise("", "{}"))
		zhao.want(415, zhao.ask("POST", "/files", "application/json", []byte("{}")))
		zhao.want(422, zhao.ask("POST", "/files", "image/jpeg", []byte("GIF, but not really")))
		zhao.want(400, zhao.ask("POST", "/files", "multipart/form-data; boundary=x", []byte("half")))
		zhao.want(413, raise("application/json", `{"body": "`+strings.Repeat("x", 300<<10)+`"}`))
		for body, field := range map[string]string{`{"body": 7}`: "body", `{"bodi": "x"}`: "bodi", `{"point": {"lon": "x"}}`: "point.lon"} {
			if a := zhao.want(400, raise("application/json", body)); a.field(field) == "" {
				t.Errorf("%s: %s", body, a.body)
			}
		}
		for _, body := range []string{"{", "[]", `{"body": "x"} {}`, "\"\xff\""} {
			zhao.want(400, raise("application/json", body))
		}
		for body, field := range map[string]string{
			`{}`: "body", `{"body": "路\u0000灯"}`: "body", `{"body": "路灯不亮", "place": "none"}`: "place", `{"body": "路灯不亮"}`: "place", `{"body": "路灯不亮", "point": {"lon": 200, "lat": 0}}`: "point",
			`{"body": "路灯不亮", "category": "none", "place": "` + w.village() + `"}`: "category", `{"body": "路灯不亮", "place": "` + w.village() + `", "phone": "x"}`: "phone",
			`{"body": "路灯不亮", "place": "` + w.village() + `", "files": ["x"]}`: "files", `{"body": "路灯不亮", "place": "` + w.village() + `", "lang": "fr"}`: "lang",
			`{"body": "路灯不亮", "place": "` + w.village() + `", "category": "road", "answers": {"what": "none"}}`: "answers.what",
		} {
			if a := zhao.want(422, raise("application/json", body)); a.field(field) == "" {
				t.Errorf("%s: %s", body, a.body)
			}
		}
		for act, body := range map[string]string{
			"dispatch": `{"lead": "none"}`, "ask_extension": `{"limit": "soon"}`, "suspend": `{"until": ""}`, "whistle": `{"hours": 0}`, "respond": `{"unit": ""}`, "join": `{"to": "QL-1"}`, "classify": `{"category": "none"}`, "split": `{}`, "note": `{"words": " "}`,
			"decline": `{"words": "no"}`, "handle": `{"files": ["x"]}`,
		} {
			if a := zhao.ask("POST", "/matters/"+n+"/acts/"+act, "application/json", []byte(body)); a.status != 422 || len(a.list("fields")) == 0 {
				t.Errorf("%s: %d %s", act, a.status, a.body)
			}
		}
		if s := zhao.get("/matters/" + n).text("state"); s != "received" {
			t.Errorf("it is %s now", s)
		}
		zhao.lang = "zh-CN"
		if a := zhao.get("/none"); a.text("detail") != "接口没有这个地址。" || !strings.HasPrefix(a.text("instance"), "urn:yuanba:request:") || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s", a.body)
		}
	})
}

// Programs of other sites may read what everybody reads, and write nothing: no
// session counts here, and no other site may send.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		c := w.stranger()
		if a := c.want(200, c.get("/matters", "Origin", "https://other.example")); a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%v", a.header)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, w.base+v1.Prefix+"/matters", nil)
		w.must(err)
		res, err := http.DefaultTransport.RoundTrip(r)
		w.must(err)
		res.Body.Close()
		if h := res.Header; res.StatusCode != 204 || h.Get("Access-Control-Allow-Methods") != "GET, OPTIONS" || h.Get("Allow") != "GET, POST, OPTIONS" {
			t.Errorf("%d %v", res.StatusCode, res.Header)
		}
		if a := w.as("zhao").post("/matters", map[string]any{"body": "x"}, "Origin", "https://other.example"); a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Error("another site may read what it sent")
		}
	})
}

// A key asks no more in a minute than it may, sees no more than its place, and names
// no file that another has uploaded.
func TestLimitsOfKeys(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		slow := w.key(access.NewKey{Name: "慢", Scopes: []access.KeyScope{access.APIRead}, PerMinute: 2})
		slow.want(200, slow.get("/me"))
		slow.want(200, slow.get("/me"))
		if a := slow.want(429, slow.get("/me")); a.header.Get("Retry-After") == "" {
			t.Error("not said when to come back")
		}

		here, there := w.Place("文君街道", "宝塔社区"), w.Place("羊安街道")
		n := w.raised(matters.Raising{Body: "水管裂了。", Public: true, Place: there[scope.Town]}).Number
		w.raised(matters.Raising{Body: "路灯不亮。", Public: true})
		near := w.key(access.NewKey{Name: "近", Scopes: access.KeyScopes, Account: w.As("sun").Account, Path: here})
		if l := near.want(200, near.get("/matters")).list("items"); len(l) != 1 {
			t.Errorf("%d matters", len(l))
		}
		if a := near.want(400, near.get("/matters?place="+there[scope.Town].String())); a.field("place") != "api.key.place" {
			t.Errorf("%s", a.body)
		}
		near.want(403, near.post("/matters", map[string]any{"body": "路灯不亮。", "place": there[scope.Town].String()}))
		near.want(403, near.post("/matters/"+n+"/acts/note", map[string]any{"words": "一件事。"}))

		up := near.want(201, near.ask("POST", "/files", "image/jpeg", photo(t))).text("id")
		zhao := w.as("zhao")
		zhao.want(422, zhao.post("/matters", map[string]any{"body": "路灯不亮。", "place": w.village(), "files": []string{up}}))
		w.Clock.Add(49 * time.Hour)
		near.want(422, near.post("/matters", map[string]any{"body": "路灯不亮。", "place": w.village(), "files": []string{up}}))
	})
}

// Whoever asks with whatever key, the name and telephone of a reporter are in no
// answer; the very spot is for those at work alone; a private matter is there for
// nobody else.
func TestNothingPrivate(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		in := map[string]any{"body": "隔壁半夜吵架。", "place": w.village(), "name": "周敏", "phone": "13912345678", "private": true, "point": map[string]any{"lon": 103.4612345, "lat": 30.4112345}}
		sender := w.key(access.NewKey{Name: "程序", Scopes: []access.KeyScope{access.RequestsWrite}})
		private := sender.want(201, sender.post("/matters", in)).text("number")
		delete(in, "private")
		public := sender.want(201, sender.post("/matters", in)).text("number")
		ctx, zhao := context.Background(), w.As("zhao")
		w.must(w.Matters.AddNote(ctx, zhao, w.id(public), "内部的话。"))
		audit := w.as("audit")
		for _, c := range []*caller{w.stranger(), sender, w.as("zhao"), audit, w.key(access.NewKey{Name: "水", Scopes: access.KeyScopes, Unit: w.As("wu").Unit})} {
			inside := c.get("/matters/"+private).status == 200
			for _, path := range []string{"/matters", "/matters/" + private, "/matters/" + private + "/story", "/matters/" + public, "/matters/" + public + "/story", "/search?q=" + private} {
				body := string(c.get(path).body)
				for _, secret := range []string{"周敏", "周*", "13912345678", "5678"} {
					if strings.Contains(body, secret) {
						t.Errorf("%s holds %s", path, secret)
					}
				}
				for _, secret := range []string{"103.46123", "内部的话", private + `"`} {
					if !inside && strings.Contains(body, secret) {
						t.Errorf("%s holds %s", path, secret)
					}
				}
			}
		}
		if a := audit.get("/matters/" + public); !strings.Contains(string(a.body), "103.46123") {
			t.Error("nobody at all is told the spot: the test proves nothing")
		}
	})
}

func (w *town) id(number string) matters.ID {
	w.t.Helper()
	x, err := w.Matters.Get(w.t.Context(), w.As("audit"), number)
	w.must(err)
	return x.Matter.ID
}
