// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "yuanba/internal/api/v1"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// want says when an answer has another status than wanted.
func (c *caller) want(status int, a answer) answer {
	c.t.Helper()
	if a.status != status {
		c.t.Fatalf("%d, not %d: %s", a.status, status, a.body)
	}
	return a
}

// Everything that can be asked is asked, with the town's own staff, from raising to
// rating; each answer is as the document says.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		zhao, wu, zheng, sun, yu := w.as("zhao"), w.as("wu"), w.as("zheng"), w.as("sun"), w.as("yu")
		sees := w.stranger()
		do := func(c *caller, number, act string, body any) answer {
			w.t.Helper()
			return c.want(200, c.post("/matters/"+number+"/acts/"+act, body))
		}
		words := func(s string) map[string]any { return map[string]any{"words": s} }

		var form bytes.Buffer
		m := multipart.NewWriter(&form)
		part, err := m.CreateFormFile("file", "a.jpg")
		w.must(err)
		_, err = part.Write(photo(t))
		w.must(err)
		w.must(m.Close())
		shown := wu.want(201, wu.ask("POST", "/files", m.FormDataContentType(), form.Bytes())).text("id")

		raise := func(body string) string {
			w.t.Helper()
			up := zhao.want(201, zhao.ask("POST", "/files", "image/jpeg", photo(t))).text("id")
			return zhao.want(201, zhao.post("/matters", map[string]any{"body": body, "place": w.village(), "channel": "phone", "files": []string{up}, "for_words": "邻居"})).text("number")
		}
		n := raise("A pipe has burst before the tea house.")
		if m := zhao.want(200, zhao.get("/matters/"+n)); m.text("view") != "inside" || len(m.list("acts")) == 0 || m.text("files", "0", "type") != "image/jpeg" {
			t.Fatalf("%s", m.body)
		} else {
			_, file, _ := strings.Cut(m.text("files", "0", "url"), v1.Prefix)
			if len(zhao.want(200, zhao.get(file)).body) == 0 {
				t.Error("an empty file")
			}
		}
		do(sun, n, "urge", words("Please be quick."))
		do(zhao, n, "ask", words("Before which house?"))
		do(zhao, n, "answer", words("Before number nine."))
		do(zhao, n, "add", words("It is getting worse."))
		do(zhao, n, "accept", nil)
		do(zhao, n, "split", map[string]any{"parts": []any{map[string]any{"body": "The lamp there is broken too."}}})
		part2 := zhao.want(200, zhao.get("/matters/"+n)).list("parts")[0].(string)
		do(zhao, part2, "unsplit", words("It is the same thing."))
		do(zhao, n, "classify", map[string]any{"category": "drain", "title": "Burst pipe", "place": w.village()})
		do(zhao, n, "note", words("Seen on the camera."))
		do(zhao, n, "dispatch", map[string]any{"lead": w.As("wu").Unit.String(), "assist": []string{w.As("he").Unit.String()}, "words": "Please look."})
		he := w.as("he")
		do(he, n, "assist", map[string]any{"unit": w.As("he").Unit.String(), "words": "The road is closed off."})
		do(wu, n, "send_back", words("It is not our pipe."))
		do(zhao, n, "send_back", words("Then it is another category."))
		do(zhao, n, "classify", map[string]any{"category": "drain"})
		do(zhao, n, "dispatch", map[string]any{"lead": w.As("he").Unit.String()})
		do(he, n, "send_back", words("It is not ours either."))
		do(sun, n, "decide", map[string]any{"lead": w.As("wu").Unit.String(), "words": "The pipe is the water bureau's."})
		do(wu, n, "take", nil)
		do(zhao, n, "support", map[string]any{"words": "An old lady came by and said so too.", "public": true, "phone": "19900000010"})
		if m := zhao.want(200, zhao.get("/matters/"+n)); m.text("voices", "0", "words") == "" || len(m.list("voices")) != 1 {
			t.Errorf("%s", m.body)
		} else {
			do(zhao, n, "unsupport", map[string]any{"which": m.text("voices", "0", "id")})
		}
		zhao.want(422, zhao.post("/matters/"+n+"/acts/unsupport", map[string]any{"which": "nothing"}))
		do(wu, n, "inform", words("The digger is on its way."))
		do(sun, n, "supervise", words("The school is waiting."))
		do(sun, n, "whistle", map[string]any{"units": []string{w.As("he").Unit.String(), w.As("wu").Unit.String()}, "hours": 2, "words": "To the place, please."})
		do(w.key(access.NewKey{Name: "he 2", Scopes: access.KeyScopes, Account: w.As("he").Account}), n, "respond", map[string]any{"unit": w.As("he").Unit.String(), "words": "On our way."})
		do(wu, n, "ask_extension", map[string]any{"limit": "1 working hour", "words": "Spare parts are missing."})
		do(sun, n, "refuse_extension", words("They are in the store."))
		do(wu, n, "ask_extension", map[string]any{"limit": "1 working hour", "words": "The store is shut."})
		do(sun, n, "extend", words("Then be it."))
		do(sun, n, "suspend", map[string]any{"until": w.DB.Now().AddDate(0, 1, 0).Format("2006-01-02"), "words": "Until the frost is over."})
		do(sun, n, "resume", words("The frost is over."))
		do(wu, n, "note", map[string]any{"words": "The flange.", "files": []string{shown}})
		w.Clock.Add(60 * 24 * time.Hour)
		do(wu, n, "handle", words("The pipe was changed and holds."))
		do(zheng, n, "verify", map[string]any{"met": true, "words": "Dry."})
		do(zhao, n, "close", words("Thank you for telling us."))
		do(zhao, n, "rate", map[string]any{"solved": "yes", "satisfied": 5})
		do(wu, n, "appeal", words("The road was closed by the flood."))
		do(sun, n, "refuse_appeal", words("The flood was a month later."))
		do(wu, n, "ask_review", words("There were two floods."))
		do(yu, n, "refuse_review", words("There was one."))
		do(zhao, n, "reopen", words("It drips again."))
		w.Clock.Add(60 * 24 * time.Hour)
		do(wu, n, "handle", words("Changed once more."))
		do(zheng, n, "verify", map[string]any{"met": true})
		do(zhao, n, "close", nil)
		do(wu, n, "appeal", words("This time it was the flood."))
		do(sun, n, "grant_appeal", words("It was."))
		do(zhao, n, "reopen", words("It drips for the third time."))
		w.Clock.Add(60 * 24 * time.Hour)
		do(wu, n, "handle", words("Changed for the third time."))
		do(zheng, n, "verify", map[string]any{"met": true})
		do(zhao, n, "close", nil)
		do(wu, n, "appeal", words("The flood again."))
		do(sun, n, "refuse_appeal", words("Not a second time."))
		do(wu, n, "ask_review", words("The report of the river office is there now."))
		do(yu, n, "grant_review", words("It is."))
		do(zhao, n, "reopen", words("It drips for the fourth time."))

		other := raise("The same pipe, seen from the other side.")
		do(zhao, other, "join", map[string]any{"to": n, "words": "The same pipe."})
		do(zhao, other, "unjoin", nil)
		do(zhao, other, "withdraw", nil)
		sorted := raise("The gully is blocked again.")
		d := w.id(sorted)
		w.must(w.DB.Write(t.Context(), func(tx *sqldb.Tx) error { // without a person
			_, err := w.Matters.Sort(tx, d, matters.Sorting{Accept: true, Category: "drain"})
			return err
		}))
		do(zhao, sorted, "correct", map[string]any{"category": "lamp", "words": "It is the lamp beside it."})
		again := raise("The gully is blocked for the third time.")
		d = w.id(again)
		w.must(w.DB.Write(t.Context(), func(tx *sqldb.Tx) error {
			_, err := w.Matters.Sort(tx, d, matters.Sorting{Accept: true, Category: "drain"})
			return err
		}))
		do(zhao, again, "confirm", nil)
		do(zhao, raise("The sun is too bright."), "decline", words("The town has no say in that."))

		if s := zhao.want(200, zhao.get("/matters/"+n+"/story")); len(s.list("lines")) < 20 {
			t.Errorf("%s", s.body)
		}
		if l := sees.want(200, sees.get("/matters?limit=1&state=handling&category=drain&urgent=false&place="+w.village())); l.text("items", "0", "number") != n {
			t.Errorf("%s", l.body)
		}
		w.must(w.CatchUp(t.Context()))
		if l := sees.want(200, sees.get("/search?q="+n)); l.text("items", "0", "number") != n {
			t.Errorf("%s", l.body)
		}
		sees.want(200, sees.get("/categories"))
		if k := sees.want(200, sees.get("/categories/road")); k.text("name") != "Broken road surface" {
			t.Errorf("%s", k.body)
		}
		city := sees.want(200, sees.get("/places?depth=3"))
		if city.text("kind") != "city" || len(city.list("children")) == 0 {
			t.Errorf("%s", city.body)
		}
		if p := sees.want(200, sees.get("/places/"+w.village())); p.text("name") == "" || p.text("kind") != "village" {
			t.Errorf("%s", p.body)
		}
		village := w.Place("文君街道", "宝塔社区")[scope.Village]
		if err := w.Affairs.Shape(t.Context(), w.As("wang"), village, affairs.Facing{Greeting: "Welcome."}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Affairs.Book(t.Context(), w.As("wang"), village, affairs.Booking{On: places.DayOf(w.DB.Now()), From: affairs.Opening, To: affairs.Bank, Amount: 1234_56, Words: "What was there"}); err != nil {
			t.Fatal(err)
		}
		if a := sees.want(200, sees.get("/places/"+village.String()+"/affairs")); a.text("since") != string(places.DayOf(w.DB.Now())) {
			t.Errorf("%s", a.body)
		}
		if l := sees.want(200, sees.get("/places/"+village.String()+"/ledger")); len(l.list("lines")) != 1 || !strings.Contains(string(l.body), `"after":123456`) {
			t.Errorf("%s", l.body)
		}
		sees.want(422, sees.get("/places/"+village.String()+"/ledger?period=soon"))
		sees.want(404, sees.get("/places/"+w.Place("文君街道")[scope.Town].String()+"/affairs"))
		if u := sees.want(200, sees.get("/units")); len(u.list("items")) == 0 {
			t.Error("no units")
		}
		if me := wu.want(200, wu.get("/me")); me.text("unit", "id") != w.As("wu").Unit.String() {
			t.Errorf("%s", me.body)
		}
		sees.want(200, sees.get("/openapi.json"))
		w.everyWebhook()
		w.everyActBeside(zhao)
		w.everyRound(zhao, wu)
		app := w.key(access.NewKey{Name: "A desk in the pocket", Scopes: []access.KeyScope{access.RequestsWrite}, PerMinute: 6000})
		w.everyQuestion(app, wu)
		w.everyService(app)
		w.everyVolunteer()
		for _, o := range v1.Operations() {
			if !w.seen[o.ID+" 200"] && !w.seen[o.ID+" 201"] && (o.ID != "removeWebhook" || !w.seen[o.ID+" 204"]) {
				t.Errorf("nobody asks for %s %s", o.Method, o.Path)
			}
		}
	})
}

