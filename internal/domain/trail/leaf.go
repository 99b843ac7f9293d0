// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/mod/sumdb/tlog"
)

// leafVersion is the first byte of every leaf. If a row ever gets another field,
// new rows get another version, and old ones keep theirs.
const leafVersion = 1

// appendLeaf appends the canonical bytes of a row: the version, then its fields
// in the order of the table's columns. A number is 8 bytes, big-endian, times
// being milliseconds since 1970 in UTC; a text or a digest is its length in 4
// bytes, big-endian, then its bytes. docs/trail.md shows how to recompute one.
func appendLeaf(b []byte, r *Row) []byte {
	b = append(b, leafVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(r.At.UnixMilli()))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Account))
	b = appendText(b, r.Actor)
	b = appendText(b, string(r.Kind))
	b = appendText(b, r.Noun)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Record))
	b = appendText(b, r.Act)
	b = appendText(b, r.From)
	b = appendText(b, r.To)
	b = appendText(b, r.For)
	b = appendText(b, r.Note)
	return appendText(b, r.Digest)
}

func appendText[T ~string | ~[]byte](b []byte, s T) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// A leafHasher hashes leaves without making garbage.
type leafHasher struct{ buf []byte }

// hash is the RFC 6962 hash of the row's leaf: SHA-256 of a zero byte and the
// canonical bytes, as [tlog.RecordHash] makes it.
func (h *leafHasher) hash(r *Row) tlog.Hash {
	h.buf = appendLeaf(append(h.buf[:0], 0), r)
	return sha256.Sum256(h.buf)
}
