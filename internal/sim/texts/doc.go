// SPDX-License-Identifier: Apache-2.0

// Package texts holds the words of the demonstration town: what neighbours
// write when something is wrong, what a clerk asks, what the people who did the
// work report, and what the neighbours say afterwards.
//
// A Situation is one thing that happens in a town, with several ways to tell it.
// Situations live in data/<group>.json, by category; the words they share
// (openings, closings, names, roads, courtyards, reasons) in data/pools.json.
// Every text is a Template: "<a|b>" is a choice, "[a]" may be left out, "{road}"
// is a slot (see Slots), and a text beginning "(a)" goes only with tellings of
// the same strand: who writes about a wheelchair is not answered about a bed.
//
// A Writer tells a Situation and gives back a Written; its Then is the Situation
// with what fits this telling, from which Say makes what clerks and reporters
// say later.
//
// Nothing here knows the time or throws dice by itself: the same generator in
// the same state, the same Situation and the same Slots give the same words.
// All texts are the project's own and name nobody; names are put together from
// common surnames and given names.
package texts
