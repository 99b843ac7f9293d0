// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// A burdenPage says how much of a grid worker's week each department takes.
type burdenPage struct {
	page.Base
	Head  page.Head
	Ways  []page.Tab
	Facts []page.Fact
	Chart page.Chart
	Table page.Table
	Twice []twiceLine
	Note  page.Note

	Merges  []mergeLine
	May     bool // the actor decides what is the same fact
	Keep    page.Field
	Field   page.Field
	Minutes page.Field
	Opened  bool // the form
}

type twiceLine struct {
	Fact, Fields, Keep string
	Merge              string // address of the form, filled in
}

var burdenShown = page.New[burdenPage](files, "burden.html")

func (c *Counter) burden(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("patrol.burden")
	x, err := c.Patrol.Burden(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	ms, err := c.Patrol.ListMerges(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	b.Form = form.Of("keep", r.URL.Query().Get("keep"), "field", r.URL.Query().Get("field"))
	return burdenShown.Show(w, r, c.burdenPage(b, x, ms))
}

// whole is a number of minutes without a fraction.
func whole(m float64) string { return strconv.FormatFloat(m, 'f', 0, 64) }

func (c *Counter) burdenPage(b page.Base, x patrol.Burden, ms []patrol.Merge) burdenPage {
	v := burdenPage{Base: b, Head: page.Head{Title: b.T("patrol.burden"), Lead: b.T("patrol.burden.lead")}, Ways: ways(b, "/patrol/burden"), Note: page.Note{Tone: page.ToneCalm, Text: b.T("patrol.burden.note")},
		Chart: page.Chart{Title: b.T("patrol.burden.chart"), Unit: b.T("patrol.burden.unit")},
		Table: page.Table{Caption: b.T("patrol.burden.table"), Cols: []page.Col{{Text: b.T("patrol.burden.duty")}, {Text: b.T("patrol.burden.department")}, {Text: b.T("patrol.burden.stops"), Num: true}, {Text: b.T("duty.field.often")}, {Text: b.T("duty.field.minutes"), Num: true}, {Text: b.T("patrol.burden.each"), Num: true}}},
	}
	v.Facts = []page.Fact{
		{Label: b.T("patrol.burden.worker"), Value: b.T("patrol.burden.minutes", whole(x.PerWorker(x.Minutes()))), Lines: []string{b.T("patrol.burden.of", x.Workers)}},
		{Label: b.T("patrol.burden.spared"), Value: b.T("patrol.burden.minutes", whole(x.PerWorker(x.Spared()))), Lines: []string{b.T("patrol.burden.spared.of", len(x.Saved))}},
		{Label: b.T("patrol.burden.twice"), Value: strconv.Itoa(len(x.Twice))},
	}
	for _, u := range x.Units {
		v.Chart.Bars = append(v.Chart.Bars, page.Bar{Label: c.unit(b, u.Unit), Value: int(x.PerWorker(u.Minutes)), Note: whole(x.PerWorker(u.Minutes))})
		for _, d := range u.Duties {
			v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: d.Duty.Name.In(b.Lang), Href: dutyHref(d.Duty.ID)}, {Text: c.unit(b, u.Unit)}, {Text: strconv.Itoa(d.Stops)}, {Text: b.T("duty.often." + string(d.Duty.Often))}, {Text: strconv.Itoa(d.Duty.Minutes)}, {Text: whole(x.PerWorker(d.Minutes))}})
		}
	}
	for _, t := range x.Twice {
		var fs []string
		for _, f := range t.Fields {
			fs = append(fs, b.T("patrol.burden.field", f.Duty.Name, f.Field.Label))
		}
		line := twiceLine{Fact: t.Fact, Fields: strings.Join(fs, b.T("patrol.burden.and")), Keep: b.T("patrol.burden.keep", t.Keep.Duty.Name, t.Keep.Field.Label)}
		if i := slices.IndexFunc(t.Fields, func(f patrol.AskedIn) bool { return f.Duty.ID != t.Keep.Duty.ID && f.Duty.Kind == patrol.AtPoint }); i >= 0 && t.Keep.Duty.Kind == patrol.AtPoint {
			line.Merge = "/patrol/burden?" + url.Values{"keep": {fieldValue(t.Keep)}, "field": {fieldValue(t.Fields[i])}}.Encode() + "#merge"
		}
		v.Twice = append(v.Twice, line)
	}
	c.putMerges(&v, x, ms)
	return v
}
