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

// A Writer writes a table row by row. Nothing is sure to be written before Close.
type Writer interface {
	// Row writes one row. A cell is a string, an int, a bool (1 or empty) or a
	// time.Time, which is written to the minute; its zero is empty.
	Row(cells ...any) error
	Close() error
}

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

// text is a cell as text; number is set if it is one.
func text(cell any) (s string, number int, isNumber bool) {
	switch c := cell.(type) {
	case string:
		return c, 0, false
	case int:
		return "", c, true
	case bool:
		if c {
			return "", 1, true
		}
		return "", 0, false
	case time.Time:
		if c.IsZero() {
			return "", 0, false
		}
		return c.Format("2006-01-02 15:04"), 0, false
	}
	return fmt.Sprint(cell), 0, false
}

type commas struct{ w *csv.Writer }

// Row implements Writer.
func (c *commas) Row(cells ...any) error {
	row := make([]string, len(cells))
	for i, cell := range cells {
		s, n, isNumber := text(cell)
		if isNumber {
			s = strconv.Itoa(n)
		} else {
			s = harmless(s)
		}
		row[i] = s
	}
	return c.w.Write(row)
}

// Close implements Writer.
func (c *commas) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// harmless puts an apostrophe before what a spreadsheet would compute, also
// behind spaces, which some of them pass over.
func harmless(s string) string {
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
	to  io.Writer
	f   *excelize.File
	s   *excelize.StreamWriter
	row int
}

func newBook(to io.Writer, name string, widths []float64) (*book, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", sheetName(name)); err != nil {
		return nil, err
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
	return &book{to: to, f: f, s: s}, nil
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
		s, n, isNumber := text(cell)
		switch {
		case isNumber:
			row[i] = n
		case s != "":
			if r := []rune(s); len(r) > maxCell {
				s = string(r[:maxCell])
			}
			row[i] = s
		}
	}
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	return b.s.SetRow(at, row)
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
