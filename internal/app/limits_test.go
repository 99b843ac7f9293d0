// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"yuanba/internal/apptest"
)

// TestUploadLimit: the setting limits.upload bounds a form with files.
func TestUploadLimit(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	town.Config.Limits.Upload = 200_000
	h, err := town.Handler("test")
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]bool{100_000: false, 300_000: true} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile("photos", "a.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/raise", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		got := httptest.NewRecorder()
		h.ServeHTTP(got, r)
		if refused := got.Code == http.StatusRequestEntityTooLarge; refused != want {
			t.Errorf("%d bytes: status %d", size, got.Code)
		}
	}
}
