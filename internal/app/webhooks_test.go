// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/hook"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A listener is another program: it keeps what arrives, and answers as the test wants.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	got    []message
	answer func(w http.ResponseWriter, r *http.Request, m message)
}

// A message is what arrived.
type message struct {
	ID, Type string
	Header   http.Header
	Body     string
	Data     struct {
		Number, From, To string
		Gone             bool
		Line             *struct{ Act, Words, By string }
		Matter           *struct {
			Number, State, Title, Body, View string
			Public                           bool
		}
	}
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		m := message{ID: r.Header.Get("webhook-id"), Header: r.Header, Body: string(b)}
		if err := json.Unmarshal(b, &m); err != nil {
			t.Errorf("%s: %v", b, err)
		}
		l.mu.Lock()
		l.got = append(l.got, m)
		answer := l.answer
		l.mu.Unlock()
		if answer != nil {
			answer(w, r, m)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) set(f func(w http.ResponseWriter, r *http.Request, m message)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer = f
}

// said are the types of what arrived about a matter, in order.
func (l *listener) said(number string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var words []string
	for _, m := range l.got {
		if m.Data.Number == number {
			words = append(words, strings.TrimPrefix(m.Type, "matter."))
		}
	}
	return strings.Join(words, " ")
}

func (l *listener) messages() []message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.got)
}

// A hooked is a town whose deeds other programs hear of.
type hooked struct {
	*apptest.Town
	t *testing.T
}

func withHooks(t *testing.T, f func(w *hooked)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		town.Config.Open311.Inside = "127.0.0.0/8" // the other programs of a test are on this machine
		f(&hooked{town, t})
	})
}

func (w *hooked) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *hooked) admin() webhooks.Who { return webhooks.Who{Actor: w.As("admin")} }

func (w *hooked) hook(l *listener, in webhooks.Settling) (string, webhooks.Hook) {
	w.t.Helper()
	in.URL = l.URL + "/hook"
	if in.Name == "" {
		in.Name = "邻居的程序"
	}
	secret, h, err := w.Webhooks.Add(w.t.Context(), w.admin(), in)
	w.must(err)
	return secret, h
}

// work notes and sends what there is to be sent now.
func (w *hooked) work() {
	w.t.Helper()
	w.must(w.CatchUp(w.t.Context()))
	_, err := w.Jobs.RunDue(w.t.Context())
	w.must(err)
}

func (w *hooked) later(d time.Duration) {
	w.t.Helper()
	w.Clock.Add(d)
	w.work()
}

func (w *hooked) raised(in matters.Raising) matters.Slip {
	w.t.Helper()
	if in.Place == 0 {
		in.Place = w.Place("文君街道", "宝塔社区")[scope.Village]
	}
	if in.Body == "" {
		in.Body, in.Public = "桥头的路灯不亮。", true
	}
	s, err := w.Matters.Raise(w.t.Context(), scope.Actor{Kind: scope.Anonymous}, in)
	w.must(err)
	return s
}

func (w *hooked) fates(h webhooks.Hook) map[webhooks.Fate]int {
	w.t.Helper()
	_, counts, err := w.Webhooks.Get(w.t.Context(), w.admin(), h.ID)
	w.must(err)
	return counts
}

func (w *hooked) now(h webhooks.Hook) webhooks.Hook {
	w.t.Helper()
	h, _, err := w.Webhooks.Get(w.t.Context(), w.admin(), h.ID)
	w.must(err)
	return h
}

