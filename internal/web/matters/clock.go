// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

// clockPage is how the due times of a matter came about.
type clockPage struct {
	page.Base
	Head   page.Head
	Clocks []clockSheet
	Back   string
}

// A clockSheet is one clock with every stretch of time that counts in it, or does
// not.
type clockSheet struct {
	Title   string
	Pill    page.Pill
	Facts   []page.Fact
	Warning page.Note // shown if it has a Text
	Open    bool      // the stretches are shown without a click
	Table   page.Table
	Before  []page.Table // as it was counted before holidays became known
}

var clocked = page.New[clockPage](files, "clock.html")

// clock explains the due times of a matter to whoever may see it.
func (c *Counter) clock(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("clock.title")
	x, err := c.Matters.Explain(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	return clocked.Show(w, r, c.clockPage(b, x))
}

func (c *Counter) clockPage(b page.Base, x matters.Explained) clockPage {
	m := x.Matter
	v := clockPage{Base: b, Back: "/matters/" + m.Number, Head: page.Head{Kicker: m.Number, Title: b.T("clock.title"), Lead: b.T("clock.lead", m.Title)}}
	for i, k := range x.Clocks {
		s := c.clockSheet(b, x, k)
		s.Open = i == len(x.Clocks)-1 || len(x.Clocks) < 3
		v.Clocks = append(v.Clocks, s)
	}
	return v
}

func (c *Counter) clockSheet(b page.Base, x matters.Explained, k matters.Reckoning) clockSheet {
	s := clockSheet{Title: b.T("clock.stage." + string(k.Run.Stage)), Pill: c.clockPill(b, k), Table: clockTable(b, k.Derivation)}
	if u := c.unit(b.Lang, k.Unit); u != "" {
		s.Title = b.T("form.at", s.Title, u)
	}
	fact := func(key, value string) {
		if value != "" {
			s.Facts = append(s.Facts, page.Fact{Label: b.T(key), Value: value})
		}
	}
	var limits []string
	for _, l := range k.Legs {
		said := l.Limit.Say(b.Lang)
		if l.Extends {
			said = b.T("when.extended", said)
		}
		limits = append(limits, said)
	}
	fact("clock.limit", strings.Join(limits, " + "))
	fact("clock.from", i18n.Exact(b.Lang, k.Run.Begun()))
	if k.Due.IsZero() {
		fact("clock.due", b.T("clock.stands", when.SayTime(b.Lang, k.Left)))
	} else {
		fact("clock.due", i18n.Exact(b.Lang, k.Due))
	}
	if e := k.Ended; e != nil {
		fact("clock.ended", i18n.Exact(b.Lang, e.EndedAt))
		if over := e.TakenLonger(); over > 0 {
			fact("clock.over", i18n.Span(b.Lang, over))
		}
	}
	if x.View == matters.Inside {
		if k.Run.Stage == matters.StageWhole || k.Run.Rules != x.Clocks[0].Run.Rules || k.Run.Calendar != x.Clocks[0].Run.Calendar { // else it is said of the whole
			fact("clock.rules", c.rulesOf(b, k.Run))
		}
		c.appealFacts(b, k, fact)
	}
	for i, x := range k.Before {
		until := k.Due
		if i+1 < len(k.Before) {
			until = k.Before[i+1].Due
		}
		if !x.Due.Equal(until) {
			fact("clock.before", b.T("clock.before.at", i18n.Exact(b.Lang, x.Due), i18n.When(b.Lang, b.Now, x.Until)))
		}
		s.Before = append(s.Before, clockTable(b, x.Derivation))
	}
	unknown, unheard := when.SayUnknown(b.Lang, k.Unknown), when.SayUnheard(b.Lang, k.Unheard)
	switch {
	case unknown != "" && k.Ended == nil:
		s.Warning = page.Note{Tone: page.ToneSoon, Text: b.T("clock.provisional", unknown)}
	case unknown != "" || unheard != "":
		s.Warning = page.Note{Tone: page.ToneQuiet, Text: when.SayUnheard(b.Lang, append(k.Unheard, k.Unknown...))}
	}
	return s
}

// clockPill says how a clock stands, or how it ended, as a word, a shape and a
// colour.
func (c *Counter) clockPill(b page.Base, k matters.Reckoning) page.Pill {
	if e := k.Ended; e != nil {
		switch {
		case e.Late && k.Appeal != nil && k.Appeal.Excused():
			return page.Pill{Text: b.T("clock.was_late.excused"), Tone: page.ToneQuiet}
		case e.Late:
			return page.Pill{Text: b.T("clock.was_late"), Tone: page.ToneLate}
		}
		return page.Pill{Text: b.T("clock.was_in_time"), Tone: page.ToneDone}
	}
	if k.Due.IsZero() {
		return page.Pill{Text: b.T("clock.paused"), Tone: page.ToneQuiet}
	}
	_, l := k.Used(b.Now)
	return page.Pill{Text: b.T(l.Key()), Tone: lightTones[l]}
}

var lightTones = map[when.Light]page.Tone{when.Green: page.ToneDone, when.Yellow: page.ToneSoon, when.Red: page.ToneLate}

// rulesOf names the limits and the calendar by which a clock runs, for those who
// want to look them up.
func (c *Counter) rulesOf(b page.Base, r matters.Run) string {
	code, version, _ := strings.Cut(r.Rules, "/")
	version, urgent, _ := strings.Cut(version, "/")
	name := b.T("clock.rules.usual")
	if code != "usual" {
		name = c.Matters.Catalogue().Name(b.Lang, code)
	}
	if urgent != "" {
		name = saying(b, name, b.T("matter.tag.urgent"))
	}
	if version == "0" {
		return b.T("clock.rules.shipped", name, r.Calendar)
	}
	return b.T("clock.rules.of", name, version, r.Calendar)
}

func (c *Counter) appealFacts(b page.Base, k matters.Reckoning, fact func(key, value string)) {
	a := k.Appeal
	if a == nil {
		return
	}
	fact("clock.appeal", b.T("form.at", a.Actor, a.Words))
	if a.Decision != "" {
		fact("clock.appeal."+string(a.Decision), b.T("form.at", a.DecidedBy, a.Reason))
	}
	if x := a.Review; !x.At.IsZero() {
		fact("clock.review", b.T("form.at", x.Actor, x.Words))
		if x.Decision != "" {
			fact("clock.review."+string(x.Decision), b.T("form.at", x.DecidedBy, x.Reason))
		}
	}
}

// clockTable is every stretch of time in order: from when to when, whether and how
// much of it counts, and why.
func clockTable(b page.Base, d when.Derivation) page.Table {
	t := page.Table{Caption: b.T("clock.table"), Hide: true, Cols: []page.Col{{Text: b.T("clock.col.when")}, {Text: b.T("clock.col.counted")}, {Text: b.T("clock.col.why")}}}
	for _, v := range d.Intervals {
		if v.Words != "" { // the state in which the clock stood still
			v.Words = b.T("clock.paused." + v.Words)
		}
		counted := page.Cell{Text: b.T("clock.not_counted")}
		if v.Counted() {
			counted = page.Cell{Text: when.SayTime(b.Lang, v.To.Sub(v.From))}
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: stretch(b, d.From, v.From, v.To)}, counted, {Text: v.Say(b.Lang)}})
	}
	t.Foot = []page.Cell{{Text: b.T("clock.sum")}, {Text: when.SayTime(b.Lang, d.Whole()-d.Left)}, {Text: ""}}
	return t
}

// stretch is from when to when, of a clock that began at a moment: the day once if it is
// the same, its year only if it is another than at the beginning.
func stretch(b page.Base, begun, from, to time.Time) string {
	day := func(t time.Time) string {
		t = t.In(when.Zone)
		return i18n.Day(b.Lang, t, begun.In(when.Zone).Year()) + " " + t.Format("15:04")
	}
	if to.IsZero() {
		return b.T("clock.since", day(from))
	}
	f, u := from.In(when.Zone), to.In(when.Zone)
	if f.YearDay() == u.YearDay() && f.Year() == u.Year() {
		return day(from) + " – " + u.Format("15:04")
	}
	return day(from) + " – " + day(to)
}
