// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Question is what somebody asked that nothing published answered.
type Question struct {
	ID     id.ID
	Number string // as on the slip: WD-2026-000417
	State  State
	Words  string
	Path   scope.Path
	Unit   id.ID // whose turn it is, or was

	Resident  id.ID // the asker, if known to the town
	Contact   id.ID // how to reach an asker without account
	AskedBy   id.ID // the account or the resident that wrote it down for the asker
	AskedFor  string
	AskedAt   time.Time
	MovedAt   time.Time // when the present turn began
	Due       time.Time // when the unit is to have answered; zero when it is nobody's turn
	codeIndex []byte

	Reply       string
	Cites       []id.ID // the answers that the reply rests on
	AnsweredAt  time.Time
	Passed      int   // how often it was passed on
	Reopened    int   // how often the asker said that it was no answer
	Answer      id.ID // that was published of it
	ForgottenAt time.Time
	Version     int64

	story []byte
}

// Late reports whether the unit should have answered before now.
func (q Question) Late(now time.Time) bool {
	return q.State == Asked && !q.Due.IsZero() && now.After(q.Due)
}

func (q Question) digest() []byte {
	return trail.Digest("question/1", q.ID, q.Number, string(q.State), q.Words,
		q.Path[scope.Town], q.Path[scope.Village], q.Path[scope.Grid], q.Path[scope.Courtyard], q.Unit,
		q.Resident, q.Contact, q.codeIndex, q.AskedBy, q.AskedFor, q.AskedAt, q.MovedAt, q.Due,
		q.Reply, joinIDs(q.Cites), q.AnsweredAt, q.Passed, q.Reopened, q.Answer, q.ForgottenAt, q.story, q.Version)
}

// A Step is a line of a question's story.
type Step struct {
	ID       id.ID
	Question id.ID
	At       time.Time
	Act      Act
	Account  id.ID
	Actor    string // "" for the asker
	Unit     id.ID
	ToUnit   id.ID
	Words    string
	Behalf   string // set if it was done for the asker
}

// link is the digest of a story with one more line.
func (p Step) link(story []byte) []byte {
	return trail.Digest(story, p.ID, p.At, string(p.Act), p.Account, p.Actor, p.Unit, p.ToUnit, p.Words, p.Behalf)
}

// An Asking is what somebody asks.
type Asking struct {
	Words   string
	Place   id.ID // where it is about; 0: the whole city
	Unit    id.ID // whom it is for; 0: the town finds out
	For     id.ID // the resident for whom it is asked: by who acts for them, or at the desk
	ForWord string
	Contact people.ContactInput
}

// A Slip is what the asker takes home.
type Slip struct {
	ID     id.ID
	Number string
	Code   string // "" for who is signed in
	Unit   id.ID
	Due    time.Time
}

// A View is how much of a question somebody sees.
type View int

// The views.
const (
	Nothing View = iota
	Asker        // all but who is at work on it by name
	Inside       // all
)

// A Whole is a question with its story, as somebody may see it.
type Whole struct {
	Question Question
	View     View
	Steps    []Step
	Acts     []Act // what they may do now
	Cited    []Answer
	Asker    people.Card // masks; for those inside
}
