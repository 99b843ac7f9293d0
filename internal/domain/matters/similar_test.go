// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// What is like a matter by words, place and time is offered with why; what the
// same reporter raised before is told as coming again, and is no duplicate.
func TestSimilar(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		ctx, zhao := t.Context(), town.As("zhao")
		baota, other := town.Place("文君街道", "宝塔社区")[scope.Village], town.Place("临邛街道")[scope.Town]
		one, two := scope.Actor{Kind: scope.Resident, Resident: 1001}, scope.Actor{Kind: scope.Resident, Resident: 1002}
		raise := func(by scope.Actor, body string, place id.ID, public bool) string {
			t.Helper()
			slip, err := town.Matters.Raise(ctx, by, matters.Raising{Body: body, Place: place, Public: public})
			if err != nil {
				t.Fatal(err)
			}
			town.Clock.Add(26 * time.Hour)
			return slip.Number
		}
		lamp := raise(one, "桂花小区三栋门口路灯不亮，晚上看不见路", baota, true)
		raise(one, "菜市场门口垃圾没人收", baota, true)
		raise(one, "桂花小区三栋门口路灯不亮，晚上看不见路", other, true)
		secret := raise(one, "桂花小区三栋的路灯不亮，不想让人晓得是我说的", baota, false)

		in := matters.Raising{Body: "桂花小区门口的路灯又不亮了", Place: baota}
		ls, err := town.Matters.Similar(ctx, two, in)
		if err != nil || len(ls) != 1 || ls[0].Card.Number != lamp {
			t.Fatalf("%+v %v", ls, err)
		}
		if l := ls[0]; len(l.Words) == 0 || l.Words[0] != "桂花小区" || l.Days != 4 || l.Level != scope.Village || l.Metres != -1 {
			t.Errorf("why: %+v", l)
		}
		if ls, _ := town.Matters.Similar(ctx, one, in); len(ls) != 0 {
			t.Errorf("a reporter's own are offered as duplicates: %+v", ls)
		}
		if again, err := town.Matters.AgainOf(ctx, one, in); err != nil || len(again) != 2 || again[1].Number != lamp {
			t.Errorf("raised before: %+v %v", again, err)
		}
		if again, _ := town.Matters.AgainOf(ctx, two, in); len(again) != 0 {
			t.Errorf("what others raised is told as one's own: %+v", again)
		}

		// At the desk: the private one too, and what it may be joined to.
		number := raise(two, in.Body, baota, true)
		w, err := town.Matters.Get(ctx, zhao, number)
		if err != nil {
			t.Fatal(err)
		}
		ls, err = town.Matters.SimilarTo(ctx, zhao, w.Matter)
		if err != nil || len(ls) != 2 {
			t.Fatalf("%+v %v", ls, err)
		}
		if ls, _ := town.Matters.SimilarTo(ctx, two, w.Matter); len(ls) != 0 {
			t.Errorf("who may not join is offered it: %+v", ls)
		}
		s, err := town.Matters.Get(ctx, zhao, secret)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := town.Matters.Again(ctx, zhao, s.Matter); err != nil || len(again) != 1 || again[0].Number != lamp {
			t.Errorf("at the desk: %+v %v", again, err)
		}
		if again, _ := town.Matters.Again(ctx, two, s.Matter); len(again) != 0 {
			t.Errorf("a stranger hears how often: %+v", again)
		}
	})
}