// Whatever happens to a matter that everybody may read is told once, in order, signed,
// without the name and telephone of the reporter and without what is internal.
func TestWebhooksTell(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx, zhao, wu := w.t.Context(), w.As("zhao"), w.As("wu")
		before := w.raised(matters.Raising{})
		w.Clock.Add(time.Second)
		l := listen(w.t)
		secret, h := w.hook(l, webhooks.Settling{})
		s := w.raised(matters.Raising{Body: "桥头的路面有个大坑。", Public: true, Contact: people.ContactInput{Name: "王小明", Phone: "13912345678"}, At: &matters.Point{Lon: 103.4612345, Lat: 30.4112345}})
		w.must(w.Matters.Accept(ctx, zhao, s.ID))
		w.must(w.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: "road", Words: "给派单的话。"}))
		w.must(w.Matters.AddNote(ctx, zhao, s.ID, "内部的话。"))
		w.must(w.Matters.Dispatch(ctx, zhao, s.ID, matters.Dispatching{Lead: wu.Unit}))
		w.must(w.Matters.Take(ctx, wu, s.ID, ""))
		w.must(w.Matters.Handle(ctx, wu, s.ID, "坑已经填平。"))
		w.work()
		w.work()
		if got := l.said(s.Number); got != "raise accept classify dispatch take handle" {
			w.t.Errorf("said: %s", got)
		}
		if l.said(before.Number) != "" {
			w.t.Error("it was told what was done before it asked")
		}
		seen := map[string]bool{}
		for _, m := range l.messages() {
			if err := hook.Verify(secret, m.Header, []byte(m.Body), w.DB.Now()); err != nil {
				w.t.Errorf("%s: %v", m.Type, err)
			}
			for _, private := range []string{"王", "13912345678", "5678", "103.461", "内部的话", "给派单的话"} {
				if strings.Contains(m.Body, private) {
					w.t.Errorf("%s holds %s", m.Type, private)
				}
			}
			if seen[m.ID] {
				w.t.Errorf("%s twice", m.Type)
			}
			seen[m.ID] = true
			if m.Data.Matter == nil || m.Data.Matter.View != "outside" || m.Data.Matter.Number != s.Number {
				w.t.Errorf("%s: %+v", m.Type, m.Data.Matter)
			}
		}
		last := l.messages()[5]
		if last.Data.Line == nil || last.Data.Line.Words != "坑已经填平。" || last.Data.From != "handling" || last.Data.To != "handled" {
			w.t.Errorf("%s", last.Body)
		}
		if f := w.fates(h); f[webhooks.Delivered] != 6 || len(f) != 1 {
			w.t.Errorf("%v", f)
		}
	})
}

// A hook hears of the acts, places and categories that it wants, and with the eyes of
// its key: a program that works on a private matter hears of it, nobody else does.
func TestWebhooksWant(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx, zhao := w.t.Context(), w.As("zhao")
		key := func(name string, in access.NewKey) id.ID {
			in.Name = name
			_, k, err := w.Access.AddKey(ctx, w.As("admin"), in)
			w.must(err)
			return k.ID
		}
		everybody, closings, roads, elsewhere, insider, blind := listen(w.t), listen(w.t), listen(w.t), listen(w.t), listen(w.t), listen(w.t)
		w.hook(everybody, webhooks.Settling{})
		w.hook(closings, webhooks.Settling{Events: []webhooks.Event{"matter.close", "matter.decline"}})
		w.hook(roads, webhooks.Settling{Categories: []string{"road"}})
		w.hook(elsewhere, webhooks.Settling{Place: w.Place("羊安街道")[scope.Town]})
		inside := key("调度的程序", access.NewKey{Scopes: []access.KeyScope{access.APIRead, access.Webhooks}, Account: zhao.Account})
		w.hook(insider, webhooks.Settling{Key: inside})
		w.hook(blind, webhooks.Settling{Key: key("只写的程序", access.NewKey{Scopes: []access.KeyScope{access.RequestsWrite, access.Webhooks}, Account: zhao.Account})})
		s, private := w.raised(matters.Raising{}), w.raised(matters.Raising{Body: "隔壁半夜吵架。"})
		for _, x := range []matters.Slip{s, private} {
			w.must(w.Matters.Accept(ctx, zhao, x.ID))
			w.must(w.Matters.AddNote(ctx, zhao, x.ID, "内部的话。"))
		}
		w.must(w.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: "road"}))
		w.must(w.Matters.Decline(ctx, zhao, private.ID, "这不归我们管，请找派出所。"))
		w.work()
		for _, c := range []struct {
			name          string
			l             *listener
			open, private string
		}{
			{"everybody", everybody, "raise accept classify", ""}, {"closings", closings, "", ""}, {"roads", roads, "raise accept classify", ""}, {"elsewhere", elsewhere, "", ""},
			{"insider", insider, "raise accept note classify", "raise accept note decline"}, {"blind", blind, "raise accept classify", ""},
		} {
			if open, closed := c.l.said(s.Number), c.l.said(private.Number); open != c.open || closed != c.private {
				w.t.Errorf("%s: %q and %q", c.name, open, closed)
			}
		}
		for _, m := range insider.messages() {
			if strings.Contains(m.Body, "139") || m.Data.Matter.View != "inside" {
				w.t.Errorf("%s", m.Body)
			}
		}
		w.must(w.Access.RevokeKey(ctx, w.As("admin"), inside))
		n := len(insider.messages())
		w.must(w.Matters.AddNote(ctx, zhao, s.ID, "又一句。"))
		w.work()
		if len(insider.messages()) != n {
			w.t.Error("a revoked key still hears")
		}
	})
}

