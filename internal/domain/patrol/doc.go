// SPDX-License-Identifier: Apache-2.0

// Package patrol is the work of the grids: what their workers are asked to do, the two
// rounds a day on which they do it, and what can be proved of it.
//
// A [Duty] 职责 is what a department wants done. The department proposes it with its
// minutes, how often, the fields that are filled in and the law that asks for it; the
// city admits it, or admits it until a day, or refuses it ([Flow]). Only what is
// admitted can be given to anybody ([Service.Give], [Service.Agree]): by page, program
// or file it is refused in the same words. A department's own net 四网合一 is a kind of
// duty on the one grid, never a second grid.
//
// A [Point] 点位 is a spot of a grid that rounds come to, with a code printed there. A
// [Visit] 走访 is an agreement with somebody to be looked in on: they asked, or an agreed
// rule says so and they consent; it ends whenever they like. Of a home only the facts
// that the duty names can be read ([Service.Look]), and each reading is in the trail.
//
// Twice a day ([Slot]) each grid has a [Round]: what is due is drawn up by one pure
// function, [Plan], from the frequencies of the duties, what was done last, and what is
// open in the grid. What is done there is an [Entry], made at the phone's clock and
// received at the server's; sent again it is the same one. A finding becomes a matter in
// the same act. So does somebody who needs a visit at home ([Need]): it is told to whoever
// keeps home visits ([NeedFound]).
//
// [Cover] says what of a round was covered: in its window, shown by the code at the
// point, by having been near it, or by a photo. What was missed is seen next morning;
// what residents report soon after that a round should have seen is a miss too ([Miss]).
//
// # What is promised
//
// Nobody's way is kept: of the place of a phone only whether it was near the point is
// looked at, and it is then forgotten. No column of the database could hold it. Homes are
// not ranked, and nobody is visited who has not agreed.
package patrol
