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
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

// inboxPage is what waits for a clerk.
type inboxPage struct {
	page.Base
	Head   page.Head
	Tabs   []page.Tab
	Filter page.Filter
	Rows   []page.Row
	Calls  []page.Row // whistles and parts asked of the clerk's units
	Bulk   page.Bulk
	Left   []left // what a bulk act left, and why
	Notes  []page.Note
	Empty  page.Empty
	Pager  page.Pager
}

// left is a matter that a bulk act left as it was.
type left struct{ Number, Title, Why string }

var inboxed = page.New[inboxPage](files, "inbox.html")

// inbox shows what waits for a clerk. Words are looked for among all matters, on
// the list, within what else is chosen: what a clerk looks for by its words has
// seldom waited for them.
func (c *Counter) inbox(w http.ResponseWriter, r *http.Request) error {
	if q := r.URL.Query(); strings.TrimSpace(q.Get("q")) != "" && page.From(r).Staff() {
		return page.Redirect(w, r, searchFor(q))
	}
	v, err := c.inboxFor(r)
	if err != nil {
		return err
	}
	return inboxed.Show(w, r, v)
}

// searchFor is the list with the words that were typed in the inbox.
func searchFor(q url.Values) string {
	to := url.Values{"q": {strings.TrimSpace(q.Get("q"))}}
	for _, name := range []string{"category", "place"} {
		if v := q.Get(name); v != "" {
			to.Set(name, v)
		}
	}
	if q.Get("due") == dueLate {
		to.Set("late", "1")
	}
	return "/matters?" + to.Encode()
}

// When what waits is due, as an inbox's address says it.
const dueLate, dueToday, dueWeek = "late", "today", "week"

// readInbox reads an inbox's filter from its address: that of a list, and when it
// is due: too late already, on this day, or in this week, from Monday on.
func (c *Counter) readInbox(q url.Values, now time.Time) (f matters.Filter, err error) {
	if f, err = c.readFilter(q); err != nil {
		return f, err
	}
	y, m, d := now.In(i18n.Zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone)
	f.Late = q.Get("due") == dueLate
	switch q.Get("due") {
	case "", dueLate:
	case dueToday:
		f.DueFrom, f.DueTo = day, day.AddDate(0, 0, 1)
	case dueWeek:
		f.DueFrom = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		f.DueTo = f.DueFrom.AddDate(0, 0, 7)
	default:
		return f, errs.New(errs.Invalid, "matter.filter.due.unknown")
	}
	return f, nil
}

// inboxBar is the filter bar of an inbox; found is how many it leaves.
func (c *Counter) inboxBar(b page.Base, r *http.Request, found int) page.Filter {
	f := typed(r.URL.Query())
	bar := c.bar(b, r, f, "matter.inbox.q")
	var due []page.Option
	for _, x := range []string{dueLate, dueToday, dueWeek} {
		due = append(due, page.Option{Value: x, Text: b.T("matter.filter.due." + x)})
	}
	bar.Fields = append(bar.Fields, page.NewField(b.Lang, f, "due", "matter.filter.due").Of(due).Example(b.T("matter.filter.due.any")).Quiet())
	if s := r.URL.Query().Get("rule"); s != "" {
		bar.Hidden = append(bar.Hidden, page.Hidden{Name: "rule", Value: s})
		bar.Chips = append(bar.Chips, c.ruleChip(b, r, s))
	}
	if bar.Reset != "" {
		bar.Count = b.T("list.count", found)
	}
	return bar
}

