// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func TestWhere(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		make func(w *sqldb.Where)
		sql  string
		args []any
	}{
		{"nothing", func(*sqldb.Where) {}, "", nil},
		{"one", func(w *sqldb.Where) { w.Add("a = ?", 1) }, "WHERE a = $1", []any{1}},
		{"two", func(w *sqldb.Where) { w.Add("a = ?", 1); w.Add("b BETWEEN ? AND ?", 2, 3) }, "WHERE a = $1 AND b BETWEEN $2 AND $3", []any{1, 2, 3}},
		{"without argument", func(w *sqldb.Where) { w.Add("a IS NULL") }, "WHERE a IS NULL", nil},
		{"any of some", func(w *sqldb.Where) { w.Any([]string{"a = ?", "b = ?"}, 1, 2) }, "WHERE (a = $1 OR b = $2)", []any{1, 2}},
		{"any of none finds nothing", func(w *sqldb.Where) { w.Any(nil) }, "WHERE 1 = 0", nil},
		{"in some", func(w *sqldb.Where) { w.Add("z = ?", 0); sqldb.In(w, "a", "x", "y") }, "WHERE z = $1 AND a IN ($2,$3)", []any{0, "x", "y"}},
		{"in none finds nothing", func(w *sqldb.Where) { sqldb.In[int](w, "a") }, "WHERE 1 = 0", nil},
		{"an argument beside", func(w *sqldb.Where) { w.Add("a = ?", 1); w.Arg(50) }, "WHERE a = $1", []any{1, 50}},
	} {
		var w sqldb.Where
		tc.make(&w)
		if w.SQL() != tc.sql || !cmp.Equal(w.Args(), tc.args) {
			t.Errorf("%s: %q %v, want %q %v", tc.name, w.SQL(), w.Args(), tc.sql, tc.args)
		}
	}
	for what, f := range map[string]func(w *sqldb.Where){"too few": func(w *sqldb.Where) { w.Add("a = ? AND b = ?", 1) }, "too many": func(w *sqldb.Where) { w.Add("a = ?", 1, 2) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s arguments were taken", what)
				}
			}()
			f(&sqldb.Where{})
		}()
	}
	if got := sqldb.List(3, 2) + "|" + sqldb.List(0, 1); got != "$2,$3,$4|" {
		t.Errorf("list: %s", got)
	}
}

// A value is never taken for SQL.
func TestWhereIsSafe(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		run(t, db, `CREATE TABLE thing (s TEXT NOT NULL)`, `INSERT INTO thing (s) VALUES ('x')`)
		for _, s := range []string{`'; DROP TABLE thing; --`, `x' OR '1'='1`, `$1`, `?`, "\\", `"`} {
			var w sqldb.Where
			w.Add("s = ?", s)
			sqldb.In(&w, "s", s, s+"'")
			if n := number(t, db, `SELECT count(*) FROM thing `+w.SQL(), w.Args()...); n != 0 {
				t.Errorf("%q found %d rows", s, n)
			}
		}
		if n := number(t, db, `SELECT count(*) FROM thing`); n != 1 {
			t.Errorf("%d rows are left", n)
		}
	})
}
