// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func withPostgres() bool { return os.Getenv(sqldbtest.PostgresEnv) != "" }

const (
	crashEnv   = "SEARCH_TEST_CRASH" // the file that a child process fills until it is killed
	crashDocs  = 2_000
	crashBatch = 25
)

func crashDoc(n int) search.Doc {
	return doc(n, fmt.Sprintf("第%d件", n), "路灯不亮", fmt.Sprintf("QL-%06d", n))
}

// follow puts the records after the mark in batches, the mark moving with them.
func follow(db *sqldb.DB, done func(int64)) error {
	for {
		var mark int64
		err := db.Beside().Write(context.Background(), func(tx *sqldb.Tx) error {
			var err error
			if mark, err = sqldb.Int(tx.Row(`SELECT coalesce(max(value), 0) FROM trail_mark WHERE name = 'search'`)); err != nil || mark >= crashDocs {
				return err
			}
			var docs []search.Doc
			for range crashBatch {
				mark++
				docs = append(docs, crashDoc(int(mark)))
			}
			if err := (search.Index{}).Put(tx, docs...); err != nil {
				return err
			}
			_, err = tx.Exec(`INSERT INTO trail_mark (name, value) VALUES ('search', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, mark)
			return err
		})
		if err != nil {
			return err
		}
		done(mark)
		if mark >= crashDocs {
			return nil
		}
	}
}

// TestKilled kills a process that fills the index, again and again, and sees
// that what it said was done is there, whole, and that the rest goes in.
func TestKilled(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	if path := os.Getenv(crashEnv); path != "" {
		db, err := sqldb.Open(ctx, path, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := follow(db, func(mark int64) { fmt.Printf("done %d\n", mark) }); err != nil {
			t.Fatal(err)
		}
		return
	}
	_, path := sqldbtest.SQLiteAt(t) // stays open beside the children, as a service does beside a tool
	for round := range 6 {
		killAfter(t, path, 3+5*round)
	}
	db, err := sqldb.Open(ctx, path, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := follow(db, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= crashDocs; n += 97 {
		put(t, db, crashDoc(n)) // late, from a follower that did not know
	}
	hits, more := find(t, db, search.Index{}, search.Query{Text: "路灯", Newest: true, Limit: crashDocs + 1})
	if len(hits) != crashDocs || more {
		t.Errorf("%d hits", len(hits))
	}
	for n := 1; n <= crashDocs; n += 13 {
		if hits, _ := find(t, db, search.Index{}, search.Query{Text: fmt.Sprintf("QL-%06d", n)}); len(hits) != 1 || hits[0].ID != id.ID(n) {
			t.Errorf("number %d: %v", n, ids(hits))
		}
	}
}

// killAfter starts this test as a child on the file at path and kills it after
// so many batches.
func killAfter(t *testing.T, path string, batches int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$") //nolint:gosec // this very test
	child.Env = append(os.Environ(), crashEnv+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var last int64
	lines := bufio.NewScanner(out)
	for seen := 0; seen < batches && lines.Scan(); seen++ {
		if _, err := fmt.Sscanf(lines.Text(), "done %d", &last); err != nil {
			break
		}
	}
	child.Process.Kill() // it may have ended
	for lines.Scan() {
		fmt.Sscanf(lines.Text(), "done %d", &last) // a torn last line
	}
	child.Wait() // killed
	db, err := sqldb.Open(context.Background(), path, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	hits, _ := find(t, db, search.Index{}, search.Query{Text: "路灯", Newest: true, Limit: crashDocs + 1})
	if len(hits) < int(last) || len(hits)%crashBatch != 0 {
		t.Errorf("said %d were done, %d are found", last, len(hits))
	}
}
