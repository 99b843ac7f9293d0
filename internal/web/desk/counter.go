// SPDX-License-Identifier: Apache-2.0

// Package desk is the counter of the service catalogue, of bookings and of home visits:
// the pages of package domain/desk, for those who want something and for those who
// serve them.
package desk

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
	webmatters "yuanba/internal/web/matters"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Desk    *desk.Service
	Orgs    *orgs.Service
	Places  *places.Service
	People  *people.Service
	Blobs   *blob.Keeper
	Slips   *webmatters.Slips
	Address string                          // of this site as others reach it
	Upload  int64                           // the most bytes of a form with a picture
	Booking func(http.Handler) http.Handler // the limit of bookings by address
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	get := func(path string, h page.Handler) { mux.Handle("GET "+path, h) }
	post := func(path string, h page.Handler) { mux.Handle("POST "+path, h) }
	get("/services", c.services)
	get("/services/add", c.addItem)
	post("/services/add", c.keepItem)
	get("/services/{code}", c.service)
	get("/services/{code}/history", c.history)
	get("/services/{code}/edit", c.editItem)
	post("/services/{code}/edit", c.keepItem)
	get("/services/{code}/book", c.choose)
	mux.Handle("POST /services/{code}/book", c.Booking(page.Handler(c.book)))

	get("/bookings", c.mine)
	get("/bookings/{number}", c.booking)
	get("/bookings/{number}/slip", c.slip)
	get("/bookings/{number}/booking.ics", c.ical)
	get("/bookings/{number}/move", c.moveForm)
	get("/bookings/{number}/new-slip", c.newSlipForm)
	get("/bookings/{number}/call-off", c.callOffForm)
	post("/bookings/{number}/{act}", c.bookingAct)

	get("/counters", c.counters)
	get("/counters/add", c.addCounter)
	post("/counters/add", c.keepCounter)
	get("/counters/{id}", c.day)
	post("/counters/{id}/arrive", c.arrive)
	get("/counters/{id}/calendar", c.calendar)
	post("/counters/{id}/calendar", c.makeCalendar)
	post("/counters/{id}/calendar/end", c.endCalendar)
	mux.Handle("GET /feeds/desk/{token}/calendar.ics", page.Limit(1, 60, page.Handler(c.feed)))
	get("/counters/{id}/plan", c.plan)
	post("/counters/{id}/plan", c.keepCounter)
	post("/counters/{id}/close", c.closeDay)
	post("/counters/{id}/reopen", c.reopenDay)

	get("/visits", c.visits)
	get("/visits/find", c.findForm)
	mux.Handle("POST /visits/find", c.Booking(page.Handler(c.find)))
	get("/visits/{number}", c.visit)
	get("/visits/{number}/slip", c.visitSlip)
	get("/visits/{number}/receipt", c.receipt)
	get("/visits/{number}/{act}", c.visitForm)
	mux.Handle("POST /visits/{number}/{act}", page.Long(2*time.Minute, page.AllowBody(c.Upload, page.Handler(c.visitAct))))
}

// clock is the time of day.
func clock(t time.Time) string { return t.In(zone).Format("15:04") }

// day is a day in words, with its day of the week.
func day(b page.Base, t time.Time) string { return i18n.Day(b.Lang, t, b.Now.In(zone).Year()) }

// moment is a time at a counter: 3月5日（周四）09:30.
func moment(b page.Base, t time.Time) string { return day(b, t) + " " + clock(t) }

// isoDay is a day in an address.
func isoDay(t time.Time) string { return t.In(zone).Format(time.DateOnly) }

// dayIn reads a day of an address; what is none is today.
func dayIn(r *http.Request) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("day"), zone)
	if err != nil {
		now := page.From(r).Now.In(zone)
		return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	}
	return t
}

// momentLayout is a moment in an address or a form.
const momentLayout = "2006-01-02T15:04"

