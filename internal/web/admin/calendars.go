// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/calendars"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

func (c *Counter) calendarRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/calendars", guarded(c.calendars))
	c.task(mux, "/admin/calendars/{unit}", task{key: "admin.calendar.", form: c.calendarForm, do: c.setCalendar})
	mux.Handle("GET "+limitsTryPath, page.Limit(0.5, 20, page.Long(time.Minute, guarded(c.tryLimits))))
	mux.Handle("POST "+limitsTryPath, guarded(c.tryingLimits))
	mux.Handle("POST "+limitsUsePath, page.Long(time.Minute, guarded(c.useLimits)))
	c.task(mux, "/admin/timing", task{key: "admin.timing.", form: c.timingForm, do: c.setTiming})
}

// townCalendar is how an address names the town's calendar among those of units.
const townCalendar = "town"

// calendars shows when the town works this year and the next, which units work
// otherwise, and every edition that was in force.
func (c *Counter) calendars(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("admin.to.calendars")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	town := c.Calendars.Town()
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.calendars"), Lead: b.T("admin.about.calendars"),
		Action: page.Link{Href: "/admin/calendars/" + townCalendar, Text: b.T("admin.calendar.change"), Icon: "edit", Main: true}}}
	v.fact("admin.calendar.hours", hoursOf(b, town.Periods()))
	v.fact("admin.calendar.known", strconv.Itoa(town.KnownUntil()))
	year := b.Now.In(when.Zone).Year()
	if !town.Known(year + 1) {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneSoon, Text: b.T("admin.calendar.unknown", year+1)})
	}
	for _, y := range []int{year, year + 1} {
		if days := town.Special(y); len(days) > 0 {
			v.Groups = append(v.Groups, group{Table: specialDays(b, y, days)})
		}
	}
	var units []page.Row
	seen := map[id.ID]bool{}
	var editions []page.Row
	for _, e := range c.Calendars.Editions() {
		name := c.calendarName(b, e)
		if e.Kind == calendars.Unit && !seen[e.Unit] {
			seen[e.Unit] = true
			units = append(units, page.Row{Href: "/admin/calendars/" + e.Unit.String(), Title: name, Meta: []string{e.Note}})
		}
		if len(editions) < 50 {
			row := page.Row{Title: b.T("admin.calendar.edition", e.Number, name), Meta: []string{i18n.Exact(b.Lang, e.At), e.Actor, e.Note}}
			if e.Kind != calendars.Shipped {
				row.Href = "/admin/calendars/" + calendarAddress(e)
			} else {
				row.Href, row.Meta = "/admin/calendars/"+townCalendar, row.Meta[:1]
			}
			editions = append(editions, row)
		}
	}
	if units != nil {
		v.Groups = append(v.Groups, group{Title: b.T("admin.calendar.units"), Rows: units})
	}
	v.Groups = append(v.Groups, group{Title: b.T("admin.calendar.editions"), Rows: editions})
	return recorded.Show(w, r, v)
}

func calendarAddress(e calendars.Edition) string {
	if e.Unit == 0 {
		return townCalendar
	}
	return e.Unit.String()
}

// calendarName says whose an edition is.
func (c *Counter) calendarName(b page.Base, e calendars.Edition) string {
	if e.Kind != calendars.Unit {
		return b.T("admin.calendar.kind." + string(e.Kind))
	}
	if u, ok := c.Orgs.Directory().Unit(e.Unit); ok {
		return u.Name.In(b.Lang)
	}
	return e.Unit.String()
}

func hoursOf(b page.Base, ps []when.Period) string {
	var hs []string
	for _, p := range ps {
		hs = append(hs, p.String())
	}
	return strings.Join(hs, b.T("when.comma"))
}

// specialDays are the days of a year that are not what their day of the week says.
func specialDays(b page.Base, year int, days []when.TableDay) page.Table {
	t := page.Table{Caption: b.T("admin.calendar.year", year), Cols: []page.Col{{Text: b.T("admin.calendar.day")}, {Text: b.T("admin.calendar.what")}, {Text: b.T("admin.calendar.name")}}}
	for i := 0; i < len(days); {
		first, n := days[i], 1
		for i+n < len(days) && follows(first, days[i+n-1], days[i+n]) {
			n++
		}
		when, kind := i18n.Day(b.Lang, first.Date, year), first.Kind
		if n > 1 {
			when = b.T("admin.calendar.days", when, i18n.Day(b.Lang, days[i+n-1].Date, year), n)
			kind = free(kind)
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: when}, {Text: b.T("admin.calendar.day." + kind)}, {Text: first.Name.In(b.Lang)}})
		i += n
	}
	return t
}

// free is the kind under which days of a holiday stand in one line: that one of them is
// given for another day is of no account there.
func free(kind string) string {
	if kind == "lieu" {
		return "off"
	}
	return kind
}

