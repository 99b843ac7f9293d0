// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A Spiked is how an installation bears ten times as many people as before, for a
// while, who come whether it keeps up or not.
type Spiked struct {
	Can       float64 `json:"can_per_second"` // what sixteen clients one after the other managed just before
	Before    Phase   `json:"before"`
	During    Phase   `json:"during"`
	After     Phase   `json:"after"`
	Recovered float64 `json:"recovered_s"` // from the end of the rush until a second's p99 was within half as much again as before, and no one was refused; -1 if never
	Raised    int     `json:"raised"`      // matters whose number was given out
	Lost      int     `json:"lost"`        // and that were not there afterwards
}

// A Phase is a stretch with so many arrivals a second.
type Phase struct {
	Rate     float64 `json:"arrivals_per_second"`
	Came     int     `json:"came"`
	Answered int     `json:"answered"`
	Refused  int     `json:"refused"` // 503 or 429, and when to come back
	Unsaid   int     `json:"unsaid"`  // 503 or 429 without saying when
	Unsent   int     `json:"unsent"`  // beyond what the measuring machine could hold open
	Failed   int     `json:"failed"`  // anything else
	Fault    string  `json:"fault,omitempty"`
	P50      float64 `json:"p50_ms"` // of those answered
	P99      float64 `json:"p99_ms"`
	PRefused float64 `json:"refused_p99_ms"` // how long those waited who were refused
	Late     float64 `json:"late_p99_ms"`    // how much later than meant they were sent
}

// tenfold is how many times as many come.
const tenfold = 10

// share is the part of what the installation can that comes before and after.
const share = 0.25

// mostOpen is how many may be under way at once before this machine has no more
// sockets to give; who comes beyond is not sent, and counted.
const mostOpen = 6000

// spikeEnv are the limits that a rush is measured under: those of the program as
// shipped, but that each arrival comes from an address of its own, of which a proxy
// tells, so that what is measured is not the limit of one address.
var spikeEnv = []string{"YUANBA_LIMITS_AT_ONCE=256", "YUANBA_PROXIES=127.0.0.0/8"}

// An arrival is somebody who comes once, and what became of it.
type arrival struct {
	due    time.Time // when they were to come
	late   time.Duration
	took   time.Duration
	no     bool // refused
	unsaid bool
	unsent bool
	err    error
	number string // of the matter that they raised
}

// spike measures a rush on a server of its own, on the same town.
func (r *run) spike(ctx context.Context) error {
	if err := r.server.stop(); err != nil {
		return err
	}
	env := r.env
	r.env = spikeEnv
	c, err := r.serve(ctx)
	r.env = env
	if err != nil {
		return err
	}
	t := r.town.at(c.address)
	able := load(ctx, t.crowd(16), 3*time.Second, r.Most)
	if able.failed > 0 || len(able.took) == 0 {
		return fmt.Errorf("before the rush: %d done, %d failed: %s", len(able.took), able.failed, able.fault)
	}
	x := &Spiked{Can: able.rate(), Recovered: -1}
	r.rep.Spike = x
	steady := share * x.Can
	r.Log(fmt.Sprintf("%.0f a second, then %.0f, then %.0f", steady, tenfold*steady, steady))
	came := t.arrive(ctx, []stretch{{steady, r.For}, {tenfold * steady, r.For}, {steady, max(r.For, 10*time.Second)}})
	x.Before, x.During, x.After = phaseOf(steady, came[0]), phaseOf(tenfold*steady, came[1]), phaseOf(steady, came[2])
	x.Recovered = recovered(x.Before.P99, came[2])
	var numbers []string
	for _, a := range slices.Concat(came...) {
		if a.number != "" {
			numbers = append(numbers, a.number)
		}
	}
	x.Raised = len(numbers)
	r.Log(fmt.Sprintf("looking for %d matters", x.Raised))
	x.Lost, err = t.missing(ctx, numbers)
	return errors.Join(err, ctx.Err())
}

// crowd are workers who do what those who arrive do, one after the other.
func (t *target) crowd(n int) (ws []worker) {
	for range n {
		b := newBrowser(t.address)
		b.plain = true
		ws = append(ws, func(ctx context.Context) error {
			_, err := t.visit(ctx, b, t.next())
			return err
		})
	}
	return ws
}

// visit is what one of them does: half raise a matter, the others read the list or
// one matter.
func (t *target) visit(ctx context.Context, b *browser, n int) (number string, err error) {
	b.from = fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	switch {
	case n%2 == 0:
		b.slip = ""
		err = t.raiseOne(ctx, b)
		if err == nil {
			number, err = numberOn(b.slip)
		}
	case n%4 == 1 || len(t.numbers) == 0:
		err = b.get(ctx, "/matters")
	default:
		err = b.get(ctx, "/matters/"+t.numbers[n%len(t.numbers)])
	}
	return number, err
}

