// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	webfield "yuanba/internal/web/field"
	"yuanba/internal/web/page"
)

// mostPlaces is how many places the app offers.
const mostPlaces = 200

// today is what the app shows of the day: the rounds of who walks, with what is due on
// them, and of homes only the facts that the duty names. Each look at one is in the trail.
func (a *App) today(ctx context.Context, by scope.Actor, lang i18n.Lang) (any, error) {
	day := webfield.Day{Name: by.Name, Account: by.Account.String(), Places: a.raisePlaces(by, lang), Rounds: []webfield.Round{}, Items: []webfield.Option{}}
	if !a.Patrol.Walks(by) {
		return day, nil
	}
	items, err := a.itemsAtHome(ctx, lang)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		day.Items = append(day.Items, webfield.Option{Value: i.Value, Text: i.Text})
	}
	walks, err := a.Patrol.Begin(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, w := range walks {
		half := i18n.T(lang, "field.day.afternoon")
		if w.Round.Slot.IsMorning() {
			half = i18n.T(lang, "field.day.morning")
		}
		r := webfield.Round{ID: w.Round.ID.String(), Title: w.Grid.Name.In(lang) + " · " + half}
		from, to := w.Round.Window()
		r.Window = from.In(i18n.Zone).Format("15:04") + "–" + to.In(i18n.Zone).Format("15:04")
		for _, s := range w.Round.Due {
			if !s.Counts() {
				continue
			}
			x, err := a.stop(ctx, by, lang, w, s)
			if err != nil {
				return nil, err
			}
			r.Stops = append(r.Stops, x)
		}
		if len(r.Stops) > 0 {
			day.Rounds = append(day.Rounds, r)
		}
	}
	return day, nil
}

// itemsAtHome are the services that can be had at home, by their codes.
func (a *App) itemsAtHome(ctx context.Context, lang i18n.Lang) (items []page.Option, err error) {
	cat, err := a.Desk.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	found, _ := cat.Search(desk.Filter{AtHome: true, Most: mostPlaces})
	for _, i := range found {
		items = append(items, page.Option{Value: i.Code, Text: i.Name.In(lang)})
	}
	return items, nil
}

// stop is a point or a home on a round.
func (a *App) stop(ctx context.Context, by scope.Actor, lang i18n.Lang, w patrol.Walk, s patrol.Stop) (x webfield.Stop, err error) {
	x.Done = slices.ContainsFunc(w.Entries, func(e patrol.Entry) bool { return e.Point == s.Point && e.Visit == s.Visit })
	for _, d := range s.Duties {
		duty := w.Duties[d]
		out := webfield.Duty{ID: d.String(), Name: duty.Name.In(lang), Fields: []webfield.Answer{}}
		for _, f := range w.Asked(s, d) {
			kind := map[patrol.FieldKind]string{patrol.YesNo: "yes", patrol.Number: "number", patrol.Words: "text"}[f.Kind]
			out.Fields = append(out.Fields, webfield.Answer{Name: f.Key, Label: f.Label.In(lang), Kind: kind})
		}
		x.Duties = append(x.Duties, out)
	}
	if s.Point != 0 {
		p := w.Points[s.Point]
		x.ID, x.Title, x.Where, x.Point = p.ID.String(), p.Name, i18n.T(lang, "patrol.kind."+string(p.Kind)), true
		x.Noun, x.Record, x.Version = "patrol_point", x.ID, int64(p.Version)
		x.Edits = []webfield.Answer{{Name: "name", Label: i18n.T(lang, "field.day.name"), Kind: "text", Value: p.Name}}
		return x, nil
	}
	x.ID, x.Title, x.Where = s.Visit.String(), i18n.T(lang, "field.day.visit"), w.Visits[s.Visit].Number
	known, err := a.Patrol.Look(ctx, by, s.Visit)
	var said *errs.Error
	if errors.As(err, &said) { // it has ended meanwhile, or somebody else may look
		return x, nil
	}
	if err != nil {
		return x, err
	}
	for _, f := range []struct {
		field people.Field
		value string
	}{{people.FieldName, known.Facts.Name.Plain()}, {people.FieldPhone, known.Facts.Phone.Plain()}, {people.FieldAddress, known.Facts.Address.Plain()}} {
		if f.value == "" || !slices.Contains(known.Duty.Reads, f.field) {
			continue
		}
		if f.field == people.FieldName {
			x.Title = f.value
			continue
		}
		x.Facts = append(x.Facts, webfield.Fact{Label: i18n.T(lang, f.field.Key()), Value: f.value})
		if f.field == people.FieldAddress {
			x.Noun, x.Record, x.Edits = "patrol_visit", x.ID, []webfield.Answer{{Name: "address", Label: i18n.T(lang, f.field.Key()), Kind: "text", Value: f.value}}
		}
	}
	return x, nil
}

// raisePlaces are where the actor may raise a matter, from the top down.
func (a *App) raisePlaces(by scope.Actor, lang i18n.Lang) []webfield.Place {
	tree, ps := a.Places.Tree(), []webfield.Place{}
	var queue []id.ID
	for _, s := range by.Scopes(access.RaiseFor, a.DB.Now()) {
		top := s.ID
		if s == (scope.Scope{}) {
			city, _ := tree.City()
			top = city.ID
		}
		queue = append(queue, top)
	}
	for len(queue) > 0 && len(ps) < mostPlaces {
		p, ok := tree.Get(queue[0])
		queue = queue[1:]
		if !ok || slices.ContainsFunc(ps, func(x webfield.Place) bool { return x.ID == p.ID.String() }) {
			continue
		}
		if p.Parent != 0 {
			ps = append(ps, webfield.Place{ID: p.ID.String(), Name: tree.Words(p.Path, "").In(lang)})
		}
		for _, c := range tree.Children(p.ID) {
			queue = append(queue, c.ID)
		}
	}
	return ps
}
