// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An Entry is what a domain says about one act. None of it may be a private
// fact: rows are kept for good and shown widely.
type Entry struct {
	Noun     string // kind of record, such as "matter"
	Record   id.ID
	Act      string // the domain's own verb, such as "dispatch" or "reveal"
	From, To string // states before and after; empty where there is none
	For      string // on whose behalf: the name of a post or "a resident", never a private fact
	Note     string // a few words, such as the reason's key

	// Digest is the SHA-256 of the record's canonical state after the act, as
	// [Digest] makes it; nil if the act changed nothing, such as a look; [Gone]
	// if the record is no longer there.
	Digest []byte
}

// A Row is an act as it was recorded.
type Row struct {
	Seq     int64 // order of recording, with gaps
	At      time.Time
	Account id.ID  // the staff account or the resident; 0 if nobody had said who they are
	Actor   string // "" for residents
	Kind    scope.Kind
	Noun    string
	Record  id.ID
	Act     string
	From    string
	To      string
	For     string
	Note    string
	Digest  []byte
}

// Bounds of an entry's texts, in bytes. They keep novels and private letters out
// of rows that are kept for good.
const (
	maxWord = 64
	maxText = 1024
)

var goneDigest = sha256.Sum256([]byte("gone"))

// Gone is the Digest of an act after which the record is no longer there.
func Gone() []byte { return goneDigest[:] }

// Append records the act e of the actor by, in the transaction of the act. An
// entry without noun, record or act, or with texts that are too long, is a fault
// of the program: the transaction fails.
func Append(tx *sqldb.Tx, by scope.Actor, e Entry) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("trail of %s %s: %w", e.Noun, e.Record, err)
	}
	return insert(tx, rowOf(tx, by, e))
}

// AppendAll is Append for many entries at once, in their order: for imports,
// which do in one transaction what otherwise takes months.
func AppendAll(tx *sqldb.Tx, by scope.Actor, es []Entry) error {
	rows := make([]*Row, len(es))
	for i, e := range es {
		if err := e.check(); err != nil {
			return fmt.Errorf("trail of %s %s: %w", e.Noun, e.Record, err)
		}
		rows[i] = rowOf(tx, by, e)
	}
	return insertAll(tx, rows)
}

func rowOf(tx *sqldb.Tx, by scope.Actor, e Entry) *Row {
	who := by.Account
	if who == 0 {
		who = by.Resident
	}
	return &Row{
		At: tx.Now(), Account: who, Actor: actor(by), Kind: by.Kind, Noun: e.Noun, Record: e.Record, Act: e.Act,
		From: e.From, To: e.To, For: clean(e.For), Note: clean(e.Note), Digest: e.Digest,
	}
}

// actor is the name that a row keeps. Rows are kept for good, and so hold nothing
// of a resident's name, not even its mask; their number is enough to find them
// while the town still knows them.
func actor(by scope.Actor) string {
	if by.Kind == scope.Resident {
		return ""
	}
	return clean(by.Name)
}

func (e *Entry) check() error {
	switch {
	case e.Noun == "" || e.Act == "" || e.Record == 0:
		return errors.New("noun, record or act is missing")
	case len(e.Noun) > maxWord || len(e.Act) > maxWord || len(e.From) > maxWord || len(e.To) > maxWord:
		return errors.New("a word is too long")
	case len(e.For) > maxText || len(e.Note) > maxText:
		return errors.New("a text is too long")
	case len(e.Digest) != 0 && len(e.Digest) != sha256.Size:
		return fmt.Errorf("the digest has %d bytes", len(e.Digest))
	}
	return nil
}

// clean leaves out what one of the engines would not keep.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// Digest is the SHA-256 of a record's canonical state: its fields in a fixed
// order, each with its kind and length before it, so that no two states have the
// same bytes. A field is a string, a []byte, a bool, an int, an int64, an
// [id.ID], a float64 or a [time.Time] (to the millisecond; zero is its own
// value). Digest panics on anything else: turn it into one of these first.
func Digest(fields ...any) []byte {
	b := make([]byte, 0, 2048) // which a matter fits into
	for _, f := range fields {
		b = appendField(b, f)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

func appendField(b []byte, f any) []byte {
	number := func(kind byte, v uint64) []byte { return binary.BigEndian.AppendUint64(append(b, kind), v) }
	switch v := f.(type) {
	case string:
		return append(binary.BigEndian.AppendUint32(append(b, 's'), uint32(len(v))), v...)
	case []byte:
		return append(binary.BigEndian.AppendUint32(append(b, 'b'), uint32(len(v))), v...)
	case bool:
		if v {
			return number('t', 1)
		}
		return number('t', 0)
	case int:
		return number('i', uint64(v))
	case int64:
		return number('i', uint64(v))
	case id.ID:
		return number('i', uint64(v))
	case float64:
		return number('f', math.Float64bits(v))
	case time.Time:
		if v.IsZero() {
			return append(b, 'z')
		}
		return number('m', uint64(v.UnixMilli()))
	}
	panic(fmt.Sprintf("trail: a %T cannot be digested", f))
}
