// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
)

// requests reads requests in the form of Open311.
type requests struct{ l *lines }

// ReadOpen311 reads requests of Open311 GeoReport v2, one JSON object on each
// line, packed with gzip or not. The name of the service is the title, and with
// the description the words; the address is the place in words.
func ReadOpen311(r io.Reader) (ImportReader, error) {
	l, err := newLines(r)
	if err != nil {
		return nil, err
	}
	return &requests{l}, nil
}

// Next implements ImportReader.
func (r *requests) Next() (Foreign, error) {
	for {
		line, err := r.l.next()
		if err != nil {
			return Foreign{}, err
		}
		row := r.l.row
		if err := checkText(line); err != nil {
			return Foreign{}, &RowFault{Row: row, Err: err}
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var q georeport.Request
		if err := json.Unmarshal(line, &q); err != nil {
			return Foreign{}, &RowFault{Row: row, Err: &errs.Error{Kind: errs.Invalid, Key: "import.row.json", Err: err}}
		}
		f, err := ForeignRequest(q, "open311", row)
		if err != nil {
			return Foreign{}, &RowFault{Row: row, ID: f.ID, Err: err}
		}
		return f, nil
	}
}

// ForeignRequest is a request of Open311 as a matter of the system that is named,
// the row-th that it gave. It is Invalid, beside the standard's fields, if it cannot
// be one.
func ForeignRequest(q georeport.Request, system string, row int) (f Foreign, err error) {
	var faults errs.List
	f = Foreign{Row: row, ID: q.ID.Text(), Title: cut(q.ServiceName.Text(), MaxTitle), Kind: q.ServiceName.Text(), PlaceWords: cut(q.Address.Text(), 200), Result: q.StatusNotes.Text()}
	for _, s := range []georeport.Word{q.Description, q.ServiceName, q.StatusNotes, q.Address, q.ID} {
		if strings.ContainsRune(string(s), 0) { // written as \u0000
			faults.Add("", "import.row.nul")
			break
		}
	}
	if f.Origin, err = Origin(system, f.ID); err != nil {
		f.ID = ""
		_ = faults.Join(err)
	}
	if f.Kind == "" {
		faults.Add("service_name", "import.service")
	}
	if f.Body = q.Description.Text(); f.Body == "" {
		f.Body = f.Kind
	}
	if f.RaisedAt, err = foreignTime(q.Requested.Text()); err != nil {
		faults.Add("requested_datetime", "import.time.form")
	}
	switch q.Status.Text() {
	case georeport.Open:
		f.Result = ""
	case georeport.Closed:
		f.Closed = true
		if f.ClosedAt, err = foreignTime(q.Updated.Text()); err != nil {
			faults.Add("updated_datetime", "import.time.form")
		}
		if f.ClosedAt.Before(f.RaisedAt) {
			f.ClosedAt = f.RaisedAt // some systems write when they copied it
		}
	default:
		faults.Add("status", "import.status")
	}
	lat, okLat := q.Lat.Float()
	long, okLong := q.Long.Float()
	if okLat && okLong {
		if math.Abs(lat) > 90 || math.Abs(long) > 180 {
			faults.Add("lat", "import.point")
		}
		f.At = &Point{Lon: long, Lat: lat}
	}
	return f, faults.Err()
}

// cut is the beginning of s, at most so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
