// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"fmt"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Recounted is what Recount counted.
type Recounted struct {
	Bookings int            `json:"bookings"`
	States   map[string]int `json:"states"`
	Counters int            `json:"counters"`
	Times    int            `json:"times"`   // at a counter for which somebody has a seat
	Seated   int            `json:"seated"`  // bookings that have one
	Fullest  int            `json:"fullest"` // the most seats that were given at one moment of a counter
	Earlier  int            `json:"earlier"` // seats given by an earlier plan of the counter, whose number is not known any more
}

// Recount goes over every booking once more, from the rows: whoever is to have a seat has
// one and nobody else, nobody has a seat while another has it, for whatever length the
// times were made, and at no moment a counter has given more seats than it has. It
// compares the seats given with what the free times are counted from, and the number of bookings
// with what the stories and the trail know of. Faults are sentences for the operator.
func (s *Service) Recount(ctx context.Context) (t Recounted, faults []string, err error) {
	t.States = map[string]int{}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		faults, err = t.count(tx)
		return err
	})
	return t, faults, err
}

func (t *Recounted) count(tx *sqldb.Tx) (faults []string, err error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	cs, err := everyCounter(tx)
	if err != nil {
		return nil, err
	}
	byID, planned := map[id.ID]Counter{}, map[id.ID]time.Time{}
	for _, c := range cs {
		last, err := trail.Last(tx, "desk_counter", c.ID)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return nil, err
		}
		byID[c.ID], planned[c.ID] = c, last.At
	}
	given := map[id.ID][]sat{}
	var last sat
	if err := eachSat(tx, func(b sat) error {
		t.Bookings++
		t.States[b.state]++
		c, ok := byID[b.counter]
		switch sits := b.state == "offered" || b.state == "booked" || b.state == "arrived" || b.state == "served" || b.state == "missed"; {
		case !ok:
			fault("booking %s is at a counter that is not there", b.id)
		case sits != (b.seat > 0):
			fault("booking %s is %s and has seat %d", b.id, b.state, b.seat)
		case !sits:
		case !b.at.Before(b.ends.Time) || b.ends.Sub(b.at.Time) > longest:
			fault("booking %s lasts from %s until %s", b.id, b.at.Time, b.ends.Time)
		case b.made.Before(planned[b.counter].Truncate(time.Millisecond)):
			t.Earlier++
		case b.seat > c.Seats:
			fault("booking %s has seat %d at a counter with %d", b.id, b.seat, c.Seats)
		}
		if b.seat > 0 {
			if last.counter == b.counter && last.seat == b.seat && last.ends.After(b.at.Time) {
				fault("bookings %s and %s have the same seat %d at %s", last.id, b.id, b.seat, b.at.Time)
			}
			t.Seated++
			given[b.counter] = append(given[b.counter], b)
			last = b
		}
		return nil
	}); err != nil {
		return nil, err
	}
	t.Counters = len(cs)
	for _, c := range cs {
		more, err := t.compare(tx, c, given[c.ID], planned[c.ID])
		if err != nil {
			return nil, err
		}
		faults = append(faults, more...)
	}
	known, err := trail.Known(tx, "booking")
	if err != nil {
		return nil, err
	}
	begun, err := countBegun(tx)
	if err != nil {
		return nil, err
	}
	if int(known) != t.Bookings || int(begun) != t.Bookings {
		fault("there are %d bookings, the trail knows of %d, and %d stories begin", t.Bookings, known, begun)
	}
	return faults, nil
}

// compare counts how many seats of a counter were given at each moment at which one
// begins, one after the other, and holds it against what a free time is counted from.
func (t *Recounted) compare(tx *sqldb.Tx, c Counter, given []sat, planned time.Time) (faults []string, err error) {
	byTime := map[int64][]sat{}
	for _, b := range given {
		byTime[b.at.UnixMilli()] = append(byTime[b.at.UnixMilli()], b)
	}
	for at, bs := range byTime {
		t.Times++
		sits := map[int]bool{}
		earlier := false
		for back := at - longest.Milliseconds(); back <= at; back += time.Minute.Milliseconds() { // whoever began before and is there still
			for _, b := range byTime[back] {
				if b.ends.UnixMilli() > at {
					sits[b.seat] = true
					earlier = earlier || b.made.Before(planned.Truncate(time.Millisecond))
				}
			}
		}
		now := bs[0].at.Time
		held, err := taken(tx, c.ID, now, now.Add(time.Millisecond))
		if err != nil {
			return nil, err
		}
		if said := seatsOf(held, now, now.Add(time.Millisecond)); len(said) != len(sits) {
			faults = append(faults, fmt.Sprintf("counter %s at %s: the town says %d seats are given, the rows say %d", c.ID, now, len(said), len(sits)))
		}
		t.Fullest = max(t.Fullest, len(sits))
		if len(sits) > c.Seats && !earlier {
			faults = append(faults, fmt.Sprintf("counter %s at %s: %d seats are given of %d", c.ID, now, len(sits), c.Seats))
		}
	}
	return faults, nil
}
