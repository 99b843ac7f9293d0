// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"reflect"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// refused fails the test unless the error is what one sentence says.
func (d *desk) refused(what string, err error, key string) {
	d.t.Helper()
	es := errs.Public(err)
	if len(es) != 1 || es[0].Key != key {
		d.t.Errorf("%s: %v, want %s", what, err, key)
	}
}

// same fails the test unless the matter is what it was, but for its version.
func (d *desk) same(what string, was matters.Matter) {
	d.t.Helper()
	now := d.get(was.Number).Matter
	was.Version, now.Version = 0, 0
	was, now = matters.WithoutStory(was), matters.WithoutStory(now) // which has two lines more
	if !reflect.DeepEqual(was, now) {
		d.t.Errorf("%s:\n%+v\nbecame\n%+v", what, was, now)
	}
}

// What is joined and taken out again is what it was, from whichever state, and so
// is the matter that it followed, however much later.
func TestUnjoinGivesBackWhatWasThere(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		for _, state := range []matters.State{matters.Received, matters.Accepted, matters.Classified} {
			for _, target := range []matters.State{matters.Received, matters.Handling, matters.Verified} {
				a, b := d.raise(d.resident, nil), d.raise(other, nil)
				d.to(a, target)
				d.Clock.Add(37 * time.Minute)
				d.to(b, state)
				d.must(d.Matters.Support(ctx, stranger, b.ID, matters.Supporting{Browser: "x", Words: "我家也臭", Public: true}))
				wasA, wasB := d.get(a.Number).Matter, d.get(b.Number).Matter
				d.Clock.Add(3 * time.Hour)
				d.must(d.Matters.Join(ctx, d.zhao, b.ID, a.ID, "说的是同一个井口"))
				if m := d.get(a.Number).Matter; m.Supporters != 2 {
					t.Errorf("%d supporters after joining, want 2", m.Supporters)
				}
				if m := d.get(b.Number).Matter; m.State != matters.Joined || !m.Due.IsZero() || m.TurnUnit != 0 || m.ClosedAt.IsZero() {
					t.Errorf("joined: %+v", m)
				}
				d.Clock.Add(50 * time.Hour)
				d.must(d.Matters.Unjoin(ctx, d.zhao, b.ID))
				d.same("joined from "+string(state)+" and taken out", wasB)
				d.same("to which one was joined", wasA)
			}
		}
		d.verifyTrail()
	})
}

// Nobody counts twice: not who raised both, nor who said "me too" to both.
func TestJoinCountsEachOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		both := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		a, b, c := d.raise(d.resident, nil), d.raise(other, nil), d.raise(d.resident, nil)
		for _, slip := range []matters.Slip{a, b} {
			d.must(d.Matters.Support(ctx, both, slip.ID, matters.Supporting{}))
			d.must(d.Matters.Support(ctx, stranger, slip.ID, matters.Supporting{Browser: "y"}))
		}
		d.must(d.Matters.Support(ctx, other, a.ID, matters.Supporting{Words: "我另外也反映了"}))
		d.must(d.Matters.Support(ctx, d.resident, b.ID, matters.Supporting{Words: "我也反映了"}))
		d.must(d.Matters.Join(ctx, d.zhao, b.ID, a.ID, "同一个井口"))
		d.must(d.Matters.Join(ctx, d.zhao, c.ID, a.ID, "同一个人说的"))
		if m := d.get(a.Number).Matter; m.Supporters != 4 {
			t.Errorf("%d supporters, want 4: both, the other reporter, and two browsers, for a browser is known at one matter only", m.Supporters)
		}
		d.refused("joining what others follow", d.Matters.Join(ctx, d.zhao, a.ID, d.raise(other, nil).ID, "同一个井口"), "matter.join.has_joined")
		d.refused("joining to what follows", d.Matters.Join(ctx, d.zhao, d.raise(other, nil).ID, b.ID, "同一个井口"), "matter.join.joined")
	})
}

