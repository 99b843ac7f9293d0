// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"context"
	"net/http"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Services are a part of what can be had at the town's counters.
type Services struct {
	Items []Service `json:"items" nullable:"false"`
	More  bool      `json:"more" doc:"There are others: ask again with skip."`
}

// A Service is something that can be had at a counter. What is not known is left out.
type Service struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Also       []string `json:"also" nullable:"false" doc:"What people call it."`
	Theme      string   `json:"theme,omitempty"`
	Kind       string   `json:"kind,omitempty"`
	Unit       *UnitRef `json:"unit,omitempty" doc:"Which offers it."`
	Agency     string   `json:"agency,omitempty" doc:"Who offers it, if it is no unit of the town's."`
	For        []string `json:"for" nullable:"false"`
	Conditions string   `json:"conditions,omitempty"`
	Papers     []string `json:"papers" nullable:"false" doc:"What to bring."`
	Legal      string   `json:"legal,omitempty" doc:"How long it may take by law."`
	Promised   string   `json:"promised,omitempty" doc:"How long it takes, as the unit promises."`
	Fee        string   `json:"fee,omitempty"`
	Where      string   `json:"where,omitempty"`
	Hours      string   `json:"hours,omitempty"`
	Phone      string   `json:"phone,omitempty"`
	Online     string   `json:"online,omitempty" doc:"Where it can be applied for."`
	Booking    bool     `json:"booking" doc:"A time can be booked for it here."`
	BookAt     string   `json:"book_at,omitempty" doc:"Where a time is booked, if not here."`
	AtHome     bool     `json:"at_home" doc:"It can be done at home."`
	URL        string   `json:"url" format:"uri" doc:"Its page for people."`
}

type servicesAsked struct {
	Q      string `query:"q" doc:"Words, what people call it, the sound or the initials of it; everything if left out."`
	Theme  string `query:"theme" doc:"The heading it stands under."`
	Unit   string `query:"unit" doc:"The id of the unit that offers it."`
	AtHome bool   `query:"at_home" doc:"Only what can be done at home."`
	Skip   int    `query:"skip" minimum:"0" maximum:"100000" doc:"How many of the list to leave out."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"30"`
}

func (c *call) services(q servicesAsked) (out Services, err error) {
	f := desk.Filter{Words: q.Q, Theme: q.Theme, AtHome: q.AtHome, Skip: q.Skip, Most: q.Limit}
	if q.Unit != "" {
		d, ok := c.unitOf(q.Unit)
		if !ok {
			return out, malformed("unit", "api.unit.unknown", short(q.Unit))
		}
		f.Unit = d
	}
	all, err := c.s.Desk.Catalogue(c.r.Context())
	if err != nil {
		return out, err
	}
	is, more := all.Search(f)
	out = Services{Items: []Service{}, More: more}
	for _, i := range is {
		out.Items = append(out.Items, c.serviceOf(i))
	}
	return out, nil
}

func (c *call) serviceOf(i desk.Item) Service {
	list := func(ss []string) []string { return append([]string{}, ss...) }
	out := Service{Code: i.Code, Name: i.Name.In(c.lang), Also: list(i.Also), Theme: i.Theme, Kind: i.Kind, Unit: c.unitRef(i.Unit), Agency: i.Agency, For: list(i.For), Conditions: i.Conditions, Papers: list(i.Papers), Fee: i.Fee,
		Where: i.Where, Hours: i.Hours, Phone: i.Phone, Online: i.Online, Booking: i.Booking, BookAt: i.BookAt, AtHome: i.AtHome, URL: c.s.Address + "/services/" + i.Code}
	if i.Legal.N > 0 {
		out.Legal = i.Legal.Say(c.lang)
	}
	if i.Promised.N > 0 {
		out.Promised = i.Promised.Say(c.lang)
	}
	return out
}

func (c *call) service(nothing) (out Service, err error) {
	all, err := c.s.Desk.Catalogue(c.r.Context())
	if err != nil {
		return out, err
	}
	i, ok := all.Get(c.r.PathValue("service"))
	if !ok || !i.Active {
		return out, errs.New(errs.NotFound, "desk.item.none")
	}
	return c.serviceOf(i), nil
}

// Times are when and where a time can be booked.
type Times struct {
	Items []CounterTimes `json:"items" nullable:"false"`
}

// CounterTimes are the times of one counter.
type CounterTimes struct {
	Counter CounterRef `json:"counter"`
	Place   PlaceRef   `json:"place"`
	Unit    *UnitRef   `json:"unit,omitempty"`
	Times   []Time     `json:"times" nullable:"false" doc:"Also those that are full."`
}

// A CounterRef names a counter.
type CounterRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Room string `json:"room,omitempty"`
}

// A Time is one that can be booked.
type Time struct {
	At   time.Time `json:"at"`
	Ends time.Time `json:"ends"`
	Left int       `json:"left" doc:"How many can still book it; 0: it is full."`
}

func (c *call) counterRef(x desk.Counter) CounterRef {
	return CounterRef{x.ID.String(), x.Name.In(c.lang), x.Room}
}

