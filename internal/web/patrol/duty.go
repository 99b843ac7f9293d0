// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

type dutiesPage struct {
	page.Base
	Head  page.Head
	Tabs  []page.Tab
	Rows  []page.Row
	Empty page.Empty
	Note  page.Note
	Ways  []page.Tab
}

var dutiesShown = page.New[dutiesPage](files, "duties.html")

// tabs are the views of the duty list, and the states of each.
var dutyTabs = []struct {
	key    string
	states []patrol.State
}{
	{"list", []patrol.State{patrol.Admitted, patrol.Limited}},
	{"proposed", []patrol.State{patrol.Proposed}},
	{"past", []patrol.State{patrol.Ended, patrol.Refused, patrol.Withdrawn}},
}

func (c *Counter) duties(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("duty.title")
	ds, err := c.Patrol.ListDuties(r.Context(), b.Actor, patrol.DutyFilter{})
	if err != nil {
		return err
	}
	return dutiesShown.Show(w, r, c.dutiesPage(b, ds, r.URL.Query().Get("state")))
}

func (c *Counter) dutiesPage(b page.Base, ds []patrol.Duty, view string) dutiesPage {
	v := dutiesPage{
		Base: b, Head: page.Head{Title: b.T("duty.title"), Lead: b.T("duty.lead")}, Note: page.Note{Tone: page.ToneCalm, Text: b.T("duty.note")},
		Empty: page.Empty{Icon: "document", Title: b.T("duty.empty"), Text: b.T("duty.empty.text")}, Ways: ways(b, "/patrol/duties"),
	}
	if c.Patrol != nil && len(c.Patrol.Departments(b.Actor)) > 0 {
		v.Head.Action = page.Link{Href: "/patrol/duties/new", Text: b.T("duty.propose"), Icon: "plus", Main: true}
	}
	for _, tab := range dutyTabs {
		t := page.Tab{Text: b.T("duty.tab." + tab.key), Href: "/patrol/duties?state=" + tab.key, Current: view == tab.key || view == "" && tab.key == "list"}
		for _, d := range ds {
			if !slices.Contains(tab.states, d.State) {
				continue
			}
			t.Count++
			if t.Current {
				v.Rows = append(v.Rows, c.dutyRow(b, d))
			}
		}
		v.Tabs = append(v.Tabs, t)
	}
	return v
}

func (c *Counter) dutyRow(b page.Base, d patrol.Duty) page.Row {
	return page.Row{
		Href: dutyHref(d.ID), Title: d.Name.In(b.Lang), Pill: dutyPill(b, d),
		Meta: []string{c.unit(b, d.Unit), b.T("duty.kind." + string(d.Kind)), b.T("duty.often." + string(d.Often)), b.T("duty.minutes.each", d.Minutes)},
	}
}

func dutyHref(d id.ID) string { return "/patrol/duties/" + d.String() }

func dutyPill(b page.Base, d patrol.Duty) page.Pill {
	p := page.Pill{Text: b.T("duty.state." + string(d.State)), Tone: page.ToneQuiet}
	switch d.State {
	case patrol.Proposed:
		p.Tone = page.ToneSoon
	case patrol.Admitted:
		p.Tone = page.ToneDone
	case patrol.Limited:
		p.Tone, p.Text = page.ToneDone, b.T("duty.until", i18n.Date(b.Lang, d.Until.Date()))
	case patrol.Refused, patrol.Withdrawn, patrol.Ended:
	}
	return p
}

// ways are the views of the grids' work that everybody at work has.
func ways(b page.Base, at string) []page.Tab {
	var ts []page.Tab
	if b.Actor.Has(access.Patrol) {
		ts = append(ts, page.Tab{Text: b.T("patrol.today"), Href: "/patrol", Count: -1})
	}
	if sees(b.Actor) {
		ts = append(ts, page.Tab{Text: b.T("patrol.coverage"), Href: "/patrol/coverage", Count: -1}, page.Tab{Text: b.T("patrol.appraisal"), Href: "/patrol/appraisal", Count: -1})
	}
	ts = append(ts, page.Tab{Text: b.T("duty.title"), Href: "/patrol/duties", Count: -1}, page.Tab{Text: b.T("patrol.burden"), Href: "/patrol/burden", Count: -1})
	for i := range ts {
		ts[i].Current = ts[i].Href == at
	}
	return ts
}

func (c *Counter) unit(b page.Base, d id.ID) string {
	if c.Orgs != nil {
		if u, ok := c.Orgs.Directory().Unit(d); ok {
			return u.Name.In(b.Lang)
		}
	}
	return b.T("duty.unit.none")
}