func (c *Counter) inboxFor(r *http.Request) (v inboxPage, err error) {
	b := page.From(r).Titled("matter.inbox.title")
	f, err := c.readInbox(r.URL.Query(), b.Now)
	if err != nil {
		return v, err
	}
	after, err := afterOf(r)
	if err != nil {
		return v, err
	}
	in, err := c.Matters.Inbox(r.Context(), b.Actor, f, after)
	if err != nil {
		return v, err
	}
	v = inboxPage{Base: b,
		Head:  page.Head{Title: b.T("matter.inbox.title"), Lead: b.T("matter.inbox.lead", in.Counts.Turn, in.Counts.Late)},
		Rows:  c.rows(b, in.Cards, true),
		Empty: page.Empty{Icon: "check", Title: b.T("matter.inbox.empty"), Text: b.T("matter.inbox.empty.text"), Action: page.Link{Href: "/matters", Text: b.T("home.rail.all")}},
	}
	v.Filter = c.inboxBar(b, r, in.Found)
	if v.Filter.Reset != "" && in.Counts.Turn > 0 {
		v.Empty = page.Empty{Icon: "search", Title: b.T("matter.inbox.none"), Text: b.T("matter.inbox.none.text"), Action: page.Link{Href: "/inbox", Text: b.T("matter.inbox.none.all", in.Counts.Turn)}}
	}
	v.Tabs = []page.Tab{ // of what the category and the place leave
		{Text: b.T("matter.inbox.turn"), Href: without(r, "due", "", "rule", "", "after", "", "at", ""), Count: in.Within.Turn, Current: !f.Late},
		{Text: b.T("matter.inbox.late"), Href: without(r, "due", dueLate, "rule", "", "after", "", "at", ""), Count: in.Within.Late, Current: f.Late},
	}
	v.Tabs[0].Current = v.Tabs[0].Current && f.Rule == 0
	if in.Counts.NoRule > 0 || f.Rule == matters.NoRule {
		v.Tabs = append(v.Tabs, page.Tab{Text: b.T("matter.inbox.no_rule"), Href: without(r, "rule", "none", "due", "", "after", "", "at", ""), Count: in.Within.NoRule, Current: f.Rule == matters.NoRule})
	}
	for i, k := range in.Cards {
		v.Rows[i].Yours = true
		if k.TurnUnit == b.Actor.Unit { // the reader knows where they work
			v.Rows[i].Turn = c.whose(b.Lang, k.State, 0)
		}
	}
	for _, k := range in.Whistles {
		v.Calls = append(v.Calls, c.called(b, k, "matter.act.whistle", "respond"))
	}
	for _, k := range in.Assists {
		v.Calls = append(v.Calls, c.called(b, k, "matter.role.assist", "assist"))
	}
	for _, k := range in.Calls {
		v.Calls = append(v.Calls, c.toRing(b, k))
	}
	if in.More {
		last := in.Cards[len(in.Cards)-1]
		v.Pager.Older = without(r, "after", last.ID.String(), "at", last.Due.UTC().Format("20060102T150405.000"))
	}
	v.Bulk = page.Bulk{Action: without(r, "after", "", "at", "")}
	if b.Actor.Has("intake") {
		v.Bulk.Buttons = append(v.Bulk.Buttons, page.Button{Text: b.T("matter.act.accept"), Name: "act", Value: string(matters.Accept), Icon: "check", Main: true})
	}
	if b.Actor.Has("dispatch") {
		v.Bulk.Buttons = append(v.Bulk.Buttons, page.Button{Text: b.T("matter.act.dispatch"), Name: "act", Value: string(matters.Dispatch), Icon: "arrow"})
		v.Bulk.Fields = []page.Field{c.bulkUnit(b, nil)}
	}
	return v, nil
}

// bulkUnit asks to which unit everything that is selected goes.
func (c *Counter) bulkUnit(b page.Base, f *form.Form) page.Field {
	return page.NewField(b.Lang, f, "lead", "matter.field.lead").Of(c.unitOptions(b, c.deskPlace(b), 0)).Example(b.T("matter.field.lead")).Quiet()
}

// called is a row for a call to one of the reader's units.
func (c *Counter) called(b page.Base, k matters.Called, what, act string) page.Row {
	r := c.row(b, k.Card, "")
	r.Href = "/matters/" + k.Card.Number + "/" + act + "?unit=" + k.Unit.String()
	r.Tags = append([]string{b.T(what)}, r.Tags...)
	r.Meta = append([]string{b.T("form.at", k.By, k.Words)}, r.Meta...)
	_, light := when.Share(k.At, k.Due, b.Now)
	r.Due, r.Left, r.Light = k.Due, i18n.Left(b.Lang, b.Now, k.Due), c.light(b.Now, k.At, k.Due, light)
	return r
}

