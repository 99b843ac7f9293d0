// SPDX-License-Identifier: Apache-2.0

// Package insights counts what the town does, and says how well it does it.
//
// It stands above all other domains and reads what they publish: the lives of
// matters ([matters.Service.Lives]), without words and persons. What it says is of
// units, posts, places and categories, never of a resident, and never of one
// reporter.
//
// # Counts
//
// A [Measure] is counted at the moment it happens, for whoever did it and where the
// matter was then; so a day that is over never changes, except by what is brought in
// later from elsewhere. What is counted of one life is said by one pure function,
// read. A [Keeper] follows the trail with it and keeps the counts by day and by
// month, the events behind them and the matters under way in tables of its own, so
// that no act waits and nothing acknowledged is left out; and whoever reads a number
// adds, by the same function, what has happened since the Keeper was there last. So
// every number is exact as of now, at any size of the town. A test counts everything
// again, slowly and by another way.
//
// # Formulas
//
// A [Rate] is what was done of what there was to do, both sums of measures; a
// [Score] is a weighted sum of rates. They are data ([Formulas]): the shipped ones
// are in formulas.json, a town sets its own, each version from a day on, and a
// period is computed with what was in force on its last day. Weights must add up to
// one. Numerator, denominator and what was left out can be opened to the very
// matters ([Service.Behind]), as far as the reader may see them.
//
// A rate of few cases says little, so each has the interval in which it lies with
// 95 % confidence (Wilson's), and nothing is ranked: a value is said to be above or
// below that of the whole only if its interval is.
package insights
