// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"yuanba/internal/kit/errs"
)

// A Table reads the rows of a file that is imported, by the names of their columns:
// CSV whose first line names them, or one JSON object on each line; packed with gzip or
// not. It is for whatever is imported by rows of short texts, in any domain.
type Table struct {
	csv   *table // of a CSV file
	l     *lines // of JSON objects
	also  map[string]string
	needs []string
}

// OpenTable begins to read a file; also maps other names of columns to those that are
// asked for. It is Invalid if a column that is needed is missing from a CSV file.
func OpenTable(r io.Reader, also map[string]string, needed ...string) (*Table, error) {
	l, err := newLines(r)
	if err != nil {
		return nil, err
	}
	t := &Table{l: l, also: also, needs: needed}
	for n := 1; ; n++ {
		head, err := l.r.Peek(n)
		if b := bytes.TrimSpace(head); len(b) > 0 {
			if b[0] == '{' {
				return t, nil
			}
			break
		}
		if err != nil {
			break // nothing but blanks, which columnsOf says
		}
	}
	t.csv, err = columnsOf(l, also, needed...)
	return t, err
}

// Next returns the number of the next row and what is in it: the text of a column, "" if
// there is none. Its error is a *RowFault for a row that cannot be read, after which Next
// may be called again, and io.EOF at the end; another one says that the file cannot be
// read any further.
func (t *Table) Next() (row int, get func(column string) string, err error) {
	if t.csv != nil {
		get, err = t.csv.row()
		return t.csv.record, get, err
	}
	for {
		line, err := t.l.next()
		if err != nil {
			return t.l.row, nil, err
		}
		if err := checkText(line); err != nil {
			return t.l.row, nil, &RowFault{Row: t.l.row, Err: err}
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		cells, err := t.object(line)
		if err != nil {
			return t.l.row, nil, &RowFault{Row: t.l.row, Err: err}
		}
		return t.l.row, func(column string) string { return cells[column] }, nil
	}
}

// object reads a JSON object of texts and numbers.
func (t *Table) object(line []byte) (map[string]string, error) {
	var of map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&of); err != nil || of == nil {
		return nil, errs.New(errs.Invalid, "import.row.json")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errs.New(errs.Invalid, "import.row.json")
	}
	cells := make(map[string]string, len(of))
	for name, v := range of {
		name = strings.ToLower(strings.TrimSpace(name))
		if other, ok := t.also[name]; ok {
			name = other
		}
		switch v := v.(type) {
		case nil:
		case string:
			cells[name] = strings.TrimSpace(v)
		case json.Number:
			cells[name] = v.String()
		default:
			return nil, errs.New(errs.Invalid, "import.row.json")
		}
	}
	for _, n := range t.needs {
		if _, ok := cells[n]; !ok {
			return nil, errs.At(n, "import.column", n)
		}
	}
	return cells, nil
}
