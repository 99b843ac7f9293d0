// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A town with its pages, without a network between.
type town struct {
	*apptest.Town
	t testing.TB
	h http.Handler
}

func open(t testing.TB) *town {
	t.Helper()
	w := apptest.Lived(t)
	h, err := w.Handler("test")
	if err != nil {
		t.Fatal(err)
	}
	return &town{w, t, h}
}

// A visitor is a browser.
type visitor struct {
	w    *town
	jar  *cookiejar.Jar
	from string // the network address; "" is the usual one
}

// visit returns the browser of somebody: "" is a stranger, "zhou" and "chen" are
// the residents of the cast, the others its staff.
func (w *town) visit(who string) *visitor {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	v := &visitor{w: w, jar: jar}
	switch who {
	case "":
		return v
	case "zhou", "chen":
		v.post("/signin/guest", "resident", w.guest(who).Resident.String()).is(303)
	default:
		v.post("/signin/as", "login", who).is(303)
	}
	return v
}

// guest is a resident of the cast as an actor.
func (w *town) guest(who string) scope.Actor {
	w.t.Helper()
	by := scope.Actor{Kind: scope.Resident, Name: "某"}
	if err := w.DB.Read(context.Background(), func(tx *sqldb.Tx) error {
		n, err := sqldb.Mark(tx, "demo."+who)
		by.Resident = id.ID(n)
		return err
	}); err != nil || by.Resident == 0 {
		w.t.Fatal("no such resident: ", who, err)
	}
	return by
}

// An answer is what came back.
type answer struct {
	t    testing.TB
	at   string
	code int
	body string
	to   string
}

// is fails the test unless the status is one of these.
func (a answer) is(codes ...int) answer {
	a.t.Helper()
	for _, c := range codes {
		if a.code == c {
			return a
		}
	}
	a.t.Errorf("%s: %d, not %v", a.at, a.code, codes)
	return a
}

// says fails the test unless the page holds the texts; "!" before a text: not.
func (a answer) says(texts ...string) answer {
	a.t.Helper()
	for _, s := range texts {
		bad, not := strings.CutPrefix(s, "!")
		if strings.Contains(a.body, bad) == not {
			a.t.Errorf("%s: %q (there: %t)", a.at, bad, not)
		}
	}
	return a
}

var site = &url.URL{Scheme: "http", Host: "town.example"}

