// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// A formulaPage says how grids are appraised, and since when.
type formulaPage struct {
	page.Base
	Head  page.Head
	Table page.Table
	Story page.Table
	May   bool
	Parts []page.Field
}

var formulaShown = page.New[formulaPage](files, "formula.html")

func (c *Counter) formula(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("patrol.formula")
	vs, err := c.Patrol.Versions(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	return formulaShown.Show(w, r, c.formulaPage(b, vs, c.Patrol.MayAdmit(b.Actor)))
}

func (c *Counter) formulaPage(b page.Base, vs []patrol.Version, may bool) formulaPage {
	b.Crumbs = []page.Link{{Href: "/patrol/appraisal", Text: b.T("patrol.appraisal")}}
	v := formulaPage{Base: b, May: may, Head: page.Head{Title: b.T("patrol.formula"), Lead: b.T("patrol.formula.lead")},
		Table: page.Table{Caption: b.T("patrol.formula.parts"), Cols: []page.Col{{Text: b.T("patrol.formula.rate.name")}, {Text: b.T("patrol.formula.what")}, {Text: b.T("patrol.formula.weight"), Num: true}}},
		Story: page.Table{Caption: b.T("patrol.formula.versions"), Cols: []page.Col{{Text: b.T("patrol.formula.from")}, {Text: b.T("patrol.formula.who")}, {Text: b.T("patrol.formula.why")}}}}
	last := vs[len(vs)-1]
	for _, p := range last.Formula.Parts {
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: b.T("patrol.rate." + string(p.Rate))}, {Text: b.T("patrol.rate.what." + string(p.Rate))}, {Text: whole(100*p.Weight) + " %"}})
	}
	for _, r := range patrol.Rates {
		weight := "0"
		for _, p := range last.Formula.Parts {
			if p.Rate == r {
				weight = whole(100 * p.Weight)
			}
		}
		v.Parts = append(v.Parts, page.NewField(b.Lang, b.Form, string(r), "patrol.rate."+string(r)).Need().As("number").Unit("%").From(weight))
	}
	for _, x := range vs {
		from, who, why := b.T("patrol.formula.shipped"), "", b.T("patrol.formula.shipped.why")
		if x.ID != 0 {
			from, who, why = i18n.Date(b.Lang, x.From.Date()), x.Actor, x.Reason
		}
		v.Story.Rows = append(v.Story.Rows, []page.Cell{{Text: from}, {Text: who}, {Text: why}})
	}
	return v
}

func (c *Counter) revise(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	var next patrol.Formula
	for _, rate := range patrol.Rates {
		next.Parts = append(next.Parts, patrol.Part{Rate: rate, Weight: float64(f.Int(string(rate), 0, 100)) / 100})
	}
	from, words := f.Date("from"), f.Text("words", patrol.MaxWhat)
	if err = f.Err(); err == nil {
		err = c.Patrol.Revise(r.Context(), page.Actor(r), next, patrol.DayOf(from), words)
	}
	if err == nil {
		return page.Done(w, r, "/patrol/formula", "patrol.done.formula")
	}
	if errs.KindOf(err) != errs.Invalid || !c.Patrol.MayAdmit(page.Actor(r)) {
		if errs.KindOf(err) == errs.Invalid {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		return err
	}
	b := page.From(r).Titled("patrol.formula")
	b.Form = f
	vs, verr := c.Patrol.Versions(r.Context(), b.Actor)
	if verr != nil {
		return verr
	}
	return formulaShown.Fail(w, r, c.formulaPage(b, vs, true), err)
}
