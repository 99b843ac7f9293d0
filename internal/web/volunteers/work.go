// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// workPage is what waits for who leads or supervises.
type workPage struct {
	page.Base
	Head    page.Head
	Tabs    []page.Tab
	Hours   []waiting
	Appeals []waiting
	Offers  []page.Row
	Tasks   []page.Row
}

// waiting are hours that wait for somebody.
type waiting struct {
	Title   string
	Href    string
	Lines   []string
	Buttons []page.Button
}

var worked = page.New[workPage](files, "work.html")

func (c *Counter) work(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("volunteers.work")
	wk, err := c.Volunteers.Work(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	ts, err := c.Volunteers.ListTasks(r.Context(), b.Actor, volunteers.TaskFilter{All: true, From: b.Now.AddDate(0, 0, -31), Most: 100})
	if err != nil {
		return err
	}
	return worked.Show(w, r, c.workPage(b, wk, ts))
}

func (c *Counter) workPage(b page.Base, wk volunteers.Work, ts []volunteers.Task) workPage {
	v := workPage{Base: b, Head: page.Head{Title: b.T("volunteers.work"), Lead: b.T("volunteers.work.lead")}, Tabs: tabs(b, "/volunteers/work")}
	if b.Actor.Has("organise") {
		v.Head.Action = page.Link{Href: "/volunteers/draw", Text: b.T("volunteers.draw"), Icon: "plus", Main: true}
	}
	for _, x := range wk.Hours {
		at := "/volunteers/hours/" + x.Hours.ID.String() + "/"
		var bs []page.Button
		if b.Actor.Has("organise") {
			bs = []page.Button{{Text: b.T("volunteer_hours.act.confirm"), Action: at + "confirm", Main: true}, {Text: b.T("volunteer_hours.act.refuse"), Action: at + "refuse", Link: true}}
		}
		v.Hours = append(v.Hours, c.waitingOf(b, x, bs))
	}
	for _, x := range wk.Appeals {
		at := "/volunteers/hours/" + x.Hours.ID.String() + "/"
		var bs []page.Button
		if b.Actor.Has("supervise") && x.Hours.RefusedBy != b.Actor.Account {
			bs = []page.Button{{Text: b.T("volunteer_hours.act.grant"), Action: at + "grant", Main: true, Link: true}, {Text: b.T("volunteer_hours.act.keep"), Action: at + "keep", Link: true}}
		}
		k := c.waitingOf(b, x, bs)
		k.Lines = append(k.Lines, b.T("volunteers.reason.is", x.Hours.Reason), b.T("volunteers.plea.is", x.Hours.Plea))
		v.Appeals = append(v.Appeals, k)
	}
	for _, o := range wk.Offers {
		v.Offers = append(v.Offers, c.offerRow(b, o, ""))
	}
	for _, t := range ts {
		row := c.taskRow(b, t, "")
		row.Pill = page.Pill{Text: b.T("volunteer_task.state." + string(t.State)), Tone: taskTone(t.State)}
		row.Left = b.T("volunteers.task.seats.of", t.Listed, t.Seats)
		v.Tasks = append(v.Tasks, row)
	}
	return v
}

func (c *Counter) waitingOf(b page.Base, x volunteers.WaitingHours, bs []page.Button) waiting {
	return waiting{Title: b.T("volunteers.hours.of", x.Name, hours(b, x.Hours.Minutes)), Href: "/volunteers/tasks/" + x.Task.ID.String(),
		Lines: append([]string{x.Task.Title + " · " + i18n.Date(b.Lang, x.Task.Begins)}, confirmations(b, x.Hours)...), Buttons: bs}
}

// worded are the acts on hours that take words.
var worded = map[string]bool{"refuse": true, "appeal": true, "grant": true, "keep": true, "take_back": true, "thank": false}

// asking is the page before an act on hours.
func asking(r *http.Request, d id.ID, act string, f *form.Form) (v askPage, err error) {
	danger, ok := worded[act]
	if !ok {
		return v, errs.New(errs.NotFound, "volunteers.act")
	}
	b := page.From(r)
	key := "volunteer_hours.act." + act
	if act == "thank" {
		key = "volunteers.thank"
	}
	whom := of(r, f)
	back := "/volunteers/work"
	if act == "appeal" {
		back = "/volunteers/me" + forWhom(whom)
		if b.Actor.Resident == 0 && whom == 0 {
			return v, errs.New(errs.Denied, "volunteers.residents")
		}
	} else if !b.Actor.Has("organise") && !b.Actor.Has("supervise") {
		return v, errs.New(errs.Denied, scope.DeniedNeed)
	}
	v = ask(b, f, key, b.T("volunteers.hours.ask."+act), "/volunteers/hours/"+d.String()+"/"+act, back, true, danger && (act == "take_back" || act == "refuse" || act == "keep"))
	v.Confirm.Hidden = carried(whom)
	return v, nil
}

func (c *Counter) askHours(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.hours.none")
	if err != nil {
		return err
	}
	v, err := asking(r, d, r.PathValue("act"), nil)
	if err != nil {
		return err
	}
	return asked.Show(w, r, v)
}

// hoursAct carries out what is asked of hours.
func (c *Counter) hoursAct(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.hours.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	act, s, ctx, by, whom := r.PathValue("act"), c.Volunteers, r.Context(), page.Actor(r), of(r, f)
	words := ""
	if _, ok := worded[act]; ok {
		words = f.Text("words", 500)
	}
	back := "/volunteers/work"
	if by.Kind == scope.Resident {
		back = "/volunteers/me"
	}
	if err = f.Err(); err == nil {
		switch act {
		case "confirm":
			if err := s.Confirm(ctx, by, d); err != nil {
				return err
			}
			return page.Done(w, r, back, "volunteers.done.confirmed")
		case "refuse":
			err = s.Refuse(ctx, by, d, words)
		case "appeal":
			back, err = "/volunteers/me"+forWhom(whom), s.Appeal(ctx, by, d, whom, words)
		case "grant":
			err = s.Grant(ctx, by, d, words)
		case "keep":
			err = s.Keep(ctx, by, d, words)
		case "take_back":
			err = s.TakeBack(ctx, by, d, words)
		case "thank":
			err = s.Thank(ctx, by, d, words)
		default:
			return errs.New(errs.NotFound, "volunteers.act")
		}
	}
	if err == nil {
		return page.Done(w, r, back, "volunteers.done")
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := asking(r, d, act, f)
	if verr != nil {
		return verr
	}
	return answer(w, r, v, err)
}
