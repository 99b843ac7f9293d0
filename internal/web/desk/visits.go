// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// visitsPage is the home visits of those who work on them.
type visitsPage struct {
	page.Base
	Head  page.Head
	Tabs  []page.Tab
	Rows  []page.Row
	Empty page.Empty
	Pager page.Pager
}

var visitsShown = page.New[visitsPage](files, "visits.html")

var visitTurns = []desk.Turn{desk.TurnDesk, desk.TurnServe, desk.TurnTravel}

func (c *Counter) visits(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("visits.title")
	if !b.Actor.Has("visit") && !b.Actor.Has("audit") {
		if !b.Staff() {
			return page.Redirect(w, r, "/bookings")
		}
		return errs.New(errs.Denied, "access.no_post")
	}
	q := r.URL.Query()
	f := desk.VisitFilter{Open: q.Get("all") == "", Turn: desk.Turn(q.Get("turn"))}
	if !slices.Contains(visitTurns, f.Turn) {
		f.Turn = ""
	}
	f.Before, _ = id.Parse(q.Get("before"))
	xs, more, err := c.Desk.ListVisits(r.Context(), b.Actor, f)
	if err != nil {
		return err
	}
	v := c.visitsPage(b, xs, f)
	if more && !f.Open {
		v.Pager.Older = "/visits?all=1&before=" + xs[len(xs)-1].ID.String()
	}
	return visitsShown.Show(w, r, v)
}

func (c *Counter) visitsPage(b page.Base, xs []desk.SeenVisit, f desk.VisitFilter) visitsPage {
	v := visitsPage{Base: b, Head: page.Head{Title: b.T("visits.title"), Lead: b.T("visits.lead")},
		Tabs:  []page.Tab{{Text: b.T("visits.tab.open"), Href: "/visits", Count: -1, Current: f.Open && f.Turn == ""}},
		Empty: page.Empty{Icon: "house", Title: b.T("visits.empty"), Text: b.T("visits.empty.text")}, Rows: c.visitRows(b, xs)}
	if finds(b) {
		v.Head.Action = page.Link{Href: "/visits/find", Text: b.T("visits.find"), Icon: "plus", Main: true}
	}
	for _, t := range visitTurns {
		v.Tabs = append(v.Tabs, page.Tab{Text: b.T("visits.turn." + string(t)), Href: "/visits?turn=" + string(t), Count: -1, Current: f.Turn == t})
	}
	v.Tabs = append(v.Tabs, page.Tab{Text: b.T("visits.tab.all"), Href: "/visits?all=1", Count: -1, Current: !f.Open && f.Turn == ""})
	return v
}

var visitTones = map[desk.VisitState]page.Tone{desk.Found: page.ToneSoon, desk.Agreed: page.ToneCalm, desk.Arranged: page.ToneCalm, desk.Done: page.ToneCalm, desk.Followed: page.ToneCalm, desk.Closed: page.ToneDone,
	desk.Declined: page.ToneQuiet, desk.Withdrawn: page.ToneQuiet}

func visitPill(b page.Base, s desk.VisitState) page.Pill {
	return page.Pill{Text: b.T("home_visit.state." + string(s)), Tone: visitTones[s]}
}

// visitRows are home visits as a list shows them.
func (c *Counter) visitRows(b page.Base, xs []desk.SeenVisit) []page.Row {
	rows := make([]page.Row, len(xs))
	for n, x := range xs {
		row := page.Row{Href: "/visits/" + x.Number, Title: c.visitTitle(b, x), Number: x.Number, Meta: pieces(c.where(b, x.Path), x.For.Name), Pill: visitPill(b, x.State)}
		if x.Proxied {
			row.Tags = append(row.Tags, b.T("booking.for", forName(b, x.For)))
		}
		if !x.At.IsZero() && x.State == desk.Arranged {
			row.Meta = append(row.Meta, moment(b, x.At))
		}
		if x.Inside && x.State.Turn() != "" {
			row.Turn = c.turnOf(b, x.HomeVisit)
			if !x.Due.IsZero() {
				row.Left, row.Due, row.Light = i18n.Left(b.Lang, b.Now, x.Due), x.Due, page.LightFor(b.Now, x.MovedAt, x.Due)
			}
		}
		rows[n] = row
	}
	return rows
}

func (c *Counter) visitTitle(b page.Base, x desk.SeenVisit) string {
	if name := x.What.Name.In(b.Lang); name != "" {
		return name
	}
	return b.T("visits.other")
}

