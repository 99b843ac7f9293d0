// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"slices"
	"strconv"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// templateActs are the acts for which replies are prepared.
var templateActs = []matters.Act{matters.Decline, matters.Ask, matters.Handle, matters.Close, matters.SendBack}

// templates lists the prepared replies by what they are for.
func (c *Counter) templates(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("admin.to.templates")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.templates"), Lead: b.T("admin.about.templates"), Action: page.Link{Href: "/admin/templates/add", Text: b.T("admin.template.add.title"), Icon: "plus", Main: true}}}
	ts, err := c.Matters.Templates(r.Context())
	if err != nil {
		return err
	}
	for _, act := range templateActs {
		var rows []page.Row
		for _, t := range ts {
			if t.Act != act {
				continue
			}
			row := page.Row{Href: "/admin/templates/" + t.ID.String(), Title: t.Name, Meta: []string{t.Words}}
			if t.Category != "" {
				row.Tags = []string{c.Matters.Catalogue().Name(b.Lang, t.Category)}
			}
			if !t.Active {
				row.Pill = page.Pill{Text: b.T("admin.category.off"), Tone: page.ToneQuiet}
			}
			rows = append(rows, row)
		}
		if rows != nil {
			v.Groups = append(v.Groups, group{Title: b.T("matter.act." + string(act)), Rows: rows})
		}
	}
	if v.Groups == nil {
		v.Empty = page.Empty{Icon: "document", Title: b.T("admin.template.none"), Text: b.T("admin.template.none.text")}
	}
	return recorded.Show(w, r, v)
}

// templateOf is the reply that the address names; a new one if it names none.
func (c *Counter) templateOf(r *http.Request) (matters.Template, error) {
	if r.PathValue("id") == "" {
		return matters.Template{Active: true}, nil
	}
	d, err := named(r, "admin.template.missing")
	if err != nil {
		return matters.Template{}, err
	}
	ts, err := c.Matters.Templates(r.Context())
	if err != nil {
		return matters.Template{}, err
	}
	i := slices.IndexFunc(ts, func(t matters.Template) bool { return t.ID == d })
	if i < 0 {
		return matters.Template{}, errs.New(errs.NotFound, "admin.template.missing")
	}
	return ts[i], nil
}

func (c *Counter) templateForm(s *sheet) error {
	t, err := c.templateOf(s.r)
	if err != nil {
		return err
	}
	s.title, s.back = t.Name, "/admin/templates"
	s.carry("version", strconv.Itoa(t.Version))
	s.ask("select", s.field("act", "admin.template.act").Need().Of(options(templateActs, func(a matters.Act) string { return s.T("matter.act." + string(a)) })).From(string(t.Act)))
	s.ask("select", s.field("category", "admin.template.category").Of(c.categoryOptions(s.Base)).Example(s.T("admin.template.any")).From(t.Category))
	s.ask("text", s.field("name", "admin.template.name").Need().Max(60).From(t.Name))
	s.ask("area", s.field("words", "admin.template.words").Need().Max(matters.MaxWords).Rows(6).From(t.Words))
	s.box("active", "admin.category.active", t.Active)
	return nil
}

func (c *Counter) setTemplate(r *http.Request, f *form.Form) (done, error) {
	t, err := c.templateOf(r)
	if err != nil {
		return done{}, err
	}
	t.Act, t.Category, t.Name = matters.Act(f.Line("act", 20)), f.Line("category", 40), f.Line("name", 120)
	t.Words, t.Active, t.Version = f.Text("words", matters.MaxWords), f.Bool("active"), f.Int("version", 0, 1<<30)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: "/admin/templates", args: []any{t.Name}}, c.Matters.SetTemplate(r.Context(), page.Actor(r), t)
}
