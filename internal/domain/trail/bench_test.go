// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"context"
	"path/filepath"
	"testing"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func fill(b *testing.B, db *sqldb.DB, rows int) {
	b.Helper()
	const each = 1000
	for first := 1; first <= rows; first += each {
		write(b, db, func(tx *sqldb.Tx) error {
			for i := range each {
				e := trail.Entry{
					Noun: "matter", Record: id.ID(first + i), Act: "receive", From: "", To: "received",
					For: "a resident", Note: "matter.by_phone", Digest: trail.Digest(first + i),
				}
				if err := trail.Append(tx, clerk, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// Rows a second: go test -run - -bench 'Append|Seal|Verify' -benchtime 200000x ./internal/domain/trail.
func BenchmarkAppend(b *testing.B) {
	db := sqldbtest.SQLite(b)
	b.ResetTimer()
	fill(b, db, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkSeal(b *testing.B) {
	db := sqldbtest.SQLite(b)
	fill(b, db, b.N)
	s := newSealer(b, db)
	b.ResetTimer()
	n, err := s.Seal(context.Background())
	if err != nil || n < int64(b.N) {
		b.Fatal(n, err)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkVerify(b *testing.B) {
	db := sqldbtest.SQLite(b)
	fill(b, db, b.N)
	seal(b, newSealer(b, db))
	copied := filepath.Join(b.TempDir(), "backup.db")
	if _, err := db.Pool().ExecContext(context.Background(), `VACUUM INTO '`+copied+`'`); err != nil {
		b.Fatal(err)
	}
	backup, err := sqldb.Open(context.Background(), copied, sqldb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer backup.Close()
	b.ReportAllocs()
	b.ResetTimer()
	rep, err := trail.Verify(context.Background(), backup, trail.Options{})
	if err != nil || !rep.OK || rep.Rows < int64(b.N) {
		b.Fatal(rep, err)
	}
	b.ReportMetric(float64(rep.Rows)/b.Elapsed().Seconds(), "rows/s")
}
