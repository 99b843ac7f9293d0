// SPDX-License-Identifier: Apache-2.0

package errs_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"yuanba/internal/kit/errs"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	list := errs.List{errs.At("title", "x.empty"), errs.At("body", "x.long", 10)}
	for _, tc := range []struct {
		name string
		err  error
		want errs.Kind
		n    int
	}{
		{"plain", io.EOF, errs.Internal, 0},
		{"wrapped", fmt.Errorf("load: %w", errs.New(errs.NotFound, "x.none", "a")), errs.NotFound, 1},
		{"list", fmt.Errorf("save: %w", list.Err()), errs.Invalid, 2},
		{"with cause", &errs.Error{Kind: errs.Busy, Key: "x", Err: io.EOF}, errs.Busy, 1},
	} {
		if got := errs.KindOf(tc.err); got != tc.want {
			t.Errorf("%s: kind %s, want %s", tc.name, got, tc.want)
		}
		if got := len(errs.Public(tc.err)); got != tc.n {
			t.Errorf("%s: %d public errors, want %d", tc.name, got, tc.n)
		}
	}
	if errs.List(nil).Err() != nil {
		t.Error("an empty list is an error")
	}
	if !errors.Is(&errs.Error{Err: io.EOF}, io.EOF) {
		t.Error("the cause is lost")
	}
	var l errs.List
	if err := l.Join(io.EOF); !errors.Is(err, io.EOF) || len(l) != 0 {
		t.Error("a private fault was taken for a public one")
	}
	if err := l.Join(list); err != nil || len(l) != 2 {
		t.Errorf("join: %v, %d", err, len(l))
	}
}