// turnOf is whose turn it is, in words.
func (c *Counter) turnOf(b page.Base, v desk.HomeVisit) string {
	switch v.State.Turn() {
	case desk.TurnDesk:
		return c.unit(b, v.DeskUnit)
	case desk.TurnServe:
		return c.unit(b, v.ServeUnit)
	case desk.TurnTravel:
		return b.T("visits.turn.travel")
	case "":
	}
	return ""
}

// visitPage is one home visit.
type visitPage struct {
	page.Base
	Head     page.Head
	Turn     page.Turn
	Pill     page.Pill
	Note     page.Note
	Need     string
	Facts    []page.Fact
	Ways     []page.Link
	Receipt  []page.File
	Timeline page.Timeline
}

var visitShown = page.New[visitPage](files, "visit.html")

func (c *Counter) visit(w http.ResponseWriter, r *http.Request) error {
	x, err := c.Desk.Visit(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	return visitShown.Show(w, r, c.visitPage(page.From(r), x))
}

func (c *Counter) visitPage(b page.Base, x desk.SeenVisit) visitPage {
	b.Title = x.Number
	own := "/visits/" + x.Number
	b.Crumbs = []page.Link{{Href: "/visits", Text: b.T("visits.title")}}
	v := visitPage{Base: b, Head: page.Head{Kicker: x.Number, Title: c.visitTitle(b, x), Lead: c.where(b, x.Path)}, Pill: visitPill(b, x.State), Need: x.Need, Timeline: page.Timeline{Now: b.Now}}
	v.Turn = page.Turn{Who: c.turnOf(b, x.HomeVisit), What: b.T("home_visit.next." + string(x.State)), Tone: page.ToneCalm, Yours: x.Inside && len(x.Acts) > 0}
	if !x.Due.IsZero() && x.State.Turn() != "" {
		v.Turn.Left, v.Turn.Due, v.Turn.Light = i18n.Left(b.Lang, b.Now, x.Due), x.Due, page.LightFor(b.Now, x.MovedAt, x.Due)
		v.Turn.Tone = v.Turn.Light.Tone
	}
	for n, a := range x.Acts {
		text := b.T("home_visit.act." + string(a))
		href := own + "/" + strings.ReplaceAll(string(a), "_", "-")
		switch {
		case a == desk.Finish:
			v.Turn.Buttons = append(v.Turn.Buttons, page.Button{Text: text, Action: href, Main: true})
		case a == desk.Reissue:
			if x.Slipless() {
				text = b.T("visit.slip.first")
			}
			v.Ways = append(v.Ways, page.Link{Href: href, Text: text, Icon: "print"})
		case a == desk.Withdraw || a == desk.Postpone:
			v.Ways = append(v.Ways, page.Link{Href: href, Text: text, Danger: a == desk.Withdraw})
		default:
			v.Turn.Buttons = append(v.Turn.Buttons, page.Button{Text: text, Action: href, Link: true, Main: a == desk.Do || n == 0 && x.State != desk.Arranged})
		}
	}
	if !x.Inside {
		v.Turn.Yours, v.Turn.Buttons = false, nil
	}
	fact := func(key, value string, lines ...string) {
		if value != "" {
			v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: value, Lines: pieces(lines...)})
		}
	}
	if masked := strings.TrimSpace(x.For.Name + " " + x.For.Phone); masked != "" {
		f := page.Fact{Label: b.T("booking.fact.for"), Value: masked, Private: x.Inside}
		if x.Inside && b.Actor.May("reveal", scope.Target{Path: x.Path, At: b.Now}).OK {
			f.Href = own + "/reveal"
		}
		v.Facts = append(v.Facts, f)
	}
	fact("visit.fact.finder", b.T("visit.finder."+string(x.Finder)), i18n.Exact(b.Lang, x.FoundAt))
	if x.Inside || x.State == desk.Arranged || x.State == desk.Done {
		fact("visit.fact.when", c.arranged(b, x), x.Who[x.Officer], x.Who[x.Worker])
		fact("visit.fact.papers", x.Papers)
	}
	if x.Inside {
		if !x.ConsentAt.IsZero() {
			fact("visit.fact.consent", x.Consent, i18n.Exact(b.Lang, x.ConsentAt))
		}
		units := []string{c.unit(b, x.DeskUnit)}
		if x.ServeUnit != x.DeskUnit {
			units = append(units, c.unit(b, x.ServeUnit))
		}
		fact("visit.fact.units", units[0], units[1:]...)
	}
	fact("visit.fact.result", x.Result)
	if x.HomeVisit.Receipt.Hash != "" {
		v.Receipt = []page.File{{Href: own + "/receipt", Thumb: own + "/receipt", Name: b.T("visit.receipt." + string(x.Signer))}}
	}
	if x.Inside && x.Slipless() && x.State.Turn() != "" {
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("visit.slip.none")}
	}
	if x.State.Turn() != "" && !x.Slipless() {
		v.Ways = append(v.Ways, page.Link{Href: own + "/slip", Text: b.T("visit.slip"), Icon: "print"})
	}
	for _, s := range x.Steps {
		e := page.Event{At: s.At, Who: s.Actor, What: b.T("home_visit.did." + string(s.Act)), Note: s.Words}
		if e.Who == "" {
			e.Who = b.T("booking.by_booker")
		}
		if s.Act == desk.Find {
			e.Note = ""
			if s.Words != "" {
				e.What += b.T("visit.told_by", s.Words)
			}
		}
		if s.Behalf {
			e.What += b.T("booking.behalf")
		}
		v.Timeline.Events = append(v.Timeline.Events, e)
	}
	return v
}

