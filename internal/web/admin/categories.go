// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

func (c *Counter) categoryRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/categories", guarded(c.categories))
	c.task(mux, "/admin/categories/add", task{key: "admin.category.add.", form: c.categoryForm, do: c.setCategory})
	c.task(mux, "/admin/categories/{code}", task{key: "admin.category.edit.", form: c.categoryForm, do: c.setCategory})
	mux.Handle("POST /admin/categories/{code}/active", guarded(c.switchCategory))
	mux.Handle("GET /admin/templates", guarded(c.templates))
	c.task(mux, "/admin/templates/add", task{key: "admin.template.add.", form: c.templateForm, do: c.setTemplate})
	c.task(mux, "/admin/templates/{id}", task{key: "admin.template.edit.", form: c.templateForm, do: c.setTemplate})
}

// categories lists every category by its group, those not in use too.
func (c *Counter) categories(w http.ResponseWriter, r *http.Request) error {
	b, cat := page.From(r).Titled("admin.to.categories"), c.Matters.Catalogue()
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.categories"), Lead: b.T("admin.about.categories"), Action: page.Link{Href: "/admin/categories/add", Text: b.T("admin.category.add.title"), Icon: "plus", Main: true}}}
	for _, g := range cat.Groups {
		var rows []page.Row
		for _, k := range cat.Categories {
			if k.Group != g.Code {
				continue
			}
			row := page.Row{Href: "/admin/categories/" + k.Code, Title: k.Name.In(b.Lang), Number: k.Number, Meta: []string{b.T("admin.category.handle", k.Limits.Handle.Say(b.Lang)), k.Unit}}
			if !k.Active {
				row.Pill = page.Pill{Text: b.T("admin.category.off"), Tone: page.ToneQuiet}
			}
			rows = append(rows, row)
		}
		if rows != nil {
			v.Groups = append(v.Groups, group{Title: g.Name.In(b.Lang), Rows: rows})
		}
	}
	return recorded.Show(w, r, v)
}

// switchCategory takes a category into use or out of it, which can be undone.
func (c *Counter) switchCategory(w http.ResponseWriter, r *http.Request) error {
	k, ok := c.Matters.Catalogue().Get(r.PathValue("code"))
	if !ok {
		return errs.New(errs.NotFound, "matter.category.unknown")
	}
	k.Active = !k.Active
	if err := c.Matters.SetCategory(r.Context(), page.Actor(r), k); err != nil {
		return err
	}
	said := "admin.category.switched.off"
	if k.Active {
		said = "admin.category.switched.on"
	}
	return page.Undoable(w, r, "/admin/categories", "/admin/categories/"+k.Code+"/active", said, k.Name.ZH)
}

// The choices of a category's fields.
var (
	categoryKinds = []string{"part", "event", "request"}
	photoChoices  = []string{"asked", "optional", "none"}
	questionTypes = []string{"text", "choice", "number", "date", "yesno"}
)

const (
	maxQuestions = 8
	spare        = 2 // empty rows for further questions
)

// categoryOf is the category that the address names; a new one if it names none.
func (c *Counter) categoryOf(r *http.Request) (matters.Category, error) {
	code := r.PathValue("code")
	if code == "" {
		return matters.Category{Active: true, Public: true, Kind: "event", Photo: "optional",
			Limits: matters.Limits{StageLimits: c.Matters.Timing().Usual}}, nil
	}
	k, ok := c.Matters.Catalogue().Get(code)
	if !ok {
		return k, errs.New(errs.NotFound, "matter.category.unknown")
	}
	return k, nil
}

