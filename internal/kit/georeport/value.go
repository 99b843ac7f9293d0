// SPDX-License-Identifier: Apache-2.0

package georeport

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// A Word is a text of the wire. In JSON an empty one is null, and a number or a
// truth value is read as its text.
type Word string

// MarshalJSON implements json.Marshaler.
func (w Word) MarshalJSON() ([]byte, error) {
	if w == "" {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(string(w)); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (w *Word) UnmarshalJSON(b []byte) error {
	var s string
	switch b = bytes.TrimSpace(b); {
	case len(b) == 0 || string(b) == "null":
		*w = ""
		return nil
	case b[0] == '"':
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*w = Word(s)
		return nil
	case b[0] == '{' || b[0] == '[':
		return errors.New("a text is due, not a record or a list")
	}
	*w = Word(b)
	return nil
}

// Text is the word without the spaces around it.
func (w Word) Text() string { return strings.TrimSpace(string(w)) }

// A Number is a number of the wire, as its text; empty is none. In JSON it is a
// number, and a text is read as one.
type Number string

// Degrees is a coordinate, to about a decimetre.
func Degrees(f float64) Number { return Number(strconv.FormatFloat(f, 'f', 6, 64)) }

// Whole is a whole number.
func Whole(n int) Number { return Number(strconv.Itoa(n)) }

// Float is the number; ok is false if there is none.
func (n Number) Float() (f float64, ok bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(string(n)), 64)
	return f, err == nil && f-f == 0
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	f, ok := n.Float()
	if !ok {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, f, 'f', -1, 64), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(b []byte) error { return (*Word)(n).UnmarshalJSON(b) }

// A Truth is true or false: the words in XML, the values in JSON, in which the
// words are understood too.
type Truth bool

// MarshalText implements encoding.TextMarshaler.
func (t Truth) MarshalText() ([]byte, error) { return strconv.AppendBool(nil, bool(t)), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Truth) UnmarshalText(b []byte) error {
	s := strings.ToLower(strings.TrimSpace(string(b)))
	*t = s == "true" || s == "1" || s == "yes"
	return nil
}

// MarshalJSON implements json.Marshaler.
func (t Truth) MarshalJSON() ([]byte, error) { return strconv.AppendBool(nil, bool(t)), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (t *Truth) UnmarshalJSON(b []byte) error {
	return t.UnmarshalText(bytes.Trim(bytes.TrimSpace(b), `"`))
}

// Stamp is a moment as the wire has it, in the given zone; the zero time is empty.
func Stamp(t time.Time, zone *time.Location) Word {
	if t.IsZero() {
		return ""
	}
	return Word(t.In(zone).Format(time.RFC3339))
}

// stamps are the forms of the W3C note that name a moment and a zone.
var stamps = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z0700"}

// ParseStamp reads a moment with its zone. A plus that an address turned into a
// space is put right.
func ParseStamp(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, ' '); i > len("2006-01-02T15") {
		s = s[:i] + "+" + s[i+1:]
	}
	for _, form := range stamps {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
