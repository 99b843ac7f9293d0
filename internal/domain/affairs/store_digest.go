// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"maps"
	"slices"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const chainOfBefore = `SELECT notice_id, version, title, body, why, actor, at FROM notice_before`

// linkBefore makes the digest of what notices said before, each edition linked to the one
// before it.
func linkBefore(chains map[id.ID][]byte) func(sqldb.Scanner) error {
	return func(r sqldb.Scanner) error {
		var notice id.ID
		var b Before
		var at sqldb.Time
		if err := r.Scan(&notice, &b.Version, &b.Title, &b.Body, &b.Why, &b.Actor, &at); err != nil {
			return err
		}
		chains[notice] = trail.Digest(chains[notice], b.Version, b.Title, b.Body, b.Why, b.Actor, at.Time)
		return nil
	}
}

// beforeOf is the digest of what a notice said before.
func beforeOf(tx *sqldb.Tx, notice ID) ([]byte, error) {
	chains := map[id.ID][]byte{}
	err := tx.Each(chainOfBefore+` WHERE notice_id = $1 ORDER BY version`, []any{notice}, linkBefore(chains))
	return chains[notice], err
}

const codeFacts = `SELECT id, place_id, town_id, village_id, hash, most, until_at, made_at, account, ended FROM membership_code`

// digestCode is of everything about a code but how often it was used: each use is a line
// about a membership.
func digestCode(r sqldb.Scanner) (d id.ID, digest []byte, err error) {
	var place, town, village, account id.ID
	var hash []byte
	var most int64
	var until, made sqldb.Time
	var ended bool
	err = r.Scan(&d, &place, &town, &village, &hash, &most, &until, &made, &account, &ended)
	return d, trail.Digest("membership_code/1", d, place, town, village, hash, most, until.Time, made.Time, account, ended), err
}

// noteCode leaves a line about a code in the trail.
func noteCode(tx *sqldb.Tx, by scope.Actor, code ID, act string) error {
	_, digest, err := digestCode(tx.Row(codeFacts+` WHERE id = $1`, code))
	if err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "membership_code", Record: code, Act: act, Digest: digest})
}

func eachCode(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(codeFacts+` ORDER BY id`, nil, func(r sqldb.Scanner) error {
		d, digest, err := digestCode(r)
		if err != nil {
			return err
		}
		return f(d, digest)
	})
}

const chainOfShifts = `SELECT place_id, on_day, town_id, village_id, name, phone, hours FROM village_duty`

func linkShift(chains map[id.ID][]byte) func(sqldb.Scanner) error {
	return func(r sqldb.Scanner) error {
		var town, village id.ID
		var x Shift
		if err := r.Scan(&x.Place, &x.On, &town, &village, &x.Name, &x.Phone, &x.Hours); err != nil {
			return err
		}
		chains[x.Place] = trail.Digest(chains[x.Place], string(x.On), town, village, x.Name, x.Phone, x.Hours)
		return nil
	}
}

// rosterOf is the digest of the roster of a place; that of an empty one stands for none.
func rosterOf(tx *sqldb.Tx, place id.ID) ([]byte, error) {
	chains := map[id.ID][]byte{}
	if err := tx.Each(chainOfShifts+` WHERE place_id = $1 ORDER BY on_day`, []any{place}, linkShift(chains)); err != nil {
		return nil, err
	}
	if chains[place] == nil {
		return trail.Gone(), nil
	}
	return chains[place], nil
}

func eachRoster(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	chains := map[id.ID][]byte{}
	if err := tx.Each(chainOfShifts+` ORDER BY place_id, on_day`, nil, linkShift(chains)); err != nil {
		return err
	}
	for _, d := range slices.Sorted(maps.Keys(chains)) {
		if err := f(d, chains[d]); err != nil {
			return err
		}
	}
	return nil
}
