// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

func (c *Counter) postRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/posts/{id}", guarded(c.post))
	c.task(mux, "/admin/posts/{id}/appoint", task{key: "admin.post.appoint.", form: c.appointForm, do: c.appoint})
	c.task(mux, "/admin/posts/{id}/close", task{key: "admin.post.close.", danger: true, form: c.closePostForm, do: c.closePost})
	c.task(mux, "/admin/holdings/{id}/dismiss", task{key: "admin.post.dismiss.", danger: true, form: c.dismissForm, do: c.dismiss})
	c.task(mux, "/admin/holdings/{id}/cover", task{key: "admin.post.cover.", form: c.coverForm, do: c.cover})
	c.task(mux, "/admin/holdings/{id}/uncover", task{key: "admin.post.uncover.", form: c.uncoverForm, do: c.uncover})
}

// names are the names of accounts.
func (c *Counter) names(ctx context.Context, accounts []id.ID) (names map[id.ID]string, err error) {
	slices.Sort(accounts)
	err = c.DB.Read(ctx, func(tx *sqldb.Tx) error {
		names, err = c.Access.Names(tx, slices.Compact(accounts)...)
		return err
	})
	return names, err
}

// postTable lists a unit's posts and who holds them.
func (c *Counter) postTable(r *http.Request, b page.Base, u orgs.Unit) (page.Table, error) {
	dir := c.Orgs.Directory()
	posts := dir.Posts(u.ID)
	var accounts []id.ID
	for _, p := range posts {
		for _, h := range dir.Holders(p.ID, b.Now) {
			accounts = append(accounts, h.Account)
		}
	}
	names, err := c.names(r.Context(), accounts)
	if err != nil || len(posts) == 0 {
		return page.Table{}, err
	}
	t := page.Table{Caption: b.T("admin.posts"), Hide: true, Cols: []page.Col{{Text: b.T("admin.field.title")}, {Text: b.T("admin.field.role")}, {Text: b.T("admin.field.where")}, {Text: b.T("admin.holder")}}}
	for _, p := range posts {
		who := ""
		for _, h := range dir.Holders(p.ID, b.Now) {
			if who != "" {
				who += "、"
			}
			who += names[h.Account]
		}
		if who == "" {
			who = b.T("unit.page.vacant")
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: p.Title.In(b.Lang), Href: adminPost(p)}, {Text: roleName(b, p.Role)}, {Text: c.Places.Tree().Words(p.Path, "").In(b.Lang)}, {Text: who}})
	}
	return t, nil
}

func roleName(b page.Base, role string) string {
	if access.KnownRole(role) {
		return b.T("role." + role)
	}
	return role
}

func adminPost(p orgs.Post) string { return "/admin/posts/" + p.ID.String() }

func (c *Counter) postAt(r *http.Request) (orgs.Post, error) {
	d, err := named(r, "post.none")
	if err != nil {
		return orgs.Post{}, err
	}
	p, ok := c.Orgs.Directory().Post(d)
	if !ok {
		return p, errs.New(errs.NotFound, "post.none")
	}
	return p, nil
}

const pastMost = 30 // holders before

func (c *Counter) post(w http.ResponseWriter, r *http.Request) error {
	p, err := c.postAt(r)
	if err != nil {
		return err
	}
	b, dir := page.From(r), c.Orgs.Directory()
	u, _ := dir.Unit(p.Unit)
	b.Title = p.Title.In(b.Lang)
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/units", Text: b.T("admin.to.units")}, {Href: adminUnit(u), Text: u.Name.In(b.Lang)}}
	v := recordPage{Base: b, Head: page.Head{Kicker: u.Name.In(b.Lang), Title: b.Title}}
	v.fact("admin.field.title_en", p.Title.EN)
	v.fact("admin.field.role", roleName(b, p.Role))
	v.fact("admin.field.where", c.Places.Tree().Words(p.Path, "").In(b.Lang))
	if role, ok := access.RoleOf(p.Role); ok {
		needs := page.Fact{Label: b.T("admin.needs")}
		for _, n := range role.Needs {
			needs.Lines = append(needs.Lines, b.T("need."+string(n)))
		}
		v.Facts = append(v.Facts, needs)
	}
	for _, code := range p.Categories {
		v.fact("admin.field.categories", c.Matters.Catalogue().Name(b.Lang, code))
	}
	past, err := c.Orgs.History(r.Context(), 0, p.ID, pastMost)
	if err != nil {
		return err
	}
	accounts := make([]id.ID, 0, len(past))
	for _, h := range past {
		accounts = append(accounts, h.Account)
		for _, x := range dir.Covers(h.ID, b.Now) {
			accounts = append(accounts, x.Account)
		}
	}
	names, err := c.names(r.Context(), accounts)
	if err != nil {
		return err
	}
	v.Groups = c.holdings(b, dir, past, names)
	if !p.Active {
		v.Notes = []page.Note{{Tone: page.ToneSoon, Text: b.T("post.closed", p.Title)}}
		return recorded.Show(w, r, v)
	}
	v.way(adminPost(p)+"/appoint", "admin.post.appoint.title", "user")
	v.way(adminPost(p)+"/close", "admin.post.close.title", "x")
	return recorded.Show(w, r, v)
}

