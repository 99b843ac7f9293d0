// SPDX-License-Identifier: Apache-2.0

package orgs_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/locale"
)

var (
	city    = scope.Path{1}
	wenjun  = scope.Path{1, 10}
	linqi   = scope.Path{1, 20}
	baota   = scope.Path{1, 10, 100}
	huanghe = scope.Path{1, 10, 101}
	grid3   = scope.Path{1, 10, 100, 1000}
	court   = scope.Path{1, 10, 100, 0, 5000}

	root = scope.Program("test")
)

func name(zh, en string) i18n.Text { return i18n.Text{ZH: zh, EN: en} }

var ground = []orgs.Ground{
	{Path: grid3, Code: "510183001030003", Name: name("第3网格", "Grid 3")},
	{Path: baota, Code: "510183001030", Name: name("宝塔社区", "Baota Community")},
	{Path: huanghe, Code: "510183001256", Name: name("黄鹤村", "Huanghe Village")},
	{Path: city, Code: "510183", Name: name("邛崃市", "Qionglai City")},
	{Path: wenjun, Code: "510183001", Name: name("文君街道", "Wenjun Street")},
	{Path: linqi, Code: "510183104", Name: name("平乐镇", "Pingle Town")},
}

// admin is an administrator of the subtree below path.
func admin(path scope.Path) scope.Actor {
	return scope.Actor{Kind: scope.Staff, Account: 7, Name: "系统员", Grants: []scope.Grant{
		{Post: "系统管理员", Needs: []scope.Need{"administer"}, In: scope.Of(path)},
	}}
}

func founded(t *testing.T, db *sqldb.DB) *orgs.Service {
	t.Helper()
	s := orgs.New(db, orgs.Options{})
	if err := db.Write(t.Context(), func(tx *sqldb.Tx) error { return s.Found(tx, root, ground) }); err != nil {
		t.Fatal(err)
	}
	return s
}

// want fails the test unless err is of the kind, and beside the field if one is named.
func want(t *testing.T, what string, err error, kind errs.Kind, field string) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return
	}
	if err == nil || errs.KindOf(err) != kind {
		t.Fatalf("%s: %v, want %s", what, err, kind)
	}
	es := errs.Public(err)
	if field != "" && !slices.ContainsFunc(es, func(e *errs.Error) bool { return e.Field == field }) {
		t.Errorf("%s: %v, want a fault beside %s", what, err, field)
	}
	for _, e := range es {
		if e.Key != "record.changed" && !locale.Words.Has(e.Key) { // that one is everybody's
			t.Errorf("%s: no text for %s", what, e.Key)
		}
	}
}

func TestResponsible(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := founded(t, db).Directory()
		for _, tc := range []struct {
			key  string
			path scope.Path
			want string
		}{
			{"water", grid3, "邛崃市水务局"},
			{"police", grid3, "文君街道派出所"},
			{"police", linqi, "平乐镇派出所"},
			{"police", city, "邛崃市公安局"},
			{"village", court, "宝塔社区居民委员会"},
			{"village", huanghe, "黄鹤村村民委员会"},
			{"street", grid3, "文君街道办事处"},
			{"street", linqi, "平乐镇人民政府"},
			{"village", linqi, ""},
			{"moon", grid3, ""},
			{"centre", baota, "文君街道指挥调度中心"},
			{"centre", scope.Path{}, "邛崃市智慧治理中心"},
		} {
			u, ok := d.Responsible(tc.key, tc.path)
			if ok != (tc.want != "") || u.Name.ZH != tc.want {
				t.Errorf("%s at %v: %q %v, want %q", tc.key, tc.path, u.Name.ZH, ok, tc.want)
			}
		}
		u, _ := d.Centre(grid3)
		if up := d.Above(u.ID); len(up) != 2 || up[0].Key != "street" || up[1].Key != "city" {
			t.Errorf("above the centre: %+v", up)
		}
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := founded(t, db).Directory()
		for _, tc := range []struct{ words, want string }{
			{"water", "邛崃市水务局"},
			{"邛崃市水务局", "邛崃市水务局"},
			{"文君 派出所", "文君街道派出所"},
			{"pingle police", "平乐镇派出所"},
			{"510183001-centre", "文君街道指挥调度中心"},
			{"天上", ""},
			{"  ", ""},
		} {
			got := ""
			if us := d.Find(tc.words, 5); len(us) > 0 {
				got = us[0].Name.ZH
			}
			if got != tc.want {
				t.Errorf("%q: %q, want %q", tc.words, got, tc.want)
			}
		}
		if us := d.Find("文君街道", 3); len(us) != 3 {
			t.Errorf("%d units where at most 3 were asked for", len(us))
		}
	})
}

func TestFoundTwiceAddsNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := founded(t, db)
		before := s.Directory()
		again := func(places []orgs.Ground) *orgs.Directory {
			want(t, "again", db.Write(t.Context(), func(tx *sqldb.Tx) error { return s.Found(tx, root, places) }), "", "")
			return s.Directory()
		}
		if d := again(ground); d.Version() != before.Version() || len(d.Units()) != len(before.Units()) {
			t.Errorf("a second founding: %d units, were %d", len(d.Units()), len(before.Units()))
		}
		committee, _ := before.Responsible("village", baota)
		if ps := before.Posts(committee.ID); len(ps) != 5 || ps[4].Title.ZH != "网格员（第3网格）" || ps[4].In().Level != scope.Grid {
			t.Errorf("posts of the committee: %+v", ps)
		}
		d := again(append(slices.Clone(ground), orgs.Ground{Path: scope.Path{1, 20, 200}, Code: "510183104201", Name: name("花楸村", "")}))
		if n := len(d.Units()) - len(before.Units()); n != 1 {
			t.Errorf("a new village brought %d units", n)
		}
		err := db.Write(t.Context(), func(tx *sqldb.Tx) error { return s.Found(tx, admin(wenjun), ground) })
		want(t, "a street's administrator", err, errs.Denied, "")
	})
}

func TestAddUnit(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := founded(t, db)
		ctx := t.Context()
		street, _ := s.Directory().Responsible("street", wenjun)
		good := orgs.NewUnit{Kind: orgs.Company, Name: name(" 唐记杂货 ", "Tang's Shop"), Parent: street.ID, Path: baota}
		for _, tc := range []struct {
			name  string
			by    scope.Actor
			edit  func(*orgs.NewUnit)
			kind  errs.Kind
			field string
		}{
			{"no post", scope.Actor{Kind: scope.Staff}, nil, errs.Denied, ""},
			{"nobody", scope.Actor{Kind: scope.Anonymous}, nil, errs.Denied, ""},
			{"other town", admin(linqi), nil, errs.Denied, ""},
			{"no name", admin(wenjun), func(u *orgs.NewUnit) { u.Name.ZH = "  " }, errs.Invalid, "name_zh"},
			{"long name", admin(wenjun), func(u *orgs.NewUnit) { u.Name.ZH = string(bytes.Repeat([]byte("长"), 61)) }, errs.Invalid, "name_zh"},
			{"broken name", admin(wenjun), func(u *orgs.NewUnit) { u.Name.EN = "a\xff" }, errs.Invalid, "name_en"},
			{"kind", admin(wenjun), func(u *orgs.NewUnit) { u.Kind = "moon" }, errs.Invalid, "kind"},
			{"key", admin(wenjun), func(u *orgs.NewUnit) { u.Key = "Water; DROP" }, errs.Invalid, "key"},
			{"key taken", admin(wenjun), func(u *orgs.NewUnit) { u.Key, u.Path = "police", wenjun }, errs.Invalid, "key"},
			{"code taken", admin(wenjun), func(u *orgs.NewUnit) { u.Code = "510183001-police" }, errs.Invalid, "code"},
			{"no such parent", admin(wenjun), func(u *orgs.NewUnit) { u.Parent = 12345 }, errs.NotFound, ""},
			{"good", admin(wenjun), nil, "", ""},
			{"same key, other place", admin(wenjun), func(u *orgs.NewUnit) { u.Key = "police" }, "", ""},
		} {
			in := good
			if tc.edit != nil {
				tc.edit(&in)
			}
			before := s.Directory().Version()
			u, err := s.AddUnit(ctx, tc.by, in)
			want(t, tc.name, err, tc.kind, tc.field)
			if err != nil {
				if v := s.Directory().Version(); v != before {
					t.Errorf("%s: refused, but the directory went from %d to %d", tc.name, before, v)
				}
				continue
			}
			got, ok := s.Directory().Unit(u)
			if !ok || got.Name.ZH != "唐记杂货" || !got.Active {
				t.Errorf("%s: %+v %v", tc.name, got, ok)
			}
		}
	})
}

