// SPDX-License-Identifier: Apache-2.0

// Yuanba 院坝 is the courtyard of a town as one program: it hears residents,
// hands their matters to those whose turn it is, and can prove afterwards what
// was done. Each subcommand is a file here; yuanba help lists them.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	_ "time/tzdata" // a machine without time zones still knows the town's
)

// version is set when the program is built (see the Makefile).
var version = "unversioned"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // asked a second time, the program stops at once
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// run runs one command and returns its exit status: 0 if all was well, 1 if not,
// 2 if the command line makes no sense.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &cli{getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr, set: map[string]string{}}
	c.json = slices.Contains(args, "--json") // a command line that makes no sense may have it too
	root := c.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	return c.status(cmd, err)
}
