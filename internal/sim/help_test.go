// SPDX-License-Identifier: Apache-2.0

package sim_test

import (
	"testing"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/sim"
)

// On every day of the year all points add up to zero and nobody but a pot is below
// it: counted slowly, day by day from the entries alone, by other statements than the
// program's own.
func TestPointsSumToZeroEveryDay(t *testing.T) {
	t.Parallel()
	plan := sim.Plan{Seed: 11, End: end, Solved: 60, Others: 10, Open: 14}
	clock := sim.NewClock(end.AddDate(-1, -1, 0))
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: clock.Now, IDs: sim.IDs(plan.Seed), Relaxed: true})
	tn := town(t, db, clock, plan)
	err := db.Read(t.Context(), func(tx *sqldb.Tx) error {
		days, err := sqldb.All(tx, sqldb.Int, `SELECT DISTINCT day FROM volunteer_entry ORDER BY day`)
		if err != nil {
			return err
		}
		if len(days) < 100 {
			t.Errorf("points changed hands on %d days only", len(days))
		}
		type account struct {
			id      id.ID
			kind    string
			balance int64
		}
		accounts, err := sqldb.All(tx, func(r sqldb.Scanner) (a account, err error) {
			err = r.Scan(&a.id, &a.kind, &a.balance)
			return a, err
		}, `SELECT id, kind, balance FROM volunteer_account ORDER BY id`)
		if err != nil {
			return err
		}
		kinds := map[string]int{}
		for _, day := range days {
			total := int64(0)
			for _, a := range accounts {
				var in, out int64
				if err := tx.Row(`SELECT COALESCE(sum(points), 0) FROM volunteer_entry WHERE to_id = $1 AND day <= $2`, a.id, day).Scan(&in); err != nil {
					return err
				}
				if err := tx.Row(`SELECT COALESCE(sum(points), 0) FROM volunteer_entry WHERE from_id = $1 AND day <= $2`, a.id, day).Scan(&out); err != nil {
					return err
				}
				if has := in - out; has < 0 && a.kind != "pot" {
					t.Errorf("day %d: %s has %d", day, a.id, has)
				}
				total += in - out
				if day == days[len(days)-1] {
					kinds[a.kind]++
					if a.balance != in-out {
						t.Errorf("%s has %d, and its entries make %d", a.id, a.balance, in-out)
					}
				}
			}
			if total != 0 {
				t.Errorf("day %d: all points add up to %d", day, total)
			}
		}
		if kinds["pot"] == 0 || kinds["member"] < 2 || kinds["volunteer"] < 100 {
			t.Errorf("accounts: %v", kinds)
		}
		for _, act := range volunteers.EntryActs {
			n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM volunteer_entry WHERE act = $1`, string(act)))
			if err != nil {
				return err
			}
			if n == 0 && act != volunteers.Correct {
				t.Errorf("nobody's points changed hands by %s", act)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tn.Volunteers.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
