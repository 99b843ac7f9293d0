// SPDX-License-Identifier: Apache-2.0

// Package affairs is the page of a village: what a village, a community or a
// courtyard tells its people, what it owes them to tell, and what they say to it.
//
// The words. A [Page] is a village's own, edited by its committee (who holds a post
// with the need publish there). A [Notice] is one thing said in public: a plain
// notice, an item of open affairs (三务公开: party, village, finance), a page of the
// diary, a text for the loudspeaker, a date. What has to be opened how often is a
// [Rhythm], versioned data whose floor is the law; when it was due and whether it came
// late is worked out by a pure function ([Stand]) and never stored, so the page says
// by itself that something is late. The [Entry]s of a village's ledger move money, in
// fen, from one account to another, so that everything together is always zero; a
// wrong entry is countered, never changed. A [Remark] is what a resident says there: a
// question, with a clock, or a comment, or what was lost or found. A [Membership] is a
// resident's place in it, and a [Missive] a sealed letter to the secretary or the
// committee.
//
// The practice is that of 为村 (cases.md §5.6): publishing only what was paid out
// caused rumours; publishing every use and the balance ended them. The law is article
// 30 of the Organic Law of Villagers' Committees: ordinary items at least every
// quarter, finances every month where much money moves, great matters at once;
// villagers may ask, and article 31 says to whom they complain. For residents'
// committees of communities the towns apply the same rhythm.
//
// The promises. Nothing that was public vanishes without a tombstone that says why,
// by which post, and when. Who hides a resident's words does not decide on their
// appeal. A letter is read by its writer and by those it was written to, and every
// reading is in the trail. What the village has solved is counted from the matters,
// not typed. Nobody is counted, ranked or followed: a membership opens doors and says
// nothing else.
package affairs
