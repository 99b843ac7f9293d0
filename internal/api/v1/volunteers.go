// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// Tariffs are the published tables of what earns how many points.
type Tariffs struct {
	Items []Tariff `json:"items" nullable:"false" doc:"The one in force first, then those to come."`
}

// A Tariff is one edition of the table.
type Tariff struct {
	From  string       `json:"from,omitempty" doc:"The day from which it is in force; left out of the one that came with the program."`
	Lines []TariffLine `json:"lines" nullable:"false"`
}

// A TariffLine is what one act earns.
type TariffLine struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	By      string `json:"by" enum:"task,report" doc:"What makes it known: hours at a task, confirmed by two; or a matter that was raised, verified and closed."`
	PerHour bool   `json:"per_hour" doc:"Points are for each hour, else for each time."`
	Points  int64  `json:"points"`
	Most    int64  `json:"most" doc:"How often it earns in a month."`
}

func (c *call) tariff(nothing) (out Tariffs, err error) {
	es, err := c.s.Volunteers.Editions(c.r.Context())
	if err != nil {
		return out, err
	}
	today := volunteers.DayOf(c.s.DB.Now())
	shown := []volunteers.Edition{volunteers.InForce(es, today)}
	for _, e := range es {
		if e.From > today {
			shown = append(shown, e)
		}
	}
	out.Items = []Tariff{}
	for _, e := range shown {
		t := Tariff{Lines: []TariffLine{}}
		if e.ID != 0 {
			t.From = e.From.Begin().In(i18n.Zone).Format(time.DateOnly)
		}
		for _, l := range e.Tariff.Lines {
			t.Lines = append(t.Lines, TariffLine{l.Code, l.Name.In(c.lang), string(l.By), l.PerHour, l.Points, l.Most})
		}
		out.Items = append(out.Items, t)
	}
	return out, nil
}

// Tasks are what can be helped with.
type Tasks struct {
	Items []Task `json:"items" nullable:"false" doc:"The next one first, a hundred at most."`
}

// A Task is something to help with: how many come, never who.
type Task struct {
	ID      string     `json:"id"`
	State   string     `json:"state" enum:"drawn_up,open,running,done,called_off"`
	Title   string     `json:"title"`
	Body    string     `json:"body,omitempty"`
	Act     string     `json:"act" doc:"The code of the line of the tariff."`
	Place   PlaceRef   `json:"place"`
	Where   string     `json:"where" doc:"Where to meet."`
	Leader  string     `json:"leader"`
	Begins  time.Time  `json:"begins"`
	Ends    time.Time  `json:"ends"`
	Seats   int        `json:"seats"`
	Listed  int        `json:"listed" doc:"How many have a place."`
	Waiting int        `json:"waiting,omitempty" doc:"How many wait for one; said of one task alone."`
	Series  string     `json:"series,omitempty" doc:"The id of the first of those that were drawn up together, of a task that is repeated."`
	Others  []TaskTime `json:"others,omitempty" doc:"Its other times; said of one task alone."`
	Reason  string     `json:"reason,omitempty" doc:"Why it was called off."`
	URL     string     `json:"url" format:"uri"`
}

// A TaskTime is another time of a task that is repeated.
type TaskTime struct {
	ID     string    `json:"id"`
	State  string    `json:"state"`
	Begins time.Time `json:"begins"`
}

func (c *call) taskOf(t volunteers.Task) Task {
	out := Task{ID: t.ID.String(), State: string(t.State), Title: t.Title, Body: t.Body, Act: t.Act, Place: c.placeRef(t.Path), Where: t.PlaceWords, Leader: t.LeaderName, Begins: t.Begins.UTC(), Ends: t.Ends.UTC(),
		Seats: t.Seats, Listed: t.Listed, Reason: t.Reason, URL: c.s.Address + "/volunteers/tasks/" + t.ID.String()}
	if t.Series != 0 {
		out.Series = t.Series.String()
	}
	return out
}

type tasksIn struct {
	Place string `query:"place" doc:"The code or id of a place: what is on within it."`
}

func (c *call) tasks(q tasksIn) (out Tasks, err error) {
	f := volunteers.TaskFilter{From: c.s.DB.Now(), Most: 100}
	if q.Place != "" {
		p, ok := c.placeOf(q.Place)
		if !ok {
			return out, errs.At("place", "volunteers.task.place")
		}
		f.Place = scope.Of(p.Path)
	}
	ts, err := c.s.Volunteers.ListTasks(c.r.Context(), c.by(), f)
	if err != nil {
		return out, err
	}
	out.Items = []Task{}
	for _, t := range ts {
		out.Items = append(out.Items, c.taskOf(t))
	}
	return out, nil
}

func (c *call) taskID() (id.ID, error) {
	d, err := id.Parse(c.r.PathValue("task"))
	if err != nil {
		return 0, errs.New(errs.NotFound, "volunteers.task.none")
	}
	return d, nil
}

func (c *call) task(nothing) (out Task, err error) {
	d, err := c.taskID()
	if err != nil {
		return out, err
	}
	w, err := c.s.Volunteers.GetTask(c.r.Context(), c.by(), d)
	if err != nil {
		return out, err
	}
	out = c.taskOf(w.Task)
	out.Waiting = w.Waiting
	for _, x := range w.Series {
		if x.ID != d {
			out.Others = append(out.Others, TaskTime{x.ID.String(), string(x.State), x.Begins.UTC()})
		}
	}
	return out, nil
}

// Helper names a resident whom the desk serves.
type Helper struct {
	Resident string `json:"resident" doc:"The id of a resident whom the key's account serves, as the address of their page at the desk has it."`
}

