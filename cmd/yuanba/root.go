// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"yuanba/internal/app"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	_ "yuanba/internal/locale" // the words of errors
)

// A cli is one call of the program: what it was given, and the flags that several
// commands share.
type cli struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer

	json   bool              // print one JSON value and nothing else
	said   bool              // that value has been printed
	config string            // the configuration file
	set    map[string]string // settings given as flags, by name
}

// errSaid ends a command that has already said what was wrong.
var errSaid = errors.New("already said")

// usageError is a command line that makes no sense.
type usageError struct{ error }

// The groups of the help, in their order.
const (
	groupRun   = "run"
	groupMove  = "move"
	groupWatch = "watch"
)

// root returns the whole command. A subcommand is a method of cli in a file of its
// own, and a line here.
func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "yuanba",
		Short: "Yuanba 院坝, the courtyard of a town",
		Long: `Yuanba 院坝, the courtyard of a town: residents raise matters, those whose turn
it is handle them, and what was done can be proved afterwards.

Everything is in this one program and one database: a SQLite file, or PostgreSQL
for a town that outgrows one machine.`,
		Example:                    "  yuanba doctor --db postgres://town@db.example/town\n  yuanba completion bash > /etc/bash_completion.d/yuanba",
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Version:                    version,
	}
	root.PersistentFlags().BoolVar(&c.json, "json", c.json, "print one JSON value and nothing else")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.SetVersionTemplate("yuanba {{.Version}}\n")
	root.AddCommand(c.serve(), c.demo(), c.user(), c.apikey(), c.importCmd(), c.export(),
		c.verify(), c.recount(), c.checkpoint(), c.backup(), c.restore(), c.keys(), c.doctor(), c.evaluate(), c.due(), c.hot(), c.bench(), c.version())
	for _, g := range []*cobra.Group{{ID: groupRun, Title: "Run a town:"}, {ID: groupMove, Title: "Bring in, take out:"}, {ID: groupWatch, Title: "Look after it:"}} {
		if slices.ContainsFunc(root.Commands(), func(cmd *cobra.Command) bool { return cmd.GroupID == g.ID }) {
			root.AddGroup(g)
		}
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Short = "explain a command"
		case "completion":
			cmd.Short = "print what makes a shell complete commands"
		}
	}
	for _, cmd := range root.Commands() {
		if !cmd.HasSubCommands() && cmd.Args == nil && cmd.Name() != "help" {
			cmd.Args = cobra.NoArgs
		}
	}
	return root
}

// settings gives a command the flags that overrule the configuration: the shared
// ones, and those of its own, each the name of a setting and a line of help.
func (c *cli) settings(cmd *cobra.Command, own ...[2]string) {
	f := cmd.Flags()
	f.StringVar(&c.config, "config", "", "configuration `file` (TOML); also YUANBA_CONFIG")
	f.Var(&setting{c.set, "db"}, "db", "database: the `path` of a file, or a postgres:// URL")
	for _, o := range own {
		f.Var(&setting{c.set, o[0]}, strings.ReplaceAll(o[0], ".", "-"), o[1])
	}
}

// A setting is a flag that overrules a setting of the configuration.
type setting struct {
	set  map[string]string
	name string
}

var _ pflag.Value = (*setting)(nil)

// String is the flag's value; there is none until it is given.
func (s *setting) String() string {
	if s.set == nil {
		return ""
	}
	return s.set[s.name]
}

// Set notes that the flag was given.
func (s *setting) Set(v string) error { s.set[s.name] = v; return nil }

// Type is the word for the flag's value in the help.
func (s *setting) Type() string { return "value" }

// load reads the configuration as the flags, the environment and the file have it.
func (c *cli) load() (app.Config, []app.Setting, error) {
	path := c.config
	if path == "" {
		path = c.getenv("YUANBA_CONFIG")
	}
	return app.Load(path, c.getenv, c.set)
}

// answer prints what a command found out: v as one JSON value with --json, else
// what text writes.
func (c *cli) answer(v any, text func(w io.Writer)) error {
	if !c.json {
		text(c.stdout)
		return nil
	}
	c.said = true
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// status says what went wrong, if anything did, and returns the exit status. With
// --json a command that has not answered yet answers with its fault, so that
// whoever reads the answer always finds one value.
func (c *cli) status(cmd *cobra.Command, err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errSaid) {
		return 1
	}
	fault := c.say(err)
	if c.json && !c.said {
		v := struct {
			Error string `json:"error"`
		}{fault}
		_ = c.answer(v, nil) // the fault is told below as well
	}
	var usage usageError
	unknown := strings.HasPrefix(err.Error(), "unknown command") || strings.Contains(err.Error(), "arg(s)")
	if errors.As(err, &usage) || unknown {
		fmt.Fprintf(c.stderr, "yuanba: %s\nSee '%s --help'.\n", fault, cmd.CommandPath())
		return 2
	}
	fmt.Fprintf(c.stderr, "yuanba: %s\n", fault)
	return 1
}

// say is an error in the operator's words, on one line.
func (c *cli) say(err error) string {
	var words []string
	for _, e := range errs.Public(err) {
		words = append(words, i18n.T(c.lang(), e.Key, e.Args...))
	}
	switch {
	case words != nil:
	case errors.Is(err, context.Canceled):
		return "stopped before it was done"
	default:
		words = strings.Fields(err.Error())
	}
	return strings.Join(words, " ")
}

// lang is the operator's language, from the terminal's environment.
func (c *cli) lang() i18n.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := c.getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return i18n.ZH
			}
			return i18n.EN
		}
	}
	return i18n.EN
}
