// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
)

// A sheet is what the page says of one clock, as text.
type sheet struct {
	title string
	facts map[string]string
	rows  [][]string // of the table of its stretches, the sum last
}

// sheets reads the page.
func sheets(t *testing.T, body string) (all []sheet) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Data != "section" || !strings.Contains(attr(n, "class"), "sheet") {
			continue
		}
		s := sheet{facts: map[string]string{}}
		label, tables := "", 0
		for x := range n.Descendants() {
			switch x.Data {
			case "h2":
				s.title = textOf(x)
			case "dt":
				label = textOf(x)
			case "dd":
				if s.facts[label] == "" {
					s.facts[label] = textOf(x)
				}
			case "table":
				tables++
			case "tr":
				var row []string
				for c := range x.ChildNodes() {
					if c.Data == "td" || c.Data == "th" {
						row = append(row, textOf(c))
					}
				}
				if tables == 1 {
					s.rows = append(s.rows, row)
				}
			}
		}
		if len(s.rows) > 0 {
			s.rows = s.rows[1:] // the heads
			all = append(all, s)
		}
	}
	return all
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// A day as the page writes it, without and with its day of the week.
var (
	dayZH = regexp.MustCompile(`^(?:(\d+)年)?(\d+)月(\d+)日(?:（周(.)）)? (\d\d):(\d\d)$`)
	dayEN = regexp.MustCompile(`^(?:(...) )?(\d+) ([A-Z][a-z]+)(?: (\d{4}))? (\d\d):(\d\d)$`)
)

// moment reads a day and a time as the page writes them, or a time alone of the day
// of the moment before. A year that is not written is that of the beginning.
func moment(t *testing.T, lang i18n.Lang, said string, year int, before time.Time) time.Time {
	t.Helper()
	if len(said) == len("15:04") {
		at, err := time.ParseInLocation("2006-01-02 15:04", before.In(i18n.Zone).Format("2006-01-02 ")+said, i18n.Zone)
		if err != nil {
			t.Fatalf("no time: %q", said)
		}
		return at
	}
	n := func(s string) int { n, _ := strconv.Atoi(s); return n }
	var at time.Time
	var weekday, want string
	if m := dayZH.FindStringSubmatch(said); lang == i18n.ZH && m != nil {
		if m[1] != "" {
			year = n(m[1])
		}
		at = time.Date(year, time.Month(n(m[2])), n(m[3]), n(m[5]), n(m[6]), 0, 0, i18n.Zone)
		weekday, want = m[4], string([]rune("日一二三四五六")[at.Weekday()])
	} else if m := dayEN.FindStringSubmatch(said); lang == i18n.EN && m != nil {
		if m[4] != "" {
			year = n(m[4])
		}
		month, err := time.Parse("January", m[3])
		if err != nil {
			t.Fatalf("no month: %q", said)
		}
		at = time.Date(year, month.Month(), n(m[2]), n(m[5]), n(m[6]), 0, 0, i18n.Zone)
		weekday, want = m[1], at.Weekday().String()[:3]
	} else {
		t.Fatalf("no time: %q", said)
	}
	if weekday != "" && weekday != want {
		t.Errorf("%q was a %s", said, at.Weekday())
	}
	return at
}

var hoursSaid, minutesSaid = regexp.MustCompile(`(\d+|one) (?:小时|h)`), regexp.MustCompile(`(\d+|one) (?:分钟|min)`)

