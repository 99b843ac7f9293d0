// SPDX-License-Identifier: Apache-2.0

// Package routing suggests where a matter belongs 分派建议: its category, from its
// words, and the unit that leads, from its words, its category and its place.
//
// The town learns from itself. Every night a model is trained on closed matters,
// without the newest weeks, and measured on them ([Trial]). It takes the place of
// what is in use only if it puts more of the very same matters where they ended
// up. What is in use at first is what the catalogue says: the words of the
// categories, and the unit that usually leads. Every attempt is kept, whether it
// was better or not.
//
// A [Suggestion] is for a clerk: with how sure it is and which words of the
// matter speak for it. Nothing here moves a matter. The [Report] says what it
// would have saved and spoiled had it done so above each confidence.
//
// What is learnt from is what was written and where it ended: no feature is made
// of who wrote it. A model holds hashes and weights; the words that are shown are
// those of the matter that is asked about.
package routing
