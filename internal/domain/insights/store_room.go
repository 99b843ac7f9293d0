// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A standing is how many matters stand alike.
type standing struct {
	state     matters.State
	unit      id.ID
	path      scope.Path
	light     when.Light
	everybody bool
	n         int
}

// inScope limits rows to a subtree and leaves out the given matters.
func inScope(w *sqldb.Where, in scope.Scope, but []id.ID) {
	if in.Level != scope.City {
		scope.Scopes{in}.Where(w, "")
	}
	exclude(w, but)
}

// standings counts what is under way in a subtree, but for the matters that are
// looked at by themselves. few: a row for each way of standing, which is some
// hundreds; who may see the subtree is asked by the caller.
func standings(tx *sqldb.Tx, in scope.Scope, but []id.ID) (all []standing, err error) {
	var w sqldb.Where
	now := w.Arg(sqldb.At(tx.Now()))
	inScope(&w, in, but)
	below := "town_id"
	if in.Level != scope.City {
		below = "village_id"
	}
	err = tx.Each(`
		SELECT state, unit_id, `+below+`, everybody, CASE WHEN due_at < `+now+` THEN 'red' WHEN soon_at <= `+now+` THEN 'yellow' ELSE 'green' END AS light, count(*)
		FROM insight_open `+w.SQL()+`
		GROUP BY state, unit_id, `+below+`, everybody, light`, w.Args(), func(r sqldb.Scanner) error {
		var g standing
		level := scope.Town
		if in.Level != scope.City {
			level = scope.Village
		}
		err := r.Scan(&g.state, &g.unit, &g.path[level], &g.everybody, &g.light, &g.n)
		all = append(all, g)
		return err
	})
	return all, err
}

// pressingRows are the matters of a subtree that everybody may read and that end
// first.
func pressingRows(tx *sqldb.Tx, in scope.Scope, but []id.ID) ([]openRow, error) {
	var w sqldb.Where
	w.Add("everybody AND turn_unit <> 0 AND due_at IS NOT NULL")
	inScope(&w, in, but)
	limit := w.Arg(mostPressing)
	return sqldb.All(tx, scanOpen, `SELECT `+openColumns+` FROM insight_open `+w.SQL()+` ORDER BY due_at, matter_id LIMIT `+limit, w.Args()...)
}