func TestChangeAndCloseUnit(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := founded(t, db)
		ctx, by := t.Context(), admin(city)
		squad, _ := s.Directory().Responsible("urban-management", wenjun)
		street, _ := s.Directory().Responsible("street", wenjun)

		want(t, "rename", s.RenameUnit(ctx, by, squad.ID, squad.Version, name("文君街道城管队", "")), "", "")
		want(t, "stale", s.RenameUnit(ctx, by, squad.ID, squad.Version, name("别的", "")), errs.Conflict, "")
		want(t, "empty", s.RenameUnit(ctx, by, squad.ID, squad.Version+1, name("", "")), errs.Invalid, "name_zh")
		want(t, "move", s.MoveUnit(ctx, by, squad.ID, squad.Version+1, orgs.Reach{Phone: "028-0000", Hours: name("每天", "daily")}), "", "")
		want(t, "no such", s.RenameUnit(ctx, by, 1, 1, name("无", "")), errs.NotFound, "")
		got, _ := s.Directory().Unit(squad.ID)
		if got.Name.ZH != "文君街道城管队" || got.Phone != "028-0000" || got.Version != squad.Version+2 {
			t.Fatalf("afterwards %+v", got)
		}

		want(t, "close with units below", s.CloseUnit(ctx, by, street.ID, street.Version), errs.Conflict, "")
		post := s.Directory().Posts(squad.ID)[0]
		h, err := s.Appoint(ctx, by, post.ID, 77, time.Time{}, time.Time{})
		want(t, "appoint", err, "", "")
		want(t, "close while held", s.CloseUnit(ctx, by, squad.ID, got.Version), errs.Conflict, "")
		want(t, "close a held post", s.ClosePost(ctx, by, post.ID), errs.Conflict, "")
		want(t, "dismiss", s.Dismiss(ctx, by, h), "", "")
		want(t, "close the post", s.ClosePost(ctx, by, post.ID), "", "")
		want(t, "appoint to a closed post", second(s.Appoint(ctx, by, post.ID, 77, time.Time{}, time.Time{})), errs.Conflict, "")
		want(t, "close", s.CloseUnit(ctx, by, squad.ID, got.Version), "", "")
		want(t, "close twice", s.CloseUnit(ctx, by, squad.ID, got.Version+1), errs.Conflict, "")
		if u, _ := s.Directory().Responsible("urban-management", wenjun); u.Name.ZH != "邛崃市综合行政执法局" {
			t.Errorf("after closing the squad, %q is responsible", u.Name.ZH)
		}
		if u, ok := s.Directory().Unit(squad.ID); !ok || u.Active || u.Name.ZH == "" {
			t.Errorf("a closed unit lost its name: %+v", u)
		}
	})
}

func second[A any](_ A, err error) error { return err }

