// SPDX-License-Identifier: Apache-2.0

package page

import (
	"html/template"
	"strings"
)

// OptionTags writes the options of a list by hand, as Rows does, group by group:
// a list of all places is longer than the page it stands on.
func (d Field) OptionTags() template.HTML {
	var b strings.Builder
	b.Grow(len(d.Options) * 72)
	group := ""
	for _, o := range d.Options {
		if o.Group != group {
			if group != "" {
				b.WriteString(`</optgroup>`)
			}
			if group = o.Group; group != "" {
				b.WriteString(`<optgroup label="`)
				escape(&b, group)
				b.WriteString(`">`)
			}
		}
		b.WriteString(`<option value="`)
		escape(&b, o.Value)
		if d.Picked(o) {
			b.WriteString(`" selected>`)
		} else {
			b.WriteString(`">`)
		}
		escape(&b, o.Text)
		b.WriteString(`</option>`)
	}
	if group != "" {
		b.WriteString(`</optgroup>`)
	}
	return template.HTML(b.String())
}
