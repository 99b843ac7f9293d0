// SPDX-License-Identifier: Apache-2.0

// Package questions answers what people ask about policies and procedures (政策咨询):
// at once, from what the town has published, or by the unit that knows.
//
// An [Answer] is published: a policy, an answer that somebody got and that is shown
// without them, or, where the town says so, the reply to a matter that is public. It
// says who says so, since when, and whether it holds: in force, not yet, ended, or
// replaced by another ([Answer.Force]). [Service.Nearest] finds the answers nearest to
// words as people use them (package kit/retrieve).
//
// A [Question] is one that nothing published answered. It goes to the unit that is
// named, else to that of the nearest answer, else to where the town's rules and what was
// learnt would send it, else to the centre of the place, and waits there with a clock.
//
//	asked ──answer──▶ answered ──publish──▶ published
//	 │ ▲ └─pass on     │                      │
//	 │ └────reopen─────┴──────────reopen──────┘     this does not answer me
//	 └──▶ withdrawn
//
// The drawing is docs/flows/question.md, made from [Flow].
//
// # What residents are promised
//
//   - Whoever asks needs no account: a slip with number and code is enough, at a desk
//     too. Who may act for somebody else may ask for them.
//   - A question is read by the asker, the unit whose turn it is, and those who see into
//     the place; never by the public. Published is an answer that an editor has written
//     without the asker, after [Traces] has pointed at what may tell of them; that
//     nothing was pointed at proves nothing, and a person decides.
//   - What is looked for is written nowhere. An answer counts how often it helped, by the
//     day, and never whom.
//   - What tells of the asker goes when the town's term has run out ([Service.ForgetOld]).
//   - No machine answers. Where a town has set up a service that words answers
//     ([Wording]), what it says is shown only beside the passages it rests on, labelled,
//     and only if it says nothing that is not in them; see wording.go.
package questions
