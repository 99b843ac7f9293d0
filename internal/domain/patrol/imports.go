// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"errors"
	"io"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A RowFault is what is wrong with a row of a file.
type RowFault struct {
	Line  int
	Field string
	Err   error
}

// A GivingRow is a row of a file that gives duties to places: the duty by its Chinese name
// or its number, the place by its code, its number, or its name with those above it.
type GivingRow struct {
	Line        int
	Duty, Place string
	Bad         error // why the row cannot be read
}

// mostRows is how many rows such a file may have.
const mostRows = 5000

// ReadGivings reads a file with the columns duty and place: CSV, or one JSON object on
// each line. A row that cannot be read is among the rows, with why.
func ReadGivings(r io.Reader) (rows []GivingRow, err error) {
	t, err := matters.OpenTable(r, map[string]string{"职责": "duty", "地方": "place"}, "duty", "place")
	if err != nil {
		return nil, err
	}
	for {
		row, get, err := t.Next()
		var bad *matters.RowFault
		switch {
		case errors.Is(err, io.EOF):
			if len(rows) == 0 {
				return nil, errs.New(errs.Invalid, "import.empty")
			}
			return rows, nil
		case errors.As(err, &bad):
			rows = append(rows, GivingRow{Line: row, Bad: bad.Err})
		case err != nil:
			return nil, err
		default:
			if g := (GivingRow{Line: row, Duty: get("duty"), Place: get("place")}); g.Duty+g.Place != "" {
				rows = append(rows, g)
			}
		}
		if len(rows) > mostRows {
			return nil, errs.New(errs.Invalid, "patrol.file.many", mostRows)
		}
	}
}

// ImportGivings gives the duties of a file to its places, as Give does, all in one act, or
// none: what is wrong is told, row by row, in the words that a page would say. What is given
// already is left as it is; fresh says how many are new.
func (s *Service) ImportGivings(ctx context.Context, by scope.Actor, rows []GivingRow, dry bool) (fresh int, faults []RowFault, err error) {
	errDry := errors.New("only tried")
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		fresh, faults = 0, nil
		ds, err := listDuties(tx, DutyFilter{})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.Bad != nil {
				faults = append(faults, RowFault{row.Line, "", row.Bad})
				continue
			}
			duty, place := dutyNamed(ds, row.Duty), placeNamed(s.places.Tree(), row.Place)
			if duty == 0 {
				faults = append(faults, RowFault{row.Line, "duty", errs.New(errs.NotFound, "duty.none")})
				continue
			}
			if place == 0 {
				faults = append(faults, RowFault{row.Line, "place", errs.New(errs.NotFound, "patrol.place.none")})
				continue
			}
			switch _, err := s.give(tx, by, duty, place); {
			case err == nil:
				fresh++
			case errs.Public(err) == nil:
				return err
			case errs.Public(err)[0].Key == "duty.given":
			default:
				faults = append(faults, RowFault{row.Line, "duty", err})
			}
		}
		if len(faults) > 0 || dry {
			return errDry // nothing is kept
		}
		return nil
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return fresh, faults, err
}

// dutyNamed is the duty with the number or the name: of several of one name the one on the
// list, else the newest.
func dutyNamed(ds []Duty, name string) (best id.ID) {
	d, err := id.Parse(name)
	for _, x := range ds {
		switch {
		case err == nil && x.ID == d:
			return x.ID
		case x.Name.ZH != name && x.Name.EN != name || name == "":
		case x.State.Given():
			return x.ID
		case best == 0:
			best = x.ID
		}
	}
	return best
}

func placeNamed(tree *places.Tree, name string) id.ID {
	if p, ok := tree.ByCode(name); ok && p.Open() {
		return p.ID
	}
	if d, err := id.Parse(name); err == nil {
		if p, ok := tree.Get(d); ok && p.Open() {
			return p.ID
		}
	}
	if p, ok := tree.Named(name); ok {
		return p.ID
	}
	return 0
}