// where names a place with those above it.
func (c *Counter) where(b page.Base, p scope.Path) string {
	if c.Places == nil {
		return b.T("patrol.city")
	}
	if _, l := p.Last(); l == scope.City {
		return b.T("patrol.city")
	}
	return c.Places.Tree().Words(p, "").In(b.Lang)
}

type dutyPage struct {
	page.Base
	Head    page.Head
	Pill    page.Pill
	Facts   []page.Fact
	Fields  page.Table
	Givings []giving
	Acts    []dutyAct
	Give    page.Field
	MayGive bool
	Address string
}

type giving struct {
	Where, When string
	Ended       string
	Back        string // address by which it is taken back
}

type dutyAct struct {
	Act, Text string
	Words     page.Field // zero Name: none is asked
	Until     page.Field
	Danger    bool
}

var dutyShown = page.New[dutyPage](files, "duty.html")

func (c *Counter) duty(w http.ResponseWriter, r *http.Request) error {
	v, err := c.dutyOf(r, nil)
	if err != nil {
		return err
	}
	return dutyShown.Show(w, r, v)
}

func (c *Counter) dutyOf(r *http.Request, f *form.Form) (v dutyPage, err error) {
	d, err := record(r, "duty.none")
	if err != nil {
		return v, err
	}
	b := page.From(r)
	x, err := c.Patrol.Duty(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	b.Form = f
	return c.dutyPage(b, x), nil
}

func (c *Counter) dutyPage(b page.Base, x patrol.Whole) dutyPage {
	d := x.Duty
	b.Title = d.Name.In(b.Lang)
	b.Crumbs = []page.Link{{Href: "/patrol/duties", Text: b.T("duty.title")}}
	v := dutyPage{Base: b, Head: page.Head{Kicker: c.unit(b, d.Unit), Title: b.Title, Lead: d.What}, Pill: dutyPill(b, d), MayGive: x.MayGive, Address: dutyHref(d.ID)}
	if x.MayRead {
		v.Head.Action = page.Link{Href: answersHref(d.ID), Text: b.T("duty.answers.read"), Icon: "document"}
	}
	v.Facts = []page.Fact{
		{Label: b.T("duty.fact.how"), Value: b.T("duty.kind." + string(d.Kind)), Lines: []string{b.T("duty.often."+string(d.Often)) + " · " + b.T("duty.minutes.each", d.Minutes)}},
		{Label: b.T("duty.fact.basis"), Value: d.Basis},
		{Label: b.T("duty.fact.proposed"), Value: b.T("duty.by", d.ProposedBy, i18n.Exact(b.Lang, d.ProposedAt))},
	}
	if d.Kind == patrol.AtPoint {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("duty.field.points"), Value: each(b, "patrol.kind.", d.Points)})
	} else {
		reads := b.T("duty.reads.none")
		if len(d.Reads) > 0 {
			reads = each(b, "people.field.", d.Reads)
		}
		v.Facts = append(v.Facts, page.Fact{Label: b.T("duty.field.reads"), Value: reads})
	}
	if len(d.Categories) > 0 {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("duty.field.categories"), Value: c.categoryNames(b, d.Categories)})
	}
	if !d.DecidedAt.IsZero() {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("duty.fact.decided"), Value: b.T("duty.by", d.DecidedBy, i18n.Exact(b.Lang, d.DecidedAt)), Lines: []string{d.Reason}})
	}
	v.Fields = page.Table{Caption: b.T("duty.fields"), Cols: []page.Col{{Text: b.T("duty.fields.label")}, {Text: b.T("duty.fields.kind")}, {Text: b.T("duty.fields.fact")}}}
	for _, f := range d.Fields {
		v.Fields.Rows = append(v.Fields.Rows, []page.Cell{{Text: f.Label.In(b.Lang)}, {Text: b.T("duty.answer." + string(f.Kind))}, {Text: f.Fact}})
	}
	for _, g := range x.Givings {
		line := giving{Where: c.where(b, g.Path), When: b.T("duty.by", g.GivenBy, i18n.Date(b.Lang, g.GivenAt))}
		if !g.EndedAt.IsZero() {
			line.Ended = b.T("duty.giving.ended.on", i18n.Date(b.Lang, g.EndedAt))
		} else if x.MayGive {
			line.Back = "/patrol/givings/" + g.ID.String() + "/back"
		}
		v.Givings = append(v.Givings, line)
	}
	for _, a := range x.Acts {
		act := dutyAct{Act: string(a), Text: b.T("duty.act." + string(a)), Danger: a == patrol.Refuse || a == patrol.End || a == patrol.Withdraw}
		if a != patrol.Withdraw {
			act.Words = page.NewField(b.Lang, b.Form, "words", "duty.words").Need().Rows(2).Max(patrol.MaxWhat).Apart(string(a))
		}
		if a == patrol.AdmitUntil {
			act.Until = page.NewField(b.Lang, b.Form, "until", "duty.field.until").Need().As("date")
		}
		v.Acts = append(v.Acts, act)
	}
	if v.MayGive {
		v.Give = page.NewField(b.Lang, b.Form, "place", "duty.give.place").Need().Of(c.placeOptions(b))
	}
	return v
}

