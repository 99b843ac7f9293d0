// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	table "yuanba/internal/kit/sheet"
	"yuanba/internal/web/page"
)

func (c *Counter) ruleRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/rules", readers(c.rules))
	mux.Handle("GET /admin/rules.csv", readers(c.rulesFile))
	mux.Handle("GET /admin/rules/dry", readers(c.dry))
	mux.Handle("POST /admin/rules/use", guarded(c.useRules))
	mux.Handle("POST /admin/rules/drop", guarded(c.dropRules))
	for way, up := range map[string]bool{"up": true, "down": false} {
		mux.Handle("POST /admin/rules/{id}/"+way, guarded(c.ruleActed(func(r *http.Request, version int, d id.ID) error {
			return c.Routing.MoveRule(r.Context(), page.Actor(r), version, d, up)
		})))
	}
	mux.Handle("POST /admin/rules/{id}/retire", guarded(c.ruleActed(func(r *http.Request, version int, d id.ID) error {
		return c.Routing.RetireRule(r.Context(), page.Actor(r), version, d)
	})))
	c.task(mux, "/admin/rules/add", task{key: "admin.rule.add.", form: c.ruleForm, do: c.setRule})
	c.task(mux, "/admin/rules/import", task{key: "admin.rule.import.", form: c.rulesImport, do: c.importRules})
	c.task(mux, "/admin/rules/{id}", task{key: "admin.rule.edit.", form: c.ruleForm, do: c.setRule})
}

