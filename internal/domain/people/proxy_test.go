// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func (w town) actsFor(by scope.Actor, resident id.ID, what people.ProxyScope) (ok bool) {
	w.must(w.db.Write(ctx, func(tx *sqldb.Tx) error {
		p, yes, err := w.ActsFor(tx, by, resident, what)
		if ok = yes; yes && err == nil {
			err = w.NoteProxy(tx, by, p, what, "QL-2026-000001")
		}
		return err
	}))
	return ok
}

func TestProxyByCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		in := people.Proxying{Relation: "neighbour", Scopes: []people.ProxyScope{people.ProxyRaise, people.ProxyAsk}}
		for what, bad := range map[string]struct {
			edit func(*people.Proxying)
			key  string
		}{
			"nothing": {func(in *people.Proxying) { in.Scopes = nil }, "proxy.scopes.none"}, "what there is not": {func(in *people.Proxying) { in.Scopes = []people.ProxyScope{"vote"} }, "proxy.scopes.none"},
			"no relation": {func(in *people.Proxying) { in.Relation = "friend" }, "proxy.relation.none"}, "for ever": {func(in *people.Proxying) { in.Until = w.clock.Now().AddDate(2, 0, 0) }, "proxy.until"},
			"over already": {func(in *people.Proxying) { in.Until = w.clock.Now().AddDate(0, 0, -1) }, "proxy.until"},
		} {
			in := in
			bad.edit(&in)
			_, _, err := w.OfferProxy(ctx, chen.Actor(), rand.Reader, in)
			fails(t, what, err, errs.Invalid, bad.key)
		}
		_, _, err := w.OfferProxy(ctx, he, rand.Reader, in)
		fails(t, "a clerk's own", err, errs.Denied, "people.own.only")
		code, p, err := w.OfferProxy(ctx, chen.Actor(), rand.Reader, in)
		w.must(err)
		if w.actsFor(zhou.Actor(), chen.ID, people.ProxyRaise) {
			t.Error("before the code is taken")
		}
		_, err = w.TakeProxy(ctx, zhou.Actor(), "AAAA-AAAA")
		fails(t, "a wrong code", err, errs.Invalid, "proxy.code.wrong")
		_, err = w.TakeProxy(ctx, chen.Actor(), code)
		fails(t, "one's own", err, errs.Invalid, "proxy.code.own")
		_, err = w.TakeProxy(ctx, zhou.Actor(), strings.ToLower(code))
		w.must(err)
		_, err = w.TakeProxy(ctx, zhou.Actor(), code)
		fails(t, "twice", err, errs.Invalid, "proxy.code.wrong")
		for what, want := range map[people.ProxyScope]bool{people.ProxyRaise: true, people.ProxyAsk: true, people.ProxyBook: false} {
			if got := w.actsFor(zhou.Actor(), chen.ID, what); got != want {
				t.Errorf("%s: %v", what, got)
			}
		}
		if w.actsFor(chen.Actor(), zhou.ID, people.ProxyRaise) || w.actsFor(scope.Actor{Kind: scope.Anonymous}, chen.ID, people.ProxyRaise) || w.actsFor(he, chen.ID, people.ProxyRaise) {
			t.Error("somebody else acts for her")
		}
		// both see it, and what was done
		for _, by := range []people.Resident{chen, zhou} {
			ps, err := w.ListProxies(ctx, by.Actor())
			w.must(err)
			if len(ps) != 1 || ps[0].ID != p.ID || len(ps[0].Acts) != 2 || ps[0].Mine != (by.ID == chen.ID) || !strings.Contains(ps[0].Other.Phone, "****") {
				t.Errorf("%+v", ps)
			}
		}
		fails(t, "a stranger ends it", w.EndProxy(ctx, li, p.ID), errs.NotFound, "proxy.none")
		w.must(w.EndProxy(ctx, zhou.Actor(), p.ID))
		fails(t, "twice", w.EndProxy(ctx, chen.Actor(), p.ID), errs.Conflict, "proxy.over")
		if w.actsFor(zhou.Actor(), chen.ID, people.ProxyRaise) {
			t.Error("after the end")
		}
		// a code that nobody takes
		code, _, err = w.OfferProxy(ctx, chen.Actor(), rand.Reader, in)
		w.must(err)
		w.clock.Add(49 * time.Hour)
		_, err = w.TakeProxy(ctx, zhou.Actor(), code)
		fails(t, "too old", err, errs.Invalid, "proxy.code.wrong")
	})
}

