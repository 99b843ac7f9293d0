// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

var ctx = context.Background()

// write runs f in a transaction that must commit.
func write(t testing.TB, db *sqldb.DB, f func(tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

// run makes a table or fills it: statements that must succeed, each in order.
func run(t testing.TB, db *sqldb.DB, statements ...string) {
	t.Helper()
	write(t, db, func(tx *sqldb.Tx) error {
		for _, q := range statements {
			if _, err := tx.Exec(q); err != nil {
				t.Errorf("%s: %v", q, err)
				return err
			}
		}
		return nil
	})
}

// texts is the answer of a query of one column, as texts; NULL is "∅".
func texts(t testing.TB, db *sqldb.DB, query string, args ...any) (all []string) {
	t.Helper()
	err := db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		all, err = sqldb.All(tx, func(r sqldb.Scanner) (string, error) {
			var s *string
			err := r.Scan(&s)
			if s == nil {
				return "∅", err
			}
			return *s, err
		}, query, args...)
		return err
	})
	if err != nil {
		t.Errorf("%s: %v", query, err)
	}
	return all
}

// number is the answer of a query of one number.
func number(t testing.TB, db *sqldb.DB, query string, args ...any) (n int64) {
	t.Helper()
	err := db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.Int(tx.Row(query, args...))
		return err
	})
	if err != nil {
		t.Errorf("%s: %v", query, err)
	}
	return n
}

