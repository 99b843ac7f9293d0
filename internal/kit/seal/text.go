// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
)

// Stars is what a Text shows of itself unless it was made by [Masked].
const Stars = "****"

// A Text is a private text that shows itself to nobody: printed, logged, put
// into JSON or into a page, it is its mask, or nothing if it is empty. Only
// [Text.Plain] tells it, so that who reads private facts can be found by
// searching for that word. The zero Text is empty.
type Text struct{ p *private }

type private struct {
	plain *string // a pointer: fmt prints an address where it cannot call a method; nil if closed
	mask  string
}

// NewText returns s as a private text whose mask is [Stars].
func NewText(s string) Text { return Masked(s, Stars) }

// Masked returns s as a private text that shows itself as mask.
func Masked(s, mask string) Text {
	if s == "" {
		return Text{}
	}
	return Text{&private{&s, mask}}
}

// Closed returns what may be handed on to those who may only see the mask: the
// text itself is no longer in it, and it can no longer be sealed.
func (t Text) Closed() Text {
	if t.p == nil {
		return t
	}
	return Text{&private{nil, t.p.mask}}
}

// Plain is the text itself; nothing if the Text is closed.
func (t Text) Plain() string {
	if t.p == nil || t.p.plain == nil {
		return ""
	}
	return *t.p.plain
}

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.p == nil }

// IsClosed reports whether there is a text of which only the mask is here.
func (t Text) IsClosed() bool { return t.p != nil && t.p.plain == nil }

// Equal reports whether two texts are the same. A closed text equals none.
func (t Text) Equal(u Text) bool {
	return !t.IsClosed() && !u.IsClosed() && t.Plain() == u.Plain()
}

// String is the mask.
func (t Text) String() string {
	if t.Empty() {
		return ""
	}
	return t.p.mask
}

// GoString is the mask, for %#v.
func (t Text) GoString() string { return t.String() }

// Format is the mask, whatever the verb.
func (t Text) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// LogValue is the mask.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText is the mask, for JSON, XML and the keys of maps.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

var errPlainSQL = errors.New("a private text is never written to the database as it is: seal it")

// Value refuses: a private text is sealed before it is written.
func (t Text) Value() (driver.Value, error) { return nil, errPlainSQL }
