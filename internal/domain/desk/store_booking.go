// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"strconv"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const bookingColumns = `id, number, code_index, counter_id, item_id, town_id, village_id, grid_id, courtyard_id, state, slot_at, ends_at, seat, resident_id, contact_id, made_by, channel, for_words,
	made_at, queued_at, until_at, reminded_at, forgotten_at, version`

func scanBooking(r sqldb.Scanner) (b Booking, err error) {
	var state, channel string
	var at, ends, made, queued, until, reminded, forgotten sqldb.Time
	err = r.Scan(&b.ID, &b.Number, &b.codeIndex, &b.Counter, &b.Item, &b.Path[scope.Town], &b.Path[scope.Village], &b.Path[scope.Grid], &b.Path[scope.Courtyard], &state, &at, &ends, &b.Seat,
		&b.Resident, &b.Contact, &b.MadeBy, &channel, &b.ForWords, &made, &queued, &until, &reminded, &forgotten, &b.Version)
	b.State, b.Channel = State(state), Channel(channel)
	b.At, b.Ends, b.MadeAt, b.QueuedAt, b.Until, b.RemindedAt, b.ForgottenAt = at.Time, ends.Time, made.Time, queued.Time, until.Time, reminded.Time, forgotten.Time
	return b, err
}

func (b Booking) values() []any {
	return []any{b.ID, b.Number, bytesOf(b.codeIndex), b.Counter, b.Item, b.Path[scope.Town], b.Path[scope.Village], b.Path[scope.Grid], b.Path[scope.Courtyard], string(b.State), sqldb.At(b.At), sqldb.At(b.Ends), b.Seat,
		b.Resident, b.Contact, b.MadeBy, string(b.Channel), b.ForWords, sqldb.At(b.MadeAt), sqldb.At(b.QueuedAt), sqldb.At(b.Until), sqldb.At(b.RemindedAt), sqldb.At(b.ForgottenAt), b.Version}
}

// bytesOf is never NULL.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// insertBooking writes a booking down. That its seat was given meanwhile is found by
// the table's index: on the engine with several writers the transaction is then run
// again and sees it.
func insertBooking(tx *sqldb.Tx, b Booking) error {
	n, err := tx.Exec(`INSERT INTO booking (`+bookingColumns+`) VALUES (`+sqldb.List(24, 1)+`) ON CONFLICT DO NOTHING`, b.values()...)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "record.changed")
	}
	return err
}

func saveBooking(tx *sqldb.Tx, b Booking) error {
	return tx.One(`
		UPDATE booking SET code_index = $2, counter_id = $3, town_id = $4, village_id = $5, grid_id = $6, courtyard_id = $7, state = $8, slot_at = $9, ends_at = $10, seat = $11,
			resident_id = $12, contact_id = $13, for_words = $14, queued_at = $15, until_at = $16, reminded_at = $17, forgotten_at = $18, version = version + 1
		WHERE id = $1 AND version = $19`, b.ID, bytesOf(b.codeIndex), b.Counter, b.Path[scope.Town], b.Path[scope.Village], b.Path[scope.Grid], b.Path[scope.Courtyard], string(b.State), sqldb.At(b.At), sqldb.At(b.Ends), b.Seat,
		b.Resident, b.Contact, b.ForWords, sqldb.At(b.QueuedAt), sqldb.At(b.Until), sqldb.At(b.RemindedAt), sqldb.At(b.ForgottenAt), b.Version)
}

func loadBooking(tx *sqldb.Tx, d id.ID) (Booking, error) {
	return sqldb.Get(tx, scanBooking, "booking.none", `SELECT `+bookingColumns+` FROM booking WHERE id = $1`, d)
}

func bookingNumbered(tx *sqldb.Tx, number string) (Booking, error) {
	return sqldb.Get(tx, scanBooking, "booking.none", `SELECT `+bookingColumns+` FROM booking WHERE number = $1`, number)
}

// countAhead is how many bookings a resident has ahead of them.
func countAhead(tx *sqldb.Tx, resident id.ID) (int, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM booking WHERE resident_id = $1 AND resident_id > 0 AND slot_at >= $2 AND state IN ('waiting', 'offered', 'booked')`, resident, sqldb.At(tx.Now().Add(-24*time.Hour))))
	return int(n), err
}