func momentText(t time.Time) string { return t.In(zone).Format(momentLayout) }

func (c *Counter) unit(b page.Base, d id.ID) string {
	if c.Orgs != nil {
		if u, ok := c.Orgs.Directory().Unit(d); ok {
			return u.Name.In(b.Lang)
		}
	}
	return ""
}

// offeredBy is who offers an item.
func (c *Counter) offeredBy(b page.Base, i desk.Item) string {
	if i.Unit == 0 {
		return i.Agency
	}
	return c.unit(b, i.Unit)
}

func (c *Counter) where(b page.Base, p scope.Path) string {
	if c.Places == nil {
		return ""
	}
	return c.Places.Tree().Words(p, "").In(b.Lang)
}

// keepUnits are the units whose items and counters the reader keeps.
func (c *Counter) keepUnits(b page.Base) (os []page.Option) {
	if !b.Staff() {
		return nil
	}
	for _, u := range c.Orgs.Directory().Units() {
		if desk.MayKeep(b.Actor, u.ID, u.Path, b.Now) {
			os = append(os, page.Option{Value: u.ID.String(), Text: u.Name.In(b.Lang)})
		}
	}
	return os
}

// keeps reports whether the reader keeps anything: who holds one of the needs for it.
func keeps(b page.Base) bool {
	return b.Staff() && (b.Actor.Has("desk") || b.Actor.Has("handle") || b.Actor.Has("administer"))
}

// missing is an address that leads nowhere.
func missing() error { return errs.New(errs.NotFound, "error.not_found.what") }

// keepSlip lets the holder of a new slip in, and remembers it for its page.
func (c *Counter) keepSlip(w http.ResponseWriter, r *http.Request, s desk.Slip) error {
	c.Slips.Hold(w, r, s.ID)
	return c.Slips.Keep(w, r, matters.Slip{ID: s.ID, Number: s.Number, Code: s.Code})
}

// showSlip leads to the page that shows and prints a slip just made for a record.
func (c *Counter) showSlip(w http.ResponseWriter, r *http.Request, s desk.Slip, of string) error {
	if err := c.keepSlip(w, r, s); err != nil {
		return err
	}
	return page.Redirect(w, r, of+"/slip")
}

// freshCode is the code of a slip that this browser has just been given.
func (c *Counter) freshCode(r *http.Request, number string) string {
	if c.Slips == nil {
		return ""
	}
	if s, ok := c.Slips.Seen(r); ok && s.Number == number {
		return s.Code
	}
	return ""
}

// formPage is a form of one act.
type formPage struct {
	page.Base
	Head    page.Head
	Notes   []page.Note
	Facts   []page.Fact
	Hidden  []page.Hidden
	Fields  []ask
	Action  string
	Submit  string
	Back    string
	Danger  bool
	Picture bool // the form carries a picture
}

// An ask is a question of such a form, of one kind.
type ask struct {
	Kind  string // text, area, select, radios, boxes, box, upload, sign
	Field page.Field
}

var formed = page.New[formPage](files, "form.html", "ask.html")

// read is what was typed.
func read(r *http.Request) (*form.Form, error) { return form.Read(r) }

// zone is the town's time.
var zone = when.Zone

// Elsewhere leads the holder of a slip, by its number and code, to their booking or
// home visit; to is "" if the number is neither's.
func Elsewhere(s *desk.Service) func(ctx context.Context, number, code string) (d id.ID, to string, err error) {
	return func(ctx context.Context, number, code string) (d id.ID, to string, err error) {
		number = strings.ToUpper(strings.TrimSpace(number))
		switch {
		case strings.HasPrefix(number, "YY-"):
			to = "/bookings/" + url.PathEscape(number)
		case strings.HasPrefix(number, "SM-"):
			to = "/visits/" + url.PathEscape(number)
		default:
			return 0, "", nil
		}
		d, err = s.ByCode(ctx, number, code)
		return d, to, err
	}
}
