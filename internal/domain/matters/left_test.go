// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// The desk finds out with how many matters a telephone was left, by reporters and
// by supporters, until it is forgotten, and after the index was made anew.
func TestLeftWith(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, clerk, stranger := t.Context(), town.As("he"), scope.Actor{Kind: scope.Anonymous}
		const phone = "19900000009"
		own := d.raise(stranger, func(in *matters.Raising) { in.Contact = people.ContactInput{Name: "李四", Phone: phone} })
		d.raise(stranger, func(in *matters.Raising) { in.Contact = people.ContactInput{Phone: "19900000008"} })
		other := d.raise(stranger, nil)
		left := func(want int) {
			t.Helper()
			d.must(d.CatchUp(ctx))
			n, err := d.Matters.LeftWith(ctx, clerk, "+86 199-0000-0009")
			d.must(err)
			if n != want {
				t.Errorf("left with %d matters, want %d", n, want)
			}
		}
		left(1)
		d.must(d.Matters.Support(ctx, stranger, other.ID, matters.Supporting{Words: "也是", Browser: "mark", Contact: people.ContactInput{Phone: phone}}))
		left(2)
		d.must(d.Indexer.Anew(ctx))
		left(2)
		d.to(own, matters.Closed)
		left(2)
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		if n, err := d.Matters.ForgetOld(ctx, 10); err != nil || n != 1 {
			t.Fatalf("forgot %d, %v", n, err)
		}
		left(1)

		for what, by := range map[string]scope.Actor{"a dispatcher": d.zhao, "a resident": d.resident, "nobody": stranger} {
			if n, err := d.Matters.LeftWith(ctx, by, phone); errs.KindOf(err) != errs.Denied || n != 0 {
				t.Errorf("%s: %d, %v", what, n, err)
			}
		}
		if n, err := d.Matters.LeftWith(ctx, clerk, ""); n != 0 || err != nil {
			t.Errorf("no telephone: %d, %v", n, err)
		}
		if _, err := d.Matters.LeftWith(ctx, clerk, "李四"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a name: %v", err)
		}
		if p, err := d.Matters.Search(ctx, d.zhao, phone, matters.Filter{}); err != nil || len(p.Cards) != 0 {
			t.Errorf("a clerk's search finds %d matters by a telephone: %v", len(p.Cards), err)
		}
	})
}