// countBefore is how many wait before a booking that waits.
func countBefore(tx *sqldb.Tx, b Booking) (int, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM booking WHERE counter_id = $1 AND state = 'waiting' AND queued_at < $2`, b.Counter, sqldb.At(b.QueuedAt)))
	return int(n), err
}

// firstWaiting is the first in a counter's list for whom the moment would do. The sums keep
// the engine on the index of those who wait: by time it would read all that was ever booked.
func firstWaiting(tx *sqldb.Tx, counter id.ID, at time.Time) (id.ID, bool, error) {
	ids, err := sqldb.All(tx, sqldb.ID, `
		SELECT id FROM booking WHERE counter_id = $1 AND state = 'waiting' AND slot_at + 0 <= $2 AND ends_at + 0 > $2
		ORDER BY queued_at, id LIMIT 1`, counter, sqldb.At(at))
	if err != nil || len(ids) == 0 {
		return 0, false, err
	}
	return ids[0], true, nil
}

// where are the records of an own list. Each condition has an index.
func (o own) where(w *sqldb.Where) {
	var conds []string
	var args []any
	if o.resident != 0 {
		conds, args = append(conds, "resident_id = ? AND resident_id > 0"), append(args, o.resident)
	}
	for _, d := range o.slips {
		conds, args = append(conds, "id = ?"), append(args, d)
	}
	for _, n := range o.numbers {
		conds, args = append(conds, "number = ?"), append(args, n)
	}
	w.Any(conds, args...)
}

// listOwn are somebody's bookings: what lies ahead first, the next before all, then the latest.
func listOwn(tx *sqldb.Tx, o own, most int) ([]Booking, error) {
	var w sqldb.Where
	o.where(&w)
	return sqldb.All(tx, scanBooking, `SELECT `+bookingColumns+` FROM booking `+w.SQL()+`
		ORDER BY CASE WHEN state IN ('waiting', 'offered', 'booked', 'arrived') THEN slot_at END NULLS LAST, slot_at DESC, id LIMIT `+strconv.Itoa(min(max(most, 1), 200)), w.Args()...)
}

// listDay are a counter's bookings of a day that have, or had, a seat.
func listDay(tx *sqldb.Tx, counter id.ID, from, until time.Time) ([]Booking, error) {
	return sqldb.All(tx, scanBooking, `SELECT `+bookingColumns+` FROM booking WHERE counter_id = $1 AND slot_at >= $2 AND slot_at < $3 AND seat > 0 ORDER BY slot_at, seat LIMIT 1000`,
		counter, sqldb.At(from), sqldb.At(until))
}

func listWaiting(tx *sqldb.Tx, counter id.ID) ([]Booking, error) {
	return sqldb.All(tx, scanBooking, `SELECT `+bookingColumns+` FROM booking WHERE counter_id = $1 AND state = 'waiting' ORDER BY queued_at, id LIMIT 200`, counter)
}

// listEnded are bookings in a state that end by themselves before a moment.
func listEnded(tx *sqldb.Tx, state State, before time.Time, most int) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `SELECT id FROM booking WHERE state = $1 AND ends_at < $2 ORDER BY ends_at, id LIMIT `+strconv.Itoa(most), string(state), sqldb.At(before))
}

// listOver are the offers whose end has come.
func listOver(tx *sqldb.Tx, most int) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `SELECT id FROM booking WHERE state = 'offered' AND until_at <= $1 ORDER BY until_at, id LIMIT `+strconv.Itoa(most), sqldb.At(tx.Now()))
}

// listToRemind are the bookings of a stretch of time of which nobody was reminded yet.
func listToRemind(tx *sqldb.Tx, from, until time.Time, most int) ([]Booking, error) {
	return sqldb.All(tx, scanBooking, `SELECT `+bookingColumns+` FROM booking WHERE state = 'booked' AND ends_at >= $1 AND slot_at < $2 AND slot_at >= $1 AND reminded_at IS NULL ORDER BY slot_at, id LIMIT `+strconv.Itoa(most),
		sqldb.At(from), sqldb.At(until))
}

// listToForget are bookings whose personal facts have been kept long enough.
func listToForget(tx *sqldb.Tx, before time.Time, most int) ([]Booking, error) {
	return sqldb.All(tx, scanBooking, `SELECT `+bookingColumns+` FROM booking WHERE forgotten_at IS NULL AND ends_at < $1 ORDER BY ends_at LIMIT `+strconv.Itoa(most), sqldb.At(before))
}