// each says a few words, one after the other.
func each[T ~string](b page.Base, key string, of []T) string {
	words := make([]string, len(of))
	for i, x := range of {
		words[i] = b.T(key + string(x))
	}
	return strings.Join(words, b.T("when.comma"))
}

func (c *Counter) categoryNames(b page.Base, codes []string) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = code
		if c.Matters == nil {
			continue
		}
		if k, ok := c.Matters.Catalogue().Get(code); ok {
			words[i] = k.Name.In(b.Lang)
		}
	}
	return strings.Join(words, b.T("when.comma"))
}

// placeOptions are the city, its streets and towns, and their villages.
func (c *Counter) placeOptions(b page.Base) []page.Option {
	if c.Places == nil {
		return []page.Option{{Value: "1", Text: b.T("patrol.city")}}
	}
	tree := c.Places.Tree()
	city, _ := tree.City()
	out := []page.Option{{Value: city.ID.String(), Text: b.T("patrol.city")}}
	for _, town := range tree.All(places.Town) {
		name := town.Name.In(b.Lang)
		out = append(out, page.Option{Value: town.ID.String(), Text: b.T("patrol.whole", name), Group: name})
		for _, v := range tree.Children(town.ID) {
			out = append(out, page.Option{Value: v.ID.String(), Text: v.Name.In(b.Lang), Group: name})
		}
	}
	return out
}

// decide carries out an act, or shows the duty again with what is wrong.
func (c *Counter) decide(w http.ResponseWriter, r *http.Request, done string, do func(d id.ID, f *form.Form) error) error {
	d, err := record(r, "duty.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if err := do(d, f); err == nil {
		return page.Done(w, r, dutyHref(d), done)
	} else if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	} else {
		v, perr := c.dutyOf(r, f)
		if perr != nil {
			return err
		}
		return dutyShown.Fail(w, r, v, err)
	}
}

func (c *Counter) admit(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "duty.done.admit", func(d id.ID, f *form.Form) error {
		words := f.Text("words", patrol.MaxWhat)
		if err := f.Err(); err != nil {
			return err
		}
		return c.Patrol.Admit(r.Context(), page.Actor(r), d, words)
	})
}

func (c *Counter) admitUntil(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "duty.done.admit", func(d id.ID, f *form.Form) error {
		words, until := f.Text("words", patrol.MaxWhat), f.Date("until")
		if err := f.Err(); err != nil {
			return err
		}
		if until.IsZero() {
			return errs.At("until", "duty.until.wrong", 366)
		}
		return c.Patrol.AdmitUntil(r.Context(), page.Actor(r), d, patrol.DayOf(until), words)
	})
}

func (c *Counter) refuse(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "duty.done.refuse", func(d id.ID, f *form.Form) error {
		words := f.Text("words", patrol.MaxWhat)
		if err := f.Err(); err != nil {
			return err
		}
		return c.Patrol.Refuse(r.Context(), page.Actor(r), d, words)
	})
}

func (c *Counter) withdraw(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "duty.done.withdraw", func(d id.ID, _ *form.Form) error {
		return c.Patrol.Withdraw(r.Context(), page.Actor(r), d)
	})
}

func (c *Counter) end(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "duty.done.end", func(d id.ID, f *form.Form) error {
		words := f.Text("words", patrol.MaxWhat)
		if err := f.Err(); err != nil {
			return err
		}
		return c.Patrol.End(r.Context(), page.Actor(r), d, words)
	})
}

func (c *Counter) give(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "duty.done.give", func(d id.ID, f *form.Form) error {
		place := f.ID("place")
		if err := f.Err(); err != nil {
			return err
		}
		if place == 0 {
			return errs.At("place", "patrol.place.none")
		}
		_, err := c.Patrol.Give(r.Context(), page.Actor(r), d, place)
		return err
	})
}

func (c *Counter) takeBack(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "duty.giving.none")
	if err != nil {
		return err
	}
	duty, err := c.Patrol.TakeBack(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	return page.Done(w, r, dutyHref(duty), "duty.done.back")
}
