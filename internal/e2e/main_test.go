//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"testing"
)

// browser is the one browser of all journeys.
var browser *Browser

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if browser, err = Start(); err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
		defer browser.Close()
		return m.Run()
	}())
}