// What is hidden before it is told is not told; who had heard of it is told that it is
// gone, and nothing else.
func TestWebhooksForget(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx, zhao := w.t.Context(), w.As("zhao")
		l := listen(w.t)
		_, h := w.hook(l, webhooks.Settling{})
		heard := w.raised(matters.Raising{})
		w.work()
		unheard := w.raised(matters.Raising{Body: "门牌三号的人又乱停车。", Public: true})
		w.must(w.CatchUp(ctx)) // noted, and not sent
		for _, s := range []matters.Slip{heard, unheard} {
			w.must(w.Matters.Moderate(ctx, zhao, s.ID, matters.Moderating{Part: "all", Reason: "写了别人的门牌号。"}))
			w.must(w.Matters.Accept(ctx, zhao, s.ID))
		}
		w.work()
		if got := l.said(unheard.Number); got != "" {
			w.t.Errorf("told of what is hidden: %s", got)
		}
		if got := l.said(heard.Number); got != "raise moderate" {
			w.t.Errorf("said: %s", got)
		}
		last := l.messages()[len(l.messages())-1]
		if !last.Data.Gone || last.Data.Matter != nil || last.Data.Line != nil || strings.Contains(last.Body, "路灯") || strings.Contains(last.Body, "门牌") {
			w.t.Errorf("%s", last.Body)
		}
		if f := w.fates(h); f[webhooks.Withheld] != 1 || f[webhooks.Delivered] != 2 {
			w.t.Errorf("%v", f)
		}
	})
}

// What does not arrive is tried again after longer and longer pauses; what follows
// about the same matter waits for it, other matters do not.
func TestWebhooksRetryInOrder(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx, zhao := w.t.Context(), w.As("zhao")
		l := listen(w.t)
		a, b := w.raised(matters.Raising{}), w.raised(matters.Raising{})
		w.Clock.Add(time.Second)
		_, h := w.hook(l, webhooks.Settling{})
		l.set(func(rw http.ResponseWriter, _ *http.Request, m message) {
			if m.Data.Number == a.Number {
				http.Error(rw, "no room: "+strings.Repeat("x", 1<<20), http.StatusInternalServerError)
			}
		})
		for _, s := range []matters.Slip{a, b} {
			w.must(w.Matters.Accept(ctx, zhao, s.ID))
			w.must(w.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: "road"}))
		}
		w.work()
		if l.said(a.Number) != "accept" || l.said(b.Number) != "accept classify" {
			w.t.Errorf("%s; %s", l.said(a.Number), l.said(b.Number))
		}
		ds, err := w.Webhooks.Deliveries(ctx, w.admin(), h.ID, webhooks.Waiting, 0, 10)
		w.must(err)
		first := ds[len(ds)-1]
		if d, answer, err := w.Webhooks.Delivery(ctx, w.admin(), h.ID, first.ID); err != nil || d.Status != 500 || !strings.HasPrefix(answer, "no room: x") || len(answer) > 600 || d.Fault != "webhook.fault.refused" {
			w.t.Errorf("%+v %d %v", d, len(answer), err)
		}
		w.later(time.Second)
		if l.said(a.Number) != "accept" {
			w.t.Error("tried without a pause")
		}
		w.later(10 * time.Second)
		if l.said(a.Number) != "accept accept" {
			w.t.Error("not tried again")
		}
		l.set(nil)
		w.later(time.Minute)
		if l.said(a.Number) != "accept accept accept classify" {
			w.t.Errorf("%s", l.said(a.Number))
		}
		ms := l.messages()
		if x, y := ms[slices.IndexFunc(ms, func(m message) bool { return m.Data.Number == a.Number })], ms[len(ms)-2]; x.ID != y.ID || x.Header.Get("webhook-timestamp") == y.Header.Get("webhook-timestamp") {
			w.t.Errorf("%s and %s", x.ID, y.ID)
		}
		if f := w.fates(h); f[webhooks.Delivered] != 4 || len(f) != 1 {
			w.t.Errorf("%v", f)
		}
		if h = w.now(h); h.Streak != 0 || !h.FailingAt.IsZero() {
			w.t.Errorf("%+v", h)
		}
	})
}
