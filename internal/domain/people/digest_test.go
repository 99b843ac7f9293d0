// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"testing"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
)

// After everything that can happen to residents the trail knows the state of
// each, and a change that was not an act is found.
func TestTrailKnowsEveryResident(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		verify := func() trail.Report {
			t.Helper()
			rep, err := trail.Verify(ctx, w.db, trail.Options{Now: w.clock.Now(), Records: []trail.Checked{{Noun: "resident", Each: w.EachDigest}}})
			w.must(err)
			return rep
		}
		fill(w)
		w.clock.Add(time.Minute)
		chen, zhou := w.chen(), w.zhou()
		w.must(w.Settle(ctx, zhou.Actor(), people.Settings{Lang: i18n.EN, Place: wenjun}))
		w.must(w.Correct(ctx, he, chen.ID, people.Correcting{Name: "陈秀贞"}))
		w.must(w.Detach(ctx, he, chen.ID))
		_, err := w.Disown(ctx, zhou.Actor())
		w.must(err)
		w.write(func(tx *sqldb.Tx) error { return w.Forget(tx, job, people.OfResident(zhou.ID), people.RuleTerm) })
		if rep := verify(); !rep.OK || rep.Records < 3 {
			t.Fatalf("%+v", rep)
		}
		for what, q := range map[string]string{
			"a verification": `UPDATE resident SET verified_by = 99 WHERE id = $1`,
			"a sealed name":  `UPDATE resident SET name_sealed = NULL WHERE id = $1`,
		} {
			undo := w.db.Write(ctx, func(tx *sqldb.Tx) error { return tx.One(q, chen.ID) })
			w.must(undo)
			if rep := verify(); rep.OK || rep.FirstFault == nil || rep.FirstFault.Record != chen.ID || rep.FirstFault.Kind != trail.RecordAltered {
				t.Errorf("%s was altered behind the trail's back: %+v", what, rep)
			}
		}
	})
}
