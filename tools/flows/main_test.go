// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"yuanba/internal/kit/flow"
)

func TestDraw(t *testing.T) {
	t.Parallel()
	page := draw(flow.New("lamp", "dark", flow.On("dark", "mend", "lit", "handle")), "a/flow.go")
	for _, want := range []string{"# The life of a lamp", "[a/flow.go](../../a/flow.go)", "    dark --> lit: mend (handle)\n", "| dark | mend | lit | handle |"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in:\n%s", want, page)
		}
	}
}
