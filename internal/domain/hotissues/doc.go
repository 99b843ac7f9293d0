// SPDX-License-Identifier: Apache-2.0

// Package hotissues finds what many people suddenly or steadily complain of.
//
// An [Issue] 热点问题 is one thing that several people wrote about: the same place,
// or the same kind of people, and the same trouble, at the same time or on and on.
// [Find] makes the issues of any number of [Message]s, says how hot each is
// ([Heat], by a formula that is published with its [Weights]), names it in the
// people's own words, and lists who belongs to it and how well. The order in which
// the messages come changes nothing.
//
// Where something is, is read from the words: names that end as names of places do
// (小区, 路, 村, …), recoded ones (A7县), and populations (populations.txt). What
// it is about is read from the words of common troubles (subjects.txt) and from
// the words all share. Two texts are alike by parts of a published weight: see
// alike.go. The same trouble at two places is two issues.
//
// # What residents are promised
//
// One person who writes ten times counts once. Nobody is ranked, scored or listed:
// the heat is that of an issue.
package hotissues
