// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

var clerk = scope.Actor{Kind: scope.Staff, Account: 7, Name: "李网格"}

func write(t testing.TB, db *sqldb.DB, f func(tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, db *sqldb.DB, f func(tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func TestStory(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		digest := trail.Digest("受理", int64(1))
		write(t, db, func(tx *sqldb.Tx) error {
			for i := range 5 {
				for _, record := range []id.ID{41, 42} {
					e := trail.Entry{Noun: "matter", Record: record, Act: fmt.Sprint("act", i), From: "a", To: "b", For: "陈婆婆的邻居", Note: "x\x00y\xff", Digest: digest}
					if err := trail.Append(tx, clerk, e); err != nil {
						return err
					}
				}
			}
			return trail.Append(tx, scope.Actor{Kind: scope.Resident, Resident: 9}, trail.Entry{Noun: "person", Record: 42, Act: "look"})
		})
		read(t, db, func(tx *sqldb.Tx) error {
			rows, err := trail.Story(tx, "matter", 42, 0, 3)
			if err != nil {
				return err
			}
			if len(rows) != 3 || rows[0].Act != "act0" || rows[2].Act != "act2" {
				t.Errorf("first page: %+v", rows)
			}
			want := trail.Row{
				Seq: 2, At: tx.Now(), Account: 7, Actor: "李网格", Kind: scope.Staff, Noun: "matter", Record: 42,
				Act: "act0", From: "a", To: "b", For: "陈婆婆的邻居", Note: "xy\uFFFD", Digest: digest,
			}
			rows[0].At = want.At
			if d := cmp.Diff(want, rows[0]); d != "" {
				t.Error(d)
			}
			if rows, err = trail.Story(tx, "matter", 42, rows[2].Seq, 3); err != nil || len(rows) != 2 || rows[1].Act != "act4" {
				t.Errorf("second page: %+v, %v", rows, err)
			}
			if rows, err = trail.Latest(tx, "matter", 42, 0, 2); err != nil || len(rows) != 2 || rows[0].Act != "act4" {
				t.Errorf("newest first: %+v, %v", rows, err)
			}
			if rows, err = trail.Latest(tx, "matter", 42, rows[1].Seq, 2); err != nil || len(rows) != 2 || rows[0].Act != "act2" {
				t.Errorf("newest first, second page: %+v, %v", rows, err)
			}
			last, err := trail.Last(tx, "person", 42)
			if err != nil || last.Account != 9 || last.Kind != scope.Resident || len(last.Digest) != 0 {
				t.Errorf("last: %+v, %v", last, err)
			}
			if _, err := trail.Last(tx, "person", 41); errs.KindOf(err) != errs.NotFound {
				t.Errorf("no row: %v", err)
			}
			if rows, err = trail.Since(tx, 10, 100); err != nil || len(rows) != 1 {
				t.Errorf("since: %+v, %v", rows, err)
			}
			return nil
		})
	})
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	for name, e := range map[string]trail.Entry{
		"no noun":      {Record: 1, Act: "x"},
		"no record":    {Noun: "matter", Act: "x"},
		"no act":       {Noun: "matter", Record: 1},
		"long word":    {Noun: "matter", Record: 1, Act: strings.Repeat("x", 65)},
		"a novel":      {Noun: "matter", Record: 1, Act: "x", Note: strings.Repeat("字", 400)},
		"short digest": {Noun: "matter", Record: 1, Act: "x", Digest: []byte{1}},
	} {
		err := db.Write(context.Background(), func(tx *sqldb.Tx) error { return trail.Append(tx, clerk, e) })
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	read(t, db, func(tx *sqldb.Tx) error {
		rows, err := trail.Since(tx, 0, 10)
		if len(rows) != 0 {
			t.Errorf("refused, yet written: %+v", rows)
		}
		return err
	})
}

func TestDigestTellsStatesApart(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1)
	seen := map[string]int{}
	for i, fields := range [][]any{
		{}, {""}, {"", ""}, {"a", "b"}, {"ab", ""}, {"ab"}, {[]byte("ab")}, {int64(0)}, {false}, {true}, {0.0}, {at}, {time.Time{}}, {int64(1)}, {1.0},
	} {
		d := trail.Digest(fields...)
		if len(d) != sha256.Size {
			t.Fatalf("%d bytes", len(d))
		}
		if before, ok := seen[string(d)]; ok {
			t.Errorf("states %d and %d have one digest", before, i)
		}
		seen[string(d)] = i
	}
	if !bytes.Equal(trail.Digest(id.ID(3), 4), trail.Digest(int64(3), int64(4))) {
		t.Error("numbers differ by their Go type")
	}
	defer func() {
		if recover() == nil {
			t.Error("a field of unknown kind was digested")
		}
	}()
	trail.Digest(struct{}{})
}
