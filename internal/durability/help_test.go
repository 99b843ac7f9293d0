// SPDX-License-Identifier: Apache-2.0

// Package durability is what must hold whatever happens to the program: killed,
// overrun, out of disk. Its tests run the program as it is shipped, as a child.
package durability

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"yuanba/internal/bench"
	"yuanba/internal/kit/sqldb"
)

// program builds the program once for all tests of the package.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "yuanba")
	out, err := exec.Command("go", "build", "-o", path, "yuanba/cmd/yuanba").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "yuanba-durability"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

// founded is a folder with a founded town, made once; towns are copies of it.
var founded = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "town")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	_, _, err := bench.MakeTown(context.Background(), filepath.Join(dir, "town.db"), dir, 0, func(string, int, int) {})
	return dir, err
})

// A town is a database on which the program is started again and again.
type town struct{ dsn, dir string }

func (w town) keys() string { return bench.KeysOf(w.dsn, w.dir) }

// newTown returns a founded town of its own for the test, in a file.
func newTown(t *testing.T) town {
	t.Helper()
	from, err := founded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"town.db", "town.db" + sqldb.BesideEnd, "town.db.keys.json", "trail.key", "trail.pub"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return town{filepath.Join(dir, "town.db"), dir}
}

// newTownAt founds a town in a database that is there and empty.
func newTownAt(t *testing.T, dsn string) town {
	t.Helper()
	dir := t.TempDir()
	if _, _, err := bench.MakeTown(t.Context(), dsn, dir, 0, func(string, int, int) {}); err != nil {
		t.Fatal(err)
	}
	return town{dsn, dir}
}

// A server is the program serving a town.
type server struct {
	cmd  *exec.Cmd
	addr string
	url  string
	log  *bytes.Buffer
	done chan struct{}
}

// roomy lets one address raise as much as it can.
var roomy = []string{"YUANBA_LIMITS_RATE=1000000", "YUANBA_LIMITS_BURST=1000000000", "YUANBA_LIMITS_RAISE=1000000"}

// serve starts the program on the town and waits until it answers.
func (w town) serve(t *testing.T, settings ...string) *server {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{addr: l.Addr().String(), log: &bytes.Buffer{}, done: make(chan struct{})}
	s.url = "http://" + s.addr
	l.Close()
	s.cmd = exec.Command(path, "serve", "--demo", "--db", w.dsn, "--listen", s.addr)
	s.cmd.Env = append(append(os.Environ(), "YUANBA_KEYS="+w.keys(), "YUANBA_FILES="+filepath.Join(w.dir, "files"), "YUANBA_LOG_LEVEL=warn"), settings...)
	s.cmd.Stderr = s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.cmd.Wait() // one that is killed says so
		close(s.done)
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("what the server said:\n%s", s.log)
		}
	})
	for end := time.Now().Add(30 * time.Second); ; {
		if res, err := http.Get(s.url + "/readyz"); err == nil { //nolint:noctx // short
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s
			}
		}
		select {
		case <-s.done:
			t.Fatalf("the server ended: %s", s.log)
		case <-time.After(2 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatal("the server does not answer")
		}
	}
}

// kill ends the server as a power cut would: it has no time to do anything.
func (s *server) kill() {
	s.cmd.Process.Kill() // it may have ended
	<-s.done
}

// stop asks the server to end.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		t.Fatal("the server does not stop")
	}
}

// A given is what a reporter was told and had said.
type given struct{ number, body string }

// straight follows no redirect.
func straight() *http.Client {
	return &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// raise sends the last step of raising a matter and returns its number, with the
// answer's status.
func raise(c *http.Client, s *server, place, body string) (number string, res *http.Response, err error) {
	form := url.Values{"step": {"5"}, "go": {"next"}, "body": {body}, "category": {"water"}, "asked": {"water"}, "q.what": {"none"},
		"place": {place}, "who": {"public"}, "name": {"王小明"}, "phone": {"13912345678"}}
	res, err = c.PostForm(s.url+"/raise", form)
	if err != nil {
		return "", nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return "", nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(b))
	for _, k := range res.Cookies() {
		if k.Name == "slip" {
			data, _, _ := strings.Cut(k.Value, ".")
			b, err := base64.RawURLEncoding.DecodeString(data)
			if err != nil {
				return "", res, err
			}
			var slip struct{ Number string }
			err = json.Unmarshal(b, &slip)
			return slip.Number, res, err
		}
	}
	return "", res, nil
}

// somewhere is a place of the town, as the lists show it.
func somewhere(t *testing.T, s *server) string {
	t.Helper()
	_, rest, ok := strings.Cut(get(t, s, "/matters"), `name="place"`)
	_, rest, ok2 := strings.Cut(rest, `<optgroup label="文君街道">`)
	_, rest, _ = strings.Cut(rest, `value="`)
	place, _, _ := strings.Cut(rest, `"`)
	if !ok || !ok2 || place == "" {
		t.Fatal("the list shows no places")
	}
	return place
}

// get reads a page that must be there.
func get(t *testing.T, s *server, path string) string {
	t.Helper()
	res, err := http.Get(s.url + path) //nolint:noctx // short
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, res.StatusCode, err)
	}
	return string(b)
}

// engines calls f with a fresh town on every engine at hand.
func engines(t *testing.T, postgres func(t *testing.T) string, f func(t *testing.T, w town)) {
	t.Helper()
	t.Run(string(sqldb.SQLite), func(t *testing.T) {
		t.Parallel()
		f(t, newTown(t))
	})
	if postgres != nil {
		t.Run(string(sqldb.Postgres), func(t *testing.T) {
			t.Parallel()
			f(t, newTownAt(t, postgres(t)))
		})
	}
}