// toRing is a row for a reporter whom the desk is to ring: what they say is written
// down for them.
func (c *Counter) toRing(b page.Base, k matters.Called) page.Row {
	r := c.row(b, k.Card, "")
	r.Href = "/matters/" + k.Card.Number + "/answer"
	r.Tags = append([]string{b.T("matter.inbox.ring")}, r.Tags...)
	r.Meta = append([]string{b.T("matter.inbox.ring.why")}, r.Meta...)
	return r
}

// bulk accepts or dispatches everything that is selected, each by itself. What
// could not be done, because somebody else was quicker, is named with the reason.
func (c *Counter) bulk(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	if !b.Staff() {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	back := without(r, "after", "", "at", "")
	act := f.Choice("act", string(matters.Accept), string(matters.Dispatch))
	lead := f.ID("lead")
	numbers := f.All("id")
	switch {
	case f.Err() != nil:
		return f.Err()
	case len(numbers) == 0:
		return page.Done(w, r, back, "matter.bulk.none")
	case len(numbers) > 200:
		return errs.New(errs.Invalid, "form.many", 200)
	case matters.Act(act) == matters.Dispatch && lead == 0:
		v, err := c.inboxFor(r)
		if err != nil {
			return err
		}
		f.Fault("lead", "matter.unit.unknown")
		v.Form, v.Bulk.Fields = f, []page.Field{c.bulkUnit(b, f)}
		return inboxed.Fail(w, r, v, f.Err())
	}
	done, lefts := 0, []left(nil)
	for _, number := range numbers {
		title, err := c.bulkOne(r, number, matters.Act(act), lead)
		switch es := errs.Public(err); {
		case err == nil:
			done++
		case len(es) > 0:
			lefts = append(lefts, left{number, title, i18n.T(b.Lang, es[0].Key, es[0].Args...)})
		default:
			return err
		}
	}
	if len(lefts) == 0 {
		return page.Done(w, r, back, "matter.bulk.done", done)
	}
	v, err := c.inboxFor(r)
	if err != nil {
		return err
	}
	v.Left = lefts
	if done > 0 {
		v.Notes = []page.Note{{Text: b.T("matter.bulk.done", done), Tone: page.ToneDone}}
	}
	return inboxed.ShowStatus(w, r, http.StatusConflict, v)
}

// bulkOne does the act to one of those selected; title is its own, if the reader
// may know it.
func (c *Counter) bulkOne(r *http.Request, number string, act matters.Act, lead id.ID) (title string, err error) {
	by := page.Actor(r)
	m, _, err := c.Matters.Matter(r.Context(), by, number)
	if err != nil {
		return "", err
	}
	if act == matters.Accept {
		return m.Title, c.Matters.Accept(r.Context(), by, m.ID)
	}
	return m.Title, c.Matters.Dispatch(r.Context(), by, m.ID, matters.Dispatching{Lead: lead})
}

// afterOf reads where the page before ended.
func afterOf(r *http.Request) (*matters.Card, error) {
	q := r.URL.Query()
	if q.Get("after") == "" {
		return nil, nil
	}
	d, err := id.Parse(q.Get("after"))
	if err != nil {
		return nil, err
	}
	due, err := parseStamp(q.Get("at"))
	return &matters.Card{ID: d, Due: due}, err
}

// deskPlace is the place that the reader's desk serves.
func (c *Counter) deskPlace(b page.Base) scope.Path {
	u, _ := c.Orgs.Directory().Unit(b.Actor.Unit)
	return u.Path
}

// unitOptions are the units to which a matter of the place can be sent, those
// that serve it, grouped by what they are; the one that usually leads is chosen.
func (c *Counter) unitOptions(b page.Base, at scope.Path, usual id.ID) []page.Option {
	var opts []page.Option
	for _, u := range c.Orgs.Directory().Units() {
		if !u.Serves().Contains(at) {
			continue
		}
		opts = append(opts, page.Option{Value: u.ID.String(), Text: u.Name.In(b.Lang), Group: b.T("unit.kind." + string(u.Kind)), On: u.ID == usual})
	}
	return opts
}
