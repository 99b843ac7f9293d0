// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// A view is one way of looking at the numbers.
type view struct {
	code   string
	face   insights.Face
	rates  []string
	scores []string
	keep   func(c *Counter, key string, s *insights.Sums) bool
}

var views = []view{
	{code: "town", face: insights.All},
	{code: "unit", face: insights.ByUnit, rates: []string{"closing", "on_time", "handle", "rework", "response", "solved", "satisfied"}, scores: []string{"unit", "three"},
		keep: func(_ *Counter, _ string, s *insights.Sums) bool {
			return s.Of(insights.Taken)+s.Of(insights.Handled)+s.Of(insights.Closed) > 0
		}},
	{code: "post", face: insights.ByUnit, rates: []string{"accept", "file", "file_right", "dispatch", "dispatch_right", "verify"}, scores: []string{"acceptor", "shift", "dispatcher"},
		keep: func(_ *Counter, _ string, s *insights.Sums) bool {
			return s.Of(insights.Accepted)+s.Of(insights.Dispatched)+s.Of(insights.Verified) > 0
		}},
	{code: "place", face: insights.ByPlace, rates: []string{"closing", "on_time", "rework", "effective", "solved", "satisfied"}, scores: []string{"place"},
		keep: func(c *Counter, key string, _ *insights.Sums) bool {
			p, ok := c.Places.Tree().Get(idOf(key))
			return ok && p.Kind == places.Town
		}},
	{code: "category", face: insights.ByCategory, rates: []string{"closing", "on_time", "handle", "rework", "solved", "satisfied"},
		keep: func(*Counter, string, *insights.Sums) bool { return true }},
}

func viewOf(code string) view {
	i := max(0, slices.IndexFunc(views, func(v view) bool { return v.code == code }))
	return views[i]
}

// numbersPage shows the rates of a period.
type numbersPage struct {
	page.Base
	Head   page.Head
	Filter page.Filter
	Quick  []page.Link
	Tabs   []page.Tab
	Notes  []page.Note
	Table  page.Table
	Counts page.Table
	Files  []page.Link
	Empty  page.Empty
}

var numbered = page.New[numbersPage](files, "numbers.html")

// asked is what an address asks for.
type asked struct {
	view   view
	period insights.Period
	form   *form.Form
	fault  error
}

// read reads an address; a period that cannot be is said beside its field, and the
// month so far is shown.
func read(b page.Base, q url.Values) asked {
	today := insights.DayOf(b.Now)
	month := insights.Period{From: monthOf(today, 0), To: today + 1}
	a := asked{view: viewOf(q.Get("view")), period: month, form: form.Of("from", month.From.String(), "to", (month.To - 1).String())}
	if q.Get("from") == "" && q.Get("to") == "" {
		return a
	}
	a.form = form.Of("from", q.Get("from"), "to", q.Get("to"))
	var faults errs.List
	day := func(name string) insights.Day {
		t, err := time.Parse(time.DateOnly, q.Get(name))
		if err != nil {
			faults.Add(name, "matter.answer.date")
			return 0
		}
		return insights.Day(t.Unix() / 86400)
	}
	p := insights.Period{From: day("from"), To: day("to") + 1, Then: q.Get("then") == "1"}
	if len(faults) == 0 {
		_ = faults.Join(p.Check()) // which is only ever of a field
	}
	if len(faults) > 0 {
		a.fault = faults
		_ = a.form.Join(faults) // which is only ever of a field
		return a
	}
	a.period = p
	return a
}