// holdings are those who hold a post now or will, each with what can be done, and
// those who did.
func (c *Counter) holdings(b page.Base, dir *orgs.Directory, hs []orgs.Holding, names map[id.ID]string) []group {
	var gs []group
	before := page.Table{Caption: b.T("admin.post.before"), Cols: []page.Col{{Text: b.T("admin.holder")}, {Text: b.T("admin.field.from")}, {Text: b.T("admin.field.to")}}}
	for _, h := range hs {
		from, to := i18n.Date(b.Lang, h.From), ""
		if !h.To.IsZero() {
			to = i18n.Date(b.Lang, h.To)
		}
		if to != "" && !h.To.After(b.Now) {
			before.Rows = append(before.Rows, []page.Cell{{Text: names[h.Account], Href: "/admin/accounts/" + h.Account.String()}, {Text: from}, {Text: to}})
			continue
		}
		at := "/admin/holdings/" + h.ID.String() + "/"
		g := group{Title: names[h.Account], Table: page.Table{Caption: names[h.Account], Hide: true, Cols: []page.Col{{Text: b.T("admin.holder")}, {Text: b.T("admin.field.from")}, {Text: b.T("admin.field.to")}},
			Rows: [][]page.Cell{{{Text: names[h.Account], Href: "/admin/accounts/" + h.Account.String()}, {Text: from}, {Text: to}}}},
			Ways: []page.Link{{Href: at + "cover", Text: b.T("admin.post.cover.title"), Icon: "people"}, {Href: at + "dismiss", Text: b.T("admin.post.dismiss.title"), Icon: "x"}}}
		for _, x := range dir.Covers(h.ID, b.Now) {
			g.Table.Rows = append(g.Table.Rows, []page.Cell{{Text: b.T("admin.post.covers", names[x.Account])}, {Text: i18n.Date(b.Lang, x.From)}, {Text: i18n.Date(b.Lang, x.Until)}})
			g.Ways = append(g.Ways, page.Link{Href: at + "uncover?cover=" + x.ID.String(), Text: b.T("admin.post.uncover.title"), Icon: "return"})
		}
		gs = append(gs, g)
	}
	if gs == nil {
		gs = []group{{Title: b.T("unit.page.vacant")}}
	}
	if before.Rows != nil {
		gs = append(gs, group{Table: before})
	}
	return gs
}

// account is the one whose login was typed.
func (c *Counter) account(r *http.Request, f *form.Form, missing string) (access.Account, error) {
	login := access.Fold(f.Line("account", 80))
	if login == "" {
		f.Fault("account", missing)
		return access.Account{}, nil
	}
	found, _, err := c.Access.List(r.Context(), page.Actor(r), access.Filter{Words: login}, 0, mostFound)
	if err != nil {
		return access.Account{}, err
	}
	for _, a := range found {
		if a.Login == login {
			return a, nil
		}
	}
	f.Fault("account", "account.none")
	return access.Account{}, nil
}

// until is the end of a day that was typed, zero if none was.
func until(f *form.Form, name string) time.Time {
	t := f.Date(name)
	if t.IsZero() {
		return t
	}
	return t.AddDate(0, 0, 1)
}

