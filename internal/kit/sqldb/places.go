// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"fmt"
	"strings"

	"yuanba/internal/kit/id"
)

// A liteText is a statement as SQLite gets it. The driver looks up every named
// argument by its name, each time, which for the row of a matter took as long as
// the writing of a small row; by place it takes a third of that.
type liteText struct {
	text  string
	order []int // which argument stands at each place; nil if the first at the first and so on
}

// byPlace writes ? for every $n of a statement. What stands in quotes or in a
// comment is left as it is.
func byPlace(q string) liteText {
	var b strings.Builder
	b.Grow(len(q))
	var order []int
	inOrder := true
	for i := 0; i < len(q); {
		if end := skip(q, i); end > i {
			b.WriteString(q[i:end])
			i = end
			continue
		}
		n, end := 0, i+1
		if q[i] == '$' {
			for ; end < len(q) && q[end] >= '0' && q[end] <= '9'; end++ {
				n = 10*n + int(q[end]-'0')
			}
		}
		if n == 0 {
			b.WriteByte(q[i])
			i++
			continue
		}
		b.WriteByte('?')
		inOrder = inOrder && n == len(order)+1
		order = append(order, n-1)
		i = end
	}
	if inOrder {
		order = nil
	}
	return liteText{b.String(), order}
}

// skip returns the end of the quoted text or the comment that begins at i, or i
// if none does.
func skip(q string, i int) int {
	until := func(end string, from int) int {
		if n := strings.Index(q[from:], end); n >= 0 {
			return from + n + len(end)
		}
		return len(q)
	}
	switch rest := q[i:]; {
	case rest[0] == '\'' || rest[0] == '"':
		return until(rest[:1], i+1) // a doubled quote ends one text and begins the next
	case strings.HasPrefix(rest, "--"):
		return until("\n", i)
	case strings.HasPrefix(rest, "/*"):
		return until("*/", i+2)
	}
	return i
}

// args puts the arguments in their places. What the program's own kinds are kept
// as is said here: the driver would ask each by reflection.
func (t liteText) args(given []any) ([]any, error) {
	if t.order == nil {
		return plainArgs(given), nil
	}
	placed := make([]any, len(t.order))
	for i, n := range t.order {
		if n >= len(given) {
			return nil, fmt.Errorf("$%d has no argument", n+1)
		}
		placed[i] = plainArg(given[n])
	}
	return placed, nil
}

func plainArgs(given []any) []any {
	for i, v := range given {
		switch v.(type) {
		case id.ID, Time:
			plain := make([]any, len(given))
			copy(plain, given[:i])
			for j := i; j < len(given); j++ {
				plain[j] = plainArg(given[j])
			}
			return plain
		}
	}
	return given
}

func plainArg(v any) any {
	switch v := v.(type) {
	case id.ID:
		return int64(v)
	case Time:
		if v.IsZero() {
			return nil
		}
		return v.UnixMilli()
	}
	return v
}
