// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"net/url"
	"strconv"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

func (c *Counter) accountRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/accounts", guarded(c.accounts))
	c.task(mux, "/admin/accounts/add", task{key: "admin.account.add.", form: c.addAccountForm, do: c.addAccount})
	mux.Handle("GET /admin/accounts/{id}", guarded(c.showAccount))
	at := "/admin/accounts/{id}/"
	by := c.Access
	c.task(mux, at+"rename", task{key: "admin.account.rename.", form: c.renameAccountForm, do: c.renameAccount})
	c.task(mux, at+"password", task{key: "admin.account.password.", form: c.passwordForm, do: c.setPassword})
	c.task(mux, at+"second", task{key: "admin.account.second.", danger: true, form: c.aboutAccount, do: c.accountAct(func(r *http.Request, a id.ID) error {
		return by.ResetSecond(r.Context(), page.Actor(r), a)
	})})
	c.task(mux, at+"revoke", task{key: "admin.account.revoke.", form: c.aboutAccount, do: c.accountAct(func(r *http.Request, a id.ID) error {
		return by.RevokeAll(r.Context(), page.Actor(r), a, 0)
	})})
	c.task(mux, at+"disable", task{key: "admin.account.disable.", danger: true, form: c.aboutAccount, do: c.accountAct(func(r *http.Request, a id.ID) error {
		return by.Disable(r.Context(), page.Actor(r), a)
	})})
	c.task(mux, at+"enable", task{key: "admin.account.enable.", form: c.aboutAccount, do: c.accountAct(func(r *http.Request, a id.ID) error {
		return by.Enable(r.Context(), page.Actor(r), a)
	})})
}

const perPage = 50

// accounts lists who can sign in.
func (c *Counter) accounts(w http.ResponseWriter, r *http.Request) error {
	b, q := page.From(r).Titled("admin.to.accounts"), query(r)
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	f := access.Filter{Words: q}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.accounts"), Lead: b.T("admin.about.accounts"), Action: page.Link{Href: "/admin/accounts/add", Text: b.T("admin.account.add.title"), Icon: "plus", Main: true}},
		Filter: page.Filter{Action: "/admin/accounts", Search: page.NewField(b.Lang, form.Of("q", q), "q", "admin.account.find").Example(b.T("admin.account.find.example"))}}
	at := url.Values{}
	if d, err := id.Parse(r.URL.Query().Get("unit")); err == nil {
		if u, ok := c.Orgs.Directory().Unit(d); ok {
			f.Unit = d
			at.Set("unit", d.String())
			v.Filter.Hidden = []page.Hidden{{Name: "unit", Value: d.String()}}
			v.Filter.Chips = []page.Chip{{Text: u.Name.In(b.Lang), Without: "/admin/accounts?q=" + url.QueryEscape(q)}}
		}
	}
	if q != "" {
		at.Set("q", q)
	}
	offset, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || offset < 0 {
		offset = 0
	}
	list, total, err := c.Access.List(r.Context(), b.Actor, f, offset, perPage)
	if err != nil {
		return err
	}
	var rows []page.Row
	for _, a := range list {
		rows = append(rows, c.accountRow(b, a))
	}
	v.Filter.Count = b.T("admin.account.count", total)
	if rows == nil {
		v.Empty = page.Empty{Icon: "user", Title: b.T("admin.account.empty"), Text: b.T("admin.account.empty.text")}
	} else {
		v.Groups = []group{{Rows: rows}}
	}
	turn := func(from int) string {
		at.Set("from", strconv.Itoa(from))
		return "/admin/accounts?" + at.Encode()
	}
	if offset > 0 {
		v.Pager.Newer = turn(max(0, offset-perPage))
	}
	if offset+perPage < total {
		v.Pager.Older = turn(offset + perPage)
	}
	return recorded.Show(w, r, v)
}

func (c *Counter) accountRow(b page.Base, a access.Account) page.Row {
	row := page.Row{Href: "/admin/accounts/" + a.ID.String(), Title: a.Name, Number: a.Login}
	for _, h := range c.Orgs.Directory().HeldBy(a.ID, b.Now) {
		row.Meta = append(row.Meta, h.Unit.Name.In(b.Lang)+" · "+h.Post.Title.In(b.Lang))
	}
	row.Pill = page.Pill{Text: b.T("admin.account.active"), Tone: page.ToneDone}
	if a.Disabled {
		row.Pill = page.Pill{Text: b.T("admin.account.disabled"), Tone: page.ToneQuiet}
	}
	return row
}

func (c *Counter) accountAt(r *http.Request) (access.Account, error) {
	d, err := named(r, "account.none")
	if err != nil {
		return access.Account{}, err
	}
	return c.Access.Get(r.Context(), d)
}

