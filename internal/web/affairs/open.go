// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"
	"slices"
	"strconv"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

func itoa(n int) string { return strconv.Itoa(n) }

// openPage is how it stands with every item of a village's open affairs.
type openPage struct {
	sheet
	Standing page.Note
	Groups   []openGroup
	Rhythm   page.Link
	Edit     bool
	Write    string
}

// openGroup is one of the three, item by item.
type openGroup struct {
	Title string
	Items []openItem
}

// openItem is an item with its latest periods.
type openItem struct {
	Name, Pace, Basis string
	Periods           []item
	None              string
	Write             string
}

var openShown = page.New[openPage](files, "open.html")

const periodsShown = 5

func (c *Counter) open(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	if p.Kind != places.Village {
		return errs.New(errs.NotFound, "affairs.none")
	}
	b := page.From(r)
	rh, all, err := c.Affairs.Standings(r.Context(), p.ID, periodsShown)
	if err != nil {
		return err
	}
	v := openPage{sheet: c.sheetOf(b, p, "open", b.T("village.open.title"), b.T("village.open.lead")), Edit: edits(b, p),
		Rhythm: page.Link{Href: "/affairs/rhythm", Text: b.T("village.open.rhythm")}}
	if v.Standing, _, err = c.standing(r, b, p); err != nil {
		return err
	}
	v.Standing.Link = page.Link{} // each item stands below: the way to it would lead here
	for _, k := range []affairs.Kind{affairs.Party, affairs.Village, affairs.Finance} {
		g := openGroup{Title: b.T(affairWord(k, p))}
		for _, x := range rh.Items {
			if x.Kind != k {
				continue
			}
			it := openItem{Name: x.Name.In(b.Lang), Pace: paceWords(b, x), Basis: x.Basis.In(b.Lang), None: b.T("village.open.none." + string(x.Pace)),
				Write: At(p.ID) + "/write?kind=" + string(k) + "&item=" + x.Code}
			for _, s := range all {
				if s.Item.Code == x.Code {
					it.Periods = append(it.Periods, itemOf(b, s))
				}
			}
			g.Items = append(g.Items, it)
		}
		v.Groups = append(v.Groups, g)
	}
	return openShown.Show(w, r, v)
}

// paceWords says how often, and by when.
func paceWords(b page.Base, x affairs.Item) string {
	s := b.T("village.pace."+string(x.Pace), x.Within)
	if x.Busy != "" {
		s += b.T("village.pace.busy")
	}
	return s
}

// villagesPage is how it stands with the open affairs of every village.
type villagesPage struct {
	page.Base
	Head    page.Head
	Figures []figure
	Filter  page.Filter
	Table   page.Table
	Home    page.Link
}

type figure struct{ Number, Word string }

var villagesShown = page.New[villagesPage](files, "villages.html")

func (c *Counter) villages(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("village.all.title")
	f := form.Of("town", r.URL.Query().Get("town"), "late", r.URL.Query().Get("late"))
	town := f.ID("town")
	if err := f.Err(); err != nil {
		return err
	}
	vs, err := c.Affairs.Villages(r.Context(), town)
	if err != nil {
		return err
	}
	tree := c.Places.Tree()
	v := villagesPage{Base: b, Head: page.Head{Title: b.T("village.all.title"), Lead: b.T("village.all.lead")}}
	var towns []page.Option
	for _, t := range tree.All(places.Town) {
		towns = append(towns, page.Option{Value: t.ID.String(), Text: t.Name.In(b.Lang)})
	}
	v.Filter = page.Filter{Action: "/affairs", Fields: []page.Field{
		page.NewField(b.Lang, f, "town", "village.all.town").Of(towns).Example(b.T("village.all.town.any")).Quiet(),
		page.NewField(b.Lang, f, "late", "village.all.state").Of([]page.Option{{Value: "1", Text: b.T("village.all.late")}}).Example(b.T("village.all.state.any")).Quiet(),
	}}
	if town != 0 || f.Bool("late") {
		v.Filter.Reset = "/affairs"
	}
	opened, late, asked, ontime := 0, 0, 0, 0
	v.Table = page.Table{Caption: b.T("village.all.table"), Hide: true, Cols: []page.Col{{Text: b.T("village.all.name")}, {Text: b.T("village.all.town")}, {Text: b.T("village.all.stands")}, {Text: b.T("village.all.ontime"), Num: true}}}
	for _, x := range vs {
		if x.Opened {
			opened++
		}
		if x.Missing > 0 {
			late++
		}
		asked, ontime = asked+x.Asked, ontime+x.OnTime
		if f.Bool("late") && x.Missing == 0 {
			continue
		}
		up, _ := tree.Get(x.Place.Parent)
		stands := page.Cell{Text: b.T("village.all.fine"), Tone: page.ToneDone}
		switch {
		case !x.Opened:
			stands = page.Cell{Text: b.T("village.all.unopened"), Tone: page.ToneQuiet}
		case x.Missing > 0:
			stands = page.Cell{Text: b.T("village.all.missing", x.Missing), Tone: page.ToneLate}
		}
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: x.Place.Name.In(b.Lang), Href: At(x.Place.ID)}, {Text: up.Name.In(b.Lang)}, stands, {Text: itoa(x.OnTime) + " / " + itoa(x.Asked)}})
	}
	v.Figures = []figure{{b.T("village.of", opened, len(vs)), b.T("village.all.opened")}, {b.T("village.of", late, opened), b.T("village.all.late")}, {b.T("village.of", ontime, asked), b.T("village.all.items")}}
	return villagesShown.Show(w, r, v)
}

