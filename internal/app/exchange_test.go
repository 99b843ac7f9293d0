// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A pair is a town with a connection to another system.
type pair struct {
	*apptest.Town
	t    *testing.T
	unit id.ID
	conn exchange.Connection
}

func (p *pair) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// connect makes a unit that is another system at the address.
func connect(t *testing.T, w *apptest.Town, endpoint, key string, pull bool, services map[string]string) *pair {
	t.Helper()
	p := &pair{Town: w, t: t}
	w.Config.Open311.Inside = "127.0.0.0/8" // the other system of a test is this machine
	ctx, admin := t.Context(), w.As("admin")
	p.must(w.DB.Write(ctx, func(tx *sqldb.Tx) (err error) {
		p.unit, err = w.Orgs.AddUnitIn(tx, admin, orgs.NewUnit{Kind: orgs.Outside, Name: i18n.Text{ZH: "邻市", EN: "The next town"}, Path: w.Place()})
		return err
	}))
	var err error
	p.conn, err = w.Exchange.Connect(ctx, admin, exchange.Connecting{Name: "邻市", Endpoint: endpoint, Key: key, Unit: p.unit, Push: true, Pull: pull, Tell: pull, Services: services, Active: true})
	p.must(err)
	return p
}

// dispatched raises a matter and dispatches it to the other system.
func (p *pair) dispatched(in matters.Raising) string {
	p.t.Helper()
	ctx, zhao := p.t.Context(), p.As("zhao")
	in.Place = p.Place("文君街道", "宝塔社区")[scope.Village]
	s, err := p.Matters.Raise(ctx, scope.Actor{Kind: scope.Anonymous}, in)
	p.must(err)
	p.must(p.Matters.Accept(ctx, zhao, s.ID))
	p.must(p.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: "road"}))
	p.must(p.Matters.Dispatch(ctx, zhao, s.ID, matters.Dispatching{Lead: p.unit}))
	return s.Number
}

// push does the jobs that wait, as often as the clock lets them be tried again.
func (p *pair) push(tries int) error {
	p.t.Helper()
	_, ts, err := p.Exchange.Connection(p.t.Context(), p.As("admin"), p.conn.ID, 100)
	p.must(err)
	for _, t := range ts {
		if t.State != exchange.Waiting {
			continue
		}
		if e := p.Exchange.Push(p.t.Context(), &jobs.Job{Tries: tries, MaxTries: 16}, exchange.Pushing{Transfer: t.ID}); e != nil {
			err = e
		}
	}
	return err
}

func (p *pair) transfer(number string) exchange.Transfer {
	p.t.Helper()
	_, ts, err := p.Exchange.Connection(p.t.Context(), p.As("admin"), p.conn.ID, 100)
	p.must(err)
	i := slices.IndexFunc(ts, func(t exchange.Transfer) bool { return t.Number == number })
	if i < 0 {
		p.t.Fatalf("%s is on no way", number)
	}
	return ts[i]
}

func (p *pair) story(number string) string {
	p.t.Helper()
	w, err := p.Matters.Get(p.t.Context(), scope.Actor{Kind: scope.Anonymous}, number)
	p.must(err)
	var b strings.Builder
	for _, s := range w.Steps {
		b.WriteString(string(s.Act) + " " + s.Words + "\n")
	}
	return b.String()
}

func (p *pair) state(number string) matters.State {
	p.t.Helper()
	w, err := p.Matters.Get(p.t.Context(), p.As("audit"), number)
	p.must(err)
	return w.Matter.State
}

