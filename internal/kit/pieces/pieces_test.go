// SPDX-License-Identifier: Apache-2.0

package pieces_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/pieces"
)

func open(t *testing.T, l pieces.Limits) (*pieces.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := pieces.Open(dir, l, func() time.Time { return time.Now().Add(time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func of(who id.ID, b []byte) pieces.File {
	return pieces.File{Of: who, Hash: blob.HashOf(b), Length: int64(len(b))}
}

// keeps is what Take hands on.
func keeps(into *[]byte) func(io.Reader) error {
	return func(r io.Reader) (err error) { *into, err = io.ReadAll(r); return err }
}

func TestAppendResumes(t *testing.T) {
	t.Parallel()
	s, _ := open(t, pieces.Default())
	all := bytes.Repeat([]byte("院坝"), 1000)
	f := of(7, all)
	have, err := s.Append(t.Context(), f, 0, io.MultiReader(bytes.NewReader(all[:1001]), iotest.ErrReader(errors.New("cut"))))
	if have != 1001 || err == nil {
		t.Fatalf("a piece that was cut: %d, %v", have, err)
	}
	if have, err = s.Append(t.Context(), f, 1500, bytes.NewReader(all[1500:])); errs.KindOf(err) != errs.Conflict || have != 1001 {
		t.Fatalf("a gap: %d, %v", have, err)
	}
	var got []byte
	if err := s.Take(f, keeps(&got)); errs.KindOf(err) != errs.Conflict || got != nil {
		t.Fatalf("taken before it was whole: %v", err)
	}
	if have, err = s.Append(t.Context(), f, 500, bytes.NewReader(all[500:2000])); err != nil || have != 2000 { // some of it twice
		t.Fatalf("overlapping: %d, %v", have, err)
	}
	if have, err = s.Append(t.Context(), f, 0, bytes.NewReader(all[:700])); err != nil || have != 2000 { // late and twice
		t.Fatalf("twice: %d, %v", have, err)
	}
	if have, err = s.Append(t.Context(), f, 2000, bytes.NewReader(append(bytes.Clone(all[2000:]), 'x'))); errs.KindOf(err) != errs.Invalid || have != int64(len(all)) {
		t.Fatalf("beyond its length: %d, %v", have, err)
	}
	boom := errors.New("full")
	if err := s.Take(f, func(io.Reader) error { return boom }); !errors.Is(err, boom) {
		t.Fatalf("%v", err)
	}
	if err := s.Take(f, keeps(&got)); err != nil || !bytes.Equal(got, all) {
		t.Fatalf("taken: %d bytes, %v", len(got), err)
	}
	if have, err := s.Have(f); have != 0 || err != nil {
		t.Errorf("after it was taken %d bytes are left, %v", have, err)
	}
}

func TestOtherBytesAreForgotten(t *testing.T) {
	t.Parallel()
	s, _ := open(t, pieces.Default())
	f := of(7, []byte("right"))
	if _, err := s.Append(t.Context(), f, 0, bytes.NewReader([]byte("wrong"))); err != nil {
		t.Fatal(err)
	}
	err := s.Take(f, func(io.Reader) error { t.Error("handed on"); return nil })
	if es := errs.Public(err); len(es) != 1 || es[0].Key != "pieces.differs" {
		t.Errorf("%v", err)
	}
	if have, _ := s.Have(f); have != 0 {
		t.Errorf("%d bytes are left", have)
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := open(t, pieces.Default())
	all := bytes.Repeat([]byte("0123456789"), 5000)
	f := of(7, all)
	var all2 sync.WaitGroup
	for range 4 {
		all2.Go(func() {
			for at := int64(0); at < f.Length; at += 1000 {
				if _, err := s.Append(t.Context(), f, at, bytes.NewReader(all[at:at+1000])); err != nil {
					t.Errorf("at %d: %v", at, err)
				}
			}
		})
	}
	all2.Wait()
	var got []byte
	if err := s.Take(f, keeps(&got)); err != nil || !bytes.Equal(got, all) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	s, dir := open(t, pieces.Limits{File: 10, Files: 2, Bytes: 1000, Age: 2 * time.Hour})
	if _, err := s.Append(t.Context(), of(7, make([]byte, 11)), 0, bytes.NewReader(make([]byte, 11))); errs.KindOf(err) != errs.Invalid {
		t.Errorf("too large: %v", err)
	}
	for _, bad := range []blob.Hash{"", "../../etc/passwd", blob.HashOf(nil) + ".320"} {
		if _, err := s.Have(pieces.File{Of: 7, Hash: bad, Length: 3}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	begin := func(who id.ID, b string) pieces.File {
		f := of(who, []byte(b))
		if _, err := s.Append(t.Context(), f, 0, bytes.NewReader([]byte(b[:1]))); err != nil {
			t.Fatal(err)
		}
		return f
	}
	one := begin(7, "one")
	old := time.Now().Add(-90 * time.Minute) // it was there before the others
	names, err := filepath.Glob(filepath.Join(dir, "*", string(one.Hash)+"*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if err := os.Chtimes(names[0], old, old); err != nil {
		t.Fatal(err)
	}
	two, other := begin(7, "two"), begin(8, "one")
	three := begin(7, "three")
	for f, want := range map[pieces.File]int64{one: 0, two: 1, three: 1, other: 1} {
		if have, err := s.Have(f); have != want || err != nil {
			t.Errorf("%v: %d bytes, %v, want %d", f, have, err, want)
		}
	}
	if n, err := s.Sweep(t.Context()); n != 0 || err != nil { // by its clock they are an hour old
		t.Errorf("swept %d, %v", n, err)
	}
	names, _ = filepath.Glob(filepath.Join(dir, "*", string(two.Hash)+"*"))
	if err := os.Chtimes(names[0], old, old); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
}
