// SPDX-License-Identifier: Apache-2.0

package arch

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestLaws holds every law up against this checkout.
func TestLaws(t *testing.T) {
	t.Parallel()
	tree, err := Read(os.DirFS("../..")) // through package os, so that go test knows to run us again
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Go) == 0 {
		t.Fatal("no Go files were found")
	}
	for _, law := range Laws {
		t.Run(strings.ReplaceAll(law.Name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			for _, fault := range law.Check(tree) {
				t.Errorf("%s\n\t(%s)", fault, law.Why)
			}
		})
	}
}

// TestPin: the C library under the SQLite driver is built for exactly one
// version of it.
func TestPin(t *testing.T) {
	t.Parallel()
	ours, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	const via, pinned = "modernc.org/sqlite", "modernc.org/libc"
	if !strings.Contains(string(ours), via+" ") {
		t.Fatalf("go.mod does not require %s any more: then this test may go", via)
	}
	cmd := exec.Command("go", "list", "-m", "-f", "{{.GoMod}}", via)
	cmd.Stderr = os.Stderr
	file, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(strings.TrimSpace(string(file)))
	if err != nil {
		t.Fatal(err)
	}
	if fault := PinFault(ours, theirs, via, pinned); fault != "" {
		t.Error(fault)
	}
}