// monthOf is the first day of the month of d, n months later.
func monthOf(d insights.Day, n int) insights.Day {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return insights.Day(time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (a asked) query(view string, p insights.Period) string {
	return url.Values{"view": {view}}.Encode() + "&" + days(p)
}

// days is a period as addresses name it.
func days(p insights.Period) string {
	q := url.Values{"from": {p.From.String()}, "to": {(p.To - 1).String()}}
	if p.Then {
		q.Set("then", "1")
	}
	return q.Encode()
}

// thenNote says how many of a number's ends were excused after the period, with the
// way to the number as it stood then, or back; none if there are none.
func thenNote(b page.Base, p insights.Period, later int64, path string, q url.Values) (n page.Note) {
	if later == 0 {
		return n
	}
	q = maps.Clone(q)
	q.Set("from", p.From.String())
	q.Set("to", (p.To - 1).String())
	if p.Then {
		q.Del("then")
		return page.Note{Tone: page.ToneSoon, Text: b.T("insights.then", (p.To - 1).String(), later), Link: page.Link{Href: path + "?" + q.Encode(), Text: b.T("insights.then.now")}}
	}
	q.Set("then", "1")
	return page.Note{Tone: page.ToneQuiet, Text: b.T("insights.later", later), Link: page.Link{Href: path + "?" + q.Encode(), Text: b.T("insights.later.then")}}
}

func (c *Counter) numbers(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("insights.title")
	b.Look = page.LookWide
	a := read(b, r.URL.Query())
	counts, err := c.Insights.Count(r.Context(), b.Actor, a.view.face, a.period)
	if err != nil {
		return err
	}
	whole, err := c.Insights.Count(r.Context(), b.Actor, insights.All, a.period)
	if err != nil {
		return err
	}
	in, err := c.Insights.InForce(r.Context(), b.Actor, a.period)
	if err != nil {
		return err
	}
	v := c.showNumbers(b, a, counts, whole, in)
	if n := thenNote(b, a.period, whole.Later[""], "/insights", r.URL.Query()); n.Text != "" {
		v.Notes = append(v.Notes, n)
	}
	status := http.StatusOK
	if a.fault != nil {
		status = http.StatusUnprocessableEntity
	}
	return numbered.ShowStatus(w, r, status, v)
}

// showNumbers puts counts into the reader's words.
func (c *Counter) showNumbers(b page.Base, a asked, counts, whole insights.Counts, in insights.Version) numbersPage {
	v := numbersPage{Base: b, Head: page.Head{Title: b.T("insights.title"), Lead: b.T("insights.lead"), Action: page.Link{Href: "/insights/formulas", Text: b.T("insights.formulas"), Icon: "scale"}},
		Filter: page.Filter{Action: "/insights", More: []page.Field{page.NewField(b.Lang, a.form, "from", "insights.from").As("date"), page.NewField(b.Lang, a.form, "to", "insights.to").As("date")}, Hidden: []page.Hidden{{Name: "view", Value: a.view.code}}},
		Empty:  page.Empty{Icon: "chart", Title: b.T("insights.none"), Text: b.T("insights.none.text")}}
	today := insights.DayOf(b.Now)
	for _, q := range []struct {
		key string
		p   insights.Period
	}{{"insights.quick.today", insights.Period{From: today, To: today + 1}}, {"insights.quick.month", insights.Period{From: monthOf(today, 0), To: today + 1}},
		{"insights.quick.before", insights.Period{From: monthOf(today, -1), To: monthOf(today, 0)}}, {"insights.quick.quarter", insights.Period{From: monthOf(today, -3), To: monthOf(today, 0)}}, {"insights.quick.year", insights.Period{From: monthOf(today, -11), To: today + 1}}} {
		v.Quick = append(v.Quick, page.Link{Href: "/insights?" + a.query(a.view.code, q.p), Text: b.T(q.key)})
	}
	for _, x := range views {
		v.Tabs = append(v.Tabs, page.Tab{Text: b.T("insights.view." + x.code), Href: "/insights?" + a.query(x.code, a.period), Count: -1, Current: x.code == a.view.code})
	}
	for _, f := range []string{"xlsx", "csv"} {
		v.Files = append(v.Files, page.Link{Href: "/insights/numbers." + f + "?" + a.query(a.view.code, a.period), Text: b.T("insights.file." + f), Icon: "download"})
	}
	if counts.Behind {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneSoon, Text: b.T("room.behind")})
	}
	until := counts.Until.In(i18n.Zone)
	v.Notes = append(v.Notes, page.Note{Tone: page.ToneQuiet, Text: b.T("insights.says", a.period.From.String(), i18n.When(b.Lang, b.Now, until), versionName(b, in))})
	if a.view.face == insights.All {
		v.Table, v.Counts = c.ratesTable(b, a, whole.Whole(), in.Formulas), c.countsTable(b, a, whole.Whole())
	} else {
		v.Table = c.facesTable(b, a, counts, whole.Whole(), in.Formulas)
	}
	return v
}

