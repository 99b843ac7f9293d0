// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

var stranger = scope.Actor{Kind: scope.Anonymous}

// limited is the actor with every post for some categories only.
func limited(by scope.Actor, categories ...string) scope.Actor {
	by.Grants = slices.Clone(by.Grants)
	for i := range by.Grants {
		by.Grants[i].Categories = categories
	}
	return by
}

// numbers are those that an actor finds in every way there is.
func (d *desk) numbers(by scope.Actor, words string, f matters.Filter) map[string][]string {
	d.t.Helper()
	ctx, m := d.t.Context(), d.Matters
	out := map[string][]string{}
	take := func(way string, cards []matters.Card, err error) {
		d.t.Helper()
		d.must(err)
		for _, c := range cards {
			out[way] = append(out[way], c.Number)
		}
	}
	p, err := m.List(ctx, by, f)
	take("list", p.Cards, err)
	p, err = m.Search(ctx, by, words, f)
	take("search", p.Cards, err)
	for _, w := range []string{"", words} {
		var cards []matters.Card
		_, err = m.Export(ctx, by, w, f, func(c matters.Card) error { cards = append(cards, c); return nil })
		take("export "+w, cards, err)
	}
	if by.Kind == scope.Staff {
		in, err := m.Inbox(ctx, by, matters.Filter{}, nil)
		if in.Counts.Turn != len(in.Cards) {
			d.t.Errorf("the inbox counts %d and shows %d", in.Counts.Turn, len(in.Cards))
		}
		take("inbox", in.Cards, err)
	}
	return out
}

// A post for some categories saw, listed, found and exported the titles of all
// private matters of its place.
func TestPostForOneCategorySeesNoOther(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		raise := func(category string) matters.Slip {
			return d.raise(d.resident, func(in *matters.Raising) {
				in.Public, in.Category, in.Body = false, category, "家里的下水道的事，不想别人晓得"
				in.Answers = d.answers(category)
			})
		}
		drain, lamp, unknown := raise("drain"), raise("lamp"), d.raise(d.resident, func(in *matters.Raising) { in.Public, in.Body = false, "下水道，不晓得归哪一类" })
		d.must(d.CatchUp(t.Context()))
		by := limited(d.zhao, "drain")
		for way, got := range d.numbers(by, "下水道", matters.Filter{}) {
			if !slices.Contains(got, drain.Number) || !slices.Contains(got, unknown.Number) || slices.Contains(got, lamp.Number) {
				t.Errorf("%s: %v", way, got)
			}
		}
		if _, err := d.Matters.Get(t.Context(), by, lamp.Number); errs.KindOf(err) != errs.NotFound {
			t.Errorf("by its number: %v", err)
		}
	})
}

// What was hidden a moment ago was still found, by whoever knew its words, until
// the index had followed.
func TestHiddenMatterIsNotFoundThatMoment(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, nil)
		d.must(d.CatchUp(ctx))
		if got := d.numbers(stranger, "下水道", matters.Filter{}); len(got["search"]) != 1 {
			t.Fatalf("a stranger finds %v", got)
		}
		d.must(d.Matters.Moderate(ctx, d.zhao, slip.ID, matters.Moderating{Part: "all", Reason: "写了别人的姓名电话"}))
		linqi := limited(d.zhao) // a desk of another town
		for i := range linqi.Grants {
			linqi.Grants[i].In = scope.Of(d.Place("临邛街道"))
		}
		for name, by := range map[string]scope.Actor{"a stranger": stranger, "another town's desk": linqi} {
			for way, got := range d.numbers(by, "下水道", matters.Filter{}) {
				if len(got) > 0 && way != "inbox" {
					t.Errorf("%s: %s: %v", name, way, got)
				}
			}
		}
	})
}

// A post for one village read what the whole unit handles elsewhere.
func TestPostForOneVillageHandlesNoOther(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		slip := d.raise(d.resident, func(in *matters.Raising) { in.Public = false })
		d.to(slip, matters.Handling)
		far := limited(d.wu)
		for i := range far.Grants {
			far.Grants[i].In = scope.Of(d.Place("临邛街道"))
		}
		if _, err := d.Matters.Get(t.Context(), far, slip.Number); errs.KindOf(err) != errs.NotFound {
			t.Errorf("by its number: %v", err)
		}
		in, err := d.Matters.Inbox(t.Context(), far, matters.Filter{}, nil)
		if err != nil || len(in.Cards) != 0 || in.Counts.Turn != 0 {
			t.Errorf("in the inbox: %d, %v", len(in.Cards), err)
		}
		p, err := d.Matters.List(t.Context(), far, matters.Filter{Unit: d.water})
		if err != nil || len(p.Cards) != 0 {
			t.Errorf("in the unit's list: %d, %v", len(p.Cards), err)
		}
	})
}

