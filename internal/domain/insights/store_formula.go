// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// versions are all versions, in the order in which they were made.
func versions(tx *sqldb.Tx) ([]Version, error) {
	f, err := Shipped()
	if err != nil {
		return nil, err
	}
	made, err := sqldb.All(tx, func(r sqldb.Scanner) (v Version, err error) {
		var spec string
		var at sqldb.Time
		if err = r.Scan(&v.ID, &v.From, &spec, &v.Reason, &v.Actor, &at); err != nil {
			return v, err
		}
		v.At = at.Time
		v.Formulas, err = parse([]byte(spec))
		return v, err
	}, `SELECT id, valid_from, spec, reason, actor, at FROM insight_formula ORDER BY id LIMIT 501`)
	return append([]Version{{From: firstDay, Formulas: f}}, made...), err
}

func insertVersion(tx *sqldb.Tx, v Version, spec string) error {
	_, err := tx.Exec(`INSERT INTO insight_formula (id, valid_from, spec, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		v.ID, int64(v.From), spec, v.Reason, v.Actor, sqldb.At(tx.Now()))
	return err
}

// formulaDigest is the canonical state of a version whose hash the trail keeps.
func formulaDigest(d id.ID, from Day, spec, reason string) []byte {
	return trail.Digest("formula/1", d, int64(from), spec, reason)
}

// EachDigest calls f with every version's digest, for the check of the trail.
func EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT id, valid_from, spec, reason FROM insight_formula ORDER BY id`, nil, func(r sqldb.Scanner) error {
		var d id.ID
		var from Day
		var spec, reason string
		if err := r.Scan(&d, &from, &spec, &reason); err != nil {
			return err
		}
		return f(d, formulaDigest(d, from, spec, reason))
	})
}
