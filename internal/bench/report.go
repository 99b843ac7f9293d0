// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"fmt"
	"io"
)

// Write writes the report for people.
func (r Report) Write(w io.Writer) {
	if r.Server == "own" {
		fmt.Fprintf(w, "A town of its own on %s, %d matters in it before; %d processors, %s; the measuring program shares them.\n\n", r.Engine, r.Matters, r.CPUs, r.Go)
	} else {
		fmt.Fprintf(w, "The installation at %s, within its limits; measured from a machine with %d processors.\n\n", r.Server, r.CPUs)
	}
	if s := r.Start; s != nil {
		fmt.Fprintf(w, "start to first page:")
		for _, ms := range s.Millis {
			fmt.Fprintf(w, " %.0f ms", ms)
		}
		fmt.Fprintf(w, "; %.0f MB when idle\n\n", s.Idle)
	}
	if len(r.Rows) > 0 {
		fmt.Fprintf(w, "%-7s %7s %8s %8s %7s %9s %9s %9s %9s %9s %10s %10s\n", "mode", "clients", "done", "refused", "failed", "/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "server µs", "client µs")
	}
	for _, x := range r.Rows {
		fmt.Fprintf(w, "%-7s %7d %8d %8d %7d %9.1f %9.2f %9.2f %9.2f %9.2f %10.0f %10.0f\n", x.Mode, x.Clients, x.Done, x.Refused, x.Failed, x.Rate, x.P50, x.P95, x.P99, x.Max, x.Server, x.Client)
		if x.Fault != "" {
			fmt.Fprintf(w, "        %s\n", x.Fault)
		}
	}
	if len(r.Ratios) > 0 {
		fmt.Fprintf(w, "\nRaising through the whole path, as a part of the ceiling:")
		for _, x := range r.Ratios {
			fmt.Fprintf(w, " %d at once %.0f %%", x.Clients, 100*x.Rate)
		}
		fmt.Fprintln(w)
	}
	if r.Spike != nil {
		r.Spike.write(w)
	}
	for _, l := range r.Left {
		fmt.Fprintf(w, "\nNot measured, %s\n", l)
	}
}

// write writes how a rush was borne.
func (x *Spiked) write(w io.Writer) {
	fmt.Fprintf(w, "\nA rush of ten times as many, who come whether it keeps up or not (16 one after the other managed %.0f a second):\n", x.Can)
	fmt.Fprintf(w, "%-7s %8s %8s %9s %8s %7s %9s %9s %14s %12s\n", "", "come/s", "came", "answered", "refused", "failed", "p50 ms", "p99 ms", "refused p99 ms", "sent late ms")
	for _, p := range []struct {
		name string
		Phase
	}{{"before", x.Before}, {"during", x.During}, {"after", x.After}} {
		fmt.Fprintf(w, "%-7s %8.0f %8d %9d %8d %7d %9.2f %9.2f %14.2f %12.2f\n", p.name, p.Rate, p.Came, p.Answered, p.Refused, p.Failed, p.P50, p.P99, p.PRefused, p.Late)
		if p.Unsaid > 0 {
			fmt.Fprintf(w, "        %d were refused without being told when to come back\n", p.Unsaid)
		}
		if p.Unsent > 0 {
			fmt.Fprintf(w, "        %d were not sent: more were under way than this machine can hold open\n", p.Unsent)
		}
		if p.Fault != "" {
			fmt.Fprintf(w, "        %s\n", p.Fault)
		}
	}
	if x.Recovered < 0 {
		fmt.Fprintf(w, "It was not as before when the measuring ended.\n")
	} else {
		fmt.Fprintf(w, "As before after %.2f s.\n", x.Recovered)
	}
	fmt.Fprintf(w, "Of %d numbers given out, %d are of no matter.\n", x.Raised, x.Lost)
}