// Who held the address of a photo of a private matter could look at it, whoever
// they were.
func TestFileIsForThoseWhoMayReadIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		file := func(name string) matters.NewFile {
			return matters.NewFile{Hash: strings.Repeat(name, 64)[:64], Type: "image/jpeg", Size: 10, Width: 1, Height: 1}
		}
		d.raise(d.resident, func(in *matters.Raising) { in.Public, in.Files = false, []matters.NewFile{file("a")} })
		open := d.raise(d.resident, func(in *matters.Raising) { in.Files = []matters.NewFile{file("b")} })
		d.must(d.Matters.AddNote(ctx, d.zhao, open.ID, "给同事看的", file("c")))
		hidden := d.raise(d.resident, func(in *matters.Raising) { in.Files = []matters.NewFile{file("d")} })
		d.must(d.Matters.Moderate(ctx, d.zhao, hidden.ID, matters.Moderating{Part: "file:" + d.get(hidden.Number).Files[0].ID.String(), Reason: "照片里有人脸"}))
		other := town.Resident("陈玉芳", "999999194712040024", "19900000003").Actor()
		for _, tc := range []struct {
			name string
			by   scope.Actor
			may  string
		}{
			{"a stranger", stranger, "b"},
			{"another resident", other, "b"},
			{"the reporter, whose own photo was hidden from others", d.resident, "abd"},
			{"the desk", d.zhao, "abcd"},
			{"a bureau that has nothing to do with it", d.wu, "b"},
		} {
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				_, err := d.Matters.ReadFile(ctx, tc.by, file(name).Hash)
				if may := strings.Contains(tc.may, name); may != (err == nil) || !may && errs.KindOf(err) != errs.NotFound {
					t.Errorf("%s reads %s: %v", tc.name, name, err)
				}
			}
		}
	})
}

// After the term everything personal stayed but the contact: the reporter's voice,
// who had supported, the moderated original, the exact place of a private matter.
func TestNothingPersonalOutlivesItsTerm(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		voice := matters.NewFile{Hash: strings.Repeat("a", 64), Type: "audio/mpeg", Size: 10}
		photo := matters.NewFile{Hash: strings.Repeat("b", 64), Type: "image/jpeg", Size: 10, Width: 1, Height: 1}
		work := matters.NewFile{Hash: strings.Repeat("c", 64), Type: "image/jpeg", Size: 10, Width: 1, Height: 1}
		raise := func(public bool) matters.Slip {
			return d.raise(d.zhao, func(in *matters.Raising) {
				in.Public, in.Files, in.For, in.ForWords, in.PlaceWords = public, []matters.NewFile{voice, photo}, d.resident.Resident, "张家大姐的弟弟", "三栋二单元"
				in.At = &matters.Point{Lon: 103.46, Lat: 30.41}
			})
		}
		public, private := raise(true), raise(false)
		d.must(d.Matters.Support(ctx, town.Resident("陈玉芳", "999999194712040024", "19900000003").Actor(), public.ID, matters.Supporting{Words: "我家也是"}))
		d.must(d.Matters.Support(ctx, stranger, public.ID, matters.Supporting{Words: "也是", Browser: "mark", Contact: people.ContactInput{Phone: "19900000009"}}))
		d.must(d.Matters.Subscribe(ctx, d.resident, "matter:"+public.ID.String()))
		for _, s := range []matters.Slip{public, private} {
			d.must(d.Matters.Moderate(ctx, d.zhao, s.ID, matters.Moderating{Part: "body", Words: "邻居把下水道堵了", Reason: "写了别人的姓名电话"}))
			d.to(s, matters.Verified)
			d.must(d.Matters.AddNote(ctx, d.zhao, s.ID, "现场照片", work))
			d.to(s, matters.Closed)
		}
		d.must(d.CatchUp(ctx))
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		if n, err := d.Matters.ForgetOld(ctx, 10); err != nil || n != 2 {
			t.Fatalf("forgot %d, %v", n, err)
		}
		for _, tc := range []struct {
			slip  matters.Slip
			words string
			files []string
		}{
			{public, "三栋二单元", []string{photo.Hash, work.Hash}},
			{private, "", []string{work.Hash}},
		} {
			w := d.get(tc.slip.Number)
			m := w.Matter
			if m.Resident != 0 || m.Contact != 0 || m.RaisedFor != "" || m.PlaceWords != tc.words || (m.At != nil) != m.Public {
				t.Errorf("public %t: left %+v", m.Public, m)
			}
			var left []string
			for _, f := range w.Files {
				left = append(left, f.Hash)
			}
			if !slices.Equal(left, tc.files) {
				t.Errorf("public %t: files %v", m.Public, left)
			}
			for _, p := range w.Supports {
				if p.Resident != 0 || p.Contact != 0 || p.Words == "" {
					t.Errorf("a supporter: %+v", p)
				}
			}
			o := w.Moderations[0]
			if o.Original != "" || errs.KindOf(d.Matters.Restore(ctx, d.zhao, m.ID, o.ID, "弄错了，恢复")) != errs.Conflict {
				t.Errorf("the original %q", o.Original)
			}
		}
		if yes, err := d.Matters.NeedsFile(ctx, voice.Hash); yes || err != nil {
			t.Errorf("somebody still needs the voice: %v", err)
		}
		if subs, err := d.Matters.Subscriptions(ctx, d.resident); err != nil || len(subs) != 0 {
			t.Errorf("subscriptions %v, %v", subs, err)
		}
		if n := d.count(`SELECT count(*) FROM matter_support WHERE browser <> '' OR resident_id <> 0 OR contact_id <> 0`); n != 0 {
			t.Errorf("%d supporters are still known", n)
		}
		d.verifyTrail()
	})
}

