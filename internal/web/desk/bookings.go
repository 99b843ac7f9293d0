// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/page"
)

// minePage is what somebody has booked, and what comes to their home.
type minePage struct {
	page.Base
	Head   page.Head
	Rows   []page.Row
	Visits []page.Row
	Empty  page.Empty
	Ways   []page.Link
}

var mineShown = page.New[minePage](files, "mine.html")

func (c *Counter) mine(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("bookings.title")
	if seesCounters(b) {
		return page.Redirect(w, r, "/counters")
	}
	vs, err := c.Desk.Mine(r.Context(), b.Actor, 50)
	if err != nil {
		return err
	}
	xs, err := c.Desk.MyVisits(r.Context(), b.Actor, 20)
	if err != nil {
		return err
	}
	return mineShown.Show(w, r, c.minePage(b, vs, xs))
}

func (c *Counter) minePage(b page.Base, vs []desk.Seen, xs []desk.SeenVisit) minePage {
	return minePage{Base: b, Head: page.Head{Title: b.T("bookings.title"), Lead: b.T("bookings.lead")}, Rows: c.BookingRows(b, vs), Visits: c.visitRows(b, xs),
		Empty: page.Empty{Icon: "calendar", Title: b.T("bookings.empty"), Text: b.T("bookings.empty.text"), Action: page.Link{Href: "/services", Text: b.T("services.title")}},
		Ways:  []page.Link{{Href: "/query", Text: b.T("bookings.query"), Icon: "search"}, {Href: "/services", Text: b.T("bookings.more"), Icon: "plus", Main: true}}}
}

var bookingTones = map[desk.State]page.Tone{desk.Waiting: page.ToneQuiet, desk.Offered: page.ToneSoon, desk.Booked: page.ToneCalm, desk.Arrived: page.ToneCalm, desk.Served: page.ToneDone,
	desk.Missed: page.ToneQuiet, desk.Cancelled: page.ToneQuiet, desk.CalledOff: page.ToneLate, desk.Lapsed: page.ToneQuiet}

func bookingPill(b page.Base, s desk.State) page.Pill {
	return page.Pill{Text: b.T("booking.state." + string(s)), Tone: bookingTones[s]}
}

// BookingRows are bookings as a list shows them to whom they are for.
func (c *Counter) BookingRows(b page.Base, vs []desk.Seen) []page.Row {
	rows := make([]page.Row, len(vs))
	for n, v := range vs {
		rows[n] = page.Row{Href: "/bookings/" + v.Number, Title: v.What.Name.In(b.Lang), Number: v.Number, Meta: []string{whenOf(b, v.Booking), c.unit(b, v.At.Unit), v.At.Name.In(b.Lang)}, Pill: bookingPill(b, v.State),
			Yours: v.State == desk.Offered}
		if v.Proxied {
			rows[n].Tags = append(rows[n].Tags, b.T("booking.for", forName(b, v.For)))
		} else if v.ForWords != "" {
			rows[n].Tags = append(rows[n].Tags, v.ForWords)
		}
	}
	return rows
}

// Own are the reader's bookings and what is to be done at their home, as their page of
// all that is theirs shows them: the next of each, and the way to all.
func (c *Counter) Own(r *http.Request, b page.Base) (own []page.Section, err error) {
	const most = 5
	vs, err := c.Desk.Mine(r.Context(), b.Actor, most)
	if err != nil {
		return nil, err
	}
	xs, err := c.Desk.MyVisits(r.Context(), b.Actor, most)
	if err != nil {
		return nil, err
	}
	all := page.Link{Href: "/bookings", Text: b.T("bookings.all"), Icon: "calendar"}
	if len(vs) > 0 {
		own = append(own, page.Section{Title: b.T("bookings.title"), Rows: c.BookingRows(b, vs), More: all})
	}
	if len(xs) > 0 {
		own = append(own, page.Section{Title: b.T("visits.mine"), Rows: c.visitRows(b, xs), More: all})
	}
	return own, nil
}

// forName is whom something is for, in masks.
func forName(b page.Base, k desk.Card) string {
	if k.Name == "" {
		return b.T("day.nameless")
	}
	return k.Name
}

// whenOf is the time of a booking, or the days for which it waits.
func whenOf(b page.Base, v desk.Booking) string {
	if v.State == desk.Waiting || v.Seat == 0 && v.Ends.Sub(v.At) > 12*time.Hour {
		return b.T("booking.days", day(b, v.At), day(b, v.Ends.Add(-time.Minute)))
	}
	return moment(b, v.At)
}

// bookingPage is one booking.
type bookingPage struct {
	page.Base
	Head     page.Head
	Pill     page.Pill
	Note     page.Note
	Facts    []page.Fact
	Papers   []string
	Buttons  []page.Button
	Ways     []page.Link
	Timeline page.Timeline
}

