// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"testing"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	db, _ := sqldbtest.SQLiteAt(t)
	tree := qionglai(t, db).Tree()
	for text, want := range map[string]string{
		"":         "",
		"路灯坏了":     "",
		"平乐镇的路灯坏了": "平乐镇",
		"我在平乐镇和夹关镇之间的路上":     "",
		"文君街道黄坝社区3栋":         "黄坝社区",
		"黄坝社区3栋":             "", // there may be one of this name elsewhere
		"文君街道黄坝社区和渔箭社区都没有路灯": "文君街道",
	} {
		got, ok := tree.Named(text)
		if got.Name.ZH != want || ok != (want != "") {
			t.Errorf("%q names %q, want %q", text, got.Name.ZH, want)
		}
	}
}

func FuzzNamed(f *testing.F) {
	db, _ := sqldbtest.SQLiteAt(f)
	tree := qionglai(f, db).Tree()
	f.Add("平乐镇")
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := tree.Named(text); ok && p.Kind != places.Town && p.Kind != places.Village {
			t.Errorf("%q names a %s", text, p.Kind)
		}
	})
}
