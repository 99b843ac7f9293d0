// SPDX-License-Identifier: Apache-2.0

package search

import (
	"cmp"
	"html"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Span is a stretch of a text, in bytes.
type Span struct{ From, To int }

// foldedText is a folded text that remembers where its letters came from.
type foldedText struct {
	text string
	at   []Span // for each byte of text, the bytes it came from
}

func foldMap(s string) foldedText {
	var b strings.Builder
	var at []Span
	fold(s, func(r rune, from, to int) {
		if r == ' ' && (b.Len() == 0 || strings.HasSuffix(b.String(), " ")) {
			return
		}
		b.WriteRune(r)
		for range utf8.RuneLen(r) {
			at = append(at, Span{from, to})
		}
	})
	return foldedText{b.String(), at}
}

// Highlight returns where the words of a query stand in text, from left to
// right, none touching another. It finds them as [Index.Find] does.
func Highlight(text, query string) []Span {
	f := foldMap(text)
	var spans []Span
	for _, p := range parse(query) {
		words := p.words
		if len(words) > 1 {
			words = append([]string{strings.Join(words, " ")}, words...)
		}
		for _, w := range words {
			for from := 0; from < len(f.text); {
				i := contains(f.text[from:], w)
				if i < 0 {
					break
				}
				i += from
				before, _ := utf8.DecodeLastRuneInString(f.text[:i])
				if first, _ := utf8.DecodeRuneInString(w); i == 0 || !inWord(first) || !inWord(before) {
					spans = append(spans, Span{f.at[i].From, f.at[i+len(w)-1].To})
				}
				from = i + len(w)
			}
		}
	}
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To)) })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

// HTML is text, safe to put into a page, with what [Highlight] finds in <mark>.
func HTML(text, query string) template.HTML {
	var b strings.Builder
	at := 0
	for _, s := range Highlight(text, query) {
		b.WriteString(html.EscapeString(text[at:s.From]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(text[s.From:s.To]))
		b.WriteString("</mark>")
		at = s.To
	}
	b.WriteString(html.EscapeString(text[at:]))
	return template.HTML(strings.ToValidUTF8(b.String(), "\uFFFD")) //nolint:gosec // every piece is escaped
}

// Snippet is a piece of text of at most n letters around the first place where
// the query is found, or its beginning; an ellipsis stands for what is left out
// at either end, and a line's end becomes a space.
func Snippet(text, query string, n int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	rs := []rune(text)
	if len(rs) <= n {
		return text
	}
	start := 0
	if spans := Highlight(text, query); len(spans) > 0 {
		hit := utf8.RuneCountInString(text[:spans[0].From])
		start = max(0, min(hit-n/4, len(rs)-n))
	}
	out := string(rs[start : start+n])
	if start > 0 {
		out = "…" + strings.TrimLeft(out, " ")
	}
	if start+n < len(rs) {
		out = strings.TrimRight(out, " ") + "…"
	}
	return out
}
