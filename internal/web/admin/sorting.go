// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"cmp"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

const (
	allowPath    = "/admin/routing/allow/"
	tryPath      = "/admin/routing/try/"
	versionsMost = 20
	triedMost    = 50
	usualPercent = 90
	usualPromise = 95
	usualMonths  = 3
)

// percentsOffered are the confidences that can be chosen and tried.
var percentsOffered = []int{50, 60, 70, 80, 85, 90, 95, 98}

// monthsOffered are how far back something can be tried.
var monthsOffered = []int{1, 2, 3, 6, 12}

// allowedNow is what the page of suggestions knows of sorting without a person.
type allowedNow struct {
	routing.Allowances
	tallies  map[string]routing.Tally
	versions []routing.Allowed
}

func (c *Counter) allowedNow(r *http.Request) (a allowedNow, err error) {
	by := page.Actor(r)
	if a.Allowances, err = c.Routing.Allowances(r.Context()); err != nil {
		return a, err
	}
	if a.tallies, err = c.Routing.Tallies(r.Context(), by); err != nil {
		return a, err
	}
	a.versions, err = c.Routing.Versions(r.Context(), by, versionsMost)
	return a, err
}

// allowedGroups say of each category whether the program may sort it, and how that
// went; what it took back itself stands above.
func (v *recordPage) allowedGroups(st routing.State, a allowedNow, name func(string) string) {
	b := v.Base
	for _, code := range slices.Sorted(maps.Keys(a.Stopped)) {
		x := a.Stopped[code]
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneLate, Text: b.T("routing.stopped", name(code), i18n.Date(b.Lang, x.When()), x.Judged, x.Right, x.Promise), Link: page.Link{Href: allowPath + code, Text: b.T("routing.allow.look")}})
	}
	codes := slices.Collect(maps.Keys(a.Categories))
	for i, l := range st.Report.Labels {
		if s := st.Report.Of(l); len(s) > 0 && s[0].Saved+s[0].Spoiled > 0 || sum(st.Report.Confusion[i]) > 0 {
			codes = append(codes, l)
		}
	}
	slices.SortFunc(codes, func(x, y string) int {
		_, on := a.Categories[x]
		_, also := a.Categories[y]
		switch {
		case on != also && on:
			return -1
		case on != also:
			return 1
		}
		return cmp.Compare(x, y)
	})
	t := page.Table{Caption: b.T("routing.allowed"), Cols: []page.Col{{Text: b.T("routing.subject.category")}, {Text: b.T("routing.allowed.now")}, {Text: b.T("routing.allowed.sorted"), Num: true}, {Text: b.T("routing.allowed.right"), Num: true}, {Text: b.T("routing.allowed.wrong"), Num: true}, {Text: b.T("routing.allowed.would", usualPercent), Num: true}}}
	if len(a.Categories) == 0 { // nothing to be told yet
		t.Cols = slices.Delete(t.Cols, 2, 5)
	}
	for _, code := range slices.Compact(codes) {
		row := []page.Cell{{Text: name(code), Href: allowPath + code}, {Text: b.T("routing.allowed.no"), Tone: page.ToneQuiet}, {}, {}, {}, {}}
		if x, ok := a.Categories[code]; ok {
			n := a.tallies[code]
			row[1] = page.Cell{Text: b.T("routing.allowed.yes", x.Percent), Tone: page.ToneDone}
			row[2], row[3], row[4] = number(n.Sorted), page.Cell{Text: b.T("routing.allowed.of", n.Right, n.Judged)}, number(n.Wrong)
		}
		for _, s := range st.Report.Of(code) {
			if s.Percent == usualPercent {
				row[5].Text = b.T("routing.allowed.would.cell", s.Saved, s.Spoiled)
			}
		}
		if len(a.Categories) == 0 {
			row = slices.Delete(row, 2, 5)
		}
		t.Rows = append(t.Rows, row)
	}
	g := group{Title: b.T("routing.allowed.title"), Table: t, Ways: []page.Link{{Href: "/matters/sorted", Text: b.T("routing.sorted.title"), Icon: "list"}}}
	v.Groups = append(v.Groups, g)
	if len(a.versions) > 0 {
		v.Groups = append(v.Groups, group{Table: versionsTable(b, a.versions)})
	}
}

