// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func scanAllowed(r sqldb.Scanner) (a Allowed, err error) {
	var spec string
	var at sqldb.Time
	var version int
	if err = r.Scan(&version, &spec, &a.Note, &a.Actor, &at); err != nil {
		return a, err
	}
	err = json.Unmarshal([]byte(spec), &a.Allowances)
	a.Version, a.At = version, at.Time
	return a, err
}

func allowedVersions(tx *sqldb.Tx, most int) ([]Allowed, error) {
	return sqldb.All(tx, scanAllowed, `SELECT version, spec, note, actor, at FROM routing_allowance ORDER BY version DESC LIMIT $1`, most)
}

// newestAllowances are what is allowed now; nothing if nobody has allowed anything.
func newestAllowances(tx *sqldb.Tx) (Allowances, error) {
	all, err := allowedVersions(tx, 1)
	if err != nil || len(all) == 0 {
		return Allowances{Sample: usualSample}, err
	}
	return all[0].Allowances, nil
}

func allowancesOf(tx *sqldb.Tx, version int) (a Allowances, ok bool, err error) {
	if version == 0 {
		return a, true, nil
	}
	x, err := scanAllowed(tx.Row(`SELECT version, spec, note, actor, at FROM routing_allowance WHERE version = $1`, version))
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return x.Allowances, err == nil, err
}

func insertAllowances(tx *sqldb.Tx, version int, spec string, by scope.Actor, note string) error {
	return tx.One(`INSERT INTO routing_allowance (version, spec, note, account, actor, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		version, spec, note, by.Account, by.Name, sqldb.At(tx.Now()))
}

// EachAllowanceDigest calls f with the digest of every version of what is allowed,
// for the check of the trail.
func EachAllowanceDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT version, spec, note FROM routing_allowance ORDER BY version`, nil, func(r sqldb.Scanner) error {
		var version int
		var spec, note string
		if err := r.Scan(&version, &spec, &note); err != nil {
			return err
		}
		return f(id.ID(version), allowanceDigest(version, spec, note))
	})
}

const sortingColumns = `id, matter_id, at, version, sample, town_id, village_id, grid_id, courtyard_id, category, trial_id, confidence, words, unit_id, unit_trial, unit_sure,
	verdict, unit_verdict, judged_at, in_category, in_unit`

func scanSorting(r sqldb.Scanner) (x Sorting, err error) {
	var at, judged sqldb.Time
	var sure, unitSure int64
	var words string
	if err = r.Scan(&x.ID, &x.Matter, &at, &x.Version, &x.Sample, &x.Path[scope.Town], &x.Path[scope.Village], &x.Path[scope.Grid], &x.Path[scope.Courtyard],
		&x.Category, &x.Trial, &sure, &words, &x.Unit, &x.UnitTrial, &unitSure, &x.Verdict, &x.UnitVerdict, &judged, &x.InCategory, &x.InUnit); err != nil {
		return x, err
	}
	x.At, x.JudgedAt = at.Time, judged.Time
	x.Confidence, x.UnitSure = whole(sure), whole(unitSure)
	return x, json.Unmarshal([]byte(words), &x.Words)
}

// whole is a confidence again of its ten thousandths, so that parts gives the same.
func whole(parts int64) float64 { return (float64(parts) + 0.5) / 10_000 }

func wordsJSON(words []string) string {
	if len(words) == 0 {
		return "[]"
	}
	b, err := json.Marshal(words)
	if err != nil {
		panic(err) // texts can always be written
	}
	return string(b)
}

func insertSorting(tx *sqldb.Tx, x Sorting) error {
	return tx.One(`INSERT INTO routing_sorting (`+sortingColumns+`) VALUES (`+sqldb.List(21, 1)+`)`,
		x.ID, x.Matter, sqldb.At(x.At), x.Version, x.Sample, x.Path[scope.Town], x.Path[scope.Village], x.Path[scope.Grid], x.Path[scope.Courtyard],
		x.Category, x.Trial, parts(x.Confidence), wordsJSON(x.Words), x.Unit, x.UnitTrial, parts(x.UnitSure),
		string(x.Verdict), string(x.UnitVerdict), sqldb.At(x.JudgedAt), x.InCategory, x.InUnit)
}

