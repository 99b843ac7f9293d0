// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"
	"slices"
	"strconv"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// tariffPage is what earns what, and, for who administers the city, how it changes.
type tariffPage struct {
	page.Base
	Head     page.Head
	Tabs     []page.Tab
	Now      edition
	Next     []edition // to come
	Versions page.Table
	Notes    []string
	Edit     bool
	Lines    []lineForm
	New      lineForm
	From     page.Field
	Why      page.Field
}

// edition is a tariff as it is read: what earns how much, how often in a month, and how
// it is known.
type edition struct {
	Title string
	Lines []page.Fact
}

// lineForm are the fields of one line.
type lineForm struct {
	Name   string
	ZH, EN page.Field
	Points page.Field
	Most   page.Field
	Per    page.Field // of a new line: for each hour, or each time
	End    page.Field // of one that is there
}

var tariffed = page.New[tariffPage](files, "tariff.html")

func (c *Counter) tariff(w http.ResponseWriter, r *http.Request) error {
	v, err := c.tariffFor(r, nil)
	if err != nil {
		return err
	}
	return tariffed.Show(w, r, v)
}

func (c *Counter) tariffFor(r *http.Request, f *form.Form) (v tariffPage, err error) {
	es, err := c.Volunteers.Editions(r.Context())
	if err != nil {
		return v, err
	}
	b := page.From(r).Titled("volunteers.tariff")
	b.Form = f
	return showTariff(b, es), nil
}

func showTariff(b page.Base, es []volunteers.Edition) tariffPage {
	today := volunteers.DayOf(b.Now)
	in := volunteers.InForce(es, today)
	v := tariffPage{Base: b, Head: page.Head{Title: b.T("volunteers.tariff"), Lead: b.T("volunteers.tariff.lead")}, Tabs: tabs(b, "/volunteers/tariff"), Now: editionOf(b, in.Tariff, b.T("volunteers.tariff.now")),
		Notes: []string{b.T("volunteers.tariff.limit"), b.T("volunteers.tariff.future"), b.T("volunteers.tariff.least")}, Edit: b.Actor.Has("administer")}
	for _, e := range es {
		if e.From > today {
			v.Next = append(v.Next, editionOf(b, e.Tariff, b.T("volunteers.tariff.next", i18n.Date(b.Lang, e.From.Begin()))))
		}
	}
	v.Versions = page.Table{Caption: b.T("volunteers.tariff.editions"), Cols: []page.Col{{Text: b.T("volunteers.tariff.from.label")}, {Text: b.T("volunteers.tariff.by")}, {Text: b.T("volunteers.reason")}}}
	for _, e := range slices.Backward(es) {
		if e.ID == 0 {
			v.Versions.Rows = append(v.Versions.Rows, []page.Cell{{Text: b.T("volunteers.tariff.shipped")}, {}, {Text: b.T("volunteers.tariff.shipped.why")}})
			continue
		}
		v.Versions.Rows = append(v.Versions.Rows, []page.Cell{{Text: i18n.Date(b.Lang, e.From.Begin())}, {Text: e.Actor}, {Text: e.Reason}})
	}
	if v.Edit {
		last := es[len(es)-1].Tariff
		for i, l := range last.Lines {
			at := "." + strconv.Itoa(i)
			v.Lines = append(v.Lines, lineForm{Name: l.Name.In(b.Lang),
				ZH:     page.NewField(b.Lang, b.Form, "name"+at, "volunteers.tariff.zh").Need().Max(40).From(l.Name.ZH),
				EN:     page.NewField(b.Lang, b.Form, "name_en"+at, "volunteers.tariff.en").Need().Max(80).From(l.Name.EN),
				Points: page.NewField(b.Lang, b.Form, "points"+at, "volunteers.points").As("number").Need().From(strconv.FormatInt(l.Points, 10)).Labelled(b.T("volunteers.tariff.points.of", l.Name)),
				Most:   page.NewField(b.Lang, b.Form, "most"+at, "volunteers.tariff.most.label").As("number").Need().From(strconv.FormatInt(l.Most, 10)).Labelled(b.T("volunteers.tariff.most.of", l.Name)),
				End:    page.NewField(b.Lang, b.Form, "end"+at, "volunteers.tariff.end").Labelled(b.T("volunteers.tariff.end.of", l.Name))})
		}
		at := "." + strconv.Itoa(len(last.Lines))
		v.New = lineForm{Name: b.T("volunteers.tariff.new"),
			ZH:     page.NewField(b.Lang, b.Form, "name"+at, "volunteers.tariff.zh").Max(40),
			EN:     page.NewField(b.Lang, b.Form, "name_en"+at, "volunteers.tariff.en").Max(80),
			Points: page.NewField(b.Lang, b.Form, "points"+at, "volunteers.points").As("number"),
			Most:   page.NewField(b.Lang, b.Form, "most"+at, "volunteers.tariff.most.label").As("number"),
			Per: page.NewField(b.Lang, b.Form, "per"+at, "volunteers.tariff.per").Of([]page.Option{
				{Value: "hour", Text: b.T("volunteers.tariff.per.hour"), On: true}, {Value: "each", Text: b.T("volunteers.tariff.per.each")}})}
		v.From = page.NewField(b.Lang, b.Form, "from", "volunteers.tariff.from.label").As("date").Need()
		v.Why = page.NewField(b.Lang, b.Form, "reason", "volunteers.reason").Rows(2).Need().Max(500)
	}
	return v
}

