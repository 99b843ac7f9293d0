// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"strconv"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const visitColumns = `id, number, origin, code_index, item_id, town_id, village_id, grid_id, courtyard_id, state, resident_id, contact_id, found_by, finder, need_sealed, desk_unit, serve_unit, officer_id, worker_id,
	visit_at, visit_ends, papers_sealed, consent_at, consent_sealed, result_sealed, receipt, receipt_type, signer, found_at, moved_at, due_at, forgotten_at, version`

func scanVisit(r sqldb.Scanner) (v HomeVisit, err error) {
	var state, finder, signer string
	var at, ends, consent, found, moved, due, forgotten sqldb.Time
	err = r.Scan(&v.ID, &v.Number, &v.Origin, &v.codeIndex, &v.Item, &v.Path[scope.Town], &v.Path[scope.Village], &v.Path[scope.Grid], &v.Path[scope.Courtyard], &state, &v.Resident, &v.Contact, &v.FoundBy, &finder, &v.need,
		&v.DeskUnit, &v.ServeUnit, &v.Officer, &v.Worker, &at, &ends, &v.papers, &consent, &v.consent, &v.result, &v.Receipt.Hash, &v.Receipt.Type, &signer, &found, &moved, &due, &forgotten, &v.Version)
	v.State, v.Finder, v.Signer = VisitState(state), Finder(finder), Signer(signer)
	v.At, v.Ends, v.ConsentAt, v.FoundAt, v.MovedAt, v.Due, v.ForgottenAt = at.Time, ends.Time, consent.Time, found.Time, moved.Time, due.Time, forgotten.Time
	return v, err
}

func insertVisit(tx *sqldb.Tx, v HomeVisit) error {
	_, err := tx.Exec(`INSERT INTO home_visit (`+visitColumns+`) VALUES (`+sqldb.List(33, 1)+`)`,
		v.ID, v.Number, v.Origin, bytesOf(v.codeIndex), v.Item, v.Path[scope.Town], v.Path[scope.Village], v.Path[scope.Grid], v.Path[scope.Courtyard], string(v.State), v.Resident, v.Contact, v.FoundBy, string(v.Finder), v.need,
		v.DeskUnit, v.ServeUnit, v.Officer, v.Worker, sqldb.At(v.At), sqldb.At(v.Ends), v.papers, sqldb.At(v.ConsentAt), v.consent, v.result, v.Receipt.Hash, v.Receipt.Type, string(v.Signer), sqldb.At(v.FoundAt), sqldb.At(v.MovedAt), sqldb.At(v.Due), sqldb.At(v.ForgottenAt), v.Version)
	return err
}

func saveVisit(tx *sqldb.Tx, v HomeVisit) error {
	return tx.One(`
		UPDATE home_visit SET code_index = $2, state = $3, resident_id = $4, contact_id = $5, need_sealed = $6, officer_id = $7, worker_id = $8, visit_at = $9, visit_ends = $10, papers_sealed = $11, consent_at = $12, consent_sealed = $13,
			result_sealed = $14, receipt = $15, receipt_type = $16, signer = $17, moved_at = $18, due_at = $19, forgotten_at = $20, version = version + 1
		WHERE id = $1 AND version = $21`,
		v.ID, bytesOf(v.codeIndex), string(v.State), v.Resident, v.Contact, v.need, v.Officer, v.Worker, sqldb.At(v.At), sqldb.At(v.Ends), v.papers, sqldb.At(v.ConsentAt), v.consent,
		v.result, v.Receipt.Hash, v.Receipt.Type, string(v.Signer), sqldb.At(v.MovedAt), sqldb.At(v.Due), sqldb.At(v.ForgottenAt), v.Version)
}

func loadVisit(tx *sqldb.Tx, d id.ID) (HomeVisit, error) {
	return sqldb.Get(tx, scanVisit, "visit.none", `SELECT `+visitColumns+` FROM home_visit WHERE id = $1`, d)
}

func visitNumbered(tx *sqldb.Tx, number string) (HomeVisit, error) {
	return sqldb.Get(tx, scanVisit, "visit.none", `SELECT `+visitColumns+` FROM home_visit WHERE number = $1`, number)
}

// visitFrom is the visit that came from something, if there is one.
func visitFrom(tx *sqldb.Tx, origin string) (HomeVisit, bool, error) {
	vs, err := sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM home_visit WHERE origin = $1 AND origin <> '' LIMIT 1`, origin)
	if err != nil || len(vs) == 0 {
		return HomeVisit{}, false, err
	}
	return vs[0], true, nil
}

// openStates are those of OpenVisits, for a condition.
const openStates = `state IN ('found', 'agreed', 'arranged', 'done', 'followed')`

var turnStates = map[Turn][]string{TurnDesk: {string(Found), string(Done)}, TurnServe: {string(Agreed), string(Followed)}, TurnTravel: {string(Arranged)}}

func listVisits(tx *sqldb.Tx, ss scope.Scopes, f VisitFilter, most int) ([]HomeVisit, error) {
	var w sqldb.Where
	order := "id DESC"
	if len(ss) == 0 {
		w.Add("1 = 0")
	} else {
		ss.Where(&w, "")
	}
	if f.Open || f.Turn != "" {
		w.Add(openStates)
		order = "due_at, id"
	}
	if f.Turn != "" {
		sqldb.In(&w, "state", turnStates[f.Turn]...)
	}
	if f.Before != 0 && order == "id DESC" {
		w.Add("id < ?", f.Before)
	}
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM home_visit `+w.SQL()+` ORDER BY `+order+` LIMIT `+strconv.Itoa(most), w.Args()...)
}

func countVisits(tx *sqldb.Tx, ss scope.Scopes) (open, late int, err error) {
	var w sqldb.Where
	now := w.Arg(sqldb.At(tx.Now()))
	ss.Where(&w, "")
	w.Add(openStates)
	err = tx.Row(`SELECT count(*), count(CASE WHEN due_at < `+now+` THEN 1 END) FROM home_visit `+w.SQL(), w.Args()...).Scan(&open, &late)
	return open, late, err
}

func listOwnVisits(tx *sqldb.Tx, o own, most int) ([]HomeVisit, error) {
	var w sqldb.Where
	o.where(&w)
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM home_visit `+w.SQL()+` ORDER BY id DESC LIMIT `+strconv.Itoa(min(max(most, 1), 100)), w.Args()...)
}

// visitsOf are when an account is out on home visits other than one.
func visitsOf(tx *sqldb.Tx, account, but id.ID, from, until time.Time) ([]busy, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (b busy, err error) {
		var at, ends sqldb.Time
		err = r.Scan(&at, &ends)
		return busy{at.Time, ends.Time}, err
	}, `SELECT visit_at, visit_ends FROM home_visit WHERE (officer_id = $1 OR worker_id = $1) AND id <> $2 AND state = 'arranged' AND visit_at >= $3 AND visit_at < $4 ORDER BY visit_at LIMIT 500`,
		account, but, sqldb.At(from), sqldb.At(until))
}

func hasReceipt(tx *sqldb.Tx, hash string) (bool, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM home_visit WHERE receipt = $1 AND receipt <> ''`, hash))
	return n > 0, err
}

func listVisitsToForget(tx *sqldb.Tx, before time.Time, most int) ([]HomeVisit, error) {
	return sqldb.All(tx, scanVisit, `SELECT `+visitColumns+` FROM home_visit WHERE forgotten_at IS NULL AND NOT (`+openStates+`) AND moved_at < $1 ORDER BY moved_at, id LIMIT `+strconv.Itoa(max(most, 0)), sqldb.At(before))
}