// SignedUp is how it stands with their word to come.
type SignedUp struct {
	State string `json:"state" enum:"waiting,listed,withdrawn"`
}

// helping is the task of the address and the resident of the body, both within the key's
// place.
func (c *call) helping(in Helper) (task, of id.ID, err error) {
	if task, err = c.taskID(); err != nil {
		return 0, 0, err
	}
	if of, err = id.Parse(in.Resident); err != nil || of == 0 {
		return 0, 0, errs.At("resident", "people.none")
	}
	w, err := c.s.Volunteers.GetTask(c.r.Context(), c.by(), task)
	if err != nil {
		return 0, 0, err
	}
	return task, of, c.inPlace("", w.Task.Path)
}

func (c *call) signUp(in Helper) (out SignedUp, err error) {
	task, of, err := c.helping(in)
	if err != nil {
		return out, err
	}
	u, err := c.s.Volunteers.SignUp(c.r.Context(), c.by(), task, of)
	return SignedUp{string(u.State)}, err
}

func (c *call) withdrawSignUp(in Helper) (out SignedUp, err error) {
	task, of, err := c.helping(in)
	if err != nil {
		return out, err
	}
	return SignedUp{string(volunteers.Withdrawn)}, c.s.Volunteers.Withdraw(c.r.Context(), c.by(), task, of)
}

type quarterIn struct {
	Quarter string `query:"quarter" doc:"2026-Q3; this quarter if it is left out."`
}

func (c *call) quarter(q quarterIn) (volunteers.Quarter, error) {
	if q.Quarter == "" {
		return volunteers.QuarterOf(c.s.DB.Now()), nil
	}
	return volunteers.ParseQuarter(q.Quarter)
}

// PointsStatement is what became of a volunteer's points in a quarter.
type PointsStatement struct {
	Quarter string       `json:"quarter"`
	Opening int64        `json:"opening"`
	In      int64        `json:"in"`
	Out     int64        `json:"out"`
	Closing int64        `json:"closing"`
	Minutes int64        `json:"minutes" doc:"Confirmed in the quarter."`
	Lines   []PointsLine `json:"lines" nullable:"false"`
}

// A PointsLine is one entry of it.
type PointsLine struct {
	At     time.Time `json:"at"`
	Act    string    `json:"act"`
	Points int64     `json:"points" doc:"Below nothing of what was spent."`
	What   string    `json:"what,omitempty"`
}

func (c *call) pointsStatement(in quarterIn) (out PointsStatement, err error) {
	of, err := id.Parse(c.r.PathValue("resident"))
	if err != nil || of == 0 {
		return out, errs.New(errs.NotFound, "people.none")
	}
	q, err := c.quarter(in)
	if err != nil {
		return out, err
	}
	st, err := c.s.Volunteers.Statement(c.r.Context(), c.by(), of, q)
	if err != nil {
		return out, err
	}
	out = PointsStatement{Quarter: q.String(), Opening: st.Opening, In: st.In, Out: st.Out, Closing: st.Closing, Minutes: st.Minutes, Lines: []PointsLine{}}
	for _, l := range st.Lines {
		out.Lines = append(out.Lines, PointsLine{l.At.UTC(), string(l.Act), l.Signed, l.What})
	}
	return out, nil
}

// Pot is what the town gave out and took back in a quarter. A total of fewer than five
// people is not said.
type Pot struct {
	Quarter     string `json:"quarter"`
	Issued      *int64 `json:"issued,omitempty"`
	Redeemed    *int64 `json:"redeemed,omitempty"`
	Settled     *int64 `json:"settled,omitempty"`
	GivenBack   *int64 `json:"given_back,omitempty"`
	Corrected   *int64 `json:"corrected,omitempty"`
	Outstanding *int64 `json:"outstanding,omitempty" doc:"In the hands of volunteers now."`
	Members     int64  `json:"members" doc:"In the hands of members now."`
}

func (c *call) pot(in quarterIn) (out Pot, err error) {
	q, err := c.quarter(in)
	if err != nil {
		return out, err
	}
	p, err := c.s.Volunteers.PotOf(c.r.Context(), q)
	if err != nil {
		return out, err
	}
	said := func(t volunteers.Total) *int64 {
		if t.Hidden {
			return nil
		}
		return &t.Points
	}
	return Pot{q.String(), said(p.Issued), said(p.Redeemed), said(p.Settled), said(p.GivenBack), said(p.Corrected), said(p.Outstanding), p.Members}, nil
}

// volunteerOperations are what programs reach of the volunteers.
func volunteerOperations() []Operation {
	read := func(id, path string, errors ...int) Operation {
		return Operation{ID: id, Path: path, Tag: "volunteers", Errors: errors}
	}
	statement := read("getPoints", "/volunteers/statements/{resident}", http.StatusNotFound, http.StatusUnprocessableEntity)
	statement.Scope = access.APIRead
	act := func(id, act string) Operation {
		return Operation{ID: id, Path: "/volunteers/tasks/{task}/acts/" + act, Tag: "volunteers", Scope: access.APIAct, Errors: []int{http.StatusNotFound, http.StatusConflict}}
	}
	return []Operation{
		reads(read("getTariff", "/volunteers/tariff"), (*call).tariff),
		reads(read("listTasks", "/volunteers/tasks", http.StatusUnprocessableEntity), (*call).tasks),
		reads(read("getTask", "/volunteers/tasks/{task}", http.StatusNotFound), (*call).task),
		writes(act("task_sign_up", "sign_up"), (*call).signUp),
		writes(act("task_withdraw", "withdraw"), (*call).withdrawSignUp),
		reads(statement, (*call).pointsStatement),
		reads(read("getPot", "/volunteers/pot", http.StatusUnprocessableEntity), (*call).pot),
	}
}
