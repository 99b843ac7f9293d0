// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sheet"
)

// maxFile is how long a file may be, unpacked.
const maxFile = 1 << 30

// columnNames are the columns of a file, by all the names they may have.
var columnNames = map[string]string{
	"id": "id", "编号": "id", "留言编号": "id", "user": "user", "用户": "user", "留言用户": "user", "subject": "subject", "title": "subject", "主题": "subject", "留言主题": "subject",
	"time": "time", "时间": "time", "留言时间": "time", "detail": "detail", "详情": "detail", "内容": "detail", "留言详情": "detail",
	"likes": "likes", "点赞数": "likes", "点赞": "likes", "dislikes": "dislikes", "反对数": "dislikes", "反对": "dislikes",
}

// ReadFile reads messages from a CSV file, packed with gzip or not: the columns
// id, user, subject, time, detail, likes and dislikes in any order, of which id,
// subject and time must be there. Likes that are not said are none. bad hears of each
// row that is left out, by the line on which it begins; what follows is read. It is
// Invalid if the file as a whole cannot be read.
func ReadFile(r io.Reader, bad func(line int, err error)) ([]Message, error) {
	large := errs.New(errs.Invalid, "import.large", maxFile>>20)
	b, err := sheet.Open(r, maxFile, large)
	if err != nil {
		return nil, &errs.Error{Kind: errs.Invalid, Key: "hot.file.unreadable", Err: err}
	}
	c := csv.NewReader(b)
	c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = -1, true, true
	names, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, errs.New(errs.Invalid, "hot.file.empty")
	} else if err != nil {
		return nil, &errs.Error{Kind: errs.Invalid, Key: "hot.file.unreadable", Err: err}
	}
	column, width := map[string]int{}, len(names)
	for i, n := range names {
		if known, ok := columnNames[strings.ToLower(strings.TrimSpace(n))]; ok {
			if _, twice := column[known]; twice {
				return nil, errs.New(errs.Invalid, "hot.file.twice", known)
			}
			column[known] = i
		}
	}
	for _, n := range []string{"id", "subject", "time"} {
		if _, ok := column[n]; !ok {
			return nil, errs.New(errs.Invalid, "import.column", n)
		}
	}
	var out []Message
	seen := map[string]bool{}
	for {
		row, err := c.Read()
		switch {
		case errors.Is(err, large):
			return nil, large
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, &errs.Error{Kind: errs.Invalid, Key: "hot.file.unreadable", Err: err}
		}
		line, _ := c.FieldPos(0)
		m, err := messageOf(row, column, width)
		if err == nil && seen[m.ID] {
			err = errs.New(errs.Invalid, "hot.row.again", m.ID)
		}
		if err != nil {
			bad(line, err)
			continue
		}
		seen[m.ID] = true
		out = append(out, m)
	}
}

func messageOf(row []string, column map[string]int, width int) (m Message, err error) {
	if len(row) != width {
		return m, errs.New(errs.Invalid, "import.row.width", width, len(row))
	}
	get := func(name string) string {
		if i, ok := column[name]; ok {
			return strings.TrimSpace(strings.Clone(row[i])) // the row is used again
		}
		return ""
	}
	for _, s := range row {
		if !utf8.ValidString(s) {
			return m, errs.New(errs.Invalid, "import.row.utf8")
		}
	}
	m = Message{ID: get("id"), User: get("user"), Subject: get("subject"), Detail: get("detail")}
	if m.ID == "" || utf8.RuneCountInString(m.ID) > 80 {
		return m, errs.New(errs.Invalid, "import.id", 80)
	}
	if m.Subject == "" && m.Detail == "" {
		return m, errs.New(errs.Invalid, "hot.row.wordless")
	}
	if m.At, err = Time(get("time")); err != nil {
		return m, errs.New(errs.Invalid, "import.time.form")
	}
	if m.Likes, err = count(get("likes")); err == nil {
		m.Dislikes, err = count(get("dislikes"))
	}
	return m, err
}

// count reads how many; nothing is none.
func count(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	f, err := strconv.ParseFloat(s, 64) // 12.0, as some spreadsheets write it
	if err != nil || f < 0 || f > 1e9 || f != float64(int(f)) {
		return 0, errs.New(errs.Invalid, "hot.row.count")
	}
	return int(f), nil
}

var timeForms = []string{
	time.DateTime, "2006-1-2 15:04:05", "2006-1-2 15:04", "2006-1-2", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2006.1.2 15:04:05", "2006.1.2 15:04", "2006.1.2",
	"2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日", "2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339, "20060102150405", "20060102",
}

// Time reads a moment in one of the usual forms; one without a zone is the town's.
func Time(s string) (t time.Time, err error) {
	s = strings.Join(strings.Fields(s), " ")
	for _, form := range timeForms {
		if t, err = time.ParseInLocation(form, s, i18n.Zone); err == nil {
			if t.Year() < 1900 || t.Year() > 2200 {
				break
			}
			return t.UTC(), nil
		}
	}
	return time.Time{}, errs.New(errs.Invalid, "import.time.form")
}