// everyWebhook asks for everything that can be asked about webhooks.
func (w *town) everyWebhook() {
	w.t.Helper()
	w.Config.Open311.Inside = "127.0.0.0/8"
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	c := w.key(access.NewKey{Name: "推送的程序", Scopes: []access.KeyScope{access.Webhooks}})
	in := map[string]any{"name": "A board", "url": srv.URL, "events": []string{"matter.raise"}}
	made := c.want(201, c.post("/webhooks", in, "Idempotency-Key", "one"))
	if again := c.want(201, c.post("/webhooks", in, "Idempotency-Key", "one")); string(again.body) != string(made.body) || !strings.HasPrefix(made.text("secret"), "whsec_") {
		w.t.Errorf("%s", again.body)
	}
	at := "/webhooks/" + made.text("id")
	if l := c.want(200, c.get("/webhooks")).list("items"); len(l) != 1 {
		w.t.Errorf("%d webhooks", len(l))
	}
	tag := c.want(200, c.get(at)).header.Get("ETag")
	in["lang"] = "en"
	if a := c.want(200, c.post(at, in, "If-Match", tag)); a.text("lang") != "en" {
		w.t.Errorf("%s", a.body)
	}
	c.want(412, c.post(at, in, "If-Match", tag))
	c.want(200, c.post(at+"/acts/pause", nil))
	c.want(409, c.post(at+"/acts/pause", nil))
	c.want(200, c.post(at+"/acts/resume", nil))
	if a := c.want(200, c.post(at+"/acts/rotate", nil)); a.text("secret") == made.text("secret") {
		w.t.Error("the same secret")
	}
	test := c.want(200, c.post(at+"/acts/test", nil))
	if test.text("state") != "delivered" {
		w.t.Errorf("%s", test.body)
	}
	c.want(409, c.post(at+"/deliveries/"+test.text("id")+"/acts/again", nil))
	w.raised(matters.Raising{Body: "路上又有个坑。", Public: true})
	w.must(w.CatchUp(w.t.Context()))
	_, err := w.Jobs.RunDue(w.t.Context())
	w.must(err)
	l := c.want(200, c.get(at+"/deliveries?limit=1"))
	if l.text("items", "0", "event") != "matter.raise" || l.text("items", "0", "state") != "delivered" || l.text("next") == "" || l.header.Get("Link") == "" {
		w.t.Errorf("%s", l.body)
	}
	one := at + "/deliveries/" + l.text("items", "0", "id")
	c.want(200, c.get(one))
	c.want(200, c.post(one+"/acts/again", nil))
	other := w.key(access.NewKey{Name: "别人的程序", Scopes: []access.KeyScope{access.Webhooks}})
	other.want(404, other.get(at))
	other.want(404, other.get(one))
	other.want(404, other.post(at+"/acts/remove", nil))
	c.want(204, c.post(at+"/acts/remove", nil))
	c.want(404, c.get(at))
	for field, bad := range map[string]map[string]any{"url": {"name": "x", "url": "http://example.org"}, "name": {"url": "https://example.org"}, "events": {"name": "x", "url": "https://example.org", "events": []string{"x"}}, "place": {"name": "x", "url": "https://example.org", "place": "none"}} {
		if a := c.want(422, c.post("/webhooks", bad)); a.field(field) == "" {
			w.t.Errorf("%s: %s", field, a.body)
		}
	}
}

