// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// An appraisalPage says how the grids of a place did in the last four weeks.
type appraisalPage struct {
	page.Base
	Head  page.Head
	Ways  []page.Tab
	Table page.Table
	Empty page.Empty
	Note  page.Note
}

var appraisalShown = page.New[appraisalPage](files, "appraisal.html")

// lately is the span that is appraised: this week and the three before it.
func lately(b page.Base, in scope.Scope) patrol.Span {
	now := patrol.SlotAt(b.Now)
	return patrol.Span{In: in, From: now.Week() - 3*14, To: now + 1}
}

func (c *Counter) appraisal(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("patrol.appraisal")
	if !b.Staff() {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	place, err := c.place(r, b.Actor)
	if err != nil {
		return err
	}
	if place.Level < scope.Town {
		return c.appraiseTowns(w, r, b)
	}
	as, v, err := c.Patrol.Appraise(r.Context(), b.Actor, lately(b, place))
	if err != nil {
		return err
	}
	p := c.appraisalPage(b, place, as, v)
	return appraisalShown.Show(w, r, p)
}

// appraiseTowns lists the streets and towns to choose from: the city is too much to look
// at grid by grid.
func (c *Counter) appraiseTowns(w http.ResponseWriter, r *http.Request, b page.Base) error {
	v := c.appraisalPage(b, scope.Scope{}, nil, patrol.Version{})
	v.Table = page.Table{Caption: b.T("patrol.appraisal.choose"), Cols: []page.Col{{Text: b.T("patrol.coverage.place")}}}
	city, _ := c.Places.Tree().City()
	for _, town := range c.Places.Tree().Children(city.ID) {
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: town.Name.In(b.Lang), Href: "/patrol/appraisal?place=" + town.ID.String()}})
	}
	return appraisalShown.Show(w, r, v)
}

func points(b page.Base, p patrol.Points) string {
	if p.Weighed == 0 {
		return b.T("patrol.share.none")
	}
	return b.T("patrol.points", whole(p.Points), whole(p.Low), whole(p.High))
}

