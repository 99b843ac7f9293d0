// SPDX-License-Identifier: Apache-2.0

package places

import (
	"fmt"

	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const (
	placeColumns = `id, kind, scheme, code, name_zh, name_en, community, parent_id, from_day, to_day, since_day, lon, lat, accuracy, version`
	spanColumns  = `place_id, version, from_day, to_day, act, scheme, code, name_zh, name_en, community, parent_id`
)

func scanPlace(r sqldb.Scanner) (p Place, err error) {
	err = r.Scan(&p.ID, &p.Kind, &p.Scheme, &p.Code, &p.Name.ZH, &p.Name.EN, &p.Community, &p.Parent,
		&p.From, &p.To, &p.Since, &p.Point[0], &p.Point[1], &p.Accuracy, &p.Version)
	return p, err
}

func insertPlace(tx *sqldb.Tx, p Place) error {
	_, err := tx.Exec(`
		INSERT INTO place (`+placeColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		p.ID, string(p.Kind), string(p.Scheme), p.Code, p.Name.ZH, p.Name.EN, string(p.Community), p.Parent,
		string(p.From), string(p.To), string(p.Since), p.Point[0], p.Point[1], string(p.Accuracy), p.Version)
	return err
}

// updatePlace writes what may change of a place whose version was one less.
func updatePlace(tx *sqldb.Tx, p Place) error {
	return tx.One(`
		UPDATE place
		SET scheme = $3, code = $4, name_zh = $5, name_en = $6, community = $7, parent_id = $8,
			to_day = $9, since_day = $10, lon = $11, lat = $12, accuracy = $13, version = $2
		WHERE id = $1 AND version = $2 - 1`,
		p.ID, p.Version, string(p.Scheme), p.Code, p.Name.ZH, p.Name.EN, string(p.Community), p.Parent,
		string(p.To), string(p.Since), p.Point[0], p.Point[1], string(p.Accuracy))
}

func insertSpan(tx *sqldb.Tx, place id.ID, s Span) error {
	_, err := tx.Exec(`
		INSERT INTO place_history (`+spanColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		place, s.Version, string(s.From), string(s.To), string(s.Act), string(s.Scheme), s.Code, s.Name.ZH, s.Name.EN, string(s.Community), s.Parent)
	return err
}

func insertSuccessor(tx *sqldb.Tx, place, successor id.ID, since Day) error {
	_, err := tx.Exec(`
		INSERT INTO place_successor (place_id, successor_id, since_day)
		VALUES ($1, $2, $3)
		ON CONFLICT (place_id, successor_id) DO NOTHING`, place, successor, string(since))
	return err
}

// endShape ends the outline that holds, if there is one.
func endShape(tx *sqldb.Tx, place id.ID, on Day) error {
	_, err := tx.Exec(`
		UPDATE place_shape
		SET to_day = $2
		WHERE place_id = $1 AND to_day = ''`, place, string(on))
	return err
}

// insertShape begins a new outline.
func insertShape(tx *sqldb.Tx, place id.ID, on Day, o *outline) error {
	_, err := tx.Exec(`
		INSERT INTO place_shape (place_id, version, from_day, to_day, area, geometry)
		VALUES ($1, $2, $3, '', $4, $5)`, place, o.version, string(on), o.area, o.geojson)
	return err
}

func loadVersion(tx *sqldb.Tx) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT version FROM place_version WHERE one = 1`))
}

func bumpVersion(tx *sqldb.Tx, from int64) error {
	return tx.One(`
		UPDATE place_version
		SET version = version + 1
		WHERE one = 1 AND version = $1`, from)
}

// loadTree reads all places. Outlines that last has already are taken from it.
func loadTree(tx *sqldb.Tx, last *Tree) (*Tree, error) {
	version, err := loadVersion(tx)
	if err != nil {
		return nil, fmt.Errorf("version of the places: %w", err)
	}
	rows, err := loadRows(tx, last)
	if err != nil {
		return nil, fmt.Errorf("load places: %w", err)
	}
	return newTree(version, rows), nil
}

func loadRows(tx *sqldb.Tx, last *Tree) ([]row, error) {
	places, err := sqldb.All(tx, scanPlace, `SELECT `+placeColumns+` FROM place ORDER BY id`)
	if err != nil {
		return nil, err
	}
	rows, at := make([]row, len(places)), make(map[id.ID]*row, len(places))
	for i, p := range places {
		rows[i].place = p
		at[p.ID] = &rows[i]
	}
	err = tx.Each(`SELECT `+spanColumns+` FROM place_history ORDER BY place_id, version`, nil, func(r sqldb.Scanner) error {
		var s Span
		var p id.ID
		err := r.Scan(&p, &s.Version, &s.From, &s.To, &s.Act, &s.Scheme, &s.Code, &s.Name.ZH, &s.Name.EN, &s.Community, &s.Parent)
		if x := at[p]; x != nil {
			x.spans = append(x.spans, s)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = tx.Each(`SELECT place_id, successor_id FROM place_successor ORDER BY place_id, successor_id`, nil, func(r sqldb.Scanner) error {
		var p, s id.ID
		err := r.Scan(&p, &s)
		if x := at[p]; x != nil {
			x.successors = append(x.successors, s)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, loadShapes(tx, last, at)
}

// loadShapes reads the outlines that hold now: those that last does not have.
func loadShapes(tx *sqldb.Tx, last *Tree, at map[id.ID]*row) error {
	if last == nil {
		return eachShape(tx, at, `to_day = ''`)
	}
	var missing []id.ID
	err := tx.Each(`SELECT place_id, version FROM place_shape WHERE to_day = ''`, nil, func(r sqldb.Scanner) error {
		var p id.ID
		var version int64
		if err := r.Scan(&p, &version); err != nil {
			return err
		}
		if n := last.places[p]; n != nil && n.shape != nil && n.shape.version == version {
			at[p].shape = n.shape
			return nil
		}
		missing = append(missing, p)
		return nil
	})
	for _, p := range missing {
		if err == nil {
			err = eachShape(tx, at, `to_day = '' AND place_id = $1`, p)
		}
	}
	return err
}

// eachShape reads the outlines for which a condition holds.
func eachShape(tx *sqldb.Tx, at map[id.ID]*row, where string, args ...any) error {
	return tx.Each(`SELECT place_id, version, area, geometry FROM place_shape WHERE `+where, args, func(r sqldb.Scanner) error {
		var p id.ID
		o := &outline{}
		if err := r.Scan(&p, &o.version, &o.area, &o.geojson); err != nil {
			return err
		}
		s, err := geo.ParseShape([]byte(o.geojson))
		if err != nil {
			return fmt.Errorf("outline of place %s: %w", p, err)
		}
		o.shape = s
		at[p].shape = o
		return nil
	})
}

func digests(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	rows, err := loadRows(tx, nil) // all from the database: what memory holds proves nothing
	if err != nil {
		return err
	}
	for _, r := range rows {
		geojson := ""
		if r.shape != nil {
			geojson = r.shape.geojson
		}
		if err := f(r.place.ID, digest(r.place, r.spans, r.successors, geojson)); err != nil {
			return err
		}
	}
	return nil
}