// A fake is another system, which answers as the test wants.
type fake struct {
	mu      sync.Mutex
	sent    []url.Values
	told    []url.Values
	deaf    bool                                    // it takes no updates
	answer  func(w http.ResponseWriter, n int) bool // false: as usual
	status  map[string]string                       // by ID: status and notes
	updates string
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	say := func(format string, args ...any) {
		fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?>`+format, args...)
	}
	switch {
	case r.Method == "POST" && r.URL.Path == "/v2/servicerequestupdates.xml":
		_ = r.ParseForm()
		f.told = append(f.told, r.PostForm)
		if f.deaf {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		say(`<service_request_updates><request_update><update_id>%d</update_id></request_update></service_request_updates>`, len(f.told))
	case r.Method == "POST" && r.URL.Path == "/v2/requests.xml":
		_ = r.ParseForm()
		f.sent = append(f.sent, r.PostForm)
		if f.answer != nil && f.answer(w, len(f.sent)) {
			return
		}
		say(`<service_requests><request><service_request_id>%d</service_request_id><service_notice/><account_id/></request></service_requests>`, len(f.sent))
	case r.URL.Path == "/v2/requests.xml":
		say(`<service_requests>`)
		for i, v := range f.sent {
			name := fmt.Sprint(i + 1)
			st, notes, _ := strings.Cut(f.status[name], " ")
			if st == "" {
				st = "open"
			}
			fmt.Fprintf(w, `<request><service_request_id>%s</service_request_id><status>%s</status><status_notes>%s</status_notes><service_name>Roads</service_name><service_code>%s</service_code><description>%s</description><requested_datetime>2026-03-02T09:30:00+08:00</requested_datetime><updated_datetime>2026-03-02T10:00:00+08:00</updated_datetime></request>`, name, st, notes, v.Get("service_code"), v.Get("description"))
		}
		fmt.Fprint(w, `</service_requests>`)
	case r.URL.Path == "/v2/servicerequestupdates.xml" && f.updates != "":
		say(`<service_request_updates>%s</service_request_updates>`, f.updates)
	default:
		w.WriteHeader(http.StatusNotFound)
		say(`<errors><error><code>404</code><description>nothing</description></error></errors>`)
	}
}

func withFake(t *testing.T, f func(p *pair, other *fake)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		other := &fake{status: map[string]string{}}
		srv := httptest.NewServer(other)
		t.Cleanup(srv.Close)
		f(connect(t, w, srv.URL+"/v2", "their-key", false, map[string]string{"road": "001"}), other)
	})
}

// What is dispatched to the unit goes there once, without the reporter; what is done
// there is the unit's result here.
func TestExchangePushes(t *testing.T) {
	t.Parallel()
	withFake(t, func(p *pair, other *fake) {
		number := p.dispatched(matters.Raising{Body: "桥头的路面有个大坑，晚上看不见。", Public: true, Contact: people.ContactInput{Name: "王小明", Phone: "13912345678"}, At: &matters.Point{Lon: 103.4612345, Lat: 30.4112345}})
		p.must(p.push(1))
		p.must(p.push(1))
		if len(other.sent) != 1 {
			p.t.Fatalf("sent %d times", len(other.sent))
		}
		v := other.sent[0]
		if v.Get("api_key") != "their-key" || v.Get("service_code") != "001" || !strings.Contains(v.Get("description"), "大坑") || !strings.Contains(v.Get("description"), "["+number+"]") || !strings.Contains(v.Get("address_string"), "宝塔社区") {
			p.t.Errorf("sent %v", v)
		}
		for _, private := range []string{"王小明", "13912345678", "103.4612", "30.4112"} {
			if strings.Contains(v.Encode(), url.QueryEscape(private)) {
				p.t.Errorf("%s left the town", private)
			}
		}
		if tr := p.transfer(number); tr.State != exchange.Sent || tr.Remote != "1" {
			p.t.Errorf("transfer %+v", tr)
		}
		if s := p.story(number); !strings.Contains(s, "已转邻市办理，对方编号 1。") {
			p.t.Errorf("story: %s", s)
		}
		other.updates = `<request_update><update_id>7</update_id><service_request_id>1</service_request_id><status>open</status><updated_datetime>2026-03-02T10:00:00+08:00</updated_datetime><description>Sand is on its way.</description></request_update>
			<request_update><update_id>8</update_id><service_request_id>99</service_request_id><status>closed</status><updated_datetime>2026-03-02T10:00:00+08:00</updated_datetime><description>Somebody else's.</description></request_update>`
		for range 2 {
			p.Clock.Add(5 * time.Minute)
			p.must(p.Exchange.Exchange(p.t.Context()))
		}
		if s := p.story(number); strings.Count(s, "邻市：Sand is on its way.") != 1 || strings.Contains(s, "Somebody") {
			p.t.Errorf("story: %s", s)
		}
		other.status["1"] = "closed Filled and level."
		p.must(p.Exchange.Exchange(p.t.Context()))
		if s := p.story(number); p.state(number) != matters.Handled || !strings.Contains(s, "handle 邻市：Filled and level.") {
			p.t.Errorf("%s, story: %s", p.state(number), s)
		}
		if tr := p.transfer(number); tr.State != exchange.Ended {
			p.t.Errorf("transfer %+v", tr)
		}
	})
}