func saveVerdict(tx *sqldb.Tx, x Sorting) error {
	return tx.One(`UPDATE routing_sorting SET verdict = $2, unit_verdict = $3, judged_at = $4, in_category = $5, in_unit = $6 WHERE id = $1`,
		x.ID, string(x.Verdict), string(x.UnitVerdict), sqldb.At(x.JudgedAt), x.InCategory, x.InUnit)
}

// sortingOf is how a matter was sorted; ok is false if the program did not.
func sortingOf(tx *sqldb.Tx, matter matters.ID) (x Sorting, ok bool, err error) {
	x, err = scanSorting(tx.Row(`SELECT `+sortingColumns+` FROM routing_sorting WHERE matter_id = $1`, matter))
	if errors.Is(err, sql.ErrNoRows) {
		return x, false, nil
	}
	return x, err == nil, err
}

// sortedSince is how many of a category could have been sorted since, samples included.
func sortedSince(tx *sqldb.Tx, category string, since time.Time) (int, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM routing_sorting WHERE category = $1 AND id >= $2`, category, id.First(since)))
	return int(n), err
}

func counted(tx *sqldb.Tx, category string, since time.Time) (t Tally, err error) {
	err = tx.Row(`
		SELECT COALESCE(sum(CASE WHEN sample THEN 0 ELSE 1 END), 0), COALESCE(sum(CASE WHEN sample THEN 1 ELSE 0 END), 0),
			COALESCE(sum(CASE WHEN verdict = 'wrong' OR unit_verdict = 'wrong' THEN 1 ELSE 0 END), 0)
		FROM routing_sorting WHERE category = $1 AND id >= $2`, category, id.First(since)).Scan(&t.Sorted, &t.Samples, &t.Wrong)
	return t, err
}

// judgedLately are the newest of a category of which something is known.
func judgedLately(tx *sqldb.Tx, category string, since time.Time, most int) ([]Sorting, error) {
	return sqldb.All(tx, scanSorting, `
		SELECT `+sortingColumns+` FROM routing_sorting
		WHERE category = $1 AND id >= $2 AND (verdict <> '' OR unit_verdict = 'wrong')
		ORDER BY id DESC LIMIT $3`, category, id.First(since), most)
}

func sortings(tx *sqldb.Tx, seen scope.Parts, kind Kind, category string, before id.ID, most int) ([]Sorting, error) {
	var w sqldb.Where
	seen.Where(&w, "")
	if before != 0 {
		w.Add("id < ?", before)
	}
	if category != "" {
		w.Add("category = ?", category)
	}
	switch kind {
	case Open:
		w.Add("verdict = '' AND NOT sample")
	case Mistaken:
		w.Add("(verdict = 'wrong' OR unit_verdict = 'wrong')")
	case Sampled:
		w.Add("sample")
	case Every:
	}
	return sqldb.All(tx, scanSorting, `SELECT `+sortingColumns+` FROM routing_sorting `+w.SQL()+` ORDER BY id DESC LIMIT `+strconv.Itoa(most), w.Args()...)
}

// unlooked are the matters between two that the program sorted and no person has
// looked at, as far as the subject goes. few: between the first and the last of one
// page of lessons.
func unlooked(tx *sqldb.Tx, sub Subject, from, to matters.ID) (map[matters.ID]bool, error) {
	cond := "verdict IN ('', 'kept')"
	if sub == Unit {
		cond = "unit_id <> 0 AND unit_verdict IN ('', 'kept')"
	}
	own := map[matters.ID]bool{}
	err := tx.Each(`SELECT matter_id FROM routing_sorting WHERE NOT sample AND matter_id BETWEEN $1 AND $2 AND `+cond, []any{from, to}, func(r sqldb.Scanner) error {
		var d matters.ID
		err := r.Scan(&d)
		own[d] = true
		return err
	})
	return own, err
}

// EachSortingDigest calls f with the digest of every sorting, for the check of the
// trail.
func EachSortingDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	for after := id.ID(0); ; {
		xs, err := sqldb.All(tx, scanSorting, `SELECT `+sortingColumns+` FROM routing_sorting WHERE id > $1 ORDER BY id LIMIT 1000`, after)
		if err != nil || len(xs) == 0 {
			return err
		}
		for _, x := range xs {
			if err := f(x.ID, x.digest()); err != nil {
				return err
			}
			after = x.ID
		}
	}
}
