// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A PlaceRef names a place.
type PlaceRef struct {
	ID   string `json:"id"`
	Code string `json:"code,omitempty" doc:"The code of the place in the divisions; a courtyard may have none."`
	Kind string `json:"kind" enum:"city,town,village,grid,courtyard"`
	Name string `json:"name" doc:"With the places above it."`
}

// A UnitRef names a unit.
type UnitRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A Point is a spot on the earth.
type Point struct {
	Lon float64 `json:"lon" minimum:"-180" maximum:"180" doc:"Degrees of longitude, WGS-84."`
	Lat float64 `json:"lat" minimum:"-90" maximum:"90" doc:"Degrees of latitude, WGS-84."`
}

// A Card is what a list says of a matter.
type Card struct {
	Number       string     `json:"number" doc:"The number on the reporter's slip." example:"QL-2026-004217"`
	Title        string     `json:"title"`
	State        string     `json:"state" enum:"received,asked_intake,accepted,classified,disputed,dispatched,handling,asked_handler,suspended,handled,verified,closed,declined,joined,withdrawn"`
	StateName    string     `json:"state_name"`
	Category     string     `json:"category,omitempty" doc:"The code of the category; absent until it is classified."`
	CategoryName string     `json:"category_name,omitempty"`
	Urgent       bool       `json:"urgent"`
	Supervised   bool       `json:"supervised"`
	Public       bool       `json:"public" doc:"Everybody may read its public part."`
	Place        PlaceRef   `json:"place"`
	PlaceWords   string     `json:"place_words,omitempty"`
	Lead         *UnitRef   `json:"lead,omitempty" doc:"The unit that handles it."`
	RaisedAt     time.Time  `json:"raised_at"`
	MovedAt      time.Time  `json:"moved_at" doc:"When the present turn began."`
	Due          *time.Time `json:"due,omitempty" doc:"When the present turn ends."`
	ClosedAt     *time.Time `json:"closed_at,omitempty"`
	Supporters   int        `json:"supporters"`
	Solved       string     `json:"solved,omitempty" enum:"yes,partly,no" doc:"What the reporter said at the end."`
	URL          string     `json:"url" format:"uri" doc:"Its page for people."`
}

// Matters is a page of a list.
type Matters struct {
	Items []Card `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The cursor of the next page; absent on the last one."`
}

// A File is a photo, a sound or a document of a matter.
type File struct {
	ID     string    `json:"id"`
	Type   string    `json:"type" doc:"Its media type, found out from its bytes."`
	Size   int64     `json:"size"`
	Width  int       `json:"width,omitempty"`
	Height int       `json:"height,omitempty"`
	Public bool      `json:"public"`
	At     time.Time `json:"at"`
	URL    string    `json:"url" format:"uri" doc:"Where it is read, with the same key."`
}

// A Matter is one matter, as far as the caller may see it.
type Matter struct {
	Card
	Version    int               `json:"version" doc:"Counts its changes; an ETag begins with it."`
	View       string            `json:"view" enum:"outside,reporter,inside" doc:"How much of it this answer holds."`
	Body       string            `json:"body"`
	Answers    map[string]string `json:"answers,omitempty" doc:"To the questions of the category, by their keys."`
	Point      *Point            `json:"point,omitempty" doc:"The very spot, for those who work on the matter alone."`
	Promised   *time.Time        `json:"promised,omitempty" doc:"When the whole is to be done, as the reporter was told."`
	Result     string            `json:"result,omitempty" doc:"What was done, in words for the reporter."`
	Satisfied  int               `json:"satisfied,omitempty" minimum:"1" maximum:"5"`
	Files      []File            `json:"files" nullable:"false"`
	Parts      []string          `json:"parts" nullable:"false" doc:"The numbers of what was split off."`
	JoinedHere []string          `json:"joined_here" nullable:"false" doc:"The numbers of what was joined to it."`
	Origins    []string          `json:"origins" nullable:"false" doc:"The numbers of what it was joined to, or split off."`
	Voices     []Voice           `json:"voices" nullable:"false" doc:"What those said whom it concerns too, as far as the caller may read it."`
	Invited    []Invitation      `json:"invitations,omitempty" nullable:"false" doc:"The outsiders who were asked; for those who work on the matter."`
	Moderated  []Moderation      `json:"moderations,omitempty" nullable:"false" doc:"What was changed or hidden of it; for those who work on the matter and the reporter."`
	Acts       []string          `json:"acts" nullable:"false" doc:"What the caller may do now."`
}

