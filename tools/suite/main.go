// SPDX-License-Identifier: Apache-2.0

// Suite runs every test there is, on both database engines, and counts them.
//
// It brings a PostgreSQL of its own: the system's if there is one, else the one
// npm delivers. It starts it on a free port of the loopback, with a directory it
// removes again, and stops it at the end. It runs the browser journeys if a
// Chromium can be found. What did not run is said, never passed over: with
// YUANBA_REQUIRE=all a skipped test, a missing engine or a missing browser is a
// failure.
//
// The environment decides the rest:
//
//	YUANBA_TEST_PG   postgres:// URL of a database to use instead of starting one
//	YUANBA_PG_BIN    folder of the PostgreSQL programs to start, or "npm"
//	YUANBA_CHROMIUM  the browser to use
//	YUANBA_REQUIRE   "all": nothing may be left out
//
// Arguments are handed to go test; without any it is given ./... and the rest of
// the defaults.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run runs the suite and returns the exit status.
func run(ctx context.Context, args []string) int {
	all := os.Getenv("YUANBA_REQUIRE") == "all"
	sum := newSummary(os.Stdout)
	begun := time.Now()

	url, from, stop, err := database(ctx)
	if err != nil {
		sum.missing("postgres", err.Error())
	} else {
		defer stop()
		fmt.Printf("PostgreSQL: %s\n", from)
	}

	tags := ""
	browser, err := findBrowser()
	if err != nil {
		sum.missing("browser", err.Error())
	} else {
		tags = "-tags=e2e"
		fmt.Printf("Browser: %s\n", browser)
	}

	env := append(os.Environ(), "YUANBA_TEST_PG="+url, "YUANBA_CHROMIUM="+browser)
	if len(args) == 0 {
		args = []string{"-timeout=20m", "./..."}
	}
	if tags != "" {
		args = append([]string{tags}, args...)
	}

	vet := exec.CommandContext(ctx, "go", "vet", "-tags=e2e", "./...")
	vet.Stdout, vet.Stderr, vet.Cancel, vet.WaitDelay = os.Stdout, os.Stderr, interrupt(vet), 10*time.Second
	if err := vet.Run(); err != nil {
		sum.fault("go vet", err)
	}

	test := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	test.Env, test.Stderr, test.Cancel, test.WaitDelay = env, os.Stderr, interrupt(test), 10*time.Second
	out, err := test.StdoutPipe()
	if err != nil {
		return fail(err)
	}
	if err := test.Start(); err != nil {
		return fail(err)
	}
	readErr := sum.read(out)
	err = test.Wait()
	if ctx.Err() != nil {
		fmt.Println("\nStopped before the end.")
		sum.fault("suite", ctx.Err())
	} else if err = errors.Join(readErr, err); err != nil && sum.failed() == 0 {
		sum.fault("go test", err)
	}
	return sum.print(time.Since(begun), all)
}

// interrupt makes the cancelling of cmd a polite one, so that tests can clean up.
func interrupt(cmd *exec.Cmd) func() error {
	return func() error { return cmd.Process.Signal(os.Interrupt) }
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "suite:", err)
	return 1
}

// findBrowser returns the Chromium that the journeys can drive. They need what
// npm ci installs too.
func findBrowser() (string, error) {
	browser := os.Getenv("YUANBA_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if browser != "" {
			break
		}
		browser, _ = exec.LookPath(name)
	}
	if browser == "" {
		return "", errors.New("no Chromium was found: install it (Debian: apt-get install chromium) or name it in YUANBA_CHROMIUM")
	}
	if _, err := os.Stat(filepath.Join("node_modules", "playwright-core", "package.json")); err != nil {
		return "", errors.New("node_modules has no playwright-core: run npm ci")
	}
	return browser, nil
}
