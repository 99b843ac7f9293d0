// SPDX-License-Identifier: Apache-2.0

package people

import (
	"net/mail"
	"strings"

	"golang.org/x/text/width"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/seal"
)

// An Email is an address of mail. It shows itself as z***@example.cn.
type Email struct{ seal.Text }

// The longest address and the longest part before its @ that mail servers know.
const (
	maxEmail = 254
	maxLocal = 64
)

// ParseEmail reads an address of mail as people write it: spaces around it and
// full-width characters are put right, its domain is written small. Anything that
// is not one bare address of ASCII letters with a domain is Invalid beside
// "mailbox"; nothing at all is so too.
func ParseEmail(s string) (Email, error) {
	s = strings.TrimSpace(width.Fold.String(s))
	if s == "" {
		return Email{}, errs.At("mailbox", "people.mailbox.needed")
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > maxEmail || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7F }) {
		return Email{}, errs.At("mailbox", "people.mailbox.malformed")
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], strings.ToLower(s[at+1:])
	if len(local) > maxLocal || strings.ContainsAny(local, `"\`) || !isDomain(domain) {
		return Email{}, errs.At("mailbox", "people.mailbox.malformed")
	}
	return email(local + "@" + domain), nil
}

// isDomain: names of letters, digits and dashes with dots between them, the last
// of them no number.
func isDomain(s string) bool {
	names := strings.Split(s, ".")
	for _, n := range names {
		if n == "" || len(n) > 63 || n[0] == '-' || n[len(n)-1] == '-' || strings.ContainsFunc(n, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
		}) {
			return false
		}
	}
	last := names[len(names)-1]
	return len(names) > 1 && strings.ContainsFunc(last, func(r rune) bool { return r >= 'a' })
}

func email(s string) Email { return Email{seal.Masked(s, maskEmail(s))} }

// maskEmail keeps the first letter and the domain.
func maskEmail(s string) string {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" {
		return seal.Stars
	}
	return local[:1] + "***@" + domain
}
