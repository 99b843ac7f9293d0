// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A PointRow is a row of a file of points, as it was written.
type PointRow struct {
	Row      int
	ID       string // by which the other system knows it; "" if it has none
	Grid     string // its code, number or name; "": the one that the map has there
	Kind     string // as [PointKind], or what people call it
	Name     string
	Lon, Lat string
}

// pointNames are what the columns may be called too.
var pointNames = map[string]string{"编号": "id", "网格": "grid", "种类": "kind", "名称": "name", "经度": "lon", "纬度": "lat", "longitude": "lon", "latitude": "lat"}

// A PointReader reads points from a file, one by one.
type PointReader struct{ t *matters.Table }

// ReadPoints begins to read a file of points: CSV, or one JSON object on each line, with
// kind, name, lon and lat, and id and grid if there are any.
func ReadPoints(r io.Reader) (*PointReader, error) {
	t, err := matters.OpenTable(r, pointNames, "kind", "name", "lon", "lat")
	return &PointReader{t}, err
}

// Next returns the next row. Its error is as that of [matters.Table.Next].
func (r *PointReader) Next() (PointRow, error) {
	row, get, err := r.t.Next()
	if err != nil {
		return PointRow{Row: row}, err
	}
	return PointRow{Row: row, ID: get("id"), Grid: get("grid"), Kind: get("kind"), Name: get("name"), Lon: get("lon"), Lat: get("lat")}, nil
}

// TakePoints takes in rows of a file, in one transaction, and is held to the same rules as
// [Service.AddPoint]; needs arrange in the grid of each. A point is taken in once: by its
// id, or, where the file has none, by all that the row says; one that is known already is
// unchanged, also if it was renamed since or taken off the way. A row that breaks a rule is
// rejected, and the others go in. If dry is set it only says what would happen.
func (s *Service) TakePoints(ctx context.Context, by scope.Actor, rows []PointRow, dry bool) (t matters.Taken, err error) {
	errDry := errors.New("only tried")
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		t = matters.Taken{Read: len(rows)}
		var lines []trail.Entry
		count := map[id.ID]int{}
		for _, row := range rows {
			n, origin, err := s.pointOf(row)
			if err != nil {
				t.Reject(row.Row, row.ID, err)
				continue
			}
			known, err := pointFrom(tx, origin)
			if err != nil {
				return err
			}
			if known {
				t.Unchanged++
				continue
			}
			switch line, err := s.addPoint(tx, by, n, origin, count); {
			case err == nil:
				t.Added++
				lines = append(lines, line)
			case errs.Public(err) == nil:
				return err
			default:
				t.Reject(row.Row, row.ID, err)
			}
		}
		if dry {
			return errDry // nothing is kept
		}
		return trail.AppendAll(tx, by, lines)
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return t, err
}

// pointOf is what a row says, and by what it is known when it comes again.
func (s *Service) pointOf(row PointRow) (n NewPoint, origin string, err error) {
	var l errs.List
	tree := s.places.Tree()
	lon, err1 := strconv.ParseFloat(row.Lon, 64)
	lat, err2 := strconv.ParseFloat(row.Lat, 64)
	if err1 != nil || err2 != nil {
		l.Add("lat", "patrol.point.where")
	}
	n = NewPoint{Kind: pointKind(row.Kind), Name: row.Name, At: geo.Point{lon, lat}}
	n.Grid = gridNamed(tree, row.Grid)
	if p, ok := tree.Locate(lon, lat); n.Grid == 0 && row.Grid == "" && ok {
		n.Grid = p.Path[scope.Grid]
	}
	if n.Grid == 0 {
		l.Add("grid", "patrol.grid.none")
	}
	if origin = "row:" + hex.EncodeToString(trail.Digest(n.Grid, string(n.Kind), n.Name, n.At[0], n.At[1])[:16]); row.ID != "" {
		if origin, err = matters.Origin("points", row.ID); err != nil {
			_ = l.Join(err)
		}
	}
	return n, origin, l.Err()
}

// pointKind is the kind that people call so, or by one of the things in its name (消火栓、
// 灭火器); one that there is not stays as it is.
func pointKind(name string) PointKind {
	for _, k := range PointKinds {
		for _, lang := range i18n.Langs {
			called := i18n.T(lang, "patrol.kind."+string(k))
			if strings.EqualFold(name, called) || slices.Contains(strings.Split(called, "、"), name) {
				return k
			}
		}
	}
	return PointKind(strings.ToLower(name))
}

// gridNamed is the open grid with the code, the number or the name; of several that are
// called alike it is none.
func gridNamed(tree *places.Tree, name string) id.ID {
	if d := placeNamed(tree, name); d != 0 {
		if p, ok := tree.Get(d); ok && p.Kind == places.Grid {
			return d
		}
	}
	if found := tree.Find(name, 2, places.Grid); len(found) == 1 {
		return found[0].ID
	}
	return 0
}

// importAtOnce is how many rows of a file of points are taken in at once.
const importAtOnce = 250

// A PointImporting is a file of points and how to take it.
type PointImporting struct {
	File     io.Reader
	Most     int // rows; 0 for any number
	Dry      bool
	Fault    func(matters.RowFault) error // called for everything that is wrong with a row
	Progress func(done int)
}

// ImportPoints takes in a file of points as [Service.TakePoints] does, in portions; what
// was taken in stays when it is broken off, and the next run goes on from there.
func (s *Service) ImportPoints(ctx context.Context, by scope.Actor, in PointImporting) (all matters.Taken, err error) {
	r, err := ReadPoints(in.File)
	if err != nil {
		return all, err
	}
	add := func(t matters.Taken) error {
		for _, f := range t.Faults {
			if err := in.Fault(f); err != nil {
				return err
			}
		}
		t.Faults = nil
		all.Add(t)
		return nil
	}
	for more := true; more; {
		var rows []PointRow
		for len(rows) < importAtOnce && more {
			row, err := r.Next()
			var bad *matters.RowFault
			switch {
			case errors.Is(err, io.EOF):
				more = false
			case errors.As(err, &bad):
				broken := matters.Taken{Read: 1}
				broken.Reject(bad.Row, bad.ID, bad.Err)
				if err := add(broken); err != nil {
					return all, err
				}
			case err != nil:
				return all, err
			default:
				rows = append(rows, row)
			}
			if in.Most > 0 && all.Read+len(rows) > in.Most {
				return all, errs.New(errs.Invalid, "patrol.file.many", in.Most)
			}
		}
		if err := ctx.Err(); err != nil {
			return all, err
		}
		part, err := s.TakePoints(ctx, by, rows, in.Dry)
		for err != nil && errs.KindOf(err) == errs.Busy && ctx.Err() == nil { // an import is in less of a hurry than the people who wait
			part, err = s.TakePoints(ctx, by, rows, in.Dry)
		}
		if err != nil {
			return all, fmt.Errorf("rows of points: %w", err)
		}
		if err := add(part); err != nil {
			return all, err
		}
		if in.Progress != nil {
			in.Progress(all.Read)
		}
	}
	return all, nil
}

// Arranges reports whether the actor arranges rounds anywhere.
func (s *Service) Arranges(by scope.Actor) bool {
	return len(by.Scopes(access.Arrange, s.db.Now())) > 0
}
