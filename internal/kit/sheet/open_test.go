// SPDX-License-Identifier: Apache-2.0

package sheet_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"yuanba/internal/kit/sheet"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	large := errors.New("large")
	packed := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(s)) // a buffer takes everything
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const words = "编号,主题\n1,路灯\n"
	for name, file := range map[string]string{"plain": words, "marked": "\ufeff" + words, "packed": packed(words), "packed and marked": packed("\ufeff" + words)} {
		r, err := sheet.Open(strings.NewReader(file), 1000, large)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != words {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, file := range map[string]string{"plain": strings.Repeat("a", 2000), "packed": packed(strings.Repeat("a", 2000))} {
		r, err := sheet.Open(strings.NewReader(file), 1000, large)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); !errors.Is(err, large) || len(got) != 1000 {
			t.Errorf("%s, too long: %d bytes, %v", name, len(got), err)
		}
	}
	if _, err := sheet.Open(strings.NewReader("\x1f\x8bno more"), 1000, large); err == nil {
		t.Error("a damaged file is opened")
	}
}
