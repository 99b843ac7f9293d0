// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

func (c *Counter) unitRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/units", guarded(c.units))
	c.task(mux, "/admin/units/add", task{key: "admin.unit.add.", form: c.addUnitForm, do: c.addUnit})
	mux.Handle("GET /admin/units/{id}", guarded(c.unit))
	at := "/admin/units/{id}/"
	c.task(mux, at+"rename", task{key: "admin.unit.rename.", form: c.renameUnitForm, do: c.renameUnit})
	c.task(mux, at+"move", task{key: "admin.unit.move.", form: c.moveUnitForm, do: c.moveUnit})
	c.task(mux, at+"close", task{key: "admin.unit.close.", danger: true, form: c.closeUnitForm, do: c.closeUnit})
	c.task(mux, at+"post", task{key: "admin.post.add.", form: c.addPostForm, do: c.addPost})
	c.postRoutes(mux)
}

// units is the register, of the city, of one town, or what somebody looked for.
func (c *Counter) units(w http.ResponseWriter, r *http.Request) error {
	b, q, dir := page.From(r).Titled("admin.to.units"), query(r), c.Orgs.Directory()
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	tree := c.Places.Tree()
	root, _ := tree.City()
	f := form.Of("q", q, "place", r.URL.Query().Get("place"))
	var towns []page.Option
	for _, t := range tree.Children(root.ID) {
		towns = append(towns, page.Option{Value: t.ID.String(), Text: t.Name.In(b.Lang)})
	}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.units"), Lead: b.T("admin.about.units"), Action: page.Link{Href: "/admin/units/add", Text: b.T("admin.unit.add.title"), Icon: "plus", Main: true}},
		Filter: page.Filter{Action: "/admin/units", Search: page.NewField(b.Lang, f, "q", "unit.page.find").Example(b.T("unit.page.find.example")),
			Fields: []page.Field{page.NewField(b.Lang, f, "place", "unit.page.place").Of(towns).Example(b.T("unit.page.city")).Quiet()}}}
	units := dir.Units()
	var town id.ID
	if d, err := id.Parse(f.Get("place")); err == nil {
		town = d
	}
	if q != "" {
		units = dir.Find(q, mostFound)
	}
	for _, k := range orgs.Kinds {
		var rows []page.Row
		for _, u := range units {
			if u.Kind == k && (q != "" || u.Path[scope.Town] == town) {
				rows = append(rows, page.Row{Href: adminUnit(u), Title: u.Name.In(b.Lang), Number: u.Key, Meta: []string{tree.Words(u.Path, "").In(b.Lang), u.Phone}})
			}
		}
		if rows != nil {
			v.Groups = append(v.Groups, group{Title: b.T("unit.kind." + string(k)), Rows: rows})
		}
	}
	if v.Groups == nil {
		v.Empty = page.Empty{Icon: "unit", Title: b.T("unit.page.empty"), Text: b.T("unit.page.empty.text")}
	}
	return recorded.Show(w, r, v)
}

func adminUnit(u orgs.Unit) string { return "/admin/units/" + u.ID.String() }

func (c *Counter) unitAt(r *http.Request) (orgs.Unit, error) {
	d, err := named(r, "unit.none")
	if err != nil {
		return orgs.Unit{}, err
	}
	u, ok := c.Orgs.Directory().Unit(d)
	if !ok {
		return u, errs.New(errs.NotFound, "unit.none")
	}
	return u, nil
}

func (c *Counter) unit(w http.ResponseWriter, r *http.Request) error {
	u, err := c.unitAt(r)
	if err != nil {
		return err
	}
	b, dir := page.From(r), c.Orgs.Directory()
	b.Title = u.Name.In(b.Lang)
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/units", Text: b.T("admin.to.units")}}
	v := recordPage{Base: b, Head: page.Head{Kicker: b.T("unit.kind." + string(u.Kind)), Title: b.Title, Action: page.Link{Href: "/units/" + u.ID.String(), Text: b.T("admin.public"), Icon: "eye"}}}
	v.fact("admin.field.name_en", u.Name.EN)
	v.fact("admin.field.key", u.Key)
	v.fact("admin.field.code", u.Code)
	v.fact("admin.field.place", c.Places.Tree().Words(u.Path, "").In(b.Lang))
	if up, ok := dir.Unit(u.Parent); ok {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("admin.field.parent"), Value: up.Name.In(b.Lang), Href: adminUnit(up)})
	}
	v.fact("admin.field.phone", u.Phone)
	v.fact("admin.field.address", u.Address)
	v.fact("admin.field.hours", u.Hours.In(b.Lang))
	posts, err := c.postTable(r, b, u)
	if err != nil {
		return err
	}
	v.Groups = []group{{Title: b.T("admin.posts"), Table: posts}}
	if !u.Active {
		v.Notes = []page.Note{{Tone: page.ToneSoon, Text: b.T("unit.page.closed")}}
		return recorded.Show(w, r, v)
	}
	at := adminUnit(u) + "/"
	v.Groups[0].Ways = []page.Link{{Href: at + "post", Text: b.T("admin.post.add.title"), Icon: "plus"}}
	v.way(at+"rename", "admin.unit.rename.title", "edit")
	v.way(at+"move", "admin.unit.move.title", "phone")
	v.way("/admin/units/add?parent="+u.ID.String(), "admin.unit.below", "plus")
	v.way("/admin/accounts?unit="+u.ID.String(), "admin.unit.people", "people")
	v.way("/admin/calendars/"+u.ID.String(), "admin.unit.calendar", "calendar")
	v.way(at+"close", "admin.unit.close.title", "x")
	if rows := c.unitRows(b, dir.Children(u.ID)); rows != nil {
		v.Groups = append(v.Groups, group{Title: b.T("unit.page.below"), Rows: rows})
	}
	return recorded.Show(w, r, v)
}

