// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"yuanba/internal/domain/access"
	"yuanba/internal/kit/flow"
)

// A State says whether a duty may be given to anybody.
type State string

// The states of a duty.
const (
	Proposed  State = "proposed"  // the city is to decide
	Admitted  State = "admitted"  // it may be given
	Limited   State = "limited"   // it may be given until its day
	Refused   State = "refused"   // nobody's turn; the department may propose another
	Withdrawn State = "withdrawn" // the department took it back before it was decided
	Ended     State = "ended"     // it is asked of nobody any more
)

// An Act is something done to a duty.
type Act string

// The acts.
const (
	Admit      Act = "admit"
	AdmitUntil Act = "admit_until"
	Refuse     Act = "refuse"
	Withdraw   Act = "withdraw"
	End        Act = "end"
)

// Flow is the life of a duty. The department proposes and may take back what is not
// decided; the city alone admits. A limited one ends by itself when its day has come,
// unless it has been admitted on. What was refused or has ended is proposed anew.
var Flow = flow.New("duty", Proposed,
	flow.On(Proposed, Admit, Admitted, access.Admit),
	flow.On(Proposed, AdmitUntil, Limited, access.Admit),
	flow.On(Proposed, Refuse, Refused, access.Admit),
	flow.On(Proposed, Withdraw, Withdrawn, access.Handle),

	flow.On(Admitted, AdmitUntil, Limited, access.Admit),
	flow.On(Admitted, End, Ended, access.Admit),

	flow.On(Limited, Admit, Admitted, access.Admit),
	flow.On(Limited, AdmitUntil, Limited, access.Admit),
	flow.On(Limited, End, Ended, access.Admit),
)

// Given reports whether a duty in the state may be given to anybody.
func (s State) Given() bool {
	switch s {
	case Admitted, Limited:
		return true
	case Proposed, Refused, Withdrawn, Ended:
		return false
	}
	return false
}
