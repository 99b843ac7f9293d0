// SPDX-License-Identifier: Apache-2.0

// Package e2e walks through the running program as people do, in a real browser.
//
// A [Browser] is one Chromium, driven through playwright-core (see driver.mjs) by
// commands on a pipe. A [User] is a person in it, with cookies, a screen and a
// language of their own; several can be in the program at once. Every page a user
// sees is watched: a script error, a line of error in the console, a request to
// another host, a broken Content-Security-Policy or an answer of 500 and more
// fails the test, at the step that caused it.
//
// The journeys are tests with the build tag e2e, run by make e2e and make test.
package e2e

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

//go:embed driver.mjs
var driver []byte

// A Browser is a running Chromium.
type Browser struct {
	Version string

	cmd   *exec.Cmd
	stdin io.WriteCloser
	write sync.Mutex

	mu      sync.Mutex
	waiting map[int]chan answer
	next    int
	gone    error
}

type answer struct {
	ID     int
	Value  json.RawMessage
	Error  string
	Faults []string
}

// Start starts the browser that YUANBA_CHROMIUM names, or the first one found.
// It needs node_modules, which npm ci makes. Call it from TestMain, and Close at
// the end.
func Start() (*Browser, error) {
	root, err := root()
	if err != nil {
		return nil, err
	}
	chromium := os.Getenv("YUANBA_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if chromium == "" {
			chromium, _ = exec.LookPath(name)
		}
	}
	if chromium == "" {
		return nil, errors.New("no Chromium was found; name it in YUANBA_CHROMIUM")
	}
	b := &Browser{waiting: map[int]chan answer{}}
	b.cmd = exec.Command("node", "--input-type=module", "-e", string(driver))
	b.cmd.Dir = root
	b.cmd.Env = append(os.Environ(), "YUANBA_CHROMIUM="+chromium, "YUANBA_NODE_MODULES="+root)
	b.cmd.Stderr = os.Stderr
	if b.stdin, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	ready := make(chan answer, 1)
	b.waiting[0] = ready
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start node: %w", err)
	}
	go b.listen(out)
	select {
	case a := <-ready:
		if a.Error != "" {
			return nil, errors.New(a.Error)
		}
		return b, json.Unmarshal(a.Value, &b.Version)
	case <-time.After(60 * time.Second):
		b.cmd.Process.Kill()
		return nil, errors.New("the browser did not start within a minute")
	}
}

// listen hands each answer to whoever waits for it, until the driver is gone.
func (b *Browser) listen(out io.Reader) {
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadBytes('\n')
		var a answer
		if len(line) > 0 && json.Unmarshal(line, &a) == nil {
			b.mu.Lock()
			c := b.waiting[a.ID]
			delete(b.waiting, a.ID)
			b.mu.Unlock()
			if c != nil {
				c <- a
			}
		}
		if err != nil {
			b.mu.Lock()
			b.gone = errors.New("the browser has ended")
			for id, c := range b.waiting {
				c <- answer{ID: id, Error: b.gone.Error()}
			}
			clear(b.waiting)
			b.mu.Unlock()
			return
		}
	}
}

// Close ends the browser.
func (b *Browser) Close() error {
	b.stdin.Close()
	done := make(chan error, 1)
	go func() { done <- b.cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		b.cmd.Process.Kill()
		return <-done
	}
}

// call has the driver do something and returns its answer.
func (b *Browser) call(args map[string]any) answer {
	c := make(chan answer, 1)
	b.mu.Lock()
	if b.gone != nil {
		b.mu.Unlock()
		return answer{Error: b.gone.Error()}
	}
	b.next++
	id := b.next
	b.waiting[id] = c
	b.mu.Unlock()
	args["id"] = id
	line, err := json.Marshal(args)
	if err != nil {
		return answer{Error: err.Error()}
	}
	b.write.Lock()
	_, err = b.stdin.Write(append(line, '\n'))
	b.write.Unlock()
	if err != nil {
		return answer{Error: err.Error()}
	}
	select {
	case a := <-c:
		return a
	case <-time.After(90 * time.Second):
		return answer{Error: fmt.Sprintf("no answer to %v within 90 s", args["do"])}
	}
}

// root is the folder of go.mod.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("go.mod was not found")
		}
		dir = filepath.Dir(dir)
	}
}

// A Screen is the size of a user's window, in CSS pixels.
type Screen struct{ Width, Height int }

// The screens the pages are made for.
var (
	Phone = Screen{390, 844}
	Desk  = Screen{1440, 900}
	Wall  = Screen{1920, 1080}
)

// name is what pictures of the screen are called after.
func (s Screen) name() string {
	switch s.Width {
	case Phone.Width:
		return "phone"
	case Desk.Width:
		return "desk"
	}
	return fmt.Sprint(s.Width)
}

// Options are what is particular about a user. The zero value is a Chinese
// speaker at a desk.
type Options struct {
	Screen   Screen
	Lang     string        // the browser's language; "" is zh-CN
	NoScript bool          // the browser runs no script
	Lat, Lon float64       // where the user stands; 0, 0: does not say
	Timeout  time.Duration // of one step; 0: 20 s
	BadLine  bool          // the line breaks on purpose: what could not be loaded is no fault
}

// User puts a new person in front of the program at base, such as
// "http://127.0.0.1:43210". They leave at the end of the test, which fails if
// their pages did what no page may do.
func (b *Browser) User(t testing.TB, base, name string, o Options) *User {
	t.Helper()
	if o.Screen == (Screen{}) {
		o.Screen = Desk
	}
	if o.Lang == "" {
		o.Lang = "zh-CN"
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	b.mu.Lock()
	b.next++
	id := fmt.Sprintf("%s-%d", name, b.next)
	b.mu.Unlock()
	u := &User{t: t, b: b, id: id, base: strings.TrimSuffix(base, "/"), Name: name, Options: o}
	args := map[string]any{"base": u.base, "width": o.Screen.Width, "height": o.Screen.Height, "lang": o.Lang, "noScript": o.NoScript, "badLine": o.BadLine, "timeout": o.Timeout.Milliseconds()}
	if o.Lat != 0 || o.Lon != 0 {
		args["geo"] = map[string]float64{"latitude": o.Lat, "longitude": o.Lon}
	}
	u.do("user", args, nil)
	t.Cleanup(func() {
		if t.Failed() {
			u.keep()
		}
		a := b.call(map[string]any{"do": "leave", "user": id})
		for _, f := range a.Faults {
			t.Errorf("%s: %s", name, f)
		}
	})
	return u
}
