// SPDX-License-Identifier: Apache-2.0

package i18n

import (
	"strconv"
	"time"
	_ "time/tzdata" // the town's zone, on machines without a zone database
)

// Zone is the town's time: every date people read is in it.
var Zone = mustZone("Asia/Shanghai")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone database is in the binary
	}
	return z
}

// days returns how many midnights lie between now and t: 0 today, -1 yesterday.
func days(now, t time.Time) int {
	return dayNumber(t) - dayNumber(now)
}

func dayNumber(t time.Time) int {
	y, m, d := t.In(Zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// When returns t as people at the counter say it: 今天 16:30, 昨天 16:30,
// 明天 09:00, 3月5日, 2025年3月5日. A zero t is "".
func When(lang Lang, now, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	local := t.In(Zone)
	switch days(now, t) {
	case 0:
		return T(lang, "time.today", local.Format("15:04"))
	case -1:
		return T(lang, "time.yesterday", local.Format("15:04"))
	case 1:
		return T(lang, "time.tomorrow", local.Format("15:04"))
	}
	return date(lang, local, local.Year() != now.In(Zone).Year())
}

// Ago returns how long ago t was: 刚刚, 5 分钟前, 3 小时前, 昨天, 3 天前, and from
// a week on the date. A t that is still to come is said as by [When].
func Ago(lang Lang, now, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	d, past := now.Sub(t), -days(now, t)
	switch {
	case d < 0:
		return When(lang, now, t)
	case d < time.Minute:
		return T(lang, "time.now")
	case d < time.Hour:
		return T(lang, "time.ago.minutes", int(d/time.Minute))
	case past == 0:
		return T(lang, "time.ago.hours", int(d/time.Hour))
	case past == 1:
		return T(lang, "time.ago.yesterday")
	case past < 7:
		return T(lang, "time.ago.days", past)
	}
	return date(lang, t.In(Zone), t.In(Zone).Year() != now.In(Zone).Year())
}

// Left returns how long until due by the clock on the wall: 还剩 2 天, 还剩 3 小时,
// 已超 20 分钟. Deadlines in working time are counted by package when and said with
// [LeftDays]. A zero due is "".
func Left(lang Lang, now, due time.Time) string {
	if due.IsZero() {
		return ""
	}
	d := due.Sub(now)
	if d < 0 {
		return T(lang, "time.over", Span(lang, -d))
	}
	return T(lang, "time.left", Span(lang, d))
}

// LeftDays returns 还剩 2 个工作日 or, for n below zero, 已超 2 个工作日. 0 is 今天到期.
func LeftDays(lang Lang, n int) string {
	switch {
	case n < 0:
		return T(lang, "time.over", T(lang, "time.workdays", -n))
	case n == 0:
		return T(lang, "time.due.today")
	}
	return T(lang, "time.left", T(lang, "time.workdays", n))
}

// Span returns a length of time in its largest whole unit, two units under a
// day: 2 天, 1 小时 40 分, 20 分钟. Less than a minute is said as one.
func Span(lang Lang, d time.Duration) string {
	d = d.Abs()
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case h >= 24:
		return T(lang, "time.days", h/24)
	case h > 0 && m > 0 && h < 6:
		return T(lang, "time.hours.minutes", h, m)
	case h > 0:
		return T(lang, "time.hours", h)
	}
	return T(lang, "time.minutes", max(m, 1))
}

// Date returns the day in full: 2026年3月5日, 5 March 2026.
func Date(lang Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return date(lang, t.In(Zone), true)
}

// Day returns the day with its day of the week: 3月5日（周四）, Thu 5 March; with the year
// if that is another than this year.
func Day(lang Lang, t time.Time, this int) string {
	local := t.In(Zone)
	return T(lang, "time.day", date(lang, local, local.Year() != this), T(lang, "time.weekday."+strconv.Itoa(int(local.Weekday()))))
}

// Exact returns day and minute in full, for titles and print.
func Exact(lang Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	local := t.In(Zone)
	return date(lang, local, true) + " " + local.Format("15:04")
}

func date(lang Lang, local time.Time, year bool) string {
	y, m, d := local.Date()
	if lang == EN {
		s := strconv.Itoa(d) + " " + m.String()
		if year {
			s += " " + strconv.Itoa(y)
		}
		return s
	}
	s := strconv.Itoa(int(m)) + "月" + strconv.Itoa(d) + "日"
	if year {
		s = strconv.Itoa(y) + "年" + s
	}
	return s
}
