// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"encoding/json"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const volunteerColumns = `id, resident_id, state, town_id, village_id, grid_id, courtyard_id, reports, shown, joined_at, joined_by, left_at, told, version`

func scanVolunteer(city id.ID) func(sqldb.Scanner) (Volunteer, error) {
	return func(r sqldb.Scanner) (v Volunteer, err error) {
		var joined, left sqldb.Time
		err = r.Scan(&v.ID, &v.Resident, &v.State, &v.Path[scope.Town], &v.Path[scope.Village], &v.Path[scope.Grid], &v.Path[scope.Courtyard], &v.Reports, &v.Shown, &joined, &v.JoinedBy, &left, &v.Told, &v.Version)
		v.Path[scope.City], v.JoinedAt, v.LeftAt = city, joined.Time, left.Time
		return v, err
	}
}

func volunteerOf(tx *sqldb.Tx, resident, city id.ID) (Volunteer, error) {
	return sqldb.Get(tx, scanVolunteer(city), "volunteers.none", `SELECT `+volunteerColumns+` FROM volunteer WHERE resident_id = $1`, resident)
}

func loadVolunteer(tx *sqldb.Tx, d, city id.ID) (Volunteer, error) {
	return sqldb.Get(tx, scanVolunteer(city), "volunteers.none", `SELECT `+volunteerColumns+` FROM volunteer WHERE id = $1`, d)
}

func insertVolunteer(tx *sqldb.Tx, v Volunteer) error {
	_, err := tx.Exec(`INSERT INTO volunteer (`+volunteerColumns+`) VALUES (`+sqldb.List(14, 1)+`)`,
		v.ID, v.Resident, string(v.State), v.Path[scope.Town], v.Path[scope.Village], v.Path[scope.Grid], v.Path[scope.Courtyard], v.Reports, v.Shown, sqldb.At(v.JoinedAt), v.JoinedBy, sqldb.At(v.LeftAt), int64(v.Told), v.Version)
	return err
}

func saveVolunteer(tx *sqldb.Tx, v Volunteer) error {
	return tx.One(`UPDATE volunteer SET state = $2, reports = $3, shown = $4, joined_at = $5, left_at = $6, told = $7, version = version + 1 WHERE id = $1 AND version = $8`,
		v.ID, string(v.State), v.Reports, v.Shown, sqldb.At(v.JoinedAt), sqldb.At(v.LeftAt), int64(v.Told), v.Version)
}

// untold are volunteers who were not yet told of the statement of a quarter.
func untold(tx *sqldb.Tx, q Quarter, city id.ID, most int) ([]Volunteer, error) {
	return sqldb.All(tx, scanVolunteer(city), `SELECT `+volunteerColumns+` FROM volunteer WHERE told < $1 AND state = 'active' ORDER BY id LIMIT $2`, int64(q), most)
}

// forgottenSince are volunteers whose residents the town has been asked to forget.
func volunteersAfter(tx *sqldb.Tx, after, city id.ID, most int) ([]Volunteer, error) {
	return sqldb.All(tx, scanVolunteer(city), `SELECT `+volunteerColumns+` FROM volunteer WHERE id > $1 AND state = 'active' ORDER BY id LIMIT $2`, after, most)
}

// Digests are the records of this domain for the check of the trail, by noun.
func Digests() map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error {
	return map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{
		"volunteer": EachDigest, "volunteer_task": EachTaskDigest, "volunteer_hours": EachHoursDigest, "volunteer_tariff": EachTariffDigest,
		"volunteer_entry": EachEntryDigest, "volunteer_offer": EachOfferDigest, "volunteer_redemption": EachRedemptionDigest, "volunteer_signup": EachSignUpDigest, "volunteer_honour": EachHonourDigest,
	}
}

// EachDigest calls f with every volunteer, in the order of their IDs, and the digest
// of their present state, for the check of the trail.
func EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	scan := scanVolunteer(0)
	return tx.Each(`SELECT `+volunteerColumns+` FROM volunteer ORDER BY id`, nil, func(r sqldb.Scanner) error {
		v, err := scan(r)
		if err != nil {
			return err
		}
		return f(v.ID, v.Digest())
	})
}

// editions are all tariffs, in the order of their days. few: of a year some.
func editions(tx *sqldb.Tx) ([]Edition, error) {
	made, err := sqldb.All(tx, func(r sqldb.Scanner) (e Edition, err error) {
		var spec string
		var at sqldb.Time
		if err = r.Scan(&e.ID, &e.From, &spec, &e.Reason, &e.Actor, &at); err != nil {
			return e, err
		}
		e.At = at.Time
		return e, json.Unmarshal([]byte(spec), &e.Tariff)
	}, `SELECT id, from_day, spec, reason, actor, at FROM volunteer_tariff ORDER BY from_day LIMIT 501`)
	return append([]Edition{{Tariff: Shipped()}}, made...), err
}

