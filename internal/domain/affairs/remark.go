// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"slices"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A RemarkKind says what a resident says.
type RemarkKind string

// The kinds.
const (
	Question RemarkKind = "question" // about a notice or an entry of the ledger; answered in public, with a clock
	Comment  RemarkKind = "comment"
	Lost     RemarkKind = "lost"
	Found    RemarkKind = "found"
)

// RemarkKinds lists the kinds.
var RemarkKinds = []RemarkKind{Question, Comment, Lost, Found}

// A RemarkState says how a remark stands.
type RemarkState string

// The states of a remark.
const (
	OpenRemark RemarkState = "open"       // whoever edits the page is to answer the question
	Answered   RemarkState = "answered"   // nobody's turn
	Shown      RemarkState = "shown"      // nobody's turn
	Hidden     RemarkState = "hidden"     // its author may appeal; a tombstone says why
	Appealed   RemarkState = "appealed"   // somebody else than who hid it is to decide
	Upheld     RemarkState = "upheld"     // it stays hidden for good
	TakenBack  RemarkState = "taken_back" // by its author
	Settled    RemarkState = "settled"    // what was lost is found again
	Ended      RemarkState = "ended"      // its time was up
)

// A RemarkAct is what is done to a remark.
type RemarkAct string

// The acts.
const (
	Answer   RemarkAct = "answer"
	Hide     RemarkAct = "hide"
	Appeal   RemarkAct = "appeal"
	Uphold   RemarkAct = "uphold"
	Reshow   RemarkAct = "reshow"
	TakeBack RemarkAct = "take_back"
	Settle   RemarkAct = "settle"
	End      RemarkAct = "end"
)

// Who may act, beyond the posts: who wrote it, and the program when the time is up.
const (
	byAuthor  scope.Need = "author"
	byProgram scope.Need = "program"
)

// RemarkFlow is the life of a remark. Whoever edits the page hides, with a reason of the
// list; its author appeals once; on the appeal decides whoever holds moderate there, and
// never who hid it; an appeal that is granted leads back to where it was.
var RemarkFlow = flow.New("remark", OpenRemark,
	flow.On(OpenRemark, Answer, Answered, "publish"),
	flow.On(OpenRemark, Hide, Hidden, "publish"),
	flow.On(OpenRemark, TakeBack, TakenBack, byAuthor),
	flow.On(Answered, Answer, Answered, "publish"),
	flow.On(Answered, Hide, Hidden, "publish"),
	flow.On(Hidden, Appeal, Appealed, byAuthor),
	flow.On(Appealed, Uphold, Upheld, "moderate"),
	flow.On(Appealed, Reshow, OpenRemark, "moderate"),
	flow.On(Appealed, Reshow, Answered, "moderate"),
	flow.On(Appealed, Reshow, Shown, "moderate"),
	flow.On(Shown, Hide, Hidden, "publish"),
	flow.On(Shown, TakeBack, TakenBack, byAuthor),
	flow.On(Shown, Settle, Settled, byAuthor),
	flow.On(Shown, End, Ended, byProgram),
)

// Reasons are why a remark may be hidden. Each is the message "remark.why." and its
// word.
var Reasons = []string{"private", "abuse", "advert", "unlawful", "elsewhere"}

// A Remark is what a resident says on a village's page.
type Remark struct {
	ID          ID
	Place       id.ID
	Path        scope.Path
	Kind        RemarkKind
	State       RemarkState
	Notice      ID // what it is about; 0 for none
	Entry       ID
	Resident    id.ID
	Name        string // the mask of the author's name; worked out
	Body        string
	At          time.Time
	Due         time.Time // of a question
	Ends        time.Time // of lost and found
	Answer      string
	AnsweredAt  time.Time
	AnsweredBy  string
	Why         string
	WhyWords    string
	HiddenBy    id.ID
	HiddenPost  string
	Appeal      string
	Decision    string
	DecidedPost string
	Was         RemarkState
	Version     int64

	Closed bool // it is about what is for members alone, and the reader is none; worked out
}

// Late reports whether a question waits for its answer beyond its time, or waited.
func (x Remark) Late(now time.Time) bool {
	switch {
	case x.Due.IsZero():
		return false
	case !x.AnsweredAt.IsZero():
		return x.AnsweredAt.After(x.Due)
	}
	return x.State == OpenRemark && now.After(x.Due)
}

// Silent reports whether only the tombstone is shown.
func (x Remark) Silent() bool {
	return slices.Contains([]RemarkState{Hidden, Appealed, Upheld, TakenBack}, x.State)
}

// public is the remark as everybody may read it: of one that is hidden or taken back,
// what happened to it and why, but not its words.
func (x Remark) public() Remark {
	if x.Silent() {
		x.Body, x.Answer, x.Appeal = "", "", ""
	}
	return x
}

// Bounds of remarks, in characters and time.
const (
	MaxRemark  = 500
	MaxAnswer  = 1000
	answerDays = 5 // working days for an answer
	lostDays   = 30
	perDay     = 20 // remarks of a resident in a day
)

func (x Remark) digest() []byte {
	return trail.Digest("remark/2", x.ID, x.Place, x.Path[scope.Town], x.Path[scope.Village], string(x.Kind), string(x.State), x.Notice, x.Entry, x.Resident, x.Body, x.At, x.Due, x.Ends, x.Answer, x.AnsweredAt, x.AnsweredBy,
		x.Why, x.WhyWords, x.HiddenBy, x.HiddenPost, x.Appeal, x.Decision, x.DecidedPost, string(x.Was), x.Version)
}
