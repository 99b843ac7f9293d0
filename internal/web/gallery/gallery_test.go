// SPDX-License-Identifier: Apache-2.0

package gallery_test

import (
	"strings"
	"testing"

	"yuanba/internal/web/gallery/gallerytest"
)

func TestEveryBlock(t *testing.T) {
	t.Parallel()
	gallerytest.Check(t, "")
}

func TestFaultsAreSeen(t *testing.T) {
	t.Parallel()
	page := func(main string) string {
		return `<!doctype html><html lang="en"><head><title>x</title></head><body><main><h1>x</h1>` + main + `</main></body></html>`
	}
	if got := gallerytest.Faults(page(`<p>fine</p><label for="a">A</label><input id="a" name="a">`)); got != nil {
		t.Errorf("faults in a good page: %v", got)
	}
	for bad, want := range map[string]string{
		`<p><b>x</p>`: "</p> closes <b>", `<div>`: "closes <div>", `<h1>two</h1>`: "2 h1", `<input name="a">`: "no label", `<img src="/x">`: "no alt",
		`<button></button>`: "no words", `<p style="color:red">x</p>`: "inline style", `<script>x</script>`: "inline script", `⟦a.b⟧`: "⟦",
		`<p id="a">x</p><p id="a">x</p>`: "twice", `<p aria-describedby="zz">x</p>`: "not there", `<p onclick="x">x</p>`: "inline onclick",
	} {
		if got := strings.Join(gallerytest.Faults(page(bad)), "; "); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", bad, got, want)
		}
	}
	if got := strings.Join(gallerytest.Faults(`<html><title></title><main><h1>x</h1></main></html>`), ""); !strings.Contains(got, "no title") {
		t.Errorf("no title: %q", got)
	}
}
