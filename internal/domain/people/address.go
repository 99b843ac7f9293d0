// SPDX-License-Identifier: Apache-2.0

package people

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/seal"
)

// An Address is where somebody lives, in words. It shows itself down to the
// village or community: 文君街道宝塔社区****.
type Address struct{ seal.Text }

// maxAddress is the longest address, in characters.
const maxAddress = 200

// ParseAddress reads an address as somebody wrote it, on one line. It is Invalid
// beside "address" if it is too long or is not text. Nothing is the empty address.
func ParseAddress(s string) (Address, error) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	switch {
	case utf8.RuneCountInString(s) > maxAddress:
		return Address{}, errs.At("address", "people.address.long", maxAddress)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return Address{}, errs.At("address", "people.address.malformed")
	}
	return address(s), nil
}

func address(s string) Address { return Address{seal.Masked(s, maskAddress(s))} }

// maskAddress keeps what stands before the first house could: up to the first
// village or community, else up to the last word for a street, town or city,
// else nothing. A digit ends it in any case.
func maskAddress(s string) string {
	if i := strings.IndexFunc(s, isHouse); i >= 0 {
		s = s[:i]
	}
	end := 0
	for _, word := range []string{"社区", "村"} {
		if i := strings.Index(s, word); i > 0 && (end == 0 || i+len(word) < end) {
			end = i + len(word)
		}
	}
	if end == 0 {
		for _, word := range []string{"街道", "镇", "乡", "市", "县"} {
			if i := strings.LastIndex(s, word); i > 0 {
				end = max(end, i+len(word))
			}
		}
	}
	return s[:end] + seal.Stars
}

// isHouse reports whether a house number, a group or a building could begin here.
func isHouse(r rune) bool { return unicode.IsNumber(r) || strings.ContainsRune("组栋幢号", r) }