func (c *Counter) appointForm(s *sheet) error {
	p, err := c.postAt(s.r)
	if err != nil {
		return err
	}
	s.title, s.back = p.Title.In(s.Lang), adminPost(p)
	s.ask("text", s.field("account", "admin.field.login").Need().Max(40).Auto("off"))
	s.ask("text", s.field("from", "admin.field.from").As("date"))
	s.ask("text", s.field("to", "admin.field.to").As("date"))
	return nil
}

func (c *Counter) appoint(r *http.Request, f *form.Form) (done, error) {
	p, err := c.postAt(r)
	if err != nil {
		return done{}, err
	}
	a, err := c.account(r, f, "holding.account.empty")
	if err != nil {
		return done{}, err
	}
	from, to := f.Date("from"), until(f, "to")
	if err := f.Err(); err != nil {
		return done{}, err
	}
	_, err = c.Orgs.Appoint(r.Context(), page.Actor(r), p.ID, a.ID, from, to)
	return done{to: adminPost(p), args: []any{a.Name, p.Title.ZH}}, err
}

func (c *Counter) closePostForm(s *sheet) error {
	p, err := c.postAt(s.r)
	s.title, s.back = p.Title.In(s.Lang), adminPost(p)
	return err
}

func (c *Counter) closePost(r *http.Request, _ *form.Form) (done, error) {
	p, err := c.postAt(r)
	if err != nil {
		return done{}, err
	}
	return done{to: "/admin/units/" + p.Unit.String(), args: []any{p.Title.ZH}}, c.Orgs.ClosePost(r.Context(), page.Actor(r), p.ID)
}

// holdingAt is the holding that the address names, and its post.
func (c *Counter) holdingAt(r *http.Request) (orgs.Holding, orgs.Post, error) {
	d, err := named(r, "holding.none")
	if err != nil {
		return orgs.Holding{}, orgs.Post{}, err
	}
	dir := c.Orgs.Directory()
	h, ok := dir.Holding(d)
	if !ok {
		return h, orgs.Post{}, errs.New(errs.NotFound, "holding.none")
	}
	p, _ := dir.Post(h.Post)
	return h, p, nil
}

// aboutHolding begins a form about somebody in a post.
func (c *Counter) aboutHolding(s *sheet) error {
	h, p, err := c.holdingAt(s.r)
	if err != nil {
		return err
	}
	names, err := c.names(s.r.Context(), []id.ID{h.Account})
	s.title, s.back = names[h.Account]+" · "+p.Title.In(s.Lang), adminPost(p)
	return err
}

func (c *Counter) dismissForm(s *sheet) error { return c.aboutHolding(s) }

func (c *Counter) dismiss(r *http.Request, _ *form.Form) (done, error) {
	h, p, err := c.holdingAt(r)
	if err != nil {
		return done{}, err
	}
	return done{to: adminPost(p), args: []any{p.Title.ZH}}, c.Orgs.Dismiss(r.Context(), page.Actor(r), h.ID)
}

func (c *Counter) coverForm(s *sheet) error {
	if err := c.aboutHolding(s); err != nil {
		return err
	}
	s.ask("text", s.field("account", "admin.field.login").Need().Max(40).Auto("off"))
	s.ask("text", s.field("from", "admin.field.from").As("date"))
	s.ask("text", s.field("until", "admin.field.until").Need().As("date"))
	return nil
}

func (c *Counter) cover(r *http.Request, f *form.Form) (done, error) {
	h, p, err := c.holdingAt(r)
	if err != nil {
		return done{}, err
	}
	a, err := c.account(r, f, "cover.account.empty")
	if err != nil {
		return done{}, err
	}
	from, to := f.Date("from"), until(f, "until")
	if err := f.Err(); err != nil {
		return done{}, err
	}
	_, err = c.Orgs.Cover(r.Context(), page.Actor(r), h.ID, a.ID, from, to)
	return done{to: adminPost(p), args: []any{a.Name, p.Title.ZH}}, err
}

func (c *Counter) uncoverForm(s *sheet) error {
	s.carry("cover", s.r.URL.Query().Get("cover"))
	return c.aboutHolding(s)
}

func (c *Counter) uncover(r *http.Request, f *form.Form) (done, error) {
	_, p, err := c.holdingAt(r)
	if err != nil {
		return done{}, err
	}
	d := f.ID("cover")
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminPost(p), args: []any{p.Title.ZH}}, c.Orgs.EndCover(r.Context(), page.Actor(r), d)
}
