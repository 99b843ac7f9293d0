// SPDX-License-Identifier: Apache-2.0

// Package routing knows where a matter belongs: by rules that the town writes
// 派遣规则, and by what it has learnt 分派建议: its category, from its words, and the
// unit that leads, from its words, its category and its place.
//
// [Rules] are a list in order; the first that fits fires. A list is kept as an
// [Edition] and never changed: changes are made to a [Draft] beside it, tried on the
// matters of the last months ([DryRun]), and put in use with a reason. Rules are asked
// when a matter is classified ([Service.Guide]); which fired is kept with it. One copy
// of matching, [When.Miss], serves the town, the dry run and the command line.
//
// The town learns from itself. Every night a model is trained on closed matters,
// without the newest weeks, and measured on them ([Trial]). It takes the place of
// what is in use only if it puts more of the very same matters where they ended
// up. What is in use at first is what the catalogue says: the words of the
// categories, and the unit that usually leads. Every attempt is kept, whether it
// was better or not.
//
// A [Suggestion] is for a clerk: with how sure it is and which words of the
// matter speak for it. The [Report] says what would have been saved and spoiled had
// nobody been asked above each confidence.
//
// Without a person a matter is sorted only where an administrator has said so, for a
// category and from a confidence on ([Allowance]): off everywhere at first, tried on
// the last months before ([Service.TryAllowance]), in versions with their reasons. It
// goes through the same moves as a clerk's, a moment after the raising ([Service.Step]),
// and everybody reads on the matter that it was the program. Each [Sorting] keeps which
// model, how sure, and the words; what persons make of it is its [Verdict]. Every so
// manieth goes to a person all the same, who is not told what the program thinks. What
// breaks the promise it was allowed for is taken back ([Broken]), and who allowed it
// hears of it. A rule that is written goes before what is learnt. What the program
// sorted and no person looked at is no lesson.
//
// What is learnt from is what was written and where it ended: no feature is made
// of who wrote it. A model holds hashes and weights; the words that are shown are
// those of the matter that is asked about.
package routing