func (c *Counter) arranged(b page.Base, x desk.SeenVisit) string {
	if x.At.IsZero() {
		return ""
	}
	return moment(b, x.At) + "–" + clock(x.Ends)
}

// findForm asks for a need.
// finds reports whether the reader may say that somebody needs a visit at home: of
// those who work for the town, who raises for others or arranges visits.
func finds(b page.Base) bool {
	return !b.Staff() || b.Actor.Has("raise_for") || b.Actor.Has("visit")
}

func (c *Counter) findForm(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if !finds(b) {
		return errs.New(errs.Denied, "access.no_post")
	}
	f := form.Of("item", r.URL.Query().Get("item"), "resident", r.URL.Query().Get("resident"))
	v, err := c.findPage(r, f)
	if err != nil {
		return err
	}
	return formed.Show(w, r, v)
}

func (c *Counter) findPage(r *http.Request, f *form.Form) (v formPage, err error) {
	b := page.From(r)
	cat, err := c.Desk.Catalogue(r.Context())
	if err != nil {
		return v, err
	}
	atHome, _ := cat.Search(desk.Filter{AtHome: true, Most: 200})
	who, err := c.forResident(r)
	if err != nil {
		return v, err
	}
	home := scope.Path{}
	switch {
	case who.ID != 0:
		if k, err := c.People.Get(r.Context(), who.ID); err == nil {
			home = k.Place
		}
	case b.Actor.Resident != 0:
		if k, err := c.People.Get(r.Context(), b.Actor.Resident); err == nil {
			home = k.Place
		}
	}
	return c.findFields(b, f, atHome, c.homes(b), home, who), nil
}

// homes are the villages in which the reader may find a need: for staff those of their
// work.
func (c *Counter) homes(b page.Base) (os []page.Option) {
	tree := c.Places.Tree()
	city, _ := tree.City()
	in := append(b.Actor.Scopes("visit", b.Now), b.Actor.Scopes("raise_for", b.Now)...)
	for _, t := range tree.Children(city.ID) {
		for _, v := range tree.Children(t.ID) {
			switch {
			case !b.Staff() || in.Contains(v.Path):
				os = append(os, page.Option{Value: v.ID.String(), Text: v.Name.In(b.Lang), Group: t.Name.In(b.Lang)})
			default:
				for _, g := range tree.Children(v.ID) {
					if in.Contains(g.Path) {
						os = append(os, page.Option{Value: g.ID.String(), Text: tree.Words(g.Path, "").In(b.Lang), Group: t.Name.In(b.Lang)})
					}
				}
			}
		}
	}
	return os
}

