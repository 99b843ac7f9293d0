// SPDX-License-Identifier: Apache-2.0

package when

import (
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/i18n"
)

// Say is why the stretch counts or does not, in the reader's words.
func (v Interval) Say(lang i18n.Lang) string {
	said := i18n.T(lang, v.Why.Key(), v.Name.In(lang))
	if v.Words != "" {
		said += i18n.T(lang, "when.colon") + v.Words
	}
	if v.Extends && v.Counted() {
		return i18n.T(lang, "when.extended", said)
	}
	return said
}

// Say is the limit in the reader's words.
func (l Limit) Say(lang i18n.Lang) string { return i18n.T(lang, l.Unit.Key(), l.N) }

// SayTime is a length of counted time in hours and minutes; what is less than a
// minute is left out.
func SayTime(lang i18n.Lang, d time.Duration) string {
	h, m := int(d/time.Hour), int(d/time.Minute)%60
	switch {
	case m == 0:
		return i18n.T(lang, "when.span.hours", h)
	case h == 0:
		return i18n.T(lang, "when.span.minutes", m)
	}
	return i18n.T(lang, "when.span.both", h, m)
}

// SayUnheard says that a limit was counted when the holidays of years were not known,
// though now they are; "" if there are none.
func SayUnheard(lang i18n.Lang, years []int) string { return sayYears(lang, "when.unheard", years) }

// SayUnknown warns that the holidays of years are not known; "" if there are none.
func SayUnknown(lang i18n.Lang, years []int) string { return sayYears(lang, "when.unknown", years) }

func sayYears(lang i18n.Lang, key string, years []int) string {
	if len(years) == 0 {
		return ""
	}
	var ys []string
	for _, y := range years {
		ys = append(ys, strconv.Itoa(y))
	}
	return i18n.T(lang, key, strings.Join(ys, i18n.T(lang, "when.comma")))
}
