// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

var (
	ctx   = context.Background()
	admin = scope.Actor{Kind: scope.Staff, Account: 7, Name: "系统员", Grants: []scope.Grant{{Post: "系统员", Needs: []scope.Need{"administer"}}}}
)

func today() places.Day { return places.DayOf(time.Now()) }

// day is some days before today.
func day(ago int) places.Day { return places.DayOf(time.Now().AddDate(0, 0, -ago)) }

// qionglai returns the service of a database with the shipped tree.
func qionglai(t testing.TB, db *sqldb.DB) *places.Service {
	t.Helper()
	s := places.New(db)
	r, err := s.ImportDivisions(ctx, admin, places.DivisionImport{File: places.Qionglai(), Format: places.JSON})
	if err != nil || r.Added != 204 {
		t.Fatalf("import the shipped tree: %+v %v", r, err)
	}
	return s
}

func code(t testing.TB, s *places.Service, c string) places.Place {
	t.Helper()
	p, ok := s.Tree().ByCode(c)
	if !ok {
		t.Fatalf("no place with code %s", c)
	}
	return p
}

func wantKey(t *testing.T, what string, err error, key string) {
	t.Helper()
	if es := errs.Public(err); len(es) == 0 || es[0].Key != key {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

// verify sees that each place's last line in the trail is that of its state.
func verify(t *testing.T, db *sqldb.DB) {
	t.Helper()
	n := 0
	err := db.Read(ctx, func(tx *sqldb.Tx) error {
		states := map[id.ID][]byte{}
		if err := places.Digests()[places.Noun](tx, func(d id.ID, sum []byte) error { states[d] = sum; return nil }); err != nil {
			return err
		}
		for d, sum := range states {
			last, err := trail.Last(tx, places.Noun, d)
			if err != nil {
				return err
			}
			if n++; !bytes.Equal(last.Digest, sum) {
				t.Errorf("the trail's last line on %s (%s) is not of its state", d, last.Act)
			}
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("verify: %d places, %v", n, err)
	}
}

func TestLife(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := qionglai(t, db)
		v := code(t, s, "510183001030")
		if v.Name != (i18n.Text{ZH: "宝塔社区", EN: "Baota Community"}) || v.Community != places.Urban || v.Initials != "btsq" {
			t.Errorf("imported as %+v", v)
		}

		if err := s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: "白塔社区"}, On: day(20), Version: v.Version}); err != nil {
			t.Fatal(err)
		}
		if err := s.Recode(ctx, admin, v.ID, places.Recoding{Scheme: places.Statistics12, Code: "510183001130", On: day(10)}); err != nil {
			t.Fatal(err)
		}
		if err := s.Reclassify(ctx, admin, v.ID, places.Reclassifying{Community: places.Industrial, On: day(10)}); err != nil {
			t.Fatal(err)
		}
		tree := s.Tree()
		now, _ := tree.Get(v.ID)
		if now.Name.EN != "Baita Community" || now.Code != "510183001130" || now.Community != places.Industrial || now.Version != v.Version+3 {
			t.Errorf("is now %+v", now)
		}
		for _, c := range []struct {
			on         places.Day
			name, code string
		}{{day(400), "宝塔社区", "510183001030"}, {day(21), "宝塔社区", "510183001030"}, {day(20), "白塔社区", "510183001030"}, {day(10), "白塔社区", "510183001130"}} {
			if p, ok := tree.At(c.on).ByCode(c.code); !ok || p.ID != v.ID || p.Name.ZH != c.name {
				t.Errorf("on %s: %v %+v", c.on, ok, p)
			}
		}
		if w := tree.Words(v.Path, day(30)); w.ZH != "文君街道 宝塔社区" || w.EN != "Baota Community, Wenjun Street" {
			t.Errorf("a path in words, a month ago: %+v", w)
		}
		if h := tree.History(v.ID); len(h) != 4 || h[0].Act != places.Rename || h[3].To != "" {
			t.Errorf("history %+v", h)
		}
		before := tree.Version()
		if err := s.Rename(ctx, admin, v.ID, places.Renaming{Name: now.Name}); err != nil || s.Tree().Version() != before {
			t.Errorf("the same name again: %v, version %d → %d", err, before, s.Tree().Version())
		}

		wantKey(t, "older than the books", s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: "甲"}, Version: v.Version}), "record.changed")
		wantKey(t, "before the last change", s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: "甲"}, On: day(11)}), "place.day.before")
		wantKey(t, "tomorrow", s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: "甲"}, On: day(-1)}), "place.day.future")
		wantKey(t, "no day", s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: "甲"}, On: "2026-02-30"}), "place.day.malformed")
		wantKey(t, "no name", s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: " "}}), "place.name.empty")
		wantKey(t, "a sister's name", s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: "渔唱社区"}}), "place.name.taken")
		wantKey(t, "a sister's code", s.Recode(ctx, admin, v.ID, places.Recoding{Scheme: places.Statistics12, Code: "510183001002"}), "place.code.taken")
		wantKey(t, "nobody", s.Rename(ctx, scope.Actor{Kind: scope.Anonymous}, v.ID, places.Renaming{Name: i18n.Text{ZH: "甲"}}), scope.DeniedSignIn)
		wantKey(t, "no such place", s.Close(ctx, admin, 5, places.Closing{}), "place.none")
		verify(t, db)
	})
}

