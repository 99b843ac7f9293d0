// SPDX-License-Identifier: Apache-2.0

// Package volunteers is about residents who help: what there is to do, who came,
// and what the town gives back for it.
//
// A [Volunteer] 志愿者 is a resident who wants to be one, with or without a telephone,
// until they say otherwise. A [Task] 志愿任务 is drawn up by a committee, a station or
// a grid, opened, run and done. A [SignUp] 报名 is a volunteer's word to come; where
// the places are taken they wait. [Hours] 时长 are said by the volunteer or the
// leader and confirmed by two people: one leads or is of the committee, the other
// was there; refused hours can be appealed against.
//
// What earns what is the [Tariff] 积分表: published, in editions, each from a day to
// come on. Points go from account to account in [Entry]s, each of which is both
// sides of itself: the pot of a town gives, a volunteer spends, a member that offers
// something receives, and gives back when the town has settled with it. All balances
// add up to zero at every moment, only a pot is ever below zero, and nothing written
// is changed: what was wrong is put right by an entry that names it. [Check] counts
// it all again.
//
// An [Honour] 荣誉 is thanks by name. It is not points: it is never spent, and never
// added up.
//
// An [Offer] 兑换 is what a member gives for points, so many pieces until a day; a
// [Redemption] is one piece of it, with the code that the volunteer shows at the
// shop.
//
// # What residents are promised
//
// It is of their own will, and who does not take part loses nothing. Nobody has
// fewer than no points. Nobody is ranked: there is no list of volunteers by points
// or hours, no total beside a name, and no door through which another resident, or
// anybody who works for the town but the desk that serves them, sees what somebody
// has. What they reported earns only if they want it, and nobody learns by it that
// they reported. Who leaves spends what they have or gives it back, and says what
// becomes of their honours.
package volunteers