// numberOn is the number on a new slip, as the browser keeps it.
func numberOn(cookie string) (string, error) {
	data, _, _ := strings.Cut(cookie, ".")
	b, err := base64.RawURLEncoding.DecodeString(data)
	if err != nil {
		return "", err
	}
	var slip struct{ Number string }
	if err := json.Unmarshal(b, &slip); err != nil {
		return "", err
	}
	if slip.Number == "" {
		return "", errors.New("the slip has no number")
	}
	return slip.Number, nil
}

// A stretch is a time in which people come at a rate.
type stretch struct {
	rate float64 // a second
	long time.Duration
}

// arrive lets people come in one stretch after the other, each at their moment,
// whether those before them were answered or not; it returns when the last has left.
func (t *target) arrive(ctx context.Context, stretches []stretch) (came [][]arrival) {
	wire := &http.Transport{MaxIdleConnsPerHost: 4096, IdleConnTimeout: 5 * time.Second, DisableCompression: true, ResponseHeaderTimeout: 30 * time.Second}
	defer wire.CloseIdleConnections()
	var wg sync.WaitGroup
	defer wg.Wait()
	var open atomic.Int64
	begin := time.Now()
	for _, s := range stretches {
		as := make([]arrival, int(s.rate*s.long.Seconds()))
		for i := range as {
			a := &as[i]
			a.due = begin.Add(time.Duration(float64(i) / s.rate * float64(time.Second)))
			if wait := time.Until(a.due); wait > 0 {
				select {
				case <-ctx.Done():
				case <-time.After(wait):
				}
			}
			if ctx.Err() != nil {
				return came
			}
			if open.Load() >= mostOpen {
				a.unsent = true
				continue
			}
			open.Add(1)
			wg.Go(func() {
				defer open.Add(-1)
				t.come(ctx, wire, a)
			})
		}
		came, begin = append(came, as), begin.Add(s.long)
	}
	return came
}

// come is one arrival.
func (t *target) come(ctx context.Context, wire *http.Transport, a *arrival) {
	a.late = time.Since(a.due)
	var no refusal
	a.number, a.err = t.visit(ctx, &browser{address: t.address, wire: wire, plain: true}, t.next())
	a.took = time.Since(a.due) // counted from when they came, not from when they were let in
	if errors.As(a.err, &no) {
		a.no, a.unsaid, a.err = true, !no.said, nil
	}
}

// phaseOf adds up what became of those who came.
func phaseOf(rate float64, as []arrival) Phase {
	p := Phase{Rate: rate, Came: len(as)}
	var took, refused, late []time.Duration
	for _, a := range as {
		if !a.unsent {
			late = append(late, a.late)
		}
		switch {
		case a.unsent:
			p.Unsent++
		case a.no:
			p.Refused++
			refused = append(refused, a.took)
			if a.unsaid {
				p.Unsaid++
			}
		case a.err != nil:
			p.Failed++
			p.Fault = a.err.Error()
		default:
			p.Answered++
			took = append(took, a.took)
		}
	}
	p.P50, p.P99, p.PRefused, p.Late = quantile(took, .5), quantile(took, .99), quantile(refused, .99), quantile(late, .99)
	return p
}

// quantile is a quantile in milliseconds; 0 of nothing.
func quantile(ds []time.Duration, q float64) float64 {
	if len(ds) == 0 {
		return 0
	}
	slices.Sort(ds)
	return float64(ds[min(len(ds)-1, int(q*float64(len(ds))))].Microseconds()) / 1000
}

// recovered is how long after the end of a rush, with which those here begin to
// come, a second began, in steps of a quarter, in which everybody was answered and the
// p99 was within half as much again as before, or five milliseconds where that is
// more; -1 if none did.
func recovered(p99 float64, as []arrival) float64 {
	if len(as) == 0 {
		return -1
	}
	end := as[0].due
	within := max(1.5*p99, p99+5)
	for from := time.Duration(0); ; from += 250 * time.Millisecond {
		var some []arrival
		past := false
		for _, a := range as {
			switch at := a.due.Sub(end); {
			case at >= from && at < from+time.Second:
				some = append(some, a)
			case at >= from+time.Second:
				past = true
			}
		}
		if !past {
			return -1
		}
		if p := phaseOf(0, some); p.Answered == p.Came && p.Came > 0 && p.P99 <= within {
			return from.Seconds()
		}
	}
}

// missing counts the numbers of which there is no matter.
func (t *target) missing(ctx context.Context, numbers []string) (int, error) {
	var next, lost atomic.Int64
	var wg sync.WaitGroup
	faults := make([]error, 8)
	for i := range faults {
		wg.Go(func() {
			b := newBrowser(t.address)
			b.plain = true
			for n := next.Add(1) - 1; int(n) < len(numbers) && ctx.Err() == nil; n = next.Add(1) - 1 {
				a, err := b.do(ctx, http.MethodHead, "/matters/"+numbers[n], "", nil, false)
				switch {
				case a.status == http.StatusNotFound:
					lost.Add(1)
				case err != nil:
					faults[i] = err
				}
			}
		})
	}
	wg.Wait()
	return int(lost.Load()), errors.Join(faults...)
}
