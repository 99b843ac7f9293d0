// SPDX-License-Identifier: Apache-2.0

// Package seal encrypts single fields of a row, finds them again by their exact
// value, and keeps what is open from being shown by accident.
//
// A [Box] seals a field for one place: the row and column it is written in are
// bound to it, so that sealed bytes moved to another row do not open there. A
// field that must be found again has a blind index beside it ([Box.Index]): a
// keyed hash of its normalised value, which says nothing to those without the
// key. What is open travels as a [Text], which prints as its mask wherever a
// program prints things.
//
// The keys come from a [KeyProvider]: [File] keeps them in the data folder; a
// hardware module, or SM4 and SM3 in place of AES and SHA-256, is another
// implementation of the same three methods.
package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"yuanba/internal/kit/id"
)

// A KeyProvider holds the keys of a town. All methods are safe for several
// goroutines.
type KeyProvider interface {
	// Encrypt seals plain so that it opens only together with the same bound
	// bytes. The same plain text sealed twice gives different bytes.
	Encrypt(plain, bound []byte) (sealed []byte, err error)
	// Decrypt opens what Encrypt sealed, with this key or an earlier one.
	Decrypt(sealed, bound []byte) (plain []byte, err error)
	// Hash is a keyed hash of 32 bytes. It is the same for the same data as long
	// as the town exists, whatever happens to the keys of Encrypt.
	Hash(data []byte) ([]byte, error)
}

// A Column names a column of the database that holds a sealed field.
type Column struct{ Table, Name string }

// String is "table.name".
func (c Column) String() string { return c.Table + "." + c.Name }

// A Box seals and opens fields.
type Box struct{ keys KeyProvider }

// New returns a Box with the given keys.
func New(keys KeyProvider) *Box { return &Box{keys} }

// bound is what a sealed field is bound to: "table:column:row".
func (c Column) bound(row id.ID) []byte {
	b := make([]byte, 0, len(c.Table)+len(c.Name)+15)
	b = append(b, c.Table...)
	b = append(b, ':')
	b = append(b, c.Name...)
	b = append(b, ':')
	return append(b, row.String()...)
}

// Seal returns plain sealed for the column c of the given row. Nothing is sealed
// as nothing: NULL in the database. A closed text is an error: it would replace
// what is sealed by its mask, or by nothing.
func (b *Box) Seal(c Column, row id.ID, plain Text) ([]byte, error) {
	if plain.Empty() {
		return nil, nil
	}
	if plain.IsClosed() {
		return nil, fmt.Errorf("seal %s of %s: the text is closed", c, row)
	}
	sealed, err := b.keys.Encrypt([]byte(plain.Plain()), c.bound(row))
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s: %w", c, row, err)
	}
	return sealed, nil
}

// Open opens what Seal returned for the same column and row. For any other
// place, or with a key that is not this town's, it is an error that names the
// place and nothing of the value.
func (b *Box) Open(c Column, row id.ID, sealed []byte) (Text, error) {
	if len(sealed) == 0 {
		return Text{}, nil
	}
	plain, err := b.keys.Decrypt(sealed, c.bound(row))
	if err != nil {
		return Text{}, fmt.Errorf("open %s of %s: %w", c, row, err)
	}
	return NewText(string(plain)), nil
}

// Index is the blind index of a value: equal for equal values of one purpose,
// such as "phone", and telling nothing without the key. The value must be in its
// normal form. Nothing has no index: NULL in the database.
func (b *Box) Index(purpose, value string) ([]byte, error) {
	if value == "" {
		return nil, nil
	}
	h, err := b.keys.Hash([]byte(purpose + "\x00" + value))
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", purpose, err)
	}
	return h, nil
}

// Fingerprint says which town's keys these are, without telling anything of
// them: a database notes it, so that a database and another town's keys, or new
// ones made because the old were lost, are noticed before anything is written.
func (b *Box) Fingerprint() (string, error) {
	h, err := b.Index("fingerprint", "yuanba")
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(h[:8]), nil
}

// Same compares two indexes.
func Same(a, b []byte) bool { return len(a) > 0 && bytes.Equal(a, b) }

// Digits returns n random decimal digits, each as likely as the others: a code
// for a telephone.
func Digits(n int) string {
	var b strings.Builder
	ten := big.NewInt(10)
	for range n {
		d, err := rand.Int(rand.Reader, ten)
		if err != nil {
			panic(err) // never: see crypto/rand
		}
		b.WriteByte(byte('0' + d.Int64()))
	}
	return b.String()
}
