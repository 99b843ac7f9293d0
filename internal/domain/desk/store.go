// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"strconv"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

const itemColumns = `id, code, origin, unit_id, town_id, village_id, grid_id, courtyard_id, spec, active, changed_at, version`

func scanItem(r sqldb.Scanner) (i Item, err error) {
	var spec string
	var changed sqldb.Time
	if err = r.Scan(&i.ID, &i.Code, &i.Origin, &i.Unit, &i.Path[scope.Town], &i.Path[scope.Village], &i.Path[scope.Grid], &i.Path[scope.Courtyard], &spec, &i.Active, &changed, &i.Version); err != nil {
		return i, err
	}
	i.ChangedAt = changed.Time
	return i, json.Unmarshal([]byte(spec), &i.Spec)
}

// spec is what is said of the item, as it is kept.
func (i Item) spec() string { return asText(i.Spec) }

func asText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	return string(b)
}

func (i Item) values() []any {
	return []any{i.ID, i.Code, i.Origin, i.Unit, i.Path[scope.Town], i.Path[scope.Village], i.Path[scope.Grid], i.Path[scope.Courtyard], i.spec(), i.Active, sqldb.At(i.ChangedAt), i.Version}
}

// maxItems bounds the catalogue, which is held in memory.
const maxItems = 50_000

func allItems(tx *sqldb.Tx) ([]Item, error) {
	return sqldb.All(tx, scanItem, `SELECT `+itemColumns+` FROM desk_item ORDER BY code LIMIT `+strconv.Itoa(maxItems))
}

func loadItem(tx *sqldb.Tx, d id.ID) (Item, error) {
	return sqldb.Get(tx, scanItem, "desk.item.none", `SELECT `+itemColumns+` FROM desk_item WHERE id = $1`, d)
}

// insertItem reports whether the code was free.
func insertItem(tx *sqldb.Tx, i Item) (bool, error) {
	n, err := tx.Exec(`INSERT INTO desk_item (`+itemColumns+`) VALUES (`+sqldb.List(12, 1)+`) ON CONFLICT DO NOTHING`, i.values()...)
	return n == 1, err
}

func saveItem(tx *sqldb.Tx, i Item) error {
	return tx.One(`
		UPDATE desk_item SET unit_id = $2, town_id = $3, village_id = $4, grid_id = $5, courtyard_id = $6, spec = $7, active = $8, changed_at = $9, version = version + 1
		WHERE id = $1 AND version = $10`, i.ID, i.Unit, i.Path[scope.Town], i.Path[scope.Village], i.Path[scope.Grid], i.Path[scope.Courtyard], i.spec(), i.Active, sqldb.At(i.ChangedAt), i.Version)
}

// origins are the items that were imported from a system, by their origins.
func origins(tx *sqldb.Tx, of []string) (map[string]Item, error) {
	found := map[string]Item{}
	if len(of) == 0 {
		return found, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "origin", of...)
	is, err := sqldb.All(tx, scanItem, `SELECT `+itemColumns+` FROM desk_item `+w.SQL(), w.Args()...)
	for _, i := range is {
		found[i.Origin] = i
	}
	return found, err
}

