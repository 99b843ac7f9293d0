// SPDX-License-Identifier: Apache-2.0

package page

import (
	"html/template"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/static"
)

// funcs are what templates can say, in one language. None of them belongs to a
// request, so one set serves everybody.
func funcs(lang i18n.Lang) template.FuncMap {
	return template.FuncMap{
		"t":       func(key string, args ...any) string { return i18n.T(lang, key, args...) },
		"in":      func(x i18n.Text) string { return x.In(lang) },
		"icon":    static.Icon,
		"asset":   static.URL,
		"input":   func(f *form.Form, name, key string) Field { return NewField(lang, f, name, key) },
		"when":    func(now, t time.Time) template.HTML { return timeTag(lang, t, i18n.When(lang, now, t)) },
		"ago":     func(now, t time.Time) template.HTML { return timeTag(lang, t, i18n.Ago(lang, now, t)) },
		"left":    func(now, due time.Time) template.HTML { return timeTag(lang, due, i18n.Left(lang, now, due)) },
		"moment":  func(t time.Time, words string) template.HTML { return timeTag(lang, t, words) },
		"exact":   func(t time.Time) string { return i18n.Exact(lang, t) },
		"date":    func(t time.Time) string { return i18n.Date(lang, t) },
		"href":    dialled,
		"num":     Number,
		"rows":    func(rows []Row) template.HTML { return Rows(lang, rows) },
		"pillsvg": func(p Pill) template.HTML { return written(func(b *strings.Builder) { writePill(b, p) }) },
		"lightsvg": func(l Light) template.HTML {
			return written(func(b *strings.Builder) { writeLight(b, lang, l) })
		},
		"bars":       bars,
		"tone":       func(t Tone) string { return string(t.known()) },
		"shape":      func(t Tone) string { return t.known().shape() },
		"sign":       func(t Tone) string { return t.known().sign() },
		"pill":       func(tone Tone, text string) Pill { return Pill{Text: text, Tone: tone} },
		"head":       func(title, lead string) Head { return Head{Title: title, Lead: lead} },
		"fact":       func(label, value string) Fact { return Fact{Label: label, Value: value} },
		"link":       func(href, text string) Link { return Link{Href: href, Text: text} },
		"note":       func(tone Tone, text string) Note { return Note{Tone: tone, Text: text} },
		"button":     func(text string) Button { return Button{Text: text, Main: true} },
		"option":     func(value, text string) Option { return Option{Value: value, Text: text} },
		"options":    func(os ...Option) []Option { return os },
		"facts":      func(fs ...Fact) []Fact { return fs },
		"faultsmark": func() template.HTML { return faultsMark },
		"plus":       func(a, b int) int { return a + b },
		"local":      Local,
	}
}

func written(f func(*strings.Builder)) template.HTML {
	var b strings.Builder
	f(&b)
	return template.HTML(b.String())
}

// timeTag wraps words for a moment so that the exact instant can be had.
func timeTag(lang i18n.Lang, t time.Time, words string) template.HTML {
	if t.IsZero() {
		return template.HTML(template.HTMLEscapeString(words))
	}
	return written(func(b *strings.Builder) { writeTime(b, lang, t, words) })
}

func writeTime(b *strings.Builder, lang i18n.Lang, t time.Time, words string) {
	b.WriteString(`<time datetime="`)
	var at [len(time.RFC3339)]byte
	b.Write(t.In(i18n.Zone).AppendFormat(at[:0], time.RFC3339))
	b.WriteString(`" title="`)
	b.WriteString(i18n.Exact(lang, t))
	b.WriteString(`">`)
	escape(b, words)
	b.WriteString(`</time>`)
}

// Number writes n with thin groups of three: 71,200.
func Number(n int) string {
	s := strconv.Itoa(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// dialled lets an address that dials a telephone number pass, which html/template takes
// for dangerous; it judges every other itself.
func dialled(s string) any {
	if strings.HasPrefix(s, "tel:") {
		return template.URL(s)
	}
	return s
}