func (c *Counter) unitRows(b page.Base, us []orgs.Unit) []page.Row {
	var rows []page.Row
	for _, u := range us {
		rows = append(rows, page.Row{Href: adminUnit(u), Title: u.Name.In(b.Lang), Number: u.Key, Meta: []string{b.T("unit.kind." + string(u.Kind))}})
	}
	return rows
}

// placeOptions are the places at and below one, down to a level, by town.
func (c *Counter) placeOptions(b page.Base, top id.ID, deepest scope.Level) []page.Option {
	tree := c.Places.Tree()
	at, ok := tree.Get(top)
	if !ok {
		return nil
	}
	var os []page.Option
	var walk func(p places.Place, in string, depth int)
	walk = func(p places.Place, in string, depth int) {
		if p.Kind.Level() > deepest {
			return
		}
		name := p.Name.In(b.Lang)
		if p.Kind == places.Town {
			in, depth = name, 0
		}
		os = append(os, page.Option{Value: p.ID.String(), Text: strings.Repeat("　", depth) + name, Group: in})
		for _, x := range tree.Children(p.ID) {
			walk(x, in, depth+1)
		}
	}
	walk(at, "", 0)
	return os
}

// pathOf is the path of the place chosen in a field.
func (c *Counter) pathOf(f *form.Form, name string) scope.Path {
	d := f.ID(name)
	p, ok := c.Places.Tree().Get(d)
	if !ok && f.At(name) == nil {
		f.Fault(name, "form.id")
	}
	return p.Path
}

func (c *Counter) addUnitForm(s *sheet) error {
	s.back = "/admin/units"
	root, _ := c.Places.Tree().City()
	place, parent := root.ID.String(), s.r.URL.Query().Get("parent")
	if d, err := id.Parse(parent); err == nil {
		if u, ok := c.Orgs.Directory().Unit(d); ok {
			at, _ := u.Path.Last()
			s.title, s.back, place = u.Name.In(s.Lang), adminUnit(u), at.String()
		}
	}
	s.carry("parent", parent)
	s.ask("select", s.field("kind", "admin.field.kind").Need().Of(options(orgs.Kinds, func(k orgs.Kind) string { return s.T("unit.kind." + string(k)) })))
	s.ask("text", s.field("name_zh", "admin.field.name").Need().Max(60))
	s.ask("text", s.field("name_en", "admin.field.name_en").Max(160))
	s.ask("select", s.field("place", "admin.field.place").Need().Of(c.placeOptions(s.Base, root.ID, scope.Village)).From(place))
	s.ask("text", s.field("key", "admin.field.key").Max(40))
	s.ask("text", s.field("code", "admin.field.code").Max(40))
	s.askReach(orgs.Unit{})
	return nil
}

func (s *sheet) askReach(u orgs.Unit) {
	s.ask("text", s.field("phone", "admin.field.phone").As("tel").Auto("off").Max(40).From(u.Phone))
	s.ask("text", s.field("address", "admin.field.address").Max(120).From(u.Address))
	s.ask("text", s.field("hours_zh", "admin.field.hours").Max(120).From(u.Hours.ZH))
	s.ask("text", s.field("hours_en", "admin.field.hours_en").Max(120).From(u.Hours.EN))
}

func (c *Counter) addUnit(r *http.Request, f *form.Form) (done, error) {
	in := orgs.NewUnit{Kind: orgs.Kind(f.Line("kind", 20)), Key: f.Line("key", 60), Code: f.Line("code", 60), Name: words(f, "name_zh", "name_en", 200), Parent: f.ID("parent"),
		Path: c.pathOf(f, "place"), Phone: f.Line("phone", 60), Address: f.Line("address", 200), Hours: words(f, "hours_zh", "hours_en", 200)}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	u, err := c.Orgs.AddUnit(r.Context(), page.Actor(r), in)
	return done{to: "/admin/units/" + u.String(), args: []any{in.Name.ZH}}, err
}

