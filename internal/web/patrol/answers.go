// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sheet"
	"yuanba/internal/web/page"
)

// An answersPage shows a department what was answered to its duty in a week.
type answersPage struct {
	page.Base
	Head   page.Head
	Filter page.Filter
	Notes  []page.Note
	Open   page.Link // by which what was answered in homes is shown
	Export []page.Link
	Table  page.Table
	Pager  page.Pager
	Empty  page.Empty
}

var answersShown = page.New[answersPage](files, "answers.html")

// weeksBack is from how many weeks answers are chosen: those of homes are kept a year.
const weeksBack = 53

func answersHref(d id.ID) string { return dutyHref(d) + "/answers" }

// asksAnswers reads which answers an address asks for.
func asksAnswers(r *http.Request) (in patrol.Answering, err error) {
	if in.Duty, err = record(r, "duty.none"); err != nil {
		return in, err
	}
	q := r.URL.Query()
	in.Week = patrol.SlotAt(page.From(r).Now).Week()
	if s := q.Get("week"); s != "" {
		if in.Week, err = slotIn(s); err != nil {
			return in, err
		}
		in.Week = in.Week.Week()
	}
	for _, f := range []struct {
		name, missing string
		to            *id.ID
	}{{"place", "patrol.place.none", &in.Place}, {"after", "patrol.entry.none", &in.After}} {
		if s := q.Get(f.name); s != "" {
			if *f.to, err = id.Parse(s); err != nil {
				return in, errs.New(errs.NotFound, f.missing)
			}
		}
	}
	return in, nil
}

// query is what is asked for as it stands in an address.
func answersQuery(in patrol.Answering, after id.ID) string {
	q := url.Values{"week": {strconv.Itoa(int(in.Week))}}
	if in.Place != 0 {
		q.Set("place", in.Place.String())
	}
	if after != 0 {
		q.Set("after", after.String())
	}
	return "?" + q.Encode()
}

func (c *Counter) answers(open bool) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, err := asksAnswers(r)
		if err != nil {
			return err
		}
		in.Open = open
		b := page.From(r)
		a, err := c.Patrol.Answers(r.Context(), b.Actor, in)
		if err != nil {
			return err
		}
		lenders := map[id.ID]patrol.Duty{}
		for _, m := range a.Lent {
			if lenders[m.Keep.Duty].ID == 0 {
				x, err := c.Patrol.Duty(r.Context(), b.Actor, m.Keep.Duty)
				if err != nil {
					return err
				}
				lenders[m.Keep.Duty] = x.Duty
			}
		}
		return answersShown.Show(w, r, c.answersPage(b, in, a, lenders))
	}
}

