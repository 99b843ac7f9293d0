// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// where limits rows to a key of a face.
func where(w *sqldb.Where, face Face, key string) {
	switch face {
	case ByPlace:
		w.Any([]string{"CAST(town_id AS TEXT) = ?", "CAST(village_id AS TEXT) = ?"}, key, key)
	case ByUnit:
		w.Add("CAST(unit_id AS TEXT) = ?", key)
	case ByCategory:
		w.Add("category = ?", key)
	case All:
	}
}

// eventsOf are the kept events of a measure in a period, the latest first. Which of
// their matters the reader may see is asked of matters.
func eventsOf(tx *sqldb.Tx, m Measure, tardy bool, face Face, key string, p Period) ([]event, error) {
	var w sqldb.Where
	w.Add("measure = ? AND at >= ? AND at < ?", string(m), sqldb.At(p.From.Begin()), sqldb.At(p.To.Begin()))
	if tardy {
		w.Add("late")
	}
	if p.Then {
		w.Add("told_at < ?", sqldb.At(p.To.Begin()))
	}
	where(&w, face, key)
	limit := w.Arg(mostCases + 1)
	return sqldb.All(tx, func(r sqldb.Scanner) (e event, err error) {
		var at sqldb.Time
		err = r.Scan(&at, &e.seq, &e.matter, &e.late)
		e.at, e.measure = at.Time, m
		return e, err
	}, `SELECT at, seq, matter_id, late FROM insight_event `+w.SQL()+` ORDER BY at DESC, seq DESC LIMIT `+limit, w.Args()...)
}

// excusedLater are how many ends of a period were excused after it. few: one row a
// key.
func excusedLater(tx *sqldb.Tx, face Face, p Period) (map[string]int64, error) {
	later := map[string]int64{}
	for _, column := range keyColumns[face] {
		by := column
		if face == All {
			by = "measure"
		}
		err := tx.Each(`
			SELECT `+column+`, count(*) FROM insight_event
			WHERE measure = $1 AND at >= $2 AND at < $3 AND told_at >= $3
			GROUP BY `+by, []any{string(Excused), sqldb.At(p.From.Begin()), sqldb.At(p.To.Begin())}, func(r sqldb.Scanner) error {
			var key string
			var n int64
			err := r.Scan(&key, &n)
			if err == nil && (face == All || key != "" && key != "0") {
				later[key] += n
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return later, nil
}

// spellsAt are the kept spells of a kind that were under way at a moment: those that
// have ended since, and those that have not.
func spellsAt(tx *sqldb.Tx, kind Measure, t time.Time, face Face, key string, but []id.ID) ([]event, error) {
	scan := func(r sqldb.Scanner) (e event, err error) {
		var at sqldb.Time
		err = r.Scan(&at, &e.matter)
		e.at, e.measure = at.Time, kind
		return e, err
	}
	var w sqldb.Where
	w.Add("kind = ? AND until_at >= ? AND from_at < ?", string(kind), sqldb.At(t), sqldb.At(t))
	where(&w, face, key)
	limit := w.Arg(mostCases + 1)
	ended, err := sqldb.All(tx, scan, `SELECT from_at, matter_id FROM insight_spell `+w.SQL()+` ORDER BY from_at DESC LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, err
	}
	w = sqldb.Where{}
	w.Add("kind = ? AND beyond_at < ?", string(kind), sqldb.At(t))
	where(&w, face, key)
	exclude(&w, but)
	limit = w.Arg(mostCases + 1)
	going, err := sqldb.All(tx, scan, `SELECT beyond_at, matter_id FROM insight_open `+w.SQL()+` ORDER BY beyond_at DESC LIMIT `+limit, w.Args()...)
	return append(ended, going...), err
}
