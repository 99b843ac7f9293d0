// SPDX-License-Identifier: Apache-2.0

package when_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/kit/when"
)

// A limit turns yellow at SoonAt, and neither a moment before nor later.
func TestSoonAt(t *testing.T) {
	t.Parallel()
	c := when.Default()
	rapid.Check(t, func(rt *rapid.T) {
		from := instant(rt, "from").Truncate(time.Millisecond)
		l := when.Limit{N: rapid.IntRange(1, 15).Draw(rt, "n"), Unit: rapid.SampledFrom([]when.Unit{when.UrgentHours, when.WorkHours, when.WorkDays, when.CalendarDays}).Draw(rt, "unit")}
		due := c.Add(from, l)
		soon := c.SoonAt(from, due)
		if soon.Before(from) || soon.After(due) {
			rt.Fatalf("%v from %v to %v is yellow from %v", l, from, due, soon)
		}
		if _, light := c.Used(from, due, soon); soon.Before(due) && light != when.Yellow {
			rt.Errorf("%v from %v to %v is %s at %v", l, from, due, light, soon)
		}
		if _, light := c.Used(from, due, soon.Add(-time.Millisecond)); soon.After(from.Add(time.Millisecond)) && light != when.Green {
			rt.Errorf("%v from %v to %v is %s just before %v", l, from, due, light, soon)
		}
	})
	if !c.SoonAt(time.Unix(0, 0), time.Time{}).IsZero() {
		t.Error("what has no end has a moment from which it ends soon")
	}
}
