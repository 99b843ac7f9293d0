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
	"yuanba/internal/kit/scope"
)

// shownTo is the reporter's name as it stands beside the matter for the reader.
func (d *desk) shownTo(by scope.Actor, slip matters.Slip) string {
	d.t.Helper()
	name, err := d.Matters.PublicName(d.t.Context(), by, slip.ID)
	d.must(err)
	return name
}

func kinds(err error) string {
	es := errs.Public(err)
	if len(es) != 1 {
		return fmt.Sprint(err)
	}
	return es[0].Field + " " + es[0].Key
}

// The choice to be named was taken and kept, and nobody ever saw it.
func TestNamedMatterShowsTheMaskAlone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		named := func(in *matters.Raising) { in.Named = true }
		as := func(name, words string) func(*matters.Raising) {
			return func(in *matters.Raising) {
				in.Named, in.ForWords, in.Contact = true, words, people.ContactInput{Name: name, Phone: "19900000005"}
			}
		}
		for _, tc := range []struct {
			name string
			by   scope.Actor
			edit func(*matters.Raising)
			want string
		}{
			{"a resident", d.resident, named, "周*"},
			{"a resident who would rather not", d.resident, nil, ""},
			{"a stranger who wrote a name", stranger, as("张建国", ""), "张**"},
			{"a resident under the name written down", d.resident, as("欧阳 娟", ""), "欧***"},
			{"a clerk for somebody", d.zhao, as("王秀英", "王家大娘"), "王**"},
			{"a clerk for a resident", d.zhao, func(in *matters.Raising) { in.Named, in.For, in.ForWords = true, d.resident.Resident, "邻居" }, "周*"},
			{"a neighbour for somebody", d.resident, as("罗大爷", "楼上罗大爷"), "罗**"},
		} {
			slip := d.raise(tc.by, tc.edit)
			for who, by := range map[string]scope.Actor{"a stranger": stranger, "the reporter": d.resident, "the desk": d.zhao, "a bureau": d.wu} {
				if got := d.shownTo(by, slip); got != tc.want {
					t.Errorf("%s: %s reads %q, not %q", tc.name, who, got, tc.want)
				}
			}
		}
		before := d.count(`SELECT count(*) FROM matter`)
		for _, tc := range []struct {
			name string
			by   scope.Actor
			edit func(*matters.Raising)
		}{
			{"a stranger without a name", stranger, named},
			{"a name of one letter", stranger, as("周", "")},
			{"a clerk for somebody without a name", d.zhao, func(in *matters.Raising) { in.Named, in.ForWords = true, "王家大娘" }},
			{"a neighbour, whose own name is not the reporter's", d.resident, func(in *matters.Raising) { in.Named, in.ForWords = true, "楼上罗大爷" }},
		} {
			in := matters.Raising{Body: "下水道堵了三天。", Place: d.baota[scope.Village], Public: true}
			tc.edit(&in)
			if _, err := d.Matters.Raise(t.Context(), tc.by, in); kinds(err) != "name matter.name.missing" {
				t.Errorf("%s: %v", tc.name, err)
			}
		}
		if n := d.count(`SELECT count(*) FROM matter`); n != before {
			t.Errorf("%d matters were taken in all the same", n-before)
		}
		private := d.raise(stranger, func(in *matters.Raising) { in.Named, in.Public = true, false }) // asks for no name
		if m := d.get(private.Number).Matter; m.Named {
			t.Error("a private matter is named")
		}
		if _, err := d.Matters.PublicName(t.Context(), stranger, private.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a stranger asks for the name at a private one: %v", err)
		}
		d.verifyTrail()
	})
}

// The reporter may change their mind, in every state, and nobody else for them
// but who records what they say.
func TestReporterHidesAndShowsTheName(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, func(in *matters.Raising) { in.Named = true })
		other := town.Resident("陈玉芳", "999999194712040024", "19900000003").Actor()
		for name, by := range map[string]scope.Actor{"a stranger": stranger, "another resident": other, "a bureau": d.wu} {
			if err := d.Matters.HideName(ctx, by, slip.ID); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s hides the name: %v", name, err)
			}
		}
		d.to(slip, matters.Closed)
		acts := func(by scope.Actor) (names []matters.Act) {
			w, err := d.Matters.Get(ctx, by, slip.Number)
			d.must(err)
			for _, a := range w.Acts {
				if a == matters.ShowName || a == matters.HideName {
					names = append(names, a)
				}
			}
			return names
		}
		if got := acts(d.resident); !slices.Equal(got, []matters.Act{matters.HideName}) {
			t.Errorf("the reporter may %v", got)
		}
		if got := acts(stranger); len(got) != 0 {
			t.Errorf("a stranger may %v", got)
		}
		if err := d.Matters.ShowName(ctx, d.resident, slip.ID); kinds(err) != " matter.name.already" {
			t.Errorf("shown twice: %v", err)
		}
		d.must(d.Matters.HideName(ctx, d.resident, slip.ID))
		if got := d.shownTo(stranger, slip); got != "" {
			t.Errorf("a stranger still reads %q", got)
		}
		if got := acts(d.resident); !slices.Equal(got, []matters.Act{matters.ShowName}) {
			t.Errorf("then the reporter may %v", got)
		}
		if err := d.Matters.HideName(ctx, d.resident, slip.ID); kinds(err) != " matter.name.already" {
			t.Errorf("hidden twice: %v", err)
		}
		d.must(d.Matters.ShowName(ctx, d.zhao, slip.ID)) // said by telephone
		if got := d.shownTo(stranger, slip); got != "周*" {
			t.Errorf("shown again: %q", got)
		}
		w := d.get(slip.Number)
		if w.Matter.State != matters.Closed {
			t.Errorf("it is %s", w.Matter.State)
		}
		last := w.Steps[len(w.Steps)-2:]
		if last[0].Act != matters.HideName || last[0].Public || last[0].Behalf || last[1].Act != matters.ShowName || last[1].Public || !last[1].Behalf {
			t.Errorf("the story says %+v", last)
		}
		if w, err := d.Matters.Get(ctx, stranger, slip.Number); err != nil || slices.ContainsFunc(w.Steps, func(p matters.Step) bool { return p.Act == matters.HideName }) {
			t.Errorf("a stranger reads of it: %v", err)
		}
		nobody := d.raise(stranger, nil)
		holder := scope.Actor{Kind: scope.Anonymous, Slips: []matters.ID{nobody.ID}}
		if err := d.Matters.ShowName(ctx, holder, nobody.ID); kinds(err) != " matter.name.none" {
			t.Errorf("no name was left: %v", err)
		}
		private := d.raise(d.resident, func(in *matters.Raising) { in.Public = false })
		if err := d.Matters.ShowName(ctx, d.resident, private.ID); kinds(err) != " matter.name.private" {
			t.Errorf("of a private matter: %v", err)
		}
		if err := d.Matters.ShowName(ctx, stranger, private.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a stranger learns of a private matter: %v", err)
		}
		d.verifyTrail()
	})
}

