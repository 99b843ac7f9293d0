// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

func (c *Counter) connectionRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/connections", guarded(c.connections))
	c.task(mux, "/admin/connections/add", task{key: "admin.connection.add.", form: c.connectionForm, do: c.connect})
	mux.Handle("GET /admin/connections/{id}", guarded(c.connection))
	mux.Handle("GET /admin/connections/{id}/services", guarded(c.offered))
	c.task(mux, "/admin/connections/{id}/edit", task{key: "admin.connection.edit.", form: c.connectionForm, do: c.editConnection})
	c.task(mux, "/admin/connections/{id}/again", task{key: "admin.connection.again.", form: c.againForm, do: c.again})
}

// connections lists the other systems.
func (c *Counter) connections(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("admin.to.connections")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.connections"), Lead: b.T("admin.about.connections"), Action: page.Link{Href: "/admin/connections/add", Text: b.T("admin.connection.add.title"), Icon: "plus", Main: true}}}
	cs, err := c.Exchange.ListConnections(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	var rows []page.Row
	for _, x := range cs {
		rows = append(rows, connectionRow(b, x))
	}
	if rows == nil {
		v.Empty = page.Empty{Icon: "link", Title: b.T("admin.connection.empty"), Text: b.T("admin.connection.empty.text")}
	} else {
		v.Groups = []group{{Rows: rows}}
	}
	return recorded.Show(w, r, v)
}

func connectionRow(b page.Base, x exchange.Connection) page.Row {
	row := page.Row{Href: adminConnection(x.ID), Title: x.Name, Meta: []string{x.Endpoint}, Pill: connectionPill(b, x)}
	if x.Push {
		row.Tags = append(row.Tags, b.T("admin.connection.push"))
	}
	if x.Pull {
		row.Tags = append(row.Tags, b.T("admin.connection.pull"))
	}
	return row
}

func connectionPill(b page.Base, x exchange.Connection) page.Pill {
	switch {
	case !x.Active:
		return page.Pill{Text: b.T("admin.connection.off"), Tone: page.ToneQuiet}
	case x.Fault != "":
		return page.Pill{Text: b.T("admin.connection.fault"), Tone: page.ToneSoon}
	}
	return page.Pill{Text: b.T("admin.connection.active"), Tone: page.ToneDone}
}

func adminConnection(d id.ID) string { return "/admin/connections/" + d.String() }

const transfersMost = 100

func (c *Counter) connectionAt(r *http.Request, most int) (exchange.Connection, []exchange.Transfer, error) {
	d, err := named(r, "connection.none")
	if err != nil {
		return exchange.Connection{}, nil, err
	}
	return c.Exchange.Connection(r.Context(), page.Actor(r), d, most)
}

func (c *Counter) connection(w http.ResponseWriter, r *http.Request) error {
	x, ts, err := c.connectionAt(r, transfersMost)
	if err != nil {
		return err
	}
	u, _ := c.Orgs.Directory().Unit(x.Unit)
	return recorded.Show(w, r, connectionPage(page.From(r), x, u, ts))
}

// connectionPage is what is known of a connection that stands for the unit.
func connectionPage(b page.Base, x exchange.Connection, u orgs.Unit, ts []exchange.Transfer) recordPage {
	b.Title = x.Name
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/connections", Text: b.T("admin.to.connections")}}
	v := recordPage{Base: b, Head: page.Head{Kicker: x.Endpoint, Title: x.Name}}
	if x.Fault != "" {
		v.Notes = []page.Note{{Tone: page.ToneSoon, Text: b.T("connection.silent", x.Fault)}}
	}
	v.fact("admin.connection.state", connectionPill(b, x).Text)
	if u.ID != 0 {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("admin.connection.unit"), Value: u.Name.In(b.Lang), Href: adminUnit(u)})
	}
	ways := page.Fact{Label: b.T("admin.connection.ways")}
	if x.Push {
		ways.Lines = append(ways.Lines, b.T("admin.connection.push"))
	}
	if x.Pull {
		ways.Lines = append(ways.Lines, b.T("admin.connection.pull"))
	}
	if x.Tell {
		ways.Lines = append(ways.Lines, b.T("admin.connection.tell"))
	}
	v.Facts = append(v.Facts, ways)
	v.fact("admin.connection.jurisdiction", x.Jurisdiction)
	key := b.T("admin.no")
	if x.HasKey() {
		key = b.T("admin.yes")
	}
	v.fact("admin.connection.has_key", key)
	asked := b.T("admin.connection.never")
	if !x.AskedAt.IsZero() {
		asked = i18n.When(b.Lang, b.Now, x.AskedAt)
	}
	v.fact("admin.connection.asked", asked)
	v.Groups = []group{{Table: transferTable(b, ts)}}
	at := adminConnection(x.ID) + "/"
	v.way(at+"edit", "admin.connection.edit.title", "edit")
	v.way(at+"services", "admin.connection.offered", "eye")
	return v
}

