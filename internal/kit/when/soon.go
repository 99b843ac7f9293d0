// SPDX-License-Identifier: Apache-2.0

package when

import (
	"math"
	"time"
)

// SoonAt is the moment from which a limit that runs from from to due is yellow:
// [Calendar.Used] is green before it. It lets a list be counted by its lights
// without a look at the calendar for each of its rows. It is zero without due.
func (c *Calendar) SoonAt(from, due time.Time) time.Time {
	whole := due.Sub(from)
	switch {
	case due.IsZero():
		return time.Time{}
	case whole <= 0:
		return due
	}
	if c.atWork(due) {
		if total := c.WorkingTime(from, due); total > 0 {
			return c.AddWork(from, part(total)).UTC()
		}
	}
	return from.Add(part(whole)).UTC()
}

// part is the share of a limit that is green, to the next millisecond: an instant
// is no finer.
func part(d time.Duration) time.Duration {
	return time.Duration(math.Ceil(float64(d)*yellowFrom/float64(time.Millisecond))) * time.Millisecond
}