func (c *Counter) answersPage(b page.Base, in patrol.Answering, a patrol.Answers, lenders map[id.ID]patrol.Duty) answersPage {
	d := a.Duty
	b.Title = b.T("duty.answers.of", d.Name.In(b.Lang))
	b.Crumbs = []page.Link{{Href: "/patrol/duties", Text: b.T("duty.title")}, {Href: dutyHref(d.ID), Text: d.Name.In(b.Lang)}}
	at := answersHref(d.ID)
	v := answersPage{Base: b, Head: page.Head{Kicker: c.unit(b, d.Unit), Title: b.T("duty.answers"), Lead: b.T("duty.answers.lead", c.where(b, c.pathOf(a.Within)), c.weekWords(b, in.Week))}}
	f := form.Of("week", strconv.Itoa(int(in.Week)), "place", placeValue(in.Place))
	v.Filter = page.Filter{Action: at, Fields: []page.Field{
		page.NewField(b.Lang, f, "week", "duty.answers.week").Need().Of(c.weekOptions(b, in.Week)).Quiet(),
		page.NewField(b.Lang, f, "place", "duty.answers.place").Of(c.answerPlaces(b, d, in.Place)).Example(b.T("duty.answers.everywhere")).Quiet(),
	}}
	if in.Place != 0 {
		v.Filter.Reset = at + "?week=" + strconv.Itoa(int(in.Week))
	}
	for _, m := range a.Lent {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneCalm, Text: b.T("duty.answers.lent", fieldName(b, d, m.Field.Key), lenders[m.Keep.Duty].Name.In(b.Lang))})
	}
	if d.Kind == patrol.AtHome && len(a.List) > 0 {
		key := "duty.answers.looked"
		if a.Closed {
			key, v.Open = "duty.answers.closed", page.Link{Href: at + "/look" + answersQuery(in, in.After), Text: b.T("duty.answers.open")}
		}
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneCalm, Text: b.T(key)})
	}
	v.Table = page.Table{Caption: v.Head.Title, Hide: true}
	for _, h := range answerHeads(b, d) {
		v.Table.Cols = append(v.Table.Cols, page.Col{Text: h})
	}
	for _, x := range a.List {
		row := []page.Cell{
			{Text: b.T("duty.answers.when", i18n.Day(b.Lang, x.Slot.Date(), b.Now.Year()), b.T(half(x.Slot)))},
			{Text: c.where(b, x.Path), Href: at + answersQuery(patrol.Answering{Week: in.Week, Place: x.Path[scope.Grid]}, 0)},
			{Text: spotName(b, x)},
		}
		for _, f := range d.Fields {
			said := answerWords(b, f, x.Answers[f.Key])
			if a.Closed {
				said = b.T("duty.answers.shut")
			}
			row = append(row, page.Cell{Text: said})
		}
		v.Table.Rows = append(v.Table.Rows, append(row, page.Cell{Text: outcome(b, x)}))
	}
	if len(a.List) > 0 {
		for _, s := range []sheet.Format{sheet.XLSX, sheet.CSV} {
			v.Export = append(v.Export, page.Link{Href: at + "." + string(s) + answersQuery(in, 0), Text: b.T("list.export." + string(s)), Icon: "download"})
		}
		if a.More {
			v.Pager.Older = at + answersQuery(in, a.List[len(a.List)-1].Entry)
		}
	}
	if in.After != 0 {
		v.Pager.Newer = at + answersQuery(in, 0)
	}
	v.Empty = page.Empty{Icon: "document", Title: b.T("duty.answers.none"), Text: b.T("duty.answers.none.text")}
	return v
}

func placeValue(d id.ID) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// weekWords says a week: Monday to Sunday.
func (c *Counter) weekWords(b page.Base, week patrol.Slot) string {
	return b.T("patrol.week", i18n.Day(b.Lang, week.Date(), b.Now.Year()), i18n.Day(b.Lang, (week+12).Date(), b.Now.Year()))
}

// weekOptions are the weeks of a year, the newest first, and the one that is shown.
func (c *Counter) weekOptions(b page.Base, shown patrol.Slot) (out []page.Option) {
	add := func(w patrol.Slot) {
		out = append(out, page.Option{Value: strconv.Itoa(int(w)), Text: c.weekWords(b, w)})
	}
	newest := patrol.SlotAt(b.Now).Week()
	if shown > newest {
		add(shown)
	}
	for w := newest; w > newest-14*weeksBack; w -= 14 {
		add(w)
	}
	if shown <= newest-14*weeksBack {
		add(shown)
	}
	return out
}

// answerPlaces are the places that a duty's department serves; of the village that is
// chosen, or of whose grid is, its grids too.
func (c *Counter) answerPlaces(b page.Base, d patrol.Duty, chosen id.ID) (out []page.Option) {
	if c.Places == nil || c.Orgs == nil {
		return nil
	}
	tree := c.Places.Tree()
	u, _ := c.Orgs.Directory().Unit(d.Unit)
	at, _ := tree.Get(chosen)
	for _, o := range c.placeOptions(b) {
		p, err := id.Parse(o.Value)
		x, ok := tree.Get(p)
		if _, l := x.Path.Last(); err != nil || !ok || l == scope.City || !u.Serves().Contains(x.Path) {
			continue
		}
		out = append(out, o)
		if at.Path[scope.Village] != x.ID {
			continue
		}
		for _, g := range tree.Children(x.ID) {
			out = append(out, page.Option{Value: g.ID.String(), Text: b.T("duty.answers.grid", x.Name.In(b.Lang), g.Name.In(b.Lang)), Group: o.Group})
		}
	}
	return out
}

