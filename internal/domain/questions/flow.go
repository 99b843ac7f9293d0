// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/scope"
)

// A State says where a question is, and therefore whose turn it is.
type State string

// The states of a question.
const (
	Asked     State = "asked"     // the unit is to answer it or pass it on
	Answered  State = "answered"  // nobody's turn; the asker may say that it does not answer them
	Published State = "published" // nobody's turn; everybody finds the answer, nobody the asker
	Withdrawn State = "withdrawn" // nobody's turn
)

// An Act is something a person does to a question.
type Act string

// The acts that move a question.
const (
	AnswerAct  Act = "answer"
	PassOn     Act = "pass_on"
	PublishAct Act = "publish"
	Reopen     Act = "reopen"
	Withdraw   Act = "withdraw"

	ask Act = "ask" // the trail's word for the beginning
)

// Who may act, beyond the posts of domain/access.
const (
	byAsker scope.Need = "asker" // who asked, who acts for them, or who holds raise_for and records what they said
	byUnit  scope.Need = "unit"  // who answers in the unit whose turn it is
	editor  scope.Need = "moderate"
)

// Flow is the life of a question. A published answer stays when the asker asks again:
// it answered others.
var Flow = flow.New("question", Asked,
	flow.On(Asked, AnswerAct, Answered, byUnit),
	flow.On(Asked, PassOn, Asked, byUnit),
	flow.On(Asked, Withdraw, Withdrawn, byAsker),
	flow.On(Answered, Reopen, Asked, byAsker),
	flow.On(Answered, PublishAct, Published, editor),
	flow.On(Published, Reopen, Asked, byAsker),
)
