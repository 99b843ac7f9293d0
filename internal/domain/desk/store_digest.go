// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// What belongs to a record in a table of its own is in the record's digest: the lines of
// its story, its editions, the days on which it is closed. Each is linked to those before
// it, so that none can be changed, taken out or put between.

// link is the digest of a chain after one more link.
func link(chain []byte, fields ...any) []byte {
	return trail.Digest(append([]any{chain}, fields...)...)
}

const chainOfSteps = `SELECT record_id, id, at, act, account_id, actor, behalf, words_sealed FROM desk_step`

func linkStep(chains map[id.ID][]byte) func(sqldb.Scanner) error {
	return func(r sqldb.Scanner) error {
		var p Step
		var at sqldb.Time
		var act string
		if err := r.Scan(&p.Record, &p.ID, &at, &act, &p.Account, &p.Actor, &p.Behalf, &p.words); err != nil {
			return err
		}
		chains[p.Record] = link(chains[p.Record], p.ID, at.Time, act, p.Account, p.Actor, p.Behalf, p.words)
		return nil
	}
}

// storyOf is the digest of the story of a booking or a home visit.
func storyOf(tx *sqldb.Tx, record id.ID) ([]byte, error) {
	chains := map[id.ID][]byte{}
	err := tx.Each(chainOfSteps+` WHERE record_id = $1 ORDER BY id`, []any{record}, linkStep(chains))
	return chains[record], err
}

const chainOfEditions = `SELECT item_id, id, at, account_id, actor, note, spec, active FROM desk_edition`

func linkEdition(chains map[id.ID][]byte) func(sqldb.Scanner) error {
	return func(r sqldb.Scanner) error {
		var item, d, account id.ID
		var at sqldb.Time
		var actor, note, spec string
		var active bool
		if err := r.Scan(&item, &d, &at, &account, &actor, &note, &spec, &active); err != nil {
			return err
		}
		chains[item] = link(chains[item], d, at.Time, account, actor, note, spec, active)
		return nil
	}
}

// editionsOf is the digest of the editions of an item.
func editionsOf(tx *sqldb.Tx, item id.ID) ([]byte, error) {
	chains := map[id.ID][]byte{}
	err := tx.Each(chainOfEditions+` WHERE item_id = $1 ORDER BY id`, []any{item}, linkEdition(chains))
	return chains[item], err
}

const chainOfClosings = `SELECT counter_id, day, why, actor FROM desk_closing`

func linkClosing(chains map[id.ID][]byte) func(sqldb.Scanner) error {
	return func(r sqldb.Scanner) error {
		var counter id.ID
		var c Closing
		if err := r.Scan(&counter, &c.Day, &c.Why, &c.Actor); err != nil {
			return err
		}
		chains[counter] = link(chains[counter], c.Day, c.Why, c.Actor)
		return nil
	}
}

// closingsOf is the digest of the days on which a counter is closed.
func closingsOf(tx *sqldb.Tx, counter id.ID) ([]byte, error) {
	chains := map[id.ID][]byte{}
	err := tx.Each(chainOfClosings+` WHERE counter_id = $1 ORDER BY day`, []any{counter}, linkClosing(chains))
	return chains[counter], err
}

// digests calls f with every record of a query and the digest of its state, with the chain
// of what belongs to it. f must not use the transaction.
func digests[T any](tx *sqldb.Tx, chain string, linked func(map[id.ID][]byte) func(sqldb.Scanner) error, query string, scan func(sqldb.Scanner) (T, error), digest func(T, map[id.ID][]byte) (id.ID, []byte), f func(id.ID, []byte) error) error {
	chains := map[id.ID][]byte{}
	if err := tx.Each(chain, nil, linked(chains)); err != nil {
		return err
	}
	return tx.Each(query, nil, func(r sqldb.Scanner) error {
		v, err := scan(r)
		if err != nil {
			return err
		}
		return f(digest(v, chains))
	})
}

// Digests are, for the check of the trail, what walks over the records of this domain.
func Digests() map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error {
	return map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{
		"desk_item": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return digests(tx, chainOfEditions+` ORDER BY id`, linkEdition, `SELECT `+itemColumns+` FROM desk_item ORDER BY id`, scanItem,
				func(i Item, of map[id.ID][]byte) (id.ID, []byte) { return i.ID, i.digest(of[i.ID]) }, f)
		},
		"desk_counter": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return digests(tx, chainOfClosings+` ORDER BY counter_id, day`, linkClosing, `SELECT `+counterColumns+` FROM desk_counter ORDER BY id`, scanCounter,
				func(c Counter, of map[id.ID][]byte) (id.ID, []byte) { return c.ID, c.digest(of[c.ID]) }, f)
		},
		"booking": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return digests(tx, chainOfSteps+` WHERE record_id IN (SELECT id FROM booking) ORDER BY id`, linkStep, `SELECT `+bookingColumns+` FROM booking ORDER BY id`, scanBooking,
				func(b Booking, of map[id.ID][]byte) (id.ID, []byte) { return b.ID, b.digest(of[b.ID]) }, f)
		},
		"home_visit": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return digests(tx, chainOfSteps+` WHERE record_id IN (SELECT id FROM home_visit) ORDER BY id`, linkStep, `SELECT `+visitColumns+` FROM home_visit ORDER BY id`, scanVisit,
				func(v HomeVisit, of map[id.ID][]byte) (id.ID, []byte) { return v.ID, v.digest(of[v.ID]) }, f)
		},
	}
}
