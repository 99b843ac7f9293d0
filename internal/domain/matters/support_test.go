// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"fmt"
	"sync"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// counts fails the test unless the matter counts so many supporters.
func (d *desk) counts(what, number string, want int) {
	d.t.Helper()
	if m := d.get(number).Matter; m.Supporters != want {
		d.t.Errorf("%s: %d supporters, want %d", what, m.Supporters, want)
	}
}

// Whoever says "me too" takes it back: the words, the photo and the telephone go,
// the count goes down, nothing in the story says whose it was, and the digest fits.
func TestUnsupport(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		slip := d.raise(d.resident, nil)
		photo := matters.NewFile{Hash: fmt.Sprintf("%064d", 1), Type: "image/jpeg", Size: 9, Width: 1, Height: 1}
		d.must(d.Matters.Support(ctx, other, slip.ID, matters.Supporting{Words: "我家也臭", Public: true}, photo))
		d.must(d.Matters.Support(ctx, stranger, slip.ID, matters.Supporting{Browser: "x", Contact: people.ContactInput{Phone: "19900000010"}}))
		d.must(d.Matters.Support(ctx, d.zhao, slip.ID, matters.Supporting{Words: "王婆婆来窗口说的"}))
		d.must(d.Matters.Subscribe(ctx, other, "matter:"+slip.ID.String()))
		d.counts("three said so", slip.Number, 3)
		w := d.get(slip.Number)
		contact, desk := id.ID(0), id.ID(0)
		for _, p := range w.Supports {
			contact = max(contact, p.Contact)
			if p.AtDesk() {
				desk = p.ID
			}
		}

		d.refused("who never said it", d.Matters.Unsupport(ctx, d.resident, slip.ID, matters.Unsupporting{}), "matter.unsupport.none")
		d.refused("another browser", d.Matters.Unsupport(ctx, stranger, slip.ID, matters.Unsupporting{Browser: "y"}), "matter.unsupport.none")
		d.refused("no browser at all", d.Matters.Unsupport(ctx, stranger, slip.ID, matters.Unsupporting{}), "matter.unsupport.none")
		d.refused("a clerk takes back a resident's", d.Matters.Unsupport(ctx, d.zhao, slip.ID, matters.Unsupporting{Which: w.Supports[0].ID}), "matter.unsupport.which")
		if err := d.Matters.Unsupport(ctx, d.wu, slip.ID, matters.Unsupporting{Which: desk}); errs.KindOf(err) != errs.NotFound && errs.KindOf(err) != errs.Denied {
			t.Errorf("a unit takes back what the desk wrote down: %v", err)
		}
		d.counts("after refusals", slip.Number, 3)

		if said, err := d.Matters.Supported(ctx, other, slip.ID, ""); err != nil || !said {
			t.Errorf("they said so: %t, %v", said, err)
		}
		d.must(d.Matters.Unsupport(ctx, other, slip.ID, matters.Unsupporting{}))
		d.counts("one took it back", slip.Number, 2)
		if said, err := d.Matters.Supported(ctx, other, slip.ID, ""); err != nil || said {
			t.Errorf("they still say so: %t, %v", said, err)
		}
		w = d.get(slip.Number)
		if len(w.Files) != 0 || len(w.Supports) != 2 {
			t.Errorf("left over: %d files, %d supports", len(w.Files), len(w.Supports))
		}
		for _, p := range w.Steps {
			if p.Act == matters.SupportAct && p.Unit == 0 && p.Account != 0 || p.Act == matters.UnsupportAct && (p.Account != 0 || p.Actor != "") {
				t.Errorf("the story knows whose it was: %+v", p)
			}
		}
		if ss, err := d.Matters.Subscriptions(ctx, other); err != nil || len(ss) != 1 {
			t.Errorf("what they follow by themselves: %v, %v", ss, err)
		}
		d.must(d.Matters.Unsubscribe(ctx, other, "matter:"+slip.ID.String()))
		d.must(d.CatchUp(ctx))
		d.must(d.Matters.Accept(ctx, d.zhao, slip.ID))
		d.wants("who took it back, of what came after", other, slip.Number)

		d.must(d.Matters.Unsupport(ctx, stranger, slip.ID, matters.Unsupporting{Browser: "x"}))
		if n := d.contacts(contact); n != 0 {
			t.Error("the telephone is still kept")
		}
		d.must(d.Matters.Unsupport(ctx, d.zhao, slip.ID, matters.Unsupporting{Which: desk}))
		d.counts("all took it back", slip.Number, 0)
		d.must(d.Matters.Support(ctx, other, slip.ID, matters.Supporting{}))
		d.counts("and one said so again", slip.Number, 1)
		d.to(slip, matters.Closed)
		d.must(d.Matters.Unsupport(ctx, other, slip.ID, matters.Unsupporting{}))
		d.counts("taken back after the end", slip.Number, 0)
		d.must(d.DB.Read(ctx, func(tx *sqldb.Tx) error {
			rows, err := trail.Story(tx, "matter", slip.ID, 0, 100)
			n := 0
			for _, r := range rows {
				if r.Act == string(matters.UnsupportAct) {
					n++
					if r.Kind == scope.Resident && r.Actor != "" {
						t.Errorf("the trail names %q", r.Actor)
					}
				}
			}
			if n != 4 {
				t.Errorf("%d rows of the trail, want 4", n)
			}
			return err
		}))
		d.verifyTrail()
	})
}

