// SPDX-License-Identifier: Apache-2.0

// Package exchange carries matters to other systems and back.
//
// A [Connection] 对接 is another system that speaks Open311 GeoReport v2: the
// neighbouring town's, a water company's. It stands for one unit of the town. What
// is dispatched to that unit goes there as a request ([Connection].Push); what
// happens to it there comes back as lines of the matter's story, and when it is
// done there, as the unit's result, which the town then verifies and closes as any
// other. What people ask for there may come in here as matters ([Connection].Pull),
// and how they go on may be told there ([Connection].Tell).
//
// A [Transfer] 移交 is one matter on its way, or there. It is made in the
// transaction of the dispatch and sent by a job, tried again with pauses, and once
// only: where an answer was lost the other system is asked whether it has the
// request, by the matter's number in its words, before it is sent again. What comes
// back is taken once, by the other system's own name for it.
//
// What residents are promised: the name and telephone of a reporter never leave
// the town, and neither does a matter that is not for everybody to read, since the
// other system shows its requests to the world; such a transfer is withheld, and
// says so.
//
// Connections are made by an administrator, who thereby approves the address; where
// it leads is watched over by package outside.
package exchange
