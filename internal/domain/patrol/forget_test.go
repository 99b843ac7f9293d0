// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// What was seen in a home is kept for a year, with whom a visit was agreed for two after
// its end, and who is forgotten is visited by nobody. What stays agrees with the trail.
func TestWhatHomesTellIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, wang, li := t.Context(), w.As("wang"), w.As("li")
		chen, zhou := w.Resident("陈秀英", "999999194703070029", "19900000001"), w.Resident("周敏", "99999919940307002X", "19900000002")
		duty := w.admitted(elders)
		agree := func(of people.Resident) patrol.Visit {
			d, err := w.Patrol.Agree(ctx, wang, patrol.Agreeing{Resident: of.ID, Grid: w.grid.ID, Duty: duty, Every: 7, Need: patrol.Asked, Consent: patrol.Said})
			w.must(err)
			vs, err := w.Patrol.VisitsOf(ctx, of.Actor())
			w.must(err)
			if vs[0].ID != d {
				t.Fatalf("%+v", vs)
			}
			return vs[0]
		}
		visit, other := agree(chen), agree(zhou)
		_, err := w.Patrol.Enter(ctx, li, patrol.Entering{Content: "entry-of-li-000001", Visit: visit.ID, MadeAt: w.Clock.Now(), Words: "血压高，药快吃完了。", Files: []matters.NewFile{{Hash: "aa", Type: "image/jpeg"}}})
		w.must(err)
		w.must(w.Patrol.EndVisit(ctx, wang, visit.ID, "老人搬走了。"))
		w.must(w.DB.Write(ctx, func(tx *sqldb.Tx) error {
			return w.People.Forget(tx, zhou.Actor(), people.OfResident(zhou.ID), people.RuleOwnRequest)
		}))
		w.must(w.Patrol.EndForgotten(ctx))
		w.refused(w.Patrol.EndVisit(ctx, wang, other.ID, "已经结束了。"), errs.Conflict, "patrol.visit.ended")

		kept := func(query string) int64 {
			var n int64
			w.must(w.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
				n, err = sqldb.Int(tx.Row(query))
				return err
			}))
			return n
		}
		forget := func(after time.Duration, words, who int64) {
			t.Helper()
			w.Clock.Add(after)
			for n := 200; n == 200; {
				n, err = w.Patrol.ForgetOld(ctx, 200)
				w.must(err)
			}
			if n := kept(`SELECT count(*) FROM patrol_entry WHERE words <> ''`); n != words {
				t.Errorf("%d entries have words", n)
			}
			if n := kept(`SELECT count(*) FROM patrol_visit WHERE resident_id <> 0 OR need_sealed IS NOT NULL OR ended_why <> ''`); n != who {
				t.Errorf("%d agreements say with whom", n)
			}
			rep, err := trail.Verify(ctx, w.DB, trail.Options{Records: w.Records()})
			w.must(err)
			if f := rep.FirstFault; f != nil && f.Kind != trail.Unsealed {
				t.Errorf("the trail: %+v", f)
			}
		}
		day := 24 * time.Hour
		forget(360*day, 1, 2)
		if yes, err := w.Patrol.NeedsFile(ctx, "aa"); err != nil || !yes {
			t.Errorf("the picture is needed still: %t, %v", yes, err)
		}
		forget(8*day, 0, 2)
		if yes, err := w.Patrol.NeedsFile(ctx, "aa"); err != nil || yes {
			t.Errorf("the picture is needed: %t, %v", yes, err)
		}
		forget(370*day, 0, 0)
		if n := kept(`SELECT count(*) FROM patrol_entry`) + kept(`SELECT count(*) FROM patrol_visit`); n != 3 {
			t.Errorf("%d records stay", n)
		}
	})
}
