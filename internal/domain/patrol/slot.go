// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"time"

	"yuanba/internal/kit/i18n"
)

// A Slot is one of the two windows of a day, counted from the beginning of 1970 in the
// town's time: an even one is a morning's, the next the afternoon's.
type Slot int64

// noon is the hour from which on what is done belongs to the afternoon. The windows of both
// lie on their side of it: see [Hours].
const noon = 13

// SlotAt is the slot that the moment belongs to.
func SlotAt(t time.Time) Slot {
	t = t.In(i18n.Zone)
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
	s := Slot(2 * day)
	if t.Hour() >= noon {
		s++
	}
	return s
}

// Morning is the first slot of the slot's day.
func (s Slot) Morning() Slot { return s &^ 1 }

// IsMorning reports whether it is the first of its day.
func (s Slot) IsMorning() bool { return s&1 == 0 }

// Date is the beginning of its day in the town.
func (s Slot) Date() time.Time {
	d := time.Unix(int64(s>>1)*86400, 0).UTC()
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, i18n.Zone)
}

// Week is the slot with which the week of the slot begins: a Monday's morning.
func (s Slot) Week() Slot {
	day := int64(s >> 1)
	return Slot(2 * (day - (day+3)%7)) // 1970 began on a Thursday
}