// Whose matter was joined keeps their say: they rate the end of the one it
// follows, and "not solved" takes that up again for everybody.
func TestJoinedReporterHasASay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		second := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		third := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		private := func(in *matters.Raising) { in.Public = false }
		a, b, c := d.raise(d.resident, private), d.raise(second, private), d.raise(third, nil)
		d.to(a, matters.Handling)
		for _, s := range []matters.Slip{b, c} {
			d.must(d.Matters.Join(ctx, d.zhao, s.ID, a.ID, "同一个井口"))
		}
		d.refused("rating before the end", d.Matters.Rate(ctx, second, b.ID, matters.Rating{Solved: matters.Yes}), "matter.rate.not_yet")
		d.refused("reopening before the end", d.Matters.Reopen(ctx, second, b.ID, "还是臭得很"), "matter.rate.not_yet")
		d.to(a, matters.Closed)
		d.must(d.Matters.Rate(ctx, d.resident, a.ID, matters.Rating{Solved: matters.Yes, Satisfied: 5}))
		d.must(d.Matters.Rate(ctx, third, c.ID, matters.Rating{Solved: matters.Partly}))
		d.must(d.Matters.Rate(ctx, second, b.ID, matters.Rating{Solved: matters.No, Satisfied: 1, Words: "我家门口还是臭"}))
		m := d.get(a.Number).Matter
		if m.State != matters.Handling || m.Reopened != 1 || m.Lead != d.water || m.Solved != "" {
			t.Errorf("the matter they follow: %+v", m)
		}
		for _, s := range []matters.Slip{b, c} {
			if m := d.get(s.Number).Matter; m.State != matters.Joined || m.Solved != "" {
				t.Errorf("%s: %s, rated %q", s.Number, m.State, m.Solved)
			}
		}
		if w, err := d.Matters.Get(ctx, d.resident, a.Number); err != nil || len(w.Steps) == 0 || w.Steps[len(w.Steps)-1].Words != "" {
			t.Errorf("another reporter's private words were shown: %+v, %v", w.Steps[len(w.Steps)-1], err)
		}
		d.to(a, matters.Closed)
		for by, s := range map[*scope.Actor]matters.Slip{&second: b, &third: c, &d.resident: a} {
			d.must(d.Matters.Rate(ctx, *by, s.ID, matters.Rating{Solved: matters.Yes}))
		}
		d.Clock.Add(16 * 24 * time.Hour)
		d.refused("reopening after the window", d.Matters.Reopen(ctx, second, b.ID, "又堵了，臭得很"), "matter.reopen.late")
		d.verifyTrail()
	})
}

// Who withdraws a matter does not withdraw what others raised.
func TestWithdrawFreesWhatWasJoined(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		a, b := d.raise(d.resident, nil), d.raise(other, nil)
		d.to(a, matters.Accepted)
		was := d.get(b.Number).Matter
		d.must(d.Matters.Join(ctx, d.zhao, b.ID, a.ID, "同一个井口"))
		numbers, err := d.Matters.Split(ctx, d.zhao, a.ID, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
		d.must(err)
		part := d.get(numbers[0]).Matter
		d.must(d.Matters.Unsplit(ctx, d.zhao, part.ID, "还是一起办"))
		d.must(d.Matters.Withdraw(ctx, d.resident, a.ID, "搬家了"))
		d.same("what another raised", was)
		if m := d.get(part.Number).Matter; m.State != matters.Joined {
			t.Errorf("a part of what was withdrawn: %s", m.State)
		}
		d.verifyTrail()
	})
}

func TestSplitAndBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		both := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		later := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		want := map[matters.State]matters.State{matters.Received: matters.Received, matters.Accepted: matters.Accepted, matters.Classified: matters.Accepted}
		for state, begins := range want {
			a := d.raise(stranger, func(in *matters.Raising) {
				in.Public = false
				in.Contact = people.ContactInput{Name: "李四", Phone: "19900000009"}
				in.Files = []matters.NewFile{{Hash: "h1", Type: "image/jpeg", Size: 9}}
			})
			holder := scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{a.ID}}
			d.to(a, state)
			d.must(d.Matters.Moderate(ctx, d.zhao, a.ID, matters.Moderating{Part: "title", Words: "堵了", Reason: "标题太长了"}))
			d.Clock.Add(20 * time.Minute)
			was := d.get(a.Number).Matter
			numbers, err := d.Matters.Split(ctx, d.zhao, a.ID, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
			d.must(err)
			d.same("the matter that was split", was)
			w := d.get(numbers[0])
			part := w.Matter
			if part.State != begins || part.SplitFrom != a.ID || part.Contact != was.Contact || part.Acceptor != was.Acceptor || part.Category != "" ||
				!part.Due.Equal(was.Due) || !part.Promised.Equal(was.Promised) || !part.RaisedAt.Equal(was.RaisedAt) || len(w.Files) != 1 {
				t.Errorf("from %s, the part: %+v, %d files", state, part, len(w.Files))
			}
			if got, err := d.Matters.ByCode(ctx, part.Number, a.Code); err != nil || got != part.ID {
				t.Errorf("the slip's code does not find the part: %v", err)
			}
			if x, err := d.Matters.Get(ctx, holder, part.Number); err != nil || !x.IsReporter {
				t.Errorf("the slip's holder at the part: %v", err)
			}
			if p, err := d.Matters.Mine(ctx, holder, matters.Filter{}); err != nil || len(p.Cards) != 2 {
				t.Errorf("the slip's holder has %d matters, %v", len(p.Cards), err)
			}
			partWas := part
			d.Clock.Add(time.Hour)
			d.must(d.Matters.Unsplit(ctx, d.zhao, part.ID, "还是一起办"))
			d.same("the matter after its split was undone", was)
			if m := d.get(part.Number).Matter; m.State != matters.Joined || m.JoinedTo != a.ID {
				t.Errorf("the part went to %s, %d", m.State, m.JoinedTo)
			}
			if x, err := d.Matters.Get(ctx, holder, part.Number); err != nil || len(x.Origins) == 0 || x.Origins[0].Number != a.Number || x.Steps[len(x.Steps)-1].Detail != a.Number {
				t.Errorf("the part does not say where it went: %+v, %v", x.Steps, err)
			}
			d.must(d.Matters.Unjoin(ctx, d.zhao, part.ID))
			d.same("the part, taken out again", partWas)
		}
		// supporters: those of the whole count in the part, and not twice when it goes back
		a := d.raise(d.resident, nil)
		d.must(d.Matters.Support(ctx, both, a.ID, matters.Supporting{Words: "我家也是", Public: true}))
		numbers, err := d.Matters.Split(ctx, d.zhao, a.ID, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
		d.must(err)
		part := d.get(numbers[0])
		if part.Matter.Supporters != 1 || len(part.Supports) != 1 || part.Supports[0].Words != "我家也是" {
			t.Errorf("the part's supporters: %d, %+v", part.Matter.Supporters, part.Supports)
		}
		d.must(d.CatchUp(ctx)) // told of the split before the next one supports the part
		d.must(d.Matters.Support(ctx, later, part.Matter.ID, matters.Supporting{Words: "黑漆漆的"}))
		d.must(d.Matters.Unsplit(ctx, d.zhao, part.Matter.ID, "还是一起办"))
		if m := d.get(a.Number).Matter; m.Supporters != 2 {
			t.Errorf("%d supporters, want 2: the reporter is none", m.Supporters)
		}
		d.wants("the reporter", d.resident, part.Matter.Number, "split_off", "unsplit")
		d.wants("a supporter of the part alone", later, part.Matter.Number, "unsplit")
		d.must(d.Matters.Accept(ctx, d.zhao, a.ID))
		d.wants("that supporter, of what happens to the whole", later, part.Matter.Number, "unsplit", "accept")
		d.verifyTrail()
	})
}

