// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// choosePage is the way to a time, a question on each page: where, which day, which
// time, who.
type choosePage struct {
	page.Base
	Head    page.Head
	Stepper page.Stepper
	Papers  []string
	Rows    []page.Row // counters
	Days    []timeLink
	Times   []timeLink
	Empty   page.Empty
	Facts   []page.Fact
	Hidden  []page.Hidden
	Fields  []ask // the last step
	Action  string
	Submit  string
	Back    page.Link
	Wait    page.Link
	Who     page.Note
}

// A timeLink is a day or a time that may be chosen, or is full.
type timeLink struct {
	Href, Text, Note string // Href "": it is full
	Now              bool
}

var chosen = page.New[choosePage](files, "book.html", "ask.html")

// The steps.
const (
	stepWhere = 1 + iota
	stepDay
	stepTime
	stepWho
)

// A picking is what has been chosen so far, from the address.
type picking struct {
	counter id.ID
	day     string
	at      time.Time
	wait    bool
}

func pickingOf(v url.Values) (p picking) {
	p.counter, _ = id.Parse(v.Get("counter"))
	if _, err := time.Parse(time.DateOnly, v.Get("day")); err == nil {
		p.day = v.Get("day")
	}
	if t, err := time.ParseInLocation(momentLayout, v.Get("at"), zone); err == nil {
		p.at, p.day = t, isoDay(t)
	}
	p.wait = v.Get("wait") == "1"
	return p
}

// choose leads to a time.
func (c *Counter) choose(w http.ResponseWriter, r *http.Request) error {
	v, err := c.choosePage(r, form.Of("resident", r.URL.Query().Get("resident")), pickingOf(r.URL.Query()))
	if err != nil {
		return err
	}
	return chosen.Show(w, r, v)
}

func (c *Counter) choosePage(r *http.Request, f *form.Form, p picking) (v choosePage, err error) {
	i, err := c.itemOf(r)
	if err != nil {
		return v, err
	}
	if !i.Active || !i.Booking {
		return v, errs.New(errs.NotFound, "desk.item.no_booking")
	}
	cs, err := c.Desk.Times(r.Context(), i.Code)
	if err != nil {
		return v, err
	}
	who, err := c.forResident(r)
	if err != nil {
		return v, err
	}
	b := page.From(r)
	b.Form = f
	return c.bookPage(b, i, cs, p, f, who), nil
}

// bookPage is the page of the first question that is still open.
func (c *Counter) bookPage(b page.Base, i desk.Item, cs []desk.Choice, p picking, f *form.Form, who desk.Card) choosePage {
	resident := f.Get("resident")
	at := "/services/" + i.Code
	b = b.Titled("book.title", i.Name.In(b.Lang))
	b.Crumbs = []page.Link{{Href: at + residentIn(resident), Text: i.Name.In(b.Lang)}}
	v := choosePage{Base: b, Head: page.Head{Title: b.T("book.title", i.Name.In(b.Lang))}, Papers: i.Papers, Action: at + "/book"}
	if who.ID != 0 {
		v.Who = page.Note{Tone: page.ToneCalm, Text: b.T("services.for", who.Name)}
	}
	link := func(q url.Values) string {
		if resident != "" {
			q.Set("resident", resident)
		}
		return at + "/book?" + q.Encode()
	}
	if len(cs) == 1 {
		p.counter = cs[0].Counter.ID
	}
	n := slices.IndexFunc(cs, func(x desk.Choice) bool { return x.Counter.ID == p.counter })
	step := stepWho
	switch {
	case n < 0:
		step = stepWhere
	case p.wait:
	case p.day == "":
		step = stepDay
	case p.at.IsZero():
		step = stepTime
	}
	v.Stepper = page.StepsAt(step, b.T("book.step.where"), b.T("book.step.day"), b.T("book.step.time"), b.T("book.step.who"))
	switch step {
	case stepWhere:
		c.askWhere(b, &v, cs, link)
	case stepDay:
		askDay(b, &v, cs[n], link)
		if len(cs) > 1 {
			v.Back = page.Link{Href: link(url.Values{}), Text: b.T("book.back.where"), Icon: "back"}
		}
	case stepTime:
		askTime(b, &v, cs[n], p.day, link)
		v.Back = page.Link{Href: link(url.Values{"counter": {p.counter.String()}}), Text: b.T("book.back.day"), Icon: "back"}
	default:
		c.askWho(b, &v, cs[n], p, f, who)
		back := url.Values{"counter": {p.counter.String()}, "day": {p.day}}
		if p.wait {
			back.Del("day")
		}
		v.Back = page.Link{Href: link(back), Text: b.T("book.back.time"), Icon: "back"}
	}
	return v
}

