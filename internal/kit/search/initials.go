// SPDX-License-Identifier: Apache-2.0

package search

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// Initials is the first letters of a Chinese name as people type them:
// 文君街道 is "wjjd". Letters and digits in it stay; all else is left out. It is
// meant for [Doc.Exact].
func Initials(name string) string {
	a := pinyin.NewArgs()
	a.Style = pinyin.FirstLetter
	var b strings.Builder
	for _, r := range Fold(name) {
		if inWord(r) {
			b.WriteRune(r)
		} else if p := pinyin.SinglePinyin(r, a); len(p) > 0 {
			b.WriteString(p[0])
		}
	}
	return b.String()
}

// Sound is how a Chinese name sounds, in letters without tones: 身份证 is
// "shenfenzheng", and so is every misspelling of it that sounds alike. Letters and
// digits in it stay; all else is left out.
func Sound(name string) string {
	a := pinyin.NewArgs()
	var b strings.Builder
	for _, r := range Fold(name) {
		if inWord(r) {
			b.WriteRune(r)
		} else if p := pinyin.SinglePinyin(r, a); len(p) > 0 {
			b.WriteString(p[0])
		}
	}
	return b.String()
}
