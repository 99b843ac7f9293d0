// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// A mergeLine is a merge as it stands in the list, with what became of it.
type mergeLine struct {
	Title, Said, Why string
	Ended            string
	Undo             string     // address, for who may
	Words            page.Field // why it is undone
}

// fieldValue is a field of a duty as the value of an option.
func fieldValue(f patrol.AskedIn) string { return f.Duty.ID.String() + "_" + f.Field.Key }

// fieldOf reads what fieldValue wrote.
func fieldOf(f *form.Form, name string) (x patrol.FieldOf) {
	d, key, _ := strings.Cut(f.Line(name, 60), "_")
	x.Duty, _ = id.Parse(d) // what is none is told by the rule
	x.Key = key
	return x
}

// putMerges puts into the page what is asked once, and the form by which the city says so.
func (c *Counter) putMerges(v *burdenPage, x patrol.Burden, ms []patrol.Merge) {
	b := v.Base
	v.May = c.Patrol != nil && c.Patrol.MayAdmit(b.Actor)
	names := map[patrol.FieldOf]string{}
	var opts []page.Option
	for _, u := range x.Units {
		for _, d := range u.Duties {
			for _, f := range d.Duty.Fields {
				in := patrol.AskedIn{Duty: d.Duty, Field: f}
				names[patrol.FieldOf{Duty: d.Duty.ID, Key: f.Key}] = b.T("patrol.burden.field", d.Duty.Name, f.Label)
				if d.Duty.Kind == patrol.AtPoint {
					opts = append(opts, page.Option{Value: fieldValue(in), Text: f.Label.In(b.Lang), Group: b.T("patrol.merge.group", c.unit(b, u.Unit), d.Duty.Name)})
				}
			}
		}
	}
	v.Keep = page.NewField(b.Lang, b.Form, "keep", "patrol.merge.keep").Need().Of(opts)
	v.Field = page.NewField(b.Lang, b.Form, "field", "patrol.merge.field").Need().Of(opts)
	v.Minutes = page.NewField(b.Lang, b.Form, "minutes", "patrol.merge.minutes").Need().As("number").Unit(b.T("patrol.merge.unit"))
	v.Opened = b.Form.Get("field") != "" || len(b.Form.Faults()) > 0
	name := func(f patrol.FieldOf) string {
		if n, ok := names[f]; ok {
			return n
		}
		return b.T("patrol.merge.past")
	}
	for _, m := range ms {
		line := mergeLine{Title: b.T("patrol.merge.row", name(m.Keep), name(m.Field)), Said: b.T("duty.by", m.MergedBy, i18n.Date(b.Lang, m.MergedAt)), Why: m.Words}
		if i := slices.IndexFunc(x.Saved, func(s patrol.Saving) bool { return s.Merge.ID == m.ID }); i >= 0 {
			s := x.Saved[i]
			saves := b.T("patrol.merge.saves", m.Minutes, s.Stops, whole(x.PerWorker(s.Minutes)))
			line.Said += " · " + saves
		}
		switch {
		case !m.EndedAt.IsZero():
			line.Ended = b.T("patrol.merge.undone", m.EndedBy, i18n.Date(b.Lang, m.EndedAt), m.EndedWhy)
		case v.May:
			line.Undo = "/patrol/merges/" + m.ID.String() + "/undo"
			line.Words = page.NewField(b.Lang, b.Form, "words", "duty.words").Need().Rows(2).Max(patrol.MaxWhat).Apart("undo" + m.ID.String())
		}
		v.Merges = append(v.Merges, line)
	}
}

// burdenAgain shows the page with what is wrong.
func (c *Counter) burdenAgain(w http.ResponseWriter, r *http.Request, f *form.Form, why error) error {
	if k := errs.KindOf(why); k != errs.Invalid && k != errs.Conflict {
		return why
	}
	b := page.From(r).Titled("patrol.burden")
	b.Form = f
	x, err := c.Patrol.Burden(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	ms, err := c.Patrol.ListMerges(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	return burdenShown.Fail(w, r, c.burdenPage(b, x, ms), why)
}

func (c *Counter) merge(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := patrol.Merging{Keep: fieldOf(f, "keep"), Field: fieldOf(f, "field"), Minutes: f.Int("minutes", 1, patrol.MaxMinutes), Words: f.Text("words", patrol.MaxWhat)}
	if !c.Patrol.MayAdmit(page.Actor(r)) { // before what is wrong with the form
		_, err := c.Patrol.Merge(r.Context(), page.Actor(r), in)
		return err
	}
	if err = f.Err(); err == nil {
		_, err = c.Patrol.Merge(r.Context(), page.Actor(r), in)
	}
	if err == nil {
		return page.Done(w, r, "/patrol/burden", "patrol.done.merge")
	}
	return c.burdenAgain(w, r, f, err)
}

func (c *Counter) unmerge(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "duty.merge.gone")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	words := f.Text("words", patrol.MaxWhat)
	if err = f.Err(); err == nil || !c.Patrol.MayAdmit(page.Actor(r)) {
		err = c.Patrol.Unmerge(r.Context(), page.Actor(r), d, words)
	}
	if err == nil {
		return page.Done(w, r, "/patrol/burden", "patrol.done.unmerge")
	}
	return c.burdenAgain(w, r, f, err)
}
