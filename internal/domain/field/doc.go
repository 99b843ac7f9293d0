// SPDX-License-Identifier: Apache-2.0

// Package field takes in what people of the town put down away from any network.
//
// A [Phone] 外勤手机 is a telephone that somebody works with in the field. It is known by
// a secret that it was given once; the town knows its name, whose it is and when it last
// called, and not where it is. What is put down on it is an [Envelope] 信封: a kind, a body
// and the files that belong to it, named by the SHA-256 of its text as the phone wrote it.
// Nothing that was put down is lost, and nothing is taken twice:
//
//   - the phone keeps an envelope, and its files, until the town has acknowledged it and
//     for [KeepFor] after that; on every call it asks which of those it has kept the town
//     does not have, so that a town that was put back from a backup gets them again;
//   - the town acknowledges an envelope when it and its files are on the disk, in the same
//     transaction in which the domain that it is for has taken it; its hash is accepted
//     once, however often it comes;
//   - files come a piece at a time (package pieces), are whole when their hash fits, and
//     are cleaned by package blob. What is kept is therefore not always what was sent: the
//     hash of what arrived stands beside the hash of what is kept, and proves the former.
//
// The clock of a phone may be wrong by a year. It is never a reason to refuse: both clocks
// are noted, the difference is estimated ([Clock]), and what the estimate cannot be is
// said to be unsure.
//
// What an envelope means is not known here: internal/app says which kind is for which
// domain ([Kind]). An envelope that changes a record ([Change]) changes only what nobody
// else has changed since the phone read it. The rest becomes a [Conflict] 对不上, which a
// person settles field by field; nothing is written over in silence.
//
// A phone that is lost is told so when it next calls, without anybody signing in; it then
// forgets everything, says so, and the trail has a line of it. Until then what it holds
// is encrypted (docs/field.md says against whom that helps).
package field