// A Voice is somebody's "me too": never whose.
type Voice struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Words  string    `json:"words,omitempty"`
	Public bool      `json:"public"`
	Desk   bool      `json:"desk,omitempty" doc:"It was written down at the desk, where it is also taken back."`
}

// An Invitation is a question that somebody outside was asked.
type Invitation struct {
	ID       string     `json:"id"`
	Party    string     `json:"party"`
	Question string     `json:"question"`
	At       time.Time  `json:"at"`
	Expires  time.Time  `json:"expires"`
	Answered *time.Time `json:"answered,omitempty"`
	Answer   string     `json:"answer,omitempty"`
	Revoked  *time.Time `json:"revoked,omitempty"`
}

// A Moderation is a change to what the public reads.
type Moderation struct {
	ID       string     `json:"id"`
	Part     string     `json:"part" doc:"title, body, all, name, line:ID, file:ID or support:ID."`
	Original string     `json:"original,omitempty"`
	Reason   string     `json:"reason"`
	At       time.Time  `json:"at"`
	Undone   *time.Time `json:"undone,omitempty"`
}

// version is for its ETag.
func (m Matter) version() int { return m.Version }

// A Line is one line of a matter's story.
type Line struct {
	ID      string     `json:"id"`
	At      time.Time  `json:"at"`
	Act     string     `json:"act"`
	ActName string     `json:"act_name"`
	By      string     `json:"by,omitempty" doc:"Who did it: a unit, the reporter; for those who work on the matter also by name."`
	To      *UnitRef   `json:"to,omitempty" doc:"The unit to which the act turns."`
	Public  bool       `json:"public" doc:"Everybody who may read the matter may read this line."`
	Words   string     `json:"words,omitempty"`
	Until   *time.Time `json:"until,omitempty" doc:"The time that the act set."`
	Detail  string     `json:"detail,omitempty" doc:"What the act settled, as a code."`
	Behalf  bool       `json:"behalf,omitempty" doc:"Written down for the reporter."`
	Files   []File     `json:"files" nullable:"false"`
}

// A Story is what happened to a matter, in order.
type Story struct {
	Number string `json:"number"`
	Lines  []Line `json:"lines" nullable:"false"`
}

// at is a moment as the answers have it: nil if there is none.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (c *call) unitRef(d id.ID) *UnitRef {
	u, ok := c.s.Orgs.Directory().Unit(d)
	if !ok {
		return nil
	}
	return &UnitRef{u.ID.String(), u.Name.In(c.lang)}
}

func (c *call) placeRef(path scope.Path) (r PlaceRef) {
	tree := c.s.Places.Tree()
	last, _ := path.Last()
	p, ok := tree.Get(last)
	if !ok {
		return PlaceRef{ID: last.String(), Kind: string(places.City)}
	}
	name := tree.Words(path, "").In(c.lang)
	if name == "" {
		name = p.Name.In(c.lang)
	}
	return PlaceRef{p.ID.String(), p.Code, string(p.Kind), name}
}

func (c *call) card(k matters.Card) Card {
	out := Card{
		Number: k.Number, Title: k.Title, State: string(k.State), StateName: c.T("matter.state." + string(k.State)), Category: k.Category, Urgent: k.Urgent, Supervised: k.Supervised,
		Public: k.VisibleToAll(), Place: c.placeRef(k.Path), PlaceWords: k.PlaceWords, Lead: c.unitRef(k.Lead), RaisedAt: k.RaisedAt.UTC(), MovedAt: k.MovedAt.UTC(), Due: at(k.Due),
		ClosedAt: at(k.ClosedAt), Supporters: k.Supporters, Solved: string(k.Solved), URL: c.s.Address + "/matters/" + k.Number,
	}
	if k.Category != "" {
		out.CategoryName = c.s.Matters.Catalogue().Name(c.lang, k.Category)
	}
	return out
}

func (c *call) cards(ks []matters.Card) []Card {
	out := make([]Card, len(ks))
	for i, k := range ks {
		out[i] = c.card(k)
	}
	return out
}

