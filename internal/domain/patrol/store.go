// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"encoding/json"
	"fmt"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const dutyColumns = `id, state, unit_id, name_zh, name_en, what, kind, often, minutes, basis, spec, proposed_at, proposed_by, decided_at, decided_by, reason, until_day, ended_at, version`

func scanDuty(r sqldb.Scanner) (d Duty, err error) {
	var spec string
	var proposed, decided, ended sqldb.Time
	if err = r.Scan(&d.ID, &d.State, &d.Unit, &d.Name.ZH, &d.Name.EN, &d.What, &d.Kind, &d.Often, &d.Minutes, &d.Basis, &spec, &proposed, &d.ProposedBy, &decided, &d.DecidedBy, &d.Reason,
		&d.Until, &ended, &d.Version); err != nil {
		return d, err
	}
	d.ProposedAt, d.DecidedAt, d.EndedAt = proposed.Time, decided.Time, ended.Time
	if err = json.Unmarshal([]byte(spec), &d.Spec); err != nil {
		return d, fmt.Errorf("duty %s: %w", d.ID, err)
	}
	return d, nil
}

func loadDuty(tx *sqldb.Tx, d id.ID) (Duty, error) {
	return sqldb.Get(tx, scanDuty, "duty.none", `SELECT `+dutyColumns+` FROM duty WHERE id = $1`, d)
}

func insertDuty(tx *sqldb.Tx, d Duty) error {
	return tx.One(`INSERT INTO duty (`+dutyColumns+`) VALUES (`+sqldb.List(19, 1)+`)`, d.ID, string(d.State), d.Unit, d.Name.ZH, d.Name.EN, d.What, string(d.Kind), string(d.Often), d.Minutes,
		d.Basis, encode(d.Spec), sqldb.At(d.ProposedAt), d.ProposedBy, sqldb.At(d.DecidedAt), d.DecidedBy, d.Reason, int64(d.Until), sqldb.At(d.EndedAt), d.Version)
}

func saveDuty(tx *sqldb.Tx, d *Duty) error {
	d.Version++
	return tx.One(`
		UPDATE duty SET state = $2, decided_at = $3, decided_by = $4, reason = $5, until_day = $6, ended_at = $7, version = $8
		WHERE id = $1 AND version = $9`,
		d.ID, string(d.State), sqldb.At(d.DecidedAt), d.DecidedBy, d.Reason, int64(d.Until), sqldb.At(d.EndedAt), d.Version, d.Version-1)
}

func listDuties(tx *sqldb.Tx, f DutyFilter) ([]Duty, error) {
	var w sqldb.Where
	if f.State != "" {
		w.Add("state = ?", string(f.State))
	}
	if f.Unit != 0 {
		w.Add("unit_id = ?", f.Unit)
	}
	return sqldb.All(tx, scanDuty, `SELECT `+dutyColumns+` FROM duty `+w.SQL()+` ORDER BY id DESC LIMIT 200`, w.Args()...)
}

// overdue are limited duties whose day has come.
func overdue(tx *sqldb.Tx, day Day, most int) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `SELECT id FROM duty WHERE state = 'limited' AND until_day <= $1 ORDER BY id LIMIT $2`, int64(day), most)
}

// dutiesGiven are the duties on the list that are given to somebody, or followed by visits.
func dutiesGiven(tx *sqldb.Tx) ([]Duty, error) {
	return sqldb.All(tx, scanDuty, `SELECT `+dutyColumns+` FROM duty WHERE state IN ('admitted', 'limited') ORDER BY id LIMIT 500`)
}

// encode is a value as JSON text.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // words and numbers can always be written
	}
	return string(b)
}

const givingColumns = `id, duty_id, town_id, village_id, grid_id, courtyard_id, given_at, given_by, ended_at, ended_by`

func scanGiving(r sqldb.Scanner) (g Giving, err error) {
	var given, ended sqldb.Time
	err = r.Scan(&g.ID, &g.Duty, &g.Path[scope.Town], &g.Path[scope.Village], &g.Path[scope.Grid], &g.Path[scope.Courtyard], &given, &g.GivenBy, &ended, &g.EndedBy)
	g.GivenAt, g.EndedAt = given.Time, ended.Time
	return g, err
}

func loadGiving(tx *sqldb.Tx, d id.ID) (Giving, error) {
	return sqldb.Get(tx, scanGiving, "duty.giving.none", `SELECT `+givingColumns+` FROM duty_giving WHERE id = $1`, d)
}

func insertGiving(tx *sqldb.Tx, g Giving) error {
	return tx.One(`INSERT INTO duty_giving (`+givingColumns+`) VALUES (`+sqldb.List(10, 1)+`)`,
		g.ID, g.Duty, g.Path[scope.Town], g.Path[scope.Village], g.Path[scope.Grid], g.Path[scope.Courtyard], sqldb.At(g.GivenAt), g.GivenBy, sqldb.At(g.EndedAt), g.EndedBy)
}

// givingsOf are the places to which a duty is or was given.
func givingsOf(tx *sqldb.Tx, duty id.ID) ([]Giving, error) {
	return sqldb.All(tx, scanGiving, `SELECT `+givingColumns+` FROM duty_giving WHERE duty_id = $1 ORDER BY id LIMIT 500`, duty)
}

// givingsEver are all of them, for the digest.
func givingsEver(tx *sqldb.Tx, duty id.ID) (gs []Giving, err error) {
	err = tx.Each(`SELECT `+givingColumns+` FROM duty_giving WHERE duty_id = $1 ORDER BY id`, []any{duty}, func(r sqldb.Scanner) error {
		g, err := scanGiving(r)
		gs = append(gs, g)
		return err
	})
	return gs, err
}

