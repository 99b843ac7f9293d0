// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// Every page of every counter has a sample in the gallery.
func TestGalleryHasEveryPage(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, s := range gallery.Samples() {
		r := page.Listened(httptest.NewRequest("GET", "/gallery/"+s.Name, nil), func(name string) { seen = append(seen, name) })
		s.Show.ServeHTTP(httptest.NewRecorder(), s.Request(r, page.Base{Lang: i18n.ZH, Path: "/gallery/" + s.Name}))
	}
	pages := page.Listed()
	if len(pages) < 30 {
		t.Fatalf("only %d pages are listed: the counters are not part of this test", len(pages))
	}
	for _, name := range pages {
		if name != "gallery/list.html" && !slices.Contains(seen, name) {
			t.Errorf("the page %s has no sample in the gallery: add one in its counter's gallery.go", name)
		}
	}
}
