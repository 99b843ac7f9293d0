// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
)

// A Hash is the SHA-256 of a kept file, 64 lower-case hexadecimal digits.
type Hash string

// HashOf is the hash of b.
func HashOf(b []byte) Hash {
	sum := sha256.Sum256(b)
	return Hash(hex.EncodeToString(sum[:]))
}

// A Name is what an object is called in a store: a hash, or a hash, a dot and
// the width of a small copy.
type Name string

// File is the name of the file itself.
func (h Hash) File() Name { return Name(h) }

// Small is the name of the file's copy of 320 points. Photos only.
func (h Hash) Small() Name { return Name(h + ".320") }

// Medium is the name of the file's copy of 1024 points. Photos only.
func (h Hash) Medium() Name { return Name(h + ".1024") }

// Hash is the hash of the file that n is, or is a copy of.
func (n Name) Hash() Hash {
	h, _, _ := strings.Cut(string(n), ".")
	return Hash(h)
}

// copied reports whether n is a small copy.
func (n Name) copied() bool { return strings.Contains(string(n), ".") }

// ParseName reads a name as it comes in an address. Anything else is NotFound
// "blob.gone": nothing is kept under it.
func ParseName(s string) (Name, error) {
	n := Name(s)
	h := n.Hash()
	if len(h) != 2*sha256.Size || strings.Trim(string(h), "0123456789abcdef") != "" ||
		n != h.File() && n != h.Small() && n != h.Medium() {
		return "", gone(nil)
	}
	return n, nil
}

func gone(cause error) error {
	return &errs.Error{Kind: errs.NotFound, Key: "blob.gone", Err: cause}
}

// An Object is a kept object, open for reading.
type Object interface {
	io.ReadSeeker
	io.Closer
}

// Info is what a store knows of an object.
type Info struct {
	Name Name
	Size int64
	At   time.Time // when it was put there
}

// A Store keeps objects that never change under their names. All methods may be
// called by several goroutines and processes at once.
type Store interface {
	// Put keeps data under name. When it returns nil, all of it is on disk; when
	// it does not, none of it is to be seen. To put again what is there is no
	// error. Full "blob.full" if there is no room.
	Put(ctx context.Context, name Name, data []byte) error
	// Open opens an object. NotFound "blob.gone" if there is none.
	Open(ctx context.Context, name Name) (Object, error)
	// Stat tells what is known of an object. NotFound "blob.gone" if there is none.
	Stat(ctx context.Context, name Name) (Info, error)
	// Delete removes an object. To delete what is not there is no error.
	Delete(ctx context.Context, name Name) error
	// Walk calls f for every object, in no certain order, until f returns an
	// error, which it returns. f may delete the object it is shown.
	Walk(ctx context.Context, f func(Info) error) error
}
