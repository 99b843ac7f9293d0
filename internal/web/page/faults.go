// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"html/template"
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/static"
)

// faultsMark stands where the summary of a form's faults will be. The summary
// comes before the fields and names them as they are labelled, so it is written
// when the page is done.
const faultsMark template.HTML = "<!--\x00faults-->"

// withFaults puts the summary in the place of its mark.
func withFaults(page []byte, b *Base) []byte {
	if len(b.Form.Faults()) == 0 {
		return page
	}
	return bytes.Replace(page, []byte(faultsMark), []byte(summary(b)), 1)
}

// summary lists the faults in the order of the page, each with its field's label
// and a way to it.
func summary(b *Base) template.HTML {
	faults := slices.Clone(b.Form.Faults())
	slices.SortStableFunc(faults, func(x, y *errs.Error) int {
		_, i := b.Form.Label(x.Field)
		_, j := b.Form.Label(y.Field)
		return i - j
	})
	return written(func(w *strings.Builder) {
		w.WriteString(`<section class="faults" id="faults" tabindex="-1" role="alert"><h2>`)
		w.WriteString(string(static.Icon("alert")))
		escape(w, b.T("form.faults", len(faults)))
		w.WriteString(`</h2><ul>`)
		for _, e := range faults {
			label, _ := b.Form.Label(e.Field)
			w.WriteString(`<li>`)
			if label == "" {
				escape(w, i18n.T(b.Lang, e.Key, e.Args...))
			} else {
				w.WriteString(`<a href="#f-`)
				escape(w, e.Field)
				w.WriteString(`">`)
				escape(w, b.T("form.at", label, i18n.T(b.Lang, e.Key, e.Args...)))
				w.WriteString(`</a>`)
			}
			w.WriteString(`</li>`)
		}
		w.WriteString(`</ul><p class="help">`)
		escape(w, b.T("form.kept"))
		w.WriteString(`</p></section>`)
	})
}
