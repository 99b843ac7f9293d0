// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"time"

	"yuanba/internal/kit/sqldb"
)

// endedBefore are agreements that ended before a moment and still say with whom and why.
func endedBefore(tx *sqldb.Tx, t time.Time, most int) ([]Visit, error) {
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM patrol_visit WHERE ended_at < $1 AND resident_id <> 0 ORDER BY ended_at, id LIMIT $2`, sqldb.At(t), most)
}

func blankVisit(tx *sqldb.Tx, v Visit) error {
	return tx.One(`UPDATE patrol_visit SET resident_id = 0, need_sealed = NULL, ended_why = '', version = version + 1 WHERE id = $1 AND version = $2`, v.ID, v.Version)
}

// firstSlot is the first for which a round was drawn up; before, if none was.
func firstSlot(tx *sqldb.Tx, before Slot) (Slot, error) {
	n, err := sqldb.Int(tx.Row(`SELECT COALESCE(MIN(slot), $1) FROM patrol_round`, int64(before)))
	return min(Slot(n), before), err
}

// seenInHomes are the entries of a slot about homes, by their grids.
func seenInHomes(tx *sqldb.Tx, slot Slot) ([]Entry, error) {
	return sqldb.All(tx, scanEntry, `
		SELECT `+entryColumns+` FROM patrol_entry
		WHERE grid_id IN (SELECT grid_id FROM patrol_round WHERE slot = $1) AND slot = $1 AND visit_id <> 0 ORDER BY grid_id, id LIMIT 100000`, int64(slot))
}

func blankEntry(tx *sqldb.Tx, e Entry) error {
	if err := tx.One(`UPDATE patrol_entry SET words = '', files = $2, duties = $3 WHERE id = $1`, e.ID, encode(e.Files), encode(e.Did)); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM patrol_file WHERE entry_id = $1`, e.ID)
	return err
}
