// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// listPage is a list of matters whose filter is the address.
type listPage struct {
	page.Base
	Head    page.Head
	Filter  page.Filter
	Rows    []page.Row
	Pager   page.Pager
	Empty   page.Empty
	Views   []savedView // the reader's own
	Export  []page.Link
	Query   string
	CanSave bool
	Place   page.Link // to the page of the place, if the list is of one
	Own     string    // the heading of the reader's own matters, where others of theirs stand beside
	Beside  []page.Section
}

// savedView is a filter that the reader gave a name.
type savedView struct {
	page.Link
	Drop    string // where it is deleted
	Current bool
}

var listed = page.New[listPage](files, "list.html")

// readFilter reads a list's filter from its address. What makes no sense is
// Invalid, beside its field if the bar has one: an address is typed and shared by
// people.
func (c *Counter) readFilter(q url.Values) (f matters.Filter, err error) {
	one := func(name string) id.ID {
		s := q.Get(name)
		if s == "" || err != nil {
			return 0
		}
		var d id.ID
		d, err = id.Parse(s)
		return d
	}
	if p := one("place"); p != 0 {
		x, ok := c.Places.Tree().Get(p)
		if !ok {
			return f, errs.New(errs.Invalid, "matter.place.unknown")
		}
		f.Place = scope.Of(x.Path)
	}
	f.Unit, f.Before = one("unit"), one("before")
	if err == nil {
		f.Rule, err = readRule(q.Get("rule"))
	}
	f.Category, f.Channel = q.Get("category"), matters.Channel(q.Get("channel"))
	f.Open, f.Late, f.Urgent = q.Get("open") != "", q.Get("late") != "", q.Get("urgent") != ""
	if s := q.Get("state"); s != "" {
		for _, one := range strings.Split(s, ",") {
			f.States = append(f.States, matters.State(one))
		}
	}
	day := func(name string) (t time.Time) {
		if s := q.Get(name); s != "" && err == nil {
			if t, err = time.ParseInLocation(time.DateOnly, s, i18n.Zone); err != nil {
				err = errs.At(name, "matter.answer.date")
			}
		}
		return t
	}
	f.From, f.To = day("from"), day("to")
	if !f.To.IsZero() {
		if err == nil && f.To.Before(f.From) {
			err = errs.At("to", "matter.filter.order")
		}
		f.To = f.To.AddDate(0, 0, 1)
	}
	return f, err
}

// without is the address of the list with some parameters changed; "" drops one,
// as it does those that a form sent empty.
func without(r *http.Request, pairs ...string) string {
	q := r.URL.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return r.URL.Path
	}
	return r.URL.Path + "?" + q.Encode()
}

// list shows matters, newest first: what the reader may see of what the filter
// asks for.
func (c *Counter) list(w http.ResponseWriter, r *http.Request) error {
	v, err := c.listFor(r, nil)
	if err != nil && v.Filter.Action != "" {
		return listed.Fail(w, r, v, err)
	}
	if err != nil {
		return err
	}
	return listed.Show(w, r, v)
}

