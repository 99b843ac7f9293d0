// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"net/http"
	"slices"
	"strconv"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/insights"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// formulasPage shows the formulas in force and lets an administrator weigh anew.
type formulasPage struct {
	page.Base
	Head     page.Head
	Rates    page.Table
	Scores   []scored
	Versions page.Table
	Edit     bool
	From     page.Field
	Why      page.Field
}

type scored struct {
	Table  page.Table
	Source string
	Fields []page.Field // its weights, if they may be changed
	Fault  string
}

var formulated = page.New[formulasPage](files, "formulas.html")

func (c *Counter) formulas(w http.ResponseWriter, r *http.Request) error {
	v, err := c.formulasFor(r, form.Of("from", ""))
	if err != nil {
		return err
	}
	return formulated.Show(w, r, v)
}

// weightName is the name of the field of a score's i-th weight.
func weightName(s insights.Score, i int) string { return "weight." + s.Code + "." + strconv.Itoa(i) }

func (c *Counter) formulasFor(r *http.Request, f *form.Form) (v formulasPage, err error) {
	b := page.From(r).Titled("insights.formulas")
	vs, err := c.Insights.Versions(r.Context(), b.Actor)
	if err != nil {
		return v, err
	}
	today := insights.DayOf(b.Now)
	in, err := c.Insights.InForce(r.Context(), b.Actor, insights.Period{From: today, To: today + 1})
	if err != nil {
		return v, err
	}
	return c.showFormulas(b, vs, in, f), nil
}

func (c *Counter) showFormulas(b page.Base, vs []insights.Version, in insights.Version, f *form.Form) formulasPage {
	b.Crumbs = []page.Link{{Href: "/insights", Text: b.T("insights.title")}}
	v := formulasPage{Base: b, Head: page.Head{Title: b.T("insights.formulas"), Lead: b.T("insights.formulas.lead"), Kicker: versionName(b, in)}, Edit: b.Actor.Has("administer")}
	v.Rates = page.Table{Caption: b.T("insights.rates"), Cols: []page.Col{{Text: b.T("insights.rate")}, {Text: b.T("insights.meaning")}, {Text: b.T("insights.source")}}}
	for _, r := range in.Formulas.Rates {
		v.Rates.Rows = append(v.Rates.Rows, []page.Cell{{Text: r.Name.In(b.Lang)}, {Text: r.What.In(b.Lang)}, {Text: r.Source.In(b.Lang)}})
	}
	for _, s := range in.Formulas.Scores {
		x := scored{Source: s.Source.In(b.Lang), Table: page.Table{Caption: b.T("insights.points.of", s.Name), Cols: []page.Col{{Text: b.T("insights.part")}, {Text: b.T("insights.weight"), Num: true}}}}
		if fault := f.At("weight." + s.Code); fault != nil {
			x.Fault = i18n.T(b.Lang, fault.Key, fault.Args...)
		}
		for i, p := range s.Parts {
			name := b.T(p.Measure.Key())
			if r, ok := in.Formulas.Rate(p.Rate); ok {
				if name = r.Name.In(b.Lang); r.Less {
					name = b.T("insights.less", name)
				}
			} else {
				name = b.T("insights.bands", name)
			}
			weight := strconv.FormatFloat(p.Weight, 'f', -1, 64)
			x.Table.Rows = append(x.Table.Rows, []page.Cell{{Text: name}, {Text: weight}})
			if v.Edit {
				x.Fields = append(x.Fields, page.NewField(b.Lang, f, weightName(s, i), "insights.weight").Labelled(name).From(weight).As("text").Need())
			}
		}
		v.Scores = append(v.Scores, x)
	}
	v.Versions = page.Table{Caption: b.T("insights.versions"), Cols: []page.Col{{Text: b.T("insights.from")}, {Text: b.T("insights.by")}, {Text: b.T("insights.why")}}}
	for _, x := range vs {
		row := []page.Cell{{Text: versionName(b, x)}, {Text: x.Actor}, {Text: x.Reason}}
		v.Versions.Rows = append(v.Versions.Rows, row)
	}
	v.From = page.NewField(b.Lang, f, "from", "insights.from").As("date").Need()
	v.Why = page.NewField(b.Lang, f, "reason", "insights.why").Rows(2).Need().Max(500)
	return v
}

// revise makes a version with the weights of the form. What is wrong is said beside
// the field, with what was typed.
func (c *Counter) revise(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if !b.Actor.Has(access.Administer) {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	today := insights.DayOf(b.Now)
	in, err := c.Insights.InForce(r.Context(), b.Actor, insights.Period{From: today, To: today + 1})
	if err != nil {
		return err
	}
	next := in.Formulas
	next.Scores = nil
	for _, s := range in.Formulas.Scores {
		s.Parts = slices.Clone(s.Parts)
		for i := range s.Parts {
			s.Parts[i].Weight, _ = f.Number(weightName(s, i), 0, 1) // what is wrong is in the form
		}
		next.Scores = append(next.Scores, s)
	}
	from, reason := f.Date("from"), f.Text("reason", 500)
	if err = f.Err(); err == nil {
		err = f.Join(c.Insights.Revise(r.Context(), b.Actor, next, insights.DayOf(from), reason))
		if err != nil {
			return err
		}
		if err = f.Err(); err == nil {
			return page.Done(w, r, "/insights/formulas", "insights.formula.done")
		}
	}
	v, err := c.formulasFor(r, f)
	if err != nil {
		return err
	}
	v.Form = f
	return formulated.ShowStatus(w, r, http.StatusUnprocessableEntity, v)
}
