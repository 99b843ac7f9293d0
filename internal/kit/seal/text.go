// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
)

// Stars is what a Text shows of itself.
const Stars = "****"

// A Text is a private text that shows itself to nobody: printed, logged, put
// into JSON or into a page, it is four stars, or nothing if it is empty. Only
// [Text.Plain] tells it, so that who reads private facts can be found by
// searching for that word. The zero Text is empty.
type Text struct {
	p *string // a pointer: fmt prints its address where it cannot call a method
}

// NewText returns s as a private text.
func NewText(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{&s}
}

// Plain is the text itself.
func (t Text) Plain() string {
	if t.p == nil {
		return ""
	}
	return *t.p
}

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.p == nil }

// Equal reports whether two texts are the same.
func (t Text) Equal(u Text) bool { return t.Plain() == u.Plain() }

// String is stars.
func (t Text) String() string {
	if t.Empty() {
		return ""
	}
	return Stars
}

// GoString is stars, for %#v.
func (t Text) GoString() string { return t.String() }

// Format is stars, whatever the verb.
func (t Text) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// LogValue is stars.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText is stars, for JSON, XML and the keys of maps.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

var errPlainSQL = errors.New("a private text is never written to the database as it is: seal it")

// Value refuses: a private text is sealed before it is written.
func (t Text) Value() (driver.Value, error) { return nil, errPlainSQL }
