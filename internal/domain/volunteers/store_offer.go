// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const offerColumns = `id, state, unit_id, town_id, village_id, grid_id, courtyard_id, title, body, points, stock, taken, until_at, reason, version`

func scanOffer(city id.ID) func(sqldb.Scanner) (Offer, error) {
	return func(r sqldb.Scanner) (o Offer, err error) {
		var until sqldb.Time
		err = r.Scan(&o.ID, &o.State, &o.Unit, &o.Path[scope.Town], &o.Path[scope.Village], &o.Path[scope.Grid], &o.Path[scope.Courtyard], &o.Title, &o.Body, &o.Points, &o.Stock, &o.Taken, &until, &o.Reason, &o.Version)
		o.Path[scope.City], o.Until = city, until.Time
		return o, err
	}
}

func loadOffer(tx *sqldb.Tx, d, city id.ID) (Offer, error) {
	return sqldb.Get(tx, scanOffer(city), "volunteers.offer.none", `SELECT `+offerColumns+` FROM volunteer_offer WHERE id = $1`, d)
}

func insertOffer(tx *sqldb.Tx, o Offer) error {
	_, err := tx.Exec(`INSERT INTO volunteer_offer (`+offerColumns+`) VALUES (`+sqldb.List(15, 1)+`)`,
		o.ID, string(o.State), o.Unit, o.Path[scope.Town], o.Path[scope.Village], o.Path[scope.Grid], o.Path[scope.Courtyard], o.Title, o.Body, o.Points, o.Stock, o.Taken, sqldb.At(o.Until), o.Reason, o.Version)
	return err
}

func saveOffer(tx *sqldb.Tx, o *Offer) error {
	o.Version++
	return tx.One(`UPDATE volunteer_offer SET state = $3, title = $4, body = $5, points = $6, stock = $7, until_at = $8, reason = $9, version = $2 WHERE id = $1 AND version = $10`,
		o.ID, o.Version, string(o.State), o.Title, o.Body, o.Points, o.Stock, sqldb.At(o.Until), o.Reason, o.Version-1)
}

// takePiece takes one piece of an offer, if there is one.
func takePiece(tx *sqldb.Tx, offer id.ID) (bool, error) {
	n, err := tx.Exec(`UPDATE volunteer_offer SET taken = taken + 1 WHERE id = $1 AND taken < stock AND state = 'open'`, offer)
	return n == 1, err
}

func giveBackPiece(tx *sqldb.Tx, offer id.ID) error {
	return tx.One(`UPDATE volunteer_offer SET taken = taken - 1 WHERE id = $1`, offer)
}

// listOffers are those that can be had.
func listOffers(tx *sqldb.Tx, city id.ID) ([]Offer, error) {
	return sqldb.All(tx, scanOffer(city), `SELECT `+offerColumns+` FROM volunteer_offer WHERE state = 'open' AND until_at > $1 AND taken < stock ORDER BY points, id LIMIT 200`, sqldb.At(tx.Now()))
}

// offersFor are those of some units, and those in a part of the town, the newest first.
func offersFor(tx *sqldb.Tx, city id.ID, units []id.ID, in scope.Scopes) ([]Offer, error) {
	if len(units) == 0 && len(in) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	if len(units) > 0 {
		sqldb.In(&w, "unit_id", units...)
	} else {
		in.Where(&w, "")
	}
	return sqldb.All(tx, scanOffer(city), `SELECT `+offerColumns+` FROM volunteer_offer `+w.SQL()+` ORDER BY id DESC LIMIT 200`, w.Args()...)
}

// EachOfferDigest is EachDigest of the offers.
func EachOfferDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	scan := scanOffer(0)
	return tx.Each(`SELECT `+offerColumns+` FROM volunteer_offer ORDER BY id`, nil, func(r sqldb.Scanner) error {
		o, err := scan(r)
		if err != nil {
			return err
		}
		return f(o.ID, o.Digest())
	})
}

