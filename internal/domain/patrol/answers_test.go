// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"fmt"
	"testing"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A department reads what was answered to its duty, also by a field that is merged away,
// page by page and within a place; others do not.
func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, wu, yu, li := t.Context(), w.As("wu"), w.As("yu"), w.As("li")
		keep, gone, p := w.admitted(pipes), w.admitted(estate()), w.point()
		_, err := w.Patrol.Merge(ctx, yu, patrol.Merging{Keep: patrol.FieldOf{Duty: keep, Key: "f1"}, Field: patrol.FieldOf{Duty: gone, Key: "f1"}, Minutes: 2, Words: "问的是同一件事，问一次就够。"})
		w.must(err)
		slot := w.tomorrow()
		const n = patrol.AnswersAtOnce + 2
		for i := range n {
			did := []patrol.Did{{Duty: keep, Answers: map[string]string{"f1": "no"}}}
			if i == 0 {
				did = append(did, patrol.Did{Duty: gone, Answers: map[string]string{"f2": "A-7"}})
			}
			_, err := w.Patrol.Enter(ctx, li, patrol.Entering{Content: fmt.Sprintf("entry-of-li-%06d", i), Point: p, MadeAt: w.Clock.Now(), Did: did})
			w.must(err)
		}
		ask := patrol.Answering{Duty: gone, Week: slot.Week()}
		a, err := w.Patrol.Answers(ctx, wu, ask)
		w.must(err)
		if len(a.List) != 1 || a.List[0].Answers["f1"] != "no" || a.List[0].Answers["f2"] != "A-7" || a.List[0].Where != "东门供水井" || len(a.Lent) != 1 || a.More || a.Closed {
			t.Errorf("what was lent: %+v", a)
		}

		ask.Duty = keep
		seen := map[id.ID]bool{}
		for more := true; more; {
			a, err := w.Patrol.Answers(ctx, yu, ask)
			w.must(err)
			for _, x := range a.List {
				seen[x.Entry] = true
			}
			if len(a.List) > patrol.AnswersAtOnce {
				t.Fatalf("a page of %d", len(a.List))
			}
			more, ask.After = a.More, a.List[len(a.List)-1].Entry
		}
		if len(seen) != n {
			t.Errorf("%d of %d are on the pages", len(seen), n)
		}
		file, err := w.Patrol.AnswersFile(ctx, wu, ask, "csv")
		w.must(err)
		if len(file.List) != n {
			t.Errorf("%d are in the file", len(file.List))
		}

		count := func(place id.ID, week patrol.Slot) int {
			a, err := w.Patrol.Answers(ctx, wu, patrol.Answering{Duty: keep, Week: week, Place: place})
			w.must(err)
			return len(a.List)
		}
		other := w.Places.Tree().Children(w.grid.Path[scope.Village])[1]
		if here, there, before := count(w.grid.ID, slot.Week()), count(other.ID, slot.Week()), count(0, slot.Week()-14); here != patrol.AnswersAtOnce || there != 0 || before != 0 {
			t.Errorf("%d here, %d in another grid, %d in another week", here, there, before)
		}
		for _, login := range []string{"he", "li", "wang", "admin"} {
			_, err := w.Patrol.Answers(ctx, w.As(login), ask)
			if errs.KindOf(err) != errs.Denied {
				t.Errorf("%s reads the answers: %v", login, err)
			}
			if _, err := w.Patrol.AnswersFile(ctx, w.As(login), ask, "csv"); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s takes the answers: %v", login, err)
			}
		}
	})
}

// What was answered in a home is read only on asking, and the resident sees each look.
func TestAnswersOfHomes(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, wu := t.Context(), w.As("wu")
		chen := w.Resident("陈秀英", "999999194703070029", "19900000001")
		d := elders
		d.Fields = []patrol.Field{{Key: "f1", Label: i18n.Text{ZH: "缺不缺药"}, Kind: patrol.Words, Fact: "缺不缺药"}}
		duty := w.admitted(d)
		visit, err := w.Patrol.Agree(ctx, w.As("wang"), patrol.Agreeing{Resident: chen.ID, Grid: w.grid.ID, Duty: duty, Every: 7, Need: patrol.Asked, Consent: patrol.Said})
		w.must(err)
		slot := w.tomorrow()
		for i := range 2 {
			_, err = w.Patrol.Enter(ctx, w.As("li"), patrol.Entering{Content: fmt.Sprintf("entry-of-li-%06d", i), Visit: visit, MadeAt: w.Clock.Now(), Did: []patrol.Did{{Duty: duty, Answers: map[string]string{"f1": "降压药"}}}})
			w.must(err)
		}
		looks := func() (n int) {
			ls, err := w.People.Looks(ctx, chen.Actor(), 20)
			w.must(err)
			for _, l := range ls {
				if l.Purpose == people.AnswersRead {
					n++
				}
			}
			return n
		}
		ask := patrol.Answering{Duty: duty, Week: slot.Week()}
		a, err := w.Patrol.Answers(ctx, wu, ask)
		w.must(err)
		if len(a.List) != 2 || !a.Closed || a.List[0].Has() || looks() != 0 {
			t.Errorf("without asking: %+v, %d looks", a, looks())
		}
		ask.Open = true
		a, err = w.Patrol.Answers(ctx, wu, ask)
		w.must(err)
		if a.Closed || a.List[1].Answers["f1"] != "降压药" || looks() != 1 {
			t.Errorf("on asking: %+v, %d looks", a, looks())
		}
		_, err = w.Patrol.AnswersFile(ctx, wu, ask, "xlsx")
		w.must(err)
		if looks() != 2 {
			t.Errorf("%d looks after a file", looks())
		}
	})
}
