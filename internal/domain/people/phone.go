// SPDX-License-Identifier: Apache-2.0

package people

import (
	"strings"

	"golang.org/x/text/width"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/seal"
)

// A Phone is a telephone number in its normal form: digits only for a number of
// this country, without 86; + and digits for another's. It shows itself as
// 138****1234.
type Phone struct{ seal.Text }

// ParsePhone reads a telephone number as people write it: spaces, dashes,
// brackets and full-width digits are allowed, and +86 or 0086 before it. It must be a
// mobile number (11 digits), a fixed one with or without its area code, or one
// of another country with its +. Anything else is Invalid beside "phone".
// Nothing is the empty number.
func ParsePhone(s string) (Phone, error) {
	var b strings.Builder
	for _, r := range width.Fold.String(strings.TrimSpace(s)) {
		switch {
		case r >= '0' && r <= '9', r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -()–—", r):
		default:
			return Phone{}, errs.At("phone", "people.phone.malformed")
		}
	}
	n := b.String()
	if after, ok := strings.CutPrefix(n, "00"); ok {
		n = "+" + after
	}
	if after, ok := strings.CutPrefix(n, "+86"); ok {
		n = after
	}
	switch {
	case n == "" && strings.TrimSpace(s) == "":
		return Phone{}, nil
	case isMobile(n), isFixed(n), n != "" && n[0] == '+' && n[1:] != "" && n[1] != '0' && len(n) >= 8 && len(n) <= 16:
		return phone(n), nil
	}
	return Phone{}, errs.At("phone", "people.phone.malformed")
}

// isMobile: 11 digits that begin with 13 to 19.
func isMobile(n string) bool { return len(n) == 11 && n[0] == '1' && n[1] >= '3' }

// isFixed: an area code (0 and two or three digits) and seven or eight digits, or
// these alone. Fixed numbers begin with 2 to 8.
func isFixed(n string) bool {
	if n == "" {
		return false
	}
	if n[0] == '0' {
		return len(n) >= 10 && len(n) <= 12 && n[1] != '0'
	}
	return (len(n) == 7 || len(n) == 8) && n[0] >= '2' && n[0] <= '8'
}

func phone(n string) Phone { return Phone{seal.Masked(n, maskPhone(n))} }

// Mobile reports whether a code can be sent to it. A closed number cannot tell.
func (p Phone) Mobile() bool { return isMobile(p.Plain()) }

// maskPhone keeps three digits before and four behind, or two and two of a short
// number.
func maskPhone(n string) string {
	if len(n) < 7 {
		return seal.Stars
	}
	before, behind := 3, 4
	if len(n) < 11 {
		before, behind = 2, 2
	}
	return n[:before] + "****" + n[len(n)-behind:]
}
