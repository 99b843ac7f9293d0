// SPDX-License-Identifier: Apache-2.0

package scope_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

var (
	wenjun = scope.Path{1, 10, 100, 1000}
	linqi  = scope.Path{1, 20, 200}
	day    = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
)

func TestMay(t *testing.T) {
	t.Parallel()
	grant := scope.Grant{Post: "派遣员", Needs: []scope.Need{"dispatch"}, In: scope.Scope{Level: scope.Town, ID: 10}, Unit: 7}
	with := func(edit func(*scope.Grant)) scope.Actor {
		g := grant
		edit(&g)
		return scope.Actor{Kind: scope.Staff, Grants: []scope.Grant{g}}
	}
	plain := with(func(*scope.Grant) {})
	for _, tc := range []struct {
		name string
		who  scope.Actor
		need scope.Need
		at   scope.Target
		ok   bool
		key  string
	}{
		{"own town", plain, "dispatch", scope.Target{Path: wenjun}, true, scope.AllowedByPost},
		{"other town", plain, "dispatch", scope.Target{Path: linqi}, false, scope.DeniedPlace},
		{"other need", plain, "verify", scope.Target{Path: wenjun}, false, scope.DeniedNeed},
		{"own unit", plain, "dispatch", scope.Target{Path: wenjun, Unit: 7}, true, scope.AllowedByPost},
		{"other unit", plain, "dispatch", scope.Target{Path: wenjun, Unit: 8}, false, scope.DeniedUnit},
		{"stranger", scope.Actor{Kind: scope.Anonymous}, "dispatch", scope.Target{Path: wenjun}, false, scope.DeniedSignIn},
		{"system", scope.Program("test"), "dispatch", scope.Target{Path: linqi}, true, scope.AllowedSystem},
		{"other category", with(func(g *scope.Grant) { g.Categories = []string{"water"} }), "dispatch", scope.Target{Path: wenjun, Category: "lamp"}, false, scope.DeniedCategory},
		{"category not yet known", with(func(g *scope.Grant) { g.Categories = []string{"water"} }), "dispatch", scope.Target{Path: wenjun}, true, scope.AllowedByPost},
		{"last moment", with(func(g *scope.Grant) { g.Until = day }), "dispatch", scope.Target{Path: wenjun, At: day.Add(-1)}, true, scope.AllowedByPost},
		{"ended", with(func(g *scope.Grant) { g.Until = day }), "dispatch", scope.Target{Path: wenjun, At: day}, false, scope.DeniedEnded},
		{"no moment said of a post that ends", with(func(g *scope.Grant) { g.Until = day }), "dispatch", scope.Target{Path: wenjun}, false, scope.DeniedEnded},
		{"cover", with(func(g *scope.Grant) { g.Covering = "赵调度" }), "dispatch", scope.Target{Path: wenjun}, true, scope.AllowedCovering},
	} {
		if d := tc.who.May(tc.need, tc.at); d.OK != tc.ok || d.Key != tc.key {
			t.Errorf("%s: %v %s, want %v %s", tc.name, d.OK, d.Key, tc.ok, tc.key)
		}
	}
}

func TestWhere(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		ss   scope.Scopes
		sql  string
		args []any
	}{
		{"nothing", nil, "WHERE 1 = 0", nil},
		{"everything", scope.Scopes{{Level: scope.Town, ID: 3}, {}}, "", nil},
		{"two towns and a grid", scope.Scopes{{scope.Town, 10}, {scope.Grid, 1000}, {scope.Town, 20}},
			"WHERE (m.town_id IN ($1,$2) OR m.grid_id IN ($3))", []any{id.ID(10), id.ID(20), id.ID(1000)}},
	} {
		var w sqldb.Where
		tc.ss.Where(&w, "m.")
		if w.SQL() != tc.sql || !cmp.Equal(w.Args(), tc.args) {
			t.Errorf("%s: %s %v", tc.name, w.SQL(), w.Args())
		}
	}
}

// What a list shows is what May says of each of its rows.
func TestPartsAgreeWithMay(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		by := scope.Actor{Kind: scope.Staff, Grants: []scope.Grant{
			{Needs: []scope.Need{"see"}, In: scope.Scope{Level: scope.Town, ID: 10}, Categories: []string{"lamp"}, Unit: 1},
			{Needs: []scope.Need{"see"}, In: scope.Scope{Level: scope.Village, ID: 200}, Unit: 2},
			{Needs: []scope.Need{"see"}, In: scope.Scope{Level: scope.Town, ID: 30}, Until: day, Unit: 3},
			{Needs: []scope.Need{"act"}, Unit: 4},
		}}
		for _, need := range []scope.Need{"see", "act", "none"} {
			for _, town := range []id.ID{10, 20, 30} {
				for _, village := range []id.ID{0, 100, 200} {
					for _, category := range []string{"", "lamp", "drain"} {
						may := by.May(need, scope.Target{Path: scope.Path{1, town, village}, Category: category, At: day}).OK
						var w sqldb.Where
						w.Add("town_id = ? AND village_id = ? AND category = ?", town, village, category)
						by.Parts(need, day).Where(&w, "")
						if err := db.Read(t.Context(), func(tx *sqldb.Tx) error {
							n, err := sqldb.Int(tx.Row(`
								SELECT count(*) FROM (SELECT CAST(`+w.Arg(town)+` AS BIGINT) AS town_id, CAST(`+w.Arg(village)+` AS BIGINT) AS village_id, CAST(`+w.Arg(category)+` AS TEXT) AS category) AS m
								`+w.SQL(), w.Args()...))
							if (n == 1) != may {
								t.Errorf("%s in %d/%d of %q: listed %t, may %t", need, town, village, category, n == 1, may)
							}
							return err
						}); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
	})
}

func TestPath(t *testing.T) {
	t.Parallel()
	if d, l := (scope.Path{1, 10, 100, 0, 5}).Last(); d != 5 || l != scope.Courtyard {
		t.Errorf("a courtyard outside a grid: %d at %d", d, l)
	}
	if s := scope.Of(scope.Path{1}); s != (scope.Scope{}) || !s.Contains(linqi) {
		t.Errorf("the city: %+v", s)
	}
	if s := scope.Of(wenjun); s.Contains(linqi) || !s.Contains(wenjun) {
		t.Errorf("a grid: %+v", s)
	}
}
