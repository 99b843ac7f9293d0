// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"math"
	"net/http"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

const sortedMost = 50

// sortedList is where the list of what was sorted without a person is.
const sortedList = "/matters/sorted"

// sortedPage is the list of what the program sorted without a person.
type sortedPage struct {
	page.Base
	Head  page.Head
	Tabs  []page.Tab
	Rows  []page.Row
	Pager page.Pager
	Empty page.Empty
}

var sortedShown = page.New[sortedPage](files, "sorted.html")

// sorted lists what the program sorted without a person, with what persons made of
// it, so that anybody at work can look it through.
func (c *Counter) sorted(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("routing.sorted.title")
	if !b.Staff() {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	q := r.URL.Query()
	var before id.ID
	if s := q.Get("before"); s != "" {
		d, err := id.Parse(s)
		if err != nil {
			return err
		}
		before = d
	}
	kind, category := routing.Kind(q.Get("of")), q.Get("category")
	shown, more, err := c.Routing.Sortings(r.Context(), b.Actor, kind, category, before, sortedMost)
	if err != nil {
		return err
	}
	v := sortedPageOf(b, kind)
	for _, x := range shown {
		v.Rows = append(v.Rows, c.sortedRow(b, x))
	}
	if more && len(shown) > 0 {
		v.Pager.Older = without(r, "before", shown[len(shown)-1].ID.String())
	}
	return sortedShown.Show(w, r, v)
}

func sortedPageOf(b page.Base, kind routing.Kind) sortedPage {
	v := sortedPage{Base: b, Head: page.Head{Title: b.T("routing.sorted.title"), Lead: b.T("routing.sorted.lead")}, Empty: page.Empty{Icon: "seed", Title: b.T("routing.sorted.none"), Text: b.T("routing.sorted.none.text")}}
	for _, k := range routing.Kinds() {
		t := page.Tab{Href: sortedList, Text: b.T("routing.sorted.kind." + string(k)), Current: k == kind, Count: -1}
		if k != routing.Every {
			t.Href += "?of=" + string(k)
		}
		v.Tabs = append(v.Tabs, t)
	}
	return v
}

// sortedRow is a matter with how it was sorted and what became of that.
func (c *Counter) sortedRow(b page.Base, x routing.Shown) page.Row {
	row := page.Row{Title: b.T("routing.sorted.closed")}
	if x.Card.ID != 0 {
		row = c.row(b, x.Card, "")
	}
	row.Left, row.Light, row.Turn = "", page.Light{Used: -1}, ""
	name := func(code string) string { return c.Matters.Catalogue().Name(b.Lang, code) }
	row.Meta = []string{c.where(b.Lang, x.Path, x.Card.PlaceWords, x.At), b.T("routing.sorted.guess", name(x.Category), sure(x.Confidence))}
	if x.Unit != 0 {
		row.Meta = append(row.Meta, b.T("routing.sorted.unit", c.unit(b.Lang, x.Unit)))
	}
	if x.Verdict == routing.Wrong {
		row.Meta = append(row.Meta, b.T("routing.sorted.put", name(x.InCategory)))
	}
	if x.UnitVerdict == routing.Wrong && x.InUnit != 0 {
		row.Meta = append(row.Meta, b.T("routing.sorted.sent", c.unit(b.Lang, x.InUnit)))
	}
	row.Pill = verdictPill(b, x.Sorting)
	if x.Sample {
		row.Tags = append(row.Tags, b.T("routing.sorted.sample"))
	}
	return row
}

// verdictPill is what persons made of a sorting.
func verdictPill(b page.Base, x routing.Sorting) page.Pill {
	switch {
	case x.Failed():
		return page.Pill{Text: b.T("routing.verdict.wrong"), Tone: page.ToneLate}
	case x.Verdict == routing.Right:
		return page.Pill{Text: b.T("routing.verdict.right"), Tone: page.ToneDone}
	case x.Verdict == routing.Kept:
		return page.Pill{Text: b.T("routing.verdict.kept"), Tone: page.ToneQuiet}
	}
	return page.Pill{Text: b.T("routing.verdict.open"), Tone: page.ToneSoon}
}

// sure is a confidence in percent: nothing learnt is certain.
func sure(confidence float64) int { return min(99, int(math.Round(100*confidence))) }

// sortedNote says on a matter that the program put it in its category, and not a
// person: to everybody who reads it, and to who may with the way to set it right.
func (c *Counter) sortedNote(r *http.Request, b page.Base, w matters.Whole) (ns []page.Note, err error) {
	by := w.SortedBy()
	if by != matters.ByProgram && by != matters.ByConfirmed {
		return nil, nil
	}
	n := page.Note{Tone: page.ToneSoon, Text: b.T("routing.mark")}
	here := "/matters/" + w.Matter.Number + "/"
	x, ok, err := routing.Sorting{}, false, error(nil)
	if c.Routing != nil {
		if x, ok, err = c.Routing.SortingOf(r.Context(), w); err != nil {
			return nil, err
		}
	}
	switch {
	case by == matters.ByConfirmed:
		n = page.Note{Tone: page.ToneQuiet, Text: b.T("routing.mark.confirmed")}
	case ok && len(x.Words) > 0:
		n.Text = b.T("routing.mark.why", sure(x.Confidence), strings.Join(x.Words, b.T("routing.comma")))
	case ok:
		n.Text = b.T("routing.mark.sure", sure(x.Confidence))
	}
	switch {
	case by == matters.ByConfirmed:
	case allowed(b, w, matters.Correct) == nil:
		n.Link = page.Link{Href: here + string(matters.Correct), Text: b.T("routing.mark.correct"), Main: true}
	case w.IsReporter && allowed(b, w, matters.Add) == nil:
		n.Link = page.Link{Href: here + string(matters.Add), Text: b.T("routing.mark.say")}
	}
	return []page.Note{n}, nil
}

// sampled reports whether who is to sort the matter is not told what the program
// thinks, so that it is measured by them.
func (c *Counter) sampled(r *http.Request, b page.Base, m matters.Matter) (bool, error) {
	if c.Routing == nil || !b.Staff() {
		return false, nil
	}
	return c.Routing.Sampled(r.Context(), m.ID)
}

func correctForm(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	return []entry{
		{"select", page.NewField(b.Lang, f, "category", "matter.field.category").Of(c.categoryOptions(b)).From(w.Matter.Category).Need()},
		area(b, f, "matter.field.note", 2),
	}
}

func correct(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	category, words := f.Line("category", 40), said(f)
	if err := f.Err(); err != nil {
		return err
	}
	return c.Matters.Correct(r.Context(), page.Actor(r), m.ID, category, words)
}