// listFor is the list that the address of r asks for; form is that of a name for
// it, if one was sent. If a field of the bar is wrong, the page has the bar alone.
func (c *Counter) listFor(r *http.Request, sent *form.Form) (v listPage, err error) {
	b := page.From(r).Titled("matter.list.title")
	b.Form = sent
	f, err := c.readFilter(r.URL.Query())
	if wrong := errs.Public(err); len(wrong) > 0 && wrong[0].Field != "" {
		b.Form = typed(r.URL.Query())
		v = listPage{Base: b, Filter: c.filterBar(b, r, b.Form), Head: page.Head{Title: b.T("matter.list.title"), Lead: b.T("matter.list.lead")},
			Empty: page.Empty{Icon: "search", Title: b.T("matter.list.empty"), Text: b.T("matter.list.empty.text"), Action: page.Link{Href: "/matters", Text: b.T("matter.list.all")}}}
		return v, err
	}
	if err != nil {
		return v, err
	}
	words := strings.TrimSpace(r.URL.Query().Get("q"))
	var p matters.Page
	if words != "" {
		p, err = c.Matters.Search(r.Context(), b.Actor, words, f)
	} else {
		p, err = c.Matters.List(r.Context(), b.Actor, f)
	}
	if err != nil {
		return v, err
	}
	v = listPage{
		Base: b, Filter: c.filterBar(b, r, typed(r.URL.Query())), Rows: c.rows(b, p.Cards, false), Query: r.URL.RawQuery, CanSave: b.Staff(),
		Head:  page.Head{Title: b.T("matter.list.title"), Lead: b.T("matter.list.lead"), Action: raiseLink(b)},
		Empty: page.Empty{Icon: "search", Title: b.T("matter.list.empty"), Text: b.T("matter.list.empty.text"), Action: page.Link{Href: "/matters", Text: b.T("matter.list.all")}},
	}
	if mayRaise(b) != nil {
		v.Head.Action = page.Link{}
	}
	if q := r.URL.Query().Get("place"); q != "" {
		v.Place = c.placeLink(b, placeIn(c.Places.Tree(), q).Path)
	}
	if p.More && len(p.Cards) > 0 {
		v.Pager.Older = without(r, "before", p.Cards[len(p.Cards)-1].ID.String())
	}
	if f.Before != 0 {
		v.Pager.Newer = without(r, "before", "")
	}
	for _, s := range []string{"xlsx", "csv"} {
		v.Export = append(v.Export, page.Link{Href: "/matters." + s + "?" + r.URL.Query().Encode(), Text: b.T("list.export." + s), Icon: "download"})
	}
	views, err := c.Matters.Views(r.Context(), b.Actor)
	if err != nil {
		return v, err
	}
	for _, s := range views {
		v.Views = append(v.Views, savedView{page.Link{Href: "/matters?" + s.Query, Text: s.Name}, "/views/" + s.ID.String() + "/delete", s.Query == r.URL.RawQuery})
	}
	return v, nil
}

// barNames are the parameters of an address that a filter bar has fields for.
var barNames = []string{"q", "place", "category", "state", "channel", "from", "to", "due"}

// typed is what an address says for the fields of a filter bar.
func typed(q url.Values) *form.Form {
	var pairs []string
	for _, name := range barNames {
		if v := q.Get(name); v != "" {
			pairs = append(pairs, name, v)
		}
	}
	return form.Of(pairs...)
}

// narrowed reports whether the address asks for less than the whole list.
func narrowed(q url.Values) bool {
	for _, name := range append([]string{"unit", "rule", "late", "urgent", "open"}, barNames...) {
		if q.Get(name) != "" {
			return true
		}
	}
	return false
}

// bar is what the filter bars of all lists of matters have in common: the
// category, the place, and the way back to everything.
func (c *Counter) bar(b page.Base, r *http.Request, f *form.Form, search string) page.Filter {
	bar := page.Filter{Action: r.URL.Path, Search: page.NewField(b.Lang, f, "q", search).Example(b.T(search)), Fields: []page.Field{
		page.NewField(b.Lang, f, "category", "matter.filter.category").Of(c.categoryOptions(b)).Example(b.T("matter.filter.category.any")).Quiet(),
		page.NewField(b.Lang, f, "place", "matter.filter.place").Of(c.placeOptions(b)).Example(b.T("matter.filter.everywhere")).Quiet(),
	}}
	if narrowed(r.URL.Query()) {
		bar.Reset = r.URL.Path
	}
	return bar
}

// filterBar is the bar above the list, with what is chosen in it.
func (c *Counter) filterBar(b page.Base, r *http.Request, f *form.Form) page.Filter {
	q := r.URL.Query()
	field := func(name, key string) page.Field { return page.NewField(b.Lang, f, name, key) }
	bar := c.bar(b, r, f, "matter.filter.q")
	bar.Fields = append(bar.Fields, field("state", "matter.filter.state").Of(stateOptions(b)).Example(b.T("matter.filter.state.any")).Quiet())
	bar.More = []page.Field{
		field("channel", "matter.filter.channel").Of(channelOptions(b)).Example(b.T("matter.filter.channel.any")),
		field("from", "matter.filter.from").As("date"), field("to", "matter.filter.to").As("date"),
	}
	if u := q.Get("unit"); u != "" {
		bar.Hidden = append(bar.Hidden, page.Hidden{Name: "unit", Value: u})
		if d, err := id.Parse(u); err == nil {
			bar.Chips = append(bar.Chips, page.Chip{Text: c.unit(b.Lang, d), Without: without(r, "unit", "")})
		}
	}
	if s := q.Get("rule"); s != "" {
		bar.Hidden = append(bar.Hidden, page.Hidden{Name: "rule", Value: s})
		bar.Chips = append(bar.Chips, c.ruleChip(b, r, s))
	}
	for _, flag := range []string{"late", "urgent", "open"} {
		if q.Get(flag) != "" {
			bar.Hidden = append(bar.Hidden, page.Hidden{Name: flag, Value: "1"})
			bar.Chips = append(bar.Chips, page.Chip{Text: b.T("matter.filter." + flag), Without: without(r, flag, "")})
		}
	}
	return bar
}