// versionName says which formulas these are.
func versionName(b page.Base, v insights.Version) string {
	if v.ID == 0 {
		return b.T("insights.shipped")
	}
	return b.T("insights.version", v.From.String())
}

// ratesTable is every rate of the whole, with what it is made of.
func (c *Counter) ratesTable(b page.Base, a asked, s *insights.Sums, f insights.Formulas) page.Table {
	t := page.Table{Caption: b.T("insights.rates"), Cols: []page.Col{{Text: b.T("insights.rate")}, {Text: b.T("insights.share"), Num: true}, {Text: b.T("insights.interval"), Num: true}, {Text: b.T("insights.done"), Num: true}, {Text: b.T("insights.of"), Num: true}, {Text: b.T("insights.excluded"), Num: true}}}
	for _, r := range f.Rates {
		v := r.Work(s)
		row := []page.Cell{{Text: r.Name.In(b.Lang), Href: rateAt(insights.All, "", r.Code, a.period)}, {Text: share(v)}, {Text: interval(v)}, num(v.Done), num(v.Of), num(v.Excluded)}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func num(n int64) page.Cell { return page.Cell{Text: strconv.FormatInt(n, 10)} }

// countsTable is everything that was counted, each number leading to its matters.
func (c *Counter) countsTable(b page.Base, a asked, s *insights.Sums) page.Table {
	t := page.Table{Caption: b.T("insights.counts"), Cols: []page.Col{{Text: b.T("insights.what")}, {Text: b.T("insights.n"), Num: true}}}
	for _, m := range insights.Measures() {
		n := num(s.Of(m))
		if n.Text != "0" {
			n.Href = casesAt(insights.All, "", m, a.period)
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: b.T(m.Key())}, n})
	}
	return t
}

// facesTable is the rates and scores of each unit, place or category, in the order of
// their names: nobody is ranked. A value is marked only if its interval lies beyond
// the value of the whole.
func (c *Counter) facesTable(b page.Base, a asked, counts insights.Counts, whole *insights.Sums, f insights.Formulas) page.Table {
	t := page.Table{Caption: b.T("insights.view." + a.view.code), Cols: []page.Col{{Text: b.T("insights.who." + a.view.code)}}}
	for _, code := range a.view.rates {
		if r, ok := f.Rate(code); ok {
			t.Cols = append(t.Cols, page.Col{Text: r.Name.In(b.Lang), Num: true})
		}
	}
	var scores []insights.Score
	for _, s := range f.ScoresOf(a.view.face) {
		if slices.Contains(a.view.scores, s.Code) {
			scores = append(scores, s)
			t.Cols = append(t.Cols, page.Col{Text: b.T("insights.points.of", s.Name), Num: true})
		}
	}
	row := func(name page.Cell, key string, face insights.Face, s *insights.Sums) []page.Cell {
		cells := []page.Cell{name}
		for _, code := range a.view.rates {
			r, ok := f.Rate(code)
			if !ok {
				continue
			}
			v := r.Work(s)
			cell := page.Cell{Text: "—"}
			if v.Of > 0 {
				cell = page.Cell{Text: fmt.Sprintf("%.0f%%（%.0f–%.0f）", 100*v.Share, 100*v.Low, 100*v.High), Href: rateAt(face, key, code, a.period)}
			}
			if face != insights.All {
				cell.Tone = besides(r, v, r.Work(whole))
			}
			cells = append(cells, cell)
		}
		for _, x := range scores {
			p := x.Work(f, s)
			cell := page.Cell{Text: "—"}
			if p.Known() {
				cell.Text = fmt.Sprintf("%.0f（%.0f–%.0f）%s", p.Points, p.Low, p.High, p.Grade)
			}
			cells = append(cells, cell)
		}
		return cells
	}
	keys := make([]string, 0, len(counts.Sums))
	for k, s := range counts.Sums {
		if a.view.keep(c, k, s) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(x, y string) int {
		return cmp.Or(cmp.Compare(c.nameOf(b.Lang, a.view.face, x), c.nameOf(b.Lang, a.view.face, y)), cmp.Compare(x, y))
	})
	for _, k := range keys {
		t.Rows = append(t.Rows, row(page.Cell{Text: c.nameOf(b.Lang, a.view.face, k)}, k, a.view.face, counts.Sums[k]))
	}
	if len(t.Rows) > 0 {
		t.Foot = row(page.Cell{Text: b.T("insights.whole")}, "", insights.All, whole)
	}
	return t
}

