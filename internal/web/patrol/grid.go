// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// A gridPage is what is arranged in a grid: its points, who walks it, who is visited.
type gridPage struct {
	page.Base
	Head     page.Head
	Address  string
	Points   []pointLine
	Workers  []string
	Story    []page.Event
	Visits   []page.Row
	Arranges bool
	Agrees   bool
	Kind     page.Field
	From, To page.Field
	Duty     page.Field
	Need     page.Field
	Consent  page.Field
}

type pointLine struct {
	Name, Kind, Where string
	Href, Code, End   string // "": not for the actor
	Rename            string
}

var gridShown = page.New[gridPage](files, "grid.html")

func (c *Counter) grid(w http.ResponseWriter, r *http.Request) error {
	v, err := c.gridPage(r, nil)
	if err != nil {
		return err
	}
	return gridShown.Show(w, r, v)
}

func (c *Counter) gridPage(r *http.Request, f *form.Form) (v gridPage, err error) {
	d, err := record(r, "patrol.grid.none")
	if err != nil {
		return v, err
	}
	g, ok := c.Places.Tree().Get(d)
	if !ok || g.Kind != places.Grid {
		return v, errs.New(errs.NotFound, "patrol.grid.none")
	}
	b := page.From(r).Titled("patrol.grid.title", g.Name)
	b.Form = f
	b.Crumbs = []page.Link{{Href: "/patrol", Text: b.T("patrol.title")}}
	points, err := c.Patrol.ListPoints(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	walk, could, story, err := c.Patrol.Workers(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	target := scope.Target{Path: g.Path, At: b.Now}
	arranges := b.Actor.May(access.Arrange, target).OK
	agrees := arranges || b.Actor.May(access.Patrol, target).OK
	var visits []patrol.Visit
	duties, err := c.Patrol.ListDuties(r.Context(), b.Actor, patrol.DutyFilter{})
	if err != nil {
		return v, err
	}
	if agrees {
		if visits, err = c.Patrol.ListVisits(r.Context(), b.Actor, d); err != nil {
			return v, err
		}
	}
	name := func(d id.ID) string { return c.account(r, d) }
	v = c.arrange(b, g, points, visits, duties, arranges, agrees)
	for _, a := range walk {
		v.Workers = append(v.Workers, name(a))
	}
	for _, a := range story {
		e := page.Event{At: a.BegunAt, Who: a.BegunBy, What: b.T("patrol.over.to", name(a.Account)), Note: a.Words, Tone: page.ToneCalm}
		if a.From != 0 {
			e.What = b.T("patrol.over.from", name(a.From), name(a.Account))
		}
		if a.TakenAt.IsZero() && a.EndedAt.IsZero() {
			waits := b.T("patrol.over.waits")
			e.What += " · " + waits
		}
		v.Story = append(v.Story, e)
	}
	if arranges {
		person := func(of []id.ID) (out []page.Option) {
			for _, a := range of {
				out = append(out, page.Option{Value: a.String(), Text: name(a)})
			}
			return out
		}
		var assigned []id.ID
		for _, a := range story {
			if a.EndedAt.IsZero() {
				assigned = append(assigned, a.Account)
			}
		}
		v.From = page.NewField(b.Lang, f, "from", "patrol.over.field.from").Of(person(assigned)).Example(b.T("patrol.over.nobody"))
		v.To = page.NewField(b.Lang, f, "account", "patrol.over.field.to").Need().Of(person(could))
	}
	return v, nil
}

func (c *Counter) arrange(b page.Base, g places.Place, points []patrol.Point, visits []patrol.Visit, duties []patrol.Duty, arranges, agrees bool) gridPage {
	v := gridPage{Base: b, Address: "/patrol/grids/" + g.ID.String(), Arranges: arranges, Agrees: agrees,
		Head: page.Head{Kicker: c.where(b, g.Path), Title: b.T("patrol.grid.title", g.Name), Lead: b.T("patrol.grid.lead")},
		Kind: page.NewField(b.Lang, b.Form, "kind", "patrol.point.field.kind").Need().Of(options(b, "patrol.kind.", patrol.PointKinds))}
	walks := b.Actor.May(access.Patrol, scope.Target{Path: g.Path, At: b.Now}).OK
	for _, p := range points {
		at := "/patrol/points/" + p.ID.String()
		line := pointLine{Name: p.Name, Kind: b.T("patrol.kind." + string(p.Kind)), Where: geo.Where(p.At)}
		if walks { // the page of a point is for whoever enters what was seen there
			line.Href = at
		}
		if agrees { // who walks there or arranges it
			line.Rename = at + "/rename"
		}
		if arranges {
			line.Code, line.End = at+"/code", at+"/end"
		}
		v.Points = append(v.Points, line)
	}
	var homes []page.Option
	names := map[id.ID]string{}
	for _, d := range duties {
		names[d.ID] = d.Name.In(b.Lang)
		if d.Kind == patrol.AtHome && d.At(patrol.DayOf(b.Now)) {
			homes = append(homes, page.Option{Value: d.ID.String(), Text: d.Name.In(b.Lang)})
		}
	}
	for _, x := range visits {
		row := page.Row{Title: b.T("patrol.visit.row", x.Number), Meta: []string{names[x.Duty], b.T("patrol.visit.each", x.Every), b.T("patrol.visit.agreed", b.T("patrol.consent."+string(x.Consent)), i18n.Date(b.Lang, x.AgreedAt))}, Pill: page.Pill{Text: b.T("patrol.visit.holds"), Tone: page.ToneDone}}
		if x.EndedAt.IsZero() {
			row.Href = "/patrol/visits/" + x.ID.String()
		} else {
			row.Pill = page.Pill{Text: b.T("patrol.visit.ended.on", i18n.Date(b.Lang, x.EndedAt)), Tone: page.ToneQuiet}
		}
		v.Visits = append(v.Visits, row)
	}
	v.Agrees = agrees && len(homes) > 0
	v.Duty = page.NewField(b.Lang, b.Form, "duty", "patrol.visit.field.duty").Need().Of(homes)
	v.Need = page.NewField(b.Lang, b.Form, "need", "patrol.visit.field.need").Need().Of(options(b, "patrol.need.", patrol.NeedKinds))
	v.Consent = page.NewField(b.Lang, b.Form, "consent", "patrol.visit.field.consent").Need().Of(options(b, "patrol.consent.", patrol.Consents))
	return v
}

// settle carries out what is arranged in a grid, or shows its page with what is wrong.
func (c *Counter) settle(w http.ResponseWriter, r *http.Request, done string, do func(grid id.ID, f *form.Form) error) error {
	d, err := record(r, "patrol.grid.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if err = do(d, f); err == nil {
		return page.Done(w, r, "/patrol/grids/"+d.String(), done)
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	v, perr := c.gridPage(r, f)
	if perr != nil {
		return perr
	}
	return gridShown.Fail(w, r, v, err)
}

func (c *Counter) addPoint(w http.ResponseWriter, r *http.Request) error {
	return c.settle(w, r, "patrol.done.point", func(grid id.ID, f *form.Form) error {
		lon, _ := f.Number("lon", -180, 180)
		lat, _ := f.Number("lat", -90, 90)
		in := patrol.NewPoint{Grid: grid, Kind: patrol.PointKind(f.Choice("kind", texts(patrol.PointKinds)...)), Name: f.Line("name", patrol.MaxName), At: geo.Point{lon, lat}}
		if err := f.Err(); err != nil {
			return err
		}
		_, err := c.Patrol.AddPoint(r.Context(), page.Actor(r), in)
		return err
	})
}

func (c *Counter) handOver(w http.ResponseWriter, r *http.Request) error {
	return c.settle(w, r, "patrol.done.handover", func(grid id.ID, f *form.Form) error {
		from, to, words := f.ID("from"), f.ID("account"), f.Text("words", patrol.MaxWhat)
		if err := f.Err(); err != nil {
			return err
		}
		return c.Patrol.HandOver(r.Context(), page.Actor(r), grid, from, to, words)
	})
}

func (c *Counter) agree(w http.ResponseWriter, r *http.Request) error {
	return c.settle(w, r, "patrol.done.agree", func(grid id.ID, f *form.Form) error {
		in := patrol.Agreeing{Grid: grid, Phone: f.Line("phone", 20), Name: f.Line("person", 30), Duty: f.ID("duty"), Every: f.Int("every", 1, 92),
			Need: patrol.NeedKind(f.Choice("need", texts(patrol.NeedKinds)...)), Consent: patrol.Consent(f.Choice("consent", texts(patrol.Consents)...))}
		if err := f.Err(); err != nil {
			return err
		}
		_, err := c.Patrol.Agree(r.Context(), page.Actor(r), in)
		return err
	})
}

func (c *Counter) endPoint(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.point.none")
	if err != nil {
		return err
	}
	p, err := c.Patrol.Point(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	if err := c.Patrol.EndPoint(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/patrol/grids/"+p.Grid().String(), "patrol.done.point.end")
}

// A codePage is printed and put up at a point.
type codePage struct {
	page.Base
	Town, Name, Where, Code string
	QR                      template.HTML
}

var codeShown = page.New[codePage](files, "code.html")

func (c *Counter) code(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.point.none")
	if err != nil {
		return err
	}
	b := page.From(r)
	p, err := c.Patrol.Point(r.Context(), b.Actor, d)
	if err != nil {
		return err
	}
	if t := (scope.Target{Path: p.Path, At: b.Now}); !b.Actor.May(access.Arrange, t).OK { // who walks reads it at the point
		no := b.Actor.May(access.Arrange, t)
		return errs.New(errs.Denied, no.Key, no.Args...)
	}
	v, err := c.codePage(b, p)
	if err != nil {
		return err
	}
	return codeShown.Show(w, r, v)
}

func (c *Counter) codePage(b page.Base, p patrol.Point) (v codePage, err error) {
	b.Title, b.Look = p.Name, page.LookPrint
	v = codePage{Base: b, Name: p.Name, Where: c.where(b, p.Path), Code: p.Code[:4] + "-" + p.Code[4:]}
	if b.Site != nil {
		v.Town = b.Site.Town.In(b.Lang)
	}
	v.QR, err = page.QR(strings.TrimSuffix(c.Address, "/") + "/patrol/points/" + p.ID.String() + "?code=" + p.Code)
	return v, err
}

// A minePage is what is agreed with a resident about being visited, for themselves.
type minePage struct {
	page.Base
	Head  page.Head
	Lines []mineLine
	Empty page.Empty
}

type mineLine struct{ Title, Said, Ended, End string }

var mineShown = page.New[minePage](files, "mine.html")

func (c *Counter) mine(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("patrol.mine")
	if b.Actor.Resident == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	vs, err := c.Patrol.VisitsOf(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	ds, err := c.Patrol.ListDuties(r.Context(), b.Actor, patrol.DutyFilter{})
	if err != nil {
		return err
	}
	return mineShown.Show(w, r, c.minePage(b, vs, ds))
}

func (c *Counter) minePage(b page.Base, vs []patrol.Visit, ds []patrol.Duty) minePage {
	v := minePage{Base: b, Head: page.Head{Title: b.T("patrol.mine"), Lead: b.T("patrol.mine.lead")}, Empty: page.Empty{Icon: "house", Title: b.T("patrol.mine.none"), Text: b.T("patrol.mine.none.text")}}
	for _, x := range vs {
		line := mineLine{Title: x.Number, Said: b.T("patrol.visit.each", x.Every) + " · " + b.T("patrol.visit.agreed", b.T("patrol.consent."+string(x.Consent)), i18n.Date(b.Lang, x.AgreedAt))}
		if i := slices.IndexFunc(ds, func(d patrol.Duty) bool { return d.ID == x.Duty }); i >= 0 {
			line.Title = ds[i].Name.In(b.Lang)
		}
		if x.EndedAt.IsZero() {
			line.End = "/patrol/visits/" + x.ID.String() + "/end"
		} else {
			line.Ended = b.T("patrol.visit.ended.on", i18n.Date(b.Lang, x.EndedAt))
		}
		v.Lines = append(v.Lines, line)
	}
	return v
}
