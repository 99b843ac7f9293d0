// SPDX-License-Identifier: Apache-2.0

// Package cluster finds which of many short texts, Chinese ones above all, speak
// of the same thing.
//
// A text is a [Vector]: what it has, such as every two letters that stand
// together ([Grams]), each with a weight. How alike two texts are is the dot
// product of their vectors; what is to count, and how much, is the caller's
// affair, who puts several parts of different weight into one vector.
//
// [Group] puts together what is alike on the average of all pairs, not only with
// one neighbour: a chain of texts, each a little like the next, does not become
// one group. Nothing depends on the order in which the texts come, nor on
// chance: the same texts in any order give the same groups.
package cluster
