// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// estate is a duty of another kind that asks for the same fact as pipes does, less often.
func estate() patrol.Duty {
	d := pipes
	d.Name, d.Often, d.Minutes = i18n.Text{ZH: "看小区井盖", EN: "Look at covers of estates"}, patrol.Daily, 5
	d.Fields = []patrol.Field{{Key: "f1", Label: i18n.Text{ZH: "井盖是否完好"}, Kind: patrol.YesNo, Fact: "井盖是否完好"}, {Key: "f2", Label: i18n.Text{ZH: "井盖编号"}, Kind: patrol.Words, Fact: "井盖编号"}}
	return d
}

// What two duties ask for is asked once from the act on, both get the answer, the burden is
// lighter by what is saved, and all that can be undone.
func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		yu := w.As("yu")
		keep, gone, p := w.admitted(pipes), w.admitted(estate()), w.point()
		waits := w.proposed(estate())
		w.given(keep, w.grid.Path[scope.Village])
		w.given(gone, w.grid.Path[scope.Village])
		before, err := w.Patrol.Burden(ctx, yu)
		w.must(err)

		in := patrol.Merging{Keep: patrol.FieldOf{Duty: keep, Key: "f1"}, Field: patrol.FieldOf{Duty: gone, Key: "f1"}, Minutes: 2, Words: "问的是同一件事，问一次就够。"}
		_, err = w.Patrol.Merge(ctx, w.As("wu"), in)
		w.refused(err, errs.Denied, scope.DeniedNeed)
		for _, bad := range []struct {
			in   patrol.Merging
			kind errs.Kind
			key  string
		}{
			{patrol.Merging{Keep: in.Keep, Field: patrol.FieldOf{Duty: gone, Key: "f2"}, Minutes: 2, Words: in.Words}, errs.Invalid, "duty.merge.kind"},
			{patrol.Merging{Keep: in.Keep, Field: in.Keep, Minutes: 2, Words: in.Words}, errs.Invalid, "duty.merge.same"},
			{patrol.Merging{Keep: in.Keep, Field: patrol.FieldOf{Duty: gone, Key: "f9"}, Minutes: 2, Words: in.Words}, errs.Invalid, "duty.merge.none"},
			{patrol.Merging{Keep: in.Keep, Field: in.Field, Minutes: 5, Words: in.Words}, errs.Invalid, "duty.merge.minutes"},
			{patrol.Merging{Keep: in.Keep, Field: patrol.FieldOf{Duty: waits, Key: "f1"}, Minutes: 2, Words: in.Words}, errs.Conflict, "duty.not_admitted"},
			{patrol.Merging{Keep: in.Keep, Field: in.Field, Minutes: 2}, errs.Invalid, "patrol.short"},
		} {
			_, err := w.Patrol.Merge(ctx, yu, bad.in)
			w.refused(err, bad.kind, bad.key)
		}
		m, err := w.Patrol.Merge(ctx, yu, in)
		w.must(err)
		_, err = w.Patrol.Merge(ctx, yu, in)
		w.refused(err, errs.Conflict, "duty.merge.already")

		after, err := w.Patrol.Burden(ctx, yu)
		w.must(err)
		if got := before.Minutes() - after.Minutes(); got != 2*7 || after.Spared() != 2*7 || len(after.Saved) != 1 || after.Saved[0].Stops != 1 {
			t.Errorf("saved %v, %+v", got, after.Saved)
		}

		// The daily duty is due by and by; where both are due one field is left, and both get its answer.
		li := w.As("li")
		at := patrol.Where{Point: p}
		keys := func(x patrol.AtStop, duty id.ID) (ks []string) {
			for _, d := range x.Duties {
				if d.ID == duty {
					for _, f := range x.Asked(d) {
						ks = append(ks, f.Key)
					}
				}
			}
			return ks
		}
		for w.tomorrow(); ; w.tomorrow() {
			if r := w.walk(); len(r.Round.Due[0].Duties) == 2 {
				if fs := r.Asked(r.Round.Due[0], gone); len(fs) != 1 || fs[0].Key != "f2" {
					t.Fatalf("the phone asks %+v", fs)
				}
				break
			}
		}
		x, err := w.Patrol.Stop(ctx, li, at)
		w.must(err)
		if a, b := keys(x, keep), keys(x, gone); len(a) != 1 || len(b) != 1 || b[0] != "f2" {
			t.Fatalf("asked %v and %v", a, b)
		}
		enter := func(name string, did ...patrol.Did) patrol.Entry {
			t.Helper()
			_, err := w.Patrol.Enter(ctx, li, patrol.Entering{Content: name, Point: p, MadeAt: w.Clock.Now(), Code: x.Point.Code, Did: did})
			w.must(err)
			s, err := w.Patrol.Stop(ctx, li, at)
			w.must(err)
			return s.Story[0]
		}
		did := func(e patrol.Entry, duty id.ID, key string) string {
			for _, d := range e.Did {
				if d.Duty == duty {
					return d.Answers[key]
				}
			}
			return "none"
		}
		e := enter("entry-of-li-merge1", patrol.Did{Duty: keep, Answers: map[string]string{"f1": "no"}}, patrol.Did{Duty: gone, Answers: map[string]string{"f2": "七号"}})
		if did(e, keep, "f1") != "no" || did(e, gone, "f1") != "no" || did(e, gone, "f2") != "七号" {
			t.Errorf("one entry: %+v", e.Did)
		}
		// In the same round the other department's form takes what was answered a moment ago.
		if e = enter("entry-of-li-merge2", patrol.Did{Duty: gone}); did(e, gone, "f1") != "no" {
			t.Errorf("from the entry before: %+v", e.Did)
		}
		// What was answered all the same is not written over.
		if e = enter("entry-of-li-merge3", patrol.Did{Duty: keep, Answers: map[string]string{"f1": "no"}}, patrol.Did{Duty: gone, Answers: map[string]string{"f1": "yes"}}); did(e, gone, "f1") != "yes" {
			t.Errorf("its own: %+v", e.Did)
		}
		w.Clock.Add(30 * 24 * time.Hour) // what was answered then holds no more
		if e = enter("entry-of-li-merge4", patrol.Did{Duty: gone}); did(e, gone, "f1") != "" {
			t.Errorf("a month later: %+v", e.Did)
		}

		w.refused(w.Patrol.Unmerge(ctx, w.As("wang"), m, "不是一回事。"), errs.Denied, scope.DeniedNeed)
		w.must(w.Patrol.Unmerge(ctx, yu, m, "问的不是同一口井。"))
		w.refused(w.Patrol.Unmerge(ctx, yu, m, "问的不是同一口井。"), errs.Conflict, "duty.merge.ended")
		x, err = w.Patrol.Stop(ctx, li, at)
		w.must(err)
		again, err := w.Patrol.Burden(ctx, yu)
		w.must(err)
		ms, err := w.Patrol.ListMerges(ctx, yu)
		w.must(err)
		if len(keys(x, gone)) != 2 || again.Minutes() != before.Minutes() || len(ms) != 1 || ms[0].EndedBy != yu.Name {
			t.Errorf("undone: %v, %v, %+v", keys(x, gone), again.Minutes(), ms)
		}
	})
}
