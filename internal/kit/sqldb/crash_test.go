// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// helperWrite writes without end, from eight goroutines, two rows in each
// transaction, and says each number once it has been told that it is kept.
func helperWrite(dsn string) int {
	db, err := sqldb.Open(ctx, dsn, sqldb.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				var n int64
				err := db.Write(ctx, func(tx *sqldb.Tx) (err error) {
					if n, err = tx.Next("crash"); err != nil {
						return err
					}
					if err := tx.One(`INSERT INTO left_half (n) VALUES ($1)`, n); err != nil {
						return err
					}
					return tx.One(`INSERT INTO right_half (n) VALUES ($1)`, n)
				})
				mu.Lock()
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
				} else {
					fmt.Println(n) // unbuffered: one write to the pipe
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return 0
}

// A writing process is killed in the middle, three times: every number that was
// given out is there, with both of its rows, and nothing is half done.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	crash := func(t *testing.T, db *sqldb.DB, dsn string) {
		t.Helper()
		run(t, db, `CREATE TABLE left_half (n BIGINT PRIMARY KEY)`, `CREATE TABLE right_half (n BIGINT PRIMARY KEY)`)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		told := map[int64]bool{}
		for round := range 3 {
			cmd := process(t, "write", dsn)
			var faults strings.Builder
			cmd.Stderr = &faults
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for i := 0; lines.Scan(); i++ {
				n, err := strconv.ParseInt(lines.Text(), 10, 64)
				if err != nil {
					break // cut off in the middle of a line: nobody has read it
				}
				if told[n] {
					t.Errorf("round %d: %d was given twice", round, n)
				}
				told[n] = true
				if i == 200 {
					if err := cmd.Process.Kill(); err != nil { // SIGKILL; what is in the pipe is read all the same
						t.Fatal(err)
					}
				}
			}
			_ = cmd.Wait()
			if len(told) < 200*(round+1) {
				t.Fatalf("round %d: %d numbers only: %s", round, len(told), faults.String())
			}
			again, err := sqldb.Open(ctx, dsn, sqldb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			kept := map[string]bool{}
			for _, n := range texts(t, again, `SELECT CAST(l.n AS TEXT) FROM left_half l JOIN right_half r ON r.n = l.n`) {
				kept[n] = true
			}
			for n := range told {
				if !kept[strconv.FormatInt(n, 10)] {
					t.Errorf("round %d: %d was given out and is lost", round, n)
				}
			}
			for _, half := range []string{"left_half", "right_half"} {
				if n := number(t, again, `SELECT count(*) FROM `+half); n != int64(len(kept)) {
					t.Errorf("round %d: %d rows in %s, %d whole ones", round, n, half, len(kept))
				}
			}
			if again.Engine() == sqldb.SQLite {
				if got := texts(t, again, `PRAGMA integrity_check`); len(got) != 1 || got[0] != "ok" {
					t.Errorf("round %d: %v", round, got)
				}
			}
			if err := again.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		db, path := sqldbtest.SQLiteAt(t)
		crash(t, db, path)
	})
	if pg(t) {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			db, dsn := sqldbtest.PostgresAt(t)
			crash(t, db, dsn)
		})
	}
}
