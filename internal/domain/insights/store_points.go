// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"strings"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// lightsNow are the columns that count the three lights of insight_open.
func lightsNow(w *sqldb.Where, tx *sqldb.Tx) string {
	now := w.Arg(sqldb.At(tx.Now()))
	return `count(*), COALESCE(sum(CASE WHEN due_at < ` + now + ` THEN 1 ELSE 0 END), 0), COALESCE(sum(CASE WHEN due_at >= ` + now + ` AND soon_at <= ` + now + ` THEN 1 ELSE 0 END), 0)`
}

// lit is what lightsNow counts.
type lit struct{ all, red, yellow int }

func (c lit) lights() Lights { return Lights{c.all - c.red - c.yellow, c.yellow, c.red} }

// square is how much lies in a square of a grid, each at its own point.
type square struct {
	at       [2]int64
	lon, lat float64 // sums
	last     id.ID
	lit
}

func (x square) fold(g *grid) {
	g.put(x.at, x.lon, x.lat, x.all, x.last, false, x.lights())
}

// exactly limits rows to those that stand on a map at their own points in a box.
func exactly(w *sqldb.Where, in scope.Scope, b Box, but []id.ID) {
	w.Add("everybody AND lat >= ? AND lat <= ? AND lon >= ? AND lon <= ?", b.South, b.North, b.West, b.East)
	inScope(w, in, but)
}

// squaresOf are the matters at their own points in a box, by squares. few: those of a
// map; who may see the subtree is asked by the caller.
func squaresOf(tx *sqldb.Tx, in scope.Scope, b Box, g *grid, but []id.ID) (all []square, err error) {
	var w sqldb.Where
	wide, high := w.Arg(g.wide), w.Arg(g.high)
	columns := lightsNow(&w, tx)
	exactly(&w, in, b, but)
	err = tx.Each(`
		SELECT CAST(floor(lon / `+wide+`) AS BIGINT) AS x, CAST(floor(lat / `+high+`) AS BIGINT) AS y, sum(lon), sum(lat), max(matter_id), `+columns+`
		FROM insight_open `+w.SQL()+`
		GROUP BY x, y`, w.Args(), func(r sqldb.Scanner) error {
		var s square
		err := r.Scan(&s.at[0], &s.at[1], &s.lon, &s.lat, &s.last, &s.all, &s.red, &s.yellow)
		all = append(all, s)
		return err
	})
	return all, err
}

// exactLights counts the matters at their own points in a box.
func exactLights(tx *sqldb.Tx, in scope.Scope, b Box, but []id.ID) (Lights, error) {
	var w sqldb.Where
	columns := lightsNow(&w, tx)
	exactly(&w, in, b, but)
	var c lit
	err := tx.Row(`SELECT `+columns+` FROM insight_open `+w.SQL(), w.Args()...).Scan(&c.all, &c.red, &c.yellow)
	return c.lights(), err
}

// roughly are the matters of a subtree that stand on a map at the middle of their
// places, by places. few: a row a place; who may see the subtree is asked by the caller.
func roughly(tx *sqldb.Tx, in scope.Scope, but []id.ID) (all []rough, err error) {
	var w sqldb.Where
	columns := lightsNow(&w, tx)
	w.Add("(NOT everybody OR lat IS NULL)")
	inScope(&w, in, but)
	err = tx.Each(`
		SELECT town_id, village_id, CASE WHEN everybody THEN grid_id ELSE 0 END AS grid, everybody, max(matter_id), `+columns+`
		FROM insight_open `+w.SQL()+`
		GROUP BY town_id, village_id, grid, everybody`, w.Args(), func(r sqldb.Scanner) error {
		var x rough
		var c lit
		err := r.Scan(&x.path[scope.Town], &x.path[scope.Village], &x.path[scope.Grid], &x.everybody, &x.last, &c.all, &c.red, &c.yellow)
		x.Lights = c.lights()
		all = append(all, x)
		return err
	})
	return all, err
}

// soonest are the public matters on a map that end first: those at their own points in
// the box, and those at the middle of the given places, nil for all places.
func soonest(tx *sqldb.Tx, in scope.Scope, b Box, at []scope.Path, but []id.ID) ([]openRow, error) {
	var own sqldb.Where
	exactly(&own, in, b, but)
	rows, err := first(tx, own)
	if err != nil {
		return nil, err
	}
	var rough sqldb.Where
	rough.Add("everybody AND lat IS NULL")
	inScope(&rough, in, but)
	if at != nil {
		onlyAt(&rough, at)
	}
	more, err := first(tx, rough)
	return append(rows, more...), err
}

// onlyAt limits rows to those whose last place but for a courtyard is that of one of
// the paths.
func onlyAt(w *sqldb.Where, at []scope.Path) {
	var conds []string
	var args []any
	for _, x := range []struct {
		level scope.Level
		in    string
	}{{scope.Grid, "grid_id IN ("}, {scope.Village, "grid_id = 0 AND village_id IN ("}, {scope.Town, "grid_id = 0 AND village_id = 0 AND town_id IN ("}} {
		n := len(args)
		for _, p := range at {
			if d, level := p.Last(); level == x.level {
				args = append(args, d)
			}
		}
		if n = len(args) - n; n > 0 {
			conds = append(conds, x.in+strings.TrimSuffix(strings.Repeat("?,", n), ",")+")")
		}
	}
	w.Any(conds, args...)
}

// first are the rows that end first, those that do not end last.
func first(tx *sqldb.Tx, w sqldb.Where) ([]openRow, error) {
	limit := w.Arg(mostHere)
	return sqldb.All(tx, scanOpen, `SELECT `+openColumns+` FROM insight_open `+w.SQL()+` ORDER BY COALESCE(due_at, 9000000000000000), matter_id LIMIT `+limit, w.Args()...)
}
