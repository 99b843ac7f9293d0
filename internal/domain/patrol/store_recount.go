// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"encoding/json"
	"fmt"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// The rows of the slow count, read with columns of its own: what it has in common with the
// pages is the table alone.

// A tolled is a round as the slow count reads it.
type tolled struct {
	id   id.ID
	slot Slot
	path scope.Path
	due  []struct {
		P id.ID
		V id.ID
		D []id.ID
	}
}

// A seen is an entry as the slow count reads it.
type seen struct {
	id     id.ID
	slot   Slot
	spot   spot
	at     sqldb.Time
	proof  string
	result string
	matter id.ID
	did    []struct{ D id.ID }
}

// A place is a point, or a home that is visited, as the slow count reads it.
type place struct {
	spot  spot
	kind  string // of a point
	duty  id.ID  // of a visit
	every Slot   // of a visit
	since Slot
	ended sqldb.Time
	done  map[id.ID]Slot
}

// An order is a duty, and a handed is a giving, as the slow count reads them.
type order struct {
	home   bool
	period Slot
	points map[string]bool
	until  Day
	ended  sqldb.Time
}

type handed struct {
	id, duty id.ID
	path     scope.Path
	ended    sqldb.Time
}

func tolledGrids(tx *sqldb.Tx) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `SELECT DISTINCT grid_id FROM patrol_round ORDER BY grid_id`)
}

func tolledOf(tx *sqldb.Tx, grid id.ID) ([]tolled, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (x tolled, err error) {
		var due string
		if err = r.Scan(&x.id, &x.slot, &x.path[scope.Town], &x.path[scope.Village], &x.path[scope.Grid], &due); err != nil {
			return x, err
		}
		if err = json.Unmarshal([]byte(due), &x.due); err != nil {
			return x, fmt.Errorf("round %s: %w", x.id, err)
		}
		return x, nil
	}, `SELECT id, slot, town_id, village_id, grid_id, due FROM patrol_round WHERE grid_id = $1 ORDER BY id`, grid)
}

func seenOf(tx *sqldb.Tx, grid id.ID) ([]seen, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (x seen, err error) {
		var duties string
		if err = r.Scan(&x.id, &x.slot, &x.spot.point, &x.spot.visit, &x.at, &x.proof, &x.result, &x.matter, &duties); err != nil {
			return x, err
		}
		if err = json.Unmarshal([]byte(duties), &x.did); err != nil {
			return x, fmt.Errorf("entry %s: %w", x.id, err)
		}
		return x, nil
	}, `SELECT id, slot, point_id, visit_id, at, proof, result, matter_id, duties FROM patrol_entry WHERE grid_id = $1 ORDER BY id`, grid)
}

func placesOf(tx *sqldb.Tx, grid id.ID) ([]place, error) {
	points, err := sqldb.All(tx, func(r sqldb.Scanner) (x place, err error) {
		var done string
		if err = r.Scan(&x.spot.point, &x.kind, &x.since, &x.ended, &done); err == nil && done != "" {
			err = json.Unmarshal([]byte(done), &x.done)
		}
		return x, err
	}, `SELECT id, kind, since, ended_at, done FROM patrol_point WHERE grid_id = $1 ORDER BY id`, grid)
	if err != nil {
		return nil, err
	}
	homes, err := sqldb.All(tx, func(r sqldb.Scanner) (x place, err error) {
		var done string
		if err = r.Scan(&x.spot.visit, &x.duty, &x.every, &x.since, &x.ended, &done); err == nil && done != "" {
			err = json.Unmarshal([]byte(done), &x.done)
		}
		x.every *= 2 // two slots to a day
		return x, err
	}, `SELECT id, duty_id, every_days, since, ended_at, done FROM patrol_visit WHERE grid_id = $1 ORDER BY id`, grid)
	return append(points, homes...), err
}

func orders(tx *sqldb.Tx) (map[id.ID]order, error) {
	all := map[id.ID]order{}
	err := tx.Each(`SELECT id, kind, often, spec, until_day, ended_at FROM duty WHERE state IN ('admitted', 'limited', 'ended')`, nil, func(r sqldb.Scanner) error {
		var d id.ID
		var kind, often, text string
		var x order
		if err := r.Scan(&d, &kind, &often, &text, &x.until, &x.ended); err != nil {
			return err
		}
		var spec struct{ Points []string }
		if err := json.Unmarshal([]byte(text), &spec); err != nil {
			return fmt.Errorf("duty %s: %w", d, err)
		}
		x.points = map[string]bool{}
		for _, k := range spec.Points {
			x.points[k] = true
		}
		x.home, x.period = kind == "home", map[string]Slot{"round": 1, "day": 2, "week": 14, "month": 60, "quarter": 182}[often]
		all[d] = x
		return nil
	})
	return all, err
}

func handedOut(tx *sqldb.Tx) ([]handed, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (x handed, err error) {
		err = r.Scan(&x.id, &x.duty, &x.path[scope.Town], &x.path[scope.Village], &x.path[scope.Grid], &x.ended)
		return x, err
	}, `SELECT id, duty_id, town_id, village_id, grid_id, ended_at FROM duty_giving ORDER BY id`)
}
