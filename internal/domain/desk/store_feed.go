// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"database/sql"
	"errors"
	"strconv"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const feedColumns = `id, account_id, unit_id, counter_id, lang, made_at`

func scanFeed(r sqldb.Scanner) (f Feed, ok bool, err error) {
	var made sqldb.Time
	err = r.Scan(&f.ID, &f.Account, &f.Unit, &f.Counter, &f.Lang, &made)
	f.MadeAt = made.Time
	if errors.Is(err, sql.ErrNoRows) {
		return Feed{}, false, nil
	}
	return f, err == nil, err
}

func insertFeed(tx *sqldb.Tx, f Feed, hash []byte) error {
	return tx.One(`INSERT INTO desk_feed (`+feedColumns+`, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`, f.ID, f.Account, f.Unit, f.Counter, string(f.Lang), sqldb.At(f.MadeAt), hash)
}

func feedOf(tx *sqldb.Tx, f Feed) (Feed, bool, error) {
	return scanFeed(tx.Row(`SELECT `+feedColumns+` FROM desk_feed WHERE account_id = $1 AND unit_id = $2 AND counter_id = $3`, f.Account, f.Unit, f.Counter))
}

func feedByHash(tx *sqldb.Tx, hash []byte) (Feed, bool, error) {
	return scanFeed(tx.Row(`SELECT `+feedColumns+` FROM desk_feed WHERE token_hash = $1`, hash))
}

func deleteFeed(tx *sqldb.Tx, f Feed) (int64, error) {
	return tx.Exec(`DELETE FROM desk_feed WHERE account_id = $1 AND unit_id = $2 AND counter_id = $3`, f.Account, f.Unit, f.Counter)
}

// listAgenda are the bookings of counters in a stretch of time that take place, or took.
func listAgenda(tx *sqldb.Tx, counters []id.ID, from, until time.Time) ([]Booking, error) {
	var w sqldb.Where
	sqldb.In(&w, "counter_id", counters...)
	w.Add("slot_at >= ?", sqldb.At(from))
	w.Add("slot_at < ?", sqldb.At(until))
	w.Add("state IN ('booked', 'arrived', 'served')")
	return sqldb.All(tx, scanBooking, `SELECT `+bookingColumns+` FROM booking `+w.SQL()+` ORDER BY slot_at, counter_id, seat LIMIT `+strconv.Itoa(mostAgenda), w.Args()...)
}

// arrangedBy are the home visits of a unit that serves in a stretch of time.
func arrangedBy(tx *sqldb.Tx, unit id.ID, from, until time.Time) ([]HomeVisit, error) {
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM home_visit WHERE state = 'arranged' AND serve_unit = $1 AND visit_at >= $2 AND visit_at < $3 ORDER BY visit_at, id LIMIT `+strconv.Itoa(mostAgenda),
		unit, sqldb.At(from), sqldb.At(until))
}

// arrangedFor are the home visits that an account makes in a stretch of time.
func arrangedFor(tx *sqldb.Tx, account id.ID, from, until time.Time) ([]HomeVisit, error) {
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM home_visit WHERE state = 'arranged' AND (officer_id = $1 OR worker_id = $1) AND visit_at >= $2 AND visit_at < $3 ORDER BY visit_at, id LIMIT `+strconv.Itoa(mostAgenda),
		account, sqldb.At(from), sqldb.At(until))
}
