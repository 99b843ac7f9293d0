// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const pointColumns = `id, town_id, village_id, grid_id, courtyard_id, kind, name, lat, lon, code, since, ended_at, done, version, origin`

func scanPoint(r sqldb.Scanner) (p Point, err error) {
	var done string
	var ended sqldb.Time
	if err = r.Scan(&p.ID, &p.Path[scope.Town], &p.Path[scope.Village], &p.Path[scope.Grid], &p.Path[scope.Courtyard], &p.Kind, &p.Name, &p.At[1], &p.At[0], &p.Code, &p.Since, &ended, &done, &p.Version, &p.origin); err != nil {
		return p, err
	}
	p.EndedAt = ended.Time
	p.Done, err = readDone(done)
	return p, err
}

// readDone reads when duties were last done; it is most often short, and empty at first.
func readDone(s string) (d Done, err error) {
	if s == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(s), &d); err != nil {
		return nil, fmt.Errorf("when duties were done: %w", err)
	}
	return d, nil
}

func loadPoint(tx *sqldb.Tx, d id.ID) (Point, error) {
	return sqldb.Get(tx, scanPoint, "patrol.point.none", `SELECT `+pointColumns+` FROM patrol_point WHERE id = $1`, d)
}

var newPoint = sqldb.NewInsert(`INSERT INTO patrol_point (`+pointColumns+`) VALUES`, `(`+sqldb.List(15, 1)+`)`)

func insertPoint(tx *sqldb.Tx, p Point) error {
	return tx.Add(newPoint, p.ID, p.Path[scope.Town], p.Path[scope.Village], p.Path[scope.Grid], p.Path[scope.Courtyard], string(p.Kind), p.Name, p.At[1], p.At[0], p.Code, int64(p.Since),
		sqldb.At(p.EndedAt), "", p.Version, p.origin)
}

// pointFrom reports whether the point that a file knows by origin has been taken in.
func pointFrom(tx *sqldb.Tx, origin string) (bool, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM patrol_point WHERE origin = $1 AND origin <> ''`, origin))
	return n > 0, err
}

func countPoints(tx *sqldb.Tx, grid id.ID) (int, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM patrol_point WHERE grid_id = $1 AND ended_at IS NULL`, grid))
	return int(n), err
}

// standing are the points of a grid that are due, or of all grids if it is 0.
func standing(tx *sqldb.Tx, grid id.ID) ([]Point, error) {
	var w sqldb.Where
	w.Add("ended_at IS NULL")
	if grid != 0 {
		w.Add("grid_id = ?", grid)
	}
	return sqldb.All(tx, scanPoint, `SELECT `+pointColumns+` FROM patrol_point `+w.SQL()+` ORDER BY id`, w.Args()...)
}

func pointsOf(tx *sqldb.Tx, grid id.ID) ([]Point, error) { return standing(tx, grid) }

func endPoint(tx *sqldb.Tx, p Point) error {
	return tx.One(`UPDATE patrol_point SET ended_at = $2, version = version + 1 WHERE id = $1 AND version = $3`, p.ID, sqldb.At(p.EndedAt), p.Version)
}

// renamePoint writes what a point is called, unless someone else was faster.
func renamePoint(tx *sqldb.Tx, p Point) error {
	return tx.One(`UPDATE patrol_point SET name = $2, version = version + 1 WHERE id = $1 AND version = $3`, p.ID, p.Name, p.Version)
}

func setPointDone(tx *sqldb.Tx, d id.ID, done Done) error {
	return tx.One(`UPDATE patrol_point SET done = $2 WHERE id = $1`, d, encode(done))
}

const visitColumns = `id, number, resident_id, town_id, village_id, grid_id, courtyard_id, duty_id, every_days, need_sealed, consent, agreed_at, agreed_by, since, ended_at, ended_by, ended_why, done, version`

func scanVisit(r sqldb.Scanner) (v Visit, err error) {
	var done string
	var made, ended sqldb.Time
	if err = r.Scan(&v.ID, &v.Number, &v.Resident, &v.Path[scope.Town], &v.Path[scope.Village], &v.Path[scope.Grid], &v.Path[scope.Courtyard], &v.Duty, &v.Every, &v.need, &v.Consent, &made, &v.AgreedBy,
		&v.Since, &ended, &v.EndedBy, &v.EndedWhy, &done, &v.Version); err != nil {
		return v, err
	}
	v.AgreedAt, v.EndedAt = made.Time, ended.Time
	v.Done, err = readDone(done)
	return v, err
}

func loadVisit(tx *sqldb.Tx, d id.ID) (Visit, error) {
	return sqldb.Get(tx, scanVisit, "patrol.visit.none", `SELECT `+visitColumns+` FROM patrol_visit WHERE id = $1`, d)
}

