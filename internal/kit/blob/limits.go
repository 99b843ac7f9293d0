// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"slices"

	"yuanba/internal/kit/errs"
)

const mega = 1 << 20

// Limits say what is taken. A zero limit takes nothing of its kind; begin from
// [Default].
type Limits struct {
	Photo  int64  // bytes of one photo
	Sound  int64  // bytes of one recording
	PDF    int64  // bytes of one PDF
	Pixels int64  // points of one photo
	Memory int64  // bytes a photo may take once unpacked
	Count  int    // files at one record
	Kinds  []Kind // kinds taken here; all, if empty
}

// Default are the limits of a town that has set none.
func Default() Limits {
	return Limits{
		Photo: 12 * mega, Sound: 5 * mega, PDF: 20 * mega,
		Pixels: 50 * mega, // a "50 megapixel" camera makes 8192 × 6144
		Memory: 256 * mega,
		Count:  9,
	}
}

// Only returns the limits for a place where only the given kinds are taken.
func (l Limits) Only(kinds ...Kind) Limits {
	l.Kinds = kinds
	return l
}

// Most is the largest number of bytes that any one file may have: what a
// request's body should be limited to, times Count.
func (l Limits) Most() int64 { return max(l.Photo, l.Sound, l.PDF) }

// Room is Invalid "blob.count" if a record that has so many files cannot take
// so many more.
func (l Limits) Room(have, more int) error {
	if have+more > l.Count {
		return errs.New(errs.Invalid, "blob.count", l.Count)
	}
	return nil
}

// bytes is the size limit for a kind: Invalid "blob.kind.…" if the kind is not
// taken here.
func (l Limits) bytes(k Kind) (int64, error) {
	n := map[Kind]int64{Photo: l.Photo, Sound: l.Sound, Document: l.PDF}[k]
	if n <= 0 || len(l.Kinds) > 0 && !slices.Contains(l.Kinds, k) {
		return 0, errs.New(errs.Invalid, "blob.kind."+string(k))
	}
	return n, nil
}

func tooLarge(k Kind, most int64) error {
	return errs.New(errs.Invalid, "blob.large."+string(k), (most+mega-1)/mega)
}

// fits is Invalid "blob.pixels" if the picture has more points than are taken or
// would take more memory than may be spent on one.
func (l Limits) fits(p picture) error {
	if p.w <= 0 || p.h <= 0 {
		return broken()
	}
	if int64(p.w)*int64(p.h) > l.Pixels || p.memory > l.Memory {
		return errs.New(errs.Invalid, "blob.pixels", l.Pixels/mega)
	}
	return nil
}
