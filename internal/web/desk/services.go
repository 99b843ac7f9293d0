// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// listPage is what can be had.
type listPage struct {
	page.Base
	Head   page.Head
	For    page.Note // whom a clerk looks for
	At     page.Note // the counter and the time that a clerk has chosen
	Filter page.Filter
	Rows   []page.Row
	Empty  page.Empty
	Pager  page.Pager
	Ways   []page.Link
}

var listed = page.New[listPage](files, "services.html")

const perPage = 30

func (c *Counter) services(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("services.title")
	f := form.Of()
	for _, name := range []string{"q", "theme", "unit", "home", "resident", "counter", "at"} {
		if v := r.URL.Query().Get(name); v != "" {
			f.Set(name, v)
		}
	}
	b.Form = f
	cat, err := c.Desk.Catalogue(r.Context())
	if err != nil {
		return err
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	q := desk.Filter{Words: f.Line("q", 100), Theme: f.Line("theme", 40), Unit: f.ID("unit"), AtHome: f.Bool("home"), Skip: from, Most: perPage, Gone: f.ID("unit") != 0 && keeps(b)}
	if f.Err() != nil {
		q = desk.Filter{Most: perPage}
	}
	if d := f.ID("counter"); d != 0 && f.Err() == nil { // a clerk has chosen counter and time already
		if q.At, err = c.Desk.Counter(r.Context(), d); err != nil {
			return err
		}
	}
	found, more := cat.Search(q)
	who, err := c.forResident(r)
	if err != nil {
		return err
	}
	v := c.listPage(b, found, cat.Themes(), f)
	if q.At.ID != 0 {
		v.Head.Lead = ""
		v.At = page.Note{Tone: page.ToneCalm, Text: b.T("services.at", q.At.Name.In(b.Lang)), Link: page.Link{Href: "/counters/" + q.At.ID.String(), Text: b.T("services.at.back")}}
		if at := f.Moment("at"); !at.IsZero() {
			v.At.Text = b.T("services.at.time", moment(b, at), q.At.Name.In(b.Lang))
			v.At.Link.Href += "?day=" + isoDay(at)
		}
	}
	if who.ID != 0 {
		v.For = page.Note{Tone: page.ToneCalm, Text: b.T("services.for", who.Name)}
	}
	at := func(n int) string {
		x := f.Values()
		x.Set("from", strconv.Itoa(n))
		return "/services?" + x.Encode()
	}
	if more {
		v.Pager.Older = at(from + perPage)
	}
	if from > 0 {
		v.Pager.Newer = at(max(from-perPage, 0))
	}
	return listed.Show(w, r, v)
}

// forResident is the resident for whom a clerk looks, or who acts for them by a proxy, as
// masks; nobody if the address names none, or the reader.
func (c *Counter) forResident(r *http.Request) (k desk.Card, err error) {
	d, perr := id.Parse(r.FormValue("resident"))
	if by := page.Actor(r); perr != nil || d == 0 || d == by.Resident {
		return k, nil
	}
	return c.Desk.ForWhom(r.Context(), page.Actor(r), d)
}

func (c *Counter) listPage(b page.Base, found []desk.Item, themes []desk.Theme, f *form.Form) listPage {
	var opts []page.Option
	for _, t := range themes {
		opts = append(opts, page.Option{Value: t.Name, Text: b.T("services.theme", heading(b, t.Name), t.Count)})
	}
	v := listPage{Base: b, Head: page.Head{Title: b.T("services.title"), Lead: b.T("services.lead")},
		Filter: page.Filter{Action: "/services", Search: page.NewField(b.Lang, f, "q", "services.search").As("search").Max(100).Example(b.T("services.search.example")),
			Fields: []page.Field{page.NewField(b.Lang, f, "theme", "services.themes").Of(opts).Example(b.T("services.themes.all")).Quiet()}},
		Empty: page.Empty{Icon: "search", Title: b.T("services.empty"), Text: b.T("services.empty.text"), Action: page.Link{Href: "/raise", Text: b.T("services.empty.raise")}},
	}
	for _, name := range []string{"resident", "counter", "at"} {
		if x := f.Get(name); x != "" {
			v.Filter.Hidden = append(v.Filter.Hidden, page.Hidden{Name: name, Value: x})
		}
	}
	if f.Get("q") != "" || f.Get("theme") != "" || f.Get("unit") != "" {
		v.Filter.Reset = "/services" + chosenIn(f)
	}
	v.Rows = c.itemRows(b, found, f)
	if f.Get("counter") != "" {
		return v
	}
	if seesCounters(b) {
		v.Ways = append(v.Ways, page.Link{Href: "/counters", Text: b.T("counters.title"), Icon: "calendar"})
	}
	if !b.Staff() {
		v.Ways = append(v.Ways, page.Link{Href: "/bookings", Text: b.T("bookings.title"), Icon: "calendar"})
	}
	if finds(b) {
		v.Ways = append(v.Ways, page.Link{Href: "/visits/find" + residentIn(f.Get("resident")), Text: b.T("visits.find"), Icon: "house"})
	}
	if keeps(b) {
		v.Ways = append(v.Ways, page.Link{Href: "/services/add", Text: b.T("services.add"), Icon: "plus"})
	}
	return v
}

// chosenIn is what a clerk has chosen already, for an address: for whom, at which counter
// and at what time.
func chosenIn(f *form.Form) string {
	q := url.Values{}
	for _, name := range []string{"resident", "counter", "at"} {
		if x := f.Get(name); x != "" {
			q.Set(name, x)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func residentIn(resident string) string {
	if resident == "" {
		return ""
	}
	return "?resident=" + url.QueryEscape(resident)
}

func (c *Counter) itemRows(b page.Base, is []desk.Item, f *form.Form) []page.Row {
	rows := make([]page.Row, len(is))
	to := ""
	if f.Get("counter") != "" { // counter and time are chosen: what is left is for whom
		to = "/book"
	}
	for n, i := range is {
		row := page.Row{Href: "/services/" + i.Code + to + chosenIn(f), Title: i.Name.In(b.Lang), Meta: []string{c.offeredBy(b, i), heading(b, i.Theme)}}
		if i.Promised.N > 0 {
			row.Meta = append(row.Meta, b.T("services.promised", i.Promised.Say(b.Lang)))
		}
		switch {
		case !i.Active:
			row.Pill = page.Pill{Text: b.T("services.gone"), Tone: page.ToneQuiet}
		case i.Booking: // most can be: a word, not a light
			row.Tags = append(row.Tags, b.T("services.bookable"))
		case i.Online != "":
			row.Pill = page.Pill{Text: b.T("services.online"), Tone: page.ToneCalm}
		}
		if i.AtHome {
			row.Tags = append(row.Tags, b.T("services.at_home"))
		}
		rows[n] = row
	}
	return rows
}

// itemPage is one item.
type itemPage struct {
	page.Base
	Head   page.Head
	Note   page.Note
	Ways   []page.Link
	Papers []string
	Facts  []page.Fact
	Keep   []page.Link
}

var itemShown = page.New[itemPage](files, "service.html")

func (c *Counter) service(w http.ResponseWriter, r *http.Request) error {
	i, err := c.itemOf(r)
	if err != nil {
		return err
	}
	v := c.itemPage(page.From(r), i, r.URL.Query().Get("resident"))
	return itemShown.Show(w, r, v)
}

// itemOf is the item of the address; one that is not offered any more only to those who
// keep it.
func (c *Counter) itemOf(r *http.Request) (desk.Item, error) {
	cat, err := c.Desk.Catalogue(r.Context())
	if err != nil {
		return desk.Item{}, err
	}
	i, ok := cat.Get(r.PathValue("code"))
	b := page.From(r)
	if !ok || !i.Active && !desk.MayKeep(b.Actor, i.Unit, i.Path, b.Now) {
		return i, errs.New(errs.NotFound, "desk.item.none")
	}
	return i, nil
}

func (c *Counter) itemPage(b page.Base, i desk.Item, resident string) itemPage {
	b.Title = i.Name.In(b.Lang)
	b.Crumbs = []page.Link{{Href: "/services" + residentIn(resident), Text: b.T("services.title")}}
	v := itemPage{Base: b, Head: page.Head{Kicker: heading(b, i.Theme), Title: b.Title, Lead: c.offeredBy(b, i), Read: true}, Papers: i.Papers}
	if !i.Active {
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("services.gone.text")}
	}
	at := "/services/" + i.Code
	if i.Active && i.Booking {
		v.Ways = append(v.Ways, page.Link{Href: at + "/book" + residentIn(resident), Text: b.T("services.book"), Icon: "calendar", Main: true})
	}
	if i.Active && i.BookAt != "" {
		v.Ways = append(v.Ways, page.Link{Href: i.BookAt, Text: b.T("services.book_at"), Icon: "link"})
	}
	if i.Active && i.AtHome && finds(b) {
		q := url.Values{"item": {i.Code}}
		if resident != "" {
			q.Set("resident", resident)
		}
		v.Ways = append(v.Ways, page.Link{Href: "/visits/find?" + q.Encode(), Text: b.T("services.home"), Icon: "house"})
	}
	if i.Active && i.Online != "" {
		v.Ways = append(v.Ways, page.Link{Href: i.Online, Text: b.T("services.apply"), Icon: "link"})
	}
	fact := func(key, value string) {
		if value != "" {
			v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: value, Href: call(key, value)})
		}
	}
	list := func(key string, values []string) {
		if len(values) > 0 {
			v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: values[0], Lines: values[1:]})
		}
	}
	fact("services.fact.promised", say(b.Lang, i.Promised))
	fact("services.fact.legal", say(b.Lang, i.Legal))
	if i.Visits > 0 {
		fact("services.fact.visits", b.T("services.visits", i.Visits))
	}
	fact("services.fact.fee", i.Fee)
	fact("services.fact.where", i.Where)
	fact("services.fact.hours", i.Hours)
	fact("services.fact.phone", i.Phone)
	fact("services.fact.complaints", i.Complaints)
	list("services.fact.for", i.For)
	fact("services.fact.conditions", i.Conditions)
	if i.Courier {
		fact("services.fact.courier", b.T("services.courier"))
	}
	list("services.fact.also", i.Also)
	fact("services.fact.with", i.With)
	fact("services.fact.platform", i.Platform)
	fact("services.fact.kind", i.Kind)
	fact("services.fact.level", i.Level)
	fact("services.fact.code", i.Code)
	if !i.ChangedAt.IsZero() {
		fact("services.fact.changed", i18n.Date(b.Lang, i.ChangedAt))
	}
	if desk.MayKeep(b.Actor, i.Unit, i.Path, b.Now) {
		v.Keep = append(v.Keep, page.Link{Href: at + "/edit", Text: b.T("services.edit"), Icon: "edit"})
	}
	v.Keep = append(v.Keep, page.Link{Href: at + "/history", Text: b.T("services.history"), Icon: "clock"})
	return v
}