func versionsTable(b page.Base, vs []routing.Allowed) page.Table {
	t := page.Table{Caption: b.T("routing.versions"), Cols: []page.Col{{Text: b.T("routing.versions.number"), Num: true}, {Text: b.T("routing.trials.at")}, {Text: b.T("routing.versions.who")}, {Text: b.T("routing.versions.why")}}}
	for _, x := range vs {
		who, why := x.Actor, x.Note
		if why == "" { // the program's own doing
			who, why = b.T("matter.program"), b.T("routing.versions.stopped")
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: strconv.Itoa(x.Version)}, {Text: i18n.Exact(b.Lang, x.At)}, {Text: who}, {Text: why}})
	}
	return t
}

func sum(ns []int) (n int) {
	for _, x := range ns {
		n += x
	}
	return n
}

// sortable is the category that the address names.
func (c *Counter) sortable(r *http.Request) (matters.Category, error) {
	k, ok := c.Matters.Catalogue().Get(r.PathValue("code"))
	if !ok {
		return k, errs.New(errs.NotFound, "matter.category.unknown")
	}
	return k, nil
}

func (c *Counter) allowForm(s *sheet) error {
	k, err := c.sortable(s.r)
	if err != nil {
		return err
	}
	st, err := c.Routing.State(s.r.Context(), s.Actor, routing.Category, 1)
	if err != nil {
		return err
	}
	now, err := c.Routing.Allowances(s.r.Context())
	if err != nil {
		return err
	}
	s.title, s.back = k.Name.In(s.Lang), "/admin/routing"
	a, on := now.Categories[k.Code]
	if !on {
		a = routing.Allowance{Percent: usualPercent, Promise: usualPromise}
	}
	if p, err := strconv.Atoi(s.r.URL.Query().Get("percent")); err == nil { // what was tried
		a.Percent, a.Dispatch = p, a.Dispatch || s.r.URL.Query().Get("dispatch") != ""
	}
	s.table = categorySteps(s.Base, st, k.Code)
	s.note = s.T("routing.allow.none")
	if st.InUse.ID != 0 {
		s.note = s.T("routing.allow.measured", st.InUse.Tested, i18n.Date(s.Lang, st.InUse.From), i18n.Date(s.Lang, st.InUse.Until))
	}
	s.ways = []page.Link{{Href: tryPath + k.Code, Text: s.T("routing.try.title"), Icon: "clock"}}
	s.carry("version", strconv.Itoa(now.Version))
	s.box("on", "routing.allow.on", on || s.r.URL.Query().Get("percent") != "")
	s.ask("text", s.field("percent", "routing.allow.percent.field").As("number").Need().From(strconv.Itoa(a.Percent)))
	s.ask("text", s.field("promise", "routing.allow.promise").As("number").Need().From(strconv.Itoa(a.Promise)))
	s.box("accept", "routing.allow.accept", a.Accept)
	s.box("dispatch", "routing.allow.dispatch", a.Dispatch)
	s.ask("text", s.field("sample", "routing.allow.sample.field").As("number").Need().From(strconv.Itoa(now.Sample)))
	s.ask("text", s.field("note", "admin.calendar.note").Need().Max(200))
	return nil
}

// categorySteps are what each confidence would have saved and spoiled of what was put
// in the category, on the weeks on which the model was measured.
func categorySteps(b page.Base, st routing.State, code string) page.Table {
	steps := st.Report.Of(code)
	if len(steps) == 0 {
		return page.Table{}
	}
	all := steps[0].Saved + steps[0].Spoiled
	t := page.Table{Caption: b.T("routing.steps"), Cols: []page.Col{{Text: b.T("routing.steps.percent")}, {Text: b.T("routing.steps.saved"), Num: true}, {Text: b.T("routing.steps.spoiled"), Num: true}, {Text: b.T("routing.steps.share"), Num: true}, {Text: b.T("routing.steps.left"), Num: true}}}
	for _, s := range steps {
		t.Rows = append(t.Rows, []page.Cell{{Text: b.T("routing.percent", s.Percent)}, number(s.Saved), number(s.Spoiled), {Text: share(b, s.Saved, s.Saved+s.Spoiled)}, number(all - s.Saved - s.Spoiled)})
	}
	return t
}

