// SPDX-License-Identifier: Apache-2.0

// Package id makes the numbers by which the program knows its records.
//
// An [ID] is 63 bits: 42 of time in milliseconds and 21 of order and chance, so
// that IDs sort by the time of their making and the record's key is the
// engine's own row number (docs/adr/0002-number-ids.md). People see the 13
// letters of [ID.String], in Crockford's base 32: no I, L, O or U to misread.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"

	"yuanba/internal/kit/errs"
)

// An ID names one record. The zero ID names none.
type ID int64

const (
	alphabet  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	lowBits   = 21
	lowMask   = 1<<lowBits - 1
	textWidth = 13
)

// String returns the ID as 13 letters and digits, which sort as the IDs do.
func (d ID) String() string {
	var b [textWidth]byte
	for i, v := textWidth-1, uint64(d); i >= 0; i, v = i-1, v>>5 {
		b[i] = alphabet[v&31]
	}
	return string(b[:])
}

// Parse reads what String wrote; it forgives lower case, and O, I and L written
// for 0 and 1. Anything else is Invalid.
func Parse(s string) (ID, error) {
	if len(s) != textWidth {
		return 0, errs.New(errs.Invalid, "id.malformed")
	}
	var v uint64
	for n, c := range strings.ToUpper(s) {
		switch c {
		case 'O':
			c = '0'
		case 'I', 'L':
			c = '1'
		}
		i := strings.IndexRune(alphabet, c)
		if i < 0 || n == 0 && i > 7 { // 13 letters hold 65 bits, an ID 63
			return 0, errs.New(errs.Invalid, "id.malformed")
		}
		v = v<<5 | uint64(i)
	}
	return ID(v), nil
}

// Time returns the moment of the ID's making, to the millisecond.
func (d ID) Time() time.Time { return time.UnixMilli(int64(d) >> lowBits).UTC() }

// First returns the smallest ID that can be made at or after t: a bound for
// ranges of time.
func First(t time.Time) ID { return ID(t.UnixMilli() << lowBits) }

// MarshalText implements encoding.TextMarshaler; the zero ID is the empty text.
func (d ID) MarshalText() ([]byte, error) {
	if d == 0 {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *ID) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	*d, err = Parse(string(b))
	return err
}

// Value implements driver.Valuer: IDs are BIGINT.
func (d ID) Value() (driver.Value, error) { return int64(d), nil }

// Scan implements sql.Scanner. NULL is the zero ID.
func (d *ID) Scan(v any) error {
	switch v := v.(type) {
	case int64:
		*d = ID(v)
	case nil:
		*d = 0
	default:
		return fmt.Errorf("scan %T into an ID", v)
	}
	return nil
}

// A Source makes IDs. It is safe for several goroutines.
type Source struct {
	random func() uint32
	mu     sync.Mutex
	ms     int64
	low    int64
}

// NewSource returns a source whose chance is random's; nil means the system's.
// Two IDs of one source are never the same, and later ones are greater as long
// as the clock does not run backwards.
func NewSource(random func() uint32) *Source {
	if random == nil {
		random = system
	}
	return &Source{random: random}
}

func system() uint32 {
	var b [4]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return binary.LittleEndian.Uint32(b[:])
}

// New returns an ID for the moment now. Within one millisecond IDs step upwards
// from a random start by random strides, so that two processes rarely meet and
// nobody can count records by guessing neighbours; where they do meet, the
// primary key refuses the second and the transaction is run again.
func (s *Source) New(now time.Time) ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := now.UnixMilli()
	if ms > s.ms {
		s.ms, s.low = ms, int64(s.random()&(lowMask>>1))
	} else {
		s.low += 1 + int64(s.random()&63)
		if s.low > lowMask {
			s.ms, s.low = s.ms+1, int64(s.random()&(lowMask>>1))
		}
	}
	return ID(s.ms<<lowBits | s.low)
}
