// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"database/sql"
	"slices"
	"time"

	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// toldSteps are the lines of the matters' stories that have a row of the trail,
// oldest first. few: the matters are those of one batch, and what a life consists
// of is complete or wrong.
func toldSteps(tx *sqldb.Tx, ids []ID) (map[ID][]Step, error) {
	var w sqldb.Where
	sqldb.In(&w, "matter_id", ids...)
	w.Add("was <> ''")
	told := map[ID][]Step{}
	err := tx.Each(`SELECT matter_id, at, act, unit_id, detail, was FROM matter_step `+w.SQL()+` ORDER BY matter_id, id`, w.Args(), func(r sqldb.Scanner) error {
		var p Step
		var at sqldb.Time
		err := r.Scan(&p.Matter, &at, &p.Act, &p.Unit, &p.Detail, &p.was)
		p.At = at.Time
		told[p.Matter] = append(told[p.Matter], p)
		return err
	})
	return told, err
}

// standingNow is how a matter stands, for reading its life.
type standingNow struct {
	Standing
	life   Life
	raised time.Time
}

// standings are how the matters stand now. few: those of one batch.
func (s *Service) standings(tx *sqldb.Tx, ids []ID) ([]standingNow, error) {
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	var all []standingNow
	err := tx.Each(`
		SELECT id, number, channel, origin <> '', joined_to, raised_at, state, category, town_id, village_id, grid_id, courtyard_id, urgent, lead_unit, turn_unit, due_at, promised_at
		FROM matter `+w.SQL()+` ORDER BY id`, w.Args(), func(r sqldb.Scanner) error {
		var x standingNow
		var raised, due, promised sqldb.Time
		err := r.Scan(&x.life.ID, &x.life.Number, &x.life.Channel, &x.life.Origin, &x.JoinedTo, &raised, &x.State, &x.Category,
			&x.Path[scope.Town], &x.Path[scope.Village], &x.Path[scope.Grid], &x.Path[scope.Courtyard], &x.Urgent, &x.Lead, &x.TurnUnit, &due, &promised)
		x.Path[scope.City], x.raised, x.Due, x.Promised = s.city(), raised.Time, due.Time, promised.Time
		all = append(all, x)
		return err
	})
	return all, err
}

// OpenNow is what a room that watches over the work knows of a matter under way.
type OpenNow struct {
	ID ID
	Standing
	MovedAt   time.Time
	WarnAt    time.Time // when its light turns yellow; zero if it does not
	At        *Point
	Everybody bool // may read it
}

// OpenNow returns those of the matters that are under way, as this transaction sees
// them. few: those of one batch.
func (s *Service) OpenNow(tx *sqldb.Tx, ids []ID) (map[ID]OpenNow, error) {
	open := map[ID]OpenNow{}
	for some := range slices.Chunk(ids, atOnce) {
		var w sqldb.Where
		sqldb.In(&w, "id", some...)
		sqldb.In(&w, "state", OpenStates()...)
		err := tx.Each(`
			SELECT id, state, category, town_id, village_id, grid_id, courtyard_id, urgent, lead_unit, turn_unit, due_at, promised_at, moved_at, warn_at, lat, lon, public AND NOT hidden
			FROM matter `+w.SQL()+` ORDER BY id`, w.Args(), func(r sqldb.Scanner) error {
			var x OpenNow
			var due, promised, moved, warn sqldb.Time
			var lat, lon sql.NullFloat64
			err := r.Scan(&x.ID, &x.State, &x.Category, &x.Path[scope.Town], &x.Path[scope.Village], &x.Path[scope.Grid], &x.Path[scope.Courtyard], &x.Urgent,
				&x.Lead, &x.TurnUnit, &due, &promised, &moved, &warn, &lat, &lon, &x.Everybody)
			x.Path[scope.City], x.Due, x.Promised, x.MovedAt, x.WarnAt = s.city(), due.Time, promised.Time, moved.Time, warn.Time
			if lat.Valid && lon.Valid {
				x.At = &Point{Lon: lon.Float64, Lat: lat.Float64}
			}
			open[x.ID] = x
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return open, nil
}
