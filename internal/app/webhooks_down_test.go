// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/hook"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// An address that is down is let rest and asked now and then; when it is back all that
// waits arrives, in order. If it stays away it is switched off, its owner is told, and
// what waits arrives when it is started again.
func TestWebhooksRestAndDisable(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx, zhao := w.t.Context(), w.As("zhao")
		l := listen(w.t)
		_, h := w.hook(l, webhooks.Settling{Events: []webhooks.Event{"matter.raise", "matter.accept"}})
		l.set(func(rw http.ResponseWriter, _ *http.Request, _ message) { rw.WriteHeader(http.StatusBadGateway) })
		var slips []matters.Slip
		for range 30 {
			slips = append(slips, w.raised(matters.Raising{}))
		}
		w.work()
		asked := len(l.messages())
		if asked > 10 {
			w.t.Errorf("asked %d times at once", asked)
		}
		for range 60 {
			w.later(time.Minute)
		}
		if n := len(l.messages()) - asked; n < 1 || n > 12 {
			w.t.Errorf("asked %d times in an hour", n)
		}
		for _, s := range slips {
			w.must(w.Matters.Accept(ctx, zhao, s.ID))
		}
		l.set(nil)
		w.later(2 * time.Hour)
		for _, s := range slips {
			if got := strings.Fields(l.said(s.Number)); len(got) < 2 || got[len(got)-1] != "accept" || got[len(got)-2] != "raise" {
				w.t.Fatalf("%s: %v", s.Number, got)
			}
		}
		if f := w.fates(h); f[webhooks.Delivered] != 60 {
			w.t.Errorf("%v", f)
		}

		l.set(func(rw http.ResponseWriter, _ *http.Request, _ message) { rw.WriteHeader(http.StatusBadGateway) })
		late := w.raised(matters.Raising{})
		w.work()
		for range 30 {
			w.later(6 * time.Hour)
		}
		if h = w.now(h); h.State != webhooks.Disabled || h.Why != "webhook.why.failing" {
			w.t.Fatalf("%+v", h)
		}
		n := len(l.messages())
		l.set(nil)
		w.later(24 * time.Hour)
		if len(l.messages()) != n {
			w.t.Error("it is still asked")
		}
		w.must(w.Webhooks.Resume(ctx, w.admin(), h.ID))
		w.later(time.Minute)
		if h = w.now(h); h.State != webhooks.Active || h.FailingAt != (time.Time{}) {
			w.t.Errorf("%+v", h)
		}
		w.raised(matters.Raising{})
		w.work()
		if l.messages()[len(l.messages())-1].Type != "matter.raise" || !strings.HasPrefix(l.said(late.Number), "raise") {
			w.t.Error("nothing arrives any more")
		}
		rep, err := trail.Verify(ctx, w.DB, trail.Options{PublicKey: w.Sealer.PublicKey(), Records: w.Records(), Now: w.DB.Now()})
		w.must(err)
		if rep.FirstFault != nil {
			w.t.Errorf("%+v", rep.FirstFault)
		}
	})
}

// A receiver that is gone, leads elsewhere, or lies inside is not pursued; how long it
// wants to be left alone is heeded.
func TestWebhooksManners(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx := w.t.Context()
		gone, led, later := listen(w.t), listen(w.t), listen(w.t)
		_, hGone := w.hook(gone, webhooks.Settling{})
		_, hLed := w.hook(led, webhooks.Settling{})
		_, hLater := w.hook(later, webhooks.Settling{})
		_, hInside, err := w.Webhooks.Add(ctx, w.admin(), webhooks.Settling{Name: "里面", URL: "https://10.1.2.3/"})
		w.must(err)
		inside := 0
		private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside++ }))
		defer private.Close()
		gone.set(func(rw http.ResponseWriter, _ *http.Request, _ message) { rw.WriteHeader(http.StatusGone) })
		led.set(func(rw http.ResponseWriter, r *http.Request, _ message) {
			http.Redirect(rw, r, private.URL, http.StatusPermanentRedirect)
		})
		later.set(func(rw http.ResponseWriter, _ *http.Request, _ message) {
			rw.Header().Set("Retry-After", "3600")
			rw.WriteHeader(http.StatusTooManyRequests)
		})
		w.raised(matters.Raising{})
		w.work()
		w.later(30 * time.Minute)
		w.raised(matters.Raising{})
		w.work()
		if h := w.now(hGone); h.State != webhooks.Disabled || h.Why != "webhook.why.gone" || len(gone.messages()) != 1 {
			w.t.Errorf("%+v, asked %d times", h, len(gone.messages()))
		}
		if inside != 0 || len(led.messages()) < 2 {
			w.t.Errorf("led on %d times", inside)
		}
		if len(later.messages()) != 1 {
			w.t.Errorf("asked %d times before the hour was over", len(later.messages()))
		}
		w.later(time.Hour)
		if len(later.messages()) < 2 {
			w.t.Error("not asked after the hour")
		}
		for h, fault := range map[id.ID]string{hLed.ID: "webhook.fault.elsewhere", hInside.ID: "webhook.fault.inside", hLater.ID: "webhook.fault.refused"} {
			ds, err := w.Webhooks.Deliveries(ctx, w.admin(), h, webhooks.Waiting, 0, 10)
			w.must(err)
			if len(ds) != 2 || ds[1].Fault != fault {
				w.t.Errorf("%+v", ds)
			}
		}
	})
}

