// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"unicode"
	"unicode/utf8"
)

// A Text is what is put under a label: as somebody wrote it, or already cut into
// words. Tokens, if there are any, are the whole text. Marks are facts beside the
// words, such as where it is about; each counts as a word of the title.
type Text struct {
	Title  string
	Body   string
	Tokens []string
	Marks  []string
}

// An Example is a text whose label is known.
type Example struct {
	Text
	Label string
}

const (
	// maxRunes is how much of a text is read. Who has said in as many characters
	// what it is about says it once more after them.
	maxRunes = 400
	// titleTokens is how many tokens of a text that is already cut stand for its
	// title: there is no telling where it ends.
	titleTokens = 8
	// titleWeight is how often a feature of the title counts.
	titleWeight = 5
)

// A rolling hash of characters: where one ends, the next begins.
type rolling uint64

const (
	hashStart rolling = 0xcbf29ce484222325
	hashPrime rolling = 0x9e3779b97f4a7c15
)

func roll(h rolling, r rune) rolling {
	h = (h ^ rolling(uint32(r))) * hashPrime //nolint:gosec // a rune is not negative here
	return h ^ h>>29
}

func (h rolling) key() key { return key(h >> 32) } //nolint:gosec // half of it is meant

// fold is a character as it is compared: small letters, half width; 0 for what
// is neither a letter nor a digit.
func fold(r rune) rune {
	switch {
	case r >= 0x4e00 && r <= 0x9fff:
		return r
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r < 0x80:
		return 0
	case r >= 0xff01 && r <= 0xff5e:
		return fold(r - 0xfee0)
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return unicode.ToLower(r)
	}
	return 0
}

// latin reports whether a folded character belongs to a word that is not cut
// into single characters.
func latin(r rune) bool { return r > 0 && r < 0x2e80 }

// appendFolded appends the folded characters of s until n are there, and where
// each began in s if at is not nil.
func appendFolded(rs []rune, s string, n int, at *[]int32) []rune {
	for i := 0; i < len(s) && len(rs) < n; {
		c := s[i]
		if c < utf8.RuneSelf {
			rs = append(rs, asciiFold[c])
			if at != nil {
				*at = append(*at, int32(i)) //nolint:gosec // texts are short
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		rs = append(rs, fold(r))
		if at != nil {
			*at = append(*at, int32(i)) //nolint:gosec // texts are short
		}
		i += size
	}
	return rs
}

var asciiFold = func() (t [utf8.RuneSelf]rune) {
	for c := range t {
		t[c] = fold(rune(c))
	}
	return t
}()
