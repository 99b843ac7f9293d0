// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"slices"
	"strconv"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

const maxName = 60

// about begins a form about a place.
func (c *Counter) about(s *sheet) (places.Place, error) {
	p, err := c.placeAt(s.r)
	if err != nil {
		return p, err
	}
	s.title, s.back = p.Name.In(s.Lang), adminPlace(p)
	s.carry("version", strconv.FormatInt(p.Version, 10))
	return p, nil
}

// askName, askCode and askDay are questions that several forms have.
func (s *sheet) askName(n i18n.Text) {
	s.ask("text", s.field("name", "admin.field.name").Need().Max(maxName).From(n.ZH))
	s.ask("text", s.field("name_en", "admin.field.name_en").Max(maxName).From(n.EN))
}

func (s *sheet) askCode(scheme places.Scheme, code string) {
	os := options(places.Schemes[:], func(x places.Scheme) string { return s.T(string(x.Word())) })
	s.ask("select", s.field("scheme", "admin.field.scheme").Of(os).From(string(scheme)))
	s.ask("text", s.field("code", "admin.field.code").Max(32).From(code))
}

func (s *sheet) askCommunity(is places.Community) {
	os := options(places.Communities[:], func(x places.Community) string { return s.T(string(x.Word())) })
	s.ask("select", s.field("community", "admin.field.community").Of(os).From(string(is)))
}

func (s *sheet) askDay() {
	s.ask("text", s.field("on", "admin.field.on").Need().As("date").From(string(places.DayOf(s.Now))))
}

// dayOf reads the day on which something takes effect.
func dayOf(f *form.Form) places.Day {
	if t := f.Date("on"); !t.IsZero() {
		return places.DayOf(t)
	}
	if f.At("on") == nil {
		f.Fault("on", "form.date")
	}
	return ""
}

func version(f *form.Form) int64 {
	n, err := strconv.ParseInt(f.Get("version"), 10, 64)
	if err != nil {
		f.Fault("version", "error.conflict.what")
	}
	return n
}

func (c *Counter) addPlaceForm(s *sheet) error {
	p, err := c.about(s)
	if err != nil {
		return err
	}
	kinds := below(p.Kind)
	if len(kinds) == 0 {
		return errs.New(errs.NotFound, "place.parent.kind")
	}
	scheme := places.Local
	switch kinds[0] {
	case places.Town, places.Village:
		scheme = places.Statistics12
	case places.Grid:
		scheme = places.Grid15
	case places.City, places.Courtyard:
	}
	os := options(kinds, func(k places.Kind) string { return s.T(string(k.Word())) })
	os[0].On = true
	s.ask("radios", s.field("kind", "admin.field.kind").Need().Of(os))
	s.askName(i18n.Text{})
	s.askCode(scheme, "")
	if slices.Contains(kinds, places.Village) {
		s.askCommunity("")
	}
	s.askDay()
	return nil
}

func draft(f *form.Form, parent id.ID, kind places.Kind, end string) places.Draft {
	return places.Draft{Kind: kind, Parent: parent, Scheme: places.Scheme(f.Line("scheme"+end, 20)), Code: f.Line("code"+end, 32),
		Name: words(f, "name"+end, "name_en"+end, maxName), Community: places.Community(f.Line("community"+end, 20))}
}

func (c *Counter) addPlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	d, on := draft(f, p.ID, places.Kind(f.Line("kind", 20)), ""), dayOf(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	made, err := c.Places.Add(r.Context(), page.Actor(r), d, on)
	return done{to: "/admin/places/" + made.String(), args: []any{d.Name.ZH}}, err
}

func (c *Counter) renamePlaceForm(s *sheet) error {
	p, err := c.about(s)
	if err != nil {
		return err
	}
	s.askName(p.Name)
	s.askDay()
	return nil
}

func (c *Counter) renamePlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	in := places.Renaming{Name: words(f, "name", "name_en", maxName), On: dayOf(f), Version: version(f)}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminPlace(p), args: []any{p.Name.ZH, in.Name.ZH}}, c.Places.Rename(r.Context(), page.Actor(r), p.ID, in)
}

func (c *Counter) recodePlaceForm(s *sheet) error {
	p, err := c.about(s)
	if err != nil {
		return err
	}
	s.askCode(p.Scheme, p.Code)
	s.ask("box", s.field("below", "admin.place.recode.below"))
	s.askDay()
	return nil
}

func (c *Counter) recodePlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	in := places.Recoding{Scheme: places.Scheme(f.Line("scheme", 20)), Code: f.Line("code", 32), Below: f.Bool("below"), On: dayOf(f), Version: version(f)}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminPlace(p), args: []any{p.Name.ZH, in.Code}}, c.Places.Recode(r.Context(), page.Actor(r), p.ID, in)
}

func (c *Counter) reclassifyPlaceForm(s *sheet) error {
	p, err := c.about(s)
	if err != nil {
		return err
	}
	s.askCommunity(p.Community)
	s.askDay()
	return nil
}

func (c *Counter) reclassifyPlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	in := places.Reclassifying{Community: places.Community(f.Line("community", 20)), On: dayOf(f), Version: version(f)}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminPlace(p), args: []any{p.Name.ZH}}, c.Places.Reclassify(r.Context(), page.Actor(r), p.ID, in)
}

func (c *Counter) markPlaceForm(s *sheet) error {
	p, err := c.about(s)
	if err != nil {
		return err
	}
	lat, lon := "", ""
	if p.Accuracy != places.Unknown {
		lat, lon = strconv.FormatFloat(p.Point.Lat(), 'f', 6, 64), strconv.FormatFloat(p.Point.Lon(), 'f', 6, 64)
	}
	s.ask("text", s.field("lat", "admin.field.lat").Need().From(lat))
	s.ask("text", s.field("lon", "admin.field.lon").Need().From(lon))
	os := options([]places.Accuracy{places.Exact, places.Approximate}, func(a places.Accuracy) string { return s.T(string(a.Word())) })
	os[0].On = p.Accuracy != places.Approximate
	os[1].On = !os[0].On
	s.ask("radios", s.field("accuracy", "admin.field.accuracy").Need().Of(os))
	return nil
}

func (c *Counter) markPlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	lat, ok := f.Number("lat", -90, 90)
	lon, ok2 := f.Number("lon", -180, 180)
	accuracy := places.Accuracy(f.Choice("accuracy", string(places.Exact), string(places.Approximate)))
	if !ok && f.At("lat") == nil {
		f.Fault("lat", "form.number")
	}
	if !ok2 && f.At("lon") == nil {
		f.Fault("lon", "form.number")
	}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	marks := map[id.ID]places.Marking{p.ID: {Point: geo.Point{lon, lat}, Accuracy: accuracy}}
	return done{to: adminPlace(p), args: []any{p.Name.ZH}}, c.Places.SetPoints(r.Context(), page.Actor(r), marks)
}

func (c *Counter) closePlaceForm(s *sheet) error {
	if _, err := c.about(s); err != nil {
		return err
	}
	s.askDay()
	s.ask("area", s.field("reason", "admin.field.reason").Max(200).Rows(3))
	return nil
}

func (c *Counter) closePlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	in := places.Closing{On: dayOf(f), Reason: f.Line("reason", 400), Version: version(f)}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminPlace(p), args: []any{p.Name.ZH}}, c.Places.Close(r.Context(), page.Actor(r), p.ID, in)
}
