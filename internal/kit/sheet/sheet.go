// SPDX-License-Identifier: Apache-2.0

// Package sheet writes tables for people who open them in a spreadsheet: as CSV,
// or as a workbook. [Open] reads the files that they hand in.
//
// What people wrote is text and stays text: a cell that begins with what a
// spreadsheet would take for a formula is written so that it is not computed.
package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// A Format is the kind of file.
type Format string

// The formats.
const (
	CSV  Format = "csv"  // UTF-8 with the mark that spreadsheets know it by
	XLSX Format = "xlsx" // a workbook of one sheet
)

// Type is the format's media type.
func (f Format) Type() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// A Writer writes a table row by row; the first names the columns, and stays in view in
// a workbook. Nothing is sure to be written before Close.
type Writer interface {
	// Row writes one row. A cell is a string, an int, a float64 of two decimals, a bool (1
	// or empty), a Day, or a time.Time, which is written to the minute; a zero time is
	// empty. In a workbook numbers are numbers and times are times, and can be reckoned
	// with; a string is a text, whatever it looks like.
	Row(cells ...any) error
	Close() error
}

// A Day is a date without a time of day.
type Day time.Time

// New begins a table. name is the sheet's, widths are those of its columns in
// characters; a CSV file has neither.
func New(w io.Writer, f Format, name string, widths ...float64) (Writer, error) {
	switch f {
	case CSV:
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return nil, err
		}
		return &commas{csv.NewWriter(w)}, nil
	case XLSX:
		return newBook(w, name, widths)
	}
	return nil, fmt.Errorf("sheet: unknown format %q", f)
}

// plain is a cell as it stands in a text.
func plain(cell any) string {
	switch c := cell.(type) {
	case string:
		return harmless(c)
	case int:
		return strconv.Itoa(c)
	case float64:
		return strconv.FormatFloat(c, 'f', 2, 64)
	case bool:
		if c {
			return "1"
		}
		return ""
	case Day:
		return dated(time.Time(c), time.DateOnly)
	case time.Time:
		return dated(c, "2006-01-02 15:04")
	}
	return harmless(fmt.Sprint(cell))
}

func dated(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

type commas struct{ w *csv.Writer }

// Row implements Writer.
func (c *commas) Row(cells ...any) error {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = plain(cell)
	}
	return c.w.Write(row)
}

// Close implements Writer.
func (c *commas) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// harmless puts an apostrophe before what a spreadsheet would compute, also behind
// spaces, which some of them pass over, and before digits that it would shorten: a
// telephone that begins with 0, a long number of a document.
func harmless(s string) string {
	if strings.Trim(s, "0123456789") == "" && (len(s) > 1 && s[0] == '0' || len(s) > 11) {
		return "'" + s
	}
	if t := strings.TrimLeft(s, " \u00a0\u3000"); t != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", firstRune(t)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// maxCell is the most characters a cell of a workbook holds.
const maxCell = 32_767

type book struct {
	to    io.Writer
	f     *excelize.File
	s     *excelize.StreamWriter
	row   int
	looks map[string]int // the styles, by their number formats; "" is the head's
}

// The looks of cells in a workbook.
const (
	minute  = "yyyy-mm-dd hh:mm"
	date    = "yyyy-mm-dd"
	decimal = "0.00"
	heading = ""
)

func newBook(to io.Writer, name string, widths []float64) (*book, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", sheetName(name)); err != nil {
		return nil, err
	}
	b := &book{to: to, f: f, looks: map[string]int{}}
	for _, format := range []string{minute, date, decimal, heading} {
		style := &excelize.Style{CustomNumFmt: &format}
		if format == heading {
			style = &excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}
		}
		look, err := f.NewStyle(style)
		if err != nil {
			return nil, err
		}
		b.looks[format] = look
	}
	s, err := f.NewStreamWriter(sheetName(name))
	if err != nil {
		return nil, err
	}
	for i, w := range widths {
		if err := s.SetColWidth(i+1, i+1, w); err != nil {
			return nil, err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	b.s = s
	return b, nil
}

// sheetName is a name that a workbook allows.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(strings.TrimSpace(s)); len(r) > 0 {
		return string(r[:min(len(r), 31)])
	}
	return "1"
}

// Row implements Writer. A text is stored as one, which no program computes.
func (b *book) Row(cells ...any) error {
	b.row++
	row := make([]any, len(cells))
	for i, cell := range cells {
		row[i] = b.cell(cell)
	}
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	return b.s.SetRow(at, row)
}

// cell is a cell as the workbook takes it; nil for none.
func (b *book) cell(cell any) any {
	switch c := cell.(type) {
	case int:
		return c
	case float64:
		return excelize.Cell{StyleID: b.looks[decimal], Value: math.Round(c*100) / 100}
	case bool:
		if c {
			return 1
		}
		return nil
	case Day:
		return b.moment(time.Time(c), date)
	case time.Time:
		return b.moment(c, minute)
	}
	s := fmt.Sprint(cell)
	if s == "" {
		return nil
	}
	if r := []rune(s); len(r) > maxCell {
		s = string(r[:maxCell])
	}
	if b.row == 1 {
		return excelize.Cell{StyleID: b.looks[heading], Value: s}
	}
	return s
}

// moment is a time as workbooks count it, which know no zones: in days, the clock on
// the wall, from the last but one of 1899 on.
func (b *book) moment(t time.Time, look string) any {
	if t.IsZero() {
		return nil
	}
	_, beyond := t.Zone()
	n := t.Truncate(time.Minute).Unix() + int64(beyond)
	if look == date {
		n -= n % 86400
	}
	// A little more than exactly: programs that cut off would show the minute before.
	const hundredth = 1e-7 // of a second, in days
	days := float64(n)/86400 + 25569
	if look == minute {
		days += hundredth
	}
	return excelize.Cell{StyleID: b.looks[look], Value: days}
}

// Close implements Writer.
func (b *book) Close() error {
	if err := b.s.Flush(); err != nil {
		return err
	}
	if err := b.f.Write(b.to); err != nil {
		return err
	}
	return b.f.Close()
}