func insertEdition(tx *sqldb.Tx, e Edition, spec string, account id.ID) error {
	_, err := tx.Exec(`INSERT INTO volunteer_tariff (id, from_day, spec, reason, account, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`, e.ID, int64(e.From), spec, e.Reason, account, e.Actor, sqldb.At(e.At))
	return err
}

// EachTariffDigest is EachDigest of the editions of the tariff.
func EachTariffDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT id, from_day, spec, reason, account, actor, at FROM volunteer_tariff ORDER BY id`, nil, func(r sqldb.Scanner) error {
		var e Edition
		var spec string
		var account id.ID
		var at sqldb.Time
		if err := r.Scan(&e.ID, &e.From, &spec, &e.Reason, &account, &e.Actor, &at); err != nil {
			return err
		}
		e.At = at.Time
		return f(e.ID, e.digest(spec, account))
	})
}

func insertHonour(tx *sqldb.Tx, h Honour) error {
	_, err := tx.Exec(`INSERT INTO volunteer_honour (id, volunteer_id, hours, words, actor, at) VALUES ($1, $2, $3, $4, $5, $6)`, h.ID, h.Volunteer, h.Hours, h.Words, h.Actor, sqldb.At(h.At))
	return err
}

func scanHonour(r sqldb.Scanner) (h Honour, err error) {
	var at sqldb.Time
	err = r.Scan(&h.ID, &h.Volunteer, &h.Hours, &h.Words, &h.Actor, &at)
	h.At = at.Time
	return h, err
}

// honoursOf are a volunteer's, the newest first.
func honoursOf(tx *sqldb.Tx, volunteer id.ID) ([]Honour, error) {
	return sqldb.All(tx, scanHonour, `SELECT id, volunteer_id, hours, words, actor, at FROM volunteer_honour WHERE volunteer_id = $1 ORDER BY id DESC LIMIT 100`, volunteer)
}

// EachHonourDigest is EachDigest of the honours.
func EachHonourDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT id, volunteer_id, hours, words, actor, at FROM volunteer_honour ORDER BY id`, nil, func(r sqldb.Scanner) error {
		h, err := scanHonour(r)
		if err != nil {
			return err
		}
		return f(h.ID, h.digest())
	})
}

// thanks are the newest honours of those who want theirs shown.
func thanks(tx *sqldb.Tx, in scope.Scope, most int) ([]thanked, error) {
	var w sqldb.Where
	w.Add("v.state = 'active'")
	w.Add("v.shown = TRUE")
	if in.Level != scope.City {
		scope.Scopes{in}.Where(&w, "v.")
	}
	n := w.Arg(most)
	return sqldb.All(tx, func(r sqldb.Scanner) (t thanked, err error) {
		var at sqldb.Time
		err = r.Scan(&t.ID, &t.Volunteer, &t.Hours, &t.Words, &t.Actor, &at, &t.resident)
		t.At = at.Time
		return t, err
	}, `SELECT h.id, h.volunteer_id, h.hours, h.words, h.actor, h.at, v.resident_id FROM volunteer_honour h JOIN volunteer v ON v.id = h.volunteer_id `+w.SQL()+` ORDER BY h.id DESC LIMIT `+n, w.Args()...)
}

func dropHonours(tx *sqldb.Tx, volunteer id.ID) (gone []id.ID, err error) {
	if gone, err = sqldb.All(tx, sqldb.ID, `SELECT id FROM volunteer_honour WHERE volunteer_id = $1 ORDER BY id LIMIT 10000`, volunteer); err != nil {
		return nil, err
	}
	_, err = tx.Exec(`DELETE FROM volunteer_honour WHERE volunteer_id = $1`, volunteer)
	return gone, err
}

// A claim is a report that earns once it is sure.
type claim struct{ matter, volunteer id.ID }

func insertClaim(tx *sqldb.Tx, matter, volunteer id.ID, due sqldb.Time) error {
	_, err := tx.Exec(`INSERT INTO volunteer_claim (matter_id, volunteer_id, due_at) VALUES ($1, $2, $3) ON CONFLICT (matter_id) DO UPDATE SET due_at = excluded.due_at`, matter, volunteer, due)
	return err
}

func dropClaim(tx *sqldb.Tx, matter id.ID) error {
	_, err := tx.Exec(`DELETE FROM volunteer_claim WHERE matter_id = $1`, matter)
	return err
}

func dropClaims(tx *sqldb.Tx, volunteer id.ID) error {
	_, err := tx.Exec(`DELETE FROM volunteer_claim WHERE volunteer_id = $1`, volunteer)
	return err
}

func dueClaims(tx *sqldb.Tx, most int) ([]claim, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (c claim, err error) {
		err = r.Scan(&c.matter, &c.volunteer)
		return c, err
	}, `SELECT matter_id, volunteer_id FROM volunteer_claim WHERE due_at <= $1 ORDER BY due_at LIMIT $2`, sqldb.At(tx.Now()), most)
}
