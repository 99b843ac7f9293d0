// SPDX-License-Identifier: Apache-2.0

// Package trail keeps who did what, and can prove it.
//
// Every act on a record, and every look at a resident's private facts, is a
// [Row] that [Append] writes in the transaction of the act itself. Rows are only
// ever added. [Last] and [Story] read the life of one record, a [Follower] reads
// all rows in order, each exactly once, even those that commit late.
//
// A [Sealer] takes the rows into a Merkle tree (RFC 6962) and signs its root.
// [Verify] recomputes everything, compares each record's present state with the
// last row about it, and names the first row or record that is not as it was.
// Given a checkpoint that was printed or copied earlier, it also finds out if
// the whole was rewritten. docs/trail.md says how an outsider recomputes it.
package trail
