// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"errors"
	"testing"
	"time"
)

// came makes those who come after a rush, a hundred a second for ten seconds: each
// takes what took says of the second.
func came(took func(second int, a *arrival)) []arrival {
	begin := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	as := make([]arrival, 1000)
	for i := range as {
		as[i].due = begin.Add(time.Duration(i) * 10 * time.Millisecond)
		took(i/100, &as[i])
	}
	return as
}

func TestRecovered(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		what string
		as   []arrival
		want float64
	}{
		{"at once", came(func(_ int, a *arrival) { a.took = 29 * time.Millisecond }), 0},
		{"nobody", nil, -1},
		{"never", came(func(_ int, a *arrival) { a.took = 31 * time.Millisecond }), -1},
		{"slow for three seconds", came(func(s int, a *arrival) {
			if a.took = time.Millisecond; s < 3 {
				a.took = time.Second
			}
		}), 3},
		{"people sent away for two", came(func(s int, a *arrival) { a.no = s < 2 }), 2},
		{"a fault in the first", came(func(s int, a *arrival) {
			if s == 0 {
				a.err = errors.New("cut off")
			}
		}), 1},
		{"some not sent in the first", came(func(s int, a *arrival) { a.unsent = s == 0 }), 1},
	} {
		if got := recovered(20, x.as); got != x.want {
			t.Errorf("%s: as before after %g s, want %g", x.what, got, x.want)
		}
	}
}

func TestPhaseCountsEverybodyOnce(t *testing.T) {
	t.Parallel()
	p := phaseOf(100, []arrival{
		{took: time.Millisecond}, {took: 3 * time.Millisecond}, {no: true, took: time.Second}, {no: true, unsaid: true}, {err: errors.New("cut off")}, {unsent: true},
	})
	if p.Came != 6 || p.Answered != 2 || p.Refused != 2 || p.Unsaid != 1 || p.Failed != 1 || p.Unsent != 1 || p.Fault != "cut off" || p.P99 != 3 || p.PRefused != 1000 {
		t.Errorf("%+v", p)
	}
}

func TestNumberOnASlip(t *testing.T) {
	t.Parallel()
	if n, err := numberOn("eyJJRCI6IjEiLCJOdW1iZXIiOiJRTC0yMDI2LTAwMDAwMSJ9.sum"); err != nil || n != "QL-2026-000001" {
		t.Errorf("%q, %v", n, err)
	}
	for _, bad := range []string{"", "…", "e30.sum"} {
		if n, err := numberOn(bad); err == nil {
			t.Errorf("%q is %q", bad, n)
		}
	}
}
