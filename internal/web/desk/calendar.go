// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"net/http"
	"strings"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/page"
)

// calendarPage is where a reader gets, and ends, the private addresses of a counter's
// calendar and of its unit's.
type calendarPage struct {
	page.Base
	Head    page.Head
	Address string // just made: shown this once
	Feeds   []calendarFeed
}

type calendarFeed struct {
	Title, Text, State string
	Make               page.Button
	End                page.Button // no text: there is none to end
}

var calendarShown = page.New[calendarPage](files, "calendar.html")

// feedPath is the address of a calendar, by its secret.
func feedPath(token string) string { return "/feeds/desk/" + token + "/calendar.ics" }

func (c *Counter) calendar(w http.ResponseWriter, r *http.Request) error {
	v, err := c.calendarOf(r, "")
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return calendarShown.Show(w, r, v)
}

func (c *Counter) calendarOf(r *http.Request, token string) (v calendarPage, err error) {
	d, err := idIn(r)
	if err != nil {
		return v, err
	}
	b := page.From(r)
	own, whole, err := c.Desk.FeedsOf(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	x, err := c.Desk.Counter(r.Context(), d)
	if err != nil {
		return v, err
	}
	return c.calendarPage(b, x, own, whole, token), nil
}

func (c *Counter) calendarPage(b page.Base, x desk.Counter, own, whole desk.Feed, token string) calendarPage {
	at := "/counters/" + x.ID.String()
	b = b.Titled("deskfeed.title")
	b.Crumbs = []page.Link{{Href: "/counters", Text: b.T("counters.title")}, {Href: at, Text: x.Name.In(b.Lang)}}
	v := calendarPage{Base: b, Head: page.Head{Kicker: c.unit(b, x.Unit), Title: b.T("deskfeed.title"), Lead: b.T("deskfeed.lead")}}
	if token != "" {
		v.Address = c.Address + feedPath(token)
	}
	for _, f := range []struct {
		of, title string
		feed      desk.Feed
	}{{"counter", x.Name.In(b.Lang), own}, {"unit", b.T("deskfeed.unit", c.unit(b, x.Unit)), whole}} {
		y := calendarFeed{Title: f.title, Text: b.T("deskfeed.text." + f.of), State: b.T("deskfeed.none"), Make: page.Button{Text: b.T("deskfeed.make"), Action: at + "/calendar?of=" + f.of, Main: true}}
		if f.feed.ID != 0 {
			y.State, y.Make = b.T("deskfeed.made", i18n.Date(b.Lang, f.feed.MadeAt)), page.Button{Text: b.T("deskfeed.again"), Action: y.Make.Action}
			y.End = page.Button{Text: b.T("deskfeed.end"), Action: at + "/calendar/end?of=" + f.of, Danger: true}
		}
		v.Feeds = append(v.Feeds, y)
	}
	return v
}

// The texts, named whole for those who look for them.
var _ = []string{"deskfeed.text.counter", "deskfeed.text.unit"}

func wholeUnit(r *http.Request) bool { return r.URL.Query().Get("of") == "unit" }

func (c *Counter) makeCalendar(w http.ResponseWriter, r *http.Request) error {
	d, err := idIn(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	token, err := c.Desk.NewFeed(r.Context(), b.Actor, d, wholeUnit(r), b.Lang)
	if err != nil {
		return err
	}
	v, err := c.calendarOf(r, token)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return calendarShown.Show(w, r, v)
}

func (c *Counter) endCalendar(w http.ResponseWriter, r *http.Request) error {
	d, err := idIn(r)
	if err != nil {
		return err
	}
	if err := c.Desk.EndFeed(r.Context(), page.Actor(r), d, wholeUnit(r)); err != nil {
		return err
	}
	return page.Done(w, r, "/counters/"+d.String()+"/calendar", "deskfeed.ended")
}

// feed is what a calendar reads at a secret address: numbers, what for and when, and of
// nobody a name.
func (c *Counter) feed(w http.ResponseWriter, r *http.Request) error {
	f, a, err := c.Desk.FeedBy(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	b := page.From(r)
	b.Lang = f.Lang
	name := c.unit(b, f.Unit)
	if f.Counter != 0 {
		x, err := c.Desk.Counter(r.Context(), f.Counter)
		if err != nil {
			return err
		}
		name += " · " + x.Name.In(b.Lang)
	}
	cal := feeds.Calendar{Lang: string(b.Lang), Name: name, Events: c.events(b, a, true)}
	return feeds.Secretly(w, r, feeds.ICalType, cal.Bytes())
}

// Agenda is what somebody has to do at a counter or at homes, or has booked, for their own
// calendar.
func (c *Counter) Agenda(ctx context.Context, b page.Base, by scope.Actor) ([]feeds.Event, error) {
	a, err := c.Desk.OwnAgenda(ctx, by)
	return c.events(b, a, by.Kind == scope.Staff), err
}

// events are the times of an agenda. work leaves out what is for those who come: what to
// bring, and a warning a day before.
func (c *Counter) events(b page.Base, a desk.Agenda, work bool) (es []feeds.Event) {
	for _, v := range a.Bookings {
		e := c.event(b, v)
		if work {
			e.Title, e.Words, e.Warn = v.What.Name.In(b.Lang)+" · "+v.Number, b.T("booking.state."+string(v.State)), 0
		}
		es = append(es, e)
	}
	for _, x := range a.Visits {
		es = append(es, c.visitEvent(b, x))
	}
	return es
}

func (c *Counter) visitEvent(b page.Base, x desk.SeenVisit) feeds.Event {
	var who []string
	for _, d := range []id.ID{x.Officer, x.Worker} {
		who = append(who, x.Who[d])
	}
	return feeds.Event{UID: "visit-" + x.ID.String() + "@yuanba", At: x.At, Ends: x.Ends, Changed: x.MovedAt, Title: b.T("deskfeed.visit", c.visitTitle(b, x), x.Number),
		Words: strings.Join(pieces(who...), " · "), Where: c.where(b, x.Path), URL: c.Address + "/visits/" + x.Number}
}