var bookingShown = page.New[bookingPage](files, "booking.html")

func (c *Counter) booking(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Desk.Get(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	return bookingShown.Show(w, r, c.bookingPage(page.From(r), v))
}

func (c *Counter) bookingPage(b page.Base, v desk.Seen) bookingPage {
	b.Title = v.Number
	own := "/bookings/" + v.Number
	b.Crumbs = []page.Link{{Href: "/bookings", Text: b.T("bookings.title")}}
	if v.Inside {
		b.Crumbs = []page.Link{{Href: "/counters", Text: b.T("counters.title")}, {Href: "/counters/" + v.Counter.String() + "?day=" + isoDay(v.Booking.At), Text: v.At.Name.In(b.Lang)}}
	}
	p := bookingPage{Base: b, Head: page.Head{Kicker: v.Number, Title: v.What.Name.In(b.Lang), Lead: whenOf(b, v.Booking)}, Pill: bookingPill(b, v.State), Papers: v.What.Papers, Timeline: page.Timeline{Now: b.Now}}
	switch v.State {
	case desk.Offered:
		p.Note = page.Note{Tone: page.ToneSoon, Text: b.T("booking.note.offered", moment(b, v.Booking.At), i18n.Exact(b.Lang, v.Until))}
	case desk.Waiting:
		p.Note = page.Note{Tone: page.ToneQuiet, Text: b.T("booking.note.waiting", v.Ahead)}
	case desk.Missed:
		p.Note = page.Note{Tone: page.ToneQuiet, Text: b.T("booking.note.missed")}
	case desk.Booked, desk.Arrived, desk.Served, desk.Cancelled, desk.Lapsed:
	case desk.CalledOff:
		why := ""
		for _, s := range v.Steps {
			if s.Act == desk.CallOff {
				why = s.Words
			}
		}
		p.Note = page.Note{Tone: page.ToneLate, Text: b.T("booking.note.called_off", why), Link: page.Link{Href: "/services/" + v.What.Code + "/book", Text: b.T("booking.again")}}
	}
	fact := func(key, value string, lines ...string) {
		if value != "" {
			p.Facts = append(p.Facts, page.Fact{Label: b.T(key), Value: value, Href: call(key, value), Lines: pieces(lines...)})
		}
	}
	fact("booking.fact.when", whenOf(b, v.Booking))
	fact("booking.fact.where", c.unit(b, v.At.Unit), v.At.Name.In(b.Lang), v.At.Room, v.What.Where)
	fact("services.fact.phone", v.What.Phone)
	fact("booking.fact.for", strings.TrimSpace(v.For.Name+" "+v.For.Phone))
	fact("booking.fact.for_words", v.ForWords)
	fact("booking.fact.channel", b.T("booking.channel."+string(v.Channel)))
	p.Buttons, p.Ways = bookingActs(b, v, own, false)
	for _, s := range v.Steps {
		e := page.Event{At: s.At, Who: s.Actor, What: b.T("booking.did." + string(s.Act)), Note: s.Words}
		if e.Who == "" {
			e.Who = b.T("booking.by_booker")
		}
		if s.Behalf {
			e.What += b.T("booking.behalf")
		}
		p.Timeline.Events = append(p.Timeline.Events, e)
	}
	return p
}

// bookingActs are what the reader may do to a booking: what is done at once, and what
// has a page of its own. short leaves to the list of a day what is done there.
func bookingActs(b page.Base, v desk.Seen, own string, short bool) (buttons []page.Button, ways []page.Link) {
	var off page.Link
	for _, a := range v.Acts {
		text := b.T("booking.act." + string(a))
		switch a {
		case desk.Reissue:
			if !short {
				ways = append(ways, page.Link{Href: own + "/new-slip", Text: text, Icon: "print"})
			}
		case desk.Move:
			ways = append(ways, page.Link{Href: own + "/move", Text: text, Icon: "calendar"})
		case desk.CallOff:
			off = page.Link{Href: own + "/call-off", Text: text, Icon: "x", Danger: true}
		case desk.Cancel:
			if !short {
				buttons = append(buttons, page.Button{Text: text, Action: own + "/cancel", Danger: true})
			}
		default:
			buttons = append(buttons, page.Button{Text: text, Action: own + "/" + strings.ReplaceAll(string(a), "_", "-"), Main: a == desk.Accept || a == desk.Arrive && !short})
		}
	}
	if short {
		return buttons, nil
	}
	if v.State == desk.Booked {
		ways = append(ways, page.Link{Href: own + "/booking.ics", Text: b.T("booking.ical"), Icon: "download"})
	}
	if v.State.Ahead() {
		ways = append(ways, page.Link{Href: own + "/slip", Text: b.T("booking.slip"), Icon: "print"})
	}
	if off.Text != "" {
		ways = append(ways, off) // what takes something away comes last
	}
	return buttons, ways
}

// bookingAct does something to a booking.
func (c *Counter) bookingAct(w http.ResponseWriter, r *http.Request) error {
	f, err := read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	v, err := c.Desk.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	ctx, d, to := r.Context(), v.ID, "/bookings/"+v.Number
	act := desk.Act(strings.ReplaceAll(r.PathValue("act"), "-", "_"))
	switch act {
	case desk.Cancel:
		err = c.Desk.Cancel(ctx, b.Actor, d)
	case desk.Accept:
		err = c.Desk.Accept(ctx, b.Actor, d)
	case desk.Pass:
		err = c.Desk.Pass(ctx, b.Actor, d)
	case desk.Arrive:
		err = c.Desk.Arrive(ctx, b.Actor, d)
	case desk.Serve:
		err = c.Desk.Serve(ctx, b.Actor, d)
	case desk.Miss:
		err = c.Desk.Miss(ctx, b.Actor, d)
	case desk.TakeBack:
		err = c.Desk.TakeBack(ctx, b.Actor, d)
	case desk.Reissue:
		s, err := c.Desk.NewSlip(ctx, b.Actor, d)
		if err != nil {
			return err
		}
		return c.showSlip(w, r, s, to)
	case desk.Move:
		return c.move(w, r, v, f)
	case desk.CallOff:
		why := f.Text("words", 500)
		if err = f.Err(); err == nil {
			err = c.Desk.CallOff(ctx, b.Actor, d, why)
		}
		if errs.KindOf(err) == errs.Invalid && err != nil {
			return formed.Fail(w, r, c.callOffPage(b, v, f), err)
		}
	default:
		return missing()
	}
	if err != nil {
		return err
	}
	if f.Get("back") == "day" {
		to = "/counters/" + v.Counter.String() + "?day=" + isoDay(v.Booking.At)
	}
	return page.Done(w, r, to, "booking.done."+string(act), v.Number)
}

func (c *Counter) callOffForm(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	v, err := c.Desk.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	if !v.Inside || !b.Actor.Has("desk") {
		return errs.New(errs.Denied, "access.no_post")
	}
	return formed.Show(w, r, c.callOffPage(b, v, nil))
}

func (c *Counter) callOffPage(b page.Base, v desk.Seen, f *form.Form) formPage {
	own := "/bookings/" + v.Number
	b = b.Titled("booking.act.call_off")
	b.Form, b.Crumbs = f, []page.Link{{Href: own, Text: v.Number}}
	return formPage{Base: b, Head: page.Head{Kicker: v.Number, Title: b.T("booking.act.call_off"), Lead: b.T("booking.call_off.lead")}, Action: own + "/call-off", Back: own, Submit: b.T("booking.act.call_off"), Danger: true,
		Fields: []ask{{"area", page.NewField(b.Lang, f, "words", "booking.call_off.why").Need().Rows(3).Max(500)}}}
}

// newSlipForm says what a new slip means before it is made.
func (c *Counter) newSlipForm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Desk.Get(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	if !slices.Contains(v.Acts, desk.Reissue) {
		if _, err := desk.BookingFlow.Find(v.State, desk.Reissue); err != nil {
			return err
		}
		return errs.New(errs.Denied, "access.no_post")
	}
	return formed.Show(w, r, newSlipPage(page.From(r), v.Number, "/bookings/"+v.Number))
}

func newSlipPage(b page.Base, number, own string) formPage {
	b = b.Titled("booking.act.new_slip")
	b.Crumbs = []page.Link{{Href: own, Text: number}}
	return formPage{Base: b, Head: page.Head{Kicker: number, Title: b.Title, Lead: b.T("booking.lead.new_slip")}, Action: own + "/new-slip", Back: own, Submit: b.Title}
}

func (c *Counter) moveForm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Desk.Get(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	p, err := c.movePage(r, v, nil)
	if err != nil {
		return err
	}
	return formed.Show(w, r, p)
}

// movePage offers the free times of the counter.
func (c *Counter) movePage(r *http.Request, v desk.Seen, f *form.Form) (p formPage, err error) {
	cs, err := c.Desk.Times(r.Context(), v.What.Code)
	if err != nil {
		return p, err
	}
	b := page.From(r).Titled("booking.act.move")
	own := "/bookings/" + v.Number
	b.Form, b.Crumbs = f, []page.Link{{Href: own, Text: v.Number}}
	var opts []page.Option
	for _, x := range cs {
		if x.Counter.ID != v.Counter {
			continue
		}
		for _, s := range x.Slots {
			if s.Left > 0 && !s.At.Equal(v.Booking.At) && len(opts) < 200 {
				opts = append(opts, page.Option{Value: momentText(s.At), Text: moment(b, s.At), Group: day(b, s.At)})
			}
		}
	}
	p = formPage{Base: b, Head: page.Head{Kicker: v.Number, Title: b.T("booking.act.move"), Lead: b.T("booking.move.lead", moment(b, v.Booking.At))}, Action: own + "/move", Back: own, Submit: b.T("booking.act.move"),
		Fields: []ask{{"select", page.NewField(b.Lang, f, "at", "booking.move.at").Need().Of(opts)}}}
	if len(opts) == 0 {
		p.Notes = []page.Note{{Tone: page.ToneQuiet, Text: b.T("book.none.text")}}
	}
	return p, nil
}

func (c *Counter) move(w http.ResponseWriter, r *http.Request, v desk.Seen, f *form.Form) error {
	at := f.Moment("at")
	err := f.Err()
	if err == nil && at.IsZero() {
		f.Fault("at", "book.at")
		err = f.Err()
	}
	if err == nil {
		err = c.Desk.Move(r.Context(), page.Actor(r), v.ID, 0, at)
	}
	if err == nil {
		return page.Done(w, r, "/bookings/"+v.Number, "booking.done.move", v.Number)
	}
	if es := errs.Public(err); len(es) == 0 || es[0].Field != "at" {
		return err
	}
	p, perr := c.movePage(r, v, f)
	if perr != nil {
		return perr
	}
	return formed.Fail(w, r, p, err)
}

// slipPage shows and prints the slip of a booking or a home visit.
type slipPage struct {
	page.Base
	Head   page.Head
	Slip   page.Slip
	Papers []string
	Ways   []page.Link
}

var slipped = page.New[slipPage](files, "slip.html")

func (c *Counter) slip(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Desk.Get(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	p, err := c.slipPage(page.From(r), v, c.freshCode(r, v.Number))
	if err != nil {
		return err
	}
	return slipped.Show(w, r, p)
}

func (c *Counter) slipPage(b page.Base, v desk.Seen, code string) (p slipPage, err error) {
	b = b.Titled("booking.slip")
	qr, err := page.QR(c.Address + "/bookings/" + v.Number)
	if err != nil {
		return p, err
	}
	p = slipPage{Base: b, Head: page.Head{Title: b.T("booking.booked"), Lead: b.T("booking.booked.lead")}, Papers: v.What.Papers,
		Ways: []page.Link{{Href: "/bookings/" + v.Number, Text: b.T("booking.see"), Main: true}, {Href: "/services", Text: b.T("bookings.more")}},
		Slip: page.Slip{Town: b.Site.Town.In(b.Lang), Number: v.Number, Code: code, Title: v.What.Name.In(b.Lang), QR: qr, Phone: b.Site.Phone, Facts: []page.Fact{
			{Label: b.T("booking.fact.when"), Value: whenOf(b, v.Booking)},
			{Label: b.T("booking.fact.where"), Value: c.unit(b, v.At.Unit), Lines: pieces(v.At.Name.In(b.Lang), v.At.Room)},
		}}}
	if v.State == desk.Waiting {
		p.Head = page.Head{Title: b.T("booking.queued"), Lead: b.T("booking.queued.lead")}
	}
	return p, nil
}

// ical is a booking for somebody's own calendar.
func (c *Counter) ical(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	v, err := c.Desk.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	if !v.State.Holds() {
		return missing()
	}
	cal := feeds.Calendar{Lang: string(b.Lang), Name: b.T("bookings.title"), Events: []feeds.Event{c.event(b, v)}}
	h := w.Header()
	h.Set("Content-Type", feeds.ICalType+"; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+v.Number+`.ics"`)
	h.Set("Cache-Control", "private, no-store")
	_, err = w.Write(cal.Bytes())
	return err
}

// event is a booking in a calendar: no word of whom it is for.
func (c *Counter) event(b page.Base, v desk.Seen) feeds.Event {
	last := v.MadeAt
	for _, s := range v.Steps {
		last = s.At
	}
	return feeds.Event{UID: "booking-" + v.ID.String() + "@yuanba", At: v.Booking.At, Ends: v.Ends, Changed: last, Title: b.T("booking.event", v.What.Name.In(b.Lang)), Words: v.Number + "\n" + strings.Join(v.What.Papers, "\n"),
		Where: strings.Join(pieces(c.unit(b, v.At.Unit), v.At.Name.In(b.Lang), v.At.Room), " · "), URL: c.Address + "/bookings/" + v.Number, Warn: 24 * time.Hour}
}

// idIn reads the ID of an address.
func idIn(r *http.Request) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, missing()
	}
	return d, nil
}