// historyPage is how an item came to be as it is.
type historyPage struct {
	page.Base
	Head     page.Head
	Timeline page.Timeline
}

var historyShown = page.New[historyPage](files, "history.html")

func (c *Counter) history(w http.ResponseWriter, r *http.Request) error {
	i, err := c.itemOf(r)
	if err != nil {
		return err
	}
	es, err := c.Desk.History(r.Context(), i.ID)
	if err != nil {
		return err
	}
	return historyShown.Show(w, r, c.historyPage(page.From(r), i, es))
}

func (c *Counter) historyPage(b page.Base, i desk.Item, es []desk.Edition) historyPage {
	b = b.Titled("services.history")
	b.Crumbs = []page.Link{{Href: "/services", Text: b.T("services.title")}, {Href: "/services/" + i.Code, Text: i.Name.In(b.Lang)}}
	v := historyPage{Base: b, Head: page.Head{Kicker: i.Name.In(b.Lang), Title: b.T("services.history")}, Timeline: page.Timeline{Now: b.Now}}
	for n, e := range es {
		what := b.T("services.added")
		if n+1 < len(es) {
			what = b.T("services.changed", changedFields(b, es[n+1], e))
		}
		v.Timeline.Events = append(v.Timeline.Events, page.Event{At: e.At, Who: e.Actor, What: what, Note: e.Note, Icon: "edit"})
	}
	return v
}

// telephone is a number that can be dialled as it stands.
var telephone = regexp.MustCompile(`^[0-9][0-9 -]{4,18}[0-9]$`)

// call is the address that dials the number of a fact which is a telephone; "" for any
// other fact.
func call(key, value string) string {
	if (key == "services.fact.phone" || key == "services.fact.complaints") && telephone.MatchString(value) {
		return "tel:" + strings.NewReplacer(" ", "", "-", "").Replace(value)
	}
	return ""
}
