// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/scope"
)

// A State says where a matter is, and therefore whose turn it is.
type State string

// The states of a matter.
const (
	Received     State = "received"      // the intake desk is to accept it
	AskedIntake  State = "asked_intake"  // the reporter is to answer the intake desk
	Accepted     State = "accepted"      // the acceptor is to classify it
	Classified   State = "classified"    // the dispatcher is to choose a unit
	Disputed     State = "disputed"      // two units say that it is not theirs: who commands in the place is to decide
	Dispatched   State = "dispatched"    // the unit is to take it or send it back
	Handling     State = "handling"      // the unit is at work
	AskedHandler State = "asked_handler" // the reporter is to answer the unit
	Suspended    State = "suspended"     // nobody's turn until the day named
	Handled      State = "handled"       // the verifier is to check the result
	Verified     State = "verified"      // the acceptor is to close it
	Closed       State = "closed"        // the reporter may rate it
	Declined     State = "declined"      // nobody's turn; the reporter may object
	Joined       State = "joined"        // follows the matter it was joined to
	Withdrawn    State = "withdrawn"     // nobody's turn
)

// An Act is something a person does to a matter.
type Act string

// The acts that move a matter.
const (
	Accept          Act = "accept"
	Decline         Act = "decline"
	Ask             Act = "ask"
	Answer          Act = "answer"
	Add             Act = "add"
	Classify        Act = "classify"
	Dispatch        Act = "dispatch"
	SendBack        Act = "send_back"
	Correct         Act = "correct"
	Confirm         Act = "confirm"
	Decide          Act = "decide"
	Take            Act = "take"
	Handle          Act = "handle"
	AskExtension    Act = "ask_extension"
	Extend          Act = "extend"
	RefuseExtension Act = "refuse_extension"
	Suspend         Act = "suspend"
	Resume          Act = "resume"
	Verify          Act = "verify"
	Close           Act = "close"
	Rate            Act = "rate"
	Reopen          Act = "reopen"
	Withdraw        Act = "withdraw"
	Settle          Act = "settle"
	Join            Act = "join"
	Unjoin          Act = "unjoin"
	Split           Act = "split"
	Unsplit         Act = "unsplit"
	Urge            Act = "urge"
	Supervise       Act = "supervise"
	AppealAct       Act = "appeal"
	GrantAppeal     Act = "grant_appeal"
	RefuseAppeal    Act = "refuse_appeal"
	AskReview       Act = "ask_review"
	GrantReview     Act = "grant_review"
	RefuseReview    Act = "refuse_review"
)

// Who may act, beyond the posts of domain/access: the reporter, or somebody who
// holds the need raise_for and records what the reporter said.
const byReporter scope.Need = "reporter"