// The SQL that both engines share gives the same answers. Each case is a trap or
// a habit of the house; style is one query, one column.
func TestSharedSQL(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE town (name TEXT NOT NULL, part TEXT, n BIGINT, big BOOLEAN NOT NULL)`,
			`INSERT INTO town (name, part, n, big) VALUES ('文君街道', 'op1', 3, TRUE), ('临邛街道', 'Op2', 1, FALSE), ('平乐镇', NULL, NULL, TRUE), ('火井镇', 'op3', 2, FALSE)`)
		for _, tc := range []struct {
			name, query string
			args        []any
			want        string
		}{
			{"arguments out of order and repeated", `SELECT name FROM town WHERE n = $2 AND big = $1 AND n >= $2`, []any{false, 1}, "临邛街道"},
			{"a boolean as argument", `SELECT name FROM town WHERE big = $1 ORDER BY n NULLS LAST`, []any{true}, "文君街道 平乐镇"},
			{"a boolean alone", `SELECT name FROM town WHERE NOT big ORDER BY n`, nil, "临邛街道 火井镇"},
			{"NULL last", `SELECT name FROM town ORDER BY n NULLS LAST`, nil, "临邛街道 火井镇 文君街道 平乐镇"},
			{"NULL last, downwards", `SELECT name FROM town ORDER BY n DESC NULLS LAST`, nil, "文君街道 火井镇 临邛街道 平乐镇"},
			{"an optional filter that is not wanted", `SELECT name FROM town WHERE ($1 = '' OR part = $1) ORDER BY n NULLS LAST`, []any{""}, "临邛街道 火井镇 文君街道 平乐镇"},
			{"an optional filter that is", `SELECT name FROM town WHERE ($1 = '' OR part = $1)`, []any{"op3"}, "火井镇"},
			{"a prefix by range, not by LIKE, tells capitals", `SELECT name FROM town WHERE part >= $1 AND part < $2 ORDER BY part`, []any{"op", "oq"}, "文君街道 火井镇"},
			{"a list", `SELECT name FROM town WHERE n IN (` + sqldb.List(3, 2) + `) AND big = $1 ORDER BY n`, []any{false, 1, 2, 3}, "临邛街道 火井镇"},
			{"length in characters", `SELECT name FROM town WHERE length(name) = $1 ORDER BY n NULLS LAST`, []any{3}, "火井镇 平乐镇"},
			{"a part of a text", `SELECT substr(name, 1, 2) FROM town WHERE n = 3`, nil, "文君"},
			{"joined texts", `SELECT name || '·' || part FROM town WHERE n = 3`, nil, "文君街道·op1"},
			{"limit and offset", `SELECT name FROM town ORDER BY n NULLS LAST LIMIT $1 OFFSET $2`, []any{2, 1}, "火井镇 文君街道"},
			{"a tuple for the next page", `SELECT name FROM town WHERE (big, n) > ($1, $2) ORDER BY n NULLS LAST`, []any{false, 1}, "火井镇 文君街道 平乐镇"},
			{"NULL is not distinct from NULL", `SELECT name FROM town WHERE part IS NOT DISTINCT FROM NULL`, nil, "平乐镇"},
			{"coalesce", `SELECT coalesce(part, 'none') FROM town WHERE n IS NULL`, nil, "none"},
			{"case", `SELECT CASE WHEN n > 1 THEN 'many' ELSE 'one' END FROM town WHERE n = 3`, nil, "many"},
			{"counting a part", `SELECT CAST(count(*) FILTER (WHERE big) AS TEXT) FROM town`, nil, "2"},
			{"whole division", `SELECT CAST(7 / 2 AS TEXT) FROM town LIMIT 1`, nil, "3"},
			{"having", `SELECT CAST(count(*) AS TEXT) FROM town GROUP BY big HAVING count(*) > 1`, nil, "2 2"},
			{"exists", `SELECT name FROM town t WHERE EXISTS (SELECT 1 FROM town u WHERE u.n = t.n + 1) ORDER BY n`, nil, "临邛街道 火井镇"},
			{"a tree walked down", `WITH RECURSIVE down (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM down WHERE i < 4) SELECT CAST(sum(i) AS TEXT) FROM down`, nil, "10"},
			{"a window", `SELECT name || CAST(row_number() OVER (ORDER BY n) AS TEXT) FROM town WHERE n IS NOT NULL ORDER BY n`, nil, "临邛街道1 火井镇2 文君街道3"},
		} {
			if got := strings.Join(texts(t, db, tc.query, tc.args...), " "); got != tc.want {
				t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
			}
		}
	})
}

// Texts sort by their bytes, whatever the database's country.
func TestTextsSortByBytes(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		words := []string{"b", "B", "a", "é", "z", "中", "Z", "", " a", "ab", "a b", "𠮷", "一", "10", "9", "_", "É"}
		run(t, db, `CREATE TABLE word (w TEXT NOT NULL)`)
		write(t, db, func(tx *sqldb.Tx) error {
			for _, w := range words {
				if err := tx.One(`INSERT INTO word (w) VALUES ($1)`, w); err != nil {
					return err
				}
			}
			return nil
		})
		want := slices.Sorted(slices.Values(words))
		if got := texts(t, db, `SELECT w FROM word ORDER BY w`); !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
		for _, w := range words {
			n := slices.IndexFunc(want, func(x string) bool { return x >= w })
			if got := number(t, db, `SELECT count(*) FROM word WHERE w < $1`, w); got != int64(n) {
				t.Errorf("%d words before %q, want %d", got, w, n)
			}
		}
	})
}

// What goes in comes out the same: the kinds of columns of the house.
func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE cell (k BIGINT PRIMARY KEY, n BIGINT, f DOUBLE PRECISION, b BOOLEAN, s TEXT, raw BYTEA, d BIGINT NOT NULL, at BIGINT)`)
		type row struct {
			n   int64
			f   float64
			b   bool
			s   string
			raw []byte
			d   id.ID
			at  time.Time
		}
		long := strings.Repeat("院坝", 40_000)
		rows := []row{
			{math.MaxInt64, math.MaxFloat64, true, "院坝 𠮷 \t\n' \" \\ ; -- $1 ?", []byte{0, 1, 255, 0}, math.MaxInt64, time.UnixMilli(1).UTC()},
			{math.MinInt64, -0.1, false, `{"b": 1,  "a": [1.0, "中"]}`, []byte("中"), 0, time.Date(2026, 3, 1, 8, 30, 0, 999e6, time.UTC)},
			{0, 0, false, "", []byte{}, 1, time.Time{}},
			{-1, math.SmallestNonzeroFloat64, true, long, []byte(long), 1 << 62, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)},
		}
		write(t, db, func(tx *sqldb.Tx) error {
			for k, r := range rows {
				if err := tx.One(`INSERT INTO cell (k, n, f, b, s, raw, d, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
					k, r.n, r.f, r.b, r.s, r.raw, r.d, sqldb.At(r.at)); err != nil {
					return err
				}
			}
			return tx.One(`INSERT INTO cell (k, raw, d) VALUES (9, $1, 0)`, []byte(nil))
		})
		for k, want := range rows {
			var got row
			var at sqldb.Time
			err := db.Read(ctx, func(tx *sqldb.Tx) error {
				return tx.Row(`SELECT n, f, b, s, raw, d, at FROM cell WHERE k = $1`, k).Scan(&got.n, &got.f, &got.b, &got.s, &got.raw, &got.d, &at)
			})
			got.at = at.Time
			if err != nil || got.n != want.n || got.f != want.f || got.b != want.b || got.s != want.s || !slices.Equal(got.raw, want.raw) || got.d != want.d || !got.at.Equal(want.at) {
				t.Errorf("row %d came back otherwise: %v", k, err)
			}
		}
		if n := number(t, db, `SELECT count(*) FROM cell WHERE raw IS NULL`); n != 1 {
			t.Errorf("%d NULL bytes, want 1: none and empty are not the same", n)
		}
		if n := number(t, db, `SELECT count(*) FROM cell WHERE at IS NULL`); n != 2 {
			t.Errorf("%d NULL instants, want 2: the zero time is NULL", n)
		}
		if n := number(t, db, `SELECT count(*) FROM cell WHERE raw = $1`, []byte{0, 1, 255, 0}); n != 1 {
			t.Errorf("%d rows found by their bytes", n)
		}
		var none struct {
			d  id.ID
			at sqldb.Time
			b  []byte
		}
		none.d, none.at = 7, sqldb.At(time.Now())
		if err := db.Read(ctx, func(tx *sqldb.Tx) error {
			return tx.Row(`SELECT CAST(NULL AS BIGINT), at, raw FROM cell WHERE k = 9`).Scan(&none.d, &none.at, &none.b)
		}); err != nil || none.d != 0 || !none.at.IsZero() || none.b != nil {
			t.Errorf("NULL scans as %+v, %v", none, err)
		}
	})
}

// Instants sort and compare in the database as they do in the program.
func TestInstantsSort(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE instant (k BIGINT PRIMARY KEY, at BIGINT)`)
		r := rand.New(rand.NewPCG(1, 2))
		zones := []*time.Location{time.UTC, time.FixedZone("CST", 8*3600), time.FixedZone("", -11*3600-1800)}
		type instant struct {
			k  int
			at time.Time
		}
		all := make([]instant, 2000)
		for i := range all {
			// from 1890 to 2150, many of them close together, in several zones
			ms := r.Int64N(8_200_000_000_000) - 2_500_000_000_000
			if i%3 == 0 && i > 0 {
				ms = all[i-1].at.UnixMilli() + r.Int64N(3) - 1
			}
			all[i] = instant{i, time.UnixMilli(ms).Add(time.Duration(r.Int64N(1e6))).In(zones[i%3])}
		}
		write(t, db, func(tx *sqldb.Tx) error {
			for _, x := range all {
				if err := tx.One(`INSERT INTO instant (k, at) VALUES ($1, $2)`, x.k, sqldb.At(x.at)); err != nil {
					return err
				}
			}
			return nil
		})
		slices.SortFunc(all, func(a, b instant) int {
			return cmp.Or(a.at.Truncate(time.Millisecond).Compare(b.at.Truncate(time.Millisecond)), a.k-b.k)
		})
		i := 0
		if err := db.Read(ctx, func(tx *sqldb.Tx) error {
			return tx.Each(`SELECT k, at FROM instant ORDER BY at, k`, nil, func(s sqldb.Scanner) error {
				var k int
				var at sqldb.Time
				err := s.Scan(&k, &at)
				if want := all[i]; k != want.k || !at.Equal(want.at.Truncate(time.Millisecond)) || at.Location() != time.UTC {
					t.Errorf("place %d: %d %s, want %d %s", i, k, at, want.k, want.at)
				}
				i++
				return err
			})
		}); err != nil || i != len(all) {
			t.Fatalf("%d read, %v", i, err)
		}
		for range 100 {
			a := all[r.IntN(len(all))].at
			before := 0
			for _, x := range all {
				if x.at.Truncate(time.Millisecond).Before(a.Truncate(time.Millisecond)) {
					before++
				}
			}
			if got := number(t, db, `SELECT count(*) FROM instant WHERE at < $1`, sqldb.At(a)); got != int64(before) {
				t.Fatalf("%d are before %s, want %d", got, a, before)
			}
		}
	})
}