// span reads a length of time.
func span(said string) time.Duration {
	n := func(r *regexp.Regexp) int {
		m := r.FindStringSubmatch(said)
		if m == nil {
			return 0
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
		return 1
	}
	return time.Duration(n(hoursSaid))*time.Hour + time.Duration(n(minutesSaid))*time.Minute
}

// Of every matter of the demonstration's town, what the page explains adds up to what
// it says: the stretches lead from the beginning to the end without a gap, what counts
// of them is the sum below, and the end of the whole is what the reporter was promised.
// What the page says is read as a person reads it, to the minute, in both languages.
func TestWhatTheClockPageSaysAddsUp(t *testing.T) {
	t.Parallel()
	w := open(t)
	v := w.visit("audit")
	var numbers []string
	for before := matters.ID(0); ; {
		page, err := w.Matters.List(t.Context(), scope.Program("test"), matters.Filter{Before: before, Most: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range page.Cards {
			numbers, before = append(numbers, k.Number), k.ID
		}
		if !page.More {
			break
		}
	}
	extended := false // the small town need not have anything that was
	for _, number := range numbers {
		m, by := w.whole(number).Matter, scope.Program("test")
		if m.State != matters.Handling || !w.Clock.Now().Before(m.Due) || m.Extensions > 0 || m.Clocks.Wanted != nil {
			continue
		}
		if err := w.Matters.AskExtension(t.Context(), by, m.ID, when.Limit{N: 1, Unit: m.Clocks.Stage.Limit().Unit}, "配件还在路上，明天才到。"); err != nil {
			continue
		}
		if err := w.Matters.Extend(t.Context(), by, m.ID, ""); err != nil {
			t.Fatal(err)
		}
		extended = true
		break
	}
	clocks, ended, paused, counted := 0, 0, 0, 0
	for i, number := range numbers {
		lang := []i18n.Lang{i18n.ZH, i18n.EN}[i%2]
		a := v.get("/matters/" + number + "/clock?lang=" + string(lang)).is(200)
		m := w.whole(number).Matter
		for j, s := range sheets(t, a.body) {
			clocks++
			at := moment(t, lang, s.facts[i18n.T(lang, "clock.from")], 0, time.Time{})
			year := at.Year()
			if s.facts[i18n.T(lang, "clock.ended")] != "" {
				ended++
			}
			sum, last := time.Duration(0), s.rows[len(s.rows)-1]
			rows := s.rows[:len(s.rows)-1]
			open := false
			for _, row := range rows {
				from, to, closed := strings.Cut(row[0], " – ")
				if !closed { // a pause that goes on
					open = true
					if since := i18n.T(lang, "clock.since", i18n.Day(lang, at, year)+at.Format(" 15:04")); row[0] != since {
						t.Errorf("%s, %s: %q follows on %s", number, s.title, row[0], at)
					}
					continue
				}
				begin := moment(t, lang, from, year, time.Time{})
				if !begin.Equal(at) {
					t.Errorf("%s, %s: %q does not follow on %s", number, s.title, row[0], at)
				}
				at = moment(t, lang, to, year, begin)
				if at.Before(begin) {
					t.Errorf("%s, %s: %q runs backwards", number, s.title, row[0])
				}
				if d := span(row[1]); d > 0 {
					counted++
					if over := at.Sub(begin) - d; over < -time.Minute || over > time.Minute {
						t.Errorf("%s, %s: %q counts for %q", number, s.title, row[0], row[1])
					}
					sum += d
				}
			}
			if off := (span(last[1]) - sum).Abs(); off > time.Duration(len(rows))*time.Minute {
				t.Errorf("%s, %s: the stretches add up to %s, the sum says %q", number, s.title, sum, last[1])
			}
			due := s.facts[i18n.T(lang, "clock.due")]
			if open {
				paused++
				continue
			}
			if end := moment(t, lang, due, 0, time.Time{}); !end.Equal(at) {
				t.Errorf("%s, %s: due %q, and the stretches lead to %s", number, s.title, due, at)
			}
			if j == 0 && due != i18n.Exact(lang, m.Promised) {
				t.Errorf("%s: promised for %s, and the page says %q", number, m.Promised, due)
			}
			if stage := m.State.Stage(); stage != "" && m.TurnUnit != 0 && j == len(sheets(t, a.body))-1 && due != i18n.Exact(lang, m.Due) {
				t.Errorf("%s: due %s, and the page says %q", number, m.Due, due)
			}
		}
	}
	if clocks < 4*len(numbers)/2 || ended == 0 || paused == 0 || counted < clocks {
		t.Errorf("of %d matters %d clocks were read, %d ended, %d paused, %d stretches that count: nothing is tried here", len(numbers), clocks, ended, paused, counted)
	}
	if !extended && !slices.ContainsFunc(numbers, func(n string) bool { return w.whole(n).Matter.Extensions > 0 }) {
		t.Error("nothing was extended")
	}
}
