// SPDX-License-Identifier: Apache-2.0

// Package gallerytest runs every page of the gallery and reads what comes out.
package gallerytest

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// Check shows every sample whose name begins with prefix in both languages and
// fails for what is wrong with it: see [Faults]. Each counter's test calls it
// with its own prefix.
func Check(t *testing.T, prefix string) {
	t.Helper()
	if err := page.CheckAll(templatecheck.CheckHTML); err != nil {
		t.Error(err)
	}
	n := 0
	for _, s := range gallery.Samples() {
		if !strings.HasPrefix(s.Name, prefix) {
			continue
		}
		n++
		for _, lang := range i18n.Langs {
			t.Run(s.Name+"/"+string(lang), func(t *testing.T) {
				t.Parallel()
				w := httptest.NewRecorder()
				s.Show.ServeHTTP(w, s.Request(httptest.NewRequest("GET", "/gallery/"+s.Name, nil), page.Base{Lang: lang, Path: "/gallery/" + s.Name}))
				for _, fault := range Faults(w.Body.String()) {
					t.Error(fault)
				}
			})
		}
	}
	if n == 0 {
		t.Errorf("no sample of %q in the gallery", prefix)
	}
}
