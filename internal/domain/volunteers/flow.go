// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/scope"
)

// The needs of this domain's acts. Organise and Offering are given by posts.
const (
	organise  scope.Need = "organise"
	offering  scope.Need = "offer"
	supervise scope.Need = "supervise"
	admin     scope.Need = "administer"

	byVolunteer scope.Need = "volunteer" // they, or the desk for them
	byPresent   scope.Need = "present"   // who leads, who organises there, another volunteer who was there
	byEither    scope.Need = "either"    // the volunteer or the shop
)

// A State says where a volunteer is.
type State string

// The states of a volunteer.
const (
	Active State = "active"
	Left   State = "left"
)

// An Act is something done to a record of this domain.
type Act string

// The acts on a volunteer.
const (
	Leave  Act = "leave"
	Rejoin Act = "rejoin"
)

// Flow is the life of a volunteer.
var Flow = flow.New("volunteer", Active,
	flow.On(Active, Leave, Left, byVolunteer),
	flow.On(Left, Rejoin, Active, byVolunteer),
)

// A TaskState says where a task is, and whose turn it is.
type TaskState string

// The states of a task.
const (
	DrawnUp   TaskState = "drawn_up"   // who drew it up is to open it
	Open      TaskState = "open"       // volunteers sign up
	Running   TaskState = "running"    // it has begun; hours can be said and confirmed
	TaskDone  TaskState = "done"       // nobody comes any more; hours still are confirmed
	CalledOff TaskState = "called_off" // it does not take place
)

// The acts on a task.
const (
	Revise     Act = "revise"
	OpenTask   Act = "open"
	Start      Act = "start"
	Finish     Act = "finish"
	CallOffAct Act = "call_off"
)

// TaskFlow is the life of a task. One that has begun is called off too, if the rain
// comes: what was done until then still counts.
var TaskFlow = flow.New("volunteer_task", DrawnUp,
	flow.On(DrawnUp, Revise, DrawnUp, organise),
	flow.On(DrawnUp, OpenTask, Open, organise),
	flow.On(DrawnUp, CallOffAct, CalledOff, organise),
	flow.On(Open, Revise, Open, organise),
	flow.On(Open, Start, Running, organise),
	flow.On(Open, CallOffAct, CalledOff, organise),
	flow.On(Running, Finish, TaskDone, organise),
	flow.On(Running, CallOffAct, CalledOff, organise),
)

// A SignUpState says whether somebody has a place.
type SignUpState string

// The states of a sign-up.
const (
	Waiting   SignUpState = "waiting"   // until a place is free
	Listed    SignUpState = "listed"    // they have a place
	Withdrawn SignUpState = "withdrawn" // they do not come; without punishment
)

// The acts on a sign-up.
const (
	Admit     Act = "admit"
	Withdraw  Act = "withdraw"
	ReturnAct Act = "return"
)

// SignUpFlow is the life of a sign-up. The program admits, in the order of the
// waiting list, whenever a place is free.
var SignUpFlow = flow.New("volunteer_signup", Waiting,
	flow.On(Waiting, Admit, Listed, byVolunteer),
	flow.On(Waiting, Withdraw, Withdrawn, byVolunteer),
	flow.On(Listed, Withdraw, Withdrawn, byVolunteer),
	flow.On(Withdrawn, ReturnAct, Waiting, byVolunteer),
)

// A HoursState says whose word is still missing.
type HoursState string

// The states of hours.
const (
	Said      HoursState = "said"       // two are to confirm them
	Seen      HoursState = "seen"       // one has; another is to
	Confirmed HoursState = "confirmed"  // they count
	Refused   HoursState = "refused"    // the volunteer may appeal
	Appealed  HoursState = "appealed"   // whoever supervises there is to decide
	Kept      HoursState = "kept"       // refused for good
	TakenBack HoursState = "taken_back" // they were confirmed by mistake
)

// The acts on hours.
const (
	Confirm  Act = "confirm"
	Refuse   Act = "refuse"
	Appeal   Act = "appeal"
	Grant    Act = "grant"
	Keep     Act = "keep"
	TakeBack Act = "take_back"
)

// HoursFlow is the life of hours. Who grants an appeal is one of the two who confirm.
var HoursFlow = flow.New("volunteer_hours", Said,
	flow.On(Said, Confirm, Seen, byPresent),
	flow.On(Said, Refuse, Refused, organise),
	flow.On(Seen, Confirm, Confirmed, byPresent),
	flow.On(Seen, Refuse, Refused, organise),
	flow.On(Refused, Appeal, Appealed, byVolunteer),
	flow.On(Appealed, Grant, Seen, supervise),
	flow.On(Appealed, Keep, Kept, supervise),
	flow.On(Confirmed, TakeBack, TakenBack, supervise),
)

// An OfferState says whether an offer can be had.
type OfferState string

// The states of an offer.
const (
	Proposed OfferState = "proposed" // whoever supervises there is to approve it
	OnOffer  OfferState = "open"     // volunteers take of it while there is any
	Paused   OfferState = "paused"   // the member has stopped it for a while
	Declined OfferState = "declined" // it does not come about
	Ended    OfferState = "ended"    // nothing more is given
)

// The acts on an offer.
const (
	Amend   Act = "amend"
	Approve Act = "approve"
	Decline Act = "decline"
	Pause   Act = "pause"
	Resume  Act = "resume"
	End     Act = "end"
)

// OfferFlow is the life of an offer. Its price and its pieces are what was approved.
var OfferFlow = flow.New("volunteer_offer", Proposed,
	flow.On(Proposed, Amend, Proposed, offering),
	flow.On(Proposed, Approve, OnOffer, supervise),
	flow.On(Proposed, Decline, Declined, supervise),
	flow.On(Proposed, End, Ended, offering),
	flow.On(OnOffer, Pause, Paused, offering),
	flow.On(OnOffer, End, Ended, offering),
	flow.On(Paused, Resume, OnOffer, offering),
	flow.On(Paused, End, Ended, offering),
)

// A RedemptionState says whether somebody has what they took.
type RedemptionState string

// The states of a redemption.
const (
	Taken      RedemptionState = "taken"       // the shop is to hand it over
	HandedOver RedemptionState = "handed_over" // done
	Cancelled  RedemptionState = "cancelled"   // the points are back
)

// The acts on a redemption.
const (
	HandOver Act = "hand_over"
	Cancel   Act = "cancel"
)

// RedemptionFlow is the life of a redemption.
var RedemptionFlow = flow.New("volunteer_redemption", Taken,
	flow.On(Taken, HandOver, HandedOver, offering),
	flow.On(Taken, Cancel, Cancelled, byEither),
)