func (c *call) times(nothing) (out Times, err error) {
	cs, err := c.s.Desk.Times(c.r.Context(), c.r.PathValue("service"))
	if err != nil {
		return out, err
	}
	out.Items = []CounterTimes{}
	for _, x := range cs {
		t := CounterTimes{Counter: c.counterRef(x.Counter), Place: c.placeRef(x.Counter.Path), Unit: c.unitRef(x.Counter.Unit), Times: []Time{}}
		for _, s := range x.Slots {
			t.Times = append(t.Times, Time{s.At.UTC(), s.Ends.UTC(), s.Left})
		}
		out.Items = append(out.Items, t)
	}
	return out, nil
}

// Book asks for a time at a counter.
type Book struct {
	Service  string    `json:"service" doc:"The code of the service."`
	Counter  string    `json:"counter" doc:"The id of the counter."`
	At       time.Time `json:"at" doc:"When it begins; with wait: from when on it would do."`
	Wait     bool      `json:"wait,omitempty" doc:"A place in the waiting list, if everything is full."`
	Days     int       `json:"days,omitempty" minimum:"0" maximum:"30" doc:"With wait: how many days from at on would do."`
	Name     string    `json:"name" doc:"For whom it is. It is kept sealed and is in no answer."`
	Phone    string    `json:"phone,omitempty" doc:"Where they can be rung. It is kept sealed and is in no answer. Only keys of an account of the town's staff may leave it out."`
	ForWords string    `json:"for_words,omitempty" maxLength:"60" doc:"How the writer stands to them."`
	Channel  string    `json:"channel,omitempty" enum:"phone,desk" doc:"How they came, for keys that act for an account of the town's staff."`
}

func (c *call) book(in Book) (out Slip, err error) {
	w := desk.Wish{Item: in.Service, At: in.At, Wait: in.Wait, Days: in.Days, ForWords: in.ForWords, Contact: people.ContactInput{Name: in.Name, Phone: in.Phone, Lang: c.lang}}
	switch in.Channel {
	case "", string(desk.Desk), string(desk.Phone):
		w.Channel = desk.Channel(in.Channel)
	default:
		return out, errs.At("channel", "api.query.enum", "channel", "phone, desk")
	}
	if w.Counter, err = c.counterOf(in.Counter); err != nil {
		return out, err
	}
	if w.Counter == 0 {
		return out, errs.At("counter", "desk.counter.not_here")
	}
	return once(c, in, func(tx *sqldb.Tx) (Slip, error) {
		s, err := c.s.Desk.BookIn(tx, c.by(), w)
		return Slip{s.Number, s.Code, c.s.Address + "/bookings/" + s.Number}, err
	})
}

// A Booking is somebody's time at a counter: never whose.
type Booking struct {
	Number      string     `json:"number"`
	State       string     `json:"state" enum:"waiting,offered,booked,arrived,served,missed,cancelled,called_off,lapsed"`
	StateName   string     `json:"state_name"`
	Service     string     `json:"service"`
	ServiceName string     `json:"service_name"`
	Counter     CounterRef `json:"counter"`
	Place       PlaceRef   `json:"place"`
	At          time.Time  `json:"at" doc:"When it begins; of one that waits: from when on it would do."`
	Ends        time.Time  `json:"ends"`
	Until       *time.Time `json:"until,omitempty" doc:"Of what is offered: when the offer ends."`
	Ahead       int        `json:"ahead,omitempty" doc:"Of one that waits: how many wait before it."`
	Papers      []string   `json:"papers" nullable:"false" doc:"What to bring."`
	Acts        []string   `json:"acts" nullable:"false" doc:"What the caller may do now."`
	URL         string     `json:"url" format:"uri"`
}

func (c *call) bookingOf(v desk.Seen) Booking {
	out := Booking{Number: v.Number, State: string(v.State), StateName: c.T("booking.state." + string(v.State)), Service: v.What.Code, ServiceName: v.What.Name.In(c.lang), Counter: c.counterRef(v.At), Place: c.placeRef(v.Booking.Path),
		At: v.Booking.At.UTC(), Ends: v.Ends.UTC(), Until: at(v.Until), Ahead: v.Ahead, Papers: append([]string{}, v.What.Papers...), Acts: []string{}, URL: c.s.Address + "/bookings/" + v.Number}
	for _, a := range v.Acts {
		out.Acts = append(out.Acts, string(a))
	}
	return out
}

func (c *call) bookingAs(code string) (v desk.Seen, by scope.Actor, err error) {
	number, err := c.numbered("booking.none")
	if err != nil {
		return v, by, err
	}
	if by, err = c.holding(number, code, c.s.Desk.ByCode); err != nil {
		return v, by, err
	}
	v, err = c.s.Desk.Get(c.r.Context(), by, number)
	return v, by, err
}

func (c *call) booking(nothing) (out Booking, err error) { return c.bookingOfCode(Coded{}) }

