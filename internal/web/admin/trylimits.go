// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

const (
	limitsTryPath = "/admin/timing/try"
	limitsUsePath = "/admin/timing/use"
	maxChangeText = 20_000 // characters
)

// tryLimitsPage asks for other limits, and shows what they would have made of the
// last months.
type tryLimitsPage struct {
	page.Base
	Head     page.Head
	Category page.Field
	Stage    page.Field
	Limit    page.Field
	Urgent   page.Field
	Changes  page.Field
	File     page.Field
	Months   page.Field
	Notes    []page.Note
	Tables   []page.Table
	Tabs     []page.Tab
	Rows     []page.Row
	Pager    page.Pager
	Use      bool
	Carry    []page.Hidden
	Reason   page.Field
}

var tryLimitsShown = page.New[tryLimitsPage](files, "trylimits.html")

// tryLimits shows the form, and what came of the limits that the address names.
func (c *Counter) tryLimits(w http.ResponseWriter, r *http.Request) error {
	v, err := c.tryLimitsPage(r, nil)
	if err != nil && v.Head.Title == "" {
		return err
	}
	if err != nil {
		return tryLimitsShown.Fail(w, r, v, err)
	}
	return tryLimitsShown.Show(w, r, v)
}

// tryingLimits reads what is to be tried, a file too, and goes to the address that
// names it: so that it can be read page after page, and sent to somebody.
func (c *Counter) tryingLimits(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	text := f.Text("changes", maxChangeText)
	if up := f.Files("file", 1); len(up) == 1 && up[0].Size > 0 {
		more, err := readUpload(up[0].Open())
		if err != nil {
			return err
		}
		text += "\n" + more
		f.Set("changes", strings.TrimSpace(text))
	}
	if limit := f.Line("limit", 40); limit != "" {
		text += "\n" + f.Line("category", 40) + "," + f.Line("stage", 20) + "," + limit
		if f.Bool("urgent") {
			text += ",urgent"
		}
	}
	months := f.Int("months", 1, 24)
	cs, cerr := c.Matters.ReadChanges(strings.TrimSpace(text))
	if err := f.Err(); err != nil {
		cerr = err
	}
	if cerr != nil {
		v, err := c.tryLimitsPage(r, f)
		if err != nil {
			return err
		}
		return tryLimitsShown.Fail(w, r, v, cerr)
	}
	http.Redirect(w, r, limitsAddress(cs, months, ""), http.StatusSeeOther)
	return nil
}

func limitsAddress(cs []matters.LimitChange, months int, of string) string {
	q := url.Values{"changes": {changesText(cs)}, "months": {strconv.Itoa(months)}}
	if of != "" {
		q.Set("of", of)
	}
	return limitsTryPath + "?" + q.Encode()
}

func changesText(cs []matters.LimitChange) string {
	lines := make([]string, len(cs))
	for i, x := range cs {
		lines[i] = x.String()
	}
	return strings.Join(lines, "\n")
}

// tryLimitsPage is the page as the address has it; f is a form that was sent and is
// shown again.
func (c *Counter) tryLimitsPage(r *http.Request, f *form.Form) (v tryLimitsPage, err error) {
	b, q := page.From(r).Titled("limits.try.title"), r.URL.Query()
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/timing", Text: b.T("admin.timing.title")}}
	b.Form = f
	text, months := q.Get("changes"), usualMonths
	if n, err := strconv.Atoi(q.Get("months")); err == nil {
		months = n
	}
	v = tryLimitsPage{Base: b, Head: page.Head{Title: b.T("limits.try.title"), Lead: b.T("limits.try.lead")}}
	c.limitFields(&v, b, f, text, months)
	if f != nil || text == "" {
		return v, nil
	}
	cs, err := c.Matters.ReadChanges(text)
	if err != nil {
		return v, err
	}
	t, err := c.Matters.TryLimits(r.Context(), b.Actor, cs, months)
	if err != nil {
		return v, err
	}
	return v, c.limitResult(&v, r, cs, months, t)
}