// share is a part of something in percent, a dash of nothing.
func share(b page.Base, n, of int) string {
	if of == 0 {
		return "—"
	}
	return b.T("routing.percent", percent(n, of))
}

func (c *Counter) setAllowed(r *http.Request, f *form.Form) (done, error) {
	k, err := c.sortable(r)
	if err != nil {
		return done{}, err
	}
	a := &routing.Allowance{Percent: f.Int("percent", routing.LeastPercent, routing.MostPercent), Promise: f.Int("promise", routing.LeastPercent, routing.MostPercent), Accept: f.Bool("accept"), Dispatch: f.Bool("dispatch")}
	if !f.Bool("on") {
		a = nil
	}
	sample, version, note := f.Int("sample", 2, 100), f.Int("version", 0, 1<<30), f.Line("note", 200)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: "/admin/routing", args: []any{k.Name.ZH}}, c.Routing.Allow(r.Context(), page.Actor(r), k.Code, a, sample, version, note)
}

// tried shows what an allowance would have made of the last months: which matters
// would have been sorted by it, and whether rightly.
func (c *Counter) tried(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("routing.try.title")
	k, err := c.sortable(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	one := func(name string, usual int) int {
		if n, err := strconv.Atoi(q.Get(name)); err == nil {
			return n
		}
		return usual
	}
	a := routing.Allowance{Percent: one("percent", usualPercent), Dispatch: q.Get("dispatch") != ""}
	months, wrong := one("months", usualMonths), q.Get("of") != "right"
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/routing", Text: b.T("admin.to.routing")}, {Href: allowPath + k.Code, Text: k.Name.In(b.Lang)}}
	v := recordPage{Base: b, Head: page.Head{Kicker: k.Name.In(b.Lang), Title: b.T("routing.try.title"), Lead: b.T("routing.try.lead")}, Filter: triedFilter(b, k.Code, q)}
	t, err := c.Routing.TryAllowance(r.Context(), b.Actor, k.Code, a, months)
	if errs.KindOf(err) == errs.Invalid {
		for _, e := range errs.Public(err) {
			v.Notes = append(v.Notes, page.Note{Tone: page.ToneSoon, Text: b.T(e.Key, e.Args...)})
		}
		return recorded.Show(w, r, v)
	}
	if err != nil {
		return err
	}
	v.Notes = []page.Note{{Text: b.T("routing.try.what", t.Learnt, i18n.Date(b.Lang, t.From), t.Looked)}}
	v.Notes = append(v.Notes, triedNotes(b, t, a.Dispatch)...)
	v.Head.Action = page.Link{Href: allowPath + k.Code + "?percent=" + strconv.Itoa(a.Percent) + dispatchQuery(a.Dispatch), Text: b.T("routing.try.use"), Main: true}
	if q.Get("of") == "" && t.Wrong() == 0 {
		wrong = false
	}
	at := func(of string) string {
		u := url.Values{"percent": {strconv.Itoa(a.Percent)}, "months": {strconv.Itoa(months)}, "of": {of}}
		if a.Dispatch {
			u.Set("dispatch", "1")
		}
		return tryPath + k.Code + "?" + u.Encode()
	}
	v.Tabs = []page.Tab{{Href: at("wrong"), Text: b.T("routing.try.wrong"), Current: wrong, Count: t.Wrong()}, {Href: at("right"), Text: b.T("routing.try.right"), Current: !wrong, Count: t.Right()}}
	list := slices.DeleteFunc(slices.Clone(t.Matters), func(m routing.TriedMatter) bool { return m.Right() == wrong })
	of := "right"
	if wrong {
		of = "wrong"
	}
	from := max(0, min(one("from", 0), len(list)))
	rows, err := c.triedRows(r, b, list[from:min(len(list), from+triedMost)])
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		v.Groups = append(v.Groups, group{Rows: rows})
	}
	if from > 0 {
		v.Pager.Newer = at(of) + "&from=" + strconv.Itoa(max(0, from-triedMost))
	}
	if from+triedMost < len(list) {
		v.Pager.Older = at(of) + "&from=" + strconv.Itoa(from+triedMost)
	}
	return recorded.Show(w, r, v)
}