// aboutUnit begins a form about a unit.
func (c *Counter) aboutUnit(s *sheet) (orgs.Unit, error) {
	u, err := c.unitAt(s.r)
	if err != nil {
		return u, err
	}
	s.title, s.back = u.Name.In(s.Lang), adminUnit(u)
	s.carry("version", strconv.FormatInt(u.Version, 10))
	return u, nil
}

func (c *Counter) renameUnitForm(s *sheet) error {
	u, err := c.aboutUnit(s)
	if err != nil {
		return err
	}
	s.ask("text", s.field("name_zh", "admin.field.name").Need().Max(60).From(u.Name.ZH))
	s.ask("text", s.field("name_en", "admin.field.name_en").Max(160).From(u.Name.EN))
	return nil
}

func (c *Counter) renameUnit(r *http.Request, f *form.Form) (done, error) {
	u, err := c.unitAt(r)
	if err != nil {
		return done{}, err
	}
	name, v := words(f, "name_zh", "name_en", 200), version(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminUnit(u), args: []any{u.Name.ZH, name.ZH}}, c.Orgs.RenameUnit(r.Context(), page.Actor(r), u.ID, v, name)
}

func (c *Counter) moveUnitForm(s *sheet) error {
	u, err := c.aboutUnit(s)
	if err != nil {
		return err
	}
	s.askReach(u)
	return nil
}

func (c *Counter) moveUnit(r *http.Request, f *form.Form) (done, error) {
	u, err := c.unitAt(r)
	if err != nil {
		return done{}, err
	}
	to, v := orgs.Reach{Phone: f.Line("phone", 60), Address: f.Line("address", 200), Hours: words(f, "hours_zh", "hours_en", 200)}, version(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminUnit(u), args: []any{u.Name.ZH}}, c.Orgs.MoveUnit(r.Context(), page.Actor(r), u.ID, v, to)
}

func (c *Counter) closeUnitForm(s *sheet) error {
	_, err := c.aboutUnit(s)
	return err
}

func (c *Counter) closeUnit(r *http.Request, f *form.Form) (done, error) {
	u, err := c.unitAt(r)
	if err != nil {
		return done{}, err
	}
	v := version(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminUnit(u), args: []any{u.Name.ZH}}, c.Orgs.CloseUnit(r.Context(), page.Actor(r), u.ID, v)
}

func (c *Counter) addPostForm(s *sheet) error {
	u, err := c.aboutUnit(s)
	if err != nil {
		return err
	}
	s.ask("text", s.field("title_zh", "admin.field.title").Need().Max(60))
	s.ask("text", s.field("title_en", "admin.field.title_en").Max(160))
	var roles []page.Option
	for _, role := range access.Roles {
		roles = append(roles, page.Option{Value: role.Key, Text: s.T("role." + role.Key), Help: s.T("role." + role.Key + ".what")})
	}
	s.ask("radios", s.field("role", "admin.field.role").Need().Of(roles))
	at, level := u.Path.Last()
	deepest := scope.Grid
	if level == scope.City {
		deepest = scope.Village
	}
	s.ask("select", s.field("place", "admin.field.where").Need().Of(c.placeOptions(s.Base, at, deepest)).From(at.String()))
	s.ask("boxes", s.field("categories", "admin.field.categories").Of(c.categoryOptions(s.Base)))
	return nil
}

func (c *Counter) addPost(r *http.Request, f *form.Form) (done, error) {
	u, err := c.unitAt(r)
	if err != nil {
		return done{}, err
	}
	in := orgs.NewPost{Unit: u.ID, Title: i18n.Text{ZH: f.Line("title_zh", 200), EN: f.Line("title_en", 200)}, Role: f.Line("role", 40), Path: c.pathOf(f, "place")}
	for _, code := range f.All("categories") {
		if _, ok := c.Matters.Catalogue().Get(code); !ok {
			f.Fault("categories", "form.choice")
		}
		in.Categories = append(in.Categories, code)
	}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	p, err := c.Orgs.AddPost(r.Context(), page.Actor(r), in)
	return done{to: "/admin/posts/" + p.String(), args: []any{in.Title.ZH}}, err
}

func (c *Counter) categoryOptions(b page.Base) []page.Option {
	cat := c.Matters.Catalogue()
	var os []page.Option
	for _, g := range cat.Groups {
		for _, k := range cat.In(g.Code) {
			os = append(os, page.Option{Value: k.Code, Text: k.Name.In(b.Lang), Group: g.Name.In(b.Lang)})
		}
	}
	return os
}
