// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// raiseLamp raises a matter with the words, and brings the index up to it.
func raiseLamp(t *testing.T, w *apptest.Town, words string) matters.Slip {
	t.Helper()
	s, err := w.Matters.Raise(t.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{
		Body: words, PlaceWords: "大门口", Public: true, Contact: people.ContactInput{Name: "王小明", Phone: "13900000001"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// foundBy are the numbers of the matters that the words find.
func foundBy(t *testing.T, w *apptest.Town, words string) (numbers []string) {
	t.Helper()
	p, err := w.Matters.Search(t.Context(), scope.Program("test"), words, matters.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Cards {
		numbers = append(numbers, c.Number)
	}
	return numbers
}

// indexed are the matters that the index knows, and those that there are.
func indexed(t *testing.T, w *apptest.Town) (known, there int64) {
	t.Helper()
	count := func(db *sqldb.DB, q string) (n int64) {
		err := db.Read(t.Context(), func(tx *sqldb.Tx) (err error) { n, err = sqldb.Int(tx.Row(q)); return err })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return count(w.DB.Beside(), `SELECT count(*) FROM search_doc`), count(w.DB, `SELECT count(*) FROM matter`)
}

// The index lies in a file beside the database. Whatever becomes of the one
// without the other, what is there is found, and nothing else is in the index.
func TestTheIndexFollowsItsTown(t *testing.T) {
	t.Parallel()
	w := apptest.Lived(t)
	before := filepath.Join(t.TempDir(), "before.db")
	if err := sqldb.Backup(t.Context(), w.Config.DB, before, nil, nil); err != nil {
		t.Fatal(err)
	}
	gone := raiseLamp(t, w, "紫荆花路口的铜铃坏了")
	if got := foundBy(t, w, "铜铃"); !slices.Equal(got, []string{gone.Number}) {
		t.Fatalf("found %v", got)
	}

	// An older state of the town is put back, and the index is not.
	put := func(path string) error {
		b, err := os.ReadFile(before)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(path, b, 0o600), absent(os.Remove(path+"-wal")), absent(os.Remove(path+"-shm")))
	}
	w = w.Again(put)
	later := raiseLamp(t, w, "老桥头的木牌倒了")
	if got := foundBy(t, w, "木牌"); !slices.Equal(got, []string{later.Number}) {
		t.Errorf("after an older state was put back, what was raised since is found as %v", got)
	}
	if got := foundBy(t, w, "铜铃"); len(got) > 0 {
		t.Errorf("what there is no more is found: %v", got)
	}
	if known, there := indexed(t, w); known != there {
		t.Errorf("the index knows %d matters, there are %d", known, there)
	}

	// The index is lost.
	w = w.Again(func(path string) error {
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := absent(os.Remove(path + sqldb.BesideEnd + end)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := w.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := foundBy(t, w, "木牌"); !slices.Equal(got, []string{later.Number}) {
		t.Errorf("after the index was lost, found %v", got)
	}
	if known, there := indexed(t, w); known != there {
		t.Errorf("made anew, the index knows %d matters, there are %d", known, there)
	}
}

// absent forgives that a file was not there.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
