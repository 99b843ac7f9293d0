// SPDX-License-Identifier: Apache-2.0

package page

import (
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"
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

// bars draws the chart as an SVG that needs neither script nor style attribute.
func bars(c Chart) template.HTML {
	return written(func(b *strings.Builder) {
		if c.Upright {
			upright(b, c)
		} else {
			lying(b, c)
		}
	})
}

func lying(b *strings.Builder, c Chart) {
	const rowHeight, labelWidth, barWidth = 30, 150, 280
	open(b, c, 500, rowHeight*len(c.Bars)+4)
	for i, bar := range c.Bars {
		y := i * rowHeight
		w := bar.Value * barWidth / c.Top()
		text(b, "bar-label", labelWidth-8, y+20, "end", cut(bar.Label, 10))
		rect(b, bar.Tone, labelWidth, y+6, max(w, 2), 18)
		text(b, "bar-value", labelWidth+w+6, y+20, "start", value(bar))
	}
	b.WriteString(`</svg>`)
}

func upright(b *strings.Builder, c Chart) {
	const height, step = 160, 40
	open(b, c, max(step*len(c.Bars), 200), height+44)
	for i, bar := range c.Bars {
		x, h := i*step, bar.Value*height/c.Top()
		rect(b, bar.Tone, x+7, 20+height-h, step-14, max(h, 1))
		text(b, "bar-value", x+step/2, 14+height-h, "middle", value(bar))
		text(b, "bar-label", x+step/2, height+38, "middle", cut(bar.Label, 5))
	}
	b.WriteString(`</svg>`)
}

func value(bar Bar) string {
	if bar.Note != "" {
		return bar.Note
	}
	return Number(bar.Value)
}

func open(b *strings.Builder, c Chart, w, h int) {
	b.WriteString(`<svg class="chart" viewBox="0 0 ` + strconv.Itoa(w) + ` ` + strconv.Itoa(h) + `" role="img" aria-label="`)
	escape(b, c.Title)
	b.WriteString(`">`)
}

func rect(b *strings.Builder, tone Tone, x, y, w, h int) {
	b.WriteString(`<rect class="bar t-` + string(tone.known()) + `" rx="3" x="` + strconv.Itoa(x) + `" y="` + strconv.Itoa(y) +
		`" width="` + strconv.Itoa(w) + `" height="` + strconv.Itoa(h) + `"/>`)
}

func text(b *strings.Builder, class string, x, y int, anchor, s string) {
	b.WriteString(`<text class="` + class + `" text-anchor="` + anchor + `" x="` + strconv.Itoa(x) + `" y="` + strconv.Itoa(y) + `">`)
	escape(b, s)
	b.WriteString(`</text>`)
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n*2 && len(s) <= n*2 || utf8.RuneCountInString(s) <= n {
		return s
	}
	limit := n
	if len(s) == utf8.RuneCountInString(s) {
		limit = n * 2 // Latin letters are half as wide
	}
	rs := []rune(s)
	return string(rs[:min(limit-1, len(rs))]) + "…"
}

// IsNum reports whether column i holds figures.
func (t Table) IsNum(i int) bool { return i < len(t.Cols) && t.Cols[i].Num }