// besides is the tone of a value beside that of the whole: none unless the interval
// lies wholly above or below.
func besides(r insights.Rate, v, whole insights.Value) page.Tone {
	if v.Of == 0 || whole.Of == 0 {
		return ""
	}
	above, below := v.Low > whole.Share, v.High < whole.Share
	switch {
	case above && !r.Less, below && r.Less:
		return page.ToneDone
	case above, below:
		return page.ToneSoon
	}
	return ""
}

func share(v insights.Value) string {
	if v.Of == 0 {
		return "—"
	}
	return strconv.FormatFloat(100*v.Share, 'f', 1, 64) + "%"
}

func interval(v insights.Value) string {
	if v.Of == 0 {
		return "—"
	}
	return fmt.Sprintf("%.0f–%.0f%%", 100*v.Low, 100*v.High)
}

// rateAt is the address where a rate is taken apart.
func rateAt(face insights.Face, key, code string, p insights.Period) string {
	return "/insights/rates/" + code + "?" + url.Values{"face": {string(face)}, "key": {key}}.Encode() + "&" + days(p)
}

// casesAt is the address where a number is opened.
func casesAt(face insights.Face, key string, m insights.Measure, p insights.Period) string {
	if m == insights.Raised || m == "open_end" {
		return "" // these are lists of matters
	}
	return "/insights/cases?" + url.Values{"of": {string(m)}, "face": {string(face)}, "key": {key}}.Encode() + "&" + days(p)
}

// ratePage takes one rate apart.
type ratePage struct {
	page.Base
	Head  page.Head
	What  string
	Facts []page.Fact
	Parts []page.Table
	Note  page.Note
	Then  page.Note // shown if it has a Text: what was excused later
}

var rated = page.New[ratePage](files, "rate.html")

// whose is of whom an address speaks: a face and a key of it.
func (c *Counter) whose(b page.Base, q url.Values) (face insights.Face, key, name string, err error) {
	face, key = insights.Face(q.Get("face")), q.Get("key")
	if face == "" {
		face = insights.All
	}
	if !slices.Contains(insights.Faces(), face) {
		return face, key, "", errs.New(errs.NotFound, "insights.gone")
	}
	return face, key, c.nameOf(b.Lang, face, key), nil
}

func (c *Counter) rate(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	a := read(b, r.URL.Query())
	face, key, name, err := c.whose(b, r.URL.Query())
	if err != nil {
		return err
	}
	in, err := c.Insights.InForce(r.Context(), b.Actor, a.period)
	if err != nil {
		return err
	}
	rate, ok := in.Formulas.Rate(r.PathValue("code"))
	if !ok {
		return errs.New(errs.NotFound, "insights.gone")
	}
	counts, err := c.Insights.Count(r.Context(), b.Actor, face, a.period)
	if err != nil {
		return err
	}
	v := c.showRate(b, a, rate, in, face, key, name, counts.Sums[key])
	if slices.Contains(rate.Excluded, insights.Term(insights.Excused)) {
		v.Then = thenNote(b, a.period, counts.Later[key], r.URL.Path, r.URL.Query())
	}
	return rated.Show(w, r, v)
}