func (c *call) bookingOfCode(in Coded) (out Booking, err error) {
	v, _, err := c.bookingAs(in.Code)
	if err != nil {
		return out, err
	}
	return c.bookingOf(v), nil
}

// byCode refuses an empty code: who reads by the slip has to show it.
func byCode[Out any](read func(c *call, in Coded) (Out, error)) func(c *call, in Coded) (Out, error) {
	return func(c *call, in Coded) (out Out, err error) {
		if in.Code == "" {
			return out, errs.At("code", "matter.code.wrong")
		}
		return read(c, in)
	}
}

// MoveTo is another time.
type MoveTo struct {
	At      time.Time `json:"at"`
	Counter string    `json:"counter,omitempty" doc:"The id of another counter."`
	Code    string    `json:"code,omitempty" maxLength:"20" doc:"The query code on the slip; it may be left out by keys of an account that serves there."`
}

// onBooking makes the operation of an act on a booking, which is answered as it is
// afterwards.
func onBooking[In any](a desk.Act, needs access.KeyScope, code func(In) string, do func(c *call, ctx context.Context, by scope.Actor, d id.ID, in In) error) Operation {
	return writes(on("booking", "bookings", "desk", string(a), needs), func(c *call, in In) (out Booking, err error) {
		v, by, err := c.bookingAs(code(in))
		if err != nil {
			return out, err
		}
		if err := c.inPlace("", v.Booking.Path); err != nil {
			return out, err
		}
		if err := do(c, c.r.Context(), by, v.ID, in); err != nil {
			return out, err
		}
		if v, err = c.s.Desk.Get(c.r.Context(), by, v.Number); err != nil {
			return out, err
		}
		return c.bookingOf(v), nil
	})
}

type bookingAct = func(s *desk.Service, ctx context.Context, by scope.Actor, d id.ID) error

func bySlip(a desk.Act, do bookingAct) Operation {
	return onBooking(a, access.RequestsWrite, func(in Slipped) string { return in.Code }, func(c *call, ctx context.Context, by scope.Actor, d id.ID, _ Slipped) error {
		return do(c.s.Desk, ctx, by, d)
	})
}

func atCounter(a desk.Act, do bookingAct) Operation {
	return onBooking(a, access.APIAct, func(Plain) string { return "" }, func(c *call, ctx context.Context, by scope.Actor, d id.ID, _ Plain) error {
		return do(c.s.Desk, ctx, by, d)
	})
}

func deskOperations() []Operation {
	read := func(id, path string, more ...int) Operation {
		return Operation{ID: id, Path: path, Tag: "desk", Errors: more}
	}
	shown := read("getBooking", "/bookings/{number}", http.StatusNotFound)
	shown.Scope = access.APIRead
	slip := read("readBooking", "/bookings/{number}/read", http.StatusNotFound)
	slip.Scope = access.RequestsWrite
	booked := Operation{ID: "book", Path: "/bookings", Tag: "desk", Scope: access.RequestsWrite, Errors: []int{http.StatusConflict, http.StatusNotFound}, status: http.StatusCreated, once: true}
	return []Operation{
		reads(read("searchServices", "/services"), (*call).services),
		reads(read("getService", "/services/{service}", http.StatusNotFound), (*call).service),
		reads(read("listTimes", "/services/{service}/times", http.StatusNotFound), (*call).times),
		writes(booked, (*call).book),
		reads(shown, (*call).booking),
		writes(slip, byCode((*call).bookingOfCode)),
		bySlip(desk.Cancel, (*desk.Service).Cancel),
		bySlip(desk.Accept, (*desk.Service).Accept),
		bySlip(desk.Pass, (*desk.Service).Pass),
		onBooking(desk.Move, access.RequestsWrite, func(in MoveTo) string { return in.Code }, func(c *call, ctx context.Context, by scope.Actor, d id.ID, in MoveTo) error {
			counter, err := c.counterOf(in.Counter)
			if err != nil {
				return err
			}
			return c.s.Desk.Move(ctx, by, d, counter, in.At)
		}),
		atCounter(desk.Arrive, (*desk.Service).Arrive),
		atCounter(desk.Serve, (*desk.Service).Serve),
		atCounter(desk.Miss, (*desk.Service).Miss),
		atCounter(desk.TakeBack, (*desk.Service).TakeBack),
		onBooking(desk.CallOff, access.APIAct, func(Words) string { return "" }, func(c *call, ctx context.Context, by scope.Actor, d id.ID, in Words) error {
			return c.s.Desk.CallOff(ctx, by, d, in.Words)
		}),
	}
}

// counterOf is the counter that is named; 0 if none is.
func (c *call) counterOf(s string) (id.ID, error) {
	if s == "" {
		return 0, nil
	}
	d, err := id.Parse(s)
	if err != nil {
		return 0, errs.At("counter", "desk.counter.not_here")
	}
	x, err := c.s.Desk.Counter(c.r.Context(), d)
	if errs.KindOf(err) == errs.NotFound {
		return 0, errs.At("counter", "desk.counter.not_here")
	}
	if err != nil {
		return 0, err
	}
	return d, c.inPlace("counter", x.Path)
}