// An answer that got lost is no reason to send again; a refusal is for good, and
// everything else is tried again.
func TestExchangeTriesAgain(t *testing.T) {
	t.Parallel()
	withFake(t, func(p *pair, other *fake) {
		other.answer = func(w http.ResponseWriter, n int) bool {
			switch n {
			case 1: // taken, and the answer lost
				panic(http.ErrAbortHandler)
			case 2:
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `<errors><error><code>400</code><description>no such road</description></error></errors>`)
				return true
			}
			return false
		}
		first := p.dispatched(matters.Raising{Body: "桥头的路面有个大坑。", Public: true})
		if err := p.push(1); err == nil {
			p.t.Error("a lost answer is no error")
		}
		if tr := p.transfer(first); tr.State != exchange.Waiting || tr.Fault == "" || tr.TriedAt.IsZero() {
			p.t.Errorf("after the lost answer: %+v", tr)
		}
		p.must(p.push(2))
		if tr := p.transfer(first); tr.State != exchange.Sent || tr.Remote != "1" || len(other.sent) != 1 {
			p.t.Errorf("found there: %+v, sent %d times", tr, len(other.sent))
		}
		second := p.dispatched(matters.Raising{Body: "桥尾的路面也有个大坑。", Public: true})
		p.must(p.push(1))
		tr := p.transfer(second)
		if tr.State != exchange.Refused || !strings.Contains(tr.Fault, "no such road") {
			p.t.Errorf("refused: %+v", tr)
		}
		if err := p.Exchange.TryAgain(p.t.Context(), p.As("zhao"), tr.ID); errs.KindOf(err) != errs.Denied {
			p.t.Errorf("again by a dispatcher: %v", err)
		}
		// the fake lists what it refused too: take it out, as a system would
		other.sent = other.sent[:1]
		p.must(p.Exchange.TryAgain(p.t.Context(), p.As("admin"), tr.ID))
		other.answer = nil
		p.must(p.push(1))
		if tr := p.transfer(second); tr.State != exchange.Sent {
			p.t.Errorf("again: %+v", tr)
		}
		other.answer = func(w http.ResponseWriter, _ int) bool { w.WriteHeader(http.StatusBadGateway); return true }
		third := p.dispatched(matters.Raising{Body: "桥下的路面还有个大坑。", Public: true})
		if err := p.push(3); err == nil {
			p.t.Error("a server that fails is no error")
		}
		other.sent = other.sent[:2] // it did not take it
		p.must(p.push(16))          // the last try
		if tr := p.transfer(third); tr.State != exchange.Refused {
			p.t.Errorf("given up: %+v", tr)
		}
	})
}

// What came in from there is told there how it goes on, once, and nothing that is
// not for everybody to read.
func TestExchangeTells(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		other := &fake{status: map[string]string{}, sent: []url.Values{{"service_code": {"001"}, "description": {"两市交界的路灯不亮。"}}}}
		srv := httptest.NewServer(other)
		t.Cleanup(srv.Close)
		p := connect(t, w, srv.URL+"/v2", "their-key", true, map[string]string{exchange.AnyOther: "001"})
		p.Clock.Add(time.Hour)
		p.must(p.Exchange.Exchange(t.Context()))
		all, err := p.Matters.List(t.Context(), p.As("audit"), matters.Filter{})
		p.must(err)
		if len(all.Cards) != 1 {
			t.Fatalf("%d matters came in", len(all.Cards))
		}
		ctx, zhao, d := t.Context(), scope.Program("test"), all.Cards[0].ID
		p.must(p.Matters.Accept(ctx, zhao, d))
		p.must(p.Matters.AddNote(ctx, zhao, d, "问问邻市的人。"))
		tells := func() {
			t.Helper()
			w, err := p.Matters.Get(ctx, p.As("audit"), all.Cards[0].Number)
			p.must(err)
			for _, s := range w.Steps {
				err := p.Exchange.Tell(ctx, &jobs.Job{}, exchange.Telling{Connection: p.conn.ID, Remote: "1", Number: w.Matter.Number, Line: s.ID})
				if (err != nil) != (other.deaf && s.Public) {
					t.Errorf("%s: %v", s.Act, err)
				}
			}
		}
		if n := p.waiting("exchange.tell"); n != 1 {
			t.Errorf("%d lines wait to be told", n)
		}
		tells()
		if len(other.told) != 1 || other.told[0].Get("service_request_id") != "1" || other.told[0].Get("status") != "open" || other.told[0].Get("api_key") != "their-key" || strings.Contains(other.told[0].Encode(), url.QueryEscape("邻市的人")) {
			t.Errorf("told %v", other.told)
		}
		other.deaf = true
		tells()
	})
}

