// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"archive/tar"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"yuanba/internal/app"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPackAndUnpack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "files", "ab", "cd", "photo"), "a photo")
	write(t, filepath.Join(dir, "files", "ef", "paper"), "a paper")
	write(t, filepath.Join(dir, "keys.json"), "{}")
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "files", "link")); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "town.tar")
	c, err := app.Pack(t.Context(), archive, filepath.Join(dir, "files"), filepath.Join(dir, "keys.json"), filepath.Join(dir, "none"))
	if err != nil || c.Files != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, err := app.Pack(t.Context(), archive, dir); !errors.Is(err, os.ErrExist) {
		t.Errorf("an archive was overwritten: %v", err)
	}
	to := filepath.Join(dir, "new", "files")
	for range 2 { // the second time all is there
		if n, err := app.Unpack(t.Context(), archive, to); n != 3 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(to, "ab", "cd", "photo")); err != nil || string(b) != "a photo" {
		t.Errorf("%q, %v", b, err)
	}
	write(t, filepath.Join(to, "keys.json"), "something else")
	if _, err := app.Unpack(t.Context(), archive, to); err == nil {
		t.Error("another file of the same name was passed over")
	}
}

// TestUnpackStaysInside: an archive that somebody made up leads nowhere else.
func TestUnpackStaysInside(t *testing.T) {
	t.Parallel()
	for _, h := range []tar.Header{
		{Name: "../outside", Typeflag: tar.TypeReg, Mode: 0o600},
		{Name: "/tmp/outside", Typeflag: tar.TypeReg, Mode: 0o600},
		{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc"},
	} {
		dir := t.TempDir()
		name := filepath.Join(dir, "bad.tar")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(f)
		if err := errors.Join(w.WriteHeader(&h), w.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Unpack(t.Context(), name, filepath.Join(dir, "in")); err == nil {
			t.Errorf("%s was unpacked", h.Name)
		}
		if _, err := os.Lstat(filepath.Join(dir, "outside")); err == nil {
			t.Errorf("%s lies outside", h.Name)
		}
	}
}