func editionOf(b page.Base, t volunteers.Tariff, title string) edition {
	out := edition{Title: title}
	for _, l := range t.Lines {
		out.Lines = append(out.Lines, page.Fact{Label: l.Name.In(b.Lang), Value: worth(b, l), Lines: []string{b.T("volunteers.worth.most", l.Most), b.T("volunteers.source." + string(l.By))}})
	}
	return out
}

// price makes an edition of the tariff with the numbers of the form.
func (c *Counter) price(w http.ResponseWriter, r *http.Request) error {
	if !page.Actor(r).Has("administer") {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	es, err := c.Volunteers.Editions(r.Context())
	if err != nil {
		return err
	}
	t := volunteers.Tariff{Lines: slices.Clone(es[len(es)-1].Tariff.Lines)}
	added := "." + strconv.Itoa(len(t.Lines))
	if f.Get("name"+added)+f.Get("name_en"+added)+f.Get("points"+added)+f.Get("most"+added) != "" {
		t.Lines = append(t.Lines, volunteers.Line{Code: volunteers.NewCode(es), By: volunteers.ByTask, PerHour: f.Get("per"+added) != "each"})
	}
	ended := map[string]bool{}
	for i := range t.Lines {
		at := "." + strconv.Itoa(i)
		t.Lines[i].Name.ZH, t.Lines[i].Name.EN = f.Line("name"+at, 40), f.Line("name_en"+at, 80)
		ended[t.Lines[i].Code] = f.Bool("end" + at)
		for _, x := range []struct {
			name string
			to   *int64
			most int
		}{{"points" + at, &t.Lines[i].Points, 1000}, {"most" + at, &t.Lines[i].Most, 100}} {
			if f.Get(x.name) == "" {
				f.Fault(x.name, "volunteers.tariff.empty")
				continue
			}
			*x.to = int64(f.Int(x.name, 0, x.most))
		}
	}
	if err := f.Join(t.Check()); err != nil { // beside the fields as they are numbered in the form
		return err
	}
	t.Lines = slices.DeleteFunc(t.Lines, func(l volunteers.Line) bool { return ended[l.Code] })
	from, reason := f.Date("from"), f.Text("reason", 500)
	if err = f.Err(); err == nil {
		if from.IsZero() {
			from = page.From(r).Now
		}
		if err = c.Volunteers.Price(r.Context(), page.Actor(r), t, volunteers.DayOf(from), reason); err == nil {
			return page.Done(w, r, "/volunteers/tariff", "volunteers.done.priced")
		}
	}
	v, verr := c.tariffFor(r, f)
	if verr != nil {
		return verr
	}
	return tariffed.Fail(w, r, v, err)
}
