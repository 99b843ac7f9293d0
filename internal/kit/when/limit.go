// SPDX-License-Identifier: Apache-2.0

package when

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"yuanba/internal/kit/errs"
)

// A Unit is how a limit is counted.
type Unit string

// The units.
const (
	UrgentHours  Unit = "urgent_hours"  // 紧急工作时: by the clock on the wall, day and night
	WorkHours    Unit = "work_hours"    // 工作时: only while work is done
	WorkDays     Unit = "work_days"     // 工作日: days on which work is done
	CalendarDays Unit = "calendar_days" // 自然日: all days
)

// Units lists the units, the shortest first.
var Units = []Unit{UrgentHours, WorkHours, WorkDays, CalendarDays}

// Key is the message that names n of the unit.
func (u Unit) Key() string { return "when." + string(u) }

// A Limit is how long something may take. The zero Limit is no time at all.
type Limit struct {
	N    int
	Unit Unit
}

// MaxLimit is the greatest N of a limit: some forty years of working days.
const MaxLimit = 10_000

// written is a limit as people write it, in either language.
var written = regexp.MustCompile(`^(\d{1,5})\s*(?:个|個)?\s*(\S.*)$`)

// words are the units as people name them. The first English one of a unit is
// the one that String writes.
var words = []struct {
	unit  Unit
	names []string
}{
	{UrgentHours, []string{"urgent hour", "hour", "紧急工作时", "紧急工作小时", "小时"}},
	{WorkHours, []string{"working hour", "work hour", "office hour", "business hour", "工作时", "工作小时"}},
	{WorkDays, []string{"working day", "work day", "workday", "business day", "工作日", "工作天"}},
	{CalendarDays, []string{"calendar day", "day", "自然日", "日历天", "天", "日"}},
}

// Parse reads a limit such as "5 working days", "5个工作日", "4 working hours",
// "2小时" or "15 days"; what String writes it reads back. Anything else, and a
// limit of nothing or beyond [MaxLimit], is Invalid beside "limit".
func Parse(s string) (Limit, error) {
	m := written.FindStringSubmatch(strings.ToLower(strings.TrimSpace(width.Fold.String(s))))
	if m == nil {
		return Limit{}, errs.At("limit", "when.limit")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 || n > MaxLimit {
		return Limit{}, errs.At("limit", "when.limit")
	}
	name := strings.Join(strings.Fields(m[2]), " ")
	for _, w := range words {
		if slices.Contains(w.names, name) || slices.Contains(w.names, strings.TrimSuffix(name, "s")) {
			return Limit{n, w.unit}, nil
		}
	}
	return Limit{}, errs.At("limit", "when.limit")
}

// String is the limit in English, as Parse reads it: "5 working days".
func (l Limit) String() string {
	name := "no unit"
	for _, w := range words {
		if w.unit == l.Unit {
			name = w.names[0]
		}
	}
	if l.N != 1 {
		name += "s"
	}
	return strconv.Itoa(l.N) + " " + name
}

// MarshalText is String.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is Parse.
func (l *Limit) UnmarshalText(b []byte) (err error) {
	*l, err = Parse(string(b))
	return err
}
