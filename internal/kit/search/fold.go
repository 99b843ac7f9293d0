// SPDX-License-Identifier: Apache-2.0

package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold brings text into the form in which it is compared: NFKC, small letters,
// marks that stand alone left out, everything that is neither letter nor number
// a space, never two spaces together, none at the ends.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	emit := func(r rune, _, _ int) {
		if r == ' ' {
			gap = b.Len() > 0
			return
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	for i := 0; i < len(s); {
		if n := chinese(s[i:]); n > 0 { // as most of what is folded here
			if gap {
				b.WriteByte(' ')
				gap = false
			}
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		i += foldOne(s, i, emit)
	}
	return b.String()
}

// chinese is how many bytes at the head of s are letters from U+4E00 to U+9FFF
// that are their own folded form and do not join with what follows.
func chinese(s string) (n int) {
	for n+3 <= len(s) && s[n] >= 0xE4 && s[n] <= 0xE9 && (s[n] > 0xE4 || s[n+1] >= 0xB8) && s[n+1]&0xC0 == 0x80 && s[n+2]&0xC0 == 0x80 {
		n += 3
	}
	if n > 0 && !alone(s[n:]) {
		n -= 3
	}
	return n
}

// fold calls emit for each folded letter, or ' ', with the bytes of s from which
// it came.
func fold(s string, emit func(r rune, from, to int)) {
	for i := 0; i < len(s); {
		i += foldOne(s, i, emit)
	}
}

// foldOne folds what begins at i, and returns how many bytes that was.
func foldOne(s string, i int, emit func(r rune, from, to int)) int {
	r, n := utf8.DecodeRuneInString(s[i:])
	if plain(s[i:], r, n) {
		letter(r, i, i+n, emit)
		return n
	}
	// Full-width forms, such as the comma of nearly every Chinese sentence.
	if r >= 0xFF01 && r <= 0xFF5E && alone(s[i+n:]) {
		letter(r-0xFEE0, i, i+n, emit)
		return n
	}
	// Several runes may become one, or one several.
	if n = norm.NFKC.NextBoundaryInString(s[i:], true); n <= 0 {
		n = len(s) - i
	}
	for _, r := range norm.NFKC.String(s[i : i+n]) {
		letter(r, i, i+n, emit)
	}
	return n
}

// plain reports whether the rune at the head of s is its own NFKC form and does
// not join with the next.
func plain(s string, r rune, n int) bool {
	if r == utf8.RuneError {
		return true
	}
	if r >= utf8.RuneSelf && (r < 0x4E00 || r > 0x9FFF) {
		if p := norm.NFKC.PropertiesString(s); !p.BoundaryBefore() || p.Decomposition() != nil {
			return false
		}
	}
	return alone(s[n:])
}

// alone reports whether what stands before rest does not join with it.
func alone(rest string) bool {
	if rest == "" || rest[0] < utf8.RuneSelf || rest[0] >= 0xE4 && rest[0] <= 0xE9 {
		return true
	}
	return norm.NFKC.PropertiesString(rest).BoundaryBefore()
}

func letter(r rune, from, to int, emit func(rune, int, int)) {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF: // what most letters here are, before the tables are asked
		emit(r, from, to)
	case unicode.IsMark(r):
	case r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r)):
		emit(unicode.ToLower(r), from, to)
	default:
		emit(' ', from, to)
	}
}

// inWord reports whether a folded letter belongs to a word that is found from
// its beginning. All others are found anywhere, like Chinese.
func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r != ' ' && r != '\n' // which stands between exact strings
	}
	if r >= 0x2E80 {
		return false
	}
	return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) || unicode.IsDigit(r)
}

// contains returns where word is found in folded text, -1 if it is not: letters
// and digits only where no other stands before them.
func contains(text, word string) int { return stands(text, word, false) }

// wholly is contains for exact strings: letters and digits only where no other
// stands behind them either.
func wholly(text, word string) int { return stands(text, word, true) }

func stands(text, word string, whole bool) int {
	last, _ := utf8.DecodeLastRuneInString(word)
	first, _ := utf8.DecodeRuneInString(word)
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		if (i == 0 || !inWord(first) || !inWord(before)) && (!whole || !inWord(last) || !inWord(after)) {
			return i
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		from = i + n
	}
}
