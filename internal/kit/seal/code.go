// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"io"
	"strings"
)

// codeLetters are those of a code: none can be misread for another.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode makes a code that somebody without account takes home on a slip: eight
// letters, about 39 bits of the given chance, to be tried at most a few times.
func NewCode(random io.Reader) (string, error) {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	return string(b[:4]) + "-" + string(b[4:]), nil
}

// codeGaps are what people leave out of a code, or write into it.
var codeGaps = strings.NewReplacer("-", "", " ", "")

// PlainCode is a code as it is compared, whatever gaps and small letters somebody
// typed. What is kept of it is its keyed hash, by [Box.Index].
func PlainCode(code string) string { return strings.ToUpper(codeGaps.Replace(code)) }
