// SPDX-License-Identifier: Apache-2.0

package app

import (
	"io"

	"yuanba/internal/domain/field"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/pieces"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	webfield "yuanba/internal/web/field"
)

// openField makes the service of what comes from phones in the field, and says which
// domain each kind of envelope is for.
func (a *App) openField(random io.Reader) error {
	store, err := pieces.Open(a.Config.PiecesPath(), pieces.Default(), a.DB.Now)
	if err != nil {
		return err
	}
	a.Field = field.New(field.Needs{DB: a.DB, Access: a.Access, Seal: a.Box, Blobs: a.Blobs, Pieces: store, Random: random})
	a.Field.Hear(field.Kind{Name: "raise", Accept: a.raiseFromField})
	a.Field.Hear(field.Kind{Name: "entry", Accept: a.enterFromField})
	a.Field.Open(a.pointBook())
	a.Field.Open(a.homeBook())
	return nil
}

// raiseFromField raises a matter that was written down in the field.
func (a *App) raiseFromField(tx *sqldb.Tx, by scope.Actor, e field.Envelope) (field.Outcome, error) {
	var in struct {
		Body       string   `json:"body"`
		Place      id.ID    `json:"place"`
		PlaceWords string   `json:"place_words"`
		Lat        *float64 `json:"lat"`
		Lon        *float64 `json:"lon"`
		Public     bool     `json:"public"`
		Urgent     bool     `json:"urgent"`
	}
	if err := e.Read(&in); err != nil {
		return field.Outcome{}, err
	}
	r := matters.Raising{Body: in.Body, Place: in.Place, PlaceWords: in.PlaceWords, Public: in.Public, Urgent: in.Urgent, Channel: matters.Grid}
	if in.Lat != nil && in.Lon != nil {
		r.At = &matters.Point{Lat: *in.Lat, Lon: *in.Lon}
	}
	r.Files = newFiles(e)
	slip, err := a.Matters.RaiseIn(tx, by, r)
	return field.Outcome{Noun: "matter", Record: slip.ID}, err
}

// newFiles are the files of an envelope, as records keep them.
func newFiles(e field.Envelope) (fs []matters.NewFile) {
	for _, f := range e.Files {
		fs = append(fs, matters.NewFile{Hash: string(f.Blob.Hash), Type: string(f.Blob.Type), Size: f.Blob.Size, Width: f.Blob.Width, Height: f.Blob.Height})
	}
	return fs
}

// enterFromField enters what was done on a round. When that was, is what the two clocks
// say together: the phone's alone may be wrong by a year.
func (a *App) enterFromField(tx *sqldb.Tx, by scope.Actor, e field.Envelope) (field.Outcome, error) {
	var in struct {
		Stop   string       `json:"stop"` // the app's own mark
		Point  id.ID        `json:"point"`
		Visit  id.ID        `json:"visit"`
		Did    []patrol.Did `json:"did"`
		Words  string       `json:"words"`
		Code   string       `json:"code"`
		Absent bool         `json:"absent"`
		Lat    *float64     `json:"lat"`
		Lon    *float64     `json:"lon"`
		Found  *struct {
			Words   string `json:"words"`
			Settled string `json:"settled"`
			Public  bool   `json:"public"`
			Urgent  bool   `json:"urgent"`
		} `json:"found"`
		Need *struct {
			Item    string `json:"item"`
			Words   string `json:"words"`
			Name    string `json:"name"`
			Phone   string `json:"phone"`
			Address string `json:"address"`
			Whose   string `json:"whose"`
		} `json:"need"`
	}
	if err := e.Read(&in); err != nil {
		return field.Outcome{}, err
	}
	x := patrol.Entering{Content: string(e.Hash), Point: in.Point, Visit: in.Visit, Did: in.Did, MadeAt: e.At, Code: in.Code, Absent: in.Absent, Words: in.Words, Files: newFiles(e)}
	if in.Lat != nil && in.Lon != nil {
		x.At = &geo.Point{*in.Lon, *in.Lat}
	}
	if f := in.Found; f != nil {
		x.Found = &patrol.Found{Words: f.Words, Settled: f.Settled, Public: f.Public, Urgent: f.Urgent}
	}
	if n := in.Need; n != nil {
		x.Needs = &patrol.Need{Item: n.Item, Words: n.Words, Name: n.Name, Phone: n.Phone, Address: n.Address, Whose: n.Whose}
	}
	r, err := a.Patrol.EnterIn(tx, by, x)
	return field.Outcome{Noun: "patrol_entry", Record: r.Entry}, err
}

// both says a message in both languages, as records keep names.
func both(key string) i18n.Text { return i18n.Text{ZH: i18n.T(i18n.ZH, key), EN: i18n.T(i18n.EN, key)} }

// pointBook are the points of rounds: what they are called may be put right on the way.
func (a *App) pointBook() field.Book {
	return field.Book{
		Noun: "patrol_point",
		Look: func(tx *sqldb.Tx, by scope.Actor, d id.ID) (field.Leaf, error) {
			p, err := a.Patrol.PointIn(tx, by, d)
			return field.Leaf{Title: p.Name, Path: p.Path, Version: int64(p.Version), Fields: []field.LeafField{{Name: "name", Label: both("field.day.name"), Value: p.Name}}}, err
		},
		Write: func(tx *sqldb.Tx, by scope.Actor, d id.ID, version int64, to map[string]string) error {
			return a.Patrol.RenameIn(tx, by, d, int(version), to["name"])
		},
	}
}

// homeBook are the homes that are visited: where somebody lives may be put right at the
// door, where the duty names the address.
func (a *App) homeBook() field.Book {
	return field.Book{
		Noun: "patrol_visit",
		Look: func(tx *sqldb.Tx, by scope.Actor, d id.ID) (field.Leaf, error) {
			v, address, version, err := a.Patrol.HomeIn(tx, by, d)
			return field.Leaf{Title: v.Number, Path: v.Path, Version: version, Fields: []field.LeafField{{Name: "address", Label: both("people.field.address"), Value: address}}}, err
		},
		Write: func(tx *sqldb.Tx, by scope.Actor, d id.ID, version int64, to map[string]string) error {
			return a.Patrol.ReaddressIn(tx, by, d, version, to["address"])
		},
	}
}

// fieldPages are the app and its pages.
func (a *App) fieldPages() *webfield.Counter {
	return &webfield.Counter{Field: a.Field, Today: a.today, Record: func(o field.Outcome) string {
		if o.Noun == field.Flow.Name() {
			return "/field/conflicts/" + o.Record.String()
		}
		return ""
	}}
}
