// SPDX-License-Identifier: Apache-2.0

// Package desk serves people: what can be had and how, at which time at which
// counter, and at home for those who cannot come.
//
// An [Item] is something that can be had: from which unit, for whom, with which
// papers, how soon by law and as promised, for what fee, where. The unit that offers
// it keeps it; every change is an edition that stays. All of it is public.
// [Service.Search] forgives: other words for the same thing, initials, a wrong
// character that sounds alike.
//
// A [Counter] is a window or an officer. Its [Plan] says of what length a time is, how
// many seats there are at once, and in which hours, which are the unit's own if it
// says nothing; holidays, days in lieu and make-up days come from the unit's calendar.
// The times follow from the plan and are not stored.
//
// A [Booking] is one person's time at a counter. Its seat is kept by a unique index of
// the database, so that two can never be given the same, whatever runs at once. A
// place that is freed is offered to the first in the waiting list, for a time that is
// said. Who does not come has missed it, and nothing follows from that. Whoever has no
// telephone books at the desk, and takes a slip home that says the same.
//
// A [HomeVisit] begins with a need that somebody found: the resident, a neighbour, a
// grid worker on a round. The street's desk and the unit that serves are told at once
// and call the family; when they have said yes, and only then, a time is arranged that
// suits an officer and a grid worker, and what is to lie ready; it is done at home
// with a signed receipt, followed up by a call, and closed. The moves are
// [BookingFlow] and [VisitFlow].
//
// What is known of a person is sealed with package people; what they need at home is
// read by those who work on it in their place, and by nobody else.
package desk
