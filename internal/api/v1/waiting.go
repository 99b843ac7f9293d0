// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
)

// What waits for those at work: the questions of their units, the day of a counter, the
// home visits of their places. Of nobody a name.

// WaitingQuestions are those that wait for the caller's units, the most pressing first.
type WaitingQuestions struct {
	Items []WaitingQuestion `json:"items" nullable:"false"`
	More  bool              `json:"more" doc:"There are others: ask with a greater limit."`
}

// A WaitingQuestion waits for a unit: never who asked it.
type WaitingQuestion struct {
	Number   string     `json:"number"`
	Words    string     `json:"words"`
	Place    PlaceRef   `json:"place"`
	Unit     *UnitRef   `json:"unit,omitempty" doc:"Whose turn it is."`
	AskedAt  time.Time  `json:"asked_at"`
	Due      *time.Time `json:"due,omitempty" doc:"When it is to be answered."`
	Late     bool       `json:"late"`
	Passed   int        `json:"passed" doc:"How often it was passed on."`
	Reopened int        `json:"reopened" doc:"How often the asker said that it was no answer."`
	URL      string     `json:"url" format:"uri"`
}

type waitingAsked struct {
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"30"`
}

func (q waitingAsked) most() int {
	if q.Limit == 0 {
		return 30
	}
	return q.Limit
}

func (c *call) waitingQuestions(q waitingAsked) (out WaitingQuestions, err error) {
	p, err := c.s.Questions.ListTurn(c.r.Context(), c.by(), questions.Filter{Most: q.most()})
	if err != nil && errs.KindOf(err) != errs.Denied { // for whom nothing waits there is an empty list
		return out, err
	}
	out = WaitingQuestions{Items: []WaitingQuestion{}, More: p.More}
	for _, x := range p.Questions {
		if c.caller.Key.In().Contains(x.Path) {
			out.Items = append(out.Items, WaitingQuestion{x.Number, x.Words, c.placeRef(x.Path), c.unitRef(x.Unit), x.AskedAt.UTC(), at(x.Due), x.Late(c.s.DB.Now()), x.Passed, x.Reopened, c.s.Address + "/questions/" + x.Number})
		}
	}
	return out, nil
}

// Counters are those at which the caller serves, or which they keep.
type Counters struct {
	Items []CounterAt `json:"items" nullable:"false"`
}

// A CounterAt is a counter and where it stands.
type CounterAt struct {
	CounterRef
	Place  PlaceRef `json:"place"`
	Unit   *UnitRef `json:"unit,omitempty"`
	Active bool     `json:"active"`
}

func (c *call) counters(nothing) (out Counters, err error) {
	cs, err := c.s.Desk.ListCounters(c.r.Context(), c.by())
	out.Items = []CounterAt{}
	for _, x := range cs {
		if c.caller.Key.In().Contains(x.Path) {
			out.Items = append(out.Items, CounterAt{c.counterRef(x), c.placeRef(x.Path), c.unitRef(x.Unit), x.Active})
		}
	}
	return out, err
}

// A CounterDay is what a counter has to do on a day.
type CounterDay struct {
	Counter  CounterAt `json:"counter"`
	Day      string    `json:"day" format:"date"`
	Open     bool      `json:"open" doc:"It serves on this day."`
	Closed   string    `json:"closed,omitempty" doc:"Why it is closed, if it is."`
	Times    []Time    `json:"times" nullable:"false"`
	Bookings []Booking `json:"bookings" nullable:"false" doc:"By time and seat."`
	Waiting  []Booking `json:"waiting" nullable:"false" doc:"Those in the counter's waiting list, the first first."`
}

type dayAsked struct {
	Day Day `query:"day" format:"date" doc:"The day, by the town's calendar; today if left out."`
}

func (c *call) counterDay(q dayAsked) (out CounterDay, err error) {
	d, err := id.Parse(c.r.PathValue("counter"))
	if err != nil {
		return out, errs.New(errs.NotFound, "desk.counter.none")
	}
	day, err := q.Day.moment("day")
	if err != nil {
		return out, err
	}
	if day.IsZero() {
		day = c.s.DB.Now()
	}
	v, err := c.s.Desk.DayOf(c.r.Context(), c.by(), d, day)
	if err != nil {
		return out, err
	}
	x := v.Counter
	if err := c.inPlace("", x.Path); err != nil {
		return out, err
	}
	out = CounterDay{Counter: CounterAt{c.counterRef(x), c.placeRef(x.Path), c.unitRef(x.Unit), x.Active}, Day: v.Day.Format(time.DateOnly), Open: v.Open, Closed: v.Closed.Why, Times: []Time{}, Bookings: []Booking{}, Waiting: []Booking{}}
	for _, s := range v.Slots {
		out.Times = append(out.Times, Time{s.At.UTC(), s.Ends.UTC(), s.Left})
	}
	for _, b := range v.List {
		out.Bookings = append(out.Bookings, c.bookingOf(b))
	}
	for _, b := range v.Waiting {
		out.Waiting = append(out.Waiting, c.bookingOf(b))
	}
	return out, nil
}

// HomeVisits are a part of those of the places in which the caller works on them.
type HomeVisits struct {
	Items []HomeVisit `json:"items" nullable:"false"`
	More  bool        `json:"more" doc:"There are others: ask with a greater limit."`
}

type visitsAsked struct {
	Turn  string `query:"turn" enum:"desk,serve,travel" doc:"Only those whose turn it is: the street's desk, the unit that serves, officer and grid worker."`
	Open  bool   `query:"open" doc:"Only those in which something is still to be done, the one due first."`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"30"`
}

func (c *call) visits(q visitsAsked) (out HomeVisits, err error) {
	f := desk.VisitFilter{Open: q.Open, Turn: desk.Turn(q.Turn), Most: waitingAsked{q.Limit}.most()}
	if turns := []desk.Turn{"", desk.TurnDesk, desk.TurnServe, desk.TurnTravel}; !slices.Contains(turns, f.Turn) {
		return out, malformed("turn", "api.query.enum", "turn", "desk, serve, travel")
	}
	xs, more, err := c.s.Desk.ListVisits(c.r.Context(), c.by(), f)
	out = HomeVisits{Items: []HomeVisit{}, More: more}
	for _, x := range xs {
		if c.caller.Key.In().Contains(x.Path) {
			out.Items = append(out.Items, c.visitOf(x))
		}
	}
	return out, err
}

func waitingOperations() []Operation {
	list := func(id, path, tag string, more ...int) Operation {
		return Operation{ID: id, Path: path, Tag: tag, Scope: access.APIRead, Errors: more}
	}
	return []Operation{
		reads(list("listQuestions", "/questions", "questions"), (*call).waitingQuestions),
		reads(list("listCounters", "/counters", "desk"), (*call).counters),
		reads(list("getDay", "/counters/{counter}/day", "desk", http.StatusNotFound), (*call).counterDay),
		reads(list("listVisits", "/visits", "desk"), (*call).visits),
	}
}
