// SPDX-License-Identifier: Apache-2.0

// Package matters takes in what people ask to have put right, and sees it to
// its end.
//
// A [Matter] 事项 is one thing somebody asks for: a street lamp that is dark, a
// pension that did not come, a quarrel over a wall. Whoever raises it, on a
// telephone, at a desk or through the grid worker, takes home a [Slip] with its
// number and a code, and needs nothing else, no account and no telephone, to
// follow it, to answer, and to say at the end whether it is solved.
//
// # Whose turn it is
//
// At every moment a matter is in one [State], and from the state follows whose
// [Turn] it is. That one question, who must do what by when, is what the whole
// package answers. The life is a table of moves, [Flow]:
//
//	            the centre                         the unit                 the centre              the reporter
//	┌───────────────────────────────────┐ ┌────────────────────────┐ ┌──────────────────────┐  ┌───────────────┐
//	received ─▶ accepted ─▶ classified ─▶ dispatched ─▶ handling ─▶ handled ─▶ verified ─▶ closed ─▶ rated
//	   │            ▲            │ ▲           │           │ ▲ ▲        │           │          │
//	   │            └────────────┘ └───────────┴───────────┘ │ └────────┴───────────┘          │
//	   │               send back          send back          │   rework: the same unit         │
//	   ├─▶ declined                                          └────── reopen: not solved ───────┘
//	   ├─▶ joined         and back by unjoin, to the state and the clock it had
//	   ├─▶ disputed       returned by a second unit: who commands decides, then dispatched
//	   └─▶ withdrawn      Beside the road: asked (the reporter's turn), suspended (nobody's).
//
// The full drawing is docs/flows/matter.md, made from the table. Permission
// check, buttons, labels, tests and the CHECK of the table in the database come
// from the same table; what it does not list cannot happen.
//
// # What residents are promised
//
//   - What was given a number is on disk, and the number never changes: not by
//     joining, splitting, moving to another office or another category.
//   - Every return has a written reason. Who receives a return may not push the
//     matter forward, rework goes to the unit that did the work, and who
//     accepted a matter is who closes it: nobody is sent from door to door.
//   - The due time is the same for everyone who looks, the reporter included. It
//     is counted in working time by the category's limits; it is extended twice
//     at most, by somebody else than the one who is late, and suspended once.
//   - "Not solved", said within the town's window, is not an opinion: it takes
//     the matter up again at the same unit.
//   - Joining and splitting keep each number, word, photo, supporter and clock,
//     and can be undone. Whose matter was joined rates the end of the one it
//     follows as its own reporter does.
//   - Whoever says "me too" is counted once, wherever they said it, and may take it
//     back at any time: it is deleted with its words, photos and telephone.
//   - Hiding something from the public can be undone; the original and the reason
//     stay for the reporter, those at work and the auditor.
//   - A private matter is not found, listed, counted for strangers or guessed by
//     its number: to them there is no such matter. How to reach a reporter is
//     sealed by package people, and deleted when the town's term has run out.
//
// Nothing here counts how often a person has complained.
//
// # How it is built
//
// One door: every move goes through the unexported change, which loads the
// matter, asks the table and the actor's posts, runs the act's own rule, sets
// turn and clock, saves under the guard of the version, and writes the story and
// the trail, in one transaction. Of thirty clerks who accept the same matter at
// once one does, and twenty-nine read who was quicker. What leaves state and
// turn alone (a note, a whistle, a "me too", an outside party's answer) goes
// through beside; what changes only words (moderation) through edited, the
// reporter's choice to be named or not through setNamed. Beside the
// table stands hindrance: why an act is not possible for a matter as it stands,
// which is asked before the act and before its button is shown.
//
// A verb is a method, the act, the route, the button and the message of one name.
// It stands in the file of its name, or of those who do it: intake.go (Accept,
// Decline, Ask, Answer, Classify, Resume), decide.go (Decide), dispatch.go (Dispatch and what the unit
// does: Take, Handle, SendBack, Extend, Suspend), join.go (Unjoin), split.go
// (Unsplit), close.go (Verify), rate.go (Reopen, Withdraw), supervise.go (Urge,
// whistles, assisting). clock.go sets whose turn it is until when, see.go says who
// sees how much ([View]), list.go has lists and the inbox, published.go what other programs
// read. A [Category]
// says which questions are asked, how long each stage may take, which unit
// usually leads and when a matter may be closed; a town edits the categories,
// not the table. SQL is in store*.go. The search index follows the trail
// ([Indexer]), so that no raising waits for it.
//
// Others hear of it by the events [Raised] and [Moved], inside the transaction.
package matters
