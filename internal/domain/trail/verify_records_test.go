// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func recordHash(b []byte) tlog.Hash { return tlog.RecordHash(b) }

// lamps stands for a domain's table: the series and numbers of the counter table.
func lamps(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	type lamp struct{ number, state int64 }
	var all []lamp
	err := tx.Each(`SELECT length(series), n FROM counter ORDER BY 1`, nil, func(s sqldb.Scanner) error {
		var l lamp
		err := s.Scan(&l.number, &l.state)
		all = append(all, l)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range all {
		if err := f(id.ID(l.number), trail.Digest(l.state)); err != nil {
			return err
		}
	}
	return nil
}

func lampName(number int) string { return string(slices.Repeat([]byte("x"), number)) }

// change gives a lamp a state, and says so in the trail.
func change(tx *sqldb.Tx, number, state int) error {
	_, err := tx.Exec(`INSERT INTO counter (series, n) VALUES ($1, $2) ON CONFLICT (series) DO UPDATE SET n = $2`, lampName(number), state)
	if err != nil {
		return err
	}
	return trail.Append(tx, clerk, trail.Entry{Noun: "lamp", Record: id.ID(number), Act: "set", Digest: trail.Digest(state)})
}

func TestVerifyComparesRecords(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		tamper func(t *testing.T, db *sqldb.DB)
		want   trail.FaultKind
		record id.ID
	}{
		"as told": {tamper: func(*testing.T, *sqldb.DB) {}},
		"a look changes nothing": {tamper: func(t *testing.T, db *sqldb.DB) {
			write(t, db, func(tx *sqldb.Tx) error {
				return trail.Append(tx, clerk, trail.Entry{Noun: "lamp", Record: 3, Act: "look"})
			})
		}},
		"a record deleted properly": {tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `DELETE FROM counter WHERE series = $1`, lampName(4))
			write(t, db, func(tx *sqldb.Tx) error {
				return trail.Append(tx, clerk, trail.Entry{Noun: "lamp", Record: 4, Act: "delete", Digest: trail.Gone()})
			})
		}},
		"a record altered": {tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE counter SET n = 99 WHERE series = $1`, lampName(5))
		}, want: trail.RecordAltered, record: 5},
		"a record deleted": {tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `DELETE FROM counter WHERE series = $1`, lampName(6))
		}, want: trail.RecordLost, record: 6},
		"the last record deleted": {tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `DELETE FROM counter WHERE series = $1`, lampName(9))
		}, want: trail.RecordLost, record: 9},
		"all records deleted": {tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `DELETE FROM counter`)
		}, want: trail.RecordLost, record: 1},
		"a record slipped in": {tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `INSERT INTO counter (series, n) VALUES ($1, 1)`, lampName(12))
		}, want: trail.RecordUntold, record: 12},
		"a deleted record come back": {tamper: func(t *testing.T, db *sqldb.DB) {
			write(t, db, func(tx *sqldb.Tx) error {
				return trail.Append(tx, clerk, trail.Entry{Noun: "lamp", Record: 7, Act: "delete", Digest: trail.Gone()})
			})
		}, want: trail.RecordAltered, record: 7},
		"unsealed rows removed with what they told": {tamper: func(t *testing.T, db *sqldb.DB) {
			write(t, db, func(tx *sqldb.Tx) error { return change(tx, 8, 1000) })
			do(t, db, `DELETE FROM trail WHERE seq > 18`)
		}, want: trail.RecordAltered, record: 8},
		"two records altered, the first is named": {tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE counter SET n = 99 WHERE series IN ($1, $2)`, lampName(8), lampName(2))
		}, want: trail.RecordAltered, record: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				write(t, db, func(tx *sqldb.Tx) error {
					for i := range 18 {
						if err := change(tx, 1+i%9, i); err != nil {
							return err
						}
					}
					return nil
				})
				seal(t, newSealer(t, db))
				tc.tamper(t, db)
				rep := verify(t, db, trail.Options{Records: []trail.Checked{{Noun: "lamp", Each: lamps}}})
				switch f := rep.FirstFault; {
				case tc.want == "" && f != nil:
					t.Errorf("found %+v", f)
				case tc.want == "" && rep.Records != 9:
					t.Errorf("%d records compared", rep.Records)
				case tc.want == "":
				case f == nil || f.Kind != tc.want || f.Record != tc.record || f.Noun != "lamp":
					t.Errorf("found %+v, want %s of %d", f, tc.want, tc.record)
				}
			})
		})
	}
}

// Records that change while Verify looks are no fault.
func TestVerifyWhileTheTownIsAtWork(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSealer(t, db)
		write(t, db, func(tx *sqldb.Tx) error {
			for i := range 50 {
				if err := change(tx, 1+i, i); err != nil {
					return err
				}
			}
			return nil
		})
		seal(t, s)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := db.Write(context.Background(), func(tx *sqldb.Tx) error { return change(tx, 1+i%50, 1000+i) }); err != nil {
					t.Error(err)
				}
				if i%7 == 0 {
					seal(t, s)
				}
			}
		})
		for range 20 {
			if rep := verify(t, db, trail.Options{Now: db.Now(), PublicKey: s.PublicKey(), Records: []trail.Checked{{Noun: "lamp", Each: lamps}}}); !rep.OK {
				t.Errorf("%+v", rep.FirstFault)
			}
		}
		close(stop)
		wg.Wait()
	})
}

func TestEachMustKeepTheOrder(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	_, err := trail.Verify(context.Background(), db, trail.Options{Records: []trail.Checked{{Noun: "lamp", Each: func(_ *sqldb.Tx, f func(id.ID, []byte) error) error {
		if err := f(2, nil); err != nil {
			return err
		}
		return f(1, nil)
	}}}})
	if err == nil {
		t.Error("records out of order were compared")
	}
}