func cardOf(m matters.Matter) matters.Card {
	return matters.Card{
		ID: m.ID, Number: m.Number, Title: m.Title, Category: m.Category, State: m.State, Path: m.Path, PlaceWords: m.PlaceWords, Public: m.Public, Hidden: m.Hidden, Urgent: m.Urgent,
		Supervised: m.Supervised, Lead: m.Lead, RaisedAt: m.RaisedAt, MovedAt: m.MovedAt, Due: m.Due, ClosedAt: m.ClosedAt, Supporters: m.Supporters, Solved: m.Solved,
	}
}

func numbers(ks []matters.Card) []string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = k.Number
	}
	return out
}

func (c *call) matter(w matters.Whole) Matter {
	m := w.Matter
	out := Matter{
		Card: c.card(cardOf(m)), Version: m.Version, View: viewName(w.View), Body: m.Body, Answers: m.Answers, Promised: at(m.Promised), Result: m.Result, Satisfied: m.Satisfied,
		Files: c.files(w, 0), Parts: numbers(w.Parts), JoinedHere: numbers(w.JoinedHere), Origins: numbers(w.Origins), Voices: make([]Voice, len(w.Supports)), Acts: []string{},
	}
	for _, v := range w.Invitations {
		out.Invited = append(out.Invited, Invitation{v.ID.String(), v.Party, v.Question, v.At.UTC(), v.ExpiresAt.UTC(), at(v.AnsweredAt), v.Answer, at(v.RevokedAt)})
	}
	for _, o := range w.Moderations {
		part := o.Part
		if d, ok := strings.CutPrefix(part, "step:"); ok { // as this interface calls it
			part = "line:" + d
		}
		out.Moderated = append(out.Moderated, Moderation{o.ID.String(), part, o.Original, o.Reason, o.At.UTC(), at(o.UndoneAt)})
	}
	for i, p := range w.Supports {
		out.Voices[i] = Voice{p.ID.String(), p.At.UTC(), p.Words, p.Public && !p.Hidden, p.AtDesk()}
	}
	if m.At != nil && w.View == matters.Inside {
		out.Point = &Point{m.At.Lon, m.At.Lat}
	}
	if c.caller.Key.May("api:act") {
		for _, a := range w.Acts {
			if offered(a) {
				out.Acts = append(out.Acts, string(a))
			}
		}
	}
	return out
}

func viewName(v matters.View) string {
	switch v {
	case matters.Inside:
		return "inside"
	case matters.Reporter:
		return "reporter"
	case matters.Outside, matters.Nothing:
	}
	return "outside"
}

// files are those that came with a line, 0 for the raising.
func (c *call) files(w matters.Whole, step id.ID) []File {
	out := []File{}
	for _, f := range w.Files {
		if f.Step != step {
			continue
		}
		out = append(out, File{ID: f.ID.String(), Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Public: f.Public && !f.Hidden, At: f.At.UTC(),
			URL: c.s.Address + Prefix + "/matters/" + w.Matter.Number + "/files/" + f.ID.String()})
	}
	return out
}

func (c *call) line(w matters.Whole, p matters.Step) Line {
	l := Line{ID: p.ID.String(), At: p.At.UTC(), Act: string(p.Act), ActName: c.T("matter.did." + string(p.Act)), By: c.who(w, p), To: c.unitRef(p.ToUnit), Public: p.Public && !p.Hidden,
		Words: p.Words, Until: at(p.Until), Detail: p.Detail, Behalf: p.Behalf, Files: c.files(w, p.ID)}
	return l
}

// who did something, as far as the reader may know.
func (c *call) who(w matters.Whole, p matters.Step) string {
	unit := ""
	if u := c.unitRef(p.Unit); u != nil {
		unit = u.Name
	}
	switch {
	case w.View == matters.Inside && p.Actor != "" && unit != "":
		return c.T("matter.who", p.Actor, unit)
	case w.View == matters.Inside && p.Actor != "" && p.Actor != matters.Sorter:
		return p.Actor
	case unit != "":
		return unit
	case p.Act == matters.SupportAct || p.Act == matters.UnsupportAct:
		return c.T("matter.neighbour")
	case p.Act == matters.Resume:
		return c.T("matter.clock")
	case p.Account == 0 && (p.Act == matters.Unjoin || p.Actor == matters.Sorter):
		return c.T("matter.program")
	case p.Account == 0:
		return c.T("matter.turn.reporter")
	}
	return ""
}