func (c *Counter) limitFields(v *tryLimitsPage, b page.Base, f *form.Form, text string, months int) {
	kinds := []page.Option{{Value: "usual", Text: b.T("limits.usual")}}
	for _, k := range c.Matters.Catalogue().Categories {
		if k.Active {
			kinds = append(kinds, page.Option{Value: k.Code, Text: k.Name.In(b.Lang)})
		}
	}
	v.Category = page.NewField(b.Lang, f, "category", "limits.try.category").Of(kinds)
	v.Stage = page.NewField(b.Lang, f, "stage", "limits.try.stage").Of(options(matters.Stages(), func(s matters.Stage) string { return b.T("clock.stage." + string(s)) })).From(string(matters.StageHandle))
	v.Limit = page.NewField(b.Lang, f, "limit", "limits.try.limit").Max(40).Example(b.T("when.write.work_days", 3))
	v.Urgent = page.NewField(b.Lang, f, "urgent", "limits.try.urgent")
	v.Changes = page.NewField(b.Lang, f, "changes", "limits.try.changes").Rows(4).Max(maxChangeText).From(text)
	v.File = page.NewField(b.Lang, f, "file", "limits.try.file").Files(".csv,.txt,text/csv,text/plain", 1)
	v.Months = page.NewField(b.Lang, f, "months", "limits.try.months.field").As("number").Need().From(strconv.Itoa(months))
}

// limitResult fills in what the limits would have made of the last months.
func (c *Counter) limitResult(v *tryLimitsPage, r *http.Request, cs []matters.LimitChange, months int, t matters.TriedLimits) error {
	b, q := v.Base, r.URL.Query()
	what := page.Table{Caption: b.T("limits.try.what"), Cols: []page.Col{{Text: b.T("limits.try.category")}, {Text: b.T("limits.try.stage")}, {Text: b.T("limits.try.now")}, {Text: b.T("limits.try.to")}}}
	var was []string
	for _, x := range cs {
		now, _ := c.Matters.CurrentLimit(x)
		was = append(was, now.String())
		stage := b.T("clock.stage." + string(x.Stage))
		if x.Urgent {
			stage += " · " + b.T("matter.tag.urgent")
		}
		what.Rows = append(what.Rows, []page.Cell{{Text: c.limitsOf(b, x.Category)}, {Text: stage}, {Text: now.Say(b.Lang)}, {Text: x.Limit.Say(b.Lang)}})
	}
	v.Tables = []page.Table{what}
	v.Use, v.Reason = true, page.NewField(b.Lang, nil, "note", "admin.calendar.note").Need().Max(200)
	v.Carry = []page.Hidden{{Name: "changes", Value: changesText(cs)}, {Name: "was", Value: strings.Join(was, "\n")}, {Name: "months", Value: strconv.Itoa(months)}}
	if t.Ended == 0 {
		v.Notes = []page.Note{{Text: b.T("limits.try.none")}}
		return nil
	}
	v.Notes = []page.Note{{Text: b.T("limits.try.sum", i18n.Date(b.Lang, t.From), t.Ended, t.Late, t.Later)}}
	sums := func(key string, xs []matters.TriedSum, name func(matters.TriedSum) string) {
		tb := page.Table{Caption: b.T(key), Cols: []page.Col{{Text: b.T(key)}, {Text: b.T("limits.try.ended"), Num: true}, {Text: b.T("limits.try.late"), Num: true}, {Text: b.T("limits.try.later"), Num: true}}}
		for _, x := range xs {
			tb.Rows = append(tb.Rows, []page.Cell{{Text: name(x)}, number(x.Ended), number(x.Late), number(x.Later)})
		}
		v.Tables = append(v.Tables, tb)
	}
	sums("limits.try.by.category", t.Category, func(x matters.TriedSum) string { return c.limitsOf(b, x.Category) })
	sums("limits.try.by.unit", t.Unit, func(x matters.TriedSum) string { return c.labelName(b.Lang, routing.Unit, x.Unit.String()) })
	of, list := "newly", t.Newly
	if q.Get("of") == "nolonger" || q.Get("of") == "" && len(t.Newly) == 0 {
		of, list = "nolonger", t.NoLonger
	}
	v.Tabs = []page.Tab{{Href: limitsAddress(cs, months, "newly"), Text: b.T("limits.try.newly"), Current: of == "newly", Count: len(t.Newly)},
		{Href: limitsAddress(cs, months, "nolonger"), Text: b.T("limits.try.nolonger"), Current: of == "nolonger", Count: len(t.NoLonger)}}
	from, err := strconv.Atoi(q.Get("from"))
	if err != nil || from < 0 || from > len(list) {
		from = 0
	}
	if from > 0 {
		v.Pager.Newer = limitsAddress(cs, months, of) + "&from=" + strconv.Itoa(max(0, from-triedMost))
	}
	if from+triedMost < len(list) {
		v.Pager.Older = limitsAddress(cs, months, of) + "&from=" + strconv.Itoa(from+triedMost)
	}
	v.Rows, err = c.limitRows(r, b, list[from:min(len(list), from+triedMost)])
	return err
}