func (c *Counter) categoryForm(s *sheet) error {
	k, err := c.categoryOf(s.r)
	if err != nil {
		return err
	}
	s.back, s.title = "/admin/categories", k.Name.In(s.Lang)
	s.carry("version", strconv.Itoa(k.Version))
	text := func(name, key, value string, most int) { s.ask("text", s.field(name, key).Max(most).From(value)) }
	if k.Code == "" {
		s.ask("text", s.field("code", "admin.category.code").Need().Max(40))
	}
	cat := c.Matters.Catalogue()
	var groups []page.Option
	for _, g := range cat.Groups {
		groups = append(groups, page.Option{Value: g.Code, Text: g.Name.In(s.Lang)})
	}
	s.ask("text", s.field("name", "admin.field.name").Need().Max(40).From(k.Name.ZH))
	s.ask("text", s.field("name_en", "admin.field.name_en").Need().Max(80).From(k.Name.EN))
	s.ask("select", s.field("group", "admin.category.group").Need().Of(groups).From(k.Group))
	s.ask("select", s.field("kind", "admin.category.kind").Need().Of(options(categoryKinds, func(x string) string { return s.T("admin.category.kind." + x) })).From(k.Kind))
	text("number", "admin.category.number", k.Number, 20)
	text("hint", "admin.category.hint", k.Hint.ZH, 120)
	text("hint_en", "admin.category.hint_en", k.Hint.EN, 240)
	s.ask("select", s.field("icon", "admin.category.icon").Of(options(static.Icons(), func(x string) string { return x })).From(k.Icon))
	s.ask("area", s.field("words", "admin.category.words").Rows(4).Max(2000).From(strings.Join(k.Words, "\n")))
	s.box("active", "admin.category.active", k.Active)
	s.box("public", "admin.category.public", k.Public)
	s.box("urgent", "admin.category.urgent", k.Urgent)
	s.ask("select", s.field("photo", "admin.category.photo").Need().Of(options(photoChoices, func(x string) string { return s.T("admin.category.photo." + x) })).From(k.Photo))
	s.ask("select", s.field("unit", "admin.category.unit").Of(c.keyOptions(s.Base)).From(k.Unit))
	s.heading(s.T("admin.category.limits"))
	s.askLimits("limit_", "", k.Limits.StageLimits)
	urgent := matters.StageLimits{}
	if k.Limits.Urgent != nil {
		urgent = *k.Limits.Urgent
	}
	s.askLimits("urgent_", ".urgent", urgent)
	s.heading(s.T("admin.category.conditions"))
	area := func(name, key, value string) { s.ask("area", s.field(name, key).Rows(2).Max(500).From(value)) }
	area("filing", "admin.category.filing", k.Filing.ZH)
	area("filing_en", "admin.category.filing_en", k.Filing.EN)
	area("closing", "admin.category.closing", k.Closing.ZH)
	area("closing_en", "admin.category.closing_en", k.Closing.EN)
	askQuestions(s, k)
	askStopper(s, k.Stopper)
	return nil
}

// box asks yes or no, ticked as the record has it until the form is sent.
func (s *sheet) box(name, key string, on bool) {
	d := s.field(name, key)
	if s.Form == nil && on {
		d = d.From("1")
	}
	s.ask("box", d)
}

// keyOptions are what units are for, each with the first unit of that key.
func (c *Counter) keyOptions(b page.Base) []page.Option {
	var os []page.Option
	for _, u := range c.Orgs.Directory().Units() {
		if u.Key != "" && !slices.ContainsFunc(os, func(o page.Option) bool { return o.Value == u.Key }) {
			such := b.T("admin.category.such_as", u.Name.In(b.Lang))
			os = append(os, page.Option{Value: u.Key, Text: u.Key + " · " + such})
		}
	}
	slices.SortFunc(os, func(x, y page.Option) int { return strings.Compare(x.Value, y.Value) })
	return os
}

func (c *Counter) setCategory(r *http.Request, f *form.Form) (done, error) {
	k, err := c.categoryOf(r)
	if err != nil {
		return done{}, err
	}
	if k.Code == "" {
		k.Code = f.Line("code", 60)
		if _, taken := c.Matters.Catalogue().Get(k.Code); taken {
			f.Fault("code", "admin.category.code.taken", k.Code)
		}
	}
	k.Version = f.Int("version", 0, 1<<30)
	k.Name, k.Hint = words(f, "name", "name_en", 80), words(f, "hint", "hint_en", 240)
	k.Group, k.Kind, k.Number = f.Line("group", 40), f.Choice("kind", categoryKinds...), f.Line("number", 20)
	k.Icon, k.Photo, k.Unit = f.Choice("icon", static.Icons()...), f.Choice("photo", photoChoices...), f.Line("unit", 40)
	k.Words = strings.FieldsFunc(f.Text("words", 2000), func(c rune) bool { return c == '\n' || c == ',' || c == '，' || c == '、' })
	k.Active, k.Public, k.Urgent = f.Bool("active"), f.Bool("public"), f.Bool("urgent")
	k.Limits.StageLimits = readLimits(f, "limit_")
	k.Limits.Urgent = nil
	if u := readLimits(f, "urgent_"); u != (matters.StageLimits{}) {
		k.Limits.Urgent = &u
	}
	k.Filing.ZH, k.Filing.EN, k.Closing.ZH, k.Closing.EN = f.Text("filing", 500), f.Text("filing_en", 500), f.Text("closing", 500), f.Text("closing_en", 500)
	k.Questions = readQuestions(f)
	k.Stopper = readStopper(f, k.Questions)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: "/admin/categories", args: []any{k.Name.ZH}}, c.Matters.SetCategory(r.Context(), page.Actor(r), k)
}
