// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
)

// What is suggested stands first among the choices, once, with why; nothing is
// chosen by it, and the choice is the clerk's.
func TestSuggested(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Accepted)
	if ks := w.Matters.Catalogue().Suggest(m.Title+" "+m.Body, 1); len(ks) == 0 {
		t.Fatal("the catalogue says nothing of the sample")
	}
	page := w.visit("zhao").get("/matters/" + m.Number + "/classify").is(200)
	page.says("程序建议", "请您来定")
	first, _ := w.Matters.Catalogue().Get(w.Matters.Catalogue().Suggest(m.Title+" "+m.Body, 1)[0].Code)
	if n := strings.Count(page.body, `value="`+first.Code+`"`); n != 1 {
		t.Errorf("the suggested category stands %d times among the choices", n)
	}
}