// Taken back at a matter that follows another it counts nowhere; whoever has still to
// do with one of them is still counted, once.
func TestUnsupportOfJoined(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		both := town.Resident("邻居甲", "999999196001010012", "19900000018").Actor()
		a, b, c := d.raise(d.resident, nil), d.raise(other, nil), d.raise(other, nil)
		for _, x := range []matters.Slip{b, c} {
			d.must(d.Matters.Support(ctx, both, x.ID, matters.Supporting{Words: "我家也是", Public: true}))
			d.must(d.Matters.Join(ctx, d.zhao, x.ID, a.ID, "同一个井口"))
		}
		d.counts("two reports of one neighbour, and one who supports both", a.Number, 2)
		d.must(d.Matters.Support(ctx, both, a.ID, matters.Supporting{}))
		d.counts("who was counted already says so here too", a.Number, 2)
		d.must(d.Matters.Unsupport(ctx, both, a.ID, matters.Unsupporting{}))
		d.counts("and takes that back", a.Number, 2)
		d.must(d.Matters.Unsupport(ctx, both, b.ID, matters.Unsupporting{}))
		d.counts("at one of the joined", b.Number, 0)
		d.counts("still through the other", a.Number, 2)
		d.must(d.Matters.Unsupport(ctx, both, c.ID, matters.Unsupporting{}))
		d.counts("at both", a.Number, 1)
		d.must(d.Matters.Unjoin(ctx, d.zhao, b.ID))
		d.counts("one of the two reports left", a.Number, 1)
		d.must(d.Matters.Unjoin(ctx, d.zhao, c.ID))
		d.counts("both left", a.Number, 0)

		// a part, and the same part gone back
		d.must(d.Matters.Support(ctx, both, a.ID, matters.Supporting{Words: "我家也是", Public: true}))
		d.must(d.Matters.Support(ctx, stranger, a.ID, matters.Supporting{Browser: "x"}))
		for _, words := range []string{"一位婆婆说的", "一位婆婆说的"} {
			d.must(d.Matters.Support(ctx, d.zhao, a.ID, matters.Supporting{Words: words}))
		}
		numbers, err := d.Matters.Split(ctx, d.zhao, a.ID, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
		d.must(err)
		part := d.get(numbers[0]).Matter
		d.refused("a browser says to a part what it said to the whole", d.Matters.Support(ctx, stranger, part.ID, matters.Supporting{Browser: "x"}), "matter.support.once")
		d.must(d.Matters.Unsupport(ctx, stranger, part.ID, matters.Unsupporting{Browser: "x"}))
		d.counts("the part alone", part.Number, 3)
		d.counts("not the whole", a.Number, 4)
		d.must(d.Matters.Unsplit(ctx, d.zhao, part.ID, "还是一起办"))
		d.counts("the part went back", a.Number, 4)
		d.must(d.Matters.Unsupport(ctx, both, a.ID, matters.Unsupporting{}))
		d.counts("taken back with its copy", a.Number, 3)
		d.counts("the copy", part.Number, 2)
		d.verifyTrail()
	})
}

// Thirty give and take back at once, some of them twice: the count is exact.
func TestThirtyGiveAndTakeBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		a, b := d.raise(d.resident, nil), d.raise(d.resident, nil)
		d.must(d.Matters.Join(ctx, d.zhao, d.raise(town.Resident("陈秀英", "999999194703070029", "19900000003").Actor(), nil).ID, a.ID, "同一个井口"))
		var wg sync.WaitGroup
		for n := range 30 {
			wg.Go(func() {
				browser := fmt.Sprint(n)
				for _, slip := range []matters.Slip{a, b} {
					if err := d.Matters.Support(ctx, stranger, slip.ID, matters.Supporting{Browser: browser}); err != nil {
						t.Error(err)
					}
					if n%3 == 0 {
						continue
					}
					var two sync.WaitGroup
					errors := make([]error, 2)
					for i := range errors {
						two.Go(func() {
							errors[i] = d.Matters.Unsupport(ctx, stranger, slip.ID, matters.Unsupporting{Browser: browser})
						})
					}
					two.Wait()
					if (errors[0] == nil) == (errors[1] == nil) {
						t.Errorf("taken back twice at once: %v, %v", errors[0], errors[1])
					}
				}
			})
		}
		wg.Wait()
		d.counts("ten are left, and who raised what was joined", a.Number, 11)
		d.counts("ten are left", b.Number, 10)
		for _, number := range []string{a.Number, b.Number} {
			if n := len(d.get(number).Supports); n != 10 {
				t.Errorf("%s: %d rows", number, n)
			}
		}
		d.verifyTrail()
	})
}