func (c *Counter) askWhere(b page.Base, v *choosePage, cs []desk.Choice, link func(url.Values) string) {
	v.Head.Lead = b.T("book.where")
	for _, x := range cs {
		row := page.Row{Href: link(url.Values{"counter": {x.Counter.ID.String()}}), Title: c.unit(b, x.Counter.Unit) + " · " + x.Counter.Name.In(b.Lang), Meta: []string{x.Counter.Room}}
		if k := slices.IndexFunc(x.Slots, func(s desk.Slot) bool { return s.Left > 0 }); k >= 0 {
			row.Pill = page.Pill{Text: b.T("book.first", moment(b, x.Slots[k].At)), Tone: page.ToneDone}
		} else {
			row.Pill = page.Pill{Text: b.T("book.none"), Tone: page.ToneQuiet}
		}
		v.Rows = append(v.Rows, row)
	}
	if len(cs) == 0 {
		v.Empty = page.Empty{Icon: "calendar", Title: b.T("book.nowhere"), Text: b.T("book.nowhere.text")}
	}
}

// askDay shows the days on which the counter serves, full ones too.
func askDay(b page.Base, v *choosePage, x desk.Choice, link func(url.Values) string) {
	v.Head.Lead = b.T("book.day")
	left := map[string]int{}
	var days []string
	first := map[string]time.Time{}
	for _, s := range x.Slots {
		d := isoDay(s.At)
		if _, ok := left[d]; !ok {
			days, first[d] = append(days, d), s.At
		}
		left[d] += s.Left
	}
	for _, d := range days {
		t := timeLink{Text: day(b, first[d]), Note: b.T("book.left", left[d])}
		if left[d] > 0 {
			t.Href = link(url.Values{"counter": {x.Counter.ID.String()}, "day": {d}})
		} else {
			t.Note = b.T("book.full")
		}
		v.Days = append(v.Days, t)
	}
	if len(days) == 0 {
		v.Empty = page.Empty{Icon: "calendar", Title: b.T("book.none"), Text: b.T("book.none.text")}
	}
	if !slices.ContainsFunc(x.Slots, func(s desk.Slot) bool { return s.Left > 0 }) && len(days) > 0 {
		v.Wait = page.Link{Href: link(url.Values{"counter": {x.Counter.ID.String()}, "wait": {"1"}}), Text: b.T("book.wait"), Icon: "clock", Main: true}
	}
}

func askTime(b page.Base, v *choosePage, x desk.Choice, d string, link func(url.Values) string) {
	v.Head.Lead = b.T("book.time")
	for _, s := range x.Slots {
		if isoDay(s.At) != d {
			continue
		}
		v.Head.Kicker = day(b, s.At)
		t := timeLink{Text: clock(s.At), Note: b.T("book.left", s.Left)}
		if s.Left > 0 {
			t.Href = link(url.Values{"counter": {x.Counter.ID.String()}, "at": {momentText(s.At)}})
		} else {
			t.Note = b.T("book.full")
		}
		v.Times = append(v.Times, t)
	}
	if len(v.Times) == 0 {
		v.Empty = page.Empty{Icon: "calendar", Title: b.T("book.none"), Text: b.T("book.none.text")}
	}
}

