// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const appealColumns = `id, state, town_id, village_id, grid_id, courtyard_id, slot, point_id, visit_id, matter_id, account, actor, words, lodged_at, decided_by, decided_at, reason`

func scanAppeal(r sqldb.Scanner) (a Appeal, err error) {
	var lodged, decided sqldb.Time
	err = r.Scan(&a.ID, &a.State, &a.Path[scope.Town], &a.Path[scope.Village], &a.Path[scope.Grid], &a.Path[scope.Courtyard], &a.Slot, &a.Point, &a.Visit, &a.Matter, &a.Account, &a.Actor, &a.Words, &lodged,
		&a.DecidedBy, &decided, &a.Reason)
	a.LodgedAt, a.DecidedAt = lodged.Time, decided.Time
	return a, err
}

func loadAppeal(tx *sqldb.Tx, d id.ID) (Appeal, error) {
	return sqldb.Get(tx, scanAppeal, "patrol.appeal.gone", `SELECT `+appealColumns+` FROM patrol_appeal WHERE id = $1`, d)
}

func insertAppeal(tx *sqldb.Tx, a Appeal) error {
	return tx.One(`INSERT INTO patrol_appeal (`+appealColumns+`) VALUES (`+sqldb.List(17, 1)+`)`, a.ID, string(a.State), a.Path[scope.Town], a.Path[scope.Village], a.Path[scope.Grid], a.Path[scope.Courtyard],
		int64(a.Slot), a.Point, a.Visit, a.Matter, a.Account, a.Actor, a.Words, sqldb.At(a.LodgedAt), a.DecidedBy, sqldb.At(a.DecidedAt), a.Reason)
}

func saveAppeal(tx *sqldb.Tx, a Appeal) error {
	return tx.One(`UPDATE patrol_appeal SET state = $2, decided_by = $3, decided_at = $4, reason = $5 WHERE id = $1 AND decided_at IS NULL`, a.ID, string(a.State), a.DecidedBy, sqldb.At(a.DecidedAt), a.Reason)
}

// appealedAgainst reports whether there is an appeal against it already.
func appealedAgainst(tx *sqldb.Tx, in Against) (bool, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM patrol_appeal WHERE grid_id = $1 AND slot = $2 AND point_id = $3 AND visit_id = $4 AND matter_id = $5`, in.Grid, int64(in.Slot), in.Point, in.Visit, in.Matter))
	return n > 0, err
}

func listAppeals(tx *sqldb.Tx, in scope.Scopes) ([]Appeal, error) {
	var w sqldb.Where
	in.Where(&w, "")
	return sqldb.All(tx, scanAppeal, `SELECT `+appealColumns+` FROM patrol_appeal `+w.SQL()+` ORDER BY id DESC LIMIT 200`, w.Args()...)
}

// granted are the appeals of a part of the town that were granted.
func granted(tx *sqldb.Tx, in scope.Scopes) ([]Appeal, error) {
	var w sqldb.Where
	w.Add("state = 'granted'")
	in.Where(&w, "")
	return sqldb.All(tx, scanAppeal, `SELECT `+appealColumns+` FROM patrol_appeal `+w.SQL()+` ORDER BY id DESC LIMIT 5000`, w.Args()...)
}

// excusedMatters are the reports that do not count as unseen.
func excusedMatters(tx *sqldb.Tx, in scope.Scopes) (map[id.ID]bool, error) {
	as, err := granted(tx, in)
	ms := map[id.ID]bool{}
	for _, a := range as {
		if a.Matter != 0 {
			ms[a.Matter] = true
		}
	}
	return ms, err
}

// everStood are the points of a grid, those that were taken off too.
func everStood(tx *sqldb.Tx, grid id.ID) ([]Point, error) {
	return sqldb.All(tx, scanPoint, `SELECT `+pointColumns+` FROM patrol_point WHERE grid_id = $1 ORDER BY id LIMIT 1000`, grid)
}

// A version of the formulas, as it is kept.
func versions(tx *sqldb.Tx) ([]Version, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (v Version, err error) {
		var spec string
		var at sqldb.Time
		if err = r.Scan(&v.ID, &v.From, &spec, &v.Reason, &v.Actor, &at); err != nil {
			return v, err
		}
		v.At = at.Time
		v.Formula, err = parseFormula([]byte(spec))
		return v, err
	}, `SELECT id, from_day, spec, reason, actor, at FROM patrol_formula ORDER BY id LIMIT 200`)
}

func insertVersion(tx *sqldb.Tx, v Version) error {
	return tx.One(`INSERT INTO patrol_formula (id, from_day, spec, reason, actor, at) VALUES (`+sqldb.List(6, 1)+`)`, v.ID, int64(v.From), encode(v.Formula), v.Reason, v.Actor, sqldb.At(v.At))
}
