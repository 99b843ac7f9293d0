// SPDX-License-Identifier: Apache-2.0

// Package bench measures an installation from outside, over HTTP, as its people
// use it: residents raise matters, clerks take them through their whole life,
// readers list, search and read.
//
// By default it makes a town of its own in a folder of its own, starts the
// program on it as a child and stops it again; or it measures a running
// installation at an address, whose limits it obeys. Beside the program it
// measures the ceiling: a bare insert of one row behind net/http, with the same
// database and the same common commit. What takes turns with what else in one
// run can be compared; figures of two runs, on a machine that does other things
// too, can not.
package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// A Mode is one thing that is measured.
type Mode string

// The modes.
const (
	Bare   Mode = "bare"   // one row inserted behind net/http: the ceiling
	Raise  Mode = "raise"  // the last step of raising a matter, as a browser without script sends it
	Life   Mode = "life"   // a whole life: raise, accept, classify, dispatch, take, handle, verify, close, rate
	List   Mode = "list"   // the list of the newest 50
	Inbox  Mode = "inbox"  // a clerk's inbox
	Search Mode = "search" // words of two characters
	One    Mode = "one"    // the page of one matter
	Spike  Mode = "spike"  // ten times as many as before, for a while, and how soon it is as before
	Room   Mode = "room"   // the command room of the whole city
	Tile   Mode = "tile"   // what lies on its map, in boxes near and far
	Start  Mode = "start"  // from the start of the program to its first answer, and what it holds when idle
)

// Modes are all modes, in the order in which they are measured.
var Modes = []Mode{Start, Bare, Raise, List, One, Inbox, Room, Tile, Search, Life, Spike}

// Options say what is measured. The zero Options but for Program are a usual run.
type Options struct {
	Modes    []Mode
	Clients  []int         // how many at once, one measurement each; default 1, 16, 64
	For      time.Duration // of one measurement; default 5 s, at most 10 min
	Rounds   int           // the modes take turns so often; default 2
	Most     int           // requests of one measurement, at most; default 200,000
	Fill     int           // matters that are in the town before
	DB       string        // the database of the town; "" for one in a folder that is removed
	Bare     string        // the database of the bare inserts; "" for a file beside the town's
	URL      string        // a running installation to be measured instead
	Program  []string      // how the program is called, such as its path alone
	Profile  string        // a folder for profiles of the child's work; "" for none
	Progress func(stage string, done, total int)
	Log      func(line string)
}

