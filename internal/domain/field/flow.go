// SPDX-License-Identifier: Apache-2.0

package field

import (
	"yuanba/internal/domain/access"
	"yuanba/internal/kit/flow"
)

// A State says whose turn a conflict is.
type State string

// The states of a conflict.
const (
	Waiting State = "waiting" // whoever works there: usually the one who wrote it down
	Passed  State = "passed"  // the committee's chair, who was asked to decide
	Settled State = "settled" // nobody's
)

// An Act is something that is done about a conflict.
type Act string

// The acts.
const (
	Settle Act = "settle" // say for each field what is right
	Pass   Act = "pass"   // leave it to the committee's chair
)

// Flow is the life of a conflict.
var Flow = flow.New("field_conflict", Waiting,
	flow.On(Waiting, Settle, Settled, access.RaiseFor),
	flow.On(Waiting, Pass, Passed, access.RaiseFor),
	flow.On(Passed, Settle, Settled, access.Supervise),
)
