// SPDX-License-Identifier: Apache-2.0

package id_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/kit/id"
)

func TestRoundTripAndOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := id.ID(rapid.Int64Min(0).Draw(t, "a"))
		b := id.ID(rapid.Int64Min(0).Draw(t, "b"))
		got, err := id.Parse(a.String())
		if err != nil || got != a {
			t.Fatalf("%d → %s → %d, %v", a, a, got, err)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%s and %s sort unlike %d and %d", a, b, a, b)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "0", "ZZZZZZZZZZZZZ", "00000000000U0", "路灯不亮", "0000000000000 "} {
		if d, err := id.Parse(s); err == nil {
			t.Errorf("%q was read as %d", s, d)
		}
	}
	if d, err := id.Parse("ooooooooooo1L"); err != nil || d != 33 {
		t.Errorf("forgiving letters: %d, %v", d, err)
	}
}

func TestSourceNeverRepeats(t *testing.T) {
	t.Parallel()
	s := id.NewSource(nil)
	now, last := time.UnixMilli(1_700_000_000_000), id.ID(0)
	for range 200_000 {
		d := s.New(now)
		if d <= last {
			t.Fatalf("%d after %d", d, last)
		}
		last = d
	}
	if d := s.New(now.Add(-time.Hour)); d <= last {
		t.Errorf("a clock set back made %d after %d", d, last)
	}
	if got := id.First(now).Time(); !got.Equal(now) {
		t.Errorf("time of the first ID: %s", got)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	type record struct{ ID, None id.ID }
	b, err := json.Marshal(record{ID: 42})
	if err != nil || string(b) != `{"ID":"000000000001A","None":""}` {
		t.Fatalf("%s %v", b, err)
	}
	var r record
	if err := json.Unmarshal(b, &r); err != nil || r.ID != 42 || r.None != 0 {
		t.Fatalf("%+v %v", r, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("38H2073XR36QV")
	f.Add("o0iLl11111111")
	f.Add("灯灯灯灯1")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := id.Parse(s)
		if err != nil {
			return
		}
		if again, err := id.Parse(d.String()); err != nil || again != d || d < 0 {
			t.Errorf("%q is %d, which is written %q", s, d, d)
		}
	})
}