func insertEdition(tx *sqldb.Tx, by scope.Actor, i Item, note string) error {
	_, err := tx.Exec(`INSERT INTO desk_edition (id, item_id, at, account_id, actor, note, spec, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), i.ID, sqldb.At(i.ChangedAt), by.Account, by.Name, note, i.spec(), i.Active)
	return err
}

func listEditions(tx *sqldb.Tx, item id.ID) ([]Edition, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (e Edition, err error) {
		var at sqldb.Time
		var spec string
		if err = r.Scan(&at, &e.Actor, &e.Note, &spec, &e.On); err != nil {
			return e, err
		}
		e.At = at.Time
		return e, json.Unmarshal([]byte(spec), &e.Spec)
	}, `SELECT at, actor, note, spec, active FROM desk_edition WHERE item_id = $1 ORDER BY id DESC LIMIT 100`, item)
}

const counterColumns = `id, unit_id, town_id, village_id, grid_id, courtyard_id, plan, active, version`

func scanCounter(r sqldb.Scanner) (c Counter, err error) {
	var plan string
	if err = r.Scan(&c.ID, &c.Unit, &c.Path[scope.Town], &c.Path[scope.Village], &c.Path[scope.Grid], &c.Path[scope.Courtyard], &plan, &c.Active, &c.Version); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(plan), &c.Plan)
}

func (c Counter) values() []any {
	return []any{c.ID, c.Unit, c.Path[scope.Town], c.Path[scope.Village], c.Path[scope.Grid], c.Path[scope.Courtyard], c.plan(), c.Active, c.Version}
}

func (c Counter) plan() string { return asText(c.Plan) }

func loadCounter(tx *sqldb.Tx, d id.ID) (Counter, error) {
	return sqldb.Get(tx, scanCounter, "desk.counter.none", `SELECT `+counterColumns+` FROM desk_counter WHERE id = $1`, d)
}

func insertCounter(tx *sqldb.Tx, c Counter) error {
	_, err := tx.Exec(`INSERT INTO desk_counter (`+counterColumns+`) VALUES (`+sqldb.List(9, 1)+`)`, c.values()...)
	return err
}

func saveCounter(tx *sqldb.Tx, c Counter) error {
	return tx.One(`UPDATE desk_counter SET plan = $2, active = $3, version = version + 1 WHERE id = $1 AND version = $4`, c.ID, c.plan(), c.Active, c.Version)
}

// mostCounters bounds the counters of one unit.
const mostCounters = 100

func listCounters(tx *sqldb.Tx, unit id.ID) ([]Counter, error) {
	return sqldb.All(tx, scanCounter, `SELECT `+counterColumns+` FROM desk_counter WHERE unit_id = $1 ORDER BY id LIMIT `+strconv.Itoa(mostCounters), unit)
}

// listCountersIn are the counters in the scopes.
func listCountersIn(tx *sqldb.Tx, ss scope.Scopes) ([]Counter, error) {
	var w sqldb.Where
	ss.Where(&w, "")
	return sqldb.All(tx, scanCounter, `SELECT `+counterColumns+` FROM desk_counter `+w.SQL()+` ORDER BY unit_id, id LIMIT 2000`, w.Args()...)
}

// A Closing is a day on which a counter is closed.
type Closing struct {
	Day   string // 2026-03-05
	Why   string
	Actor string
}

func insertClosing(tx *sqldb.Tx, counter id.ID, c Closing) error {
	_, err := tx.Exec(`INSERT INTO desk_closing (counter_id, day, why, actor) VALUES ($1, $2, $3, $4) ON CONFLICT (counter_id, day) DO UPDATE SET why = excluded.why, actor = excluded.actor`, counter, c.Day, c.Why, c.Actor)
	return err
}

func deleteClosing(tx *sqldb.Tx, counter id.ID, day string) error {
	return tx.One(`DELETE FROM desk_closing WHERE counter_id = $1 AND day = $2`, counter, day)
}

func listClosings(tx *sqldb.Tx, counter id.ID, from, until string) ([]Closing, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (c Closing, err error) {
		err = r.Scan(&c.Day, &c.Why, &c.Actor)
		return c, err
	}, `SELECT day, why, actor FROM desk_closing WHERE counter_id = $1 AND day >= $2 AND day <= $3 ORDER BY day LIMIT 400`, counter, from, until)
}

// longest is the longest time at a counter that a plan may have.
const longest = 240 * time.Minute

// A held is a seat that is given, from when to when.
type held struct {
	at, ends time.Time
	seat     int
}

// over reports whether it is held at some moment of a stretch of time. A booking that was
// made by another plan of the counter may begin and end elsewhere than the times of today.
func (h held) over(from, until time.Time) bool { return h.at.Before(until) && h.ends.After(from) }

// taken are the seats of a counter that are given at some moment of a stretch of time.
func taken(tx *sqldb.Tx, counter id.ID, from, until time.Time) ([]held, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (h held, err error) {
		var at, ends sqldb.Time
		err = r.Scan(&at, &ends, &h.seat)
		h.at, h.ends = at.Time, ends.Time
		return h, err
	}, `SELECT slot_at, ends_at, seat FROM booking WHERE counter_id = $1 AND slot_at > $2 AND slot_at < $3 AND ends_at > $4 AND seat > 0 ORDER BY slot_at, seat`,
		counter, sqldb.At(from.Add(-longest)), sqldb.At(until), sqldb.At(from))
}

// seatsOf are those of the seats that are given at some moment of a time.
func seatsOf(given []held, at, ends time.Time) map[int]bool {
	seats := map[int]bool{}
	for _, h := range given {
		if h.over(at, ends) {
			seats[h.seat] = true
		}
	}
	return seats
}

// dayOf is a day as it is kept.
func dayOf(t time.Time) string { return t.In(when.Zone).Format(time.DateOnly) }

func insertStep(tx *sqldb.Tx, p Step) error { return tx.Add(newStep, p.values()...) }

var newStep = sqldb.NewInsert(`INSERT INTO desk_step (id, record_id, at, act, account_id, actor, behalf, words_sealed) VALUES`, `($1, $2, $3, $4, $5, $6, $7, $8)`)

func (p Step) values() []any {
	return []any{p.ID, p.Record, sqldb.At(p.At), string(p.Act), p.Account, p.Actor, p.Behalf, p.words}
}

func scanStep(r sqldb.Scanner) (p Step, err error) {
	var at sqldb.Time
	var act string
	err = r.Scan(&p.ID, &p.Record, &at, &act, &p.Account, &p.Actor, &p.Behalf, &p.words)
	p.At, p.Act = at.Time, Act(act)
	return p, err
}

const stepColumns = `id, record_id, at, act, account_id, actor, behalf, words_sealed`

func listSteps(tx *sqldb.Tx, record id.ID) ([]Step, error) {
	return sqldb.All(tx, scanStep, `SELECT `+stepColumns+` FROM desk_step WHERE record_id = $1 ORDER BY id LIMIT 300`, record)
}

// stepNamed is one line of a story.
func stepNamed(tx *sqldb.Tx, d id.ID) (Step, error) {
	return sqldb.Get(tx, scanStep, "booking.none", `SELECT `+stepColumns+` FROM desk_step WHERE id = $1`, d)
}

// blankSteps takes the words out of a record's story, and returns the digest of what stays.
func blankSteps(tx *sqldb.Tx, record id.ID) ([]byte, error) {
	if _, err := tx.Exec(`UPDATE desk_step SET words_sealed = NULL WHERE record_id = $1`, record); err != nil {
		return nil, err
	}
	return storyOf(tx, record)
}