// raiseLink leads to raising, where the reader may.
func raiseLink(b page.Base) page.Link {
	if !b.Raises() {
		return page.Link{}
	}
	return page.Link{Href: "/raise", Text: b.T("matter.raise.title"), Icon: "plus", Main: true}
}

// placeOptions are the towns, each with its villages.
func (c *Counter) placeOptions(b page.Base) []page.Option {
	tree := c.Places.Tree()
	city, _ := tree.City()
	var opts []page.Option
	for _, t := range tree.Children(city.ID) {
		name := t.Name.In(b.Lang)
		opts = append(opts, page.Option{Value: t.ID.String(), Text: b.T("matter.filter.whole", name), Group: name})
		for _, v := range tree.Children(t.ID) {
			opts = append(opts, page.Option{Value: v.ID.String(), Text: v.Name.In(b.Lang), Group: name})
		}
	}
	return opts
}

func (c *Counter) categoryOptions(b page.Base) []page.Option {
	cat := c.Matters.Catalogue()
	var opts []page.Option
	for _, g := range cat.Groups {
		for _, k := range cat.In(g.Code) {
			opts = append(opts, page.Option{Value: k.Code, Text: k.Name.In(b.Lang), Group: g.Name.In(b.Lang)})
		}
	}
	return opts
}

// Choices are the categories and the states to which a list can be narrowed.
func (c *Counter) Choices(b page.Base) (kinds, states []page.Option) {
	return c.categoryOptions(b), stateOptions(b)
}

func stateOptions(b page.Base) []page.Option {
	var opts []page.Option
	for _, s := range matters.Flow.States() {
		opts = append(opts, page.Option{Value: string(s), Text: b.T("matter.state." + string(s))})
	}
	return opts
}

func channelOptions(b page.Base) []page.Option {
	var opts []page.Option
	for _, x := range matters.Channels() {
		opts = append(opts, page.Option{Value: string(x), Text: b.T("matter.channel." + string(x))})
	}
	return opts
}

// mine are the reader's own matters.
func (c *Counter) mine(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("matter.mine.title")
	f, err := c.readFilter(r.URL.Query())
	if err != nil {
		return err
	}
	p, err := c.Matters.Mine(r.Context(), b.Actor, f)
	if err != nil {
		return err
	}
	v := listPage{Base: b, Rows: c.rows(b, p.Cards, false),
		Head:  page.Head{Title: b.T("matter.mine.title"), Lead: b.T("matter.mine.lead"), Action: raiseLink(b)},
		Empty: page.Empty{Icon: "document", Title: b.T("matter.mine.empty"), Text: b.T("matter.mine.empty.text"), Action: page.Link{Href: "/query", Text: b.T("matter.query.title")}}}
	if p.More {
		v.Pager.Older = without(r, "before", p.Cards[len(p.Cards)-1].ID.String())
	}
	if f.Before == 0 { // what else is theirs stands once, below the newest
		if v.Beside, err = c.beside(r, b); err != nil {
			return err
		}
	}
	if len(v.Beside) > 0 {
		v.Own = b.T("matter.mine.raised")
	}
	return listed.Show(w, r, v)
}

// beside are what else is the reader's own.
func (c *Counter) beside(r *http.Request, b page.Base) (all []page.Section, err error) {
	for _, of := range c.Beside {
		own, err := of(r, b)
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	return all, nil
}
