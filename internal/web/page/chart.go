// SPDX-License-Identifier: Apache-2.0

package page

import (
	"html/template"
	"strconv"
	"strings"
)

// A Bar is one value of a chart.
type Bar struct {
	Label string
	Value int
	Tone  Tone
	Href  string
	Note  string // the value in words, such as 12 / 48; "" is the number
}

// A Chart is a list of bars with its table under a disclosure. Upright bars are
// for time, lying ones for names.
type Chart struct {
	Title   string
	Unit    string
	Bars    []Bar
	Upright bool
}

// Top is the greatest value, at least 1.
func (c Chart) Top() int {
	top := 1
	for _, b := range c.Bars {
		top = max(top, b.Value)
	}
	return top
}

// A Col is a table's column.
type Col struct {
	Text string
	Num  bool // right-aligned figures
}

// A Cell is one field of a table.
type Cell struct {
	Text, Href string
	Tone       Tone // with Tone the text is a pill
}

// A Table is rows of cells, with headings. The first cell of a row names it.
type Table struct {
	Caption string
	Hide    bool // the caption is for screen readers only
	Cols    []Col
	Rows    [][]Cell
	Foot    []Cell
}

// A Map is a drawn map, with what its shades mean and what is to be known of it.
// What it shows is in the list beside it too.
type Map struct {
	Picture template.HTML // "" if nothing is known of where things lie
	Title   string        // what the shades count
	Shades  []Shade
	Notes   []string
	Live    string // how it becomes one that can be moved; "" if it does not
}

// A Shade is one step of a map's legend.
type Shade struct{ Class, Text string }

// bars draws the chart: each bar is a small SVG, its label and value are text, so
// that they keep their size on a telephone and in large type. It needs neither
// script nor style attribute.
func bars(c Chart) template.HTML {
	return written(func(b *strings.Builder) {
		list := "bars"
		if c.Upright {
			list = "columns"
			if len(c.Bars) > 6 {
				list += " many"
			}
		}
		b.WriteString(`<ol class="` + list + `">`)
		for _, bar := range c.Bars {
			b.WriteString(`<li>`)
			if c.Upright {
				span(b, "bars-value", value(bar))
				share := bar.Value * 100 / c.Top()
				drawBar(b, bar.Tone, "-2 0 14 100", 100-share, 10, share)
				span(b, "bars-label", bar.Label)
			} else {
				span(b, "bars-label", bar.Label)
				b.WriteString(`<span class="bars-draw">`)
				drawBar(b, bar.Tone, "0 0 100 10", 0, max(bar.Value*100/c.Top(), 1), 10)
				span(b, "bars-value", value(bar))
				b.WriteString(`</span>`)
			}
			b.WriteString(`</li>`)
		}
		b.WriteString(`</ol>`)
	})
}

func drawBar(b *strings.Builder, tone Tone, box string, y, w, h int) {
	b.WriteString(`<svg viewBox="` + box + `" preserveAspectRatio="none" aria-hidden="true"><rect class="bar t-` + string(tone.known()) +
		`" y="` + strconv.Itoa(y) + `" width="` + strconv.Itoa(w) + `" height="` + strconv.Itoa(h) + `"/></svg>`)
}

func span(b *strings.Builder, class, s string) {
	b.WriteString(`<span class="` + class + `">`)
	escape(b, s)
	b.WriteString(`</span>`)
}

func value(bar Bar) string {
	if bar.Note != "" {
		return bar.Note
	}
	return Number(bar.Value)
}

// Label is the heading of column i, which stands before the figure where a row of the
// table is shown as lines, on a telephone.
func (t Table) Label(i int) string {
	if i < len(t.Cols) {
		return t.Cols[i].Text
	}
	return ""
}

// IsNum reports whether column i holds figures.
func (t Table) IsNum(i int) bool { return i < len(t.Cols) && t.Cols[i].Num }
