// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
)

// Duties are what grid workers are asked to do.
type Duties struct {
	Items []Duty `json:"items" nullable:"false"`
}

// A Duty is what a department wants grid workers to do.
type Duty struct {
	ID      string      `json:"id"`
	State   string      `json:"state" enum:"proposed,admitted,limited,refused,withdrawn,ended"`
	Name    string      `json:"name"`
	What    string      `json:"what"`
	Unit    string      `json:"unit" doc:"The id of the department."`
	Kind    string      `json:"kind" enum:"point,home"`
	Often   string      `json:"often" enum:"round,day,week,month,quarter"`
	Minutes int         `json:"minutes"`
	Basis   string      `json:"basis"`
	Fields  []DutyField `json:"fields" nullable:"false"`
	Reads   []string    `json:"reads" nullable:"false" doc:"Which facts of a home may be read."`
}

// A DutyField is filled in when a duty is done.
type DutyField struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Kind  string `json:"kind" enum:"yesno,number,words"`
	Fact  string `json:"fact"`
}

func (c *call) dutyOf(d patrol.Duty) Duty {
	out := Duty{ID: d.ID.String(), State: string(d.State), Name: d.Name.In(c.lang), What: d.What, Unit: d.Unit.String(), Kind: string(d.Kind), Often: string(d.Often), Minutes: d.Minutes, Basis: d.Basis, Fields: []DutyField{}, Reads: []string{}}
	for _, f := range d.Fields {
		out.Fields = append(out.Fields, DutyField{f.Key, f.Label.In(c.lang), string(f.Kind), f.Fact})
	}
	for _, f := range d.Reads {
		out.Reads = append(out.Reads, string(f))
	}
	return out
}

func (c *call) duties(nothing) (out Duties, err error) {
	ds, err := c.s.Patrol.ListDuties(c.r.Context(), c.by(), patrol.DutyFilter{})
	if err != nil {
		return out, err
	}
	out.Items = []Duty{}
	for _, d := range ds {
		out.Items = append(out.Items, c.dutyOf(d))
	}
	return out, nil
}

// Giving gives an admitted duty to the grids of a place.
type Giving struct {
	Duty  string `json:"duty" doc:"The id of the duty."`
	Place string `json:"place" doc:"The code or id of the place."`
}

// Given is what became of it.
type Given struct {
	ID string `json:"id"`
}

func (c *call) give(in Giving) (out Given, err error) {
	d, err := id.Parse(in.Duty)
	if err != nil {
		return out, errs.At("duty", "duty.none")
	}
	p, ok := c.placeOf(in.Place)
	if !ok {
		return out, errs.At("place", "patrol.place.none")
	}
	g, err := c.s.Patrol.Give(c.r.Context(), c.by(), d, p.ID)
	return Given{g.String()}, err
}

// Rounds are those of the caller's grids today.
type Rounds struct {
	Items  []Round `json:"items" nullable:"false"`
	Duties []Duty  `json:"duties" nullable:"false" doc:"Those that the stops name."`
}

