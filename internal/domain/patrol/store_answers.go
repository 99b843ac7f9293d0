// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"encoding/json"
	"fmt"

	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// answersTo are the entries of a week in which a duty was done, by round and grid. What an
// index finds is the part of the town in the week; within it each entry says which duties
// it is of.
func answersTo(tx *sqldb.Tx, in Answering, within scope.Scope, most int) (as []Answer, err error) {
	var w sqldb.Where
	w.Add("e.slot >= ? AND e.slot < ?", int64(in.Week), int64(in.Week+14))
	scope.Scopes{within}.Where(&w, "e.")
	w.Add("e.duties LIKE ?", `%{"d":"`+in.Duty.String()+`"%`)
	if in.After != 0 {
		last, err := sqldb.Get(tx, scanEntry, "patrol.entry.none", `SELECT `+entryColumns+` FROM patrol_entry WHERE id = $1`, in.After)
		if err != nil {
			return nil, err
		}
		slot, grid := int64(last.Slot), last.Path[scope.Grid]
		w.Add("(e.slot < ? OR e.slot = ? AND (e.grid_id > ? OR e.grid_id = ? AND e.id > ?))", slot, slot, grid, grid, last.ID)
	}
	limit := w.Arg(most)
	err = tx.Each(`
		SELECT e.id, e.slot, e.town_id, e.village_id, e.grid_id, e.courtyard_id, e.at, e.point_id, e.visit_id, e.proof, e.result, e.duties, coalesce(p.name, v.number, ''), coalesce(v.resident_id, 0)
		FROM patrol_entry e LEFT JOIN patrol_point p ON p.id = e.point_id LEFT JOIN patrol_visit v ON v.id = e.visit_id
		`+w.SQL()+` ORDER BY e.slot DESC, e.grid_id, e.id LIMIT `+limit, w.Args(), func(r sqldb.Scanner) error {
		var x Answer
		var at sqldb.Time
		var duties string
		if err := r.Scan(&x.Entry, &x.Slot, &x.Path[scope.Town], &x.Path[scope.Village], &x.Path[scope.Grid], &x.Path[scope.Courtyard], &at, &x.Point, &x.Visit, &x.Proof, &x.Result, &duties, &x.Where, &x.resident); err != nil {
			return err
		}
		x.At = at.Time
		var did []Did
		if err := json.Unmarshal([]byte(duties), &did); err != nil {
			return fmt.Errorf("entry %s: %w", x.Entry, err)
		}
		if x.of(in.Duty, did) {
			as = append(as, x)
		}
		return nil
	})
	return as, err
}
