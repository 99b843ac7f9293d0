// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// maxAgency bounds the name of an agency, in characters: a unit's cannot be longer.
const maxAgency = 60

// requestColumns are other names of the columns of a city's requests, as Baltimore
// publishes them, in small letters.
var requestColumns = map[string]string{
	"srrecordid": "id", "srtype": "type", "createddate": "created", "duedate": "due", "closedate": "closed", "address": "place",
	"neighborhood": "quarter", "latitude": "lat", "longitude": "lon", "outcome": "result",
}

// cityRequests reads a city's requests with their agencies.
type cityRequests struct{ t *table }

// ReadRequests reads a city's requests as CSV, packed with gzip or not: the columns
// id, type, agency and created, and, where the file has them, due, closed, place,
// quarter, lat, lon and result; or the same as Baltimore names them (SRRecordID,
// SRType, Agency, CreatedDate, DueDate, CloseDate, Address, Neighborhood, Latitude,
// Longitude, Outcome). What has no moment of closing is open. Times are the town's. It
// is Invalid if one of the first four is missing.
func ReadRequests(r io.Reader) (ImportReader, error) {
	t, err := newTable(r, requestColumns, "id", "type", "agency", "created")
	if err != nil {
		return nil, err
	}
	return cityRequests{t}, nil
}

// Next implements ImportReader.
func (r cityRequests) Next() (Foreign, error) { return r.t.next(foreignCityRequest) }

func foreignCityRequest(get func(string) string) (f Foreign, err error) {
	var faults errs.List
	kind := get("type")
	f = Foreign{ID: get("id"), Title: cut(kind, MaxTitle), Body: kind, Kind: kind, Agency: get("agency"), Result: get("result"), PlaceWords: cut(get("place"), 200)}
	if f.PlaceWords == "" {
		f.PlaceWords = cut(get("quarter"), 200)
	}
	if f.Origin, err = Origin("requests", f.ID); err != nil {
		f.ID = ""
		_ = faults.Join(err)
	}
	// Both become names of the town's, of a category and of a unit.
	if kind == "" || strings.ContainsFunc(kind, unicode.IsControl) {
		faults.Add("type", "import.kind")
	}
	if n := utf8.RuneCountInString(f.Agency); n == 0 || n > maxAgency || strings.ContainsFunc(f.Agency, unicode.IsControl) {
		faults.Add("agency", "import.agency", maxAgency)
	}
	for column, to := range map[string]*time.Time{"created": &f.RaisedAt, "due": &f.Due, "closed": &f.ClosedAt} {
		text := get(column)
		if text == "" && column != "created" {
			continue
		}
		if *to, err = requestTime(text); err != nil {
			faults.Add(column, "import.time.form")
		}
	}
	if f.Closed = get("closed") != ""; !f.Closed {
		f.Result = ""
	}
	if lat, lon := get("lat"), get("lon"); lat != "" && lon != "" {
		y, err := strconv.ParseFloat(lat, 64)
		x, err2 := strconv.ParseFloat(lon, 64)
		if err != nil || err2 != nil || !(y >= -90 && y <= 90 && x >= -180 && x <= 180) {
			faults.Add("lat", "import.point")
		}
		f.At = &Point{Lon: x, Lat: y}
	}
	return f, faults.Err()
}

// requestTime reads a moment as this program's files have it, or as American ones.
func requestTime(s string) (time.Time, error) {
	if t, err := time.ParseInLocation("01/02/2006 03:04:05 PM", s, i18n.Zone); err == nil {
		return t.UTC(), nil
	}
	return foreignTime(s)
}

// A ForeignKind is what another system calls a kind of matters, with the key of the
// unit that usually leads them.
type ForeignKind struct{ Name, Unit string }

// CodeOf makes a code of what another system calls something: the same each time.
func CodeOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			r = '-'
		}
		if b.Len() < 30 && (r != '-' || b.Len() > 0 && !strings.HasSuffix(b.String(), "-")) {
			b.WriteRune(r)
		}
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return strings.TrimPrefix(fmt.Sprintf("%s-%08x", strings.TrimSuffix(b.String(), "-"), h.Sum32()), "-")
}

// Named returns the category that has the name in one of the languages; ok is false if
// there is none.
func (c *Catalogue) Named(name string) (k Category, ok bool) {
	for _, k := range c.Categories {
		if strings.EqualFold(k.Name.ZH, name) || strings.EqualFold(k.Name.EN, name) {
			return k, true
		}
	}
	return Category{}, false
}

// AddKinds makes a category of each kind that the catalogue does not name, in the
// group of what fits nowhere else, with the town's usual limits, for the town to
// correct. Only the program itself may.
func (s *Service) AddKinds(ctx context.Context, by scope.Actor, kinds []ForeignKind) error {
	if by.Kind != scope.System {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	added := 0
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		added = 0
		c, err := loadCatalogue(tx) // as it is now: another process may have changed it
		if err != nil {
			return err
		}
		for _, f := range kinds {
			if _, ok := c.Named(f.Name); ok {
				continue
			}
			name := i18n.Text{ZH: f.Name, EN: f.Name}
			k := Category{Code: CodeOf(f.Name), Group: otherCategory, Kind: "request", Name: name, Filing: name, Icon: "pin", Closing: imported,
				Limits: Limits{StageLimits: s.Timing().Usual}, Unit: f.Unit, Public: true, Photo: "optional", Active: true}
			if err := k.check(c); err != nil {
				return err
			}
			spec, err := saveCategory(tx, k)
			if err != nil {
				return err
			}
			if err := keepCategory(tx, k.Code, spec); err != nil {
				return err
			}
			if err := tellCategory(tx, by, k.Code, spec, true); err != nil {
				return err
			}
			added++
		}
		return nil
	})
	if err != nil || added == 0 {
		return err
	}
	return s.LoadCatalogue(ctx)
}

// imported is when a matter of a kind from elsewhere may be closed, until the town
// says it better.
var imported = i18n.Text{ZH: "已办结并答复", EN: "Done, and answered"}

// Punctual is how many matters of the town are closed, and how many of those after
// the moment that was promised. Nothing of whose they were.
type Punctual struct {
	Closed int `json:"closed"`
	Late   int `json:"late"`
}

// Punctual counts the closed matters of the town, and those that were late. Only the
// program itself may.
func (s *Service) Punctual(ctx context.Context, by scope.Actor) (p Punctual, err error) {
	if by.Kind != scope.System {
		return p, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		p, err = punctual(tx)
		return err
	})
	return p, err
}
