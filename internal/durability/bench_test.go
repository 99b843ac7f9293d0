// SPDX-License-Identifier: Apache-2.0

package durability

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"yuanba/internal/bench"
)

// measured runs bench and returns its report.
func measured(t *testing.T, args ...string) bench.Report {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	cmd := exec.Command(path, append([]string{"bench", "--json", "--seconds", "0.3", "--rounds", "1", "--clients", "2"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &said)
	}
	var rep bench.Report
	if err := json.Unmarshal(out.Bytes(), &rep); err != nil {
		t.Fatalf("not one JSON value: %v: %s", err, &out)
	}
	return rep
}

// Everything that bench measures works from end to end, whatever it costs.
func TestBench(t *testing.T) {
	t.Parallel()
	rep := measured(t, "--fill", "300")
	rows := map[bench.Mode]bench.Row{}
	for _, r := range rep.Rows {
		rows[r.Mode] = r
		if r.Done == 0 || r.Failed > 0 || r.Refused > 0 || r.Rate <= 0 || r.P50 <= 0 || r.Max < r.P99 || r.P99 < r.P50 {
			t.Errorf("%+v", r)
		}
	}
	if x := rep.Spike; x == nil || x.Raised == 0 || x.Lost > 0 {
		t.Errorf("the rush: %+v", x)
	}
	if len(rows) != len(bench.Modes)-2 || rep.Start == nil || len(rep.Start.Millis) == 0 || rep.Start.Idle <= 0 || len(rep.Ratios) != 1 || rep.Matters != 300 {
		t.Errorf("left out: %+v", rep)
	}
}

// A running installation is measured within its limits: what it refuses is
// counted, and no fault.
func TestBenchElsewhere(t *testing.T) {
	t.Parallel()
	s := newTown(t).serve(t, "YUANBA_LIMITS_RATE=20", "YUANBA_LIMITS_BURST=20")
	rep := measured(t, "--url", s.url, "--modes", "bare,list", "--seconds", "1.5")
	if len(rep.Left) != 1 || len(rep.Rows) != 1 || rep.Server != s.url {
		t.Fatalf("%+v", rep)
	}
	if r := rep.Rows[0]; r.Mode != bench.List || r.Done == 0 || r.Refused == 0 || r.Failed > 0 {
		t.Errorf("%+v", r)
	}
}