// answerHeads name the columns: when, where, the fields of the duty, and how it went.
func answerHeads(b page.Base, d patrol.Duty) []string {
	spot := "duty.answers.point"
	if d.Kind == patrol.AtHome {
		spot = "duty.answers.home"
	}
	heads := []string{b.T("duty.answers.round"), b.T("duty.answers.where"), b.T(spot)}
	for _, f := range d.Fields {
		heads = append(heads, f.Label.In(b.Lang))
	}
	return append(heads, b.T("duty.answers.outcome"))
}

func fieldName(b page.Base, d patrol.Duty, key string) string {
	for _, f := range d.Fields {
		if f.Key == key {
			return f.Label.In(b.Lang)
		}
	}
	return key
}

func spotName(b page.Base, x patrol.Answer) string {
	if x.Visit != 0 {
		return b.T("patrol.visit.row", x.Where)
	}
	return x.Where
}

// answerWords is an answer as it is read.
func answerWords(b page.Base, f patrol.Field, said string) string {
	switch {
	case said == "":
		return b.T("duty.answers.blank")
	case f.Kind == patrol.YesNo:
		return b.T("patrol." + said)
	}
	return said
}

// outcome is how the stop went, and what it lacks.
func outcome(b page.Base, x patrol.Answer) string {
	s := b.T("patrol.result." + string(x.Result))
	if x.Proof == patrol.ByWord && x.Visit == 0 {
		s = b.T("duty.answers.unproved", s)
	}
	return s
}

func (c *Counter) answersFile(format sheet.Format) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, err := asksAnswers(r)
		if err != nil {
			return err
		}
		b := page.From(r)
		a, err := c.Patrol.AnswersFile(r.Context(), b.Actor, in, string(format))
		if err != nil {
			return err
		}
		var body bytes.Buffer // some thousands of rows at the most
		if err := c.writeAnswers(b, a, format, &body); err != nil {
			return err
		}
		name := b.T("duty.answers.of", a.Duty.Name.In(b.Lang)) + "-" + in.Week.Date().In(i18n.Zone).Format("2006-01-02") + "." + string(format)
		h := w.Header()
		h.Set("Content-Type", format.Type())
		h.Set("Content-Length", strconv.Itoa(body.Len()))
		h.Set("Content-Disposition", `attachment; filename="answers.`+string(format)+`"; filename*=UTF-8''`+url.PathEscape(name))
		h.Set("Cache-Control", "no-store")
		_, err = body.WriteTo(w)
		return err
	}
}

func (c *Counter) writeAnswers(b page.Base, a patrol.Answers, format sheet.Format, to *bytes.Buffer) error {
	heads, widths := []any{b.T("duty.answers.at")}, []float64{18}
	for _, h := range answerHeads(b, a.Duty) {
		heads, widths = append(heads, h), append(widths, 22)
	}
	out, err := sheet.New(to, format, b.T("duty.answers"), widths...)
	if err != nil {
		return err
	}
	if err := out.Row(heads...); err != nil {
		return err
	}
	for _, x := range a.List {
		row := []any{x.At.In(i18n.Zone), b.T(half(x.Slot)), c.where(b, x.Path), spotName(b, x)}
		for _, f := range a.Duty.Fields {
			row = append(row, cellOf(b, f, x.Answers[f.Key]))
		}
		if err := out.Row(append(row, outcome(b, x))...); err != nil {
			return err
		}
	}
	return out.Close()
}

// cellOf is an answer in a file: a number stays one, and what was left out is empty.
func cellOf(b page.Base, f patrol.Field, said string) any {
	if said == "" {
		return ""
	}
	if f.Kind == patrol.Number {
		if n, err := strconv.Atoi(said); err == nil {
			return n
		}
		return said
	}
	return answerWords(b, f, said)
}