func TestHoldingsAndCovers(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := founded(t, db)
		ctx, by, now := t.Context(), admin(city), db.Now()
		centre, _ := s.Directory().Centre(wenjun)
		var dispatcher orgs.Post
		for _, p := range s.Directory().Posts(centre.ID) {
			if p.Role == "dispatcher" {
				dispatcher = p
			}
		}
		const zhao, qian = id.ID(501), id.ID(502)

		want(t, "other town", second(s.Appoint(ctx, admin(linqi), dispatcher.ID, zhao, time.Time{}, time.Time{})), errs.Denied, "")
		want(t, "nobody", second(s.Appoint(ctx, by, dispatcher.ID, 0, time.Time{}, time.Time{})), errs.Invalid, "account")
		want(t, "ends before it begins", second(s.Appoint(ctx, by, dispatcher.ID, zhao, now, now.Add(-time.Hour))), errs.Invalid, "to")
		h, err := s.Appoint(ctx, by, dispatcher.ID, zhao, time.Time{}, time.Time{})
		want(t, "appoint", err, "", "")
		want(t, "twice", second(s.Appoint(ctx, by, dispatcher.ID, zhao, now.Add(time.Hour), time.Time{})), errs.Conflict, "")
		want(t, "a second holder", second(s.Appoint(ctx, by, dispatcher.ID, 503, time.Time{}, time.Time{})), "", "")

		day := 24 * time.Hour
		want(t, "cover by the holder", second(s.Cover(ctx, by, h, zhao, now, now.Add(day))), errs.Invalid, "account")
		want(t, "cover without end", second(s.Cover(ctx, by, h, qian, now, time.Time{})), errs.Invalid, "until")
		want(t, "cover in the past", second(s.Cover(ctx, by, h, qian, now.Add(-2*day), now.Add(-day))), errs.Invalid, "until")
		want(t, "cover for years", second(s.Cover(ctx, by, h, qian, now, now.Add(400*day))), errs.Invalid, "until")
		c, err := s.Cover(ctx, by, h, qian, now.Add(day), now.Add(3*day))
		want(t, "cover", err, "", "")
		want(t, "overlapping cover", second(s.Cover(ctx, by, h, 504, now.Add(2*day), now.Add(4*day))), errs.Conflict, "")
		want(t, "the cover after it", second(s.Cover(ctx, by, h, 504, now.Add(3*day), now.Add(4*day))), "", "")

		d := s.Directory()
		for _, tc := range []struct {
			who  id.ID
			at   time.Time
			want int
		}{
			{zhao, db.Now(), 1}, {zhao, now.Add(-time.Hour), 0}, {zhao, now.Add(2 * day), 1},
			{qian, db.Now(), 0}, {qian, now.Add(day), 1}, {qian, now.Add(3*day - 1), 1}, {qian, now.Add(3 * day), 0},
		} {
			held := d.HeldBy(tc.who, tc.at)
			if len(held) != tc.want {
				t.Errorf("%d holds %d posts at %s, want %d", tc.who, len(held), tc.at.Sub(now), tc.want)
			}
			for _, x := range held {
				if x.Unit.ID != centre.ID || x.Post.ID != dispatcher.ID || (x.Cover != nil) != (tc.who == qian) {
					t.Errorf("held: %+v", x)
				}
				if tc.who == qian && !x.Until().Equal(now.Add(3*day)) {
					t.Errorf("the cover ends %s", x.Until())
				}
			}
		}
		if m := d.Members(centre.ID, now.Add(2*day)); !slices.Equal(m, []id.ID{zhao, qian, 503}) {
			t.Errorf("members %v", m)
		}

		want(t, "end the cover", s.EndCover(ctx, by, c), "", "")
		want(t, "end it twice", s.EndCover(ctx, by, c), errs.Conflict, "")
		want(t, "dismiss", s.Dismiss(ctx, by, h), "", "")
		want(t, "dismiss twice", s.Dismiss(ctx, by, h), errs.Conflict, "")
		want(t, "cover of an ended holding", second(s.Cover(ctx, by, h, qian, db.Now(), db.Now().Add(day))), errs.Conflict, "")
		if held := s.Directory().HeldBy(504, now.Add(3*day)); len(held) != 0 {
			t.Errorf("the cover outlived the holding: %+v", held)
		}
		hs, err := s.History(ctx, 0, dispatcher.ID, 10)
		want(t, "history", err, "", "")
		if len(hs) != 2 {
			t.Errorf("history of the post: %+v", hs)
		}
		records := map[string]id.ID{"holding": h, "cover": c}
		for noun, record := range records {
			last(t, db, noun, record)
		}
	})
}

// last checks that the trail's last digest of a record is that of its present state.
func last(t *testing.T, db *sqldb.DB, noun string, record id.ID) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *sqldb.Tx) error {
		row, err := trail.Last(tx, noun, record)
		if err != nil {
			return err
		}
		found := false
		err = orgs.Digests()[noun](tx, func(d id.ID, digest []byte) error {
			if d == record {
				found = true
				if !bytes.Equal(digest, row.Digest) {
					return fmt.Errorf("%s %s is not as the trail says", noun, d)
				}
			}
			return nil
		})
		if err == nil && !found {
			err = fmt.Errorf("%s %s is not among the digests", noun, record)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