func (o Options) withDefaults() (Options, error) {
	if len(o.Modes) == 0 {
		o.Modes = Modes
	}
	for _, m := range o.Modes {
		if !slices.Contains(Modes, m) {
			return o, fmt.Errorf("there is no mode %q: there are %v", m, Modes)
		}
	}
	if len(o.Clients) == 0 {
		o.Clients = []int{1, 16, 64}
	}
	for _, n := range o.Clients {
		if n < 1 || n > 1000 {
			return o, fmt.Errorf("clients: %d is not between 1 and 1000", n)
		}
	}
	if o.For == 0 {
		o.For = 5 * time.Second
	}
	if o.For < 100*time.Millisecond || o.For > 10*time.Minute {
		return o, fmt.Errorf("a measurement takes between 0.1 seconds and 10 minutes, not %s", o.For)
	}
	if o.Rounds == 0 {
		o.Rounds = 2
	}
	if o.Most == 0 {
		o.Most = 200_000
	}
	if o.Rounds < 0 || o.Most < 0 || o.Fill < 0 || o.Fill > 5_000_000 {
		return o, errors.New("rounds, the number of requests and of matters to fill in must be more than nothing, and the last no more than 5,000,000")
	}
	if o.URL != "" {
		u, err := url.Parse(o.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return o, fmt.Errorf("%q is no address that begins with http:// or https://", o.URL)
		}
		if o.Fill > 0 || o.DB != "" {
			return o, errors.New("a running installation is measured as it is: nothing is filled in, and its database is its own")
		}
		o.URL = u.Scheme + "://" + u.Host
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	return o, nil
}

// A Report is what was measured.
type Report struct {
	Server  string   `json:"server"` // "own", or the address of the installation
	Engine  string   `json:"engine,omitempty"`
	CPUs    int      `json:"cpus"`
	Go      string   `json:"go"`
	Matters int      `json:"matters,omitempty"` // in the town before
	Rows    []Row    `json:"rows"`
	Ratios  []Ratio  `json:"ratios,omitempty"`
	Start   *Started `json:"start,omitempty"`
	Spike   *Spiked  `json:"spike,omitempty"`
	Left    []string `json:"left_out,omitempty"` // what could not be measured, and why
}

// A Row is one measurement.
type Row struct {
	Mode    Mode    `json:"mode"`
	Clients int     `json:"clients"`
	Done    int     `json:"done"`
	Refused int     `json:"refused"` // told to come back later (429, 503)
	Failed  int     `json:"failed"`
	Fault   string  `json:"fault,omitempty"` // the first
	Rate    float64 `json:"per_second"`
	P50     float64 `json:"p50_ms"`
	P95     float64 `json:"p95_ms"`
	P99     float64 `json:"p99_ms"`
	Max     float64 `json:"max_ms"`
	Server  float64 `json:"server_cpu_us,omitempty"` // processor time of the server for one, in microseconds
	Client  float64 `json:"client_cpu_us"`           // and of this program
}

// A Ratio is how near raising comes to the ceiling, in the same run.
type Ratio struct {
	Clients int     `json:"clients"`
	Rate    float64 `json:"raise_to_bare"`
}

// Started is how the program starts.
type Started struct {
	Millis []float64 `json:"ms"`      // from its start to its first page, each time
	Idle   float64   `json:"idle_mb"` // memory when nobody has asked for some seconds
}

// Run measures. What it started is stopped when it returns.
func Run(ctx context.Context, o Options) (rep Report, err error) {
	if o, err = o.withDefaults(); err != nil {
		return rep, err
	}
	rep = Report{Server: "own", CPUs: runtime.NumCPU(), Go: runtime.Version(), Matters: o.Fill}
	r := &run{Options: o, rep: &rep}
	defer r.close(&err)
	if o.URL != "" {
		rep.Server = o.URL
		return rep, r.elsewhere(ctx)
	}
	return rep, r.own(ctx)
}

// run is Run at work.
type run struct {
	Options
	rep      *Report
	dir      string // removed at the end
	children []*child
	env      []string // further limits of the next child
	server   *child   // nil if it is somebody else's
	bare     *child
	town     *target
}

func (r *run) close(err *error) {
	for _, c := range r.children {
		*err = errors.Join(*err, c.stop())
	}
	if r.dir != "" {
		*err = errors.Join(*err, os.RemoveAll(r.dir))
	}
}

// own makes a town, starts the program on it, and measures it.
func (r *run) own(ctx context.Context) (err error) {
	if r.dir, err = os.MkdirTemp("", "yuanba-bench-"); err != nil {
		return err
	}
	if r.DB == "" {
		r.DB = filepath.Join(r.dir, "town.db")
	}
	if r.Bare == "" {
		r.Bare = filepath.Join(r.dir, "bare.db")
	}
	r.Log("making the town")
	if r.rep.Matters, r.rep.Engine, err = MakeTown(ctx, r.DB, r.dir, r.Fill, r.Progress); err != nil {
		return fmt.Errorf("make the town: %w", err)
	}
	if r.wants(Start) {
		if err := r.starts(ctx); err != nil {
			return err
		}
	}
	if r.server, err = r.serve(ctx); err != nil {
		return err
	}
	if r.wants(Bare) {
		if r.bare, err = r.child(ctx, "bench", "bare", "--db", r.Bare); err != nil {
			return err
		}
	}
	if err := r.measure(ctx, r.server.address); err != nil || !r.wants(Spike) {
		return err
	}
	if err := r.spike(ctx); err != nil {
		return fmt.Errorf("%s: %w", Spike, err)
	}
	return nil
}

// elsewhere measures a running installation.
func (r *run) elsewhere(ctx context.Context) error {
	for _, m := range []Mode{Start, Bare, Spike} {
		if r.wants(m) {
			r.leave(m, "of an installation that is not its own")
		}
	}
	return r.measure(ctx, r.URL)
}

func (r *run) wants(m Mode) bool { return slices.Contains(r.Modes, m) }

// leave notes that a mode is not measured.
func (r *run) leave(m Mode, why string) {
	r.Modes = slices.DeleteFunc(slices.Clone(r.Modes), func(x Mode) bool { return x == m })
	r.rep.Left = append(r.rep.Left, fmt.Sprintf("%s: %s", m, why))
}

// measure lets the modes take turns, for each number of clients.
func (r *run) measure(ctx context.Context, address string) (err error) {
	if r.town, err = look(ctx, address); err != nil {
		return err
	}
	for _, m := range []Mode{Life, Inbox, Room, Tile} {
		if r.wants(m) && !r.town.cast {
			r.leave(m, "the cast of the demonstration cannot sign in there")
		}
	}
	for _, n := range r.Clients {
		samples := map[Mode]*sample{}
		for round := range r.Rounds {
			for _, m := range Modes {
				if m == Start || m == Spike || !r.wants(m) {
					continue
				}
				r.Log(fmt.Sprintf("%s, %d at once, %d of %d", m, n, round+1, r.Rounds))
				s, err := r.one(ctx, m, n)
				if err != nil {
					return fmt.Errorf("%s: %w", m, err)
				}
				if samples[m] == nil {
					samples[m] = &sample{}
				}
				samples[m].add(s)
			}
		}
		for _, m := range Modes {
			if s := samples[m]; s != nil {
				r.rep.Rows = append(r.rep.Rows, s.row(m, n))
			}
		}
		if a, b := samples[Raise], samples[Bare]; a != nil && b != nil && b.rate() > 0 {
			r.rep.Ratios = append(r.rep.Ratios, Ratio{n, a.rate() / b.rate()})
		}
	}
	return nil
}

// one is one measurement.
func (r *run) one(ctx context.Context, m Mode, clients int) (*sample, error) {
	server := r.server
	if m == Bare {
		server = r.bare
	}
	work, err := r.town.work(ctx, m, clients, server)
	if err != nil {
		return nil, err
	}
	before, mine := server.cpu(), ownCPU()
	stop := r.profile(m, clients, server)
	s := load(ctx, work, r.For, r.Most)
	stop()
	s.server, s.client = server.cpu()-before, ownCPU()-mine
	return s, ctx.Err()
}
