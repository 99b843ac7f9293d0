// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"fmt"
	"net/http"
	"slices"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

type proposePage struct {
	page.Base
	Head    page.Head
	Unit    page.Field
	Kind    page.Field
	Often   page.Field
	Points  page.Field
	Reads   page.Field
	Sees    page.Field
	Lines   []fieldLine
	Facts   []string // that are asked for already: see the hint
	Reading bool
}

type fieldLine struct {
	N                 int
	Label, Kind, Fact page.Field
}

var proposed = page.New[proposePage](files, "propose.html")

func (c *Counter) newDuty(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if len(c.Patrol.Departments(b.Actor)) == 0 {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	v, err := c.proposePage(r, nil)
	if err != nil {
		return err
	}
	return proposed.Show(w, r, v)
}

func (c *Counter) proposePage(r *http.Request, f *form.Form) (proposePage, error) {
	b := page.From(r).Titled("duty.propose")
	b.Form = f
	ds, err := c.Patrol.ListDuties(r.Context(), b.Actor, patrol.DutyFilter{})
	if err != nil {
		return proposePage{}, err
	}
	var units []page.Option
	for _, u := range c.Patrol.Departments(b.Actor) {
		units = append(units, page.Option{Value: u.ID.String(), Text: u.Name.In(b.Lang)})
	}
	var sees []page.Option
	for _, k := range c.Matters.Catalogue().Categories {
		if k.Active {
			sees = append(sees, page.Option{Value: k.Code, Text: k.Name.In(b.Lang)})
		}
	}
	return proposing(b, units, sees, factsOf(ds)), nil
}

// factsOf are the facts that duties on the list ask for, each once.
func factsOf(ds []patrol.Duty) (facts []string) {
	for _, d := range ds {
		for _, f := range d.Fields {
			if d.State.Given() && !slices.Contains(facts, f.Fact) {
				facts = append(facts, f.Fact)
			}
		}
	}
	slices.Sort(facts)
	return facts
}

func proposing(b page.Base, units, sees []page.Option, facts []string) proposePage {
	b.Crumbs = []page.Link{{Href: "/patrol/duties", Text: b.T("duty.title")}}
	f := b.Form
	v := proposePage{
		Base: b, Head: page.Head{Title: b.T("duty.propose"), Lead: b.T("duty.propose.lead")}, Facts: facts,
		Unit:   page.NewField(b.Lang, f, "unit", "duty.field.unit").Need().Of(units),
		Kind:   page.NewField(b.Lang, f, "kind", "duty.field.kind").Need().Of(options(b, "duty.kind.", patrol.Kinds)),
		Often:  page.NewField(b.Lang, f, "often", "duty.field.often").Need().Of(options(b, "duty.often.", patrol.Oftens)),
		Points: page.NewField(b.Lang, f, "points", "duty.field.points").Of(options(b, "patrol.kind.", patrol.PointKinds)),
		Reads:  page.NewField(b.Lang, f, "reads", "duty.field.reads").Of(options(b, "people.field.", readable())),
		Sees:   page.NewField(b.Lang, f, "categories", "duty.field.categories").Of(sees),
	}
	for n := range patrol.MaxFields {
		name := func(s string) string { return fmt.Sprintf("%s%d", s, n+1) }
		v.Lines = append(v.Lines, fieldLine{
			N:     n + 1,
			Label: page.NewField(b.Lang, f, name("label"), "duty.fields.label").Max(40),
			Kind:  page.NewField(b.Lang, f, name("answer"), "duty.fields.kind").Need().Of(options(b, "duty.answer.", patrol.FieldKinds)),
			Fact:  page.NewField(b.Lang, f, name("fact"), "duty.fields.fact").Max(40),
		})
	}
	return v
}

// readable are the facts of a home that a visit may read.
func readable() (fs []people.Field) {
	for _, f := range people.Fields {
		if people.MayRead(people.KindResident, f, people.VisitAgreed) {
			fs = append(fs, f)
		}
	}
	return fs
}

func options[T ~string](b page.Base, key string, of []T) []page.Option {
	out := make([]page.Option, len(of))
	for i, x := range of {
		out[i] = page.Option{Value: string(x), Text: b.T(key + string(x))}
	}
	return out
}

func texts[T ~string](of []T) []string {
	out := make([]string, len(of))
	for i, x := range of {
		out[i] = string(x)
	}
	return out
}

func as[T ~string](of []string) []T {
	var out []T
	for _, x := range of {
		out = append(out, T(x))
	}
	return out
}

func (c *Counter) propose(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	d := c.readDuty(f)
	if err = f.Err(); err == nil {
		var fresh id.ID
		if fresh, err = c.Patrol.Propose(r.Context(), page.Actor(r), d); err == nil {
			return page.Done(w, r, dutyHref(fresh), "duty.done.propose")
		}
	}
	if errs.KindOf(err) != errs.Invalid || len(c.Patrol.Departments(page.Actor(r))) == 0 {
		if errs.KindOf(err) == errs.Invalid {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		return err
	}
	v, perr := c.proposePage(r, f)
	if perr != nil {
		return perr
	}
	return proposed.Fail(w, r, v, err)
}

func (c *Counter) readDuty(f *form.Form) patrol.Duty {
	d := patrol.Duty{
		Unit: f.ID("unit"), Name: i18n.Text{ZH: f.Line("name", patrol.MaxName), EN: f.Line("name_en", 3*patrol.MaxName)}, What: f.Text("what", patrol.MaxWhat), Basis: f.Line("basis", patrol.MaxBasis),
		Minutes: f.Int("minutes", 1, patrol.MaxMinutes), Kind: patrol.Kind(f.Choice("kind", texts(patrol.Kinds)...)), Often: patrol.Often(f.Choice("often", texts(patrol.Oftens)...)),
		Spec: patrol.Spec{Points: as[patrol.PointKind](f.Choices("points", texts(patrol.PointKinds)...)), Reads: as[people.Field](f.Choices("reads", texts(readable())...))},
	}
	var codes []string
	for _, k := range c.Matters.Catalogue().Categories {
		codes = append(codes, k.Code)
	}
	d.Categories = f.Choices("categories", codes...)
	for n := range patrol.MaxFields {
		name := func(s string) string { return fmt.Sprintf("%s%d", s, n+1) }
		label := f.Line(name("label"), 40)
		kind, fact := f.Choice(name("answer"), append(texts(patrol.FieldKinds), "")...), f.Line(name("fact"), 40)
		if label == "" && fact == "" {
			continue
		}
		d.Fields = append(d.Fields, patrol.Field{Key: name("f"), Label: i18n.Text{ZH: label}, Kind: patrol.FieldKind(kind), Fact: fact})
	}
	return d
}
