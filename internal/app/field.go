// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/matters"
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
	for _, f := range e.Files {
		r.Files = append(r.Files, matters.NewFile{Hash: string(f.Blob.Hash), Type: string(f.Blob.Type), Size: f.Blob.Size, Width: f.Blob.Width, Height: f.Blob.Height})
	}
	slip, err := a.Matters.RaiseIn(tx, by, r)
	return field.Outcome{Noun: "matter", Record: slip.ID}, err
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

// mostPlaces is how many places the app offers.
const mostPlaces = 200

// today is what the app shows of the day.
func (a *App) today(_ context.Context, by scope.Actor, lang i18n.Lang) (any, error) {
	day := webfield.Day{Name: by.Name, Account: by.Account.String()}
	tree := a.Places.Tree()
	for _, s := range by.Scopes(access.RaiseFor, a.DB.Now()) {
		top := s.ID
		if s == (scope.Scope{}) {
			city, _ := tree.City()
			top = city.ID
		}
		queue := []id.ID{top}
		for len(queue) > 0 && len(day.Places) < mostPlaces {
			p, ok := tree.Get(queue[0])
			queue = queue[1:]
			if !ok || slices.ContainsFunc(day.Places, func(x webfield.Place) bool { return x.ID == p.ID.String() }) {
				continue
			}
			if p.Parent != 0 {
				day.Places = append(day.Places, webfield.Place{ID: p.ID.String(), Name: tree.Words(p.Path, "").In(lang)})
			}
			for _, c := range tree.Children(p.ID) {
				queue = append(queue, c.ID)
			}
		}
	}
	return day, nil
}
