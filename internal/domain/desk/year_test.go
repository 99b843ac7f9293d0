// SPDX-License-Identifier: Apache-2.0

package desk_test

import (
	"fmt"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/scope"
)

// Over a played year no seat is given twice, nobody is served on a day without work,
// and every state of both lives is there or was.
func TestYear(t *testing.T) {
	t.Parallel()
	town := apptest.Lived(t)
	ctx, by := t.Context(), town.As("audit")
	cs, err := town.Desk.ListCounters(ctx, by)
	if err != nil || len(cs) < 4 {
		t.Fatalf("%d counters, %v", len(cs), err)
	}
	cal, seen, states := town.Calendars.Town(), map[string]bool{}, map[desk.State]int{}
	for _, c := range cs {
		for day := town.Clock.Now().AddDate(-1, 0, 0); day.Before(town.Clock.Now().AddDate(0, 0, 15)); day = day.AddDate(0, 0, 1) {
			d, err := town.Desk.DayOf(ctx, by, c.ID, day)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range d.List {
				seat := fmt.Sprint(b.Counter, b.Booking.At.Unix(), " ", b.Seat)
				if seen[seat] || b.Seat < 1 || b.Seat > c.Seats {
					t.Errorf("%s: seat %s is given twice, or is none", b.Number, seat)
				}
				if seen[seat] = true; !cal.Workday(b.Booking.At) {
					t.Errorf("%s: nobody works on %s", b.Number, b.Booking.At)
				}
				states[b.State]++
			}
		}
	}
	if states[desk.Served] < 80 || states[desk.Booked] == 0 || states[desk.Missed] == 0 {
		t.Errorf("bookings of the year: %v", states)
	}
	xs, _, err := town.Desk.ListVisits(ctx, scope.Program("test"), desk.VisitFilter{Most: 100})
	if err != nil {
		t.Fatal(err)
	}
	visits := map[desk.VisitState]int{}
	for _, x := range xs {
		visits[x.State]++
		if x.State == desk.Closed && (x.ConsentAt.IsZero() || x.ConsentAt.After(x.At) || x.At.After(x.MovedAt.Add(time.Minute))) {
			t.Errorf("%s: consent %s, visit %s, end %s", x.Number, x.ConsentAt, x.At, x.MovedAt)
		}
	}
	for _, s := range []desk.VisitState{desk.Found, desk.Closed, desk.Declined, desk.Agreed} {
		if visits[s] == 0 {
			t.Errorf("no home visit is %s: %v", s, visits)
		}
	}
}
