// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"fmt"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Recounted is what Recount counted.
type Recounted struct {
	Asked    int            `json:"asked"`    // all of them
	Sent     int            `json:"sent"`     // to a unit
	Answered int            `json:"answered"` // of them, by it
	States   map[string]int `json:"states"`   // of those that were sent
	Helped   int            `json:"helped"`   // answered at once by what is published
	Missed   int            `json:"missed"`   // that what is published did not answer
	Days     int            `json:"days"`     // on which somebody asked
}

// Recount counts the questions once more, row by row and day by day, and compares them
// with what Count says of each day, with what their stories say, and with how many the trail
// knows of. Faults are sentences for the operator.
func (s *Service) Recount(ctx context.Context) (t Recounted, faults []string, err error) {
	t.States = map[string]int{}
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	days := map[string]Counts{}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := eachAsked(tx, func(d id.ID, state string, replied bool) error {
			day := Day(d.Time())
			n := days[day]
			n.Sent++
			t.Sent++
			t.States[state]++
			if replied {
				n.Answered++
				t.Answered++
			}
			days[day] = n
			return nil
		}); err != nil {
			return err
		}
		if err := eachDay(tx, func(day string, helped, missed int) error {
			n := days[day]
			n.Helped, n.Missed = n.Helped+helped, n.Missed+missed
			t.Helped, t.Missed = t.Helped+helped, t.Missed+missed
			days[day] = n
			return nil
		}); err != nil {
			return err
		}
		for day, made := range days {
			at, err := time.ParseInLocation(time.DateOnly, day, i18n.Zone)
			if err != nil {
				return err
			}
			says, err := counts(tx, at, at, tx.Now())
			if err != nil {
				return err
			}
			if says.Late = 0; says != made {
				fault("on %s the town says %+v, the rows say %+v", day, says, made)
			}
		}
		known, err := trail.Known(tx, "question")
		if err != nil {
			return err
		}
		asked, answered, err := countAsked(tx)
		if err != nil {
			return err
		}
		if int(known) != t.Sent || int(asked) != t.Sent || int(answered) != t.Answered {
			fault("there are %d questions and %d replies, the trail knows of %d, and the stories of %d and %d", t.Sent, t.Answered, known, asked, answered)
		}
		t.Asked, t.Days = t.Sent+t.Helped+t.Missed, len(days)
		return nil
	})
	return t, faults, err
}