func (c *Counter) showRate(b page.Base, a asked, rate insights.Rate, in insights.Version, face insights.Face, key, name string, s *insights.Sums) ratePage {
	b.Title = rate.Name.In(b.Lang)
	b.Crumbs = []page.Link{{Href: "/insights?" + a.query("town", a.period), Text: b.T("insights.title")}}
	x := rate.Work(s)
	v := ratePage{Base: b, Head: page.Head{Kicker: name, Title: b.Title, Lead: b.T("insights.span", a.period.From.String(), (a.period.To - 1).String())}, What: rate.What.In(b.Lang)}
	v.Facts = []page.Fact{{Label: b.T("insights.share"), Value: share(x)}, {Label: b.T("insights.interval"), Value: interval(x)}, {Label: b.T("insights.source"), Value: rate.Source.In(b.Lang)}, {Label: b.T("insights.formulas"), Value: versionName(b, in)}}
	for _, part := range []struct {
		key   string
		terms []insights.Term
	}{{"insights.done", rate.Numerator}, {"insights.of", rate.Denominator}, {"insights.excluded", rate.Excluded}} {
		if len(part.terms) == 0 {
			continue
		}
		t := page.Table{Caption: b.T(part.key), Cols: []page.Col{{Text: b.T("insights.what")}, {Text: b.T("insights.n"), Num: true}}}
		for _, term := range part.terms {
			m, minus := term.Measure()
			text := b.T(m.Key())
			if minus {
				text = b.T("insights.minus", text)
			}
			n := num(s.Of(m))
			if n.Text != "0" {
				n.Href = casesAt(face, key, m, a.period)
			}
			t.Rows = append(t.Rows, []page.Cell{{Text: text}, n})
		}
		v.Parts = append(v.Parts, t)
	}
	if x.Of > 0 && x.Few() {
		v.Note = page.Note{Tone: page.ToneQuiet, Text: b.T("insights.few", x.Of)}
	}
	return v
}

// casesPage is the matters behind a number.
type casesPage struct {
	page.Base
	Head  page.Head
	Rows  []page.Row
	Notes []page.Note
	Empty page.Empty
}

var opened = page.New[casesPage](files, "cases.html")

func (c *Counter) cases(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	q := r.URL.Query()
	a := read(b, q)
	face, key, name, err := c.whose(b, q)
	if err != nil {
		return err
	}
	m := insights.Measure(q.Get("of"))
	cs, err := c.Insights.Behind(r.Context(), b.Actor, face, key, m, a.period)
	if err != nil {
		return err
	}
	return opened.Show(w, r, c.showCases(b, a, m, name, cs))
}

func (c *Counter) showCases(b page.Base, a asked, m insights.Measure, name string, cs insights.Cases) casesPage {
	b.Title = b.T(m.Key())
	b.Crumbs = []page.Link{{Href: "/insights?" + a.query("town", a.period), Text: b.T("insights.title")}}
	v := casesPage{Base: b, Head: page.Head{Kicker: name, Title: b.Title, Lead: b.T("insights.span", a.period.From.String(), (a.period.To - 1).String())}, Empty: page.Empty{Icon: "check", Title: b.T("insights.cases.none"), Text: b.T("insights.cases.none.text")}}
	cards := make([]matters.Card, len(cs.Cases))
	for i, x := range cs.Cases {
		cards[i] = x.Card
	}
	v.Rows = c.Rows(b, cards)
	for i, x := range cs.Cases {
		v.Rows[i].Tags = append(v.Rows[i].Tags, b.T("insights.cases.at", i18n.When(b.Lang, b.Now, x.At)))
	}
	if cs.Unseen > 0 {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneQuiet, Text: b.T("insights.cases.unseen", cs.Unseen)})
	}
	if cs.More {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneQuiet, Text: b.T("insights.cases.more", len(cs.Cases)+cs.Unseen)})
	}
	return v
}
