// SPDX-License-Identifier: Apache-2.0

// Package volunteers is the counter of those who help: what there is to do, what earns
// what, what can be had for it, everybody's own page, and the pages of those who lead,
// offer and settle.
package volunteers

import (
	"embed"
	"net/http"
	"strconv"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Volunteers *volunteers.Service
	Places     *places.Service
	Orgs       *orgs.Service
	People     *people.Service
	Address    string // of this site, as calendars name it
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /volunteers", page.Handler(c.front))
	mux.Handle("GET /volunteers/tariff", page.Handler(c.tariff))
	mux.Handle("POST /volunteers/tariff", page.Handler(c.price))
	mux.Handle("GET /volunteers/pot", page.Handler(c.pot))
	mux.Handle("POST /volunteers/pot", page.Handler(c.settle))

	mux.Handle("GET /volunteers/me", page.Handler(c.me))
	mux.Handle("GET /volunteers/me/statement", page.Handler(c.statement))
	mux.Handle("GET /volunteers/leave", page.Handler(c.leaving))
	mux.Handle("POST /volunteers/join", page.Handler(c.join))
	mux.Handle("POST /volunteers/choose", page.Handler(c.choose))
	mux.Handle("POST /volunteers/leave", page.Handler(c.leave))
	mux.Handle("POST /volunteers/rejoin", page.Handler(c.rejoin))

	mux.Handle("GET /volunteers/work", page.Handler(c.work))
	mux.Handle("GET /volunteers/draw", page.Handler(c.drawForm))
	mux.Handle("POST /volunteers/draw", page.Handler(c.draw))
	mux.Handle("GET /volunteers/tasks/{id}", page.Handler(c.task))
	mux.Handle("GET /volunteers/tasks/{id}/task.ics", page.Handler(c.calendar))
	mux.Handle("GET /volunteers/tasks/{id}/revise", page.Handler(c.reviseForm))
	mux.Handle("POST /volunteers/tasks/{id}/revise", page.Handler(c.revise))
	mux.Handle("GET /volunteers/tasks/{id}/call_off", page.Handler(c.askCallOff))
	mux.Handle("POST /volunteers/tasks/{id}/{act}", page.Handler(c.taskAct))
	mux.Handle("GET /volunteers/hours/{id}/{act}", page.Handler(c.askHours))
	mux.Handle("POST /volunteers/hours/{id}/{act}", page.Handler(c.hoursAct))

	mux.Handle("GET /volunteers/offers", page.Handler(c.offers))
	mux.Handle("GET /volunteers/offers/add", page.Handler(c.offerForm))
	mux.Handle("POST /volunteers/offers/add", page.Handler(c.offer))
	mux.Handle("GET /volunteers/offers/{id}", page.Handler(c.showOffer))
	mux.Handle("GET /volunteers/offers/{id}/amend", page.Handler(c.amendForm))
	mux.Handle("POST /volunteers/offers/{id}/amend", page.Handler(c.amend))
	mux.Handle("GET /volunteers/offers/{id}/decline", page.Handler(c.askDecline))
	mux.Handle("POST /volunteers/offers/{id}/{act}", page.Handler(c.offerAct))
	mux.Handle("GET /volunteers/shop", page.Handler(c.shop))
	mux.Handle("POST /volunteers/shop", page.Handler(c.handOver))
	mux.Handle("GET /volunteers/redemptions/{id}/cancel", page.Handler(c.askCancel))
	mux.Handle("POST /volunteers/redemptions/{id}/cancel", page.Handler(c.cancel))
}

// of is the resident for whom somebody at a desk acts, as the address or the form
// names them; 0 for oneself.
func of(r *http.Request, f *form.Form) id.ID {
	words := r.URL.Query().Get("for")
	if f != nil && f.Sent("for") {
		words = f.Get("for")
	}
	d, err := id.Parse(words)
	if err != nil {
		return 0
	}
	return d
}

// forWhom is the part of an address that names the resident.
func forWhom(d id.ID) string {
	if d == 0 {
		return ""
	}
	return "?for=" + d.String()
}

func carried(d id.ID) []page.Hidden {
	if d == 0 {
		return nil
	}
	return []page.Hidden{{Name: "for", Value: d.String()}}
}

// record is the one that the address names; missing is the message if it names none.
func record(r *http.Request, missing string) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, missing)
	}
	return d, nil
}

func front(b page.Base) page.Base {
	b.Crumbs = []page.Link{{Href: "/volunteers", Text: b.T("volunteers.title")}}
	return b
}