func insertVisit(tx *sqldb.Tx, v Visit) error {
	return tx.One(`INSERT INTO patrol_visit (`+visitColumns+`) VALUES (`+sqldb.List(19, 1)+`)`, v.ID, v.Number, v.Resident, v.Path[scope.Town], v.Path[scope.Village], v.Path[scope.Grid], v.Path[scope.Courtyard],
		v.Duty, v.Every, v.need, string(v.Consent), sqldb.At(v.AgreedAt), v.AgreedBy, int64(v.Since), sqldb.At(v.EndedAt), v.EndedBy, v.EndedWhy, "", v.Version)
}

// agreed are the visits of a grid that hold, or of all grids if it is 0.
func agreed(tx *sqldb.Tx, grid id.ID) ([]Visit, error) {
	var w sqldb.Where
	w.Add("ended_at IS NULL")
	if grid != 0 {
		w.Add("grid_id = ?", grid)
	}
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM patrol_visit `+w.SQL()+` ORDER BY grid_id, id`, w.Args()...)
}

func listVisits(tx *sqldb.Tx, grid id.ID) ([]Visit, error) {
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM patrol_visit WHERE grid_id = $1 ORDER BY id DESC LIMIT 200`, grid)
}

func visitsOf(tx *sqldb.Tx, resident id.ID) ([]Visit, error) {
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM patrol_visit WHERE resident_id = $1 ORDER BY id DESC LIMIT 50`, resident)
}

func endVisit(tx *sqldb.Tx, v Visit) error {
	return tx.One(`UPDATE patrol_visit SET ended_at = $2, ended_by = $3, ended_why = $4, version = version + 1 WHERE id = $1 AND version = $5`, v.ID, sqldb.At(v.EndedAt), v.EndedBy, v.EndedWhy, v.Version)
}

func setVisitDone(tx *sqldb.Tx, d id.ID, done Done) error {
	return tx.One(`UPDATE patrol_visit SET done = $2 WHERE id = $1`, d, encode(done))
}

const roundColumns = `id, slot, town_id, village_id, grid_id, courtyard_id, due`

func scanRound(r sqldb.Scanner) (x Round, err error) {
	var due []byte
	if err = r.Scan(&x.ID, &x.Slot, &x.Path[scope.Town], &x.Path[scope.Village], &x.Path[scope.Grid], &x.Path[scope.Courtyard], &due); err != nil {
		return x, err
	}
	if err = json.Unmarshal(due, &x.Due); err != nil {
		return x, fmt.Errorf("round %s: %w", x.ID, err)
	}
	return x, nil
}

var newRound = sqldb.NewInsert(`INSERT INTO patrol_round (`+roundColumns+`) VALUES`, `(`+sqldb.List(7, 1)+`)`)

func insertRound(tx *sqldb.Tx, r Round) error {
	return tx.Add(newRound, r.ID, int64(r.Slot), r.Path[scope.Town], r.Path[scope.Village], r.Path[scope.Grid], r.Path[scope.Courtyard], string(encodeDue(r.Due)))
}

func roundOf(tx *sqldb.Tx, grid id.ID, slot Slot) (r Round, ok bool, err error) {
	r, err = scanRound(tx.Row(`SELECT `+roundColumns+` FROM patrol_round WHERE grid_id = $1 AND slot = $2`, grid, int64(slot)))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	days, err := almanac(tx)
	r.Hours = days.On(slot)
	return r, err == nil, err
}

func roundsIn(tx *sqldb.Tx, slot Slot) ([]Round, error) {
	return timed(tx, `SELECT `+roundColumns+` FROM patrol_round WHERE slot = $1 ORDER BY grid_id`, int64(slot))
}

// timed are rounds with the windows of their days.
func timed(tx *sqldb.Tx, query string, args ...any) ([]Round, error) {
	rs, err := sqldb.All(tx, scanRound, query, args...)
	if err != nil {
		return nil, err
	}
	days, err := almanac(tx)
	for i := range rs {
		rs[i].Hours = days.On(rs[i].Slot)
	}
	return rs, err
}

// rounds are those of a part of the town in [from, to), by grid and slot.
func rounds(tx *sqldb.Tx, in scope.Scopes, from, to Slot) ([]Round, error) {
	var w sqldb.Where
	w.Add("slot >= ? AND slot < ?", int64(from), int64(to))
	in.Where(&w, "")
	return timed(tx, `SELECT `+roundColumns+` FROM patrol_round `+w.SQL()+` ORDER BY grid_id, slot LIMIT 200000`, w.Args()...)
}

const slotMark = "patrol.slot"

// marked reports whether the rounds of the slot have been drawn up for all grids.
func marked(tx *sqldb.Tx, slot Slot) (bool, error) {
	n, err := sqldb.Mark(tx, slotMark)
	return Slot(n) >= slot, err
}

func mark(tx *sqldb.Tx, slot Slot) error { return sqldb.SetMark(tx, slotMark, int64(slot)) }

const entryColumns = `id, content, digest, slot, town_id, village_id, grid_id, courtyard_id, point_id, visit_id, worker_id, at, made_at, received_at, proof, result, duties, words, files, matter_id`

func scanEntry(r sqldb.Scanner) (e Entry, err error) {
	var duties, files string
	var at, made, received sqldb.Time
	if err = r.Scan(&e.ID, &e.Content, &e.digest, &e.Slot, &e.Path[scope.Town], &e.Path[scope.Village], &e.Path[scope.Grid], &e.Path[scope.Courtyard], &e.Point, &e.Visit, &e.Worker, &at, &made, &received,
		&e.Proof, &e.Result, &duties, &e.Words, &files, &e.Matter); err != nil {
		return e, err
	}
	e.At, e.MadeAt, e.ReceivedAt = at.Time, made.Time, received.Time
	if err = json.Unmarshal([]byte(duties), &e.Did); err != nil {
		return e, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	if files != "" {
		err = json.Unmarshal([]byte(files), &e.Files)
	}
	return e, err
}

var newEntry = sqldb.NewInsert(`INSERT INTO patrol_entry (`+entryColumns+`) VALUES`, `(`+sqldb.List(20, 1)+`)`)

func insertEntry(tx *sqldb.Tx, e Entry) error {
	files := ""
	if len(e.Files) > 0 {
		files = encode(e.Files)
	}
	did := e.Did
	if did == nil {
		did = []Did{}
	}
	return tx.Add(newEntry, e.ID, e.Content, e.digest, int64(e.Slot), e.Path[scope.Town], e.Path[scope.Village], e.Path[scope.Grid], e.Path[scope.Courtyard], e.Point, e.Visit, e.Worker,
		sqldb.At(e.At), sqldb.At(e.MadeAt), sqldb.At(e.ReceivedAt), string(e.Proof), string(e.Result), encode(did), e.Words, files, e.Matter)
}

func entryNamed(tx *sqldb.Tx, content string) (e Entry, ok bool, err error) {
	e, err = scanEntry(tx.Row(`SELECT `+entryColumns+` FROM patrol_entry WHERE content = $1`, content))
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	return e, err == nil, err
}

// entriesOf are the entries of a round.
func entriesOf(tx *sqldb.Tx, grid id.ID, slot Slot) ([]Entry, error) {
	return sqldb.All(tx, scanEntry, `SELECT `+entryColumns+` FROM patrol_entry WHERE grid_id = $1 AND slot = $2 ORDER BY id LIMIT 2000`, grid, int64(slot))
}

// entries are those of a part of the town in [from, to).
func entries(tx *sqldb.Tx, in scope.Scopes, from, to Slot) ([]Entry, error) {
	var w sqldb.Where
	w.Add("slot >= ? AND slot < ?", int64(from), int64(to))
	in.Where(&w, "")
	return sqldb.All(tx, scanEntry, `SELECT `+entryColumns+` FROM patrol_entry `+w.SQL()+` ORDER BY grid_id, slot, id LIMIT 500000`, w.Args()...)
}

// enteredDigest is of the entries of a round, in their order.
func enteredDigest(tx *sqldb.Tx, grid id.ID, slot Slot, round id.ID) ([]byte, error) {
	es, err := entriesOf(tx, grid, slot)
	if err != nil {
		return nil, err
	}
	return roundDigest(round, es), nil
}

func roundDigest(round id.ID, es []Entry) []byte {
	fields := []any{"round/1", round}
	for _, e := range es {
		fields = append(fields, e.digestRow())
	}
	return trail.Digest(fields...)
}

// digestRow is the canonical state of an entry.
func (e Entry) digestRow() []byte {
	return trail.Digest(e.ID, e.Content, e.digest, int64(e.Slot), whole(e.Path), e.Point, e.Visit, e.Worker, e.At, e.MadeAt, e.ReceivedAt, string(e.Proof), string(e.Result), encode(e.Did), e.Words, encode(e.Files), e.Matter)
}

// Digests are, for the check of the trail, what walks over the records of this domain.
func Digests() map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error {
	return map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{
		Noun: func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			given := map[id.ID][]Giving{}
			if err := each(tx, scanGiving, `SELECT `+givingColumns+` FROM duty_giving ORDER BY id`, func(g Giving) error {
				given[g.Duty] = append(given[g.Duty], g)
				return nil
			}); err != nil {
				return err
			}
			return each(tx, scanDuty, `SELECT `+dutyColumns+` FROM duty ORDER BY id`, func(d Duty) error { return f(d.ID, d.digest(given[d.ID])) })
		},
		"patrol_assignment": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return each(tx, scanAssignment, `SELECT `+assignmentColumns+` FROM patrol_assignment ORDER BY id`, func(a Assignment) error { return f(a.ID, a.digest()) })
		},
		"patrol_point": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return each(tx, scanPoint, `SELECT `+pointColumns+` FROM patrol_point ORDER BY id`, func(p Point) error { return f(p.ID, p.digest()) })
		},
		"patrol_visit": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return each(tx, scanVisit, `SELECT `+visitColumns+` FROM patrol_visit ORDER BY id`, func(v Visit) error { return f(v.ID, v.digest()) })
		},
		"patrol_appeal": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return each(tx, scanAppeal, `SELECT `+appealColumns+` FROM patrol_appeal ORDER BY id`, func(a Appeal) error { return f(a.ID, a.digest()) })
		},
		"patrol_formula": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			vs, err := versions(tx)
			for _, v := range vs {
				if err == nil {
					err = f(v.ID, v.digest())
				}
			}
			return err
		},
		NounMerge: func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return each(tx, scanMerge, mergeQuery+`ORDER BY m.id`, func(m Merge) error { return f(m.ID, m.digest()) })
		},
		"patrol_hours": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			a, err := almanac(tx)
			for _, v := range a {
				if err == nil {
					err = f(v.ID, v.digest())
				}
			}
			return err
		},
		"patrol_slot":  eachSlot,
		"patrol_round": eachEntered,
	}
}

func each[T any](tx *sqldb.Tx, scan func(sqldb.Scanner) (T, error), query string, f func(T) error) error {
	return tx.Each(query, nil, func(r sqldb.Scanner) error {
		v, err := scan(r)
		if err != nil {
			return err
		}
		return f(v)
	})
}

// eachSlot walks over what was due, slot by slot.
func eachSlot(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	var rs []Round
	flush := func() error {
		if len(rs) == 0 {
			return nil
		}
		slot := rs[0].Slot
		err := f(id.ID(slot), slotDigest(slot, rs))
		rs = rs[:0]
		return err
	}
	err := each(tx, scanRound, `SELECT `+roundColumns+` FROM patrol_round ORDER BY slot, grid_id`, func(r Round) error {
		if len(rs) > 0 && rs[0].Slot != r.Slot {
			if err := flush(); err != nil {
				return err
			}
		}
		rs = append(rs, r)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// eachEntered walks over the rounds of which something was entered, in the order of their
// numbers.
func eachEntered(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	type key struct {
		grid id.ID
		slot Slot
	}
	rounds := map[key]id.ID{}
	if err := tx.Each(`SELECT id, grid_id, slot FROM patrol_round ORDER BY id`, nil, func(r sqldb.Scanner) error {
		var d, grid id.ID
		var slot Slot
		err := r.Scan(&d, &grid, &slot)
		rounds[key{grid, slot}] = d
		return err
	}); err != nil {
		return err
	}
	sums := map[id.ID][]any{}
	if err := each(tx, scanEntry, `SELECT `+entryColumns+` FROM patrol_entry ORDER BY grid_id, slot, id`, func(e Entry) error {
		d := rounds[key{e.Path[scope.Grid], e.Slot}]
		if sums[d] == nil {
			sums[d] = []any{"round/1", d}
		}
		sums[d] = append(sums[d], e.digestRow())
		return nil
	}); err != nil {
		return err
	}
	ids := make([]id.ID, 0, len(sums))
	for d := range sums {
		ids = append(ids, d)
	}
	slices.Sort(ids)
	for _, d := range ids {
		if err := f(d, trail.Digest(sums[d]...)); err != nil {
			return err
		}
	}
	return nil
}

func insertFile(tx *sqldb.Tx, hash string, entry id.ID) error {
	return tx.One(`INSERT INTO patrol_file (hash, entry_id) VALUES ($1, $2)`, hash, entry)
}

// entriesWith are entries that have a file, the newest first.
func entriesWith(tx *sqldb.Tx, hash string) ([]Entry, error) {
	return sqldb.All(tx, scanEntry, `SELECT `+entryColumns+` FROM patrol_entry WHERE id IN (SELECT entry_id FROM patrol_file WHERE hash = $1) ORDER BY id DESC LIMIT 100`, hash)
}

// storyOf is what was entered at a point or in a home, the newest first.
func storyOf(tx *sqldb.Tx, at Where, most int) ([]Entry, error) {
	if at.Point != 0 {
		return sqldb.All(tx, scanEntry, `SELECT `+entryColumns+` FROM patrol_entry WHERE point_id = $1 AND point_id <> 0 ORDER BY slot DESC, id DESC LIMIT $2`, at.Point, most)
	}
	return sqldb.All(tx, scanEntry, `SELECT `+entryColumns+` FROM patrol_entry WHERE visit_id = $1 AND visit_id <> 0 ORDER BY slot DESC, id DESC LIMIT $2`, at.Visit, most)
}
