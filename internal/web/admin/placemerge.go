// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// beside are the open places of the same kind under the same parent, and those
// of the other parents of that kind for which they are looked up by name.
func beside(tree *places.Tree, p places.Place) []places.Place {
	var ps []places.Place
	for _, x := range tree.Children(p.Parent) {
		if x.Kind == p.Kind {
			ps = append(ps, x)
		}
	}
	return ps
}

func placeChoices(b page.Base, ps []places.Place, on id.ID) []page.Option {
	var os []page.Option
	for _, p := range ps {
		os = append(os, page.Option{Value: p.ID.String(), Text: p.Name.In(b.Lang) + " " + p.Code, On: p.ID == on})
	}
	return os
}

// intoNew is the choice that the places become a new one.
const intoNew = "new"

func (c *Counter) mergePlaceForm(s *sheet) error {
	p, err := c.about(s)
	if err != nil {
		return err
	}
	near := beside(c.Places.Tree(), p)
	s.ask("boxes", s.field("of", "admin.place.merge.of").Need().Of(placeChoices(s.Base, near, p.ID)))
	into := append(placeChoices(s.Base, near, p.ID), page.Option{Value: intoNew, Text: s.T("admin.place.merge.new")})
	s.ask("select", s.field("into", "admin.place.merge.into").Need().Of(into).From(p.ID.String()))
	s.heading(s.T("admin.place.merge.new"))
	s.ask("text", s.field("name", "admin.field.name").Max(maxName))
	s.ask("text", s.field("name_en", "admin.field.name_en").Max(maxName))
	s.askCode("", "")
	if p.Kind == places.Village {
		s.askCommunity("")
	}
	s.heading(s.T("admin.field.on"))
	s.askDay()
	return nil
}

func (c *Counter) mergePlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	in := places.Merging{Of: f.IDs("of", 100), On: dayOf(f)}
	if f.Get("into") == intoNew {
		d := draft(f, p.Parent, p.Kind, "")
		in.New = &d
	} else {
		in.Into = f.ID("into")
	}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	into, err := c.Places.Merge(r.Context(), page.Actor(r), in)
	if err != nil {
		return done{}, err
	}
	now, _ := c.Places.Tree().Get(into)
	return done{to: adminPlace(now), args: []any{now.Name.ZH}}, nil
}

// parts is how many new places the form offers; those without a name are left
// out.
const parts = 3

func end(i int) string { return "_" + strconv.Itoa(i) }

func (c *Counter) splitPlaceForm(s *sheet) error {
	p, err := c.about(s)
	if err != nil {
		return err
	}
	children := c.Places.Tree().Children(p.ID)
	s.ask("box", s.field("keep", "admin.place.split.keep"))
	for i := 1; i <= parts; i++ {
		s.heading(s.T("admin.place.split.part", i))
		s.ask("text", s.field("name"+end(i), "admin.field.name").Max(maxName))
		s.ask("text", s.field("name_en"+end(i), "admin.field.name_en").Max(maxName))
		os := options(places.Schemes[:], func(x places.Scheme) string { return s.T(string(x.Word())) })
		s.ask("select", s.field("scheme"+end(i), "admin.field.scheme").Of(os).From(string(p.Scheme)))
		s.ask("text", s.field("code"+end(i), "admin.field.code").Max(32))
		if p.Kind == places.Village {
			os := options(places.Communities[:], func(x places.Community) string { return s.T(string(x.Word())) })
			s.ask("select", s.field("community"+end(i), "admin.field.community").Of(os).From(string(p.Community)))
		}
		if len(children) > 0 {
			s.ask("boxes", s.field("takes"+end(i), "admin.place.split.takes").Of(placeChoices(s.Base, children, 0)))
		}
	}
	s.heading(s.T("admin.field.on"))
	s.askDay()
	return nil
}

func (c *Counter) splitPlace(r *http.Request, f *form.Form) (done, error) {
	p, err := c.placeAt(r)
	if err != nil {
		return done{}, err
	}
	in := places.Splitting{Of: p.ID, Keep: f.Bool("keep"), On: dayOf(f)}
	var names i18n.Text
	for i := 1; i <= parts; i++ {
		if f.Get("name"+end(i)) == "" {
			continue
		}
		d := draft(f, p.Parent, p.Kind, end(i))
		in.Parts = append(in.Parts, places.Part{Draft: d, Takes: f.IDs("takes"+end(i), 500)})
		if names.ZH != "" {
			names.ZH += "、"
		}
		names.ZH += d.Name.ZH
	}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	if _, err := c.Places.Split(r.Context(), page.Actor(r), in); err != nil {
		return done{}, err
	}
	above, _ := c.Places.Tree().Get(p.Parent)
	return done{to: adminPlace(above), args: []any{p.Name.ZH, names.ZH}}, nil
}
