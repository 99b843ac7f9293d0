// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// An ID names a matter inside the program; people use its number.
type ID = id.ID

// A Channel is the way a matter came in.
type Channel string

// The channels.
const (
	Web     Channel = "web"
	Phone   Channel = "phone"
	Desk    Channel = "desk"
	Grid    Channel = "grid"
	Letter  Channel = "letter"
	Meeting Channel = "meeting"
	Open311 Channel = "open311" // another program
	Import  Channel = "import"
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{Web, Phone, Desk, Grid, Letter, Meeting, Open311, Import} }

// Solved is the reporter's answer to: is it solved?
type Solved string

// The answers. The empty Solved means not yet asked or not answered.
const (
	Yes    Solved = "yes"
	Partly Solved = "partly"
	No     Solved = "no"
)

// A Matter is something somebody asks to have put right.
type Matter struct {
	ID     ID
	Number string // as on the slip: QL-2026-004217
	State  State

	Title    string
	Body     string
	Category string            // code, "" until classified
	Answers  map[string]string // to the category's questions
	Urgent   bool
	Channel  Channel
	Origin   string // where an imported matter came from

	Path       scope.Path
	PlaceWords string
	At         *Point // where exactly, if known

	Public     bool   // the reporter allows everybody to read it
	Named      bool   // the reporter allows their masked name to be shown with it
	Hidden     bool   // moderated away from the public
	NameHidden bool   // the name alone was; Named stays as the reporter chose
	Resident   id.ID  // the reporter, if known to the town
	Contact    id.ID  // how to reach a reporter without account
	RaisedBy   id.ID  // the account that wrote it down for somebody
	RaisedFor  string // how who wrote it down stands to the reporter, or the name of the program it came through
	codeIndex  []byte
	ruled      Ruling  // what the rules have just said
	ended      []Ended // stages that an act has ended, to be written with it

	TurnUnit  id.ID // the unit whose turn it is, if it is a unit's
	Centre    id.ID // the dispatching centre of the place
	Acceptor  id.ID // the account that accepted it and will close it
	Lead      id.ID
	Assisting int

	RaisedAt    time.Time
	MovedAt     time.Time // when the present turn began
	Due         time.Time // when the present turn ends; zero if it has no end
	WarnAt      time.Time // when the light of the present turn turns yellow; zero if it does not
	Promised    time.Time // when the whole is to be done, as told to the reporter
	Clocks      Clocks    // what Due, WarnAt and Promised follow from
	ClosedAt    time.Time
	Extensions  int
	Suspensions int
	ResumeAt    time.Time
	Returns     int
	Disputes    int   // how many times a unit has returned it as not its own
	Decided     bool  // whoever commands has named its unit, which keeps it
	Rule        id.ID // the rule of where it goes that fired when it was classified; NoRule, or 0 if none was asked
	Reopened    int
	Supervised  bool
	Urged       int

	Result      string // what was done, in words for the reporter
	JoinedTo    ID     // the matter it follows
	Kept        Kept   // what it had when it was joined, for Unjoin
	SplitFrom   ID     // the matter it is a part of
	Supporters  int
	Solved      Solved
	Satisfied   int // 1 to 5, 0 if not said
	RatingWords string
	ForgottenAt time.Time
	Version     int

	texts  *texts // while it is being written: see keep
	loaded []any  // the values of columns as they were read, for save
	stored Turn   // as the database has it, for lists; the state says the same

	reach []string // the telephones that were left with it, for the search index alone

	story chain  // over its parts, with those that are yet to be written
	fresh []part // parts yet to be written, see add
	apart bool   // and not yet in story
}

// Kept is what a joined matter gets back when the joining is undone.
type Kept struct {
	State   State
	Due     time.Time
	MovedAt time.Time
}

// A Point is a place on the earth, in WGS-84 degrees.
type Point struct{ Lon, Lat float64 }

// Turn says whose turn it is.
func (m Matter) Turn() Turn { return m.State.Turn() }

// Target is the matter as the permission to act on it sees it: acts of handling
// belong to the lead unit, the others to the place.
func (m Matter) Target(need scope.Need, at time.Time) scope.Target {
	t := scope.Target{Path: m.Path, Category: m.Category, At: at}
	if need == "handle" {
		t.Unit = m.Lead
	}
	return t
}

// Late reports whether the present turn should have ended before now.
func (m Matter) Late(now time.Time) bool { return !m.Due.IsZero() && now.After(m.Due) }

// VisibleToAll reports whether anybody may read the matter's public part.
func (m Matter) VisibleToAll() bool { return m.Public && !m.Hidden }

// digest is the canonical state of the matter whose hash the trail keeps: every
// stored field but the version and the turn, in the order below, and with story all
// its parts.
func (m Matter) digest() []byte {
	var lat, lon float64
	if m.At != nil {
		lat, lon = m.At.Lat, m.At.Lon
	}
	t := m.asTexts()
	return trail.Digest("matter/5", m.ID, m.Number, string(m.State),
		m.Title, m.Body, m.Category, t.answers, m.Urgent, string(m.Channel), m.Origin,
		m.Path[scope.Town], m.Path[scope.Village], m.Path[scope.Grid], m.Path[scope.Courtyard], m.PlaceWords, m.At != nil, lat, lon,
		m.Public, m.Named, m.Hidden, m.NameHidden, m.Resident, m.Contact, m.RaisedBy, m.RaisedFor, m.codeIndex,
		m.TurnUnit, m.Centre, m.Acceptor, m.Lead,
		m.RaisedAt, m.MovedAt, m.Due, m.Promised, m.ClosedAt, m.WarnAt, t.clocks, m.Extensions, m.Suspensions, m.ResumeAt,
		m.Returns, m.Disputes, m.Decided, m.Rule, m.Reopened, m.Supervised, m.Urged,
		m.Result, m.JoinedTo, string(m.Kept.State), m.Kept.Due, m.Kept.MovedAt, m.SplitFrom, string(m.Solved), m.Satisfied, m.RatingWords, m.ForgottenAt,
		m.Supporters, m.Assisting, []byte(m.story))
}
