// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"

	"yuanba/internal/kit/errs"
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

// request is what is taken of a request.
type request struct {
	ID          string   `json:"-"`
	RawID       rawText  `json:"service_request_id"`
	Status      string   `json:"status"`
	Notes       string   `json:"status_notes"`
	Service     string   `json:"service_name"`
	Description string   `json:"description"`
	Requested   string   `json:"requested_datetime"`
	Updated     string   `json:"updated_datetime"`
	Address     string   `json:"address"`
	Lat         *float64 `json:"lat"`
	Long        *float64 `json:"long"`
}

// rawText is a text that some systems write as a number.
type rawText string

// UnmarshalJSON implements json.Unmarshaler.
func (t *rawText) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = rawText(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*t = rawText(n)
	return nil
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
		var q request
		if err := json.Unmarshal(line, &q); err != nil {
			return Foreign{}, &RowFault{Row: row, Err: &errs.Error{Kind: errs.Invalid, Key: "import.row.json", Err: err}}
		}
		f, err := q.foreign(row)
		if err != nil {
			return Foreign{}, &RowFault{Row: row, ID: f.ID, Err: err}
		}
		return f, nil
	}
}

func (q *request) foreign(row int) (f Foreign, err error) {
	var faults errs.List
	trim := strings.TrimSpace
	f = Foreign{Row: row, ID: trim(string(q.RawID)), Title: cut(trim(q.Service), MaxTitle), Kind: trim(q.Service), PlaceWords: cut(trim(q.Address), 200), Result: trim(q.Notes)}
	for _, s := range []string{q.Description, q.Service, q.Notes, q.Address, string(q.RawID)} {
		if strings.ContainsRune(s, 0) { // written as \u0000
			faults.Add("", "import.row.nul")
			break
		}
	}
	if f.Origin, err = origin("open311", f.ID); err != nil {
		f.ID = ""
		_ = faults.Join(err)
	}
	if f.Kind == "" {
		faults.Add("service_name", "import.service")
	}
	if f.Body = trim(q.Description); f.Body == "" {
		f.Body = f.Kind
	}
	if f.RaisedAt, err = foreignTime(trim(q.Requested)); err != nil {
		faults.Add("requested_datetime", "import.time.form")
	}
	switch trim(q.Status) {
	case "open":
		f.Result = ""
	case "closed":
		f.Closed = true
		if f.ClosedAt, err = foreignTime(trim(q.Updated)); err != nil {
			faults.Add("updated_datetime", "import.time.form")
		}
		if f.ClosedAt.Before(f.RaisedAt) {
			f.ClosedAt = f.RaisedAt // some systems write when they copied it
		}
	default:
		faults.Add("status", "import.status")
	}
	if q.Lat != nil && q.Long != nil {
		if math.Abs(*q.Lat) > 90 || math.Abs(*q.Long) > 180 {
			faults.Add("lat", "import.point")
		}
		f.At = &Point{Lon: *q.Long, Lat: *q.Lat}
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