// givingsNow are all that hold.
func givingsNow(tx *sqldb.Tx) ([]Giving, error) {
	return sqldb.All(tx, scanGiving, `SELECT `+givingColumns+` FROM duty_giving WHERE ended_at IS NULL ORDER BY duty_id, id LIMIT 5000`)
}

func endGiving(tx *sqldb.Tx, d id.ID, by string) error {
	return tx.One(`UPDATE duty_giving SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL`, d, sqldb.At(tx.Now()), by)
}

func endGivings(tx *sqldb.Tx, duty id.ID, by string) error {
	_, err := tx.Exec(`UPDATE duty_giving SET ended_at = $2, ended_by = $3 WHERE duty_id = $1 AND ended_at IS NULL`, duty, sqldb.At(tx.Now()), by)
	return err
}

const assignmentColumns = `id, town_id, village_id, grid_id, courtyard_id, account, from_account, words, begun_at, begun_by, taken_at, ended_at`

func scanAssignment(r sqldb.Scanner) (a Assignment, err error) {
	var begun, taken, ended sqldb.Time
	err = r.Scan(&a.ID, &a.Path[scope.Town], &a.Path[scope.Village], &a.Path[scope.Grid], &a.Path[scope.Courtyard], &a.Account, &a.From, &a.Words, &begun, &a.BegunBy, &taken, &ended)
	a.BegunAt, a.TakenAt, a.EndedAt = begun.Time, taken.Time, ended.Time
	return a, err
}

func loadAssignment(tx *sqldb.Tx, d id.ID) (Assignment, error) {
	return sqldb.Get(tx, scanAssignment, "patrol.assignment.none", `SELECT `+assignmentColumns+` FROM patrol_assignment WHERE id = $1`, d)
}

func insertAssignment(tx *sqldb.Tx, a Assignment) error {
	return tx.One(`INSERT INTO patrol_assignment (`+assignmentColumns+`) VALUES (`+sqldb.List(12, 1)+`)`, a.ID, a.Path[scope.Town], a.Path[scope.Village], a.Path[scope.Grid], a.Path[scope.Courtyard],
		a.Account, a.From, a.Words, sqldb.At(a.BegunAt), a.BegunBy, sqldb.At(a.TakenAt), sqldb.At(a.EndedAt))
}

// assignmentsOf is who walks a grid and who did, the newest first.
func assignmentsOf(tx *sqldb.Tx, grid id.ID) ([]Assignment, error) {
	return sqldb.All(tx, scanAssignment, `SELECT `+assignmentColumns+` FROM patrol_assignment WHERE grid_id = $1 ORDER BY id DESC LIMIT 100`, grid)
}

// untaken are grids that somebody has not yet said they took over.
func untaken(tx *sqldb.Tx, account id.ID) ([]Assignment, error) {
	return sqldb.All(tx, scanAssignment, `SELECT `+assignmentColumns+` FROM patrol_assignment WHERE account = $1 AND ended_at IS NULL AND taken_at IS NULL ORDER BY id LIMIT 50`, account)
}

func endAssignment(tx *sqldb.Tx, a Assignment) error {
	return tx.One(`UPDATE patrol_assignment SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, a.ID, sqldb.At(a.EndedAt))
}

func takeAssignment(tx *sqldb.Tx, a Assignment) error {
	return tx.One(`UPDATE patrol_assignment SET taken_at = $2 WHERE id = $1 AND taken_at IS NULL`, a.ID, sqldb.At(a.TakenAt))
}

// assignedNow is who walks which grid by name.
func assignedNow(tx *sqldb.Tx) (map[id.ID][]id.ID, error) {
	by := map[id.ID][]id.ID{}
	err := tx.Each(`SELECT grid_id, account FROM patrol_assignment WHERE ended_at IS NULL ORDER BY id`, nil, func(r sqldb.Scanner) error {
		var grid, account id.ID
		err := r.Scan(&grid, &account)
		by[grid] = append(by[grid], account)
		return err
	})
	return by, err
}

// standingNow counts the points that stand and the visits that are agreed.
func standingNow(tx *sqldb.Tx) (st Standing, err error) {
	st = Standing{Points: map[id.ID]map[PointKind]int{}, Paths: map[id.ID]scope.Path{}, Visits: map[id.ID][]int{}}
	err = tx.Each(`SELECT town_id, village_id, grid_id, kind, count(*) FROM patrol_point WHERE ended_at IS NULL GROUP BY town_id, village_id, grid_id, kind`, nil, func(r sqldb.Scanner) error {
		var p scope.Path
		var kind PointKind
		var n int
		if err := r.Scan(&p[scope.Town], &p[scope.Village], &p[scope.Grid], &kind, &n); err != nil {
			return err
		}
		g := p[scope.Grid]
		if st.Points[g] == nil {
			st.Points[g], st.Paths[g] = map[PointKind]int{}, p
		}
		st.Points[g][kind] += n
		return nil
	})
	if err != nil {
		return st, err
	}
	err = tx.Each(`SELECT duty_id, every_days FROM patrol_visit WHERE ended_at IS NULL ORDER BY duty_id, every_days`, nil, func(r sqldb.Scanner) error {
		var duty id.ID
		var days int
		err := r.Scan(&duty, &days)
		st.Visits[duty] = append(st.Visits[duty], days)
		return err
	})
	return st, err
}
