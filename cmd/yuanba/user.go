// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"yuanba/internal/app"
	"yuanba/internal/domain/access"
)

// user looks after the accounts of staff.
func (c *cli) user() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "user",
		Short:   "make the first administrator, and look after accounts",
		GroupID: groupRun,
		Long: `User looks after the accounts of those who work for the town, from the town's own
machine and without a running server. It makes the first administrator, and lets
somebody in again who has lost password or telephone. Each act is in the trail.

Posts, and what they allow, are given in the administration's pages.`,
		Example: "  yuanba user add wang --name 王主任 --db town.db\n  yuanba user reset-second wang --db town.db\n  yuanba user list --json",
	}
	cmd.AddCommand(c.userAdd(), c.userPassword(),
		c.userDo("reset-second LOGIN", "take away somebody's second factor", "Reset-second is for those who have lost their telephone and their recovery codes:\nat the next sign-in they set up another. Their sessions end.", "the second factor of %s is off; they set up another at the next sign-in", (*app.App).ResetUserSecond),
		c.userDo("disable LOGIN", "close an account", "Disable closes an account: its sessions end at once, and nobody can sign in to it.\nWhat its holder did stays under their name.", "%s is closed", (*app.App).DisableUser),
		c.userDo("enable LOGIN", "open a closed account again", "Enable opens a closed account again.", "%s is open again", (*app.App).EnableUser),
		c.userList())
	return cmd
}

// passwordFlag gives a command the flag that names where a password is read from.
func passwordFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "password-file", "", "read the password from the first line of this `file`; - is standard input")
}

func (c *cli) userAdd() *cobra.Command {
	var in access.NewAccount
	var file string
	admin := false
	cmd := &cobra.Command{
		Use:   "add LOGIN",
		Short: "make an account; the first one is an administrator's",
		Args:  cobra.ExactArgs(1),
		Long: `Add makes an account. The first of a town is the administrator's, who gives posts to
all others; --administrator makes another one.

The password is asked for twice on a terminal, else it is the first line of
standard input, or of --password-file. It needs ten characters; no mixture of
signs is asked for.`,
		Example: "  yuanba user add wang --name 王主任 --db town.db\n  yuanba user add wang --name 王主任 --password-file /run/secrets/wang --db town.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onTown(cmd.Context(), true, func(a *app.App) error {
				first, err := a.Access.Empty(cmd.Context())
				if err != nil {
					return err
				}
				if in.Login = args[0]; in.Name == "" {
					in.Name = in.Login
				}
				if in.Password, err = c.readPassword(file); err != nil {
					return err
				}
				if _, err := a.AddUser(cmd.Context(), in, first || admin); err != nil {
					return err
				}
				v := struct {
					Login         string `json:"login"`
					Administrator bool   `json:"administrator"`
					SignIn        string `json:"sign_in"`
				}{access.Fold(in.Login), first || admin, a.Config.Address() + "/signin"}
				return c.answer(v, func(w io.Writer) {
					what := "an account without a post: an administrator gives it one"
					if v.Administrator {
						what = "an administrator"
					}
					fmt.Fprintf(w, "✓ %s is %s\n", v.Login, what)
					fmt.Fprintf(w, "  Sign in at %s. The first time, the page shows a picture for the telephone's\n  code app (TOTP), the second factor, and ten recovery codes to be kept on paper.\n", v.SignIn)
				})
			})
		},
	}
	cmd.Flags().StringVar(&in.Name, "name", "", "the person's `name`, as their acts are recorded; without it the login")
	cmd.Flags().BoolVar(&admin, "administrator", false, "make them administrator of the whole town")
	cmd.Flags().BoolVar(&in.MustChange, "must-change", false, "let them choose another password at the first sign-in")
	passwordFlag(cmd, &file)
	c.settings(cmd, [2]string{"url", "`address` by which people reach the pages"})
	return cmd
}