// An administrator of one street changes that street and nothing else.
func TestTerritory(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := qionglai(t, db)
		wenjun, linqiong := code(t, s, "510183001"), code(t, s, "510183002")
		clerk := admin
		clerk.Grants = []scope.Grant{{Post: "街道管理员", Needs: []scope.Need{"administer"}, In: scope.Of(wenjun.Path)}}
		draft := places.Draft{Kind: places.Village, Scheme: places.Statistics12, Code: "510183001099", Name: i18n.Text{ZH: "新桥社区"}, Community: places.Urban, Parent: wenjun.ID}
		made, err := s.Add(ctx, clerk, draft, "")
		if err != nil {
			t.Fatal(err)
		}
		if p, _ := s.Tree().Get(made); p.From != today() || p.Path[scope.Town] != wenjun.ID {
			t.Errorf("added as %+v", p)
		}
		if _, ok := s.Tree().At(day(1)).Get(made); ok {
			t.Error("it was there yesterday already")
		}
		draft.Parent, draft.Code = linqiong.ID, "510183002099"
		_, err = s.Add(ctx, clerk, draft, "")
		wantKey(t, "in another street", err, scope.DeniedPlace)
		_, err = s.ImportDivisions(ctx, clerk, places.DivisionImport{File: places.Qionglai(), Format: places.JSON})
		wantKey(t, "an import", err, scope.DeniedPlace)
		_, err = s.Merge(ctx, clerk, places.Merging{Of: []id.ID{wenjun.ID}, Into: linqiong.ID})
		wantKey(t, "a merger with another street", err, scope.DeniedPlace)

		page, total := s.Tree().List(clerk.Scopes("administer", time.Now()), places.Filter{Kind: places.Village}, 20, 10)
		if total != 26 || len(page) != 6 {
			t.Errorf("the clerk's villages: %d, on the third page %d", total, len(page))
		}
		if page, total := s.Tree().List(nil, places.Filter{}, 0, 10); total != 0 || page != nil {
			t.Errorf("without a grant: %d", total)
		}
		verify(t, db)
	})
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	s := qionglai(t, sqldbtest.SQLite(t))
	city, town, village := code(t, s, "510183"), code(t, s, "510183001"), code(t, s, "510183001030")
	good := places.Draft{Kind: places.Grid, Parent: village.ID, Scheme: places.Grid15, Code: village.Code + "001", Name: i18n.Text{ZH: "第1网格"}}
	for name, c := range map[string]struct {
		edit func(*places.Draft)
		key  string
	}{
		"no kind":             {func(d *places.Draft) { d.Kind = "" }, "place.kind.unknown"},
		"a grid in a town":    {func(d *places.Draft) { d.Parent = town.ID }, "place.parent.kind"},
		"a parent from afar":  {func(d *places.Draft) { d.Parent = 99 }, "place.parent.none"},
		"no name":             {func(d *places.Draft) { d.Name.ZH = "" }, "place.name.empty"},
		"a name of two lines": {func(d *places.Draft) { d.Name.ZH = "甲\n乙" }, "place.name.letters"},
		"a village's sort":    {func(d *places.Draft) { d.Community = places.Urban }, "place.community.kind"},
		"off the earth":       {func(d *places.Draft) { d.Accuracy = places.Exact; d.Point[0] = 181 }, "place.point"},
		"a point unexplained": {func(d *places.Draft) { d.Point[0] = 103 }, "place.point"},
		"a second city": {func(d *places.Draft) {
			d.Kind, d.Parent, d.Scheme, d.Code = places.City, 0, places.Statistics12, "510184000000"
		}, "place.city.second"},
		"a village without sort": {func(d *places.Draft) {
			d.Kind, d.Parent, d.Scheme, d.Code = places.Village, town.ID, places.Statistics12, "510183001999"
		}, "place.community.missing"},
	} {
		d := good
		c.edit(&d)
		before := s.Tree().Version()
		_, err := s.Add(ctx, admin, d, "")
		wantKey(t, name, err, c.key)
		if s.Tree().Version() != before {
			t.Errorf("%s: something was changed", name)
		}
	}
	_, err := s.AddAll(ctx, admin, []places.Draft{good, good}, "")
	wantKey(t, "the same twice", err, "place.code.taken")
	if _, err := s.Add(ctx, admin, good, ""); err != nil {
		t.Error(err)
	}
	wantKey(t, "closing what has grids", s.Close(ctx, admin, village.ID, places.Closing{}), "place.close.below")
	if up := s.Tree().Ancestors(village.ID); len(up) != 2 || up[0].ID != city.ID {
		t.Errorf("ancestors %v", up)
	}
}

