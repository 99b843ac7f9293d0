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
	where(&w, face, key)
	limit := w.Arg(mostCases + 1)
	return sqldb.All(tx, func(r sqldb.Scanner) (e event, err error) {
		var at sqldb.Time
		err = r.Scan(&at, &e.seq, &e.matter, &e.late)
		e.at, e.measure = at.Time, m
		return e, err
	}, `SELECT at, seq, matter_id, late FROM insight_event `+w.SQL()+` ORDER BY at DESC, seq DESC LIMIT `+limit, w.Args()...)
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