// tabs are the views of what everybody sees, with those that are the reader's.
func tabs(b page.Base, at string) []page.Tab {
	tab := func(href, key string) page.Tab {
		return page.Tab{Href: href, Text: b.T(key), Count: -1, Current: href == at}
	}
	ts := []page.Tab{tab("/volunteers", "volunteers.tab.tasks"), tab("/volunteers/offers", "volunteers.tab.offers"), tab("/volunteers/tariff", "volunteers.tab.tariff"), tab("/volunteers/pot", "volunteers.tab.pot")}
	switch {
	case b.Actor.Kind == scope.Resident:
		ts = append(ts, tab("/volunteers/me", "volunteers.tab.me"))
	case b.Actor.Has("offer"):
		ts = append(ts, tab("/volunteers/shop", "volunteers.tab.shop"))
	case b.Actor.Has("organise") || b.Actor.Has("supervise") || b.Actor.Has("audit"):
		ts = append(ts, tab("/volunteers/work", "volunteers.tab.work"))
	}
	return ts
}

func (c *Counter) where(b page.Base, p scope.Path) string {
	if c.Places == nil {
		return "宝塔社区"
	}
	return c.Places.Tree().Words(p, "").In(b.Lang)
}

func (c *Counter) unit(b page.Base, d id.ID) string {
	if c.Orgs == nil {
		return "唐记杂货铺"
	}
	u, _ := c.Orgs.Directory().Unit(d)
	return u.Name.In(b.Lang)
}

// hours are minutes as people say them.
func hours(b page.Base, minutes int64) string {
	if minutes%60 == 0 {
		return b.T("volunteers.hours.whole", minutes/60)
	}
	return b.T("volunteers.hours.part", strconv.FormatFloat(float64(minutes)/60, 'f', 1, 64))
}

// span is from when to when a task is.
func span(b page.Base, t volunteers.Task) string {
	return b.T("volunteers.task.span", i18n.Day(b.Lang, t.Begins, b.Now.In(i18n.Zone).Year()), t.Begins.In(i18n.Zone).Format("15:04"), t.Ends.In(i18n.Zone).Format("15:04"))
}

// taskTone is the colour of a task's state.
func taskTone(s volunteers.TaskState) page.Tone {
	switch s {
	case volunteers.Open:
		return page.ToneCalm
	case volunteers.Running:
		return page.ToneSoon
	case volunteers.TaskDone:
		return page.ToneDone
	case volunteers.CalledOff:
		return page.ToneLate
	case volunteers.DrawnUp:
	}
	return page.ToneQuiet
}

func hoursTone(s volunteers.HoursState) page.Tone {
	switch s {
	case volunteers.Confirmed:
		return page.ToneDone
	case volunteers.Refused, volunteers.Kept, volunteers.TakenBack:
		return page.ToneLate
	case volunteers.Appealed, volunteers.Said, volunteers.Seen:
	}
	return page.ToneSoon
}

// taskRow is a task in a list.
func (c *Counter) taskRow(b page.Base, t volunteers.Task, tail string) page.Row {
	row := page.Row{Href: "/volunteers/tasks/" + t.ID.String() + tail, Title: t.Title, Meta: []string{span(b, t), c.where(b, t.Path), t.PlaceWords}}
	if t.State != volunteers.Open || t.Full() {
		row.Pill = page.Pill{Text: b.T("volunteer_task.state." + string(t.State)), Tone: taskTone(t.State)}
	}
	switch {
	case t.State == volunteers.Open && t.Full():
		row.Pill = page.Pill{Text: b.T("volunteers.task.full"), Tone: page.ToneQuiet}
	case t.State == volunteers.Open:
		row.Left = b.T("volunteers.task.left", t.Seats-t.Listed)
	}
	return row
}

// An askPage is one question before an act: a reason, or only whether.
type askPage struct {
	page.Base
	Confirm page.Confirm
}

var asked = page.New[askPage](files, "ask.html")

// ask is the page before an act; key begins its texts.
func ask(b page.Base, f *form.Form, key, about, action, back string, words, danger bool) askPage {
	b = front(b.Titled(key))
	b.Form = f
	v := askPage{Base: b, Confirm: page.Confirm{Title: b.T(key), Text: about, Action: action, Yes: b.T(key), No: b.T("volunteers.back"), Back: back, Danger: danger}}
	if words {
		v.Confirm.Field = page.NewField(b.Lang, f, "words", "volunteers.reason").Need().Rows(3).Max(500)
	}
	return v
}

// answer shows the page before an act again with what is wrong, or passes the error on.
func answer(w http.ResponseWriter, r *http.Request, v askPage, err error) error {
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	return asked.Fail(w, r, v, err)
}
