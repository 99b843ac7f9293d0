// SPDX-License-Identifier: Apache-2.0

package bus_test

import (
	"errors"
	"testing"

	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

type (
	closed struct{ n int }
	opened struct{ n int }
)

func TestTell(t *testing.T) {
	t.Parallel()
	b, heard := bus.New(), ""
	bus.On(b, func(_ *sqldb.Tx, by scope.Actor, e closed) error { heard += "a" + by.Name; return nil })
	bus.On(b, func(_ *sqldb.Tx, _ scope.Actor, e closed) error {
		heard += "b"
		if e.n == 2 {
			return errors.New("no")
		}
		return nil
	})
	bus.On(b, func(*sqldb.Tx, scope.Actor, closed) error { heard += "c"; return nil })
	if err := bus.Tell(b, nil, scope.Program("x"), closed{1}); err != nil || heard != "axbc" {
		t.Errorf("%q %v", heard, err)
	}
	heard = ""
	if err := bus.Tell(b, nil, scope.Program("x"), closed{2}); err == nil || heard != "axb" {
		t.Errorf("after an error: %q %v", heard, err)
	}
	heard = ""
	if err := bus.Tell(b, nil, scope.Program("x"), opened{1}); err != nil || heard != "" {
		t.Errorf("nobody hears this: %q %v", heard, err)
	}
}