// Flow is the life of a matter. What may be done in a state is what the table
// lists, and nothing else; its source is the closed loop of GB/T 30428 and the
// return rules of the case workflow in use (docs/flows/matter.md):
//   - every return has a written reason and keeps everything;
//   - who receives a return may not push the matter forward: a dispatcher to whom
//     a unit returns it can only dispatch it anew or return it to the acceptor, who
//     must classify it anew;
//   - whose a matter is is disputed by a return: the second time a unit returns it
//     whoever commands in the place decides, once, and the unit named keeps it;
//   - rework goes to the same unit;
//   - who accepted a matter closes it;
//   - no matter is filed without a row of the catalogue, so what is really several
//     is taken apart by the intake desk until a unit has it; a unit that finds two
//     in one returns it, and each part is classified by itself;
//   - what a grid worker wrote down and put right on the spot ends there, by their own
//     words, before anybody has accepted it;
//   - more time is asked for by who handles it, before the time is up, and given by
//     somebody else; twice at most;
//   - a unit that was late may say why, once, when the matter is closed; that it was
//     late stays written, and beside it whether that is excused, by whom and why; what
//     was refused is looked at once more by the level above, and then it is final;
//   - what the program sorted without a person is set right by a person until a unit
//     has taken it, and confirmed until it is done;
//   - what was done by mistake is undone to the state and the clock it had: an
//     undoing leads to where the matter was.
var Flow = flow.New("matter", Received,
	flow.On(Received, Accept, Accepted, "intake"),
	flow.On(Received, Decline, Declined, "intake"),
	flow.On(Received, Ask, AskedIntake, "intake"),
	flow.On(Received, Join, Joined, "intake"),
	flow.On(Received, Split, Received, "intake"),
	flow.On(Received, Unsplit, Joined, "intake"),
	flow.On(Received, Urge, Received, "supervise"),
	flow.On(Received, Add, Received, byReporter),
	flow.On(Received, Withdraw, Withdrawn, byReporter),
	flow.On(Received, Settle, Closed, "patrol"),

	flow.On(AskedIntake, Answer, Received, byReporter),
	flow.On(AskedIntake, Resume, Received, "intake"),
	flow.On(AskedIntake, Decline, Declined, "intake"),
	flow.On(AskedIntake, Withdraw, Withdrawn, byReporter),

	flow.On(Accepted, Classify, Classified, "intake"),
	flow.On(Accepted, Decline, Declined, "intake"),
	flow.On(Accepted, Join, Joined, "intake"),
	flow.On(Accepted, Split, Accepted, "intake"),
	flow.On(Accepted, Unsplit, Joined, "intake"),
	flow.On(Accepted, Urge, Accepted, "supervise"),
	flow.On(Accepted, Supervise, Accepted, "command"),
	flow.On(Accepted, Add, Accepted, byReporter),
	flow.On(Accepted, Withdraw, Withdrawn, byReporter),

	flow.On(Classified, Dispatch, Dispatched, "dispatch"),
	flow.On(Classified, SendBack, Accepted, "dispatch"),
	flow.On(Classified, Correct, Classified, "intake"),
	flow.On(Classified, Confirm, Classified, "intake"),
	flow.On(Classified, Join, Joined, "intake"),
	flow.On(Classified, Split, Classified, "intake"),
	flow.On(Classified, Unsplit, Joined, "intake"),
	flow.On(Classified, Urge, Classified, "supervise"),
	flow.On(Classified, Supervise, Classified, "command"),
	flow.On(Classified, Add, Classified, byReporter),
	flow.On(Classified, Withdraw, Withdrawn, byReporter),

	flow.On(Disputed, Decide, Dispatched, "command"),
	flow.On(Disputed, Urge, Disputed, "supervise"),
	flow.On(Disputed, Supervise, Disputed, "command"),
	flow.On(Disputed, Add, Disputed, byReporter),
	flow.On(Disputed, Withdraw, Withdrawn, byReporter),

	flow.On(Dispatched, Take, Handling, "handle"),
	flow.On(Dispatched, SendBack, Classified, "handle"),
	flow.On(Dispatched, Correct, Classified, "intake"),
	flow.On(Dispatched, Confirm, Dispatched, "intake"),
	flow.On(Dispatched, SendBack, Disputed, "handle"),
	flow.On(Dispatched, Urge, Dispatched, "supervise"),
	flow.On(Dispatched, Supervise, Dispatched, "command"),
	flow.On(Dispatched, Add, Dispatched, byReporter),
	flow.On(Dispatched, Withdraw, Withdrawn, byReporter),

	flow.On(Handling, Handle, Handled, "handle"),
	flow.On(Handling, SendBack, Classified, "handle"),
	flow.On(Handling, SendBack, Disputed, "handle"),
	flow.On(Handling, Ask, AskedHandler, "handle"),
	flow.On(Handling, AskExtension, Handling, "handle"),
	flow.On(Handling, Extend, Handling, "supervise"),
	flow.On(Handling, RefuseExtension, Handling, "supervise"),
	flow.On(Handling, Confirm, Handling, "intake"),
	flow.On(Handling, Suspend, Suspended, "command"),
	flow.On(Handling, Urge, Handling, "supervise"),
	flow.On(Handling, Supervise, Handling, "command"),
	flow.On(Handling, Add, Handling, byReporter),
	flow.On(Handling, Withdraw, Withdrawn, byReporter),

	flow.On(AskedHandler, Answer, Handling, byReporter),
	flow.On(AskedHandler, Resume, Handling, "handle"),
	flow.On(AskedHandler, Withdraw, Withdrawn, byReporter),

	flow.On(Suspended, Resume, Handling, "command"),
	flow.On(Suspended, Add, Suspended, byReporter),
	flow.On(Suspended, Withdraw, Withdrawn, byReporter),

	flow.On(Handled, Verify, Verified, "verify"),
	flow.On(Handled, SendBack, Handling, "verify"),
	flow.On(Handled, Urge, Handled, "supervise"),
	flow.On(Handled, Add, Handled, byReporter),

	flow.On(Verified, Close, Closed, "intake"),
	flow.On(Verified, SendBack, Handling, "intake"),
	flow.On(Verified, Urge, Verified, "supervise"),
	flow.On(Verified, Add, Verified, byReporter),

	flow.On(Closed, Rate, Closed, byReporter),
	flow.On(Closed, Reopen, Handling, byReporter),
	flow.On(Closed, AppealAct, Closed, "handle"),
	flow.On(Closed, GrantAppeal, Closed, "command"),
	flow.On(Closed, RefuseAppeal, Closed, "command"),
	flow.On(Closed, AskReview, Closed, "handle"),
	flow.On(Closed, GrantReview, Closed, "review"),
	flow.On(Closed, RefuseReview, Closed, "review"),
	flow.On(Declined, Reopen, Received, byReporter),
	flow.On(Joined, Unjoin, Received, "intake"),
	flow.On(Joined, Unjoin, Accepted, "intake"),
	flow.On(Joined, Unjoin, Classified, "intake"),
	flow.On(Joined, Rate, Joined, byReporter),
	flow.On(Joined, Reopen, Joined, byReporter),
)

// A Turn says who is to act next.
type Turn string

// The turns. The empty Turn is nobody's.
const (
	TurnIntake   Turn = "intake"
	TurnDispatch Turn = "dispatch"
	TurnCommand  Turn = "command"
	TurnHandle   Turn = "handle"
	TurnVerify   Turn = "verify"
	TurnReporter Turn = "reporter"
)

// Turn says whose turn it is in state s.
func (s State) Turn() Turn {
	switch s {
	case Received, Accepted, Verified:
		return TurnIntake
	case Classified:
		return TurnDispatch
	case Disputed:
		return TurnCommand
	case Dispatched, Handling:
		return TurnHandle
	case Handled:
		return TurnVerify
	case AskedIntake, AskedHandler:
		return TurnReporter
	case Suspended, Closed, Declined, Joined, Withdrawn:
		return ""
	}
	return ""
}

// Open reports whether something is still to be done.
func (s State) Open() bool {
	switch s {
	case Closed, Declined, Joined, Withdrawn:
		return false
	case Received, AskedIntake, Accepted, Classified, Disputed, Dispatched, Handling, AskedHandler, Suspended, Handled, Verified:
		return true
	}
	return false
}

// OpenStates are the states in which something is still to be done.
func OpenStates() []State {
	var open []State
	for _, s := range Flow.States() {
		if s.Open() {
			open = append(open, s)
		}
	}
	return open
}
