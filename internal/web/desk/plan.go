// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"strconv"
	"strings"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// planPage is the plan of a counter, and the days on which it is closed.
type planPage struct {
	formPage
	Closings []closingLine
	Close    string // address; "" of a new one
	Day      page.Field
	Why      page.Field
}

// A closingLine is a day on which the counter is closed.
type closingLine struct {
	Text   string
	Reopen page.Button
}

var planned = page.New[planPage](files, "plan.html", "ask.html")

func (c *Counter) addCounter(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	units := c.keepUnits(b)
	if len(units) == 0 {
		return errs.New(errs.Denied, "access.no_post")
	}
	f := form.Of("minutes", "30", "seats", "1", "ahead", "14", "active", "1")
	if len(units) == 1 {
		f.Set("unit", units[0].Value)
	}
	v := c.planPage(b, desk.Counter{}, f, planChoices{units: units})
	return planned.Show(w, r, v)
}

// planChoices are what may be chosen on the page of a plan.
type planChoices struct {
	units, items, officers []page.Option
	closings               []desk.Closing
}

// keptCounter is the counter of the address, for those who keep it (else Denied).
func (c *Counter) keptCounter(r *http.Request) (x desk.Counter, err error) {
	d, err := idIn(r)
	if err != nil {
		return x, err
	}
	if x, err = c.Desk.Counter(r.Context(), d); err != nil {
		return x, err
	}
	if b := page.From(r); !desk.MayKeep(b.Actor, x.Unit, x.Path, b.Now) {
		err = errs.New(errs.Denied, "desk.keep.denied")
	}
	return x, err
}

func (c *Counter) choices(r *http.Request, x desk.Counter) (ch planChoices, err error) {
	b := page.From(r)
	cat, err := c.Desk.Catalogue(r.Context())
	if err != nil {
		return ch, err
	}
	for _, i := range cat.Of(x.Unit) {
		if i.Active && i.Booking {
			ch.items = append(ch.items, page.Option{Value: i.Code, Text: i.Name.In(b.Lang)})
		}
	}
	people, _, err := c.Desk.Officers(r.Context(), desk.HomeVisit{ServeUnit: x.Unit})
	if err != nil {
		return ch, err
	}
	for _, p := range people {
		ch.officers = append(ch.officers, page.Option{Value: p.Account.String(), Text: p.Name})
	}
	ch.closings, err = c.Desk.Closings(r.Context(), x.ID)
	return ch, err
}

func (c *Counter) plan(w http.ResponseWriter, r *http.Request) error {
	x, err := c.keptCounter(r)
	if err != nil {
		return err
	}
	ch, err := c.choices(r, x)
	if err != nil {
		return err
	}
	return planned.Show(w, r, c.planPage(page.From(r), x, typedPlan(x), ch))
}

func typedPlan(x desk.Counter) *form.Form {
	active, officer := "", ""
	if x.Active {
		active = "1"
	}
	if x.Officer != 0 {
		officer = x.Officer.String()
	}
	f := form.Of("name_zh", x.Name.ZH, "name_en", x.Name.EN, "room", x.Room, "officer", officer, "hours", x.Hours, "days", x.Days, "minutes", strconv.Itoa(x.Minutes), "seats", strconv.Itoa(x.Seats), "ahead", strconv.Itoa(x.Ahead),
		"active", active, "version", strconv.FormatInt(x.Version, 10))
	f.Set("items", x.Items...)
	return f
}