func (c *cli) userPassword() *cobra.Command {
	file := ""
	cmd := &cobra.Command{
		Use:     "password LOGIN",
		Short:   "give somebody a new password",
		Args:    cobra.ExactArgs(1),
		Long:    "Password gives an account a new password, which its holder must change at the next\nsign-in. Their sessions end.",
		Example: "  yuanba user password wang --db town.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onTown(cmd.Context(), false, func(a *app.App) error {
				if _, err := a.FindUser(cmd.Context(), args[0]); err != nil {
					return err
				}
				word, err := c.readPassword(file)
				if err != nil {
					return err
				}
				if err := a.SetUserPassword(cmd.Context(), args[0], word); err != nil {
					return err
				}
				return c.done(args[0], "%s has a new password, to be changed at the next sign-in")
			})
		},
	}
	passwordFlag(cmd, &file)
	c.settings(cmd)
	return cmd
}

// userDo is a command that does one thing to an account.
func (c *cli) userDo(use, short, long, said string, do func(*app.App, context.Context, string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Args: cobra.ExactArgs(1), Example: "  yuanba user " + name + " wang --db town.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onTown(cmd.Context(), false, func(a *app.App) error {
				if err := do(a, cmd.Context(), args[0]); err != nil {
					return err
				}
				return c.done(args[0], said)
			})
		},
	}
	c.settings(cmd)
	return cmd
}

func (c *cli) done(login, said string) error {
	v := struct {
		Login string `json:"login"`
		OK    bool   `json:"ok"`
	}{access.Fold(login), true}
	return c.answer(v, func(w io.Writer) { fmt.Fprintf(w, "✓ "+said+"\n", v.Login) })
}

func (c *cli) userList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "list the accounts", Long: "List prints every account: login, name, and how it stands.", Args: cobra.NoArgs, Example: "  yuanba user list --db town.db",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.onTown(cmd.Context(), false, func(a *app.App) error {
				users, err := a.Users(cmd.Context())
				if err != nil {
					return err
				}
				return c.answer(users, func(w io.Writer) {
					t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
					for _, u := range users {
						fmt.Fprintf(t, "%s\t%s\t%s\n", u.Login, u.Name, strings.Join(standing(u), ", "))
					}
					_ = t.Flush() // as any other printing: nobody is left to be told
				})
			})
		},
	}
	c.settings(cmd)
	return cmd
}

func standing(u app.User) []string {
	var s []string
	for _, x := range []struct {
		is   bool
		word string
	}{{u.Administrator, "administrator"}, {!u.Password, "no password"}, {!u.SecondFactor, "no second factor yet"}, {u.Disabled, "closed"}} {
		if x.is {
			s = append(s, x.word)
		}
	}
	return s
}

// onTown runs f on the town, seals what it wrote, and closes the town.
func (c *cli) onTown(ctx context.Context, makes bool, f func(*app.App) error) (err error) {
	a, err := c.town(ctx, makes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := f(a); err != nil {
		return err
	}
	return a.Settle(ctx, nil)
}

// maxPasswordLine bounds the line that a password is read from.
const maxPasswordLine = 4096

// readPassword reads a new password: from the file if one is named, else from the
// terminal, twice and unseen, else from the first line of standard input.
func (c *cli) readPassword(file string) (string, error) {
	in := c.stdin
	switch {
	case file != "" && file != "-":
		f, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	case file == "":
		if t, ok := in.(*os.File); ok && term.IsTerminal(int(t.Fd())) {
			return c.askPassword(t)
		}
	}
	line, err := bufio.NewReader(io.LimitReader(in, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("no password was given: type it on a terminal, or give it as the first line of --password-file or of standard input")
	}
	return line, nil
}

func (c *cli) askPassword(t *os.File) (string, error) {
	ask := func(prompt string) (string, error) {
		fmt.Fprint(c.stderr, prompt)
		b, err := term.ReadPassword(int(t.Fd()))
		fmt.Fprintln(c.stderr)
		return string(b), err
	}
	first, err := ask("New password: ")
	if err != nil {
		return "", err
	}
	again, err := ask("The same again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two passwords are not the same; nothing was changed")
	}
	return first, nil
}
