// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// The photo of a signed paper is seen by the two whom it concerns and by the desk, whose
// look the resident reads; it goes a year after the end, and with who is forgotten.
func TestProxyPhoto(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		photo := people.Photo{Hash: "abc", Type: "image/jpeg"}
		in := people.Proxying{For: chen.ID, By: zhou.ID, Relation: "neighbour", Scopes: people.ProxyScopes, Consent: people.AtDesk, Photo: photo}
		_, err := w.RegisterProxy(ctx, he, in)
		fails(t, "of what was said", err, errs.Invalid, "proxy.photo.paper")
		in.Consent, in.Paper = people.OnPaper, "档案盒 3"
		p, err := w.RegisterProxy(ctx, he, in)
		w.must(err)
		needed := func() bool {
			yes, err := w.NeedsFile(ctx, "abc")
			w.must(err)
			return yes
		}
		for _, by := range []scope.Actor{chen.Actor(), zhou.Actor(), he} {
			if f, err := w.ProxyPhoto(ctx, by, p.ID); err != nil || f != photo || !needed() {
				t.Errorf("%s: %+v, %v", by.Name, f, err)
			}
		}
		for _, by := range []scope.Actor{li, sun, {Kind: scope.Anonymous}} {
			_, err := w.ProxyPhoto(ctx, by, p.ID)
			fails(t, by.Name, err, errs.NotFound, "proxy.none")
		}
		looks, err := w.Looks(ctx, chen.Actor(), 10)
		w.must(err)
		if len(looks) != 1 || looks[0].Purpose != people.ProxySigned || looks[0].Account != he.Account {
			t.Errorf("she reads of %+v", looks)
		}
		w.must(w.EndProxy(ctx, zhou.Actor(), p.ID))
		w.clock.Add(people.KeepPhoto - time.Hour)
		if n, err := w.ForgetPhotos(ctx, 10); err != nil || n != 0 || !needed() {
			t.Errorf("%d forgotten before a year, %v", n, err)
		}
		w.clock.Add(2 * time.Hour)
		if n, err := w.ForgetPhotos(ctx, 10); err != nil || n != 1 || needed() {
			t.Errorf("%d forgotten after a year, %v", n, err)
		}
		_, err = w.ProxyPhoto(ctx, chen.Actor(), p.ID)
		fails(t, "when it is gone", err, errs.NotFound, "proxy.none")
		in.Photo.Hash = "def"
		p, err = w.RegisterProxy(ctx, he, in)
		w.must(err)
		w.must(w.EndProxy(ctx, zhou.Actor(), p.ID))
		w.must(w.db.Write(ctx, func(tx *sqldb.Tx) error {
			return w.Forget(tx, zhou.Actor(), people.OfResident(zhou.ID), people.RuleOwnRequest)
		}))
		if yes, err := w.NeedsFile(ctx, "def"); err != nil || yes {
			t.Errorf("of who was forgotten: %t, %v", yes, err)
		}
	})
}
