// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func writeOver(path string) error { return os.WriteFile(path, []byte("other"), 0o600) }

// conform is what every store must do.
func conform(t *testing.T, s Store) {
	t.Helper()
	ctx := context.Background()
	data := bytes.Repeat([]byte("院坝"), 50_000)
	h := HashOf(data)
	if _, err := s.Open(ctx, h.File()); err == nil || keyOf(err) != "not_found blob.gone" {
		t.Errorf("open of nothing: %v", err)
	}
	if _, err := s.Stat(ctx, h.File()); err == nil || keyOf(err) != "not_found blob.gone" {
		t.Errorf("stat of nothing: %v", err)
	}
	if err := s.Delete(ctx, h.File()); err != nil {
		t.Errorf("delete of nothing: %v", err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := s.Put(ctx, h.File(), data); err != nil {
				t.Errorf("put: %v", err)
			}
		})
	}
	all.Wait()
	if err := s.Put(ctx, h.Small(), []byte("small")); err != nil {
		t.Error(err)
	}
	for _, bad := range []Name{"", "..", "../../etc/passwd", Name(h + ".99"), Name(h[:63] + "G"), Name(h + "/../x")} {
		if err := s.Put(ctx, bad, data); err == nil || keyOf(err) != "not_found blob.gone" {
			t.Errorf("put %q: %v", bad, err)
		}
		if _, err := s.Open(ctx, bad); err == nil || keyOf(err) != "not_found blob.gone" {
			t.Errorf("open %q: %v", bad, err)
		}
	}
	o, err := s.Open(ctx, h.File())
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(o)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("read %d bytes of %d, %v", len(got), len(data), err)
	}
	if _, err := o.Seek(-6, io.SeekEnd); err != nil {
		t.Error(err)
	}
	if got, err = io.ReadAll(o); string(got) != "院坝" || err != nil {
		t.Errorf("after seeking: %q %v", got, err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	i, err := s.Stat(ctx, h.File())
	if err != nil || i.Size != int64(len(data)) || i.Name != h.File() || time.Since(i.At).Abs() > time.Hour {
		t.Errorf("stat: %+v %v", i, err)
	}
	seen := map[Name]int64{}
	if err := s.Walk(ctx, func(i Info) error { seen[i.Name] = i.Size; return nil }); err != nil {
		t.Error(err)
	}
	if len(seen) != 2 || seen[h.File()] != int64(len(data)) || seen[h.Small()] != 5 {
		t.Errorf("walked over %v", seen)
	}
	if err := s.Walk(ctx, func(Info) error { return io.ErrNoProgress }); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("walk that is stopped: %v", err)
	}
	if err := s.Walk(ctx, func(i Info) error { return s.Delete(ctx, i.Name) }); err != nil {
		t.Error(err)
	}
	if err := s.Walk(ctx, func(i Info) error { t.Errorf("%s is still there", i.Name); return nil }); err != nil {
		t.Error(err)
	}
}

func TestDisk(t *testing.T) {
	t.Parallel()
	d, err := OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	conform(t, d)
}

// TestDiskNeverShowsPart watches a name while it is written many times, and
// puts a torn file under it: what is seen is nothing or all.
func TestDiskNeverShowsPart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d, err := OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 1<<20)
	n := HashOf(data).File()
	var watch sync.WaitGroup
	stop := make(chan struct{})
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if i, err := os.Stat(d.path(n)); err == nil && i.Size() != int64(len(data)) {
				t.Errorf("seen with %d bytes", i.Size())
				return
			}
		}
	})
	for range 20 {
		if err := d.Put(ctx, n, data); err != nil {
			t.Error(err)
		}
		if err := d.Delete(ctx, n); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	watch.Wait()
	if err := d.Put(ctx, n, data); err != nil {
		t.Error(err)
	}
	if err := os.Truncate(d.path(n), 10); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(ctx, n, data); err != nil {
		t.Error(err)
	}
	if i, err := d.Stat(ctx, n); err != nil || i.Size != int64(len(data)) {
		t.Errorf("a torn file was not mended: %+v %v", i, err)
	}
}

func TestDiskRemovesRemains(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d, err := OpenDisk(root)
	if err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(root, halfWritten, "old"), filepath.Join(root, halfWritten, "young")
	for _, p := range []string{old, young} {
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-2 * halfWrittenFor)
	if err := os.Chtimes(old, then, then); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDisk(root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Error("remains of a crash were left")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("what another process writes was removed")
	}
	if err := d.Walk(context.Background(), func(i Info) error { t.Errorf("%s is no object", i.Name); return nil }); err != nil {
		t.Error(err)
	}
}
