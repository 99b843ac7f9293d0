// SPDX-License-Identifier: Apache-2.0

package feeds

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ICalType is the media type of a calendar.
const ICalType = "text/calendar"

// A Calendar is a VCALENDAR of RFC 5545, as far as we say anything.
type Calendar struct {
	Name   string
	Lang   string
	Events []Event
}

// An Event is a moment by which something is to be done, or, if it has an end, a time
// that is taken.
type Event struct {
	UID     string
	At      time.Time
	Ends    time.Time // zero: it is a moment, and nobody is busy because of it
	Changed time.Time // when it was last what it is not any more
	Title   string
	Words   string
	Where   string
	URL     string
	Warn    time.Duration // how long before it a calendar may remind; 0 for never
	Off     bool          // it does not take place
}

// Bytes writes the calendar. The same events give the same bytes.
func (c Calendar) Bytes() []byte {
	var w icalWriter
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//Yuanba//Yuanba//"+strings.ToUpper(c.Lang[:2]))
	w.line("CALSCALE", "GREGORIAN")
	w.text("NAME", c.Name)
	w.text("X-WR-CALNAME", c.Name) // what most calendars read
	w.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	w.line("X-PUBLISHED-TTL", "PT1H")
	for _, e := range c.Events {
		w.line("BEGIN", "VEVENT")
		w.text("UID", e.UID)
		w.line("DTSTAMP", utc(e.Changed))
		w.line("LAST-MODIFIED", utc(e.Changed))
		w.line("DTSTART", utc(e.At))
		if e.Ends.IsZero() {
			w.line("TRANSP", "TRANSPARENT") // nobody is busy because something is due
		} else {
			w.line("DTEND", utc(e.Ends))
		}
		if e.Off {
			w.line("STATUS", "CANCELLED")
		}
		w.text("SUMMARY", e.Title)
		if e.Words != "" {
			w.text("DESCRIPTION", e.Words)
		}
		if e.Where != "" {
			w.text("LOCATION", e.Where)
		}
		w.line("URL", e.URL)
		if e.Warn > 0 {
			w.line("BEGIN", "VALARM")
			w.line("ACTION", "DISPLAY")
			w.text("DESCRIPTION", e.Title)
			w.line("TRIGGER", "-PT"+span(e.Warn))
			w.line("END", "VALARM")
		}
		w.line("END", "VEVENT")
	}
	w.line("END", "VCALENDAR")
	return []byte(w.b.String())
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// span is whole hours, as an RFC 5545 duration writes them behind PT.
func span(d time.Duration) string { return strconv.Itoa(int(d/time.Hour)) + "H" }

type icalWriter struct{ b strings.Builder }

var icalText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// text is a line whose value is a TEXT, whatever stands in it.
func (w *icalWriter) text(name, value string) {
	value = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
	w.line(name, icalText.Replace(value))
}

// maxLine is the most bytes of a line, without its end.
const maxLine = 75

// line writes a content line, folded between characters.
func (w *icalWriter) line(name, value string) {
	s, room := name+":"+value, maxLine
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], maxLine-1
	}
	w.b.WriteString(s + "\r\n")
}
