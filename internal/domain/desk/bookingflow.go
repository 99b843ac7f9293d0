// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/scope"
)

// The states of a booking.
const (
	Waiting   State = "waiting"    // nobody's turn: for a place that is freed
	Offered   State = "offered"    // they are to take what was freed, or pass it on
	Booked    State = "booked"     // they are to come
	Arrived   State = "arrived"    // the counter is to serve them
	Served    State = "served"     // nobody's turn
	Missed    State = "missed"     // nobody's turn, and nothing follows from it
	Cancelled State = "cancelled"  // by them
	CalledOff State = "called_off" // by the counter, which says why
	Lapsed    State = "lapsed"     // the offer, or the days that would have done, are over
)

// The acts on a booking.
const (
	Book     Act = "book" // with which it begins
	Queue    Act = "queue"
	Offer    Act = "offer"
	Accept   Act = "accept"
	Pass     Act = "pass"
	Move     Act = "move"
	Cancel   Act = "cancel"
	CallOff  Act = "call_off"
	Arrive   Act = "arrive"
	Serve    Act = "serve"
	Miss     Act = "miss"
	TakeBack Act = "take_back"
	Lapse    Act = "lapse"
	Reissue  Act = "new_slip"
	Remind   Act = "remind"
	Forget   Act = "forget"
)

// byBooker is who may act for themselves: whom it is for, the holder of the slip, and
// a clerk at the desk who writes down what they say.
const byBooker scope.Need = "booker"

// BookingFlow is the life of a booking. A seat is held while it is offered, booked or
// used, and nowhere else. Who missed their time and comes after all is let in; what
// was noted by mistake is taken back.
var BookingFlow = flow.New("booking", Waiting,
	flow.On(Waiting, Offer, Offered, needDesk),
	flow.On(Waiting, Cancel, Cancelled, byBooker),
	flow.On(Waiting, CallOff, CalledOff, needDesk),
	flow.On(Waiting, Lapse, Lapsed, needDesk),
	flow.On(Waiting, Reissue, Waiting, byBooker),

	flow.On(Offered, Accept, Booked, byBooker),
	flow.On(Offered, Pass, Waiting, byBooker),
	flow.On(Offered, Cancel, Cancelled, byBooker),
	flow.On(Offered, CallOff, CalledOff, needDesk),
	flow.On(Offered, Lapse, Lapsed, needDesk),
	flow.On(Offered, Reissue, Offered, byBooker),

	flow.On(Booked, Move, Booked, byBooker),
	flow.On(Booked, Cancel, Cancelled, byBooker),
	flow.On(Booked, CallOff, CalledOff, needDesk),
	flow.On(Booked, Arrive, Arrived, needDesk),
	flow.On(Booked, Miss, Missed, needDesk),
	flow.On(Booked, Reissue, Booked, byBooker),

	flow.On(Arrived, Serve, Served, needDesk),
	flow.On(Arrived, TakeBack, Booked, needDesk),

	flow.On(Served, TakeBack, Arrived, needDesk),
	flow.On(Missed, Arrive, Arrived, needDesk),
	flow.On(Missed, TakeBack, Booked, needDesk),
)

// Holds reports whether a booking in the state has a seat.
func (s State) Holds() bool {
	switch s {
	case Offered, Booked, Arrived, Served, Missed:
		return true
	case Waiting, Cancelled, CalledOff, Lapsed:
		return false
	}
	return false
}

// Ahead reports whether the booking, or the waiting for one, still lies ahead.
func (s State) Ahead() bool { return s == Waiting || s == Offered || s == Booked }