// What a webhook is sent is as the document says, under the event's own name.
func TestEventsOfTheDocument(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		events, _ := w.doc["webhooks"].(map[string]any)
		for _, e := range webhooks.Events() {
			if _, ok := events[string(e)]; !ok {
				t.Errorf("the document does not know %s", e)
			}
		}
		if len(events) != len(webhooks.Events())+1 {
			t.Errorf("%d events in the document", len(events))
		}
		var sent [][]byte
		srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			sent = append(sent, b)
		}))
		defer srv.Close()
		w.Config.Open311.Inside = "127.0.0.0/8"
		who := webhooks.Who{Actor: w.As("admin")}
		_, h, err := w.Webhooks.Add(t.Context(), who, webhooks.Settling{Name: "x", URL: srv.URL})
		w.must(err)
		_, err = w.Webhooks.Test(t.Context(), who, h.ID)
		w.must(err)
		n := w.raised(matters.Raising{Body: "路上有个坑。", Public: true})
		w.must(w.Matters.Accept(t.Context(), w.As("zhao"), n.ID))
		w.must(w.CatchUp(t.Context()))
		_, err = w.Jobs.RunDue(t.Context())
		w.must(err)
		if len(sent) != 3 {
			t.Fatalf("%d messages", len(sent))
		}
		for _, b := range sent {
			(&caller{town: w}).valid("message", "/components/schemas/Event", answer{body: b})
		}
	})
}

