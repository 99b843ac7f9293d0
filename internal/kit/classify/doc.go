// SPDX-License-Identifier: Apache-2.0

// Package classify puts short texts under labels, as examples taught it, and
// says which of their words spoke for it.
//
// A [Text] is read in one of two ways. If most examples are already cut into
// words, their words are the vocabulary: a text as written is cut with it, so
// that what stands in both is the same, and what is in no example (the words that
// whoever cut the examples left out) falls away. Without cut examples a text is
// its runs of one, two and three characters, and its words where letters are
// Latin. Either way a feature counts by the logarithm of how often it stands
// there, a title's more than the rest, by how seldom it stands elsewhere, and by how
// much it keeps to one label.
//
// The model is linear: one support vector machine for each label against the rest,
// trained by coordinate descent in the dual (Hsieh and others, 2008), with rare
// labels weighing as much as frequent ones. From the same examples and options
// comes the same model, bit by bit. How far its first guess is ahead is turned
// into a probability by a temperature that is fitted on examples kept back.
//
// A [Model] holds no text: words and runs are kept as hashes. That keeps it small,
// and nobody reads in it what somebody wrote; but who guesses a word may try
// whether it is there, so a model is kept where its examples are.
//
// A model may be used by several goroutines at once.
package classify
