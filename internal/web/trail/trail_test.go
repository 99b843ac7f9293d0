// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/web/page"
	webtrail "yuanba/internal/web/trail"
)

func TestTrailPage(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	mux := http.NewServeMux()
	(&webtrail.Counter{DB: town.DB, Public: town.Sealer.PublicKey()}).Routes(mux)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, page.As(httptest.NewRequest(http.MethodGet, path, nil), page.Base{}))
		return w
	}
	if w := get("/trail"); w.Code != 200 || !strings.Contains(w.Body.String(), "还没有封存过") {
		t.Errorf("before the first seal: %d", w.Code)
	}
	if w := get("/trail/checkpoint"); w.Code != 404 {
		t.Errorf("a checkpoint before the first seal: %d", w.Code)
	}
	if _, err := town.Sealer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	note := get("/trail/checkpoint").Body.String()
	if !strings.Contains(note, "yuanba/trail\n") {
		t.Errorf("the signed note: %q", note)
	}
	if w := get("/trail"); !strings.Contains(w.Body.String(), "核对码") {
		t.Error("the page does not show the root")
	}
}