func (c *Counter) appraisalPage(b page.Base, place scope.Scope, as []patrol.Appraisal, v patrol.Version) appraisalPage {
	p := appraisalPage{
		Base: b, Ways: ways(b, "/patrol/appraisal"), Head: page.Head{Kicker: c.where(b, c.pathOf(place)), Title: b.T("patrol.appraisal"), Lead: b.T("patrol.appraisal.lead")},
		Empty: page.Empty{Icon: "chart", Title: b.T("patrol.coverage.none"), Text: b.T("patrol.coverage.none.text")},
		Note:  page.Note{Tone: page.ToneCalm, Text: b.T("patrol.appraisal.note"), Link: page.Link{Href: "/patrol/formula", Text: b.T("patrol.formula")}},
		Table: page.Table{Caption: b.T("patrol.appraisal.table"), Cols: []page.Col{{Text: b.T("patrol.coverage.place")}, {Text: b.T("patrol.appraisal.points"), Num: true}}},
	}
	for _, part := range v.Formula.Parts {
		p.Table.Cols = append(p.Table.Cols, page.Col{Text: b.T("patrol.rate." + string(part.Rate)), Num: true})
	}
	for _, a := range as {
		row := []page.Cell{{Text: c.where(b, a.Path), Href: "/patrol/grids/" + a.Path[scope.Grid].String() + "/appraisal"}, {Text: points(b, a.Points)}}
		for _, part := range a.Parts {
			row = append(row, page.Cell{Text: portion(b, part.Done, part.Of)})
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	return p
}

// A gridAppraisalPage shows where every number of a grid's appraisal comes from.
type gridAppraisalPage struct {
	page.Base
	Head    page.Head
	Facts   []page.Fact
	Gaps    []gapLine
	Misses  []gapLine
	Appeals []appealLine
	Note    page.Note
}

type gapLine struct {
	Text, Meta, Href, Said string
	Appeal                 string // address; "" if it is appealed against, or the reader may not
	Hidden                 []page.Hidden
}

type appealLine struct {
	Who, What, Words, Said string
	Pill                   page.Pill
	Grant, Dismiss         string
}

var gridAppraisalShown = page.New[gridAppraisalPage](files, "gridappraisal.html")

func (c *Counter) gridAppraisal(w http.ResponseWriter, r *http.Request) error {
	v, err := c.gridAppraisalOf(r, nil)
	if err != nil {
		return err
	}
	return gridAppraisalShown.Show(w, r, v)
}

func (c *Counter) gridAppraisalOf(r *http.Request, f *form.Form) (v gridAppraisalPage, err error) {
	d, err := record(r, "patrol.grid.none")
	if err != nil {
		return v, err
	}
	b := page.From(r).Titled("patrol.appraisal")
	b.Form = f
	g, ok := c.Places.Tree().Get(d)
	if !ok || g.Path[scope.Grid] != g.ID {
		return v, errs.New(errs.NotFound, "patrol.grid.none")
	}
	as, _, err := c.Patrol.Appraise(r.Context(), b.Actor, lately(b, scope.Of(g.Path)))
	if err != nil {
		return v, err
	}
	a := patrol.Appraisal{Path: g.Path}
	if len(as) > 0 {
		a = as[0]
	}
	names, err := c.Patrol.Names(r.Context(), a.Gaps)
	if err != nil {
		return v, err
	}
	appeals, err := c.Patrol.ListAppeals(r.Context(), b.Actor, scope.Of(g.Path))
	if err != nil {
		return v, err
	}
	t := scope.Target{Path: g.Path, At: b.Now}
	return c.gridAppraisalPage(b, g.ID, a, names, appeals, b.Actor.May(access.Patrol, t).OK, b.Actor.May(access.Arrange, t).OK), nil
}

func (c *Counter) gridAppraisalPage(b page.Base, grid id.ID, a patrol.Appraisal, names map[id.ID]string, appeals []patrol.Appeal, walks, arranges bool) gridAppraisalPage {
	b.Crumbs = []page.Link{{Href: "/patrol/appraisal", Text: b.T("patrol.appraisal")}}
	at := "/patrol/grids/" + grid.String()
	v := gridAppraisalPage{Base: b, Head: page.Head{Kicker: c.where(b, a.Path), Title: b.T("patrol.appraisal"), Lead: b.T("patrol.appraisal.lead")}, Note: page.Note{Tone: page.ToneCalm, Text: b.T("patrol.appraisal.note"), Link: page.Link{Href: "/patrol/formula", Text: b.T("patrol.formula")}}}
	v.Facts = []page.Fact{{Label: b.T("patrol.appraisal.points"), Value: points(b, a.Points)}}
	for _, p := range a.Parts {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("patrol.rate." + string(p.Rate)), Value: portion(b, p.Done, p.Of), Lines: []string{b.T("patrol.rate.of", p.Done, p.Of, whole(100*p.Weight))}})
	}
	if a.Tally.Excused > 0 {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("patrol.appraisal.excused"), Value: strconv.Itoa(a.Tally.Excused)})
	}
	said := map[patrol.Against]patrol.AppealState{}
	for _, x := range appeals {
		said[patrol.Against{Grid: grid, Slot: x.Slot, Point: x.Point, Visit: x.Visit, Matter: x.Matter}] = x.State
	}
	line := func(text, meta, href string, of patrol.Against) gapLine {
		l := gapLine{Text: text, Meta: meta, Href: href}
		if s, ok := said[of]; ok {
			l.Said = b.T("patrol_appeal.state." + string(s))
			return l
		}
		if !walks {
			return l
		}
		l.Appeal = at + "/appeal"
		l.Hidden = []page.Hidden{{Name: "slot", Value: strconv.Itoa(int(of.Slot))}, {Name: "point", Value: of.Point.String()}, {Name: "visit", Value: of.Visit.String()}, {Name: "matter", Value: of.Matter.String()}}
		return l
	}
	for _, g := range a.Gaps[max(0, len(a.Gaps)-mostMissed):] {
		name := names[g.Stop.Point]
		if g.Stop.Visit != 0 {
			name = b.T("patrol.visit.row", names[g.Stop.Visit])
		}
		v.Gaps = append(v.Gaps, line(name, i18n.Date(b.Lang, g.Slot.Date())+" "+b.T(half(g.Slot)), roundHref(g.Path, g.Slot), patrol.Against{Grid: grid, Slot: g.Slot, Point: g.Stop.Point, Visit: g.Stop.Visit}))
	}
	for _, m := range a.Misses {
		v.Misses = append(v.Misses, line(m.Title, b.T("patrol.miss.meta", m.Number, i18n.Date(b.Lang, m.RaisedAt), i18n.Exact(b.Lang, m.Entry.At), m.Duty.Name), "/matters/"+m.Number, patrol.Against{Grid: grid, Matter: m.Matter}))
	}
	for _, x := range appeals {
		l := appealLine{Who: x.Actor, What: b.T("patrol.appeal.gap", i18n.Date(b.Lang, x.Slot.Date()), b.T(half(x.Slot))), Words: x.Words, Pill: page.Pill{Text: b.T("patrol_appeal.state." + string(x.State)), Tone: page.ToneSoon}}
		if x.Matter != 0 {
			l.What = b.T("patrol.appeal.miss")
		}
		if x.State == patrol.Lodged {
			if arranges && x.Account != b.Actor.Account {
				l.Grant, l.Dismiss = "/patrol/appeals/"+x.ID.String()+"/grant", "/patrol/appeals/"+x.ID.String()+"/dismiss"
			}
		} else {
			l.Pill.Tone = page.ToneDone
			l.Said = b.T("duty.by", x.DecidedBy, x.Reason)
		}
		v.Appeals = append(v.Appeals, l)
	}
	return v
}

func (c *Counter) appeal(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.grid.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := patrol.Against{Grid: d, Slot: patrol.Slot(f.Int("slot", 0, 1<<30)), Point: f.ID("point"), Visit: f.ID("visit"), Matter: f.ID("matter")}
	words := f.Text("words", patrol.MaxWhat)
	if err = f.Err(); err == nil {
		_, err = c.Patrol.Appeal(r.Context(), page.Actor(r), in, words)
	}
	if err == nil {
		return page.Done(w, r, "/patrol/grids/"+d.String()+"/appraisal", "patrol.done.appeal")
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.gridAppraisalOf(r, f)
	if perr != nil {
		return perr
	}
	return gridAppraisalShown.Fail(w, r, v, err)
}

func (c *Counter) grant(w http.ResponseWriter, r *http.Request) error {
	return c.judge(w, r, c.Patrol.Grant)
}

func (c *Counter) dismiss(w http.ResponseWriter, r *http.Request) error {
	return c.judge(w, r, c.Patrol.Dismiss)
}
