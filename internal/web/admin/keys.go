// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

func (c *Counter) keyRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/keys", guarded(c.keys))
	c.task(mux, "/admin/keys/add", task{key: "admin.key.add.", form: c.addKeyForm, do: c.addKey})
	mux.Handle("GET /admin/keys/{id}", guarded(c.key))
	c.task(mux, "/admin/keys/{id}/revoke", task{key: "admin.key.revoke.", danger: true, form: c.aboutKey, do: c.revokeKey})
}

// keys lists the keys of other programs.
func (c *Counter) keys(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("admin.to.keys")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.keys"), Lead: b.T("admin.about.keys"), Action: page.Link{Href: "/admin/keys/add", Text: b.T("admin.key.add.title"), Icon: "plus", Main: true}}}
	ks, err := c.Access.ListKeys(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	if c.DemoKey != "" {
		v.Notes, v.Secret = []page.Note{{Tone: page.ToneQuiet, Text: b.T("admin.key.demo")}}, c.DemoKey
	}
	var rows []page.Row
	for _, k := range ks {
		rows = append(rows, c.keyRow(b, k))
	}
	if rows == nil {
		v.Empty = page.Empty{Icon: "lock", Title: b.T("admin.key.empty"), Text: b.T("admin.key.empty.text")}
	} else {
		v.Groups = []group{{Rows: rows}}
	}
	return recorded.Show(w, r, v)
}

func (c *Counter) keyRow(b page.Base, k access.APIKey) page.Row {
	row := page.Row{Href: adminKey(k), Title: k.Name, Number: k.Hint + "…", Meta: []string{usedOn(b, k)}, Pill: keyPill(b, k)}
	for _, s := range k.Scopes {
		row.Tags = append(row.Tags, b.T("key.scope."+string(s)))
	}
	return row
}

func adminKey(k access.APIKey) string { return "/admin/keys/" + k.ID.String() }

func keyPill(b page.Base, k access.APIKey) page.Pill {
	switch {
	case !k.RevokedAt.IsZero():
		return page.Pill{Text: b.T("admin.key.revoked"), Tone: page.ToneQuiet}
	case !k.Good(b.Now):
		return page.Pill{Text: b.T("admin.key.over"), Tone: page.ToneSoon}
	}
	return page.Pill{Text: b.T("admin.account.active"), Tone: page.ToneDone}
}

func usedOn(b page.Base, k access.APIKey) string {
	if k.UsedOn.IsZero() {
		return b.T("admin.key.unused")
	}
	return b.T("admin.key.used", i18n.Date(b.Lang, k.UsedOn))
}

func (c *Counter) keyAt(r *http.Request) (access.APIKey, error) {
	d, err := named(r, "key.none")
	if err != nil {
		return access.APIKey{}, err
	}
	return c.Access.Key(r.Context(), page.Actor(r), d)
}

func (c *Counter) key(w http.ResponseWriter, r *http.Request) error {
	k, err := c.keyAt(r)
	if err != nil {
		return err
	}
	v, err := c.keyPage(page.From(r), r, k)
	if err != nil {
		return err
	}
	return recorded.Show(w, r, v)
}

// keyPage is what is known of a key.
func (c *Counter) keyPage(b page.Base, r *http.Request, k access.APIKey) (recordPage, error) {
	b.Title = k.Name
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/keys", Text: b.T("admin.to.keys")}}
	v := recordPage{Base: b, Head: page.Head{Kicker: k.Hint + "…", Title: k.Name}}
	pill := keyPill(b, k)
	v.fact("admin.key.state", pill.Text)
	scopes := page.Table{Caption: b.T("admin.key.scopes"), Cols: []page.Col{{Text: b.T("admin.key.scope")}, {Text: b.T("admin.needs")}}}
	for _, s := range k.Scopes {
		scopes.Rows = append(scopes.Rows, []page.Cell{{Text: string(s)}, {Text: b.T("key.scope." + string(s))}})
	}
	v.Groups = []group{{Table: scopes}}
	names, err := c.names(r.Context(), []id.ID{k.Account, k.CreatedBy})
	if err != nil {
		return v, err
	}
	if k.Account != 0 {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("admin.key.account"), Value: names[k.Account], Href: "/admin/accounts/" + k.Account.String()})
	}
	if u, ok := c.Orgs.Directory().Unit(k.Unit); ok {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("admin.key.unit"), Value: u.Name.In(b.Lang), Href: adminUnit(u)})
	}
	if k.In().Level != scope.City {
		v.fact("admin.field.where", c.Places.Tree().Words(k.Path, "").In(b.Lang))
	}
	v.fact("admin.key.per_minute", strconv.Itoa(k.PerMinute))
	v.fact("admin.key.since", i18n.Date(b.Lang, k.CreatedAt))
	v.fact("admin.key.by", names[k.CreatedBy])
	if !k.ExpiresAt.IsZero() {
		v.fact("admin.key.expires", i18n.Date(b.Lang, k.ExpiresAt))
	}
	v.fact("admin.key.last", usedOn(b, k))
	if k.RevokedAt.IsZero() {
		v.way(adminKey(k)+"/revoke", "admin.key.revoke.title", "x")
	} else {
		v.fact("admin.key.revoked", i18n.Date(b.Lang, k.RevokedAt))
	}
	return v, nil
}

