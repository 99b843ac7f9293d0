// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// dryPage is what a changed list of rules would have done.
type dryPage struct {
	page.Base
	Head   page.Head
	Notes  []page.Note
	Tabs   []page.Tab
	Counts []page.Fact
	Units  page.Table
	Groups []dryGroup
	Edit   bool
	Seen   []page.Hidden
	Why    page.Field
}

// dryGroup are matters that would have gone otherwise.
type dryGroup struct {
	Title, Help string
	Rows        []page.Row
}

var dried = page.New[dryPage](files, "dry.html")

// the months over which a list can be tried.
var dryMonths = []int{1, 3, 6, 12}

func (c *Counter) dry(w http.ResponseWriter, r *http.Request) error {
	v, err := c.dryFor(r, nil)
	if err != nil {
		return err
	}
	return dried.Show(w, r, v)
}

func (c *Counter) dryFor(r *http.Request, f *form.Form) (v dryPage, err error) {
	months := 3
	for _, m := range dryMonths {
		if r.URL.Query().Get("months") == strconv.Itoa(m) {
			months = m
		}
	}
	b := page.From(r).Titled("admin.rules.dry.title")
	b.Form = f
	b.Crumbs = []page.Link{{Href: "/admin/rules", Text: b.T("admin.to.rules")}}
	if b.Actor.Has(access.Administer) {
		b.Crumbs = append([]page.Link{{Href: "/admin", Text: b.T("admin.title")}}, b.Crumbs...)
	}
	_, d, err := c.Routing.Rules(r.Context(), b.Actor)
	if err != nil {
		return v, err
	}
	run, err := c.Routing.Dry(r.Context(), b.Actor, b.Now.AddDate(0, -months, 0))
	if err != nil {
		return v, err
	}
	v = dryOf(b, run, func(u id.ID) string { x, _ := c.Orgs.Directory().Unit(u); return x.Name.In(b.Lang) })
	for _, m := range dryMonths {
		v.Tabs = append(v.Tabs, page.Tab{Href: "/admin/rules/dry?months=" + strconv.Itoa(m), Text: b.T("admin.rules.dry.months", m), Current: m == months, Count: -1})
	}
	v.Edit = d.Changed() && b.Actor.Has(access.Administer)
	v.Seen = []page.Hidden{{Name: "version", Value: strconv.Itoa(d.Version)}}
	if f.Sent("version") { // what was read before, and not what somebody has changed since
		v.Seen[0].Value = f.Get("version")
	}
	v.Why = page.NewField(b.Lang, f, "reason", "insights.why").Rows(2).Need().Max(500)
	if !d.Changed() {
		v.Notes = append(v.Notes, page.Note{Text: b.T("admin.rules.dry.unchanged"), Link: page.Link{Href: "/admin/rules", Text: b.T("admin.to.rules")}})
	}
	return v, nil
}

// dryOf shows a dry run; unit names a unit.
func dryOf(b page.Base, run routing.DryRun, unit func(id.ID) string) dryPage {
	v := dryPage{Base: b, Head: page.Head{Title: b.T("admin.rules.dry.title"), Lead: b.T("admin.rules.dry.lead", i18n.Date(b.Lang, run.Since), run.Matters)}}
	if run.More {
		v.Notes = append(v.Notes, page.Note{Text: b.T("admin.rules.dry.more", run.Matters)})
	}
	fact := func(key string, n int) {
		v.Counts = append(v.Counts, page.Fact{Label: b.T("admin.rules.dry." + key), Value: b.T("admin.rules.dry.n", n)})
	}
	fact("same", run.Same)
	for _, c := range routing.Changes() {
		fact(string(c), run.Changes[c])
	}
	if run.Went.Of > 0 {
		v.Counts = append(v.Counts, page.Fact{Label: b.T("admin.rules.dry.went"), Value: b.T("admin.rules.dry.went.n", run.Went.Of, run.Went.Old, run.Went.New)})
	}
	v.Units = page.Table{Caption: b.T("admin.rules.dry.units"), Cols: []page.Col{{Text: b.T("admin.rules.dry.unit")}, {Text: b.T("admin.rules.dry.now"), Num: true}, {Text: b.T("admin.rules.dry.then"), Num: true}, {Text: b.T("admin.rules.dry.more_or_less"), Num: true}}}
	for _, u := range run.Units {
		change := strconv.Itoa(u.New - u.Old)
		if u.New > u.Old {
			change = "+" + change
		}
		v.Units.Rows = append(v.Units.Rows, []page.Cell{{Text: unit(u.Unit)}, number(u.Old), number(u.New), {Text: change}})
	}
	where := func(a routing.Answer) string {
		if !a.Fired {
			return b.T("admin.rules.dry.nobody")
		}
		return b.T("admin.rules.dry.by", unit(a.Lead), a.Rule.Name)
	}
	for _, c := range routing.Changes() {
		if run.Changes[c] == 0 {
			continue
		}
		g := dryGroup{Title: b.T("admin.rules.dry." + string(c))}
		for _, x := range run.Examples[c] {
			g.Rows = append(g.Rows, page.Row{Href: "/matters/" + x.Card.Number, Title: x.Card.Title, Number: x.Card.Number,
				Meta: []string{b.T("admin.rules.dry.from_to", where(x.Old), where(x.New)), i18n.Date(b.Lang, x.Card.RaisedAt)}})
		}
		if len(g.Rows) < run.Changes[c] {
			g.Help = b.T("admin.rules.dry.seen", len(g.Rows), run.Changes[c])
		}
		v.Groups = append(v.Groups, g)
	}
	return v
}

// useRules puts the list under change in use.
func (c *Counter) useRules(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	version, reason := seen(f), f.Text("reason", 600)
	if err = f.Err(); err == nil {
		if err = c.Routing.PutInUse(r.Context(), page.Actor(r), version, reason); err == nil {
			return page.Done(w, r, "/admin/rules", "admin.rules.used")
		}
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	v, derr := c.dryFor(r, f)
	if derr != nil {
		return derr
	}
	return dried.Fail(w, r, v, err)
}
