// SPDX-License-Identifier: Apache-2.0

// Package people knows the residents, and keeps what is private about them.
//
// A [Resident] is a person the town can recognise again: by a telephone whose
// code they read back ([Service.SendCode], [Service.CheckCode]), or by the
// identity card a clerk has looked at ([Service.Verify]). A Contact is what
// somebody without either wrote down so that the town can answer about one
// matter; it is never joined to a resident, since a telephone nobody has proved
// may be anyone's.
//
// Name, telephone, identity number and address are private columns. They are
// sealed in their row, found again by blind index, and every value that leaves
// this package is closed: it shows 陈*, 138****1234 or 510***********123X and
// holds no more than that. There are four doors to the open value, and no fifth:
//
//   - [Service.Reveal], for a clerk: with the need reveal in that place, a
//     purpose for which the column may be read ([Purposes]) and a reason in
//     words. It is written in the trail and among the resident's looks.
//   - [Service.Own] and [Service.Export], for the resident.
//   - [Service.Reach] and [Service.ReachMailbox], for a message the program
//     itself sends.
//   - a search by an exact telephone or identity number ([Service.Find]), which
//     shows no value, but tells that a resident exists; it too is a look.
//
// A [Mailbox] is where somebody wants to be written to, of their own will: it is
// theirs alone, no clerk can ask for it, and it ends when they say so or when the
// rest of what is known about them does.
//
// [Service.Looks] is what the resident sees of it: who looked, when, at what,
// why. There is no list of residents, no search by a part of a name, no score
// and no label. [Service.Forget] blanks the private columns and leaves a
// tombstone that says when and by which rule.
package people