// limitsOf is whose limits they are.
func (c *Counter) limitsOf(b page.Base, category string) string {
	if category == "" {
		return b.T("limits.usual")
	}
	return c.Matters.Catalogue().Name(b.Lang, category)
}

// limitRows are the clocks with their matters, as far as the reader may read those.
func (c *Counter) limitRows(r *http.Request, b page.Base, xs []matters.TriedStage) (rows []page.Row, err error) {
	var ids []id.ID
	for _, x := range xs {
		if !slices.Contains(ids, x.Matter) {
			ids = append(ids, x.Matter)
		}
	}
	cards, err := c.Matters.Cards(r.Context(), b.Actor, ids)
	if err != nil {
		return nil, err
	}
	for _, x := range xs {
		row := page.Row{Title: b.T("routing.sorted.closed"), Light: page.Light{Used: -1}}
		if i := slices.IndexFunc(cards, func(k matters.Card) bool { return k.ID == x.Matter }); i >= 0 {
			row = page.Row{Title: cards[i].Title, Number: cards[i].Number, Href: "/matters/" + cards[i].Number + "/clock", Light: page.Light{Used: -1}}
		}
		row.Meta = []string{c.limitsOf(b, x.Category), c.labelName(b.Lang, routing.Unit, x.Unit.String()),
			b.T("limits.try.row", b.T("clock.stage."+string(x.Stage)), i18n.Exact(b.Lang, x.Due), i18n.Exact(b.Lang, x.Would), i18n.Exact(b.Lang, x.EndedAt))}
		row.Pill = page.Pill{Text: b.T("limits.try.nolonger"), Tone: page.ToneDone}
		if x.Later {
			row.Pill = page.Pill{Text: b.T("limits.try.newly"), Tone: page.ToneLate}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// useLimits puts what was tried in use.
func (c *Counter) useLimits(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	cs, err := c.Matters.ReadChanges(f.Text("changes", maxChangeText))
	if err != nil {
		return err
	}
	var was []when.Limit
	for line := range strings.Lines(f.Text("was", maxChangeText)) {
		l, err := when.Parse(strings.TrimSpace(line))
		if err != nil {
			return err
		}
		was = append(was, l)
	}
	months, note := f.Int("months", 1, 24), f.Line("note", 200)
	if err := f.Err(); err != nil {
		return err
	}
	err = c.Matters.SetLimits(r.Context(), page.Actor(r), cs, was, note)
	if k := errs.KindOf(err); k == errs.Invalid || k == errs.Conflict {
		b := page.From(r)
		t, terr := c.Matters.TryLimits(r.Context(), b.Actor, cs, months)
		if terr != nil {
			return terr
		}
		v, verr := c.tryLimitsPage(r, nil)
		if verr != nil {
			return verr
		}
		c.limitFields(&v, v.Base, nil, changesText(cs), months)
		if rerr := c.limitResult(&v, r, cs, months, t); rerr != nil {
			return rerr
		}
		v.Form = f
		v.Reason = page.NewField(v.Lang, f, "note", "admin.calendar.note").Need().Max(200)
		return tryLimitsShown.Fail(w, r, v, err)
	}
	if err != nil {
		return err
	}
	return page.Done(w, r, "/admin/timing", "limits.use.done")
}