// While a secret is changed, the old one and the new one are good; then the new one
// alone.
func TestWebhooksRotate(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx := w.t.Context()
		l := listen(w.t)
		old, h := w.hook(l, webhooks.Settling{})
		fresh, err := w.Webhooks.Rotate(ctx, w.admin(), h.ID)
		w.must(err)
		good := func(secret string) bool {
			w.t.Helper()
			w.raised(matters.Raising{})
			w.work()
			m := l.messages()[len(l.messages())-1]
			return hook.Verify(secret, m.Header, []byte(m.Body), w.DB.Now()) == nil
		}
		if old == fresh || !good(old) || !good(fresh) || good("whsec_"+strings.Repeat("A", 44)) {
			w.t.Error("in the first day")
		}
		w.later(25 * time.Hour)
		if good(old) || !good(fresh) {
			w.t.Error("after a day")
		}
	})
}

// A test is sent at once and once, whatever the state of the hook, and says what came
// of it; what was given up or taken is sent again on demand, under the same name.
func TestWebhooksTestAndAgain(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx := w.t.Context()
		l := listen(w.t)
		secret, h := w.hook(l, webhooks.Settling{})
		w.must(w.Webhooks.Pause(ctx, w.admin(), h.ID))
		d, err := w.Webhooks.Test(ctx, w.admin(), h.ID)
		w.must(err)
		if m := l.messages()[0]; d.Fate != webhooks.Delivered || m.Type != "webhook.test" || m.ID != d.ID.String() || hook.Verify(secret, m.Header, []byte(m.Body), w.DB.Now()) != nil {
			w.t.Errorf("%+v", d)
		}
		l.set(func(rw http.ResponseWriter, _ *http.Request, _ message) {
			http.Error(rw, "路不通", http.StatusTeapot)
		})
		d, err = w.Webhooks.Test(ctx, w.admin(), h.ID)
		w.must(err)
		if d.Fate != webhooks.Failed || d.Status != 418 {
			w.t.Errorf("%+v", d)
		}
		if err := w.Webhooks.Again(ctx, w.admin(), h.ID, d.ID); errs.KindOf(err) != errs.Conflict {
			w.t.Errorf("a test again: %v", err)
		}
		w.raised(matters.Raising{}) // while it is paused
		w.work()
		l.set(nil)
		w.must(w.Webhooks.Resume(ctx, w.admin(), h.ID))
		w.work()
		if n := len(l.messages()); n != 2 {
			w.t.Errorf("%d messages", n)
		}
		s := w.raised(matters.Raising{})
		w.work()
		ds, err := w.Webhooks.Deliveries(ctx, w.admin(), h.ID, webhooks.Delivered, 0, 1)
		w.must(err)
		w.must(w.Webhooks.Again(ctx, w.admin(), h.ID, ds[0].ID))
		w.work()
		ms := l.messages()
		if l.said(s.Number) != "raise raise" || ms[len(ms)-1].ID != ms[len(ms)-2].ID {
			w.t.Errorf("%s", l.said(s.Number))
		}
		w.later(31 * 24 * time.Hour)
		if f := w.fates(h); len(f) != 0 {
			w.t.Errorf("after a month: %v", f)
		}
		w.must(w.Webhooks.Remove(ctx, w.admin(), h.ID))
		w.raised(matters.Raising{})
		w.work()
		if len(l.messages()) != len(ms) {
			w.t.Error("one that was removed still hears")
		}
	})
}