// A Round is what is due in a grid in one of the two windows of a day.
type Round struct {
	ID       string    `json:"id"`
	Slot     int64     `json:"slot" doc:"Two to a day, counted from 1970."`
	Grid     string    `json:"grid"`
	GridName string    `json:"grid_name"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Due      int       `json:"due"`
	Done     int       `json:"done"`
	Stops    []Stop    `json:"stops" nullable:"false" doc:"In the order of the way."`
}

// A Stop is a point or a home.
type Stop struct {
	Point   string   `json:"point,omitempty" doc:"The id of the point."`
	Visit   string   `json:"visit,omitempty" doc:"The id of the agreement with a home."`
	Name    string   `json:"name"`
	Kind    string   `json:"kind,omitempty"`
	At      *Point   `json:"at,omitempty"`
	Duties  []string `json:"duties" nullable:"false" doc:"The ids of what is due there."`
	Matters []string `json:"matters" nullable:"false" doc:"The ids of open matters near by."`
	Covered bool     `json:"covered"`
}

func (c *call) rounds(nothing) (out Rounds, err error) {
	ws, err := c.s.Patrol.Today(c.r.Context(), c.by())
	if err != nil {
		return out, err
	}
	out.Items, out.Duties = []Round{}, []Duty{}
	seen := map[id.ID]bool{}
	for _, w := range ws {
		from, to := w.Round.Window()
		r := Round{ID: w.Round.ID.String(), Slot: int64(w.Round.Slot), Grid: w.Grid.ID.String(), GridName: w.Grid.Name.In(c.lang), From: from, To: to, Due: w.Cover.Due, Done: w.Cover.Done, Stops: []Stop{}}
		for _, s := range w.Round.Due {
			r.Stops = append(r.Stops, c.stopOf(w, s))
			for _, d := range s.Duties {
				if !seen[d] {
					seen[d] = true
					out.Duties = append(out.Duties, c.dutyOf(w.Duties[d]))
				}
			}
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}

func (c *call) stopOf(w patrol.Walk, s patrol.Stop) Stop {
	out := Stop{Duties: []string{}, Matters: []string{}, Covered: s.Counts()}
	if s.Point != 0 {
		p := w.Points[s.Point]
		out.Point, out.Name, out.Kind, out.At = p.ID.String(), p.Name, string(p.Kind), &Point{Lon: p.At[0], Lat: p.At[1]}
	} else {
		v := w.Visits[s.Visit]
		out.Visit, out.Name = v.ID.String(), v.Number
	}
	for _, d := range s.Duties {
		out.Duties = append(out.Duties, d.String())
	}
	for _, m := range s.Matters {
		out.Matters = append(out.Matters, m.String())
	}
	for _, m := range w.Cover.Missed {
		if m.Point == s.Point && m.Visit == s.Visit {
			out.Covered = false
		}
	}
	return out
}

// Entries are what was done, as a phone sends it: each is taken in by itself.
type Entries struct {
	Entries []Entry `json:"entries" nullable:"false" minItems:"1" maxItems:"100"`
}

// An Entry is what was done at a point or in a home.
type Entry struct {
	Content string     `json:"content" doc:"The name that the phone gives it, 16 to 64 letters and digits. Sent again under the same name it is the same entry."`
	Point   string     `json:"point,omitempty"`
	Visit   string     `json:"visit,omitempty"`
	Did     []Did      `json:"did,omitempty" nullable:"false" maxItems:"50" doc:"What was done; empty for everything that was due, with nothing to note."`
	MadeAt  time.Time  `json:"made_at" doc:"By the phone's clock."`
	SentAt  *time.Time `json:"sent_at,omitempty" doc:"The phone's clock now: what it is wrong by is put right."`
	Code    string     `json:"code,omitempty" maxLength:"20" doc:"As read at the point."`
	At      *Point     `json:"at,omitempty" doc:"Where the phone was. It is compared with the point, and not kept."`
	Absent  bool       `json:"absent,omitempty" doc:"Nobody was in."`
	Words   string     `json:"words,omitempty" maxLength:"500"`
	Files   []string   `json:"files,omitempty" nullable:"false" maxItems:"9" doc:"The ids that POST /files gave."`
	Found   *Found     `json:"found,omitempty" doc:"What is wrong there: it becomes a matter."`
	Need    *Need      `json:"need,omitempty" doc:"Somebody needs a visit at home: it becomes one, and the street's desk calls the family."`
}

// Need is somebody who cannot come for a service.
type Need struct {
	Words   string `json:"words" minLength:"4" maxLength:"1000" doc:"How it is, and why they cannot come."`
	Service string `json:"service,omitempty" doc:"The code of the service; none if nobody knows."`
	Name    string `json:"name,omitempty" doc:"Whom it is for; in a home who is looked in on there, if it is empty."`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
	Whose   string `json:"whose,omitempty" maxLength:"60" doc:"How whoever can be called stands to them."`
}

// Did is what was answered of one duty.
type Did struct {
	Duty    string            `json:"duty"`
	Answers map[string]string `json:"answers,omitempty"`
}

// Found is what is wrong.
type Found struct {
	Words    string            `json:"words" maxLength:"5000"`
	Category string            `json:"category,omitempty"`
	Answers  map[string]string `json:"answers,omitempty"`
	Public   bool              `json:"public,omitempty"`
	Urgent   bool              `json:"urgent,omitempty"`
	Settled  string            `json:"settled,omitempty" maxLength:"500" doc:"What was done about it at once; the matter then ends."`
}

// Receipts say what became of each entry, in their order.
type Receipts struct {
	Items []Receipt `json:"items" nullable:"false"`
}

// A Receipt says what became of an entry.
type Receipt struct {
	Content string `json:"content"`
	Status  string `json:"status" enum:"received,known,refused" doc:"refused: a person has to look at it."`
	Entry   string `json:"entry,omitempty"`
	Proof   string `json:"proof,omitempty" enum:"code,near,photo,word"`
	Matter  string `json:"matter,omitempty" doc:"The number of the matter that was raised."`
	Visit   string `json:"visit,omitempty" doc:"The number of the home visit that a need became."`
	Field   string `json:"field,omitempty"`
	Problem string `json:"problem,omitempty" doc:"Why it was refused, in words."`
}

// enter takes in each entry by itself: what is wrong with one keeps no other waiting. What
// is busy or broken fails the whole, to be sent again.
func (c *call) enter(in Entries) (out Receipts, err error) {
	out.Items = []Receipt{}
	for _, e := range in.Entries {
		r := Receipt{Content: e.Content, Status: "received"}
		x, err := c.entering(e)
		var got patrol.Receipt
		if err == nil {
			got, err = c.s.Patrol.Enter(c.r.Context(), c.by(), x)
		}
		switch k := errs.KindOf(err); {
		case err == nil:
			if got.Known {
				r.Status = "known"
			}
			r.Entry, r.Proof, r.Matter, r.Visit = got.Entry.String(), string(got.Proof), got.Number, got.Need
		case k == errs.Invalid || k == errs.Denied || k == errs.NotFound || k == errs.Conflict:
			p := errs.Public(err)[0]
			r.Status, r.Field, r.Problem = "refused", p.Field, i18n.T(c.lang, p.Key, p.Args...)
		default:
			return out, err
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}

func (c *call) entering(e Entry) (x patrol.Entering, err error) {
	x = patrol.Entering{Content: e.Content, MadeAt: e.MadeAt, Code: e.Code, Absent: e.Absent, Words: e.Words}
	if e.SentAt != nil {
		x.SentAt = *e.SentAt
	}
	if e.At != nil {
		x.At = &geo.Point{e.At.Lon, e.At.Lat}
	}
	parse := func(field, s string) (d id.ID, err error) {
		if s == "" {
			return 0, nil
		}
		if d, err = id.Parse(s); err != nil {
			return 0, errs.At(field, "patrol.entry.where")
		}
		return d, nil
	}
	if x.Point, err = parse("point", e.Point); err != nil {
		return x, err
	}
	if x.Visit, err = parse("visit", e.Visit); err != nil {
		return x, err
	}
	for _, d := range e.Did {
		duty, err := id.Parse(d.Duty)
		if err != nil {
			return x, errs.At("did", "duty.none")
		}
		x.Did = append(x.Did, patrol.Did{Duty: duty, Answers: d.Answers})
	}
	if f := e.Found; f != nil {
		x.Found = &patrol.Found{Words: f.Words, Category: f.Category, Answers: f.Answers, Public: f.Public, Urgent: f.Urgent, Settled: f.Settled}
	}
	if n := e.Need; n != nil {
		x.Needs = &patrol.Need{Item: n.Service, Words: n.Words, Name: n.Name, Phone: n.Phone, Address: n.Address, Whose: n.Whose}
	}
	var files []matters.NewFile
	if files, err = c.taken(e.Files); err != nil {
		return x, err
	}
	x.Files = files
	return x, nil
}

func patrolOperations() []Operation {
	listed := Operation{ID: "listDuties", Path: "/patrol/duties", Tag: "patrol"}
	walked := Operation{ID: "getRounds", Path: "/patrol/rounds", Tag: "patrol", Scope: access.APIRead}
	given := Operation{ID: "giveDuty", Path: "/patrol/givings", Tag: "patrol", Scope: access.APIAct, Errors: []int{http.StatusConflict, http.StatusNotFound}, status: http.StatusCreated}
	entered := Operation{ID: "enter", Path: "/patrol/entries", Tag: "patrol", Scope: access.APIAct}
	return []Operation{
		reads(listed, (*call).duties),
		reads(walked, (*call).rounds),
		writes(given, (*call).give),
		writes(entered, (*call).enter),
	}
}
