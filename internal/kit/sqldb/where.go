// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"strconv"
	"strings"
)

// List returns n placeholders from $first on: "$3,$4,$5". IN (…) takes them.
func List(n, first int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}

// A Where collects the conditions of a list, of which any number may be wanted.
// The zero Where holds none.
type Where struct {
	conds []string
	args  []any
}

// Add adds a condition in which each ? stands for the next argument. All
// conditions must hold. A condition contains no ? of its own.
func (w *Where) Add(cond string, args ...any) {
	w.conds = append(w.conds, w.number(cond, args))
}

// Any adds a condition that holds if one of the given conditions does. With
// none, nothing is found.
func (w *Where) Any(conds []string, args ...any) {
	if len(conds) == 0 {
		w.Add("1 = 0")
		return
	}
	w.Add("("+strings.Join(conds, " OR ")+")", args...)
}

// In adds the condition that column is one of the values; with none, nothing is
// found.
func In[T any](w *Where, column string, values ...T) {
	if len(values) == 0 {
		w.Add("1 = 0")
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.Add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?,", len(args)), ",")+")", args...)
}

// Arg adds an argument used outside the conditions, such as the LIMIT, and
// returns its placeholder.
func (w *Where) Arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// SQL returns "WHERE …", or nothing if there are no conditions.
func (w *Where) SQL() string {
	if len(w.conds) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(w.conds, " AND ")
}

// Args are the arguments, in the order of their placeholders.
func (w *Where) Args() []any { return w.args }

func (w *Where) number(cond string, args []any) string {
	var b strings.Builder
	used := 0
	for _, r := range cond {
		if r == '?' {
			b.WriteString(w.Arg(args[used]))
			used++
			continue
		}
		b.WriteRune(r)
	}
	if used != len(args) {
		panic("sqldb: " + strconv.Itoa(len(args)) + " arguments for " + cond)
	}
	return b.String()
}
