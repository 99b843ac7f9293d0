// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/sqldb"
)

// A Kind is what a letter is for.
type Kind string

// The kinds of letters.
const (
	Confirm Kind = "confirm" // asks whether the address is right
	News    Kind = "news"    // tells what happened
	Code    Kind = "code"    // is a code to sign in with
)

// Kinds lists the kinds.
var Kinds = []Kind{News, Confirm, Code}

// A State says what is to be expected of a letter.
type State string

// The states of a letter.
const (
	Waiting State = "waiting"  // for its moment, or for its next try
	Posting State = "posting"  // it is being handed over, or a try broke off
	Sent    State = "sent"     // a server took it
	Unknown State = "unknown"  // it may have been taken: the answer was lost; an administrator may have it sent again
	Refused State = "refused"  // a server said that it never will
	GivenUp State = "given_up" // it was tried for two days; an administrator may have it tried again
	Dropped State = "dropped"  // there was nothing left to say, or nobody to say it to
)

// States lists the states in the order in which an administrator asks for them.
var States = []State{Waiting, Posting, GivenUp, Unknown, Refused, Sent, Dropped}

// over reports whether nothing more happens to the letter by itself.
func (s State) over() bool { return s == Sent || s == Refused || s == Dropped || s == Unknown }

// A Letter is one message to one mailbox, without its words.
type Letter struct {
	ID      id.ID
	Mailbox id.ID // 0 of a code
	Channel notify.Channel
	Owner   people.Ownership
	OwnerID id.ID // 0 of a code
	Kind    Kind
	State   State
	Urgent  bool
	MadeAt  time.Time
	DueAt   time.Time
	TriedAt time.Time // the last try; zero if there was none
	EndedAt time.Time
	Tries   int
	News    int    // how many pieces of news it told
	Fault   string // why the last try came to nothing; names no address

	to, from []byte // of a confirmation: blind indexes of the address and of who asked
}

// OwnedByPhone is the ownership of a code: whoever holds the telephone.
const OwnedByPhone people.Ownership = "phone"

// An Item is a piece of news, by the domain that knows what it says.
type Item struct {
	Source string
	Ref    id.ID
	Topic  people.Topic // what it is about, which its reader may not want by every channel
}

// A Line is what a letter says of one piece of news. Where words pass through many
// hands, only Number, State and Path are said.
type Line struct {
	Key    string // a message
	Args   []any
	Number string
	State  string // a message of a word or two
	At     time.Time
	Path   string // where to read more, within the site
}

// A Source knows what its news say.
type Source interface {
	// Lines says what the owner of the mailbox may read now of the news with these
	// references, in their order. What they may not read is left out, and so is
	// whatever is private.
	Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) ([]Line, error)
}

// The night of the town, in which nobody is written to unless it is urgent.
const (
	nightBegins = 22
	nightEnds   = 7
)

// Gather is how long a letter waits for more news.
const Gather = 5 * time.Minute

// night is how long the night still lasts at a moment; 0 by day.
func night(at time.Time) time.Duration {
	local := at.In(i18n.Zone)
	y, m, d := local.Date()
	switch h := local.Hour(); {
	case h >= nightBegins:
		d++
	case h >= nightEnds:
		return 0
	}
	return time.Date(y, m, d, nightEnds, 0, 0, 0, i18n.Zone).Sub(at)
}

// due is when a letter whose first news is known at now is to be sent.
func due(now time.Time, gather time.Duration, urgent bool) time.Time {
	at := now.Add(gather)
	if urgent {
		return at
	}
	return at.Add(night(at))
}
