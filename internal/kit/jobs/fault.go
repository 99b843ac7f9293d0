// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxFault bounds what is kept of an error.
const maxFault = 500

var (
	longNumber = regexp.MustCompile(`\d[\d -]{5,}[\dXx]`)
	mailbox    = regexp.MustCompile(`[^\s<>"']+@[^\s<>"']+`)
)

// faultText is what is kept of an error: its beginning, with whatever could be
// somebody's telephone, identity number or address of mail masked.
func faultText(err error) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "")
	s = longNumber.ReplaceAllString(s, "***")
	s = mailbox.ReplaceAllString(s, "***")
	for len(s) > maxFault {
		_, n := utf8.DecodeLastRuneInString(s[:maxFault+1])
		s = s[:maxFault+1-n]
	}
	return s
}
