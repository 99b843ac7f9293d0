// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sheet"
)

// Limits of a file that is imported.
const (
	maxImport    = 1 << 30   // bytes, unpacked
	maxImportRow = 256 << 10 // bytes of one row
	maxForeignID = 80        // characters
	maxBlank     = 100_000   // empty lines in a file: more are no list of anything
)

// An ImportReader reads matters from a file of another system, one by one.
type ImportReader interface {
	// Next returns the next row. Its error is a *RowFault for a row that cannot
	// be read, after which Next may be called again, and io.EOF at the end;
	// another one says that the file cannot be read any further.
	Next() (Foreign, error)
}

// lines reads a file line by line, unpacked if it is packed with gzip.
type lines struct {
	r    *bufio.Reader
	row  int      // of the line returned last
	none int      // empty lines so far
	back [][]byte // lines to be returned again
}

func newLines(r io.Reader) (*lines, error) {
	b, err := sheet.Open(r, maxImport, errs.New(errs.Invalid, "import.large", maxImport>>20))
	if err != nil {
		return nil, unreadable(err)
	}
	return &lines{r: b}, nil
}

func unreadable(err error) error {
	if errors.Is(err, io.EOF) || errs.Public(err) != nil {
		return err
	}
	return &errs.Error{Kind: errs.Invalid, Key: "import.unreadable", Err: err}
}

// next returns the next line without its end. One that is too long is passed
// over and is nil.
func (l *lines) next() (line []byte, err error) {
	l.row++
	if n := len(l.back); n > 0 {
		line, l.back = l.back[0], l.back[1:]
		return line, nil
	}
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if !long {
			line = append(line, part...)
			if long = len(line) > maxImportRow; long {
				line = nil
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (long || len(line) > 0):
		case err != nil:
			return nil, unreadable(err)
		}
		if long {
			return nil, nil
		}
		if line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")); len(line) == 0 {
			if l.none++; l.none > maxBlank {
				return nil, errs.New(errs.Invalid, "import.unreadable")
			}
		}
		return line, nil
	}
}

// checkText says what keeps a text from being kept.
func checkText(b []byte) error {
	switch {
	case b == nil:
		return errs.New(errs.Invalid, "import.row.long", maxImportRow>>10)
	case !utf8.Valid(b):
		return errs.New(errs.Invalid, "import.row.utf8")
	case bytes.IndexByte(b, 0) >= 0:
		return errs.New(errs.Invalid, "import.row.nul")
	}
	return nil
}

// Origin is what a row that is taken in once is known by. It is Invalid beside id if the row has no ID
// that can be kept.
func Origin(system, id string) (string, error) {
	if n := utf8.RuneCountInString(id); n == 0 || n > maxForeignID || strings.ContainsFunc(id, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return "", errs.At("id", "import.id", maxForeignID)
	}
	return system + ":" + id, nil
}

// A table reads a CSV file whose first line names its columns.
type table struct {
	l      *lines
	column map[string]int
	width  int
	record int
}

// newTable reads the names of the columns; also maps other names to those that are
// needed. It is Invalid if one that is needed is missing.
func newTable(r io.Reader, also map[string]string, needed ...string) (*table, error) {
	l, err := newLines(r)
	if err != nil {
		return nil, err
	}
	return columnsOf(l, also, needed...)
}

// columnsOf is newTable of lines that are open.
func columnsOf(l *lines, also map[string]string, needed ...string) (*table, error) {
	m := &table{l: l, column: map[string]int{}}
	names, _, err := m.read()
	if errors.Is(err, io.EOF) {
		return nil, errs.New(errs.Invalid, "import.empty")
	}
	if err != nil {
		return nil, err
	}
	for i, n := range names {
		n = strings.ToLower(strings.TrimSpace(n))
		if other, ok := also[n]; ok {
			n = other
		}
		m.column[n] = i
	}
	m.width = len(names)
	for _, n := range needed {
		if _, ok := m.column[n]; !ok {
			return nil, errs.New(errs.Invalid, "import.column", n)
		}
	}
	return m, nil
}