// What the moderator hides stays the reporter's choice and comes back as it was.
func TestModeratorHidesTheName(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		slip := d.raise(d.resident, func(in *matters.Raising) { in.Named = true })
		hide := func(part string) error {
			return d.Matters.Moderate(ctx, d.zhao, slip.ID, matters.Moderating{Part: part, Reason: "村里只有一家姓这个姓"})
		}
		if err := d.Matters.Moderate(ctx, d.wu, slip.ID, matters.Moderating{Part: "name", Reason: "不该露面的"}); errs.KindOf(err) != errs.Denied {
			t.Errorf("a bureau moderates: %v", err)
		}
		d.must(hide("name"))
		if got := d.shownTo(stranger, slip); got != "" {
			t.Errorf("a stranger still reads %q", got)
		}
		if err := hide("name"); kinds(err) != " matter.moderate.already" {
			t.Errorf("hidden twice: %v", err)
		}
		d.must(d.Matters.HideName(ctx, d.resident, slip.ID))
		if err := d.Matters.ShowName(ctx, d.resident, slip.ID); kinds(err) != " matter.name.moderated" {
			t.Errorf("the reporter goes round the moderator: %v", err)
		}
		o := d.get(slip.Number).Moderations[0]
		d.must(d.Matters.Restore(ctx, d.zhao, slip.ID, o.ID, "全村好几家"))
		if got := d.shownTo(stranger, slip); got != "" {
			t.Errorf("restored, and the reporter's later choice is lost: %q", got)
		}
		d.must(d.Matters.ShowName(ctx, d.resident, slip.ID))
		d.must(hide("name"))
		o = d.get(slip.Number).Moderations[1]
		d.must(d.Matters.Restore(ctx, d.zhao, slip.ID, o.ID, "全村好几家"))
		if m := d.get(slip.Number).Matter; !m.Named || d.shownTo(stranger, slip) != "周*" {
			t.Errorf("restored: %q, named %t", d.shownTo(stranger, slip), m.Named)
		}
		d.must(hide("all"))
		if got := d.shownTo(d.zhao, slip); got != "" {
			t.Errorf("of a hidden matter: %q", got)
		}
		nameless := d.raise(d.resident, nil)
		if err := d.Matters.Moderate(ctx, d.zhao, nameless.ID, matters.Moderating{Part: "name", Reason: "不该露面的"}); kinds(err) != "part matter.moderate.part" {
			t.Errorf("of a nameless matter: %v", err)
		}
		d.verifyTrail()
	})
}

// The name is in no copy, and goes with the personal facts.
func TestShownNameIsNowhereElseAndIsForgotten(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		own := d.raise(d.resident, func(in *matters.Raising) { in.Named = true })
		written := d.raise(stranger, func(in *matters.Raising) { in.Named, in.Contact = true, people.ContactInput{Name: "璩建国"} })
		d.must(d.Matters.HideName(ctx, d.resident, own.ID))
		d.must(d.Matters.ShowName(ctx, d.resident, own.ID))
		d.must(d.CatchUp(ctx))
		for way, got := range d.numbers(stranger, "璩", matters.Filter{}) {
			if way == "search" || way == "export 璩" {
				t.Errorf("%s by the surname: %v", way, got)
			}
		}
		for column, table := range map[string]string{"actor": "matter_step", "words": "matter_step", "detail": "matter_step", "note": "(SELECT * FROM trail WHERE noun = 'matter') t", "title": "matter", "body": "matter"} {
			for _, name := range []string{"周", "璩"} {
				if n := d.count(fmt.Sprintf(`SELECT count(*) FROM %s WHERE %s LIKE '%%%s%%'`, table, column, name)); n != 0 {
					t.Errorf("%d rows of %s say %s in %s", n, table, name, column)
				}
			}
		}
		for _, s := range []matters.Slip{own, written} {
			if d.shownTo(stranger, s) == "" {
				t.Fatal("not named")
			}
			d.to(s, matters.Closed)
		}
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		if n, err := d.Matters.ForgetOld(ctx, 10); err != nil || n != 2 {
			t.Fatalf("forgot %d, %v", n, err)
		}
		for _, s := range []matters.Slip{own, written} {
			for _, by := range []scope.Actor{stranger, d.zhao, scope.Program("test")} {
				if got := d.shownTo(by, s); strings.Trim(got, "*") != "" {
					t.Errorf("after the term %s reads %q", by.Kind, got)
				}
			}
		}
		d.verifyTrail()
	})
}
