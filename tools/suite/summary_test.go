// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// lines makes go test's JSON of "action package test [output]".
func lines(events ...[4]string) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, `{"Action":%q,"Package":%q,"Test":%q,"Output":%q}`+"\n", e[0], e[1], e[2], e[3])
	}
	return b.String()
}

func TestSummary(t *testing.T) {
	t.Parallel()
	good := [][4]string{
		{"run", "p", "TestA", ""}, {"run", "p", "TestA/sqlite", ""}, {"run", "p", "TestA/postgres", ""},
		{"pass", "p", "TestA/sqlite", ""}, {"pass", "p", "TestA/postgres", ""}, {"pass", "p", "TestA", ""},
		{"run", "p", "TestPure", ""}, {"pass", "p", "TestPure", ""}, {"pass", "p", "", ""},
	}
	cases := []struct {
		name   string
		events [][4]string
		prep   func(*summary)
		all    bool
		code   int
		want   []string
	}{
		{name: "all passed", events: good, all: true, want: []string{
			"on SQLite                1 tests: 1 passed", "on PostgreSQL            1 tests: 1 passed", "3 passed, 0 failed, 0 skipped\n"}},
		{name: "one failed", events: append(good[:0:0],
			[4]string{"run", "p", "TestB", ""}, [4]string{"run", "p", "TestB/sqlite", ""}, [4]string{"output", "p", "TestB/sqlite", "    b_test.go:7: want 1, got 2\n"},
			[4]string{"fail", "p", "TestB/sqlite", ""}, [4]string{"fail", "p", "TestB", ""}, [4]string{"fail", "p", "", ""}),
			code: 1, want: []string{"✗ TestB/sqlite", "want 1, got 2", "failed   p TestB/sqlite", "0 passed, 1 failed, 0 skipped\n"}},
		{name: "a skip is told", events: [][4]string{{"run", "p", "TestC", ""}, {"output", "p", "TestC", "    c_test.go:3: no fonts here\n"}, {"skip", "p", "TestC", ""}, {"pass", "p", "", ""}},
			want: []string{"skipped  p TestC: c_test.go:3: no fonts here", "0 passed, 0 failed, 1 skipped\n"}},
		{name: "a skip where none is allowed", events: [][4]string{{"run", "p", "TestC", ""}, {"skip", "p", "TestC", ""}, {"pass", "p", "", ""}}, all: true,
			code: 1, want: []string{"Nothing may be left out", "no reason given"}},
		{name: "no engine", events: good[:0], prep: func(s *summary) { s.missing("postgres", "none found") },
			want: []string{"on PostgreSQL        not run: none found", "0 passed, 0 failed, 0 skipped\n"}},
		{name: "no engine where one is required", prep: func(s *summary) { s.missing("postgres", "none found") }, all: true,
			code: 1, want: []string{"0 passed, 1 failed, 0 skipped\n"}},
		{name: "no build", events: [][4]string{{"output", "p", "", "FAIL p [build failed]\n"}, {"fail", "p", "", ""}},
			code: 1, want: []string{"failed   p: failed outside its tests", "0 passed, 1 failed, 0 skipped\n"}},
		{name: "a test that never ended", events: [][4]string{{"run", "p", "TestD", ""}, {"output", "p", "TestD", "panic: out of reach\n"}, {"fail", "p", "", ""}},
			code: 1, want: []string{"panic: out of reach", "failed   p TestD", "0 passed, 1 failed, 0 skipped\n"}},
		{name: "vet", prep: func(s *summary) { s.fault("go vet", errors.New("exit status 1")) },
			code: 1, want: []string{"failed   go vet: exit status 1", "0 passed, 1 failed, 0 skipped\n"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := newSummary(&out)
			if c.prep != nil {
				c.prep(s)
			}
			if err := s.read(strings.NewReader(lines(c.events...))); err != nil {
				t.Fatal(err)
			}
			if code := s.print(time.Second, c.all); code != c.code {
				t.Errorf("exit status %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in:\n%s", want, &out)
				}
			}
			if last := c.want[len(c.want)-1]; strings.HasSuffix(last, "skipped\n") && !strings.HasSuffix(out.String(), last) {
				t.Errorf("the last line is not %q:\n%s", last, &out)
			}
		})
	}
}
