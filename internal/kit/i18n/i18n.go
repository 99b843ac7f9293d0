// SPDX-License-Identifier: Apache-2.0

// Package i18n says things in the reader's language.
//
// Words live in internal/locale, one flat JSON file per language and owner:
//
//	{"matter.title.empty": "请写明是什么事", "list.count": "{0} 件"}
//
// {0}, {1} … stand for the arguments. Where argument 0 is the number 1 and the
// language has a text under key + ".one", that text is used; Chinese needs none.
//
// zh-CN is the reference language: a text that English lacks is shown in Chinese
// and a key that both lack is shown between ⟦ and ⟧, which no test lets pass.
//
// Names that the town itself keeps in two languages are [Text].
package i18n

import (
	"strings"
	"sync/atomic"
)

// A Lang is a language that the program speaks, as in HTML's lang attribute.
type Lang string

// The languages. ZH is the reference.
const (
	ZH Lang = "zh-CN"
	EN Lang = "en"
)

// Langs lists the languages, the reference first.
var Langs = []Lang{ZH, EN}

// Parse returns the language that s names exactly, or false.
func Parse(s string) (Lang, bool) {
	for _, l := range Langs {
		if s == string(l) {
			return l, true
		}
	}
	return ZH, false
}

// Name returns what the language calls itself.
func (l Lang) Name() string {
	if l == EN {
		return "English"
	}
	return "中文"
}

// A Text is a name or sentence that the database keeps in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns t in lang; where that is empty, the other one.
func (t Text) In(lang Lang) string {
	if lang == EN && t.EN != "" || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}

// A Key as an argument of [T] is itself translated, for example the name of a
// state inside a sentence.
type Key string

var current atomic.Pointer[Catalog]

// Use makes c the catalog of [T] and returns it. Package locale does this when
// it is imported; nobody else should.
func Use(c *Catalog) *Catalog {
	current.Store(c)
	return c
}

// T returns the text of key in lang with args put in place. Arguments that are
// a [Text] or a [Key] appear in lang.
func T(lang Lang, key string, args ...any) string {
	c := current.Load()
	if c == nil {
		return missing(key)
	}
	return c.T(lang, key, args...)
}

// Say returns one argument as [T] would put it into a text.
func Say(lang Lang, arg any) string {
	if c := current.Load(); c != nil {
		return c.say(lang, arg)
	}
	return (&Catalog{}).say(lang, arg)
}

// Has reports whether key is in the catalog in use.
func Has(key string) bool {
	c := current.Load()
	return c != nil && c.Has(key)
}

func missing(key string) string { return "⟦" + key + "⟧" }

// FromAcceptLanguage returns the language a browser asks for. Without a wish it
// is Chinese; whoever asks only for languages we do not speak gets English.
func FromAcceptLanguage(header string) Lang {
	best, quality, others := ZH, -1, false
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := parseQuality(params)
		if tag == "" || q == 0 {
			continue
		}
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		switch {
		case base == "zh" && q > quality:
			best, quality = ZH, q
		case base == "en" && q > quality:
			best, quality = EN, q
		case base != "zh" && base != "en" && base != "*":
			others = true
		}
	}
	if quality < 0 && others {
		return EN
	}
	return best
}

// parseQuality reads "q=0.8" as 800. What it cannot read counts as 1000, as if
// nothing had been said.
func parseQuality(params string) int {
	_, v, ok := strings.Cut(params, "q=")
	if !ok {
		return 1000
	}
	v = strings.TrimSpace(v)
	whole, frac, _ := strings.Cut(v, ".")
	if whole != "0" {
		return 1000
	}
	q := 0
	for i := range 3 {
		q *= 10
		if i < len(frac) {
			if frac[i] < '0' || frac[i] > '9' {
				return 1000
			}
			q += int(frac[i] - '0')
		}
	}
	return q
}
