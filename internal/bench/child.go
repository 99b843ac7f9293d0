// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A child is a server that bench started, and stops by its number.
type child struct {
	cmd     *exec.Cmd
	address string
	done    chan error
}

// roomy are the limits of a server that answers one address only: the measuring
// one. The defaults of the program stay as they are.
var roomy = []string{
	"YUANBA_LIMITS_RATE=1000000", "YUANBA_LIMITS_BURST=1000000000", "YUANBA_LIMITS_RAISE=1000000", "YUANBA_LIMITS_AT_ONCE=2000",
}

// serve starts the program on the town.
func (r *run) serve(ctx context.Context) (*child, error) {
	if r.Profile != "" {
		return r.child(ctx, "bench", "town", "--db", r.DB)
	}
	return r.child(ctx, "serve", "--demo", "--db", r.DB)
}

// child starts the program with the arguments and an address of its own, and
// waits until it answers.
func (r *run) child(ctx context.Context, args ...string) (*child, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	listen := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	args = append(append(append([]string(nil), r.Program[1:]...), args...), "--listen", listen)
	c := &child{cmd: exec.Command(r.Program[0], args...), address: "http://" + listen, done: make(chan error, 1)}
	c.cmd.Env = append(append(append(os.Environ(), roomy...), r.env...), "YUANBA_FILES="+filepath.Join(r.dir, "files"), "YUANBA_KEYS="+r.keys())
	log, err := os.Create(filepath.Join(r.dir, fmt.Sprintf("%s-%d.log", args[len(r.Program)-1], len(r.children))))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.cmd.Stdout, c.cmd.Stderr = nil, log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { c.done <- c.cmd.Wait() }()
	r.children = append(r.children, c)
	if err := c.ready(ctx); err != nil {
		tail, _ := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("start %s: %w: %s", strings.Join(args, " "), err, lastLine(tail)), c.stop())
	}
	return c, nil
}

// keys are the town's keys: they go with its database.
func (r *run) keys() string { return KeysOf(r.DB, r.dir) }

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}

// ready waits until the child answers.
func (c *child) ready(ctx context.Context) error {
	wire := &http.Transport{DisableKeepAlives: true}
	for end := time.Now().Add(2 * time.Minute); ; {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := wire.RoundTrip(req); err == nil {
			_, cerr := io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == http.StatusOK && cerr == nil {
				return nil
			}
		}
		select {
		case err := <-c.done:
			c.done <- err
			return fmt.Errorf("it ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
		if time.Now().After(end) {
			return errors.New("it does not answer")
		}
	}
}

// stop asks the child to end, and ends it if it does not.
func (c *child) stop() error {
	select {
	case err := <-c.done:
		c.done <- err
		return nil
	default:
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case err := <-c.done:
		c.done <- err
		return nil
	case <-time.After(30 * time.Second):
		return c.cmd.Process.Kill()
	}
}

// cpu is the processor time that the child has used so far; 0 if there is no
// child.
func (c *child) cpu() time.Duration {
	if c == nil {
		return 0
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	sys, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+sys) * (time.Second / 100) // the kernel counts in hundredths for everybody
}

// memory is what the child holds of memory, in megabytes.
func (c *child) memory() float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb / 1024
		}
	}
	return 0
}

// ownCPU is the processor time that this program has used so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// idleFor is how long nobody asks before the memory is looked at.
const idleFor = 5 * time.Second

// starts starts the program some times, asks for a page each time, and leaves it
// alone the last time.
func (r *run) starts(ctx context.Context) error {
	st := &Started{}
	for i := range 3 {
		r.Log(fmt.Sprintf("start, %d of 3", i+1))
		began := time.Now()
		c, err := r.serve(ctx)
		if err != nil {
			return err
		}
		if err := newBrowser(c.address).get(ctx, "/matters"); err != nil {
			return err
		}
		st.Millis = append(st.Millis, float64(time.Since(began).Microseconds())/1000)
		if i == 2 {
			select {
			case <-ctx.Done():
			case <-time.After(idleFor):
			}
			st.Idle = c.memory()
		}
		if err := c.stop(); err != nil {
			return err
		}
	}
	r.rep.Start = st
	return nil
}

// profile takes a profile of the child's work, if one is wanted.
func (r *run) profile(m Mode, clients int, c *child) (stop func()) {
	if r.Profile == "" || c == nil {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		url := fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", c.address, max(1, int(r.For.Seconds())-1))
		res, err := http.Get(url) //nolint:noctx // ends by itself
		if err != nil {
			r.Log("no profile: " + err.Error())
			return
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode == http.StatusOK {
			err = os.WriteFile(filepath.Join(r.Profile, fmt.Sprintf("%s-%d.pprof", m, clients)), b, 0o600)
		}
		if err != nil || res.StatusCode != http.StatusOK {
			r.Log(fmt.Sprintf("no profile: %d %v", res.StatusCode, err))
		}
	}()
	return func() { <-done }
}
