// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"slices"
	"testing"
)

func TestByPlace(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		q, want string
		order   []int
	}{
		{`SELECT 1`, `SELECT 1`, nil},
		{`INSERT INTO a VALUES ($1, $2, $3)`, `INSERT INTO a VALUES (?, ?, ?)`, nil},
		{`UPDATE a SET n = $2 WHERE id = $1`, `UPDATE a SET n = ? WHERE id = ?`, []int{1, 0}},
		{`VALUES ($1, $2) ON CONFLICT DO UPDATE SET n = $2`, `VALUES (?, ?) ON CONFLICT DO UPDATE SET n = ?`, []int{0, 1, 1}},
		{`WHERE a = $2 AND b = $10`, `WHERE a = ? AND b = ?`, []int{1, 9}},
		{`SELECT '$1', "$2", '''$3' -- $4
 , $1 /* $5 */`, `SELECT '$1', "$2", '''$3' -- $4
 , ? /* $5 */`, nil},
		{`SELECT '路灯$1' WHERE w = $1`, `SELECT '路灯$1' WHERE w = ?`, nil},
		{`SELECT $ , $a, $1x, 'open`, `SELECT $ , $a, ?x, 'open`, nil},
		{`SELECT 1 - -$1`, `SELECT 1 - -?`, nil},
	} {
		got := byPlace(tc.q)
		if got.text != tc.want || !slices.Equal(got.order, tc.order) {
			t.Errorf("%s\n\t%s %v\n\twant %s %v", tc.q, got.text, got.order, tc.want, tc.order)
		}
	}
	if _, err := byPlace(`SELECT $2, $1`).args([]any{1}); err == nil {
		t.Error("a missing argument was not noticed")
	}
}
