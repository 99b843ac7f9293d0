// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/page"
)

// taskPage is a task: what it is, what the reader can do about it, and, for who
// organises it, who comes.
type taskPage struct {
	page.Base
	Head    page.Head
	Pill    page.Pill
	Notes   []page.Note
	Body    string
	Facts   []page.Fact
	Hidden  []page.Hidden
	At      string // the address of its acts
	Sign    string // the act of the reader about coming, "" if there is none
	SignKey string
	Say     bool
	Minutes page.Field
	Buttons []page.Button
	People  []attending
	Listed  bool       // the reader sees who comes
	Series  []page.Row // the other times of it
	File    string
}

// attending is somebody on the list.
type attending struct {
	Name    string
	Pill    page.Pill
	Lines   []string
	Buttons []page.Button
	Say     string     // where the leader says the hours, "" if they were said
	Minutes page.Field // how long
	SignUp  string
}

var tasked = page.New[taskPage](files, "task.html")

func (c *Counter) task(w http.ResponseWriter, r *http.Request) error {
	v, err := c.taskFor(r, nil)
	if err != nil {
		return err
	}
	return tasked.Show(w, r, v)
}

func (c *Counter) taskFor(r *http.Request, f *form.Form) (v taskPage, err error) {
	b := page.From(r)
	d, err := record(r, "volunteers.task.none")
	if err != nil {
		return v, err
	}
	whom := of(r, f)
	by := b.Actor
	if whom != 0 { // as the resident sees it whom the desk serves
		m, err := c.Volunteers.Mine(r.Context(), b.Actor, whom)
		if err != nil {
			return v, err
		}
		by = scope.Actor{Kind: scope.Resident, Resident: m.Volunteer.Resident}
	}
	whole, err := c.Volunteers.GetTask(r.Context(), by, d)
	if err != nil {
		return v, err
	}
	if whom != 0 {
		whole.People = nil // a desk is no companion
	}
	es, err := c.Volunteers.Editions(r.Context())
	if err != nil {
		return v, err
	}
	line, _ := volunteers.InForce(es, volunteers.DayOf(whole.Task.Begins)).Tariff.Line(whole.Task.Act)
	b.Form = f
	return c.taskPage(b, whole, line, whom), nil
}

// worth is what a line of the tariff earns, in words.
func worth(b page.Base, l volunteers.Line) string {
	if l.PerHour {
		return b.T("volunteers.worth.hour", l.Points)
	}
	return b.T("volunteers.worth.each", l.Points)
}

func (c *Counter) taskPage(b page.Base, w volunteers.Whole, line volunteers.Line, whom id.ID) taskPage {
	t := w.Task
	b = front(b)
	b.Title = t.Title
	at := "/volunteers/tasks/" + t.ID.String()
	v := taskPage{Base: b, Head: page.Head{Kicker: line.Name.In(b.Lang), Title: t.Title, Lead: span(b, t) + " · " + t.PlaceWords}, Body: t.Body, At: at, Hidden: carried(whom), File: at + "/task.ics",
		Pill: page.Pill{Text: b.T("volunteer_task.state." + string(t.State)), Tone: taskTone(t.State)},
		Facts: []page.Fact{
			{Label: b.T("volunteers.task.fact.when"), Value: span(b, t), Lines: []string{i18n.Exact(b.Lang, t.Begins)}},
			{Label: b.T("volunteers.task.fact.where"), Value: t.PlaceWords, Lines: []string{c.where(b, t.Path)}},
			{Label: b.T("volunteers.task.fact.seats"), Value: b.T("volunteers.task.seats.of", t.Listed, t.Seats)},
			{Label: b.T("volunteers.task.fact.leader"), Value: t.LeaderName},
			{Label: b.T("volunteers.task.fact.earns"), Value: worth(b, line), Lines: []string{b.T("volunteers.worth.most", line.Most)}},
		}}
	if w.Waiting > 0 {
		v.Facts[2].Lines = []string{b.T("volunteers.task.waiting", w.Waiting)}
	}
	if t.Reason != "" {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneLate, Text: b.T("volunteers.task.reason", t.Reason)})
	}
	c.own(&v, w, whom)
	for _, act := range []volunteers.Act{volunteers.OpenTask, volunteers.Start, volunteers.Finish, volunteers.Revise, volunteers.CallOffAct} {
		if whom == 0 && c.mayTask(b, t, act) {
			v.Buttons = append(v.Buttons, page.Button{Text: b.T("volunteer_task.act." + string(act)), Action: at + "/" + string(act),
				Main: act != volunteers.Revise && act != volunteers.CallOffAct, Danger: act == volunteers.CallOffAct, Link: act == volunteers.Revise || act == volunteers.CallOffAct})
		}
	}
	for _, x := range w.Series {
		if x.ID != t.ID {
			v.Series = append(v.Series, page.Row{Href: "/volunteers/tasks/" + x.ID.String() + forWhom(whom), Title: span(b, x), Meta: []string{b.T("volunteers.task.seats.of", x.Listed, x.Seats)},
				Pill: page.Pill{Text: b.T("volunteer_task.state." + string(x.State)), Tone: taskTone(x.State)}})
		}
	}
	if len(v.Series) > 0 && whom == 0 && c.mayTask(b, t, volunteers.CallOffAct) {
		v.Buttons = append(v.Buttons, page.Button{Text: b.T("volunteers.call_off.later"), Action: at + "/call_off?later=1", Danger: true, Link: true})
	}
	v.Listed = w.Organise || len(w.People) > 0
	for _, p := range w.People {
		v.People = append(v.People, c.attending(b, w, p))
	}
	return v
}