// waiting counts the jobs of a kind that wait.
func (p *pair) waiting(kind string) (n int) {
	p.t.Helper()
	p.must(p.DB.Read(p.t.Context(), func(tx *sqldb.Tx) error {
		list, err := jobs.List(tx, jobs.Waiting, 0, 100)
		for _, j := range list {
			if j.Kind == kind {
				n++
			}
		}
		return err
	}))
	return n
}

// What is not for everybody to read does not leave the town.
func TestExchangeWithholds(t *testing.T) {
	t.Parallel()
	withFake(t, func(p *pair, other *fake) {
		number := p.dispatched(matters.Raising{Body: "隔壁半夜吵架，不想让人晓得。"})
		p.must(p.push(1))
		if tr := p.transfer(number); tr.State != exchange.Withheld || tr.Fault != "transfer.private" || len(other.sent) != 0 {
			p.t.Errorf("a private one: %+v, %d sent", tr, len(other.sent))
		}
	})
}

// An address inside the town's network is asked only if the operator allows it, and
// its owner cannot lead the town elsewhere.
func TestExchangeIsNotLedInside(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		asked := 0
		srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
		t.Cleanup(srv.Close)
		p := connect(t, w, srv.URL, "", false, map[string]string{exchange.AnyOther: "001"})
		w.Config.Open311.Inside = ""
		number := p.dispatched(matters.Raising{Body: "桥头的路面有个大坑。", Public: true})
		if err := p.push(1); err == nil || asked != 0 || p.transfer(number).State != exchange.Waiting {
			t.Errorf("pushed: %v, asked %d times", err, asked)
		}
		if _, err := w.Exchange.Offered(t.Context(), w.As("admin"), p.conn.ID); errs.KindOf(err) != errs.Busy || asked != 0 {
			t.Errorf("services: %v", err)
		}
		w.Config.Open311.Inside = "127.0.0.0/8"
		away := httptest.NewServer(http.RedirectHandler(srv.URL, http.StatusTemporaryRedirect))
		t.Cleanup(away.Close)
		p.must(w.Exchange.Edit(t.Context(), w.As("admin"), p.conn.ID, exchange.Connecting{Name: "邻市", Endpoint: away.URL, Unit: p.unit, Push: true, Services: p.conn.Services, Active: true, Version: 1}))
		if _, err := w.Exchange.Offered(t.Context(), w.As("admin"), p.conn.ID); err == nil || asked != 0 {
			t.Errorf("led on: %v, asked %d times", err, asked)
		}
	})
}

