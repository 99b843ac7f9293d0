// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func newSealer(t testing.TB, db *sqldb.DB) *trail.Sealer {
	t.Helper()
	s, err := trail.NewSealer(db, trail.Keys{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func seal(t testing.TB, s *trail.Sealer) int64 {
	t.Helper()
	n, err := s.Seal(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func verify(t testing.TB, db *sqldb.DB, o trail.Options) trail.Report {
	t.Helper()
	rep, err := trail.Verify(context.Background(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	if rep.OK != (rep.FirstFault == nil) {
		t.Errorf("ok is %v with fault %+v", rep.OK, rep.FirstFault)
	}
	return rep
}

// leafBytes is docs/trail.md written down a second time.
func leafBytes(r trail.Row) []byte {
	b := []byte{1}
	number := func(v int64) { b = binary.BigEndian.AppendUint64(b, uint64(v)) }
	text := func(s string) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	number(r.Seq)
	number(r.At.UnixMilli())
	number(int64(r.Account))
	text(r.Actor)
	text(string(r.Kind))
	text(r.Noun)
	number(int64(r.Record))
	for _, s := range []string{r.Act, r.From, r.To, r.For, r.Note, string(r.Digest)} {
		text(s)
	}
	return b
}

// An outsider who has only the rows and tlog gets the root that was signed.
func TestAnOutsiderGetsTheSameRoot(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSealer(t, db)
		var all []tlog.Hash
		hashes := tlog.HashReaderFunc(func(is []int64) ([]tlog.Hash, error) {
			var hs []tlog.Hash
			for _, i := range is {
				hs = append(hs, all[i])
			}
			return hs, nil
		})
		size := 0
		for _, n := range []int{1, 1, 2, 3, 248, 1, 1, 255, 300, 700} { // through and around whole tiles
			appendN(t, db, id.ID(1+size), n)
			size += n
			if got := seal(t, s); got != int64(n) {
				t.Fatalf("sealed %d of %d", got, n)
			}
			var rows []trail.Row
			var c trail.Checkpoint
			read(t, db, func(tx *sqldb.Tx) (err error) {
				if rows, err = trail.Since(tx, 0, 10_000); err != nil {
					return err
				}
				c, err = trail.LastCheckpoint(tx)
				return err
			})
			for i := size - n; i < size; i++ {
				hs, err := tlog.StoredHashes(int64(i), leafBytes(rows[i]), hashes)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, hs...)
			}
			root, err := tlog.TreeHash(int64(size), hashes)
			if err != nil {
				t.Fatal(err)
			}
			if c.Size != int64(size) || c.Root != root || c.Seq != rows[size-1].Seq {
				t.Fatalf("%d rows: checkpoint %+v, root %s", size, c, root)
			}
		}
		if n := seal(t, s); n != 0 {
			t.Errorf("%d rows sealed twice", n)
		}
		rep := verify(t, db, trail.Options{PublicKey: s.PublicKey()})
		if !rep.OK || rep.Rows != int64(size) || rep.Sealed != rep.Rows || rep.Size != rep.Rows || rep.Checkpoints != 10 || !rep.Signed {
			t.Errorf("%+v %+v", rep, rep.FirstFault)
		}
	})
}

// Three sealers and eight writers at once: every row is sealed exactly once.
func TestManySealers(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		keys := trail.Keys{Dir: t.TempDir()}
		var writing, sealing sync.WaitGroup
		finished := make(chan struct{})
		var mu sync.Mutex
		var sealed int64
		for range 3 {
			s, err := trail.NewSealer(db, keys)
			if err != nil {
				t.Fatal(err)
			}
			sealing.Go(func() {
				for over := false; !over; {
					select {
					case <-finished:
						over = true
					default:
					}
					n, err := s.Seal(context.Background())
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					sealed += n
					mu.Unlock()
				}
			})
		}
		for w := range 8 {
			writing.Go(func() {
				for i := range 60 {
					rollback := i%6 == 5
					err := db.Write(context.Background(), func(tx *sqldb.Tx) error {
						if err := trail.Append(tx, clerk, trail.Entry{Noun: "matter", Record: id.ID(1 + w*60 + i), Act: "receive"}); err != nil || !rollback {
							return err
						}
						return errRolledBack
					})
					if rollback != errors.Is(err, errRolledBack) {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		close(finished)
		sealing.Wait()
		rep := verify(t, db, trail.Options{})
		if !rep.OK || rep.Sealed != 400 || rep.Rows != 400 || sealed != 400 {
			t.Errorf("sealers report %d: %+v %+v", sealed, rep, rep.FirstFault)
		}
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	var wg sync.WaitGroup
	publics := make([]string, 8)
	for i := range publics {
		wg.Go(func() {
			p, err := trail.Keys{Dir: dir, Name: "qionglai.example"}.Public()
			if err != nil {
				t.Error(err)
			}
			publics[i] = p
		})
	}
	wg.Wait()
	for _, p := range publics {
		if p != publics[0] || !strings.HasPrefix(p, "qionglai.example+") {
			t.Errorf("several keys: %v", publics)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "trail.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "trail.key.*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "trail.key"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (trail.Keys{Dir: dir}).Public(); err == nil {
		t.Error("a broken key was replaced in silence")
	}
}

// Where the key was lost, the sealer signs on only when told that the old key's
// checkpoints are to be believed.
func TestNewKey(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	old := newSealer(t, db)
	appendN(t, db, 1, 3)
	seal(t, old)
	appendN(t, db, 4, 3)
	dir := t.TempDir()
	s, err := trail.NewSealer(db, trail.Keys{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Seal(context.Background()); err == nil {
		t.Fatalf("%d rows sealed on top of an unknown checkpoint", n)
	}
	f, err := os.OpenFile(filepath.Join(dir, "trail.pub"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, old.PublicKey())
	f.Close()
	if s, err = trail.NewSealer(db, trail.Keys{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if n := seal(t, s); n != 3 {
		t.Errorf("%d rows sealed", n)
	}
	if rep := verify(t, db, trail.Options{PublicKey: s.PublicKey()}); !rep.OK || rep.Checkpoints != 2 {
		t.Errorf("%+v %+v", rep, rep.FirstFault)
	}
}

func TestCheckpointText(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	s := newSealer(t, db)
	appendN(t, db, 1, 5)
	seal(t, s)
	var c trail.Checkpoint
	read(t, db, func(tx *sqldb.Tx) (err error) {
		c, err = trail.LastCheckpoint(tx)
		return err
	})
	back, err := trail.ReadCheckpoint([]byte(c.Note), s.PublicKey())
	if err != nil || back.KeyID == "" {
		t.Fatalf("%+v, %v", back, err)
	}
	if back.Root != c.Root || back.Size != 5 || !back.At.Equal(c.At.Truncate(time.Millisecond)) {
		t.Errorf("%+v, want %+v", back, c)
	}
	other, err := trail.Keys{Dir: t.TempDir()}.Public()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trail.ReadCheckpoint([]byte(c.Note), other); err == nil {
		t.Error("signed by nobody known, yet believed")
	}
	for _, text := range []string{"", "x", strings.Replace(c.Note, "\n5\n", "\n6\n", 1), strings.ToUpper(c.Note), c.Note[:len(c.Note)-9]} {
		if _, err := trail.ReadCheckpoint([]byte(text), s.PublicKey()); err == nil {
			t.Errorf("believed: %q", text)
		}
	}
	zh, en := trail.PrintCheckpoint("zh-CN", c), trail.PrintCheckpoint("en", c)
	for _, p := range []string{zh, en} {
		if !strings.Contains(p, c.KeyID) || !strings.Contains(p, fmt.Sprintf("%02X%02X %02X%02X", c.Root[0], c.Root[1], c.Root[2], c.Root[3])) || !strings.Contains(p, "5") || strings.Contains(p, "⟦") {
			t.Errorf("for the notice board:\n%s", p)
		}
	}
	if zh == en {
		t.Error("both languages say the same")
	}
}