// rhythmPage is what has to be opened how often, for an administrator with the fields
// to ask for more.
type rhythmPage struct {
	page.Base
	Head     page.Head
	Table    page.Table
	Editions []page.Row
	Edit     bool
	Saw      string
	Fields   []rhythmField
}

type rhythmField struct {
	Name         string
	Pace, Within page.Field
}

var rhythmShown = page.New[rhythmPage](files, "rhythm.html")

func (c *Counter) rhythm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.rhythmView(r, nil)
	if err != nil {
		return err
	}
	return rhythmShown.Show(w, r, v)
}

func (c *Counter) rhythmView(r *http.Request, f *form.Form) (v rhythmPage, err error) {
	b := page.From(r).Titled("village.rhythm.title")
	rs, err := c.Affairs.Rhythms(r.Context())
	if err != nil {
		return v, err
	}
	now := rs[0]
	v = rhythmPage{Base: b, Head: page.Head{Title: b.T("village.rhythm.title"), Lead: b.T("village.rhythm.lead", now.BusyFrom)}, Edit: b.Actor.Has("administer"), Saw: itoa(now.Number)}
	v.Table = page.Table{Caption: b.T("village.rhythm.title"), Hide: true, Cols: []page.Col{{Text: b.T("village.rhythm.item")}, {Text: b.T("village.rhythm.kind")}, {Text: b.T("village.rhythm.pace")}, {Text: b.T("village.rhythm.basis")}}}
	if f == nil {
		f = form.Of("busy_from", itoa(now.BusyFrom))
	}
	v.Form = f
	for _, x := range now.Items {
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: x.Name.In(b.Lang)}, {Text: b.T("village.kind." + string(x.Kind))}, {Text: paceWords(b, x)}, {Text: x.Basis.In(b.Lang)}})
		var os []page.Option
		for _, p := range affairs.Paces {
			if (p == affairs.AtOnce) == (x.Pace == affairs.AtOnce) {
				os = append(os, page.Option{Value: string(p), Text: b.T("affairs.pace." + string(p))})
			}
		}
		v.Fields = append(v.Fields, rhythmField{x.Name.In(b.Lang),
			page.NewField(b.Lang, f, "pace_"+x.Code, "village.rhythm.pace").Labelled(x.Name.In(b.Lang) + " · " + b.T("village.rhythm.pace")).Of(os).Need().From(string(x.Pace)),
			page.NewField(b.Lang, f, "within_"+x.Code, "village.rhythm.within").Labelled(x.Name.In(b.Lang) + " · " + b.T("village.rhythm.within")).As("number").Need().From(itoa(x.Within))})
	}
	for _, x := range rs {
		row := page.Row{Title: b.T("village.rhythm.edition", x.Number), Meta: nonempty(string(x.From), x.Note, x.Actor)}
		if x.Number == 0 {
			row = page.Row{Title: b.T("village.rhythm.shipped")}
		}
		v.Editions = append(v.Editions, row)
	}
	return v, nil
}

func (c *Counter) revise(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	rs, err := c.Affairs.Rhythms(r.Context())
	if err != nil {
		return err
	}
	in := affairs.Rhythm{BusyFrom: f.Int("busy_from", 1, 1000), Items: slices.Clone(rs[0].Items)}
	for i, x := range in.Items {
		in.Items[i].Pace = affairs.Pace(f.Line("pace_"+x.Code, 20))
		in.Items[i].Within = f.Int("within_"+x.Code, 1, 60)
	}
	note, saw := f.Line("note", affairs.MaxWhy), f.Int("saw", 0, 1<<30)
	if err = f.Err(); err == nil {
		err = c.Affairs.Revise(r.Context(), page.Actor(r), in, note, saw)
	}
	if err == nil {
		return page.Done(w, r, "/affairs/rhythm", "village.rhythm.done")
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.rhythmView(r, f)
	if verr != nil {
		return verr
	}
	return rhythmShown.Fail(w, r, v, err)
}

// dayOf is a day in full.
func dayOf(b page.Base, d places.Day) string {
	from, _, ok := affairs.Period(d).Span()
	if !ok {
		return string(d)
	}
	return i18n.Date(b.Lang, from)
}