// Two towns: what one dispatches to the other is done there and comes back; what
// people ask for there comes in here once.
func TestTwoTowns(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, here *apptest.Town) {
		there := apptest.New(t)
		base := there.ServeHere()
		key, _, err := there.Access.AddKey(t.Context(), there.As("admin"), access.NewKey{Name: "邛崃市", Scopes: []access.KeyScope{access.RequestsWrite}})
		if err != nil {
			t.Fatal(err)
		}
		p := connect(t, here, base+"/open311/v2", key, true, map[string]string{"road": "road", exchange.AnyOther: "other"})
		list, err := here.Exchange.Offered(t.Context(), here.As("admin"), p.conn.ID)
		if err != nil || !slices.ContainsFunc(list, func(s georeport.Service) bool { return s.Code == "road" }) {
			t.Fatalf("services %v, %v", list, err)
		}
		number := p.dispatched(matters.Raising{Body: "桥头的路面有个大坑，晚上看不见。", Public: true, Category: "road", Answers: map[string]string{"what": "hole"}})
		p.must(p.push(1))
		tr := p.transfer(number)
		if tr.State != exchange.Sent {
			t.Fatalf("transfer %+v", tr)
		}
		other := &pair{Town: there, t: t}
		ctx, zhao, wu := t.Context(), there.As("zhao"), there.As("wu")
		w, err := there.Matters.Get(ctx, there.As("audit"), tr.Remote)
		p.must(err)
		if m := w.Matter; m.Channel != matters.Open311 || m.RaisedFor != "邛崃市" || m.Category != "road" || m.Answers["what"] != "hole" || !strings.Contains(m.Body, number) || m.Contact != 0 {
			t.Errorf("there: %+v", m)
		}
		d := w.Matter.ID
		neighbour, err := there.Matters.Raise(ctx, scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "两市交界的路灯不亮。", Public: true, Place: there.Place("文君街道", "宝塔社区")[scope.Village]})
		p.must(err)
		private, err := there.Matters.Raise(ctx, scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "隔壁半夜吵架。", Place: there.Place("文君街道", "宝塔社区")[scope.Village]})
		p.must(err)
		advance := func() { here.Clock.Add(time.Hour); there.Clock.Add(time.Hour) }
		advance()
		p.must(there.Matters.Accept(ctx, zhao, d))
		p.must(there.Matters.Classify(ctx, zhao, d, matters.Classifying{Category: "road"}))
		p.must(there.Matters.Dispatch(ctx, zhao, d, matters.Dispatching{Lead: wu.Unit}))
		p.must(there.Matters.Take(ctx, wu, d, ""))
		advance()
		p.must(here.Exchange.Exchange(ctx))
		if s := p.story(number); !strings.Contains(s, "inform 邻市：") {
			t.Errorf("story: %s", s)
		}
		p.must(there.Matters.Handle(ctx, wu, d, "坑已补平，和路面一样高。"))
		p.must(there.Matters.Verify(ctx, there.As("zheng"), d, true, ""))
		p.must(there.Matters.Close(ctx, zhao, d, "已经办好，请放心走。"))
		advance()
		for range 2 {
			p.must(here.Exchange.Exchange(ctx))
		}
		if s := p.story(number); p.state(number) != matters.Handled || strings.Count(s, "坑已补平") != 1 {
			t.Errorf("%s, story: %s", p.state(number), s)
		}
		if other.state(tr.Remote) != matters.Closed {
			t.Errorf("there it is %s", other.state(tr.Remote))
		}
		all, err := here.Matters.List(ctx, here.As("audit"), matters.Filter{Most: 50})
		p.must(err)
		var in []string
		for _, c := range all.Cards {
			w, err := here.Matters.Get(ctx, here.As("audit"), c.Number)
			p.must(err)
			if w.Matter.Origin != "" {
				in = append(in, w.Matter.Body)
			}
		}
		if len(in) != 1 || !strings.Contains(in[0], "路灯不亮") || neighbour.Number == private.Number {
			t.Errorf("came in: %v", in)
		}
	})
}

// A connection is an administrator's to make, and what makes no sense is said beside
// its field.
func TestConnections(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin, unit := t.Context(), w.As("admin"), w.As("wu").Unit
		good := exchange.Connecting{Name: "邻市", Endpoint: "https://example.org/v2/", Unit: unit, Push: true, Services: map[string]string{"road": "1"}, Active: true}
		for field, spoil := range map[string]func(*exchange.Connecting){
			"name": func(c *exchange.Connecting) { c.Name = " " }, "endpoint": func(c *exchange.Connecting) { c.Endpoint = "file:///etc/passwd" }, "unit": func(c *exchange.Connecting) { c.Unit = 1 },
			"ways": func(c *exchange.Connecting) { c.Push = false }, "tell": func(c *exchange.Connecting) { c.Tell = true }, "services": func(c *exchange.Connecting) { c.Services = map[string]string{"nonsense": "1"} },
		} {
			in := good
			spoil(&in)
			_, err := w.Exchange.Connect(ctx, admin, in)
			if es := errs.Public(err); len(es) != 1 || es[0].Field != field || !i18n.Has(es[0].Key) {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.Exchange.Connect(ctx, w.As("zhao"), good); errs.KindOf(err) != errs.Denied {
			t.Errorf("by a dispatcher: %v", err)
		}
		if _, err := w.Exchange.ListConnections(ctx, w.As("zhao")); errs.KindOf(err) != errs.Denied {
			t.Errorf("list by a dispatcher: %v", err)
		}
		c, err := w.Exchange.Connect(ctx, admin, good)
		if err != nil || c.Endpoint != "https://example.org/v2" {
			t.Fatalf("%+v, %v", c, err)
		}
		good.Version = 7
		if err := w.Exchange.Edit(ctx, admin, c.ID, good); errs.KindOf(err) != errs.Conflict {
			t.Errorf("an old version: %v", err)
		}
	})
}