func (c *Counter) askWho(b page.Base, v *choosePage, x desk.Choice, p picking, f *form.Form, who desk.Card) {
	v.Head.Lead = b.T("book.who")
	v.Submit = b.T("book.send")
	v.Facts = []page.Fact{{Label: b.T("booking.fact.where"), Value: c.unit(b, x.Counter.Unit) + " · " + x.Counter.Name.In(b.Lang), Lines: pieces(x.Counter.Room)}}
	v.Hidden = []page.Hidden{{Name: "counter", Value: p.counter.String()}}
	if p.wait {
		v.Submit = b.T("book.wait.send")
		v.Hidden = append(v.Hidden, page.Hidden{Name: "wait", Value: "1"})
		v.Fields = append(v.Fields, ask{"text", page.NewField(b.Lang, f, "days", "book.days").Need().As("number").Max(2).From("7").Unit(b.T("book.days.unit"))})
	} else {
		v.Facts = append([]page.Fact{{Label: b.T("booking.fact.when"), Value: moment(b, p.at)}}, v.Facts...)
		v.Hidden = append(v.Hidden, page.Hidden{Name: "at", Value: momentText(p.at)})
	}
	if r := f.Get("resident"); r != "" && who.ID != 0 {
		v.Hidden = append(v.Hidden, page.Hidden{Name: "resident", Value: r})
	}
	needs := who.ID == 0 && b.Actor.Resident == 0
	if needs {
		v.Fields = append(v.Fields, ask{"text", page.NewField(b.Lang, f, "name", "book.name").Need().Max(20).Auto("name")})
		phone := page.NewField(b.Lang, f, "phone", "book.phone").As("tel").Max(20)
		if !b.Staff() {
			phone = phone.Need()
		}
		v.Fields = append(v.Fields, ask{"text", phone})
	}
	v.Fields = append(v.Fields, ask{"text", page.NewField(b.Lang, f, "for_words", "book.for").Max(60)})
	if b.Staff() {
		v.Fields = append(v.Fields, ask{"radios", page.NewField(b.Lang, f, "channel", "book.channel").Of([]page.Option{
			{Value: string(desk.Desk), Text: b.T("booking.channel.desk"), On: true}, {Value: string(desk.Phone), Text: b.T("booking.channel.phone")}}).Need()})
	}
}

func pieces(ss ...string) []string {
	return slices.DeleteFunc(ss, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// book takes what was chosen.
func (c *Counter) book(w http.ResponseWriter, r *http.Request) error {
	i, err := c.itemOf(r)
	if err != nil {
		return err
	}
	f, err := read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	wish := desk.Wish{Item: i.Code, Counter: f.ID("counter"), At: f.Moment("at"), Wait: f.Bool("wait"), Days: f.Int("days", 1, 30), For: f.ID("resident"), ForWords: f.Line("for_words", 60),
		Contact: people.ContactInput{Name: f.Line("name", 40), Phone: f.Line("phone", 40), Lang: b.Lang}, Channel: desk.Channel(f.Choice("channel", string(desk.Desk), string(desk.Phone)))}
	if wish.At.IsZero() && !wish.Wait {
		f.Fault("at", "book.at")
	}
	if err = f.Err(); err == nil {
		var s desk.Slip
		if s, err = c.Desk.Book(r.Context(), b.Actor, wish); err == nil {
			if err := c.keepSlip(w, r, s); err != nil {
				return err
			}
			return page.Redirect(w, r, "/bookings/"+s.Number+"/slip")
		}
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	p := picking{counter: wish.Counter, at: wish.At, day: isoDay(wish.At), wait: wish.Wait}
	for _, e := range errs.Public(err) {
		if e.Field == "at" || e.Field == "counter" { // the time has gone: its day is shown again, with what is left
			p.at = time.Time{}
		}
	}
	v, perr := c.choosePage(r, f, p)
	if perr != nil {
		return perr
	}
	return chosen.Fail(w, r, v, err)
}