func (c *Counter) mayTask(b page.Base, t volunteers.Task, act volunteers.Act) bool {
	if c.Volunteers == nil {
		return b.Actor.Kind == scope.Staff && (act == volunteers.Finish || act == volunteers.CallOffAct)
	}
	if act == volunteers.Start && b.Now.Before(t.Begins.Add(-3600e9)) {
		return false
	}
	return b.Actor.Kind == scope.Staff && c.Volunteers.MayTask(b.Actor, t, act, b.Now)
}

// own is what the reader, or the resident whom the desk serves, has to do with the task.
func (c *Counter) own(v *taskPage, w volunteers.Whole, whom id.ID) {
	t, resident := w.Task, v.Actor.Kind == scope.Resident || whom != 0
	joinable := t.State == volunteers.Open || t.State == volunteers.Running
	note := func(tone page.Tone, text string) { v.Notes = append(v.Notes, page.Note{Tone: tone, Text: text}) }
	switch {
	case v.Anonymous() && joinable:
		v.Sign, v.SignKey = "sign_up", "volunteers.sign_up"
	case !resident:
	case w.Own == nil || w.Own.State == volunteers.Withdrawn:
		if joinable {
			v.Sign, v.SignKey = "sign_up", "volunteers.sign_up"
			if t.Full() {
				v.SignKey = "volunteers.sign_up.wait"
			}
		}
	case w.Own.State == volunteers.Waiting:
		note(page.ToneSoon, v.T("volunteers.task.you_wait", w.Place))
		v.Sign, v.SignKey = "withdraw", "volunteers.withdraw"
	case w.OwnHours != nil:
		note(hoursTone(w.OwnHours.State), v.T("volunteers.hours.yours", hours(v.Base, w.OwnHours.Minutes), v.T("volunteer_hours.state."+string(w.OwnHours.State))))
	case t.Begun():
		v.Say = true
		v.Minutes = page.NewField(v.Lang, v.Form, "minutes", "volunteers.hours.minutes.label").As("number").Need().Unit(v.T("volunteers.minutes")).From(strconv.Itoa(int(t.Ends.Sub(t.Begins).Minutes())))
	case t.State == volunteers.Open:
		note(page.ToneDone, v.T("volunteers.task.you_come"))
		v.Sign, v.SignKey = "withdraw", "volunteers.withdraw"
	}
}

// attending is one line of the list.
func (c *Counter) attending(b page.Base, w volunteers.Whole, p volunteers.Attendance) attending {
	a := attending{Name: p.Name, Pill: page.Pill{Text: b.T("volunteer_signup.state." + string(p.SignUp.State)), Tone: page.ToneQuiet}, SignUp: p.SignUp.ID.String()}
	h := p.Hours
	if h == nil {
		if w.Organise && w.Task.Begun() && p.SignUp.State == volunteers.Listed {
			a.Say = "/volunteers/tasks/" + w.Task.ID.String() + "/say_of"
			a.Minutes = page.NewField(b.Lang, nil, "minutes", "volunteers.hours.minutes.of").As("number").Need().Quiet().Unit(b.T("volunteers.minutes")).Apart(a.SignUp).From(strconv.Itoa(int(w.Task.Ends.Sub(w.Task.Begins).Minutes()))).Labelled(b.T("volunteers.hours.minutes.of", p.Name))
		}
		return a
	}
	a.Pill = page.Pill{Text: b.T("volunteer_hours.state." + string(h.State)), Tone: hoursTone(h.State)}
	a.Lines = append(a.Lines, hours(b, h.Minutes))
	a.Lines = append(a.Lines, confirmations(b, *h)...)
	for _, words := range []string{h.Reason, h.Plea} {
		if words != "" && w.Organise {
			a.Lines = append(a.Lines, words)
		}
	}
	at := "/volunteers/hours/" + h.ID.String() + "/"
	open := h.State == volunteers.Said || h.State == volunteers.Seen
	if open && !p.Mine {
		a.Buttons = append(a.Buttons, page.Button{Text: b.T("volunteer_hours.act.confirm"), Action: at + "confirm", Main: true})
	}
	if open && w.Organise {
		a.Buttons = append(a.Buttons, page.Button{Text: b.T("volunteer_hours.act.refuse"), Action: at + "refuse", Link: true})
	}
	if w.Organise && h.State == volunteers.Confirmed {
		a.Buttons = append(a.Buttons, page.Button{Text: b.T("volunteers.thank"), Action: at + "thank", Link: true})
		if b.Actor.Has("supervise") {
			a.Buttons = append(a.Buttons, page.Button{Text: b.T("volunteer_hours.act.take_back"), Action: at + "take_back", Link: true, Danger: true})
		}
	}
	return a
}

