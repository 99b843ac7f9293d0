// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
)

// A Fate is what became of a delivery.
type Fate string

// The fates.
const (
	Waiting   Fate = "waiting"   // for its turn, or for its next try
	Delivered Fate = "delivered" // the other program has said that it has it
	Failed    Fate = "failed"    // given up; it may be sent once more
	Withheld  Fate = "withheld"  // not for this hook to read any more
)

// Fates lists the fates in the order in which somebody asks for them.
var Fates = []Fate{Waiting, Failed, Delivered, Withheld}

// A Delivery is one act on its way to a hook, or there.
type Delivery struct {
	ID      id.ID // names the message to the other program too, however often it is sent
	Hook    id.ID
	Seq     int64 // of the act in the trail; 0 of a test
	Matter  id.ID
	Number  string
	Act     matters.Act
	Was     matters.State
	Became  matters.State
	At      time.Time // when it was done
	Gone    bool      // it took the matter away from a reader who had heard of it
	Fate    Fate
	Tries   int
	MadeAt  time.Time
	DueAt   time.Time
	TriedAt time.Time
	EndedAt time.Time
	Status  int // of the last answer; 0 if there was none
	Took    time.Duration
	Fault   string // why the last try came to nothing: the key of a message

	answer []byte // the first bytes of it, sealed
}

// Event is what it tells of.
func (d Delivery) Event() Event {
	if d.Seq == 0 {
		return Test
	}
	return EventOf(d.Act)
}

// pauses are those between the tries of one delivery: some three days in all.
var pauses = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Tries is how often a delivery is tried.
var Tries = len(pauses) + 1

// pause is how long to wait after so many tries, a fifth more or less, so that what
// failed together does not come back together. The fifth depends on the record
// alone and can be foretold.
func pause(d id.ID, tries int) time.Duration {
	p := pauses[max(0, min(tries, len(pauses))-1)]
	x := uint64(d)*0x9E3779B97F4A7C15 + uint64(tries)*0xBF58476D1CE4E5B9
	x = (x ^ x>>31) * 0x94D049BB133111EB
	return p*4/5 + time.Duration((x>>32)%1000)*(p*2/5)/1000
}

// What holds for an address as a whole.
const (
	// patience is how many tries in succession may come to nothing before the address
	// is let rest, and only asked now and then whether it is back.
	patience = 5
	// DisableAfter is how long nothing may arrive before a hook is disabled.
	DisableAfter = 5 * 24 * time.Hour
	// Keep is how long what became of a delivery is kept.
	Keep = 30 * 24 * time.Hour
	// FormerFor is how long messages are signed with the secret before the new one too.
	FormerFor = 24 * time.Hour
)