// follows reports whether a day goes on with what the one before it and the first say.
func follows(first, last, next when.TableDay) bool {
	return next.Date.Sub(last.Date) == 24*time.Hour && free(next.Kind) == free(first.Kind) && next.Name == first.Name
}

// calendarOf is the unit whose calendar the address names, 0 for the town's.
func (c *Counter) calendarOf(r *http.Request) (unit id.ID, name i18n.Text, err error) {
	if r.PathValue("unit") == townCalendar {
		return 0, i18n.Text{}, nil
	}
	if unit, err = id.Parse(r.PathValue("unit")); err != nil {
		return 0, name, errs.New(errs.NotFound, "matter.unit.unknown")
	}
	u, ok := c.Orgs.Directory().Unit(unit)
	if !ok {
		return 0, name, errs.New(errs.NotFound, "matter.unit.unknown")
	}
	return unit, u.Name, nil
}

func (c *Counter) calendarForm(s *sheet) error {
	unit, name, err := c.calendarOf(s.r)
	if err != nil {
		return err
	}
	s.back, s.title = "/admin/calendars", name.In(s.Lang)
	kind := calendars.Unit
	if unit == 0 {
		kind, s.title = calendars.Town, s.T("admin.calendar.kind.town")
	}
	_, saw := c.Calendars.Current(0)
	s.carry("saw", strconv.Itoa(saw))
	s.ask("area", s.field("text", "admin.calendar.text").Max(when.MaxTable).Rows(14).From(c.Calendars.Text(kind, unit).Text))
	s.ask("file", s.field("file", "admin.calendar.file").Files(".txt,.json,text/plain,application/json", 1))
	s.ask("text", s.field("note", "admin.calendar.note").Need().Max(200))
	return nil
}

func (c *Counter) setCalendar(r *http.Request, f *form.Form) (done, error) {
	unit, name, err := c.calendarOf(r)
	if err != nil {
		return done{}, err
	}
	text, note, saw := f.Text("text", when.MaxTable), f.Line("note", 200), f.Int("saw", 0, 1<<30)
	if files := f.Files("file", 1); len(files) == 1 && files[0].Size > 0 {
		if text, err = readUpload(files[0].Open()); err != nil {
			return done{}, err
		}
		f.Set("text", text) // to be put right, if something is wrong with it
	}
	if err := f.Err(); err != nil {
		return done{}, err
	}
	_, err = c.Calendars.Set(r.Context(), page.Actor(r), unit, text, note, saw)
	for _, e := range errs.Public(err) {
		if e.Field == "calendar" {
			e.Field = "text"
		}
	}
	if name.ZH == "" {
		name = i18n.Text{ZH: i18n.T(i18n.ZH, "admin.calendar.kind.town")}
	}
	return done{to: "/admin/calendars", args: []any{name.ZH}}, err
}

// readUpload is the text of a calendar file that was sent.
func readUpload(file io.ReadCloser, err error) (string, error) {
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(file, when.MaxTable+1))
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return string(b), err
}

// The levels at which a matter that is late is brought up.
var levelNames = []string{"level1", "level2", "level3"}

func (c *Counter) timingForm(s *sheet) error {
	t := c.Matters.Timing()
	s.back = "/admin"
	s.ways = []page.Link{{Href: limitsTryPath, Text: s.T("limits.try.title"), Icon: "clock"}}
	s.carry("version", strconv.Itoa(t.Version))
	s.heading(s.T("admin.timing.usual"))
	s.askLimits("usual_", "", t.Usual)
	s.heading(s.T("admin.timing.others"))
	s.askLimit("answer", "admin.timing.answer", t.Answer)
	s.askLimit("nudge", "admin.timing.nudge", t.Nudge)
	s.askLimit("remind", "admin.timing.remind", t.Remind)
	s.heading(s.T("admin.timing.levels"))
	for i, name := range levelNames {
		s.askLimit(name, "admin.timing."+name, t.Levels[i])
	}
	s.ask("text", s.field("note", "admin.calendar.note").Need().Max(200))
	return nil
}

func (c *Counter) setTiming(r *http.Request, f *form.Form) (done, error) {
	t := c.Matters.Timing()
	t.Version = f.Int("version", 0, 1<<30)
	t.Usual = readLimits(f, "usual_")
	t.Answer, t.Nudge, t.Remind = readLimit(f, "answer"), readLimit(f, "nudge"), readLimit(f, "remind")
	for i, name := range levelNames {
		t.Levels[i] = readLimit(f, name)
	}
	note := f.Line("note", 200)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return done{to: "/admin/timing"}, c.Matters.SetTiming(r.Context(), page.Actor(r), t, note)
}
