// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
)

// A VisitState says where a home visit is, and therefore whose turn it is.
type VisitState string

// The states of a home visit.
const (
	Found     VisitState = "found"     // the street's desk is to call the family
	Agreed    VisitState = "agreed"    // the unit that serves is to arrange a time
	Declined  VisitState = "declined"  // nobody's turn: the family does not want it
	Arranged  VisitState = "arranged"  // officer and grid worker are to go there
	Done      VisitState = "done"      // the street's desk is to ask whether all is well
	Followed  VisitState = "followed"  // the unit that serves is to close it
	Closed    VisitState = "closed"    // nobody's turn
	Withdrawn VisitState = "withdrawn" // nobody's turn: the need is gone
)

// The acts on a home visit.
const (
	Find     Act = "find" // with which it begins
	Call     Act = "call"
	Arrange  Act = "arrange"
	Postpone Act = "postpone"
	Do       Act = "do"
	FollowUp Act = "follow_up"
	Finish   Act = "finish"
	Withdraw Act = "withdraw"
)

// needVisit is the need of those who work on home visits in their place.
const needVisit scope.Need = "visit"

// byHousehold is who may act for themselves: whom it is for, the holder of the slip,
// and who works on it and writes down what they say.
const byHousehold scope.Need = "household"

// VisitFlow is the life of a home visit. Nobody is visited who has not said yes; a
// family that cannot be reached is called again; what was done is signed for; and who
// is not content after it gets another visit.
var VisitFlow = flow.New("home_visit", Found,
	flow.On(Found, Call, Agreed, needVisit),
	flow.On(Found, Call, Found, needVisit),
	flow.On(Found, Call, Declined, needVisit),
	flow.On(Found, Withdraw, Withdrawn, byHousehold),
	flow.On(Found, Reissue, Found, byHousehold),

	flow.On(Declined, Call, Agreed, needVisit),
	flow.On(Declined, Call, Found, needVisit),
	flow.On(Declined, Call, Declined, needVisit),

	flow.On(Agreed, Arrange, Arranged, needVisit),
	flow.On(Agreed, Withdraw, Withdrawn, byHousehold),
	flow.On(Agreed, Reissue, Agreed, byHousehold),

	flow.On(Arranged, Arrange, Arranged, needVisit),
	flow.On(Arranged, Postpone, Agreed, needVisit),
	flow.On(Arranged, Do, Done, needVisit),
	flow.On(Arranged, Withdraw, Withdrawn, byHousehold),
	flow.On(Arranged, Reissue, Arranged, byHousehold),

	flow.On(Done, FollowUp, Followed, needVisit),
	flow.On(Done, FollowUp, Done, needVisit),
	flow.On(Done, FollowUp, Agreed, needVisit),
	flow.On(Done, Reissue, Done, byHousehold),

	flow.On(Followed, Finish, Closed, needVisit),
)

// A Turn says who is to act next on a home visit.
type Turn string

// The turns. The empty Turn is nobody's.
const (
	TurnDesk   Turn = "desk"   // the street's desk
	TurnServe  Turn = "serve"  // the unit that serves
	TurnTravel Turn = "travel" // officer and grid worker
)

// Turn says whose turn it is in state s.
func (s VisitState) Turn() Turn {
	switch s {
	case Found, Done:
		return TurnDesk
	case Agreed, Followed:
		return TurnServe
	case Arranged:
		return TurnTravel
	case Declined, Closed, Withdrawn:
		return ""
	}
	return ""
}

// limits are how long each turn may take: who cannot go out is not made to wait.
var limits = map[VisitState]when.Limit{
	Found:    {N: 4, Unit: when.WorkHours},
	Agreed:   {N: 1, Unit: when.WorkDays},
	Done:     {N: 3, Unit: when.WorkDays},
	Followed: {N: 2, Unit: when.WorkDays},
}

// LimitOf is how long a turn in the state may take; false where it ends with the time
// that was arranged, or is nobody's.
func LimitOf(s VisitState) (when.Limit, bool) {
	l, ok := limits[s]
	return l, ok
}

// OpenVisits are the states in which something is still to be done.
var OpenVisits = []VisitState{Found, Agreed, Arranged, Done, Followed}