// Every operation is tried with every kind of key: who may not is told 401 or 403
// and nothing of the rest.
func TestEveryOperationWithEveryKey(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		private := w.raised(matters.Raising{Body: "隔壁半夜吵架。"}).Number
		public := w.raised(matters.Raising{Body: "路上有个坑。", Public: true}).Number
		unit := w.As("wu").Unit
		revoked, k, err := w.Access.AddKey(t.Context(), w.As("admin"), access.NewKey{Name: "旧", Scopes: access.KeyScopes, Unit: unit})
		w.must(err)
		w.must(w.Access.RevokeKey(t.Context(), w.As("admin"), k.ID))
		kinds := map[string]struct {
			*caller
			read, raise, act, hook bool
			inside                 bool
		}{
			"none":         {caller: w.stranger()},
			"wrong":        {caller: &caller{w, "yb_" + strings.Repeat("A", 43), "en"}},
			"revoked":      {caller: &caller{w, revoked, "en"}},
			"requests":     {caller: w.key(access.NewKey{Name: "a", PerMinute: 6000, Scopes: []access.KeyScope{access.RequestsWrite}}), raise: true},
			"updates":      {caller: w.key(access.NewKey{Name: "b", PerMinute: 6000, Scopes: []access.KeyScope{access.UpdatesWrite}, Unit: unit})},
			"read":         {caller: w.key(access.NewKey{Name: "c", PerMinute: 6000, Scopes: []access.KeyScope{access.APIRead}}), read: true},
			"read staff":   {caller: w.key(access.NewKey{Name: "d", PerMinute: 6000, Scopes: []access.KeyScope{access.APIRead}, Account: w.As("zhao").Account}), read: true, inside: true},
			"act staff":    {caller: w.key(access.NewKey{Name: "e", PerMinute: 6000, Scopes: []access.KeyScope{access.APIAct}, Account: w.As("zhao").Account}), raise: true, act: true},
			"act unit":     {caller: w.key(access.NewKey{Name: "f", PerMinute: 6000, Scopes: []access.KeyScope{access.APIAct, access.APIRead}, Unit: unit}), read: true, raise: true, act: true},
			"all, auditor": {caller: w.key(access.NewKey{Name: "g", Scopes: access.KeyScopes, Account: w.As("audit").Account, PerMinute: 6000}), read: true, raise: true, act: true, hook: true, inside: true},
		}
		for name, k := range kinds {
			bad := name == "wrong" || name == "revoked"
			for _, o := range v1.Operations() {
				path := strings.NewReplacer("{number}", private, "{file}", "x", "{category}", "road", "{service}", "none", "{answer}", "none", "{place}", w.village(), "{webhook}", "0000000000001", "{delivery}", "0000000000001").Replace(o.Path)
				if o.ID == "searchMatters" || o.ID == "searchAnswers" {
					path += "?q=x"
				}
				var a answer
				if o.Method == "GET" {
					a = k.get(path)
				} else {
					a = k.ask("POST", path, "application/json", []byte("{"))
				}
				may := o.Scope == "" || o.Scope == access.APIRead && k.read || o.Scope == access.RequestsWrite && k.raise || o.Scope == access.APIAct && k.act || o.Scope == access.Webhooks && k.hook
				want := []int{200}
				switch {
				case bad || !may && name == "none":
					want = []int{401}
				case !may:
					want = []int{403}
				case o.Method == "POST" && o.ID == "uploadFile":
					want = []int{415}
				case o.Method == "POST":
					want = []int{400}
				case o.Tag == "desk" && strings.Contains(o.Path, "{"), o.Tag == "questions" && strings.Contains(o.Path, "{"), o.Tag == "volunteers" && strings.Contains(o.Path, "{"): // there is none
					want = []int{404}
				case strings.Contains(o.Path, "{file}"), strings.Contains(o.Path, "{webhook}"), strings.Contains(o.Path, "{number}") && !k.inside:
					want = []int{404}
				}
				if a.status != want[0] {
					t.Errorf("%s: %s %s: %d, not %v: %s", name, o.Method, path, a.status, want, a.body)
				}
			}
			if bad {
				continue
			}
			if l := k.get("/matters").list("items"); (len(l) == 2) != k.inside {
				t.Errorf("%s: %d matters", name, len(l))
			}
			if a := k.get("/matters/" + public); a.status != 200 || (a.text("view") == "inside") != k.inside {
				t.Errorf("%s: %d %s", name, a.status, a.text("view"))
			}
			for _, act := range []string{"accept", "note", "dispatch"} {
				a := k.post("/matters/"+private+"/acts/"+act, map[string]any{})
				if name != "act staff" && a.status != 401 && a.status != 403 && a.status != 404 && a.status != 409 && a.status != 422 {
					t.Errorf("%s: %s: %d", name, act, a.status)
				}
			}
		}
	})
}