func (c *Counter) showAccount(w http.ResponseWriter, r *http.Request) error {
	a, err := c.accountAt(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	b.Title = a.Name
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/accounts", Text: b.T("admin.to.accounts")}}
	v := recordPage{Base: b, Head: page.Head{Kicker: a.Login, Title: a.Name}}
	yes := func(is bool) string {
		if is {
			return b.T("admin.yes")
		}
		return b.T("admin.no")
	}
	v.fact("admin.account.has_password", yes(a.HasPassword()))
	v.fact("admin.account.has_second", yes(a.SecondFactor))
	v.fact("admin.account.must_change", yes(a.MustChange))
	v.fact("admin.account.since", i18n.Date(b.Lang, a.CreatedAt))
	why, err := c.Access.Why(r.Context(), b.Actor, a.ID)
	if err != nil {
		return err
	}
	if v.Groups = c.reasons(b, why); v.Groups == nil {
		v.Empty = page.Empty{Icon: "user", Title: b.T("admin.account.no_post"), Text: b.T("admin.account.no_post.text"), Action: page.Link{Href: "/admin/units", Text: b.T("admin.to.units")}}
	}
	at := "/admin/accounts/" + a.ID.String() + "/"
	v.way(at+"rename", "admin.account.rename.title", "edit")
	v.way(at+"password", "admin.account.password.title", "lock")
	if a.SecondFactor {
		v.way(at+"second", "admin.account.second.title", "phone")
	}
	if c.Chats {
		v.way(at+"mailbox", "admin.account.mailbox", "mail")
	}
	v.way(at+"revoke", "admin.account.revoke.title", "return")
	if a.Disabled {
		v.Notes = []page.Note{{Tone: page.ToneSoon, Text: b.T("admin.account.disabled.note")}}
		v.way(at+"enable", "admin.account.enable.title", "check")
	} else {
		v.way(at+"disable", "admin.account.disable.title", "x")
	}
	return recorded.Show(w, r, v)
}

// reasons say for each post why the account may do what.
func (c *Counter) reasons(b page.Base, why []access.Reason) []group {
	var gs []group
	for _, x := range why {
		post := x.Unit.Name.In(b.Lang) + " · " + x.Post.Title.In(b.Lang)
		t := page.Table{Caption: b.T("admin.account.why", post), Cols: []page.Col{{Text: b.T("admin.needs")}, {Text: b.T("admin.field.where")}, {Text: b.T("admin.field.to")}}}
		until := ""
		if !x.Until.IsZero() {
			until = i18n.Date(b.Lang, x.Until)
		}
		if x.Covering != "" {
			t.Caption = b.T("admin.account.covering", post, x.Covering)
		}
		where := c.Places.Tree().Words(x.Post.Path, "").In(b.Lang)
		for _, n := range x.Role.Needs {
			t.Rows = append(t.Rows, []page.Cell{{Text: b.T("need." + string(n))}, {Text: where}, {Text: until}})
		}
		gs = append(gs, group{Table: t, Ways: []page.Link{{Href: adminPost(x.Post), Text: b.T("admin.account.post"), Icon: "edit"}}})
	}
	return gs
}

func (c *Counter) addAccountForm(s *sheet) error {
	s.back = "/admin/accounts"
	s.ask("text", s.field("login", "admin.field.login").Need().Max(40).Auto("off"))
	s.ask("text", s.field("name", "admin.field.person").Need().Max(40).Auto("off"))
	s.ask("text", s.field("password", "admin.field.password").As("password").Auto("new-password"))
	return nil
}

func (c *Counter) addAccount(r *http.Request, f *form.Form) (done, error) {
	in := access.NewAccount{Login: f.Line("login", 80), Name: f.Line("name", 80), Password: f.Secret("password", 4*access.MaxPassword), MustChange: true}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	a, err := c.Access.CreateAccount(r.Context(), page.Actor(r), in)
	return done{to: "/admin/accounts/" + a.String(), args: []any{in.Name}}, err
}

// aboutAccount begins a form about an account.
func (c *Counter) aboutAccount(s *sheet) error {
	a, err := c.accountAt(s.r)
	s.title, s.back = a.Name+" · "+a.Login, "/admin/accounts/"+a.ID.String()
	return err
}

// accountAct does something to the account that the address names.
func (c *Counter) accountAct(do func(r *http.Request, a id.ID) error) func(*http.Request, *form.Form) (done, error) {
	return func(r *http.Request, _ *form.Form) (done, error) {
		a, err := c.accountAt(r)
		if err != nil {
			return done{}, err
		}
		return done{to: "/admin/accounts/" + a.ID.String(), args: []any{a.Name}}, do(r, a.ID)
	}
}

func (c *Counter) renameAccountForm(s *sheet) error {
	a, err := c.accountAt(s.r)
	if err != nil {
		return err
	}
	s.ask("text", s.field("name", "admin.field.person").Need().Max(40).From(a.Name))
	return c.aboutAccount(s)
}

func (c *Counter) renameAccount(r *http.Request, f *form.Form) (done, error) {
	a, err := c.accountAt(r)
	if err != nil {
		return done{}, err
	}
	name := f.Line("name", 80)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: "/admin/accounts/" + a.ID.String(), args: []any{a.Name, name}}, c.Access.Rename(r.Context(), page.Actor(r), a.ID, name)
}

func (c *Counter) passwordForm(s *sheet) error {
	s.ask("text", s.field("password", "admin.field.password").Need().As("password").Auto("new-password"))
	return c.aboutAccount(s)
}

func (c *Counter) setPassword(r *http.Request, f *form.Form) (done, error) {
	a, err := c.accountAt(r)
	if err != nil {
		return done{}, err
	}
	fresh := f.Secret("password", 4*access.MaxPassword)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: "/admin/accounts/" + a.ID.String(), args: []any{a.Name}}, c.Access.ResetPassword(r.Context(), page.Actor(r), a.ID, fresh)
}