func TestMergeAndSplit(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := qionglai(t, db)
		a, b := code(t, s, "510183103"), code(t, s, "510183118") // 桑园镇 and 天台山镇
		before := s.Tree()
		kids := len(before.Children(a.ID)) + len(before.Children(b.ID))
		village := before.Children(b.ID)[0]

		into, err := s.Merge(ctx, admin, places.Merging{Of: []id.ID{a.ID, b.ID}, On: day(30), New: &places.Draft{
			Scheme: places.Statistics12, Code: "510183199000", Name: i18n.Text{ZH: "桑台镇"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		tree := s.Tree()
		if n := len(tree.Children(into)); n != kids {
			t.Errorf("%d villages in the merged town, want %d", n, kids)
		}
		old, _ := tree.Get(b.ID)
		if old.Open() || !slices.Equal(old.Successors, []id.ID{into}) || len(tree.Children(b.ID)) != 0 {
			t.Errorf("the old town: %+v", old)
		}
		if _, ok := tree.ByCode("510183118"); ok {
			t.Error("the old town is still found by its code")
		}
		if p := tree.Path(village.ID); p[scope.Town] != into {
			t.Errorf("the village's path: %v", p)
		}
		then := tree.At(day(31))
		if p := then.Path(village.ID); p != village.Path || then.Len(places.Town) != 14 {
			t.Errorf("the day before: %v, %d towns", p, then.Len(places.Town))
		}
		if w := tree.Words(village.Path, day(31)); w.ZH != "天台山镇 "+village.Name.ZH {
			t.Errorf("a matter of that year lies in %s", w.ZH)
		}
		if got := tree.Predecessors(into); !slices.Equal(got, []id.ID{a.ID, b.ID}) {
			t.Errorf("predecessors %v", got)
		}
		wantKey(t, "renaming a closed town", s.Rename(ctx, admin, a.ID, places.Renaming{Name: i18n.Text{ZH: "甲镇"}}), "place.closed")

		var left, right []id.ID
		for i, v := range tree.Children(into) {
			if i%2 == 0 {
				left = append(left, v.ID)
			} else {
				right = append(right, v.ID)
			}
		}
		part := func(name, code string, takes []id.ID) places.Part {
			return places.Part{Draft: places.Draft{Scheme: places.Statistics12, Code: code, Name: i18n.Text{ZH: name}}, Takes: takes}
		}
		_, err = s.Split(ctx, admin, places.Splitting{Of: into, Parts: []places.Part{part("甲镇", "510183198000", left), part("乙镇", "510183197000", right[1:])}})
		wantKey(t, "one village forgotten", err, "place.split.left")
		_, err = s.Split(ctx, admin, places.Splitting{Of: into, Parts: []places.Part{part("甲镇", "510183198000", left), part("乙镇", "510183197000", append(right, left[0]))}})
		wantKey(t, "one village twice", err, "place.split.twice")
		parts, err := s.Split(ctx, admin, places.Splitting{Of: into, Keep: true, Parts: []places.Part{part("甲镇", "510183198000", left)}})
		if err != nil {
			t.Fatal(err)
		}
		tree = s.Tree()
		if len(tree.Children(parts[0])) != len(left) || len(tree.Children(into)) != len(right) {
			t.Errorf("after hiving off: %d and %d villages", len(tree.Children(parts[0])), len(tree.Children(into)))
		}
		if got := tree.Predecessors(parts[0]); !slices.Equal(got, []id.ID{a.ID, b.ID, into}) {
			t.Errorf("predecessors of the part: %v", got)
		}
		verify(t, db)
	})
}

func TestRecodeBelow(t *testing.T) {
	t.Parallel()
	s := qionglai(t, sqldbtest.SQLite(t))
	town := code(t, s, "510183103")
	v := s.Tree().Children(town.ID)[0]
	grid, err := s.Add(ctx, admin, places.Draft{Kind: places.Grid, Parent: v.ID, Scheme: places.Grid15, Code: v.Code + "001", Name: i18n.Text{ZH: "第1网格"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Recode(ctx, admin, town.ID, places.Recoding{Scheme: places.Statistics12, Code: "510183007000", Below: true}); err != nil {
		t.Fatal(err)
	}
	g, _ := s.Tree().Get(grid)
	if want := "510183007" + v.Code[9:] + "001"; g.Code != want {
		t.Errorf("the grid's code is %s, want %s", g.Code, want)
	}
	if p, ok := s.Tree().ByCode("510183007" + v.Code[9:]); !ok || p.ID != v.ID {
		t.Errorf("the village is not found: %+v", p)
	}
}

// Another process's changes are seen after Check; changes made at once by many
// do not lose one another.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s, other := qionglai(t, db), places.New(db)
		villages := other.Tree().All(places.Village)
		failed := make(chan error)
		for i := range 8 {
			go func() {
				who := s
				if i%2 == 1 {
					who = other
				}
				failed <- who.Rename(ctx, admin, villages[i].ID, places.Renaming{Name: i18n.Text{ZH: "新" + villages[i].Name.ZH}})
			}()
		}
		for range 8 {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		for _, svc := range []*places.Service{s, other} {
			if err := db.Read(ctx, svc.Check); err != nil {
				t.Fatal(err)
			}
			for i := range 8 {
				if p, _ := svc.Tree().Get(villages[i].ID); p.Name.ZH != "新"+villages[i].Name.ZH {
					t.Errorf("%s is not renamed", villages[i].Name.ZH)
				}
			}
		}
		verify(t, db)
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	tree := qionglai(t, sqldbtest.SQLite(t)).Tree()
	for words, want := range map[string]string{
		"宝塔": "宝塔社区", "宝塔社区": "宝塔社区", "btsq": "宝塔社区", "baota": "宝塔社区", "Baota Com": "宝塔社区", "510183001030": "宝塔社区",
		"wjjd": "文君街道", "Wenjun Street": "文君街道", "文君街道 花园": "花园巷社区", "固驿 花园": "花园村", "羊安 羊安社区": "羊安社区",
	} {
		if got := tree.Find(words, 3); len(got) == 0 || got[0].Name.ZH != want {
			t.Errorf("%s: %v, want %s", words, got, want)
		}
	}
	for _, words := range []string{"", "没有这里", "文君 没有", "%", "\x00"} {
		if got := tree.Find(words, 3); len(got) != 0 {
			t.Errorf("%q finds %v", words, got)
		}
	}
	if got := tree.Find("文君", 9, places.Town); len(got) != 1 {
		t.Errorf("towns only: %v", got)
	}
	card := tree.Card(tree.Find("宝塔", 1)[0].ID)
	if card.Full != (i18n.Text{ZH: "文君街道 宝塔社区", EN: "Baota Community, Wenjun Street"}) || !card.Open {
		t.Errorf("card %+v", card)
	}
	if c := tree.Cards(card.ID, 3); len(c) != 1 || c[card.ID].Name.ZH != "宝塔社区" {
		t.Errorf("cards %v", c)
	}
}