// read returns the next record, which may go over several lines. bad says what is
// wrong with it; err ends the file.
func (m *table) read() (fields []string, bad, err error) {
	var record []byte
	var parts [][]byte
	quotes := 0
	for first := true; first || quotes%2 == 1; first = false {
		line, err := m.l.next()
		switch {
		case err != nil && !first && errors.Is(err, io.EOF), err == nil && !first && (line == nil || len(record)+len(line) > maxImportRow):
			// A quotation that does not end: the record is its first line, and
			// what follows is read anew.
			m.record++
			if err == nil {
				parts = append(parts, line)
			}
			m.l.back = append(parts[1:len(parts):len(parts)], m.l.back...)
			return nil, errs.New(errs.Invalid, "import.row.quote"), nil
		case err != nil:
			return nil, nil, err
		case line == nil:
			m.record++
			return nil, checkText(nil), nil
		}
		parts, quotes = append(parts, line), quotes+bytes.Count(line, []byte{'"'})
		if !first {
			record = append(record, '\n')
		}
		record = append(record, line...)
	}
	m.record++
	if err := checkText(record); err != nil {
		return nil, err, nil
	}
	if len(bytes.TrimSpace(record)) == 0 {
		return nil, nil, nil
	}
	c := csv.NewReader(bytes.NewReader(record))
	c.FieldsPerRecord = -1
	fields, err = c.Read()
	if err != nil {
		return nil, &errs.Error{Kind: errs.Invalid, Key: "import.row.quote", Err: err}, nil
	}
	return fields, nil, nil
}

// row is what is in the next row, column by column. Its error is as that of
// [ImportReader.Next].
func (m *table) row() (get func(column string) string, err error) {
	for {
		fields, bad, err := m.read()
		switch {
		case err != nil:
			return nil, err
		case bad != nil:
			return nil, &RowFault{Row: m.record, Err: bad}
		case fields == nil:
			continue // an empty line
		case len(fields) != m.width:
			return nil, &RowFault{Row: m.record, Err: errs.New(errs.Invalid, "import.row.width", m.width, len(fields))}
		}
		return func(column string) string {
			if i, ok := m.column[column]; ok {
				return strings.TrimSpace(fields[i])
			}
			return ""
		}, nil
	}
}

// next is the next row as a matter, by make.
func (m *table) next(make func(get func(column string) string) (Foreign, error)) (Foreign, error) {
	get, err := m.row()
	if err != nil {
		return Foreign{}, err
	}
	f, err := make(get)
	f.Row = m.record
	if err != nil {
		return Foreign{}, &RowFault{Row: m.record, ID: f.ID, Err: err}
	}
	return f, nil
}

// messages reads citizens' messages and the replies to them.
type messages struct{ t *table }

// ReadMessages reads citizens' messages with the official replies, as CSV, packed
// with gzip or not: the columns id, subject, time and detail, and reply and
// reply_time, both empty for what was not answered. Other columns, such as user,
// are left alone. Times are the town's. It is Invalid if a column is missing.
func ReadMessages(r io.Reader) (ImportReader, error) {
	t, err := newTable(r, nil, "id", "subject", "time", "detail")
	if err != nil {
		return nil, err
	}
	return messages{t}, nil
}

// Next implements ImportReader.
func (m messages) Next() (Foreign, error) { return m.t.next(foreignMessage) }

func foreignMessage(get func(string) string) (f Foreign, err error) {
	var faults errs.List
	f = Foreign{ID: get("id"), Title: get("subject"), Body: get("detail"), Result: get("reply")}
	f.Origin, err = Origin("messages", f.ID)
	if err != nil {
		f.ID = "" // it is not to be repeated anywhere
		_ = faults.Join(err)
	}
	if f.RaisedAt, err = foreignTime(get("time")); err != nil {
		faults.Add("time", "import.time.form")
	}
	if at := get("reply_time"); at != "" {
		f.Closed = true
		if f.ClosedAt, err = foreignTime(at); err != nil {
			faults.Add("reply_time", "import.time.form")
		}
	} else if f.Result != "" {
		faults.Add("reply_time", "import.time.form")
	}
	return f, faults.Err()
}

var timeForms = []string{time.DateTime, "2006-01-02 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006-01-02T15:04:05", time.RFC3339}

// foreignTime reads a moment; one without a zone is the town's.
func foreignTime(s string) (t time.Time, err error) {
	for _, form := range timeForms {
		if t, err = time.ParseInLocation(form, s, i18n.Zone); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	return t, err
}
