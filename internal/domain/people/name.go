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

// A Name is what a person is called. It shows itself as 陈* or 周**.
type Name struct{ seal.Text }

// maxName is the longest name, in characters. The longest name in use in the
// register has fewer than half of these.
const maxName = 50

// ParseName reads a name as somebody wrote it: spaces around it are dropped and
// those within it made single. It is Invalid beside "name" if it is too long or
// has characters that are in no name: signs of control, digits, brackets.
// Nothing is the empty name.
func ParseName(s string) (Name, error) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	switch {
	case utf8.RuneCountInString(s) > maxName:
		return Name{}, errs.At("name", "people.name.long", maxName)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, notInName):
		return Name{}, errs.At("name", "people.name.malformed")
	}
	return name(s), nil
}

// notInName is what no name contains. Letters of every script, the marks on
// them, the dot of 吉克·阿衣 and the signs of O'Neill-Wang, 陈某（化名）do occur.
func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" ·•.-'’（）()", r)
}

func name(s string) Name { return Name{seal.Masked(s, maskName(s))} }

// maskName keeps the first character and a star for each other, three at most.
func maskName(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	rest := utf8.RuneCountInString(s[size:])
	if rest == 0 {
		return "*"
	}
	return string(first) + strings.Repeat("*", min(rest, 3))
}