// transferTable is what became of each matter that was to go there.
func transferTable(b page.Base, ts []exchange.Transfer) page.Table {
	t := page.Table{Caption: b.T("admin.connection.transfers"), Cols: []page.Col{{Text: b.T("admin.connection.matter")}, {Text: b.T("admin.connection.remote")}, {Text: b.T("admin.connection.state")}, {Text: b.T("admin.connection.when")}, {Text: b.T("admin.connection.again")}}}
	for _, x := range ts {
		state := b.T("transfer.state." + string(x.State))
		if x.Fault != "" {
			why := x.Fault
			if i18n.Has(why) {
				why = b.T(why)
			}
			state = b.T("form.at", state, why)
		}
		at := x.MadeAt
		for _, later := range []time.Time{x.SentAt, x.EndedAt} {
			if later.After(at) {
				at = later
			}
		}
		again := page.Cell{}
		if x.State == exchange.Refused || x.State == exchange.Withheld {
			again = page.Cell{Text: b.T("admin.connection.again"), Href: adminConnection(x.Connection) + "/again?transfer=" + x.ID.String()}
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: x.Number, Href: "/matters/" + x.Number}, {Text: x.Remote}, {Text: state}, {Text: i18n.When(b.Lang, b.Now, at)}, again})
	}
	return t
}

// offered shows the services of the other system, for the table of categories.
func (c *Counter) offered(w http.ResponseWriter, r *http.Request) error {
	x, _, err := c.connectionAt(r, 1)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), 12*time.Second)
	defer cancel()
	b := page.From(r).Titled("admin.connection.offered")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/connections", Text: b.T("admin.to.connections")}, {Href: adminConnection(x.ID), Text: x.Name}}
	v := recordPage{Base: b, Head: page.Head{Kicker: x.Name, Title: b.T("admin.connection.offered")}}
	list, err := c.Exchange.Offered(ctx, b.Actor, x.ID)
	if err != nil {
		return err
	}
	t := page.Table{Caption: b.T("admin.connection.offered"), Hide: true, Cols: []page.Col{{Text: b.T("admin.connection.offered.code")}, {Text: b.T("admin.connection.offered.name")}}}
	for _, s := range list[:min(len(list), 500)] {
		t.Rows = append(t.Rows, []page.Cell{{Text: s.Code.Text()}, {Text: s.Name.Text()}})
	}
	v.Groups = []group{{Table: t}}
	v.way(adminConnection(x.ID)+"/edit", "admin.connection.edit.title", "edit")
	return recorded.Show(w, r, v)
}