func (c *Counter) planPage(b page.Base, x desk.Counter, f *form.Form, ch planChoices) planPage {
	fresh := x.ID == 0
	b.Form = f
	v := planPage{formPage: formPage{Submit: b.T("desk.save"), Back: "/counters", Action: "/counters/add"}}
	b = b.Titled("plan.title")
	b.Crumbs = []page.Link{{Href: "/counters", Text: b.T("counters.title")}}
	v.Head = page.Head{Title: b.T("counters.add"), Lead: b.T("plan.lead")}
	if !fresh {
		v.Back, v.Action = "/counters/"+x.ID.String(), "/counters/"+x.ID.String()+"/plan"
		b.Crumbs = append(b.Crumbs, page.Link{Href: v.Back, Text: x.Name.In(b.Lang)})
		v.Head = page.Head{Kicker: x.Name.In(b.Lang), Title: b.T("plan.title"), Lead: b.T("plan.lead")}
		v.Hidden = []page.Hidden{{Name: "version", Value: f.Get("version")}}
		v.Close = v.Back + "/close"
		v.Day = page.NewField(b.Lang, f, "day", "plan.close.day").Need().As("date")
		v.Why = page.NewField(b.Lang, f, "why", "plan.close.why").Need().Max(200)
		for _, k := range ch.closings {
			v.Closings = append(v.Closings, closingLine{Text: k.Day + " · " + k.Why, Reopen: page.Button{Text: b.T("plan.reopen"), Action: v.Back + "/reopen", Name: "day", Value: k.Day}})
		}
	}
	v.Base = b
	add := func(kind string, d page.Field) { v.Fields = append(v.Fields, ask{kind, d}) }
	field := func(name string) page.Field { return page.NewField(b.Lang, f, name, "plan.field."+name) }
	if fresh {
		add("select", field("unit").Need().Of(ch.units))
	}
	add("text", field("name_zh").Need().Max(60))
	add("text", field("name_en").Max(60))
	add("text", field("room").Max(60))
	if len(ch.items) > 0 {
		add("boxes", field("items").Of(ch.items))
	}
	if len(ch.officers) > 0 {
		add("select", field("officer").Of(ch.officers).Example(b.T("plan.officer.any")))
	}
	add("text", field("hours").Max(100).Example("09:00-11:30 14:00-16:30"))
	add("text", field("days").Max(20).Example("1 3 5"))
	add("text", field("minutes").Need().As("number").Max(3).Unit(b.T("plan.minutes")))
	add("text", field("seats").Need().As("number").Max(2))
	add("text", field("ahead").Need().As("number").Max(2).Unit(b.T("book.days.unit")))
	add("box", field("active"))
	return v
}

// keepCounter writes a counter down, the one of the address or a new one.
func (c *Counter) keepCounter(w http.ResponseWriter, r *http.Request) error {
	f, err := read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	var x desk.Counter
	ch := planChoices{units: c.keepUnits(b)}
	if r.PathValue("id") != "" {
		if x, err = c.keptCounter(r); err != nil {
			return err
		}
		if ch, err = c.choices(r, x); err != nil {
			return err
		}
	} else if len(ch.units) == 0 {
		return errs.New(errs.Denied, "access.no_post")
	}
	in := x
	in.Plan = desk.Plan{Name: i18n.Text{ZH: f.Line("name_zh", 60), EN: f.Line("name_en", 60)}, Room: f.Line("room", 60), Officer: f.ID("officer"), Hours: strings.ReplaceAll(f.Line("hours", 100), "：", ":"), Days: f.Line("days", 20),
		Minutes: f.Int("minutes", 5, 240), Seats: f.Int("seats", 1, 50), Ahead: f.Int("ahead", 1, 90)}
	for _, o := range ch.items {
		if f.Has("items", o.Value) {
			in.Items = append(in.Items, o.Value)
		}
	}
	in.Active = f.Bool("active")
	if x.ID == 0 {
		in.Unit = f.ID("unit")
	} else {
		in.Version = int64(f.Int("version", 0, 1<<30))
	}
	var d id.ID
	if err = f.Err(); err == nil {
		if d, err = c.Desk.KeepCounter(r.Context(), b.Actor, in); err == nil {
			return page.Done(w, r, "/counters/"+d.String(), "plan.kept")
		}
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	return planned.Fail(w, r, c.planPage(b, x, f, ch), err)
}

// closeDay closes the counter for a day.
func (c *Counter) closeDay(w http.ResponseWriter, r *http.Request) error {
	f, err := read(r)
	if err != nil {
		return err
	}
	x, err := c.keptCounter(r)
	if err != nil {
		return err
	}
	on, why := f.Date("day"), f.Line("why", 200)
	n := 0
	if err = f.Err(); err == nil {
		n, err = c.Desk.Close(r.Context(), page.Actor(r), x.ID, on, why)
	}
	if err == nil {
		return page.Done(w, r, "/counters/"+x.ID.String()+"/plan", "plan.closed", isoDay(on), n)
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	ch, cerr := c.choices(r, x)
	if cerr != nil {
		return cerr
	}
	whole := typedPlan(x)
	for _, name := range []string{"day", "why"} {
		whole.Set(name, f.Get(name))
	}
	return planned.Fail(w, r, c.planPage(page.From(r), x, whole, ch), err)
}

// reopenDay takes a closing back.
func (c *Counter) reopenDay(w http.ResponseWriter, r *http.Request) error {
	f, err := read(r)
	if err != nil {
		return err
	}
	x, err := c.keptCounter(r)
	if err != nil {
		return err
	}
	on := f.Date("day")
	if err := f.Err(); err != nil || on.IsZero() {
		return errs.New(errs.Invalid, "desk.close.day")
	}
	if err := c.Desk.Reopen(r.Context(), page.Actor(r), x.ID, on); err != nil {
		return err
	}
	return page.Done(w, r, "/counters/"+x.ID.String()+"/plan", "plan.reopened", isoDay(on))
}