func (c *Counter) findFields(b page.Base, f *form.Form, atHome []desk.Item, homes []page.Option, home scope.Path, who desk.Card) formPage {
	b = b.Titled("visits.find")
	b.Form = f
	b.Crumbs = []page.Link{{Href: "/services", Text: b.T("services.title")}}
	v := formPage{Base: b, Head: page.Head{Title: b.T("visits.find"), Lead: b.T("visits.find.lead")}, Action: "/visits/find", Submit: b.T("visits.find.send"), Back: "/services"}
	if who.ID != 0 {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneCalm, Text: b.T("services.for", who.Name)})
		v.Hidden = append(v.Hidden, page.Hidden{Name: "resident", Value: who.ID.String()})
	}
	var items []page.Option
	for _, i := range atHome {
		items = append(items, page.Option{Value: i.Code, Text: i.Name.In(b.Lang)})
	}
	add := func(kind string, d page.Field) { v.Fields = append(v.Fields, ask{kind, d}) }
	add("select", page.NewField(b.Lang, f, "item", "visit.field.item").Of(items).Example(b.T("visits.other")))
	add("area", page.NewField(b.Lang, f, "need", "visit.field.need").Need().Rows(4).Max(1000))
	place := page.NewField(b.Lang, f, "place", "visit.field.place").Need().Of(homes)
	if d := home[scope.Village]; d != 0 {
		place = place.From(d.String())
	} else if len(homes) == 1 {
		place = place.From(homes[0].Value)
	}
	add("select", place)
	if who.ID == 0 {
		if b.Actor.Resident == 0 || b.Staff() {
			add("text", page.NewField(b.Lang, f, "name", "visit.field.name").Need().Max(20).Auto("off"))
		} else {
			add("text", page.NewField(b.Lang, f, "name", "visit.field.name_other").Max(20).Auto("off"))
		}
		add("text", page.NewField(b.Lang, f, "phone", "visit.field.phone").As("tel").Max(20))
		add("text", page.NewField(b.Lang, f, "address", "visit.field.address").Max(100).Auto("off"))
	}
	add("text", page.NewField(b.Lang, f, "for_words", "visit.field.for").Max(60))
	if b.Staff() {
		add("radios", page.NewField(b.Lang, f, "finder", "visit.field.finder").Need().Of([]page.Option{
			{Value: string(desk.OnRound), Text: b.T("visit.finder.round")}, {Value: string(desk.ByClerk), Text: b.T("visit.finder.clerk"), On: true},
			{Value: string(desk.ByNeighbour), Text: b.T("visit.finder.neighbour")}, {Value: string(desk.ByThemselves), Text: b.T("visit.finder.resident")}}))
	}
	return v
}

// find takes a need in.
func (c *Counter) find(w http.ResponseWriter, r *http.Request) error {
	f, err := read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	in := desk.Finding{Item: f.Line("item", 60), Place: f.ID("place"), Need: f.Text("need", 1000), For: f.ID("resident"), ForWords: f.Line("for_words", 60), Finder: desk.Finder(f.Choice("finder", "resident", "neighbour", "round", "clerk")),
		Contact: people.ContactInput{Name: f.Line("name", 40), Phone: f.Line("phone", 40), Address: f.Line("address", 100), Lang: b.Lang}}
	if !b.Staff() {
		in.Finder = ""
		if in.Contact.Name != "" && in.ForWords == "" && b.Actor.Resident != 0 {
			in.ForWords = b.T("visit.neighbour")
		}
	}
	if err = f.Err(); err == nil {
		var s desk.Slip
		if s, err = c.Desk.Find(r.Context(), b.Actor, in); err == nil {
			if err := c.keepSlip(w, r, s); err != nil {
				return err
			}
			if b.Actor.Has("visit") {
				return page.Done(w, r, "/visits/"+s.Number, "visit.done.find", s.Number)
			}
			return page.Redirect(w, r, "/visits/"+s.Number+"/slip")
		}
	}
	if es := errs.Public(err); len(es) == 0 || es[0].Kind != errs.Invalid && es[0].Field == "" {
		return err
	}
	v, perr := c.findPage(r, f)
	if perr != nil {
		return perr
	}
	return formed.Fail(w, r, v, err)
}

func (c *Counter) visitSlip(w http.ResponseWriter, r *http.Request) error {
	x, err := c.Desk.Visit(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	v, err := c.visitSlipPage(page.From(r), x, c.freshCode(r, x.Number))
	if err != nil {
		return err
	}
	return slipped.Show(w, r, v)
}

func (c *Counter) visitSlipPage(b page.Base, x desk.SeenVisit, code string) (v slipPage, err error) {
	b = b.Titled("booking.slip")
	qr, err := page.QR(c.Address + "/query?number=" + x.Number)
	if err != nil {
		return v, err
	}
	v = slipPage{Base: b, Head: page.Head{Title: b.T("visit.found"), Lead: b.T("visit.found.lead")}, Papers: x.What.Papers, Ways: []page.Link{{Href: "/visits/" + x.Number, Text: b.T("booking.see"), Main: true}},
		Slip: page.Slip{Town: b.Site.Town.In(b.Lang), Number: x.Number, Code: code, Title: c.visitTitle(b, x), QR: qr, Phone: b.Site.Phone, Facts: []page.Fact{{Label: b.T("visit.fact.desk"), Value: c.unit(b, x.DeskUnit)}}}}
	if !x.At.IsZero() {
		v.Slip.Facts = append(v.Slip.Facts, page.Fact{Label: b.T("visit.fact.when"), Value: c.arranged(b, x)})
	}
	return v, nil
}
