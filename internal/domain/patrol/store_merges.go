// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const mergeQuery = `SELECT m.id, m.keep_duty_id, m.keep_field, m.duty_id, m.field, m.minutes, m.words, m.merged_at, m.merged_by, m.ended_at, m.ended_by, m.ended_why, d.often
	FROM duty_merge m JOIN duty d ON d.id = m.keep_duty_id `

func scanMerge(r sqldb.Scanner) (m Merge, err error) {
	var merged, ended sqldb.Time
	err = r.Scan(&m.ID, &m.Keep.Duty, &m.Keep.Key, &m.Field.Duty, &m.Field.Key, &m.Minutes, &m.Words, &merged, &m.MergedBy, &ended, &m.EndedBy, &m.EndedWhy, &m.KeepOften)
	m.MergedAt, m.EndedAt = merged.Time, ended.Time
	return m, err
}

func loadMerge(tx *sqldb.Tx, d id.ID) (Merge, error) {
	return sqldb.Get(tx, scanMerge, "duty.merge.gone", mergeQuery+`WHERE m.id = $1`, d)
}

func insertMerge(tx *sqldb.Tx, m Merge) error {
	return tx.One(`INSERT INTO duty_merge (id, keep_duty_id, keep_field, duty_id, field, minutes, words, merged_at, merged_by, ended_at, ended_by, ended_why) VALUES (`+sqldb.List(12, 1)+`)`,
		m.ID, m.Keep.Duty, m.Keep.Key, m.Field.Duty, m.Field.Key, m.Minutes, m.Words, sqldb.At(m.MergedAt), m.MergedBy, sqldb.At(m.EndedAt), m.EndedBy, m.EndedWhy)
}

func endMerge(tx *sqldb.Tx, m Merge) error {
	return tx.One(`UPDATE duty_merge SET ended_at = $2, ended_by = $3, ended_why = $4 WHERE id = $1 AND ended_at IS NULL`, m.ID, sqldb.At(m.EndedAt), m.EndedBy, m.EndedWhy)
}

// mergesNow are those that hold, of duties of which the kept one is still on the list.
func mergesNow(tx *sqldb.Tx) ([]Merge, error) {
	return sqldb.All(tx, scanMerge, mergeQuery+`WHERE m.ended_at IS NULL AND d.state IN ('admitted', 'limited') ORDER BY m.id LIMIT 500`)
}

func listMerges(tx *sqldb.Tx) ([]Merge, error) {
	return sqldb.All(tx, scanMerge, mergeQuery+`ORDER BY m.id DESC LIMIT 200`)
}

// almanac are the versions of the windows, in the order in which they were made.
func almanac(tx *sqldb.Tx) (Almanac, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (v HoursVersion, err error) {
		var at sqldb.Time
		err = r.Scan(&v.ID, &v.From, &v.Hours.MorningFrom, &v.Hours.MorningTo, &v.Hours.AfternoonFrom, &v.Hours.AfternoonTo, &v.Reason, &v.Actor, &at)
		v.At = at.Time
		return v, err
	}, `SELECT id, from_day, am_from, am_to, pm_from, pm_to, reason, actor, at FROM patrol_hours ORDER BY id LIMIT 500`)
}

func insertHours(tx *sqldb.Tx, v HoursVersion) error {
	return tx.One(`INSERT INTO patrol_hours (id, from_day, am_from, am_to, pm_from, pm_to, reason, actor, at) VALUES (`+sqldb.List(9, 1)+`)`,
		v.ID, int64(v.From), v.Hours.MorningFrom, v.Hours.MorningTo, v.Hours.AfternoonFrom, v.Hours.AfternoonTo, v.Reason, v.Actor, sqldb.At(v.At))
}
