// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yuanba/internal/kit/classify"
	"yuanba/internal/kit/sheet"
)

// maxLabelled is how many bytes of a labelled file are read, unpacked.
const maxLabelled = 1 << 30

// readExamples reads a CSV file of labelled messages. Its errors name the file,
// and the line if it is one's fault, but never the words of a message.
func readExamples(name string) ([]classify.Example, error) {
	var es []classify.Example
	var cols columns
	err := readRows(name, func(head []string) (err error) {
		cols, err = columnsOf(head)
		return err
	}, func(row []string) error {
		e, err := cols.example(row)
		es = append(es, e)
		return err
	})
	return es, err
}

// readTable reads the named columns of a CSV file, row by row.
func readTable(name string, want []string, f func(fields []string) error) error {
	at := make([]int, len(want))
	fields := make([]string, len(want))
	return readRows(name, func(head []string) error {
		for i, w := range want {
			if at[i] = slices.Index(head, w); at[i] < 0 {
				return fmt.Errorf("the first line must name the column %s", w)
			}
		}
		return nil
	}, func(row []string) error {
		for i, j := range at {
			fields[i] = row[j]
		}
		return f(fields)
	})
}

// readRows reads a CSV file, packed or not, in UTF-8 or GB 18030. Its errors are
// one sentence with the file and the line.
func readRows(name string, head, row func([]string) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() // only read
	large := fmt.Errorf("%s: the file is larger than %d MB", name, maxLabelled>>20)
	text, err := sheet.Open(file, maxLabelled+1, large)
	var b []byte
	if err == nil {
		b, err = io.ReadAll(text)
	}
	var disk *os.PathError
	switch {
	case errors.Is(err, large), errors.As(err, &disk): // name the file already
		return err
	case err != nil:
		return fmt.Errorf("%s: the packed file is damaged: %w", name, err)
	}
	if !utf8.Valid(b) {
		if b, err = simplifiedchinese.GB18030.NewDecoder().Bytes(b); err != nil || bytes.ContainsRune(b, utf8.RuneError) {
			return fmt.Errorf("%s: the text is neither UTF-8 nor GB 18030", name)
		}
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.ReuseRecord = true
	for n := 0; ; n++ {
		fields, err := r.Read()
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return fmt.Errorf("%s: the file is empty", name)
		case errors.Is(err, io.EOF) && n == 1:
			return fmt.Errorf("%s: there is nothing under the column names", name)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return csvFault(name, err)
		}
		take := row
		if n == 0 {
			take = head
		}
		if err := take(fields); err != nil {
			line, _ := r.FieldPos(0)
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
}

func csvFault(name string, err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if errors.Is(p.Err, csv.ErrFieldCount) {
		return fmt.Errorf("%s:%d: the line has more or fewer columns than the first", name, p.StartLine)
	}
	return fmt.Errorf("%s:%d: the quotation marks of the line do not match", name, p.StartLine)
}

// columns are where the columns of a labelled file stand, -1 for none.
type columns struct{ subject, detail, tokens, label int }

func columnsOf(head []string) (columns, error) {
	c := columns{-1, -1, -1, -1}
	for i, h := range head {
		switch strings.ToLower(strings.TrimSpace(h)) {
		case "subject":
			c.subject = i
		case "detail":
			c.detail = i
		case "tokens":
			c.tokens = i
		case "label":
			c.label = i
		}
	}
	if c.label < 0 || c.tokens < 0 && (c.subject < 0 || c.detail < 0) {
		return c, errors.New("the first line must name the columns subject, detail and label, or tokens and label")
	}
	return c, nil
}

func (c columns) example(row []string) (e classify.Example, err error) {
	if e.Label = strings.Clone(strings.TrimSpace(row[c.label])); e.Label == "" {
		return e, errors.New("the label is missing")
	}
	if c.tokens >= 0 {
		e.Tokens = strings.Fields(row[c.tokens])
	}
	if len(e.Tokens) == 0 && c.subject >= 0 && c.detail >= 0 {
		e.Title, e.Body = row[c.subject], row[c.detail]
	}
	if len(e.Tokens) == 0 && strings.TrimSpace(e.Title+e.Body) == "" {
		return e, errors.New("the message is empty")
	}
	return e, nil
}