func (c *Counter) addKeyForm(s *sheet) error {
	s.back = "/admin/keys"
	root, _ := c.Places.Tree().City()
	s.ask("text", s.field("name", "admin.key.name").Need().Max(40).Auto("off"))
	s.ask("boxes", s.field("scopes", "admin.key.scopes").Need().Of(options(access.KeyScopes, func(x access.KeyScope) string { return s.T("key.scope." + string(x)) })))
	s.ask("select", s.field("unit", "admin.key.unit").Of(c.unitOptions(s.Base)))
	s.ask("text", s.field("account", "admin.key.account").Max(40).Auto("off"))
	s.ask("select", s.field("place", "admin.field.where").Of(c.placeOptions(s.Base, root.ID, scope.Village)))
	s.ask("text", s.field("per_minute", "admin.key.per_minute").As("number").From(strconv.Itoa(access.DefPerMin)))
	s.ask("text", s.field("expires", "admin.key.expires").As("date"))
	return nil
}

// unitOptions are the units in use.
func (c *Counter) unitOptions(b page.Base) []page.Option {
	var os []page.Option
	for _, u := range c.Orgs.Directory().Units() {
		if u.Active {
			os = append(os, page.Option{Value: u.ID.String(), Text: u.Name.In(b.Lang)})
		}
	}
	return os
}

func (c *Counter) addKey(r *http.Request, f *form.Form) (done, error) {
	in := access.NewKey{Name: f.Line("name", 80), Unit: f.ID("unit"), PerMinute: f.Int("per_minute", 1, access.MaxPerMin), ExpiresAt: until(f, "expires")}
	for _, s := range f.Choices("scopes", scopeWords()...) {
		in.Scopes = append(in.Scopes, access.KeyScope(s))
	}
	if f.Get("place") != "" {
		in.Path = c.pathOf(f, "place")
	}
	if f.Get("account") != "" {
		a, err := c.account(r, f, "account.none")
		if err != nil {
			return done{}, err
		}
		in.Account = a.ID
	}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	words, k, err := c.Access.AddKey(r.Context(), page.Actor(r), in)
	if err != nil {
		return done{}, err
	}
	return done{show: func(w http.ResponseWriter, r *http.Request) error {
		v, err := c.keyPage(page.From(r), r, k)
		if err != nil {
			return err
		}
		v.Notes = []page.Note{{Tone: page.ToneDone, Text: v.T("admin.key.shown")}}
		v.Secret = words
		return recorded.Show(w, r, v)
	}}, nil
}

func scopeWords() []string {
	words := make([]string, len(access.KeyScopes))
	for i, s := range access.KeyScopes {
		words[i] = string(s)
	}
	return words
}

func (c *Counter) aboutKey(s *sheet) error {
	k, err := c.keyAt(s.r)
	if err != nil {
		return err
	}
	s.title, s.back = k.Name+" · "+k.Hint+"…", adminKey(k)
	return nil
}

func (c *Counter) revokeKey(r *http.Request, _ *form.Form) (done, error) {
	k, err := c.keyAt(r)
	if err != nil {
		return done{}, err
	}
	return done{to: "/admin/keys", args: []any{k.Name}}, c.Access.RevokeKey(r.Context(), page.Actor(r), k.ID)
}
