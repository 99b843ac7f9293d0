// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"sync/atomic"
)

// An Insert is how rows come into a table, see [Tx.Add].
type Insert struct {
	head, row string
	args      int // of one row
	texts     [maxDoubled + 1]atomic.Pointer[string]
}

// NewInsert returns the insert of rows that begins with head, "INSERT INTO line
// (who, at, note) VALUES", and has rows like the given one, "($1, $2, 0)". The
// arguments of a row stand in their order, each once. It is made once, for a
// variable of the package.
func NewInsert(head, row string) *Insert {
	t := byPlace(row)
	if t.order != nil {
		panic("the arguments of a row do not stand in their order: " + row)
	}
	in := &Insert{head: strings.TrimSpace(head) + " ", row: row}
	in.renumbered(0, func(string) { in.args++ })
	return in
}

// maxDoubled bounds the rows of one statement, which are 2 to the power of so many.
// Few sizes, so that each stays prepared.
const maxDoubled = 5

// text is the statement for 2 to the power of doubled rows.
func (in *Insert) text(doubled int) string {
	if s := in.texts[doubled].Load(); s != nil {
		return *s
	}
	var b strings.Builder
	b.WriteString(in.head)
	for i := range 1 << doubled {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(in.renumbered(i*in.args, func(string) {}))
	}
	s := b.String()
	in.texts[doubled].Store(&s)
	return s
}

// renumbered is the row with its arguments counted on from the given number; f
// hears of each.
func (in *Insert) renumbered(from int, f func(arg string)) string {
	var b strings.Builder
	for i := 0; i < len(in.row); {
		if end := skip(in.row, i); end > i {
			b.WriteString(in.row[i:end])
			i = end
			continue
		}
		end := i + 1
		for in.row[i] == '$' && end < len(in.row) && in.row[end] >= '0' && in.row[end] <= '9' {
			end++
		}
		if n, err := strconv.Atoi(in.row[i+1 : end]); err == nil {
			f(in.row[i:end])
			b.WriteString("$" + strconv.Itoa(from+n))
		} else {
			b.WriteString(in.row[i:end])
		}
		i = end
	}
	return b.String()
}

// Add adds a row to a table. It is there for every statement that follows, in this
// transaction and behind it. The engine with one writer writes the rows that
// transactions add which commit together with one statement for many of them, which
// costs it half of what as many statements do; so a row that cannot be added may
// fail later than Add, but fails its own transaction and no other. Rows of one
// Insert are added in the order of their Add.
func (tx *Tx) Add(in *Insert, args ...any) error {
	c, ok := tx.q.(*liteConn)
	if !ok || c.counters == nil { // not the writer
		_, err := tx.Exec(in.text(0), args...)
		return err
	}
	if err := tx.mayChange(""); err != nil {
		return err
	}
	tx.db.traced(in.text(0), args)
	if len(args) != in.args {
		return tx.failed(fmt.Errorf("%d arguments for a row of %d: %s%s", len(args), in.args, in.head, in.row))
	}
	c.later.add(in, args)
	return nil
}

// settle writes the rows that were added and not yet written, before a statement
// that might ask for them.
func (tx *Tx) settle() error {
	c, ok := tx.q.(*liteConn)
	if !ok || len(c.later) == 0 {
		return nil
	}
	if err := c.writeLater(); err != nil {
		return tx.failed(err)
	}
	return nil
}

// addedRows are the rows of a batch that were added and are not yet written, in
// the order in which their inserts first came.
type addedRows []addedTo

type addedTo struct {
	in   *Insert
	args []any
}

func (a *addedRows) add(in *Insert, args []any) {
	at := -1
	for i := range *a {
		if (*a)[i].in == in {
			at = i
			break
		}
	}
	if at < 0 {
		at = len(*a)
		if at < cap(*a) {
			*a = (*a)[:at+1] // with the memory of an earlier one
			(*a)[at].in = in
		} else {
			*a = append(*a, addedTo{in: in})
		}
	}
	to := &(*a)[at]
	for _, v := range args {
		to.args = append(to.args, plainArg(v))
	}
}

// forget leaves nothing but memory to be used again.
func (a *addedRows) forget() {
	for i := range *a {
		to := &(*a)[i]
		clear(to.args)
		to.in, to.args = nil, to.args[:0]
	}
	*a = (*a)[:0]
}

// writeLater writes the rows that were added. When it fails, none of them is there,
// or the batch is to be undone: broken says so.
func (c *liteConn) writeLater() error {
	defer c.later.forget()
	for i := range c.later {
		in, args := c.later[i].in, c.later[i].args
		for left := len(args) / max(in.args, 1); left > 0; {
			doubled := min(bits.Len(uint(left))-1, maxDoubled) //nolint:gosec // more than nothing
			n := in.args << doubled
			if _, err := c.exec(context.Background(), in.text(doubled), args[:n:n]); err != nil {
				c.broken = true
				return err
			}
			args, left = args[n:], left-1<<doubled
		}
	}
	return nil
}
