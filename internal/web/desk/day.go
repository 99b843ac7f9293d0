// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// countersPage is the counters at which the reader serves.
type countersPage struct {
	page.Base
	Head  page.Head
	Rows  []page.Row
	Empty page.Empty
	Ways  []page.Link
}

var countersShown = page.New[countersPage](files, "counters.html")

// seesCounters reports whether the reader has counters to look at: those of their unit,
// or all for who audits.
func seesCounters(b page.Base) bool { return keeps(b) || b.Actor.Has("audit") }

func (c *Counter) counters(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("counters.title")
	if !seesCounters(b) {
		return errs.New(errs.Denied, "access.no_post")
	}
	cs, err := c.Desk.ListCounters(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	return countersShown.Show(w, r, c.countersPage(b, cs))
}

func (c *Counter) countersPage(b page.Base, cs []desk.Counter) countersPage {
	v := countersPage{Base: b, Head: page.Head{Title: b.T("counters.title"), Lead: b.T("counters.lead")},
		Empty: page.Empty{Icon: "calendar", Title: b.T("counters.empty"), Text: b.T("counters.empty.text")}, Ways: []page.Link{{Href: "/services", Text: b.T("services.title"), Icon: "document"}}}
	if keeps(b) {
		v.Ways = append(v.Ways, page.Link{Href: "/counters/add", Text: b.T("counters.add"), Icon: "plus"})
	}
	for _, x := range cs {
		row := page.Row{Href: "/counters/" + x.ID.String(), Title: c.unit(b, x.Unit) + " · " + x.Name.In(b.Lang), Meta: pieces(x.Room, b.T("counters.each", x.Minutes, x.Seats)), Pill: page.Pill{Text: b.T("counters.open"), Tone: page.ToneDone}}
		if !x.Active {
			row.Pill = page.Pill{Text: b.T("counters.off"), Tone: page.ToneQuiet}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// dayPage is the list of a counter for a day: dense, for the keyboard.
type dayPage struct {
	page.Base
	Head    page.Head
	Day     []page.Link // the day before, today, the day after
	Figures string
	Note    page.Note
	Arrive  string
	Number  page.Field
	Lines   []dayLine
	Empty   page.Empty
	Waiting []page.Row
	Ways    []page.Link
	Call    int // who can only be rung
}

// A dayLine is a time, and who has it; a seat that is free has nobody.
type dayLine struct {
	At      string
	Number  string
	Href    string
	Who     string
	What    string
	Tags    []string
	Pill    page.Pill
	Buttons []page.Button
	Free    int
	Book    string // address, to book it for somebody
}

var dayShown = page.New[dayPage](files, "day.html")

func (c *Counter) day(w http.ResponseWriter, r *http.Request) error {
	d, err := idIn(r)
	if err != nil {
		return err
	}
	v, err := c.dayOf(r, d, nil)
	if err != nil {
		return err
	}
	return dayShown.Show(w, r, v)
}

func (c *Counter) dayOf(r *http.Request, d id.ID, f *form.Form) (v dayPage, err error) {
	b := page.From(r)
	x, err := c.Desk.DayOf(r.Context(), b.Actor, d, dayIn(r))
	if err != nil {
		return v, err
	}
	b.Form = f
	return c.dayPage(b, x), nil
}

func (c *Counter) dayPage(b page.Base, x desk.Day) dayPage {
	name := x.Counter.Name.In(b.Lang)
	b.Title = name
	b.Crumbs = []page.Link{{Href: "/counters", Text: b.T("counters.title")}}
	own := "/counters/" + x.Counter.ID.String()
	v := dayPage{Base: b, Head: page.Head{Kicker: c.unit(b, x.Counter.Unit), Title: name, Lead: day(b, x.Day)}, Empty: page.Empty{Icon: "calendar", Title: b.T("day.none"), Text: b.T("day.none.text")}}
	for n, key := range []string{"day.before", "day.today", "day.after"} {
		href := own
		if n != 1 {
			href += "?day=" + isoDay(x.Day.Add(time.Duration(n-1)*24*time.Hour))
		}
		v.Day = append(v.Day, page.Link{Href: href, Text: b.T(key)})
	}
	serves := b.Actor.Has("desk")
	keeper := desk.MayKeep(b.Actor, x.Counter.Unit, x.Counter.Path, b.Now)
	if serves || keeper {
		v.Ways = append(v.Ways, page.Link{Href: own + "/calendar", Text: b.T("deskfeed.title"), Icon: "calendar"})
	}
	if keeper {
		v.Ways = append(v.Ways, page.Link{Href: own + "/plan", Text: b.T("plan.title"), Icon: "gear"})
	}
	if x.Closed.Day != "" {
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("day.closed", x.Closed.Why)}
	} else if !x.Open {
		v.Note = page.Note{Tone: page.ToneQuiet, Text: b.T("day.free")}
	}
	if serves && isoDay(x.Day) == isoDay(b.Now) {
		v.Arrive = own + "/arrive"
		v.Number = page.NewField(b.Lang, b.Form, "number", "day.number").Need().Max(30).Auto("off").Example("YY-2026-000042")
	}
	here, come := 0, 0
	byTime := map[string][]desk.Seen{}
	for _, s := range x.List {
		byTime[clock(s.Booking.At)] = append(byTime[clock(s.Booking.At)], s)
		if s.State == desk.Booked || s.State == desk.Arrived || s.State == desk.Served {
			come++
		}
		if s.State == desk.Arrived || s.State == desk.Served {
			here++
		}
		if s.State == desk.Booked && s.Resident == 0 && s.Contact != 0 && s.Booking.At.After(b.Now) {
			v.Call++
		}
	}
	v.Figures = b.T("day.figures", come, here, len(x.Waiting))
	seen := map[string]bool{}
	for _, s := range x.Slots {
		at := clock(s.At)
		seen[at] = true
		for _, k := range byTime[at] {
			v.Lines = append(v.Lines, c.dayLine(b, k, serves))
		}
		if s.Left > 0 {
			l := dayLine{At: at, Free: s.Left}
			if serves && s.At.After(b.Now) {
				at := "?counter=" + x.Counter.ID.String() + "&at=" + momentText(s.At)
				l.Book = "/services" + at // the clerk says for what
				if i := x.Counter.Items; len(i) == 1 {
					l.Book = "/services/" + i[0] + "/book" + at
				}
			}
			v.Lines = append(v.Lines, l)
		}
	}
	for _, s := range x.List { // what stands outside the plan of today
		if !seen[clock(s.Booking.At)] {
			v.Lines = append(v.Lines, c.dayLine(b, s, serves))
		}
	}
	for _, s := range x.Waiting {
		v.Waiting = append(v.Waiting, page.Row{Href: "/bookings/" + s.Number, Title: who(b, s), Number: s.Number, Meta: []string{s.What.Name.In(b.Lang), whenOf(b, s.Booking)}, Pill: bookingPill(b, s.State)})
	}
	return v
}

// who is whom a booking is for, as masks.
func who(b page.Base, s desk.Seen) string { return forName(b, s.For) }

func (c *Counter) dayLine(b page.Base, s desk.Seen, serves bool) dayLine {
	l := dayLine{At: clock(s.Booking.At), Number: s.Number, Href: "/bookings/" + s.Number, Who: who(b, s), What: s.What.Name.In(b.Lang), Pill: bookingPill(b, s.State)}
	if s.ForWords != "" {
		l.Tags = append(l.Tags, s.ForWords)
	}
	if s.Channel != desk.Web {
		l.Tags = append(l.Tags, b.T("booking.channel."+string(s.Channel)))
	}
	if !serves {
		return l
	}
	own := "/bookings/" + s.Number + "/"
	add := func(act desk.Act, main bool) {
		l.Buttons = append(l.Buttons, page.Button{Text: b.T("booking.act." + string(act)), Action: own + strings.ReplaceAll(string(act), "_", "-"), Main: main})
	}
	if isoDay(s.Booking.At) != isoDay(b.Now) {
		return l
	}
	switch s.State {
	case desk.Booked:
		add(desk.Arrive, true)
		if !b.Now.Before(s.Booking.At) {
			add(desk.Miss, false)
		}
	case desk.Arrived:
		add(desk.Serve, true)
		add(desk.TakeBack, false)
	case desk.Served:
		add(desk.TakeBack, false)
	case desk.Missed:
		add(desk.Arrive, false)
	case desk.Waiting, desk.Offered, desk.Cancelled, desk.CalledOff, desk.Lapsed:
	}
	return l
}

// arrive notes who is there, by the number of their slip or its QR code.
func (c *Counter) arrive(w http.ResponseWriter, r *http.Request) error {
	d, err := idIn(r)
	if err != nil {
		return err
	}
	f, err := read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	if !b.Actor.Has("desk") {
		return errs.New(errs.Denied, "access.no_post")
	}
	number := f.Line("number", 200)
	if k := strings.LastIndex(number, "/"); k >= 0 { // the QR code is an address
		number = number[k+1:]
	}
	if n, err := strconv.Atoi(number); err == nil && n > 0 { // its last digits alone
		number = "YY-" + b.Now.In(zone).Format("2006") + "-" + strings.Repeat("0", max(0, 6-len(strconv.Itoa(n)))) + strconv.Itoa(n)
	}
	if number == "" {
		f.Fault("number", "day.number.missing")
	}
	var s desk.Seen
	if err = f.Err(); err == nil {
		s, err = c.Desk.Get(r.Context(), b.Actor, number)
		if errs.KindOf(err) == errs.NotFound || err == nil && s.Counter != d {
			f.Fault("number", "day.number.other")
			err = f.Err()
		}
	}
	if err == nil {
		err = c.Desk.Arrive(r.Context(), b.Actor, s.ID)
		if k := errs.KindOf(err); err != nil && k == errs.Conflict {
			for _, e := range errs.Public(err) {
				f.Fault("number", e.Key, e.Args...)
			}
			err = f.Err()
		}
	}
	if err == nil {
		return page.Done(w, r, "/counters/"+d.String(), "booking.done.arrive", s.Number)
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.dayOf(r, d, f)
	if perr != nil {
		return perr
	}
	return dayShown.Fail(w, r, v, err)
}