// readers lets in who administers or audits, and keeps what is shown out of caches.
func readers(h page.Handler) http.Handler {
	return page.Handler(func(w http.ResponseWriter, r *http.Request) error {
		if a := page.Actor(r); !a.Has(access.Administer) && !a.Has(access.Audit) {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		w.Header().Set("Cache-Control", "no-store")
		return h(w, r)
	})
}

// rulesPage is the list of rules, as it is being changed or as it is in use.
type rulesPage struct {
	page.Base
	Head     page.Head
	Notes    []page.Note
	Draft    bool
	Edit     bool // the reader may change it
	Dry      page.Link
	Seen     []page.Hidden // the version that the reader sees
	Rules    []ruleLine
	Empty    page.Empty
	Try      []page.Field
	Said     string
	Passed   []passed
	Editions page.Table
	Ways     []page.Link
}

type ruleLine struct {
	ID                              id.ID
	Number                          int
	Name, When, Gives, Caught, Href string
	Why                             string // of what was tried
	Hit                             bool
	Tags                            []string
	Ways                            []ruleWay
}

// ruleWay is a small act on a rule.
type ruleWay struct{ Action, Text, Name string }

type passed struct{ Name, Why string }

var ruled = page.New[rulesPage](files, "rules.html")

// the most editions that are shown.
const editionsMost = 20

func (c *Counter) rules(w http.ResponseWriter, r *http.Request) error {
	v, err := c.rulesFor(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if strings.TrimSpace(q.Get("number")+q.Get("words")) == "" {
		return ruled.Show(w, r, v)
	}
	err = c.triedRules(r, &v)
	if k := errs.KindOf(err); err != nil && (k == errs.Invalid || k == errs.NotFound) {
		return ruled.Fail(w, r, v, errs.At("number", "matter.none"))
	}
	if err != nil {
		return err
	}
	return ruled.Show(w, r, v)
}

func (c *Counter) rulesFor(r *http.Request) (v rulesPage, err error) {
	b := page.From(r).Titled("admin.to.rules")
	if b.Actor.Has(access.Administer) { // an auditor reads the rules, and not the rest
		b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	}
	e, d, err := c.Routing.Rules(r.Context(), b.Actor)
	if err != nil {
		return v, err
	}
	caught, err := c.Routing.Caught(r.Context(), b.Actor, d.Rules)
	if err != nil {
		return v, err
	}
	es, err := c.Routing.Editions(r.Context(), b.Actor, editionsMost)
	if err != nil {
		return v, err
	}
	q := r.URL.Query()
	b.Form = form.Of("number", q.Get("number"), "words", q.Get("words"), "place", q.Get("place"), "category", q.Get("category"))
	v = c.rulesPage(b, e, d, caught, es)
	city, _ := c.Places.Tree().City()
	v.Try = []page.Field{
		page.NewField(b.Lang, b.Form, "number", "admin.rules.try.number").Max(30),
		page.NewField(b.Lang, b.Form, "words", "admin.rules.try.words").Max(matters.MaxBody).Rows(2),
		page.NewField(b.Lang, b.Form, "place", "matter.field.place").Of(c.placeOptions(b, city.ID, scope.Village)),
		page.NewField(b.Lang, b.Form, "category", "matter.field.category").Of(c.categoryOptions(b)),
	}
	return v, nil
}

// rulesPage is the page without what is asked of the town beside the rules.
func (c *Counter) rulesPage(b page.Base, e routing.Edition, d routing.Draft, caught map[id.ID]int, es []routing.Edition) rulesPage {
	t := c.Routing.Town()
	v := rulesPage{Base: b, Draft: d.Changed(), Edit: b.Actor.Has(access.Administer),
		Head:  page.Head{Title: b.T("admin.to.rules"), Lead: b.T("admin.rules.lead")},
		Empty: page.Empty{Icon: "arrow", Title: b.T("admin.rules.none"), Text: b.T("admin.rules.none.text")},
		Seen:  []page.Hidden{{Name: "version", Value: strconv.Itoa(d.Version)}},
		Dry:   page.Link{Href: "/admin/rules/dry", Text: b.T("admin.rules.dry"), Icon: "eye", Main: true},
	}
	switch {
	case d.Changed():
		v.Notes = []page.Note{{Tone: page.ToneSoon, Text: b.T("admin.rules.draft", d.Actor, i18n.When(b.Lang, b.Now, d.At))}}
	case e.Number == 0:
	default:
		v.Notes = []page.Note{{Tone: page.ToneDone, Text: b.T("admin.rules.in_use", e.Number, i18n.Date(b.Lang, e.At), e.Actor)}}
		v.Notes = append(v.Notes, page.Note{Text: b.T("admin.rules.uncaught", caught[matters.NoRule]), Link: page.Link{Href: "/matters?rule=none", Text: b.T("admin.rules.queue")}})
	}
	if v.Edit {
		v.Head.Action = page.Link{Href: "/admin/rules/add", Text: b.T("admin.rule.add.title"), Icon: "plus", Main: true}
		v.Ways = append(v.Ways, page.Link{Href: "/admin/rules/import", Text: b.T("admin.rule.import.title"), Icon: "document"})
	}
	v.Ways = append(v.Ways, page.Link{Href: "/admin/rules.csv", Text: b.T("admin.rules.export"), Icon: "download"}, page.Link{Href: "/admin/rules.csv?of=example", Text: b.T("admin.rules.example"), Icon: "download"})
	never := false
	for i, r := range d.Rules {
		x := ruleLine{ID: r.ID, Number: i + 1, Name: r.Name, When: r.SayWhen(b.Lang, t), Gives: r.SayGives(b.Lang, t), Caught: b.T("admin.rules.caught", caught[r.ID])}
		if caught[r.ID] > 0 {
			x.Href = "/matters?rule=" + r.ID.String()
		}
		if r.AtOnce {
			x.Tags = append(x.Tags, b.T("admin.rules.at_once"))
		}
		if old, ok := e.Rules.Get(r.ID); d.Changed() && (!ok || old.Version != r.Version) {
			x.Tags = append(x.Tags, b.T(map[bool]string{true: "admin.rules.edited", false: "admin.rules.new"}[ok]))
		}
		if never {
			x.Tags = append(x.Tags, b.T("admin.rules.never"))
		}
		never = never || r.Always() && (r.Gives.Lead.Way == routing.Street || r.Gives.Lead.Way == routing.Named)
		way := func(show bool, act string) {
			if show {
				x.Ways = append(x.Ways, ruleWay{Action: "/admin/rules/" + r.ID.String() + "/" + act, Text: b.T("admin.rules." + act), Name: r.Name})
			}
		}
		way(i > 0, "up")
		way(i+1 < len(d.Rules), "down")
		way(true, "retire")
		v.Rules = append(v.Rules, x)
	}
	v.Editions = page.Table{Caption: b.T("admin.rules.editions"), Cols: []page.Col{{Text: b.T("admin.rules.edition")}, {Text: b.T("admin.rules.count"), Num: true}, {Text: b.T("insights.by")}, {Text: b.T("insights.why")}}}
	for _, x := range es {
		v.Editions.Rows = append(v.Editions.Rows, []page.Cell{{Text: b.T("admin.rules.number", x.Number, i18n.Exact(b.Lang, x.At))}, number(len(x.Rules)), {Text: x.Actor}, {Text: x.Reason}})
	}
	return v
}

// triedRules says what the list that is shown does with a matter, or with words, a place
// and a category.
func (c *Counter) triedRules(r *http.Request, v *rulesPage) error {
	b, f, t := v.Base, v.Form, c.Routing.Town()
	_, d, err := c.Routing.Rules(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	k := routing.Case{Text: routing.Words(f.Get("words"), ""), Category: f.Get("category"), Channel: matters.Web, At: b.Now}
	if number := strings.TrimSpace(f.Get("number")); number != "" {
		w, err := c.Matters.Get(r.Context(), b.Actor, number)
		if err != nil {
			return err
		}
		k = routing.CaseOf(w.Matter)
	} else {
		at := f.ID("place")
		if p, ok := c.Places.Tree().Get(at); ok {
			k.Path = p.Path
		} else if city, ok := c.Places.Tree().City(); ok {
			k.Path = city.Path
		}
	}
	a := d.Rules.Ask(k, t)
	v.Said = b.T("admin.rules.try.none")
	if a.Fired {
		u, _ := c.Orgs.Directory().Unit(a.Lead)
		v.Said = b.T("admin.rules.try.fired", a.Rule.Name, u.Name)
		if a.Rule.AtOnce {
			v.Said += " " + b.T("admin.rules.try.at_once")
		}
	}
	for _, p := range a.Passed {
		v.Passed = append(v.Passed, passed{p.Rule.Name, b.T("rule.miss." + string(p.Miss))})
	}
	for i := range v.Rules {
		v.Rules[i].Hit = a.Fired && v.Rules[i].ID == a.Rule.ID
	}
	return nil
}

// rulesFile is the list that is shown as a file that can be handed in again.
func (c *Counter) rulesFile(w http.ResponseWriter, r *http.Request) error {
	_, d, err := c.Routing.Rules(r.Context(), page.Actor(r))
	if err != nil {
		return err
	}
	list, name := d.Rules, "rules.csv"
	if r.URL.Query().Get("of") == "example" {
		name = "rules-example.csv"
		if list, err = routing.Shipped(c.Routing.Town()); err != nil {
			return errs.New(errs.Conflict, "admin.rules.example.unfit")
		}
	}
	w.Header().Set("Content-Type", table.CSV.Type())
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	out, err := table.New(w, table.CSV, "rules")
	if err != nil {
		return err
	}
	head := make([]any, len(routing.Columns))
	for i, name := range routing.Columns {
		head[i] = name
	}
	if err := out.Row(head...); err != nil {
		return err
	}
	for _, x := range list {
		if err := out.Row(x.Cells(c.Routing.Town())...); err != nil {
			return err
		}
	}
	return out.Close()
}

// ruleActed does a small act on the rule that the address names.
func (c *Counter) ruleActed(do func(r *http.Request, version int, d id.ID) error) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		d, err := named(r, "rule.missing")
		if err != nil {
			return err
		}
		version := seen(f)
		if err := f.Err(); err != nil {
			return err
		}
		if err := do(r, version, d); err != nil {
			return err
		}
		return page.Done(w, r, "/admin/rules", "admin.rules.done")
	}
}

// seen is the version of the list that a form is about.
func seen(f *form.Form) int { return f.Int("version", 0, 1<<60) }

func (c *Counter) dropRules(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	version := seen(f)
	if err := f.Err(); err != nil {
		return err
	}
	if err := c.Routing.DropDraft(r.Context(), page.Actor(r), version); err != nil {
		return err
	}
	return page.Done(w, r, "/admin/rules", "admin.rules.dropped")
}