func dispatchQuery(on bool) string {
	if on {
		return "&dispatch=1"
	}
	return ""
}

func triedFilter(b page.Base, code string, q url.Values) page.Filter {
	pick := func(name, key string, offered []int, usual int, say string) page.Field {
		if q.Get(name) != "" {
			usual, _ = strconv.Atoi(q.Get(name))
		}
		var os []page.Option
		for _, n := range offered {
			os = append(os, page.Option{Value: strconv.Itoa(n), Text: b.T(say, n)})
		}
		return page.NewField(b.Lang, nil, name, key).Of(os).From(strconv.Itoa(usual))
	}
	sent := page.NewField(b.Lang, nil, "dispatch", "routing.try.dispatch").Of([]page.Option{{Value: "", Text: b.T("routing.try.dispatch.no")}, {Value: "1", Text: b.T("routing.try.dispatch.yes")}}).From(q.Get("dispatch"))
	return page.Filter{Action: tryPath + code, Fields: []page.Field{pick("percent", "routing.steps.percent", percentsOffered, usualPercent, "routing.percent"), pick("months", "routing.try.months.field", monthsOffered, usualMonths, "routing.try.month"), sent}}
}

// triedNotes sum up what would have come of it.
func triedNotes(b page.Base, t routing.Tried, dispatch bool) []page.Note {
	tone := func(wrong int) page.Tone {
		if wrong > 0 {
			return page.ToneSoon
		}
		return page.ToneDone
	}
	ns := []page.Note{{Tone: tone(t.Wrong()), Text: b.T("routing.try.sum", t.Right(), t.Wrong(), share(b, t.Right(), t.Right()+t.Wrong()))}}
	if dispatch {
		ns = append(ns, page.Note{Tone: tone(t.UnitWrong()), Text: b.T("routing.try.sum.unit", t.UnitRight(), t.UnitWrong(), share(b, t.UnitRight(), t.UnitRight()+t.UnitWrong()))})
	}
	return ns
}

// triedRows are the matters, as far as the reader may read them.
func (c *Counter) triedRows(r *http.Request, b page.Base, ms []routing.TriedMatter) (rows []page.Row, err error) {
	ids := make([]matters.ID, len(ms))
	for i, m := range ms {
		ids[i] = m.ID
	}
	cards, err := c.Matters.Cards(r.Context(), b.Actor, ids)
	if err != nil {
		return nil, err
	}
	cat := c.Matters.Catalogue()
	for _, m := range ms {
		row := page.Row{Title: b.T("routing.sorted.closed"), Light: page.Light{Used: -1}}
		if i := slices.IndexFunc(cards, func(k matters.Card) bool { return k.ID == m.ID }); i >= 0 {
			row = page.Row{Title: cards[i].Title, Number: cards[i].Number, Href: "/matters/" + cards[i].Number, Light: page.Light{Used: -1}}
		}
		row.Meta = []string{b.T("routing.sorted.guess", cat.Name(b.Lang, m.Guess), min(99, int(math.Round(100*m.Confidence)))), b.T("routing.try.ended", cat.Name(b.Lang, m.Ended))}
		row.Pill = page.Pill{Text: b.T("routing.try.right"), Tone: page.ToneDone}
		if !m.Right() {
			row.Pill = page.Pill{Text: b.T("routing.try.wrong"), Tone: page.ToneLate}
		}
		if m.Unit != 0 && m.Unit != m.Led {
			row.Meta = append(row.Meta, b.T("routing.try.unit", c.labelName(b.Lang, routing.Unit, m.Unit.String()), c.labelName(b.Lang, routing.Unit, m.Led.String())))
		}
		rows = append(rows, row)
	}
	return rows, nil
}