// confirmations says who has confirmed hours: a companion is not named.
func confirmations(b page.Base, h volunteers.Hours) (lines []string) {
	for _, k := range h.Confirmations {
		name := k.Name
		if k.Kind == volunteers.Companion {
			name = ""
		}
		lines = append(lines, b.T("volunteers.witness."+string(k.Kind), name))
	}
	return lines
}

// taskAct carries out what is asked of a task.
func (c *Counter) taskAct(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.task.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	s, ctx, by, whom := c.Volunteers, r.Context(), page.Actor(r), of(r, f)
	back, done := "/volunteers/tasks/"+d.String()+forWhom(whom), "volunteers.done"
	switch r.PathValue("act") {
	case "sign_up", "return":
		if by.Kind == scope.Anonymous {
			return page.Redirect(w, r, "/volunteers/me")
		}
		u, err := s.SignUp(ctx, by, d, whom)
		if errs.KindOf(err) == errs.Conflict && errs.Public(err)[0].Key == "volunteers.join_first" && whom == 0 {
			return page.Redirect(w, r, "/volunteers/me")
		} else if err != nil {
			return err
		}
		if done = "volunteers.done.listed"; u.State == volunteers.Waiting {
			done = "volunteers.done.waiting"
		}
	case "withdraw":
		done, err = "volunteers.done.withdrawn", s.Withdraw(ctx, by, d, whom)
	case "say":
		minutes := f.Int("minutes", 1, 24*60)
		if err = f.Err(); err == nil {
			_, err = s.Say(ctx, by, volunteers.Saying{Task: d, For: whom, Minutes: minutes})
		}
		done = "volunteers.done.said"
	case "say_of":
		u, minutes := f.ID("signup"), f.Int("minutes", 1, 24*60)
		if err = f.Err(); err == nil {
			_, err = s.SayOf(ctx, by, u, minutes)
		}
		done = "volunteers.done.said"
	case "open":
		err = s.Open(ctx, by, d)
	case "start":
		err = s.Start(ctx, by, d)
	case "finish":
		err = s.Finish(ctx, by, d)
	case "call_off":
		words := f.Text("words", 500)
		later := f.Bool("later")
		if err = f.Err(); err == nil {
			if later {
				_, err = s.CallOffLater(ctx, by, d, words)
			} else {
				err = s.CallOff(ctx, by, d, words)
			}
		}
		if err != nil && errs.KindOf(err) == errs.Invalid {
			v, verr := c.callingOff(r, d, f)
			if verr != nil {
				return verr
			}
			return answer(w, r, v, err)
		}
	default:
		return errs.New(errs.NotFound, "volunteers.act")
	}
	if err == nil {
		return page.Done(w, r, back, done)
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.taskFor(r, f)
	if verr != nil {
		return verr
	}
	return tasked.Fail(w, r, v, err)
}

func (c *Counter) callingOff(r *http.Request, d id.ID, f *form.Form) (v askPage, err error) {
	b := page.From(r)
	whole, err := c.Volunteers.GetTask(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	if !c.mayTask(b, whole.Task, volunteers.CallOffAct) {
		return v, errs.New(errs.Denied, scope.DeniedNeed)
	}
	at := "/volunteers/tasks/" + d.String()
	if later := f != nil && f.Bool("later") || f == nil && r.URL.Query().Get("later") != ""; later && len(whole.Series) > 0 {
		v = ask(b, f, "volunteers.call_off.later", b.T("volunteers.call_off.later.text", whole.Task.Title), at+"/call_off", at, true, true)
		v.Confirm.Hidden = []page.Hidden{{Name: "later", Value: "1"}}
		return v, nil
	}
	return ask(b, f, "volunteer_task.act.call_off", b.T("volunteers.call_off.text", whole.Task.Title, whole.Task.Listed), at+"/call_off", at, true, true), nil
}

func (c *Counter) askCallOff(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.task.none")
	if err != nil {
		return err
	}
	v, err := c.callingOff(r, d, nil)
	if err != nil {
		return err
	}
	return asked.Show(w, r, v)
}

// calendar is a task as a calendar takes it.
func (c *Counter) calendar(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	d, err := record(r, "volunteers.task.none")
	if err != nil {
		return err
	}
	whole, err := c.Volunteers.GetTask(r.Context(), b.Actor, d)
	if err != nil {
		return err
	}
	t := whole.Task
	at := c.Address + "/volunteers/tasks/" + t.ID.String()
	cal := feeds.Calendar{Name: b.T("volunteers.title"), Lang: string(b.Lang), Events: []feeds.Event{{
		UID: at, At: t.Begins, Ends: t.Ends, Changed: t.ID.Time(), Title: t.Title, Words: t.Body, Where: c.where(b, t.Path) + " " + t.PlaceWords, URL: at, Off: t.State == volunteers.CalledOff}}}
	w.Header().Set("Content-Type", feeds.ICalType+"; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="task.ics"`)
	_, err = w.Write(cal.Bytes())
	return err
}