const redemptionColumns = `r.id, r.state, r.offer_id, r.unit_id, r.volunteer_id, r.points, r.code, r.taken_at, r.ended_at, r.reason, r.entry_id, r.version, o.title, v.resident_id`

const redemptionFrom = ` FROM volunteer_redemption r JOIN volunteer_offer o ON o.id = r.offer_id JOIN volunteer v ON v.id = r.volunteer_id `

func scanRedemption(r sqldb.Scanner) (x Redemption, err error) {
	var taken, ended sqldb.Time
	err = r.Scan(&x.ID, &x.State, &x.Offer, &x.Unit, &x.Volunteer, &x.Points, &x.code, &taken, &ended, &x.Reason, &x.Entry, &x.Version, &x.Title, &x.resident)
	x.TakenAt, x.EndedAt = taken.Time, ended.Time
	return x, err
}

func loadRedemption(tx *sqldb.Tx, d id.ID) (Redemption, error) {
	return sqldb.Get(tx, scanRedemption, "volunteers.redemption.none", `SELECT `+redemptionColumns+redemptionFrom+`WHERE r.id = $1`, d)
}

func redemptionByCode(tx *sqldb.Tx, code []byte) (Redemption, error) {
	return sqldb.Get(tx, scanRedemption, "volunteers.redemption.none", `SELECT `+redemptionColumns+redemptionFrom+`WHERE r.code = $1`, code)
}

func insertRedemption(tx *sqldb.Tx, r Redemption) error {
	_, err := tx.Exec(`INSERT INTO volunteer_redemption (id, state, offer_id, unit_id, volunteer_id, points, code, taken_at, ended_at, reason, entry_id, version) VALUES (`+sqldb.List(12, 1)+`)`,
		r.ID, string(r.State), r.Offer, r.Unit, r.Volunteer, r.Points, r.code, sqldb.At(r.TakenAt), sqldb.At(r.EndedAt), r.Reason, r.Entry, r.Version)
	return err
}

func saveRedemption(tx *sqldb.Tx, r Redemption) error {
	return tx.One(`UPDATE volunteer_redemption SET state = $2, ended_at = $3, reason = $4, version = version + 1 WHERE id = $1 AND version = $5`, r.ID, string(r.State), sqldb.At(r.EndedAt), r.Reason, r.Version)
}

// redemptionsOf are a volunteer's, the newest first.
func redemptionsOf(tx *sqldb.Tx, volunteer id.ID, most int) ([]Redemption, error) {
	return sqldb.All(tx, scanRedemption, `SELECT `+redemptionColumns+redemptionFrom+`WHERE r.volunteer_id = $1 ORDER BY r.id DESC LIMIT $2`, volunteer, most)
}

// redemptionsAt are those of units, the newest first.
func redemptionsAt(tx *sqldb.Tx, units []id.ID, state RedemptionState, most int) ([]Redemption, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "r.unit_id", units...)
	w.Add("r.state = ?", string(state))
	n := w.Arg(most)
	return sqldb.All(tx, scanRedemption, `SELECT `+redemptionColumns+redemptionFrom+w.SQL()+` ORDER BY r.id DESC LIMIT `+n, w.Args()...)
}

func unfetched(tx *sqldb.Tx, before time.Time, most int) ([]Redemption, error) {
	return sqldb.All(tx, scanRedemption, `SELECT `+redemptionColumns+redemptionFrom+`WHERE r.state = 'taken' AND r.taken_at < $1 ORDER BY r.taken_at, r.id LIMIT $2`, sqldb.At(before), most)
}

// EachRedemptionDigest is EachDigest of the redemptions.
func EachRedemptionDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT `+redemptionColumns+redemptionFrom+`ORDER BY r.id`, nil, func(r sqldb.Scanner) error {
		x, err := scanRedemption(r)
		if err != nil {
			return err
		}
		return f(x.ID, x.Digest())
	})
}