func (v *visitor) send(r *http.Request) answer {
	v.w.t.Helper()
	if v.from != "" {
		r.RemoteAddr = v.from + ":4711"
	}
	for _, c := range v.jar.Cookies(site) {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	v.w.h.ServeHTTP(rec, r)
	v.jar.SetCookies(site, rec.Result().Cookies())
	return answer{v.w.t, r.Method + " " + r.URL.RequestURI(), rec.Code, rec.Body.String(), rec.Header().Get("Location")}
}

func (v *visitor) get(path string) answer {
	v.w.t.Helper()
	return v.send(httptest.NewRequest("GET", site.String()+path, nil))
}

// post sends a form of names and values.
func (v *visitor) post(path string, pairs ...string) answer {
	v.w.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return v.postForm(path, f)
}

func (v *visitor) postForm(path string, f url.Values) answer {
	v.w.t.Helper()
	r := httptest.NewRequest("POST", site.String()+path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

// upload sends a form with a file in the field "files".
func (v *visitor) upload(path, name string, file io.Reader, pairs ...string) answer {
	v.w.t.Helper()
	var head bytes.Buffer
	m := multipart.NewWriter(&head)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := m.WriteField(pairs[i], pairs[i+1]); err != nil {
			v.w.t.Fatal(err)
		}
	}
	if _, err := m.CreateFormFile("files", name); err != nil {
		v.w.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", site.String()+path, io.MultiReader(&head, file, strings.NewReader("\r\n--"+m.Boundary()+"--\r\n")))
	r.Header.Set("Content-Type", m.FormDataContentType())
	return v.send(r)
}

// raise raises a matter in 宝塔社区.
func (w *town) raise(by scope.Actor, in matters.Raising) matters.Slip {
	w.t.Helper()
	in.Place, _ = w.Place("文君街道", "宝塔社区").Last()
	s, err := w.Matters.Raise(context.Background(), by, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// at raises a public matter of 陈婆婆 and brings it to the state, at the water
// bureau if it gets to a unit.
func (w *town) at(s matters.State) matters.Matter {
	w.t.Helper()
	ctx, zhao, wu, sun := context.Background(), w.As("zhao"), w.As("wu"), w.As("sun")
	chen := w.guest("chen")
	slip := w.raise(chen, matters.Raising{Body: "水管冻裂了，水流到路上，走路要滑倒。", Public: true})
	d := slip.ID
	beside := map[matters.State]struct {
		after matters.State
		do    func() error
	}{
		matters.AskedIntake:  {matters.Received, func() error { return w.Matters.Ask(ctx, zhao, d, "在哪个门口？") }},
		matters.AskedHandler: {matters.Handling, func() error { return w.Matters.Ask(ctx, wu, d, "几点漏的？") }},
		matters.Suspended: {matters.Handling, func() error {
			return w.Matters.Suspend(ctx, sun, d, w.Clock.Now().AddDate(0, 1, 0), "等开春化冻。")
		}},
		matters.Declined: {matters.Received, func() error { return w.Matters.Decline(ctx, zhao, d, "不归本市管。") }},
		matters.Joined: {matters.Accepted, func() error {
			return w.Matters.Join(ctx, zhao, d, w.raise(w.guest("zhou"), matters.Raising{Body: "水管冻裂了。", Public: true}).ID, "同一根水管。")
		}},
		matters.Withdrawn: {matters.Received, func() error { return w.Matters.Withdraw(ctx, chen, d, "") }},
	}
	last, aside := s, func() error { return nil }
	if b, ok := beside[s]; ok {
		last, aside = b.after, b.do
	}
	w.on(d, matters.Received, last)
	if err := aside(); err != nil {
		w.t.Fatal(s, err)
	}
	m := w.whole(slip.Number).Matter
	if m.State != s {
		w.t.Fatalf("brought to %s, not %s", m.State, s)
	}
	return m
}

// late is a closed matter that the water bureau was an hour late with.
func (w *town) late() matters.Matter {
	w.t.Helper()
	ctx, admin := context.Background(), w.As("admin")
	m := w.at(matters.Classified)
	limits := func(l when.Limit) {
		k, _ := w.Matters.Catalogue().Get(m.Category)
		k.Limits.Handle = l
		if err := w.Matters.SetCategory(ctx, admin, k); err != nil {
			w.t.Fatal(err)
		}
	}
	k, _ := w.Matters.Catalogue().Get(m.Category)
	limits(when.Limit{N: 1, Unit: when.UrgentHours})
	w.on(m.ID, matters.Classified, matters.Handling)
	limits(k.Limits.Handle)
	now := w.Clock.Now()
	w.Clock.Add(2 * time.Hour)
	w.on(m.ID, matters.Handling, matters.Handled)
	w.Clock.Set(now) // nobody's session is to end by it
	w.on(m.ID, matters.Handled, matters.Closed)
	return w.whole(m.Number).Matter
}

// disputed is a classified matter after the water bureau and the police station have
// returned it.
func (w *town) disputed(m matters.Matter) matters.Matter {
	w.t.Helper()
	ctx := context.Background()
	for _, who := range []string{"wu", "he"} {
		if err := w.Matters.Dispatch(ctx, w.As("zhao"), m.ID, matters.Dispatching{Lead: w.As(who).Unit}); err != nil {
			w.t.Fatal(err)
		}
		if err := w.Matters.SendBack(ctx, w.As(who), m.ID, "不归我们管，请另派。"); err != nil {
			w.t.Fatal(err)
		}
	}
	return w.whole(m.Number).Matter
}

// on takes a matter on from one state to another, by the people whose turn it is.
func (w *town) on(d matters.ID, from, to matters.State) {
	w.t.Helper()
	ctx, zhao, wu, zheng := context.Background(), w.As("zhao"), w.As("wu"), w.As("zheng")
	steps := []struct {
		to matters.State
		do func() error
	}{
		{matters.Accepted, func() error { return w.Matters.Accept(ctx, zhao, d) }},
		{matters.Classified, func() error {
			return w.Matters.Classify(ctx, zhao, d, matters.Classifying{Category: w.Matters.Catalogue().Suggest("水管 漏水", 1)[0].Code})
		}},
		{matters.Dispatched, func() error {
			return w.Matters.Dispatch(ctx, zhao, d, matters.Dispatching{Lead: wu.Unit, Assist: []id.ID{w.As("he").Unit}})
		}},
		{matters.Handling, func() error { return w.Matters.Take(ctx, wu, d, "") }},
		{matters.Handled, func() error { return w.Matters.Handle(ctx, wu, d, "换了水管，已经不漏。") }},
		{matters.Verified, func() error { return w.Matters.Verify(ctx, zheng, d, true, "") }},
		{matters.Closed, func() error { return w.Matters.Close(ctx, zhao, d, "") }},
	}
	for begun := from == matters.Received; from != to && len(steps) > 0; steps = steps[1:] {
		if begun {
			if err := steps[0].do(); err != nil {
				w.t.Fatal(steps[0].to, err)
			}
			from = steps[0].to
		}
		begun = begun || steps[0].to == from
	}
}

// whole is all there is to know of a matter.
func (w *town) whole(number string) matters.Whole {
	w.t.Helper()
	x, err := w.Matters.Get(context.Background(), w.As("audit"), number)
	if err != nil {
		w.t.Fatal(err)
	}
	return x
}
