// SPDX-License-Identifier: Apache-2.0

package orgs_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// TestNobodyGivesMoreThanTheyHave holds that a street's administrator cannot
// make a post that counts in the whole city, nor fill one.
func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := founded(t, db)
		ctx := t.Context()
		street, _ := s.Directory().Responsible("street", wenjun)
		in := orgs.NewPost{Unit: street.ID, Title: name("城市管理员", ""), Role: "administrator", Path: city}
		want(t, "a post of the city", second(s.AddPost(ctx, admin(wenjun), in)), errs.Denied, "")
		p, err := s.AddPost(ctx, admin(city), in)
		want(t, "by the city's administrator", err, "", "")
		want(t, "filling it", second(s.Appoint(ctx, admin(wenjun), p, 9, time.Time{}, time.Time{})), errs.Denied, "")
		in.Path = wenjun
		want(t, "a post of the street", second(s.AddPost(ctx, admin(wenjun), in)), "", "")
		in.Title = name("", "")
		want(t, "without a title", second(s.AddPost(ctx, admin(wenjun), in)), errs.Invalid, "title_zh")
		strict := orgs.New(db, orgs.Options{Role: func(r string) bool { return r == "king" }})
		in.Title = name("经办人", "")
		want(t, "unknown role", second(strict.AddPost(ctx, admin(wenjun), in)), errs.Invalid, "role")
		in.Role, in.Categories = "king", []string{""}
		want(t, "empty category", second(strict.AddPost(ctx, admin(wenjun), in)), errs.Invalid, "categories")
		in.Categories = []string{"lamp", "road"}
		p, err = strict.AddPost(ctx, admin(wenjun), in)
		want(t, "with categories", err, "", "")
		if got, _ := strict.Directory().Post(p); !slices.Equal(got.Categories, in.Categories) {
			t.Errorf("categories %v", got.Categories)
		}
	})
}

// TestOtherProcess holds that a second service on the same database learns of a
// change when it checks.
func TestOtherProcess(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		here := founded(t, db)
		there := orgs.New(db, orgs.Options{})
		want(t, "load", there.Load(t.Context()), "", "")
		squad, _ := here.Directory().Responsible("urban-management", wenjun)
		want(t, "rename", here.RenameUnit(t.Context(), root, squad.ID, squad.Version, name("新名字", "")), "", "")
		if u, _ := there.Directory().Unit(squad.ID); u.Name.ZH == "新名字" {
			t.Fatal("the test proves nothing: the other process knew at once")
		}
		want(t, "check", db.Read(t.Context(), there.Check), "", "")
		if u, _ := there.Directory().Unit(squad.ID); u.Name.ZH != "新名字" {
			t.Errorf("after checking it is still %q", u.Name.ZH)
		}
	})
}

// TestThirtyAdministrators lets thirty people rename one unit at once: one wins.
func TestThirtyAdministrators(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := founded(t, db)
		squad, _ := s.Directory().Responsible("urban-management", wenjun)
		var mu sync.Mutex
		won, lost := 0, 0
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() {
				err := s.RenameUnit(context.Background(), root, squad.ID, squad.Version, name(fmt.Sprintf("第%d名", i), ""))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errs.KindOf(err) == errs.Conflict:
					lost++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 || lost != 29 {
			t.Errorf("won %d, lost %d", won, lost)
		}
		last(t, db, "unit", squad.ID)
	})
}

// TestWholeCity founds a city of the real size, and holds it to a second.
func TestWholeCity(t *testing.T) {
	t.Parallel()
	var places []orgs.Ground
	add := func(p scope.Path, code string) {
		places = append(places, orgs.Ground{Path: p, Code: code, Name: name("地"+code+"村", "")})
	}
	add(city, "510183")
	for town := range id.ID(14) {
		add(scope.Path{1, 10 + town}, fmt.Sprint(510183001+town))
		for v := range id.ID(14) {
			village := scope.Path{1, 10 + town, 100 + 14*town + v}
			add(village, fmt.Sprintf("%d%03d", 510183001+town, v))
			for g := range id.ID(4) {
				village[scope.Grid] = 10_000 + 4*village[scope.Village] + g
				add(village, fmt.Sprintf("%d%03d%03d", 510183001+town, v, g))
			}
		}
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := orgs.New(db, orgs.Options{})
		begin := time.Now()
		want(t, "found", db.Write(t.Context(), func(tx *sqldb.Tx) error { return s.Found(tx, root, places) }), "", "")
		took := time.Since(begin)
		d := s.Directory()
		t.Logf("%d units in %s", len(d.Units()), took)
		if n := len(d.Units()); n != 20+14*7+14*14 {
			t.Errorf("%d units", n)
		}
		if took > 10*time.Second {
			t.Errorf("founding took %s", took)
		}
	})
}