func TestOne(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0))`, `INSERT INTO thing (k, n) VALUES (1, 0), (2, 0)`)
		for _, tc := range []struct {
			name, query string
			kind        errs.Kind
			ok          bool
		}{
			{"one row", `UPDATE thing SET n = 1 WHERE k = 1`, "", true},
			{"the same value again is a change too", `UPDATE thing SET n = 1 WHERE k = 1`, "", true},
			{"no row", `UPDATE thing SET n = 1 WHERE k = 9`, errs.Conflict, false},
			{"two rows", `UPDATE thing SET n = 5`, errs.Internal, false},
			{"an impossible state", `UPDATE thing SET n = -1 WHERE k = 1`, errs.Internal, false},
			{"a key that is taken", `INSERT INTO thing (k, n) VALUES (1, 1)`, errs.Internal, false},
			{"no such table", `UPDATE nothing SET n = 1`, errs.Internal, false},
		} {
			err := db.Write(ctx, func(tx *sqldb.Tx) error { return tx.One(tc.query) })
			if (err == nil) != tc.ok || err != nil && errs.KindOf(err) != tc.kind {
				t.Errorf("%s: %v", tc.name, err)
			}
		}
		if n := number(t, db, `SELECT sum(n) FROM thing`); n != 1 {
			t.Errorf("the sum is %d, want 1", n)
		}
		err := db.Read(ctx, func(tx *sqldb.Tx) error {
			_, err := sqldb.Get(tx, sqldb.Int, "thing.none", `SELECT n FROM thing WHERE k = 9`)
			return err
		})
		if es := errs.Public(err); len(es) != 1 || es[0].Kind != errs.NotFound || es[0].Key != "thing.none" {
			t.Errorf("no row: %v", err)
		}
	})
}

// ON CONFLICT, with and without RETURNING, is how a row is written that may be
// there already; and its fate is that of the transaction.
func TestUpsert(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE tally (k TEXT PRIMARY KEY, n BIGINT NOT NULL)`)
		up := func(tx *sqldb.Tx) (int64, error) {
			return sqldb.Int(tx.Row(`INSERT INTO tally (k, n) VALUES ($1, 1) ON CONFLICT (k) DO UPDATE SET n = tally.n + 1 RETURNING n`, "a"))
		}
		for want := int64(1); want <= 3; want++ {
			write(t, db, func(tx *sqldb.Tx) error {
				n, err := up(tx)
				if n != want {
					t.Errorf("%d, want %d", n, want)
				}
				return err
			})
		}
		err := db.Write(ctx, func(tx *sqldb.Tx) error {
			if _, err := up(tx); err != nil {
				t.Error(err)
			}
			return errs.New(errs.Conflict, "x")
		})
		if n := number(t, db, `SELECT n FROM tally`); n != 3 || err == nil {
			t.Errorf("what RETURNING wrote outlived its transaction: %d, %v", n, err)
		}
		write(t, db, func(tx *sqldb.Tx) error {
			n, err := tx.Exec(`INSERT INTO tally (k, n) VALUES ('a', 9) ON CONFLICT DO NOTHING`)
			if n != 0 {
				t.Errorf("%d rows, where one was there", n)
			}
			return err
		})
	})
}

// A transaction that goes on after a statement has failed does not commit: one of
// the engines could not.
func TestNoGoingOnAfterAFailure(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (k BIGINT PRIMARY KEY)`, `INSERT INTO thing (k) VALUES (1)`)
		err := db.Write(ctx, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`INSERT INTO thing (k) VALUES (2)`); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO thing (k) VALUES (1)`); err == nil {
				t.Error("one key twice")
			}
			return nil // the mistake
		})
		if err == nil {
			t.Error("committed after a failed statement")
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}
