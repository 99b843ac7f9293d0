// SPDX-License-Identifier: Apache-2.0

package form

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
)

// Line reads one line of text of at most most characters, without the spaces
// around it. Empty is no fault; broken UTF-8, control characters, line breaks
// and too much are, and then the result is "".
func (f *Form) Line(name string, most int) string {
	return f.text(name, f.one(name), most, false)
}

// Text reads text of several lines, of at most most characters, line ends as
// "\n", without the spaces around it. Faults are those of Line.
func (f *Form) Text(name string, most int) string {
	return f.text(name, strings.ReplaceAll(f.one(name), "\r\n", "\n"), most, true)
}

func (f *Form) one(name string) string {
	if f == nil || len(f.values[name]) == 0 {
		return ""
	}
	return f.values[name][0]
}

func (f *Form) text(name, v string, most int, lines bool) string {
	v = strings.TrimSpace(v)
	switch n := utf8.RuneCountInString(v); {
	case !utf8.ValidString(v):
		f.Fault(name, "form.utf8")
	case n > most:
		f.Fault(name, "form.long", most, n-most)
	case strings.ContainsFunc(v, func(c rune) bool { return isControl(c) && !(lines && (c == '\n' || c == '\t')) }):
		f.Fault(name, "form.control")
	default:
		return v
	}
	return ""
}

// isControl reports letters that nobody types: control characters, and those
// that turn the direction of writing and so can make text lie.
func isControl(c rune) bool {
	return unicode.IsControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0xFEFF
}

// Secret reads a password or code of at most most bytes exactly as typed. It is
// never shown again: the field is emptied.
func (f *Form) Secret(name string, most int) string {
	v := f.one(name)
	if f != nil && f.values != nil {
		delete(f.values, name)
	}
	switch {
	case len(v) > most:
		f.Fault(name, "form.long", most, len(v)-most)
	case !utf8.ValidString(v):
		f.Fault(name, "form.utf8")
	default:
		return v
	}
	return ""
}

// Int reads a whole number between least and most; full-width digits are
// understood. Empty is 0 without a fault, whatever least is.
func (f *Form) Int(name string, least, most int) int {
	v := halfWidth(strings.TrimSpace(f.one(name)))
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	switch {
	case err != nil && !isNumber(v):
		f.Fault(name, "form.number")
	case err != nil || n < least || n > most:
		f.Fault(name, "form.range", least, most)
	default:
		return n
	}
	return 0
}

func isNumber(v string) bool {
	v = strings.TrimPrefix(v, "-")
	return v != "" && !strings.ContainsFunc(v, func(c rune) bool { return c < '0' || c > '9' })
}

// Number reads a decimal number between least and most, such as a coordinate.
// ok is false when the field is empty or at fault.
func (f *Form) Number(name string, least, most float64) (n float64, ok bool) {
	v := halfWidth(strings.TrimSpace(f.one(name)))
	if v == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(v, 64)
	switch {
	case err != nil || n != n:
		f.Fault(name, "form.number")
	case n < least || n > most:
		f.Fault(name, "form.range", strconv.FormatFloat(least, 'f', -1, 64), strconv.FormatFloat(most, 'f', -1, 64))
	default:
		return n, true
	}
	return 0, false
}

// halfWidth writes the digits of Chinese keyboards as the machine's.
func halfWidth(v string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '０' && c <= '９':
			return c - '０' + '0'
		case c == '－':
			return '-'
		case c == '．':
			return '.'
		}
		return c
	}, v)
}

// ID reads a record's number. Empty is 0 without a fault.
func (f *Form) ID(name string) id.ID {
	d, ok := readID(f.one(name))
	if !ok {
		f.Fault(name, "form.id")
	}
	return d
}

// IDs reads the numbers of chosen records, each once, at most most of them.
func (f *Form) IDs(name string, most int) []id.ID {
	if f == nil {
		return nil
	}
	var ds []id.ID
	for _, v := range f.values[name] {
		d, ok := readID(v)
		switch {
		case !ok:
			f.Fault(name, "form.id")
			return nil
		case d == 0 || slices.Contains(ds, d):
			continue
		case len(ds) == most:
			f.Fault(name, "form.many", most)
			return nil
		}
		ds = append(ds, d)
	}
	return ds
}

func readID(v string) (id.ID, bool) {
	v = strings.TrimSpace(v)
	if v == "" {
		return 0, true
	}
	d, err := id.Parse(v)
	return d, err == nil
}

// Choice reads one of the choices. Empty is "" without a fault.
func (f *Form) Choice(name string, choices ...string) string {
	v := f.one(name)
	if v != "" && !slices.Contains(choices, v) {
		f.Fault(name, "form.choice")
		return ""
	}
	return v
}

// Choices reads any number of the choices, each once.
func (f *Form) Choices(name string, choices ...string) []string {
	if f == nil {
		return nil
	}
	var vs []string
	for _, v := range f.values[name] {
		switch {
		case v == "" || slices.Contains(vs, v):
		case !slices.Contains(choices, v):
			f.Fault(name, "form.choice")
			return nil
		default:
			vs = append(vs, v)
		}
	}
	return vs
}

// Bool reads a box that is ticked or not.
func (f *Form) Bool(name string) bool {
	switch f.one(name) {
	case "", "0", "no", "false", "off":
		return false
	}
	return true
}

// Date reads a day such as 2026-03-05 as its first moment in the town's zone.
// Empty is the zero time without a fault.
func (f *Form) Date(name string) time.Time {
	return f.moment(name, "2006-01-02")
}

// Moment reads a day and minute such as 2026-03-05T16:30 in the town's zone.
func (f *Form) Moment(name string) time.Time {
	return f.moment(name, "2006-01-02T15:04")
}

func (f *Form) moment(name, layout string) time.Time {
	v := strings.TrimSpace(f.one(name))
	if v == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(layout, v, i18n.Zone)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		f.Fault(name, "form.date")
		return time.Time{}
	}
	return t
}
