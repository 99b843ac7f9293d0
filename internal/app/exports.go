// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sheet"
	webmatters "yuanba/internal/web/matters"
)

// NDJSON is one JSON object on each line, beside the formats of package sheet.
const NDJSON = "ndjson"

// An Exporting says which matters are taken out, and as what. Its fields are
// what a person types; all are optional but Format and To.
type Exporting struct {
	Format   string // csv, xlsx or ndjson
	To       string // a file that is not there yet
	Lang     i18n.Lang
	Words    string // searched for
	Place    string // code or name of a place
	Unit     string // key, code or name of the lead unit
	Category string
	States   []string
	Since    string // a day: raised then or later
	Until    string // a day: raised then or earlier
	Open     bool
	Late     bool
	Urgent   bool
	Public   bool // only what everybody may read
}

// Export writes matters to a file, which is there only if all of it is, and notes
// it in the trail. It returns how many. Private facts are in none of the formats.
func (a *App) Export(ctx context.Context, in Exporting) (n int, err error) {
	f, err := a.filter(in)
	if err != nil {
		return 0, err
	}
	file, err := os.OpenFile(in.To, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	if n, err = a.exportTo(ctx, file, f, in); err == nil {
		_, err = a.Matters.Exported(ctx, console(), in.Format, n)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(in.To))
	}
	return n, nil
}

func (a *App) exportTo(ctx context.Context, to io.Writer, f matters.Filter, in Exporting) (int, error) {
	if in.Format != NDJSON {
		c := &webmatters.Counter{Matters: a.Matters, Places: a.Places, Orgs: a.Orgs}
		return c.WriteSheet(ctx, in.Lang, console(), in.Words, f, sheet.Format(in.Format), to)
	}
	w := bufio.NewWriter(to)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	n, err := a.Matters.Export(ctx, console(), in.Words, f, func(k matters.Card) error { return e.Encode(a.line(k)) })
	return n, errors.Join(err, w.Flush())
}

// A line is a matter of a list as a JSON object: codes rather than words.
type line struct {
	Number     string     `json:"number"`
	Title      string     `json:"title"`
	State      string     `json:"state"`
	Turn       string     `json:"turn"`
	Category   string     `json:"category"`
	Place      string     `json:"place"` // code of the last place of its path that has one
	Words      string     `json:"place_words"`
	Lat        *float64   `json:"lat"`
	Long       *float64   `json:"long"`
	TurnUnit   string     `json:"turn_unit"`
	Lead       string     `json:"lead_unit"`
	RaisedAt   time.Time  `json:"raised_at"`
	DueAt      *time.Time `json:"due_at"`
	ClosedAt   *time.Time `json:"closed_at"`
	Supporters int        `json:"supporters"`
	Urgent     bool       `json:"urgent"`
	Supervised bool       `json:"supervised"`
	Public     bool       `json:"public"`
}

func (a *App) line(k matters.Card) line {
	l := line{Number: k.Number, Title: k.Title, State: string(k.State), Turn: string(k.State.Turn()), Category: k.Category, Words: k.PlaceWords,
		TurnUnit: a.unitName(k.TurnUnit), Lead: a.unitName(k.Lead), RaisedAt: k.RaisedAt, DueAt: moment(k.Due), ClosedAt: moment(k.ClosedAt),
		Supporters: k.Supporters, Urgent: k.Urgent, Supervised: k.Supervised, Public: k.VisibleToAll()}
	if k.At != nil {
		l.Lat, l.Long = &k.At.Lat, &k.At.Lon
	}
	for _, d := range slices.Backward(k.Path[:]) {
		if p, ok := a.Places.Tree().Get(d); ok && p.Code != "" {
			l.Place = p.Code
			break
		}
	}
	return l
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *App) unitName(u id.ID) string {
	x, _ := a.Orgs.Directory().Unit(u) // "" if there is none
	return x.Name.ZH
}

// filter reads what a person typed. What names nothing, or several things, is an
// error that says so.
func (a *App) filter(in Exporting) (f matters.Filter, err error) {
	switch in.Format {
	case string(sheet.CSV), string(sheet.XLSX), NDJSON:
	default:
		return f, fmt.Errorf("there is no format %q: take csv, xlsx or ndjson", in.Format)
	}
	if in.Place != "" {
		p, err := a.place(in.Place)
		if err != nil {
			return f, err
		}
		f.Place = scope.Of(p.Path)
	}
	if in.Unit != "" {
		found := a.Orgs.Directory().Find(in.Unit, 2)
		if len(found) == 0 {
			return f, fmt.Errorf("there is no unit %q", in.Unit)
		}
		if len(found) > 1 && found[0].Name.ZH != in.Unit && found[0].Key != in.Unit {
			return f, fmt.Errorf("several units fit %q, such as %s and %s: write the whole name", in.Unit, found[0].Name.ZH, found[1].Name.ZH)
		}
		f.Unit = found[0].ID
	}
	if _, ok := a.Matters.Catalogue().Get(in.Category); in.Category != "" && !ok {
		return f, fmt.Errorf("there is no category %q", in.Category)
	}
	for _, s := range in.States {
		if !slices.Contains(matters.Flow.States(), matters.State(s)) {
			return f, fmt.Errorf("there is no state %q: a matter is %v", s, matters.Flow.States())
		}
		f.States = append(f.States, matters.State(s))
	}
	if f.From, err = day(in.Since); err != nil {
		return f, err
	}
	if f.To, err = day(in.Until); err != nil {
		return f, err
	}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1)
	}
	f.Category, f.Open, f.Late, f.Urgent, f.Public = in.Category, in.Open, in.Late, in.Urgent, in.Public
	return f, nil
}

// place finds a place by its code, else by its name, which must be the only one.
func (a *App) place(s string) (places.Place, error) {
	tree := a.Places.Tree()
	if p, ok := tree.ByCode(places.Pad(s)); ok {
		return p, nil
	}
	var found []places.Place
	for _, k := range []places.Kind{places.City, places.Town, places.Village, places.Grid, places.Courtyard} {
		found = append(found, tree.ByName(k, s)...)
	}
	switch len(found) {
	case 0:
		return places.Place{}, fmt.Errorf("there is no place %q", s)
	case 1:
		return found[0], nil
	}
	return places.Place{}, fmt.Errorf("%d places are called %q: give the code", len(found), s)
}

func day(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, i18n.Zone)
	if err != nil {
		return t, fmt.Errorf("%q is no day such as 2026-03-01", s)
	}
	return t, nil
}