// What the document lists of the states and ways of matters is what there is.
func TestListsOfTheDocument(t *testing.T) {
	t.Parallel()
	tag := func(v any, field, name string) []string {
		f, ok := reflect.TypeOf(v).FieldByName(field)
		if !ok {
			t.Fatalf("no field %s", field)
		}
		return strings.Split(f.Tag.Get(name), ",")
	}
	same := func(what string, got, want []string) {
		t.Helper()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v in the document, %v in the town", what, got, want)
		}
	}
	var states, solved, kinds []string
	for _, s := range matters.Flow.States() {
		states = append(states, string(s))
	}
	for _, s := range []matters.Solved{matters.Yes, matters.Partly, matters.No} {
		solved = append(solved, string(s))
	}
	for _, k := range places.Kinds {
		kinds = append(kinds, string(k))
	}
	same("state", tag(v1.Card{}, "State", "enum"), states)
	same("solved", tag(v1.Card{}, "Solved", "enum"), solved)
	same("kind of place", tag(v1.PlaceRef{}, "Kind", "enum"), kinds)
	same("kind of place", tag(v1.Place{}, "Kind", "enum"), kinds)
	var channels []string
	for _, c := range matters.Channels() {
		if c != matters.Open311 && c != matters.Import {
			channels = append(channels, string(c))
		}
	}
	same("channel", tag(v1.Raise{}, "Channel", "enum"), channels)
}