func TestUnsplitRefuses(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		split := func(slip matters.Slip) matters.Slip {
			numbers, err := d.Matters.Split(ctx, d.zhao, slip.ID, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
			d.must(err)
			return matters.Slip{ID: d.get(numbers[0]).Matter.ID, Number: numbers[0]}
		}
		back := func(slip matters.Slip) error { return d.Matters.Unsplit(ctx, d.zhao, slip.ID, "还是一起办") }
		whole := d.raise(d.resident, nil)
		d.to(whole, matters.Accepted)
		gone, followed, over := split(whole), split(whole), split(whole)
		d.refused("what was never split", back(whole), "matter.unsplit.none")
		d.to(gone, matters.Dispatched)
		d.refused("what a unit has", back(gone), "matter.unsplit.late")
		d.must(d.Matters.SendBack(ctx, d.wu, gone.ID, "一件事，请一起办"))
		d.must(back(gone)) // the unit returned it
		d.must(d.Matters.Join(ctx, d.zhao, d.raise(d.resident, nil).ID, followed.ID, "同一盏灯"))
		d.refused("what others follow", back(followed), "matter.join.has_joined")
		if err := d.Matters.Unsplit(ctx, d.wu, over.ID, "还是一起办"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a unit undoes a split: %v", err)
		}
		if err := d.Matters.Unsplit(ctx, d.zhao, over.ID, "好"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		d.to(whole, matters.Handled)
		d.refused("when the result is being verified", back(over), "matter.unsplit.over")
	})
}

// What a part shares with the matter it was taken out of is kept as long as either.
func TestForgetSharedContacts(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		whole := d.raise(stranger, func(in *matters.Raising) { in.Contact = people.ContactInput{Name: "李四", Phone: "19900000009"} })
		d.must(d.Matters.Support(ctx, stranger, whole.ID, matters.Supporting{Browser: "z", Contact: people.ContactInput{Phone: "19900000010"}}))
		d.to(whole, matters.Accepted)
		numbers, err := d.Matters.Split(ctx, d.zhao, whole.ID, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
		d.must(err)
		part := matters.Slip{ID: d.get(numbers[0]).Matter.ID, Number: numbers[0]}
		d.to(part, matters.Closed)
		reach := func() (n int) {
			for _, number := range []string{whole.Number, part.Number} {
				w := d.get(number)
				cs := []id.ID{w.Matter.Contact}
				for _, s := range w.Supports {
					cs = append(cs, s.Contact)
				}
				n += d.contacts(cs...)
			}
			return n
		}
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		d.zhao, d.wu, d.zheng = town.As("zhao"), town.As("wu"), town.As("zheng")
		if n, err := d.Matters.ForgetOld(ctx, 10); err != nil || n != 1 {
			t.Fatalf("forgot %d, %v", n, err)
		}
		if n := reach(); n != 2 {
			t.Errorf("%d of the two contacts of a matter under way are left", n)
		}
		d.to(whole, matters.Closed)
		d.Clock.Add(3 * 365 * 24 * time.Hour)
		kept := d.get(whole.Number)
		if n, err := d.Matters.ForgetOld(ctx, 10); err != nil || n != 1 {
			t.Fatalf("forgot %d, %v", n, err)
		}
		if n := d.contacts(kept.Matter.Contact, kept.Supports[0].Contact); n != 0 {
			t.Errorf("%d contacts are left", n)
		}
		d.verifyTrail()
	})
}

// contacts is how many of the contacts can still be reached.
func (d *desk) contacts(cs ...id.ID) (n int) {
	d.t.Helper()
	d.must(d.DB.Read(d.t.Context(), func(tx *sqldb.Tx) error {
		cards, err := d.People.ContactCards(tx, cs...)
		for _, c := range cards {
			if c.Phone != "" && !c.Forgotten {
				n++
			}
		}
		return err
	}))
	return n
}