// The program is stopped while messages are under way and while acts are not yet
// noted: when it is started again everything arrives, in order.
func TestWebhooksStopped(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx, zhao := w.t.Context(), w.As("zhao")
		l := listen(w.t)
		w.hook(l, webhooks.Settling{})
		arrived, hold := make(chan struct{}, 100), make(chan struct{})
		l.set(func(_ http.ResponseWriter, r *http.Request, _ message) {
			arrived <- struct{}{}
			select {
			case <-hold:
			case <-r.Context().Done():
			}
		})
		var slips []matters.Slip
		for range 6 {
			s := w.raised(matters.Raising{})
			w.must(w.Matters.Accept(ctx, zhao, s.ID))
			slips = append(slips, s)
		}
		w.must(w.CatchUp(ctx))
		w.Start(ctx)
		for range 4 { // these have been received, and their answers never come
			<-arrived
		}
		for _, s := range slips {
			w.must(w.Matters.Classify(ctx, zhao, s.ID, matters.Classifying{Category: "road"}))
		}
		w.Config.Limits.Stop = time.Millisecond
		w.Stop()
		l.set(nil)
		close(hold)
		again := w.Reopened()
		again.Config.Open311.Inside = "127.0.0.0/8"
		again.Clock.Add(2 * time.Minute)
		(&hooked{again, w.t}).work()
		for _, s := range slips {
			got := strings.Join(slices.Compact(strings.Fields(l.said(s.Number))), " ")
			if got != "raise accept classify" {
				w.t.Errorf("%s: %s", s.Number, got)
			}
		}
	})
}

// What makes no sense is refused beside its field; another key's hooks are not there.
func TestWebhooksRefuse(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx := w.t.Context()
		for name, c := range map[string]struct {
			in    webhooks.Settling
			field string
		}{
			"no name":      {webhooks.Settling{URL: "https://example.org/"}, "name"},
			"plain":        {webhooks.Settling{Name: "x", URL: "http://example.org/"}, "url"},
			"no address":   {webhooks.Settling{Name: "x", URL: "example"}, "url"},
			"password":     {webhooks.Settling{Name: "x", URL: "https://me:pw@example.org/"}, "url"},
			"event":        {webhooks.Settling{Name: "x", URL: "https://example.org/", Events: []webhooks.Event{"matter.explode"}}, "events"},
			"category":     {webhooks.Settling{Name: "x", URL: "https://example.org/", Categories: []string{"none"}}, "categories"},
			"place":        {webhooks.Settling{Name: "x", URL: "https://example.org/", Place: 7}, "place"},
			"key":          {webhooks.Settling{Name: "x", URL: "https://example.org/", Key: 7}, "key"},
			"language":     {webhooks.Settling{Name: "x", URL: "https://example.org/", Lang: "fr"}, "lang"},
			"long address": {webhooks.Settling{Name: "x", URL: "https://example.org/" + strings.Repeat("x", 500)}, "url"},
		} {
			_, _, err := w.Webhooks.Add(ctx, w.admin(), c.in)
			es := errs.Public(err)
			if errs.KindOf(err) != errs.Invalid || len(es) != 1 || es[0].Field != c.field {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		ok := webhooks.Settling{Name: "x", URL: "https://example.org/"}
		if _, _, err := w.Webhooks.Add(ctx, webhooks.Who{Actor: w.As("zhao")}, ok); errs.KindOf(err) != errs.Denied {
			w.t.Errorf("a dispatcher: %v", err)
		}
		_, k, err := w.Access.AddKey(ctx, w.As("admin"), access.NewKey{Name: "一", Scopes: []access.KeyScope{access.Webhooks}, Path: w.Place("文君街道")})
		w.must(err)
		mine := webhooks.Who{Actor: scope.Actor{Kind: scope.Machine, Name: k.Name}, Key: k.ID}
		out := ok
		out.Place = w.Place("羊安街道")[scope.Town]
		if _, _, err := w.Webhooks.Add(ctx, mine, out); errs.KindOf(err) != errs.Invalid {
			w.t.Errorf("beyond the place of the key: %v", err)
		}
		_, h, err := w.Webhooks.Add(ctx, w.admin(), ok)
		w.must(err)
		for name, err := range map[string]error{
			"edit": w.Webhooks.Edit(ctx, mine, h.ID, ok), "pause": w.Webhooks.Pause(ctx, mine, h.ID), "resume": w.Webhooks.Resume(ctx, mine, h.ID), "remove": w.Webhooks.Remove(ctx, mine, h.ID),
		} {
			if errs.KindOf(err) != errs.NotFound {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		if hs, err := w.Webhooks.List(ctx, mine); err != nil || len(hs) != 0 {
			w.t.Errorf("%v, %v", hs, err)
		}
		for i := range webhooks.MostOfKey + 1 {
			_, _, err := w.Webhooks.Add(ctx, mine, webhooks.Settling{Name: fmt.Sprint(i), URL: "https://example.org/"})
			if full := i == webhooks.MostOfKey; full != (errs.KindOf(err) == errs.Conflict) || !full && err != nil {
				w.t.Errorf("%d: %v", i, err)
			}
		}
		w.must(w.Webhooks.Edit(ctx, w.admin(), h.ID, webhooks.Settling{Name: "y", URL: "https://example.org/", Version: h.Version}))
		if err := w.Webhooks.Edit(ctx, w.admin(), h.ID, webhooks.Settling{Name: "z", URL: "https://example.org/", Version: h.Version}); errs.KindOf(err) != errs.Conflict {
			w.t.Errorf("over somebody else: %v", err)
		}
	})
}