func TestProxyAtDesk(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		in := people.Proxying{For: chen.ID, By: zhou.ID, Relation: "neighbour", Scopes: people.ProxyScopes, Consent: people.AtDesk, Until: w.clock.Now().AddDate(0, 6, 0)}
		for what, bad := range map[string]struct {
			by   scope.Actor
			edit func(*people.Proxying)
			kind errs.Kind
			key  string
		}{
			"without desk":      {li, func(*people.Proxying) {}, errs.Denied, scope.DeniedNeed},
			"another desk":      {sun, func(*people.Proxying) {}, errs.Denied, scope.DeniedPlace},
			"nobody":            {he, func(in *people.Proxying) { in.By = 0 }, errs.Invalid, "proxy.by.none"},
			"themselves":        {he, func(in *people.Proxying) { in.By = chen.ID }, errs.Invalid, "proxy.by.none"},
			"by a code":         {he, func(in *people.Proxying) { in.Consent = people.ByCode }, errs.Invalid, "proxy.consent.none"},
			"without the paper": {he, func(in *people.Proxying) { in.Consent = people.OnPaper }, errs.Invalid, "proxy.paper.missing"},
			"of an old woman":   {he, func(in *people.Proxying) { in.Consent = people.AsGuardian }, errs.Invalid, "proxy.guardian.grown"},
		} {
			x := in
			bad.edit(&x)
			_, err := w.RegisterProxy(ctx, bad.by, x)
			fails(t, what, err, bad.kind, bad.key)
		}
		p, err := w.RegisterProxy(ctx, he, in)
		w.must(err)
		if !w.actsFor(zhou.Actor(), chen.ID, people.ProxyBook) {
			t.Error("she does not act")
		}
		if ps, err := w.ListProxiesOf(ctx, he, chen.ID); err != nil || len(ps) != 1 {
			t.Errorf("%+v, %v", ps, err)
		}
		_, err = w.ListProxiesOf(ctx, li, chen.ID)
		fails(t, "no desk", err, errs.Denied, scope.DeniedNeed)
		// the grid worker, by his account
		in.By, in.Account, in.Relation = 0, li.Account, "grid_worker"
		_, err = w.RegisterProxy(ctx, he, in)
		w.must(err)
		if !w.actsFor(li, chen.ID, people.ProxyRaise) || w.actsFor(sun, chen.ID, people.ProxyRaise) {
			t.Error("the grid worker acts, and he alone")
		}
		if ps, err := w.ListProxies(ctx, li); err != nil || len(ps) != 1 || ps[0].Mine {
			t.Errorf("%+v, %v", ps, err)
		}
		w.clock.Add(200 * 24 * time.Hour)
		if w.actsFor(zhou.Actor(), chen.ID, people.ProxyBook) {
			t.Error("after its last day")
		}
		fails(t, "over", w.EndProxy(ctx, chen.Actor(), p.ID), errs.Conflict, "proxy.over")
		// nobody makes a trade of it
		in = people.Proxying{For: chen.ID, By: zhou.ID, Relation: "neighbour", Scopes: people.ProxyScopes, Consent: people.AtDesk}
		for range 5 {
			_, err := w.RegisterProxy(ctx, he, in)
			w.must(err)
		}
		_, err = w.RegisterProxy(ctx, he, in)
		fails(t, "a sixth", err, errs.Conflict, "proxy.many")
		// who is forgotten acts for nobody
		w.must(w.db.Write(ctx, func(tx *sqldb.Tx) error {
			return w.Forget(tx, zhou.Actor(), people.OfResident(zhou.ID), people.RuleOwnRequest)
		}))
		if w.actsFor(zhou.Actor(), chen.ID, people.ProxyBook) {
			t.Error("after she was forgotten")
		}
	})
}

// A grid worker may act for more people than one list holds, and has done so before.
func TestWhoActsForManyActsForTheFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		in := people.Proxying{For: chen.ID, Account: li.Account, Relation: "grid_worker", Scopes: people.ProxyScopes, Consent: people.AtDesk}
		_, err := w.RegisterProxy(ctx, he, in)
		w.must(err)
		in.For = zhou.ID
		for range 101 {
			p, err := w.RegisterProxy(ctx, scope.Program("test"), in)
			w.must(err)
			w.must(w.EndProxy(ctx, zhou.Actor(), p.ID))
		}
		if !w.actsFor(li, chen.ID, people.ProxyBook) {
			t.Error("the grid worker does not act for the first any more")
		}
		if w.actsFor(li, zhou.ID, people.ProxyBook) {
			t.Error("the grid worker acts for whose proxies have all ended")
		}
	})
}
