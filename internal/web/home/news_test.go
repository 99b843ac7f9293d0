// SPDX-License-Identifier: Apache-2.0

package home_test

import (
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/home"
	"yuanba/internal/web/page"
)

// A clerk who follows something sees in the rail that there is news of it, until
// it has been read.
func TestRailCountsNews(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	ctx, sun := t.Context(), w.As("sun")
	c := &home.Counter{Matters: w.Matters, Places: w.Places, Orgs: w.Orgs, People: w.People}
	village := w.Place("文君街道", "宝塔社区")[scope.Village]
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	news := func() int {
		t.Helper()
		must(w.CatchUp(ctx))
		for _, x := range c.Rail(page.Base{Actor: sun, Lang: i18n.ZH}) {
			if x.Href == "/news" {
				return x.Count
			}
		}
		t.Fatal("the rail has no news")
		return 0
	}
	must(w.Matters.Subscribe(ctx, sun, "place:"+village.String()))
	if n := news(); n != 0 {
		t.Errorf("%d news of nothing", n)
	}
	me := w.Resident("周敏", "99999919940307002X", "19900000002").Actor()
	for range 2 {
		_, err := w.Matters.Raise(ctx, me, matters.Raising{Body: "宝塔社区的路灯不亮", Place: village, Public: true})
		must(err)
	}
	if n := news(); n != 2 {
		t.Errorf("%d news, want 2", n)
	}
	must(w.Matters.ReadNotices(ctx, sun))
	if n := news(); n != 0 {
		t.Errorf("%d news after reading", n)
	}
}