func (c *Counter) connectionForm(s *sheet) error {
	x := exchange.Connection{Active: true, Push: true}
	s.back = "/admin/connections"
	if s.r.PathValue("id") != "" {
		var err error
		if x, _, err = c.connectionAt(s.r, 1); err != nil {
			return err
		}
		s.title, s.back = x.Name, adminConnection(x.ID)
		s.carry("version", strconv.FormatInt(x.Version, 10))
	}
	unit := ""
	if x.Unit != 0 {
		unit = x.Unit.String()
	}
	s.ask("text", s.field("name", "admin.connection.name").Need().Max(40).Auto("off").From(x.Name))
	s.ask("text", s.field("endpoint", "admin.connection.endpoint").Need().As("url").Max(300).From(x.Endpoint))
	s.ask("text", s.field("jurisdiction", "admin.connection.jurisdiction").Max(80).From(x.Jurisdiction))
	s.ask("text", s.field("key", "admin.connection.key").As("password").Auto("off"))
	if x.HasKey() {
		s.box("drop", "admin.connection.drop", false)
	}
	s.ask("select", s.field("unit", "admin.connection.unit").Need().Of(append([]page.Option{{Text: s.T("form.choose")}}, c.unitOptions(s.Base)...)).From(unit))
	s.box("push", "admin.connection.push", x.Push)
	s.box("pull", "admin.connection.pull", x.Pull)
	s.box("tell", "admin.connection.tell", x.Tell)
	s.ask("area", s.field("services", "admin.connection.services").Rows(6).Max(8000).From(exchange.FormatServices(x.Services)))
	s.box("active", "admin.connection.active", x.Active)
	return nil
}

// readConnection reads what an administrator settled.
func readConnection(f *form.Form) exchange.Connecting {
	in := exchange.Connecting{Name: f.Line("name", 80), Endpoint: f.Line("endpoint", 400), Jurisdiction: f.Line("jurisdiction", 200), Key: f.Secret("key", 400), DropKey: f.Bool("drop"),
		Unit: f.ID("unit"), Push: f.Bool("push"), Pull: f.Bool("pull"), Tell: f.Bool("tell"), Active: f.Bool("active"), Version: int64(f.Int("version", 0, 1<<30))}
	services, bad, ok := exchange.ParseServices(f.Text("services", 8000))
	if !ok {
		f.Fault("services", "connection.services.line", bad)
	}
	in.Services = services
	return in
}

func (c *Counter) connect(r *http.Request, f *form.Form) (done, error) {
	in := readConnection(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	x, err := c.Exchange.Connect(r.Context(), page.Actor(r), in)
	return done{to: adminConnection(x.ID), args: []any{in.Name}}, waysBeside(err)
}

// waysBeside puts what is wrong with the ways beside the first box.
func waysBeside(err error) error {
	for _, e := range errs.Public(err) {
		if e.Field == "ways" {
			e.Field = "push"
		}
	}
	return err
}

func (c *Counter) editConnection(r *http.Request, f *form.Form) (done, error) {
	x, _, err := c.connectionAt(r, 1)
	if err != nil {
		return done{}, err
	}
	in := readConnection(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminConnection(x.ID), args: []any{in.Name}}, waysBeside(c.Exchange.Edit(r.Context(), page.Actor(r), x.ID, in))
}

func (c *Counter) againForm(s *sheet) error {
	x, ts, err := c.connectionAt(s.r, transfersMost)
	if err != nil {
		return err
	}
	at := s.r.URL.Query().Get("transfer")
	s.title, s.back = x.Name, adminConnection(x.ID)
	if i := slices.IndexFunc(ts, func(t exchange.Transfer) bool { return t.ID.String() == at }); i >= 0 {
		s.title += " · " + ts[i].Number
	}
	s.carry("transfer", at)
	return nil
}

func (c *Counter) again(r *http.Request, f *form.Form) (done, error) {
	x, _, err := c.connectionAt(r, 1)
	if err != nil {
		return done{}, err
	}
	d := f.ID("transfer")
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: adminConnection(x.ID)}, c.Exchange.TryAgain(r.Context(), page.Actor(r), d)
}