func (d *desk) count(query string, args ...any) (n int64) {
	d.t.Helper()
	d.must(d.DB.Read(d.t.Context(), func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.Int(tx.Row(query, args...))
		return err
	}))
	return n
}

// One browser's mark was kept as it is at every matter it supported, so that the
// database knew all of them for one person's.
func TestSupportsOfOneBrowserCannotBeJoined(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		for range 2 {
			s := d.raise(d.resident, nil)
			d.must(d.Matters.Support(ctx, stranger, s.ID, matters.Supporting{Browser: "one and the same"}))
			if err := d.Matters.Support(ctx, stranger, s.ID, matters.Supporting{Browser: "one and the same"}); errs.KindOf(err) != errs.Conflict {
				t.Errorf("a second time: %v", err)
			}
		}
		if n := d.count(`SELECT count(DISTINCT browser) FROM matter_support`); n != 2 {
			t.Errorf("%d marks for two matters", n)
		}
		if n := d.count(`SELECT count(*) FROM matter_support WHERE browser LIKE '%one and the same%'`); n != 0 {
			t.Error("the mark itself is kept")
		}
	})
}

// Who may not act on a public matter was told by name which clerk had done what
// last.
func TestRefusalNamesNoClerkToStrangers(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Accepted)
		say := func(by scope.Actor) string {
			err := errs.Public(d.Matters.Accept(ctx, by, slip.ID))
			if len(err) != 1 {
				t.Fatal(err)
			}
			return i18n.T(i18n.ZH, err[0].Key, err[0].Args...)
		}
		if s := say(stranger); strings.Contains(s, d.zhao.Name) {
			t.Errorf("a stranger reads %q", s)
		}
		if s := say(d.zhao); !strings.Contains(s, d.zhao.Name) {
			t.Errorf("a colleague reads %q", s)
		}
	})
}

// The mask of a resident's name stood in the story and for good in the trail.
func TestResidentsNameIsNowhereButInItsRow(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		by := d.resident
		by.Name = "周*敏"
		slip := d.raise(by, nil)
		d.must(d.Matters.Ask(ctx, d.zhao, slip.ID, "在哪个门口？"))
		d.must(d.Matters.Answer(ctx, by, slip.ID, "东门。"))
		d.must(d.Matters.Withdraw(ctx, by, slip.ID, ""))
		for _, table := range []string{"matter_step", "trail"} {
			if n := d.count(fmt.Sprintf(`SELECT count(*) FROM %s WHERE actor LIKE '%%周%%'`, table)); n != 0 {
				t.Errorf("%d rows of %s name the resident", n, table)
			}
		}
	})
}

// A matter came to be of a channel that there is not: the database refused it with
// a fault of the program, or a stranger passed for the desk.
func TestChannelIsNotTheStrangersToSay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		for _, tc := range []struct {
			by   scope.Actor
			say  matters.Channel
			want matters.Channel
		}{
			{stranger, matters.Desk, matters.Web}, {stranger, "'; --", matters.Web}, {d.resident, matters.Import, matters.Web}, {d.zhao, matters.Phone, matters.Phone},
		} {
			s := d.raise(tc.by, func(in *matters.Raising) { in.Channel = tc.say })
			if m := d.get(s.Number).Matter; m.Channel != tc.want {
				t.Errorf("%s said by %s: %s", tc.say, tc.by.Kind, m.Channel)
			}
		}
		for _, c := range []matters.Channel{"none", matters.Import} {
			_, err := d.Matters.Raise(t.Context(), d.zhao, matters.Raising{Body: "下水道堵了", Place: d.baota[scope.Village], Channel: c})
			if es := errs.Public(err); len(es) != 1 || es[0].Field != "channel" {
				t.Errorf("a clerk says %s: %v", c, err)
			}
		}
	})
}

// A matter could be dispatched to a unit of another town, where nobody may act on
// it or see it.
func TestDispatchStaysWhereTheUnitServes(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Classified)
		far, ok := town.Orgs.Directory().Responsible("village", d.far())
		if !ok {
			t.Fatal("no unit elsewhere")
		}
		err := d.Matters.Dispatch(t.Context(), d.zhao, slip.ID, matters.Dispatching{Lead: far.ID})
		if es := errs.Public(err); len(es) != 1 || es[0].Field != "lead" {
			t.Errorf("dispatched: %v", err)
		}
	})
}

// far is a village of another town.
func (d *desk) far() scope.Path {
	tree := d.Places.Tree()
	return tree.Children(d.Place("临邛街道")[scope.Town])[0].Path
}
