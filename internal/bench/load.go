// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A worker does one thing after the other, as one client.
type worker func(ctx context.Context) error

// refusal says that the server asked to come back later.
type refusal struct {
	after time.Duration
	said  bool // or a guess of ours
}

// Error says when to come back.
func (r refusal) Error() string { return fmt.Sprintf("asked to come back in %s", r.after) }

// sample is what was seen in one or several measurements of a mode.
type sample struct {
	took            []time.Duration
	refused, failed int
	fault           string
	elapsed         time.Duration
	server, client  time.Duration // processor time
}

// load lets the workers work side by side for a time, or until they have done
// enough, and returns what was seen. What is under way at the end is counted: the
// time runs until the last has come back.
func load(ctx context.Context, workers []worker, d time.Duration, most int) *sample {
	var (
		wg   sync.WaitGroup
		left atomic.Int64
		each = make([]sample, len(workers))
	)
	left.Store(int64(most))
	began := time.Now()
	end := began.Add(d)
	for i, work := range workers {
		wg.Go(func() {
			s := &each[i]
			for ctx.Err() == nil && left.Add(-1) >= 0 {
				t := time.Now()
				if !t.Before(end) {
					return
				}
				s.count(ctx, end, time.Since, t, work(ctx))
			}
		})
	}
	wg.Wait()
	all := &sample{elapsed: time.Since(began)}
	for i := range each {
		all.add(&each[i])
	}
	return all
}

// count notes how one turn went. One who was refused comes back when told to.
func (s *sample) count(ctx context.Context, end time.Time, since func(time.Time) time.Duration, began time.Time, err error) {
	var no refusal
	switch {
	case err == nil:
		s.took = append(s.took, since(began))
	case errors.As(err, &no):
		s.refused++
		wait := time.NewTimer(min(no.after, time.Until(end)))
		defer wait.Stop()
		select {
		case <-ctx.Done():
		case <-wait.C:
		}
	default:
		s.failed++
		if s.fault == "" {
			s.fault = err.Error()
		}
	}
}

// add puts another sample to this one.
func (s *sample) add(o *sample) {
	s.took = append(s.took, o.took...)
	s.refused += o.refused
	s.failed += o.failed
	if s.fault == "" {
		s.fault = o.fault
	}
	s.elapsed += o.elapsed
	s.server += o.server
	s.client += o.client
}

// rate is how many were done in a second.
func (s *sample) rate() float64 {
	if s.elapsed <= 0 {
		return 0
	}
	return float64(len(s.took)) / s.elapsed.Seconds()
}

// row is the sample as it is reported.
func (s *sample) row(m Mode, clients int) Row {
	r := Row{Mode: m, Clients: clients, Done: len(s.took), Refused: s.refused, Failed: s.failed, Fault: s.fault, Rate: s.rate()}
	if len(s.took) == 0 {
		return r
	}
	slices.Sort(s.took)
	at := func(q float64) float64 {
		return float64(s.took[min(len(s.took)-1, int(q*float64(len(s.took))))].Microseconds()) / 1000
	}
	r.P50, r.P95, r.P99, r.Max = at(.5), at(.95), at(.99), at(1)
	r.Server = float64(s.server.Microseconds()) / float64(len(s.took))
	r.Client = float64(s.client.Microseconds()) / float64(len(s.took))
	return r
}
