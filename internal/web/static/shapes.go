// SPDX-License-Identifier: Apache-2.0

package static

import "strings"

// shapes turns a drawing's shorthand into SVG. Strokes that begin with a capital
// M become one path; one that begins with m needs its own, or it would begin
// where the last one ended.
func shapes(d string) string {
	var all, one strings.Builder
	for part := range strings.SplitSeq(d, "|") {
		switch kind, rest, _ := strings.Cut(part, " "); {
		case kind == "o":
			circle(&all, "", rest)
		case kind == "f":
			circle(&all, ` class="full"`, rest)
		case part[0] == 'm':
			all.WriteString(`<path d="` + part + `"/>`)
		default:
			one.WriteString(part)
		}
	}
	if one.Len() == 0 {
		return all.String()
	}
	return `<path d="` + one.String() + `"/>` + all.String()
}

func circle(b *strings.Builder, class, d string) {
	f := strings.Fields(d)
	b.WriteString(`<circle` + class + ` cx="` + f[0] + `" cy="` + f[1] + `" r="` + f[2] + `"/>`)
}
