// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
)

// roomAgrees holds the room of a street, and that of the whole, against how every
// matter stands.
func roomAgrees(t *testing.T, w *apptest.Town, c *recount) {
	t.Helper()
	street := scope.Of(w.Place("文君街道"))
	for _, x := range []struct {
		in scope.Scope
		by scope.Actor
	}{{scope.Scope{}, w.As("han")}, {street, w.As("sun")}} {
		r, err := w.Insights.Room(t.Context(), x.by, x.in)
		if err != nil {
			t.Fatal(err)
		}
		want, private := map[matters.State]insights.Lights{}, 0
		var all insights.Lights
		for d, m := range c.matters {
			got, err := w.Matters.Get(t.Context(), scope.Program("test"), c.matters[d].named)
			if err != nil {
				t.Fatal(err)
			}
			k := got.Matter
			if !k.State.Open() || x.in.Level != scope.City && m.town != x.in.ID {
				continue
			}
			_, light := w.Calendars.Town().Used(k.MovedAt, k.Due, w.DB.Now())
			if light == when.Yellow && k.Turn() == matters.TurnReporter {
				light = when.Green // no desk is warned of the days that a reporter has
			}
			l := want[k.State]
			for _, l := range []*insights.Lights{&l, &all} {
				switch light {
				case when.Red:
					l.Red++
				case when.Yellow:
					l.Yellow++
				case when.Green:
					l.Green++
				}
			}
			want[k.State] = l
			if !k.VisibleToAll() {
				private++
			}
		}
		got, units, areas := map[matters.State]insights.Lights{}, 0, 0
		for _, s := range r.Queue {
			got[s.State] = s.Lights
		}
		for _, l := range r.Loads {
			units += l.All()
		}
		for _, a := range r.Areas {
			areas += a.All()
		}
		if d := cmp.Diff(want, got); d != "" || r.All != all || r.Private != private || units != all.All() || areas > all.All() {
			t.Errorf("the room of %v: %v, %d private, %d at units, %d in places; counted again %v, %d private (-counted again +room)\n%s", x.in, r.All, r.Private, units, areas, all, private, d)
		}
		if len(r.Pressing) == 0 || len(r.Latest) == 0 {
			t.Errorf("the room of %v shows nothing", x.in)
		}
		for _, k := range r.Pressing {
			if !k.VisibleToAll() {
				t.Errorf("%s is private, and stands on the wall", k.Number)
			}
		}
		mapAgrees(t, w, c, x.by, x.in, r.All)
	}
	if _, err := w.Insights.Room(t.Context(), w.As("sun"), scope.Scope{}); errs.KindOf(err) != errs.Denied {
		t.Errorf("a street's secretary has the whole city's room: %v", err)
	}
	if _, err := w.Insights.Room(t.Context(), w.As("wu"), street); errs.KindOf(err) != errs.Denied {
		t.Errorf("a bureau has the street's room: %v", err)
	}
}

// opensToAsMany opens every number of the whole, and of each unit, and finds as many
// matters as were counted.
func opensToAsMany(t *testing.T, w *apptest.Town, p insights.Period) {
	t.Helper()
	opened := 0
	for _, face := range []insights.Face{insights.All, insights.ByUnit} {
		c, err := w.Insights.Count(t.Context(), scope.Program("test"), face, p)
		if err != nil {
			t.Fatal(err)
		}
		for key, sums := range c.Sums {
			for _, m := range insights.Measures() {
				if m == insights.Raised || m == "open_end" || sums.Of(m) == 0 {
					continue
				}
				cs, err := w.Insights.Behind(t.Context(), scope.Program("test"), face, key, m, p)
				if err != nil {
					t.Fatal(err)
				}
				if n := int64(len(cs.Cases) + cs.Unseen); n != sums.Of(m) && !cs.More || cs.Unseen > 0 {
					t.Errorf("%s of %s %q is %d and opens to %d", m, face, key, sums.Of(m), n)
				}
				opened++
			}
		}
	}
	if opened < 20 {
		t.Errorf("only %d numbers were opened", opened)
	}
}
