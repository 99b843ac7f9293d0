// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// published returns what the conditions leave, newest first.
func (s *Service) published(tx *sqldb.Tx, w sqldb.Where, skip, most int) ([]Published, error) {
	limit, offset := w.Arg(most), w.Arg(skip)
	return sqldb.All(tx, func(r sqldb.Scanner) (p Published, err error) {
		var promised sqldb.Time
		p.Card, err = s.scanCardAnd(r, &p.Body, &promised)
		p.Promised = promised.Time
		return p, err
	}, `SELECT `+cardColumns+`, m.body, m.promised_at FROM matter m
		`+w.SQL()+`
		ORDER BY raised_at DESC, id DESC
		LIMIT `+limit+` OFFSET `+offset, w.Args()...)
}

func countPublished(tx *sqldb.Tx, w sqldb.Where, most int) (n int, err error) {
	limit := w.Arg(most)
	err = tx.Row(`SELECT count(*) FROM (SELECT 1 FROM matter m `+w.SQL()+` LIMIT `+limit+`) AS found`, w.Args()...).Scan(&n)
	return n, err
}

// inPlaces leaves the matters of the places, none if there are none.
func inPlaces(w *sqldb.Where, in []scope.Scope) {
	columns := map[scope.Level]string{scope.Town: "+town_id", scope.Village: "+village_id", scope.Grid: "+grid_id", scope.Courtyard: "+courtyard_id"}
	var conds []string
	var args []any
	for level, column := range columns {
		var marks []string
		for _, p := range in {
			if p.Level == level {
				marks, args = append(marks, "?"), append(args, p.ID)
			}
		}
		if marks != nil {
			conds = append(conds, column+" IN ("+strings.Join(marks, ", ")+")")
		}
	}
	w.Any(conds, args...)
}

// changes returns when each public matter that changed between two moments last
// did so, as far as that has been looked through: until the moment until.
func changes(tx *sqldb.Tx, from, to id.ID) (last map[ID]time.Time, until time.Time, err error) {
	last, until = map[ID]time.Time{}, to.Time()
	type change struct{ matter, line id.ID }
	note := func(cs []change) {
		for _, c := range cs {
			if at := c.line.Time(); at.After(last[c.matter]) {
				last[c.matter] = at
			}
		}
		if len(cs) == scanned && cs[scanned-1].line.Time().Before(until) {
			until = cs[scanned-1].line.Time()
		}
	}
	scan := func(r sqldb.Scanner) (c change, err error) {
		err = r.Scan(&c.matter, &c.line)
		return c, err
	}
	said, err := sqldb.All(tx, scan, `SELECT matter_id, id FROM matter_step WHERE id >= $1 AND id < $2 AND public ORDER BY id LIMIT $3`, from, to, scanned)
	if err != nil {
		return nil, until, err
	}
	raised, err := sqldb.All(tx, scan, `SELECT id, id FROM matter WHERE id >= $1 AND id < $2 AND public AND NOT hidden ORDER BY id LIMIT $3`, from, to, scanned)
	note(said)
	note(raised)
	return last, until, err
}

// lastSaid returns the last public line of each matter.
func lastSaid(tx *sqldb.Tx, matters []ID) ([]Step, error) {
	var w sqldb.Where
	sqldb.In(&w, "matter_id", matters...)
	w.Add("public")
	return sqldb.All(tx, scanStep, `SELECT `+stepColumns+` FROM matter_step WHERE id IN (
		SELECT max(id) FROM matter_step `+w.SQL()+` GROUP BY matter_id)`, w.Args()...)
}

// openPhotos returns the photos that came with the matters and that everybody may
// see.
func openPhotos(tx *sqldb.Tx, matters []ID) ([]File, error) {
	var w sqldb.Where
	sqldb.In(&w, "matter_id", matters...)
	w.Add("step_id = 0 AND public AND NOT hidden AND type LIKE 'image/%'")
	return sqldb.All(tx, scanFile, `SELECT `+fileColumns+` FROM matter_file `+w.SQL()+` ORDER BY id`, w.Args()...)
}

// photosWith returns the photos that came with lines of stories and that everybody
// may see.
func photosWith(tx *sqldb.Tx, matters []ID, lines []id.ID) ([]File, error) {
	var w sqldb.Where
	sqldb.In(&w, "matter_id", matters...)
	w.Add("step_id >= ? AND step_id <= ?", slices.Min(lines), slices.Max(lines))
	w.Add("public AND NOT hidden AND type LIKE 'image/%'")
	return sqldb.All(tx, scanFile, `SELECT `+fileColumns+` FROM matter_file `+w.SQL()+` ORDER BY id`, w.Args()...)
}

func publicSteps(tx *sqldb.Tx, from, to id.ID, numbers []string, most int) ([]PublicStep, error) {
	var w sqldb.Where
	w.Add("p.id >= ? AND p.id < ?", from, to)
	w.Add("p.public AND m.public AND NOT m.hidden")
	w.Add("p.at >= ?", sqldb.At(from.Time())) // what was imported happened long before its line was written
	if len(numbers) > 0 {
		sqldb.In(&w, "m.number", numbers...)
	}
	limit := w.Arg(most)
	columns := "p." + strings.ReplaceAll(stepColumns, ", ", ", p.")
	return sqldb.All(tx, func(r sqldb.Scanner) (p PublicStep, err error) {
		var at, until sqldb.Time
		err = r.Scan(&p.ID, &p.Matter, &at, &p.Act, &p.Account, &p.Actor, &p.Unit, &p.ToUnit, &p.Public, &p.Hidden, &p.Words, &until, &p.Detail, &p.Behalf, &p.was, &p.Number)
		p.At, p.Until = at.Time, until.Time
		return p, err
	}, `SELECT `+columns+`, m.number
		FROM matter_step p
		JOIN matter m ON m.id = p.matter_id
		`+w.SQL()+`
		ORDER BY p.id
		LIMIT `+limit, w.Args()...)
}
